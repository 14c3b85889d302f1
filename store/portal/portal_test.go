package portal

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"signpost/auth"
	"signpost/store/dbfile"
)

func openTestPortal(t *testing.T, folder string) *DB {
	t.Helper()
	p, err := Open(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// clock is a time that stands still until it is moved.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func newClock() *clock { return &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)} }

const testPassword = "correct horse battery"

func addAccount(t *testing.T, accounts *auth.Accounts, name string, roles ...auth.Role) auth.Account {
	t.Helper()
	a, err := accounts.Add(t.Context(), auth.NewAccount{Name: name, Password: testPassword, Roles: roles})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestPortalPragmas(t *testing.T) {
	p := openTestPortal(t, t.TempDir())
	for _, test := range []struct {
		pragma, want string
	}{
		{"journal_mode", "wal"},
		{"synchronous", "2"},
		{"foreign_keys", "1"},
		{"busy_timeout", "10000"},
		{"journal_size_limit", "67108864"},
		{"temp_store", "2"},
	} {
		var got string
		if err := p.writer.QueryRowContext(t.Context(), "PRAGMA "+test.pragma).Scan(&got); err != nil || got != test.want {
			t.Errorf("%s: got %q, %v, want %q", test.pragma, got, err, test.want)
		}
	}
	var id int64
	if err := p.reader.QueryRowContext(t.Context(), "DELETE FROM accounts RETURNING id").Scan(&id); err == nil || errors.Is(err, sql.ErrNoRows) {
		t.Error("a reader could write")
	}
}

func TestPortalFolderNames(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a b%20?c#d")
	p := openTestPortal(t, folder)
	addAccount(t, auth.NewAccounts(p, time.Now, false), "ada", auth.RoleUser)
	info, err := os.Stat(filepath.Join(folder, "portal.db"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := info.Mode().Perm(), os.FileMode(0o600); got != want {
		t.Errorf("portal.db: got mode %v, want %v", got, want)
	}
}

func TestPortalOpenedByManyAtOnce(t *testing.T) {
	folder := t.TempDir()
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			p, err := Open(t.Context(), folder)
			if err != nil {
				t.Error(err)
				return
			}
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
}

func TestAccountsAreKept(t *testing.T) {
	p, c := openTestPortal(t, t.TempDir()), newClock()
	accounts := auth.NewAccounts(p, c.now, false)
	added, err := accounts.Add(t.Context(), auth.NewAccount{
		Name: " Ada ", Password: testPassword, Roles: []auth.Role{auth.RoleSecurityReader, auth.RoleUser},
		UserPrincipalName: "ada@example.com", UserID: "0a0b0c0d-0000-0000-0000-000000000001",
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.AccountByName(t.Context(), "ADA")
	if err != nil {
		t.Fatal(err)
	}
	want := auth.Account{
		ID: added.ID, Name: "Ada", Roles: []auth.Role{auth.RoleSecurityReader, auth.RoleUser}, PasswordHash: added.PasswordHash,
		UserPrincipalName: "ada@example.com", UserID: "0a0b0c0d-0000-0000-0000-000000000001", Created: c.t,
	}
	if !slices.Equal(got.Roles, want.Roles) {
		t.Errorf("roles: got %v, want %v", got.Roles, want.Roles)
	}
	got.Roles, want.Roles = nil, nil
	if got.ID == 0 || got.Name != want.Name || got.UserPrincipalName != want.UserPrincipalName || got.UserID != want.UserID ||
		got.PasswordHash != want.PasswordHash || !got.Created.Equal(want.Created) || got.Disabled || got.Demo {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if _, err := accounts.Add(t.Context(), auth.NewAccount{Name: "aDa", Password: testPassword, Roles: want.Roles}); err == nil {
		t.Error("added without a role")
	}
	_, err = accounts.Add(t.Context(), auth.NewAccount{Name: "aDa", Password: testPassword, Roles: []auth.Role{auth.RoleUser}})
	if !errors.Is(err, auth.ErrNameTaken) {
		t.Errorf("the same name in other letters: got %v, want %v", err, auth.ErrNameTaken)
	}
}

func TestSignInAnswers(t *testing.T) {
	p := openTestPortal(t, t.TempDir())
	accounts := auth.NewAccounts(p, time.Now, false)
	addAccount(t, accounts, "ada", auth.RoleUser)
	addAccount(t, accounts, "grace", auth.RoleUser)
	if err := accounts.Disable(t.Context(), "grace"); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, password string
		want           error
	}{
		{"ada", testPassword, nil},
		{"ADA", testPassword, nil},
		{"ada", testPassword + "!", auth.ErrWrongPassword},
		{"nobody", testPassword, auth.ErrWrongPassword},
		{"", "", auth.ErrWrongPassword},
		{"grace", testPassword, auth.ErrDisabled},
		{"grace", "another password", auth.ErrWrongPassword},
	} {
		if _, err := accounts.SignIn(t.Context(), test.name, test.password); !errors.Is(err, test.want) {
			t.Errorf("%q with %q: got %v, want %v", test.name, test.password, err, test.want)
		}
	}
}

func TestLastAdministratorStays(t *testing.T) {
	for name, change := range map[string]func(context.Context, *auth.Accounts) error{
		"disable": func(ctx context.Context, a *auth.Accounts) error { return a.Disable(ctx, "ada") },
		"remove":  func(ctx context.Context, a *auth.Accounts) error { return a.Remove(ctx, "ada") },
		"demote": func(ctx context.Context, a *auth.Accounts) error {
			return a.SetRoles(ctx, "ada", []auth.Role{auth.RoleSecurityAdministrator})
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := openTestPortal(t, t.TempDir())
			accounts := auth.NewAccounts(p, time.Now, true)
			before := addAccount(t, accounts, "ada", auth.RoleGlobalAdministrator)
			addAccount(t, accounts, "off", auth.RoleGlobalAdministrator)
			if err := accounts.Disable(t.Context(), "off"); err != nil {
				t.Fatal(err)
			}
			demo := auth.NewAccount{Name: "demo", Password: testPassword, Roles: []auth.Role{auth.RoleGlobalAdministrator}}
			if err := accounts.EnsureDemo(t.Context(), []auth.NewAccount{demo}); err != nil {
				t.Fatal(err)
			}
			if err := change(t.Context(), accounts); !errors.Is(err, auth.ErrLastAdministrator) {
				t.Errorf("the last one: got %v, want %v", err, auth.ErrLastAdministrator)
			}
			after, err := p.AccountByName(t.Context(), "ada")
			if err != nil || after.Disabled || !slices.Equal(after.Roles, before.Roles) {
				t.Errorf("after the refusal: got %+v, %v, want %+v", after, err, before)
			}
			addAccount(t, accounts, "second", auth.RoleGlobalAdministrator)
			if err := change(t.Context(), accounts); err != nil {
				t.Errorf("one of two: got %v, want no error", err)
			}
		})
	}
}

func TestChangesOfNobody(t *testing.T) {
	accounts := auth.NewAccounts(openTestPortal(t, t.TempDir()), time.Now, false)
	for name, err := range map[string]error{
		"disable":      accounts.Disable(t.Context(), "nobody"),
		"remove":       accounts.Remove(t.Context(), "nobody"),
		"set-role":     accounts.SetRoles(t.Context(), "nobody", []auth.Role{auth.RoleUser}),
		"set-password": accounts.SetPassword(t.Context(), "nobody", testPassword),
	} {
		if !errors.Is(err, auth.ErrNoAccount) {
			t.Errorf("%s: got %v, want %v", name, err, auth.ErrNoAccount)
		}
	}
}

func TestDemoAccounts(t *testing.T) {
	p := openTestPortal(t, t.TempDir())
	demo, plain := auth.NewAccounts(p, time.Now, true), auth.NewAccounts(p, time.Now, false)
	wanted := []auth.NewAccount{
		{Name: "admin", Password: testPassword, Roles: []auth.Role{auth.RoleGlobalAdministrator}},
		{Name: "reader", Password: testPassword, Roles: []auth.Role{auth.RoleGlobalReader}},
	}
	if err := demo.EnsureDemo(t.Context(), wanted); err != nil {
		t.Fatal(err)
	}
	first, err := p.Accounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.EnsureDemo(t.Context(), wanted); err != nil {
		t.Fatal(err)
	}
	second, err := p.Accounts(t.Context())
	if err != nil || len(second) != 2 || second[0].PasswordHash != first[0].PasswordHash || second[1].PasswordHash != first[1].PasswordHash {
		t.Errorf("ensured twice: got %+v, %v, want %+v", second, err, first)
	}
	if _, err := demo.SignIn(t.Context(), "admin", testPassword); err != nil {
		t.Errorf("in demo mode: got %v, want no error", err)
	}
	if _, err := plain.SignIn(t.Context(), "admin", testPassword); !errors.Is(err, auth.ErrWrongPassword) {
		t.Errorf("outside of demo mode: got %v, want %v", err, auth.ErrWrongPassword)
	}
	for accounts, want := range map[*auth.Accounts]bool{demo: true, plain: false} {
		if got, err := accounts.Exist(t.Context()); err != nil || got != want {
			t.Errorf("accounts exist: got %v, %v, want %v", got, err, want)
		}
	}
	if err := demo.SetPassword(t.Context(), "admin", "changed by somebody"); err != nil {
		t.Fatal(err)
	}
	if err := demo.EnsureDemo(t.Context(), wanted); err != nil {
		t.Fatal(err)
	}
	if _, err := demo.SignIn(t.Context(), "admin", testPassword); err != nil {
		t.Errorf("a changed password, ensured: got %v, want no error", err)
	}
	addAccount(t, plain, "real", auth.RoleUser)
	taken := []auth.NewAccount{{Name: "real", Password: testPassword, Roles: []auth.Role{auth.RoleUser}}}
	if err := demo.EnsureDemo(t.Context(), taken); !errors.Is(err, auth.ErrNameTaken) {
		t.Errorf("the name of a real account: got %v, want %v", err, auth.ErrNameTaken)
	}
}

func TestSetupCode(t *testing.T) {
	p := openTestPortal(t, t.TempDir())
	accounts := auth.NewAccounts(p, time.Now, false)
	setup, other := auth.NewSetup(accounts), auth.NewSetup(accounts)
	if setup.Code() == other.Code() {
		t.Fatal("two starts gave the same code")
	}
	ada := auth.NewAccount{Name: "ada", Password: testPassword}
	for _, code := range []string{"", other.Code(), setup.Code()[:len(setup.Code())-1]} {
		if _, err := setup.Complete(t.Context(), setupAddress, code, ada); !errors.Is(err, auth.ErrWrongSetupCode) {
			t.Errorf("code %q: got %v, want %v", code, err, auth.ErrWrongSetupCode)
		}
	}
	var invalid auth.Invalid
	if _, err := setup.Complete(t.Context(), setupAddress, setup.Code(), auth.NewAccount{Name: "ada", Password: "short"}); !errors.As(err, &invalid) {
		t.Errorf("a short password: got %v, want an auth.Invalid", err)
	}
	account, err := setup.Complete(t.Context(), setupAddress, setup.Code(), ada)
	if err != nil || !slices.Equal(account.Roles, []auth.Role{auth.RoleGlobalAdministrator}) {
		t.Errorf("the right code: got %v, %v, want a global administrator", account.Roles, err)
	}
	if _, err := setup.Complete(t.Context(), setupAddress, setup.Code(), auth.NewAccount{Name: "eve", Password: testPassword}); !errors.Is(err, auth.ErrAlreadySetUp) {
		t.Errorf("the code again: got %v, want %v", err, auth.ErrAlreadySetUp)
	}
}

// setupAddress is where the first administrator sits.
const setupAddress = "192.0.2.7"

// Wrong codes slow down the network that they come from, and no other.
func TestWrongSetupCodesSlowDown(t *testing.T) {
	c := newClock()
	setup := auth.NewSetup(auth.NewAccounts(openTestPortal(t, t.TempDir()), c.now, false))
	ada := auth.NewAccount{Name: "ada", Password: testPassword}
	attempt := func(address, code string) error {
		_, err := setup.Complete(t.Context(), address, code, ada)
		return err
	}
	for n := range 10 {
		if err := attempt("198.51.100.9", "wrong"); !errors.Is(err, auth.ErrWrongSetupCode) {
			t.Fatalf("wrong code %d: got %v, want %v", n+1, err, auth.ErrWrongSetupCode)
		}
	}
	waits := []time.Duration{}
	for range 30 {
		var tooMany auth.TooManyAttempts
		if err := attempt("198.51.100.9", setup.Code()); !errors.As(err, &tooMany) {
			t.Fatalf("the right code during a wait: got %v, want %T", err, tooMany)
		}
		waits = append(waits, tooMany.Wait)
		c.t = c.t.Add(tooMany.Wait)
		if err := attempt("198.51.100.9", "wrong"); !errors.Is(err, auth.ErrWrongSetupCode) {
			t.Fatalf("after %v: got %v, want %v", tooMany.Wait, err, auth.ErrWrongSetupCode)
		}
	}
	if waits[0] != time.Second || waits[1] != 2*time.Second || waits[29] != 15*time.Minute {
		t.Errorf("the waits are %v", waits)
	}
	if err := attempt("2001:db8::1", setup.Code()); err != nil {
		t.Errorf("the right code from another network: %v", err)
	}
}

func TestSetupCodeIsRenewed(t *testing.T) {
	accounts := auth.NewAccounts(openTestPortal(t, t.TempDir()), time.Now, false)
	setup := auth.NewSetup(accounts)
	first, told := setup.Code(), make(chan string)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error)
	go func() {
		ended <- setup.RenewCode(ctx, time.Millisecond, func(code string) {
			select {
			case told <- code:
			case <-ctx.Done():
			}
		})
	}()
	second := <-told
	ada := auth.NewAccount{Name: "ada", Password: testPassword}
	if _, err := setup.Complete(t.Context(), setupAddress, first, ada); second == first || !errors.Is(err, auth.ErrWrongSetupCode) {
		t.Errorf("the first code after %q came: got %v, want %v", second, err, auth.ErrWrongSetupCode)
	}
	if account := addAccount(t, accounts, "ada", auth.RoleGlobalAdministrator); account.ID == 0 {
		t.Error("the account has no ID")
	}
	for {
		select {
		case <-told: // one that was on its way
			continue
		case err := <-ended:
			if err != nil {
				t.Errorf("with an account: %v", err)
			}
			return
		}
	}
}

// browser keeps one cookie, as far as these tests need one.
type browser struct {
	t        *testing.T
	sessions *auth.Sessions
	cookie   *http.Cookie
}

func (b *browser) request() *http.Request {
	r := httptest.NewRequestWithContext(b.t.Context(), http.MethodGet, "/", nil)
	if b.cookie != nil {
		r.AddCookie(b.cookie)
	}
	return r
}

func (b *browser) signIn(a auth.Account) {
	b.t.Helper()
	r, w := b.request(), httptest.NewRecorder()
	session, err := b.sessions.Get(r, "signpost")
	if session == nil {
		b.t.Fatalf("no session: %v", err)
	}
	if err := b.sessions.SignIn(r, w, session, a); err != nil {
		b.t.Fatal(err)
	}
	b.cookie = w.Result().Cookies()[0]
}

// visit gives who is signed in, and the error of the session's store.
func (b *browser) visit() (string, error) {
	session, err := b.sessions.Get(b.request(), "signpost")
	a, _ := auth.SessionAccount(session)
	return a.Name, err
}

func newBrowser(t *testing.T, p *DB, accounts *auth.Accounts, c *clock) *browser {
	return &browser{t: t, sessions: auth.NewSessions(p, accounts, c.now, auth.SessionOptions{Idle: time.Hour, Absolute: 5 * time.Hour})}
}

func TestSessionExpires(t *testing.T) {
	p, c := openTestPortal(t, t.TempDir()), newClock()
	accounts := auth.NewAccounts(p, c.now, false)
	ada := addAccount(t, accounts, "ada", auth.RoleUser)
	b := newBrowser(t, p, accounts, c)
	b.signIn(ada)

	steps := []struct {
		wait time.Duration
		want string
	}{
		{59 * time.Minute, "ada"}, {59 * time.Minute, "ada"}, // each use begins the idle hour again
		{time.Hour, ""}, // idle to the minute
		{0, ""},
	}
	for i, step := range steps {
		c.t = c.t.Add(step.wait)
		got, err := b.visit()
		if got != step.want || step.want == "" && !errors.Is(err, auth.ErrSessionEnded) {
			t.Errorf("idle, step %d: got %q, %v, want %q", i, got, err, step.want)
		}
	}

	b.signIn(ada)
	for minutes := 0; minutes < 300; minutes += 30 {
		if got, err := b.visit(); got != "ada" {
			t.Errorf("%d minutes after signing in: got %q, %v, want ada", minutes, got, err)
		}
		c.t = c.t.Add(30 * time.Minute)
	}
	if got, err := b.visit(); got != "" || !errors.Is(err, auth.ErrSessionEnded) {
		t.Errorf("five hours after signing in: got %q, %v, want %v", got, err, auth.ErrSessionEnded)
	}
}

func TestSessionTouchedOnceAMinute(t *testing.T) {
	p, c := openTestPortal(t, t.TempDir()), newClock()
	accounts := auth.NewAccounts(p, c.now, false)
	b := newBrowser(t, p, accounts, c)
	b.signIn(addAccount(t, accounts, "ada", auth.RoleUser))
	start := c.t
	for _, test := range []struct {
		after time.Duration
		want  time.Duration // kept as seen, after the start
	}{
		{59 * time.Second, 0}, {60 * time.Second, 60 * time.Second}, {90 * time.Second, 60 * time.Second}, {5 * time.Minute, 5 * time.Minute},
	} {
		c.t = start.Add(test.after)
		if _, err := b.visit(); err != nil {
			t.Fatal(err)
		}
		var seen int64
		if err := p.reader.QueryRowContext(t.Context(), "SELECT seen FROM sessions").Scan(&seen); err != nil {
			t.Fatal(err)
		}
		if got := time.UnixMicro(seen).Sub(start); got != test.want {
			t.Errorf("used %v after the start: got seen %v, want %v", test.after, got, test.want)
		}
	}
}

func TestSessionTokens(t *testing.T) {
	folder, c := t.TempDir(), newClock()
	p := openTestPortal(t, folder)
	accounts := auth.NewAccounts(p, c.now, false)
	ada := addAccount(t, accounts, "ada", auth.RoleUser)
	b := newBrowser(t, p, accounts, c)
	b.signIn(ada)
	first := b.cookie
	b.signIn(ada)
	if first.Value == b.cookie.Value {
		t.Error("signing in again kept the token")
	}
	second := b.cookie
	b.cookie = first
	if got, err := b.visit(); got != "" || !errors.Is(err, auth.ErrSessionEnded) {
		t.Errorf("the token before: got %q, %v, want %v", got, err, auth.ErrSessionEnded)
	}
	b.cookie = second
	for _, name := range []string{"portal.db", "portal.db-wal"} {
		content, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(content, []byte(second.Value)) {
			t.Errorf("%s holds the token", name)
		}
	}
	for _, cookie := range []string{"", "x", second.Value + "A", second.Value[:42], "1|MTY5|garbled=="} {
		b.cookie = &http.Cookie{Name: "signpost", Value: cookie}
		got, err := b.visit()
		if got != "" || !errors.Is(err, auth.ErrForeignCookie) {
			t.Errorf("cookie %q: got %q, %v, want %v", cookie, got, err, auth.ErrForeignCookie)
		}
		b.signIn(ada) // a foreign cookie is in nobody's way
		if got, err := b.visit(); got != "ada" || err != nil {
			t.Errorf("signed in over cookie %q: got %q, %v, want ada", cookie, got, err)
		}
	}
}

func TestChangesEndSessions(t *testing.T) {
	for name, change := range map[string]func(context.Context, *auth.Accounts) error{
		"disable": func(ctx context.Context, a *auth.Accounts) error { return a.Disable(ctx, "ada") },
		"remove":  func(ctx context.Context, a *auth.Accounts) error { return a.Remove(ctx, "ada") },
		"set-role": func(ctx context.Context, a *auth.Accounts) error {
			return a.SetRoles(ctx, "ada", []auth.Role{auth.RoleUser, auth.RoleReportsReader})
		},
		"set-password": func(ctx context.Context, a *auth.Accounts) error {
			return a.SetPassword(ctx, "ada", "another password")
		},
	} {
		t.Run(name, func(t *testing.T) {
			p, c := openTestPortal(t, t.TempDir()), newClock()
			accounts := auth.NewAccounts(p, c.now, false)
			ada, grace := newBrowser(t, p, accounts, c), newBrowser(t, p, accounts, c)
			ada.signIn(addAccount(t, accounts, "ada", auth.RoleUser))
			grace.signIn(addAccount(t, accounts, "grace", auth.RoleUser))
			if err := change(t.Context(), accounts); err != nil {
				t.Fatal(err)
			}
			if got, err := ada.visit(); got != "" || !errors.Is(err, auth.ErrSessionEnded) {
				t.Errorf("whose account it is: got %q, %v, want %v", got, err, auth.ErrSessionEnded)
			}
			if got, err := grace.visit(); got != "grace" || err != nil {
				t.Errorf("somebody else: got %q, %v, want grace", got, err)
			}
		})
	}
}

func TestSignInClearsEndedSessions(t *testing.T) {
	p, c := openTestPortal(t, t.TempDir()), newClock()
	accounts := auth.NewAccounts(p, c.now, false)
	ada := addAccount(t, accounts, "ada", auth.RoleUser)
	for range 3 {
		newBrowser(t, p, accounts, c).signIn(ada)
	}
	c.t = c.t.Add(2 * time.Hour)
	newBrowser(t, p, accounts, c).signIn(ada)
	var got int
	if err := p.reader.QueryRowContext(t.Context(), "SELECT count(*) FROM sessions").Scan(&got); err != nil || got != 1 {
		t.Errorf("sessions kept: got %d, %v, want 1", got, err)
	}
}

// moreSteps are files with one more.
type moreSteps struct {
	fs.FS
	name, text string
}

func (m moreSteps) Open(name string) (fs.File, error) {
	if name == m.name {
		return fstest.MapFS{name: {Data: []byte(m.text)}}.Open(name)
	}
	return m.FS.Open(name)
}

func (m moreSteps) ReadDir(name string) ([]fs.DirEntry, error) {
	list, err := fs.ReadDir(m.FS, name)
	if more, moreErr := fs.ReadDir(fstest.MapFS{m.name: {Data: []byte(m.text)}}, name); moreErr == nil {
		list = append(list, more...)
	}
	return list, err
}

// portal.db is small: it is copied before every step.
func TestCopyOfPortalBeforeMigration(t *testing.T) {
	folder := t.TempDir()
	addAccount(t, auth.NewAccounts(openTestPortal(t, folder), newClock().now, false), "Ada", auth.RoleUser)
	w, err := dbfile.OpenWriter(filepath.Join(folder, "portal.db"))
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	log := slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{Level: slog.LevelWarn}))
	steps := Steps()
	_, newest, err := steps.Versions()
	if err != nil {
		t.Fatal(err)
	}
	steps.Files = moreSteps{steps.Files, fmt.Sprintf("migrations/%05d_adds.sql", newest+1), "-- +goose Up\nCREATE TABLE more (k INTEGER);\n"}
	if err := steps.Apply(t.Context(), w, log); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	kept := filepath.Join(folder, fmt.Sprintf("portal.db.schema-%d", newest))
	if n := dbfile.Size(kept); n == 0 {
		t.Fatal("portal.db was not copied")
	}
	if told := said.String(); !strings.Contains(told, "portal.db was copied before its schema changes") || !strings.Contains(told, kept) {
		t.Errorf("commands say of the copy %q, want where it is", told)
	}
	back := t.TempDir()
	if err := os.Rename(kept, filepath.Join(back, "portal.db")); err != nil {
		t.Fatal(err)
	}
	p := openTestPortal(t, back)
	if list, err := auth.NewAccounts(p, newClock().now, false).List(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("the accounts of the copy: %v, %v", list, err)
	}
}

// A call that is cut off takes its connection with it: the next one is no reason to refuse.
func TestCutOffWriteIsNoReplacement(t *testing.T) {
	p := openTestPortal(t, t.TempDir())
	accounts := auth.NewAccounts(p, newClock().now, false)
	ada := addAccount(t, accounts, "Ada", auth.RoleUser)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	_, err := p.writer.ExecContext(ctx, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
		INSERT INTO preferences SELECT ?, i, i FROM n WHERE i < 0`, ada.ID)
	if err == nil {
		t.Fatal("it came to an end")
	}
	addAccount(t, accounts, "Bo", auth.RoleUser)
	if err := p.Ping(); err != nil {
		t.Error(err)
	}
}
