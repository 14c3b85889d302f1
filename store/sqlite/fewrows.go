package sqlite

import (
	"slices"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// fewRows is what all rows have in common that a list can show: its filter, or that they are one person's own. Where few
// rows of a segment pass, they are kept. Otherwise each page of such a list would search every segment of its range for
// them again. A page of their groups would search every window on it.
type fewRows struct {
	filter string // of the question, by its name
	lines  bool
	any    []alternative
}

// fewRowsMost is how many rows of one segment are kept; where there are more a page is full soon.
const fewRowsMost = 4096

// keepFew lets the plan of a list's question, as it stands, keep its rows. A look-up by ID is quick by itself, and
// without a filter there is nothing to look for.
func (p *plan) keepFew(q question) {
	if q.filter.IsEmpty() {
		return
	}
	for _, a := range p.any {
		if a.keyed {
			return
		}
	}
	p.few = &fewRows{filter: q.filterName(), lines: q.lines, any: slices.Clone(p.any)}
}

// fewConditions bounds the conditions of a count: the rows of one with more are not kept.
const fewConditions = 5

// keepFewOf is keepFew for a count that is one of several about the same few rows. The page of one user, application or
// service principal asks a dozen questions, and its report as many. A list with any other filter is asked for once in a while.
func (p *plan) keepFewOf(q question) {
	conditions := q.filter.Conditions()
	isOfOne := slices.ContainsFunc(conditions, func(c store.Condition) bool {
		return c.Op == store.OpIs && len(c.Values) == 1 && c.Field.Object != 0 && !c.Field.Members
	})
	if isOfOne && len(conditions) <= fewConditions {
		p.keepFew(q)
	}
}

// of gives the rows of a segment, dead ones among them; ok is false where they are not to be had sooner than by looking.
func (f *fewRows) of(s source) (rows []uint16, ok bool, err error) {
	if f == nil || s.memory != nil {
		return nil, false, nil
	}
	rows, err = answer(s.db.answers, answerName{what: "rows", segment: s.id, filter: f.filter, lines: f.lines}, func() ([]uint16, error) {
		sc := scratches.Get().(*scratch)
		defer scratches.Put(sc)
		var few []uint16
		for i := range f.any {
			if err := segment.Select(s, 0, s.rows, f.any[i].clauses, &sc.selection); err != nil {
				return nil, err
			}
			few = union(nil, few, sc.selection.AppendRows(nil))
		}
		if len(few) > fewRowsMost {
			few = few[: fewRowsMost+1 : fewRowsMost+1]
		}
		return few, s.ctx.Err() // of sets that were left off at its end they may not be all
	}, func(rows []uint16) int { return 2 * len(rows) })
	return rows, err == nil && len(rows) <= fewRowsMost, err
}
