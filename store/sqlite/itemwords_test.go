package sqlite

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"signpost/store"
)

// variedPolicies makes sign-ins on which 40 policies each have a result of their own, so that almost no two sign-ins have
// the same list.
func variedPolicies(r *rand.Rand, first, n int) []store.Record {
	results := []string{"success", "failure", "notApplied", "notEnabled", "reportOnlySuccess", "reportOnlyFailure", "reportOnlyInterrupted", "reportOnlyNotApplied"}
	records := make([]store.Record, n)
	for i := range records {
		s := store.SignIn{
			Log: store.NonInteractive, ID: guid(first + i), Time: noon.Add(time.Duration(first+i) * time.Millisecond),
			UserID: guid(9_000_000 + r.IntN(5000)), AppID: guid(9_100_000 + r.IntN(120)), ErrorCode: store.IntOf(0),
		}
		for p := range 40 {
			s.AppliedConditionalAccessPolicies = append(s.AppliedConditionalAccessPolicies, store.AppliedPolicy{
				ID: guid(9_200_000 + p), DisplayName: fmt.Sprintf("CA%03d A policy with a name of usual length", p),
				Result: results[r.IntN(len(results))], GrantControls: []string{"Mfa", "RequireCompliantDevice"}[:1+p%2],
			})
		}
		records[i] = store.Record{Entry: s.Clone(), Versions: []store.Version{{Entry: s.Clone(), Doc: fmt.Appendf(nil, `{"%d":1}`, first+i)}}}
	}
	return records
}

// The dictionary of items holds each policy with each of its results once, however many sign-ins there are and however
// their lists differ.
func TestItemDictionariesDoNotGrowWithRows(t *testing.T) {
	rows := 6000
	if os.Getenv("SIGNPOST_SOAK") != "" {
		rows = 300_000
	}
	folder := t.TempDir()
	db, err := Open(t.Context(), folder, signInsOnly, decodeJSON)
	if err != nil {
		t.Fatal(err)
	}
	r := seeded(40)
	began := time.Now()
	words := db.schema.kinds[0].byList[store.Policies].words
	half := int64(0)
	for first := 0; first < rows; first += 3000 {
		if first >= rows/2 && half == 0 {
			half = words.next()
		}
		putAll(t, db, variedPolicies(r, first, min(3000, rows-first)))
	}
	imported := time.Since(began)
	if got := words.next() - 1; got != 40*8 || words.next() != half {
		t.Errorf("%d words of items, %d after half of the rows; want 40 policies with 8 results", got, half-1)
	}
	size := 0
	for _, text := range words.texts {
		size += 2*len(text) + 100 // as it is, and about what the map of codes and the slice take
	}
	if size > 150<<20/100 {
		t.Errorf("the dictionary takes about %d bytes", size)
	}
	db.sealNow(t, true)
	timed := func(what string, ask func() (int64, error)) {
		t.Helper()
		first := time.Duration(0)
		for i := range 2 {
			began := time.Now()
			n, err := ask()
			if err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				first = time.Since(began)
				continue
			}
			t.Logf("%s: %d in %s, again in %s", what, n, first, time.Since(began))
		}
	}
	all := store.ListQuery{Log: store.NonInteractive, Range: rangeOf(noon.Add(-time.Hour), noon.Add(240*time.Hour))}
	pair := all
	pair.Filter = store.Filter{}.With(mustField("policy"), store.OpStarts, "CA020").With(mustField("policyresult"), store.OpIs, "reportOnlyFailure")
	timed("a pair", func() (int64, error) {
		total, err := db.Total(t.Context(), pair)
		if share := int64(rows / 8); total.N < share*8/10 || total.N > share*12/10 {
			t.Errorf("%d sign-ins have one of eight results of a policy, want about %d", total.N, share)
		}
		return total.N, err
	})
	timed("a facet of results of a policy", func() (int64, error) {
		facets, err := db.Facets(t.Context(), store.FacetsQuery{ListQuery: pair, Fields: []*store.Field{mustField("policyresult")}, Top: 20, IgnoreOwn: true})
		return facets[0].Distinct, err
	})
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.db*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if info, err := os.Stat(file); err == nil {
			t.Logf("%s: %d bytes a row", filepath.Base(file), info.Size()/int64(rows))
		}
	}
	t.Logf("%d rows in %s: %d words of items, about %d bytes of memory", rows, imported, words.next()-1, size)
}
