package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/auth"
	"signpost/views"
)

// keeping is an action on an account.
type keeping struct {
	what, route, path string
	form              url.Values
	leads             string // the address that a Global Administrator is led to
}

// keepings are all actions on the account of an ID with that session, and the ways to give the role to others. Their order
// lets each one succeed.
func keepings(boss, clerk, session string) []keeping {
	person, other := "/settings/people/"+boss, "/settings/people/"+clerk
	edit := func(roles ...string) url.Values {
		return url.Values{"role": roles, "upn": {"x@example.com"}, "userid": {"u-1"}}
	}
	added := newPersonForm("helper", "global-administrator")
	return []keeping{
		{"end a session", "/settings/sessions", "/settings/sessions", url.Values{"account": {boss}, "session": {session}}, "/settings/sessions?done=ended"},
		{"end all sessions", "/settings/sessions", "/settings/sessions", url.Values{"account": {boss}, "session": {"all"}}, person + "?done=none"},
		{"set the password", "/settings/people/:id/password", person + "/password", url.Values{"password": {"another long password"}, "repeat": {"another long password"}}, person + "?done=password"},
		{"limit", "/settings/people/:id/scope", person + "/scope", url.Values{}, person + "?done=scope"},
		{"disable", "/settings/people/:id/disable", person + "/disable", url.Values{}, person + "?done=disabled"},
		{"enable", "/settings/people/:id/enable", person + "/enable", url.Values{}, person + "?done=enabled"},
		{"change the UPN and the user ID", "/settings/people/:id", person, edit("global-administrator"), person + "?done=edited"},
		{"take the role", "/settings/people/:id", person, edit("user"), person + "?done=edited"},
		{"give the role back", "/settings/people/:id", person, edit("user", "global-administrator"), person + "?done=edited"},
		{"remove", "/settings/people/:id/remove", person + "/remove", url.Values{}, "/settings/people?done=removed"},
		{"give the role to another", "/settings/people/:id", other, edit("global-administrator"), other + "?done=edited"},
		{"add another one", "/settings/people/new", "/settings/people/new", added, ""},
	}
}

