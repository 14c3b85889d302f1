package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"signpost/store"
	"signpost/store/dbfile"
)

// Sealing makes segments of the rows in memory. First the columns go into cols.db. Then one transaction of main.db says
// that the segments count and that the changes they hold are done. So at whatever moment the process dies, cols.db has what
// main.db names. What else is in cols.db is thrown away at the next start.

// sealer is the background work on cols.db, done by the process that holds the lock file.
type sealer struct {
	db      *DB
	mu      sync.Mutex // held during a step
	path    string
	letGo   func() error // of the lock file; nil while this process does not hold it
	graves  []grave
	wake    chan struct{}
	stopped chan struct{}
	failed  time.Time   // when sealing failed last
	unclean atomic.Bool // cols.db may hold segments that main.db does not know
	// since is when the present revision was first seen.
	revision int64
	since    time.Time
	// watched is when the write-ahead logs were looked at last.
	watched time.Time
	// refillAfter is when the next rows are made again at the earliest.
	refillAfter time.Time
}

func (db *DB) newSealer(folder string) *sealer {
	return &sealer{db: db, path: filepath.Join(folder, "seal.lock"), wake: make(chan struct{}, 1), stopped: make(chan struct{})}
}

// poke says that much was written.
func (s *sealer) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// run seals what is to be sealed until the context ends, and then what is left.
func (s *sealer) run(ctx context.Context) {
	defer close(s.stopped)
	tick := time.NewTicker(s.db.sizes.tick)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			s.step(context.WithoutCancel(ctx), true)
			if s.letGo != nil {
				if err := s.letGo(); err != nil {
					s.db.log.Warn("let go of the lock file", "error", err)
				}
			}
			return
		case <-s.wake:
		case <-tick.C:
		}
		s.step(ctx, false)
	}
}

// step takes hold of the lock file, if it can, and seals. What fails is tried again later: the answers do not depend on
// it.
func (s *sealer) step(ctx context.Context, all bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.db.dropIDs()
	s.db.reserve.Take()
	if s.letGo == nil {
		letGo, held, err := dbfile.Hold(s.path)
		if err != nil {
			s.db.log.Warn("take hold of the lock file", "error", err)
		}
		if s.letGo = letGo; !held {
			s.attempt(ctx, "read what another process wrote", s.catchUp)
			return
		}
		s.unclean.Store(true)
	}
	if !all && time.Since(s.failed) < s.db.sizes.retryTime {
		return
	}
	if s.unclean.Swap(false) {
		s.attempt(ctx, "clean cols.db", s.clean)
	}
	s.attempt(ctx, "clean cols.db", s.bury)
	s.attempt(ctx, "seal rows", func(ctx context.Context) error { return s.seal(ctx, all) })
	if all {
		return
	}
	s.watchLogs(ctx)
	s.attempt(ctx, "find last sign-ins", s.db.settleSeen)
	s.attempt(ctx, "give words their sums", s.db.sumWords)
	if err := s.refill(ctx); err != nil && ctx.Err() == nil {
		s.db.log.Warn("read older records again", "error", err)
		s.refillAfter = time.Now().Add(s.db.sizes.retryTime)
	}
}

// attempt does something and logs that it failed. Where cols.db is the reason, it is mended.
func (s *sealer) attempt(ctx context.Context, doing string, do func(context.Context) error) {
	err := do(ctx)
	if err == nil {
		return
	}
	s.unclean.Store(true) // what was written is of no use, and a full disk needs the room
	if ctx.Err() != nil || errors.Is(err, errStale) || errors.Is(err, store.ErrRebuilding) {
		return
	}
	s.db.log.Warn(doing, "error", err)
	var lost errLostSegment
	switch {
	case errors.As(err, &lost):
		err = s.db.heal(ctx, lost)
	case errors.Is(err, errBroken):
		err = s.beginAnew(ctx)
	default:
		s.failed = time.Now()
		return
	}
	if err != nil {
		s.failed = time.Now()
		s.db.log.Warn("mend cols.db", "error", err)
	}
}

// catchUp reads what other processes wrote, so that the next question does not have to. Where it is much, a question would
// read in vain until its deadline.
func (s *sealer) catchUp(ctx context.Context) error {
	v, err := s.db.open(ctx)
	if err == nil {
		v.close()
	}
	return err
}

// sealed is what sealing makes of one log.
type sealed struct {
	table    *table
	replaced []*part // parts of the state it began with
	made     []*part
}

// seal makes segments of the logs that have enough rows in memory, or of all.
func (s *sealer) seal(ctx context.Context, all bool) error {
	if err := s.db.cols.reopen(ctx, false); err != nil {
		return err
	}
	if err := s.drain(ctx); err != nil {
		return err
	}
	v, err := s.db.open(ctx)
	if err != nil {
		return err
	}
	before := v.state
	v.close()
	if before.revision != s.revision {
		s.revision, s.since = before.revision, time.Now()
	}
	var work []sealed
	for _, t := range s.db.schema.ordered {
		replaced := s.toSeal(before.of(t), all)
		if len(replaced) == 0 {
			continue
		}
		w := sealed{table: t, replaced: replaced}
		w.made, err = s.db.join(ctx, replaced, func(p *part) error {
			// A number says which rows they are: no other segment has it, of whatever folder or backup cols.db is.
			p.id = 1 + rand.Int64N(maxSegmentID-1)
			return s.db.cols.write(ctx, p.id, p)
		})
		if err != nil {
			return fmt.Errorf("make segments of the %s log: %w", t.log, err)
		}
		work = append(work, w)
	}
	if len(work) == 0 {
		return nil
	}
	return s.commit(ctx, before, work)
}

