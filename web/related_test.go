package web

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"signpost/store"
)

// relatedTo has a failure of Ada's, and the sign-ins that its page shows around it.
func relatedTo() []store.SignIn {
	failed := interactiveSignIn(1, at("12:00:00"))
	failed.ErrorCode, failed.FailureReason, failed.SessionID, failed.IPAddress = store.IntOf(53003), "Blocked.", "s-1", "203.0.113.9"
	failed.AppliedConditionalAccessPolicies = []store.AppliedPolicy{{ID: "p1", DisplayName: "Secret policy: MFA for all", Result: "failure"}, {ID: "p9", DisplayName: "Secret new policy", Result: "failure"}}
	worked := interactiveSignIn(2, at("12:00:00").Add(-72*time.Hour))
	older := interactiveSignIn(3, at("12:00:00").Add(-96*time.Hour))
	elsewhere := interactiveSignIn(4, at("11:30:00"))
	elsewhere.AppID, elsewhere.CorrelationID = "other-app", "other"
	silent := refresh(5, at("12:20:00"), "r")
	silent.SessionID = "s-1"
	later := interactiveSignIn(6, at("13:30:00"))
	later.UserID, later.UserPrincipalName, later.UserDisplayName, later.CorrelationID = "bo-id", "bo@example.com", "Bo", "other"
	return []store.SignIn{failed, worked, older, elsewhere, silent, later}
}

func TestRelatedSignInsAreCounted(t *testing.T) {
	p := newPortal(t, newFakeStore(relatedTo()...), admin)
	a := p.get("/logs/interactive/" + testID(1) + "?tab=related")
	got := a.texts(`[data-testid="related"] .fact`)
	want := []string{
		"Same correlation ID, within 30 days3 interactive 1 non-interactive", "Same session ID, within 30 days1 interactive 1 non-interactive",
		"Same user, within an hour2 interactive 1 non-interactive", "Same IP address, within an hour1 interactive 0 non-interactive",
	}
	if !slices.Equal(got, want) {
		t.Errorf("related = %q", got)
	}
	links := a.hook("related").Find("a")
	for i := range links.Length() {
		href, text := links.Eq(i).AttrOr("href", ""), links.Eq(i).Text()
		list := p.get(href)
		if total := list.hook("total").AttrOr("data-value", "?"); !strings.HasPrefix(text, total+" ") {
			t.Errorf("%s leads to %s sign-ins, %d", text, total, list.Code)
		}
	}
	if got := p.get("/logs/interactive/" + testID(1) + "?tab=device").hook("related").Length(); got != 0 {
		t.Error("another section shows related sign-ins too")
	}
}

func TestFailingBesideWorking(t *testing.T) {
	p := newPortal(t, newFakeStore(relatedTo()...), admin)
	a := p.get("/logs/interactive/" + testID(1) + "?tab=summary")
	comparison := a.hook("comparison")
	if got := comparison.Find("a").AttrOr("href", ""); !strings.HasPrefix(got, "/logs/interactive/"+testID(2)+"?near=") {
		t.Errorf("compared with %s, want the last success", got)
	}
	if got := squeeze(comparison.Find(".caption").First().Text()); !strings.HasSuffix(got, "UTC, 3 days before.") {
		t.Errorf("compared %q", got)
	}
	fields := a.texts(`[data-testid="comparison"] [aria-label="Table: Fields that differ"] tbody tr`)
	if want := []string{"IP address203.0.113.9192.0.2.7"}; !slices.Equal(fields, want) {
		t.Errorf("fields that differ = %q", fields)
	}
	policies := a.texts(`[data-testid="comparison"] [aria-label="Table: Conditional Access policies"] tbody tr`)
	if want := []string{
		"Secret policy: MFA for allFailureSuccess; grant controls: Require multifactor authentication", "Secret new policyFailure-", "Warehouse rehearsal-Report-only: would block; grant controls: Block access",
	}; !slices.Equal(policies, want) {
		t.Errorf("policies = %q", policies)
	}
	if got := a.texts(`[data-testid="comparison"] [aria-label="Table: What differs"] tbody tr`); !slices.Equal(got, []string{"IP network203.0.113.0/24192.0.2.0/24"}) {
		t.Errorf("what differs at a glance = %q", got)
	}
	for id, want := range map[string]int{testID(1): 1, testID(2): 1} {
		if got := p.get("/logs/interactive/" + id + "?tab=summary").hook("comparison").Length(); got != want {
			t.Errorf("%s: %d comparisons, want %d", id, got, want)
		}
	}
	body := newPortal(t, newFakeStore(relatedTo()...), reports).get("/logs/interactive/" + testID(1) + "?tab=summary").Body.String()
	if !strings.Contains(body, "Fields that differ") || strings.Contains(body, "Secret") || strings.Contains(strings.ToLower(body), "conditional access") {
		t.Error("a Reports Reader sees no comparison, or Conditional Access data")
	}
}

