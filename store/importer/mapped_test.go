package importer

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/audit"
	"signpost/store/kinds"
)

// badge is a mapping for the files of a made-up system.
func badge() store.Mapping {
	return store.Mapping{
		Name: "Badge system", Log: store.Interactive, Headings: []string{"When", "Who", "From", "App", "CA", "Code", "Note"},
		Fields: map[string]string{
			"When": "createdDateTime", "Who": "userPrincipalName", "From": "ipAddress", "App": "appDisplayName", "CA": "conditionalAccessStatus", "Code": "status.errorCode",
		},
	}
}

const badgeFile = "When,Who,From,App,CA,Code,Note\n" +
	"2026-11-28T10:00:00Z,ada@contoso.example,192.0.2.7,Portal,Not Applied,0,on site\n" +
	"2026-11-28T10:05:00Z,grace@contoso.example,192.0.2.8,Portal,failure,53003,\n" +
	",nobody@contoso.example,192.0.2.9,Portal,,0,no time\n"

// importMapped imports a text with mappings.
func importMapped(t *testing.T, text string, mappings ...store.Mapping) (*fakeWriter, store.ImportReport) {
	t.Helper()
	w := newFakeWriter()
	w.catalog = kinds.Catalog
	report, err := New(w, Options{Mappings: mappings}).Reader(t.Context(), "badge.csv", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return w, report
}

// mappedSignIns gives the sign-ins by user principal name.
func mappedSignIns(w *fakeWriter) map[string]*store.SignIn {
	all := map[string]*store.SignIn{}
	for _, versions := range w.rows {
		s := versions[0].Entry.(*store.SignIn)
		all[s.UserPrincipalName] = s
	}
	return all
}

func TestMappedCSV(t *testing.T) {
	if _, report := importMapped(t, badgeFile); report.Format != Unknown || report.Unreadable == 0 {
		t.Errorf("without a mapping: %+v", report)
	}
	w, report := importMapped(t, badgeFile, store.Mapping{Name: "other", Log: store.Interactive, Headings: []string{"a", "b"}}, badge())
	if report.Format != Mapped || report.New != 2 || report.RejectedTotal != 1 || report.Rejected[0].Line != 4 || report.Rejected[0].Reason != "the row has no time." {
		t.Errorf("got %+v", report)
	}
	if !slices.Contains(report.CannotShow, `Read with the mapping "Badge system".`) {
		t.Errorf("the report does not name the mapping: %q", report.CannotShow)
	}
	s := mappedSignIns(w)["grace@contoso.example"]
	if s == nil || !s.Time.Equal(time.Date(2026, 11, 28, 10, 5, 0, 0, time.UTC)) || s.IPAddress != "192.0.2.8" || s.ConditionalAccessStatus != "failure" || s.ErrorCode != store.IntOf(53003) || s.Log != store.Interactive {
		t.Errorf("got %+v", s)
	}
	if ada := mappedSignIns(w)["ada@contoso.example"]; ada.ConditionalAccessStatus != "notApplied" {
		t.Errorf("a value in words: %q", ada.ConditionalAccessStatus)
	}
	for _, versions := range w.rows {
		_, unknown := Unread(kinds.Catalog)(versions[0].Doc)
		if versions[0].Entry.(*store.SignIn).UserPrincipalName == "ada@contoso.example" {
			if want := []store.KeyValue{{Key: "Note", Value: "on site"}}; !reflect.DeepEqual(unknown, want) {
				t.Errorf("unread: got %v, want %v", unknown, want)
			}
		} else if len(unknown) != 0 {
			t.Errorf("unread: %v", unknown)
		}
	}
}

// The headings must be exactly those of the mapping. Their order and the blanks around them do not matter.
func TestMappedHeadings(t *testing.T) {
	reordered := "Who; When ;From;App;CA;Code;Note\nada@contoso.example;2026-11-28T10:00:00Z;192.0.2.7;Portal;Not Applied;0;on site\n"
	w, report := importMapped(t, reordered, badge())
	if report.Format != Mapped || report.New != 1 {
		t.Fatalf("in another order: %+v", report)
	}
	first, _ := importMapped(t, badgeFile, badge())
	if got, want := mappedSignIns(w)["ada@contoso.example"].ID, mappedSignIns(first)["ada@contoso.example"].ID; got != want {
		t.Errorf("the order of the columns changes the id: %s, %s", got, want)
	}
	for name, text := range map[string]string{
		"one more":  "When,Who,From,App,CA,Code,Note,More\n2026-11-28T10:00:00Z,a,b,c,d,0,e,f\n",
		"one less":  "When,Who,From,App,CA,Code\n2026-11-28T10:00:00Z,a,b,c,d,0\n",
		"a capital": "when,Who,From,App,CA,Code,Note\n2026-11-28T10:00:00Z,a,b,c,d,0,e\n",
	} {
		if _, report := importMapped(t, text, badge()); report.Format != Unknown {
			t.Errorf("%s: %s", name, report.Format)
		}
	}
	for name, text := range map[string]string{"a known format": aSignIn + "\n", "the portal's": "Date (UTC),Request ID,Correlation ID\n2026-11-28T10:00:00Z,1,2\n"} {
		m := badge()
		m.Headings = []string{"Date (UTC)", "Request ID", "Correlation ID"}
		if _, report := importMapped(t, text, m); report.Format == Mapped {
			t.Errorf("%s is read with a mapping", name)
		}
	}
}

func TestMappedJSON(t *testing.T) {
	fromCSV, _ := importMapped(t, badgeFile, badge())
	objects := `{"When":"2026-11-28T10:00:00Z","Who":"ada@contoso.example","From":"192.0.2.7","App":"Portal","CA":"Not Applied","Code":0,"Note":"on site"}
{"When":"2026-11-28T10:05:00Z","Who":"grace@contoso.example","From":"192.0.2.8","App":"Portal","CA":"failure","Code":53003,"Note":null}
`
	for name, text := range map[string]string{
		"lines": objects, "a list": "[" + strings.ReplaceAll(strings.TrimSpace(objects), "\n", ",") + "]",
	} {
		w, report := importMapped(t, text, badge())
		if report.Format != Mapped || report.New != 2 || report.RejectedTotal != 0 {
			t.Errorf("%s: %+v", name, report)
			continue
		}
		for who, want := range mappedSignIns(fromCSV) {
			if got := mappedSignIns(w)[who]; !reflect.DeepEqual(got, want) {
				t.Errorf("%s: got %+v, want %+v", name, got, want)
			}
		}
	}
	_, report := importMapped(t, objects+`{"When":"2026-11-28T10:05:00Z","Who":"x"}`+"\n", badge())
	if report.New != 3 {
		t.Errorf("a record with fewer keys: %+v", report)
	}
}

func TestMappedTimes(t *testing.T) {
	file := func(times ...string) string {
		text := "When,Who,From,App,CA,Code,Note\n"
		for i, at := range times {
			text += fmt.Sprintf("%q,u%d,,,,,\n", at, i)
		}
		return text
	}
	want := time.Date(2026, 11, 3, 9, 30, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		dates, zone string
		times       []string
		want        time.Time // of the first
	}{
		"seconds since 1970":  {times: []string{fmt.Sprint(want.Unix())}, want: want},
		"with a fraction":     {times: []string{fmt.Sprintf("%d.5", want.Unix())}, want: want.Add(500 * time.Millisecond)},
		"milliseconds":        {times: []string{fmt.Sprint(want.UnixMilli())}, want: want},
		"decided by the file": {zone: "UTC", times: []string{"3/11/2026 09:30", "28/11/2026 10:00"}, want: want},
		"decided by somebody": {dates: "mdy", zone: "UTC", times: []string{"11/3/2026 9:30 AM"}, want: want},
		"with their own zone": {dates: "dmy", times: []string{"3.11.2026 10:30 +01:00"}, want: want},
		"in a zone":           {dates: "dmy", zone: "Europe/Zurich", times: []string{"3.11.2026 10:30"}, want: want},
	} {
		m := badge()
		m.Dates, m.Zone = test.dates, test.zone
		w, report := importMapped(t, file(test.times...), m)
		if s := mappedSignIns(w)["u0"]; s == nil || !s.Time.Equal(test.want) {
			t.Errorf("%s: got %+v, %+v", name, s, report)
		}
	}
	// Times that do not tell all are asked about, and nothing is imported before.
	for name, test := range map[string]struct {
		dates, zone, time string
		asks              []string
	}{
		"an open order":          {zone: "UTC", time: "3/11/2026 09:30", asks: []string{store.AskDates}},
		"an open order and zone": {time: "3/11/2026 09:30", asks: []string{store.AskDates, store.AskZone}},
		"a local time":           {dates: "dmy", time: "3/11/2026 09:30", asks: []string{store.AskZone}},
		"an ISO time":            {time: "2026-11-03T09:30:00", asks: []string{store.AskZone}},
	} {
		m := badge()
		m.Dates, m.Zone = test.dates, test.zone
		for _, text := range []string{file("", test.time), `[{"When":"x"},{"When":"` + test.time + `"},{"Who":1,"From":1,"App":1,"CA":1,"Code":1,"Note":1}]`} {
			if _, report := importMapped(t, text, m); !slices.Equal(report.Asks, test.asks) || report.New != 0 || len(report.Questions) != len(test.asks) {
				t.Errorf("%s: got %+v", name, report)
			}
		}
	}
}

// The answers to what a mapped file asks go before what its mapping says.
func TestMappedAnswers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("When,Who,From,App,CA,Code,Note\n3/11/2026 09:30,ada,,,,,\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	zone, err := store.ParseZone("+02:00")
	if err != nil {
		t.Fatal(err)
	}
	w := newFakeWriter()
	w.catalog = kinds.Catalog
	file := File{Path: path, Name: "badge.csv", Answers: Answers{Dates: MonthFirst, Zone: zone}}
	if _, err := New(w, Options{Mappings: []store.Mapping{badge()}}).Files(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	if s := mappedSignIns(w)["ada"]; s == nil || !s.Time.Equal(time.Date(2026, 3, 11, 7, 30, 0, 0, time.UTC)) {
		t.Errorf("got %+v", s)
	}
}

// A report says what a file with a mapping cannot show: what no column holds, and no list.
func TestMappedLacks(t *testing.T) {
	_, report := importMapped(t, badgeFile, badge())
	said := ""
	for _, sentence := range report.CannotShow {
		if strings.HasPrefix(sentence, "Not in this source (the mapping Badge system): ") {
			said = sentence
		}
		if strings.Contains(sentence, "No record lists Conditional Access policies") {
			t.Errorf("it says %q of records that cannot list them", sentence)
		}
	}
	for label, want := range map[string]bool{"User agent": true, "City": true, "Conditional Access policies": true, "Username": false, "Service principal ID": false} {
		if strings.Contains(said, label) != want {
			t.Errorf("%s is lacking: %t, in %q", label, !want, said)
		}
	}
	m := badge()
	m.Fields["Note"] = store.MappedPlace
	if _, report := importMapped(t, badgeFile, m); strings.Contains(strings.Join(report.CannotShow, "\n"), " City,") {
		t.Errorf("a column of places lacks the city: %q", report.CannotShow)
	}
}

// The record that is kept of a row makes the same sign-in again, without the mapping. Its ID depends on the cells alone.
func TestMappedRowsAreDecodedAgain(t *testing.T) {
	decode, fuzz := Decoder(kinds.Catalog), rand.New(rand.NewPCG(19, 3))
	for round := range 60 {
		log := []store.Log{store.Interactive, store.NonInteractive, store.ServicePrincipal, store.ManagedIdentity, audit.Directory}[round%5]
		m, text := madeUpMapping(fuzz, log)
		if problems := m.Problems(kinds.Catalog); len(problems) > 0 {
			t.Fatalf("the made-up mapping is refused: %+v", problems)
		}
		w, report := importMapped(t, text, m)
		again, _ := importMapped(t, text, m)
		renamed := m
		renamed.Name = "another"
		other, _ := importMapped(t, text, renamed)
		if report.Format != Mapped || report.New == 0 || report.RejectedTotal != 0 {
			t.Fatalf("%s\n%+v", text, report)
		}
		if len(again.rows) != len(w.rows) || len(other.rows) != len(w.rows) {
			t.Errorf("the same file gives %d, %d and %d records", len(w.rows), len(again.rows), len(other.rows))
		}
		for key, versions := range w.rows {
			v := versions[0]
			if again.rows[key] == nil || other.rows[key] == nil || !bytes.Equal(other.rows[key][0].Doc, v.Doc) {
				t.Errorf("the same file, or another name of its mapping, does not give %s", v.Doc)
				continue
			}
			for _, given := range []store.Log{log, ""} {
				if got, err := decode(given, v.Doc); err != nil || !reflect.DeepEqual(got, v.Entry) {
					t.Errorf("%s: got %+v, %v, want %+v", v.Doc, got, err, v.Entry)
				}
			}
			back, report := importMapped(t, string(v.Doc)+"\n")
			if report.Format != Mapped || report.New != 1 || back.rows[key] == nil || !bytes.Equal(back.rows[key][0].Doc, v.Doc) {
				t.Errorf("what is kept does not come back in: %+v", report)
			}
		}
	}
}

// madeUpMapping makes a mapping of a log and a file for it.
func madeUpMapping(r *rand.Rand, log store.Log) (m store.Mapping, text string) {
	kind := kinds.Catalog.Kind(log)
	fields := kind.MappedFields()
	m = store.Mapping{Name: "made up", Log: log, Headings: []string{"t"}, Fields: map[string]string{"t": fields[0].Name}}
	for i, place := range r.Perm(len(fields) - 1)[:1+r.IntN(12)] {
		heading := fmt.Sprintf("h%d %c", i, 'é')
		m.Headings = append(m.Headings, heading)
		m.Fields[heading] = fields[place+1].Name
	}
	for i := range r.IntN(3) {
		m.Headings = append(m.Headings, fmt.Sprintf("free %d", i))
	}
	cells := []string{"x", "0", "50126", "true", "No", "success", "192.0.2.1", "a@b", "Zürich, ZH, CH", `a "quote"`, "line\nbreak", "", " ", "-", `{"a":1}`, "Conditional Access", "\u2028<"}
	var b strings.Builder
	w := csv.NewWriter(&b)
	write := func(row []string) {
		if err := w.Write(row); err != nil {
			panic(err)
		}
	}
	write(m.Headings)
	for i := range 1 + r.IntN(8) {
		row := make([]string, len(m.Headings))
		row[0] = time.Date(2026, 11, 28, 0, i, r.IntN(60), 0, time.UTC).Format(time.RFC3339)
		for n := 1; n < len(row); n++ {
			row[n] = cells[r.IntN(len(cells))]
		}
		write(row)
	}
	w.Flush()
	return m, b.String()
}

// A column that was mapped to Conditional Access data is withheld from those without the right to it, under any heading; so is one
// with such a heading that was mapped to nothing. What is left is a record still, with the same ID.
func TestMappedConditionalAccessIsWithheld(t *testing.T) {
	m := badge()
	m.Headings = append(m.Headings, "Conditional Access policy")
	text := "When,Who,From,App,CA,Code,Note,Conditional Access policy\n2026-11-28T10:00:00Z,ada@contoso.example,192.0.2.7,Portal,failure,53003,on site,Block legacy\n"
	w, _ := importMapped(t, text, m)
	for _, versions := range w.rows {
		v := versions[0]
		if !bytes.Contains(v.Doc, []byte(`"failure"`)) || !bytes.Contains(v.Doc, []byte("Block legacy")) {
			t.Fatalf("nothing to withhold: %s", v.Doc)
		}
		redacted := store.RedactConditionalAccess(v.Doc)
		for _, secret := range []string{"failure", "Block legacy", "conditionalAccess"} {
			if bytes.Contains(redacted, []byte(secret)) {
				t.Errorf("%q is left in %s", secret, redacted)
			}
		}
		e, err := Decoder(kinds.Catalog)("", redacted)
		if err != nil || e.Head() != v.Entry.Head() || e.(*store.SignIn).UserPrincipalName != "ada@contoso.example" {
			t.Errorf("what is left: %+v, %v", e, err)
		}
	}
}

func TestMappedValuesThatAreNotUnderstood(t *testing.T) {
	m := badge()
	w, report := importMapped(t, "When,Who,From,App,CA,Code,Note\n2026-11-28T10:00:00Z,ada,192.0.2.7,Portal,Éxito total,none,x\n2026-11-28T10:01:00Z,eve,,,,many,\n", m)
	said := strings.Join(report.CannotShow, "\n")
	for _, property := range []string{"conditionalAccessStatus", "status.errorCode"} {
		if !strings.Contains(said, "1 sign-in with "+property+" in a shape that is not read") {
			t.Errorf("%s: %s", property, said)
		}
	}
	for _, versions := range w.rows {
		if got := Misread(kinds.Catalog)(versions[0].Doc); len(got) != 1 {
			t.Errorf("%s: %v", versions[0].Doc, got)
		}
	}
}

// A CSV file that nobody knows is refused as one that can be mapped, and is not refused any more once it is.
func TestCheckKnowsMappings(t *testing.T) {
	folder := t.TempDir()
	file := func(name, text string) File {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return File{Path: path, Name: name}
	}
	files := []File{file("badge.csv", badgeFile), file("prose.txt", "Dear reader\nno table\n"), file("book.xls", "\xd0\xcf\x11\xe0 more, and more")}
	for _, mappings := range [][]store.Mapping{nil, {badge()}} {
		refused, err := Check(t.Context(), Limits{Unpacked: 1 << 20, Ratio: 100, Members: 10, Mappings: mappings}, files...)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range refused {
			got = append(got, fmt.Sprint(r.Name, " ", r.Mappable))
		}
		want := []string{"badge.csv true", "prose.txt false", "book.xls false"}
		if mappings != nil {
			want = want[1:]
		}
		if !slices.Equal(got, want) {
			t.Errorf("with %d mappings: got %v, want %v", len(mappings), got, want)
		}
	}
}

// No file brings records of the portal's own log in.
func TestNothingIsMappedToTheAccessLog(t *testing.T) {
	_, report := importMapped(t, `{"mappedTo":"access","id":"1","row":[{"heading":"a","property":"createdDateTime","value":"x","time":"2026-11-28T10:00:00Z"}]}`)
	if report.New != 0 || report.Skipped != 1 {
		t.Errorf("got %+v", report)
	}
	m := badge()
	m.Log = "access"
	if _, report := importMapped(t, badgeFile, m); report.Format == Mapped || report.New != 0 {
		t.Errorf("got %+v", report)
	}
}

func lookAtText(t *testing.T, name, text string, m store.Mapping) store.MappingLook {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	look, err := LookAtFile(kinds.Catalog, File{Path: path, Name: name}, Whole, m)
	if err != nil {
		t.Fatal(err)
	}
	return look
}

func TestLookAtFile(t *testing.T) {
	look := lookAtText(t, "NonInteractiveSignIns_x.csv", badgeFile, store.Mapping{Log: store.Interactive})
	if !slices.Equal(look.Headings, badge().Headings) || look.Log != store.NonInteractive || look.Known != "" {
		t.Errorf("got %+v", look)
	}
	if want := []string{"2026-11-28T10:00:00Z", "2026-11-28T10:05:00Z"}; !slices.Equal(look.Values[0], want) {
		t.Errorf("values: got %q, want %q", look.Values[0], want)
	}
	want := map[string]string{"When": "createdDateTime", "Who": "userPrincipalName", "From": "ipAddress", "App": "appDisplayName", "Code": "status.errorCode"}
	if !reflect.DeepEqual(look.Guess, want) {
		t.Errorf("guess: got %v, want %v", look.Guess, want)
	}
	if len(look.Rows) != 3 || look.Rows[0].Entry.(*store.SignIn).AppDisplayName != "Portal" || look.Rows[2].Reason != "the row has no time." {
		t.Errorf("rows: %+v", look.Rows)
	}
	for name, text := range map[string]string{store.FormatGraph: aSignIn + "\n", PortalCSV: "Date (UTC),Request ID,Correlation ID\n2026-11-28T10:00:00Z,1,2\n"} {
		if look := lookAtText(t, "x", text, store.Mapping{}); look.Known == "" {
			t.Errorf("%s is not known: %+v", name, look)
		}
	}
	open := lookAtText(t, "x", "When,Who\n3/4/2026 10:00,ada\n", store.Mapping{Log: store.Interactive})
	if !strings.HasPrefix(open.Dates, "No date of the file tells whether the day or the month comes first") || strings.Contains(open.Dates, "--dates") {
		t.Errorf("dates: %q", open.Dates)
	}
	if !strings.HasPrefix(open.Zone, `The times name no time zone, such as "3/4/2026 10:00".`) || strings.Contains(open.Zone, "--zone") || look.Zone != "" {
		t.Errorf("zone: %q, %q", open.Zone, look.Zone)
	}
	rejected := lookAtText(t, "x", "When,Who\n2026-11-28T10:00:00,ada\n", store.Mapping{Log: store.Interactive}).Rows
	if len(rejected) != 1 || rejected[0].Entry != nil || !strings.HasPrefix(rejected[0].Reason, `the time "2026-11-28T10:00:00" names no time zone.`) {
		t.Errorf("without a zone: %+v", rejected)
	}
	if strings.Contains(rejected[0].Reason, "--") {
		t.Errorf("a page names flags: %q", rejected[0].Reason)
	}
	m := store.Mapping{Log: store.Interactive, Dates: "dmy", Zone: "Europe/Zurich"}
	if rows := lookAtText(t, "x", "When,Who\n3/4/2026 10:00,ada\n", m).Rows; len(rows) != 1 || !rows[0].Entry.Head().Time.Equal(time.Date(2026, 4, 3, 8, 0, 0, 0, time.UTC)) {
		t.Errorf("rows: %+v", rows)
	}
	rows := lookAtText(t, "x.json", `[{"ts":1795866480,"username":"ada","details":{"a":1}},{"ts":1795866481}]`, store.Mapping{Log: store.NonInteractive}).Rows
	if len(rows) != 2 || rows[0].Entry == nil || rows[0].Entry.(*store.SignIn).UserPrincipalName != "ada" {
		t.Errorf("JSON: %+v", rows)
	}
	for name, text := range map[string]string{"empty": "", "one column": "a\nb\n", "no table": "[1,2]", "a workbook": "\xd0\xcf\x11\xe0 and more"} {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := LookAtFile(kinds.Catalog, File{Path: path}, Whole, store.Mapping{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// The values of a column go before its heading.
func TestGuessByValues(t *testing.T) {
	const id, other = "6d7d1a4f-0000-4000-8000-000000000001", "6d7d1a4f-0000-4000-8000-000000000002"
	for name, test := range map[string]struct {
		heading string
		log     store.Log
		values  []string
		want    string
	}{
		"codes under Result":        {"Result", store.Interactive, []string{"0", "50126", "0"}, "status.errorCode"},
		"words under Result":        {"Result", store.Interactive, []string{"Success", "Failure"}, "status"},
		"words that are no status":  {"Result", store.Interactive, []string{"granted", "denied"}, ""},
		"an audit record's result":  {"Result", audit.Directory, []string{"success", "failure"}, "result"},
		"codes under Status":        {"Status", store.Interactive, []string{"50126", "50053"}, "status.errorCode"},
		"codes under Error":         {"Error", store.Interactive, []string{"0", "53003"}, "status.errorCode"},
		"texts under Error":         {"Error", store.Interactive, []string{"Invalid password", "Blocked"}, "status.failureReason"},
		"codes under another name":  {"Ergebnis", store.Interactive, []string{"0", "50126", "700082"}, "status.errorCode"},
		"numbers that are no codes": {"Ergebnis", store.Interactive, []string{"0", "8075", "64512"}, ""},
		"names under User":          {"User", store.Interactive, []string{"Ada Lovelace", "Grace Hopper"}, "userDisplayName"},
		"accounts under User":       {"User", store.Interactive, []string{"ada@contoso.example", "grace"}, "userPrincipalName"},
		"IDs under User":            {"User", store.Interactive, []string{id, other}, "userId"},
		"accounts under User ID":    {"User ID", store.Interactive, []string{"ada@contoso.example"}, "userPrincipalName"},
		"accounts under Name":       {"Name", store.Interactive, []string{"ada@contoso.example"}, "userPrincipalName"},
		"IDs under App":             {"App", store.Interactive, []string{id, other}, "appId"},
		"addresses under Where":     {"Where", store.Interactive, []string{"192.0.2.7", "2001:db8::1"}, "ipAddress"},
		"places under Where":        {"Where", store.Interactive, []string{"Zug, Zug, CH"}, "location"},
		"durations under Time":      {"Time", store.Interactive, []string{"12 ms", "40 ms"}, ""},
		"a column without values":   {"Result", store.Interactive, nil, "status"},
		"some that cannot be read":  {"Code", store.Interactive, []string{"0", "50126", "many"}, "status.errorCode"},
	} {
		text := "Start," + test.heading + ",More\n"
		for _, value := range append(test.values, "") {
			text += fmt.Sprintf("2026-11-28T10:00:00Z,%q,\n", value)
		}
		if got := lookAtText(t, "x.csv", text, store.Mapping{Log: test.log}).Guess[test.heading]; got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

// The look counts what is not understood, over all rows that it reads.
func TestLookCountsWhatIsNotUnderstood(t *testing.T) {
	text := "When,Who,Code,CA,Note\n"
	for i := range 30 {
		code := "0"
		if i%10 == 0 {
			code = fmt.Sprintf("bad %d", i)
		}
		text += fmt.Sprintf("2026-11-28T10:00:00Z,u%d,%s,none,x\n", i, code)
	}
	text += "soon,u,,Éxito total,y\n,v,,,\n"
	m := store.Mapping{Log: store.Interactive, Fields: map[string]string{"When": "createdDateTime", "Who": "userPrincipalName", "Code": "status.errorCode", "CA": "conditionalAccessStatus"}}
	look := lookAtText(t, "x.csv", text, m)
	want := []store.MappedColumn{
		{With: 31, Missed: 1, Examples: []string{"soon"}},
		{With: 32},
		{With: 30, Missed: 3, Examples: []string{"bad 0", "bad 10", "bad 20"}},
		{With: 31, Missed: 1, Examples: []string{"Éxito total"}},
		{},
	}
	if look.RowsRead != 32 || len(look.Rows) != 10 || !reflect.DeepEqual(look.Understood, want) {
		t.Errorf("of %d rows: got %+v, want %+v", look.RowsRead, look.Understood, want)
	}
	// It is what an import counts.
	m.Name, m.Headings = "x", look.Headings
	_, report := importMapped(t, text, m)
	if said := strings.Join(report.CannotShow, "\n"); !strings.Contains(said, "3 sign-ins with status.errorCode in a shape that is not read") {
		t.Errorf("the import says %s", said)
	}
}

// FuzzMapped reads any text with a mapping that fits its headings. What is kept is JSON, and is decoded into the same record.
func FuzzMapped(f *testing.F) {
	for _, seed := range []string{
		badgeFile, "a;b\n1;2\n", "a\tb\n\"x\ny\"\t2\n", `{"a":1,"b":"2026-11-28T10:00:00Z"}`, `[{"a":"3/4/2026","b":{"c":[1]}},{"a":null}]`, "a,a,\n1795866480,2,3\n", "#TYPE x\na,b\n1,2\n",
		`{"mappedTo":"interactive","id":"1","row":[{"heading":"a","property":"createdDateTime","value":"x","time":"2026-11-28T10:00:00Z"}]}`,
	} {
		f.Add([]byte(seed), uint8(0))
	}
	logs := kinds.Catalog.Logs()
	decode, unread, misread := Decoder(kinds.Catalog), Unread(kinds.Catalog), Misread(kinds.Catalog)
	f.Fuzz(func(t *testing.T, text []byte, choice uint8) {
		m := store.Mapping{Name: "fuzz", Log: logs[int(choice)%len(logs)].Log, Dates: "dmy", Fields: map[string]string{}}
		table, ok := tableOfText(text)
		if ok {
			m.Headings = table.headings
			fields := kinds.Catalog.Kind(m.Log).MappedFields()
			for i, heading := range table.headings[:min(len(table.headings), len(fields))] {
				m.Fields[heading] = fields[(i+int(choice))%len(fields)].Name
			}
		}
		w := newFakeWriter()
		w.catalog = kinds.Catalog
		report, err := New(w, Options{Mappings: []store.Mapping{m}}).Reader(t.Context(), "x", bytes.NewReader(text))
		if err == nil && report.Read != report.New+report.Updated+report.Same+report.Skipped+report.RejectedTotal {
			t.Errorf("the counts do not add up: %+v", report)
		}
		if report.Format != Mapped {
			return
		}
		if len(w.ended) == 1 {
			checkRejectedAgain(t, w, "x", Options{Mappings: []store.Mapping{m}})
		}
		for _, versions := range w.rows {
			for _, v := range versions {
				if !json.Valid(v.Doc) {
					t.Fatalf("no JSON: %q", v.Doc)
				}
				if got, err := decode(v.Entry.Head().Log, v.Doc); err != nil || !reflect.DeepEqual(got, v.Entry) {
					t.Fatalf("%s: got %+v, %v, want %+v", v.Doc, got, err, v.Entry)
				}
				unread(v.Doc)
				misread(v.Doc)
			}
		}
	})
}
