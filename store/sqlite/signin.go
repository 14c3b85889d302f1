package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	"signpost/store"
	"signpost/store/dbfile"
)

// Get gives one sign-in with its versions; see store.Store.
func (db *DB) Get(ctx context.Context, q store.GetQuery) (store.Record, error) {
	if q.Owner != nil {
		return db.getOwn(ctx, q)
	}
	t, err := db.table(q.Log)
	if err != nil {
		return store.Record{}, err
	}
	var record store.Record
	err = db.read(ctx, func(v *view) error {
		var k rowKey
		if len(q.Scopes) == 0 {
			k, err = v.placeOf(ctx, t, q.Ref)
		} else {
			k, err = v.placeInScope(ctx, v.tx, t, q)
		}
		if err == nil {
			record, err = v.record(ctx, t, k)
		}
		return err
	})
	if err == nil && !q.Scopes.Have(t.info, record.Entry) {
		return store.Record{}, store.ErrNotFound
	}
	return record, err
}

// lookUpSQL finds the rows with the id ?5 by a look-up table, in its quarters of a day from ?1 down to ?2. ?3 is the id's
// prefix, ?4 the log. It goes from quarter to quarter by the look-up table's key. A log of a few days and one stray record
// of 1970 so takes a few steps.
func lookUpSQL(lookup, table, column string) string {
	return "WITH RECURSIVE quarters (quarter) AS (SELECT max(quarter) FROM " + lookup + " WHERE quarter <= ?1 UNION ALL " +
		"SELECT (SELECT max(quarter) FROM " + lookup + " AS l WHERE l.quarter < quarters.quarter) FROM quarters WHERE quarters.quarter > ?2) " +
		"SELECT r.k FROM quarters CROSS JOIN " + lookup + " AS l ON l.quarter = quarters.quarter AND l.g = ?3 AND l.log = ?4 " +
		"CROSS JOIN " + table + " AS r ON r.k = l.k WHERE quarters.quarter >= ?2 AND r." + column + " = ?5"
}

// findAnyTime finds the row of an id at any time, the newest first.
func findAnyTime(ctx context.Context, tx dbfile.Querier, t *table, id id16) (rowKey, error) {
	k, ok, err := findBetween(ctx, tx, t, id, math.MaxInt64, math.MinInt64)
	if err == nil && !ok {
		err = store.ErrNotFound
	}
	return k, err
}

// findBetween finds the newest row of an id in the quarters of a day from one down to another.
func findBetween(ctx context.Context, tx dbfile.Querier, t *table, id id16, from, to int64) (k rowKey, ok bool, err error) {
	err = tx.QueryRowContext(ctx, lookUpSQL("by_request", t.name, "id")+" LIMIT 1", from, to, id.prefix(), t.number, id[:]).Scan(&k)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("look up a request ID: %w", err)
	}
	return k, true, nil
}

// Places gives where some sign-ins stand now; see store.Store.
func (db *DB) Places(ctx context.Context, refs []store.Ref) ([]store.Cursor, error) {
	var places []store.Cursor
	err := db.read(ctx, func(v *view) error {
		places = make([]store.Cursor, len(refs))
		for i, ref := range refs {
			t, err := db.table(ref.Log)
			if err != nil {
				continue // a log that is not kept has no such sign-in
			}
			k, err := v.placeOf(ctx, t, ref)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return fmt.Errorf("find a sign-in: %w", err)
			}
			places[i] = store.Cursor{Key: k.outside(), Log: ref.Log}
		}
		return nil
	})
	return places, err
}

// placeOf gives the key of the line that a sign-in belongs to. With a hint the quarter of a day of its time is looked at first.
// Without one, and where it is not there, the look-up table is asked once for each quarter of a day that has sign-ins.
func (v *view) placeOf(ctx context.Context, t *table, ref store.Ref) (k rowKey, err error) {
	id, _ := encodeGUID(ref.ID)
	found := false
	if !ref.Near.IsZero() {
		about := quarterOf(clampedKeyAt(ref.Near))
		if k, found, err = findBetween(ctx, v.tx, t, id, about, about); err != nil {
			return 0, err
		}
	}
	if !found {
		if k, err = findAnyTime(ctx, v.tx, t, id); err != nil {
			return 0, err
		}
	}
	if !t.info.Folds {
		return k, nil
	}
	if k, err = v.lineOf(ctx, k); err != nil {
		return 0, fmt.Errorf("find the line of an event: %w", err)
	}
	return k, nil
}

