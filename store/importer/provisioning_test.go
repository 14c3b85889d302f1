package importer

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"signpost/store"
	"signpost/store/kinds"
	"signpost/store/provisioning"
	"signpost/store/rawjson"
)

const provisioningFiles = "../provisioning/testdata"

// importProvisioning imports a text, and gives the provisioning record of the ID that all files of the specification have.
func importProvisioning(t *testing.T, name, text string, answers Answers) (*provisioning.Record, store.ImportReport) {
	t.Helper()
	w := newFakeWriter()
	w.catalog = kinds.Catalog
	report, err := New(w, Options{Answers: answers}).Reader(t.Context(), name, strings.NewReader(text))
	must(t, err)
	for _, versions := range w.rows {
		if r, ok := versions[0].Entry.(*provisioning.Record); ok {
			return r, report
		}
	}
	return nil, report
}

func provisioningFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(provisioningFiles, name))
	must(t, err)
	return string(text)
}

// rowOf gives the columns of the row of Log Analytics, and its cells as texts.
func rowOf(t *testing.T) (columns, cells []string) {
	t.Helper()
	var compact bytes.Buffer
	must(t, json.Compact(&compact, []byte(provisioningFile(t, "log-analytics.json"))))
	for name, value := range rawjson.EachMember(compact.Bytes()) {
		columns, cells = append(columns, string(name)), append(cells, jsonText(value))
	}
	return columns, cells
}

// Each shape of export gives the same record.
func TestProvisioningExports(t *testing.T) {
	graph := provisioningFile(t, "graph.json")
	want, _ := importProvisioning(t, "a.json", graph, Answers{})
	columns, cells := rowOf(t)
	var csvFile strings.Builder
	quote := func(list []string) {
		for i, text := range list {
			if i > 0 {
				csvFile.WriteByte(',')
			}
			csvFile.WriteString(`"` + strings.ReplaceAll(text, `"`, `""`) + `"`)
		}
		csvFile.WriteString("\r\n")
	}
	headings := slices.Clone(columns)
	headings[slices.Index(headings, "TimeGenerated")] = "TimeGenerated [UTC]"
	quote(headings)
	cells[slices.Index(columns, "TimeGenerated")] = "11/28/2026, 9:18:00.000 AM"
	quote(cells)
	cells[slices.Index(columns, "TimeGenerated")] = "2026-11-28T09:18:00Z"
	names, err := json.Marshal(columns)
	must(t, err)
	row, err := json.Marshal(cells)
	must(t, err)
	answer := `{"tables":[{"name":"PrimaryResult","columns":[` + strings.ReplaceAll(strings.Trim(strings.ReplaceAll(string(names), `","`, `"},{"name":"`), "[]"), `"T`, `"T`) + `],"rows":[` + string(row) + `]}]}`
	answer = strings.Replace(answer, `"columns":["`, `"columns":[{"name":"`, 1)
	answer = strings.Replace(answer, `"],"rows"`, `"}],"rows"`, 1)
	for _, test := range []struct{ name, file, text, format string }{
		{"a list of Graph", "a.json", `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#auditLogs/provisioning","value":[` + graph + `]}`, Graph},
		{"one of Graph, by its context", "a.json", strings.Replace(graph, "{", `{"@odata.context":"https://graph.microsoft.com/beta/$metadata#auditLogs/provisioning/$entity",`, 1), Graph},
		{"a list under the former name", "a.json", `{"@odata.context":"https://graph.microsoft.com/beta/$metadata#auditLogs/directoryProvisioning","value":[` + graph + `]}`, Graph},
		{"Azure Monitor", "a.json", provisioningFile(t, "azure-monitor.json"), AzureMonitor},
		{"Azure Monitor with its own names", "a.json", provisioningFile(t, "azure-monitor-names.json"), AzureMonitor},
		{"messages of Event Hubs", "a.json", `{"Body":{"records":[` + provisioningFile(t, "azure-monitor.json") + `]},"Offset":"1"}`, EventHub},
		{"a row of Log Analytics", "a.json", provisioningFile(t, "log-analytics.json"), LogAnalyticsJSON},
		{"Log Analytics as CSV", "a.csv", csvFile.String(), LogAnalyticsCSV},
		{"an answer of a query", "a.json", answer, LogAnalyticsQuery},
	} {
		got, report := importProvisioning(t, test.file, test.text, Answers{Dates: MonthFirst})
		if got == nil || report.Format != test.format || report.New != 1 || report.RejectedTotal != 0 {
			t.Errorf("%s: %+v", test.name, report)
			continue
		}
		if got.ID() == want.ID() || *got.ID() != *want.ID() {
			t.Errorf("%s: the ID is %s", test.name, *got.ID())
		}
		for _, p := range provisioning.Kind.Properties {
			switch {
			case p.Set != nil && !slices.Equal(p.Set(got), p.Set(want)):
				t.Errorf("%s: %s is %q, want %q", test.name, p.Name, p.Set(got), p.Set(want))
			case p.Text != nil && *p.Text(got) != *p.Text(want):
				t.Errorf("%s: %s is %q, want %q", test.name, p.Name, *p.Text(got), *p.Text(want))
			case p.Int != nil && *p.Int(got) != *p.Int(want):
				t.Errorf("%s: %s is %v, want %v", test.name, p.Name, *p.Int(got), *p.Int(want))
			}
		}
		if !reflect.DeepEqual(got.Steps, want.Steps) || !reflect.DeepEqual(got.Changes, want.Changes) || !reflect.DeepEqual(got.Source.Details, want.Source.Details) {
			t.Errorf("%s: the lists are %+v", test.name, got)
		}
	}
}

