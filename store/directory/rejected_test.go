package directory

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"signpost/store"
)

func endWith(t *testing.T, db *DB, file *store.RejectedFile) (id int64) {
	t.Helper()
	id, err := db.BeginImport(t.Context(), store.ImportFile{Path: "a.csv", Format: "portal-csv"})
	if err == nil {
		err = db.EndImport(t.Context(), id, store.ImportReport{Path: "a.csv", RejectedFile: file}, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// The text of rejected records is kept as it is with the entry of its import, and goes with the entry.
func TestRejectedOf(t *testing.T) {
	folder := t.TempDir()
	db := open(t, folder)
	want := store.RejectedFile{Head: []byte("a;b\r\n"), Records: []store.RejectedText{
		{Record: 2, Log: store.Interactive, Text: []byte("1;\"x\ny\"\r\n")},
		{Record: 3, Log: store.Interactive, Text: []byte{}},
		{Record: 5, Text: []byte("\xff\x00;2")},
	}}
	long := store.RejectedFile{Records: []store.RejectedText{{Record: 1, Log: "audit", Text: bytes.Repeat([]byte("0123456789abcdef"), store.MaxRejectedText/16)}}}
	first, none, second := endWith(t, db, &want), endWith(t, db, nil), endWith(t, db, &long)
	for id, want := range map[int64]store.RejectedFile{first: want, second: long} {
		got, err := db.RejectedOf(t.Context(), id)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("import %d: %v, %d records, not those that were kept", id, err, len(got.Records))
		}
	}
	for _, id := range []int64{none, 0, -1, 99} {
		if _, err := db.RejectedOf(t.Context(), id); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("import %d: got %v, want %v", id, err, store.ErrNotFound)
		}
	}
	if info, err := os.Stat(filepath.Join(folder, File)); err != nil || info.Size() > 1<<20 {
		t.Errorf("4 MiB of equal text take %d bytes, %v: they are not packed", info.Size(), err)
	}
	if _, err := db.writer.ExecContext(t.Context(), "DELETE FROM imports WHERE id = ?", first); err != nil {
		t.Fatal(err)
	}
	if _, err := db.RejectedOf(t.Context(), first); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the entry is gone, and its text: %v", err)
	}
	if _, err := db.RejectedOf(t.Context(), second); err != nil {
		t.Errorf("the text of another entry: %v", err)
	}
}

// Damage of the text is found by a check, and is told where the text is asked for.
func TestDamagedRejectedText(t *testing.T) {
	for _, change := range []string{
		"texts = x'00'", "head = x'00'", `places = '[{"record":1,"size":99}]'`, `places = '[{"record":1,"size":-1}]'`, "places = 'x'",
	} {
		db := open(t, t.TempDir())
		id := endWith(t, db, &store.RejectedFile{Records: []store.RejectedText{{Record: 1, Text: []byte("{}")}}})
		if _, err := db.writer.ExecContext(t.Context(), "UPDATE rejected SET "+change); err != nil {
			t.Fatal(err)
		}
		var report store.Checkup
		if err := db.Check(t.Context(), &report); err != nil || report.Total != 1 || !strings.Contains(fmt.Sprintf("%+v", report), "rejected, import 1") {
			t.Errorf("%s: the check found %+v, %v", change, report, err)
		}
		if _, err := db.RejectedOf(t.Context(), id); !errors.Is(err, store.ErrDamaged) && !strings.HasPrefix(change, "head") {
			t.Errorf("%s: got %v, want %v", change, err, store.ErrDamaged)
		}
	}
}
