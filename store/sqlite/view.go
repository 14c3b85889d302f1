package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"signpost/store"
)

// view is one revision of the store for one question, or for all of one request: the columns in memory and a
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
	mu   sync.Mutex
	db   *DB
	view *view
	old  []*view // of before a segment was found lost: questions may still be reading
}

type snapshotKey struct{ db *DB }

// Snapshot makes the questions that are asked with the context it gives see one state of the store, until
// release is called; see store.Store.
func (db *DB) Snapshot(ctx context.Context) (with context.Context, release func(), err error) {
	v, err := db.open(ctx)
	if err != nil {
		return ctx, func() {}, asStoreError(ctx, err)
	}
	s := &snapshot{db: db, view: v}
	return context.WithValue(ctx, snapshotKey{db}, s), s.close, nil
}

func (s *snapshot) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range append(s.old, s.view) {
		v.close()
	}
}

func (s *snapshot) current() *view {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.view
}

// renew replaces a view whose segments are not all there.
func (s *snapshot) renew(ctx context.Context, lost *view) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.view != lost {
		return nil
	}
	v, err := s.db.open(ctx)
	if err == nil {
		s.old, s.view = append(s.old, s.view), v
	}
	return err
}

// maxHeals bounds how often one question is asked anew because a segment was lost.
const maxHeals = 8

// read answers a question from one revision of the store: the request's, or the present one. Where a segment
// turns out to be lost, it is made anew and the question is asked again.
func (db *DB) read(ctx context.Context, question func(v *view) error) error {
	s, shared := ctx.Value(snapshotKey{db}).(*snapshot)
	for heals := 0; ; heals++ {
		var v *view
		if shared {
			v = s.current()
		} else {
			var err error
			if v, err = db.open(ctx); err != nil {
				return asStoreError(ctx, err)
			}
		}
		err := question(v)
		if !shared {
			v.close()
		}
		var lost errLostSegment
		if !errors.As(err, &lost) || heals == maxHeals {
			return asStoreError(ctx, err)
		}
		if err := db.heal(ctx, lost); err != nil {
			return asStoreError(ctx, err)
		}
		if shared {
			if err := s.renew(ctx, v); err != nil {
				return asStoreError(ctx, err)
			}
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
