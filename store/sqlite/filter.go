package sqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"signpost/store"
)

// where is a condition over a log's table with its bound values. The zero value lets everything through.
type where struct {
	sql  strings.Builder
	args []any
}

// and adds a condition.
func (w *where) and(condition string, args ...any) {
	w.sql.WriteString(" AND ")
	w.sql.WriteString(condition)
	w.args = append(w.args, args...)
}

// in adds that the column holds one of the codes; they are bound as one JSON list, however many.
func (w *where) in(column string, codes []int64) {
	w.and(column+" IN (SELECT value FROM json_each(?))", jsonList(codes))
}

func jsonList(codes []int64) string {
	b := []byte{'['}
	for i, c := range codes {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, c, 10)
	}
	return string(append(b, ']'))
}

// keys adds that k lies in [from, to).
func (w *where) keys(from, to store.Key) {
	w.and("k >= ? AND k < ?", int64(from), int64(to))
}

// passing collects the alternatives under which any value of a condition's field passes.
type passing struct {
	sql  []string
	args []any
}

func (p *passing) or(condition string, args ...any) {
	p.sql = append(p.sql, condition)
	p.args = append(p.args, args...)
}

// filter adds a filter's conditions. It is the one place where a store.Filter becomes SQL: list, total,
// groups, members and a person's history use it.
func (db *DB) filter(ctx context.Context, q querier, w *where, t *table, f store.Filter, r store.Range) error {
	for _, clause := range f.Clauses() {
		var some passing
		for _, c := range clause.Any {
			sql, args, err := db.condition(ctx, q, t, c, r)
			if err != nil {
				return err
			}
			some.or(sql, args...)
		}
		if len(clause.Any) > 0 {
			w.and("("+strings.Join(some.sql, " OR ")+")", some.args...)
		}
		for _, c := range clause.All {
			sql, args, err := db.condition(ctx, q, t, c, r)
			if err != nil {
				return err
			}
			w.and(sql, args...)
		}
	}
	return nil
}

// condition gives a condition as SQL. An inverted one holds where nothing passes, also where what is
// compared is NULL.
func (db *DB) condition(ctx context.Context, q querier, t *table, c store.Condition, r store.Range) (string, []any, error) {
	var p passing
	var err error
	switch {
	case c.Field.Name == "status":
		p.status(c)
	case c.Field.Name == "ingested":
		p.ingested(c)
	case c.Field.Unique:
		err = db.idPasses(ctx, q, t, c, r, &p)
	default:
		for _, property := range c.Field.Properties {
			p.column(db.schema.byProp[property], c)
		}
	}
	sql := "0"
	if len(p.sql) > 0 {
		sql = "(" + strings.Join(p.sql, " OR ") + ")"
	}
	if c.Op.Inverted() {
		sql = "NOT ifnull(" + sql + ", 0)"
	}
	return sql, p.args, err
}

func (p *passing) status(c store.Condition) {
	if !c.Op.TakesValue() {
		p.or("derived_status <> 0")
		return
	}
	for _, value := range c.Values {
		p.or("derived_status = ?", int64(store.ParseStatus(value)))
	}
}

func (p *passing) ingested(c store.Condition) {
	if !c.Op.TakesValue() {
		p.or("ingested IS NOT NULL")
		return
	}
	for _, value := range c.Values {
		instant, _ := store.ParseInstant(value)
		if key, ok := store.KeyAt(instant.Truncate(time.Microsecond)); ok {
			p.or("ingested = ? - (k >> 12)", int64(key)>>12)
		}
	}
}

// column adds that the column's value passes.
func (p *passing) column(column *column, c store.Condition) {
	hasValue := !c.Op.TakesValue()
	const in = " IN (SELECT value FROM json_each(?))"
	switch {
	case column.property.Int != nil && hasValue:
		p.or(column.name + " IS NOT NULL")
	case column.property.Int != nil:
		p.or(column.name+in, jsonList(c.Ints()))
	case column.property.Bool != nil && hasValue:
		p.or(column.name + " <> 0")
	case column.property.Bool != nil:
		for _, value := range c.Values {
			p.or(column.name+" = ?", int64(store.WantedBool(value)))
		}
	case hasValue: // the words without a text are fewer than those with one
		passes := column.wordPasses(c)
		without := column.words.matching(func(word string) bool { return !passes(word) })
		p.or(column.name+" NOT"+in, jsonList(append(without, 0)))
	case c.Exact() && column.property.Set == nil:
		p.or(column.name+in, jsonList(column.words.anyOf(c.Values)))
	default:
		p.or(column.name+in, jsonList(column.words.matching(column.wordPasses(c))))
	}
}

// wordPasses gives the test of whether a word of the column passes: any of its texts where it is of a
// multi-valued property. A name that stands in for an ID is no value of the ID.
func (column *column) wordPasses(c store.Condition) func(word string) bool {
	passes := c.TextMatcher()
	switch {
	case column.property.Set != nil:
		return func(word string) bool {
			for text := range strings.SplitSeq(word, setSeparator) {
				if passes(text) {
					return true
				}
			}
			return false
		}
	case column.property.Fallback != nil:
		return func(word string) bool { return passes(shownText(word)) }
	}
	return passes
}

