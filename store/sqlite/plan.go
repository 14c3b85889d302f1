package sqlite

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// plan is a filter as an engine of columns understands it: a row passes if it passes any alternative and is
// not excluded. Most filters have one alternative of clauses alone.
type plan struct {
	any []alternative
	// exclude are ascending keys of rows that do not pass.
	exclude []rowKey
	// few, where it is there, says which rows of a segment alone can pass.
	few *fewRows
	// texts are what rows must say in texts that no column has.
	texts *textTests
	// spans are the times that rows must stand in.
	spans *spanTest
}

// alternative is clauses that must all hold, for the rows of some keys where keyed. The look-ups by ID end
// in keys; everything else is a clause.
type alternative struct {
	clauses []segment.Clause
	keyed   bool
	keys    []rowKey // ascending
}

// question is what all questions about many rows have in common.
type question struct {
	table    *table
	from, to rowKey
	filter   store.Filter
	// lines says that the rows are lines of the interactive log, not its events.
	lines bool
	// known is what the filter was told of the directory, where it asks for members of groups or by names of users, its
	// scopes and its spans; plan sets it.
	known string
	// name is filterName, where isNamed: plan sets it, for it is asked for with each part.
	name    string
	isNamed bool
}

// filterName tells what the filter selects from what others do, or the same one did when the directory was another.
func (q *question) filterName() string {
	if q.isNamed {
		return q.name
	}
	return q.filter.Values().Encode() + q.known
}

func (db *DB) question(q store.ListQuery) (question, error) {
	t, err := db.table(q.Log)
	if err != nil {
		return question{}, err
	}
	if err := t.info.Refuse(q.Filter); err != nil {
		return question{}, err
	}
	from, to := keysOf(q.Range)
	return question{table: t, from: from, to: to, filter: q.Filter, lines: t.info.Folds && !q.AllEvents}, nil
}

// maxAlternatives bounds in how many ways a row may pass a filter. Each condition that asks for a value or for none doubles
// them, and each of them is looked for by itself.
const maxAlternatives = 1024

// plan turns a question's filter into a plan: the only place that does.
func (v *view) plan(ctx context.Context, q *question) (*plan, error) {
	p := &plan{any: []alternative{{}}}
	q.known, q.isNamed = "", false
	if q.lines {
		p.require(segment.Clause{Terms: []segment.Term{{Column: columnFolded, Set: segment.NewSet(0)}}})
	}
	for _, scope := range q.filter.Scopes() {
		v.planScope(ctx, p, q, scope)
	}
	v.planSpans(p, q)
	for _, clause := range q.filter.Clauses() {
		if list := clause.Field.List(); list != nil && q.table.kind.byList[list] != nil {
			continue // see planList
		}
		if err := v.planField(ctx, p, q, clause); err != nil {
			return nil, fmt.Errorf("plan %s: %w", clause.Field.Name, err)
		}
	}
	for _, column := range q.table.kind.lists {
		v.planList(ctx, p, column, q.filter.ListClause(column.list))
	}
	if len(p.any) > maxAlternatives {
		return nil, fmt.Errorf("%w: the filter can be passed in more than %d ways", store.ErrTooSlow, maxAlternatives)
	}
	q.name, q.isNamed = q.filterName(), true
	return p, ctx.Err()
}

// planList adds what a filter asks of a list: of one of its items, or of all.
func (v *view) planList(ctx context.Context, p *plan, column *column, clause store.ListClause) {
	if clause.OneItem() {
		p.require(segment.Clause{Terms: []segment.Term{{Column: column.index, Set: v.db.meeting(ctx, column, clause), List: true}}})
		return
	}
	for _, c := range clause.Conditions {
		term := segment.Term{Column: column.index, Set: v.db.passing(ctx, column, c), List: true}
		p.require(segment.Clause{Terms: []segment.Term{term}, Not: c.Op.Inverted()})
	}
}

// require adds a clause to every alternative.
func (p *plan) require(c segment.Clause) {
	for i := range p.any {
		p.any[i].clauses = append(slices.Clone(p.any[i].clauses), c)
	}
}

// requireAny lets each alternative go on in every one of some ways.
func (p *plan) requireAny(ways []alternative) {
	if len(p.any) > maxAlternatives {
		return // refused, see view.plan
	}
	var next []alternative
	for _, a := range p.any {
		for _, way := range ways {
			both := alternative{clauses: append(slices.Clone(a.clauses), way.clauses...), keyed: a.keyed || way.keyed, keys: a.keys}
			switch {
			case a.keyed && way.keyed:
				both.keys = slices.DeleteFunc(slices.Clone(a.keys), func(k rowKey) bool {
					_, found := slices.BinarySearch(way.keys, k)
					return !found
				})
			case way.keyed:
				both.keys = way.keys
			}
			next = append(next, both)
		}
	}
	p.any = next
}

