package export_test

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"signpost/store"
	"signpost/store/export"
	"signpost/store/kinds"
)

func TestSetAside(t *testing.T) {
	db := openStore(t)
	for _, test := range []struct {
		log    store.Log
		format export.Format
		query  string
		header string
	}{
		{store.Interactive, export.CSV, "user=ada&status=failure", ""},
		{store.Interactive, export.JSON, "user=ada&sp=x&mitype.not=a&mitype.not=b", `interactive="mitype.not=a&mitype.not=b&sp=x"`},
		{store.ServicePrincipal, export.XLSX, "user=Ada+\"x\"&risk=high", `serviceprincipal="user=Ada+%22x%22"`},
		{store.ManagedIdentity, export.NDJSON, "ip=192.0.2.7", `managedidentity="ip=192.0.2.7"`},
		{store.ManagedIdentity, export.Evidence, "ip=192.0.2.7", `managedidentity="ip=192.0.2.7"`},
		{store.Interactive, export.ZIP, "user=ada&ip=192.0.2.7&sp=x", `interactive="sp=x", noninteractive="sp=x", serviceprincipal="user=ada", managedidentity="ip=192.0.2.7&user=ada"`},
		{store.Interactive, export.ZIP, "status=failure", ""},
	} {
		params, err := url.ParseQuery(test.query)
		if err != nil {
			t.Fatal(err)
		}
		r, err := export.Parse(t.Context(), db, test.log, test.format, params, made)
		if err != nil {
			t.Fatal(err)
		}
		if got := export.SetAsideHeader(r.SetAside(kinds.Catalog)); got != test.header {
			t.Errorf("%s of %s, %s: %s, want %s", test.format, test.log, test.query, got, test.header)
		}
	}
}

// Servers on the way would refuse a head of many thousand bytes, so the header has only the names of the
// conditions.
func TestSetAsideHeaderIsBounded(t *testing.T) {
	params := url.Values{"sp.not": {"one"}}
	for n := range store.MaxFilterValues - 1 {
		params.Add("key", strings.Repeat("k", 900)+string(rune('a'+n%26))+strings.Repeat("x", n/26))
	}
	r, err := export.Parse(t.Context(), openStore(t), store.Interactive, export.CSV, params, made)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := export.SetAsideHeader(r.SetAside(kinds.Catalog)), `interactive="key&sp.not"`; got != want {
		t.Errorf("got %.200s, want %s", got, want)
	}
}

// Both archives name the conditions that were set aside, to people and to programs.
func TestArchivesTellWhatIsSetAside(t *testing.T) {
	db := demoStore(t, 1500)
	const query = "from=2026-11-21T00:00:00Z&to=2026-11-23T14:05:00Z&sp.has=x&os.not=Linux"
	for format, want := range map[export.Format]map[store.Log][]string{
		export.ZIP: {
			store.Interactive: {"sp.has=x"}, store.NonInteractive: {"sp.has=x"}, store.ServicePrincipal: {"os.not=Linux"}, store.ManagedIdentity: {"os.not=Linux"},
		},
		export.Evidence: {store.Interactive: {"sp.has=x"}, store.NonInteractive: {}, store.ServicePrincipal: {}, store.ManagedIdentity: {}},
	} {
		r := parsed(t, db, format, query)
		r.Imports = db
		files, _ := unpacked(t, exported(t, db, r))
		var m struct {
			Logs []struct {
				Log      store.Log
				SetAside []string `json:"set_aside"`
			}
			Files []struct {
				Name string
				Rows int64
				Size int64
			}
		}
		if err := json.Unmarshal(files["manifest.json"], &m); err != nil {
			t.Fatal(err)
		}
		for _, log := range m.Logs {
			if log.SetAside == nil || !slices.Equal(log.SetAside, want[log.Log]) {
				t.Errorf("%s, %s: %q, want %q", format, log.Log, log.SetAside, want[log.Log])
			}
			for _, aside := range want[log.Log] {
				if text := string(files["README.txt"]); !strings.Contains(text, aside) || !strings.Contains(text, "the "+string(log.Log)+" log") {
					t.Errorf("%s: the text does not say %s of %s:\n%s", format, aside, log.Log, text)
				}
			}
		}
		if len(m.Logs) != len(store.SignIns.Logs) {
			t.Errorf("%s: %d logs", format, len(m.Logs))
		}
		for _, file := range m.Files {
			if int(file.Size) != len(files[file.Name]) {
				t.Errorf("%s: the manifest says %d bytes of %s, which has %d", format, file.Size, file.Name, len(files[file.Name]))
			}
		}
	}
}
