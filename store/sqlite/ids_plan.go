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

// idColumn is where the ids of a property are and how they become bytes.
type idColumn struct {
	property *store.Property
	idSlot
	encode func(string) (id16, bool)
	decode func(id16) string
	// span gives the first and the last bytes of ids that start with a text; ok is false where none does.
	span func(start string) (first, last id16, ok bool)
}

// idSlot is one of the places that a row has for ids that hardly repeat: see store.Property.Unique.
type idSlot struct {
	name string // in the row tables
	// lookup is the table that finds an id; empty where there is none.
	lookup string
	index  int // of the column of the first 32 bits
}

// idSlots are filled in the order in which a kind declares its ids. The names are those of sign-ins, which came first.
var idSlots = [...]idSlot{
	{"id", "by_request", columnRequest},
	{"correlation_id", "by_correlation", columnCorrelation},
	{"session_id", "", columnSession},
	{"unique_token_identifier", "", columnToken},
	{"original_request_id", "", noIDColumn},
}

// idColumnOf gives the column of a kind's id by its place among them.
func idColumnOf(place int, p *store.Property) idColumn {
	if place == len(idSlots) {
		panic(fmt.Sprintf("a kind has more than %d unique IDs: there is no room for %s", len(idSlots), p.Name))
	}
	if p.Token {
		return idColumn{p, idSlots[place], encodeToken, id16.token, tokenSpan}
	}
	return idColumn{p, idSlots[place], encodeGUID, id16.guid, guidSpan}
}

// written gives the bytes of an id that decode wrote.
func (c *idColumn) written(text string) (id id16, ok bool) {
	if c.property.Token {
		return encodeTokenBytes(text)
	}
	ok = parseGUID(text, &id)
	return id, ok
}

// idColumn gives the column of an id of the kind.
func (s *kindSchema) idColumn(p *store.Property) idColumn {
	return s.ids[slices.IndexFunc(s.ids, func(c idColumn) bool { return c.property == p })]
}

// noIDColumn is the index of ids that no column of segments has: rows are looked through for them.
const noIDColumn = -1

// idSpan is ids from first to last. hashed says that they are hashes of texts; else hashes among them do not count.
type idSpan struct {
	first, last id16
	hashed      bool
}

func (s idSpan) has(id id16) bool {
	return string(id[:]) >= string(s.first[:]) && string(id[:]) <= string(s.last[:]) && id.isHash() == s.hashed
}

