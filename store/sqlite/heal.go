package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// heal gives up a segment that cols.db does not hold as it should: its rows count as changed, so they are
// read anew before the next answer and sealed again. Segments that overlap it in time go the same way, since
// which of the rows are in which is not known without their keys.
func (db *DB) heal(ctx context.Context, lost errLostSegment) error {
	db.committing.Lock()
	defer db.committing.Unlock()
	tx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin to make a segment anew: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	t := lost.part.table
	var lo, hi int64
	err = tx.QueryRowContext(ctx, "SELECT lo, hi FROM segments WHERE id = ?", lost.part.id).Scan(&lo, &hi)
	if err == sql.ErrNoRows { //nolint:errorlint // Scan gives it as it is
		return nil // replaced meanwhile: the question only has to be asked again
	}
	if err != nil {
		return fmt.Errorf("look for a segment: %w", err)
	}
	db.log.Warn("a segment is made anew from the rows", "segment", lost.part.id, "log", t.log, "cause", lost.cause)
	for {
		before := [2]int64{lo, hi}
		err := tx.QueryRowContext(ctx, "SELECT min(lo), max(hi) FROM segments WHERE log = ? AND lo <= ? AND hi >= ?", t.index, hi, lo).Scan(&lo, &hi)
		if err != nil {
			return fmt.Errorf("look for overlapping segments: %w", err)
		}
		if before == [2]int64{lo, hi} {
			break
		}
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM segments WHERE log = ? AND lo <= ? AND hi >= ?", t.index, hi, lo); err != nil {
		return fmt.Errorf("give up a segment: %w", err)
	}
	if err := noteRows(ctx, tx, t, lo, hi); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "UPDATE revision SET n = n + 1, sealing = sealing + 1"); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("give up a segment: %w", err)
	}
	db.cache.Forget(lost.part.id)
	return nil
}

// noteRows notes all rows of a log from lo to hi as changed.
func noteRows(ctx context.Context, tx *sql.Tx, t *table, lo, hi int64) error {
	rows, err := tx.QueryContext(ctx, "SELECT k FROM "+t.name+" WHERE k >= ? AND k <= ? ORDER BY k", lo, hi)
	if err != nil {
		return fmt.Errorf("read the keys of rows: %w", err)
	}
	defer rows.Close()
	keys := make([]store.Key, 0, segment.MaxRows)
	note := func() error {
		_, err := tx.ExecContext(ctx, "INSERT INTO changes (log, keys) VALUES (?, ?)", t.index, packKeys(keys))
		keys = keys[:0]
		return err
	}
	for rows.Next() {
		var k store.Key
		if err := rows.Scan(&k); err != nil {
			return err
		}
		if keys = append(keys, k); len(keys) == segment.MaxRows {
			if err := note(); err != nil {
				return err
			}
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return note()
}
