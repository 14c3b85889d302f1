package auth

import (
	"strings"
	"testing"
)

// The columns of the tables below: signed out, signed in without a role, then each role by itself.
var columns = []struct {
	heading string
	rights  Rights
}{
	{"out", Rights{}},
	{"none", RightsOf(nil)},
	{"GA", RightsOf([]Role{RoleGlobalAdministrator})},
	{"SA", RightsOf([]Role{RoleSecurityAdministrator})},
	{"SR", RightsOf([]Role{RoleSecurityReader})},
	{"GR", RightsOf([]Role{RoleGlobalReader})},
	{"RR", RightsOf([]Role{RoleReportsReader})},
	{"CA", RightsOf([]Role{RoleConditionalAccessAdministrator})},
	{"AL", RightsOf([]Role{RoleAttributeLogReader})},
	{"HD", RightsOf([]Role{RoleHelpdesk})},
	{"user", RightsOf([]Role{RoleUser})},
	{"SO", RightsOf([]Role{RoleSecurityOperator})},
}

const pageCells = `
            out none GA SA SR GR RR CA AL  HD  user  SO
	static     x    x  x  x  x  x  x  x    x   x    x   x
	health     x    x  x  x  x  x  x  x    x   x    x   x
	signin     x    x  x  x  x  x  x  x    x   x    x   x
	signout    x    x  x  x  x  x  x  x    x   x    x   x
	setup      x    x  x  x  x  x  x  x    x   x    x   x
	theme      x    x  x  x  x  x  x  x    x   x    x   x
	errors     x    x  x  x  x  x  x  x    x   x    x   x
	progress   -    x  x  x  x  x  x  x    x   x    x   x
	help       x    x  x  x  x  x  x  x    x   x    x   x
	home       -    x  x  x  x  x  x  x    x   x    x   x
	me         -    x  x  x  x  x  x  x    x   x    x   x
	helpdesk   -    -  -  -  -  -  -  -    -    x    -   -
	account    -    x  x  x  x  x  x  x    x   x    x   x
	preferences -   x  x  x  x  x  x  x    x   x    x   x
	logs       -    -  x  x  x  x  x  -    x   -    -   x
	compare    -    -  x  x  x  x  x  -    x   -    -   x
	search     -    -  x  x  x  x  x  -    -   -    -   x
	diagnostic -    -  x  x  x  x  x  -    -   -    -   x
	flagged    -    -  x  x  x  x  x  -    -   -    -   x
	protection -    -  x  x  x  x  -  -    -   -    -   x
	triage     -    -  x  x  -  -  -  -    -   -    -   x
	users      -    -  x  x  x  x  x  -    -   -    -   x
	groups     -    -  x  x  x  x  x  -    -   -    -   x
	apps       -    -  x  x  x  x  x  -    -   -    -   x
	import     -    -  x  x  -  -  -  -    -   -    -   -
	settings   -    -  x  x  -  -  -  -    -   -    -   -
	watches    -    -  x  x  x  x  x  -    x   -    -   x
	names      -    -  x  -  -  -  -  -    -   -    -   -
	reported   -    -  x  x  -  -  -  -    -   -    -   x
	sources    -    -  x  x  x  x  x  -    -   -    -   x
	insights   -    -  x  x  x  x  x  -    -   -    -   x
	unheard-of -    -  -  -  -  -  -  -    -   -    -   -
`

const classCells = `
                          out none GA SA SR GR RR CA AL  HD  user  SO
	log_data                  -    -  x  x  x  x  x  -    -   -    -   x
	Conditional_Access_data   -    -  x  x  x  x  -  x    -   -    -   -
	people                    -    -  x  x  -  -  -  -    -   -    -   -
	import                    -    -  x  x  -  -  -  -    -   -    -   -
	settings                  -    -  x  x  -  -  -  -    -   -    -   -
	reported_sign-ins         -    -  x  x  -  -  -  -    -   -    -   x
	custom_security_attributes -   -  x  -  -  -  -  -  x   -    -   -
	values_of_credentials     -    -  x  x  -  -  -  -  -   -    -   -
	access_log                -    -  x  x  -  -  -  -    -   -    -   -
	Microsoft_365_activity    -    -  x  x  x  x  -  -    -   -    -   x
	names_of_items            -    -  x  -  -  -  -  -    -   -    -   -
	risk_data                 -    -  x  x  x  x  -  -  -   -    -   x
	own_sign-ins              -    x  x  x  x  x  x  x    x   x    x   x
	one_person                -    -  -  -  -  -  -  -    -    x    -   -
	unheard-of                -    -  -  -  -  -  -  -    -   -    -   -
`