func hasID(spans []idSpan, id id16) bool {
	return slices.ContainsFunc(spans, func(s idSpan) bool { return s.has(id) })
}

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
	filled, err := v.foldedKeys(ctx, q, column, "r."+column.name+" IS NOT NULL", func(id16) bool { return true })
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
// lines that have an event with such an id.
func (v *view) idKeys(ctx context.Context, q question, column idColumn, c store.Condition, events bool) ([]rowKey, error) {
	if column.index == noIDColumn {
		return v.originalKeys(ctx, q, column, c)
	}
	spans, exact, err := v.idSpans(ctx, column, c)
	if err != nil {
		return nil, err
	}
	var keys []rowKey
	if exact && column.lookup != "" {
		keys, err = v.lookUp(ctx, q, column, spans, events)
	} else {
		keys, err = v.scanIDs(ctx, q, column, spans)
		if err == nil && events {
			var folded []rowKey
			folded, err = v.foldedKeys(ctx, q, column, "r."+column.name+" IS NOT NULL", func(id id16) bool { return hasID(spans, id) })
			keys = append(keys, folded...)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys), err
}

// idSpans turns the values of a condition into spans of ids; exact says that each is one id.
func (v *view) idSpans(ctx context.Context, column idColumn, c store.Condition) (spans []idSpan, exact bool, err error) {
	texts := c.Op == store.OpStarts
	exact = true
	for _, value := range c.Values {
		if c.Op == store.OpStarts {
			exact = false
			if first, last, ok := column.span(value); ok {
				spans = append(spans, idSpan{first: first, last: last})
			}
			continue
		}
		var guid id16
		id, isText := column.encode(value)
		if isText && parseGUID(value, &guid) {
			texts = true // a GUID in any casing that is kept as a text
		}
		spans = append(spans, idSpan{first: id, last: id, hashed: isText})
	}
	if !texts {
		return spans, exact, nil
	}
	rows, err := v.tx.QueryContext(ctx, "SELECT id, text FROM id_texts")
	if err != nil {
		return nil, false, fmt.Errorf("look through the texts of ids: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var b []byte
		var text string
		if err := rows.Scan(&b, &text); err != nil {
			return nil, false, fmt.Errorf("read the text of an id: %w", err)
		}
		if id, ok := blobID(b); ok && c.MatchText(text) {
			spans = append(spans, idSpan{first: id, last: id, hashed: true})
		}
	}
	return spans, exact, rows.Err()
}

// lookUp finds request and correlation IDs by their look-up tables.
func (v *view) lookUp(ctx context.Context, q question, column idColumn, spans []idSpan, events bool) ([]rowKey, error) {
	first, err := v.firstEvent(ctx, q, events)
	if err != nil {
		return nil, err
	}
	var keys []rowKey
	for _, span := range spans {
		id := span.first
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
	return keys, nil
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

// foldedKeys gives the lines of the question that have a folded event with an id that passes.
func (v *view) foldedKeys(ctx context.Context, q question, column idColumn, where string, passes func(id16) bool) ([]rowKey, error) {
	rows, err := v.tx.QueryContext(ctx, "SELECT f.line, r."+column.name+" FROM folded AS f JOIN "+q.table.name+" AS r USING (k) WHERE f.line >= ? AND f.line < ? AND "+where,
		int64(q.from), int64(q.to))
	if err != nil {
		return nil, fmt.Errorf("look through the events of lines: %w", err)
	}
	defer rows.Close()
	var keys []rowKey
	for rows.Next() {
		var line rowKey
		var b []byte
		if err := rows.Scan(&line, &b); err != nil {
			return nil, err
		}
		if id, ok := blobID(b); ok && passes(id) {
			keys = append(keys, line)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys), rows.Err()
}

// scanIDs finds ids by the column of their first 32 bits, and looks at the whole id of each row that may pass.
func (v *view) scanIDs(ctx context.Context, q question, column idColumn, spans []idSpan) ([]rowKey, error) {
	var terms []segment.Term
	for _, s := range spans {
		terms = append(terms, segment.Term{Column: column.index, Set: segment.NewRange(idValue(s.first[:]), idValue(s.last[:]))})
	}
	candidates, err := v.matchingKeys(ctx, q, []segment.Clause{{Terms: terms}})
	if err != nil {
		return nil, err
	}
	var keys []rowKey
	const some = 10_000
	for len(candidates) > 0 {
		next := candidates[:min(len(candidates), some)]
		candidates = candidates[len(next):]
		rows, err := v.tx.QueryContext(ctx, "SELECT k, "+column.name+" FROM "+q.table.name+" WHERE k IN (SELECT value FROM json_each(?))", jsonList(next))
		if err != nil {
			return nil, fmt.Errorf("read ids: %w", err)
		}
		for rows.Next() {
			var k rowKey
			var b []byte
			if err := rows.Scan(&k, &b); err != nil {
				rows.Close()
				return nil, err
			}
			if id, ok := blobID(b); ok && hasID(spans, id) {
				keys = append(keys, k)
			}
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	return keys, nil
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

// guidSpan takes the beginning of a GUID, hyphens included.
func guidSpan(start string) (first, last id16, ok bool) {
	if len(start) > 36 {
		return first, last, false
	}
	const zeros, ends = "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"
	ok = parseGUID(start+zeros[len(start):], &first) && parseGUID(start+ends[len(start):], &last)
	return first, last, ok
}

// tokenSpan takes the beginning of a token identifier. Of its last character only two bits count.
func tokenSpan(start string) (first, last id16, ok bool) {
	const zeros, ends = "AAAAAAAAAAAAAAAAAAAAAA", "_____________________w"
	if len(start) > len(zeros) {
		return first, last, false
	}
	first, okFirst := encodeTokenBytes(start + zeros[len(start):])
	last, okLast := encodeTokenBytes(start + ends[len(start):])
	return first, last, okFirst && okLast
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
