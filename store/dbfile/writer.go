package dbfile

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"modernc.org/sqlite"

	"signpost/store"
)

// Writer is the one connection that changes a file. It writes nothing where the guard refuses: a transaction is asked
// about as it begins, and once more as it commits.
type Writer struct {
	*sql.DB
	path  string
	guard *guard
}

// OpenWriter opens the file for writing, and makes it where it is missing, readable by its owner only. There is one
// connection, so that writes queue up in the program and not at SQLite's lock. Every transaction takes the write lock as it
// begins, so none fails half-way for having read first. More pragmas take the place of those that all writers have.
func OpenWriter(path string, more ...string) (*Writer, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", filepath.Base(path), err)
	}
	if err := file.Close(); err != nil {
		return nil, fmt.Errorf("open %s: %w", filepath.Base(path), err)
	}
	options := url.Values{"_pragma": append(slices.Clone(writerPragmas), more...), "_txlock": {"immediate"}}
	connector, err := sqlite.NewConnector(DSN(path, options))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", filepath.Base(path), err)
	}
	w := &Writer{path: path, guard: &guard{}}
	w.DB = sql.OpenDB(guardedConnector{connector, w.guard})
	w.SetMaxOpenConns(1)
	return w, nil
}

// KeepBack makes the guard refuse while the disk has only the room that a reserve keeps back.
func (w *Writer) KeepBack(r *Reserve) { w.guard.room = r }

// KeepBackRest is KeepBack for a file that may use a part of the reserve.
func (w *Writer) KeepBackRest(p *ReservePart) { w.guard.room = p }

// Replaced gives store.ErrReplaced where the file or its log is no longer in its place.
func (w *Writer) Replaced() error { return w.guard.replaced() }

// BeginTx begins a transaction unless the guard refuses.
func (w *Writer) BeginTx(ctx context.Context, options *sql.TxOptions) (*sql.Tx, error) {
	if err := w.guard.refuse(); err != nil {
		return nil, err
	}
	return w.DB.BeginTx(ctx, options)
}

// ExecContext runs a statement as a transaction of its own unless the guard refuses.
func (w *Writer) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := w.guard.refuse(); err != nil {
		return nil, err
	}
	return w.DB.ExecContext(ctx, query, args...)
}

// Watch makes the guard refuse once the file or its log is not the one that is open any more.
func (w *Writer) Watch() error {
	var files []watchedFile
	for _, path := range []string{w.path, w.path + "-wal"} {
		info, err := os.Stat(path)
		if errors.Is(err, os.ErrNotExist) && path != w.path {
			continue // a file system without shared memory has no log
		}
		if err != nil {
			return fmt.Errorf("look at %s: %w", filepath.Base(path), err)
		}
		files = append(files, watchedFile{path, info})
	}
	w.guard.files.Store(&files)
	return nil
}

// ClosingWait is how long closing waits for an answer that still reads the file, or for another process.
const ClosingWait = 3 * time.Second

// checkpointsWait is how long a checkpoint waits for somebody else's lock.
const checkpointsWait = "PRAGMA busy_timeout = 1000"

// Finish puts what the write-ahead log holds into the file, so that the file alone is the whole, and closes it. While others
// read or write the file the log may stay: it is then told that both files belong together.
func (w *Writer) Finish(log *slog.Logger) error {
	ctx, cancel := context.WithTimeout(context.Background(), ClosingWait)
	defer cancel()
	name := filepath.Base(w.path)
	busy, err := w.Checkpoint(ctx)
	if ctx.Err() != nil || IsBusy(err) {
		busy, err = true, nil
	}
	if err != nil {
		err = fmt.Errorf("put what %s-wal holds into %s (both stay as they are, and belong together): %w", name, name, StoreError(ctx, err))
	}
	closeErr := w.Close()
	if left := Size(w.path + "-wal"); busy && left > 0 {
		log.Warn(fmt.Sprintf("%s-wal could not be put into %s, which is still read or written: nothing is lost, but the newest data is in %s-wal. Copy both files, or none", name, name, name),
			"file", w.path, "bytes", left)
	}
	return errors.Join(err, closeErr)
}

// Checkpoint puts what the log holds into the file. busy says that others read or write, so that some of it stays.
func (w *Writer) Checkpoint(ctx context.Context) (busy bool, err error) {
	conn, err := w.Conn(ctx)
	if err != nil {
		return false, err
	}
	defer conn.Close() //nolint:errcheck // it goes back to the pool
	if _, err := conn.ExecContext(ctx, checkpointsWait); err != nil {
		return false, err
	}
	var pages, done int
	err = conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &done)
	return busy, err
}

// guard knows why nothing may be written to a file at present.
type guard struct {
	files atomic.Pointer[[]watchedFile] // nil until the file is whole
	// room refuses while the disk has too little of it; nil for a file that may use all that is kept back.
	room interface{ Refuse() error }
}

// watchedFile is a file as it was when it was opened.
type watchedFile struct {
	path string
	info os.FileInfo
}

// refuse gives the reason why nothing may be written now; nil where there is none.
func (g *guard) refuse() error {
	if err := g.replaced(); err != nil {
		return err
	}
	if g.room == nil {
		return nil
	}
	return g.room.Refuse()
}

// replaced is store.ErrReplaced where a file is no longer in its place.
func (g *guard) replaced() error {
	files := g.files.Load()
	if files == nil {
		return nil
	}
	for _, f := range *files {
		info, err := os.Stat(f.path)
		if err == nil && os.SameFile(info, f.info) {
			continue
		}
		if err == nil {
			err = errors.New("another file is in its place")
		}
		return fmt.Errorf("%w: %s: %w. Stop Signpost, put the file back, and start again", store.ErrReplaced, f.path, err)
	}
	return nil
}

// reopened takes the log as it is now for the one that is open. A call that was cut off takes its connection with it. Where
// that was the last one, SQLite removed the log, and the next connection has made another.
func (g *guard) reopened() {
	files := g.files.Load()
	if files == nil {
		return
	}
	var now []watchedFile
	for i, f := range *files {
		if i > 0 {
			info, err := os.Stat(f.path)
			if err != nil {
				continue
			}
			f.info = info
		}
		now = append(now, f)
	}
	g.files.Store(&now)
}

// guardedConnector opens connections that commit nothing while the file is not in its place.
type guardedConnector struct {
	driver.Connector
	guard *guard
}

// Connect opens a connection.
func (c guardedConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	if hooks, ok := conn.(sqlite.HookRegisterer); ok {
		hooks.RegisterCommitHook(func() int32 {
			if c.guard.replaced() != nil {
				return 1 // SQLite rolls back and says SQLITE_CONSTRAINT_COMMITHOOK
			}
			return 0
		})
	}
	c.guard.reopened()
	return conn, nil
}
