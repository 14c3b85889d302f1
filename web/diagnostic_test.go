package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"signpost/auth"
	"signpost/store"
)

// adasFailures has a sign-in of Ada's that a policy blocked, and others with and without its error.
func adasFailures() []store.SignIn {
	var list []store.SignIn
	add := func(n int, clock string, code int64, change func(*store.SignIn)) {
		s := interactiveSignIn(n, at(clock))
		s.CorrelationID, s.SessionID = fmt.Sprintf("c-%d", n), ""
		s.AppliedConditionalAccessPolicies, s.ConditionalAccessStatus = nil, ""
		s.AuthenticationDetails, s.SessionLifetimePolicies = nil, nil
		if s.ErrorCode = store.IntOf(code); code == 53003 {
			s.FailureReason, s.ConditionalAccessStatus = "Blocked.", "failure"
			s.AppliedConditionalAccessPolicies = []store.AppliedPolicy{
				{ID: "p1", DisplayName: "Secret policy: no strange places", Result: "failure", GrantControls: []string{"Block"}, ConditionsSatisfied: []string{"application", "users", "location"}},
				{ID: "p2", DisplayName: "Secret pilot", Result: "reportOnlyFailure", GrantControls: []string{"Block"}},
			}
		}
		if change != nil {
			change(&s)
		}
		list = append(list, s)
	}
	bo := func(s *store.SignIn) {
		s.UserID, s.UserPrincipalName, s.UserDisplayName = "bo-id", "bo@example.com", "Bo"
	}
	add(1, "12:00:00", 53003, func(s *store.SignIn) { s.CorrelationID = "c-shared" })
	add(2, "11:30:00", 53003, func(s *store.SignIn) { s.AppID, s.AppDisplayName = "other-app", "Travel" })
	add(3, "11:00:00", 53003, bo)
	add(4, "13:00:00", 0, nil)
	add(5, "10:00:00", 50126, func(s *store.SignIn) { s.CorrelationID = "c-shared" })
	add(6, "12:05:00", 50126, bo)
	return list
}

func diagnosisOf(n int) string { return "/diagnostic?log=interactive&request=" + testID(n) }

// The answer names the policy and the condition to those with the right, and counts exactly what its links lead to.
func TestDiagnosticAnswers(t *testing.T) {
	p := newPortal(t, newFakeStore(adasFailures()...), admin)
	a := p.get(diagnosisOf(1))
	if a.Code != http.StatusOK || a.hook("diagnosis").AttrOr("data-scenario", "") != "policy-location" {
		t.Fatalf("%d, scenario %q", a.Code, a.hook("diagnosis").AttrOr("data-scenario", ""))
	}
	reasons := strings.Join(a.texts("[data-testid=reasons] .fact"), "; ")
	for _, want := range []string{"Policy that blockedSecret policy: no strange places", "Condition that matchedLocation"} {
		if !strings.Contains(reasons, want) {
			t.Errorf("the reasons are %q, without %q", reasons, want)
		}
	}
	var remarks []string
	a.hook("remark").Each(func(_ int, e *goquery.Selection) { remarks = append(remarks, e.AttrOr("data-value", "")) })
	if want := []string{"later-success", "report-only"}; !slices.Equal(remarks, want) {
		t.Errorf("the remarks are %q, want %q", remarks, want)
	}
	links, numbers := a.hook("elsewhere").Find("a"), []string{}
	for i := range links.Length() {
		e := links.Eq(i)
		total := p.get(e.AttrOr("href", "")).hook("total").AttrOr("data-value", "?")
		if total != e.AttrOr("data-value", "") {
			t.Errorf("%q leads to %s", e.Text(), total)
		}
		numbers = append(numbers, total)
	}
	if want := []string{"2", "0", "2", "0", "3", "0"}; !slices.Equal(numbers, want) { // the person, the application, everybody, in two logs
		t.Errorf("elsewhere: %q, want %q", numbers, want)
	}
	if got := a.texts("[data-testid=trail] caption"); len(got) != 2 || !strings.HasPrefix(got[0], "Same correlation ID") || !strings.HasPrefix(got[1], "Same user and application") {
		t.Errorf("what belongs to it: %q", got)
	}
	support := a.hook("support").Text()
	for _, want := range []string{"Request ID: " + testID(1), "Diagnosis: A policy blocked access, and the location was a condition", "Why: Policy that blocked: Secret policy"} {
		if !strings.Contains(support, want) {
			t.Errorf("the text for support lacks %q: %s", want, support)
		}
	}
}

