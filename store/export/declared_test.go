package export_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/export"
	"signpost/store/importer"
	"signpost/store/storetest"
)

// openDeclared opens a new data folder of sign-ins and another kind.
func openDeclared(t testing.TB, kind *store.Kind, decoder func(store.Catalog) store.Decoder) *datafolder.Folder {
	t.Helper()
	catalog := store.NewCatalog(store.SignIns, kind)
	db, err := datafolder.Open(t.Context(), t.TempDir(), catalog, decoder(catalog))
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

// read imports a file of the kind, of which everything must be new.
func read(t testing.TB, db *datafolder.Folder, file []byte) {
	t.Helper()
	report, err := importer.New(db, importer.Options{}).Reader(t.Context(), "errands.ndjson", bytes.NewReader(file))
	if err != nil || report.Skipped != 0 || report.RejectedTotal != 0 || report.Conflicts != 0 {
		t.Fatalf("%d skipped, %d conflicts, rejected %v, %v", report.Skipped, report.Conflicts, report.Rejected, err)
	}
}

// madeUpStore keeps made-up records of a kind.
func madeUpStore(t testing.TB, kind *store.Kind, n int) *datafolder.Folder {
	t.Helper()
	db := openDeclared(t, kind, storetest.Decoder)
	id, err := db.BeginImport(t.Context(), store.ImportFile{Path: "made up", Format: "azure-monitor"})
	if err != nil {
		t.Fatal(err)
	}
	batch, err := db.Prepare(storetest.MadeUpOf(kind, 7, n))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Commit(t.Context(), id, batch); err != nil {
		t.Fatal(err)
	}
	return db
}

// Three errands: one with all it can have and more, two copies of one, and one at night with little.
const (
	errandWhole = `{"time":"2026-11-21T10:05:00Z","category":"ErrandLogs","tenantId":"t","properties":{"id":"e1","sentDateTime":"2026-11-21T10:00:00.25Z",` +
		`"sender":{"id":"s1","displayName":"Ada \"A\", =1+1"},"courier":"=cmd","goods":"tea","fromAddress":"192.0.2.1","outcome":"delivered","secretNote":"hush","weight":12,"insured":true,"stops":["x","y"]}}`
	errandFirst  = `{"time":"2026-11-21T09:01:00Z","category":"ErrandLogs","properties":{"id":"e2","sentDateTime":"2026-11-21T09:00:00Z","goods":"ink","secretNote":"psst","stops":[1]}}`
	errandSecond = `{"time":"2026-11-21T09:02:00Z","category":"ErrandLogs","properties":{"id":"e2","sentDateTime":"2026-11-21T09:00:00Z","courier":"Bo","outcome":"lost"}}`
	errandNight  = `{"time":"2026-11-21T03:00:00Z","category":"NightErrandLogs","properties":{"id":"n1","sentDateTime":"2026-11-21T02:00:00Z","sender":{"id":"s1"},"weight":0,"insured":false}}`
)

func fixedErrands(t testing.TB) *datafolder.Folder {
	t.Helper()
	db := openDeclared(t, storetest.Errands(), importer.Decoder)
	read(t, db, []byte(strings.Join([]string{errandWhole, errandFirst, errandSecond, errandNight}, "\n")))
	return db
}

const (
	errandHeading = "\ufeffDate (UTC),Status,Errand ID,Correlation ID,Sender ID,Sender,Courier,Goods,From address,Outcome,Secret note,Weight,Insured\r\n"
	nightRow      = "2026-11-21T02:00:00Z,,n1,,s1,,,,,,,0,false\r\n"

	// The record of two copies is made, with the member that only the first has.
	errandMerged = `"sentDateTime":"2026-11-21T09:00:00Z","id":"e2","courier":"Bo","goods":"ink","outcome":"lost","secretNote":"psst","stops":[1]}`
)

// wantErrands are the files of the log of errands, byte by byte.
var wantErrands = map[export.Format]string{
	export.CSV: errandHeading +
		`2026-11-21T10:00:00Z,Delivered,e1,,s1,"Ada ""A"", =1+1",'=cmd,tea,192.0.2.1,delivered,hush,12,true` + "\r\n" +
		"2026-11-21T09:00:00Z,Lost,e2,,,,Bo,ink,,lost,psst,,\r\n",
	export.NDJSON: errandWhole + "\n" +
		`{"time":"2026-11-21T09:02:00Z","category":"ErrandLogs","properties":{` + errandMerged + "}\n",
	export.JSON: `[
{"sentDateTime":"2026-11-21T10:00:00.25Z","id":"e1","sender":{"id":"s1","displayName":"Ada \"A\", =1+1"},"courier":"=cmd","goods":"tea","fromAddress":"192.0.2.1","outcome":"delivered","secretNote":"hush","weight":12,"insured":true,"stops":["x","y"]},
{` + errandMerged + `
]
`,
}

// wantOpenErrands are the same files for somebody who may not see secret notes. Nobody declared how to take those
// out of a record as received, so nothing of it is there.
var wantOpenErrands = map[export.Format]string{
	export.CSV: strings.Replace(errandHeading, "Secret note,", "", 1) +
		`2026-11-21T10:00:00Z,Delivered,e1,,s1,"Ada ""A"", =1+1",'=cmd,tea,192.0.2.1,delivered,12,true` + "\r\n" +
		"2026-11-21T09:00:00Z,Lost,e2,,,,Bo,ink,,lost,,\r\n",
	export.NDJSON: `{"time":"2026-11-21T10:05:00Z","category":"ErrandLogs","properties":{"sentDateTime":"2026-11-21T10:00:00.25Z","id":"e1","sender":{"id":"s1","displayName":"Ada \"A\", =1+1"},"courier":"=cmd","goods":"tea","fromAddress":"192.0.2.1","outcome":"delivered","weight":12,"insured":true}}
{"time":"2026-11-21T09:02:00Z","category":"ErrandLogs","properties":{"sentDateTime":"2026-11-21T09:00:00Z","id":"e2","courier":"Bo","goods":"ink","outcome":"lost"}}
`,
	export.JSON: `[
{"sentDateTime":"2026-11-21T10:00:00.25Z","id":"e1","sender":{"id":"s1","displayName":"Ada \"A\", =1+1"},"courier":"=cmd","goods":"tea","fromAddress":"192.0.2.1","outcome":"delivered","weight":12,"insured":true},
{"sentDateTime":"2026-11-21T09:00:00Z","id":"e2","courier":"Bo","goods":"ink","outcome":"lost"}
]
`,
}

var noRisk = store.ClassesOf(store.Risk)

// A log of a kind that only declares itself has every file, with and without the data of a class.
func TestDeclaredFiles(t *testing.T) {
	db := fixedErrands(t)
	for format, want := range wantErrands {
		if got := string(exported(t, db, everything("errands", format))); got != want {
			t.Errorf("%s:\n%s", format, gocmp.Diff(want, got))
		}
		open := everything("errands", format)
		open.Withheld = noRisk
		for name, s := range map[string]store.Store{"a reader of all": db, "a reader of some": store.Withheld(db, noRisk)} {
			if got := string(exported(t, s, open)); got != wantOpenErrands[format] {
				t.Errorf("%s, %s:\n%s", name, format, gocmp.Diff(wantOpenErrands[format], got))
			}
		}
		// Without being told the file has an empty column, and nothing in it.
		told := string(exported(t, store.Withheld(db, noRisk), everything("errands", format)))
		if strings.Contains(told, "hush") || strings.Contains(told, "psst") {
			t.Errorf("%s tells a secret:\n%s", format, told)
		}
	}
	// A grouped log has its rows, not the groups.
	if got, want := string(exported(t, db, everything("nighterrands", export.CSV))), errandHeading+nightRow; got != want {
		t.Error(gocmp.Diff(want, got))
	}
	if got, want := string(exported(t, db, everything("nighterrands", export.NDJSON))), errandNight+"\n"; got != want {
		t.Error(gocmp.Diff(want, got))
	}
}

func TestDeclaredWorkbook(t *testing.T) {
	db := fixedErrands(t)
	for _, withheld := range []store.Classes{0, noRisk} {
		r := everything("errands", export.XLSX)
		r.Withheld = withheld
		book, err := excelize.OpenReader(bytes.NewReader(exported(t, db, r)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := book.GetRows("Errands")
		if err != nil {
			t.Fatal(err)
		}
		r.Format = export.CSV
		want, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(exported(t, db, r), []byte("\ufeff")))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range want {
			for i := range row {
				row[i] = strings.TrimPrefix(row[i], "'") // a text cell of Excel needs no such mark
			}
			for i := range got {
				got[i] = append(got[i], make([]string, len(row)-len(got[i]))...) // GetRows leaves out empty cells at the end
			}
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if err := book.Close(); err != nil {
			t.Error(err)
		}
	}
}

// The archive of every log has the logs of the asked log's kind, under their own words.
func TestDeclaredArchive(t *testing.T) {
	db := fixedErrands(t)
	params, _ := url.ParseQuery("from=2026-11-21T00:00:00Z&to=2026-11-22T00:00:00Z&goods=ink&status=lost")
	r, err := export.Parse(t.Context(), db, "errands", export.ZIP, params, made)
	if err != nil {
		t.Fatal(err)
	}
	r.Withheld = noRisk
	if got := r.Name(db.Catalog()); got != "Errands_2026-11-21_2026-11-22.zip" {
		t.Errorf("the archive is called %s", got)
	}
	files, names := unpacked(t, exported(t, db, r))
	if want := []string{"Errands_2026-11-21_2026-11-22.csv", "NightErrands_2026-11-21_2026-11-22.csv", "README.txt", "manifest.json"}; !slices.Equal(names, want) {
		t.Fatalf("the archive holds %q", names)
	}
	const want = "Errands of every log, downloaded from Signpost on 2026-11-23 14:30:00 UTC.\r\n" +
		"All rows and all fields, newest first, times in UTC.\r\n" +
		"A cell is empty where a record has nothing for it, or has it in a shape that is not read: NDJSON files have records as received.\r\n" +
		"Not in the files, since whoever made them has no right to it: Identity Protection's records.\r\n\r\n" +
		"Errands_2026-11-21_2026-11-22.csv: 1 row\r\n    Errands; 2026-11-21T00:00:00Z to 2026-11-22T00:00:00Z; goods=ink&status=lost\r\n\r\n" +
		"NightErrands_2026-11-21_2026-11-22.csv: 0 rows\r\n    Night errands; 2026-11-21T00:00:00Z to 2026-11-22T00:00:00Z; goods=ink&status=lost\r\n"
	if got := string(files["README.txt"]); got != want {
		t.Error(gocmp.Diff(want, got))
	}
	if got := string(files["manifest.json"]); !strings.Contains(got, `"withheld": [`) || strings.Contains(got, "conditional_access") {
		t.Errorf("the manifest is\n%s", got)
	}
}

// The evidence of a log speaks of its kind, and its bundle can be checked.
func TestDeclaredEvidence(t *testing.T) {
	db := fixedErrands(t)
	for withheld, told := range map[store.Classes][]string{0: nil, noRisk: {"Identity Protection's records"}} {
		r := everything("errands", export.Evidence)
		r.Withheld, r.Made, r.By, r.Imports = withheld, made, "kari", db
		var sealed string
		r.Sealed = func(sum string) { sealed = sum }
		bundle := exported(t, db, r)
		found := verified(t, bundle)
		if len(found.Problems) > 0 || found.Files != 5 || found.ManifestSHA256 != sealed {
			t.Errorf("verified %d files, problems %q", found.Files, found.Problems)
		}
		m := found.Manifest
		if m.Rows != 2 || m.CodeList != "" || m.ConditionalAccess != "" || !slices.Equal(m.Withheld, told) {
			t.Errorf("the manifest is %+v", m)
		}
		if got := m.Files[1].Holds; got != "The errands in columns" {
			t.Errorf("the CSV file is told as %q", got)
		}
		files, _ := unpacked(t, bundle)
		about := string(files["README.txt"])
		for _, part := range []string{
			"Evidence: errands of Microsoft Entra ID", "Rows:      2 of the 2 errands that this log had in the range",
			"Not in this bundle: the nighterrands log, which had 1 errands in the range.", "imported files with errands of this log",
		} {
			if !strings.Contains(about, part) {
				t.Errorf("the text lacks %q:\n%s", part, about)
			}
		}
		for _, word := range []string{"sign-in", "Conditional Access", "Codes:"} {
			if strings.Contains(about, word) {
				t.Errorf("the text has %q:\n%s", word, about)
			}
		}
	}
}

// wordsOf gives the merged records of a log in words, by ID.
func wordsOf(t *testing.T, db *datafolder.Folder, info store.LogInfo) map[string][]string {
	t.Helper()
	page, err := db.Records(t.Context(), store.RecordsQuery{ListQuery: store.ListQuery{Log: info.Log, Range: ages, Limit: 1000}})
	if err != nil || page.Next != nil || len(page.Records) < 100 {
		t.Fatalf("%d records, %v", len(page.Records), err)
	}
	words := map[string][]string{}
	for _, r := range page.Records {
		words[storetest.NormalID(r.Entry.Head().ID)] = storetest.WordEntry(info.Kind(), r.Entry, true)
	}
	return words
}

// What a declaration alone makes of many records is read back the same by the importer, which knows no more of them.
func TestDeclaredRecordsComeBackTheSame(t *testing.T) {
	kind := storetest.Errands()
	db, again := madeUpStore(t, kind, 400), openDeclared(t, storetest.Errands(), importer.Decoder)
	decode := importer.Decoder(db.Catalog())
	for _, info := range kind.Logs {
		file := exported(t, db, everything(info.Log, export.NDJSON))
		read(t, again, file)
		want := wordsOf(t, db, info)
		came, _ := again.Catalog().Log(info.Log)
		if diff := gocmp.Diff(want, wordsOf(t, again, came)); diff != "" {
			t.Errorf("%s: %s", info.Log, diff)
		}
		if !bytes.Equal(exported(t, again, everything(info.Log, export.NDJSON)), file) {
			t.Errorf("%s: a second export is not the first", info.Log)
		}
		var array []json.RawMessage
		if err := json.Unmarshal(exported(t, db, everything(info.Log, export.JSON)), &array); err != nil || len(array) != len(want) {
			t.Fatalf("%d objects, %v", len(array), err)
		}
		for _, object := range array {
			e, err := decode(info.Log, object)
			if err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff(want[storetest.NormalID(e.Head().ID)][1:], storetest.WordEntry(kind, e, true)[1:]); diff != "" { // the first is the head
				t.Errorf("%s: %s", info.Log, diff)
			}
		}
	}
}

// Properties in a text, members that nobody declared inside an object that somebody did, and keys that tell the kind and hold
// nothing: a file has them all, and is read back as the same records.
func TestDeclaredMembersComeBack(t *testing.T) {
	docs := strings.Join([]string{
		`{"time":"2026-11-21T10:05:00Z","category":"ErrandLogs","level":4,"properties":"{\"id\":\"e4\",\"sentDateTime\":\"2026-11-21T10:00:00Z\",\"courier\":\"Bo\",\"stops\":[1]}"}`,
		`{"time":"2026-11-21T10:05:00Z","category":"ErrandLogs","properties":{"id":"e5","sentDateTime":"2026-11-21T09:00:00Z","sender":{"id":"s1","phone":"1","address":{"city":"Oslo"}},"goods":null,"courier":"Bo"}}`,
		`{"time":"2026-11-21T10:05:00Z","category":"ErrandLogs","properties":{"id":"e6","sentDateTime":"2026-11-21T08:00:00Z","sender":"{\"phone\":\"2\"}","goods":"ink"}}`,
	}, "\n") + "\n"
	const want = `[
{"sentDateTime":"2026-11-21T10:00:00Z","id":"e4","courier":"Bo","stops":[1],"goods":null},
{"sentDateTime":"2026-11-21T09:00:00Z","id":"e5","sender":{"id":"s1","phone":"1","address":{"city":"Oslo"}},"courier":"Bo","goods":null},
{"sentDateTime":"2026-11-21T08:00:00Z","id":"e6","sender":{"phone":"2"},"goods":"ink","courier":null}
]
`
	db := openDeclared(t, storetest.Errands(), importer.Decoder)
	read(t, db, []byte(docs))
	if got := string(exported(t, db, everything("errands", export.NDJSON))); got != docs {
		t.Error(gocmp.Diff(docs, got))
	}
	file := exported(t, db, everything("errands", export.JSON))
	if got := string(file); got != want {
		t.Error(gocmp.Diff(want, got))
	}
	again := openDeclared(t, storetest.Errands(), importer.Decoder)
	read(t, again, file)
	if got := string(exported(t, again, everything("errands", export.JSON))); got != want {
		t.Errorf("read back: %s", gocmp.Diff(want, got))
	}
}

// A copy of a sign-in with its properties in a text gives the made record what is among them, and nothing of what stands around
// them as a property.
func TestSignInWithPropertiesInAText(t *testing.T) {
	db := openStore(t)
	read(t, db, []byte(`{"time":"2026-11-21T10:01:00Z","category":"SignInLogs","around":1,"properties":"{\"id\":\"aaaaaaaa-0000-4000-8000-000000000001\",`+
		`\"createdDateTime\":\"2026-11-21T10:00:00Z\",\"userId\":\"u\",\"appId\":\"a\",\"newOne\":1}"}`+"\n"+withheldRecord("2026-11-21T10:05:00Z", "success", "Other.")))
	envelope, properties, _ := strings.Cut(string(exported(t, db, everything(store.Interactive, export.NDJSON))), `"properties":{`)
	if !strings.Contains(envelope, `"around":1`) || !strings.Contains(properties, `"newOne":1`) || strings.Contains(properties, "around") {
		t.Errorf("got %s and %s", envelope, properties)
	}
}

func TestDeclaredParse(t *testing.T) {
	db := fixedErrands(t)
	for _, test := range []struct {
		format        export.Format
		query, param  string
		problem, name string
	}{
		{format: export.CSV, query: "from=2026-11-21&to=2026-11-21&sender=s1", name: "Errands_2026-11-21_2026-11-22.csv"},
		{format: export.Evidence, query: "from=2026-11-21&to=2026-11-21", name: "Evidence_Errands_2026-11-21_2026-11-22.zip"},
		{format: export.CSV, query: "user=ada", param: "user", problem: "is not a parameter"},
		{format: export.CSV, query: "file=authdetails", param: "file", problem: "is no file of this download. Every format has signins alone."},
		{format: export.NDJSON, query: "after=nobody", param: "after", problem: "is neither a place in this list nor the errand ID of one of its errands."},
		{format: export.NDJSON, query: "from=2026-11-21&to=2026-11-21&after=e1", name: "Errands_2026-11-21_2026-11-22.ndjson"},
	} {
		params, err := url.ParseQuery(test.query)
		if err != nil {
			t.Fatal(err)
		}
		r, err := export.Parse(t.Context(), db, "errands", test.format, params, made)
		bad, _ := err.(store.BadParams) //nolint:errorlint // Parse gives it as it is
		switch {
		case test.param != "" && !strings.Contains(bad.For(test.param), test.problem):
			t.Errorf("%s: got %v, want %s refused: %s", test.query, err, test.param, test.problem)
		case test.param == "" && err != nil:
			t.Errorf("%s: %v", test.query, err)
		case test.param == "" && r.Name(db.Catalog()) != test.name:
			t.Errorf("%s: the file is called %s", test.query, r.Name(db.Catalog()))
		case params.Has("after") && err == nil:
			if rest := string(exported(t, db, r)); strings.Contains(rest, `"e1"`) || !strings.Contains(rest, `"e2"`) {
				t.Errorf("%s goes on with %s", test.query, rest)
			}
		}
	}
	if _, err := export.Parse(t.Context(), db, "nolog", export.CSV, nil, made); err != store.ErrNotFound { //nolint:errorlint // as it is
		t.Errorf("no such log: %v", err)
	}
	list := export.SetAside{Log: "errands", Many: "errands"}
	if got, want := list.String(), "set aside in the errands log, whose errands have no such field: "; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDeclaredSizes(t *testing.T) {
	db := madeUpStore(t, storetest.Errands(), 800)
	for _, withheld := range []store.Classes{0, noRisk} {
		sizes, err := export.Measure(t.Context(), db, "errands", withheld)
		if err != nil {
			t.Fatal(err)
		}
		total, err := db.Total(t.Context(), store.ListQuery{Log: "errands", Range: ages})
		if err != nil {
			t.Fatal(err)
		}
		for _, format := range []export.Format{export.CSV, export.JSON, export.NDJSON, export.XLSX, export.Evidence} {
			r := everything("errands", format)
			r.Withheld = withheld
			size := int64(len(exported(t, db, r)))
			got, ok := sizes.Of(format, "", total.N)
			if slack := int64(10_000); !ok || got < size*2/3-slack || got > size*3/2+slack {
				t.Errorf("%s: estimated %d bytes, %v; it has %d", format, got, ok, size)
			}
		}
		if _, ok := sizes.Of(export.CSV, export.AuthDetails, 1); ok {
			t.Error("errands have authentication details")
		}
	}
}
