package dbfile

import (
	"database/sql"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// stepsOf are the steps of a made-up file: the first one makes a table, and more may follow.
func stepsOf(more ...string) *Migrations {
	files := fstest.MapFS{}
	for i, statement := range append([]string{"CREATE TABLE kept (k INTEGER); CREATE TABLE dropped (k INTEGER)"}, more...) {
		files["steps/0000"+string(rune('8'+i))+"_step.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + statement + ";\n")}
	}
	return &Migrations{Files: files, Folder: "steps", Rewriting: []int64{}, Holds: "SELECT EXISTS (SELECT 1 FROM kept)", TooOld: "begin again"}
}

// filledFile is a folder with a file of 300 rows, closed.
func filledFile(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	w, err := OpenWriter(filepath.Join(folder, "main.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := stepsOf().Apply(t.Context(), w, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Exec("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) INSERT INTO kept SELECT i FROM n"); err != nil {
		t.Fatal(err)
	}
	return folder
}

// Before a step that drops or rewrites something the file is copied, once; a step that only adds needs no copy.
func TestCopyBeforeMigration(t *testing.T) {
	dropping := func() *Migrations {
		steps := stepsOf("DROP TABLE dropped")
		steps.Rewriting = []int64{9}
		return steps
	}
	apply := func(t *testing.T, folder string, steps *Migrations) error {
		t.Helper()
		w, err := OpenWriter(filepath.Join(folder, "main.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		return steps.Apply(t.Context(), w, slog.New(slog.DiscardHandler))
	}
	schemaOf := func(t *testing.T, folder string) int64 {
		t.Helper()
		db, err := sql.Open("sqlite", DSN(filepath.Join(folder, "main.db"), nil))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		version, err := SchemaVersion(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		return version
	}
	copies := func(t *testing.T, folder string) int {
		t.Helper()
		found, err := filepath.Glob(filepath.Join(folder, "*.schema-*"))
		if err != nil {
			t.Fatal(err)
		}
		return len(found)
	}
	t.Run("a step that drops", func(t *testing.T) {
		folder := filledFile(t)
		for range 2 {
			if err := apply(t, folder, dropping()); err != nil {
				t.Fatal(err)
			}
		}
		kept := filepath.Join(folder, "main.db.schema-8")
		copied, err := sql.Open("sqlite", DSN(kept, nil))
		if err != nil {
			t.Fatal(err)
		}
		defer copied.Close()
		var rows, dropped int
		err = copied.QueryRow("SELECT (SELECT count(*) FROM kept), (SELECT count(*) FROM sqlite_schema WHERE name = 'dropped')").Scan(&rows, &dropped)
		if err != nil || rows != 300 || dropped != 1 {
			t.Errorf("the copy has %d rows and %d tables that were dropped, %v", rows, dropped, err)
		}
		info, err := os.Stat(kept)
		if err != nil || info.Mode().Perm() != 0o600 || copies(t, folder) != 1 {
			t.Errorf("the copy: %v, %v, of %d", info.Mode(), err, copies(t, folder))
		}
		stepped, err := sql.Open("sqlite", DSN(filepath.Join(folder, "main.db"), nil))
		if err != nil {
			t.Fatal(err)
		}
		defer stepped.Close()
		if err := stepped.QueryRow("SELECT count(*) FROM kept").Scan(&rows); err != nil || rows != 300 || schemaOf(t, folder) != 9 {
			t.Errorf("the store has %d rows and the schema %d, %v", rows, schemaOf(t, folder), err)
		}
	})
	t.Run("a step that adds", func(t *testing.T) {
		folder := filledFile(t)
		err := apply(t, folder, stepsOf("CREATE TABLE more (k INTEGER)"))
		if err != nil || schemaOf(t, folder) != 9 || copies(t, folder) > 0 {
			t.Errorf("%v, the schema is %d with %d copies", err, schemaOf(t, folder), copies(t, folder))
		}
	})
	t.Run("an empty store", func(t *testing.T) {
		folder := t.TempDir()
		for _, steps := range []*Migrations{stepsOf(), dropping()} {
			if err := apply(t, folder, steps); err != nil {
				t.Fatal(err)
			}
		}
		if schemaOf(t, folder) != 9 || copies(t, folder) > 0 {
			t.Errorf("the schema is %d with %d copies", schemaOf(t, folder), copies(t, folder))
		}
	})
	t.Run("room enough", func(t *testing.T) {
		folder, steps := filledFile(t), dropping()
		steps.free = func(string) (int64, bool) { return 3 << 20, true }
		if err := apply(t, folder, steps); err != nil {
			t.Errorf("a store of less than a megabyte: %v", err)
		}
	})
	t.Run("less room than the copy takes", func(t *testing.T) {
		folder, steps := filledFile(t), dropping()
		steps.free = func(string) (int64, bool) { return 10_000, true }
		err := apply(t, folder, steps)
		if err == nil || !strings.Contains(err.Error(), "Make room") {
			t.Errorf("got %v", err)
		}
		if version := schemaOf(t, folder); version != 8 {
			t.Errorf("the schema is %d, want 8 as before", version)
		}
	})
}

// A lock that another process holds is waited for, however often.
func TestMigrateIsBusy(t *testing.T) {
	folder := t.TempDir()
	holder, err := OpenWriter(filepath.Join(folder, "main.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer holder.Close()
	tx, err := holder.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback() //nolint:errcheck // it only holds the lock
	writer, err := sql.Open("sqlite", DSN(filepath.Join(folder, "main.db"), url.Values{"_pragma": {"busy_timeout(1)"}, "_txlock": {"immediate"}}))
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	if err := stepsOf().up(t.Context(), writer); !IsBusy(err) {
		t.Errorf("while another process writes: %v, want that it is busy", err)
	}
}
