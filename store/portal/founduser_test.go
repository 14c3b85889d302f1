package portal

import (
	"context"
	"errors"
	"testing"

	"signpost/auth"
)

// What an account's user principal name stands for is kept once, and not for an account that was changed meanwhile.
func TestFoundUserIsKeptOnce(t *testing.T) {
	p, c := openTestPortal(t, t.TempDir()), newClock()
	accounts := auth.NewAccounts(p, c.now, false)
	answer, asked := auth.FoundUser{ID: "first", From: auth.FromLogs}, 0
	accounts.FindUsersBy(func(_ context.Context, upn string) (auth.FoundUser, error) {
		if asked++; upn != "ada@example.com" {
			return auth.FoundUser{}, nil
		}
		return answer, nil
	})
	add := func(name, upn, id string) auth.Account {
		t.Helper()
		a, err := accounts.Add(t.Context(), auth.NewAccount{Name: name, Password: testPassword, Roles: []auth.Role{auth.RoleUser}, UserPrincipalName: upn, UserID: id})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	ada := add("ada", "ada@example.com", "")
	add("bob", "bob@example.com", "")
	add("carol", "ada@example.com", "given")
	add("dan", "", "")
	settled, err := accounts.SettleAll(t.Context())
	if err != nil || len(settled) != 1 || settled[0].Name != "ada" || asked != 2 {
		t.Fatalf("settled %+v after %d questions, %v; want ada after 2", settled, asked, err)
	}
	want := auth.FoundUser{ID: "first", From: auth.FromLogs, At: c.now().UTC()}
	answer.ID, answer.From = "second", auth.FromDirectory
	if now, err := p.AccountByName(t.Context(), "ada"); err != nil || now.Found != want || now.PersonID() != "first" {
		t.Errorf("kept: %+v, %v, want %+v", now.Found, err, want)
	}
	if now, err := accounts.Settle(t.Context(), ada); err != nil || now.Found != want { // by who has read it before
		t.Errorf("settled again: %+v, %v, want %+v", now.Found, err, want)
	}
	if now, err := p.KeepFoundUser(t.Context(), ada, answer); err != nil || now.Found != want {
		t.Errorf("kept again: %+v, %v, want %+v", now.Found, err, want)
	}
	bob, err := p.AccountByName(t.Context(), "bob")
	if err != nil {
		t.Fatal(err)
	}
	if err := accounts.Edit(t.Context(), "bob", auth.AccountEdit{Roles: bob.Roles, UserPrincipalName: "robert@example.com"}); err != nil {
		t.Fatal(err)
	}
	if now, err := p.KeepFoundUser(t.Context(), bob, answer); err != nil || now.Found != (auth.FoundUser{}) {
		t.Errorf("of a name that the account has no more: %+v, %v", now.Found, err)
	}
	if _, err := p.KeepFoundUser(t.Context(), auth.Account{ID: 99}, answer); !errors.Is(err, auth.ErrNoAccount) {
		t.Errorf("of no account: %v", err)
	}
	// A password, a role or another spelling changes nothing; another name does.
	for _, step := range []struct {
		what   string
		change func() error
		want   auth.FoundUser
	}{
		{"a password", func() error { return accounts.SetPassword(t.Context(), "ada", "another long password") }, want},
		{"a role", func() error { return accounts.SetRoles(t.Context(), "ada", []auth.Role{auth.RoleReportsReader}) }, want},
		{"another spelling", func() error {
			return accounts.Edit(t.Context(), "ada", auth.AccountEdit{Roles: ada.Roles, UserPrincipalName: "ADA@example.com"})
		}, want},
		{"a user ID", func() error { return accounts.SetUserID(t.Context(), "ada", "given") }, want},
		{"no user ID", func() error { return accounts.SetUserID(t.Context(), "ada", "") }, want},
		{"another name", func() error {
			return accounts.Edit(t.Context(), "ada", auth.AccountEdit{Roles: ada.Roles, UserPrincipalName: "ada@example.org"})
		}, auth.FoundUser{}},
	} {
		if err := step.change(); err != nil {
			t.Fatalf("%s: %v", step.what, err)
		}
		if now, err := p.AccountByName(t.Context(), "ada"); err != nil || now.Found != step.want {
			t.Errorf("after %s: %+v, %v, want %+v", step.what, now.Found, err, step.want)
		}
	}
	if err := accounts.SetUserID(t.Context(), "ada", "00000000-0000-0000-0000-000000000000"); !errors.As(err, new(auth.Invalid)) {
		t.Errorf("the ID of nobody: %v", err)
	}
}

// An account that becomes a Global Administrator's between the look at it and the change is one: the rule holds in the
// transaction.
func TestKeepersAreAskedInTheTransaction(t *testing.T) {
	p, c := openTestPortal(t, t.TempDir()), newClock()
	owner := auth.NewAccounts(p, c.now, false)
	addAccount(t, owner, "ada", auth.RoleGlobalAdministrator)
	addAccount(t, owner, "grace", auth.RoleUser)
	by := owner.By(auth.RightsOf([]auth.Role{auth.RoleSecurityAdministrator}))
	for what, change := range map[string]func(name string) error{
		"roles": func(name string) error { return by.SetRoles(t.Context(), name, []auth.Role{auth.RoleUser}) },
		"edit": func(name string) error {
			return by.Edit(t.Context(), name, auth.AccountEdit{Roles: []auth.Role{auth.RoleUser}, UserPrincipalName: "x"})
		},
		"user ID":  func(name string) error { return by.SetUserID(t.Context(), name, "x") },
		"password": func(name string) error { return by.SetPassword(t.Context(), name, "another long password") },
		"disable":  func(name string) error { return by.Disable(t.Context(), name) },
		"enable":   func(name string) error { return by.Enable(t.Context(), name) },
		"remove":   func(name string) error { return by.Remove(t.Context(), name) },
	} {
		if err := change("ada"); !errors.As(err, new(auth.NotAllowed)) {
			t.Errorf("%s of a Global Administrator: %v, want NotAllowed", what, err)
		}
		if what == "remove" {
			continue
		}
		if err := change("grace"); err != nil {
			t.Errorf("%s of somebody else: %v", what, err)
		}
	}
	for what, err := range map[string]error{
		"roles": by.SetRoles(t.Context(), "grace", []auth.Role{auth.RoleUser, auth.RoleGlobalAdministrator}),
		"edit":  by.Edit(t.Context(), "grace", auth.AccountEdit{Roles: []auth.Role{auth.RoleGlobalAdministrator}}),
	} {
		if !errors.As(err, new(auth.NotAllowed)) {
			t.Errorf("%s that give the role: %v, want NotAllowed", what, err)
		}
	}
	_, err := by.Add(t.Context(), auth.NewAccount{Name: "eve", Password: testPassword, Roles: []auth.Role{auth.RoleGlobalAdministrator}})
	if !errors.As(err, new(auth.NotAllowed)) {
		t.Errorf("add one: %v, want NotAllowed", err)
	}
	if n, err := owner.Exist(t.Context()); err != nil || !n {
		t.Error(err)
	}
	if ada, err := p.AccountByName(t.Context(), "ada"); err != nil || ada.Disabled || !ada.Is(auth.RoleGlobalAdministrator) || ada.UserID != "" {
		t.Errorf("the Global Administrator is %+v, %v", ada, err)
	}
}
