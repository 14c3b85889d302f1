package main

import (
	"strings"
	"testing"

	"signpost/store"
	"signpost/store/access"
)

// What the owner does on the command line stands in the access log too.
func TestCommandLineStandsInTheAccessLog(t *testing.T) {
	data := t.TempDir()
	addPerson(t, data, "ada", "global-administrator")
	if status, _, complaint := signpost(t, "user", "set-role", "--data", data, "ada", "--role", "reports-reader", "--role", "global-administrator"); status != 0 {
		t.Fatalf("set-role: %d, %s", status, complaint)
	}
	if status, _, complaint := signpost(t, "import", "--data", data, smallExport(t)); status != 0 {
		t.Fatalf("import: %d, %s", status, complaint)
	}
	if status, _, complaint := signpost(t, "export", "--data", data, "--log", "interactive", "--format", "csv", "--query", "status=success&from=2000-01-01&to=2100-01-01", "--out", data+"/out.csv"); status != 0 {
		t.Fatalf("export: %d, %s", status, complaint)
	}
	db := openFolder(t, data)
	page, err := db.Records(t.Context(), store.RecordsQuery{ListQuery: store.ListQuery{Log: access.Log, Range: store.AllTime(), Limit: 10}})
	if err != nil {
		t.Fatal(err)
	}
	success, err := db.Total(t.Context(), store.ListQuery{Log: store.Interactive, Range: store.AllTime(), Filter: store.Filter{}.With(store.StatusField, store.OpIs, "success")})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range page.Records {
		r := page.Records[i].Entry.(*access.Record)
		if !strings.HasSuffix(r.Account, "on the command line)") {
			t.Errorf("done by %q", r.Account)
		}
		if r.Action == access.Export && (r.Rows.N != success.N || !strings.Contains(r.Query, "status=success")) {
			t.Errorf("the export of %q has %d rows, want %d", r.Query, r.Rows.N, success.N)
		}
		got = append(got, string(r.Action))
	}
	if strings.Join(got, " ") != "export roles roles" {
		t.Errorf("the access log has %q", got)
	}
}
