package importer

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"signpost/store"
	"signpost/store/rawjson"
)

func misreadNames(doc string) (names []string) {
	for _, m := range Misread(signInsOnly)([]byte(doc)) {
		names = append(names, m.Name)
	}
	return names
}

// hasMissed says that reading a record notes a value that could not be read.
func hasMissed(t *testing.T, doc string) bool {
	t.Helper()
	compact, _, err := rawjson.Compact(nil, []byte(doc), maxDepth)
	if err != nil {
		t.Fatal(err)
	}
	d := newDecoder(tableOf(signInsOnly))
	d.outline(compact)
	d.signIn(compact, Unknown, &store.SignIn{})
	return d.hasMissed
}

func TestMisread(t *testing.T) {
	for fields, want := range map[string]string{
		``: "",
		`"ipAddress":"192.0.2.1","isInteractive":"true","autonomousSystemNumber":"64500"`:                               "",
		`"ipAddress":{"v4":"192.0.2.1"},"isInteractive":"perhaps","processingTimeInMilliseconds":"long"`:                "ipAddress isInteractive processingTimeInMilliseconds",
		`"ipAddress":"<null>","mfaDetail":"None","deviceDetail":"null","userId":"00000000-0000-0000-0000-000000000000"`: "",
		`"deviceDetail":{"operatingSystem":"Linux","browser":["Firefox"],"isManaged":null}`:                             "deviceDetail.browser",
		`"status":"Success","location":"CH"`:                        "",
		`"status":{"errorCode":"zero","failureReason":"Other."}`:    "status.errorCode",
		`"aFieldOfTomorrow":[[1]]`:                                  "",
		`"userId":["x"],"appDisplayName":5,"correlationId":{"a":1}`: "appDisplayName correlationId userId",
		`"resourceId":{"a":1}`:                                      "resourceId",
		`"location":[1],"resourceId":"/subscriptions/a"`:            "location.city location.countryOrRegion location.state",
	} {
		for _, doc := range []string{`{` + fields + `}`, `{"category":"SignInLogs","resourceId":"/tenants/a","properties":{` + fields + `}}`} {
			if got := strings.Join(misreadNames(doc), " "); got != want {
				t.Errorf("%s misreads %q, want %q", doc, got, want)
			}
			if got := hasMissed(t, doc); got != (want != "") {
				t.Errorf("reading %s: it has missed something: %t", doc, got)
			}
		}
	}
	cut := misreadNames(`{"properties":{"deviceDetail":"{\"operatingSystem\":\"Lin"}}`)
	if !slices.Contains(cut, "deviceDetail.operatingSystem") || !slices.Contains(cut, "deviceDetail.browser") {
		t.Errorf("an object that was cut off misreads %q", cut)
	}
	if got := misreadNames(`{"location":"CH","properties":"none"}`); len(got) > 0 {
		t.Errorf("what stands around properties misreads %q", got)
	}
}

// TestMisreadOfRealRecords: no value that was read from a real record is called misread.
func TestMisreadOfRealRecords(t *testing.T) {
	records := 0
	for _, name := range []string{
		"fixtures/panther-labs_panther-analysis/azure_failed_signins.ndjson", "fixtures/microsoft_msticpy/aad_logons.ndjson",
		"cases/c12_proto.ndjson", "cases/c11_ca.ndjson", "cases/c27_agents.ndjson", "cases/c40_misc.ndjson", "cases/m16.ndjson",
	} {
		file, err := os.ReadFile("../../../shared/" + name)
		if err != nil {
			t.Skipf("%s is not beside the repository", name)
		}
		lines := bufio.NewScanner(bytes.NewReader(file))
		lines.Buffer(nil, 1<<22)
		for lines.Scan() {
			records++
			if got := fmt.Sprint(misreadNames(lines.Text())); got != "[]" {
				t.Errorf("%s: %s is misread", name, got)
			}
			if hasMissed(t, lines.Text()) {
				t.Errorf("%s: a record is looked at again for what was not read of it", name)
			}
		}
	}
	if records < 20 {
		t.Errorf("only %d records were looked at", records)
	}
}

// TestMisreadIsReported: the report of a file counts the sign-ins with a value that was not read. A sign-in that has the
// value under another key does not count.
func TestMisreadIsReported(t *testing.T) {
	with := func(n int, fields string) string {
		return strings.Replace(line(n), `"userId":"u"`, `"userId":"u",`+fields, 1)
	}
	file := with(1, `"ipAddress":{"v4":"192.0.2.1"},"appDisplayName":5`) + with(2, `"ipAddress":["192.0.2.1"],"authenticationDetails":7`) +
		with(3, `"ipAddress":"192.0.2.1","appDisplayName":"App"`) + with(4, `"deviceDetail":"{\"browser\":\"Fire"`) +
		with(5, `"location":[1],"locationDetails":{"city":"Bern"}`)
	r, err := New(newFakeWriter(), Options{}).Reader(t.Context(), "x", strings.NewReader(file))
	if err != nil || r.New != 5 {
		t.Fatalf("%d new, %v", r.New, err)
	}
	var got []string
	for _, said := range r.CannotShow {
		if strings.Contains(said, "in a shape that is not read") {
			got = append(got, said)
		}
	}
	const single = " in a shape that is not read: it stays in the record, and filters take the field for empty."
	want := []string{
		"1 sign-in with appDisplayName" + single, "1 sign-in with authenticationDetails in a shape that is not read: it stays in the record.",
		"1 sign-in with deviceDetail.browser" + single, "1 sign-in with deviceDetail.browserId" + single, "1 sign-in with deviceDetail.deviceId" + single,
		"1 sign-in with deviceDetail.displayName" + single, "1 sign-in with deviceDetail.isCompliant" + single, "1 sign-in with deviceDetail.isManaged" + single,
		"1 sign-in with deviceDetail.operatingSystem" + single, "1 sign-in with deviceDetail.trustType" + single,
		"1 sign-in with location.countryOrRegion" + single, "1 sign-in with location.state" + single,
		"2 sign-ins with ipAddress" + single,
	}
	if !slices.Equal(got, want) {
		t.Errorf("the report says\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// FuzzMisread reads any text without failing, and names each field once. Decoding notes every value that a sign-in lacks
// because of its shape.
func FuzzMisread(f *testing.F) {
	for _, doc := range []string{
		`{"properties":{"deviceDetail":"{"}}`, `{"status":"{}","location":[1]}`, `[]`, `{"properties":[]}`, `{"authenticationDetails":"[{"}`, `{"a`,
		`{"userId":["x"],"correlationId":5,"ResourceIdentity":{},"isInteractive":"maybe"}`, `{"properties":"{\"ipAddress\":[1]}","properties":7}`,
	} {
		f.Add(doc)
	}
	f.Fuzz(func(t *testing.T, doc string) {
		list := Misread(signInsOnly)([]byte(doc))
		seen := map[*store.Property]bool{}
		for _, m := range list {
			if m.Name == "" || seen[m] {
				t.Errorf("a field without a name, or named twice, is misread: %+v", m)
			}
			seen[m] = true
		}
		compact, _, err := rawjson.Compact(nil, []byte(doc), maxDepth)
		if err != nil {
			return
		}
		var s store.SignIn
		d := newDecoder(tableOf(signInsOnly))
		d.outline(compact)
		d.signIn(compact, Unknown, &s)
		for _, m := range list {
			if isUnset(m, &s) && !d.hasMissed && compact[0] == '{' {
				t.Errorf("%s is misread, and reading did not notice", m.Name)
			}
		}
	})
}
