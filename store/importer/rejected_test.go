package importer

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"signpost/store"
	"signpost/store/audit"
	"signpost/store/kinds"
)

// rejectedText is the file of the records that the last import rejected; empty for none.
func rejectedText(t *testing.T, w *fakeWriter) (text string, file *store.RejectedFile) {
	t.Helper()
	file = w.ended[len(w.ended)-1].RejectedFile
	if file == nil {
		return "", nil
	}
	var out bytes.Buffer
	if _, err := file.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	return out.String(), file
}

// checkRejectedAgain imports the rejected records as they are: nothing of them is new to the store.
func checkRejectedAgain(t *testing.T, w *fakeWriter, path string, options Options) {
	t.Helper()
	text, file := rejectedText(t, w)
	if file == nil {
		return
	}
	size := 0
	for _, r := range file.Records {
		size += len(r.Text)
	}
	if len(file.Records) > store.MaxRejectedListed || size > store.MaxRejectedText {
		t.Fatalf("%d records of %d bytes are kept", len(file.Records), size)
	}
	stored := len(w.rows)
	report, err := New(w, options).Reader(t.Context(), path, strings.NewReader(text))
	if err == nil && (report.New > 0 || len(w.rows) != stored) {
		t.Fatalf("rejected records were stored when they came again: %q: %+v", text, report)
	}
}

// rejectedCase is a file with records that are rejected, and how its rejected records are mended.
type rejectedCase struct {
	what, path, text string
	rejected, kept   int64
	// mend are texts and what takes their place. holds is a part of the file, and lacks none.
	mend  []string
	holds []string
	lacks string
	// stored are how many records there are in the end, by their logs.
	stored   map[store.Log]int
	mappings []store.Mapping
}

const (
	laHead      = "TimeGenerated [UTC],Category,UserPrincipalName,AppDisplayName,IPAddress,ResultType,Id,Type\n"
	azureSignIn = `{"time":"2026-11-28T10:00:00Z","category":"SignInLogs","tenantId":"t","properties":{"id":"ID","createdDateTime":"2026-11-28T10:00:00Z","userId":"u1","userPrincipalName":"ada@example.com","appId":"a1","status":{"errorCode":0}}}`
	attributes  = `{"id":"ID","activityDateTime":"2026-11-28T10:00:00Z","activityDisplayName":"Update attribute set","category":"AttributeManagement","result":"success"}`
)

func withRecordID(record, id string) string { return strings.Replace(record, `"ID"`, `"`+id+`"`, 1) }

