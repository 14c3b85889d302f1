package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"signpost/store"
)

// setSeparator joins the texts of a multi-valued property into one word.
const setSeparator = "\x1f"

// nameMark starts the word of an entity that has no ID: the name stands in for it, so that rows group
// by it, and no filter mistakes it for an ID.
const nameMark = "\x00"

// storedText gives the word a property is stored under. IDs of entities are folded to lower case:
// exports differ in it, and it must not split a group.
func storedText(p *store.Property, s *store.SignIn) string {
	switch {
	case p.Set != nil:
		return strings.Join(p.Set(s), setSeparator)
	case p.Fallback != nil:
		if id := *p.Text(s); id != "" {
			return strings.ToLower(id)
		}
		if name := p.Fallback(s); name != "" {
			return nameMark + name
		}
		return ""
	}
	return *p.Text(s)
}

// shownText is the way back for a single-valued text: a name that stands in for an ID is no ID.
func shownText(word string) string {
	if strings.HasPrefix(word, nameMark) {
		return ""
	}
	return word
}

// rowReader reads rows of the log tables; its targets are used again for each row.
type rowReader struct {
	schema *schema
	k      int64
	blobs  [5][]byte // id, correlation, session, token, original request
	fixed  struct {
		doc, hash, versions, timeIsIngestion, status int64
		ingested                                     sql.NullInt64
	}
	values  []sql.NullInt64
	targets []any
}

func newRowReader(s *schema) *rowReader {
	r := &rowReader{schema: s, values: make([]sql.NullInt64, len(s.columns))}
	r.targets = append(r.targets, &r.k)
	for i := range r.blobs {
		r.targets = append(r.targets, &r.blobs[i])
	}
	f := &r.fixed
	r.targets = append(r.targets, &f.doc, &f.hash, &f.versions, &f.ingested, &f.timeIsIngestion, &f.status)
	for i := range r.values {
		r.targets = append(r.targets, &r.values[i])
	}
	return r
}

func (r *rowReader) scan(row interface{ Scan(...any) error }) error { return row.Scan(r.targets...) }

func blobID(b []byte) (id id16, ok bool) {
	return id, copy(id[:], b) == len(id)
}

// row gives what was scanned; ids that are texts are still hashes, see resolveTexts.
func (r *rowReader) row(log store.Log) store.Row {
	s := store.SignIn{Log: log, Time: store.Key(r.k).Time(), TimeIsIngestion: r.fixed.timeIsIngestion != 0}
	if r.fixed.ingested.Valid {
		s.Ingested = s.Time.Add(time.Duration(r.fixed.ingested.Int64) * time.Microsecond)
	}
	guid := func(b []byte) string {
		if id, ok := blobID(b); ok {
			return id.guid()
		}
		return ""
	}
	s.ID, s.CorrelationID, s.SessionID = guid(r.blobs[0]), guid(r.blobs[1]), guid(r.blobs[2])
	if id, ok := blobID(r.blobs[3]); ok {
		s.UniqueTokenIdentifier = id.token()
	}
	s.OriginalRequestID = guid(r.blobs[4])
	if len(r.blobs[4]) == len(sameAsID) {
		s.OriginalRequestID = s.ID
	}
	for i, c := range r.schema.columns {
		v := r.values[i]
		switch p := c.property; {
		case p.Text != nil:
			*p.Text(&s) = shownText(c.words.text(v.Int64))
		case p.Int != nil:
			*p.Int(&s) = store.Int{N: v.Int64, Set: v.Valid}
		case p.Bool != nil:
			*p.Bool(&s) = store.Bool(v.Int64)
		}
	}
	return store.Row{Key: store.Key(r.k), SignIn: s}
}

// rows reads all rows of a query over one log's table.
func (db *DB) rows(ctx context.Context, q querier, log store.Log, query string, args ...any) ([]store.Row, error) {
	found, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	reader := newRowReader(db.schema)
	var rows []store.Row
	for found.Next() {
		if err := reader.scan(found); err != nil {
			return nil, err
		}
		rows = append(rows, reader.row(log))
	}
	if err := found.Err(); err != nil {
		return nil, err
	}
	for i := range rows {
		if err := db.resolveTexts(ctx, q, &rows[i].SignIn); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// resolveTexts puts the texts of ids that are not 16 bytes in the place of their hashes.
func (db *DB) resolveTexts(ctx context.Context, q querier, s *store.SignIn) error {
	resolve := func(text *string, id id16) error {
		err := q.QueryRowContext(ctx, "SELECT text FROM id_texts WHERE id = ?", id[:]).Scan(text)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("read the text of an id: %w", err)
		}
		return nil
	}
	for _, text := range []*string{&s.ID, &s.CorrelationID, &s.SessionID, &s.OriginalRequestID} {
		var id id16
		if parseGUID(*text, &id) && id.isHash() {
			if err := resolve(text, id); err != nil {
				return err
			}
		}
	}
	var token id16
	if s.UniqueTokenIdentifier != "" {
		raw, _ := encodeTokenBytes(s.UniqueTokenIdentifier)
		if token = raw; token.isHash() {
			return resolve(&s.UniqueTokenIdentifier, token)
		}
	}
	return nil
}
