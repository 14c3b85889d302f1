package segment

import (
	"math"
	"slices"
	"testing"
)

func TestSet(t *testing.T) {
	every := func(step int64, n int) []int64 {
		values := make([]int64, n)
		for i := range values {
			values[i] = int64(i) * step
		}
		return values
	}
	cases := []struct {
		name  string
		set   *Set
		len   int
		has   []int64
		hasnt []int64
	}{
		{"nil", nil, 0, nil, []int64{0, math.MinInt64, math.MaxInt64}},
		{"empty", NewSet(), 0, nil, []int64{0, -1, 1}},
		{"one", NewSet(5), 1, []int64{5}, []int64{4, 6}},
		{"twice the same", NewSet(5, 7, 5), 2, []int64{5, 7}, []int64{4, 6, 8}},
		{"the ends", NewSet(math.MaxInt64, math.MinInt64), 2, []int64{math.MinInt64, math.MaxInt64}, []int64{0, -1}},
		{"bits", NewSet(every(3, 100)...), 100, []int64{0, 3, 63, 66, 297}, []int64{-1, 1, 64, 65, 298, 300}},
		{"far apart", NewSet(every(1e6, 100)...), 100, []int64{0, 1e6, 99e6}, []int64{-1, 1, 1e8}},
		{"without holes", NewSet(every(1, 100)...), 100, []int64{0, 99}, []int64{-1, 100}},
		{"range", NewRange(-3, 3), 7, []int64{-3, 0, 3}, []int64{-4, 4}},
		{"range of one", NewRange(3, 3), 1, []int64{3}, []int64{2, 4}},
		{"range the wrong way round", NewRange(3, 2), 0, nil, []int64{2, 3}},
		{"open below", NewRange(math.MinInt64, 0), math.MaxInt, []int64{math.MinInt64, 0}, []int64{1}},
		{"everything", NewRange(math.MinInt64, math.MaxInt64), math.MaxInt, []int64{math.MinInt64, 0, math.MaxInt64}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := c.set.Len(); got != c.len {
				t.Errorf("Len: got %d, want %d", got, c.len)
			}
			for _, v := range c.has {
				if !c.set.Has(v) {
					t.Errorf("has not %d", v)
				}
			}
			for _, v := range c.hasnt {
				if c.set.Has(v) {
					t.Errorf("has %d", v)
				}
			}
		})
	}
}

func TestSetLeavesItsValues(t *testing.T) {
	values := []int64{9, 3, 3, 500}
	NewSet(values...)
	if !slices.Equal(values, []int64{9, 3, 3, 500}) {
		t.Errorf("NewSet changed its argument to %v", values)
	}
}