// What cannot be used is rejected with its line, and the rest goes in.
func TestBrokenProvisioningRecords(t *testing.T) {
	_, report := importProvisioning(t, "broken.json", provisioningFile(t, "broken.json"), Answers{})
	var got []string
	for _, r := range report.Rejected {
		got = append(got, strings.Join([]string{string(rune('0' + r.Line)), r.Reason}, " "))
	}
	want := []string{
		"2 the provisioning record has no id: it cannot be told from another copy of itself.", `3 the time "soon" cannot be read: activityDateTime is written like 2026-11-28T11:48:00Z.`,
		"4 the record has no time: it has neither activityDateTime nor a time of ingestion.", "5 not valid JSON", "6 the record has no time: it has neither activityDateTime nor a time of ingestion.",
	}
	if report.New != 1 || len(got) != len(want) {
		t.Fatalf("%d new, rejected %q", report.New, got)
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("got %q, want %q", got[i], want[i])
		}
	}
}

// A file of the portal is read by Graph's names and by the portal's words, and the report says that nobody has verified them. Without
// an ID or a time it needs a mapping.
func TestProvisioningFilesOfThePortal(t *testing.T) {
	for name, test := range map[string]struct {
		text     string
		format   string
		verified bool
	}{
		"the portal's words": {"Date (UTC),Provisioning ID,Job ID,Cycle ID,Change ID,Source identity,Source identity ID,Action,Source system,Target system,Status,Error code,Application\n" +
			"2026-11-28T10:00:00Z,1,j,c,h,Ada,a1,Create,Entra,Harbour,Failure,X,Harbour Portal\n", PortalCSV, false},
		"Graph's names": {"id,activityDateTime,jobId,cycleId,changeId,sourceIdentity.displayName,sourceIdentity.id,provisioningAction,sourceSystem.displayName,targetSystem.displayName,provisioningStatusInfo.status,provisioningStatusInfo.errorInformation.errorCode,servicePrincipal.displayName\n" +
			"1,2026-11-28T10:00:00Z,j,c,h,Ada,a1,create,Entra,Harbour,failure,X,Harbour Portal\n", PortalCSV, false},
		"objects in cells": {"Id,ActivityDateTime,JobId,CycleId,Change Id,SourceIdentity,ProvisioningAction,SourceSystem,TargetSystem,ProvisioningStatusInfo,ServicePrincipal\n" +
			`1,2026-11-28T10:00:00Z,j,c,h,"{""id"":""a1"",""displayName"":""Ada""}",create,"{""displayName"":""Entra""}","{""displayName"":""Harbour""}","{""status"":""failure"",""errorInformation"":{""errorCode"":""X""}}","{""displayName"":""Harbour Portal""}"` + "\n", PortalCSV, false},
		"PowerShell": {"Id,ActivityDateTime,JobId,CycleId,ChangeId,SourceIdentity,ProvisioningAction\n1,2026-11-28T10:00:00Z,j,c,h,Microsoft.Graph.PowerShell.Models.MicrosoftGraphProvisionedIdentity,create\n", PowerShellCSV, true},
	} {
		r, report := importProvisioning(t, "ProvisioningLogs_2026.csv", test.text, Answers{})
		if r == nil || report.Format != test.format || report.New != 1 || slices.Contains(report.CannotShow, unverified) == test.verified {
			t.Errorf("%s: %+v", name, report)
			continue
		}
		if !test.verified && (r.JobID != "j" || r.CycleID != "c" || r.ChangeID != "h" || r.Action != "create" || r.Status != "failure" || r.Error.Code != "X" || r.Identity.Name != "Ada" || r.Identity.ID != "a1" || r.SourceSystem.Name != "Entra" ||
			r.TargetSystem.Name != "Harbour" || r.Principal.Name != "Harbour Portal" || r.Head().Time.Hour() != 10) {
			t.Errorf("%s: %+v", name, r)
		}
	}
	for _, text := range []string{"Change ID,Job ID,Step,Status\nh,j,EntryImport,Success\n", "Date,Change ID,Job ID,Identity\n2026-11-28T10:00:00Z,h,j,Ada\n"} {
		if _, report := importProvisioning(t, "x.csv", text, Answers{}); report.Format != Unknown || report.New != 0 {
			t.Errorf("%q: %+v", text, report)
		}
		look := lookAtText(t, "x.csv", text, store.Mapping{Log: provisioning.Log})
		if look.Guess["Change ID"] != "changeId" || look.Guess["Job ID"] != "jobId" {
			t.Errorf("the guess is %v", look.Guess)
		}
	}
}