func (p *plan) excludeKeys(keys []rowKey) {
	p.exclude = append(p.exclude, keys...)
	slices.Sort(p.exclude)
	p.exclude = slices.Compact(p.exclude)
}

// planField adds what a filter asks of one field.
func (v *view) planField(ctx context.Context, p *plan, q *question, clause store.Clause) error {
	if clause.Field.Members {
		return v.planMembers(ctx, p, q, clause)
	}
	if clause.Field.Unique {
		return v.planID(ctx, p, *q, clause)
	}
	columns := v.columnsOf(clause.Field, q)
	if v.planTexts(p, q, clause, columns) {
		return nil
	}
	var ways []alternative
	var terms []segment.Term
	for _, c := range clause.Any {
		if c.Op == store.OpEmpty {
			ways = append(ways, alternative{clauses: []segment.Clause{{Terms: v.terms(ctx, columns, c), Not: true}}})
			continue
		}
		terms = append(append(terms, v.terms(ctx, columns, c)...), namedTerms(q, c)...)
	}
	if len(clause.Any) > 0 {
		if len(terms) > 0 || len(ways) == 0 {
			ways = append(ways, alternative{clauses: []segment.Clause{{Terms: terms}}})
		}
		p.requireAny(ways)
	}
	for _, c := range clause.All {
		p.require(segment.Clause{Terms: append(v.terms(ctx, columns, c), namedTerms(q, c)...), Not: c.Op.Inverted()})
	}
	return nil
}

// namedTerms gives the term of the users whom the directory knows by the names that a condition compares with: their IDs are
// meant too. There is none where it knows nobody of them.
func namedTerms(q *question, c store.Condition) []segment.Term {
	if q.table.info.Actor != c.Field {
		return nil
	}
	ids := q.filter.UserIDs(c)
	if len(ids) == 0 {
		return nil
	}
	q.known += fmt.Sprintf(" %s %q", c.Param(), ids)
	user := q.table.kind.byProp[c.Field.Properties[0]]
	return []segment.Term{{Column: user.index, Set: segment.NewSet(user.words.anyOf(ids)...)}}
}

// columnsOf gives the columns that a field's conditions look at.
func (v *view) columnsOf(f *store.Field, q *question) []*column {
	s := v.db.schema
	var columns []*column
	switch f.Source {
	case store.FromStatus:
		return []*column{s.status}
	case store.FromIngestion:
		return []*column{s.ingested}
	case store.FromOutcomesOfLine:
		if q.lines {
			columns = append(columns, s.lineMFA)
		}
	case store.FromCodesOfLine:
		if q.lines {
			columns = append(columns, s.lineErrors)
		}
	}
	for _, p := range f.PropertiesIn(q.table.log) {
		if c := q.table.kind.byProp[p]; c != nil { // else no record of the log has the property
			columns = append(columns, c)
		}
	}
	return columns
}

// terms gives a condition's terms, as if it were positive: one for each column.
func (v *view) terms(ctx context.Context, columns []*column, c store.Condition) []segment.Term {
	terms := make([]segment.Term, 0, len(columns))
	for _, column := range columns {
		var set *segment.Set
		switch {
		case column.index == columnStatus && c.Op.TakesValue():
			var statuses []int64
			for _, value := range c.Values {
				statuses = append(statuses, int64(c.Field.Kind().ParseStatus(value)))
			}
			set = segment.NewSet(statuses...)
		case column.index == columnIngested && c.Op.TakesValue():
			var times []int64
			for _, value := range c.Values {
				instant, _ := store.ParseInstant(value)
				if k, ok := keyAt(instant.Truncate(time.Microsecond)); ok {
					times = append(times, ingestedValue(int64(k>>12)))
				}
			}
			set = segment.NewSet(times...)
		case column.index == columnStatus, column.index == columnIngested:
			set = segment.NewRange(1, math.MaxInt64)
		default:
			set = v.db.passing(ctx, column, c)
		}
		terms = append(terms, segment.Term{Column: column.index, Set: set})
	}
	return terms
}

// ingestedValue is a time of ingestion, in microseconds as keys count them, as its column holds it.
func ingestedValue(micros int64) int64 { return valueOf(store.IntOf(micros)) }
