package store

import (
	"math/rand/v2"
	"testing"
)

// Of two rates the greater has the greater number, also where they differ as little as rates can.
func TestRateOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const most = 1<<31 - 1
	for range 20_000 {
		a, b := Rate{Of: 1 + r.Int64N(most)}, Rate{Of: 1 + r.Int64N(most)}
		a.N = r.Int64N(a.Of + 1)
		if b.N = r.Int64N(b.Of + 1); r.IntN(2) == 0 { // the nearest rate to the first
			b.N = a.N * b.Of / a.Of
		}
		want := a.N*b.Of - b.N*a.Of
		got := a.Order() - b.Order()
		if want > 0 != (got > 0) || want < 0 != (got < 0) {
			t.Fatalf("%v and %v: %d, and their numbers %d", a, b, want, got)
		}
	}
	for _, whole := range []Rate{{1, 1}, {most, most}} {
		if got := whole.Order(); got != (Rate{5, 5}).Order() || got <= (Rate{most - 1, most}).Order() {
			t.Errorf("%v has the number %d", whole, got)
		}
	}
	if (Rate{}).Order() >= (Rate{0, 7}).Order() {
		t.Error("no rate is not less than a rate of 0")
	}
}

// Ratios rise far beyond 1, and stay below the place of what is unknown.
func TestRatioOrder(t *testing.T) {
	last := int64(-2)
	for _, r := range []Rate{{}, {0, 3}, {1, 3}, {1, 1}, {3, 2}, {2, 1}, {7, 2}, {4, 1}, {9, 2}, {1 << 40, 1}, {1<<63 - 1, 1}} {
		got := r.RatioOrder()
		if got <= last || got >= 1<<62 {
			t.Errorf("%v has the number %d, the one before it %d", r, got, last)
		}
		last = got
	}
}

// A place of a table reads as it was written, and nothing else does.
func FuzzParseTablePlace(f *testing.F) {
	f.Add("")
	f.Add(TablePlace{N: 12, Value: "ada"}.String())
	f.Add(LabelPlace("Ada", "u1").String())
	f.Add("WzEsIngiXQ")
	f.Fuzz(func(t *testing.T, text string) {
		place, err := ParseTablePlace(text)
		if err == nil && place.String() != text {
			t.Errorf("%q is read as %v, which is written as %q", text, place, place.String())
		}
	})
}
