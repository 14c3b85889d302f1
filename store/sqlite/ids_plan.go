package sqlite

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"signpost/store"
	"signpost/store/dbfile"
	"signpost/store/sqlite/segment"
)

// planID adds what a filter asks of a field of ids. For a line of the interactive log the request and correlation ID of
// any of its events count.
func (v *view) planID(ctx context.Context, p *plan, q question, clause store.Clause) error {
	column := q.table.kind.idColumn(clause.Field.Properties[0])
	events := q.lines && clause.Field.AnyEvent
	var ways []alternative
	for _, c := range clause.Any {
		way, err := v.idWays(ctx, q, column, c, events)
		if err != nil {
			return err
		}
		ways = append(ways, way...)
	}
	if len(clause.Any) > 0 {
		p.requireAny(ways)
	}
	for _, c := range clause.All {
		if c.Op == store.OpNotEmpty {
			way, err := v.idWays(ctx, q, column, c, events)
			if err != nil {
				return err
			}
			p.requireAny(way)
			continue
		}
		keys, err := v.idKeys(ctx, q, column, c, events)
		if err != nil {
			return err
		}
		p.excludeKeys(keys)
	}
	return nil
}

// idWays gives the ways in which a row passes a positive condition, or is not empty.
func (v *view) idWays(ctx context.Context, q question, column idColumn, c store.Condition, events bool) ([]alternative, error) {
	own := segment.Clause{Terms: []segment.Term{{Column: column.index, Set: segment.NewRange(1, math.MaxInt64)}}, Not: c.Op == store.OpEmpty}
	switch {
	case c.Op.TakesValue(), column.index == noIDColumn:
		keys, err := v.idKeys(ctx, q, column, c, events)
		return []alternative{{keyed: true, keys: keys}}, err
	case !events:
		return []alternative{{clauses: []segment.Clause{own}}}, nil
	}
	// Of a line that is empty itself another event may have one.
	filled, err := v.foldedKeys(ctx, q, column, nil)
	if err != nil {
		return nil, err
	}
	if c.Op == store.OpNotEmpty {
		return []alternative{{clauses: []segment.Clause{own}}, {keyed: true, keys: filled}}, nil
	}
	empty, err := v.matchingKeys(ctx, q, []segment.Clause{own})
	if err != nil {
		return nil, err
	}
	return []alternative{{keyed: true, keys: without(empty, filled)}}, nil
}

func without(keys, taken []rowKey) []rowKey {
	return slices.DeleteFunc(keys, func(k rowKey) bool {
		_, found := slices.BinarySearch(taken, k)
		return found
	})
}

// idKeys gives the keys of the rows with an id that passes a condition, as if it were positive. With events it gives the
// lines that have an event with such an id. All questions of a page ask for the same: the keys are kept, and must not be
// changed.
func (v *view) idKeys(ctx context.Context, q question, column idColumn, c store.Condition, events bool) ([]rowKey, error) {
	name := fmt.Sprintf("%s %q in %s.%s of %d-%d, %t at %d", c.Op.Label(), c.Values, q.table.name, column.name, q.from, q.to, events, v.state.revision)
	find := func() ([]rowKey, error) {
		keys, err := v.findIDs(ctx, q, column, c, events)
		if err == nil {
			err = ctx.Err() // what was left off at its end is not kept
		}
		return keys, err
	}
	return answer(v.db.answers, answerName{what: name}, find, func(keys []rowKey) int { return 8 * len(keys) })
}

// findIDs is idKeys for what is not kept.
func (v *view) findIDs(ctx context.Context, q question, column idColumn, c store.Condition, events bool) ([]rowKey, error) {
	if column.index == noIDColumn {
		return v.originalKeys(ctx, q, column, c)
	}
	wanted, err := v.wantedIDs(ctx, q, column, c)
	if err != nil {
		return nil, err
	}
	var keys []rowKey
	switch {
	case wanted.texts != nil:
		keys, err = v.readIDs(ctx, q, column, wanted)
	case wanted.few(column, c.Op):
		return v.lookUp(ctx, q, column, wanted.ids, events)
	default:
		keys, err = v.scanIDs(ctx, q, column, wanted)
	}
	if err == nil && events {
		var folded []rowKey
		folded, err = v.foldedKeys(ctx, q, column, wanted)
		keys = append(keys, folded...)
	}
	slices.Sort(keys)
	return slices.Compact(keys), err
}