// Without the right to Conditional Access data an access policy decided: no name, no condition, whatever the page shows.
func TestDiagnosticWithoutConditionalAccess(t *testing.T) {
	p := newPortal(t, newFakeStore(adasFailures()...), auth.RoleReportsReader)
	a := p.get(diagnosisOf(1))
	if a.Code != http.StatusOK || a.hook("diagnosis").AttrOr("data-scenario", "") != "policy-withheld" || a.page.Find("h1").Text() != "An access policy decided" {
		t.Fatalf("%d, %q", a.Code, a.page.Find("h1").Text())
	}
	for _, never := range []string{"Secret", "p1", "Condition that matched", "report-only", "Report-only", "location"} {
		if strings.Contains(a.hook("diagnosis").Text(), never) {
			t.Errorf("the page says %q", never)
		}
	}
}

// One sign-in that fits is opened, several are offered with their exact number, and none is explained.
func TestDiagnosticFinds(t *testing.T) {
	p := newPortal(t, newFakeStore(adasFailures()...), admin)
	find := func(pairs ...string) answer {
		v := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		return p.get("/diagnostic?" + v.Encode())
	}
	noon := at("12:00:00").Format(time.RFC3339)
	for name, tt := range map[string]struct {
		of  []string
		ids []int
	}{
		"a person":                     {[]string{"user", "ada@example.com", "time", noon}, []int{1, 2, 5}},
		"a person by ID":               {[]string{"user", "bo-id", "time", noon}, []int{6, 3}},
		"a person and an application":  {[]string{"user", "Bo", "app", "Payroll", "time", noon}, nil},
		"an application":               {[]string{"app", "Travel", "time", noon}, []int{2}},
		"a correlation ID of any time": {[]string{"correlation", "c-shared"}, []int{1, 5}},
		"another time":                 {[]string{"user", "bo-id", "time", "2020-01-01 10:00"}, nil},
		"a request ID":                 {[]string{"request", testID(6)}, []int{6}},
		"no such request ID":           {[]string{"request", testID(99)}, nil},
		"a success by its request ID":  {[]string{"request", testID(4)}, []int{4}},
	} {
		a := find(tt.of...)
		if len(tt.ids) == 1 {
			if to := a.Header().Get("Location"); a.Code != http.StatusSeeOther || !strings.Contains(to, testID(tt.ids[0])) {
				t.Errorf("%s: %d leads to %q", name, a.Code, to)
			} else if a := p.get(to); a.Code != http.StatusOK || a.hook("diagnosis").Length() != 1 {
				t.Errorf("%s: leads to %d without an answer", name, a.Code)
			}
			continue
		}
		var want []string
		for _, n := range tt.ids {
			want = append(want, testID(n))
		}
		if got := a.ids("row"); a.Code != http.StatusOK || !slices.Equal(got, want) {
			t.Errorf("%s: %d, found %q, want %q", name, a.Code, got, want)
		}
		if total := a.hook("total").AttrOr("data-value", "?"); total != fmt.Sprint(len(want)) || a.hook("total").AttrOr("data-complete", "") != "true" {
			t.Errorf("%s: the total is %s", name, total)
		}
		if len(want) == 0 && a.page.Find(".empty h2").Length() != 1 {
			t.Errorf("%s: nothing is said", name)
		}
	}
}

// The answer to a bad address says at its control what is wrong.
func TestDiagnosticRefuses(t *testing.T) {
	p := newPortal(t, newFakeStore(adasFailures()...), admin)
	for query, want := range map[string]string{
		"time=never&user=ada":             "The time is not a time that we understand. Write it as 2026-11-12 14:05.",
		"time=yesterday":                  "The person is missing. Give a person, an application or an ID beside the time.",
		"user=a&user=b":                   "The person is given more than once. Keep one.",
		"user=a%00b":                      "The person has characters that it cannot have. Take them out.",
		"app=" + strings.Repeat("a", 300): "The application is too long. Shorten it.",
		"log=audit&request=x":             "log=audit is none of the sign-in logs. Take it out of the address.",
		"nosuch=1":                        "nosuch is not a parameter of this page. Take it out of the address.",
	} {
		a := p.get("/diagnostic?" + query)
		if got := squeeze(a.hook("error").First().Text()); a.Code != http.StatusBadRequest || got != want {
			t.Errorf("%s: %d, %q, want %q", query, a.Code, got, want)
		}
	}
}

