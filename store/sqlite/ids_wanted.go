package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"signpost/store"
)

// wantedIDs are the ids that pass a condition.
type wantedIDs struct {
	// ids are ascending: GUIDs, token identifiers, and the hashes of texts.
	ids []id16
	// spans are GUIDs or token identifiers that start with a text. Hashes among them do not count.
	spans []idSpan
	// texts says whether a text passes. It is nil where ids has the hashes of all texts that pass.
	texts func(text string) bool
}

// idSpan is ids from first to last.
type idSpan struct{ first, last id16 }

func (s idSpan) has(id id16) bool {
	return bytes.Compare(id[:], s.first[:]) >= 0 && bytes.Compare(id[:], s.last[:]) <= 0
}

func compareIDs(a, b id16) int { return bytes.Compare(a[:], b[:]) }

// wantedIDs turns the values of a condition into ids. Texts are found by an index over them as store.FoldCase gives them. More
// texts may start with a value than the question has rows: then the rows tell their texts, and not the texts their rows.
func (v *view) wantedIDs(ctx context.Context, q question, column idColumn, c store.Condition) (*wantedIDs, error) {
	w := &wantedIDs{}
	var folded []foldedSpan
	for _, value := range c.Values {
		if c.Op == store.OpStarts {
			if first, last, ok := column.span(value); ok {
				w.spans = append(w.spans, idSpan{first, last})
			}
			if c.Field.CaseTells() {
				value = beforeLastASCII(value)
			}
			folded = append(folded, startOf(store.FoldCase(value)))
			continue
		}
		id, isText := column.encode(value)
		if isText && !c.Field.CaseTells() {
			folded = append(folded, wholeOf(store.FoldCase(value)))
			continue
		}
		w.ids = append(w.ids, id)
	}
	folded = distinctStarts(folded)
	if c.Op == store.OpStarts {
		more, err := v.moreTexts(ctx, folded, v.rowsAbout(q))
		if err != nil {
			return nil, err
		}
		if more {
			w.texts = c.TextMatcher()
			return w, nil
		}
	}
	for _, span := range folded {
		if err := v.addTexts(ctx, w, span, c); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(w.ids, compareIDs)
	w.ids = slices.Compact(w.ids)
	return w, nil
}

// foldedSpan is folded texts from first to last: last is not among them.
type foldedSpan struct{ first, last string }

// beforeLastASCII cuts a text before its last ASCII character. Every text that starts with the whole folds to one that starts
// with the folded cut. The whole could end in a letter that an accent behind it changes.
func beforeLastASCII(text string) string {
	for i := len(text) - 1; i >= 0; i-- {
		if text[i] < utf8.RuneSelf {
			return text[:i]
		}
	}
	return ""
}

// startOf is the folded texts that start with a text.
func startOf(text string) foldedSpan {
	end := []byte(text)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i]++; end[i] > 0 {
			return foldedSpan{text, string(end[:i+1])}
		}
	}
	return foldedSpan{text, strings.Repeat("\xff", len(text)+1)} // longer bytes of that kind are no text
}

// wholeOf is one folded text.
func wholeOf(text string) foldedSpan { return foldedSpan{text, text + "\x00"} }

// distinctStarts leaves out spans that lie in others. Spans lie in each other or apart.
func distinctStarts(spans []foldedSpan) []foldedSpan {
	slices.SortFunc(spans, func(a, b foldedSpan) int { return strings.Compare(a.first, b.first) })
	distinct := spans[:0]
	for _, s := range spans {
		if n := len(distinct); n == 0 || s.first >= distinct[n-1].last {
			distinct = append(distinct, s)
		}
	}
	return distinct
}

// The statements about folded texts. The first needs no more than the index, and the second tells the texts too.
const (
	foldedIDsSQL   = "SELECT id, NULL FROM id_texts WHERE folded >= ?1 AND folded < ?2"
	idTextsSQL     = "SELECT id, text FROM id_texts WHERE folded >= ?1 AND folded < ?2"
	moreIDTextsSQL = "SELECT count(*) FROM (SELECT 1 FROM id_texts WHERE folded >= ?1 AND folded < ?2 LIMIT ?3)"
)

