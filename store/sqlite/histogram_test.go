package sqlite

import (
	"testing"
	"time"

	"signpost/store"
)

// An edge between two microseconds parts the sign-ins before it from those behind it.
func TestHistogramEdgesBetweenMicroseconds(t *testing.T) {
	db, err := Open(t.Context(), t.TempDir(), signInsOnly, decodeJSON)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	first, second := madeUp(store.Interactive, 2, 1)[0], madeUp(store.Interactive, 2, 1)[1]
	first.Time, second.Time = noon, noon.Add(time.Microsecond)
	first.ErrorCode, second.ErrorCode = store.IntOf(0), store.IntOf(0)
	put(t, db, first, second)
	h, err := db.Histogram(t.Context(), store.HistogramQuery{
		ListQuery: store.ListQuery{Log: store.Interactive, Range: rangeOf(noon.Add(-time.Hour), noon.Add(time.Hour)), AllEvents: true},
		Edges:     []time.Time{noon.Add(-time.Minute), noon.Add(400), noon.Add(time.Microsecond), noon.Add(time.Minute)},
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []int64
	for _, b := range h.Buckets {
		got = append(got, b.Total())
	}
	if len(got) != 3 || got[0] != 1 || got[1] != 0 || got[2] != 1 {
		t.Errorf("buckets %v, want [1 0 1]", got)
	}
}
