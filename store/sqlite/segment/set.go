package segment

import (
	"math"
	"math/bits"
	"slices"
)

// Set is an immutable set of values. A nil Set is empty.
type Set struct {
	low, high int64    // smallest and largest member; low > high if there is none
	sorted    []int64  // the members, unless they are a range or bits
	bits      []uint64 // a bit for each value from low to high
	n         int
}

// A set of fewer members than this stays a sorted slice. A larger one becomes bits if they take at most bitsCost times the
// slice's memory: a look-up in bits takes one step.
const (
	fewMembers = 16
	bitsCost   = 4
)

// NewSet makes the set of values, which it copies; one may occur more than once.
func NewSet(values ...int64) *Set {
	if len(values) == 0 {
		return &Set{low: 0, high: -1}
	}
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	sorted = slices.Compact(sorted)
	s := &Set{low: sorted[0], high: sorted[len(sorted)-1], n: len(sorted)}
	width := span(s.low, s.high)
	switch {
	case width == uint64(s.n)-1: // without holes: a range
	case s.n >= fewMembers && width/64 < uint64(s.n)*bitsCost:
		s.bits = make([]uint64, width/64+1)
		for _, v := range sorted {
			offset := span(s.low, v)
			s.bits[offset/64] |= 1 << (offset % 64)
		}
	default:
		s.sorted = sorted
	}
	return s
}

// NewRange makes the set of all values from lo to hi, both included; it is empty if lo > hi. An open end is
// math.MinInt64 or math.MaxInt64.
func NewRange(lo, hi int64) *Set {
	if lo > hi {
		return NewSet()
	}
	n := span(lo, hi)
	return &Set{low: lo, high: hi, n: int(min(n, math.MaxInt-1)) + 1}
}

// Len is the number of members, math.MaxInt for a range of more than that.
func (s *Set) Len() int {
	if s == nil {
		return 0
	}
	return s.n
}

// Has tells whether v is a member.
func (s *Set) Has(v int64) bool {
	switch {
	case s == nil || v < s.low || v > s.high:
		return false
	case s.bits != nil:
		offset := span(s.low, v)
		return s.bits[offset/64]>>(offset%64)&1 != 0
	case s.sorted != nil:
		_, found := slices.BinarySearch(s.sorted, v)
		return found
	}
	return true
}

// isRange tells whether every value from low to high is a member.
func (s *Set) isRange() bool { return s.bits == nil && s.sorted == nil }

// overlaps tells whether the set can have a member from low to high.
func (s *Set) overlaps(low, high int64) bool {
	return s != nil && s.n > 0 && s.low <= high && s.high >= low
}

// covers tells whether the set is known to have every value from low to high without looking at each.
func (s *Set) covers(low, high int64) bool {
	return s != nil && s.n > 0 && s.isRange() && s.low <= low && s.high >= high
}

// mark sets marks[i] where values[i] is a member.
func (s *Set) mark(marks []uint8, values []int64) {
	marks = marks[:len(values)]
	switch {
	case s.bits != nil:
		width := span(s.low, s.high)
		for i, v := range values {
			if offset := span(s.low, v); offset <= width {
				marks[i] |= uint8(s.bits[offset/64] >> (offset % 64) & 1)
			}
		}
	case s.sorted != nil:
		for i, v := range values {
			if s.Has(v) {
				marks[i] = 1
			}
		}
	default:
		width := span(s.low, s.high)
		for i, v := range values {
			marks[i] |= bit(span(s.low, v) <= width)
		}
	}
}

// between are the members of bits from low to high, in ascending order.
func (s *Set) between(low, high int64, yield func(int64)) {
	low, high = max(low, s.low), min(high, s.high)
	if low > high {
		return
	}
	first, last := span(s.low, low), span(s.low, high)
	for word := first / 64; word <= last/64; word++ {
		left := s.bits[word]
		if word == first/64 {
			left &= math.MaxUint64 << (first % 64)
		}
		for ; left != 0; left &= left - 1 {
			offset := word*64 + uint64(bits.TrailingZeros64(left))
			if offset > last {
				return
			}
			yield(int64(uint64(s.low) + offset))
		}
	}
}

func bit(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}
