// Package sqlite is the embedded engine: the sign-ins in main.db, the people who sign in to the portal
// in portal.db. DESIGN.md's Storage section says how the files are laid out and why.
package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/klauspost/compress/zstd"
	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"signpost/store"
)

//go:embed migrations/main/*.sql
var mainMigrations embed.FS

// DB is the engine over one data folder's main.db. It is a store.Store and a store.Writer, safe for
// concurrent use, also beside another process on the same folder.
type DB struct {
	reader *sql.DB
	writer *sql.DB

	schema  *schema
	words   *words
	decode  store.Decoder
	decoder *zstd.Decoder

	committing sync.Mutex // one Commit at a time in this process; other processes wait in SQLite
}

var (
	_ store.Store  = (*DB)(nil)
	_ store.Writer = (*DB)(nil)
)

// Open opens main.db in the folder, makes both where they are missing, and brings the schema up to
// date. decode turns a kept record back into a sign-in.
func Open(ctx context.Context, folder string, decode store.Decoder) (*DB, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	path := filepath.Join(folder, "main.db")
	writer, err := openWriter(path)
	if err != nil {
		return nil, err
	}
	if err := migrateBesideOthers(ctx, writer, mainMigrations, "migrations/main"); err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	reader, err := openReader(path)
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	s := newSchema()
	db := &DB{reader: reader, writer: writer, schema: s, words: newWords(s), decode: decode}
	if db.decoder, err = newDecoder(); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := db.words.refresh(ctx, reader); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// Close closes the files. Answers under way end with an error.
func (db *DB) Close() error {
	if db.decoder != nil {
		db.decoder.Close()
	}
	return errors.Join(db.reader.Close(), db.writer.Close())
}

// Ping says whether the store answers.
func (db *DB) Ping(ctx context.Context) error {
	var one int
	return asStoreError(ctx, db.reader.QueryRowContext(ctx, "SELECT 1").Scan(&one))
}

// migrate brings a file's schema up to date, where nobody else does so; see migrateBesideOthers.
func migrate(ctx context.Context, writer *sql.DB, files embed.FS, folder string) error {
	dir, err := fs.Sub(files, folder)
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, writer, dir)
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("bring the database up to date: %w", err)
	}
	return nil
}

// read runs a question in one read transaction: it sees one state of the store, and the words that
// state knows.
func (db *DB) read(ctx context.Context, question func(q querier) error) error {
	tx, err := db.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return asStoreError(ctx, fmt.Errorf("begin to read: %w", err))
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	if err := db.words.refresh(ctx, tx); err != nil {
		return asStoreError(ctx, err)
	}
	return asStoreError(ctx, question(tx))
}

// asStoreError turns what the driver and the context say into the domain's errors.
func asStoreError(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("%w: %w", store.ErrTooSlow, err)
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	var driver *sqlite.Error
	if errors.As(err, &driver) && driver.Code()&0xFF == sqlite3.SQLITE_FULL {
		return fmt.Errorf("%w: %w", store.ErrDiskFull, err)
	}
	return err
}