// record reads a row's versions as received and merges them.
func (v *view) record(ctx context.Context, t *table, k rowKey) (store.Record, error) {
	events := []rowKey{k}
	if t.info.Folds {
		folded, err := v.keys(ctx, "SELECT k FROM folded WHERE line = ? ORDER BY k", int64(k))
		if err != nil {
			return store.Record{}, fmt.Errorf("read the events of a line: %w", err)
		}
		events = append(folded, k)
	}
	rows, err := v.rows(ctx, t, events, false)
	if err != nil {
		return store.Record{}, err
	}
	refs, err := versionRefs(ctx, v.tx, t, k)
	if err != nil {
		return store.Record{}, err
	}
	record := store.Record{Key: k.outside(), Events: rows}
	for _, ref := range refs {
		block, err := readBlock(ctx, v.tx, ref.doc.block())
		if err != nil {
			return store.Record{}, err
		}
		plain, err := unpackBlock(v.db.decoder, block.packed)
		if err != nil {
			return store.Record{}, err
		}
		doc, err := docAt(plain, ref.doc.position())
		if err != nil {
			return store.Record{}, err
		}
		if hashDoc(doc) != ref.hash {
			return store.Record{}, fmt.Errorf("%w: %w", errDamagedRow(t, int64(k)), errOtherRecord)
		}
		version, err := v.db.version(doc, block.received, t.log, rows[len(rows)-1].Entry.Head().ID)
		if err != nil {
			return store.Record{}, err
		}
		record.Versions = append(record.Versions, version)
	}
	t.kind.of.SortVersions(record.Versions)
	record.Entry = t.kind.of.Merge(record.Versions)
	return record, nil
}

// version reads a kept record back that was received at a time. The log and the id are the row's: a record in conflict got an id
// that it does not hold itself. Without an id the record's own stands.
func (db *DB) version(doc []byte, received time.Time, log store.Log, id string) (store.Version, error) {
	e, err := db.decode(log, doc)
	if err != nil {
		return store.Version{}, fmt.Errorf("read a kept record: %w", err)
	}
	head := e.Head()
	if head.Log = log; id != "" {
		head.ID = id
	}
	e.SetHead(head)
	return store.Version{Entry: e, Doc: doc, Received: received}, nil
}

// copyOf is version for a row of an id that is made again. A record that is not the row's is errOtherRecord. Where only the
// hash in ref is damaged, the record's own id tells that it is the row's. ref then gets its hash.
func (db *DB) copyOf(doc []byte, received time.Time, log store.Log, id id16, ref *versionRef) (store.Version, error) {
	if hash := hashDoc(doc); hash != ref.hash {
		own, err := db.version(doc, received, log, "")
		if err != nil {
			return own, err
		}
		if ownID, _ := encodeGUID(own.Entry.Head().ID); ownID != id {
			return own, errOtherRecord
		}
		ref.hash = hash
		return own, nil
	}
	var name string // an id that is a text stands in the record itself
	if !id.isHash() {
		name = id.guid()
	}
	return db.version(doc, received, log, name)
}

// versionRef is one kept copy of a sign-in.
type versionRef struct {
	doc  docRef
	hash int64
}

// versionRefs gives the kept copies of a row: its own record, or, where there are several, all.
func versionRefs(ctx context.Context, tx dbfile.Querier, t *table, k rowKey) ([]versionRef, error) {
	return readVersionRefs(tx.QueryContext(ctx, versionsOf(t), t.number, int64(k), int64(k)))
}

// versionRefs is versionRefs as the transaction sees them.
func (w *writing) versionRefs(t *table, k rowKey) ([]versionRef, error) {
	return readVersionRefs(w.query(versionsOf(t), t.number, int64(k), int64(k)))
}

// versionsOf asks for the copies of a row by its log and, twice, its key.
func versionsOf(t *table) string {
	return "SELECT doc, hash FROM versions WHERE log = ? AND k = ? UNION SELECT doc, hash FROM " + t.name + " WHERE k = ? ORDER BY doc"
}

func readVersionRefs(rows *sql.Rows, err error) ([]versionRef, error) {
	if err != nil {
		return nil, fmt.Errorf("read versions: %w", err)
	}
	defer rows.Close()
	var refs []versionRef
	for rows.Next() {
		var ref versionRef
		if err := rows.Scan(&ref.doc, &ref.hash); err != nil {
			return nil, err
		}
		refs = append(refs, ref)
	}
	return refs, rows.Err()
}
