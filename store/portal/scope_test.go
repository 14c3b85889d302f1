package portal

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/auth"
)

// A scope is kept with the account and ends its sessions. One that cannot be read is an error: no account reads more for it.
func TestScopeIsKept(t *testing.T) {
	p := openTestPortal(t, t.TempDir())
	accounts := auth.NewAccounts(p, newClock().now, false)
	ada := addAccount(t, accounts, "Ada", auth.RoleReportsReader)
	scope, err := auth.NewScope([]string{" G2 ", "g1", "g2"}, []string{"App"})
	if err != nil {
		t.Fatal(err)
	}
	kept := func(want auth.Scope) {
		t.Helper()
		got, err := accounts.ByID(t.Context(), ada.ID)
		if diff := gocmp.Diff(want, got.Scope); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	}
	kept(auth.Scope{})
	if err := accounts.SetScope(t.Context(), "ada", scope); err != nil {
		t.Fatal(err)
	}
	kept(auth.Scope{Groups: []string{"g1", "g2"}, Apps: []string{"app"}})
	if err := accounts.SetRoles(t.Context(), "ada", []auth.Role{auth.RoleSecurityAdministrator}); err == nil {
		t.Error("an account with a scope becomes an administrator, who could lift it")
	}
	if err := accounts.SetRoles(t.Context(), "ada", []auth.Role{auth.RoleGlobalReader}); err != nil {
		t.Fatal(err)
	}
	kept(scope)
	if err := accounts.SetScope(t.Context(), "ada", auth.Scope{}); err != nil {
		t.Fatal(err)
	}
	kept(auth.Scope{})
	addAccount(t, accounts, "Bo", auth.RoleSecurityAdministrator)
	if err := accounts.SetScope(t.Context(), "bo", scope); err == nil {
		t.Error("an administrator gets a scope, which they could lift")
	}
	for _, text := range []string{"{}", "nonsense"} {
		if _, err := p.writer.ExecContext(t.Context(), "UPDATE accounts SET scope = ? WHERE id = ?", text, ada.ID); err != nil {
			t.Fatal(err)
		}
		if got, err := accounts.ByID(t.Context(), ada.ID); err == nil {
			t.Errorf("with the scope %q the account is %+v", text, got)
		}
	}
}
