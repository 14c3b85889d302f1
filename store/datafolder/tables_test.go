package datafolder

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"signpost/store/dbfile"
	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/store/portal"
)

// shapeOf describes the tables and indexes of a file as SQLite understands them: however their SQL is written.
func shapeOf(t *testing.T, path string) string {
	t.Helper()
	db, err := sql.Open("sqlite", dbfile.DSN(path, nil))
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
	kept := keptFolder(t)
	f, err := Open(t.Context(), kept, kinds.Catalog, importer.Decoder(kinds.Catalog))
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	people, err := portal.Open(t.Context(), kept)
	if err == nil {
		err = people.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	made := filledFolder(t)
	for name, least := range map[string]int{"main.db": 2, "directory.db": 1, "portal.db": 2} {
		want, got := shapeOf(t, filepath.Join(kept, name)), shapeOf(t, filepath.Join(made, name))
		if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
			t.Errorf("the tables of %s (-kept +new):\n%s", name, diff)
		}
		if strings.Count(want, "CHECK") < least || strings.Count(want, "\n") < 50 {
			t.Errorf("%s: nothing to compare:\n%s", name, want)
		}
	}
}
