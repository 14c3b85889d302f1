package auth

import (
	"errors"
	"slices"
	"testing"
)

// The roles that give and take each role, and change accounts that have it.
const keeperCells = `
                                   out none GA SA SR GR RR CA AL   HD user
	global-administrator             -    -  x  -  -  -  -  -    -    -    -
	security-administrator           -    -  x  x  -  -  -  -    -    -    -
	security-reader                  -    -  x  x  -  -  -  -    -    -    -
	global-reader                    -    -  x  x  -  -  -  -    -    -    -
	security-operator                -    -  x  x  -  -  -  -  -    -    -
	reports-reader                   -    -  x  x  -  -  -  -    -    -    -
	conditional-access-administrator -    -  x  x  -  -  -  -    -    -    -
	attribute-log-reader             -    -  x  -  -  -  -  -  -    -    -
	helpdesk                         -    -  x  x  -  -  -  -  -    -    -
	user                             -    -  x  x  -  -  -  -    -    -    -
	unheard-of                       -    -  -  -  -  -  -  -    -    -    -
`

func TestKeeperCells(t *testing.T) {
	cells := readCells(t, keeperCells)
	for name, row := range cells {
		for _, column := range columns {
			if got, want := column.rights.MayKeep(Role(name)), row[column.heading]; got != want {
				t.Errorf("the role %s for %s: got %v, want %v", name, column.heading, got, want)
			}
			account := Account{Roles: []Role{RoleUser, Role(name)}}
			if got, want := column.rights.MayChange(account), row[column.heading]; got != want {
				t.Errorf("an account with the role %s for %s: got %v, want %v", name, column.heading, got, want)
			}
		}
	}
	for _, role := range Roles() {
		if _, ok := cells[string(role)]; !ok || len(table.keepers[role].roles) == 0 {
			t.Errorf("the role %s has no row here or in the table: nobody could give it", role)
		}
	}
}

// Only roles that manage people may change an account without a role.
func TestAccountWithoutRoles(t *testing.T) {
	for _, column := range columns {
		if got, want := column.rights.MayChange(Account{}), column.rights.MaySee(PeopleData); got != want {
			t.Errorf("%s: got %v, want %v", column.heading, got, want)
		}
	}
	var refused NotAllowed
	err := RightsOf([]Role{RoleSecurityAdministrator}).checkKeep([]Role{RoleUser, RoleGlobalAdministrator})
	if !errors.As(err, &refused) || !slices.Equal(refused.Needs, []Role{RoleGlobalAdministrator}) {
		t.Errorf("got %v, want NotAllowed that needs a Global Administrator", err)
	}
}

func TestPersonID(t *testing.T) {
	const zeros, upn = "00000000-0000-0000-0000-000000000000", "ada@example.com"
	for _, tt := range []struct {
		account Account
		id      string
		needs   bool
	}{
		{Account{}, "", false},
		{Account{UserPrincipalName: upn}, "", true},
		{Account{UserPrincipalName: upn, UserID: "a"}, "a", false},
		{Account{UserPrincipalName: upn, Found: FoundUser{ID: "b"}}, "b", false},
		{Account{UserPrincipalName: upn, UserID: "a", Found: FoundUser{ID: "b"}}, "a", false},
		{Account{UserPrincipalName: upn, UserID: zeros, Found: FoundUser{ID: "b"}}, "b", false},
		{Account{UserPrincipalName: upn, UserID: zeros}, "", true},
	} {
		if got := tt.account.PersonID(); got != tt.id || tt.account.NeedsUserID() != tt.needs {
			t.Errorf("%+v: got %q, needs %v, want %q, %v", tt.account, got, tt.account.NeedsUserID(), tt.id, tt.needs)
		}
	}
}
