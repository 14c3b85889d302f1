package sqlite

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/store"
)

// randomSpans makes times of some service principals: of any key, of one, or of none at all. Those of one key do not overlap.
func randomSpans(r *rand.Rand) *store.Spans {
	of := map[string][]store.ObjectSpan{}
	for n := range 6 { // of the last one there is no sign-in
		id := guid(2500 + n)
		for _, key := range []string{"any", "", guid(2600), guid(2601), guid(2699)} {
			for at := noon.Add(-80 * time.Hour); r.IntN(3) > 0; {
				from := at.Add(time.Duration(r.IntN(30)) * time.Hour)
				at = from.Add(time.Duration(1+r.IntN(20))*time.Hour + time.Duration(r.IntN(2))*time.Microsecond)
				of[id] = append(of[id], store.ObjectSpan{Range: store.Range{From: from, To: at}, Key: strings.TrimPrefix(key, "any"), AnyKey: key == "any"})
			}
		}
	}
	return store.NewSpans(store.ServicePrincipalID, store.CredentialKeyID, of)
}

// A filter with spans finds what a loop over all sign-ins finds, in memory and in segments. What is kept for some spans answers no other.
func TestSpansAgreeWithMatch(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(22, 9))
	db, err := Open(t.Context(), t.TempDir(), signInsOnly, decodeJSON, withSizes(tinySizes(r)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	signIns := madeUp(store.ServicePrincipal, 400, 3)
	for i := range signIns {
		s := &signIns[i]
		s.ServicePrincipalID, s.ServicePrincipalCredentialKeyID = guid(2500+r.IntN(5)), []string{"", guid(2600), guid(2601), "a Key", "A KEY"}[r.IntN(5)]
		if r.IntN(2) == 0 {
			s.ServicePrincipalID = strings.ToUpper(s.ServicePrincipalID)
		}
	}
	put(t, db, signIns[:300]...)
	db.sealNow(t, true)
	put(t, db, signIns[300:]...)
	some := 0
	for range 60 {
		in, filter := rangeOf(noon.Add(-time.Duration(r.IntN(80))*time.Hour), noon.Add(time.Hour)), store.Filter{}.During(randomSpans(r))
		if r.IntN(3) == 0 {
			filter = filter.With(store.AppField, store.OpIs, guid(7000+r.IntN(4)))
		}
		var want []string
		for i := range signIns {
			if in.Contains(signIns[i].Time) && filter.Match(&signIns[i]) {
				want = append(want, signIns[i].ID)
			}
		}
		q := store.ListQuery{Log: store.ServicePrincipal, Range: in, Filter: filter, Limit: len(signIns)}
		for range 2 { // the second time some of it is kept
			page, err := db.Page(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			got := idsOf(page.Rows)
			if total, err := db.Total(t.Context(), q); err != nil || total.N != int64(len(want)) {
				t.Errorf("the total is %d, %v; want %d", total.N, err, len(want))
			}
			slices.Sort(got)
			if slices.Sort(want); !slices.Equal(got, want) {
				t.Errorf("the engine finds %d, the loop %d", len(got), len(want))
			}
		}
		if len(want) > 0 && len(want) < len(signIns) {
			some++
		}
		if page, err := db.Page(t.Context(), store.ListQuery{Log: store.Interactive, Range: in, Filter: filter, Limit: 10}); err != nil || len(page.Rows) > 0 {
			t.Errorf("another log: %d rows, %v", len(page.Rows), err)
		}
	}
	if some < 30 {
		t.Errorf("only %d filters tell sign-ins apart", some)
	}
}
