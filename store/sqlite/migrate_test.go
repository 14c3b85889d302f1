package sqlite

import (
	"database/sql"
	"embed"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"signpost/auth"
)

// withStep gives the steps with one more, which says what the next version of the program may do.
func withStep(t *testing.T, steps *migrations, name, statement string) *migrations {
	t.Helper()
	files := fstest.MapFS{steps.folder + "/" + name: {Data: []byte("-- +goose Up\n" + statement + ";\n")}}
	err := fs.WalkDir(steps.files, steps.folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(steps.files, path)
		files[path] = &fstest.MapFile{Data: content}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	more := *steps
	more.files = files
	return &more
}

// Before a step that drops or rewrites something the file is copied, once; a step that only adds needs no copy.
func TestCopyBeforeMigration(t *testing.T) {
	dropping := func(t *testing.T) *migrations {
		steps := withStep(t, mainSteps(), "00009_drops.sql", "DROP TABLE id_texts")
		steps.rewriting = []int64{9}
		return steps
	}
	apply := func(t *testing.T, folder string, steps *migrations) error {
		t.Helper()
		w, err := openWriter(filepath.Join(folder, "main.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		return steps.apply(t.Context(), w, slog.New(slog.DiscardHandler))
	}
	schemaOf := func(t *testing.T, folder string) int64 {
		t.Helper()
		db, err := sql.Open("sqlite", dsn(filepath.Join(folder, "main.db"), nil))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		version, err := schemaVersion(t.Context(), db)
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
		folder := filledFolder(t)
		for range 2 {
			if err := apply(t, folder, dropping(t)); err != nil {
				t.Fatal(err)
			}
		}
		kept := filepath.Join(folder, "main.db.schema-8")
		copied, err := sql.Open("sqlite", dsn(kept, nil))
		if err != nil {
			t.Fatal(err)
		}
		defer copied.Close()
		var rows, dropped int
		err = copied.QueryRow("SELECT (SELECT count(*) FROM rows_interactive), (SELECT count(*) FROM sqlite_schema WHERE name = 'id_texts')").Scan(&rows, &dropped)
		if err != nil || rows != 300 || dropped != 1 {
			t.Errorf("the copy has %d rows and %d tables that were dropped, %v", rows, dropped, err)
		}
		info, err := os.Stat(kept)
		if err != nil || info.Mode().Perm() != 0o600 || copies(t, folder) != 1 {
			t.Errorf("the copy: %v, %v, of %d", info.Mode(), err, copies(t, folder))
		}
		stepped, err := sql.Open("sqlite", dsn(filepath.Join(folder, "main.db"), nil))
		if err != nil {
			t.Fatal(err)
		}
		defer stepped.Close()
		if err := stepped.QueryRow("SELECT count(*) FROM rows_interactive").Scan(&rows); err != nil || rows != 300 || schemaOf(t, folder) != 9 {
			t.Errorf("the store has %d rows and the schema %d, %v", rows, schemaOf(t, folder), err)
		}
	})
	t.Run("a step that adds", func(t *testing.T) {
		folder := filledFolder(t)
		err := apply(t, folder, withStep(t, mainSteps(), "00009_adds.sql", "CREATE TABLE more (k INTEGER)"))
		if err != nil || schemaOf(t, folder) != 9 || copies(t, folder) > 0 {
			t.Errorf("%v, the schema is %d with %d copies", err, schemaOf(t, folder), copies(t, folder))
		}
	})
	t.Run("an empty store", func(t *testing.T) {
		folder := t.TempDir()
		for _, steps := range []*migrations{mainSteps(), dropping(t)} {
			if err := apply(t, folder, steps); err != nil {
				t.Fatal(err)
			}
		}
		if schemaOf(t, folder) != 9 || copies(t, folder) > 0 {
			t.Errorf("the schema is %d with %d copies", schemaOf(t, folder), copies(t, folder))
		}
	})
	t.Run("room enough", func(t *testing.T) {
		folder, steps := filledFolder(t), dropping(t)
		steps.free = func(string) (int64, bool) { return 3 << 20, true }
		if err := apply(t, folder, steps); err != nil {
			t.Errorf("a store of less than a megabyte: %v", err)
		}
	})
	t.Run("less room than the copy takes", func(t *testing.T) {
		folder, steps := filledFolder(t), dropping(t)
		steps.free = func(string) (int64, bool) { return 100_000, true }
		err := apply(t, folder, steps)
		if err == nil || !strings.Contains(err.Error(), "Make room") {
			t.Errorf("got %v", err)
		}
		if version := schemaOf(t, folder); version != 8 {
			t.Errorf("the schema is %d, want 8 as before", version)
		}
	})
}

// portal.db is small: it is copied before every step.
func TestCopyOfPortalBeforeMigration(t *testing.T) {
	folder := filledFolder(t)
	w, err := openWriter(filepath.Join(folder, "portal.db"))
	if err != nil {
		t.Fatal(err)
	}
	var said logLines
	log := slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{Level: slog.LevelWarn}))
	steps := withStep(t, portalSteps(), "00007_adds.sql", "CREATE TABLE more (k INTEGER)")
	if err := steps.apply(t.Context(), w, log); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	kept := filepath.Join(folder, "portal.db.schema-6")
	if n := sizeOf(kept); n == 0 {
		t.Fatal("portal.db was not copied")
	}
	if told := said.take(); !strings.Contains(told, "portal.db was copied before its schema changes") || !strings.Contains(told, kept) {
		t.Errorf("commands say of the copy %q, want where it is", told)
	}
	back := t.TempDir()
	if err := os.Rename(kept, filepath.Join(back, "portal.db")); err != nil {
		t.Fatal(err)
	}
	p := openTestPortal(t, back)
	if list, err := auth.NewAccounts(p, newClock().now, false).List(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("the accounts of the copy: %v, %v", list, err)
	}
}

// Schemas go forward only: the way back is the copy that is made before. A step back would lose what the step dropped.
func TestMigrationsGoForwardOnly(t *testing.T) {
	read := 0
	for _, files := range []embed.FS{mainMigrations, portalMigrations} {
		err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			b, err := files.ReadFile(path)
			if read++; strings.Contains(string(b), "+goose Down") {
				t.Errorf("%s goes back", path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if read < 2 {
		t.Errorf("only %d files", read)
	}
}

// A lock that another process holds is waited for, however often.
func TestMigrateIsBusy(t *testing.T) {
	folder := t.TempDir()
	holder, err := openWriter(filepath.Join(folder, "main.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer holder.Close()
	tx, err := holder.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback() //nolint:errcheck // it only holds the lock
	writer, err := sql.Open("sqlite", dsn(filepath.Join(folder, "main.db"), url.Values{"_pragma": {"busy_timeout(1)"}, "_txlock": {"immediate"}}))
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	if err := mainSteps().up(t.Context(), writer); !isBusy(err) {
		t.Errorf("while another process writes: %v, want that it is busy", err)
	}
}