// A file of no known format is mapped to the fields of the log.
func TestMappedProvisioning(t *testing.T) {
	text := "When,Who,Where to,What,How it ended,Why\n2026-11-28T10:00:00Z,Ada,Harbour,Create,Failure,EntryConflict\n"
	m := store.Mapping{
		Name: "Provisioning of the portal", Log: provisioning.Log, Headings: []string{"When", "Who", "Where to", "What", "How it ended", "Why"},
		Fields: map[string]string{
			"When": "activityDateTime", "Who": provisioning.SourceName.Name, "Where to": provisioning.TargetSystemName.Name, "What": provisioning.Action.Name, "How it ended": provisioning.Result.Name,
			"Why": provisioning.ErrorCode.Name,
		},
	}
	if problems := m.Problems(kinds.Catalog); len(problems) > 0 {
		t.Fatal(problems)
	}
	w, report := importMapped(t, text, m)
	if report.New != 1 || report.LogCounts[provisioning.Log] != 1 {
		t.Fatalf("%+v", report)
	}
	for _, versions := range w.rows {
		r := versions[0].Entry.(*provisioning.Record)
		if r.Identity.Name != "Ada" || r.Action != "create" || provisioning.Kind.StatusInfo(provisioning.Kind.StatusOf(r)).Name != "failure" || r.Error.Code != "EntryConflict" || r.TargetSystem.Name != "Harbour" {
			t.Errorf("%+v", r)
		}
	}
}

// The explanation of a file names what each column became.
func TestProvisioningIsExplained(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "p.csv")
	must(t, os.WriteFile(path, []byte("Date (UTC),Provisioning ID,Job ID,Change ID,Source identity,Status,Colour\n2026-11-28T10:00:00Z,1,j,h,Ada,Failure,red\n"), 0o600))
	found, err := Explain(t.Context(), kinds.Catalog, Options{}, File{Path: path, Name: "p.csv"}, File{Path: filepath.Join(provisioningFiles, "azure-monitor-names.json"), Name: "a.json"})
	must(t, err)
	became := map[string]string{}
	for _, c := range found[0].Columns {
		became[c.Heading] = strings.Join(c.Fields, ", ")
	}
	if became["Job ID"] != "Job ID" || became["Source identity"] != "Source identity" || became["Status"] != "Status" || became["Colour"] != "" || found[0].Certainty != store.Certain || !slices.Equal(found[0].Better, []string{betterProvisioning}) || !slices.Contains(found[0].CannotShow, unverified) {
		t.Errorf("%v, %+v", became, found[0])
	}
	if e := found[1]; e.LogCounts[provisioning.Log] != 1 || e.Certainty != store.Certain || len(e.Columns) < 30 || len(e.LeftOut) != 0 {
		t.Errorf("%+v", e)
	}
}

// FuzzProvisioning: no document may crash the decoder, and one that it takes gives the same record each time.
func FuzzProvisioning(f *testing.F) {
	for _, name := range []string{"graph.json", "azure-monitor.json", "azure-monitor-names.json", "log-analytics.json"} {
		text, err := os.ReadFile(filepath.Join(provisioningFiles, name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`{"id":1,"jobId":2,"changeId":3,"activityDateTime":"2026-11-28T12:00:00Z","provisioningSteps":"[{\"status\":9,\"details\":[]}]","servicePrincipal":[{}],"sourceIdentity":"{\"details\":\"x\"}","modifiedProperties":{"Name":[1]}}`))
	decode := Decoder(kinds.Catalog)
	f.Fuzz(func(t *testing.T, doc []byte) {
		Misread(kinds.Catalog)(doc)
		Unread(kinds.Catalog)(doc)
		e, err := decode("", doc)
		if err != nil {
			return
		}
		r, ok := e.(*provisioning.Record)
		if !ok {
			return
		}
		again, err := decode(provisioning.Log, doc)
		if err != nil || !reflect.DeepEqual(again, e) {
			t.Errorf("%q gives %+v and %+v, %v", doc, e, again, err)
		}
		compact, _, err := rawjson.Compact(nil, doc, maxDepth)
		must(t, err)
		redacted := provisioning.Kind.Redact(compact, store.ClassesOf(store.Secret))
		if kept, err := decode(provisioning.Log, redacted); err != nil || kept.Head().ID != r.Head().ID && r.ID() == nil {
			t.Errorf("%q redacted is %q: %v", doc, redacted, err)
		}
		for _, c := range provisioning.Kind.FileColumns {
			c.Text(e)
		}
	})
}
