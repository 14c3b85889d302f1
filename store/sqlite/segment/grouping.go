package segment

import "math/bits"

// grouping gives each combination of values of some columns that the selected rows have a number below MaxRows.
//
// A combination is first a key, a number in mixed radix: one digit per column, its code. If there are few enough possible
// keys, the key is the number. Else a hash table numbers the keys that occur: there are no more of them than rows. The same
// table shortens a key that has grown too long for 64 bits before its next digit.
type grouping struct {
	digits []digit
	final  distinct // numbers the keys unless dense
	dense  bool
	size   int // possible keys, if dense

	keys  [blockRows]uint64
	ids   [blockRows]uint16
	digit [blockRows]uint16
	raw   [blockRows]int64
}

// digit is one column's part of a key.
type digit struct {
	column *Column
	radix  uint64
	fold   bool // number the keys made so far before this digit
	folded distinct
	codes  distinct // makes codes for a column without
}

// denseEnough is how many possible keys there may be per selected row for an array over them. Counting few rows must not
// mean clearing and walking a large array.
const denseEnough = 4

// start prepares for the rows of a selection.
func (g *grouping) start(columns []*Column, s *Selection) {
	for len(g.digits) < len(columns) {
		g.digits = append(g.digits, digit{})
	}
	g.digits = g.digits[:len(columns)]
	possible := uint64(1)
	for i := range g.digits {
		d := &g.digits[i]
		d.column, d.radix, d.fold = columns[i], uint64(columns[i].cardinality()), false
		if columns[i].shape > dict16 {
			d.radix = MaxRows
			d.codes.reset()
		}
		if over, _ := bits.Mul64(possible, d.radix); over != 0 || possible*d.radix > 1<<62 {
			d.fold = true
			d.folded.reset()
			possible = MaxRows
		}
		possible *= d.radix
	}
	g.dense = possible <= 1<<8 || possible <= MaxRows && possible <= denseEnough*uint64(s.Len())
	g.size = 0
	if g.dense {
		g.size = int(possible)
		return
	}
	g.final.reset()
}

// finish lets go of the columns.
func (g *grouping) finish() {
	for i := range g.digits {
		g.digits[i].column = nil
	}
}

// known is the number of numbers given out.
func (g *grouping) known() int {
	if g.dense {
		return g.size
	}
	return len(g.final.values)
}

// block numbers the selected rows from place at of the selection on, at most blockRows.
func (g *grouping) block(s *Selection, at int) []uint16 {
	n := min(blockRows, s.Len()-at)
	if g.dense {
		return g.denseBlock(s, at, n)
	}
	keys := g.keys[:n]
	clear(keys)
	for i := range g.digits {
		d := &g.digits[i]
		if d.fold {
			for j, key := range keys {
				keys[j] = uint64(d.folded.id(int64(key)))
			}
		}
		if d.column.shape == constant {
			continue
		}
		for j, code := range g.codes(d, s, at, n) {
			keys[j] = keys[j]*d.radix + uint64(code)
		}
	}
	ids := g.ids[:n]
	for j, key := range keys {
		ids[j] = uint16(g.final.id(int64(key)))
	}
	return ids
}

// denseBlock is block where the key is the number: 16 bits are enough all the way.
func (g *grouping) denseBlock(s *Selection, at, n int) []uint16 {
	var ids []uint16
	for i := range g.digits {
		d := &g.digits[i]
		switch {
		case d.column.shape == constant:
		case ids == nil:
			ids = g.codes(d, s, at, n)
			if len(g.digits) > 1 {
				// The codes may be the column's own array.
				ids = g.ids[:copy(g.ids[:], ids)]
			}
		default:
			radix := uint16(d.radix)
			codes := g.codes(d, s, at, n)
			ids = ids[:len(codes)]
			for j, code := range codes {
				ids[j] = ids[j]*radix + code
			}
		}
	}
	if ids == nil {
		ids = g.ids[:n]
		clear(ids)
	}
	return ids
}

// codes are the codes of n selected rows. They may be the column's own array: they must not be written to.
func (g *grouping) codes(d *digit, s *Selection, at, n int) []uint16 {
	c, codes := d.column, g.digit[:n]
	switch {
	case !c.coded():
		raw := g.raw[:n]
		c.gather(raw, s, at)
		for i, v := range raw {
			codes[i] = uint16(d.codes.id(v))
		}
	case s.all && c.codes16 != nil:
		return c.codes16[s.from+at : s.from+at+n]
	case s.all:
		for i, code := range c.codes8[s.from+at : s.from+at+n] {
			codes[i] = uint16(code)
		}
	case c.codes16 != nil:
		for i, row := range s.rows[at : at+n] {
			codes[i] = c.codes16[row]
		}
	default:
		for i, row := range s.rows[at : at+n] {
			codes[i] = uint16(c.codes8[row])
		}
	}
	return codes
}

// value is the value that a number stands for, if there is one column.
func (g *grouping) value(id int) int64 {
	d := &g.digits[0]
	if !g.dense {
		id = int(g.final.values[id])
	}
	return d.value(uint64(id))
}

// values are the values that a number stands for.
func (g *grouping) values(id int, values []int64) {
	key := uint64(id)
	if !g.dense {
		key = uint64(g.final.values[id])
	}
	for i := len(g.digits) - 1; i >= 0; i-- {
		d := &g.digits[i]
		values[i] = d.value(key % d.radix)
		key /= d.radix
		if d.fold {
			key = uint64(d.folded.values[key])
		}
	}
}

// value is the value of a code.
func (d *digit) value(code uint64) int64 {
	if d.column.shape > dict16 {
		return d.codes.values[code]
	}
	return d.column.decode(int(code))
}
