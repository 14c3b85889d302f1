package sqlite

import (
	"database/sql"
	"fmt"
	"net/url"
	"runtime"
	"strings"
)

// pragmas hold for every connection of a pool: an Exec would reach one of them only.
var pragmas = []string{
	"busy_timeout(10000)",
	"synchronous(FULL)",
	"foreign_keys(1)",
	"journal_size_limit(67108864)",
	"temp_store(memory)",
}

// dataSource gives the name by which the driver opens a file; extra are parameters of the URL.
func dataSource(path string, extra ...string) string {
	query := make([]string, 0, len(pragmas)+len(extra))
	query = append(query, extra...)
	for _, p := range pragmas {
		query = append(query, "_pragma="+p)
	}
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: strings.Join(query, "&")}
	return u.String()
}

// openWriter opens the one connection that writes; its transactions begin immediately, so that two
// writers wait for each other instead of failing half-way.
func openWriter(path string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", dataSource(path, "_pragma=journal_mode(WAL)", "_pragma=cache_size(-65536)", "_txlock=immediate"))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// openReader opens a small pool of connections that cannot write.
func openReader(path string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", dataSource(path, "mode=ro", "_pragma=cache_size(-16384)"))
	if err != nil {
		return nil, fmt.Errorf("open %s to read: %w", path, err)
	}
	readers := max(4, runtime.NumCPU())
	db.SetMaxOpenConns(readers)
	db.SetMaxIdleConns(readers)
	return db, nil
}