func rejectedCases() []rejectedCase {
	badTime := strings.ReplaceAll(withRecordID(azureSignIn, "2"), "2026-11-28T10:00:00Z", "soon")
	brokenGraph := strings.Replace(withRecordID(attributes, "g2"), `,"result"`, ` "result"`, 1)
	graph := `{"@odata.context":"https://graph.microsoft.com/beta/$metadata#auditLogs/customSecurityAttributeAudits","value":[` + withRecordID(attributes, "g1") + "," + strings.Replace(attributes, `"id":"ID",`, "", 1) + "," + brokenGraph + "]}"
	steps := strings.SplitAfter(stepsText, "\n")
	two := func(log store.Log) map[store.Log]int { return map[store.Log]int{log: 2} }
	return []rejectedCase{
		{
			what: "JSON, a record a line", path: "a.json", text: withRecordID(azureSignIn, "1") + "\n" + badTime + "\n" + strings.Replace(badTime, `"2"`, `"3"`, 1) + "\n", rejected: 2, kept: 2,
			mend: []string{"soon", "2026-11-28T10:00:00Z"}, stored: map[store.Log]int{store.Interactive: 3}, lacks: `"id":"1"`,
		},
		{
			what: "JSON, pretty-printed", path: "a.json", text: "[\n" + withRecordID(azureSignIn, "1") + ",\n" + strings.ReplaceAll(badTime, ",", ",\n  ") + "\n]", rejected: 1, kept: 1,
			mend: []string{"soon", "2026-11-28T10:00:00Z"}, holds: []string{`{"time":"soon","category":"SignInLogs"`}, stored: two(store.Interactive),
		},
		{
			what: "broken JSON, a record a line", path: "a.json", text: withRecordID(azureSignIn, "1") + "\n" + strings.Replace(withRecordID(azureSignIn, "2"), `"t",`, `"t" `, 1) + "\nnonsense\n" + withRecordID(azureSignIn, "3"),
			rejected: 2, kept: 2, mend: []string{`"t" `, `"t",`, "nonsense", ""}, stored: map[store.Log]int{store.Interactive: 3},
		},
		{
			what: "broken JSON in a list", path: "a.json", text: "{\"records\": [\n" + withRecordID(azureSignIn, "1") + ",\n" + strings.Replace(strings.ReplaceAll(withRecordID(azureSignIn, "2"), ",", ",\n "), `"t"`, `"t":`, 1) + ",\n" + withRecordID(azureSignIn, "3") + "]}",
			rejected: 1, kept: 1, mend: []string{`"t":`, `"t"`}, lacks: `"id":"3"`, stored: map[store.Log]int{store.Interactive: 3},
		},
		{
			what: "the rest of a list", path: "a.json", text: `{"records":[` + withRecordID(azureSignIn, "1") + "," + strings.Replace(withRecordID(azureSignIn, "2"), `"2"`, `"2`, 1) + "," + withRecordID(azureSignIn, "3") + "]}",
			rejected: 1, kept: 1, mend: []string{`"2,`, `"2",`}, stored: map[store.Log]int{store.Interactive: 3},
		},
		{
			what: "the rest of a list without an end", path: "a.json", text: `{"records":[` + withRecordID(azureSignIn, "1") + ",\n" + strings.Replace(withRecordID(azureSignIn, "2"), `"2"`, `"2`, 1) + ",\n" + withRecordID(azureSignIn, "3"),
			rejected: 1, kept: 1, mend: []string{`"2,`, `"2",`}, stored: map[store.Log]int{store.Interactive: 3},
		},
		{
			what: "a list that is cut off", path: "a.json", text: `[` + withRecordID(azureSignIn, "1") + "," + strings.TrimSuffix(withRecordID(azureSignIn, "2"), "0}}}"),
			rejected: 1, kept: 1, mend: []string{`"errorCode":]`, `"errorCode":0}}}]`}, stored: two(store.Interactive),
		},
		{
			what: "an answer of Graph whose context tells the log", path: "a.json", text: graph, rejected: 2, kept: 2,
			mend: []string{`[{"activityDateTime"`, `[{"id":"g3","activityDateTime"`, ` "result"`, `,"result"`}, stored: map[store.Log]int{audit.Attributes: 3},
		},
		{
			what: "a message's body", path: "a.json", text: `{"SequenceNumber":1,"Body":{"records":[` + withRecordID(azureSignIn, "1") + "," + badTime + `]}}`, rejected: 1, kept: 1,
			mend: []string{"soon", "2026-11-28T10:00:00Z"}, stored: two(store.Interactive),
		},
		{
			what: "the portal's CSV", path: "in/InteractiveSignIns_2026-11-27_2026-11-28.csv", text: "\ufeff" + portalHead + portalLine + strings.Replace(strings.Replace(portalLine, "r1", "r2", 1), "2026-11-28T09:36:00Z", "soon", 1) + strings.Replace(portalLine, "r1", "", 1),
			rejected: 2, kept: 2, mend: []string{"soon", "2026-11-28T09:36:00Z", "Z,,", "Z,r3,"}, holds: []string{strings.TrimSpace(portalHead)}, lacks: ",r1,", stored: map[store.Log]int{store.Interactive: 3},
		},
		{
			what: "a quote mark that is not closed", path: "query.csv", text: laHead + "2026-11-28T10:00:00,SignInLogs,ada@example.com,Portal,192.0.2.1,0,l1,SigninLogs\n2026-11-28T10:00:00,SignInLogs,\"ada@example.com,Portal,192.0.2.1,0,l2,SigninLogs\n2026-11-28T10:00:00,SignInLogs,ada@example.com,Portal,192.0.2.1,0,l3,SigninLogs",
			rejected: 1, kept: 1, mend: []string{`"ada`, `ada`}, stored: map[store.Log]int{store.Interactive: 3},
		},
		{
			what: "Log Analytics CSV", path: "query.csv", text: laHead + "2026-11-28T10:00:00,SignInLogs,ada@example.com,Portal,192.0.2.1,0,l1,SigninLogs\n\"soon\",SignInLogs,\"ada, \"\"a\"\"@example.com\",Portal,192.0.2.1,0,l2,SigninLogs\r\n",
			rejected: 1, kept: 1, mend: []string{"soon", "2026-11-28T10:01:00"}, holds: []string{laHead, `"ada, ""a""@example.com"`}, stored: two(store.Interactive),
		},
		{
			what: "an answer of a query", path: "query.json", text: `{"tables":[{"name":"PrimaryResult","columns":[{"name":"TimeGenerated","type":"datetime"},{"name":"Category"},{"name":"UserPrincipalName"},{"name":"AppDisplayName"},{"name":"IPAddress"},{"name":"ResultType"},{"name":"Id"},{"name":"Type"}],"rows":[` +
				`["2026-11-28T10:00:00Z","SignInLogs","ada@example.com","Portal","192.0.2.1","0","q1","SigninLogs"],["2026-11-28T10:00:00Z","SignInLogs","ada@example.com","Portal","0","q2","SigninLogs"],["soon","SignInLogs","ada@example.com","Portal","192.0.2.1","0","q3","SigninLogs"]]}]}`,
			rejected: 2, kept: 2, mend: []string{`"Portal","0"`, `"Portal","192.0.2.1","0"`, "soon", "2026-11-28T10:00:00Z"}, stored: map[store.Log]int{store.Interactive: 3},
		},
		{
			what: "authentication steps: the whole sign-in", path: "InteractiveSignIns_x_AuthDetails.csv", text: steps[0] + steps[1] + strings.TrimRight(steps[2], "\r\n") + ",1,2,3,4\n", rejected: 1, kept: 1,
			mend: []string{",1,2,3,4", ""}, holds: []string{steps[1]}, stored: map[store.Log]int{store.Interactive: 1},
		},
		{
			what: "a mapped file", path: "badge.csv", text: badgeFile, mappings: []store.Mapping{badge()}, rejected: 1, kept: 1,
			mend: []string{"\n,nobody", "\n2026-11-28T10:09:00Z,nobody"}, stored: map[store.Log]int{store.Interactive: 3},
		},
		{
			what: "mapped JSON that lacks a key", path: "badge.json", text: `[{"When":"2026-11-28T10:00:00Z","Who":"ada","From":"","App":"","CA":"","Code":0,"Note":"x"},{"Who":"grace","App":"Portal"}]`, mappings: []store.Mapping{badge()},
			rejected: 1, kept: 1, mend: []string{`"When":null`, `"When":"2026-11-28T10:09:00Z"`}, stored: two(store.Interactive),
		},
		{
			what: "members of a group: a part is no list", path: groupID + "-members.csv", text: "id,displayName,objectType\nx,Ada,User\n,Grace,User\n", rejected: 1, kept: 0,
		},
		{
			what: "users", path: "users.csv", text: "id,userPrincipalName,displayName\n,ada@example.com,Ada\n", rejected: 1, kept: 1, mend: []string{"\n,ada", "\nx,ada"},
		},
	}
}