// toSeal chooses the parts of a log that are to become segments now.
func (s *sealer) toSeal(parts []*part, all bool) []*part {
	var inMemory, small []*part
	rows := 0
	for _, p := range parts {
		switch {
		case p.memory != nil:
			inMemory = append(inMemory, p)
			rows += p.alive()
		case p.alive() < s.db.sizes.smallRows:
			small = append(small, p)
		}
	}
	size := &s.db.sizes
	idle := rows >= size.idleRows && time.Since(s.since) >= size.idleTime
	switch {
	case len(inMemory) == 0, rows < size.sealRows && !idle && !all:
		return nil
	case len(small) >= size.smallSegments:
		return append(small, inMemory...)
	}
	return inMemory
}

// commit says in main.db that the segments count.
func (s *sealer) commit(ctx context.Context, before *state, work []sealed) error {
	s.db.committing.Lock()
	defer s.db.committing.Unlock()
	tx, err := s.db.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin to note segments: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	now, err := s.db.stateOf(ctx, tx)
	if err != nil {
		return err
	}
	if now.sealing != before.sealing {
		return errStale
	}
	after := &state{revision: now.revision + 1, sealing: now.sealing + 1, seq: now.seq, parts: slices.Clone(now.parts), unfilled: now.unfilled}
	for _, w := range work {
		if after.parts[w.table.place], err = s.note(ctx, tx, before, now, w); err != nil {
			return fmt.Errorf("note the segments of the %s log: %w", w.table.log, err)
		}
	}
	if _, err := tx.ExecContext(ctx, "UPDATE revision SET n = n + 1, sealing = sealing + 1"); err != nil {
		return err
	}
	if err := s.db.refreshing.Acquire(ctx, 1); err != nil {
		return err
	}
	defer s.db.refreshing.Release(1)
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("note segments: %w", err)
	}
	s.db.state.Store(after)
	s.revision = after.revision
	for _, w := range work {
		for _, p := range w.replaced {
			if p.memory == nil {
				s.db.cache.Forget(p.id)
				s.graves = append(s.graves, grave{p.id, time.Now()})
			}
		}
	}
	return nil
}

// note replaces parts of a log by the segments that were made of them, and gives the log's parts.
func (s *sealer) note(ctx context.Context, tx *sql.Tx, before, now *state, w sealed) ([]*part, error) {
	later, err := s.changedSince(ctx, tx, w.table, before.seq)
	if err != nil {
		return nil, err
	}
	replaced := map[int64]bool{}
	for _, p := range w.replaced {
		replaced[p.id] = true
		if p.memory != nil {
			continue
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM segments WHERE id = ?", p.id); err != nil {
			return nil, err
		}
	}
	var parts []*part
	for _, p := range now.of(w.table) {
		if p.memory != nil || replaced[p.id] {
			continue
		}
		// The changes that took rows of it away are about to be forgotten.
		if p.dead.len() > 0 {
			if _, err := tx.ExecContext(ctx, "UPDATE segments SET dead = ? WHERE id = ?", p.dead.pack(), p.id); err != nil {
				return nil, err
			}
		}
		parts = append(parts, p)
	}
	for _, made := range w.made {
		made, err := sourceOf(ctx, made, s.db).without(later)
		if err != nil {
			return nil, err
		}
		if err := s.insert(ctx, tx, made); err != nil {
			return nil, err
		}
		onDisk := *made
		onDisk.memory = nil
		parts = append(parts, &onDisk)
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM changes WHERE log = ? AND seq <= ?", w.table.number, before.seq); err != nil {
		return nil, err
	}
	return s.db.addChanged(ctx, tx, w.table, parts, later)
}

// insert says in main.db that a segment counts.
func (s *sealer) insert(ctx context.Context, tx *sql.Tx, made *part) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO segments (id, log, lo, hi, rows, columns, dead) VALUES (?, ?, ?, ?, ?, ?, ?)",
		made.id, made.table.number, int64(made.lo), int64(made.hi), made.rows, made.table.kind.print, made.dead.pack())
	return err
}

// changedSince gives the keys of a log that changed behind a place in the notes.
func (s *sealer) changedSince(ctx context.Context, tx *sql.Tx, t *table, seq int64) ([]rowKey, error) {
	rows, err := tx.QueryContext(ctx, "SELECT keys FROM changes WHERE log = ? AND seq > ?", t.number, seq)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var keys []rowKey
	for rows.Next() {
		var packed []byte
		if err := rows.Scan(&packed); err != nil {
			return nil, err
		}
		if keys, err = unpackKeys(keys, packed); err != nil {
			return nil, err
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys), rows.Err()
}
