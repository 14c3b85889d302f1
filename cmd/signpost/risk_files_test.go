package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"signpost/store"
	"signpost/store/demo"
	"signpost/store/export"
	"signpost/store/importer"
	"signpost/store/risk"
)

// importRisk imports a text, all of whose records must be taken.
func importRisk(t *testing.T, db store.Writer, name, text string) store.ImportReport {
	t.Helper()
	report, err := importer.New(db, importer.Options{}).Reader(t.Context(), name, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if report.RejectedTotal+report.Skipped+report.Unreadable > 0 || len(report.Asks) > 0 {
		t.Fatalf("%s: %+v", name, report)
	}
	return report
}

// detectionsOf gives the detections of a log by their IDs, each as the texts of its properties and its time.
func detectionsOf(t *testing.T, db store.Reader, log store.Log) map[string]map[string]string {
	t.Helper()
	all := map[string]map[string]string{}
	page, err := db.Page(t.Context(), store.ListQuery{Log: log, Range: store.AllTime(), Limit: 500})
	if err != nil {
		t.Fatal(err)
	}
	for i := range page.Rows {
		r := page.Rows[i].Entry.(*risk.Record)
		told := map[string]string{"time": r.Head().Time.UTC().Format(time.RFC3339Nano)}
		for _, p := range risk.Kind.Properties {
			if p.Set != nil {
				told[p.Name] = strings.Join(p.Set(r), " | ")
			} else {
				told[p.Name] = *p.Text(r)
			}
		}
		all[*r.ID()] = told
	}
	return all
}

// The program reads its own files of detections: each has its values back, with the time in whole seconds. A CSV file has no lists.
func TestDetectionFilesComeBackIn(t *testing.T) {
	until := time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)
	logs := t.TempDir()
	if err := demo.Write(t.Context(), logs, demo.Options{Rows: 2000, Seed: 9, Days: 20, Until: until}); err != nil {
		t.Fatal(err)
	}
	from, db := 0, openFolder(t, t.TempDir())
	for _, name := range []string{"insights-logs-userriskevents.json", "insights-logs-serviceprincipalriskevents.json", "agentRiskDetections.json"} {
		text, err := os.ReadFile(filepath.Join(logs, name))
		if err != nil {
			t.Fatal(err)
		}
		importRisk(t, db, name, string(text))
	}
	for format, want := range map[export.Format]string{export.CSV: "portal-csv", export.JSON: "graph", export.NDJSON: "azure-monitor"} {
		back := openFolder(t, t.TempDir())
		for _, info := range risk.Kind.Logs {
			var file bytes.Buffer
			request := export.Request{Query: store.ListQuery{Log: info.Log, Range: store.AllTime(), AllEvents: true}, Format: format, Made: until}
			if err := export.Write(t.Context(), &file, db, request); err != nil {
				t.Fatal(err)
			}
			if report := importRisk(t, back, "file."+string(format), file.String()); report.Format != want {
				t.Errorf("%s of %s: %+v", format, info.Log, report)
			}
			before, after := detectionsOf(t, db, info.Log), detectionsOf(t, back, info.Log)
			if from += len(before); len(before) == 0 {
				t.Fatalf("%s has no detections", info.Log)
			}
			if format == export.JSON { // Graph names no tenant
				for _, told := range before {
					delete(told, risk.Tenant.Name)
				}
				for _, told := range after {
					delete(told, risk.Tenant.Name)
				}
			}
			if format == export.CSV {
				for _, told := range before {
					at, err := time.Parse(time.RFC3339Nano, told["time"])
					if err != nil {
						t.Fatal(err)
					}
					told["time"] = at.Truncate(time.Second).Format(time.RFC3339Nano)
					for _, p := range []*store.Property{risk.ReasonSet, risk.TechniqueSet, risk.KeySet, risk.UserAgent, risk.Tenant} {
						delete(told, p.Name)
					}
				}
				for _, told := range after {
					for _, p := range []*store.Property{risk.ReasonSet, risk.TechniqueSet, risk.KeySet, risk.UserAgent, risk.Tenant} {
						delete(told, p.Name)
					}
				}
			}
			if diff := cmp.Diff(before, after); diff != "" {
				t.Errorf("%s of %s (-written +read):\n%s", format, info.Log, diff)
			}
		}
	}
	if from < 100 {
		t.Errorf("%d detections were compared", from)
	}
}
