package main

import (
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/audit"
	"signpost/store/datafolder"
	"signpost/store/demo"
	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/store/provisioning"
)

// A demo folder of an earlier version has sign-ins alone. Its last 30 days get their audit records once, and the
// time since then both.
func TestDemoFolderGetsAuditRecords(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	db, err := datafolder.Open(t.Context(), data, kinds.Catalog, importer.Decoder(kinds.Catalog))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	before := time.Now().UTC().Add(-3 * time.Hour).Truncate(time.Minute)
	old, err := json.Marshal(demoState{Seed: demoSeed, Density: demo.DefaultDensity / 20, Until: before, Directory: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, demoFile), old, 0o600); err != nil {
		t.Fatal(err)
	}
	load := func() demoState {
		t.Helper()
		l, err := newDemoLoader(t.Context(), data, db, newImportTurn(), slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		if err := l.loadMissing(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		return l.state
	}
	count := func(log store.Log, from, to time.Time) int64 {
		t.Helper()
		total, err := db.Total(t.Context(), store.ListQuery{Log: log, Range: store.Range{From: from, To: to}})
		if err != nil || !total.Complete {
			t.Fatalf("%s: %+v, %v", log, total, err)
		}
		return total.N
	}
	state := load()
	if !state.Audit || len(state.Missing) > 0 {
		t.Errorf("the state is %+v", state)
	}
	oldest := state.Until.AddDate(0, 0, -demo.DefaultDays)
	if n := count(store.NonInteractive, oldest, before); n > 0 {
		t.Errorf("%d sign-ins were loaded again", n)
	}
	of := func(from, to time.Time) (n int64) {
		t.Helper()
		tenant, err := demo.New(demo.Options{Seed: demoSeed, Density: state.Density, From: from, Until: to})
		if err != nil {
			t.Fatal(err)
		}
		for _, day := range tenant.Days() {
			lines := &lineCounter{}
			if err := tenant.AuditDay(t.Context(), day, lines); err != nil {
				t.Fatal(err)
			}
			n += lines.n
		}
		return n
	}
	got := count(audit.Directory, oldest, state.Until) + count(audit.Attributes, oldest, state.Until)
	if want := of(oldest, state.Until); got != want || got < 500 {
		t.Errorf("%d audit records, want %d", got, want)
	}
	if n := count(provisioning.Log, oldest, before); n < 300 || !state.Provisioning {
		t.Errorf("%d provisioning records of the time before were loaded", n)
	}
	if n := count(store.NonInteractive, before, state.Until); n == 0 {
		t.Error("no sign-ins were loaded of the time since then")
	}
	load()
	if again := count(audit.Directory, oldest, state.Until) + count(audit.Attributes, oldest, state.Until); again != got {
		t.Errorf("%d audit records after the next start, want %d", again, got)
	}
}

// lineCounter counts the lines that are written.
type lineCounter struct{ n int64 }

func (c *lineCounter) Write(p []byte) (int, error) {
	for _, b := range p {
		if b == '\n' {
			c.n++
		}
	}
	return len(p), nil
}
