package web

import (
	"slices"
	"testing"
	"time"

	"signpost/store"
)

// mfaAttempt is a sign-in of Ada's as three events: asked, declined, approved.
func mfaAttempt() []store.SignIn {
	asked, declined, approved := interactiveSignIn(1, at("12:00:00")), interactiveSignIn(2, at("12:00:40")), interactiveSignIn(3, at("12:01:10"))
	asked.ErrorCode, declined.ErrorCode = store.IntOf(50074), store.IntOf(500121)
	declined.AdditionalDetails = "MFA denied; user declined the authentication"
	asked.AuthenticationDetails, declined.AuthenticationDetails = nil, nil
	return []store.SignIn{asked, declined, approved}
}

func TestEventsOfOneSignInAreOneLine(t *testing.T) {
	p := newPortal(t, newFakeStore(mfaAttempt()...), admin)
	a := p.get("/logs/interactive")
	if n := a.hook("row").Length(); n != 1 {
		t.Fatalf("%d rows, want 1", n)
	}
	if got := a.texts(".when .span"); !slices.Equal(got, []string{"3 events, 1 denied or timed out"}) {
		t.Errorf("the line says %q", got)
	}
	if n := p.get("/logs/interactive?events=all").hook("row").Length(); n != 3 {
		t.Errorf("%d rows of every event, want 3", n)
	}
	for _, id := range []string{testID(1), testID(2), testID(3)} {
		events := p.get("/logs/interactive/" + id + "?tab=events").texts(".data tbody tr td:nth-child(2)")
		if want := []string{testID(1), testID(2), testID(3)}; !slices.Equal(events, want) {
			t.Errorf("the events of %s are %q, want %q", id, events, want)
		}
	}
}

func TestEventsAreWithoutWhatIsWithheld(t *testing.T) {
	f := newFakeStore(mfaAttempt()...)
	record, err := f.SignIn(t.Context(), store.Interactive, testID(3))
	if err != nil {
		t.Fatal(err)
	}
	if len(record.Events) != 3 || record.Events[0].SignIn.ConditionalAccessStatus == "" {
		t.Fatalf("the record has %d events", len(record.Events))
	}
	kept := record.Events
	withholdConditionalAccess(&record)
	for i, event := range record.Events {
		if event.SignIn.ConditionalAccessStatus != "" || !event.SignIn.Time.Equal(kept[i].SignIn.Time.Truncate(time.Microsecond)) {
			t.Errorf("event %d has Conditional Access status %q at %s", i, event.SignIn.ConditionalAccessStatus, event.SignIn.Time)
		}
	}
	if kept[0].SignIn.ConditionalAccessStatus == "" {
		t.Error("withholding changed the store's own record")
	}
}