// Only a Global Administrator changes the account of one, or makes one. A Security Administrator, who manages the other
// accounts, may not, and nobody else may either.
func TestOnlyGlobalAdministratorsKeepTheirRole(t *testing.T) {
	p := newHouse(t, nil)
	p.add("root", auth.RoleGlobalAdministrator)
	p.add("boss", auth.RoleGlobalAdministrator)
	p.add("clerk", auth.RoleUser)
	bossAt := p.as("boss")
	session := sessionRef(t, bossAt.get("/settings/account"))
	list := keepings(p.id("boss"), p.id("clerk"), session)
	for pattern, page := range p.server.pages {
		route, isPost := strings.CutPrefix(pattern, "POST ")
		if isPost && page == auth.PageSettings && route != views.AccessSettingsPath && route != views.AlertSettingsPath && route != views.InsightSettingsPath && !slices.ContainsFunc(list, func(k keeping) bool { return k.route == route }) {
			t.Errorf("POST %s is not tried here", route)
		}
	}
	state := func() []auth.Account {
		accounts, err := p.accounts.List(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return slices.DeleteFunc(accounts, func(a auth.Account) bool { return strings.HasPrefix(a.Name, "as-") })
	}
	before := state()
	var others [][]auth.Role
	for _, role := range auth.Roles() {
		switch role {
		case auth.RoleGlobalAdministrator:
		case auth.RoleSecurityAdministrator:
			others = append(others, []auth.Role{role})
		default:
			others = append(others, []auth.Role{role}, []auth.Role{auth.RoleSecurityAdministrator, role})
		}
	}
	for i, roles := range others {
		at := p.at(fmt.Sprint("as-", i), roles...)
		for _, k := range list {
			at.post(k.path, k.form).expect(t, fmt.Sprintf("%s by %s", k.what, roles), http.StatusForbidden, "")
		}
		own := "/settings/people/" + p.id(fmt.Sprint("as-", i))
		at.post(own, url.Values{"role": {"security-administrator", "global-administrator"}}).
			expect(t, fmt.Sprintf("make oneself one, by %s", roles), http.StatusForbidden, "")
		for _, do := range []string{"disable", "remove"} {
			at.get("/settings/people/"+p.id("boss")+"/"+do).expect(t, fmt.Sprintf("the question before %s, by %s", do, roles), http.StatusForbidden, "")
		}
	}
	if diff := gocmp.Diff(before, state()); diff != "" {
		t.Errorf("what was refused changed accounts (-before +after):\n%s", diff)
	}
	bossAt.get("/settings/people").expect(t, "the session that was not ended", http.StatusOK, "")

	root := p.as("root")
	for _, k := range list {
		if got := root.post(k.path, k.form); got.StatusCode != http.StatusSeeOther || k.leads != "" && got.location() != k.leads {
			t.Errorf("%s by a Global Administrator: %d to %q, want 303 to %q", k.what, got.StatusCode, got.location(), k.leads)
		}
	}
}

// A Security Administrator still manages everybody else.
func TestSecurityAdministratorsManageTheOthers(t *testing.T) {
	p := newHouse(t, nil)
	sec := p.at("sec", auth.RoleSecurityAdministrator)
	p.add("clerk", auth.RoleGlobalReader)
	person := "/settings/people/" + p.id("clerk")
	for _, k := range []keeping{
		{"roles", "", person, url.Values{"role": {"user", "security-administrator"}}, person + "?done=edited"},
		{"password", "", person + "/password", url.Values{"password": {housePassword}, "repeat": {housePassword}}, person + "?done=password"},
		{"sessions", "", "/settings/sessions", url.Values{"account": {p.id("clerk")}, "session": {"all"}}, person + "?done=none"},
		{"disable", "", person + "/disable", url.Values{}, person + "?done=disabled"},
		{"enable", "", person + "/enable", url.Values{}, person + "?done=enabled"},
		{"remove", "", person + "/remove", url.Values{}, "/settings/people?done=removed"},
	} {
		sec.post(k.path, k.form).expect(t, k.what, http.StatusSeeOther, k.leads)
	}
	sec.post("/settings/people/new", newPersonForm("new", "security-administrator")).expect(t, "add", http.StatusSeeOther, "/settings/people/"+p.id("new")+"?done=added")
}

// The pages show no action that would be refused.
func TestPagesOfAccountsShowWhatIsAllowed(t *testing.T) {
	p := newHouse(t, nil)
	p.add("boss", auth.RoleGlobalAdministrator)
	p.add("clerk", auth.RoleUser)
	p.as("boss")
	p.as("clerk")
	sec, root := p.at("sec", auth.RoleSecurityAdministrator), p.at("root", auth.RoleGlobalAdministrator)
	boss, clerk := "/settings/people/"+p.id("boss"), "/settings/people/"+p.id("clerk")
	const anything = "main form, main a[href$='/disable'], main a[href$='/remove'], main button"
	const gives = "main input[name=role][value=global-administrator]"
	for _, tt := range []struct {
		what     string
		at       *visitor
		path     string
		selector string
		want     int
	}{
		{"what a Security Administrator can do to a Global Administrator", sec, boss, anything, 0},
		{"why", sec, boss, "[data-testid=may-not-change]", 1},
		{"forms to change somebody else", sec, clerk, "main form.settings-form", 3},
		{"the role to give", sec, clerk, gives, 0},
		{"the other roles to give", sec, clerk, "main input[name=role]", len(auth.Roles()) - 2},
		{"the role of somebody new", sec, "/settings/people/new", gives, 0},
		{"sessions", sec, "/settings/sessions", "[data-testid=session]", 4},
		{"sessions that can be ended", sec, "/settings/sessions", "[data-testid=session] button", 2},
		{"forms to change a Global Administrator", root, boss, "main form.settings-form", 2},
		{"the form of a scope, which an administrator has none of", root, boss, "[data-testid=scope-form]", 0},
		{"the form of the scope of somebody else", root, clerk, "[data-testid=scope-form]", 1},
		{"the role to take", root, boss, gives, 1},
		{"the role to give as one", root, "/settings/people/new", gives, 1},
		{"sessions that can be ended as one", root, "/settings/sessions", "[data-testid=session] button", 4},
	} {
		page := tt.at.get(tt.path)
		page.expect(t, tt.what, http.StatusOK, "")
		if got := page.document(t).Find(tt.selector).Length(); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.what, got, tt.want)
		}
	}
	refused := sec.post(boss+"/disable", url.Values{})
	if got := refused.find(t, "main"); !strings.Contains(got, "Global Administrator") {
		t.Errorf("the refusal says %q", got)
	}
}
