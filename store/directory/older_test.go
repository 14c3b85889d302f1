package directory

import (
	"io/fs"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"signpost/store"
	"signpost/store/dbfile"
)

// A directory.db of before there were states opens: its objects stay, and states can be kept.
func TestOlderDirectoryOpens(t *testing.T) {
	former := fstest.MapFS{}
	files, err := fs.Glob(steps, "migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasPrefix(filepath.Base(name), "00004") {
			break
		}
		text, err := fs.ReadFile(steps, name)
		if err != nil {
			t.Fatal(err)
		}
		former[name] = &fstest.MapFile{Data: text}
	}
	if len(former) != 3 {
		t.Fatalf("%d steps came before states", len(former))
	}
	folder := t.TempDir()
	w, err := dbfile.OpenWriter(filepath.Join(folder, File))
	if err != nil {
		t.Fatal(err)
	}
	before := Steps()
	before.Files = former
	if err := before.Apply(t.Context(), w, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	cells := []any{int64(store.ObjectApplication), "o1", "Payroll", "", "a1", "", int64(0), int64(0), int64(0), "{}", directoryTime.UnixMicro()}
	if _, err := w.Exec("INSERT INTO directory ("+objectColumns+", sum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", append(cells, dbfile.SumOf(cells...))...); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}

	db := open(t, folder)
	put(t, db, directoryTime, store.DirectoryBatch{States: people(3)})
	apps, err := db.AppsTold(t.Context(), nil, nil)
	if err != nil || len(apps) != 1 || apps[0].Name() != "Payroll" || apps[0].CredentialsTold || apps[0].OwnersTold {
		t.Errorf("told %+v, %v", apps, err)
	}
	if counts, err := db.CountRegistrations(t.Context(), store.RegistrationsQuery{}); err != nil || counts.Rows != 3 {
		t.Errorf("%+v, %v", counts, err)
	}
	var report store.Checkup
	if err := db.Check(t.Context(), &report); err != nil || report.Total != 0 {
		t.Errorf("%+v, %v", report, err)
	}
}
