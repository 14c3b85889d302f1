package importer

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/rawjson"
	"signpost/store/storetest"
)

// withErrands is a catalog with a kind that is read by its declaration.
func withErrands() (catalog store.Catalog, errands *store.Kind) {
	errands = storetest.Errands()
	return store.NewCatalog(store.SignIns, errands), errands
}

// holds gives what an entry's properties hold, as text.
func holds(kind *store.Kind, e store.Entry) map[string]string {
	told := map[string]string{}
	for _, p := range kind.Properties {
		switch {
		case p.Text != nil && *p.Text(e) != "":
			told[p.Name] = *p.Text(e)
		case p.Int != nil && p.Int(e).Set:
			told[p.Name] = strconv.FormatInt(p.Int(e).N, 10)
		case p.Bool != nil && *p.Bool(e) != store.Unset:
			told[p.Name] = strconv.FormatBool(*p.Bool(e) == store.True)
		}
	}
	return told
}

const (
	errand1  = `"id":"e1","sentDateTime":"2026-11-28T11:48:00.1234567Z","sender":{"id":"s1","displayName":"Ada"},"courier":"Bo","goods":"tea","weight":250,"insured":true`
	aSignIn  = `{"id":"1","createdDateTime":"2026-11-28T10:00:00Z","appId":"a","userPrincipalName":"ada@example.com","ipAddress":"192.0.2.1","status":{"errorCode":0}}`
	atNoon   = `"time":"2026-11-28T12:00:00Z"`
	ofErrand = `{` + atNoon + `,"category":"ErrandLogs","properties":{` + errand1 + `}}`
)

var firstErrand = map[string]string{"id": "e1", "sender.id": "s1", "sender.displayName": "Ada", "courier": "Bo", "goods": "tea", "weight": "250", "insured": "true"}

