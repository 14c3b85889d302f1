package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"signpost/store"
)

// openNew opens a directory in a folder of its own.
func openNew(t *testing.T) *DB {
	t.Helper()
	db, err := Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// put writes a batch at a time, and gives the outcomes as letters: N, U, S and R.
func put(t *testing.T, db *DB, at time.Time, batch store.DirectoryBatch) string {
	t.Helper()
	batch.At = at
	outcomes, err := db.PutDirectory(t.Context(), 0, batch)
	if err != nil {
		t.Fatal(err)
	}
	if len(outcomes) != batch.Outcomes() {
		t.Fatalf("%d outcomes, want %d", len(outcomes), batch.Outcomes())
	}
	letters := map[store.OutcomeKind]string{store.OutcomeNew: "N", store.OutcomeUpdated: "U", store.OutcomeSame: "S", store.OutcomeRejected: "R"}
	var text strings.Builder
	for _, o := range outcomes {
		text.WriteString(letters[o.Kind])
	}
	return text.String()
}

func id(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

// people are registrations of some persons: every second is capable of MFA, every third a guest, every fifth an administrator.
func people(n int) (list []store.StateRow) {
	for i := range n {
		r := &store.Registration{ID: id(i), Name: fmt.Sprintf("Name %03d", n-i), Username: fmt.Sprintf("u%d@example.com", i), UserType: "member", Methods: []string{}, Updated: directoryTime}
		if i%3 == 0 {
			r.UserType, r.Username = "guest", fmt.Sprintf("u%d_far.example#EXT#@example.com", i)
		}
		r.MFACapable, r.Admin = store.BoolOf(i%2 == 0), store.BoolOf(i%5 == 0)
		if i%2 == 0 {
			r.Methods = []string{"microsoftAuthenticatorPush"}
		}
		if i%4 == 0 {
			r.Methods = append(r.Methods, "fido2SecurityKey")
		}
		list = append(list, r)
	}
	return list
}

func TestStatesAreReplacedWhole(t *testing.T) {
	db := openNew(t)
	later, date := directoryTime.Add(time.Hour), directoryTime
	row := func(date time.Time, methods ...string) store.DirectoryBatch {
		return store.DirectoryBatch{States: []store.StateRow{&store.Registration{ID: id(1), Name: "Ada", Methods: methods, Updated: date}}}
	}
	for _, step := range []struct {
		at    time.Time
		batch store.DirectoryBatch
		want  string
	}{
		{directoryTime, row(date, "email"), "N"},
		{directoryTime.Add(time.Minute), row(date, "email"), "S"},
		{directoryTime.Add(2 * time.Minute), row(date.Add(time.Hour), "email"), "U"},     // the date alone
		{directoryTime.Add(3 * time.Minute), row(date.Add(-time.Hour), "sms", "x"), "S"}, // an earlier one
		{later, row(date.Add(2*time.Hour), "email", "fido2SecurityKey"), "U"},            // a method more
		{later.Add(time.Minute), row(date.Add(3*time.Hour), "email"), "U"},               // and less
		{later.Add(2 * time.Minute), store.DirectoryBatch{States: []store.StateRow{&store.Registration{}}}, "R"},
	} {
		if got := put(t, db, step.at, step.batch); got != step.want {
			t.Errorf("%+v gives %s, want %s", step.batch.States[0], got, step.want)
		}
	}
	page, err := db.Registrations(t.Context(), store.RegistrationsQuery{Limit: 5})
	if err != nil {
		t.Fatal(err)
	}
	want := store.RegistrationPage{Total: 1, Rows: []store.Registration{{ID: id(1), Name: "Ada", Methods: []string{"email"}, Updated: date.Add(3 * time.Hour), AsOf: later.Add(time.Minute)}}}
	if diff := cmp.Diff(want, page); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for since, want := range map[time.Time]map[string]int64{
		directoryTime: {"fido2securitykey": 1}, later: {"fido2securitykey": 1}, later.Add(time.Minute): {}, later.Add(time.Hour): {},
	} {
		got, err := db.NewRegistrations(t.Context(), since, store.RegistrationsQuery{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("new since %s (-want +got):\n%s", since, diff)
		}
		persons, err := db.NewMethods(t.Context(), since, store.RegistrationsQuery{})
		if err != nil || len(persons) != len(want) {
			t.Errorf("new since %s: %+v, %v", since, persons, err)
		}
		for _, p := range persons {
			if p.ID != id(1) || !slices.Equal(p.New, []string{"fido2securitykey"}) || !slices.Equal(p.Methods, []string{"email"}) || !p.At.Equal(later) {
				t.Errorf("new since %s: %+v", since, p)
			}
		}
	}
}

// The counts, pages and filters of registrations are those of a plain recount.
func TestRegistrations(t *testing.T) {
	const n = 60
	db := openNew(t)
	all := people(n)
	put(t, db, directoryTime, store.DirectoryBatch{States: append(all, &store.Registration{ID: "old", Name: "Old", Former: true, SSPRCapable: store.True, Methods: []string{"email"}})})
	for name, q := range map[string]store.RegistrationsQuery{
		"all":     {},
		"capable": {States: []store.RegistrationCondition{{State: store.MFACapable, Is: store.True}}},
		"guests who are administrators and not capable": {UserType: "Guest", States: []store.RegistrationCondition{{State: store.IsAdmin, Is: store.True}, {State: store.MFACapable, Is: store.False}}},
		"a method":   {Method: "fido2SecurityKey"},
		"a prefix":   {Prefix: "NAME 00"},
		"a username": {Prefix: "u12_far.example#ext"},
		"no method":  {Method: "fido2"},
		"scoped":     {Scopes: store.Scopes{store.NewScope([]string{id(4), id(7), id(999)}, nil, nil)}},
	} {
		want := map[string]bool{}
		var counts store.RegistrationCounts
		counts.Add(nil, 0)
		for _, row := range all {
			r := row.(*store.Registration)
			ok := q.Method == "" || strings.Contains(strings.ToLower(strings.Join(r.Methods, " ")+" "), strings.ToLower(q.Method)+" ")
			for _, c := range q.States {
				ok = ok && r.State(c.State) == c.Is
			}
			ok = ok && (q.UserType == "" || strings.EqualFold(q.UserType, r.UserType))
			prefix := strings.ToLower(q.Prefix)
			ok = ok && (strings.HasPrefix(strings.ToLower(r.Name), prefix) || strings.HasPrefix(strings.ToLower(r.Username), prefix))
			ok = ok && (q.Scopes == nil || r.ID == id(4) || r.ID == id(7))
			if ok {
				want[r.ID] = true
				counts.Rows++
				for _, s := range store.RegistrationStates() {
					c := counts.States[s]
					switch r.State(s) {
					case store.True:
						c.True++
					case store.False:
						c.False++
					default:
						c.Unset++
					}
					counts.States[s] = c
				}
				for _, m := range r.Methods {
					counts.Methods[strings.ToLower(m)]++
				}
				counts.Types[r.UserType]++
			}
		}
		got, err := db.CountRegistrations(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		got.Told = store.StateTold{}
		if diff := cmp.Diff(counts, got); diff != "" {
			t.Errorf("%s: counts (-want +got):\n%s", name, diff)
		}
		last := ""
		for q.Limit = 7; ; {
			page, err := db.Registrations(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			if page.Total != counts.Rows {
				t.Errorf("%s: total %d, want %d", name, page.Total, counts.Rows)
			}
			for _, r := range page.Rows {
				if !want[r.ID] || r.Name <= last {
					t.Errorf("%s: %s %q is no further row", name, r.ID, r.Name)
				}
				delete(want, r.ID)
				last = r.Name
			}
			if q.After = page.Next; page.Next == nil {
				break
			}
		}
		if len(want) > 0 {
			t.Errorf("%s: %d rows are missing", name, len(want))
		}
	}
	former, err := db.CountRegistrations(t.Context(), store.RegistrationsQuery{Former: true})
	if err != nil || former.Rows != 1 || former.States[store.SSPRCapable].True != 1 || former.Methods["email"] != 1 {
		t.Errorf("the older report counts %+v, %v", former, err)
	}
	told, err := db.StatesTold(t.Context(), nil)
	want := map[store.StateKind]store.StateTold{
		store.StateRegistration:       {N: n, FirstDate: directoryTime, LastDate: directoryTime, FirstImport: directoryTime, LastSeen: directoryTime},
		store.StateFormerRegistration: {N: 1, FirstImport: directoryTime, LastSeen: directoryTime},
	}
	if diff := cmp.Diff(want, told); diff != "" || err != nil {
		t.Errorf("told (-want +got):\n%s%v", diff, err)
	}
}

func TestCredentialUses(t *testing.T) {
	db := openNew(t)
	var rows []store.StateRow
	for i := range 20 {
		rows = append(rows, &store.CredentialUse{ID: fmt.Sprintf("e%02d", i), Time: directoryTime.Add(time.Duration(i/2) * time.Hour), Feature: []string{"registration", "reset"}[i%2], Method: "email", Success: store.BoolOf(i%4 != 0), Username: "Ada@example.com", Name: "Ada"})
	}
	put(t, db, directoryTime, store.DirectoryBatch{States: rows, Objects: []store.Object{{Kind: store.ObjectUser, ID: id(1), Username: "ada@EXAMPLE.com"}}})
	q := store.CredentialUsesQuery{Range: store.Range{From: directoryTime.Add(time.Hour), To: directoryTime.Add(9 * time.Hour)}, Feature: "Registration", Limit: 3}
	var got []string
	for {
		page, err := db.CredentialUses(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		want := []store.CredentialUseCount{{Feature: "registration", Method: "email", Success: store.False, N: 4}, {Feature: "registration", Method: "email", Success: store.True, N: 4}}
		if diff := cmp.Diff(want, page.Counts); diff != "" || page.Total != 8 {
			t.Errorf("total %d, counts (-want +got):\n%s", page.Total, diff)
		}
		for _, r := range page.Rows {
			got = append(got, r.ID)
		}
		if q.After = page.Next; page.Next == nil {
			break
		}
	}
	if diff := cmp.Diff(strings.Fields("e16 e14 e12 e10 e08 e06 e04 e02"), got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	for user, want := range map[string]int64{id(1): 20, id(2): 0} {
		page, err := db.CredentialUses(t.Context(), store.CredentialUsesQuery{Range: store.AllTime(), Limit: 1, Scopes: store.Scopes{store.NewScope([]string{user}, nil, nil)}})
		if err != nil || page.Total != want {
			t.Errorf("who is limited to %s sees %d, want %d: %v", user, page.Total, want, err)
		}
	}
}

func TestAppsTold(t *testing.T) {
	db := openNew(t)
	day := func(n int) time.Time { return directoryTime.AddDate(0, 0, n) }
	ada, bob := store.Member{ID: "u1", Name: "Ada", Kind: store.ObjectUser}, store.Member{ID: "u2", Name: "Bob", Kind: store.ObjectUser}
	batch := store.DirectoryBatch{
		Objects: []store.Object{
			{Kind: store.ObjectApplication, ID: "o1", AppID: "a1", Name: "Payroll", Created: day(-9), Details: store.AppDetails{
				IdentifierURIs: []string{"api://Payroll/"}, ReplyURLs: []string{"https://pay.example"},
				Passwords: []store.Credential{{KeyID: "p1", Type: store.PasswordCredential, Name: "deploy", Expires: day(5)}},
				Keys:      []store.Credential{},
			}},
			{Kind: store.ObjectServicePrincipal, ID: "s1", AppID: "a1", Name: "Payroll (tenant)", Facts: []store.KeyValue{{Key: "appOwnerOrganizationId", Value: "T"}}, Details: store.AppDetails{
				Keys:      []store.Credential{{KeyID: "k1", Type: store.CertificateCredential, Usage: "Sign", Thumbprint: "AB", Expires: day(90)}},
				Passwords: []store.Credential{{KeyID: "k1", Type: store.PasswordCredential, Name: "saml", Expires: day(90)}},
			}},
			{Kind: store.ObjectServicePrincipal, ID: "s2", AppID: "a2", Name: "Backup"},
		},
		Ownerships: []store.Ownership{{Object: "o1", Owners: []store.Member{ada, bob}, Whole: true}, {Object: "s1", Owners: []store.Member{bob}, Whole: true}},
		States: []store.StateRow{
			&store.CredentialActivity{KeyID: "p1", Type: store.PasswordCredential, Origin: store.OriginApplication, AppID: "a1", Expires: day(6), Last: store.LastUse{Time: day(-1), Request: "r"}},
			&store.CredentialActivity{KeyID: "k1", Type: store.CertificateCredential, Last: store.LastUse{Time: day(-2)}},
			&store.CredentialActivity{KeyID: "x9", Type: store.PasswordCredential, AppID: "a2", Created: day(-30)},
			&store.PrincipalActivity{AppID: "a1", Last: store.LastUse{Time: day(-1), Request: "Aggregated"}},
			&store.RelyingParty{ID: "urn:b", Name: "Beta"}, &store.RelyingParty{ID: "urn:a", Name: "alpha", Migration: "ready"},
		},
	}
	if got, want := put(t, db, directoryTime, batch), "NNNNNNNNNNNN"; got != want {
		t.Errorf("first %s, want %s", got, want)
	}
	if got, want := put(t, db, directoryTime, batch), "SSSSSSSSSSSS"; got != want {
		t.Errorf("again %s, want %s", got, want)
	}

	credential := func(c store.AppCredential) string {
		return fmt.Sprintf("%s %s %s %s/%s %v%v %s", c.KeyID, c.Type, c.Origin, c.AppID, c.Name, c.InDirectory, c.InReport, c.Reported.Request)
	}
	list := func(q store.AppCredentialsQuery) (all []string) {
		for {
			page, err := db.AppCredentials(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range page.Rows {
				all = append(all, credential(c))
			}
			if q.After = page.Next; page.Next == nil {
				if page.Total != int64(len(all)) {
					t.Errorf("total %d of %v", page.Total, all)
				}
				return all
			}
		}
	}
	const p1, k1, x9 = "p1 password application a1/Payroll truetrue r", "k1 certificate servicePrincipal a1/Payroll truetrue ", "x9 password  a2/Backup falsetrue "
	for name, tt := range map[string]struct {
		q    store.AppCredentialsQuery
		want []string
	}{
		"all":                {store.AppCredentialsQuery{Limit: 1}, []string{x9, k1, p1}},
		"by expiry":          {store.AppCredentialsQuery{Sort: store.CredentialsByExpiry, Limit: 2}, []string{p1, k1, x9}},
		"by expiry, reverse": {store.AppCredentialsQuery{Sort: store.CredentialsByExpiry, Reverse: true, Limit: 2}, []string{k1, p1, x9}},
		"of an application":  {store.AppCredentialsQuery{AppIDs: []string{"A1"}}, []string{k1, p1}},
		"expiring":           {store.AppCredentialsQuery{Expires: store.Range{From: directoryTime, To: day(30)}}, []string{p1}},
		"passwords":          {store.AppCredentialsQuery{Type: store.PasswordCredential}, []string{x9, p1}},
		"by text":            {store.AppCredentialsQuery{Text: "SAML"}, []string{k1}},
		"a key":              {store.AppCredentialsQuery{KeyIDs: []string{"X9"}}, []string{x9}},
		"scoped":             {store.AppCredentialsQuery{Scopes: store.Scopes{store.NewScope([]string{"u1"}, nil, []string{"a2"})}}, []string{x9}},
	} {
		if diff := cmp.Diff(tt.want, list(tt.q)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}

	apps, err := db.AppsTold(t.Context(), []string{"a1", "none"}, nil)
	if err != nil || len(apps) != 1 {
		t.Fatalf("%+v, %v", apps, err)
	}
	a := apps[0]
	if a.Name() != "Payroll" || !a.Created().Equal(day(-9)) || a.OwnerTenant != "t" || !a.OwnersTold || !a.OwnersWhole || !a.CredentialsTold || len(a.Owners) != 3 || a.Owners[2].Of != store.ObjectServicePrincipal {
		t.Errorf("told %+v", a)
	}
	found, err := db.AppsByURI(t.Context(), []string{"API://payroll", "https://pay.example/", "https://other.example", ""}, nil)
	if diff := cmp.Diff(map[string][]string{"api://payroll": {"a1"}, "https://pay.example": {"a1"}}, found); diff != "" || err != nil {
		t.Errorf("by URI (-want +got):\n%s%v", diff, err)
	}
	parties, err := db.RelyingParties(t.Context(), nil)
	if err != nil || len(parties) != 2 || parties[0].Name != "alpha" || parties[0].AsOf.IsZero() {
		t.Errorf("relying parties %+v, %v", parties, err)
	}
	scoped := store.ScopedDirectory(struct{ store.Directory }{&onlyStates{db}}, store.NewScope(nil, nil, []string{"a2"}))
	if parties, err := scoped.RelyingParties(t.Context(), nil); err != nil || len(parties) > 0 {
		t.Errorf("somebody with a scope sees %+v, %v", parties, err)
	}
	if told, err := scoped.AppsTold(t.Context(), nil, nil); err != nil || len(told) != 1 || told[0].AppID != "a2" {
		t.Errorf("somebody with a scope sees %+v, %v", told, err)
	}
	if activities, err := scoped.PrincipalActivities(t.Context(), []string{"a1"}, nil); err != nil || len(activities) > 0 {
		t.Errorf("somebody with a scope sees %+v, %v", activities, err)
	}
	if activities, err := db.PrincipalActivities(t.Context(), nil, nil); err != nil || len(activities) != 1 || activities[0].Last.Request != "Aggregated" {
		t.Errorf("activities %+v, %v", activities, err)
	}

	// A later export tells the passwords alone: the addresses and the keys stay. Owners who left are owners no more.
	later := store.DirectoryBatch{
		Objects:    []store.Object{{Kind: store.ObjectApplication, ID: "o1", AppID: "a1", Details: store.AppDetails{Passwords: []store.Credential{}}}},
		Ownerships: []store.Ownership{{Object: "o1", Owners: []store.Member{bob}, Whole: true}},
	}
	if got, want := put(t, db, day(1), later), "US"; got != want {
		t.Errorf("later %s, want %s", got, want)
	}
	if got := list(store.AppCredentialsQuery{AppIDs: []string{"a1"}}); len(got) != 2 || !strings.Contains(got[1], "falsetrue") {
		t.Errorf("after the password was taken out: %v", got)
	}
	if apps, err = db.AppsTold(t.Context(), []string{"a1"}, nil); err != nil || len(apps[0].Owners) != 2 || len(apps[0].ReplyURLs) != 1 {
		t.Errorf("later %+v, %v", apps, err)
	}
}

// onlyStates is a directory for questions about states.
type onlyStates struct{ *DB }

func (onlyStates) Entities(context.Context, store.EntitiesQuery) (store.EntityPage, error) {
	return store.EntityPage{}, errors.New("not asked")
}

func (onlyStates) LastSuccess(context.Context, store.ObjectKind, string) (store.LastSuccess, error) {
	return store.LastSuccess{}, errors.New("not asked")
}

func (s onlyStates) ScopeTold(ctx context.Context, scope store.Scope) (store.Scope, error) {
	index, err := s.Index(ctx)
	if err != nil {
		return scope, err
	}
	return index.Scope(scope), nil
}
