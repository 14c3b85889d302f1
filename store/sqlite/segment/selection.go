package segment

import "slices"

// Selection is which rows of a segment's range were selected: all of them, or a list of row numbers in ascending
// order. Its zero value selects nothing; it is meant to be used again and keeps the arrays that Select needs.
// A Selection must not be copied, nor used by two goroutines, while Select works on it.
type Selection struct {
	from, to int      // the range the rows were selected from
	all      bool     // every row of the range
	rows     []uint16 // else these
	scan     *scan
}

// Reset makes s select all rows from from to to (not included).
func (s *Selection) Reset(from, to int) {
	from, to = max(from, 0), min(to, MaxRows)
	s.from, s.to, s.all, s.rows = from, max(from, to), from < to, nil
}

// none makes s select no row of its range.
func (s *Selection) none() { s.all, s.rows = false, nil }

// Len is the number of selected rows.
func (s *Selection) Len() int {
	if s.all {
		return s.to - s.from
	}
	return len(s.rows)
}

// All tells whether every row of the range is selected; the range is not empty then.
func (s *Selection) All() bool { return s.all }

// Range is the range of rows that the selection was made from, to not included.
func (s *Selection) Range() (from, to int) { return s.from, s.to }

// At is the i-th selected row, counted from 0.
func (s *Selection) At(i int) int {
	if s.all {
		if uint(i) >= uint(s.to-s.from) {
			panic("segment: selection index out of range")
		}
		return s.from + i
	}
	return int(s.rows[i])
}

// Has tells whether a row is selected.
func (s *Selection) Has(row int) bool {
	if row < s.from || row >= s.to {
		return false
	}
	if s.all {
		return true
	}
	_, found := slices.BinarySearch(s.rows, uint16(row))
	return found
}

// Below is the number of selected rows before row: where row is in the selection or would be.
func (s *Selection) Below(row int) int {
	switch {
	case row <= s.from:
		return 0
	case row >= s.to:
		return s.Len()
	case s.all:
		return row - s.from
	}
	at, _ := slices.BinarySearch(s.rows, uint16(row))
	return at
}

// Between is the part of the selection in the rows from from to to (not included). It shares the memory of s: it is
// good until s is used for another selection.
func (s *Selection) Between(from, to int) Selection {
	from = min(max(from, s.from), s.to)
	to = max(min(to, s.to), from)
	part := Selection{from: from, to: to}
	if s.all {
		part.all = from < to
		return part
	}
	part.rows = s.rows[s.Below(from):s.Below(to)]
	return part
}

// Slice is the part of the selection from its i-th to before its j-th row, such as its last 50 rows. It shares the
// memory of s like Between.
func (s *Selection) Slice(i, j int) Selection {
	if s.all {
		return s.Between(s.from+i, s.from+j)
	}
	return Selection{from: s.from, to: s.to, rows: s.rows[i:j]}
}
