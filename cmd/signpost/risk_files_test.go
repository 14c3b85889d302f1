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

// importRisk imports a text. All of its records must be taken.
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

// A detection, a risky user, an item of that user's history and the sign-in give one picture in any order of import.
func TestRiskInAnyOrderOfImport(t *testing.T) {
	const (
		user   = "51000000-0000-4000-8000-000000000001"
		state  = `{"time":"11/28/2026 4:00:00 AM","category":"RiskyUsers","tenantId":"e0000000-0000-4000-8000-000000000001","correlationId":"` + user + `","properties":{"id":"` + user + `","isDeleted":false,"riskDetail":"none","riskLastUpdatedDateTime":"2026-11-28T03:20:00.412Z","riskLevel":"high","riskState":"atRisk","userDisplayName":"Ada Lanternwright","userPrincipalName":"ada@tidewater-lantern.example"}}`
		item   = `{"@odata.type":"#microsoft.graph.riskyUserHistoryItem","id":"` + user + `","userId":"` + user + `","riskDetail":"none","riskLastUpdatedDateTime":"2026-11-28T03:20:00Z","riskLevel":"high","riskState":"atRisk","initiatedBy":null,"activity":{"riskEventTypes":["unfamiliarFeatures"]}}`
		signIn = `{"time":"2026-11-28T03:16:00Z","category":"SignInLogs","properties":{"id":"7a000000-0000-4000-8000-000000000001","createdDateTime":"2026-11-28T03:15:37.008Z","userId":"` + user + `","userPrincipalName":"ada@tidewater-lantern.example","appId":"a1","correlationId":"7b000000-0000-4000-8000-000000000001","status":{"errorCode":0},"riskState":"atRisk","riskLevelAggregated":"high","riskLevelDuringSignIn":"high","riskDetail":"none","riskEventTypes_v2":["unfamiliarFeatures"]}}`
	)
	detection, err := os.ReadFile(filepath.FromSlash("../../store/risk/testdata/azure-monitor.json"))
	if err != nil {
		t.Fatal(err)
	}
	texts := [...]string{string(detection), state, item, signIn}
	type picture struct {
		Detections map[string]map[string]string
		Users      []store.Risky
		SignIns    []string
	}
	var want *picture
	for _, order := range [][4]int{{0, 1, 2, 3}, {3, 2, 1, 0}, {1, 3, 0, 2}, {2, 0, 3, 1}, {3, 0, 1, 2}, {2, 1, 3, 0}} {
		db := openFolder(t, t.TempDir())
		for _, n := range order {
			importRisk(t, db, "a.json", texts[n])
		}
		got := &picture{Detections: detectionsOf(t, db, risk.Users)}
		if got.Users, err = db.Risky(t.Context(), store.StateRiskyUser, []string{user}, nil); err != nil {
			t.Fatal(err)
		}
		for i := range got.Users {
			got.Users[i].AsOf = time.Time{}
		}
		filter := store.Filter{}.With(store.RequestField, store.OpIs, got.Detections["9ee50f0000000000000000000000000000000000000000000000000000000001"]["requestId"])
		page, err := db.Page(t.Context(), store.ListQuery{Log: store.Interactive, Range: store.AllTime(), Filter: filter, Limit: 5})
		if err != nil {
			t.Fatal(err)
		}
		for i := range page.Rows {
			s := page.Rows[i].SignIn()
			got.SignIns = append(got.SignIns, s.ID+" "+s.UserID+" "+s.RiskState+" "+s.RiskLevelDuringSignIn)
		}
		if len(got.Detections) != 1 || len(got.Users) != 1 || len(got.Users[0].History) != 1 || len(got.Users[0].Events) != 1 || len(got.SignIns) != 1 {
			t.Fatalf("%v: %+v", order, got)
		}
		if want == nil {
			want = got
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%v (-want +got):\n%s", order, diff)
		}
	}
}