// anyOf gives the codes whose text is any of the wanted ones, by the index over folded texts.
func (d *dictionary) anyOf(wants []string) []int64 {
	d.mu.RLock()
	defer d.mu.RUnlock()
	var codes []int64
	for _, want := range wants {
		if !strings.HasPrefix(want, nameMark) { // no text of a record, see storedText
			codes = append(codes, d.folded[store.FoldCase(want)]...)
		}
	}
	return codes
}

// idColumn is where the ids of a field are and how they become bytes.
type idColumn struct {
	name   string
	encode func(string) (id16, bool)
	// span gives the first and the last bytes of ids that start with a text; ok is false where none does.
	span func(start string) (first, last id16, ok bool)
}

var idColumns = map[string]idColumn{
	"request":     {"id", encodeGUID, guidSpan},
	"correlation": {"correlation_id", encodeGUID, guidSpan},
	"session":     {"session_id", encodeGUID, guidSpan},
	"token":       {"unique_token_identifier", encodeToken, tokenSpan},
}

// idPasses adds that an id passes. What it starts with is a span of the bytes of ids that are bytes; the
// texts of the others are asked one by one, as are those of GUIDs that are kept as texts.
func (db *DB) idPasses(ctx context.Context, q querier, t *table, c store.Condition, r store.Range, p *passing) error {
	column := idColumns[c.Field.Name]
	if !c.Op.TakesValue() {
		p.or(column.name + " IS NOT NULL")
		return nil
	}
	if c.Op == store.OpStarts {
		for _, start := range c.Values {
			if first, last, ok := column.span(start); ok {
				p.or("("+column.name+" BETWEEN ? AND ? AND NOT (substr("+column.name+", 7, 1) = x'FF' AND substr("+column.name+", 9, 1) = x'FF'))",
					first[:], last[:])
			}
		}
		return db.idTextPasses(ctx, q, column, c, p)
	}
	asText := false
	for _, value := range c.Values {
		var guid id16
		id, isText := column.encode(value)
		switch {
		case isText && parseGUID(value, &guid):
			asText = true
		case c.Op == store.OpIs && (c.Field.Name == "request" || c.Field.Name == "correlation"):
			if err := db.lookUpID(ctx, q, t, column, id, r, p); err != nil {
				return err
			}
		default:
			p.or(column.name+" = ?", id[:])
		}
	}
	if asText {
		return db.idTextPasses(ctx, q, column, c, p)
	}
	return nil
}

// idTextPasses adds the ids whose texts pass.
func (db *DB) idTextPasses(ctx context.Context, q querier, column idColumn, c store.Condition, p *passing) error {
	rows, err := q.QueryContext(ctx, "SELECT hex(id), text FROM id_texts")
	if err != nil {
		return fmt.Errorf("look through the texts of ids: %w", err)
	}
	defer rows.Close()
	ids := []string{}
	for rows.Next() {
		var id, text string
		if err := rows.Scan(&id, &text); err != nil {
			return fmt.Errorf("read the text of an id: %w", err)
		}
		if c.MatchText(text) {
			ids = append(ids, id)
		}
	}
	if len(ids) > 0 {
		list, _ := json.Marshal(ids) // a list of texts always marshals
		p.or("hex("+column.name+") IN (SELECT value FROM json_each(?))", string(list))
	}
	return rows.Err()
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

// lookUpID finds a request or correlation ID by its look-up table: the rows' keys on the days of the range.
func (db *DB) lookUpID(ctx context.Context, q querier, t *table, column idColumn, id id16, r store.Range, p *passing) error {
	lookup := "by_request"
	if column.name == "correlation_id" {
		lookup = "by_correlation"
	}
	rows, err := q.QueryContext(ctx, "SELECT k FROM "+lookup+" WHERE day IN (SELECT value FROM json_each(?)) AND g = ? AND log = ?",
		daysOf(r), id.prefix(), t.index)
	if err != nil {
		return fmt.Errorf("look up %s: %w", column.name, err)
	}
	defer rows.Close()
	var keys []int64
	for rows.Next() {
		var k int64
		if err := rows.Scan(&k); err != nil {
			return fmt.Errorf("look up %s: %w", column.name, err)
		}
		keys = append(keys, k)
	}
	if len(keys) > 0 {
		p.or("(k IN (SELECT value FROM json_each(?)) AND "+column.name+" = ?)", jsonList(keys), id[:])
	}
	return rows.Err()
}

// dayOf gives the day number by which the look-up tables are partitioned.
func dayOf(k store.Key) int64 {
	return floorDiv(int64(k)>>12, int64(24*time.Hour/time.Microsecond))
}

func floorDiv(a, b int64) int64 {
	d := a / b
	if a%b < 0 {
		d--
	}
	return d
}

// maxDays bounds the days an id is looked for on: a range of centuries is no reason to make a long list.
const maxDays = 36600

func daysOf(r store.Range) string {
	from, to := r.Keys()
	first, last := dayOf(from), dayOf(to)
	if last-first > maxDays {
		first = last - maxDays
	}
	days := make([]int64, 0, last-first+1)
	for d := first; d <= last; d++ {
		days = append(days, d)
	}
	b, _ := json.Marshal(days) // a list of numbers always marshals
	return string(b)
}