func TestFailureWithNothingThatWorked(t *testing.T) {
	s := relatedTo()
	p := newPortal(t, newFakeStore(s[0], principalSignIn(7, at("12:00:00"))), admin)
	for path, want := range map[string]string{
		"/logs/interactive/" + testID(1) + "?tab=summary": "no sign-in of the same user to the same application succeeded", "/logs/serviceprincipal/" + testID(7) + "?tab=summary": "no sign-in of the same principal to the same resource",
	} {
		if got := squeeze(p.get(path).hook("comparison").Text()); !strings.Contains(got, want) {
			t.Errorf("%s: %q", path, got)
		}
	}
}

// slowBeside answers about the sign-in itself, and about nothing around it.
type slowBeside struct {
	*fakeStore
	err error
}

func (s slowBeside) Total(context.Context, store.ListQuery) (store.Total, error) {
	return store.Total{}, s.err
}

func (s slowBeside) Page(context.Context, store.ListQuery) (store.Page, error) {
	return store.Page{}, s.err
}

func TestWhatStandsBesideMayFail(t *testing.T) {
	for _, test := range []struct {
		err                error
		number, comparison string
	}{
		{store.ErrTooSlow, "user sign-ins (interactive): too slow to count", "took too long"},
		{errors.New("disk on fire"), "user sign-ins (interactive): could not be counted", "could not be looked up"},
	} {
		a := newPortal(t, slowBeside{newFakeStore(relatedTo()...), test.err}, admin).get("/logs/interactive/" + testID(1) + "?tab=related")
		if a.Code != 200 || a.hook("related").Find("a").First().Text() != test.number {
			t.Errorf("%v: status %d, %q", test.err, a.Code, a.hook("related").Find("a").First().Text())
		}
		a = newPortal(t, slowBeside{newFakeStore(relatedTo()...), test.err}, admin).get("/logs/interactive/" + testID(1) + "?tab=summary")
		if text := a.hook("comparison").Text(); a.Code != 200 || !strings.Contains(text, test.comparison) || !strings.Contains(a.hook("verdict").Text(), "could not sign in") {
			t.Errorf("%v: status %d, %q", test.err, a.Code, squeeze(text))
		}
		if strings.Contains(a.Body.String(), "fire") {
			t.Error("the page tells the cause")
		}
	}
}

// countless fails the test at any count or list.
type countless struct {
	*fakeStore
	t *testing.T
}

func (s countless) Total(context.Context, store.ListQuery) (store.Total, error) {
	s.t.Error("the page waits for a count")
	return store.Total{}, nil
}

func (s countless) Page(context.Context, store.ListQuery) (store.Page, error) {
	s.t.Error("the page waits for the last success")
	return store.Page{}, nil
}

// Next to a list the first answer does not wait for the parts around the sign-in. The page of the sign-in does not wait for
// related records. Each has links to them, and the address of the numbers.
func TestDetailsDoNotWaitForWhatStandsBeside(t *testing.T) {
	f := newFakeStore(relatedTo()...)
	p := newPortal(t, f, admin)
	address := "/logs/interactive/" + testID(1)
	near := "?near=" + strconv.FormatInt(at("12:00:00").Unix(), 10)
	pane := newPortal(t, countless{f, t}, admin).get(address, "HX-Request", "true", "HX-Target", "pane")
	for _, test := range []struct {
		in                answer
		part, tab, asking string
	}{{pane, "#summary-around", "summary", "summary-ask"}, {p.get(address), "#related-parts", "related", "related-count"}} {
		tab, later := address+near+"&tab="+test.tab, test.in.page.Find(test.part)
		if got := later.AttrOr("hx-get", "?"); got != tab || later.AttrOr("hx-trigger", "") != "load" {
			t.Errorf("%s comes from %s", test.part, got)
		}
		if got := test.in.hook(test.asking).AttrOr("href", "?"); got != tab {
			t.Errorf("without a script %s is at %s", test.part, got)
		}
	}
	if got := p.get(address).texts("#related-parts .fact"); len(got) != 4 || got[0] != "Same correlation ID, within 30 daysinteractive non-interactive" {
		t.Errorf("before the numbers there is %q", got)
	}
	// The script gets the same content as the section's own page.
	for tab, parts := range map[string][]string{"related": {"related-parts", "related"}, "summary": {"summary-around", "comparison", "only-me"}} {
		page, part := p.get(address+"?tab="+tab), p.get(address+"?tab="+tab, "HX-Request", "true", "HX-Target", parts[0])
		if page.page.Find("[hx-get]").Length() != 0 || part.hook("details").Length() != 0 {
			t.Errorf("%s asks for itself, or the part is a page", tab)
		}
		for _, hook := range parts[1:] {
			if want, got := squeeze(page.hook(hook).Text()), squeeze(part.hook(hook).Text()); got != want || got == "" {
				t.Errorf("%s: the part has %q, the page %q", hook, got, want)
			}
		}
	}
}