// readCells gives the cells as [row][heading].
func readCells(t *testing.T, text string) map[string]map[string]bool {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(text), "\n")
	headings := strings.Fields(lines[0])
	cells := map[string]map[string]bool{}
	for _, line := range lines[1:] {
		words := strings.Fields(line)
		if len(words) != len(headings)+1 {
			t.Fatalf("row %q has %d cells, want %d", line, len(words)-1, len(headings))
		}
		row := map[string]bool{}
		for i, heading := range headings {
			row[heading] = words[i+1] == "x"
		}
		cells[strings.ReplaceAll(words[0], "_", " ")] = row
	}
	return cells
}

func TestPageCells(t *testing.T) {
	cells := readCells(t, pageCells)
	for name, row := range cells {
		for _, column := range columns {
			if got, want := column.rights.MayOpen(Page(name)), row[column.heading]; got != want {
				t.Errorf("page %s for %s: got %v, want %v", name, column.heading, got, want)
			}
		}
	}
	for page := range table.pages {
		if _, ok := cells[string(page)]; !ok {
			t.Errorf("page %s has no row in this test", page)
		}
	}
}

func TestClassCells(t *testing.T) {
	cells := readCells(t, classCells)
	for name, row := range cells {
		for _, column := range columns {
			if got, want := column.rights.MaySee(Class(name)), row[column.heading]; got != want {
				t.Errorf("%s for %s: got %v, want %v", name, column.heading, got, want)
			}
		}
	}
	for class := range table.classes {
		if _, ok := cells[string(class)]; !ok {
			t.Errorf("%s has no row in this test", class)
		}
	}
}

// Two roles together have the rights of both, for every pair, page and class.
func TestRolesAddUp(t *testing.T) {
	for _, a := range Roles() {
		for _, b := range Roles() {
			both, one, other := RightsOf([]Role{a, b}), RightsOf([]Role{a}), RightsOf([]Role{b})
			for page := range table.pages {
				if got, want := both.MayOpen(page), one.MayOpen(page) || other.MayOpen(page); got != want {
					t.Errorf("page %s for %s and %s: got %v, want %v", page, a, b, got, want)
				}
			}
			for class := range table.classes {
				if got, want := both.MaySee(class), one.MaySee(class) || other.MaySee(class); got != want {
					t.Errorf("%s for %s and %s: got %v, want %v", class, a, b, got, want)
				}
			}
		}
	}
}

func TestUnknownRoleHasNoRights(t *testing.T) {
	r := RightsOf([]Role{"root"})
	if r.MayOpen(PageLogs) || r.MaySee(LogData) {
		t.Error("a role that does not exist opens the logs")
	}
}

// A Security Operator has the rights of a Security Reader and decides about risk and reports, but has no Conditional Access data, also together with a Reports Reader.
func TestSecurityOperator(t *testing.T) {
	reader := RightsOf([]Role{RoleSecurityReader})
	for _, operator := range []Rights{RightsOf([]Role{RoleSecurityOperator}), RightsOf([]Role{RoleSecurityOperator, RoleReportsReader, RoleUser})} {
		for page := range table.pages {
			if got, want := operator.MayOpen(page), reader.MayOpen(page) || page == PageTriage || page == PageReported; got != want {
				t.Errorf("the page %s: got %v, want %v", page, got, want)
			}
		}
		for class := range table.classes {
			if got, want := operator.MaySee(class), reader.MaySee(class) && class != ConditionalAccessData || class == ReportedSignIns; got != want {
				t.Errorf("%s: got %v, want %v", class, got, want)
			}
		}
	}
	if !RightsOf([]Role{RoleSecurityOperator, RoleConditionalAccessAdministrator}).MaySee(ConditionalAccessData) {
		t.Error("the role takes something away from another")
	}
}
