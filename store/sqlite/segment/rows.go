package segment

// SetRows makes s select some rows, given in ascending order, of the range from from to to (not included).
func (s *Selection) SetRows(from, to int, rows []uint16) {
	s.Reset(from, to)
	if s.scan == nil {
		s.scan = new(scan)
	}
	s.all = false
	s.rows = s.scan.rows[:copy(s.scan.rows[:], rows)]
}

// Keep keeps those selected rows for which keep holds.
func (s *Selection) Keep(keep func(row int) bool) {
	if s.scan == nil {
		s.scan = new(scan)
	}
	kept := s.scan.rows[:0] // the rows to come are at or behind the place the next kept one goes to
	for i := range s.Len() {
		if row := s.At(i); keep(row) {
			kept = append(kept, uint16(row))
		}
	}
	s.all, s.rows = false, kept
}

// AppendRows appends the selected rows.
func (s *Selection) AppendRows(dst []uint16) []uint16 {
	for i := range s.Len() {
		dst = append(dst, uint16(s.At(i)))
	}
	return dst
}
