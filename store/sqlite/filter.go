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

// filter adds a filter's conditions, each an OR over the field's properties. It is the one place where
// a store.Filter becomes SQL: list, total, groups, members and a person's history use it.
func (db *DB) filter(ctx context.Context, q querier, w *where, t *table, f store.Filter, r store.Range) error {
	for _, c := range f.Conditions() {
		var parts []string
		var args []any
		add := func(sql string, more ...any) {
			parts = append(parts, sql)
			args = append(args, more...)
		}
		for _, value := range c.Values {
			if err := db.condition(ctx, q, t, c.Field, value, r, add); err != nil {
				return err
			}
		}
		if len(parts) == 0 {
			parts = append(parts, "0")
		}
		w.and("("+strings.Join(parts, " OR ")+")", args...)
	}
	return nil
}

// condition adds the alternatives that one value of one field stands for.
func (db *DB) condition(ctx context.Context, q querier, t *table, field *store.Field, value string, r store.Range, add func(string, ...any)) error {
	switch field.Name {
	case "status":
		add("derived_status = ?", int64(store.ParseStatus(value)))
		return nil
	case "ingested":
		instant, _ := store.ParseInstant(value)
		if key, ok := store.KeyAt(instant.Truncate(time.Microsecond)); ok {
			add("ingested = ? - (k >> 12)", int64(key)>>12)
		}
		return nil
	case "request", "correlation":
		return db.idCondition(ctx, q, t, field, value, r, add)
	case "session":
		id, _ := encodeGUID(value)
		add("session_id = ?", id[:])
		return nil
	case "token":
		id, _ := encodeToken(value)
		add("unique_token_identifier = ?", id[:])
		return nil
	}
	for _, p := range field.Properties {
		c := db.schema.byProp[p]
		switch {
		case p.Int != nil:
			n, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				return fmt.Errorf("field %s: %w", field.Name, err)
			}
			add(c.name+" = ?", n)
		case p.Bool != nil:
			add(c.name+" = ?", int64(store.WantedBool(value)))
		default:
			if codes := c.codes(field, value); len(codes) > 0 {
				add(c.name+" IN (SELECT value FROM json_each(?))", jsonList(codes))
			}
		}
	}
	return nil
}

// codes gives the codes of the column's words that are the field's wanted value.
func (c *column) codes(field *store.Field, want string) []int64 {
	switch {
	case c.property.Set != nil:
		return c.words.matching(func(word string) bool {
			for text := range strings.SplitSeq(word, setSeparator) {
				if field.MatchText(text, want) {
					return true
				}
			}
			return false
		})
	case field.ExactText():
		return c.words.equal(want)
	}
	return c.words.matching(func(word string) bool {
		text := shownText(word)
		return text != "" && field.MatchText(text, want)
	})
}

// idCondition finds a request or correlation ID by its look-up table: the rows' keys on the days of the range.
func (db *DB) idCondition(ctx context.Context, q querier, t *table, field *store.Field, value string, r store.Range, add func(string, ...any)) error {
	id, _ := encodeGUID(value)
	lookup, column := "by_request", "id"
	if field.Name == "correlation" {
		lookup, column = "by_correlation", "correlation_id"
	}
	rows, err := q.QueryContext(ctx, "SELECT k FROM "+lookup+" WHERE day IN (SELECT value FROM json_each(?)) AND g = ? AND log = ?",
		daysOf(r), id.prefix(), t.index)
	if err != nil {
		return fmt.Errorf("look up %s: %w", field.Name, err)
	}
	defer rows.Close()
	var keys []int64
	for rows.Next() {
		var k int64
		if err := rows.Scan(&k); err != nil {
			return err
		}
		keys = append(keys, k)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if len(keys) > 0 {
		add("(k IN (SELECT value FROM json_each(?)) AND "+column+" = ?)", jsonList(keys), id[:])
	}
	return nil
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
