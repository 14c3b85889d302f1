package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"

	"signpost/store"
	"signpost/store/dbfile"
)

// reindexBatch is how many rows one transaction of Reindex makes. They are about as many as an import's, so each block of
// records is unpacked a few times at most.
const reindexBatch = 10_000

// Reindex makes every row again from its records as received. What is derived (status codes, merged fields, columns) then
// follows the rules of this version of the program. done is told the rows so far. It may be stopped and run again at any
// time.
func (db *DB) Reindex(ctx context.Context, done func(rows int64)) error {
	db.reindexing.Store(true)
	defer db.reindexing.Store(false)
	var rows int64
	db.damagedRows = 0
	for _, t := range db.schema.ordered {
		var end sql.NullInt64
		if err := db.reader.QueryRowContext(ctx, "SELECT max(k) FROM "+t.name).Scan(&end); err != nil {
			return dbfile.StoreError(ctx, fmt.Errorf("read the end of %s: %w", t.name, err))
		}
		// Upwards: a row that moves stays within its second, and one that is met twice is made the same twice.
		for after := int64(-1 << 63); end.Valid && after < end.Int64; {
			last, n, err := db.reindexSome(ctx, t, after)
			if err != nil {
				return dbfile.StoreError(ctx, fmt.Errorf("reindex %s: %w", t.name, err))
			}
			if n == 0 {
				break
			}
			after = last
			rows += n
			done(rows)
		}
		if err := db.joinDoubles(ctx, t); err != nil {
			return dbfile.StoreError(ctx, fmt.Errorf("look for the same ids in %s: %w", t.name, err))
		}
		if err := db.noteReindexed(ctx, t); err != nil {
			return dbfile.StoreError(ctx, err)
		}
	}
	if err := db.rebuildSeen(ctx); err != nil {
		return dbfile.StoreError(ctx, err)
	}
	if db.damagedRows > 0 {
		return fmt.Errorf("%w: the records of %d sign-ins, which stay as they were: signpost check names them", store.ErrDamaged, db.damagedRows)
	}
	return nil
}

// noteReindexed notes that all rows of a log are as today's rules make them.
func (db *DB) noteReindexed(ctx context.Context, t *table) error {
	db.committing.Lock()
	defer db.committing.Unlock()
	tx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	if err := db.noteFilled(ctx, tx, t, sql.NullInt64{}); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM told WHERE log = ? AND k NOT IN (SELECT k FROM "+t.name+")", t.number); err != nil {
		return fmt.Errorf("forget told copies that are gone: %w", err)
	}
	if _, err := tx.ExecContext(ctx, "UPDATE revision SET n = n + 1"); err != nil {
		return err
	}
	return tx.Commit()
}

// reindexSome makes the next rows after a key again, in one transaction.
func (db *DB) reindexSome(ctx context.Context, t *table, after int64) (last, n int64, err error) {
	db.committing.Lock()
	defer db.committing.Unlock()
	tx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return 0, 0, err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	keys, err := nextKeys(ctx, tx, t, after)
	if err != nil {
		return 0, 0, err
	}
	w := db.newWriting(ctx, tx, &batch{newWord: map[pendingWord]int{}})
	w.firstBlock = noBlock
	if err := db.words.refresh(ctx, tx); err != nil {
		return 0, 0, err
	}
	last = math.MinInt64
	for _, row := range keys {
		refs, err := versionRefs(ctx, tx, t, row.k)
		if err != nil {
			return 0, 0, err
		}
		last = max(last, int64(row.k))
		_, err = w.rebuild(t, row.k, row.id, refs)
		if errors.Is(err, store.ErrDamaged) { // the others are made again all the same, and the log tells
			db.damagedRows++
			continue
		}
		if err != nil {
			return 0, 0, err
		}
	}
	if err := w.foldLines(); err != nil {
		return 0, 0, fmt.Errorf("fold events into lines: %w", err)
	}
	if err := w.noteChanges(); err != nil {
		return 0, 0, err
	}
	if err := tx.Commit(); err != nil {
		return 0, 0, err
	}
	db.countUnsealed(len(keys))
	return last, int64(len(keys)), nil
}

type keyedID struct {
	k   rowKey
	id  id16
	doc docRef
}

func nextKeys(ctx context.Context, tx *sql.Tx, t *table, after int64) ([]keyedID, error) {
	rows, err := tx.QueryContext(ctx, "SELECT k, id, doc FROM "+t.name+" WHERE k > ? ORDER BY k LIMIT ?", after, reindexBatch)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var keys []keyedID
	for rows.Next() {
		var row keyedID
		var id []byte
		if err := rows.Scan(&row.k, &id, &row.doc); err != nil {
			return nil, err
		}
		row.id, _ = blobID(id)
		keys = append(keys, row)
	}
	// In the order of their records: a block is then unpacked once.
	slices.SortFunc(keys, func(a, b keyedID) int { return cmp.Compare(a.doc, b.doc) })
	return keys, rows.Err()
}
