package web

import (
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/store"
)

// mfaAttempt is a sign-in of Ada's as three events: requested, declined, approved.
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
	if got := a.texts(".when .span"); !slices.Equal(got, []string{"3 events, 1 declined or not answered"}) {
		t.Errorf("the line says %q", got)
	}
	if n := p.get("/logs/interactive?events=all").hook("row").Length(); n != 3 {
		t.Errorf("%d rows of every event, want 3", n)
	}
	for _, id := range []string{testID(1), testID(2), testID(3)} {
		events := p.get("/logs/interactive/" + id + "?tab=events").texts("#events .data tbody tr td:nth-child(2)")
		if want := []string{testID(1), testID(2), testID(3)}; !slices.Equal(events, want) {
			t.Errorf("the events of %s are %q, want %q", id, events, want)
		}
	}
}

func TestEventsAreWithoutWhatIsWithheld(t *testing.T) {
	f := newFakeStore(mfaAttempt()...)
	whole, err := f.Get(t.Context(), store.GetQuery{Ref: store.Ref{Log: store.Interactive, ID: testID(3)}})
	if err != nil {
		t.Fatal(err)
	}
	kept := whole.Events
	if len(kept) != 3 || kept[0].SignIn().ConditionalAccessStatus == "" {
		t.Fatalf("the record has %d events", len(kept))
	}
	record, err := store.Withheld(f, store.ClassesOf(store.ConditionalAccess)).Get(t.Context(), store.GetQuery{Ref: store.Ref{Log: store.Interactive, ID: testID(3)}})
	if err != nil {
		t.Fatal(err)
	}
	if len(record.Events) != 3 {
		t.Fatalf("%d events are left", len(record.Events))
	}
	for i, event := range record.Events {
		if event.SignIn().ConditionalAccessStatus != "" || !event.SignIn().Time.Equal(kept[i].SignIn().Time.Truncate(time.Microsecond)) {
			t.Errorf("event %d has Conditional Access status %q at %s", i, event.SignIn().ConditionalAccessStatus, event.SignIn().Time)
		}
	}
	if kept[0].SignIn().ConditionalAccessStatus == "" {
		t.Error("withholding changed the store's own record")
	}
}

func TestALineUnfoldsToItsEvents(t *testing.T) {
	other := interactiveSignIn(9, at("11:00:00"))
	p := newPortal(t, newFakeStore(append(mfaAttempt(), other)...), admin)
	a := p.get("/logs/interactive")
	expand := a.hook("expand")
	if expand.Length() != 1 {
		t.Fatalf("%d arrows, want one: only the line has something beneath it", expand.Length())
	}
	want := []string{testID(3), testID(2), testID(1)}
	page := p.get(unfolding(expand))
	if got := page.ids("member"); !slices.Equal(got, want) {
		t.Errorf("events = %q, want %q", got, want)
	}
	if got := page.ids("row"); !slices.Equal(got, []string{testID(3), testID(9)}) {
		t.Errorf("rows = %q", got)
	}
	body := p.get(unfolding(expand), "HX-Request", "true").Body.String()
	if n := strings.Count(body, `data-testid="member"`); n != 3 || strings.Contains(body, "<html") {
		t.Errorf("the fragment has %d events", n)
	}
	// A row without events below it, and a place that the filter hides, have nothing to unfold.
	k := store.KeyAt(at("11:00:00"))
	for _, query := range []string{"expand=" + k.String(), "user=nobody&" + strings.SplitN(unfolding(expand), "?", 2)[1]} {
		if a := p.get("/logs/interactive?" + query); a.Code != 200 || a.hook("member").Length() != 0 {
			t.Errorf("%s: %d with %d events, want 200 and none", query, a.Code, a.hook("member").Length())
		}
	}
}
