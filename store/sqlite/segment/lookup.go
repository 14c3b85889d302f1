package segment

import (
	"math/bits"
	"slices"
)

// outcome is what is known of a clause or a term before a row is read.
type outcome uint8

const (
	never outcome = iota
	sometimes
	always
)

// unless turns an outcome round if not is true.
func (o outcome) unless(not bool) outcome {
	if not {
		return always - o
	}
	return o
}

// lookup tells for each code whether its value is in a set: 1 or 0. It has room for every 16-bit code, so that a scan
// needs no bounds checks; only a column's cardinality is filled.
type lookup [MaxRows]uint8

func (l *lookup) invert(n int) {
	for i := range l[:n] {
		l[i] ^= 1
	}
}

// lookUp finds which codes have values in the set. The table is filled if the answer is sometimes and the column is
// coded; share is a guess of the share of rows then.
func (c *Column) lookUp(set *Set, table *lookup) (result outcome, share float64) {
	switch {
	case c.rows == 0 || !set.overlaps(c.low, c.high):
		return never, 0
	case set.covers(c.low, c.high):
		return always, 1
	case c.shape == constant:
		if set.Has(c.low) {
			return always, 1
		}
		return never, 0
	case !c.coded():
		return sometimes, min(1, float64(set.Len())/float64(c.rows))
	}
	n := c.cardinality()
	clear(table[:n])
	var found int
	switch {
	case set.isRange():
		first := c.codesBelow(set.low)
		last := n
		if set.high < c.high {
			last = c.codesBelow(set.high + 1)
		}
		for i := first; i < last; i++ {
			table[i] = 1
		}
		found = max(last-first, 0)
	case set.bits != nil:
		found = c.lookUpBits(set, table)
	default:
		found = c.lookUpSorted(set.sorted, table)
	}
	switch found {
	case 0:
		return never, 0
	case n:
		return always, 1
	}
	return sometimes, float64(found) / float64(n)
}

func (c *Column) lookUpBits(set *Set, table *lookup) (found int) {
	if c.dict32 == nil && c.dict64 == nil {
		set.between(c.low, c.high, func(v int64) {
			table[v-c.low] = 1
			found++
		})
		return found
	}
	for code := range c.cardinality() {
		has := bit(set.Has(c.decode(code)))
		table[code] = has
		found += int(has)
	}
	return found
}

// lookUpSorted looks each member up in the dictionary, or walks both where that takes fewer steps.
func (c *Column) lookUpSorted(members []int64, table *lookup) (found int) {
	first, _ := slices.BinarySearch(members, c.low)
	last, has := slices.BinarySearch(members, c.high)
	if has {
		last++
	}
	members = members[first:last]
	n := c.cardinality()
	if len(members)*bits.Len(uint(n)) < n+len(members) || c.dict32 == nil && c.dict64 == nil {
		for _, v := range members {
			if code := c.codesBelow(v); c.decode(code) == v {
				table[code] = 1
				found++
			}
		}
		return found
	}
	code := 0
	for _, v := range members {
		for code < n && c.decode(code) < v {
			code++
		}
		if code == n {
			break
		}
		if c.decode(code) == v {
			table[code] = 1
			found++
		}
	}
	return found
}
