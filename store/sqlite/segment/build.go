package segment

import "slices"

// Builder makes columns from values. It owns the arrays that needs, so one Builder for many columns is quicker than
// NewColumn for each. It is not safe for concurrent use; its zero value is ready.
type Builder struct {
	seen  []uint16 // by value - low: 1 where the value occurs, then its code
	ids   []uint16 // by row: the value's number in distinct
	ranks []uint16 // by number in distinct: the value's code
	distinct
	sorted []int64 // the distinct values
	spare  []int64 // the same in an earlier order
}

// NewColumn makes a column of values in the representation that takes the least memory. The values are copied. It
// panics if they are more than MaxRows.
func NewColumn(values []int64) *Column { return new(Builder).Column(values) }

// denseShare is the share of a range of values that must occur before the range itself serves as dictionary. A dictionary
// with holes costs a little time wherever codes are walked. An explicit one costs memory.
const denseShare = 8

// Column makes a column of values, as NewColumn does.
func (b *Builder) Column(values []int64) *Column {
	if len(values) > MaxRows {
		panic("segment: more rows than a segment holds")
	}
	c := &Column{rows: len(values)}
	if len(values) == 0 {
		return c
	}
	c.low, c.high = bounds(values)
	width := span(c.low, c.high)
	switch {
	case width == 0:
		return c
	case width < 1<<8:
		c.shape = dense8
		c.codes8 = make([]uint8, len(values))
		for i, v := range values {
			c.codes8[i] = uint8(v - c.low)
		}
	case width < MaxRows:
		b.narrow(c, values, int(width))
	default:
		b.wide(c, values, width)
	}
	return c
}

// narrow builds a column of a range so small that an array over it finds the distinct values.
func (b *Builder) narrow(c *Column, values []int64, width int) {
	b.seen = slices.Grow(b.seen[:0], MaxRows)[:width+1]
	clear(b.seen)
	for _, v := range values {
		b.seen[v-c.low] = 1
	}
	n := 0
	for _, seen := range b.seen {
		n += int(seen)
	}
	switch {
	case n > 1<<8 && n*denseShare > width:
		c.shape = dense16
		c.codes16 = make([]uint16, len(values))
		for i, v := range values {
			c.codes16[i] = uint16(v - c.low)
		}
		return
	case cheaperPlain(len(values), n, 4):
		c.offsets(values)
		return
	}
	c.dict32 = make([]uint32, 0, n)
	for offset, seen := range b.seen {
		if seen != 0 {
			b.seen[offset] = uint16(len(c.dict32))
			c.dict32 = append(c.dict32, uint32(offset))
		}
	}
	if n <= 1<<8 {
		c.shape = dict8
		c.codes8 = make([]uint8, len(values))
		for i, v := range values {
			c.codes8[i] = uint8(b.seen[v-c.low])
		}
		return
	}
	c.shape = dict16
	c.codes16 = make([]uint16, len(values))
	for i, v := range values {
		c.codes16[i] = b.seen[v-c.low]
	}
}

// wide builds a column where the distinct values must be looked for.
func (b *Builder) wide(c *Column, values []int64, distance uint64) {
	width := 8
	if distance < 1<<32 {
		width = 4
	}
	b.distinct.reset()
	b.ids = slices.Grow(b.ids[:0], MaxRows)[:len(values)]
	for i, v := range values {
		b.ids[i] = uint16(b.distinct.id(v))
		if n := len(b.distinct.values); n > 1<<8 && cheaperPlain(len(values), n, width) {
			break // it can only get worse
		}
	}
	n := len(b.distinct.values)
	if cheaperPlain(len(values), n, width) {
		if width == 4 {
			c.offsets(values)
			return
		}
		c.shape = plain64
		c.words64 = slices.Clone(values)
		return
	}
	b.rank(c.low, distance)
	if width == 4 {
		c.dict32 = make([]uint32, n)
		for i, v := range b.sorted {
			c.dict32[i] = uint32(v - c.low)
		}
	} else {
		c.dict64 = slices.Clone(b.sorted)
	}
	if n <= 1<<8 {
		c.shape = dict8
		c.codes8 = make([]uint8, len(values))
		for i, id := range b.ids {
			c.codes8[i] = uint8(b.ranks[id])
		}
		return
	}
	c.shape = dict16
	c.codes16 = make([]uint16, len(values))
	for i, id := range b.ids {
		c.codes16[i] = b.ranks[id]
	}
}

// rank sorts the distinct values and finds each one's place. low is the smallest of them, distance the way to the largest.
func (b *Builder) rank(low int64, distance uint64) {
	b.sorted = append(b.sorted[:0], b.distinct.values...)
	b.sortFrom(low, distance)
	b.ranks = slices.Grow(b.ranks[:0], MaxRows)[:len(b.sorted)]
	for rank, v := range b.sorted {
		b.ranks[b.distinct.id(v)] = uint16(rank)
	}
}

// fewToSort is up to how many values comparing is as quick as distributing.
const fewToSort = 512

// sortFrom sorts b.sorted: many values byte by byte, from the lowest byte that tells them apart to the highest.
func (b *Builder) sortFrom(low int64, distance uint64) {
	if len(b.sorted) <= fewToSort {
		slices.Sort(b.sorted)
		return
	}
	for shift := 0; shift < 64 && distance>>shift != 0; shift += 8 {
		var places [257]int
		for _, v := range b.sorted {
			places[1+int(uint8(span(low, v)>>shift))]++
		}
		for i := range 256 {
			places[i+1] += places[i]
		}
		b.spare = slices.Grow(b.spare[:0], MaxRows)[:len(b.sorted)]
		for _, v := range b.sorted {
			place := &places[uint8(span(low, v)>>shift)]
			b.spare[*place] = v
			*place++
		}
		b.sorted, b.spare = b.spare, b.sorted
	}
}

// offsets keeps values as distances from the smallest.
func (c *Column) offsets(values []int64) {
	c.shape = offset32
	c.words32 = make([]uint32, len(values))
	for i, v := range values {
		c.words32[i] = uint32(v - c.low)
	}
}

// cheaperPlain tells whether rows values of width bytes take less memory as they are than with a dictionary of n.
func cheaperPlain(rows, n, width int) bool {
	codeWidth := 1
	if n > 1<<8 {
		codeWidth = 2
	}
	return rows*width <= n*width+rows*codeWidth
}

func bounds(values []int64) (low, high int64) {
	low, high = values[0], values[0]
	for _, v := range values {
		low, high = min(low, v), max(high, v)
	}
	return low, high
}

// span is high - low, which need not fit in an int64.
func span(low, high int64) uint64 { return uint64(high) - uint64(low) }
