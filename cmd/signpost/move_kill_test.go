package main

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/store/storetest"
)

// movedTables are those that schema 8 of main.db had, and directory.db has.
var movedTables = []string{"directory", "members", "memberships", "directory_revision", "imports"}

// Processes open a folder of schema 8 and are killed at random moments. Often the directory and the ledger are just moving
// into a file of their own. The folder must open afterwards, and everything must be there once.
func TestMoveOfTheDirectoryKilledAtRandom(t *testing.T) {
	t.Parallel()
	kills, objects := 6, 4000
	if os.Getenv("SIGNPOST_SOAK") != "" {
		kills = 500
	}
	old := folderOfSchema8(t, objects)
	main := filepath.Join(old, "main.db")
	want := tablesText(t, main, main)
	if n := strings.Count(want, "\n"); n < 4*objects {
		t.Fatalf("only %d rows to move", n)
	}
	open := func(folder string, kill time.Duration) {
		runKilled(t, kill, "check", "--data", folder)
	}
	clean := copyFolder(t, old)
	began := time.Now()
	open(clean, time.Minute)
	whole := time.Since(began)
	states := map[string]int{}
	r := rand.New(rand.NewPCG(16, 3))
	for left := kills; left > 0; {
		folder := copyFolder(t, old)
		for range 1 + r.IntN(3) { // some are killed more than once
			open(folder, time.Duration(r.Int64N(int64(whole))))
			states[moveState(t, folder)]++
			left--
		}
		f, err := datafolder.Open(t.Context(), folder, kinds.Catalog, importer.Decoder(kinds.Catalog))
		if err != nil {
			t.Fatal(err)
		}
		total, err := f.Total(t.Context(), store.ListQuery{Log: store.NonInteractive, Range: store.AllTime()})
		group, groupErr := f.Membership(t.Context(), "group-1")
		if err != nil || groupErr != nil || total.N != 274 || group.N == 0 {
			t.Errorf("%d sign-ins, %d members, %v, %v", total.N, group.N, err, groupErr)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if got := tablesText(t, filepath.Join(folder, "directory.db"), main); got != want {
			t.Fatalf("what was moved differs: %s", firstDifference(got, want))
		}
		if got := moveState(t, folder); got != "moved" {
			t.Fatalf("in the end the folder is %s", got)
		}
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%v after %d kills in %s each", states, kills, whole.Round(time.Millisecond))
	if kills >= 500 && (states["being built"] < 10 || states["untouched"] == 0 || states["moved"] == 0) {
		t.Errorf("the kills left the folder %v: they do not meet the move", states)
	}
}

// moveState says how far the move of a folder is.
func moveState(t *testing.T, folder string) string {
	t.Helper()
	exists := func(name string) bool {
		_, err := os.Stat(filepath.Join(folder, name))
		return err == nil
	}
	has := tableNames(t, filepath.Join(folder, "main.db"))
	switch left := slices.Contains(has, "imports"); {
	case !left && exists("directory.db") && !exists("directory.db.moving"):
		return "moved"
	case left && exists("directory.db"):
		return "built and not moved"
	case left && exists("directory.db.moving"):
		return "being built"
	case left:
		return "untouched"
	}
	t.Fatalf("the tables are gone from main.db, and directory.db is not there")
	return ""
}

// folderOfSchema8 is the kept folder with a larger directory and ledger.
func folderOfSchema8(t *testing.T, objects int) string {
	t.Helper()
	folder := storetest.UnpackFolder(t, filepath.Join("..", "..", "store", "sqlite", "testdata", "schema-8.tar.gz"))
	db, err := sql.Open("sqlite", filepath.Join(folder, "main.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
	for _, statement := range []string{
		numbers + "INSERT INTO directory SELECT 1 + i % 4, 'object-' || i, 'Name ' || i, 'user' || i || '@example.com', '', 'Member', 1, i, 0, '{\"city\":\"Bergen\"}', 1000 + i, NULL FROM n",
		numbers + "INSERT INTO members SELECT 'group-' || (i % 7), 'object-' || i, 1, 'Name ' || i, 'user' || i || '@example.com', NULL FROM n",
		numbers + "INSERT INTO members SELECT 'group-' || (7 + i % 5), 'object-' || i, 1, 'Name ' || i, 'user' || i || '@example.com', NULL FROM n",
		"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 11 AND ? > 0) INSERT INTO memberships SELECT 'group-' || i, 5000, 1, NULL FROM n",
		numbers + "INSERT INTO imports SELECT 1000 + i, 'file ' || i, 'graph', i, i + 1, 1, 2, 3, 4, '{}', NULL FROM n",
	} {
		if _, err := db.Exec(statement, objects); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	return folder
}

// copyFolder copies the files of a folder.
func copyFolder(t *testing.T, from string) string {
	t.Helper()
	to, err := os.MkdirTemp(t.TempDir(), "copy")
	if err == nil {
		err = os.CopyFS(to, os.DirFS(from))
	}
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// tableNames gives the tables of a file.
func tableNames(t *testing.T, path string) []string {
	t.Helper()
	return strings.Fields(rowsText(t, path, "SELECT name FROM sqlite_schema WHERE type = 'table'"))
}

// tablesText is the rows of the tables that are moved, in the columns of the old file.
func tablesText(t *testing.T, path, old string) string {
	t.Helper()
	var text strings.Builder
	for _, table := range movedTables {
		columns := strings.TrimSpace(rowsText(t, old, "SELECT group_concat(name, ', ') FROM pragma_table_info('"+table+"')"))
		text.WriteString(rowsText(t, path, "SELECT '"+table+"', "+columns+" FROM "+table+" ORDER BY 2, 3"))
	}
	return text.String()
}

func rowsText(t *testing.T, path, query string) string {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(query)
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
	var text strings.Builder
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&text, cells...)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return text.String()
}