func TestDecodeDeclared(t *testing.T) {
	catalog, errands := withErrands()
	own, noon := time.Date(2026, 11, 28, 11, 48, 0, 123456000, time.UTC), time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	with := func(more ...string) map[string]string {
		m := maps.Clone(firstErrand)
		for i := 0; i < len(more); i += 2 {
			if m[more[i]] = more[i+1]; more[i+1] == "" {
				delete(m, more[i])
			}
		}
		return m
	}
	for _, test := range []struct {
		name, doc string
		want      store.Head
		told      map[string]string
	}{
		{"Azure Monitor", ofErrand, store.Head{Log: "errands", Time: own, Ingested: noon}, firstErrand},
		{"the category behind the properties", `{"properties":{` + errand1 + `},"category":"ErrandLogs",` + atNoon + `}`, store.Head{Log: "errands", Time: own, Ingested: noon}, firstErrand},
		{"the other log, in another spelling", `{"Time":"2026-11-28T12:00:00Z","Category":"nightERRANDlogs","Properties":{` + errand1 + `}}`, store.Head{Log: "nighterrands", Time: own, Ingested: noon}, firstErrand},
		{"properties as a string", `{` + atNoon + `,"category":"ErrandLogs","properties":` + strconv.Quote(`{`+errand1+`}`) + `}`, store.Head{Log: "errands", Time: own, Ingested: noon}, firstErrand},
		{"a table of sign-ins beside the category", `{` + atNoon + `,"category":"ErrandLogs","Type":"SigninLogs","properties":{` + errand1 + `}}`, store.Head{Log: "errands", Time: own, Ingested: noon}, firstErrand},
		{"an envelope alone", `{` + atNoon + `,"category":"ErrandLogs",` + errand1 + `}`, store.Head{Log: "errands", Time: own, Ingested: noon}, firstErrand},
		{"an envelope without category", `{` + atNoon + `,"properties":{` + errand1 + `}}`, store.Head{Log: "errands", Time: own, Ingested: noon}, firstErrand},
		{"Graph", `{` + errand1 + `}`, store.Head{Log: "errands", Time: own}, firstErrand},
		{"Graph, with a time around", `{` + atNoon + `,` + errand1 + `}`, store.Head{Log: "errands", Time: own, Ingested: noon}, firstErrand},
		{"a type that no table has", `{"@odata.type":"#microsoft.graph.errand",` + errand1 + `}`, store.Head{Log: "errands", Time: own}, firstErrand},
		{"keys of a sign-in too", `{` + errand1 + `,"ipAddress":"192.0.2.1","userPrincipalName":"a","appId":"b","createdDateTime":"2026-11-28T10:00:00Z"}`, store.Head{Log: "errands", Time: own}, firstErrand},
		{"other casing", `{` + strings.NewReplacer("goods", "GOODS", "courier", "Courier", "sentD", "SentD", "displayName", "displayname").Replace(errand1) + `}`, store.Head{Log: "errands", Time: own}, firstErrand},
		{"an alias", `{` + atNoon + `,"category":"ErrandLogs","properties":{"id":"e1","Freight":"salt"}}`, store.Head{Log: "errands", Time: noon, Ingested: noon, TimeIsIngestion: true}, map[string]string{"id": "e1", "goods": "salt"}},
		{
			"values as other values", `{` + errand1 + `,"goods":12.50,"courier":true,"weight":"300","insured":"No","secretNote":-1,"fromAddress":"192.0.2.7"}`,
			store.Head{Log: "errands", Time: own},
			with("goods", "12.50", "courier", "true", "weight", "300", "insured", "false", "secretNote", "-1", "fromAddress", "192.0.2.7"),
		},
		{
			"values that tell nothing", `{` + errand1 + `,"correlationId":"00000000-0000-0000-0000-000000000000","outcome":"<null>","secretNote":null,"fromAddress":"<IP ADDRESS>"}`,
			store.Head{Log: "errands", Time: own},
			firstErrand,
		},
		{"an object as a string", `{` + errand1 + `,"sender":"{\"id\":\"s2\"}"}`, store.Head{Log: "errands", Time: own}, with("sender.id", "s2")},
	} {
		test.want.ID = "e1"
		e, err := Decoder(catalog)("", []byte(test.doc))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if diff := cmp.Diff(test.want, e.Head()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		if diff := cmp.Diff(test.told, holds(errands, e)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		again, err := Decoder(catalog)(e.Head().Log, []byte(test.doc))
		if err != nil || again.Head() != e.Head() || !maps.Equal(holds(errands, again), holds(errands, e)) {
			t.Errorf("%s: of its log it is %+v, %v", test.name, again, err)
		}
	}
}

func TestNotDecodedDeclared(t *testing.T) {
	catalog, _ := withErrands()
	for doc, want := range map[string]string{
		`{"sentDateTime":"2026-11-28T11:48:00Z","courier":"Bo","goods":"tea"}`:             "the errand has no id: it cannot be told from another copy of itself.",
		`{"id":["e1"],"sentDateTime":"2026-11-28T11:48:00Z","courier":"Bo","goods":"tea"}`: "the errand has no id: it cannot be told from another copy of itself.",
		`{"id":"e1","courier":"Bo","goods":"tea"}`:                                         "the record has no time: it has neither sentDateTime nor a time of ingestion.",
		`{"id":"e1","courier":"Bo","goods":"tea","sentDateTime":"soon"}`:                   `the time "soon" cannot be read: sentDateTime is written like 2026-11-28T11:48:00Z.`,
		`{"id":"e1","courier":"Bo","goods":"tea","sentDateTime":"9026-11-28T11:48:00Z"}`:   "the time 9026-11-28T11:48:00Z is too far from today to be kept.",
		`{"category":"ErrandLogs","properties":{"id":"e1"}}`:                               "the record has no time: it has neither sentDateTime nor a time of ingestion.",
		`{` + atNoon + `,"category":"DayErrandLogs","properties":{` + errand1 + `}}`:       "the record is of no kind that is kept.",
		`{` + atNoon + `,"category":"DayErrandLogs",` + errand1 + `}`:                      "the record is of no kind that is kept.",
		`{"@odata.type":"#microsoft.graph.user",` + errand1 + `}`:                          "the record is of no format that this version knows.",
	} {
		if e, err := Decoder(catalog)("", []byte(doc)); err == nil || err.Error() != want {
			t.Errorf("%s gives %+v, %v, want %s", doc, e, err, want)
		}
	}
	for doc, log := range map[string]store.Log{
		`{` + atNoon + `,"category":"SignInLogs","properties":{"id":"1",` + created + `,"goods":"tea","courier":"Bo"}}`:            store.Interactive,
		`{` + atNoon + `,"operationName":"Sign-in activity","properties":{"id":"1",` + created + `,"goods":"tea","courier":"Bo"}}`: store.Interactive,
		`{"@odata.type":"#microsoft.graph.signIn","id":"1",` + created + `,"goods":"tea","courier":"Bo"}`:                          store.Interactive,
		`{"TimeGenerated":"2026-11-28T12:00:00Z","SourceSystem":"Azure AD",` + errand1 + `}`:                                       "errands",
		`{"TimeGenerated":"2026-11-28T12:00:00Z","Type":"ErrandLogs","id":"e1","weight":"25"}`:                                     "errands",
	} {
		if e, err := Decoder(catalog)("", []byte(doc)); err != nil || e.Head().Log != log {
			t.Errorf("%s gives %+v, %v, want a record of %s", doc, e, err, log)
		}
	}
	onlyErrands := store.NewCatalog(storetest.Errands())
	if e, err := Decoder(onlyErrands)("", []byte(aSignIn)); err == nil || err.Error() != "sign-ins are not kept." {
		t.Errorf("a sign-in gives %+v, %v", e, err)
	}
}

// auditsOfErrands has errands with the category of audit records.
func auditsOfErrands() store.Catalog {
	errands := storetest.Errands()
	properties := make([]*store.Property, len(errands.Properties))
	for i, p := range errands.Properties {
		own := *p // a property is of one kind
		properties[i] = &own
	}
	return store.NewCatalog(store.SignIns, store.NewKind(store.Kind{
		One: "errand", Many: "errands", Logs: []store.LogInfo{{Log: "errands", Number: 200, Category: "AuditLogs"}},
		Properties: properties, New: errands.New, Shape: errands.Shape,
	}))
}

// TestInsteadOfAKnownShape declares a kind that the table knows and does not keep: the names of the table then tell it.
func TestInsteadOfAKnownShape(t *testing.T) {
	catalog := auditsOfErrands()
	for doc, want := range map[string]string{
		`{` + atNoon + `,"category":"AuditLogs","properties":{"id":"e1"}}`:                                                                                  "errands",
		`{"@odata.type":"#microsoft.graph.directoryAudit","id":"e1","sentDateTime":"2026-11-28T11:48:00Z"}`:                                                 "errands",
		`{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#auditLogs/directoryAudits/$entity","id":"e1","sentDateTime":"2026-11-28T11:48:00Z"}`: "errands",
		`{"id":"e1","activityDisplayName":"a","sentDateTime":"2026-11-28T11:48:00Z"}`:                                                                       "errands",
		`{"TimeGenerated":"2026-11-28T12:00:00Z","SourceSystem":"Azure AD","id":"e1","activityDisplayName":"a"}`:                                            "errands",
		`{` + atNoon + `,"category":"ProvisioningLogs","properties":{"id":"e1"}}`:                                                                           "provisioning records are no sign-ins.",
		`{` + atNoon + `,"category":"CustomSecurityAttributeAuditLogs","properties":{"id":"e1"}}`:                                                           "audit records of custom security attributes are no sign-ins.",
	} {
		e, err := Decoder(catalog)("", []byte(doc))
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = string(e.Head().Log)
		}
		if got != want {
			t.Errorf("%s gives %s, want %s", doc, got, want)
		}
	}
}

// TestImportInstead: no sentence says that records of a kept kind are not kept.
func TestImportInstead(t *testing.T) {
	w := newFakeWriter()
	w.catalog = auditsOfErrands()
	report, err := New(w, Options{}).Reader(t.Context(), "a.json", strings.NewReader(`{`+atNoon+`,"category":"FooLogs","properties":{"activityDisplayName":"a"}}
		{"TimeGenerated":"2026-11-28T12:00:00Z","SourceSystem":"Azure AD","id":"e1","activityDisplayName":"a"}`))
	must(t, err)
	if said := strings.Join(report.CannotShow, "\n"); report.New != 1 || !strings.Contains(said, "1 record skipped: records of category FooLogs are not kept.") || strings.Contains(said, "audit records") {
		t.Errorf("%d new, got %q", report.New, report.CannotShow)
	}
}

// The same of the rows of a CSV file.
func TestImportInsteadFromCSV(t *testing.T) {
	for file, want := range map[string][2]int64{
		"id,sentDateTime,activityDisplayName\ne1,2026-11-28T11:48:00Z,a\n":                      {1, 0},
		"TimeGenerated [UTC],Type,Id\n2026-11-28,AuditLogs,e1\n2,AADProvisioningLogs,2\n":       {0, 1},
		"TimeGenerated [UTC],Type,Id\n2026-11-28 10:00,AuditLogs,e1\n2,AADProvisioningLogs,2\n": {1, 1},
	} {
		w := newFakeWriter()
		w.catalog = auditsOfErrands()
		report, err := New(w, Options{}).Reader(t.Context(), "a.csv", strings.NewReader(file))
		must(t, err)
		if got := [2]int64{report.New, report.Skipped}; got != want || report.Unreadable != 0 || report.New+report.RejectedTotal != 1 {
			t.Errorf("%q: got %+v, want new and skipped %v", file, report, want)
		}
	}
}

// Members of a group stay members, whatever keys they have.
func TestMembersAreNotDeclared(t *testing.T) {
	w := newFakeWriter()
	w.catalog, _ = withErrands()
	const group = "https://graph.microsoft.com/v1.0/$metadata#groups('11111111-2222-3333-4444-555555555555')/members"
	report, err := New(w, Options{}).Reader(t.Context(), "a.json", strings.NewReader(`{"@odata.context":"`+group+`","value":[{`+errand1+`}]}`))
	must(t, err)
	if len(report.LogCounts) > 0 || report.Directory["members"] != 1 {
		t.Errorf("got %+v", report)
	}
}

// The best time counts, wherever it stands in the record.
func TestTimesOfDeclared(t *testing.T) {
	errands := storetest.Errands()
	errands.Shape.Times = []string{"sentDateTime", "orderedDateTime"}
	const sent, ordered = `"sentDateTime":"2026-11-28T11:00:00Z"`, `"orderedDateTime":"2026-11-28T10:00:00Z"`
	for times, hour := range map[string]int{sent + "," + ordered: 11, ordered + "," + sent: 11, ordered: 10, `"sentDateTime":"soon",` + ordered: 10} {
		e, err := Decoder(store.NewCatalog(errands))("", []byte(`{"id":"e1","goods":"tea","courier":"Bo",`+times+`}`))
		if err != nil || e.Head().Time.Hour() != hour || e.Head().TimeIsIngestion {
			t.Errorf("%s gives %+v, %v", times, e, err)
		}
	}
}

// A kind may have its time under the key that Azure Monitor uses for that of ingestion.
func TestOwnTimeOfDeclared(t *testing.T) {
	errands := storetest.Errands()
	errands.Shape.Times = []string{"time"}
	own, noon := time.Date(2026, 11, 28, 11, 0, 0, 0, time.UTC), time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	for doc, want := range map[string]store.Head{
		`{"id":"e1","goods":"tea","courier":"Bo","time":"2026-11-28T11:00:00Z"}`:                          {Log: "errands", ID: "e1", Time: own},
		`{` + atNoon + `,"category":"ErrandLogs","properties":{"id":"e1","time":"2026-11-28T11:00:00Z"}}`: {Log: "errands", ID: "e1", Time: own, Ingested: noon},
	} {
		e, err := Decoder(store.NewCatalog(errands))("", []byte(doc))
		if err != nil || e.Head() != want {
			t.Errorf("%s gives %+v, %v", doc, e, err)
		}
	}
}

func TestUnreadOfDeclared(t *testing.T) {
	catalog, _ := withErrands()
	doc := `{` + atNoon + `,"category":"ErrandLogs","operationName":"carry","level":4,"flavour":"mint","properties":{` + errand1 +
		`,"weight":"heavy","sender":{"id":"s1","mail":"a@example.com","address":{"city":"Oslo"}},"stops":["a","b"],"nothing":[],"goods":{"a":1}}}`
	envelope, unknown := Unread(catalog)([]byte(doc))
	if diff := cmp.Diff([]store.KeyValue{{Key: "time", Value: "2026-11-28T12:00:00Z"}, {Key: "category", Value: "ErrandLogs"}, {Key: "operationName", Value: "carry"}, {Key: "level", Value: "4"}}, envelope); diff != "" {
		t.Errorf("the envelope (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]store.KeyValue{{Key: "flavour", Value: "mint"}, {Key: "sender.mail", Value: "a@example.com"}, {Key: "sender.address", Value: `{"city":"Oslo"}`}, {Key: "stops", Value: `["a","b"]`}}, unknown); diff != "" {
		t.Errorf("the unknown keys (-want +got):\n%s", diff)
	}
	envelope, unknown = Unread(catalog)([]byte(`{` + errand1 + `,"colour":"red","targetResources":[1],"@odata.type":"#microsoft.graph.errand"}`))
	if diff := cmp.Diff([]store.KeyValue{{Key: "@odata.type", Value: "#microsoft.graph.errand"}}, envelope); diff != "" {
		t.Errorf("Graph's (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]store.KeyValue{{Key: "colour", Value: "red"}, {Key: "targetResources", Value: "[1]"}}, unknown); diff != "" {
		t.Errorf("Graph's unknown keys (-want +got):\n%s", diff)
	}
}

func TestMisreadOfDeclared(t *testing.T) {
	catalog, _ := withErrands()
	for fields, want := range map[string]string{
		``:                                      "",
		`,"weight":"heavy","insured":"perhaps"`: "",
		`,"outcome":{"a":1},"secretNote":["x"],"fromAddress":[1]`: "fromAddress outcome secretNote",
		`,"correlationId":{},"outcome":[],"secretNote":"none"`:    "",
		`,"freight":[1]`: "", // it has goods under their own name
	} {
		for _, doc := range []string{`{` + errand1 + fields + `}`, `{"category":"ErrandLogs","properties":{` + errand1 + fields + `}}`} {
			var names []string
			for _, p := range Misread(catalog)([]byte(doc)) {
				names = append(names, p.Name)
			}
			if got := strings.Join(names, " "); got != want {
				t.Errorf("%s: %q, want %q", doc, got, want)
			}
		}
	}
	var names []string
	for _, p := range Misread(catalog)([]byte(`{"category":"ErrandLogs","properties":{"id":"e1","weight":2.5,"insured":7,"sender":"Ada","goods":{}}}`)) {
		names = append(names, p.Name)
	}
	if got := strings.Join(names, " "); got != "insured sender.displayName sender.id weight" {
		t.Errorf("got %q", got)
	}
}

// TestImportDeclared imports files of both kinds into an engine, and compares reports and what is kept.
func TestImportDeclared(t *testing.T) {
	catalog, errands := withErrands()
	folder := t.TempDir()
	open := func(catalog store.Catalog) *datafolder.Folder {
		db, err := datafolder.Open(t.Context(), folder, catalog, Decoder(catalog))
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
	db := open(catalog)
	defer func() { _ = db.Close() }()
	read := func(name, text string) store.ImportReport {
		t.Helper()
		report, err := New(db, Options{}).Reader(t.Context(), name, strings.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return report
	}
	get := func(log store.Log, id string) store.Record {
		t.Helper()
		r, err := db.Get(t.Context(), store.GetQuery{Ref: store.Ref{Log: log, ID: id}})
		if err != nil {
			t.Fatalf("%s of %s: %v", id, log, err)
		}
		return r
	}

	mixed := strings.Join([]string{
		ofErrand,
		aSignIn,
		strings.Replace(strings.Replace(ofErrand, "ErrandLogs", "NightErrandLogs", 1), `"e1"`, `"n1"`, 1),
		strings.Replace(ofErrand, `"id":"e1",`, "", 1),
		`{"category":"ErrandLogs","properties":{"id":"e2"}}`,
		`{` + atNoon + `,"category":"ErrandLogs","properties":{"id":"e3","weight":[1]}}`,
		`{` + atNoon + `,"category":"ErrandLogs","properties":{"id":"e4","weight":"much"}}`,
		strings.Replace(ofErrand, "ErrandLogs", "DayErrandLogs", 1),
		`{` + atNoon + `,"category":"AuditLogs","properties":{}}`,
	}, "\n")
	mixed = strings.Replace(mixed, `"category":"ErrandLogs"`, `"category":"ErrandLogs","tenantId":"t1"`, 1)
	got := read("mixed.json", mixed)
	if diff := cmp.Diff(map[store.Log]int64{"errands": 4, "nighterrands": 1, store.Interactive: 1}, got.LogCounts); diff != "" {
		t.Errorf("logs (-want +got):\n%s", diff)
	}
	if got.New != 6 || got.Skipped != 2 || got.RejectedTotal != 1 || got.Read != 9 || got.Format != AzureMonitor || !slices.Equal(got.Tenants, []string{"t1"}) {
		t.Errorf("got %+v", got)
	}
	if diff := cmp.Diff([]store.RejectedRecord{
		{Record: 5, Line: 5, Reason: "the record has no time: it has neither sentDateTime nor a time of ingestion."},
	}, got.Rejected); diff != "" {
		t.Errorf("rejected (-want +got):\n%s", diff)
	}
	for _, want := range []string{
		"2 errands with weight in a shape that is not read: it stays in the record, and filters take the field for empty.",
		"2 errands without a time that can be read: the time of ingestion stands in for the time of the errand.",
		"1 record skipped: records of category DayErrandLogs are not kept.",
		"1 record skipped: audit records are not kept.",
	} {
		if !slices.Contains(got.CannotShow, want) {
			t.Errorf("%q is not among %q", want, got.CannotShow)
		}
	}
	own := time.Date(2026, 11, 28, 11, 48, 0, 123456000, time.UTC)
	if span := got.Times["nighterrands"]; !span.First.Equal(own) || !span.Last.Equal(own) {
		t.Errorf("the times of the night are %+v", span)
	}

	got = read("answer.json", `{"@odata.context":"https://graph.microsoft.com/beta/$metadata#errands","@odata.nextLink":"x","value":[{`+errand1+`,"outcome":"lost"},`+aSignIn+`,{`+
		strings.Replace(errand1, "e1", "g1", 1)+`}]}`)
	if got.Updated != 1 || got.New != 1 || got.LogCounts["errands"] != 2 || got.Format != Graph || !slices.Contains(got.CannotShow, morePages) {
		t.Errorf("an answer of Graph: %+v", got)
	}
	if r := get("errands", "e1"); len(r.Versions) != 2 || holds(errands, r.Entry)["outcome"] != "lost" || holds(errands, r.Entry)["weight"] != "250" || errands.Status(r.Entry) == 0 {
		t.Errorf("the copies make %v", holds(errands, r.Entry))
	}

	// The same id of another sender is another errand.
	got = read("another.json", strings.Replace(ofErrand, `"s1"`, `"s2"`, 1))
	if got.New != 1 || got.Conflicts != 1 {
		t.Errorf("an errand of another sender: %+v", got)
	}
	senders := func() (list []string) {
		page, err := db.Records(t.Context(), store.RecordsQuery{ListQuery: store.ListQuery{Log: "errands", Range: store.AllTime(), Limit: 100}})
		must(t, err)
		for _, r := range page.Records {
			list = append(list, holds(errands, r.Entry)["sender.id"])
		}
		slices.Sort(list)
		return list
	}
	if got := strings.Join(senders(), " "); got != "  s1 s1 s1 s2" {
		t.Errorf("the senders are %q", got)
	}

	// Packed files, and a folder around them.
	packed := t.TempDir()
	var gz, archive bytes.Buffer
	zw := gzip.NewWriter(&gz)
	_, err := zw.Write([]byte(strings.Replace(ofErrand, "e1", "z1", 1)))
	must(t, err, zw.Close())
	aw := zip.NewWriter(&archive)
	member, err := aw.Create("errands/PT1H.json")
	must(t, err)
	_, err = member.Write([]byte(`{"records":[` + strings.Replace(ofErrand, "e1", "z2", 1) + `]}`))
	must(t, err, aw.Close())
	must(t, os.WriteFile(filepath.Join(packed, "a.json.gz"), gz.Bytes(), 0o600), os.WriteFile(filepath.Join(packed, "b.zip"), archive.Bytes(), 0o600))
	reports, err := New(db, Options{BatchSize: 1}).Paths(t.Context(), packed)
	must(t, err)
	for i, id := range []string{"z1", "z2"} {
		if len(reports) != 2 || reports[i].New != 1 || !maps.Equal(holds(errands, get("errands", id).Entry), withID(firstErrand, id)) {
			t.Errorf("%s: %+v", id, reports)
		}
	}
	if got := read("again", mixed); got.New != 0 || got.Same != 6 {
		t.Errorf("the second time: %+v", got)
	}

	// Rows that are made again from the kept documents are the same.
	before := map[string]map[string]string{}
	ids := []string{"e1", "e3", "e4", "g1", "z1", "z2"}
	for _, id := range ids {
		r := get("errands", id)
		before[id] = holds(errands, r.Entry)
		for _, v := range r.Versions {
			e, err := Decoder(catalog)("errands", v.Doc)
			if err != nil || e.Head() != v.Entry.Head() || !maps.Equal(holds(errands, e), holds(errands, v.Entry)) {
				t.Errorf("%s: %s gives %+v, %v", id, v.Doc, e, err)
			}
		}
	}
	sendersBefore := senders()
	must(t, db.Reindex(t.Context(), func(int64) {}), db.Close())
	db = open(catalog)
	if got := senders(); !slices.Equal(got, sendersBefore) {
		t.Errorf("made again, the senders are %q, before they were %q", got, sendersBefore)
	}
	for _, id := range ids {
		if diff := cmp.Diff(before[id], holds(errands, get("errands", id).Entry)); diff != "" {
			t.Errorf("%s made again (-before +after):\n%s", id, diff)
		}
	}
}

// TestWithoutTheKind: a version of the program without the kind skips its records and says so.
func TestWithoutTheKind(t *testing.T) {
	db, err := datafolder.Open(t.Context(), t.TempDir(), signInsOnly, Decoder(signInsOnly))
	must(t, err)
	defer func() { _ = db.Close() }()
	report, err := New(db, Options{}).Reader(t.Context(), "a.json", strings.NewReader(ofErrand+"\n"+aSignIn+"\n{"+errand1+"}\n"))
	must(t, err)
	if report.New != 1 || report.Skipped != 2 || report.Unreadable != 1 || !slices.Contains(report.CannotShow, "1 record skipped: records of category ErrandLogs are not kept.") ||
		!slices.Contains(report.CannotShow, "1 record skipped: of no format that this version knows.") {
		t.Errorf("got %+v", report)
	}
	onlyErrands := store.NewCatalog(storetest.Errands())
	other, err := datafolder.Open(t.Context(), t.TempDir(), onlyErrands, Decoder(onlyErrands))
	must(t, err)
	defer func() { _ = other.Close() }()
	report, err = New(other, Options{}).Reader(t.Context(), "a.json", strings.NewReader(ofErrand+"\n"+aSignIn))
	must(t, err)
	if report.New != 1 || report.Skipped != 1 || !slices.Contains(report.CannotShow, "1 record skipped: sign-ins are not kept.") {
		t.Errorf("got %+v", report)
	}
}

func withID(told map[string]string, id string) map[string]string {
	told = maps.Clone(told)
	told["id"] = id
	return told
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// FuzzDecodeDeclared: no document may crash the decoder, and one that it takes gives the same entry each time, from the log
// that it was told for too.
func FuzzDecodeDeclared(f *testing.F) {
	catalog, errands := withErrands()
	decode := Decoder(catalog)
	for _, doc := range []string{
		ofErrand, aSignIn, `{` + errand1 + `}`, `{` + atNoon + `,"properties":{` + errand1 + `}}`, `{"category":"ErrandLogs","properties":` + strconv.Quote(`{`+errand1+`}`) + `}`,
		`{"id":1,"courier":2,"goods":3,"sender":"{\"id\":[]}","weight":1e3,"insured":"yes","sentDateTime":"11/28/2026 1:02:03 AM"}`,
	} {
		f.Add([]byte(doc))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		Misread(catalog)(doc)
		Unread(catalog)(doc)
		e, err := decode("", doc)
		if err != nil || catalog.Kind(e.Head().Log) != errands {
			return
		}
		head := e.Head()
		if !store.InReach(head.Time) || head.ID == "" || !json.Valid(doc) {
			t.Errorf("%q gives %+v", doc, head)
		}
		compact, _, err := rawjson.Compact(nil, doc, maxDepth)
		must(t, err)
		again, err := decode(head.Log, compact)
		if err != nil || again.Head() != head || !maps.Equal(holds(errands, again), holds(errands, e)) {
			t.Errorf("%q gives %+v, compacted and of its log %+v: %v", doc, e, again, err)
		}
	})
}
