package export_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/demo"
	"signpost/store/export"
	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/store/storetest"
)

// ages is a range that holds every sign-in of the tests.
var ages = store.Range{From: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2080, 1, 1, 0, 0, 0, 0, time.UTC)}

func openStore(t testing.TB) *datafolder.Folder {
	t.Helper()
	db, err := datafolder.Open(t.Context(), t.TempDir(), kinds.Catalog, importer.Decoder(kinds.Catalog))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func importPaths(t testing.TB, db *datafolder.Folder, paths ...string) []store.ImportReport {
	t.Helper()
	reports, err := importer.New(db, importer.Options{}).Paths(t.Context(), paths...)
	if err != nil {
		t.Fatal(err)
	}
	return reports
}

// exported gives the file of a list.
func exported(t testing.TB, s store.Store, r export.Request) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := export.Write(t.Context(), &out, s, r); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// noConditionalAccess is withheld from those without the right to Conditional Access data.
var noConditionalAccess = store.ClassesOf(store.ConditionalAccess)

// everything asks for a whole log, with all rights.
func everything(log store.Log, f export.Format) export.Request {
	return export.Request{Query: store.ListQuery{Log: log, Range: ages}, Format: f}
}

// reimported exports every log of a store and imports the files into an empty one.
func reimported(t *testing.T, db *datafolder.Folder, format export.Format) *datafolder.Folder {
	t.Helper()
	folder := t.TempDir()
	for _, info := range store.SignIns.Logs {
		file := exported(t, db, everything(info.Log, format))
		if err := os.WriteFile(filepath.Join(folder, string(info.Log)+"."+string(format)), file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	again := openStore(t)
	for _, report := range importPaths(t, again, folder) {
		if report.Skipped != 0 || report.RejectedTotal != 0 || report.Conflicts != 0 || report.Updated != 0 {
			t.Errorf("importing %s: %d skipped, %d updated, %d conflicts, rejected %v", filepath.Base(report.Path), report.Skipped, report.Updated, report.Conflicts, report.Rejected)
		}
	}
	return again
}

// events gives every event of every log in words, by log and id.
func events(t *testing.T, s store.Store) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, info := range store.SignIns.Logs {
		q := store.RecordsQuery{ListQuery: store.ListQuery{Log: info.Log, Range: ages, AllEvents: true, Limit: 1000}}
		for more := true; more; more = q.After != nil {
			page, err := s.Records(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for i := range page.Records {
				s := page.Records[i].SignIn()
				all[string(info.Log)+" "+storetest.NormalID(s.ID)] = storetest.WordEntry(store.SignIns, s, true)
			}
			q.After = page.Next
		}
	}
	return all
}

// counts gives the lines, totals and groups of every log.
func counts(t *testing.T, s store.Store) (words []string) {
	t.Helper()
	for _, info := range store.SignIns.Logs {
		list := store.ListQuery{Log: info.Log, Range: ages, Limit: 200}
		total, err := s.Total(t.Context(), list)
		if err != nil {
			t.Fatal(err)
		}
		words = append(words, string(info.Log), "total", time.Duration(total.N).String())
		histogram, err := s.Histogram(t.Context(), store.HistogramQuery{ListQuery: list, Edges: []time.Time{ages.From, ages.To}})
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range histogram.Buckets {
			for _, n := range []int64{b.ByStatus[store.StatusSuccess], b.ByStatus[store.StatusFailure], b.ByStatus[store.StatusInterrupted], b.ByStatus[store.StatusUnknown]} {
				words = append(words, "status "+time.Duration(n).String())
			}
		}
		var of []string
		if info.Grouped {
			of = groups(t, s, list)
		} else {
			of = lines(t, s, list)
		}
		slices.Sort(of)
		words = append(words, of...)
	}
	return words
}

func lines(t *testing.T, s store.Store, q store.ListQuery) (words []string) {
	t.Helper()
	for more := true; more; more = q.After != nil {
		page, err := s.Page(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range page.Rows {
			words = append(words, storetest.NormalID(row.SignIn().ID)+" "+row.SignIn().Time.String()+" "+store.SignIns.StatusInfo(row.SignIn().Status()).Name)
		}
		q.After = page.Next
	}
	return words
}

func groups(t *testing.T, s store.Store, list store.ListQuery) (words []string) {
	t.Helper()
	for _, window := range store.Windows() {
		q := store.GroupsQuery{ListQuery: list, Window: window}
		for more := true; more; more = q.After != nil {
			page, err := s.Groups(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range page.Groups {
				words = append(words, window.String()+" "+g.First.String()+" "+g.Last.String()+" "+time.Duration(g.Count).String()+" "+g.Newest.SignIn().IPAddress)
			}
			q.After = page.Next
		}
	}
	return words
}

// checkRoundTrip exports a store in both JSON shapes, imports the files, and compares the stores.
func checkRoundTrip(t *testing.T, db *datafolder.Folder) {
	t.Helper()
	before, counted := events(t, db), counts(t, db)
	if len(before) == 0 {
		t.Fatal("there is nothing to export")
	}
	ofMonitor := reimported(t, db, export.NDJSON)
	if diff := cmp.Diff(before, events(t, ofMonitor)); diff != "" {
		t.Errorf("events after the NDJSON export (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(counted, counts(t, ofMonitor)); diff != "" {
		t.Errorf("lines, groups and counts after the NDJSON export (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(counted, counts(t, reimported(t, db, export.JSON))); diff != "" {
		t.Errorf("lines, groups and counts after the JSON export (-before +after):\n%s", diff)
	}
}

func demoStore(t testing.TB, rows int) *datafolder.Folder {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "files")
	until := time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC)
	if err := demo.Write(t.Context(), folder, demo.Options{Rows: rows, Seed: 7, Days: 3, Until: until}); err != nil {
		t.Fatal(err)
	}
	db := openStore(t)
	importPaths(t, db, folder)
	return db
}

func TestDemoTenantComesBackTheSame(t *testing.T) { checkRoundTrip(t, demoStore(t, 3000)) }

func TestFixturesComeBackTheSame(t *testing.T) {
	const fixtures = "../../../shared/fixtures"
	if _, err := os.Stat(fixtures); err != nil {
		t.Skip("the real exports are not at hand: ", err)
	}
	db := openStore(t)
	importPaths(t, db, fixtures)
	checkRoundTrip(t, db)
}

// endless gives the same page for ever.
type endless struct{ store.Store }

func (e endless) Page(ctx context.Context, q store.ListQuery) (store.Page, error) {
	page, err := e.Store.Page(ctx, store.ListQuery{Log: q.Log, Range: q.Range, Limit: 300})
	page.Next = &store.Cursor{}
	return page, err
}

func (e endless) Records(ctx context.Context, q store.RecordsQuery) (store.RecordPage, error) {
	page, err := e.Store.Records(ctx, store.RecordsQuery{ListQuery: store.ListQuery{Log: q.Log, Range: q.Range, Limit: 300}})
	page.Next = &store.Cursor{}
	return page, err
}

// A cancelled export ends, however many rows are left. So does one that cannot be written.
func TestCancelledExportEnds(t *testing.T) {
	t.Parallel()
	db := demoStore(t, 1000)
	for _, format := range export.Formats() {
		ctx, cancel := context.WithCancel(t.Context())
		r := everything(store.NonInteractive, format)
		r.Progress = func(rows int64) {
			if rows > 2000 {
				cancel()
			}
		}
		if err := export.Write(ctx, io.Discard, endless{db}, r); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want the export cancelled", format, err)
		}
		cancel()
		if format == export.XLSX {
			continue // is written when everything is there
		}
		if err := export.Write(t.Context(), full{}, endless{db}, everything(store.NonInteractive, format)); !errors.Is(err, errFull) {
			t.Errorf("%s: %v, want that it cannot be written", format, err)
		}
	}
}

var errFull = errors.New("full")

// full is a writer that takes nothing.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }
