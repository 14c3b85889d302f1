package store

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A percentile is that of the sorted times, rounded up to the edge of a bin.
func TestLatenessPercentile(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 1))
	for range 200 {
		var l Lateness
		var all []time.Duration
		for range r.IntN(60) {
			late := time.Duration(r.ExpFloat64() * float64(20*time.Minute))
			if r.IntN(9) == 0 {
				late = time.Duration(r.Int64N(int64(60*wholeDay))) - time.Minute
			}
			all = append(all, late)
			l.Add(late)
		}
		slices.Sort(all)
		for _, percent := range []int64{1, 50, 95, 100} {
			got, ok := l.Percentile(percent)
			if len(all) == 0 {
				if ok {
					t.Fatalf("of no records: got %v", got)
				}
				continue
			}
			exact := all[(int64(len(all))*percent+99)/100-1]
			want := MaxLateness
			if i := slices.IndexFunc(latenessEdges, func(edge time.Duration) bool { return exact <= edge }); i >= 0 {
				want = latenessEdges[i]
			}
			if !ok || got != want {
				t.Fatalf("%d percent of %v: got %v, %v, want %v", percent, all, got, ok, want)
			}
		}
	}
	if len(latenessEdges) != latenessBins-1 || !slices.IsSorted(latenessEdges) || latenessEdges[len(latenessEdges)-1] != MaxLateness {
		t.Errorf("%d edges for %d bins", len(latenessEdges), latenessBins)
	}
}

func TestArrivalsAreReadBack(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 2))
	for n := range 50 {
		want := Arrivals{}
		for range n * 3 {
			event := time.Unix(r.Int64N(4e9)-1e9, 0)
			if n%2 == 0 {
				event = time.Unix(1_790_000_000+r.Int64N(100_000), 0)
			}
			want.Add(event, event.Add(time.Duration(r.ExpFloat64()*float64(time.Hour))))
		}
		got, err := ParseArrivals(want.String())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	}
	full := Arrivals{}
	for hour := range int64(MaxArrivalHours) {
		full.Add(HourStart(hour), HourStart(hour))
	}
	if full.Add(HourStart(-1), HourStart(-1)) || !full.Add(HourStart(3), HourStart(3)) {
		t.Error("an hour more than the most was taken, or a known one was not")
	}
	for _, before := range []int64{-3600, -1, 0, 3599} {
		if got := HourStart(HourOf(time.Unix(before, 0))); got.After(time.Unix(before, 0)) || time.Unix(before, 0).Sub(got) >= time.Hour {
			t.Errorf("the hour of %d begins at %v", before, got)
		}
	}
}

func FuzzParseArrivals(f *testing.F) {
	some := Arrivals{}
	some.Add(time.Unix(1_790_000_000, 0), time.Unix(1_790_000_090, 0))
	some.Add(time.Unix(1_790_090_000, 0), time.Unix(1_790_999_999, 0))
	for _, text := range []string{"", some.String(), "AAE", "////", "AgEnAQ", "x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := ParseArrivals(text)
		if err != nil {
			return
		}
		again, err := ParseArrivals(a.String())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(a, again); diff != "" {
			t.Error(diff)
		}
	})
}
