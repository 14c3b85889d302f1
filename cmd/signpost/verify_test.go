package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/export"
	"signpost/store/importer"
	"signpost/store/storetest"
)

func TestEvidenceIsMadeAndVerified(t *testing.T) {
	data, folder := t.TempDir(), t.TempDir()
	db, closer, err := openWriter(data)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := importer.New(db, importer.Options{}).Reader(t.Context(), "graph.json", strings.NewReader(graphLine)); err != nil {
		t.Fatal(err)
	}
	if err := closer.Close(); err != nil {
		t.Fatal(err)
	}
	bundle := filepath.Join(folder, "bundle.zip")
	made := ExportCmd{Data: data, Log: "interactive", Format: "evidence", Query: "from=2026-11-01T00:00:00Z&to=2026-11-02T00:00:00Z", Out: bundle}
	var told bytes.Buffer
	if err := made.Run(t.Context(), Streams{Out: io.Discard, Err: &told}); err != nil {
		t.Fatal(err)
	}
	for _, asJSON := range []bool{false, true} {
		var printed bytes.Buffer
		if err := (&VerifyCmd{File: bundle, JSON: asJSON}).Run(Streams{Out: &printed, Err: io.Discard}); err != nil {
			t.Fatal(err)
		}
		sum := strings.TrimSpace(strings.TrimPrefix(told.String(), "SHA-256 of the manifest: "))
		if len(sum) != 64 || !strings.Contains(printed.String(), sum) {
			t.Errorf("made with %q, verified with %q", told.String(), printed.String())
		}
		want := "nothing was changed: 6 files as they were written"
		if asJSON {
			want = `"ok":true`
		}
		if !strings.Contains(printed.String(), want) {
			t.Errorf("printed %q, want %q in it", printed.String(), want)
		}
	}
	whole, err := os.ReadFile(bundle)
	if err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(folder, "bad.zip")
	if err := os.WriteFile(bad, whole[:len(whole)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{bad: "not as it was made: 1 problem found", filepath.Join(folder, "absent.zip"): "no such file", folder: "is no file"} {
		var failed exitError
		err := (&VerifyCmd{File: path}).Run(Streams{Out: io.Discard, Err: io.Discard})
		if !errors.As(err, &failed) || failed.code != exitFailed || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want exit status 1 and %q", path, err, want)
		}
	}
}

// A bundle of a kind that this program does not know is checked like any other.
func TestVerifyTellsWhatABundleIsWithout(t *testing.T) {
	catalog := store.NewCatalog(storetest.Errands())
	db, err := datafolder.Open(t.Context(), t.TempDir(), catalog, storetest.Decoder(catalog))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "bundle.zip")
	day := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	request := export.Request{
		Query:  store.ListQuery{Log: "errands", Range: store.Range{From: day, To: day.AddDate(0, 0, 1)}},
		Format: export.Evidence, Withheld: store.ClassesOf(store.Risk), Made: day, By: "kari",
	}
	err = writeWhole(path, func(out io.Writer) error { return export.Write(t.Context(), out, db, request) })
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	var printed bytes.Buffer
	if err := (&VerifyCmd{File: path}).Run(Streams{Out: &printed, Err: io.Discard}); err != nil {
		t.Fatal(err)
	}
	if want := "0 rows of the errands log, without Identity Protection's records\n"; !strings.Contains(printed.String(), want) {
		t.Errorf("printed %q, want %q in it", printed.String(), want)
	}
}
