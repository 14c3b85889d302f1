package segment

import (
	"cmp"
	"fmt"
	"slices"
)

// scan is what Select needs besides the selection itself.
type scan struct {
	rows    [MaxRows]uint16
	marks   [MaxRows]uint8
	values  [blockRows]int64
	members distinct // of a set, while a column without codes is compared with it
	lookups []*lookup
	terms   []scanTerm
	steps   []scanStep
}

// scanTerm is a term that only rows can answer.
type scanTerm struct {
	column *Column
	set    *Set
	lookup *lookup // for a coded column
}

// scanStep is a clause that only rows can answer: terms[first:last].
type scanStep struct {
	first, last int
	not         bool
	share       float64 // guess of the share of rows that pass
}

// Select finds the rows from from to to (not included) for which all clauses hold. It reads columns in the order of the
// clauses, and stops once one clause holds for no row. It decides what it can from dictionaries before it reads a row.
// After an error nothing is selected.
func Select(src Source, from, to int, clauses []Clause, s *Selection) error {
	s.Reset(from, min(to, src.Rows()))
	return Narrow(src, clauses, s)
}

// Narrow keeps those rows of s for which all clauses hold, as Select does.
func Narrow(src Source, clauses []Clause, s *Selection) error {
	if s.Len() == 0 || len(clauses) == 0 {
		return nil
	}
	if s.scan == nil {
		s.scan = new(scan)
	}
	defer s.scan.release()
	possible, err := s.scan.plan(src, clauses)
	if err != nil || !possible {
		s.none()
		return err
	}
	slices.SortStableFunc(s.scan.steps, func(a, b scanStep) int { return cmp.Compare(a.share, b.share) })
	for _, step := range s.scan.steps {
		s.apply(step)
		if s.Len() == 0 {
			break
		}
	}
	return nil
}

// release lets go of columns and sets, which a selection that waits for its next use must not keep in memory.
func (sc *scan) release() {
	clear(sc.terms)
	sc.terms, sc.steps = sc.terms[:0], sc.steps[:0]
}

// plan makes a step of every clause that rows must answer. It is false if a clause holds for no row.
func (sc *scan) plan(src Source, clauses []Clause) (possible bool, err error) {
	bounded, _ := src.(Bounded)
	if bounded != nil {
		for _, clause := range clauses {
			if outcome := decided(bounded, clause); outcome == never {
				return false, nil
			}
		}
	}
	for _, clause := range clauses {
		outcome, step := sometimes, scanStep{}
		if bounded != nil {
			outcome = decided(bounded, clause)
		}
		if outcome == sometimes {
			if outcome, step, err = sc.prepare(src, bounded, clause); err != nil {
				return false, err
			}
		}
		switch outcome {
		case never:
			return false, nil
		case sometimes:
			sc.steps = append(sc.steps, step)
		}
	}
	return true, nil
}

// prepare reads the columns of a clause and looks its sets up in their dictionaries.
func (sc *scan) prepare(src Source, bounded Bounded, clause Clause) (outcome, scanStep, error) {
	step := scanStep{first: len(sc.terms), not: clause.Not}
	for _, term := range clause.Terms {
		if bounded != nil && within(bounded, term) == never {
			continue
		}
		table := sc.lookup(len(sc.terms))
		column, result, share, err := term.lookUp(src, table)
		if err != nil {
			return never, step, err
		}
		switch result {
		case always:
			clear(sc.terms[step.first:])
			sc.terms = sc.terms[:step.first]
			return always.unless(clause.Not), step, nil
		case sometimes:
			sc.terms = append(sc.terms, scanTerm{column: column, set: term.Set, lookup: table})
			step.share += share
		}
	}
	step.last = len(sc.terms)
	if step.first == step.last {
		return never.unless(clause.Not), step, nil
	}
	step.share = min(step.share, 1)
	if clause.Not {
		step.share = 1 - step.share
	}
	return sometimes, step, nil
}

// lookUp reads the term's column and looks its set up there. The column of a list column is that of the lists' numbers.
func (t Term) lookUp(src Source, table *lookup) (column *Column, result outcome, share float64, err error) {
	var lists *Lists
	if t.List {
		if lists, err = src.Lists(t.Column); err == nil {
			column = lists.numbers
		}
	} else {
		column, err = src.Column(t.Column)
	}
	switch {
	case err != nil:
		return nil, never, 0, fmt.Errorf("column %d: %w", t.Column, err)
	case column.Len() != src.Rows():
		return nil, never, 0, fmt.Errorf("column %d has %d rows in a segment of %d", t.Column, column.Len(), src.Rows())
	case t.List:
		result, share = lists.lookUp(t.Set, table)
	default:
		result, share = column.lookUp(t.Set, table)
	}
	return column, result, share, nil
}

// lookup is the i-th table, kept from use to use.
func (sc *scan) lookup(i int) *lookup {
	for len(sc.lookups) <= i {
		sc.lookups = append(sc.lookups, new(lookup))
	}
	return sc.lookups[i]
}

// decided is what the bounds of the columns say of a clause.
func decided(bounded Bounded, clause Clause) outcome {
	result := never
	for _, term := range clause.Terms {
		switch within(bounded, term) {
		case always:
			return always.unless(clause.Not)
		case sometimes:
			result = sometimes
		}
	}
	return result.unless(clause.Not)
}

// within is what the bounds of its column say of a term.
func within(bounded Bounded, term Term) outcome {
	low, high, ok := bounded.Bounds(term.Column)
	switch {
	case !ok:
		return sometimes
	case !term.Set.overlaps(low, high):
		return never
	case term.Set.covers(low, high) || low == high && term.Set.Has(low):
		return always
	case low == high:
		return never
	}
	return sometimes
}

// apply keeps the rows for which a step's clause holds.
func (s *Selection) apply(step scanStep) {
	sc := s.scan
	terms := sc.terms[step.first:step.last]
	if len(terms) == 1 && terms[0].column.coded() {
		term := terms[0]
		if step.not {
			term.lookup.invert(term.column.cardinality())
		}
		if term.column.codes8 != nil {
			keepCodes(s, term.column.codes8, term.lookup)
		} else {
			keepCodes(s, term.column.codes16, term.lookup)
		}
		return
	}
	marks := sc.marks[:s.Len()]
	clear(marks)
	for _, term := range terms {
		switch {
		case term.column.codes8 != nil:
			markCodes(s, marks, term.column.codes8, term.lookup)
		case term.column.codes16 != nil:
			markCodes(s, marks, term.column.codes16, term.lookup)
		default:
			s.markValues(marks, term)
		}
	}
	keepMarks(s, marks, bit(step.not))
}
