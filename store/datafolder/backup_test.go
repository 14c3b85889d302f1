package datafolder

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"signpost/store"
	"signpost/store/dbfile"
	"signpost/store/directory"
	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/store/portal"
	"signpost/store/sqlite"
	"signpost/store/storetest"

	"github.com/google/go-cmp/cmp"
)

// keptFolder is a folder that the version of the program with schema 8 of main.db made.
func keptFolder(t *testing.T) string {
	t.Helper()
	return storetest.UnpackFolder(t, filepath.Join("..", "sqlite", "testdata", "schema-8.tar.gz"))
}

// allLogs is all sign-ins of a store, as texts.
func allLogs(t *testing.T, s store.Reader) (said []string) {
	t.Helper()
	for _, info := range store.SignIns.Logs {
		q := store.ListQuery{Log: info.Log, Range: store.AllTime(), AllEvents: true, Limit: store.MaxLimit}
		for more := true; more; more = q.After != nil {
			page, err := s.Page(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range page.Rows {
				said = append(said, fmt.Sprintf("%s %+v %+v %+v", info.Log, row.Key, row.Line, *row.SignIn()))
			}
			q.After = page.Next
		}
	}
	return said
}

// A backup of the kept folder is restored by this version of the program, with all of it.
func TestBackupOfTheKeptFolder(t *testing.T) {
	kept := keptFolder(t)
	before, err := Open(t.Context(), keptFolder(t), kinds.Catalog, importer.Decoder(kinds.Catalog))
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
	if made.Records() != 326 || restored.Records() != made.Records() || restored.Accounts != made.Accounts || made.Accounts == 0 {
		t.Errorf("backed up %d records and %d accounts, restored %d and %d", made.Records(), made.Accounts, restored.Records(), restored.Accounts)
	}
	for _, f := range restored.Files {
		if want := map[string]int64{sqlite.MainFile: 8, portal.File: 6}[f.Name]; f.Schema != want {
			t.Errorf("%s has the schema %d, want %d", f.Name, f.Schema, want)
		}
	}
	db, err := Open(t.Context(), folder, kinds.Catalog, importer.Decoder(kinds.Catalog))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if diff := cmp.Diff(allLogs(t, before), allLogs(t, db)); diff != "" {
		t.Errorf("the answers of what was restored (-kept +restored):\n%s", diff)
	}
	var got, want string
	const segments = "SELECT group_concat(id) FROM segments ORDER BY id"
	err = errors.Join(dbfile.Peek(t.Context(), filepath.Join(folder, sqlite.MainFile), segments, &got), dbfile.Peek(t.Context(), filepath.Join(kept, sqlite.MainFile), segments, &want))
	if err != nil || got != want || got == "" {
		t.Errorf("it has the segments %s, want %s: %v", got, want, err)
	}
}

// A backup of a folder of before the first release is refused, with the words that opening the folder is.
func TestBackupsOfOlderSchemasAreRefused(t *testing.T) {
	for name, schema := range map[string]int64{sqlite.MainFile: 7, portal.File: 5} {
		err := knownSchemas(&BackupManifest{Files: []BackupFile{{Name: name, Schema: schema}}})
		if err == nil || !strings.Contains(err.Error(), "before the first release") {
			t.Errorf("%s of schema %d: %v", name, schema, err)
		}
		if err := knownSchemas(&BackupManifest{Files: []BackupFile{{Name: name, Schema: schema + 1}}}); err != nil {
			t.Errorf("%s of schema %d: %v", name, schema+1, err)
		}
	}
}

// Schemas go forward only: the way back is the copy that is made before. A step back would lose what the step dropped.
func TestMigrationsGoForwardOnly(t *testing.T) {
	read := 0
	for _, steps := range []*dbfile.Migrations{sqlite.Steps(), directory.Steps(), portal.Steps()} {
		err := fs.WalkDir(steps.Files, ".", func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			b, err := fs.ReadFile(steps.Files, path)
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

// What a backup says of itself is read from a file of anybody's.
func FuzzReadBackup(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("PK\x05\x06"))
	var made bytes.Buffer
	w := zip.NewWriter(&made)
	for name, text := range map[string]string{
		"demo.json":     "{}",
		"manifest.json": `{"kind":"signpost-backup","format":1,"files":[{"name":"demo.json","bytes":2,"sha256":"x"}]}`,
	} {
		entry, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = entry.Write([]byte(text))
		}
		if err != nil {
			f.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		f.Fatal(err)
	}
	f.Add(made.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		m, entries, err := ReadBackup(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		for _, file := range m.Files {
			if entries[file.Name] == nil || filepath.Base(file.Name) != file.Name {
				t.Errorf("a file that is not there, or leads elsewhere: %q", file.Name)
			}
		}
	})
}
