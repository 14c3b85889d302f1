package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// summedTables are the tables with sums of their own: see sum.go.
var summedTables = []string{"words", "docs", "imports", "directory", "members", "memberships"}

// summedColumns are the columns that the sum of a table's row covers.
var summedColumns = map[string]string{
	"words":       "dictionary, code, text",
	"docs":        "block, received",
	"imports":     "id, path, format, started, ended, batches, added, updated, same, report",
	"directory":   objectColumns,
	"members":     "grp, id, kind, name, username",
	"memberships": "grp, as_of, whole",
}

// sumRow writes the sum of one row of a table.
func sumRow(ctx context.Context, tx *sql.Tx, table, where string, args ...any) error {
	rows, err := tx.QueryContext(ctx, "SELECT "+summedColumns[table]+" FROM "+table+" WHERE "+where, args...)
	if err != nil {
		return fmt.Errorf("sum a row of %s: %w", table, err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil || !rows.Next() {
		return errors.Join(err, rows.Err())
	}
	cells, targets := make([]any, len(names)), make([]any, len(names))
	for i := range cells {
		targets[i] = &cells[i]
	}
	if err := errors.Join(rows.Scan(targets...), rows.Close()); err != nil {
		return fmt.Errorf("sum a row of %s: %w", table, err)
	}
	_, err = tx.ExecContext(ctx, "UPDATE "+table+" SET sum = ? WHERE "+where, append([]any{sumOf(cells...)}, args...)...)
	return err
}
