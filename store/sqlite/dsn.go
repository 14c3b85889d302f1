package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"

	"modernc.org/sqlite" // registers the driver "sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// readers is how many connections read one file at a time. Each page that is being made takes one for all its questions.
// Each question of a download takes one. The portal lets one person have some 8 of them. Scans take turns, see newTurns, so
// that more readers do not mean more work at a time.
const readers = 16

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

// isBusy says that another process holds the lock.
func isBusy(err error) bool {
	var driver *sqlite.Error
	return errors.As(err, &driver) && driver.Code()&0xFF == sqlite3.SQLITE_BUSY
}

// dsn writes the file and its options as the URI that SQLite and the driver read. A path may hold characters that mean
// something in a URI.
func dsn(path string, options url.Values) string {
	return "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() + "?" + options.Encode()
}
