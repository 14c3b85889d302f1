package importer

import (
	"strings"
	"testing"

	"signpost/store"
	"signpost/store/access"
	"signpost/store/kinds"
)

const anAccessRecord = `"id":"0b5a5f0e-6f4c-4a53-9a1e-0c6de0f2a009","createdDateTime":"2026-11-28T11:48:00.123456Z","number":7,"accountName":"ada","accountId":"1","roles":["user"],"action":"open","outcome":"allowed","subjects":[{"id":"u1"}],"previousHash":"00","hash":"ff"`

// No file brings records of the access log in, whatever it says of them. They are named, and the records of other kinds in it are
// read.
func TestNoImportOfTheAccessLog(t *testing.T) {
	for name, file := range map[string]string{
		"Azure Monitor":       `{"time":"2026-11-28T12:00:00Z","category":"AccessLogs","properties":{` + anAccessRecord + `}}`,
		"another spelling":    `{"Time":"2026-11-28T12:00:00Z","Category":"accesslogs","Properties":{` + anAccessRecord + `}}`,
		"no category":         `{"time":"2026-11-28T12:00:00Z","operationName":"x","properties":{` + anAccessRecord + `}}`,
		"plain":               `{` + anAccessRecord + `}`,
		"a list":              `[{` + anAccessRecord + `}]`,
		"an answer":           `{"value":[{` + anAccessRecord + `}]}`,
		"a category, no keys": `{"time":"2026-11-28T12:00:00Z","category":"AccessLogs","properties":{"id":"1"}}`,
	} {
		w := newFakeWriter()
		w.catalog = kinds.Catalog
		report, err := New(w, Options{}).Reader(t.Context(), "x", strings.NewReader(file+"\n"+aSignIn+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		if report.Skipped != 1 || report.New != 1 || report.LogCounts[access.Log] != 0 || !strings.Contains(strings.Join(report.CannotShow, " "), "access records") {
			t.Errorf("%s: %+v", name, report)
		}
		if _, err := Decoder(kinds.Catalog)("", []byte(strings.TrimSuffix(strings.TrimPrefix(file, "["), "]"))); err == nil {
			t.Errorf("%s is decoded without its log", name)
		}
	}
	e, err := Decoder(kinds.Catalog)(access.Log, []byte(`{`+anAccessRecord+`}`))
	if r, ok := e.(*access.Record); err != nil || !ok || r.Number != store.IntOf(7) || r.Head().Log != access.Log || len(r.Subjects) != 1 || r.Hash != "ff" {
		t.Errorf("by its log: %+v, %v", e, err)
	}
}
