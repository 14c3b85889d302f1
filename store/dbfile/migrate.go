package dbfile

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/pressly/goose/v3"
)

// Migrations are the steps that bring a file's schema up to date.
type Migrations struct {
	// Files has the steps in Folder, one a file, and their numbers in the names of these.
	Files  fs.FS
	Folder string
	// Code are steps that are no file but code, by their numbers. Each runs in one transaction, which holds the lock of the
	// file. A process that lost a race runs one that another process has done: it must find that out, and fail.
	Code map[int64]func(ctx context.Context, tx *sql.Tx) error
	// Rewriting are the steps that rewrite or drop what is stored: before the first of them the file is copied. Others only
	// add tables and columns. That takes no time however large the file is, and is undone as a whole where it fails. So a
	// large store opens at once. Nil: the file is small and is copied before every step.
	Rewriting []int64
	// TooOld says what to do with a file of an older schema than the first step makes.
	TooOld string
	// Holds is a query that says whether the file holds anything worth a copy.
	Holds string
	// free gives the room on a folder's disk; FreeSpace where nil.
	free func(folder string) (bytes int64, known bool)
}

// provider applies the steps.
func (m *Migrations) provider(db *sql.DB) (*goose.Provider, error) {
	dir, err := fs.Sub(m.Files, m.Folder)
	if err != nil {
		return nil, err
	}
	var code []*goose.Migration
	for version, step := range m.Code {
		code = append(code, goose.NewGoMigration(version, &goose.GoFunc{RunTx: step}, nil))
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, dir, goose.WithGoMigrations(code...))
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	return provider, nil
}

// Apply brings a file's schema up to date. A file of a newer version of the program is refused, and so is one that is older
// than the first step; one that is about to be rewritten is copied first.
func (m *Migrations) Apply(ctx context.Context, w *Writer, log *slog.Logger) error {
	provider, err := m.provider(w.DB)
	if err != nil {
		return err
	}
	if err := connect(ctx, w.DB); err != nil {
		return OpenError(ctx, w.path, err)
	}
	at, err := SchemaVersion(ctx, w.DB)
	if err != nil {
		return OpenError(ctx, w.path, err)
	}
	if err := m.Knows(at); err != nil {
		return fmt.Errorf("%s %w", w.path, err)
	}
	copies := false
	for _, step := range provider.ListSources() {
		copies = copies || at > 0 && step.Version > at && (m.Rewriting == nil || slices.Contains(m.Rewriting, step.Version))
	}
	if copies {
		if err := m.copyBefore(ctx, w, at, log); err != nil {
			return err
		}
	}
	return OpenError(ctx, w.path, m.upShared(ctx, w.DB))
}

// Knows gives an error for a schema that no step leads on from. The error's text continues the name of the file.
func (m *Migrations) Knows(version int64) error {
	first, last, err := m.Versions()
	switch {
	case err != nil:
		return err
	case version > last:
		return fmt.Errorf("was written by a newer version of Signpost (its schema is %d, this version knows %d): start that version, or restore a backup that this one made", version, last)
	case version > 0 && version < first:
		return fmt.Errorf("was written by a version of Signpost before the first release (its schema is %d, this version begins with %d), and nothing in it was changed: %s", version, first, m.TooOld)
	}
	return nil
}

// Versions gives the numbers of the first and the last step.
func (m *Migrations) Versions() (first, last int64, err error) {
	entries, err := fs.ReadDir(m.Files, m.Folder)
	if err != nil {
		return 0, 0, err
	}
	for i, entry := range entries {
		n, err := goose.NumericComponent(entry.Name())
		if err != nil {
			return 0, 0, fmt.Errorf("read the migrations: %w", err)
		}
		if last = max(last, n); i == 0 || n < first {
			first = n
		}
	}
	for n := range m.Code {
		last = max(last, n)
	}
	return first, last, nil
}

// SchemaVersion gives the newest step that was applied; 0 for a new file.
func SchemaVersion(ctx context.Context, q Querier) (version int64, err error) {
	var has bool
	if err := q.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'goose_db_version')").Scan(&has); err != nil || !has {
		return 0, err
	}
	err = q.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied").Scan(&version)
	return version, err
}

