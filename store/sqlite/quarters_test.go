package sqlite

import (
	"testing"
	"time"

	"signpost/store"
)

// Sign-ins before 2015 have negative keys: their quarters are rounded down too, and they are found by their ids.
func TestQuartersBefore2015(t *testing.T) {
	db := openTest(t)
	for _, test := range []struct {
		at   time.Time
		want int64
	}{
		{time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC), 0},
		{time.Date(2015, 1, 1, 5, 59, 59, 0, time.UTC), 0},
		{time.Date(2015, 1, 1, 6, 0, 0, 0, time.UTC), 1},
		{time.Date(2014, 12, 31, 23, 59, 59, 0, time.UTC), -1},
		{time.Date(2014, 12, 31, 18, 0, 0, 0, time.UTC), -1},
		{time.Date(2014, 12, 31, 17, 59, 59, 0, time.UTC), -2},
	} {
		k, _ := keyAt(test.at)
		if got := quarterOf(k); got != test.want {
			t.Errorf("%s is in quarter %d, want %d", test.at, got, test.want)
		}
	}
	old := madeUp(store.Interactive, 1, 3)[0]
	old.ID, old.OriginalRequestID, old.Time = guid(77), guid(78), time.Date(1999, 12, 31, 5, 59, 59, 0, time.UTC)
	put(t, db, append(madeUp(store.Interactive, 300, 1), old)...)
	found, err := db.Get(t.Context(), store.GetQuery{Ref: store.Ref{Log: store.Interactive, ID: old.ID}})
	if err != nil || !found.SignIn().Time.Equal(old.Time) {
		t.Errorf("the sign-in of 1999 is %v, %v; want the one at %v", found.SignIn().Time, err, old.Time)
	}
}
