package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"signpost/store"
)

// SignIn gives one sign-in with its versions; see store.Store. Without a time to go by it asks the
// look-up table once for each day the log has.
func (db *DB) SignIn(ctx context.Context, log store.Log, id string) (store.Record, error) {
	t, err := db.table(log)
	if err != nil {
		return store.Record{}, err
	}
	var record store.Record
	err = db.read(ctx, func(v *view) error {
		wanted, _ := encodeGUID(id)
		k, err := findAnyDay(ctx, v.tx, t, wanted)
		if err != nil {
			return err
		}
		if log == store.Interactive {
			if k, err = v.lineOf(ctx, k); err != nil {
				return fmt.Errorf("find the line of an event: %w", err)
			}
		}
		record, err = v.record(ctx, t, k)
		return err
	})
	return record, err
}

// findAnyDay finds the row of an id on any day, the newest first.
func findAnyDay(ctx context.Context, tx querier, t *table, id id16) (store.Key, error) {
	var oldest, newest sql.NullInt64
	if err := tx.QueryRowContext(ctx, "SELECT (SELECT min(k) FROM "+t.name+"), (SELECT max(k) FROM "+t.name+")").Scan(&oldest, &newest); err != nil {
		return 0, fmt.Errorf("read the log's first and last time: %w", err)
	}
	if !newest.Valid {
		return 0, store.ErrNotFound
	}
	for day := dayOf(store.Key(newest.Int64)); day >= dayOf(store.Key(oldest.Int64)); day-- {
		k, err := findOnDay(ctx, tx, t, id, day)
		if !errors.Is(err, store.ErrNotFound) {
			return k, err
		}
	}
	return 0, store.ErrNotFound
}

// findOnDay finds the row of an id on one day.
func findOnDay(ctx context.Context, tx querier, t *table, id id16, day int64) (store.Key, error) {
	var k int64
	err := tx.QueryRowContext(ctx, "SELECT k FROM by_request JOIN "+t.name+" AS r USING (k) WHERE day = ? AND g = ? AND log = ? AND r.id = ?",
		day, id.prefix(), t.index, id[:]).Scan(&k)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, store.ErrNotFound
	}
	if err != nil {
		return 0, fmt.Errorf("look up a request ID: %w", err)
	}
	return store.Key(k), nil
}

// record reads a row's versions as received and merges them.
func (v *view) record(ctx context.Context, t *table, k store.Key) (store.Record, error) {
	events := []store.Key{k}
	if t.log == store.Interactive {
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
	record := store.Record{Key: k, Events: rows}
	for _, ref := range refs {
		doc, err := v.db.readDoc(ctx, v.tx, ref.doc)
		if err != nil {
			return store.Record{}, err
		}
		version, err := v.db.version(doc, t.log, rows[len(rows)-1].SignIn.ID)
		if err != nil {
			return store.Record{}, err
		}
		record.Versions = append(record.Versions, version)
	}
	store.SortVersions(record.Versions)
	record.SignIn = store.Merge(record.Versions)
	return record, nil
}

// version reads a kept record back. The log and the id are the row's: a record in conflict got an id
// that it does not hold itself. Without an id the record's own stands.
func (db *DB) version(doc []byte, log store.Log, id string) (store.Version, error) {
	s, err := db.decode(doc)
	if err != nil {
		return store.Version{}, fmt.Errorf("read a kept record: %w", err)
	}
	s.Log = log
	if id != "" {
		s.ID = id
	}
	return store.Version{SignIn: s, Doc: doc}, nil
}

// versionRef is one kept copy of a sign-in.
type versionRef struct {
	doc  docRef
	hash int64
}

// versionRefs gives the kept copies of a row: its own record, or, where there are several, all.
func versionRefs(ctx context.Context, tx querier, t *table, k store.Key) ([]versionRef, error) {
	rows, err := tx.QueryContext(ctx, "SELECT doc, hash FROM versions WHERE log = ? AND k = ? UNION SELECT doc, hash FROM "+t.name+" WHERE k = ? ORDER BY doc",
		t.index, int64(k), int64(k))
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
