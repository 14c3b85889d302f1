package directory

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"signpost/store"
	"signpost/store/coverage"
	"signpost/store/dbfile"
)

// imports is the ledger.
var imports = dbfile.Summed{Table: "imports", Columns: "id, path, format, started, ended, batches, added, updated, same, report"}

// BeginImport notes the start of one file's import; see store.Writer.
func (db *DB) BeginImport(ctx context.Context, file store.ImportFile) (int64, error) {
	id, err := db.writeImport(ctx, 0, "INSERT INTO imports (path, format, started) VALUES (?, ?, ?)",
		file.Path, file.Format, time.Now().UTC().UnixMicro())
	if err != nil {
		return 0, fmt.Errorf("begin the import of %s: %w", file.Path, err)
	}
	return id, nil
}

// writeImport changes one row of the ledger, with its sum; an id of 0 is a row that the statement inserts.
func (db *DB) writeImport(ctx context.Context, id int64, statement string, args ...any) (int64, error) {
	err := db.write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, statement, args...)
		if err == nil && id == 0 {
			id, err = result.LastInsertId()
		}
		if err != nil {
			return err
		}
		return imports.Write(ctx, tx, "id = ?", id)
	})
	return id, err
}

// counted is what became of the sign-ins of some batches.
type counted struct{ batches, added, updated, same int64 }

// count adds what became of the sign-ins of some batches to their import.
func (db *DB) count(ctx context.Context, importID int64, n counted) error {
	_, err := db.writeImport(ctx, importID, "UPDATE imports SET batches = batches + ?, added = added + ?, updated = updated + ?, same = same + ? WHERE id = ?",
		n.batches, n.added, n.updated, n.same, importID)
	if err != nil {
		return fmt.Errorf("count what was imported: %w", err)
	}
	return nil
}

// EndImport notes the end of a file's import, and what the file says about logs; see store.Writer.
func (db *DB) EndImport(ctx context.Context, importID int64, report store.ImportReport, says []coverage.Statement) error {
	text, err := json.Marshal(report)
	if err != nil {
		return fmt.Errorf("write the report of %s: %w", report.Path, err)
	}
	err = db.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE imports SET ended = ?, format = ?, report = ? WHERE id = ?",
			time.Now().UTC().UnixMicro(), report.Format, string(text), importID)
		if err != nil {
			return err
		}
		if err := writeStatements(ctx, tx, importID, says); err != nil {
			return err
		}
		if err := writeRejected(ctx, tx, importID, report.RejectedFile); err != nil {
			return err
		}
		return imports.Write(ctx, tx, "id = ?", importID)
	})
	if err != nil {
		return fmt.Errorf("end the import of %s: %w", report.Path, err)
	}
	return nil
}

var _ store.ImportHistory = (*DB)(nil)

// importColumns are read by scanImport; the report comes last and as a text of JSON.
const importColumns = "id, path, format, started, coalesce(ended, 0), added, updated, same"

// PastImports gives one page of the imports; see store.ImportHistory.
func (db *DB) PastImports(ctx context.Context, q store.ImportsQuery) (store.ImportPage, error) {
	before := q.Before
	if before == 0 {
		before = 1<<63 - 1
	}
	// A list of rejected records may be long, and a page of imports shows none.
	rows, err := db.reader.QueryContext(ctx, "SELECT "+importColumns+`, coalesce(json_remove(report, '$.rejected'), '') FROM imports
		WHERE id < ? ORDER BY id DESC LIMIT ?`, before, q.Limit+1)
	if err != nil {
		return store.ImportPage{}, dbfile.StoreError(ctx, fmt.Errorf("read the imports: %w", err))
	}
	defer rows.Close() //nolint:errcheck // Err below tells
	var page store.ImportPage
	for rows.Next() {
		entry, err := scanImport(rows.Scan)
		if err != nil {
			return store.ImportPage{}, dbfile.StoreError(ctx, err)
		}
		page.Entries = append(page.Entries, entry)
	}
	if page.More = len(page.Entries) > q.Limit; page.More {
		page.Entries = page.Entries[:q.Limit]
	}
	return page, dbfile.StoreError(ctx, rows.Err())
}

// ImportByID gives one import whole; see store.ImportHistory.
func (db *DB) ImportByID(ctx context.Context, id int64) (store.ImportEntry, error) {
	row := db.reader.QueryRowContext(ctx, "SELECT "+importColumns+", coalesce(report, '') FROM imports WHERE id = ?", id)
	entry, err := scanImport(row.Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return store.ImportEntry{}, store.ErrNotFound
	}
	return entry, dbfile.StoreError(ctx, err)
}

func scanImport(scan func(...any) error) (store.ImportEntry, error) {
	var entry store.ImportEntry
	var started, ended int64
	var report string
	counts := &entry.Report
	if err := scan(&entry.ID, &counts.Path, &counts.Format, &started, &ended, &counts.New, &counts.Updated, &counts.Same, &report); err != nil {
		return entry, fmt.Errorf("read an import: %w", err)
	}
	entry.Started = time.UnixMicro(started).UTC()
	if ended != 0 {
		entry.Ended = time.UnixMicro(ended).UTC()
	}
	if report == "" {
		return entry, nil
	}
	if err := json.Unmarshal([]byte(report), counts); err != nil {
		return entry, fmt.Errorf("read the report of import %d: %w", entry.ID, err)
	}
	return entry, nil
}

// Imports gives some of the import ledger; see store.Ledger.
func (db *DB) Imports(ctx context.Context, after int64, limit int) ([]store.Import, error) {
	var list []store.Import
	err := db.read(ctx, func(q dbfile.Querier) error {
		// Of the report only the times: it may list a thousand rejected records. One from before they were noted has none.
		rows, err := q.QueryContext(ctx, "SELECT id, path, format, started, ended, added, updated, same, report ->> '$.times', report ->> '$.outcomes', report ->> '$.told' "+
			"FROM imports WHERE id > ? ORDER BY id LIMIT ?", after, limit)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var one store.Import
			var started int64
			var ended sql.NullInt64
			var times, outcomes, told sql.NullString
			if err := rows.Scan(&one.ID, &one.Path, &one.Format, &started, &ended, &one.New, &one.Updated, &one.Same, &times, &outcomes, &told); err != nil {
				return err
			}
			one.Started = time.UnixMicro(started).UTC()
			if ended.Valid {
				one.Ended = time.UnixMicro(ended.Int64).UTC()
			}
			if times.Valid {
				if err := json.Unmarshal([]byte(times.String), &one.Times); err != nil {
					return fmt.Errorf("the times of import %d: %w", one.ID, err)
				}
			}
			if outcomes.Valid {
				if err := json.Unmarshal([]byte(outcomes.String), &one.Outcomes); err != nil {
					return fmt.Errorf("the outcomes of import %d: %w", one.ID, err)
				}
			}
			if told.Valid {
				if err := json.Unmarshal([]byte(told.String), &one.Told); err != nil {
					return fmt.Errorf("the sign-ins that import %d tells: %w", one.ID, err)
				}
			}
			list = append(list, one)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read the import ledger: %w", err)
	}
	return list, nil
}
