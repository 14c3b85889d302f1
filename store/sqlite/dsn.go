package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite" // registers the driver "sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// readers is how many connections read one file at a time: the pages of a few people, each with a few
// questions in parallel. More would only share the same processors.
const readers = 8

// Pragmas stand in the DSN, never in an Exec: that would reach one connection of the pool.
var (
	writerPragmas = []string{
		"busy_timeout(10000)", // first: changing the journal mode may have to wait for another process
		"journal_mode(WAL)",
		"synchronous(FULL)",
		"foreign_keys(1)",
		"journal_size_limit(67108864)",
		"temp_store(memory)",
		"cache_size(-32768)",        // KiB: the pages one batch of an import touches stay in memory
		"wal_autocheckpoint(12000)", // pages, 48 MiB: what one batch after the other changes is copied into the file once
	}
	readerPragmas = []string{"busy_timeout(10000)", "temp_store(memory)", "cache_size(-4096)"}
)

// openWriter opens the file for writing, and makes it where it is missing, readable by its owner only.
// There is one connection, so that writes queue up in the program and not at SQLite's lock; every
// transaction takes the write lock as it begins, so none fails half-way for having read first. More pragmas take the
// place of those that all writers have.
func openWriter(path string, more ...string) (*sql.DB, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", filepath.Base(path), err)
	}
	if err := file.Close(); err != nil {
		return nil, fmt.Errorf("open %s: %w", filepath.Base(path), err)
	}
	db, err := sql.Open("sqlite", dsn(path, url.Values{"_pragma": append(slices.Clone(writerPragmas), more...), "_txlock": {"immediate"}}))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", filepath.Base(path), err)
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// openReader opens a pool of read-only connections to a file that openWriter has made.
func openReader(path string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", dsn(path, url.Values{"_pragma": readerPragmas, "mode": {"ro"}}))
	if err != nil {
		return nil, fmt.Errorf("open %s for reading: %w", filepath.Base(path), err)
	}
	db.SetMaxOpenConns(readers)
	db.SetMaxIdleConns(readers)
	return db, nil
}

// migrateBesideOthers is migrate where another process may do the same at this moment. goose looks for what
// is to be done before it takes the lock, so the loser of the race fails on what the winner has made; its
// transaction is undone as a whole, and it finds one thing more done when it looks again. While the winner
// moves the rows of a large store, the loser finds the lock taken longer than SQLite waits for it.
func migrateBesideOthers(ctx context.Context, writer *sql.DB, files embed.FS, folder string, inGo ...*goose.Migration) error {
	const (
		attempts = 5   // the version table and the migrations can each be lost once
		waits    = 360 // for busy_timeout each: an hour
	)
	var err error
	for lost, waited := 0, 0; lost < attempts && waited < waits; {
		if err = migrate(ctx, writer, files, folder, inGo...); err == nil || ctx.Err() != nil {
			return err
		}
		if isBusy(err) {
			waited++
		} else {
			lost++
		}
	}
	return err
}

// isBusy says that another process holds the lock.
func isBusy(err error) bool {
	var driver *sqlite.Error
	return errors.As(err, &driver) && driver.Code()&0xFF == sqlite3.SQLITE_BUSY
}

// dsn writes the file and its options as the URI that SQLite and the driver read; a path may hold
// characters that mean something in a URI.
func dsn(path string, options url.Values) string {
	return "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() + "?" + options.Encode()
}
