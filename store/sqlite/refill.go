package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"signpost/store"
	"signpost/store/dbfile"
)

// Refilling makes the rows of older rules again from their records, the newest first. The records are read and decoded
// without a lock. The write lock is held only to write the rows that came out otherwise, some thousands at a time. How far
// it came is part of the same transaction, so the next holder of the sealer's lock goes on from there. A question sees each
// row either as it was or as it is.

// refill makes rows again for a while, if there are any to be made.
func (s *sealer) refill(ctx context.Context) error {
	if s.db.reindexing.Load() || time.Now().Before(s.refillAfter) {
		return nil
	}
	begun := time.Now()
	for {
		more, err := s.db.refillSome(ctx)
		if err != nil || !more {
			return err
		}
		if worked := time.Since(begun); worked >= s.db.sizes.refillTime {
			rest := worked // half of the time is for others
			if time.Since(time.UnixMicro(s.db.committed.Load())) < refillYields {
				rest *= 4
			}
			s.refillAfter = time.Now().Add(rest)
			return nil
		}
	}
}

// refillYields is how long after a commit an import counts as under way: most of the time is then the import's.
const refillYields = 2 * time.Second

// refillSome makes the next rows of one log again; more says that it found some to make.
func (db *DB) refillSome(ctx context.Context) (more bool, err error) {
	tx, err := db.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return false, fmt.Errorf("begin to read older records: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	r, err := db.nextRefill(ctx, tx)
	if err != nil || r == nil {
		return false, err
	}
	if err := r.read(ctx, tx); err != nil {
		return false, fmt.Errorf("read older records of the %s log: %w", r.table.log, err)
	}
	if err := tx.Rollback(); err != nil {
		return false, err
	}
	if r.end {
		if err := db.joinDoubles(ctx, r.table); err != nil {
			return false, fmt.Errorf("look for the same ids in the %s log: %w", r.table.log, err)
		}
	}
	if err := r.write(ctx); err != nil {
		return false, fmt.Errorf("make rows of the %s log again: %w", r.table.log, err)
	}
	return true, nil
}

// refilling is some rows of one log that are made again.
type refilling struct {
	db    *DB
	table *table
	below rowKey // they are the newest rows below this key
	end   bool   // there are no older ones
	batch *batch
	rows  []refillRow
}

// refillRow is a row as it stands, and as it is made from its records.
type refillRow struct {
	stored   preparedRow
	k        rowKey
	versions int
	doc      docRef
	verdict  verdict // of the row as it stands
	rehashed bool    // a hash of it is damaged
	refs     []versionRef
	copies   []store.Version
	trouble  error // the records cannot be read: the row stays as it is

	made   preparedRow
	newest versionRef
}

// nextRefill chooses the log with the newest rows to make again; nil where there is none.
func (db *DB) nextRefill(ctx context.Context, tx dbfile.Querier) (*refilling, error) {
	logs, err := db.unfilledLogs(ctx, tx)
	if err != nil {
		return nil, err
	}
	var next *refilling
	for i, u := range logs {
		if u != allFilled && (next == nil || u.rows > next.below) {
			next = &refilling{db: db, table: db.schema.ordered[i], below: u.rows, batch: &batch{newWord: map[pendingWord]int{}}}
		}
	}
	return next, nil
}
