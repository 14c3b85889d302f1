package dbfile

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"signpost/store"
)

// RemedyRestore says what to do about a file with a damaged structure.
const RemedyRestore = "restore a backup, or what sqlite3's .recover saves"

const remedyOrphans = "restore a backup, or delete these rows with sqlite3: nothing shows them any more"

// CheckIntegrity asks SQLite about the structure of a file. A file that SQLite cannot read at all is damaged too.
func CheckIntegrity(ctx context.Context, q Querier, file string, report *store.Checkup) error {
	found, err := texts(ctx, q, "PRAGMA integrity_check(100)")
	for _, said := range found {
		if said != "ok" {
			addStructure(report, file, said)
		}
	}
	if err = StoreError(ctx, err); errors.Is(err, store.ErrDamaged) {
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
		Place: file, Problem: "the structure of the file is damaged (SQLite says: " + strings.Join(strings.Fields(said), " ") + ")", Remedy: RemedyRestore,
	})
}

// CheckReferences looks for rows that belong to a row that is not there.
func CheckReferences(ctx context.Context, q Querier, file string, report *store.Checkup) error {
	err := addOrphans(ctx, q, file, report)
	if err = StoreError(ctx, err); errors.Is(err, store.ErrDamaged) {
		addStructure(report, file, err.Error())
		return nil
	}
	if err != nil {
		return fmt.Errorf("check what the rows of %s belong to: %w", file, err)
	}
	return nil
}

func addOrphans(ctx context.Context, q Querier, file string, report *store.Checkup) error {
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
func texts(ctx context.Context, q Querier, query string, args ...any) (found []string, err error) {
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
