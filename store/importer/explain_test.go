package importer

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/store"
)

// explained explains one file with a content.
func explained(t *testing.T, name, content string, answers Answers) store.Explanation {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := Explain(t.Context(), signInsOnly, Options{Answers: answers}, File{Path: path, Name: name})
	if err != nil || len(list) != 1 {
		t.Fatalf("%d explanations, %v", len(list), err)
	}
	return list[0]
}

const portalSample = "Date (UTC),Request ID,Username,Location,Status,Latency,Incoming token type,Extra,Incoming token type\r\n" +
	"2026-11-28T08:00:00Z,6d7d1a4f-0000-4000-8000-000000000001,ada@example.com,\"Zurich, Zurich, CH\",Success,120,None,x,None\r\n" +
	"2026-11-28T09:00:00Z,6d7d1a4f-0000-4000-8000-000000000002,bob@example.com,,Operazione riuscita,quick,None,,None\r\n" +
	"2026-11-28T10:00:00Z,,bob@example.com,,Success,1,None,,None\r\n"

func TestExplainPortalCSV(t *testing.T) {
	got := explained(t, "InteractiveSignIns_2026-11-28_2026-11-28 (1).csv", portalSample, Answers{})
	first, last := time.Date(2026, 11, 28, 8, 0, 0, 0, time.UTC), time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	column := func(heading string, with int64, fields ...string) store.ExplainedColumn {
		return store.ExplainedColumn{Kind: "sign-ins", Heading: heading, With: with, Fields: append([]string{}, fields...)}
	}
	status, latency, second := column("Status", 3, "Status"), column("Latency", 3, "Latency"), column("Incoming token type", 0)
	status.Missed, status.Examples = 1, []string{"Operazione riuscita"}
	latency.Missed, latency.Examples = 1, []string{"quick"}
	second.Note = `counts only where the column "Incoming token type" before it is empty`
	want := store.Explanation{
		Path: "InteractiveSignIns_2026-11-28_2026-11-28 (1).csv", Format: "portal-csv", FormatName: "Entra admin center CSV", Certainty: store.Certain,
		Evidence: []string{
			"8 of 9 headings are those of the format Entra admin center CSV: Date (UTC), Request ID, Username, Location, Status and others.",
			"The file's name tells the log: User sign-ins (interactive).",
		},
		Text: store.FileText{Encoding: "UTF-8", Delimiter: "comma", LineEnds: "CRLF"},
		Read: 3, Rejected: 1, LogCounts: map[store.Log]int64{store.Interactive: 2}, Times: map[store.Log]store.Span{store.Interactive: {First: first, Last: last}},
		Tenants: []string{}, Asks: []store.ImportQuestion{},
		Columns: []store.ExplainedColumn{
			column("Date (UTC)", 3, "Date"), column("Request ID", 2, "Request ID"), column("Username", 3, "Username"),
			column("Location", 1, "City", "State or province", "Country or region"), status, latency,
			column("Incoming token type", 0), column("Extra", 1), second,
		},
		LeftOut: []store.LeftOut{{Reason: "the row has no request ID.", Rejected: true, Records: 1, First: []store.RecordPlace{{Record: 3, Line: 4}}}},
		Source:  "Entra admin center CSV", Better: better[PortalCSV],
	}
	if !slices.Contains(got.Lacks, "Risk state") || slices.Contains(got.Lacks, "City") || slices.Contains(got.Lacks, "Service principal ID") {
		t.Errorf("it lacks %q", got.Lacks)
	}
	got.Lacks, got.CannotShow = nil, nil // told by tests of what the importer says
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestExplainUnknownCSV(t *testing.T) {
	got := explained(t, "events.csv", "when;who;what\n2026-11-28;ada;in\n", Answers{})
	want := store.Explanation{
		Path: "events.csv", Format: "unknown", FormatName: "Unknown format", Certainty: store.Unsure,
		Evidence: []string{
			"Looked for, and not found, in the first line: Date (UTC) with Request ID of the Entra admin center; TimeGenerated of Log Analytics; Timestamp with LogonType of Defender XDR; CreatedDateTime with the names of Microsoft Graph.",
			"The first line has these headings: when, who, what.",
		},
		Text: store.FileText{Encoding: "UTF-8", Delimiter: "semicolon", LineEnds: "LF"}, Read: 1, Skipped: 1, Unreadable: 1,
		LogCounts: map[store.Log]int64{}, Times: map[store.Log]store.Span{}, Tenants: []string{}, Columns: []store.ExplainedColumn{}, CannotShow: []string{},
		LeftOut: []store.LeftOut{{Reason: "of no format that this version knows.", Records: 1, First: []store.RecordPlace{}}},
		Asks:    []store.ImportQuestion{}, Better: better[Unknown],
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// A file with two orders of dates asks, and its columns are told all the same.
func TestExplainMixedDates(t *testing.T) {
	content := "Date (UTC)\tRequest ID\tUsername\n13/11/2026, 08:00:00\t6d7d1a4f-0000-4000-8000-000000000001\tada@example.com\n11/13/2026, 08:00:00\t6d7d1a4f-0000-4000-8000-000000000002\tbob@example.com\n"
	got := explained(t, "InteractiveSignIns.csv", content, Answers{})
	ask := []store.ImportQuestion{{About: "dates", Question: "1 date can only be day, month, year and 1 date only month, day, year: the file mixes two orders. Say it with --dates dmy or --dates mdy, or choose it on the page."}}
	if !reflect.DeepEqual(got.Asks, ask) || len(got.LeftOut) > 0 || got.Read != 2 || got.Waiting != 2 || got.Skipped+got.Unreadable+got.Rejected != 0 || len(got.LogCounts) > 0 || got.Text.Delimiter != "tab" {
		t.Errorf("got %+v", got)
	}
	for i, want := range []store.ExplainedColumn{
		{Kind: "sign-ins", Heading: "Date (UTC)", Fields: []string{"Date"}, With: 2},
		{Kind: "sign-ins", Heading: "Request ID", Fields: []string{"Request ID"}, With: 2},
		{Kind: "sign-ins", Heading: "Username", Fields: []string{"Username"}, With: 2},
	} {
		if i >= len(got.Columns) || !reflect.DeepEqual(got.Columns[i], want) {
			t.Errorf("got columns %+v, want %+v", got.Columns, want)
		}
	}
	answered := explained(t, "InteractiveSignIns.csv", content, Answers{Dates: DayFirst})
	if len(answered.Asks) > 0 || answered.LogCounts[store.Interactive] != 1 || answered.Rejected != 1 || !slices.Contains(answered.Evidence, "Dates are read as day, month, year.") {
		t.Errorf("answered: %+v", answered)
	}
}

// A file that asks two things asks both at once. It is told all the same what the file is and what it cannot show.
func TestExplainTwoQuestions(t *testing.T) {
	users := "Date (UTC),Request ID,Username\n3/11/2026 08:00:00,6d7d1a4f-0000-4000-8000-000000000001,ada@example.com\n"
	principals := "Date (UTC),Request ID,Service principal ID,Credential key ID\n3/11/2026 08:00:00,6d7d1a4f-0000-4000-8000-000000000001,s,k\n"
	analytics := "TimeGenerated [Local Time],Category,Id,UserPrincipalName\n3/11/2026 08:00:00,SignInLogs,6d7d1a4f-0000-4000-8000-000000000001,ada@example.com\n"
	for name, test := range map[string]struct {
		content, lacks, has string
		asks                []string
	}{
		"users":         {users, "Risk state", "Username", []string{store.AskDates, store.AskLog}},
		"principals":    {principals, "Federated credential ID", "Service principal ID", []string{store.AskDates, store.AskLog}},
		"Log Analytics": {analytics, "Session ID", "Risk state", []string{store.AskDates, store.AskZone}},
	} {
		got := explained(t, "export.csv", test.content, Answers{})
		var asks []string
		for _, ask := range got.Asks {
			asks = append(asks, ask.About)
		}
		if !slices.Equal(asks, test.asks) || got.Read != 1 || got.Waiting != 1 || got.Skipped+got.Unreadable+got.Rejected != 0 || len(got.LeftOut) > 0 {
			t.Errorf("%s: asks %q: %+v", name, asks, got)
		}
		if !slices.Contains(got.Lacks, test.lacks) || slices.Contains(got.Lacks, test.has) || got.Source == "" || len(got.Columns) < 3 || len(got.Better) == 0 {
			t.Errorf("%s: %s lacks %q", name, got.Source, got.Lacks)
		}
		if said := strings.Join(got.Evidence, "\n"); said == "" || strings.Contains(said, "are read as") || strings.Contains(said, "The answer does") {
			t.Errorf("%s: an answer that nobody gave is told: %s", name, said)
		}
	}
}

// JSON that asks is called what it is.
func TestExplainJSONThatAsks(t *testing.T) {
	got := explained(t, "a.json", `[{"TimeGenerated":"3/11/2026 08:00:00","Type":"SigninLogs","Id":"6d7d1a4f-0000-4000-8000-000000000001","UserPrincipalName":"ada@example.com"}]`, Answers{})
	if len(got.Asks) != 1 || got.Format != LogAnalyticsJSON || got.Certainty != store.Certain || got.Waiting != 1 {
		t.Errorf("got %+v", got)
	}
}

// A status in the file's language is told as what it is where the error code tells the status.
func TestExplainTranslatedStatus(t *testing.T) {
	content := "Date (UTC),Request ID,Username,Status,Sign-in error code\n"
	for i, status := range []string{"Success,0", "Operazione riuscita,0", "Errore,50126", "Errore,", "None,0"} {
		content += "2026-11-28T08:00:00Z,6d7d1a4f-0000-4000-8000-00000000000" + string(rune('1'+i)) + ",ada@example.com," + status + "\n"
	}
	e := explained(t, "InteractiveSignIns.csv", content, Answers{})
	want := store.ExplainedColumn{
		Kind: "sign-ins", Heading: "Status", Fields: []string{"Status"}, With: 4, Missed: 1, Examples: []string{"Errore"},
		Note: "words of another language in 2 of 4 values, such as Operazione riuscita; Errore: they stay in Raw, and the status of these rows follows from the error code",
	}
	if !reflect.DeepEqual(e.Columns[3], want) {
		t.Errorf("got  %+v\nwant %+v", e.Columns[3], want)
	}
	if got, want := e.Columns[3].Became(), "Status; "+want.Note+"; not understood: 1 of 4 values, such as Errore"; got != want {
		t.Errorf("it became %q, want %q", got, want)
	}
}

func TestExplainFormats(t *testing.T) {
	const id = "6d7d1a4f-0000-4000-8000-000000000001"
	graph := `{"id":"` + id + `","createdDateTime":"2026-11-01T10:00:00Z","appId":"a","userPrincipalName":"ada@example.com","ipAddress":"192.0.2.1","status":{"errorCode":0,"novel":1},"deviceDetail":{"browser":"Edge"},"brandNew":"x"}`
	for _, test := range []struct {
		name, file, content, format string
		certainty                   store.Certainty
		log                         store.Log
		column                      store.ExplainedColumn
		evidence                    string
	}{
		{
			"Graph", "a.json", `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#auditLogs/signIns","value":[` + graph + `]}`, Graph, store.Certain, store.Interactive,
			store.ExplainedColumn{Kind: "sign-ins", Heading: "deviceDetail.browser", Fields: []string{"Browser"}, With: 1},
			"auditLogs/signIns",
		},
		{
			"Graph without an answer", "a.json", graph, Graph, store.Likely, store.Interactive,
			store.ExplainedColumn{Kind: "sign-ins", Heading: "status.novel", Fields: []string{}, With: 1},
			"The first has the keys id, createdDateTime, appId",
		},
		{
			"Azure Monitor", "a.json", `{"time":"2026-11-01T10:01:00Z","category":"NonInteractiveUserSignInLogs","level":"4","callerIpAddress":"192.0.2.1","properties":` + graph + `}`, AzureMonitor, store.Certain, store.NonInteractive,
			store.ExplainedColumn{Kind: "sign-ins", Heading: "callerIpAddress", Fields: []string{"IP address"}, With: 1},
			"NonInteractiveUserSignInLogs (1)",
		},
		{
			"Log Analytics rows", "a.json", `[{"TimeGenerated":"2026-11-01T10:01:00Z","Type":"SigninLogs","Id":"` + id + `","CreatedDateTime":"2026-11-01T10:00:00Z","ResultType":"0","LocationDetails":"{\"city\":\"Zug\"}","UserPrincipalName":"ada@example.com"}]`, LogAnalyticsJSON, store.Certain, store.Interactive,
			store.ExplainedColumn{Kind: "sign-ins", Heading: "LocationDetails.city", Fields: []string{"City"}, With: 1},
			"SigninLogs (1)",
		},
		{
			"a query's answer", "a.json", `{"tables":[{"name":"PrimaryResult","columns":[{"name":"TimeGenerated","type":"datetime"},{"name":"Category","type":"string"},{"name":"Id","type":"string"},{"name":"AppDisplayName","type":"string"}],"rows":[["2026-11-01T10:01:00Z","SignInLogs","` + id + `","Portal"]]}]}`, LogAnalyticsQuery, store.Certain, store.Interactive,
			store.ExplainedColumn{Kind: "sign-ins", Heading: "AppDisplayName", Fields: []string{"Application"}, With: 1},
			"Log Analytics query result: 1 record.",
		},
		{
			"Log Analytics CSV", "a.csv", "TimeGenerated [UTC],Category,Id,Status_string,UserPrincipalName\n\"11/28/2026, 8:00:00.000 AM\",SignInLogs," + id + ",\"{\"\"errorCode\"\":50126}\",ada@example.com\n", LogAnalyticsCSV, store.Certain, store.Interactive,
			store.ExplainedColumn{Kind: "sign-ins", Heading: "Status_string.errorCode", Fields: []string{"Sign-in error code"}, With: 1},
			"TimeGenerated [UTC]",
		},
		{
			"PowerShell JSON", "a.json", `{"Id":"` + id + `","CreatedDateTime":"\/Date(1793527200000)\/","AppDisplayName":"Portal","UserPrincipalName":"ada@example.com","IPAddress":"192.0.2.1","Location":"Microsoft.Graph.PowerShell.Models.MicrosoftGraphSignInLocation"}`, PowerShellJSON, store.Likely, store.Interactive,
			store.ExplainedColumn{Kind: "sign-ins", Heading: "Location", Fields: []string{}, With: 1, Missed: 1, Examples: []string{"Microsoft.Graph.PowerShell.Models.MicrosoftGraphSignInLocation"}},
			"the keys of its records tell it",
		},
		{
			"PowerShell CSV", "a.csv", "#TYPE X\n\"Id\",\"CreatedDateTime\",\"AppDisplayName\",\"UserPrincipalName\",\"IPAddress\"\n\"" + id + "\",\"2026-11-01T10:00:00Z\",\"Portal\",\"ada@example.com\",\"192.0.2.1\"\n", PowerShellCSV, store.Likely, store.Interactive,
			store.ExplainedColumn{Kind: "sign-ins", Heading: "IPAddress", Fields: []string{"IP address"}, With: 1},
			"5 of 5 headings",
		},
		{
			"Defender", "a.csv", "Timestamp,RequestId,LogonType,AccountUpn,ConditionalAccessStatus,ReportId\n2026-11-01T10:00:00Z," + id + ",\"[\"\"interactiveUser\"\"]\",ada@example.com,0,17\n", DefenderCSV, store.Certain, store.Interactive,
			store.ExplainedColumn{Kind: "sign-ins", Heading: "ReportId", Fields: []string{}, With: 1},
			"6 of 6 headings",
		},
		{
			"a directory", "users.csv", "userPrincipalName,displayName,objectId,userType,somethingElse\nada@example.com,Ada,u1,Member,x\n", PortalDirectoryCSV, store.Likely, "",
			store.ExplainedColumn{Kind: "users", Heading: "displayName", Fields: []string{"Display name"}, With: 1},
			"4 of 5 headings",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := explained(t, test.file, test.content, Answers{})
			if e.Format != test.format || e.Certainty != test.certainty || test.log != "" && e.LogCounts[test.log] != 1 {
				t.Errorf("format %s, %s, logs %v", e.Format, e.Certainty, e.LogCounts)
			}
			if !slices.ContainsFunc(e.Columns, func(c store.ExplainedColumn) bool { return reflect.DeepEqual(c, test.column) }) {
				t.Errorf("got columns %+v, want %+v among them", e.Columns, test.column)
			}
			if said := strings.Join(e.Evidence, "\n"); !strings.Contains(said, test.evidence) {
				t.Errorf("got evidence\n%s\nwant %q in it", said, test.evidence)
			}
			if e.Format != AzureMonitor && len(e.Better) == 0 && (e.Format != Graph || e.Source != "") && e.Format != LogAnalyticsJSON {
				t.Error("it says nothing of a better export")
			}
		})
	}
}

// Files inside archives are explained too, and nothing of them is kept.
func TestExplainPacked(t *testing.T) {
	dir := t.TempDir()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte(portalSample))
	_ = z.Close()
	var archive bytes.Buffer
	a := zip.NewWriter(&archive)
	for _, name := range []string{"InteractiveSignIns_2026-11-28_2026-11-28.csv", "other.txt"} {
		w, err := a.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		content := portalSample
		if name == "other.txt" {
			content = "hello"
		}
		_, _ = w.Write([]byte(content))
	}
	_ = a.Close()
	for name, content := range map[string][]byte{"NonInteractiveSignIns.csv.gz": packed.Bytes(), "all.zip": archive.Bytes(), "broken.zip": archive.Bytes()[:40]} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list, err := ExplainPaths(t.Context(), signInsOnly, Options{}, dir)
	if err != nil || len(list) != 4 {
		t.Fatalf("%d explanations, %v", len(list), err)
	}
	if e := list[0]; e.Text.Packed != "gzip" || e.LogCounts[store.NonInteractive] != 2 {
		t.Errorf("gzip: %+v", e)
	}
	if e := list[1]; !strings.HasSuffix(e.Path, "all.zip/InteractiveSignIns_2026-11-28_2026-11-28.csv") || e.LogCounts[store.Interactive] != 2 {
		t.Errorf("zip: %+v", e)
	}
	if e := list[2]; e.Certainty != store.Unsure || e.Evidence[0] != "The file begins with no bracket of JSON, and its first line has no headings with commas, semicolons or tabs between them." {
		t.Errorf("text: %+v", e)
	}
	if e := list[3]; e.Failure == "" || e.Certainty != store.Unsure {
		t.Errorf("broken: %+v", e)
	}
	if _, err := ExplainPaths(t.Context(), signInsOnly, Options{}, filepath.Join(dir, "missing")); err == nil {
		t.Error("a missing path is explained")
	}
}

// A record may have any number of keys: only so many are told, the others are counted.
func TestExplainManyKeys(t *testing.T) {
	var record strings.Builder
	record.WriteString(`{"id":"1","createdDateTime":"2026-11-01T10:00:00Z","appId":"a","userPrincipalName":"ada@example.com","ipAddress":"192.0.2.1"`)
	for i := range 3 * store.MaxColumnsExplained {
		key, _ := json.Marshal("key" + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + time.Unix(int64(i), 0).UTC().Format("150405"))
		record.WriteString("," + string(key) + `:"v"`)
	}
	record.WriteString("}")
	e := explained(t, "a.json", record.String(), Answers{})
	if len(e.Columns) != store.MaxColumnsExplained || e.MoreColumns != 2*store.MaxColumnsExplained+5 {
		t.Errorf("%d columns and %d more", len(e.Columns), e.MoreColumns)
	}
}

func FuzzExplain(f *testing.F) {
	f.Add("InteractiveSignIns.csv", portalSample)
	f.Add("a.json", `{"time":"2026-11-01T10:01:00Z","category":"SignInLogs","properties":{"id":"1","status":"x"}}`)
	f.Add("a.json", `{"tables":[{"columns":[{"name":"TimeGenerated"}],"rows":[["2026-11-01T10:01:00Z"]]}]}`)
	f.Add("users.csv", "userPrincipalName,objectId\nada@example.com,u1\n")
	f.Add("a.csv", "Timestamp,RequestId,LogonType\n1/2/2026,1,x\n")
	f.Fuzz(func(t *testing.T, name, content string) {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		list, err := Explain(t.Context(), signInsOnly, Options{}, File{Path: path, Name: name})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			if e.Certainty == "" || len(e.Evidence) == 0 && e.Certainty != store.Empty && e.Failure == "" {
				t.Errorf("%q says nothing: %+v", content, e)
			}
			for _, c := range e.Columns {
				if c.Missed > c.With || c.Missed == 0 && len(c.Examples) > 0 {
					t.Errorf("%q: column %+v", content, c)
				}
			}
		}
	})
}
