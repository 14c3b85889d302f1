package segment

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// randomKeys ascend like the keys of a log: instants with a tie-breaker in the lowest 12 bits.
func randomKeys(r *rand.Rand, n int) []int64 {
	keys := make([]int64, n)
	at := r.Int64N(1<<58) - 1<<57
	for i := range keys {
		if r.IntN(3) == 0 {
			at++
		} else {
			at += r.Int64N(200_000) << 12
		}
		keys[i] = at
		at++
	}
	return keys
}

func TestKeys(t *testing.T) {
	enc, dec := codec(t)
	cases := [][]int64{{}, {0}, {math.MinInt64, math.MaxInt64}, {math.MinInt64, 0, 1, math.MaxInt64 - 1, math.MaxInt64}}
	for seed, rows := range sizes {
		cases = append(cases, randomKeys(seeded(uint64(seed)), rows))
	}
	for _, values := range cases {
		keys, err := NewKeys(values)
		if err != nil {
			t.Fatal(err)
		}
		checkKeys(t, keys, values)
		decoded, err := DecodeKeys(keys.Encode(nil, enc), len(values), dec)
		if err != nil {
			t.Fatal(err)
		}
		checkKeys(t, decoded, values)
	}
	for _, values := range [][]int64{{1, 1}, {2, 1}, make([]int64, MaxRows+1)} {
		if _, err := NewKeys(values); err == nil {
			t.Errorf("NewKeys took %d keys that do not ascend", len(values))
		}
	}
}

func checkKeys(t *testing.T, keys *Keys, values []int64) {
	t.Helper()
	if keys.Len() != len(values) {
		t.Fatalf("got %d keys, want %d", keys.Len(), len(values))
	}
	if got := keys.Append(nil, 0, keys.Len()); !slices.Equal(got, values) {
		t.Fatal("Append differs")
	}
	probes := []int64{math.MinInt64, 0, math.MaxInt64}
	for i, v := range values {
		if got := keys.At(i); got != v {
			t.Fatalf("key %d: got %d, want %d", i, got, v)
		}
		if i%7 == 0 || i%64 < 2 || i%64 > 62 {
			probes = append(probes, v-1, v, v+1)
		}
	}
	for _, probe := range probes {
		want, _ := slices.BinarySearch(values, probe)
		if got := keys.Find(probe); got != want {
			t.Fatalf("Find(%d) of %d keys: got %d, want %d", probe, len(values), got, want)
		}
	}
}
