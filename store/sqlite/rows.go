package sqlite

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"signpost/store"
	"signpost/store/dbfile"
)

// setSeparator joins the texts of a multi-valued property into one word.
const setSeparator = "\x1f"

// nameMark starts the word of an entity that has no ID. The name stands in for the ID, so that rows group by it. No filter
// mistakes it for an ID.
const nameMark = "\x00"

// storedText gives the word a property is stored under. IDs of entities are folded to lower case:
// exports differ in it, and it must not split a group.
func storedText(p *store.Property, e store.Entry) string {
	switch {
	case p.Set != nil:
		texts := p.Set(e)
		if slices.Contains(texts, "") { // such a one is no value, and a set of them alone is empty
			texts = slices.DeleteFunc(slices.Clone(texts), func(text string) bool { return text == "" })
		}
		return strings.Join(texts, setSeparator)
	case p.Fallback != nil:
		if id := *p.Text(e); id != "" {
			return strings.ToLower(id)
		}
		if name := p.Fallback(e); name != "" {
			return nameMark + name
		}
		return ""
	}
	return *p.Text(e)
}

// isStandIn says that a word is a name that stands in for an ID.
func isStandIn(word string) bool { return strings.HasPrefix(word, nameMark) }

// shownText is the way back for a single-valued text: a name that stands in for an ID is no ID.
func shownText(word string) string {
	if isStandIn(word) {
		return ""
	}
	return word
}

// rowReader reads rows of the log tables; its targets are used again for each row.
type rowReader struct {
	kind  *kindSchema
	k     int64
	blobs [5]sql.RawBytes // id, correlation, session, token, original request
	fixed struct {
		doc, hash, versions, timeIsIngestion, status int64
		ingested                                     sql.NullInt64
	}
	fields  sql.RawBytes
	values  []int64  // of the property columns, see fields.go
	lists   [][]byte // of the columns of lists, and behind them the texts that stand in rows alone
	targets []any
}

func newRowReader(s *kindSchema) *rowReader {
	r := &rowReader{kind: s, values: make([]int64, len(s.columns)), lists: make([][]byte, s.lengths())}
	r.targets = append(r.targets, &r.k)
	for i := range r.blobs {
		r.targets = append(r.targets, &r.blobs[i])
	}
	f := &r.fixed
	r.targets = append(r.targets, &f.doc, &f.hash, &f.versions, &f.ingested, &f.timeIsIngestion, &f.status, &r.fields)
	return r
}

// scan reads the present row; what it points to is good until the next.
func (r *rowReader) scan(rows *sql.Rows) error {
	if err := rows.Scan(r.targets...); err != nil {
		return err
	}
	return r.kind.readFields(r.fields, r.values, r.lists)
}

// judge says what the row's sum says of the row that was scanned.
func (r *rowReader) judge(t *table) verdict {
	cells := r.cells(t)
	return cells.judge(r.fields)
}

func blobID(b []byte) (id id16, ok bool) {
	return id, copy(id[:], b) == len(id)
}

// late is how many microseconds the row stands behind its time; see instant.go.
func (r *rowReader) late() int64 { return r.fixed.timeIsIngestion >> 1 }

// row gives what was scanned; ids that are texts are still hashes, see resolveTexts.
func (r *rowReader) row(log store.Log) store.Row {
	e := r.kind.of.New()
	head := store.Head{Log: log, Time: rowKey(r.k - r.late()*keyTies).Time(), TimeIsIngestion: r.fixed.timeIsIngestion&1 != 0}
	if r.fixed.ingested.Valid {
		head.Ingested = head.Time.Add(time.Duration(r.fixed.ingested.Int64) * time.Microsecond)
	}
	for i := range r.kind.ids {
		column := &r.kind.ids[i]
		b := r.blobs[i]
		if i > 0 && len(b) == len(sameAsID) {
			b = r.blobs[0]
		}
		if id, ok := blobID(b); ok {
			*column.property.Text(e) = column.decode(id)
		}
	}
	head.ID = *r.kind.ids[0].property.Text(e)
	e.SetHead(head)
	for i, c := range r.kind.columns {
		v := r.values[i]
		switch p := c.property; {
		case v == 0:
		case c.inRow:
			*p.Text(e) = string(r.lists[c.listed])
		case p.Text != nil:
			*p.Text(e) = shownText(c.words.text(v))
		case p.Int != nil:
			*p.Int(e) = intOf(v)
		case p.Bool != nil:
			*p.Bool(e) = store.Bool(v)
		}
	}
	line := store.Line{Events: 1, Started: head.Time}
	if mfa := r.kind.byProp[store.MFASet]; mfa != nil {
		if outcomes := mfa.words.text(r.values[mfa.index]); outcomes != "" && store.MFAWasDenied(strings.Split(outcomes, setSeparator)) {
			line.Denied = 1
		}
	}
	return store.Row{Key: rowKey(r.k).outside(), Entry: e, Line: line}
}

// rows reads the rows of some keys, in their order, as lines or each as an event by itself. Every key must be there.
func (v *view) rows(ctx context.Context, t *table, keys []rowKey, lines bool) ([]store.Row, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	byKey, err := v.rowsByKey(ctx, t, keys)
	if err != nil {
		return nil, fmt.Errorf("read %s sign-ins: %w", t.log, err)
	}
	return v.rowsOf(ctx, t, keys, byKey, lines)
}

