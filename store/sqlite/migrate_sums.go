package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/pressly/goose/v3"
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

// sumsMigration gives tables a column for sums, NULL in the rows that stand. Adding a column rewrites nothing, so it takes no
// time however large the store is.
func (db *DB) sumsMigration() *goose.Migration {
	return goose.NewGoMigration(8, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
		for _, table := range summedTables {
			if err := addSumColumn(ctx, tx, table); err != nil {
				return err
			}
		}
		return nil
	}}, nil)
}

// addSumColumn adds the column unless moving the rows of the first schema did so.
func addSumColumn(ctx context.Context, tx *sql.Tx, table string) error {
	var has bool
	err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM pragma_table_info(?) WHERE name = 'sum')", table).Scan(&has)
	if err == nil && !has {
		_, err = tx.ExecContext(ctx, "ALTER TABLE "+table+" ADD COLUMN sum INTEGER")
	}
	if err != nil {
		return fmt.Errorf("give %s a column for sums: %w", table, err)
	}
	return nil
}
