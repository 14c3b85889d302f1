package sqlite

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"signpost/store"
)

func TestRowKeyAt(t *testing.T) {
	all := store.AllTime()
	for _, at := range []time.Time{
		keyEpoch, keyEpoch.Add(-1), noon, noon.Add(123456789), time.Date(1969, 7, 20, 20, 17, 40, 500, time.UTC), all.From, all.To,
	} {
		k, ok := keyAt(at)
		want := store.KeyAt(at)
		if !ok || k.outside() != want || k%keyTies != 0 || clampedKeyAt(at) != k {
			t.Errorf("the key at %v is %s, %t, clamped %s; want %s", at, k, ok, clampedKeyAt(at), want)
		}
		if last := k + keyTies - 1; !last.Time().Equal(want.Time()) {
			t.Errorf("the last key at %v is at %v", at, last.Time())
		}
	}
}

func TestRowKeyOutOfReach(t *testing.T) {
	all := store.AllTime()
	first, _ := keyAt(all.From)
	last, _ := keyAt(all.To)
	for _, tt := range []struct {
		at      time.Time
		clamped rowKey
	}{
		{all.From.Add(-1), first},
		{time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC), first},
		{time.Time{}, first},
		{all.To.Add(1), last},
		{time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), last},
	} {
		if k, ok := keyAt(tt.at); ok {
			t.Errorf("the key at %v is %s, want none", tt.at, k)
		}
		if got := clampedKeyAt(tt.at); got != tt.clamped {
			t.Errorf("the clamped key at %v is %s, want %s", tt.at, got, tt.clamped)
		}
	}
	if last <= 0 || last > math.MaxInt64-keyTies {
		t.Errorf("the last key %d leaves no room for its ties", int64(last))
	}
}

// A place divides the rows as comparing it with each of their keys does: also a place that no row can have.
func TestPlacesDivideRows(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	all := store.AllTime()
	var rows []rowKey
	for _, at := range []time.Time{all.From, noon.Add(-time.Microsecond), noon, noon.Add(time.Microsecond), all.To} {
		base, _ := keyAt(at)
		rows = append(rows, base, base+1, base+2, base+keyTies-2, base+keyTies-1)
	}
	if !slices.IsSortedFunc(rows, func(a, b rowKey) int { return a.outside().Compare(b.outside()) }) {
		t.Fatal("keys stand in another order outside")
	}
	var places []store.Key
	for _, k := range rows {
		places = append(places, k.outside(), k.outside().Next(), k.outside().Prev())
	}
	for range 500 {
		at := all.From.Add(time.Duration(r.Int64N(int64(all.To.Sub(all.From)))))
		places = append(places, store.NewKey(at, r.Uint64()), store.NewKey(noon.Add(time.Duration(r.IntN(5)-2)*time.Microsecond), r.Uint64N(2*keyTies)))
	}
	places = append(places, store.Key{}, store.KeyAt(time.Time{}), store.NewKey(all.To.Add(time.Hour), 7), store.NewKey(all.From.Add(-time.Microsecond), math.MaxUint64))
	for _, place := range places {
		end, start := endAt(place), startBehind(place)
		for _, k := range rows {
			if got, want := k < end, k.outside().Before(place); got != want {
				t.Errorf("%s is older than %s: %t, want %t", k, place, got, want)
			}
			if got, want := k >= start, k.outside().After(place); got != want {
				t.Errorf("%s is newer than %s: %t, want %t", k, place, got, want)
			}
			if own, ok := keyOf(place); (ok && own == k) != (k.outside() == place) {
				t.Errorf("%s stands at %s: %t", k, place, ok)
			}
		}
	}
}
