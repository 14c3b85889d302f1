package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/store/storetest"
)

// Of two serves on one demo folder the second refuses to start and names the reason. Both would load the same days
// and overwrite each other's state.
func TestTwoDemosOnOneFolder(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	db, err := datafolder.Open(t.Context(), data, kinds.Catalog, importer.Decoder(kinds.Catalog))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	load := func() (*demoLoader, error) {
		return newDemoLoader(t.Context(), data, db, newImportTurn(), slog.New(slog.DiscardHandler))
	}
	first, err := load()
	if err != nil {
		t.Fatal(err)
	}
	state := func() string {
		text, err := os.ReadFile(filepath.Join(data, demoFile))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	before := state()
	code, _, said := signpost(t, "serve", "--demo", "--addr", "127.0.0.1:0", "--data", data)
	if code != exitFailed || !strings.Contains(said, "another serve --demo has "+data) || !strings.Contains(said, "--data") {
		t.Errorf("the second ends with %d and says %q", code, said)
	}
	if _, err := load(); err == nil {
		t.Error("one process loads the folder twice")
	}
	if after := state(); after != before {
		t.Errorf("the second changed %s from %s to %s", demoFile, before, after)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	next, err := load()
	if err != nil {
		t.Fatalf("after the first has ended: %v", err)
	}
	if err := next.Close(); err != nil {
		t.Error(err)
	}
}

// A folder that holds records of any kind is none for a demo.
func TestDemoRefusesRecordsOfAnyKind(t *testing.T) {
	t.Parallel()
	data, catalog := t.TempDir(), store.NewCatalog(store.SignIns, storetest.Errands())
	db, err := datafolder.Open(t.Context(), data, catalog, importer.Decoder(catalog))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const errand = `{"time":"2026-11-21T10:05:00Z","category":"ErrandLogs","properties":{"id":"e1","goods":"tea"}}`
	if report, err := importer.New(db, importer.Options{}).Reader(t.Context(), "a.json", strings.NewReader(errand)); err != nil || report.New != 1 {
		t.Fatalf("%d records are new, %v", report.New, err)
	}
	if _, err := newDemoLoader(t.Context(), data, db, newImportTurn(), slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "holds records that are not the demo's") {
		t.Errorf("got %v", err)
	}
}
