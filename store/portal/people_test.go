package portal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/auth"
)

func TestAccountPages(t *testing.T) {
	p := openTestPortal(t, t.TempDir())
	accounts := auth.NewAccounts(p, time.Now, false)
	for i := range 7 {
		_, err := p.AddAccount(t.Context(), auth.Account{
			Name: fmt.Sprintf("Person %d", i), UserPrincipalName: fmt.Sprintf("p%d@Example.com", i), UserID: fmt.Sprintf("id_%d", i),
			Roles: []auth.Role{auth.RoleUser}, PasswordHash: "x", Created: newClock().t, Demo: i == 3,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		holds, after string
		want         string
		more         bool
	}{
		{"", "", "Person 0,Person 1,Person 2", true},
		{"", "PERSON 2", "Person 4,Person 5,Person 6", false}, // not the demo's
		{"", "Person 6", "", false},
		{"P5@EXAMPLE", "", "Person 5", false},
		{"person", "person 0", "Person 1,Person 2,Person 4", true},
		{"id_4", "", "Person 4", false},
		{"id%4", "", "", false}, // the text itself
		{"id_", "Person 4", "Person 5,Person 6", false},
		{`\`, "", "", false},
		{"'; DROP TABLE accounts --", "", "", false},
	} {
		page, more, err := accounts.Page(t.Context(), auth.AccountsQuery{Holds: test.holds, After: test.after, Limit: 3})
		names := make([]string, len(page))
		for i, a := range page {
			names[i] = a.Name
		}
		if got := strings.Join(names, ","); err != nil || got != test.want || more != test.more {
			t.Errorf("holding %q after %q: got %q, more %v, %v, want %q, %v", test.holds, test.after, got, more, err, test.want, test.more)
		}
	}
}

func TestAccountByID(t *testing.T) {
	p := openTestPortal(t, t.TempDir())
	plain, demo := auth.NewAccounts(p, time.Now, false), auth.NewAccounts(p, time.Now, true)
	ada := addAccount(t, plain, "ada", auth.RoleUser)
	if err := demo.EnsureDemo(t.Context(), []auth.NewAccount{{Name: "made up", Password: testPassword, Roles: []auth.Role{auth.RoleUser}}}); err != nil {
		t.Fatal(err)
	}
	madeUp, err := p.AccountByName(t.Context(), "made up")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		accounts *auth.Accounts
		id       int64
		want     error
	}{
		{plain, ada.ID, nil},
		{plain, madeUp.ID, auth.ErrNoAccount},
		{demo, madeUp.ID, nil},
		{plain, 99, auth.ErrNoAccount},
		{plain, -1, auth.ErrNoAccount},
	} {
		if got, err := test.accounts.ByID(t.Context(), test.id); !errors.Is(err, test.want) || err == nil && got.ID != test.id {
			t.Errorf("account %d: got %+v, %v, want %v", test.id, got, err, test.want)
		}
	}
}

// What somebody still has open of an account that is gone must not change the next one.
func TestNumberOfARemovedAccountIsNotGivenAgain(t *testing.T) {
	p := openTestPortal(t, t.TempDir())
	accounts := auth.NewAccounts(p, time.Now, false)
	ada := addAccount(t, accounts, "ada", auth.RoleUser)
	if err := accounts.Remove(t.Context(), "ada"); err != nil {
		t.Fatal(err)
	}
	if next := addAccount(t, accounts, "grace", auth.RoleUser); next.ID == ada.ID || next.ID <= 0 {
		t.Errorf("the next account has the number %d, that of the one removed was %d", next.ID, ada.ID)
	}
}

func TestSessionLists(t *testing.T) {
	p, c := openTestPortal(t, t.TempDir()), newClock()
	accounts := auth.NewAccounts(p, c.now, false)
	sessions := auth.NewSessions(p, accounts, c.now, auth.SessionOptions{})
	ada, grace := addAccount(t, accounts, "ada", auth.RoleUser), addAccount(t, accounts, "grace", auth.RoleUser)
	add := func(account auth.Account, n byte, seen time.Duration) auth.SessionRecord {
		t.Helper()
		s := auth.SessionRecord{
			Hash: auth.TokenHash{n, n}, AccountID: account.ID, Created: c.t.Add(-time.Hour), Seen: c.t.Add(-seen),
			Client: auth.Client{Address: "203.0.113.7", Browser: fmt.Sprint("browser ", n)},
		}
		if err := p.AddSession(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		return s
	}
	first, second := add(ada, 1, time.Minute), add(ada, 2, time.Minute)
	add(grace, 3, 2*time.Minute)
	add(ada, 4, 13*time.Hour) // ended, not cleared yet
	list := func(account auth.Account, after *auth.SessionPlace, limit int) (text string, more bool) {
		t.Helper()
		page, more, err := sessions.List(t.Context(), account.ID, after, limit)
		if err != nil {
			t.Fatal(err)
		}
		var rows []string
		for _, s := range page {
			rows = append(rows, s.Account+" "+s.Client.Browser)
		}
		return strings.Join(rows, ", "), more
	}
	expect := func(what string, account auth.Account, after *auth.SessionPlace, limit int, want string, wantMore bool) {
		t.Helper()
		if got, more := list(account, after, limit); got != want || more != wantMore {
			t.Errorf("%s: got %q, %v, want %q, %v", what, got, more, want, wantMore)
		}
	}
	expect("everybody's", auth.Account{}, nil, 10, "ada browser 2, ada browser 1, grace browser 3", false)
	expect("the first page", auth.Account{}, nil, 1, "ada browser 2", true)
	expect("the page behind", auth.Account{}, &auth.SessionPlace{Seen: second.Seen, Hash: second.Hash}, 1, "ada browser 1", true)
	expect("one's own", ada, nil, 10, "ada browser 2, ada browser 1", false)

	for _, test := range []struct {
		account auth.Account
		ref     string
	}{{grace, first.Ref()}, {ada, "01"}, {ada, ""}, {ada, "not hex"}, {ada, strings.Repeat("ff", 8)}} {
		if err := sessions.End(t.Context(), test.account.ID, test.ref); !errors.Is(err, auth.ErrSessionEnded) {
			t.Errorf("end %q of %s: got %v, want %v", test.ref, test.account.Name, err, auth.ErrSessionEnded)
		}
	}
	if err := sessions.End(t.Context(), ada.ID, first.Ref()); err != nil {
		t.Error(err)
	}
	for record, want := range map[*auth.SessionRecord]bool{&first: false, &second: true} {
		if got, err := sessions.Alive(t.Context(), *record); err != nil || got != want {
			t.Errorf("session %s alive: got %v, %v, want %v", record.Ref(), got, err, want)
		}
	}
	expect("after one was ended", ada, nil, 10, "ada browser 2", false)
	add(ada, 5, 0)
	if n, err := sessions.EndOthers(t.Context(), ada.ID, second); err != nil || n != 2 {
		t.Errorf("end the others: got %d, %v, want 2 with the one that was over", n, err)
	}
	expect("after the others were ended", auth.Account{}, nil, 10, "ada browser 2, grace browser 3", false)

	if err := p.TouchSession(t.Context(), second.Hash, c.t.Add(time.Minute), auth.Client{Address: "2001:db8::1", Browser: "newer"}); err != nil {
		t.Fatal(err)
	}
	page, _, err := sessions.List(t.Context(), ada.ID, nil, 10)
	if err != nil || !slices.ContainsFunc(page, func(s auth.ListedSession) bool {
		return s.Client.Address == "2001:db8::1" && s.Client.Browser == "newer"
	}) {
		t.Errorf("after a use: got %+v, %v, want its address and browser", page, err)
	}
}

// An edit stores all its values or none, and tells the log of each that changed. The log gets no mail addresses.
func TestAnEditIsWholeOrNothing(t *testing.T) {
	p := openTestPortal(t, t.TempDir())
	accounts := auth.NewAccounts(p, newClock().now, false)
	ada := addAccount(t, accounts, "ada", auth.RoleGlobalAdministrator)
	var told []string
	accounts.OnEvent(func(_ context.Context, e auth.Event) { told = append(told, e.Text()) })
	address, wrong := "ada@example.com", "ada at home"
	for _, test := range []struct {
		what string
		edit auth.AccountEdit
		err  error // nil for auth.Invalid
	}{
		{"the last administrator", auth.AccountEdit{Roles: []auth.Role{auth.RoleUser}, Mail: &address}, auth.ErrLastAdministrator},
		{"no address", auth.AccountEdit{Roles: []auth.Role{auth.RoleGlobalAdministrator, auth.RoleUser}, Mail: &wrong}, nil},
	} {
		err := accounts.Edit(t.Context(), "ada", test.edit)
		if test.err == nil && !errors.As(err, new(auth.Invalid)) || test.err != nil && !errors.Is(err, test.err) {
			t.Errorf("%s: %v", test.what, err)
		}
		if now, err := accounts.ByID(t.Context(), ada.ID); err != nil || now.Mail != "" || !slices.Equal(now.Roles, ada.Roles) {
			t.Errorf("%s: %+v is stored, %v", test.what, now, err)
		}
	}
	if len(told) > 0 {
		t.Errorf("refused edits told %q", told)
	}
	addAccount(t, accounts, "root", auth.RoleGlobalAdministrator)
	told = nil
	for _, mail := range []*string{&address, nil} {
		if err := accounts.Edit(t.Context(), "ada", auth.AccountEdit{Roles: []auth.Role{auth.RoleUser}, Mail: mail}); err != nil {
			t.Fatal(err)
		}
		if now, err := accounts.ByID(t.Context(), ada.ID); err != nil || now.Mail != address || now.Is(auth.RoleGlobalAdministrator) {
			t.Errorf("with the address %v: %+v is stored, %v", mail, now, err)
		}
	}
	if want := []string{"roles changed account=ada from=[global-administrator] to=[user]", "mail address changed account=ada"}; !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
}

// The last administrator stays whatever is tried, also where all there are are the demo's.
func TestLastDemoAdministratorStays(t *testing.T) {
	p := openTestPortal(t, t.TempDir())
	demo := auth.NewAccounts(p, time.Now, true)
	wanted := []auth.NewAccount{
		{Name: "admin", Password: testPassword, Roles: []auth.Role{auth.RoleGlobalAdministrator}},
		{Name: "reader", Password: testPassword, Roles: []auth.Role{auth.RoleGlobalReader}},
	}
	if err := demo.EnsureDemo(t.Context(), wanted); err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{
		"disable": demo.Disable(t.Context(), "admin"), "remove": demo.Remove(t.Context(), "admin"),
		"demote": demo.Edit(t.Context(), "admin", auth.AccountEdit{Roles: []auth.Role{auth.RoleUser}}),
	} {
		if !errors.Is(err, auth.ErrLastAdministrator) {
			t.Errorf("%s: got %v, want %v", what, err, auth.ErrLastAdministrator)
		}
	}
	addAccount(t, demo, "real", auth.RoleGlobalAdministrator)
	if err := demo.Disable(t.Context(), "admin"); err != nil {
		t.Errorf("with another one: got %v", err)
	}
	if err := demo.Enable(t.Context(), "admin"); err != nil {
		t.Error(err)
	}
	if _, err := demo.SignIn(t.Context(), "admin", testPassword); err != nil {
		t.Errorf("enabled again: got %v", err)
	}
}
