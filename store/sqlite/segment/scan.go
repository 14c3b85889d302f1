package segment

// The loops over rows. They have no branch that depends on a value, so their speed does not depend on how many rows pass.
// They need no bounds checks: row numbers and codes have 16 bits, and the arrays that they index have 1<<16 places.

type code interface{ uint8 | uint16 }

// blockRows is how many rows are worked on at a time where something is put down for each: little enough for the
// nearest cache.
const blockRows = 2048

// keepCodes keeps the rows with a code in the table.
func keepCodes[C code](s *Selection, codes []C, table *lookup) {
	out := &s.scan.rows
	n := 0
	if s.all {
		row := uint16(s.from)
		for _, code := range codes[s.from:s.to] {
			out[n&(MaxRows-1)] = row
			n += int(table[code])
			row++
		}
	} else {
		// The list is narrowed in place: what is written has been read.
		for _, row := range s.rows {
			out[n&(MaxRows-1)] = row
			n += int(table[codes[row]])
		}
	}
	s.keep(n)
}

// keepMarks keeps the rows with a mark that differs from flip.
func keepMarks(s *Selection, marks []uint8, flip uint8) {
	out := &s.scan.rows
	n := 0
	if s.all {
		row := uint16(s.from)
		for _, mark := range marks {
			out[n&(MaxRows-1)] = row
			n += int(mark ^ flip)
			row++
		}
	} else {
		marks = marks[:len(s.rows)]
		for i, row := range s.rows {
			out[n&(MaxRows-1)] = row
			n += int(marks[i] ^ flip)
		}
	}
	s.keep(n)
}

// keep makes the first n rows of the scan's list the selection.
func (s *Selection) keep(n int) {
	if s.all && n == s.to-s.from {
		return
	}
	s.all, s.rows = false, s.scan.rows[:n]
}

// markCodes marks the rows with a code in the table.
func markCodes[C code](s *Selection, marks []uint8, codes []C, table *lookup) {
	if s.all {
		codes = codes[s.from:s.to]
		marks = marks[:len(codes)]
		for i, code := range codes {
			marks[i] |= table[code]
		}
		return
	}
	marks = marks[:len(s.rows)]
	for i, row := range s.rows {
		marks[i] |= table[codes[row]]
	}
}

// markValues marks the rows with a value in the term's set, for a column without codes.
func (s *Selection) markValues(marks []uint8, term scanTerm) {
	// A binary search for every row is slow, as no step of it can be foreseen: a hash table is made for many rows.
	hashed := term.set.sorted != nil && len(term.set.sorted) < len(marks)
	if hashed {
		s.scan.members.reset()
		for _, v := range term.set.sorted {
			s.scan.members.id(v)
		}
	}
	for at := 0; at < len(marks); at += blockRows {
		block := s.scan.values[:min(blockRows, len(marks)-at)]
		term.column.gather(block, s, at)
		if hashed {
			s.scan.members.mark(marks[at:], block)
		} else {
			term.set.mark(marks[at:], block)
		}
	}
}
