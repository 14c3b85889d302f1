package importer

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"signpost/store"
)

// fields are the keys of a record with their values in JSON.
type fields map[string]json.RawMessage

// notOfADirectory gives every record at hand that is no object of a directory: real records of other kinds, real sign-ins,
// and made-up inputs. Of Azure Monitor's records it gives the properties alone as well. A row of a CSV file is a record with
// its headings as keys.
func notOfADirectory(t *testing.T) (all []fields) {
	t.Helper()
	add := func(doc []byte) {
		var f fields
		if json.Unmarshal(doc, &f) != nil {
			return // a row of a query's answer, or text
		}
		all = append(all, f)
		var properties fields
		if json.Unmarshal(f["properties"], &properties) == nil && len(properties) > 0 {
			all = append(all, properties)
		}
	}
	for _, folder := range []string{fixtures + "/*", fixtures + "/../records/*", fixtures + "/../cases"} {
		files, err := filepath.Glob(folder + "/*")
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range files {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case filepath.Base(path) == "c15_dir.json":
			case strings.HasSuffix(path, ".csv"):
				all = append(all, rowsOf(t, text)...)
			default:
				r := records{src: newSource(bytes.NewReader(text)), broken: func(position, string, []byte) {}, found: func(doc []byte, _ position) error {
					add(doc)
					return nil
				}}
				if err := r.read(); err != nil {
					t.Fatalf("%s: %v", path, err)
				}
			}
		}
	}
	if len(all) == 0 {
		t.Skip("the inputs from outside are not at hand")
	}
	return all
}

func rowsOf(t *testing.T, text []byte) (all []fields) {
	t.Helper()
	reader := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	reader.FieldsPerRecord, reader.LazyQuotes = -1, true
	rows, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		f := fields{}
		for i, heading := range rows[0][:min(len(row), len(rows[0]))] {
			value, err := json.Marshal(row[i])
			if err != nil {
				t.Fatal(err)
			}
			f[heading] = value
		}
		all = append(all, f)
	}
	return all
}

// some gives a record with some of its keys, as $select and project leave it. It always has an id.
func (f fields) some(r *rand.Rand) fields {
	part := fields{}
	for _, key := range slices.Sorted(maps.Keys(f)) {
		if strings.EqualFold(key, "id") || r.IntN(3) == 0 {
			part[key] = f[key]
		}
	}
	return part
}

// TestNothingElseBecomesAnObject: no record of another kind becomes an object of a directory. Records are tried whole and
// with some of their keys, as JSON and as rows of a CSV file.
func TestNothingElseBecomesAnObject(t *testing.T) {
	r := rand.New(rand.NewPCG(14, 6))
	var lines strings.Builder
	n := 0
	csvFiles := map[string]bool{}
	for _, whole := range notOfADirectory(t) {
		versions := []fields{whole}
		for range 6 {
			versions = append(versions, whole.some(r))
		}
		for _, f := range versions {
			doc, err := json.Marshal(f)
			if err != nil {
				t.Fatal(err)
			}
			lines.Write(append(doc, '\n'))
			n++
			var file strings.Builder
			headings, cells := slices.Sorted(maps.Keys(f)), []string(nil)
			for _, heading := range headings {
				cells = append(cells, strings.Trim(string(f[heading]), `"`))
			}
			w := csv.NewWriter(&file)
			if err := w.WriteAll([][]string{headings, cells}); err != nil {
				t.Fatal(err)
			}
			if len(csvFiles) < 1000 {
				csvFiles[file.String()] = true
			}
		}
	}
	check := func(name, text string) {
		k := &keepsDirectory{}
		report, err := New(k, Options{}).Reader(t.Context(), name, strings.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v in %.200s", name, err, text)
		}
		for _, b := range k.batches {
			if len(b.Objects)+len(b.Memberships) > 0 {
				t.Fatalf("%s: %d objects such as %+v, members %+v of\n%.300s", name, len(b.Objects), b.Objects[:min(1, len(b.Objects))], b.Memberships, text)
			}
		}
		for kind := range report.Directory {
			if !slices.ContainsFunc(store.StateKinds(), func(k store.StateKind) bool { return k.String() == kind }) { // the samples of reports
				t.Errorf("%s: %v", name, report.Directory)
			}
		}
	}
	for line := range strings.Lines(lines.String()) {
		check("x.json", line)
	}
	check("members.json", lines.String())
	for file := range csvFiles {
		check("x.csv", file)
	}
	if n < 5000 || len(csvFiles) < 1000 {
		t.Errorf("%d records and %d files were tried: too few", n, len(csvFiles))
	}
}