// What was rejected is mended in the file of the rejected records, and imported again: then nothing is missing.
func TestRejectedAreMended(t *testing.T) {
	for _, test := range rejectedCases() {
		t.Run(test.what, func(t *testing.T) {
			w := newFakeWriter()
			w.catalog = kinds.Catalog
			options := Options{BatchSize: 1, Mappings: test.mappings}
			report, err := New(w, options).Reader(t.Context(), test.path, strings.NewReader(test.text))
			text, file := rejectedText(t, w)
			if err != nil || report.RejectedTotal != test.rejected || report.RejectedKept != test.kept {
				t.Fatalf("rejected %d and kept %d, %v, want %d and %d: %v\n%s", report.RejectedTotal, report.RejectedKept, err, test.rejected, test.kept, report.Rejected, text)
			}
			if test.kept == 0 {
				if text != "" {
					t.Errorf("kept: %q", text)
				}
				return
			}
			for _, part := range test.holds {
				if !strings.Contains(text, part) {
					t.Errorf("%q is not in %q", part, text)
				}
			}
			if test.lacks != "" && strings.Contains(text, test.lacks) {
				t.Errorf("%q is in %q", test.lacks, text)
			}
			checkRejectedAgain(t, w, file.Name(test.path, "7"), options)
			mended := strings.NewReplacer(test.mend...).Replace(text)
			again, err := New(w, options).Reader(t.Context(), file.Name(test.path, "7"), strings.NewReader(mended))
			if err != nil || again.RejectedTotal+again.Skipped > 0 || again.Read == 0 {
				t.Errorf("mended: %+v, %v\n%s", again, err, mended)
			}
			got := map[store.Log]int{}
			for key := range w.rows {
				log, _, _ := strings.Cut(key, "/")
				got[store.Log(log)]++
			}
			if !maps.Equal(got, test.stored) {
				t.Errorf("stored %v, want %v", got, test.stored)
			}
		})
	}
}

