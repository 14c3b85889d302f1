package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store/importer"
	"signpost/store/storetest"
)

// shapeOf describes the tables and indexes of a file as SQLite understands them: however their SQL is written.
func shapeOf(t *testing.T, path string) string {
	t.Helper()
	db, err := sql.Open("sqlite", dsn(path, nil))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	read := func(query string, args ...any) []string {
		t.Helper()
		rows, err := db.QueryContext(context.WithoutCancel(t.Context()), query, args...)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		names, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		var list []string
		for rows.Next() {
			cells, targets := make([]sql.NullString, len(names)), make([]any, len(names))
			for i := range cells {
				targets[i] = &cells[i]
			}
			if err := rows.Scan(targets...); err != nil {
				t.Fatal(err)
			}
			line := ""
			for _, cell := range cells {
				line += fmt.Sprintf("%q ", cell.String)
			}
			list = append(list, line)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		return list
	}
	var tables []string
	for _, name := range read("SELECT name FROM sqlite_schema WHERE type = 'table'") {
		name = strings.Trim(name, `" `)
		shape := []string{"table " + name}
		shape = append(shape, read("SELECT type, wr, strict, ncol FROM pragma_table_list(?)", name)...)
		shape = append(shape, read("SELECT cid, name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?)", name)...)
		shape = append(shape, read("SELECT l.name, l.\"unique\", l.origin, l.partial, i.seqno, i.name, i.\"desc\", i.coll, i.key FROM pragma_index_list(?) AS l JOIN pragma_index_xinfo(l.name) AS i ORDER BY l.name, i.seqno", name)...)
		shape = append(shape, read("SELECT * FROM pragma_foreign_key_list(?)", name)...)
		for _, text := range read("SELECT sql FROM sqlite_schema WHERE tbl_name = ? ORDER BY name", name) {
			// Conditions are in the text alone, and so is that numbers are not given out again.
			for _, word := range []string{"CHECK", "WHERE", "AUTOINCREMENT", "ON DELETE CASCADE", "ON DELETE SET NULL"} {
				for _, rest := range strings.Split(text, word)[1:] {
					shape = append(shape, word+" "+conditionIn(rest))
				}
			}
		}
		tables = append(tables, strings.Join(shape, "\n"))
	}
	slices.Sort(tables)
	return strings.Join(tables, "\n\n")
}

// conditionIn gives the text of a parenthesis, or of a line, with one space between words.
func conditionIn(text string) string {
	text = strings.NewReplacer(`\n`, " ", `\t`, " ").Replace(text)
	text = strings.TrimLeft(text, " ")
	depth := 0
	for i, r := range text {
		switch r {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return strings.Join(strings.Fields(text[:i+1]), " ")
			}
		}
		if depth == 0 && (r == ',' || r == ')') {
			return strings.Join(strings.Fields(text[:i]), " ")
		}
	}
	return strings.Join(strings.Fields(text), " ")
}

// A new folder has the tables of one that was made step by step, which the kept folder was.
func TestNewFolderHasTheTablesOfTheKeptOne(t *testing.T) {
	kept := storetest.UnpackFolder(t, filepath.Join("testdata", "schema-8.tar.gz"))
	made := filledFolder(t)
	for _, name := range []string{"main.db", "portal.db"} {
		want, got := shapeOf(t, filepath.Join(kept, name)), shapeOf(t, filepath.Join(made, name))
		if diff := gocmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
			t.Errorf("the tables of %s (-kept +new):\n%s", name, diff)
		}
		if strings.Count(want, "CHECK") < 2 || strings.Count(want, "\n") < 50 {
			t.Errorf("%s: nothing to compare:\n%s", name, want)
		}
	}
}

// A backup of the kept folder is restored by this version of the program, with all of it.
func TestBackupOfTheKeptFolder(t *testing.T) {
	kept := storetest.UnpackFolder(t, filepath.Join("testdata", "schema-8.tar.gz"))
	before, err := Open(t.Context(), storetest.UnpackFolder(t, filepath.Join("testdata", "schema-8.tar.gz")), importer.Decode)
	if err != nil {
		t.Fatal(err)
	}
	defer before.Close()
	file, folder := filepath.Join(t.TempDir(), "kept.zip"), filepath.Join(t.TempDir(), "restored")
	made, err := Backup(t.Context(), kept, file, "test", nil)
	if err != nil {
		t.Fatal(err)
	}
	restored, err := Restore(t.Context(), file, folder, nil)
	if err != nil {
		t.Fatal(err)
	}
	if made.SignIns() != 326 || restored.SignIns() != made.SignIns() || restored.Accounts != made.Accounts || made.Accounts == 0 {
		t.Errorf("backed up %d sign-ins and %d accounts, restored %d and %d", made.SignIns(), made.Accounts, restored.SignIns(), restored.Accounts)
	}
	for _, f := range restored.Files {
		if want := map[string]int64{mainFile: 8, portalFile: 6}[f.Name]; f.Schema != want {
			t.Errorf("%s has the schema %d, want %d", f.Name, f.Schema, want)
		}
	}
	db, err := Open(t.Context(), folder, importer.Decode)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if diff := gocmp.Diff(allLogs(t, before), allLogs(t, db)); diff != "" {
		t.Errorf("the answers of what was restored (-kept +restored):\n%s", diff)
	}
	if got, want := segmentIDs(t, db), segmentIDs(t, before); !slices.Equal(got, want) {
		t.Errorf("it has the segments %v, want %v", got, want)
	}
}

// A backup of a folder of before the first release is refused, with the words that opening the folder is.
func TestBackupsOfOlderSchemasAreRefused(t *testing.T) {
	for name, schema := range map[string]int64{mainFile: 7, portalFile: 5} {
		err := knownSchemas(&BackupManifest{Files: []BackupFile{{Name: name, Schema: schema}}})
		if err == nil || !strings.Contains(err.Error(), "before the first release") {
			t.Errorf("%s of schema %d: %v", name, schema, err)
		}
		if err := knownSchemas(&BackupManifest{Files: []BackupFile{{Name: name, Schema: schema + 1}}}); err != nil {
			t.Errorf("%s of schema %d: %v", name, schema+1, err)
		}
	}
}
