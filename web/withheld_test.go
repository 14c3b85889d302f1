package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"signpost/auth"
	"signpost/store"
)

// The history does not tell a viewer without the right that Conditional Access data changed, or when.
func TestHistoryDoesNotTellThatWithheldDataChanged(t *testing.T) {
	versions := make([]store.Version, 4)
	for i := range versions {
		s := interactiveSignIn(1, at("12:00:00"))
		s.Ingested = at("12:0" + strconv.Itoa(i+1) + ":00")
		s.ConditionalAccessStatus = []string{"notApplied", "success", "failure", "success"}[i]
		reason := ""
		if i > 1 {
			s.FailureReason, reason = "Other.", "Other."
		}
		versions[i] = store.Version{Entry: s.Clone(), Doc: []byte(`{"time":"` + s.Ingested.Format("2006-01-02T15:04:05Z") +
			`","properties":{"id":"` + s.ID + `","conditionalAccessStatus":"` + s.ConditionalAccessStatus + `","reason":"` + reason + `"}}`)}
	}
	f := newFakeStore(*versions[3].SignIn())
	f.records[0].Versions = versions
	for _, test := range []struct {
		role auth.Role
		rows []string
		raw  int
	}{
		{admin, []string{"4", "3", "2", "1"}, 4},
		{reports, []string{"2", "1"}, 2},
	} {
		p := newPortal(t, f, test.role)
		table := p.get("/logs/interactive/" + testID(1) + "?tab=history").page.Find("#history .data").First()
		var numbers []string
		for i := range table.Find("tbody tr").Length() {
			numbers = append(numbers, table.Find("tbody tr").Eq(i).Find("td").First().Text())
		}
		if !slices.Equal(numbers, test.rows) {
			t.Errorf("%s: the history has the versions %q, want %q", test.role, numbers, test.rows)
		}
		raw := p.get("/logs/interactive/" + testID(1) + "?tab=raw")
		if got := raw.page.Find("section pre").Length(); got != test.raw || raw.page.Find("section summary").First().Text() != "Version "+strconv.Itoa(test.raw) {
			t.Errorf("%s: %d records as received, the first called %q; want %d", test.role, got, raw.page.Find("section summary").First().Text(), test.raw)
		}
	}
	history := newPortal(t, f, reports).get("/logs/interactive/" + testID(1) + "?tab=history").page.Find("#history").Text()
	if strings.Contains(history, "nothing that has a field") || !strings.Contains(history, "1 field") || strings.Contains(history, "12:01:00") || strings.Contains(history, "12:03:00") {
		t.Errorf("the history tells of other versions: %s", squeeze(history))
	}
}

// An address that names the data in any parameter is refused before any other message about it.
func TestWithheldFieldsAreRefusedInAnyParameter(t *testing.T) {
	f := newFakeStore(interactiveSignIn(1, at("12:00:00")))
	paths := []string{
		"/logs/interactive", "/logs/noninteractive", "/logs/legacy", "/logs/interactive/export.csv", "/logs/interactive/evidence.zip", "/logs/interactive/follow",
		"/logs/interactive/" + testID(1), "/users", "/apps", "/search", "/groups", "/logs/interactive/views",
	}
	for _, path := range paths {
		for _, param := range []string{"cols", "pick", "field", "sum", "sort", "by", "SORT", "chart", "panel", "dir", "no-such"} {
			for _, value := range []string{"ca", "CA", "policyresult", "-policy", "user,ca", "count desc, policy", "conditionalAccessStatus", "conditional\u200bAccessStatus", "ca.not", "appliedConditionalAccessPolicies.result"} {
				address := path + "?" + url.Values{param: {value}}.Encode()
				if got := newPortal(t, f, reports).get(address).Code; got != http.StatusForbidden {
					t.Errorf("%s: status %d, want 403", address, got)
				}
			}
		}
	}
	nested := "/logs/interactive/" + testID(1) + "?" + url.Values{"list": {"/logs/interactive?sort=ca"}}.Encode()
	if got := newPortal(t, f, reports).get(nested).Code; got != http.StatusForbidden {
		t.Errorf("%s: status %d, want 403", nested, got)
	}
	for address, want := range map[string]int{
		"/logs/interactive?app=policy": http.StatusOK, "/search?q=policy": http.StatusOK, "/users?q=ca": http.StatusOK,
		"/logs/interactive?pick=app&find=policy": http.StatusOK,
		"/logs/interactive/" + testID(1) + "?" + url.Values{"list": {"/logs/interactive?app=policy"}}.Encode(): http.StatusOK,
		"/logs/interactive?sort=count": http.StatusBadRequest,
		"/logs/interactive?" + url.Values{"pick": {"app"}, "field": {"app"}, "op": {"is"}, "value": {"policy"}}.Encode(): http.StatusOK,
	} {
		if got := newPortal(t, f, reports).get(address).Code; got != want {
			t.Errorf("%s: status %d, want %d", address, got, want)
		}
	}
}

// A viewer who lost a right can still delete an own view that needs it, but do nothing else with it.
func TestOwnViewThatNamesWithheldDataCanBeDeleted(t *testing.T) {
	p := keptHouse(t, nil, interactiveSignIn(1, at("08:00:00")))
	p.at("eve", auth.RoleGlobalReader).save("interactive", "ca=failure&status=failure", "Blocked ones", true)
	if err := p.accounts.SetRoles(t.Context(), "eve", []auth.Role{auth.RoleReportsReader}); err != nil {
		t.Fatal(err)
	}
	eve := p.visitor()
	eve.signIn("eve")
	id := p.keptViews("eve")[0].ID
	address := "/logs/interactive/views/" + strconv.FormatInt(id, 10)
	page := eve.get("/logs/interactive?panel=views")
	if got := ownViews(t, page); len(got) != 1 || !strings.HasPrefix(got[0], "Blocked ones") {
		t.Errorf("the panel lists %q, want the view to be deleted", got)
	}
	panel := page.document(t).Find(viewsHook)
	if html, _ := panel.Html(); strings.Contains(html, "ca=") || strings.Contains(strings.ToLower(panel.Text()), "conditional") || panel.Find(`button[value="rename"]`).Length() > 0 {
		t.Errorf("the panel tells what the view names, or offers to change it: %s", html)
	}
	if got := panel.Find(`form[action^="` + address + `"] button[value="delete"]`).Length(); got != 1 {
		t.Errorf("%d ways to delete the view, want 1", got)
	}
	eve.get(address).expect(t, "opening it", http.StatusNotFound, "")
	for _, do := range []string{"rename", "share", "unshare"} {
		eve.post(address, form("do", do, "name", "x")).expect(t, do, http.StatusNotFound, "")
	}
	p.at("kim", auth.RoleReportsReader).post(address, form("do", "delete")).expect(t, "deleting another's", http.StatusNotFound, "")
	if got := p.keptViews("eve"); len(got) != 1 {
		t.Fatalf("the view is gone: %v", got)
	}
	if got := eve.post(address, form("do", "delete")); got.StatusCode != http.StatusSeeOther {
		t.Errorf("deleting it: status %d, want 303", got.StatusCode)
	}
	if got := p.keptViews("eve"); len(got) != 0 {
		t.Errorf("kept is %v, want nothing", got)
	}
}
