package directory

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/semaphore"

	"signpost/store"
	"signpost/store/dbfile"
)

//go:embed migrations/*.sql
var steps embed.FS

// File is the name of the file in a data folder.
const File = "directory.db"

// DB is directory.db, safe for concurrent use, also while another process uses the same folder.
type DB struct {
	reader *sql.DB
	writer *dbfile.Writer
	log    *slog.Logger

	writing sync.Mutex
	loading *semaphore.Weighted // of one: held while a newer index is made
	newest  atomic.Pointer[loaded]
	apps    atomic.Pointer[appIndex]
	counts  atomic.Pointer[keptCounts]
	risk    keptRisk
	turns   atomic.Pointer[keptTurns]
}

// Option changes how directory.db is opened.
type Option func(*DB)

// WithLog tells where to log what becomes of the file; without it nothing is logged.
func WithLog(log *slog.Logger) Option {
	return func(db *DB) { db.log = log }
}

// WithReserve tells which room of the disk is kept back: what needs it is refused.
func WithReserve(r *dbfile.Reserve) Option {
	return func(db *DB) { db.writer.KeepBack(r) }
}

// Open opens directory.db in the folder, makes both where they are missing, and brings the schema up to date.
func Open(ctx context.Context, folder string, options ...Option) (*DB, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	path := filepath.Join(folder, File)
	writer, err := dbfile.OpenWriter(path)
	if err != nil {
		return nil, dbfile.OpenError(ctx, path, err)
	}
	db := &DB{writer: writer, log: slog.New(slog.DiscardHandler), loading: semaphore.NewWeighted(1)}
	for _, option := range options {
		option(db)
	}
	err = Steps().Apply(ctx, writer, db.log)
	if err == nil {
		err = noteUsed(ctx, writer)
	}
	if err == nil {
		err = writer.Watch()
	}
	if err == nil {
		db.reader, err = dbfile.OpenReader(path)
	}
	if err == nil {
		if err = db.settleRisk(ctx); err != nil {
			err = errors.Join(err, db.reader.Close())
		}
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, dbfile.OpenError(ctx, path, err)), writer.Close())
	}
	return db, nil
}

// Steps are the steps of directory.db.
func Steps() *dbfile.Migrations {
	return &dbfile.Migrations{
		Files: steps, Folder: "migrations", Rewriting: []int64{}, Holds: "SELECT EXISTS (SELECT 1 FROM directory) OR EXISTS (SELECT 1 FROM memberships) OR EXISTS (SELECT 1 FROM imports)",
		TooOld: "import the records again, into another folder",
	}
}

// Close puts what the file's log holds into the file, and closes it.
func (db *DB) Close() error { return errors.Join(db.reader.Close(), db.writer.Finish(db.log)) }

// Ping says whether what is written would be kept.
func (db *DB) Ping() error { return db.writer.Replaced() }

// write runs a change in one transaction.
func (db *DB) write(ctx context.Context, change func(tx *sql.Tx) error) error {
	db.writing.Lock()
	defer db.writing.Unlock()
	tx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return dbfile.StoreError(ctx, fmt.Errorf("begin to write: %w", err))
	}
	defer tx.Rollback() //nolint:errcheck // after Commit there is nothing to undo
	if err := change(tx); err != nil {
		return dbfile.StoreError(ctx, err)
	}
	return dbfile.StoreError(ctx, tx.Commit())
}

// snapshot is the state that the questions of one request see: a transaction that begins with the first of them.
type snapshot struct {
	db  *DB
	ctx context.Context // of the request: a question's own may end before

	mu     sync.Mutex
	tx     *sql.Tx
	closed bool
}

type snapshotKey struct{ db *DB }

// Snapshot makes the questions that are asked with the context it gives see one state of the directory, until release is
// called.
func (db *DB) Snapshot(ctx context.Context) (with context.Context, release func()) {
	s := &snapshot{db: db, ctx: ctx}
	return context.WithValue(ctx, snapshotKey{db}, s), s.release
}

func (s *snapshot) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	if s.tx != nil {
		_ = s.tx.Rollback() // nothing was written
		s.tx = nil
	}
}

// begin gives the snapshot's transaction; nil once it was released.
func (s *snapshot) begin() (*sql.Tx, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tx != nil || s.closed {
		return s.tx, nil
	}
	tx, err := s.db.reader.BeginTx(s.ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	s.tx = tx
	return tx, nil
}

// read answers a question from one state of the directory: the request's, or the present one.
func (db *DB) read(ctx context.Context, question func(q dbfile.Querier) error) error {
	if s, shared := ctx.Value(snapshotKey{db}).(*snapshot); shared {
		tx, err := s.begin()
		if err == nil && tx != nil {
			return dbfile.StoreError(ctx, question(tx))
		}
		if err != nil {
			return dbfile.StoreError(ctx, fmt.Errorf("begin to read the directory: %w", err))
		}
	}
	tx, err := db.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return dbfile.StoreError(ctx, fmt.Errorf("begin to read the directory: %w", err))
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	return dbfile.StoreError(ctx, question(tx))
}

// Check reads everything, and adds what is not as it was written to a report.
func (db *DB) Check(ctx context.Context, report *store.Checkup) error {
	return db.read(ctx, func(q dbfile.Querier) error {
		if err := dbfile.CheckIntegrity(ctx, q, File, report); err != nil {
			return err
		}
		damaged := func(place string) {
			report.Add(store.Damage{Place: place, Problem: "the row is not as it was written", Remedy: "import the file that it came from again, or restore a backup"})
		}
		for _, table := range []dbfile.Summed{objects, members, memberships, appDetails, owners, ownerships, states, stateReports, stateVersions, riskStates, riskTurns, imports, statements, rejected} {
			if err := table.Check(ctx, q, damaged); err != nil {
				return err
			}
		}
		if err := checkMarks(ctx, q, damaged); err != nil {
			return err
		}
		return checkRisk(ctx, q, damaged)
	})
}
