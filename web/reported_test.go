package web

import (
	"net/http"
	"net/url"
	"testing"
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