// Failed and interrupted sign-ins lead to their diagnosis, and so does a person.
func TestDiagnosticIsLinked(t *testing.T) {
	p := newPortal(t, newFakeStore(adasFailures()...), admin)
	for n, want := range map[int]int{1: 1, 4: 0} {
		a := p.get("/logs/interactive/" + testID(n))
		if got := a.hook("diagnose").Length(); got != want {
			t.Errorf("sign-in %d has %d links, want %d", n, got, want)
		}
	}
	href := p.get("/logs/interactive/"+testID(1)).hook("diagnose").AttrOr("href", "")
	if a := p.get(href); a.Code != http.StatusOK || a.hook("diagnosis").Length() != 1 {
		t.Errorf("%s: %d", href, a.Code)
	}
	user := p.get("/users/ada-id").hook("diagnose")
	if user.Text() != "This person cannot sign in" || user.AttrOr("href", "") != "/diagnostic?user=ada-id" {
		t.Errorf("the page of a person leads to %q", user.AttrOr("href", ""))
	}
	found := p.get("/search?q=ada&range=30d").hook("diagnose")
	if found.Length() == 0 || !strings.HasPrefix(found.First().AttrOr("href", ""), "/diagnostic?user=ada") {
		t.Errorf("the search leads %d times to a diagnosis, first to %q", found.Length(), found.First().AttrOr("href", ""))
	}
}

// slowFacets is a store that counts people too slowly.
type slowFacets struct{ *fakeStore }

func (slowFacets) Facets(context.Context, store.FacetsQuery) ([]store.Facet, error) {
	return nil, store.ErrTooSlow
}

// A part that is late says so, and the rest stands.
func TestDiagnosticSaysWhatIsLate(t *testing.T) {
	a := newPortal(t, slowFacets{newFakeStore(adasFailures()...)}, admin).get(diagnosisOf(1))
	if a.Code != http.StatusOK || a.hook("diagnosis").AttrOr("data-scenario", "") != "policy-location" {
		t.Errorf("%d without a verdict", a.Code)
	}
	if elsewhere := a.hook("elsewhere"); elsewhere.Find("a").Length() != 0 || strings.Count(elsewhere.Text(), "too slow to count") != 6 {
		t.Errorf("elsewhere: %q", squeeze(elsewhere.Text()))
	}
}

// The help desk gets the answer for its one person: nothing leads to a log, and nothing is said of others or of policies.
func TestHelpdeskDiagnosis(t *testing.T) {
	t.Parallel()
	h := newScopeHouse(t)
	helper := h.at("helper", auth.RoleHelpdesk)
	parse := func(body string) *goquery.Document {
		page, err := goquery.NewDocumentFromReader(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		return page
	}
	answers := 0
	rows := parse(helper.get(helpdeskURL("ada@example.com", "T-1")).body).Find("[data-testid=signins] a[data-open]")
	for i := range rows.Length() {
		got := helper.get(rows.Eq(i).AttrOr("href", ""))
		page := parse(got.body)
		diagnosis := page.Find("[data-testid=diagnosis]")
		if failed := page.Find(".details-head .status-failure, .details-head .status-interrupted").Length() > 0; failed != (diagnosis.Length() == 1) {
			t.Errorf("sign-in %d: %d answers", i, diagnosis.Length())
		}
		if diagnosis.Length() == 0 {
			continue
		}
		answers++
		links := diagnosis.Find("a").Map(func(_ int, a *goquery.Selection) string { return a.AttrOr("href", "") })
		if slices.ContainsFunc(links, func(href string) bool { return !strings.HasPrefix(href, "/errors/") }) {
			t.Errorf("the answer leads to %q", links)
		}
		if n := diagnosis.Find("[data-testid=elsewhere] .fact").Length(); n != 1 {
			t.Errorf("the same error of %d", n)
		}
		if text := strings.ToLower(diagnosis.Text()); strings.Contains(text, "bob") || strings.Contains(text, "policy that") || strings.Contains(text, "risk") {
			t.Errorf("the answer says %q", squeeze(text))
		}
	}
	if answers == 0 {
		t.Error("no sign-in of the person failed")
	}
}

// Where there is nothing to try, the places to look further are open: a heading without words under it would seem to be cut off.
func TestDiagnosticLeavesNoStepEmpty(t *testing.T) {
	p := newPortal(t, newFakeStore(adasFailures()...), admin)
	a := p.get(diagnosisOf(5))
	if n := a.hook("tries").Length(); n != 0 {
		t.Fatalf("%d lists of what to try, want none", n)
	}
	if n := a.page.Find(".diagnosis-looks[open] li").Length(); n == 0 {
		t.Error("the places to look further are folded")
	}
}
