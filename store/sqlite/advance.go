package sqlite

import (
	"context"
	"fmt"
	"slices"
)

// commit commits what was written. Where the store's columns are in memory, those of the next revision are made first. They
// take their place at once, so no question has to read what was just written.
func (db *DB) commit(ctx context.Context, w *writing) error {
	next, err := db.advanced(ctx, w)
	if err != nil && ctx.Err() == nil {
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
		if ctx.Err() == nil {
			db.log.Warn("read new words", "error", err) // as above: the state is not put in place
		}
		return nil
	}
	db.state.Store(next)
	return nil
}

// advanced gives the state that the transaction will have made. It is nil where no state is in memory, or one of another
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
	if after.unfilled, err = db.unfilledLogs(ctx, w.tx); err != nil {
		return nil, err
	}
	for _, t := range db.schema.ordered {
		parts := &after.parts[t.place]
		if inserted := w.inserted[t]; inserted != nil && len(inserted.keys) > 0 {
			*parts, err = db.addInserted(ctx, t, *parts, inserted)
		} else {
			*parts, err = db.addChanged(ctx, w.tx, t, *parts, w.changed[t])
		}
		if err != nil {
			return nil, err
		}
	}
	return after, nil
}

// addInserted gives the parts with rows that were not there before.
func (db *DB) addInserted(ctx context.Context, t *table, parts []*part, inserted *partBuilder) ([]*part, error) {
	inserted.sort()
	added, err := inserted.part(db, t)
	if err != nil {
		return nil, err
	}
	return db.joinSmall(ctx, append(slices.Clone(parts), added))
}

// insertedInto gives the builder that also takes the rows inserted into a table, so that their columns are made without
// reading them. It is nil where they have to be read. That is so where nobody keeps columns in memory. It is so too where
// columns tell what comes later in the transaction: the lines that events are folded into.
func (w *writing) insertedInto(t *table) *partBuilder {
	b, ok := w.inserted[t]
	if !ok {
		if !t.info.Folds && w.db.state.Load() != nil {
			b = newPartBuilder(t.kind, w.rowsOf[t])
		}
		w.inserted[t] = b
	}
	return b
}
