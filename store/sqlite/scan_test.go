package sqlite

import (
	"testing"
	"time"

	"signpost/store"
)

// A line passes by an ID of any of its events. One that comes late changes what passes in a segment: no answer from before may be
// given again.
func TestLinesByTheIDOfALateEvent(t *testing.T) {
	v := fill(t, 0)
	v.answers.max = answerBytes
	start := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	event := func(id string, after time.Duration, code int64) store.SignIn {
		s := store.SignIn{Log: store.Interactive, ID: id, Time: start.Add(after), CorrelationID: "c0000000-0000-4000-8000-000000000001", UserID: "u1", AppID: "a1", ErrorCode: store.IntOf(code)}
		return s
	}
	for n := range 30 {
		put(t, v.DB, store.SignIn{Log: store.Interactive, ID: "other " + string(rune('a'+n)), Time: start.Add(time.Duration(n) * time.Hour), UserID: "u2"})
	}
	put(t, v.DB, event("second", time.Minute, 50074), event("last", 2*time.Minute, 0))
	v.sealNow(t, true)
	q := store.ListQuery{Log: store.Interactive, Range: store.AllTime(), Filter: store.Filter{}.With(mustField("request"), store.OpIs, "first")}
	count := func() (n int64) {
		t.Helper()
		total, err := v.Total(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		facets, err := v.Facets(t.Context(), store.FacetsQuery{ListQuery: q, Fields: []*store.Field{mustField("user")}, Top: 5})
		if err != nil {
			t.Fatal(err)
		}
		inFacet := facets[0].Empty
		for _, value := range facets[0].Values {
			inFacet += value.N
		}
		if inFacet != total.N {
			t.Errorf("%d in all, %d by user", total.N, inFacet)
		}
		return total.N
	}
	if n := count(); n != 0 {
		t.Fatalf("%d lines have an event that there is not", n)
	}
	put(t, v.DB, event("first", 0, 50074))
	if n := count(); n != 1 {
		t.Errorf("%d lines have the late event, want 1", n)
	}
}
