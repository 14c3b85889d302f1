package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/access"
	"signpost/store/activity"
	"signpost/store/audit"
	"signpost/store/datafolder"
	"signpost/store/demo"
	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/store/portal"
	"signpost/store/risk"
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
	server := httptest.NewServer(newPortal(db, people, true))
	return server.URL, func() error {
		server.Close()
		return errors.Join(db.Close(), people.Close())
	}, nil
}

// testPace asks every question once: in the soak with every range and filter, else with some of them.
func testPace() pace {
	p := usualPace
	p.least, p.most, p.readers, p.pause = 1, 1, 2, time.Millisecond
	if os.Getenv("SIGNPOST_SOAK") == "" {
		ends := []span{spans[0], spans[2]}
		p.signIns = choice{ends, []string{filterNone, filterThree}}
		p.others = choice{ends, []string{filterNone, filterThree, filterTarget, filterID, filterSubject}}
		p.importing = choice{ends[1:], []string{filterNone}}
	}
	return p
}

// A small benchmark asks every question about every log, and its ranges and filters. It asks a choice of them again during
// an import. Its folder can be used a second time, and gets records of the other kinds where it has none.
func TestBench(t *testing.T) {
	asked := testPace()
	cmd := &Bench{Options{Days: demo.DefaultDays, Rows: 5000, Data: filepath.Join(t.TempDir(), "bench"), HTTP: true}, testHost}
	if err := cmd.Fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	cmd.Audit, cmd.Activity, cmd.Access, cmd.Detections = 2000, 2500, 3000, 1500
	report, err := cmd.measure(t.Context(), asked)
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
		mayBeEmpty := strings.Contains(r.Question, "list=") // a list of a report, in a small tenant
		if r.Filter == filterNone && r.Range == "30d" && r.Matched == 0 && !mayBeEmpty || r.Asks != 1 || r.P50MS > r.P95MS || r.P95MS > r.MaxMS || r.MaxMS <= 0 || r.TooSlow > 0 {
			t.Errorf("result: %+v", *r)
		}
	}
	want := func(question, log string) {
		t.Helper()
		for _, importing := range []bool{false, true} {
			choice := asked.signIns
			if importing {
				choice = asked.importing
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
	checkFilters(t, report, asked)
	checkText(t, report)
	checkOtherKinds(t, report, asked)
	checkRecording(t, report, asked)

	cmd.HTTP = false
	again, err := cmd.measure(t.Context(), pace{least: 1, most: 1, signIns: asked.importing, others: asked.importing, importing: asked.importing})
	if err != nil {
		t.Fatal(err)
	}
	if held := report.Rows + report.RowsAddedWhileAsked; again.Rows != held {
		t.Errorf("used again, the folder holds %d rows; want %d", again.Rows, held)
	}
	cmd.Audit = 0
	if _, err := cmd.measure(t.Context(), usualPace); err == nil {
		t.Error("a folder with audit records was taken for one without")
	}
	cmd.Rows, cmd.Audit = 6000, 2000
	if _, err := cmd.measure(t.Context(), usualPace); err == nil {
		t.Error("a folder of 5,000 rows was taken for one of 6,000")
	}
}

// checkOtherKinds expects the figures of audit and access records, and every question about them.
func checkOtherKinds(t *testing.T, report *Report, asked pace) {
	t.Helper()
	if report.AuditRows < 1000 || report.AuditRows > 4000 || report.AuditRowsPerSec <= 0 {
		t.Errorf("%d audit records for about 2,000, %.0f a second", report.AuditRows, report.AuditRowsPerSec)
	}
	if report.AccessRows < 3000 || report.AccessRowsPerSec <= 0 || report.AccessCopiedPerSec <= 0 || report.AccessLogBytesPerRow <= 0 {
		t.Errorf("access records: %d, %.0f a second, %.0f copied, %.0f bytes each", report.AccessRows, report.AccessRowsPerSec, report.AccessCopiedPerSec, report.AccessLogBytesPerRow)
	}
	if report.ActivityRows != 2500 || report.ActivityRowsPerSec <= 0 || report.ActivityLastPerSec <= 0 || report.ActivityTold == 0 || report.ActivityTold > 250 {
		t.Errorf("activity: %d records, %d told, %.0f a second, %.0f of the last file", report.ActivityRows, report.ActivityTold, report.ActivityRowsPerSec, report.ActivityLastPerSec)
	}
	if report.DetectionRows != 1500 || report.RiskyObjects != 1350/riskyUserEach+1500/riskyPrincipalEach || report.DetectionsPerSec <= 0 {
		t.Errorf("detections: %d, with %d risky objects, %.0f a second", report.DetectionRows, report.RiskyObjects, report.DetectionsPerSec)
	}
	if report.DictionariesMiB <= 0 || len(report.Dictionaries) < 2 || report.Dictionaries[0].Bytes < report.Dictionaries[1].Bytes {
		t.Errorf("dictionaries: %.1f MiB, %+v", report.DictionariesMiB, report.Dictionaries)
	}
	matched := map[string]int64{}
	for i := range report.Results {
		r := &report.Results[i]
		matched[fmt.Sprint(r.Question, r.Log, r.Range, r.Filter, r.Importing)] = r.Matched
	}
	for log, filters := range map[store.Log][]string{
		audit.Directory: {filterNone, filterTarget, filterActor, filterCategory, filterID}, activity.Log: {filterNone, filterBroad, filterNarrow, filterThree, filterFive},
		risk.Users: {filterNone, filterBroad, filterNarrow, filterThree, filterFive}, risk.Workloads: {filterNone, filterBroad, filterNarrow, filterThree, filterFive}, access.Log: {filterNone, filterAccount, filterSubject},
	} {
		page := "/logs/" + string(log)
		for _, question := range []string{"total", "histogram", "facets", "facets one", "values", "page", "page deep", "detail", page, page + "?after="} {
			for _, span := range asked.others.spans {
				for _, filter := range filters {
					if !slices.Contains(asked.others.filters, filter) {
						continue
					}
					n, ok := matched[fmt.Sprint(question, log, span.name, filter, false)]
					if !ok || n == 0 && span.name == "30d" {
						t.Errorf("%s, %s, %s, %s: %d rows, asked %t", question, log, span.name, filter, n, ok)
					}
				}
			}
		}
		for _, question := range []string{"page", page, page + "/ID"} {
			if _, ok := matched[fmt.Sprint(question, log, "30d", filterNone, true)]; !ok {
				t.Errorf("%s was not asked during an import", question)
			}
		}
	}
	for question, log := range map[string]string{"what happened next": string(store.Interactive), "timeline": allLogs} {
		for _, span := range asked.others.spans {
			if matched[fmt.Sprint(question, log, span.name, filterNone, false)] == 0 {
				t.Errorf("%s was not asked over %s", question, span.name)
			}
		}
	}
	for question, log := range map[string]string{
		"/protection": allLogs, "/protection/signins": allLogs, "/protection/principalsignins": allLogs, "/protection/users": allLogs, "/protection/users/ID": allLogs, "/protection/principals": allLogs,
		"/protection/principals/ID": allLogs, "/diagnostic": string(store.Interactive), "risk of a sign-in": string(store.Interactive),
	} {
		if _, ok := matched[fmt.Sprint(question, log, "30d", filterNone, false)]; !ok {
			t.Errorf("%s was not asked", question)
		}
	}
	if _, ok := matched[fmt.Sprint("/me/looked", access.Log, "30d", filterNone, false)]; !ok {
		t.Error("nobody asked who looked")
	}
	// The records are spread evenly over the days.
	if n := matched[fmt.Sprint("total", access.Log, "24h", filterNone, false)]; n < 95 || n > 105 {
		t.Errorf("of 3,000 access records in 30 days, %d lie in the last one", n)
	}
}

// checkRecording expects every page for one reader and for two, with times that agree, and a line for each.
func checkRecording(t *testing.T, report *Report, asked pace) {
	t.Helper()
	var table bytes.Buffer
	if err := report.Print(&table); err != nil {
		t.Fatal(err)
	}
	pages := map[string]int{}
	for _, r := range report.Recording {
		pages[fmt.Sprintf("%d readers, %v ms", r.Readers, r.PauseMS)]++
		if r.Asks == 0 || r.WithoutP50 <= 0 || r.WithP50 <= 0 || r.WithP50 > r.WithP95 || r.AddedP50 != r.WithP50-r.WithoutP50 {
			t.Errorf("recording: %+v", r)
		}
	}
	if _, lines, _ := strings.Cut(table.String(), "pages without and with the access log"); strings.Count(lines, "\n") != len(report.Recording)+2 {
		t.Errorf("%d comparisons are told as\n%s", len(report.Recording), lines)
	}
	for _, readers := range []string{"1 readers, 0 ms", "2 readers, 1 ms", "2 readers, 0 ms"} {
		if want := len(asked.signIns.spans)*len(store.SignIns.Logs)*2 + 1; pages[readers] != want {
			t.Errorf("%s compared %d pages, want %d", readers, pages[readers], want)
		}
	}
}

// checkFilters expects filters with the stated number of conditions, which some rows pass.
func checkFilters(t *testing.T, report *Report, asked pace) {
	t.Helper()
	conditions := map[string]int{
		filterNone: 0, filterBroad: 1, filterNarrow: 1, filterThree: 3, filterFive: 5,
		filterTarget: 1, filterActor: 1, filterCategory: 1, filterID: 1, filterAccount: 1, filterSubject: 1,
	}
	for _, f := range report.Filters {
		if f.Conditions != conditions[f.Name] {
			t.Errorf("filter %s of %s has %d conditions: %s", f.Name, f.Log, f.Conditions, f.Query)
		}
		i := slices.IndexFunc(report.Results, func(r Result) bool {
			return r.Question == "total" && r.Log == string(f.Log) && r.Range == "30d" && r.Filter == f.Name
		})
		switch of := slices.Concat(asked.signIns.filters, asked.others.filters); {
		case i < 0 && slices.Contains(of, f.Name):
			t.Errorf("nobody asked with filter %s of %s", f.Name, f.Log)
		case i >= 0 && report.Results[i].Matched == 0:
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
