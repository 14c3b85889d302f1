package importer

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

func misreadNames(doc string) (names []string) {
	for _, m := range Misread([]byte(doc)) {
		names = append(names, m.Name)
	}
	return names
}

func TestMisread(t *testing.T) {
	for fields, want := range map[string]string{
		``: "",
		`"ipAddress":"192.0.2.1","isInteractive":"true","autonomousSystemNumber":"64500"`:                               "",
		`"ipAddress":{"v4":"192.0.2.1"},"isInteractive":"perhaps","processingTimeInMilliseconds":"long"`:                "ipAddress isInteractive processingTimeInMilliseconds",
		`"ipAddress":"<null>","mfaDetail":"None","deviceDetail":"null","userId":"00000000-0000-0000-0000-000000000000"`: "",
		`"deviceDetail":{"operatingSystem":"Linux","browser":["Firefox"],"isManaged":null}`:                             "deviceDetail.browser",
		`"status":"Success","location":"CH"`:                     "",
		`"status":{"errorCode":"zero","failureReason":"Other."}`: "status.errorCode",
		`"aFieldOfTomorrow":[[1]]`:                               "",
	} {
		for _, doc := range []string{`{` + fields + `}`, `{"category":"SignInLogs","resourceId":"/tenants/a","properties":{` + fields + `}}`} {
			if got := strings.Join(misreadNames(doc), " "); got != want {
				t.Errorf("%s misreads %q, want %q", doc, got, want)
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

// TestMisreadOfRealRecords: what was read of real records is not called misread.
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
		}
	}
	if records < 20 {
		t.Errorf("only %d records were looked at", records)
	}
}

// FuzzMisread reads any text without failing, and names each field once.
func FuzzMisread(f *testing.F) {
	for _, doc := range []string{`{"properties":{"deviceDetail":"{"}}`, `{"status":"{}","location":[1]}`, `[]`, `{"properties":[]}`, `{"authenticationDetails":"[{"}`, `{"a`} {
		f.Add(doc)
	}
	f.Fuzz(func(t *testing.T, doc string) {
		for _, m := range Misread([]byte(doc)) {
			if m.Name == "" {
				t.Errorf("a field without a name is misread: %+v", m)
			}
		}
	})
}
