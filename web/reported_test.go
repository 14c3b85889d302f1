package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"signpost/auth"
)

// A decision is shown as the administrator made it, whatever the person did afterwards.
func TestADecisionStaysTheAdministrators(t *testing.T) {
	_, adaAt, rootAt, _ := answersHouse(t)
	id := testID(200)
	decide := func(was, do string) {
		t.Helper()
		rootAt.send(http.MethodPost, "/reported/1", url.Values{"was": {was}, "do": {do}}).expect(t, do, http.StatusSeeOther, "/protection/reported?state=open")
	}
	adaAt.say(id, "do", "notmine")
	decide("open", "confirmed")
	decide("confirmed", "open")
	adaAt.say(id, "do", "takeback").expect(t, "take back", http.StatusSeeOther, "/me/"+id)
	report := rootAt.get("/protection/reported?state=takenback")
	if got, want := report.find(t, ".report-decided"), "Opened again by root, 2026-11-23 14:30:20 UTC"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := report.find(t, ".report-state"); got != "Withdrawn" {
		t.Errorf("the state: got %q, want Withdrawn", got)
	}
}

// The queue has the decisions before the last one, folded, the newest first. The person reads the note of the last one alone.
func TestEarlierDecisionsStandInTheQueue(t *testing.T) {
	_, adaAt, rootAt, _ := answersHouse(t)
	id := testID(200)
	adaAt.say(id, "do", "notmine")
	decide := func(was, do, note string) {
		t.Helper()
		rootAt.send(http.MethodPost, "/reported/1", url.Values{"was": {was}, "do": {do}, "note": {note}}).expect(t, do, http.StatusSeeOther, "/protection/reported?state=open")
	}
	decide("open", "dismissed", "It was <you>.")
	if page := rootAt.get("/protection/reported"); page.document(t).Find("[data-testid=report-earlier]").Length() != 0 {
		t.Error("one decision has an earlier one")
	}
	decide("dismissed", "open", "")
	decide("open", "confirmed", "Somebody else, after all.")
	report := rootAt.get("/protection/reported")
	if got, want := report.find(t, ".report-decided"), "Confirmed by root, 2026-11-23 14:30:20 UTC"; got != want {
		t.Errorf("the last decision: got %q, want %q", got, want)
	}
	const at = "2026-11-23 14:30:20 UTC"
	if got, want := report.find(t, "details[data-testid=report-earlier]:not([open])"), "2 earlier decisionsOpened again by root, "+at+"Dismissed by root, "+at+"It was <you>."; got != want {
		t.Errorf("the earlier ones: got %q, want %q", got, want)
	}
	rootAt.send(http.MethodPost, "/preferences", url.Values{"zone": {"Europe/Oslo"}})
	if got := rootAt.get("/protection/reported").find(t, "[data-testid=report-step] time"); got != strings.Repeat("2026-11-23 15:30:20 CET", 2) {
		t.Errorf("in the zone of who reads: %q", got)
	}
	own := adaAt.get("/me/" + id)
	if got := own.find(t, "main"); !strings.Contains(got, "Somebody else, after all.") || strings.Contains(own.body, "It was &lt;you&gt;.") {
		t.Errorf("the person reads %q", got)
	}
	decide("open", "confirmed", "Somebody else, after all.") // the form was sent twice
	if got := rootAt.get("/protection/reported").find(t, "[data-testid=report-earlier] summary"); got != "2 earlier decisions" {
		t.Errorf("sent twice: %q", got)
	}
	was, do := "confirmed", "open"
	for range auth.MaxEarlier {
		decide(was, do, "")
		was, do = do, was
	}
	report = rootAt.get("/protection/reported")
	if got := report.find(t, "[data-testid=report-earlier]"); report.document(t).Find("[data-testid=report-step]").Length() != auth.MaxEarlier || !strings.HasPrefix(got, "12 earlier decisions") || !strings.HasSuffix(got, "2 older decisions are kept and not listed.") {
		t.Errorf("many: got %q", got)
	}
}

// A person with a dismissed report is not told to change the password.
func TestADismissedReportAsksForNothing(t *testing.T) {
	_, adaAt, rootAt, _ := answersHouse(t)
	id := testID(200)
	adaAt.say(id, "do", "notmine")
	for _, test := range []struct {
		was, do string
		steps   bool
	}{{"open", "dismissed", false}, {"dismissed", "confirmed", true}, {"confirmed", "open", true}} {
		rootAt.send(http.MethodPost, "/reported/1", url.Values{"was": {test.was}, "do": {test.do}})
		if got := adaAt.get("/me/"+id).find(t, `[data-testid="steps"]`) != ""; got != test.steps {
			t.Errorf("%s: what to do now is told: %t, want %t", test.do, got, test.steps)
		}
	}
}