// Rows of a workbook come back as CSV under the workbook's headings.
func TestRejectedRowsOfAWorkbook(t *testing.T) {
	book := excelize.NewFile()
	heading, line := strings.Split(strings.TrimSpace(portalHead), ","), strings.Split(strings.TrimSpace(portalLine), ",")
	line = line[:min(len(line), len(heading))]
	for row, cells := range [][]string{heading, line, slices.Clone(line)} {
		if row == 2 {
			cells[0], cells[1] = "soon", "r2"
		}
		if err := book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", row+1), &cells); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "InteractiveSignIns.xlsx")
	if err := book.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	w := newFakeWriter()
	reports, err := New(w, Options{}).Paths(t.Context(), path)
	if err != nil || len(reports) != 1 || reports[0].RejectedKept != 1 || reports[0].New != 1 {
		t.Fatalf("got %+v, %v", reports, err)
	}
	text, file := rejectedText(t, w)
	if name := file.Name(path, ""); name != "rejected-InteractiveSignIns.csv" {
		t.Errorf("the name is %q", name)
	}
	again, err := New(w, Options{}).Reader(t.Context(), file.Name(path, ""), strings.NewReader(strings.Replace(text, "soon", "2026-11-28T09:37:00Z", 1)))
	if err != nil || again.New != 1 || len(w.rows) != 2 {
		t.Errorf("mended: %+v, %v: %s", again, err, text)
	}
}

// The text is bounded by a number of records and of bytes. A record that is too long for the room leaves it to shorter ones.
func TestRejectedTextIsBounded(t *testing.T) {
	for what, test := range map[string]struct {
		filler, records int
		want            int64
	}{"many": {0, 1500, 1000}, "long": {1 << 20, 9, 3}} {
		var text strings.Builder
		for i := range test.records {
			fmt.Fprintf(&text, `{"time":"soon","category":"SignInLogs","properties":{"id":"1","createdDateTime":"soon","n":%d,"filler":"%s"}}`+"\n", i, strings.Repeat("x", test.filler))
		}
		w := newFakeWriter()
		report, err := New(w, Options{}).Reader(t.Context(), "a.json", strings.NewReader(text.String()))
		if err != nil || report.RejectedTotal != int64(test.records) || report.RejectedKept != test.want {
			t.Errorf("%s: rejected %d and kept %d, %v, want %d and %d", what, report.RejectedTotal, report.RejectedKept, err, test.records, test.want)
		}
		if report.RejectedFile != nil {
			t.Errorf("%s: the report holds the text after the import", what)
		}
		kept, _ := rejectedText(t, w)
		if !strings.HasPrefix(kept, `{"time":"soon","category":"SignInLogs","properties":{"id":"1","createdDateTime":"soon","n":0,`) || strings.Count(kept, "\n") != int(test.want) {
			t.Errorf("%s: the file begins with %.100q and has %d lines", what, kept, strings.Count(kept, "\n"))
		}
	}
}

// The text of what the engine rejects is kept too.
func TestRejectedByTheEngine(t *testing.T) {
	w := &rejecting{fakeWriter: newFakeWriter(), id: "r2"}
	for path, text := range map[string]string{
		"a.json":                 withRecordID(azureSignIn, "1") + "\n" + strings.ReplaceAll(withRecordID(azureSignIn, "r2"), ",", ", "),
		"InteractiveSignIns.csv": portalHead + portalLine + strings.Replace(portalLine, "r1", "r2", 1),
	} {
		report, err := New(w, Options{}).Reader(t.Context(), path, strings.NewReader(text))
		kept, file := rejectedText(t, w.fakeWriter)
		if err != nil || report.RejectedTotal != 1 || report.RejectedKept != 1 || file.Records[0].Log != store.Interactive || file.Records[0].Record != 2 {
			t.Fatalf("%s: %+v, %v", path, report, err)
		}
		want := withRecordID(azureSignIn, "r2") + "\n"
		if file.IsCSV() {
			want = strings.ReplaceAll(portalHead+strings.Replace(portalLine, "r1", "r2", 1), "\r\n", "\n")
		}
		if got := strings.ReplaceAll(kept, "\r\n", "\n"); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}

// rejecting is an engine that rejects the record with an ID.
type rejecting struct {
	*fakeWriter
	id string
}

func (w *rejecting) Prepare(records []store.Record) (store.Batch, error) {
	for i := range records {
		records[i].Versions = slices.Clone(records[i].Versions)
	}
	return records, nil
}

func (w *rejecting) Commit(ctx context.Context, importID int64, b store.Batch) ([]store.Outcome, error) {
	outcomes, err := w.fakeWriter.Commit(ctx, importID, b)
	for i, r := range b.([]store.Record) {
		if r.Entry.Head().ID == w.id {
			outcomes[i] = store.Outcome{Kind: store.OutcomeRejected, Reason: "it is not wanted"}
		}
	}
	return outcomes, err
}

// The log of a rejected record is told by whatever tells it. It decides who may see the text.
func TestLogOfRejectedRecords(t *testing.T) {
	graph := func(set, record string) string {
		return `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#auditLogs/` + set + `","value":[` + record + `]}`
	}
	for _, test := range []struct {
		what, path, text string
		want             store.Log
	}{
		{"its category", "a.json", `{"category":"CustomSecurityAttributeAuditLogs","time":"soon","properties":{"id":"1","activityDisplayName":"x"}}`, audit.Attributes},
		{"its category, with a time of no form", "a.json", `{"category":"AuditLogs","time":"soon","properties":{"id":"1","activityDateTime":"soon","activityDisplayName":"x"}}`, audit.Directory},
		{"the answer around it", "a.json", graph("customSecurityAttributeAudits", `{"activityDateTime":"2026-11-28T10:00:00Z"}`), audit.Attributes},
		{"the answer around a broken one", "a.json", graph("customSecurityAttributeAudits", `{"activityDateTime" "2026-11-28T10:00:00Z"}`), audit.Attributes},
		{"the answer around the rest of a list", "a.json", graph("customSecurityAttributeAudits", `{"activityDateTime:"2026-11-28T10:00:00Z"}`), audit.Attributes},
		{"a name in a broken one", "a.json", `{"category":"CustomSecurityAttributeAuditLogs" "time":1}`, audit.Attributes},
		{"the name of the file", "insights-logs-customsecurityattributeauditlogs.json", `{"properties" {}}`, audit.Attributes},
		{"nothing", "a.json", `{"properties" {}}`, ""},
		{"a row that swallowed another one", "a.csv", laHead + "2026-11-28T10:00:00,SignInLogs,\"ada,Portal,192.0.2.1,0,l1,SigninLogs\nx,CustomSecurityAttributeAuditLogs\",Portal,192.0.2.1,0,l1,SigninLogs,1,2,3\n", audit.Attributes},
		{"the table of a row", "a.csv", "TimeGenerated [UTC],Id,ActivityDisplayName,Category,Type\nsoon,1,x,y,AADCustomSecurityAttributeAuditLogs\n", audit.Attributes},
	} {
		w := newFakeWriter()
		w.catalog = kinds.Catalog
		report, err := New(w, Options{}).Reader(t.Context(), test.path, strings.NewReader(test.text))
		_, file := rejectedText(t, w)
		if err != nil || file == nil || len(file.Records) != 1 {
			t.Errorf("%s: %+v, %v", test.what, report, err)
		} else if got := file.Records[0].Log; got != test.want {
			t.Errorf("%s: got %q, want %q: %s", test.what, got, test.want, file.Records[0].Text)
		}
	}
}

func BenchmarkRejectedTextOfCSV(b *testing.B) {
	text := portalHead + strings.Repeat(portalLine, 2000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := New(discard{}, Options{}).Reader(b.Context(), "InteractiveSignIns.csv", strings.NewReader(text)); err != nil {
			b.Fatal(err)
		}
	}
}
