package sqlite

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"signpost/store"
	"signpost/store/dbfile"
)

// getOwn gives one sign-in if it is a person's own; see store.GetQuery. Another person's sign-in and an ID that
// nobody has cost the same statements, so the time of the answer does not tell them apart. No look-up ends early. The owner
// is compared before anything else of the sign-in is read.
func (db *DB) getOwn(ctx context.Context, q store.GetQuery) (record store.Record, err error) {
	person := *q.Owner
	if person.IsEmpty() {
		return store.Record{}, store.ErrNotFound
	}
	wanted, _ := encodeGUID(q.ID)
	err = db.read(ctx, func(v *view) error {
		t, k, err := v.ownRow(ctx, v.tx, person, wanted)
		if err != nil {
			return err
		}
		if t.info.Folds {
			if k, err = v.lineOf(ctx, k); err != nil {
				return fmt.Errorf("find the line of an event: %w", err)
			}
		}
		if record, err = v.record(ctx, t, k); err == nil && !(person.Owns(record.SignIn()) && q.Scopes.Have(t.info, record.Entry)) {
			err = store.ErrNotFound
		}
		return err
	})
	if err != nil {
		return store.Record{}, err
	}
	return record, nil
}

// ownRow finds the row of an ID among a person's own: in one log after the other, ErrNotFound where none has it.
func (v *view) ownRow(ctx context.Context, q dbfile.Querier, person store.Person, id id16) (*table, rowKey, error) {
	user := v.db.schema.byProp[store.UserID]
	own := user.words.anyOf([]string{person.UserID})
	for _, log := range personLogs {
		t := v.db.schema.tables[log]
		keys, err := requestKeys(ctx, q, t, id)
		if err != nil {
			return nil, 0, err
		}
		if len(keys) == 0 {
			keys = append(keys, v.anyKey(t, id)) // a row is read either way
		}
		for _, k := range keys {
			owner, isRow, err := v.ownerOf(ctx, q, t, k, id)
			if err != nil {
				return nil, 0, err
			}
			if isRow && slices.Contains(own, owner) {
				return t, k, nil
			}
		}
	}
	return nil, 0, store.ErrNotFound
}

// requestKeysSQL goes through every quarter of a day that the look-up table has. A sign-in that is found sooner than
// another would tell its time.
const requestKeysSQL = "WITH RECURSIVE quarters (quarter) AS (SELECT max(quarter) FROM by_request UNION ALL " +
	"SELECT (SELECT max(quarter) FROM by_request AS l WHERE l.quarter < quarters.quarter) FROM quarters WHERE quarters.quarter IS NOT NULL) " +
	"SELECT l.k FROM quarters CROSS JOIN by_request AS l ON l.quarter = quarters.quarter AND l.g = ?1 AND l.log = ?2"

// requestKeys gives the keys of the rows of a log that may have an ID, by its first 48 bits.
func requestKeys(ctx context.Context, q dbfile.Querier, t *table, id id16) ([]rowKey, error) {
	keys, err := readKeys(ctx, q, requestKeysSQL, id.prefix(), t.number)
	if err != nil {
		return nil, fmt.Errorf("look up a request ID: %w", err)
	}
	return keys, nil
}

// anyKey gives a time within those of a log that depends on the ID alone.
func (v *view) anyKey(t *table, id id16) rowKey {
	first, last := rowKey(math.MaxInt64), rowKey(math.MinInt64)
	for _, p := range v.state.of(t) {
		first, last = min(first, p.lo), max(last, p.hi)
	}
	if first >= last {
		return first
	}
	return first + rowKey(binary.BigEndian.Uint64(id[8:])%uint64(last-first))
}

// ownerOf reads the code of the user ID of the row at a key, or of the next row behind it. isRow says that the row stands
// at the key and has the ID.
func (v *view) ownerOf(ctx context.Context, q dbfile.Querier, t *table, k rowKey, id id16) (owner int64, isRow bool, err error) {
	var at rowKey
	var found, fields []byte
	row := q.QueryRowContext(ctx, "SELECT k, id, fields FROM "+t.name+" WHERE k >= ? ORDER BY k LIMIT 1", int64(k))
	err = row.Scan(&at, &found, &fields)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil // the log is empty
	}
	if err != nil {
		return 0, false, fmt.Errorf("read the owner of a sign-in: %w", err)
	}
	values := make([]int64, len(t.kind.columns))
	if err := t.kind.readFields(fields, values, nil); err != nil {
		return 0, false, err
	}
	same, ok := blobID(found)
	return values[v.db.schema.byProp[store.UserID].index], ok && at == k && same == id, nil
}
