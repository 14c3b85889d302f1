package auth

import (
	"slices"
	"strings"
	"testing"
)

func TestParseRoles(t *testing.T) {
	for _, test := range []struct {
		names []string
		want  []Role
		fails bool
	}{
		{names: []string{"global-administrator"}, want: []Role{RoleGlobalAdministrator}},
		{names: []string{"user", "reports-reader", "user"}, want: []Role{RoleReportsReader, RoleUser}},
		{names: []string{
			"global-administrator", "security-administrator", "security-reader", "global-reader", "security-operator", "reports-reader",
			"conditional-access-administrator", "attribute-log-reader", "helpdesk", "user",
		}, want: Roles()},
		{names: nil, fails: true},
		{names: []string{"administrator"}, fails: true},
		{names: []string{"user", ""}, fails: true},
		{names: []string{"Global-Administrator"}, fails: true},
	} {
		got, err := ParseRoles(test.names)
		if !slices.Equal(got, test.want) || (err != nil) != test.fails {
			t.Errorf("ParseRoles(%q): got %v, %v, want %v, error %v", test.names, got, err, test.want, test.fails)
		}
	}
}

func TestRoleLabels(t *testing.T) {
	for _, test := range []struct {
		roles []Role
		want  string
	}{
		{nil, ""},
		{[]Role{RoleUser}, "User"},
		{[]Role{RoleGlobalAdministrator, RoleSecurityAdministrator}, "Global Administrator or Security Administrator"},
		{[]Role{RoleGlobalReader, RoleReportsReader, RoleUser}, "Global Reader, Reports Reader or User"},
	} {
		if got := RoleLabels(test.roles); got != test.want {
			t.Errorf("RoleLabels(%v): got %q, want %q", test.roles, got, test.want)
		}
	}
}

// The note of a role tells the person who gives it whether its owner will manage accounts.
func TestRoleNotesTellWhoManagesAccounts(t *testing.T) {
	for _, role := range Roles() {
		want := RightsOf([]Role{role}).MaySee(PeopleData)
		if got := strings.Contains(role.Note(), "the others' accounts"); got != want {
			t.Errorf("%s: the note %q tells of accounts: %t, want %t", role, role.Note(), got, want)
		}
	}
}
