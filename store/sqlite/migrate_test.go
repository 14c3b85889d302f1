package sqlite

import (
	"database/sql"
	"embed"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"signpost/auth"
)

// downTo takes from a closed main.db what the steps behind a version made. The tables of the steps are dropped.
func downTo(t *testing.T, folder string, version int, statements ...string) {
	t.Helper()
	w, err := openWriter(filepath.Join(folder, "main.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if _, err := w.Exec("DELETE FROM goose_db_version WHERE version_id > ?", version); err != nil {
		t.Fatal(err)
	}
	for _, statement := range statements {
		if _, err := w.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

var (
	withoutLastSeen    = []string{"DROP TABLE last_seen", "DROP TABLE last_seen_state"}
	withoutDerivations = append([]string{"DROP TABLE derivations", "ALTER TABLE docs DROP COLUMN received", "CREATE TABLE undated (k INTEGER)"}, withoutLastSeen...)
)

// Before a step that drops or rewrites something the file is copied, once; a step that only adds needs no copy.
func TestCopyBeforeMigration(t *testing.T) {
	open := func(t *testing.T, folder string) {
		t.Helper()
		db, err := Open(t.Context(), folder, decodeJSON)
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("a step that drops", func(t *testing.T) {
		folder := filledFolder(t)
		downTo(t, folder, 5, withoutDerivations...)
		open(t, folder)
		kept := filepath.Join(folder, "main.db.schema-5")
		copied, err := sql.Open("sqlite", dsn(kept, nil))
		if err != nil {
			t.Fatal(err)
		}
		defer copied.Close()
		var rows, undated int
		err = copied.QueryRow("SELECT (SELECT count(*) FROM rows_interactive), (SELECT count(*) FROM sqlite_schema WHERE name = 'undated')").Scan(&rows, &undated)
		if err != nil || rows != 300 || undated != 1 {
			t.Errorf("the copy has %d rows and %d tables that were dropped, %v", rows, undated, err)
		}
		info, err := os.Stat(kept)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the copy: %v, %v", info.Mode(), err)
		}
		if n := countRowsOf(t, folder); n != 300 {
			t.Errorf("the store has %d rows", n)
		}
	})
	t.Run("a step that adds", func(t *testing.T) {
		folder := filledFolder(t)
		downTo(t, folder, 6, withoutLastSeen...)
		open(t, folder)
		if copies, err := filepath.Glob(filepath.Join(folder, "*.schema-*")); err != nil || len(copies) > 0 {
			t.Errorf("copies: %v, %v", copies, err)
		}
	})
	t.Run("an empty store", func(t *testing.T) {
		folder := t.TempDir()
		open(t, folder)
		downTo(t, folder, 5, withoutDerivations...)
		open(t, folder)
		if copies, err := filepath.Glob(filepath.Join(folder, "*.schema-*")); err != nil || len(copies) > 0 {
			t.Errorf("copies: %v, %v", copies, err)
		}
	})
	t.Run("room enough", func(t *testing.T) {
		folder := filledFolder(t)
		downTo(t, folder, 5, withoutDerivations...)
		w, err := openWriter(filepath.Join(folder, "main.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		steps := moving().migrations(movedAtOnce)
		steps.free = func(string) (int64, bool) { return 3 << 20, true }
		if err := steps.apply(t.Context(), w, slog.New(slog.DiscardHandler)); err != nil {
			t.Errorf("a store of less than a megabyte: %v", err)
		}
	})
	t.Run("less room than the copy takes", func(t *testing.T) {
		folder := filledFolder(t)
		downTo(t, folder, 5, withoutDerivations...)
		w, err := openWriter(filepath.Join(folder, "main.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		steps := moving().migrations(movedAtOnce)
		steps.free = func(string) (int64, bool) { return 100_000, true }
		err = steps.apply(t.Context(), w, slog.New(slog.DiscardHandler))
		if err == nil || !strings.Contains(err.Error(), "Make room") {
			t.Errorf("got %v", err)
		}
		if version, err := schemaVersion(t.Context(), w.DB); err != nil || version != 5 {
			t.Errorf("the schema is %d, %v, want 5 as before", version, err)
		}
	})
}

// portal.db is small: it is copied before every step.
func TestCopyOfPortalBeforeMigration(t *testing.T) {
	folder := t.TempDir()
	w, err := openWriter(filepath.Join(folder, "portal.db"))
	if err != nil {
		t.Fatal(err)
	}
	steps := migrations{files: portalMigrations, folder: "migrations/portal"}
	provider, err := steps.provider(w.DB)
	if err == nil {
		_, err = provider.UpTo(t.Context(), 4)
	}
	if err == nil {
		_, err = w.Exec("INSERT INTO accounts (id, name, name_folded, password_hash, created) VALUES (7, 'Ada', 'ada', 'x', 1)")
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	var said logLines
	p, err := OpenPortal(t.Context(), folder, WithPortalLog(slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{Level: slog.LevelWarn}))))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if list, err := auth.NewAccounts(p, newClock().now, false).List(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("the accounts: %v, %v", list, err)
	}
	kept := filepath.Join(folder, "portal.db.schema-4")
	if n := sizeOf(kept); n == 0 {
		t.Error("portal.db was not copied")
	}
	if told := said.take(); !strings.Contains(told, "portal.db was copied before its schema changes") || !strings.Contains(told, kept) {
		t.Errorf("commands say of the copy %q, want where it is", told)
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
	if read < 10 {
		t.Errorf("only %d files", read)
	}
}
