package sqlite

import (
	"context"
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
