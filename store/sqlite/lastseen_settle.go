package sqlite

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"signpost/store"
)

// settleSeen finds in the columns what last_seen lacks: everything where not every stored sign-in is in it yet, and what
// is stale. What is committed meanwhile stays as that transaction noted it.
func (db *DB) settleSeen(ctx context.Context) error {
	var complete, isStale bool
	var settled int64
	if err := db.reader.QueryRowContext(ctx, "SELECT complete, stale, settled FROM last_seen_state").Scan(&complete, &isStale, &settled); err != nil {
		return fmt.Errorf("read the state of last sign-ins: %w", err)
	}
	if complete && !isStale {
		return nil
	}
	at := seenEntities{settled: settled}
	var found, stale []seenEntity
	err := db.read(ctx, func(v *view) (err error) {
		at.revision, found = v.state.revision, nil
		if !complete {
			if found, err = v.findAllSeen(ctx); err != nil {
				return err
			}
		}
		if stale, err = staleSeen(ctx, v.tx); err != nil {
			return err
		}
		stale, err = v.findSeen(ctx, stale)
		return err
	})
	if err != nil {
		return err
	}
	return db.writeSeen(ctx, at, found, stale)
}

// findAllSeen finds the last sign-ins of every entity.
func (v *view) findAllSeen(ctx context.Context) (found []seenEntity, err error) {
	for e := range entityKinds {
		all, err := v.countEver(ctx, store.Entity(e), nil)
		if err != nil {
			return nil, err
		}
		for code := range all {
			if all[code].total() > 0 {
				found = append(found, seenEntity{store.Entity(e), int64(code), all[code].lastSeen()})
			}
		}
	}
	return found, nil
}

// writeSeen adds what was found at a revision, and puts what was stale right unless a later revision touched it. It writes
// nothing where somebody else settled something since: errStale.
func (db *DB) writeSeen(ctx context.Context, at seenEntities, found, stale []seenEntity) error {
	db.committing.Lock()
	defer db.committing.Unlock()
	tx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin to write last sign-ins: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	var settled int64
	if err := tx.QueryRowContext(ctx, "SELECT settled FROM last_seen_state").Scan(&settled); err != nil {
		return fmt.Errorf("read the state of last sign-ins: %w", err)
	}
	if settled != at.settled {
		return errStale
	}
	w := db.newWriting(ctx, tx, nil)
	slices.SortFunc(found, seenEntity.compare)
	for some := range slices.Chunk(found, seenAtOnce) {
		args := make([]any, 0, 6*len(some))
		for _, s := range some {
			args = append(args, int64(s.entity), s.code, int64(s.newest), s.name, s.username, int64(s.success))
		}
		// A row that was marked stale since stays so: the mark is not touched.
		if err := w.exec(raiseSeen(len(some), ">"), args...); err != nil {
			return fmt.Errorf("write last sign-ins: %w", err)
		}
	}
	for _, s := range stale {
		if s.newest == never {
			err = w.exec("DELETE FROM last_seen WHERE entity = ? AND code = ? AND stale <> 0 AND n <= ?", int64(s.entity), s.code, at.revision)
		} else {
			err = w.exec("UPDATE last_seen SET newest = ?, name = ?, username = ?, success = ?, stale = 0 WHERE entity = ? AND code = ? AND stale <> 0 AND n <= ?",
				int64(s.newest), s.name, s.username, int64(s.success), int64(s.entity), s.code, at.revision)
		}
		if err != nil {
			return fmt.Errorf("write a last sign-in: %w", err)
		}
	}
	if err := w.exec("UPDATE last_seen_state SET complete = 1, stale = EXISTS (SELECT 1 FROM last_seen WHERE stale <> 0), settled = settled + 1"); err != nil {
		return err
	}
	return tx.Commit()
}

// rebuildSeen makes last_seen of the rows alone.
func (db *DB) rebuildSeen(ctx context.Context) error {
	if err := db.emptySeen(ctx); err != nil {
		return fmt.Errorf("empty last sign-ins: %w", err)
	}
	for {
		if err := db.settleSeen(ctx); !errors.Is(err, errStale) {
			return err
		}
	}
}

func (db *DB) emptySeen(ctx context.Context) error {
	db.committing.Lock()
	defer db.committing.Unlock()
	tx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	for _, statement := range []string{"UPDATE last_seen_state SET complete = 0, settled = settled + 1", "DELETE FROM last_seen"} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return tx.Commit()
}
