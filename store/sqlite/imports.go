package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"signpost/store"
)

// BeginImport notes the start of one file's import; see store.Writer.
func (db *DB) BeginImport(ctx context.Context, file store.ImportFile) (int64, error) {
	result, err := db.writer.ExecContext(ctx, "INSERT INTO imports (path, format, started) VALUES (?, ?, ?)",
		file.Path, file.Format, time.Now().UTC().UnixMicro())
	if err != nil {
		return 0, asStoreError(ctx, fmt.Errorf("begin the import of %s: %w", file.Path, err))
	}
	return result.LastInsertId()
}

// EndImport notes the end of a file's import; see store.Writer.
func (db *DB) EndImport(ctx context.Context, importID int64, report store.ImportReport) error {
	text, err := json.Marshal(report)
	if err != nil {
		return fmt.Errorf("write the report of %s: %w", report.Path, err)
	}
	_, err = db.writer.ExecContext(ctx, "UPDATE imports SET ended = ?, format = ?, report = ? WHERE id = ?",
		time.Now().UTC().UnixMicro(), report.Format, string(text), importID)
	if err != nil {
		return asStoreError(ctx, fmt.Errorf("end the import of %s: %w", report.Path, err))
	}
	return nil
}

// Imports gives some of the import ledger; see store.Ledger.
func (db *DB) Imports(ctx context.Context, after int64, limit int) ([]store.Import, error) {
	var list []store.Import
	err := db.read(ctx, func(v *view) error {
		// Of the report only the times: it may list a thousand rejected records. One from before they were noted has none.
		rows, err := v.tx.QueryContext(ctx, "SELECT id, path, format, started, ended, added, updated, same, report ->> '$.times' "+
			"FROM imports WHERE id > ? ORDER BY id LIMIT ?", after, limit)
		if err != nil {
			return err
		}
		defer rows.Close()
		list = nil // of a question that was begun anew
		for rows.Next() {
			var one store.Import
			var started int64
			var ended sql.NullInt64
			var times sql.NullString
			if err := rows.Scan(&one.ID, &one.Path, &one.Format, &started, &ended, &one.New, &one.Updated, &one.Same, &times); err != nil {
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
			list = append(list, one)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read the import ledger: %w", err)
	}
	return list, nil
}
