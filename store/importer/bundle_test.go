package importer

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"signpost/store"
)

// bundleOf is an archive with a manifest.
func bundleOf(t *testing.T, manifest string) *zip.Reader {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.Create(bundleManifestName)
	if err == nil {
		_, err = f.Write([]byte(manifest))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	archive, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return archive
}

// A bundle holds its range whole where its list had no filter and its log no gap, as far as the log's files reached.
func TestBundleStatesItsRange(t *testing.T) {
	manifest := func(query, coverage string) string {
		return `{"kind":"signpost evidence","log":"interactive","from":"2026-11-20T00:00:00Z","to":"2026-11-22T00:00:00Z","query":"` + query + `","logs":[{"log":"interactive","coverage":` + coverage + `}]}`
	}
	const whole = `{"since":"2026-11-20T06:00:00Z","complete_to":"2026-11-21T09:00:00Z","gaps":[],"whole":true,"cut_files":0}`
	day := func(text string) time.Time {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	stated := map[store.Log]store.Span{store.Interactive: {First: day("2026-11-20T06:00:00Z"), Last: day("2026-11-21T09:00:00Z")}}
	for _, test := range []struct {
		name, manifest string
		want           map[store.Log]store.Span
	}{
		{"whole", manifest("from=2026-11-20T00%3A00%3A00Z&to=2026-11-22T00%3A00%3A00Z", whole), stated},
		{"a filter", manifest("range=7d&status=failure", whole), nil},
		{"a gap", manifest("range=7d", `{"since":"2026-11-20T06:00:00Z","complete_to":"2026-11-21T09:00:00Z","gaps":[{}],"whole":true}`), nil},
		{"a cut file", manifest("range=7d", `{"since":"2026-11-20T06:00:00Z","complete_to":"2026-11-21T09:00:00Z","gaps":[],"whole":true,"cut_files":1}`), nil},
		{"not looked at whole", manifest("range=7d", `{"since":"2026-11-20T06:00:00Z","complete_to":"2026-11-21T09:00:00Z","gaps":[],"whole":false}`), nil},
		{"no files", manifest("range=7d", `{"since":null,"complete_to":null,"gaps":[],"whole":true}`), nil},
		{"no coverage", manifest("range=7d", "null"), nil},
		{"another kind", `{"kind":"signpost csv","log":"interactive"}`, nil},
		{"no JSON", `{"kind":`, nil},
	} {
		if diff := cmp.Diff(test.want, statedBy(bundleOf(t, test.manifest))); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

// Whatever a manifest says, it states a range that ends after its start and inside the range of the bundle, or nothing.
func FuzzBundleManifest(f *testing.F) {
	for _, text := range []string{
		`{}`, `{"kind":"signpost evidence","log":"interactive","from":"2026-11-20T00:00:00Z","to":"2026-11-22T00:00:00Z","query":"range=7d","logs":[{"log":"interactive","coverage":{"since":"2026-11-20T06:00:00Z","complete_to":"2026-11-21T09:00:00Z","gaps":[],"whole":true}}]}`,
		`{"query":"%zz","logs":[{}]}`, `{"from":"0001-01-01T00:00:00Z","to":"9999-12-31T00:00:00Z","logs":[{"coverage":{"since":"0001-01-01T00:00:00Z","complete_to":"9999-12-31T00:00:00Z","whole":true}}]}`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var m bundleManifest
		if json.Unmarshal([]byte(text), &m) != nil {
			return
		}
		for log, span := range m.stated() {
			if log != m.Log || !span.First.Before(span.Last) || span.First.Before(m.From) || span.Last.After(m.To) || !store.InReach(span.First) || !store.InReach(span.Last) {
				t.Errorf("%s: states %v of %s", text, span, log)
			}
		}
	})
}