// moreTexts says whether the spans have more texts than most.
func (v *view) moreTexts(ctx context.Context, spans []foldedSpan, most int) (bool, error) {
	for _, span := range spans {
		var n int
		if err := v.tx.QueryRowContext(ctx, moreIDTextsSQL, span.first, span.last, most+1).Scan(&n); err != nil {
			return false, fmt.Errorf("count the texts of ids: %w", err)
		}
		if most -= n; most < 0 {
			return true, nil
		}
	}
	return false, nil
}

// addTexts adds the hashes of the texts of a span that pass.
func (v *view) addTexts(ctx context.Context, w *wantedIDs, span foldedSpan, c store.Condition) error {
	query, passes := foldedIDsSQL, func(string) bool { return true }
	if c.Field.CaseTells() {
		query, passes = idTextsSQL, c.TextMatcher()
	}
	rows, err := v.tx.QueryContext(ctx, query, span.first, span.last)
	if err != nil {
		return fmt.Errorf("look for the texts of ids: %w", err)
	}
	defer rows.Close()
	var b, text sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&b, &text); err != nil {
			return fmt.Errorf("read the text of an id: %w", err)
		}
		if id, ok := blobID(b); ok && passes(string(text)) {
			w.ids = append(w.ids, id)
		}
	}
	return rows.Err()
}

// rowsAbout estimates how many rows the question's range has.
func (v *view) rowsAbout(q question) int {
	rows := 0
	for _, p := range v.state.of(q.table) {
		if p.overlaps(q.from, q.to) {
			within := min(p.hi+1, q.to) - max(p.lo, q.from)
			rows += 1 + int(float64(p.alive())*float64(within)/float64(p.hi+1-p.lo))
		}
	}
	return rows
}

// fewLookedUp is how many ids that start with a text are looked up each by itself. For more of them a column is scanned once.
const fewLookedUp = 16

// few says that looking each id up by itself takes less than scanning the column.
func (w *wantedIDs) few(column idColumn, op store.Operator) bool {
	return column.lookup != "" && len(w.spans) == 0 && (op != store.OpStarts || len(w.ids) <= fewLookedUp)
}

// has says whether an id passes; text is that of a hash, where texts asks for it.
func (w *wantedIDs) has(id id16, text string) bool {
	if w == nil {
		return true
	}
	if _, found := slices.BinarySearchFunc(w.ids, id, compareIDs); found {
		return true
	}
	if id.isHash() {
		return w.texts != nil && w.texts(text)
	}
	return slices.ContainsFunc(w.spans, func(s idSpan) bool { return s.has(id) })
}

// keys gives the first column of the rows whose second and third column are an id that passes.
func (w *wantedIDs) keys(rows *sql.Rows) ([]rowKey, error) {
	defer rows.Close()
	var keys []rowKey
	var k rowKey
	var b, text sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&k, &b, &text); err != nil {
			return nil, fmt.Errorf("read an id: %w", err)
		}
		if id, ok := blobID(b); ok && w.has(id, string(text)) {
			keys = append(keys, k)
		}
	}
	return keys, rows.Err()
}

// text is the SQL of the text of an id.
func (w *wantedIDs) text() string {
	if w != nil && w.texts != nil {
		return "t.text"
	}
	return "NULL"
}

// join is the SQL that brings the texts of ids of r, where they are asked for.
func (w *wantedIDs) join(column idColumn) string {
	if w != nil && w.texts != nil {
		return " LEFT JOIN id_texts AS t ON t.id = " + column.value()
	}
	return ""
}

// narrowedIDs bounds how many ids and spans one statement asks for: SQLite limits how deep an expression may be.
const narrowedIDs = 200

// readSQL is the statement that reads rows with keys from one to another, and its values after these. It leaves out most rows
// whose id does not pass, unless that takes longer than it saves.
func (w *wantedIDs) readSQL(t *table, column idColumn) (query string, args []any) {
	query = "SELECT r.k, " + column.value() + ", " + w.text() + " FROM " + t.name + " AS r" + w.join(column) + " WHERE r.k >= ? AND r.k < ?"
	if w.texts == nil && len(w.ids)+len(w.spans) <= narrowedIDs {
		terms := []string{"FALSE"}
		for _, id := range w.ids {
			terms, args = append(terms, column.value()+" = ?"), append(args, id[:])
		}
		for _, s := range w.spans {
			terms, args = append(terms, column.value()+" BETWEEN ? AND ?"), append(args, s.first[:], s.last[:])
		}
		query += " AND (" + strings.Join(terms, " OR ") + ")"
	}
	return query + " ORDER BY r.k", args
}