// lookUp finds request and correlation IDs by their look-up tables.
func (v *view) lookUp(ctx context.Context, q question, column idColumn, ids []id16, events bool) ([]rowKey, error) {
	first, err := v.firstEvent(ctx, q, events)
	if err != nil {
		return nil, err
	}
	var keys []rowKey
	for _, id := range ids {
		found, err := v.keys(ctx, lookUpSQL(column.lookup, q.table.name, column.name), quarterOf(q.to), quarterOf(first), id.prefix(), q.table.number, id[:])
		if err != nil {
			return nil, fmt.Errorf("look up an id: %w", err)
		}
		for _, k := range found {
			if events {
				line, err := v.lineOf(ctx, k)
				if err != nil {
					return nil, err
				}
				k = line
			}
			if k >= q.from && k < q.to {
				keys = append(keys, k)
			}
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys), nil
}

// firstEvent gives a key that no event of the question's rows is older than. Events of a line may be older than the range.
func (v *view) firstEvent(ctx context.Context, q question, events bool) (rowKey, error) {
	if !events {
		return q.from, nil
	}
	started, err := v.keys(ctx, "SELECT coalesce(min(started), ?1) FROM lines WHERE k >= ?1 AND k < ?2", int64(q.from), int64(q.to))
	if err != nil {
		return 0, fmt.Errorf("look for the first event of lines: %w", err)
	}
	return min(q.from, started[0]), nil
}

// lineOf gives the line of an event.
func (v *view) lineOf(ctx context.Context, k rowKey) (rowKey, error) {
	lines, err := v.keys(ctx, "SELECT line FROM folded WHERE k = ?", int64(k))
	if err != nil || len(lines) == 0 {
		return k, err
	}
	return lines[0], nil
}

// foldedKeys gives the lines of the question that have a folded event with an id that passes; any id where wanted is nil.
func (v *view) foldedKeys(ctx context.Context, q question, column idColumn, wanted *wantedIDs) ([]rowKey, error) {
	from := "FROM folded AS f JOIN " + q.table.name + " AS r USING (k)" + wanted.join(column)
	rows, err := v.tx.QueryContext(ctx, "SELECT f.line, r."+column.name+", "+wanted.text()+" "+from+" WHERE f.line >= ? AND f.line < ? AND r."+column.name+" IS NOT NULL",
		int64(q.from), int64(q.to))
	if err != nil {
		return nil, fmt.Errorf("look through the events of lines: %w", err)
	}
	keys, err := wanted.keys(rows)
	slices.Sort(keys)
	return slices.Compact(keys), err
}

// scanIDs finds ids by the column of their first 32 bits, and looks at the whole id of each row that may pass.
func (v *view) scanIDs(ctx context.Context, q question, column idColumn, wanted *wantedIDs) ([]rowKey, error) {
	values := make([]int64, len(wanted.ids))
	for i, id := range wanted.ids {
		values[i] = idValue(id[:])
	}
	terms := []segment.Term{{Column: column.index, Set: segment.NewSet(values...)}}
	for _, s := range wanted.spans {
		terms = append(terms, segment.Term{Column: column.index, Set: segment.NewRange(idValue(s.first[:]), idValue(s.last[:]))})
	}
	candidates, err := v.matchingKeys(ctx, q, []segment.Clause{{Terms: terms}})
	if err != nil {
		return nil, err
	}
	var keys []rowKey
	for some := range slices.Chunk(candidates, candidatesRead) {
		rows, err := v.tx.QueryContext(ctx, "SELECT k, "+column.name+", NULL FROM "+q.table.name+" WHERE k IN (SELECT value FROM json_each(?))", jsonList(some))
		if err != nil {
			return nil, fmt.Errorf("read ids: %w", err)
		}
		found, err := wanted.keys(rows)
		if err != nil {
			return nil, err
		}
		keys = append(keys, found...)
	}
	return keys, nil
}

// candidatesRead is how many rows that may pass one statement reads.
const candidatesRead = 10_000

// readIDs reads the ids of all rows of a question.
func (v *view) readIDs(ctx context.Context, q question, column idColumn, wanted *wantedIDs) ([]rowKey, error) {
	query, args := wanted.readSQL(q.table, column)
	return v.inStretches(ctx, q, func(in span) ([]rowKey, error) {
		rows, err := v.tx.QueryContext(ctx, query, append([]any{int64(in.from), int64(in.to)}, args...)...)
		if err != nil {
			return nil, fmt.Errorf("look through ids: %w", err)
		}
		return wanted.keys(rows)
	})
}

// matchingKeys gives the keys of the question's rows that pass some clauses, whatever its filter says.
func (v *view) matchingKeys(ctx context.Context, q question, clauses []segment.Clause) ([]rowKey, error) {
	var keys []rowKey
	p := &plan{any: []alternative{{clauses: clauses}}}
	err := v.each(ctx, q, p, func() worker {
		var own []rowKey
		return worker{
			take: func(s source, sel *segment.Selection, _ *segment.Counter) error {
				all, err := s.Keys()
				for i := 0; err == nil && i < sel.Len(); i++ {
					own = append(own, rowKey(all.At(sel.At(i))))
				}
				return err
			},
			done: func() { keys = append(keys, own...) },
		}
	})
	if err != nil {
		return nil, err
	}
	return sortedKeys(ctx, keys)
}

// keys reads a list of keys.
func (v *view) keys(ctx context.Context, query string, args ...any) ([]rowKey, error) {
	return readKeys(ctx, v.tx, query, args...)
}

func readKeys(ctx context.Context, q dbfile.Querier, query string, args ...any) ([]rowKey, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var keys []rowKey
	for rows.Next() {
		var k rowKey
		if err := rows.Scan(&k); err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	return keys, rows.Err()
}

// jsonList writes numbers as a list that json_each takes, so that however many are bound as one value.
func jsonList[N ~int64](numbers []N) string {
	b := []byte{'['}
	for i, n := range numbers {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(n), 10)
	}
	return string(append(b, ']'))
}

// qualified writes a list of columns with the name of their table.
func qualified(name, columns string) string {
	return name + "." + strings.ReplaceAll(columns, ", ", ", "+name+".")
}