// copyBefore copies the file as it is before its schema changes, unless it holds nothing or was copied already.
func (m *Migrations) copyBefore(ctx context.Context, w *Writer, version int64, log *slog.Logger) error {
	var holds bool
	if err := w.QueryRowContext(ctx, m.Holds).Scan(&holds); err != nil || !holds {
		return err
	}
	name := filepath.Base(w.path)
	kept := fmt.Sprintf("%s.schema-%d", w.path, version)
	if _, err := os.Stat(kept); err == nil {
		return nil // an earlier attempt made it, whole: see below
	}
	var size int64
	for _, path := range []string{w.path, w.path + "-wal"} {
		if info, err := os.Stat(path); err == nil {
			size += info.Size()
		}
	}
	// The steps themselves write about as much once more.
	room := m.free
	if room == nil {
		room = FreeSpace
	}
	if free, known := room(filepath.Dir(w.path)); known && free < 2*size {
		return fmt.Errorf("the schema of %s changes with this version of Signpost, and a copy is made first: that takes %s, and the disk has %s free. Make room, or move the data folder to a larger disk, then start again",
			w.path, Megabytes(2*size), Megabytes(free))
	}
	log.Info(name+" is copied before its schema changes, which takes about a minute for each 6 GB", "copy", kept, "bytes", size)
	if err := CopyDatabase(ctx, w.DB, kept); err != nil {
		return fmt.Errorf("copy %s before its schema changes: %w", name, StoreError(ctx, err))
	}
	// A warning, so that commands say it too: the owner is to remove the copy.
	log.Warn(name+" was copied before its schema changes; remove the copy when this version has proved itself", "copy", kept, "bytes", Size(kept))
	return nil
}

// connectWait is how long connect tries.
const connectWait = 10 * time.Second

// connect opens the connection. While several programs open a new file at once, one of them turns its log on: SQLite tells the others
// at once that the file is locked, however long they would wait.
func connect(ctx context.Context, db *sql.DB) error {
	for tried := time.Now(); ; {
		err := db.PingContext(ctx)
		if !IsBusy(err) || ctx.Err() != nil || time.Since(tried) > connectWait {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// CopyDatabase writes what the database holds now into another file, which is there whole or not at all.
func CopyDatabase(ctx context.Context, db *sql.DB, to string) (err error) {
	part := to + ".part"
	defer func() {
		if err != nil {
			_ = os.Remove(part) // it is of no use
		}
	}()
	// SQLite takes an empty file, and leaves its rights as they are.
	if err := os.WriteFile(part, nil, 0o600); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", part); err != nil {
		return err
	}
	if err := Sync(part); err != nil {
		return err
	}
	if err := os.Rename(part, to); err != nil {
		return err
	}
	return Sync(filepath.Dir(to))
}

// Sync makes a file, or the names in a folder, outlive a power cut.
func Sync(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		_ = file.Close() // it was read only
		return err
	}
	return file.Close()
}

// Megabytes is a size for people.
func Megabytes(n int64) string { return fmt.Sprintf("%d MB", (n+1e6-1)/1e6) }

// up applies the steps, where nobody else does so; see upShared.
func (m *Migrations) up(ctx context.Context, db *sql.DB) error {
	provider, err := m.provider(db)
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("bring the database up to date: %w", err)
	}
	return nil
}

// upShared is up where another process may do the same. goose looks for what is to be done before it takes the lock. So the
// loser of the race fails on what the winner has made. Its transaction is undone as a whole, and it finds one thing more
// done when it looks again. While the winner moves the rows of a large store, the loser finds the lock taken longer than
// SQLite waits for it.
func (m *Migrations) upShared(ctx context.Context, db *sql.DB) error {
	const (
		attempts = 5   // the version table and the migrations can each be lost once
		waits    = 360 // for busy_timeout each: an hour
	)
	var err error
	for lost, waited := 0, 0; lost < attempts && waited < waits; {
		if err = m.up(ctx, db); err == nil || ctx.Err() != nil {
			return err
		}
		if IsBusy(err) {
			waited++
		} else {
			lost++
		}
	}
	return err
}
