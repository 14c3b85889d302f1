package segment

import (
	"slices"
	"sort"
)

// shape is how a column keeps its values. The numbers are part of the encoding.
type shape uint8

const (
	constant shape = iota // one value for every row, no array
	dense8                // code = value - low, 8 bits a row; not every code need occur
	dense16               // the same in 16 bits
	dict8                 // code = place among the sorted distinct values, 8 bits a row
	dict16                // the same in 16 bits
	offset32              // value - low in 32 bits a row, without codes
	plain64               // the value itself
	shapes
)

// Column is one decoded column of a segment. It is immutable and safe for concurrent use.
type Column struct {
	shape     shape
	rows      int
	low, high int64 // smallest and largest value of the column

	codes8  []uint8
	codes16 []uint16
	words32 []uint32
	words64 []int64

	// The sorted distinct values of dict8 and dict16: less low where that fits in 32 bits, else as they are.
	dict32 []uint32
	dict64 []int64
}

// Len is the number of rows.
func (c *Column) Len() int { return c.rows }

// Min is the smallest value, 0 for a column without rows.
func (c *Column) Min() int64 { return c.low }

// Max is the largest value, 0 for a column without rows.
func (c *Column) Max() int64 { return c.high }

// Constant tells whether all rows have the same value, Min.
func (c *Column) Constant() bool { return c.shape == constant }

// columnOverhead is about what a Column takes apart from its arrays.
const columnOverhead = 200

// Size is how many bytes of memory the column takes.
func (c *Column) Size() int {
	return columnOverhead + len(c.codes8) + 2*len(c.codes16) + 4*len(c.words32) + 8*len(c.words64) +
		4*len(c.dict32) + 8*len(c.dict64)
}

// Value is the value of a row; it panics for a row that is not there.
func (c *Column) Value(row int) int64 {
	switch c.shape {
	case dense8:
		return c.low + int64(c.codes8[row])
	case dense16:
		return c.low + int64(c.codes16[row])
	case dict8:
		return c.decode(int(c.codes8[row]))
	case dict16:
		return c.decode(int(c.codes16[row]))
	case offset32:
		return c.low + int64(c.words32[row])
	case plain64:
		return c.words64[row]
	}
	if uint(row) >= uint(c.rows) {
		panic("segment: row out of range")
	}
	return c.low
}

// AppendValues appends the values of the selected rows, in the order of the rows.
func (c *Column) AppendValues(dst []int64, s *Selection) []int64 {
	n := s.Len()
	dst = slices.Grow(dst, n)
	c.gather(dst[len(dst):len(dst)+n], s, 0)
	return dst[:len(dst)+n]
}

// coded tells whether the column has codes, so that a question about values can be answered once per code.
func (c *Column) coded() bool { return c.shape >= dense8 && c.shape <= dict16 }

// cardinality is the number of codes of a coded column, 1 for a constant one.
func (c *Column) cardinality() int {
	switch c.shape {
	case dense8, dense16:
		return int(c.high-c.low) + 1
	case dict8, dict16:
		return len(c.dict32) + len(c.dict64)
	}
	return 1
}

// decode is the value of a code.
func (c *Column) decode(code int) int64 {
	switch {
	case c.dict32 != nil:
		return c.low + int64(c.dict32[code])
	case c.dict64 != nil:
		return c.dict64[code]
	}
	return c.low + int64(code)
}

// codesBelow is the number of codes of values smaller than v: the code of v, if v has one.
func (c *Column) codesBelow(v int64) int {
	switch {
	case v <= c.low:
		return 0
	case v > c.high:
		return c.cardinality()
	case c.dict32 != nil:
		// v lies between low and high, and their distance fits in 32 bits.
		at, _ := slices.BinarySearch(c.dict32, uint32(v-c.low))
		return at
	case c.dict64 != nil:
		return sort.Search(len(c.dict64), func(i int) bool { return c.dict64[i] >= v })
	}
	return int(v - c.low)
}

// gather writes the values of the selected rows from place at of the selection on, as many as dst holds.
func (c *Column) gather(dst []int64, s *Selection, at int) {
	if c.shape == constant {
		for i := range dst {
			dst[i] = c.low
		}
		return
	}
	if s.all {
		from, to := s.from+at, s.from+at+len(dst)
		switch c.shape {
		case dense8, dict8:
			decodeRange(c, dst, c.codes8[from:to])
		case dense16, dict16:
			decodeRange(c, dst, c.codes16[from:to])
		case offset32:
			for i, w := range c.words32[from:to] {
				dst[i] = c.low + int64(w)
			}
		case plain64:
			copy(dst, c.words64[from:to])
		}
		return
	}
	rows := s.rows[at : at+len(dst)]
	switch c.shape {
	case dense8, dict8:
		for i, row := range rows {
			dst[i] = c.decode(int(c.codes8[row]))
		}
	case dense16, dict16:
		for i, row := range rows {
			dst[i] = c.decode(int(c.codes16[row]))
		}
	case offset32:
		for i, row := range rows {
			dst[i] = c.low + int64(c.words32[row])
		}
	case plain64:
		for i, row := range rows {
			dst[i] = c.words64[row]
		}
	}
}

func decodeRange[C code](c *Column, dst []int64, codes []C) {
	for i, code := range codes {
		dst[i] = c.decode(int(code))
	}
}