// A kind has one spelling, no two kinds claim the same name, and each is found by its name.
func TestShapes(t *testing.T) {
	claimed, names := map[string]string{}, map[string]bool{}
	for _, k := range others {
		if names[k.name] {
			t.Errorf("%q is there twice", k.name)
		}
		names[k.name] = true
		for _, says := range k.says {
			if claimed[says] != "" || says != strings.ToLower(says) {
				t.Errorf("%q is claimed by %q and %q, or not in lower case", says, claimed[says], k.name)
			}
			claimed[says] = k.name
			if got := shapeThatSays(strings.ToUpper(says)); got != k {
				t.Errorf("%q finds %v, want %q", says, got, k.name)
			}
		}
		for _, set := range k.keys {
			keys := keySet{"id": true}
			for _, key := range set {
				keys[key] = true
			}
			if shapeWithKeys(keys) == nil {
				t.Errorf("%v finds no kind", set)
			}
			if _, ok := objectWithKeys(keys); ok {
				t.Errorf("%v has the shape of an object of a directory", set)
			}
		}
	}
}

// named gives the shape of a name.
func named(name string) *shape {
	for _, k := range shapes {
		if k.name == name {
			return k
		}
	}
	return nil
}

func TestClaims(t *testing.T) {
	const metadata = `"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#`
	for set, want := range map[string]claim{
		`users`:                                         {shape: objectShapes[store.ObjectUser]},
		`users(id,displayName)`:                         {shape: objectShapes[store.ObjectUser]},
		`users/$entity`:                                 {shape: objectShapes[store.ObjectUser]},
		`servicePrincipals(id,appId)`:                   {shape: objectShapes[store.ObjectServicePrincipal]},
		`groups(members())`:                             {shape: objectShapes[store.ObjectGroup]},
		`groups('x')/members`:                           {members: true},
		`groups('x')/transitiveMembers(id)`:             {members: true},
		`auditLogs/signIns`:                             {shape: signIns},
		`auditLogs/signIns(id,createdDateTime)/$entity`: {shape: signIns},
		`auditlogs/directoryaudits`:                     {shape: named("audit records")},
		`auditLogs/provisioning`:                        {shape: named("provisioning records")},
		`identityProtection/riskyUsers`:                 {shape: named("risky users")},
		`identityProtection/riskyUsers(id)/$entity`:     {shape: named("risky users")},
		`deviceManagement/managedDevices`:               {shape: named("devices")},
		`devices`:                                       {shape: named("devices")},
		`directoryObjects`:                              {},
		`users('x')/authentication/methods`:             {shape: &shape{name: "records of the set users('x')/authentication/methods"}},
		`applications('x')/owners`:                      {members: true},
		`servicePrincipals('x')/owners(id)`:             {members: true},
		`Collection(microsoft.graph.credentialUserRegistrationDetails)`: {shape: named("registration details of the older report")},
		`Collection(microsoft.graph.appCredentialSignInActivity)`:       {shape: named("sign-in activity of application credentials")},
		`reports/servicePrincipalSignInActivities`:                      {shape: named("sign-in activity of service principals")},
		`Collection(microsoft.graph.relyingPartyDetailedSummary)`:       {shape: named("relying parties of AD FS")},
		`Collection(user)`: {shape: objectShapes[store.ObjectUser]},
		`reports/authenticationMethods/userRegistrationDetails`: {shape: named("registration details")},
	} {
		got := claimOf([]byte(metadata + set + `"`))
		if got.members != want.members || (got.shape == nil) != (want.shape == nil) || got.shape != nil && got.shape.name != want.shape.name {
			t.Errorf("%s claims %+v, want %+v", set, got, want)
		}
	}
	if got := claimOf([]byte(`"@odata.context":"https:\/\/graph.microsoft.com\/v1.0\/$metadata#auditLogs\/signIns"`)); got.shape != signIns {
		t.Errorf("escaped slashes: %+v", got)
	}
}

