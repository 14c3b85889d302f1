package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"signpost/store"
	"signpost/store/dbfile"
)

// view is one revision of the store, for one question or for all of one request. It has the columns in memory, and a
// transaction that sees the rows of the same revision.
type view struct {
	db    *DB
	tx    *sql.Tx
	state *state
}

// open begins a view of the store as it is now.
func (db *DB) open(ctx context.Context) (*view, error) {
	for {
		tx, err := db.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
		if err != nil {
			return nil, fmt.Errorf("begin to read: %w", err)
		}
		s, err := db.stateOf(ctx, tx)
		if err == nil {
			return &view{db: db, tx: tx, state: s}, nil
		}
		_ = tx.Rollback() // nothing was written
		var lost errLostSegment
		switch {
		case errors.As(err, &lost):
			if err := db.heal(ctx, lost); err != nil {
				return nil, err
			}
		case !errors.Is(err, errStale):
			return nil, err
		}
	}
}

func (v *view) close() { _ = v.tx.Rollback() } // nothing was written

// snapshot is the view that the questions of one request share.
type snapshot struct {
	db  *DB
	ctx context.Context // of the request: a question's own may end before

	mu   sync.Mutex
	view *sharedView // nil after a segment was found lost
}

// sharedView is a view that is closed when the last who uses it lets go: a snapshot and its questions.
type sharedView struct {
	*view
	users atomic.Int32
}

func (v *sharedView) letGo() {
	if v.users.Add(-1) == 0 {
		v.close()
	}
}

type snapshotKey struct{ db *DB }

// Snapshot makes the questions that are asked with the context it gives see one state of the store, until
// release is called; see store.Store.
func (db *DB) Snapshot(ctx context.Context) (with context.Context, release func(), err error) {
	s := &snapshot{db: db, ctx: ctx}
	v, err := s.use()
	if err != nil {
		return ctx, func() {}, dbfile.StoreError(ctx, err)
	}
	v.letGo()
	return store.WithVersions(context.WithValue(ctx, snapshotKey{db}, s), db.versionOf), s.close, nil
}

func (s *snapshot) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.view != nil {
		s.view.letGo()
		s.view = nil
	}
}

// use gives the view for one question, which lets it go when it is answered.
func (s *snapshot) use() (*sharedView, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.view == nil {
		v, err := s.db.open(s.ctx)
		if err != nil {
			return nil, err
		}
		s.view = &sharedView{view: v}
		s.view.users.Add(1)
	}
	s.view.users.Add(1)
	return s.view, nil
}

// giveUp makes the next question open another view. Nobody holds this one while it waits for another: views are as many as
// connections.
func (s *snapshot) giveUp(lost *sharedView) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.view == lost {
		s.view = nil
		lost.letGo()
	}
}

// maxHeals bounds how often one question is asked again because a segment was lost.
const maxHeals = 8

// read answers a question from one revision of the store: the request's, or the present one. Where a segment turns out to
// be lost, it is made again from the rows, and the question is asked once more.
func (db *DB) read(ctx context.Context, question func(v *view) error) error {
	s, shared := ctx.Value(snapshotKey{db}).(*snapshot)
	if !shared {
		s = &snapshot{db: db, ctx: ctx}
		defer s.close()
	}
	for heals := 0; ; heals++ {
		v, err := s.use()
		if err != nil {
			return dbfile.StoreError(ctx, err)
		}
		if err = question(v.view); err == nil {
			err = ctx.Err() // what a question leaves off at its context's end must not pass for an answer
		}
		v.letGo()
		var lost errLostSegment
		if !errors.As(err, &lost) || heals == maxHeals {
			return dbfile.StoreError(ctx, err)
		}
		s.giveUp(v)
		if err := db.heal(ctx, lost); err != nil {
			return dbfile.StoreError(ctx, err)
		}
	}
}

// table gives the rows of a log; ErrNotFound for one that the engine does not keep.
func (db *DB) table(log store.Log) (*table, error) {
	t, ok := db.schema.tables[log]
	if !ok {
		return nil, fmt.Errorf("log %q: %w", log, store.ErrNotFound)
	}
	return t, nil
}
