package sqlite

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"signpost/store"
)

// imported imports the records in batches of odd sizes.
func imported(t *testing.T, db *DB, records []store.Record) {
	t.Helper()
	for some := range slices.Chunk(records, 97) {
		batch, err := db.Prepare(some)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Commit(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
	}
}

// lines writes the rows of a query as lines.
func lines(t *testing.T, db *DB, query string) string {
	t.Helper()
	rows, err := db.reader.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	cells, targets := make([]any, len(names)), make([]any, len(names))
	for i := range cells {
		targets[i] = &cells[i]
	}
	var out strings.Builder
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&out, cells...)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func allRows(t *testing.T, db *DB, q store.ListQuery) []store.Row {
	t.Helper()
	var rows []store.Row
	for {
		page, err := db.Page(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, page.Rows...)
		if page.Next == nil {
			return rows
		}
		q.After = page.Next
	}
}