// TestOfWhatKind imports records that look like a person or a sign-in. Their names or their keys tell the kind.
func TestOfWhatKind(t *testing.T) {
	context := func(set, record string) string {
		return `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#` + set + `","value":[` + record + `]}`
	}
	for _, tt := range []struct {
		name, file, text, format string
		fresh, unread, rejected  int64
		says                     string
	}{
		{"sign-ins with few properties, by their answer", "a.json", context("auditLogs/signIns(id,createdDateTime,userPrincipalName)", `{"id":"1","createdDateTime":"2026-11-01T10:00:00Z","userPrincipalName":"ada@example.com"}`), Graph, 1, 0, 0, ""},
		{"one sign-in, by its context", "a.json", `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#auditLogs/signIns/$entity","id":"1","createdDateTime":"2026-11-01T10:00:00Z"}`, Graph, 1, 0, 0, ""},
		{"one sign-in, by its type", "a.json", `{"@odata.type":"#microsoft.graph.signIn","id":"1","createdDateTime":"2026-11-01T10:00:00Z"}`, Graph, 1, 0, 0, ""},
		{"one risky user, by its context", "a.json", `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#identityProtection/riskyUsers/$entity","id":"1","userPrincipalName":"a","displayName":"b"}`, GraphReport, 1, 0, 0, ""},
		{"sign-ins without an id", "a.json", context("auditLogs/signIns(createdDateTime,userPrincipalName)", `{"createdDateTime":"2026-11-01T10:00:00Z","userPrincipalName":"ada@example.com"}`), Graph, 0, 0, 1, "has no id"},
		{"sign-ins without a time", "a.json", context("auditLogs/signIns(id,userPrincipalName)", `{"id":"1","userPrincipalName":"ada@example.com"}`), Graph, 0, 0, 1, "has no time"},
		{"a sign-in with few properties", "a.json", `{"id":"1","createdDateTime":"2026-11-01T10:00:00Z","userPrincipalName":"ada@example.com","appDisplayName":"Mail"}`, Graph, 1, 0, 0, ""},
		{"an id and a username", "a.json", `{"id":"1","userPrincipalName":"ada@example.com"}`, Unknown, 0, 1, 0, "of no format"},
		{"an appId and a name", "a.json", `{"id":"1","appId":"a","displayName":"Mail"}`, Unknown, 0, 1, 0, "of no format"},
		{"risky users", "a.json", `{"id":"1","userPrincipalName":"ada@example.com","userDisplayName":"Ada","riskState":"atRisk","riskLevel":"high","riskLastUpdatedDateTime":"2026-11-01T10:00:00Z"}`, GraphReport, 1, 0, 0, ""},
		{"risky service principals", "a.json", `{"id":"1","appId":"a","displayName":"Robot","accountEnabled":true,"servicePrincipalType":"Application","riskState":"atRisk","riskLevel":"high"}`, GraphReport, 1, 0, 0, ""},
		{"devices of Intune", "a.json", `{"id":"1","userPrincipalName":"ada@example.com","deviceName":"PC","operatingSystem":"Windows","complianceState":"compliant","displayName":"PC"}`, Graph, 0, 0, 0, "devices"},
		{"a report of Microsoft 365", "a.json", `{"id":"1","userPrincipalName":"ada@example.com","displayName":"Ada","reportRefreshDate":"2026-11-01"}`, Graph, 0, 0, 0, "usage summaries"},
		{"rows of a query with a count", "a.json", `{"id":"1","userPrincipalName":"ada@example.com","displayName":"Ada","count_":3}`, Unknown, 0, 1, 0, "of no format"},
		{"a row of a query", "a.json", `{"TimeGenerated":"2026-11-01T10:00:00Z","UserPrincipalName":"ada@example.com","IPAddress":"192.0.2.1","AppDisplayName":"Mail","Id":"1"}`, LogAnalyticsJSON, 1, 0, 0, ""},
		{"audit records of a query's answer", "a.json", `{"tables":[{"name":"PrimaryResult","columns":[{"name":"TimeGenerated","type":"datetime"},{"name":"ActivityDisplayName","type":"string"}],"rows":[["2026","x"]]}]}`, LogAnalyticsQuery, 0, 0, 0, "audit records"},
		{"a type that says so", "a.json", `{"@odata.type":"#microsoft.graph.riskyUser","id":"1","userPrincipalName":"ada@example.com","displayName":"Ada","accountEnabled":true}`, GraphReport, 1, 0, 0, ""},
		{"an answer of another kind", "a.json", context("identityProtection/riskDetections", `{"id":"1","createdDateTime":"2026-11-01T10:00:00Z","userPrincipalName":"ada@example.com","ipAddress":"192.0.2.1","appId":"a"}`), Graph, 0, 0, 0, "risk detections of users"},
		{"a bare record behind an answer", "a.json", context("users", ``) + "\n" + `{"id":"1","userPrincipalName":"ada@example.com"}`, Unknown, 0, 1, 0, "of no format"},
		{"a new log of Azure Monitor without sign-ins", "a.json", `{"category":"MoonSignInLogs","time":"2026-11-01T10:00:00Z","properties":{"tide":"high"}}`, AzureMonitor, 0, 1, 0, "MoonSignInLogs"},
		{"a category that is not known", "a.json", `{"category":"TideLogs","time":"2026-11-01T10:00:00Z","properties":{"tide":"high"}}`, AzureMonitor, 0, 0, 0, "records of category TideLogs are not kept"},
		{"a CSV with an id and a username", "a.csv", "UserId,UserPrincipalName\n1,ada@example.com\n", Unknown, 0, 1, 0, "of no format"},
		{"a CSV of sign-ins", "a.csv", "Id,CreatedDateTime,UserPrincipalName,AppDisplayName\n1,2026-11-01T10:00:00Z,ada@example.com,Mail\n", PowerShellCSV, 1, 0, 0, ""},
		{"a CSV of sign-ins with a line about types", "a.csv", "#TYPE Microsoft.Graph.SignIn\r\n\"Id\",\"CreatedDateTime\",\"UserPrincipalName\",\"AppDisplayName\"\r\n1,2026-11-01T10:00:00Z,ada@example.com,Mail\r\n", PowerShellCSV, 1, 0, 0, ""},
		{"a CSV of risky users", "a.csv", "Id,UserPrincipalName,UserDisplayName,RiskLevel,RiskState\n1,ada@example.com,Ada,high,atRisk\n", PowerShellCSV, 1, 0, 0, ""},
		{"a CSV of the portal in another language", "a.csv", "Fecha (UTC),Id. de solicitud,Usuario,Nombre,Estado,Recurso\n1,2,3,4,5,6\n", PortalCSV, 0, 1, 0, "of which log"},
		{"a CSV of the audit log of Microsoft 365", "a.csv", "RecordId,CreationDate,RecordType,Operation,AuditData\n1,2,15,UserLoggedIn,{}\n2,2,8,Add user.,{}\n", UnifiedAuditLog, 0, 1, 0, "1 record skipped: unified audit log records"},
		{"several tables in a CSV of Log Analytics", "a.csv", "TimeGenerated [UTC],Type,Id\n2026-11-01T10:00:00Z,SigninLogs,1\n2,AuditLogs,2\n", LogAnalyticsCSV, 1, 0, 0, "1 record skipped: audit records"},
		{"an empty list", "a.json", `{"value":[]}`, Unknown, 0, 0, 0, "holds no records"},
		{"Avro", "a.avro", "Obj\x01\x04", EventHubCapture, 0, 0, 1, "the file is cut off in its header"},
		{"a packed file", "a.7z", "7z\xbc\xaf\x27\x1c\x00", Unknown, 0, 1, 0, "unpack it first"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := &keepsDirectory{}
			r, err := New(k, Options{}).Reader(t.Context(), tt.file, strings.NewReader(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			said := strings.Join(r.CannotShow, "\n")
			for _, one := range r.Rejected {
				said += "\n" + one.Reason
			}
			if r.Format != tt.format || r.New != tt.fresh || r.Unreadable != tt.unread || r.RejectedTotal != tt.rejected || !strings.Contains(said, tt.says) {
				t.Errorf("format %s, new %d, not read %d, rejected %d, said %q", r.Format, r.New, r.Unreadable, r.RejectedTotal, said)
			}
			for _, b := range k.batches {
				if len(b.Objects) > 0 {
					t.Errorf("objects %+v", b.Objects)
				}
			}
		})
	}
}

// A sign-in that only its answer tells is read back from its document. The log that it was kept in tells it, with its time
// and id.
func TestFewPropertiesAreReadBack(t *testing.T) {
	for _, tt := range []struct {
		log store.Log
		doc string
	}{
		{"", `{"id":"1","createdDateTime":"2026-11-01T10:00:00Z","userPrincipalName":"ada@example.com"}`},
		{store.Interactive, `{"id":"1","createdDateTime":"2026-11-01T10:00:00Z","userPrincipalName":"ada@example.com"}`},
		{store.Interactive, `{"id":"1","time":"2026-11-01T10:00:00Z","userPrincipalName":"ada@example.com"}`},
	} {
		e, err := Decoder(signInsOnly)(tt.log, []byte(tt.doc))
		if s, _ := e.(*store.SignIn); err != nil || s.ID != "1" || s.UserPrincipalName != "ada@example.com" || s.Log != store.Interactive {
			t.Errorf("%s of log %q: %+v, %v", tt.doc, tt.log, e, err)
		}
	}
	if s, err := Decoder(signInsOnly)("", []byte(`{"id":"1","time":"2026-11-01T10:00:00Z","userPrincipalName":"ada@example.com"}`)); err == nil {
		t.Errorf("a record of no known kind was read as %+v", s)
	}
}

// A workbook is named once. The files that it consists of are not named.
func TestWorkbooks(t *testing.T) {
	folder := t.TempDir()
	workbook := zipped(t, "[Content_Types].xml", "<Types/>", "xl/workbook.xml", "<workbook/>", "xl/worksheets/sheet1.xml", "<worksheet/>")
	for name, content := range map[string][]byte{
		"a.xlsx": workbook,
		"b.xls":  []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
		"c.ods":  zipped(t, "mimetype", "application/vnd.oasis.opendocument.spreadsheet", "content.xml", "<x/>"),
		"d.zip":  zipped(t, "book.xlsx", string(workbook)),
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(folder, name)
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			reports, err := New(newFakeWriter(), Options{}).Paths(t.Context(), path)
			if err != nil || len(reports) != 1 || reports[0].Unreadable != 1 {
				t.Fatalf("%+v, %v", reports, err)
			}
			if said := fmt.Sprint(reports[0].CannotShow); strings.Count(said, "save it as CSV") != 1 {
				t.Errorf("said %s", said)
			}
			if got := checkOf(t, content); !strings.HasSuffix(got, "is a workbook that is no download of this program: save it as CSV.") || strings.Contains(got, "\n") {
				t.Errorf("the upload page says %q", got)
			}
		})
	}
}

func TestFormatsHaveNames(t *testing.T) {
	for _, format := range []string{
		AzureMonitor, Graph, LogAnalyticsCSV, LogAnalyticsJSON, LogAnalyticsQuery, PortalCSV, PowerShellCSV, DefenderCSV, UnifiedAuditLog,
		EventHub, EventHubCapture, GraphDirectory, PortalDirectoryCSV, Unknown,
	} {
		if store.FormatName(format) == format {
			t.Errorf("%s has no name", format)
		}
	}
}
