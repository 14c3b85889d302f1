package export_test

import (
	"net/url"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/export"
)

// A file goes on behind the sign-in that it ended with. In a file of lines an event stands before the line that it
// is folded into, so the line is written once more. In a file of events each event has a place of its own.
func TestGoOnBehindAnEvent(t *testing.T) {
	db := demoStore(t, 3000)
	rows, err := db.Page(t.Context(), store.ListQuery{Log: store.Interactive, Range: store.AllTime(), AllEvents: true, Limit: 300})
	if err != nil {
		t.Fatal(err)
	}
	folded := 0
	for i := range rows.Rows {
		row := &rows.Rows[i]
		record, err := db.Get(t.Context(), store.GetQuery{Ref: store.Ref{Log: store.Interactive, ID: row.SignIn().ID}})
		if err != nil {
			t.Fatal(err)
		}
		line := record.Key
		if record.SignIn().ID != row.SignIn().ID {
			folded++
			line = line.Next()
		}
		for events, want := range map[string]store.Key{"": line, "all": row.Key} {
			params := url.Values{"range": {"30d"}, "after": {row.SignIn().ID}}
			if events != "" {
				params.Set("events", events)
			}
			r, err := export.Parse(t.Context(), db, store.Interactive, export.NDJSON, params, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			if r.Query.After == nil || r.Query.After.Key != want {
				t.Errorf("%s, events %q: goes on at %v, want %s", row.SignIn().ID, events, r.Query.After, want)
			}
		}
	}
	if folded == 0 {
		t.Error("no event is folded: this tests little")
	}
}
