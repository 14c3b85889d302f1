package dbfile

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // registers the driver "sqlite"
)

// Readers is how many connections read one file at a time. Each page that is being made takes one for all its questions.
// Each question of a download takes one. The portal lets one person have some 8 of them. Scans of the log engine
// take turns, so that more readers do not mean more work at a time.
const Readers = 16

// Pragmas stand in the DSN, never in an Exec: that would reach one connection of the pool.
var (
	writerPragmas = []string{
		"busy_timeout(10000)", // first: changing the journal mode may have to wait for another process
		"journal_mode(WAL)",
		"synchronous(FULL)",
		"foreign_keys(1)",
		"journal_size_limit(67108864)",
		"temp_store(memory)",
		"cache_size(-16384)",        // KiB: the pages one batch of an import touches. They take twice that: a page of 4 KiB and its header become 8 KiB.
		"wal_autocheckpoint(12000)", // pages, 48 MiB: what one batch after the other changes is copied into the file once
	}
	// ReaderPragmas are those of every connection that reads.
	ReaderPragmas = []string{"busy_timeout(10000)", "temp_store(memory)", "cache_size(-4096)"}
)

// OpenReader opens a pool of read-only connections to a file that OpenWriter has made.
func OpenReader(path string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", DSN(path, url.Values{"_pragma": ReaderPragmas, "mode": {"ro"}}))
	if err != nil {
		return nil, fmt.Errorf("open %s for reading: %w", filepath.Base(path), err)
	}
	db.SetMaxOpenConns(Readers)
	db.SetMaxIdleConns(Readers)
	return db, nil
}

// DSN writes the file and its options as the URI that SQLite and the driver read. A path may hold characters that mean
// something in a URI.
func DSN(path string, options url.Values) string {
	return "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() + "?" + options.Encode()
}

// Querier is a database or a transaction, to read from.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Size gives the size of a file; 0 where it is missing.
func Size(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// HasTables says whether a file is a database with tables, or no database at all: opening it says so then.
func HasTables(ctx context.Context, path string) bool {
	var tables int
	err := Peek(ctx, path, "SELECT count(*) FROM sqlite_schema", &tables)
	return err != nil || tables > 0
}

// Peek asks a file that nobody may have open here one question, and changes nothing in it.
func Peek(ctx context.Context, path, query string, answer any) error {
	db, err := OpenReader(path)
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // it was read only
	return db.QueryRowContext(ctx, query).Scan(answer)
}

// UnfinishedMark names the file that stands in a folder while it is restored.
const UnfinishedMark = "restore.unfinished"

// errUnfinished says that a folder is half restored.
var errUnfinished = errors.New("a restore into this folder was begun and not finished: run it again, and it begins anew")

// RefuseUnfinished gives an error for a folder that is half restored.
func RefuseUnfinished(folder string) error {
	if _, err := os.Stat(filepath.Join(folder, UnfinishedMark)); err == nil {
		return fmt.Errorf("%s: %w", folder, errUnfinished)
	}
	return nil
}
