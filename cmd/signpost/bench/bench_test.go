package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/demo"
	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/store/portal"
)

// testHost runs the engine and a server in this process.
var testHost = Host{Open: open, OpenForImport: open, Serve: serveHere, Progress: io.Discard}

func open(ctx context.Context, folder string) (*datafolder.Folder, error) {
	return datafolder.Open(ctx, folder, kinds.Catalog, importer.Decoder(kinds.Catalog))
}

func serveHere(ctx context.Context, folder string) (base string, stop func() error, err error) {
	db, err := open(ctx, folder)
	if err != nil {
		return "", nil, err
	}
	people, err := portal.Open(ctx, folder)
	if err != nil {
		return "", nil, errors.Join(err, db.Close())
	}
	server := newServer(db, people)
	return server.URL, func() error {
		server.Close()
		return errors.Join(db.Close(), people.Close())
	}, nil
}

// A small benchmark asks every question about every log, range and filter. It asks a choice of them again during
// an import. Its folder can be used a second time.
func TestBench(t *testing.T) {
	cmd := &Bench{Options{Days: demo.DefaultDays, Rows: 5000, Data: filepath.Join(t.TempDir(), "bench"), HTTP: true}, testHost}
	report, err := cmd.measure(t.Context(), pace{least: 1, most: 1})
	if err != nil {
		t.Fatal(err)
	}
	if report.Rows != 5000 || report.BytesPerRow <= 0 || report.ImportRowsPerSec <= 0 || report.ImportLastPerSec <= 0 || report.ColdStartMS <= 0 || report.RowsAddedWhileAsked <= 0 {
		t.Errorf("figures: %+v", *report)
	}
	seen := map[string]bool{}
	for i := range report.Results {
		r := &report.Results[i]
		seen[fmt.Sprint(r.Question, r.Log, r.Range, r.Filter, r.Importing)] = true
		if r.Filter == filterNone && r.Range == "30d" && r.Matched == 0 || r.Asks != 1 || r.P50MS > r.P95MS || r.P95MS > r.MaxMS || r.MaxMS <= 0 || r.TooSlow > 0 {
			t.Errorf("result: %+v", *r)
		}
	}
	want := func(question, log string) {
		t.Helper()
		for _, importing := range []bool{false, true} {
			choice := wholeChoice
			if importing {
				choice = smallChoice
			}
			for _, span := range choice.spans {
				for _, filter := range choice.filters {
					if !seen[fmt.Sprint(question, log, span.name, filter, importing)] {
						t.Errorf("missing: %s, %s, %s, %s, importing %t", question, log, span.name, filter, importing)
					}
				}
			}
		}
	}
	for _, info := range store.SignIns.Logs {
		questions := []string{"total", "histogram", "facets", "facets one", "values", "page", "page deep", "detail", "/logs/" + string(info.Log)}
		if info.Grouped {
			questions = append(questions, "groups", "groups deep", "members")
		}
		for _, question := range questions {
			want(question, string(info.Log))
		}
	}
	for _, question := range []string{"report", "report user", "report service principal"} {
		want(question, allLogs)
	}
	want("history", userLogs)
	checkFilters(t, report)
	checkText(t, report)

	cmd.HTTP = false
	again, err := cmd.measure(t.Context(), pace{least: 1, most: 1})
	if err != nil {
		t.Fatal(err)
	}
	if held := report.Rows + report.RowsAddedWhileAsked; again.Rows != held {
		t.Errorf("used again, the folder holds %d rows; want %d", again.Rows, held)
	}
	cmd.Rows = 6000
	if _, err := cmd.measure(t.Context(), usualPace); err == nil {
		t.Error("a folder of 5,000 rows was taken for one of 6,000")
	}
}

// checkFilters expects filters with the stated number of conditions, which some rows pass.
func checkFilters(t *testing.T, report *Report) {
	t.Helper()
	conditions := map[string]int{filterNone: 0, filterBroad: 1, filterNarrow: 1, filterThree: 3, filterFive: 5}
	for _, f := range report.Filters {
		if f.Conditions != conditions[f.Name] {
			t.Errorf("filter %s of %s has %d conditions: %s", f.Name, f.Log, f.Conditions, f.Query)
		}
		i := slices.IndexFunc(report.Results, func(r Result) bool {
			return r.Question == "total" && r.Log == string(f.Log) && r.Range == "30d" && r.Filter == f.Name
		})
		if report.Results[i].Matched == 0 {
			t.Errorf("nothing passes filter %s of %s: %s", f.Name, f.Log, f.Query)
		}
	}
}

// checkText expects the names that scripts rely on, and each result as a line of the table.
func checkText(t *testing.T, report *Report) {
	t.Helper()
	var object struct {
		Report
		Results []map[string]any `json:"results"`
	}
	text, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &object); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"rows", "bytes_per_row", "import_rows_per_s", "peak_rss_mib", "cold_start_ms", "results"} {
		if !strings.Contains(string(text), `"`+name+`":`) {
			t.Errorf("the object has no %s", name)
		}
	}
	for _, name := range []string{"question", "log", "range", "filters", "matched", "p50_ms", "p95_ms", "max_ms", "bytes_allocated", "importing"} {
		if _, ok := object.Results[0][name]; !ok {
			t.Errorf("a result has no %s", name)
		}
	}
	var table bytes.Buffer
	if err := report.Print(&table); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"worst of all, not importing: p50 ", "worst of all, importing: p50 ", "\nfacets one\n"} {
		if !strings.Contains(table.String(), line) {
			t.Errorf("the table has no %q", line)
		}
	}
}
