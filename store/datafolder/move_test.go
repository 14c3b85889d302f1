package datafolder

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"signpost/store"
	"signpost/store/dbfile"
	"signpost/store/directory"
	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/store/sqlite"
	"signpost/store/storetest"
)

// keptGroup is the group of the kept folder's directory: all who had an account when the folder was made.
const (
	keptGroup   = "0b5a5f0e-6f4c-4a53-9a1e-0c6de0f2a001"
	keptMembers = 7
)

// checkMoved proves that the directory and the ledger of the kept folder are in their file, and in it alone.
func checkMoved(t *testing.T, f *Folder) {
	t.Helper()
	info, err := f.Membership(t.Context(), keptGroup)
	if err != nil || info.N != keptMembers || info.Group.Name != "Crew" {
		t.Errorf("the group: %+v, %v", info, err)
	}
	past, err := f.PastImports(t.Context(), store.ImportsQuery{Limit: 100})
	if err != nil || len(past.Entries) != 8 {
		t.Errorf("%d imports, %v", len(past.Entries), err)
	}
	var left int
	err = dbfile.Peek(t.Context(), filepath.Join(f.path, sqlite.MainFile), "SELECT count(*) FROM sqlite_schema WHERE name IN ('directory', 'members', 'memberships', 'directory_revision', 'imports')", &left)
	if err != nil || left > 0 {
		t.Errorf("%d tables are in main.db still, %v", left, err)
	}
	report, err := f.Checkup(t.Context(), nil)
	if err != nil || report.Total > 0 {
		t.Errorf("%v, %v", err, report.Damages)
	}
}

// A process that dies once directory.db has its name, and before main.db drops the tables, leaves a folder that moves them
// again.
func TestMoveThatWasNotFinished(t *testing.T) {
	t.Parallel()
	path := keptFolder(t)
	died := errors.New("died")
	_, err := sqlite.Open(t.Context(), path, kinds.Catalog, importer.Decoder(kinds.Catalog), sqlite.WithMove(func(ctx context.Context, from *sql.Tx) ([]string, error) {
		_, err := directory.Move(ctx, path, from, slog.New(slog.DiscardHandler))
		return nil, errors.Join(err, died)
	}))
	if !errors.Is(err, died) || dbfile.Size(filepath.Join(path, directory.File)) == 0 {
		t.Fatalf("it ended with %v", err)
	}
	// A backup of it has the directory once: in main.db.
	file, restored := filepath.Join(t.TempDir(), "b.zip"), filepath.Join(t.TempDir(), "restored")
	m, err := Backup(t.Context(), path, file, "test", nil)
	if err == nil {
		_, err = Restore(t.Context(), file, restored, nil)
	}
	if err != nil || slices.ContainsFunc(m.Files, func(f BackupFile) bool { return f.Name == directory.File }) {
		t.Fatalf("a backup: %+v, %v", m.Files, err)
	}
	for _, path := range []string{path, restored} {
		f, err := Open(t.Context(), path, kinds.Catalog, importer.Decoder(kinds.Catalog))
		if err != nil {
			t.Fatal(err)
		}
		checkMoved(t, f)
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
	m, err = Backup(t.Context(), path, filepath.Join(t.TempDir(), "moved.zip"), "test", nil)
	if err != nil || !slices.ContainsFunc(m.Files, func(f BackupFile) bool { return f.Name == directory.File && f.Schema == 7 }) {
		t.Errorf("a backup after the move: %+v, %v", m.Files, err)
	}
}

// Several processes open an old folder at once: one of them moves the directory, and all have it.
func TestManyMoveAtOnce(t *testing.T) {
	t.Parallel()
	for range 5 {
		path := keptFolder(t)
		folders, errs := make([]*Folder, 4), make([]error, 4)
		var all sync.WaitGroup
		for i := range folders {
			all.Go(func() {
				folders[i], errs[i] = Open(context.WithoutCancel(t.Context()), path, kinds.Catalog, importer.Decoder(kinds.Catalog))
			})
		}
		all.Wait()
		for i, f := range folders {
			if errs[i] != nil {
				t.Fatal(errs[i])
			}
			checkMoved(t, f)
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// An older copy of main.db that is put back has another directory than directory.db: the owner says which of both counts.
func TestMoveReplacesNoDirectoryInUse(t *testing.T) {
	t.Parallel()
	path, older := keptFolder(t), keptFolder(t)
	f, err := Open(t.Context(), path, kinds.Catalog, importer.Decoder(kinds.Catalog))
	if err != nil {
		t.Fatal(err)
	}
	batch := store.DirectoryBatch{At: storetest.Noon, Objects: []store.Object{{Kind: store.ObjectUser, ID: "later", Name: "Later"}}}
	if _, err := f.PutDirectory(t.Context(), 0, batch); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	copyFile(t, older, path, sqlite.MainFile)
	for range 2 {
		if f, err := Open(t.Context(), path, kinds.Catalog, importer.Decoder(kinds.Catalog)); err == nil || !strings.Contains(err.Error(), "directory.db that was in use") {
			t.Fatalf("it opened, or fails with %v: %v", err, f.Close())
		}
	}
	away := filepath.Join(t.TempDir(), directory.File)
	if err := os.Rename(filepath.Join(path, directory.File), away); err != nil {
		t.Fatal(err)
	}
	var has bool
	if err := dbfile.Peek(t.Context(), away, "SELECT EXISTS (SELECT 1 FROM directory WHERE id = 'later')", &has); err != nil || !has {
		t.Errorf("the directory that was in use changed: %t, %v", has, err)
	}
	f, err = Open(t.Context(), path, kinds.Catalog, importer.Decoder(kinds.Catalog))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	checkMoved(t, f)
}

// A move that fails leaves the folder as it was.
func TestMoveThatFails(t *testing.T) {
	t.Parallel()
	path := keptFolder(t)
	ctx, stop := context.WithCancel(t.Context())
	_, err := sqlite.Open(ctx, path, kinds.Catalog, importer.Decoder(kinds.Catalog), sqlite.WithMove(func(ctx context.Context, from *sql.Tx) ([]string, error) {
		stop()
		return directory.Move(ctx, path, from, slog.New(slog.DiscardHandler))
	}))
	if err == nil {
		t.Fatal("it opened")
	}
	if left := namesAndSizes(t, path); slices.ContainsFunc(left, func(name string) bool { return strings.HasPrefix(name, directory.File) }) {
		t.Errorf("the folder has %q", left)
	}
	f, err := Open(t.Context(), path, kinds.Catalog, importer.Decoder(kinds.Catalog))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	checkMoved(t, f)
}

// makeBare makes a file one that SQLite has opened, and that has no tables.
func makeBare(path string) error {
	if err := os.Remove(path); err != nil {
		return err
	}
	w, err := dbfile.OpenWriter(path)
	if err == nil {
		_, err = w.Exec("SELECT 1")
	}
	if err != nil {
		return err
	}
	return w.Close()
}

// A directory.db that is gone from a folder, or emptied, is missed: an empty one in its place would look like a tenant without
// people.
func TestLostDirectoryIsRefused(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(path string) error{
		"is missing":    os.Remove,
		"holds nothing": makeBare,
		"is empty":      func(path string) error { return os.Truncate(path, 0) },
	} {
		path := filledFolder(t)
		if err := lose(filepath.Join(path, directory.File)); err != nil {
			t.Fatal(err)
		}
		before := namesAndSizes(t, path)
		for range 2 {
			f, err := Open(t.Context(), path, kinds.Catalog, importer.Decoder(kinds.Catalog))
			if err == nil {
				t.Fatalf("%s: it opened: %v", name, f.Close())
			}
			for _, want := range []string{name, path, "restore a backup", "--new-directory"} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, want %q in it", err, want)
				}
			}
		}
		if _, err := Backup(t.Context(), path, filepath.Join(t.TempDir(), "b.zip"), "test", nil); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: a backup: %v", name, err)
		}
		if after := namesAndSizes(t, path); !slices.Equal(before, after) {
			t.Errorf("%s: the refusal left %q of %q", name, after, before)
		}
		if err := BeginDirectory(t.Context(), path); err != nil {
			t.Fatal(err)
		}
		if n := countRowsOf(t, path); n != 300 {
			t.Errorf("%s: with a new directory there are %d sign-ins, want 300", name, n)
		}
		if err := BeginDirectory(t.Context(), path); err == nil || !strings.Contains(err.Error(), "is not lost") {
			t.Errorf("%s: a second new directory: %v", name, err)
		}
	}
}
