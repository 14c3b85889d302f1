package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"

	"signpost/store/dbfile"
)

// A backlog is more changes than a question can be asked to read. Either cols.db was lost, or a program with other columns
// made it: every row has to be read once more. Questions are refused until the sealer has made the segments. It takes a few
// rows at a time, so memory does not depend on how many there are.

// hasBacklog says whether there are more changes behind a place in the notes than a question may be asked to read.
func (db *DB) hasBacklog(ctx context.Context, tx dbfile.Querier, seq int64) (bool, error) {
	var bytes int64
	err := tx.QueryRowContext(ctx, "SELECT coalesce(sum(length(keys)), 0) FROM changes WHERE seq > ? AND log IN ("+db.schema.numbers+")", seq).Scan(&bytes)
	if err != nil {
		return false, fmt.Errorf("look how much changed: %w", err)
	}
	return bytes > db.sizes.backlogBytes, nil
}

// drain makes segments of a backlog.
func (s *sealer) drain(ctx context.Context) error {
	for told := false; ; told = true {
		backlog, err := s.db.hasBacklog(ctx, s.db.reader, -1)
		if err != nil || !backlog {
			if told && err == nil {
				s.db.log.Info("the columns are made")
			}
			return err
		}
		if !told {
			s.db.log.Info("the columns of the store are made anew from its rows; questions are refused meanwhile")
		}
		if err := s.drainSome(ctx); err != nil {
			return fmt.Errorf("make columns anew: %w", err)
		}
	}
}

// drainSome makes segments of the oldest changes of one log, in one transaction.
func (s *sealer) drainSome(ctx context.Context) error {
	db := s.db
	db.committing.Lock()
	defer db.committing.Unlock()
	tx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	t, last, keys, err := db.oldestChanges(ctx, tx)
	if err != nil || t == nil {
		return err
	}
	if err := s.sealKeys(ctx, tx, t, keys); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM changes WHERE log = ? AND seq <= ?", t.number, last); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "UPDATE revision SET n = n + 1, sealing = sealing + 1"); err != nil {
		return err
	}
	return tx.Commit()
}

// oldestChanges gives the keys of the oldest changes of the log that has the oldest, sizes.sealRows of them or some more, and
// the place of the last in the notes; a nil table where there is none.
func (db *DB) oldestChanges(ctx context.Context, tx *sql.Tx) (t *table, last int64, keys []rowKey, err error) {
	found, err := tx.QueryContext(ctx, "SELECT seq, log, keys FROM changes WHERE log = (SELECT log FROM changes WHERE log IN ("+db.schema.numbers+") ORDER BY seq LIMIT 1) ORDER BY seq")
	if err != nil {
		return nil, 0, nil, fmt.Errorf("read what changed: %w", err)
	}
	defer found.Close()
	for len(keys) < db.sizes.sealRows && found.Next() {
		var log int64
		var packed []byte
		if err := found.Scan(&last, &log, &packed); err != nil {
			return nil, 0, nil, err
		}
		t = db.schema.byNumber[log]
		if keys, err = unpackKeys(keys, packed); err != nil {
			return nil, 0, nil, err
		}
	}
	slices.Sort(keys)
	return t, last, slices.Compact(keys), found.Err()
}

// sealKeys makes segments of the rows of some keys as they stand now. In older segments they no longer count.
func (s *sealer) sealKeys(ctx context.Context, tx *sql.Tx, t *table, keys []rowKey) error {
	db := s.db
	parts, lost, err := db.manifest(ctx, tx)
	if err != nil {
		return err
	}
	if len(lost) > 0 {
		return lost[0]
	}
	for _, p := range parts {
		if p.table != t {
			continue
		}
		without, err := sourceOf(ctx, p, db).without(keys)
		if err != nil {
			return err
		}
		if without != p {
			if _, err := tx.ExecContext(ctx, "UPDATE segments SET dead = ? WHERE id = ?", without.dead.pack(), p.id); err != nil {
				return err
			}
		}
	}
	var read []*part
	for some := range slices.Chunk(keys, db.sizes.partKeys) {
		p, err := db.readPart(ctx, tx, t, some)
		if err != nil {
			return err
		}
		if p != nil {
			read = append(read, p)
		}
	}
	if len(read) == 0 {
		return nil
	}
	made, err := db.join(ctx, read, func(p *part) error {
		p.id = 1 + rand.Int64N(maxSegmentID-1)
		return db.cols.write(ctx, p.id, p)
	})
	if err != nil {
		return err
	}
	for _, p := range made {
		if err := s.insert(ctx, tx, p); err != nil {
			return err
		}
	}
	return nil
}
