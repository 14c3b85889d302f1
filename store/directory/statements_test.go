package directory

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"signpost/store"
	"signpost/store/coverage"
	"signpost/store/kinds"
)

var hour = time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)

// reportOf is the report of a file with records of an hour, late by some minutes.
func reportOf(n int) store.ImportReport {
	from := hour.Add(time.Duration(n) * time.Hour)
	arrivals := store.Arrivals{}
	arrivals.Add(from, from.Add(time.Duration(n+1)*time.Minute))
	return store.ImportReport{
		Path: fmt.Sprintf("file %d", n), Read: 2, LogCounts: map[store.Log]int64{store.Interactive: 2},
		Times:    map[store.Log]store.Span{store.Interactive: {First: from, Last: from.Add(50 * time.Minute)}},
		Arrivals: map[store.Log]store.Arrivals{store.Interactive: arrivals},
	}
}

// What a file says is kept with its import, and found by the times that it tells of.
func TestStatementsAreKept(t *testing.T) {
	db := open(t, t.TempDir())
	var want []coverage.Statement
	for n := range 6 {
		id, err := db.BeginImport(t.Context(), store.ImportFile{Path: fmt.Sprintf("file %d", n)})
		if err != nil {
			t.Fatal(err)
		}
		report := reportOf(n)
		says := coverage.StatementsOf(kinds.Catalog, &report, hour.AddDate(1, 0, 0))
		if err := db.EndImport(t.Context(), id, report, says); err != nil {
			t.Fatal(err)
		}
		says[0].Import, says[0].File = id, report.Path
		want = append(want, says[0])
	}
	all := store.Range{From: hour.Add(-time.Hour), To: hour.AddDate(0, 0, 1)}
	got, err := db.Statements(t.Context(), coverage.Query{Log: store.Interactive, Range: all, Arrivals: true})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(coverage.Stated{Statements: want, First: hour, Last: hour.Add(5*time.Hour + 50*time.Minute)}, got); diff != "" {
		t.Error(diff)
	}
	some, err := db.Statements(t.Context(), coverage.Query{Log: store.Interactive, Range: store.Range{From: hour.Add(110 * time.Minute), To: hour.Add(3 * time.Hour)}})
	if err != nil || len(some.Statements) != 2 || some.Statements[0].File != "file 1" || some.Statements[1].Arrivals != nil {
		t.Errorf("some: got %+v, %v", some.Statements, err)
	}
	if !some.First.Equal(hour) || !some.Last.Equal(got.Last) {
		t.Errorf("the edges of all: got %v to %v", some.First, some.Last)
	}
	none, err := db.Statements(t.Context(), coverage.Query{Log: store.NonInteractive, Range: all})
	if err != nil || len(none.Statements) != 0 || !none.First.IsZero() {
		t.Errorf("another log: got %+v, %v", none, err)
	}
	var report store.Checkup
	if err := db.Check(t.Context(), &report); err != nil || len(report.Damages) > 0 {
		t.Errorf("the check: %v, %v", report.Damages, err)
	}
}

// Imports of before there were statements get theirs from their reports, once; one that was killed has none.
func TestRestate(t *testing.T) {
	db := open(t, t.TempDir())
	const imports = restatedAtOnce + 7
	err := db.write(t.Context(), func(tx *sql.Tx) error {
		for n := range imports {
			report := reportOf(n)
			text, err := json.Marshal(report)
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(t.Context(), "INSERT INTO imports (path, format, started, ended, report) VALUES (?, 'graph', 1, 2, ?)", report.Path, string(text)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.BeginImport(t.Context(), store.ImportFile{Path: "killed"}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := db.Restate(t.Context(), kinds.Catalog); err != nil {
			t.Fatal(err)
		}
		got, err := db.Statements(t.Context(), coverage.Query{Log: store.Interactive, Range: store.AllTime(), Arrivals: true})
		if err != nil || len(got.Statements) != imports || got.More {
			t.Fatalf("%d statements, %v", len(got.Statements), err)
		}
		if i := slices.IndexFunc(got.Statements, func(s coverage.Statement) bool { return s.Timed != 0 || s.Rows != 2 || s.File == "" }); i >= 0 {
			t.Errorf("got %+v", got.Statements[i])
		}
	}
}
