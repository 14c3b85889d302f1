package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store"
	"signpost/store/activity"
	"signpost/store/datafolder"
	"signpost/store/importer"
	"signpost/store/kinds"
)

// toldKinds are three copies of one non-interactive sign-in as different sources tell it, with ID in place of its request ID. The
// first is a record of Microsoft 365 activity: it knows no log.
var toldKinds = []struct {
	name, around string
	file         time.Time
	doc          string
}{
	{"the unified audit log", "[%s]", time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC), `{"CreationTime":"2026-11-20T10:00:01","Id":"ID","Operation":"UserLoggedIn","OrganizationId":"7d0c8d6e-9f0a-4b1c-8d2e-3f4a5b6c7d8e","RecordType":15,
		"ResultStatus":"Success","UserKey":"a1b2c3d4-0000-4000-8000-00000000000a","UserType":0,"Version":1,"Workload":"AzureActiveDirectory","ClientIP":"192.0.2.99","ObjectId":"00000003-0000-0000-c000-000000000000",
		"UserId":"ada@tidewater-lantern.example","AzureActiveDirectoryEventType":1,"ExtendedProperties":[{"Name":"UserAgent","Value":"Mozilla/5.0 (told)"},{"Name":"RequestType","Value":"OAuth2:Token"}],"ModifiedProperties":[],
		"Actor":[{"ID":"a1b2c3d4-0000-4000-8000-00000000000a","Type":0},{"ID":"ada@tidewater-lantern.example","Type":5}],"ActorIpAddress":"192.0.2.99","InterSystemsId":"c0000000-0000-4000-8000-0000000000c0","IntraSystemId":"ID",
		"Target":[{"ID":"00000003-0000-0000-c000-000000000000","Type":0}],"ApplicationId":"d3590ed6-52b3-4102-aeff-aad2292ab01c",
		"DeviceProperties":[{"Name":"OS","Value":"Windows 10"},{"Name":"SessionId","Value":"50000000-0000-4000-8000-000000000005"}],"ErrorNumber":"0"}`},
	{"Azure Monitor", "%s", time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC), `{"time":"2026-11-20T10:05:00.7654321Z","category":"NonInteractiveUserSignInLogs","tenantId":"7d0c8d6e-9f0a-4b1c-8d2e-3f4a5b6c7d8e","properties":{"id":"ID",
		"createdDateTime":"2026-11-20T10:00:00.1234567Z","userId":"a1b2c3d4-0000-4000-8000-00000000000a","userPrincipalName":"ada@tidewater-lantern.example","appId":"d3590ed6-52b3-4102-aeff-aad2292ab01c","appDisplayName":"Larder",
		"ipAddress":"192.0.2.1","status":{"errorCode":0},"isInteractive":false,"correlationId":"c0000000-0000-4000-8000-0000000000c0","resourceDisplayName":"Microsoft Graph"}}`},
	{"Microsoft Graph", `{"value":[%s]}`, time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC), `{"id":"ID","createdDateTime":"2026-11-20T10:00:00Z","userId":"a1b2c3d4-0000-4000-8000-00000000000a","userPrincipalName":"ada@tidewater-lantern.example",
		"userDisplayName":"Ada Lovelace","appId":"d3590ed6-52b3-4102-aeff-aad2292ab01c","appDisplayName":"Larder","ipAddress":"192.0.2.1","isInteractive":false,"signInEventTypes":["nonInteractiveUser"],"status":{"errorCode":0},
		"location":{"city":"Bern","countryOrRegion":"CH"},"userType":"member"}`},
}

func toldDoc(kind int, id string) string {
	return strings.ReplaceAll(strings.ReplaceAll(toldKinds[kind].doc, "\n\t\t", ""), `"ID"`, `"`+id+`"`)
}

