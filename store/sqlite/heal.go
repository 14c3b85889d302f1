package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"

	"signpost/store/sqlite/segment"
)

// heal drops a segment that is missing from cols.db or damaged, and marks its rows as changed. They are read again before
// the next answer, and sealed again. One loss is seldom alone, so all others are looked for too.
func (db *DB) heal(ctx context.Context, lost errLostSegment) error {
	return db.giveUpSegments(ctx, &lost)
}

// giveUpSegments gives up all segments that cannot be used, the one that is known to be lost among them. Nothing happens
// where that one was replaced meanwhile: the question only has to be asked again.
func (db *DB) giveUpSegments(ctx context.Context, known *errLostSegment) error {
	if err := lock(ctx, &db.committing); err != nil {
		return err
	}
	defer db.committing.Unlock()
	tx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin to make segments anew: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	parts, lost, err := db.manifest(ctx, tx)
	if err != nil {
		return err
	}
	if known != nil {
		has := func(p *part) bool { return p.id == known.part.id }
		if !slices.ContainsFunc(parts, has) && !slices.ContainsFunc(lost, func(l errLostSegment) bool { return has(l.part) }) {
			return nil
		}
	}
	if err := db.cols.reopen(ctx, false); err != nil {
		return err
	}
	var sound []*part
	for _, p := range parts {
		var damage errLostSegment
		err := db.verify(ctx, p)
		switch {
		case errors.As(err, &damage):
			lost = append(lost, damage)
		case err != nil:
			return err
		case known != nil && p.id == known.part.id: // whatever it was, it was not as it should be
			lost = append(lost, *known)
		default:
			sound = append(sound, p)
		}
	}
	for _, l := range lost {
		if err := db.giveUp(ctx, tx, l, sound); err != nil {
			return err
		}
	}
	if len(lost) == 0 {
		return nil
	}
	if _, err := tx.ExecContext(ctx, "UPDATE revision SET n = n + 1, sealing = sealing + 1"); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("give up segments: %w", err)
	}
	for _, l := range lost {
		db.cache.Forget(l.part.id)
	}
	db.sealer.unclean.Store(true)
	return nil
}

// lock locks within the time of a context, in turn with all who want the lock.
func lock(ctx context.Context, mu *sync.Mutex) error {
	locked := make(chan struct{})
	go func() {
		mu.Lock()
		select {
		case locked <- struct{}{}:
		case <-ctx.Done():
			mu.Unlock()
		}
	}()
	select {
	case <-locked:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// verify reads all of a segment. Where that cannot be done, the error is errLostSegment.
func (db *DB) verify(ctx context.Context, p *part) (err error) {
	if p.bounds, err = db.cols.head(ctx, p); err != nil {
		return err
	}
	s := sourceOf(ctx, p, db)
	for slot, b := range p.bounds {
		if b.lo == b.hi {
			continue
		}
		if p.table.kind.listColumn(p.layout.columnAt(slot)) != nil {
			_, err = load(s, slot, segment.DecodeLists)
		} else {
			_, err = load(s, slot, segment.Decode)
		}
		if err != nil {
			return err
		}
	}
	_, err = load(s, keysSlot, segment.DecodeKeys)
	return err
}

// giveUp notes the rows of a segment as changed: those within its time that no sound segment has.
func (db *DB) giveUp(ctx context.Context, tx *sql.Tx, lost errLostSegment, sound []*part) error {
	p := lost.part
	db.log.Warn("a segment is made anew from the rows", "segment", p.id, "log", p.table.log, "rows", p.rows, "cause", lost.cause)
	if _, err := tx.ExecContext(ctx, "DELETE FROM segments WHERE id = ?", p.id); err != nil {
		return fmt.Errorf("give up a segment: %w", err)
	}
	var others []*part
	var keys []*segment.Keys
	for _, other := range sound {
		if other.table != p.table || !other.overlaps(p.lo, p.hi+1) {
			continue
		}
		k, err := sourceOf(ctx, other, db).Keys()
		if err != nil {
			return err
		}
		others, keys = append(others, other), append(keys, k)
	}
	return noteSome(ctx, tx, p.table, int64(p.lo), int64(p.hi), func(k rowKey) bool {
		for i, other := range others {
			if row := keys[i].Find(int64(k)); row < other.rows && keys[i].At(row) == int64(k) && !other.dead.has(row) {
				return false
			}
		}
		return true
	})
}

// noteSome notes the rows of a log from lo to hi that pass as changed.
func noteSome(ctx context.Context, tx *sql.Tx, t *table, lo, hi int64, passes func(rowKey) bool) error {
	rows, err := tx.QueryContext(ctx, "SELECT k FROM "+t.name+" WHERE k >= ? AND k <= ? ORDER BY k", lo, hi)
	if err != nil {
		return fmt.Errorf("read the keys of rows: %w", err)
	}
	defer rows.Close()
	const some = segment.MaxRows
	var keys []rowKey
	note := func() error {
		_, err := tx.ExecContext(ctx, "INSERT INTO changes (log, keys) VALUES (?, ?)", t.number, packKeys(keys))
		keys = keys[:0]
		return err
	}
	for rows.Next() {
		var k rowKey
		if err := rows.Scan(&k); err != nil {
			return err
		}
		if !passes(k) {
			continue
		}
		if keys = append(keys, k); len(keys) == some {
			if err := note(); err != nil {
				return err
			}
		}
	}
	if err := rows.Err(); err != nil || len(keys) == 0 {
		return err
	}
	return note()
}
