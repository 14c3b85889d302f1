package sqlite

import (
	"context"
	"fmt"
	"slices"
)

// commit commits what was written. Where the columns of the store are in memory, those of the revision to come are made
// first and take their place at once, so that no question has to read what was just written.
func (db *DB) commit(ctx context.Context, w *writing) error {
	next, err := db.advanced(ctx, w)
	if err != nil {
		db.log.Warn("bring the columns in memory up to date", "error", err) // the next question does
	}
	if next == nil || err != nil {
		return w.tx.Commit()
	}
	if err := db.refreshing.Acquire(ctx, 1); err != nil {
		return err
	}
	defer db.refreshing.Release(1)
	if err := w.tx.Commit(); err != nil {
		return err
	}
	// By the writer's connection: those of readers may all be waiting for this.
	if err := db.words.refresh(ctx, db.writer); err != nil {
		db.log.Warn("read new words", "error", err) // as above: the state is not put in place
		return nil
	}
	db.state.Store(next)
	return nil
}

// advanced gives the state that the transaction will have made; nil where no state is in memory, or one of another
// revision than the transaction began with.
func (db *DB) advanced(ctx context.Context, w *writing) (*state, error) {
	before := db.state.Load()
	if before == nil {
		return nil, nil
	}
	var revision, sealing, seq int64
	err := w.tx.QueryRowContext(ctx, "SELECT n, sealing, (SELECT coalesce(max(seq), -1) FROM changes) FROM revision").Scan(&revision, &sealing, &seq)
	if err != nil {
		return nil, fmt.Errorf("read the revision: %w", err)
	}
	if before.revision != revision-1 || before.sealing != sealing {
		return nil, nil
	}
	after := &state{revision: revision, sealing: sealing, seq: max(seq, before.seq), parts: slices.Clone(before.parts)}
	for _, t := range db.schema.ordered {
		keys := slices.Clone(w.changed[t])
		slices.Sort(keys)
		keys = slices.Compact(keys)
		if after.parts[t.index], err = db.addChanged(ctx, w.tx, t, after.parts[t.index], keys); err != nil {
			return nil, err
		}
	}
	return after, nil
}
