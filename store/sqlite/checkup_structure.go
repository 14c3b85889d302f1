package sqlite

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"signpost/store"
)

// CheckPortal reads the portal.db of a folder, and adds what is damaged to a report. It changes nothing and needs no schema
// of this version of the program, so it works where OpenPortal fails.
func CheckPortal(ctx context.Context, folder string, report *store.Checkup) error {
	db, err := openReader(filepath.Join(folder, "portal.db"))
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // it was read only
	if err := checkIntegrity(ctx, db, "portal.db", report); err != nil {
		return asStoreError(ctx, err)
	}
	return asStoreError(ctx, checkReferences(ctx, db, "portal.db", report))
}

// checkIntegrity asks SQLite about the structure of a file. A file that SQLite cannot read at all is damaged too.
func checkIntegrity(ctx context.Context, q querier, file string, report *store.Checkup) error {
	found, err := texts(ctx, q, "PRAGMA integrity_check(100)")
	for _, said := range found {
		if said != "ok" {
			addStructure(report, file, said)
		}
	}
	if err = asStoreError(ctx, err); errors.Is(err, store.ErrDamaged) {
		addStructure(report, file, err.Error())
		return nil
	}
	if err != nil {
		return fmt.Errorf("check %s: %w", file, err)
	}
	return nil
}

// addStructure reports what SQLite says of a file, on one line.
func addStructure(report *store.Checkup, file, said string) {
	report.Add(store.Damage{
		Place: file, Problem: "the structure of the file is damaged (SQLite says: " + strings.Join(strings.Fields(said), " ") + ")", Remedy: remedyRestore,
	})
}

// checkReferences looks for rows that belong to a row that is not there.
func checkReferences(ctx context.Context, q querier, file string, report *store.Checkup) error {
	err := addOrphans(ctx, q, file, report)
	if err = asStoreError(ctx, err); errors.Is(err, store.ErrDamaged) {
		addStructure(report, file, err.Error())
		return nil
	}
	if err != nil {
		return fmt.Errorf("check what the rows of %s belong to: %w", file, err)
	}
	return nil
}

func addOrphans(ctx context.Context, q querier, file string, report *store.Checkup) error {
	rows, err := q.QueryContext(ctx, `SELECT "table", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2 ORDER BY 1, 2`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var table, parent string
		var n int64
		if err := rows.Scan(&table, &parent, &n); err != nil {
			return err
		}
		report.Add(store.Damage{
			Place: file + ", table " + table, Problem: fmt.Sprintf("rows that belong to a row of %s that is missing: %d", parent, n), Remedy: remedyOrphans,
		})
	}
	return rows.Err()
}

// texts gives the first column of an answer, also what was read before an error.
func texts(ctx context.Context, q querier, query string, args ...any) (found []string, err error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return found, err
		}
		found = append(found, text)
	}
	return found, rows.Err()
}