// openMade opens an empty data folder until the test ends.
func openMade(t *testing.T) *datafolder.Folder {
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

// importTold imports a file of one kind with the sign-ins of some IDs.
func importTold(t *testing.T, w store.Writer, kind int, ids ...string) store.ImportReport {
	t.Helper()
	var docs []string
	for _, id := range ids {
		docs = append(docs, toldDoc(kind, id))
	}
	separator := ",\n"
	if toldKinds[kind].around == "%s" {
		separator = "\n"
	}
	return importText(t, w, fmt.Sprintf(toldKinds[kind].around, strings.Join(docs, separator)), toldKinds[kind].file)
}

func importText(t *testing.T, w store.Writer, text string, changed time.Time) store.ImportReport {
	t.Helper()
	path := filepath.Join(t.TempDir(), "export.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, changed, changed); err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return time.Date(2026, 12, 24, 0, 0, 0, 0, time.UTC) }
	reports, err := importer.New(w, importer.Options{Now: now}).Paths(t.Context(), path)
	if err != nil || len(reports) != 1 || reports[0].Failure != "" {
		t.Fatalf("%+v, %v", reports, err)
	}
	return reports[0]
}

// toldID is the request ID of the n-th made-up sign-in.
func toldID(n int) string { return fmt.Sprintf("%08x-0000-4000-8000-00000000f00d", n+1) }

// Three sources tell one sign-in: the unified audit log, Azure Monitor and Microsoft Graph. In every order of import it is the same
// row of the right log, with the same history.
func TestSixOrdersOfAToldSignIn(t *testing.T) {
	t.Parallel()
	db := openMade(t)
	orders := ordersOf(len(toldKinds))
	for round := range toldKinds {
		for kind := range toldKinds {
			var ids []string
			for n, order := range orders {
				if order[round] == kind {
					ids = append(ids, toldID(n))
				}
			}
			if r := importTold(t, db, kind, ids...); r.New+r.Updated != int64(len(ids)) {
				t.Errorf("round %d, %s: %+v", round, toldKinds[kind].name, r)
			}
		}
	}
	var first *store.Record
	for n := range orders {
		for _, log := range store.SignIns.Logs {
			record, err := db.Get(t.Context(), store.GetQuery{Ref: store.Ref{Log: log.Log, ID: toldID(n)}})
			if log.Log != store.NonInteractive {
				if !errors.Is(err, store.ErrNotFound) {
					t.Errorf("order %v: the %s log has the sign-in too: %v", orders[n], log.Log, err)
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			var docs []string
			for _, v := range record.Versions {
				docs = append(docs, string(v.Doc))
			}
			want := []string{toldDoc(0, toldID(n)), toldDoc(1, toldID(n)), toldDoc(2, toldID(n))}
			if diff := gocmp.Diff(want, docs); diff != "" {
				t.Errorf("order %v: the history (-want +got):\n%s", orders[n], diff)
			}
			s := record.SignIn()
			s.ID, s.UniqueTokenIdentifier = "", ""
			if first == nil {
				first = &record
			} else if diff := gocmp.Diff(first.SignIn(), s); diff != "" {
				t.Errorf("order %v makes another row than %v:\n%s", orders[n], orders[0], diff)
			}
		}
	}
	s := first.SignIn()
	// What only the poorest copy has fills, and what others have stays theirs.
	if s.SessionID != "50000000-0000-4000-8000-000000000005" || s.UserAgent != "Mozilla/5.0 (told)" || s.OperatingSystem != "Windows 10" ||
		s.IPAddress != "192.0.2.1" || s.City != "Bern" || s.ToldBy != "" || !s.Time.Equal(time.Date(2026, 11, 20, 10, 0, 0, 123456000, time.UTC)) {
		t.Errorf("the merged sign-in: %+v", s)
	}
	for log, want := range map[store.Log]int64{store.Interactive: 0, store.NonInteractive: 6, activity.Log: 6} {
		total, err := db.Total(t.Context(), store.ListQuery{Log: log, Range: store.Range{From: s.Time.AddDate(-1, 0, 0), To: s.Time.AddDate(1, 0, 0)}})
		if err != nil || total.N != want {
			t.Errorf("the %s log has %d, %v; want %d", log, total.N, err, want)
		}
	}
}

// A record that tells a sign-in counts once as new, and in the logs of both.
func TestCountsOfToldSignIns(t *testing.T) {
	t.Parallel()
	db := openMade(t)
	check := func(what string, r store.ImportReport, fresh, updated, same int64, logs map[store.Log]int64) {
		t.Helper()
		if r.Read != fresh+updated+same || r.New != fresh || r.Updated != updated || r.Same != same || !maps.Equal(r.LogCounts, logs) {
			text, _ := json.Marshal(r)
			t.Errorf("%s: %s", what, text)
		}
	}
	check("a first file", importTold(t, db, 0, toldID(1), toldID(2)), 2, 0, 0, map[store.Log]int64{activity.Log: 2, store.Interactive: 2})
	check("the same file", importTold(t, db, 0, toldID(1), toldID(2)), 0, 0, 2, map[store.Log]int64{activity.Log: 2, store.Interactive: 2})
	check("Azure Monitor's copy", importTold(t, db, 1, toldID(1), toldID(3)), 1, 1, 0, map[store.Log]int64{store.NonInteractive: 2})
	check("Azure Monitor's copy again", importTold(t, db, 1, toldID(1)), 0, 0, 1, map[store.Log]int64{store.NonInteractive: 1})
	check("the same file after that", importTold(t, db, 0, toldID(1), toldID(2)), 0, 0, 2, map[store.Log]int64{activity.Log: 2, store.Interactive: 1, store.NonInteractive: 1})
	r := importTold(t, db, 0, toldID(3))
	check("a sign-in that is there", r, 1, 0, 0, map[store.Log]int64{activity.Log: 1, store.NonInteractive: 1})
	if len(r.Times) != 1 || len(r.Told) != 1 || r.Told[store.NonInteractive].N != 1 || !strings.Contains(strings.Join(r.CannotShow, "\n"), "1 record tells a sign-in too") {
		t.Errorf("the report: %+v", r)
	}
	none := []string{
		`{"Id":"00000000-0000-4000-8000-00000000000e","IntraSystemId":"00000000-0000-0000-0000-000000000000","RecordType":15,"Operation":"UserLoggedIn","CreationTime":"2026-11-21T10:00:01"}`,
		`{"Id":"00000000-0000-4000-8000-00000000000f","RecordType":15,"Operation":"UserLoggedIn","CreationTime":"2026-11-21T10:00:01"}`,
		`{"Id":"abc-def-123","IntraSystemId":"aaa-bbb-ccc","RecordType":15,"Operation":"UserLoginFailed","CreationTime":"2026-11-21T10:00:01"}`,
		`{"Id":"00000000-0000-4000-8000-000000000010","IntraSystemId":"00000000-0000-4000-8000-000000000010","RecordType":8,"Operation":"Add user.","CreationTime":"2026-11-21T10:00:01"}`,
	}
	check("records that tell no sign-in", importText(t, db, strings.Join(none, "\n"), toldKinds[0].file), 4, 0, 0, map[store.Log]int64{activity.Log: 4})
	check("a record of the former type", importText(t, db, `{"Id":"00000000-0000-4000-8000-000000000009","RecordType":9,"Operation":"PasswordLogonInitialAuthUsingPassword","CreationTime":"2016-11-21T10:00:01","LoginStatus":0}`, toldKinds[0].file),
		1, 0, 0, map[store.Log]int64{activity.Log: 1, store.Interactive: 1})
}

// toldShapes are the forms in which exports write a record of the unified audit log, as an object, as a text or as a cell.
var toldShapes = map[string]string{
	"Management API, a list":     `[<record>]`,
	"Management API, lines":      "<record>\n",
	"Search-UnifiedAuditLog":     `[{"RunspaceId":"11111111-0000-4000-8000-000000000001","RecordType":"AzureActiveDirectoryStsLogon","CreationDate":"2026-11-20T10:00:01Z","UserIds":"ada@tidewater-lantern.example","Operations":"UserLoggedIn","AuditData":<text>,"ResultIndex":1,"ResultCount":1,"Identity":"x","IsValid":true,"ObjectState":"Unchanged"}]`,
	"Extractor Suite":            `[{"RecordType":"AzureActiveDirectoryStsLogon","CreationDate":"2026-11-20T10:00:01Z","UserIds":"ada@tidewater-lantern.example","Operations":"UserLoggedIn","AuditData":<record>}]` + "\n[]",
	"Microsoft Graph":            `{"@odata.context":"https://graph.microsoft.com/beta/$metadata#security/auditLog/queries('1')/records","value":[<graph>]}`,
	"Microsoft Graph, a list":    `[<graph>]`,
	"Azure Monitor":              `{"time":"2026-11-20T10:20:00Z","category":"EnrichedOffice365AuditLogs","tenantId":"7d0c8d6e-9f0a-4b1c-8d2e-3f4a5b6c7d8e","properties":<record>}`,
	"Purview CSV":                "RecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits,AssociatedAdminUnitsNames\n<id>,2026-11-20T10:00:01.0000000Z,15,UserLoggedIn,ada@tidewater-lantern.example,<cell>,,\n",
	"Purview CSV, older":         "CreationDate,UserIds,Operations,AuditData\n2026-11-20T10:00:01.0000000Z,ada@tidewater-lantern.example,UserLoggedIn,<cell>\n",
	"Search-UnifiedAuditLog CSV": "#TYPE Deserialized\nRunspaceId,RecordType,CreationDate,UserIds,Operations,AuditData,ResultIndex,ResultCount,Identity,IsValid,ObjectState\n1,AzureActiveDirectoryStsLogon,2026-11-20T10:00:01Z,ada@tidewater-lantern.example,UserLoggedIn,<cell>,1,1,x,True,Unchanged\n",
}

// graphAuditRecord is a record of a query of Microsoft Graph around a record.
const graphAuditRecord = `{"id":"<id>","createdDateTime":"2026-11-20T10:00:01Z","auditLogRecordType":"azureActiveDirectoryStsLogon","operation":"UserLoggedIn","organizationId":"7d0c8d6e-9f0a-4b1c-8d2e-3f4a5b6c7d8e","userType":"regular",` +
	`"userId":"ada@tidewater-lantern.example","userPrincipalName":"ada@tidewater-lantern.example","service":"AzureActiveDirectory","objectId":"00000003-0000-0000-c000-000000000000","clientIp":"192.0.2.99","auditData":<record>}`

// Every form of a record of the unified audit log tells the same sign-in. So does the document that is kept of it.
func TestEveryShapeTellsTheSignIn(t *testing.T) {
	t.Parallel()
	db := openMade(t)
	var first *store.SignIn
	for n, name := range slices.Sorted(maps.Keys(toldShapes)) {
		id := toldID(n)
		doc := toldDoc(0, id)
		inText, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		cell := `"` + strings.ReplaceAll(doc, `"`, `""`) + `"`
		form := strings.NewReplacer("<graph>", graphAuditRecord).Replace(toldShapes[name])
		form = strings.NewReplacer("<record>", doc, "<text>", string(inText), "<cell>", cell, "<id>", id).Replace(form)
		if r := importText(t, db, form, toldKinds[0].file); r.New != 1 || r.Read != 1 || !maps.Equal(r.LogCounts, map[store.Log]int64{activity.Log: 1, store.Interactive: 1}) {
			t.Errorf("%s: %+v", name, r)
			continue
		}
		record, err := db.Get(t.Context(), store.GetQuery{Ref: store.Ref{Log: store.Interactive, ID: id}})
		if err != nil {
			t.Fatal(name, err)
		}
		s := record.SignIn()
		if s.ID = ""; first == nil {
			first = s
		}
		if diff := gocmp.Diff(first, s); diff != "" {
			t.Errorf("%s tells another sign-in:\n%s", name, diff)
		}
	}
	if first == nil || first.ToldBy != activity.Log || first.ResourceID != "00000003-0000-0000-c000-000000000000" || first.ErrorCode != store.IntOf(0) || first.AppID == "" || first.UserID == "" || first.IPAddress != "192.0.2.99" {
		t.Errorf("the sign-in: %+v", first)
	}
	if err := db.Reindex(t.Context(), func(int64) {}); err != nil {
		t.Fatal(err)
	}
}

// How a told sign-in ended follows from its operation and its error, never from the stated result.
func TestStatusOfToldSignIns(t *testing.T) {
	t.Parallel()
	db := openMade(t)
	for n, test := range []struct {
		operation, number, err string
		code                   store.Int
		status                 store.Status
	}{
		{"UserLoggedIn", `"ErrorNumber":"0",`, "", store.IntOf(0), store.StatusSuccess},
		{"UserLoggedIn", "", "", store.IntOf(0), store.StatusSuccess},
		{"UserLoggedIn", `"ErrorNumber":"50140",`, `"LogonError":"KmsiInterrupt",`, store.IntOf(50140), store.StatusInterrupted},
		{"UserLoggedIn", "", `"LogonError":"KmsiInterrupt",`, store.Int{}, store.StatusInterrupted},
		{"UserLoginFailed", `"ErrorNumber":"500121",`, `"LogonError":"AuthenticationFailedSasError",`, store.IntOf(500121), store.StatusFailure},
		{"UserLoginFailed", `"ErrorNumber":"50074",`, "", store.IntOf(50074), store.StatusInterrupted},
		{"UserLoginFailed", `"ErrorNumber":"0",`, "", store.Int{}, store.StatusFailure},
		{"UserLoginFailed", "", `"LogonError":"InvalidUserNameOrPassword",`, store.Int{}, store.StatusFailure},
	} {
		importText(t, db, `{"CreationTime":"2026-11-20T10:00:01","Id":"`+toldID(n)+`","IntraSystemId":"`+toldID(n)+`",`+test.number+test.err+`"Operation":"`+test.operation+`","RecordType":15,"ResultStatus":"Success"}`, toldKinds[0].file)
		record, err := db.Get(t.Context(), store.GetQuery{Ref: store.Ref{Log: store.Interactive, ID: toldID(n)}})
		if err != nil {
			t.Fatal(err)
		}
		if s := record.SignIn(); s.ErrorCode != test.code || s.Status() != test.status || !strings.Contains(test.err, s.FailureReason) {
			t.Errorf("%+v: code %+v, %s, %q", test, s.ErrorCode, store.SignIns.StatusInfo(s.Status()).Label, s.FailureReason)
		}
	}
}

// A download of told sign-ins is one of sign-ins: what is imported of it again is no record of Microsoft 365.
func TestDownloadsOfToldSignIns(t *testing.T) {
	t.Parallel()
	data, export := t.TempDir(), filepath.Join(t.TempDir(), "told.json")
	if err := os.WriteFile(export, []byte("["+toldDoc(0, toldID(0))+"]"), 0o600); err != nil {
		t.Fatal(err)
	}
	if status, _, complaint := signpost(t, "import", "--data", data, export); status != 0 {
		t.Fatal(complaint)
	}
	for _, format := range []string{"json", "azuremonitor", "csv"} {
		status, out, complaint := signpost(t, "export", "--data", data, "--log", "interactive", "--format", format, "--query", "from=2026-11-20T00:00:00Z&to=2026-11-21T00:00:00Z")
		if status != 0 || !strings.Contains(out, toldID(0)) || strings.Contains(out, "IntraSystemId") || strings.Contains(out, "UserLoggedIn") {
			t.Errorf("%s: %d %s %s", format, status, out, complaint)
		}
		if format == "csv" {
			continue // its name tells the log
		}
		db := openMade(t)
		if r := importText(t, db, out, toldKinds[0].file); r.New != 1 || !maps.Equal(r.LogCounts, map[store.Log]int64{store.Interactive: 1}) {
			t.Errorf("%s imported again: %+v", format, r)
		}
	}
}

// A restored backup knows which sign-ins another log told: their own log takes them there too.
func TestRestoredToldSignInsMove(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	data, restored, backup := filepath.Join(folder, "data"), filepath.Join(folder, "restored"), filepath.Join(folder, "backup")
	told, own := filepath.Join(folder, "told.json"), filepath.Join(folder, "own.json")
	for path, text := range map[string]string{told: "[" + toldDoc(0, toldID(0)) + "," + toldDoc(0, toldID(1)) + "]", own: toldDoc(1, toldID(0))} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{
		{"import", "--data", data, told}, {"backup", "--data", data, "--out", backup}, {"restore", backup, "--data", restored}, {"import", "--data", restored, own}, {"check", "--data", restored},
	} {
		if status, out, complaint := signpost(t, args...); status != 0 {
			t.Fatal(args, status, out, complaint)
		}
	}
	db, err := datafolder.Open(t.Context(), restored, kinds.Catalog, importer.Decoder(kinds.Catalog))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for id, log := range map[string]store.Log{toldID(0): store.NonInteractive, toldID(1): store.Interactive} {
		for _, info := range store.SignIns.Logs {
			if _, err := db.Get(t.Context(), store.GetQuery{Ref: store.Ref{Log: info.Log, ID: id}}); (err == nil) != (info.Log == log) {
				t.Errorf("%s in the %s log: %v", id, info.Log, err)
			}
		}
	}
}