// rowsOf puts rows that were read in the order of their keys, as lines or each as an event by itself.
func (v *view) rowsOf(ctx context.Context, t *table, keys []rowKey, byKey map[rowKey]*store.Row, lines bool) ([]store.Row, error) {
	if lines {
		if err := v.fillLines(ctx, keys, byKey); err != nil {
			return nil, err
		}
	}
	rows, entries := make([]store.Row, len(keys)), make([]store.Entry, len(keys))
	for i, k := range keys {
		row, ok := byKey[k]
		if !ok {
			return nil, fmt.Errorf("the %s log has no row %s", t.log, k)
		}
		rows[i], entries[i] = *row, row.Entry
	}
	return rows, v.resolveTexts(ctx, t.kind, entries)
}

func (v *view) rowsByKey(ctx context.Context, t *table, keys []rowKey) (map[rowKey]*store.Row, error) {
	found, err := v.tx.QueryContext(ctx, "SELECT "+rowColumns+" FROM "+t.name+" WHERE k IN (SELECT value FROM json_each(?))", jsonList(keys))
	if err != nil {
		return nil, err
	}
	defer found.Close()
	reader := newRowReader(t.kind)
	byKey := make(map[rowKey]*store.Row, len(keys))
	for found.Next() {
		err := reader.scan(found)
		if err == nil && reader.judge(t) == damaged || errors.Is(err, errDamagedFields) {
			return nil, errDamagedRow(t, reader.k)
		}
		if err != nil {
			return nil, err
		}
		if name, ok := v.db.words.damagedIn(reader); ok {
			return nil, fmt.Errorf("%w: a text of the column %s is not as it was written", store.ErrDamaged, name)
		}
		row := reader.row(t.log)
		byKey[rowKey(reader.k)] = &row
	}
	return byKey, found.Err()
}

// fillLines tells of the events of the rows that are lines of several.
func (v *view) fillLines(ctx context.Context, keys []rowKey, byKey map[rowKey]*store.Row) error {
	found, err := v.tx.QueryContext(ctx, "SELECT k, events, denied, started FROM lines WHERE k IN (SELECT value FROM json_each(?))", jsonList(keys))
	if err != nil {
		return fmt.Errorf("read lines: %w", err)
	}
	defer found.Close()
	for found.Next() {
		var k, started rowKey
		var line store.Line
		if err := found.Scan(&k, &line.Events, &line.Denied, &started); err != nil {
			return err
		}
		line.Started = started.Time()
		if row, ok := byKey[k]; ok {
			row.Line = line
		}
	}
	return found.Err()
}

// resolveTexts puts the texts of ids that are not 16 bytes in the place of their hashes. It reads those of all records at once: an
// access record alone has two. Those read last are kept: a list shows the same records again and again, and each text stands on a
// page of its own in the file.
func (v *view) resolveTexts(ctx context.Context, kind *kindSchema, entries []store.Entry) error {
	wanted := map[id16][]*string{}
	var named []store.Entry // with an ID that is wanted
	for _, e := range entries {
		for i := range kind.ids {
			text := kind.ids[i].property.Text(e)
			id, ok := kind.ids[i].written(*text)
			if !ok || !id.isHash() {
				continue
			}
			wanted[id] = append(wanted[id], text)
			if i == 0 {
				named = append(named, e)
			}
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	give := func(id id16, text string) {
		for _, of := range wanted[id] {
			*of = text
		}
	}
	var list []string
	for id := range wanted {
		if text, ok := v.db.answers.kept(textOfID(id)); ok {
			give(id, text.(string))
			continue
		}
		list = append(list, hex.EncodeToString(id[:]))
	}
	if len(list) > 0 {
		err := eachIDText(ctx, v.tx, list, func(id id16, text string) {
			give(id, text)
			v.db.answers.keep(&keptAnswer{name: textOfID(id), answer: text, size: len(text) + answerOverhead})
		})
		if err != nil {
			return fmt.Errorf("read the texts of ids: %w", err)
		}
	}
	for _, e := range named {
		head := e.Head()
		head.ID = *kind.ids[0].property.Text(e)
		e.SetHead(head)
	}
	return nil
}

// textOfID names the text of an ID among the answers that are kept. The ID follows from the text: it never has another one.
func textOfID(id id16) answerName { return answerName{what: "text of " + string(id[:])} }

// eachIDText gives the texts of some hashes, which are hexadecimal digits.
func eachIDText(ctx context.Context, q dbfile.Querier, hashes []string, give func(id id16, text string)) error {
	found, err := q.QueryContext(ctx, "SELECT id, text FROM id_texts WHERE id IN (SELECT unhex(value) FROM json_each(?))", `["`+strings.Join(hashes, `","`)+`"]`)
	if err != nil {
		return err
	}
	defer found.Close()
	for found.Next() {
		var bytes []byte
		var text string
		if err := found.Scan(&bytes, &text); err != nil {
			return err
		}
		if id, ok := blobID(bytes); ok {
			give(id, text)
		}
	}
	return found.Err()
}
