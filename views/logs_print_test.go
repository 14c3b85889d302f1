package views

import (
	"testing"
	"time"

	"signpost/store"
)

func TestPrintWords(t *testing.T) {
	user, _ := store.SignIns.Field("user")
	status, _ := store.SignIns.Field("status")
	os, _ := store.SignIns.Field("os")
	filter := store.Filter{}.With(user, store.OpIs, "ada").With(user, store.OpIs, "bo").With(status, store.OpIsNot, "success").With(os, store.OpIs, "iOS")
	q := store.Query{Filter: filter, Range: store.Range{From: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)}, Window: store.Window6h}
	got := LogPage{List: List{Log: store.ManagedIdentity}, Query: q}.printWords()
	want := "Managed identity sign-ins; Date: 2026-11-22 00:00 to 2026-11-23 00:00 UTC; Status is not Success; " +
		"Operating system: iOS (not used here: not a field of this log); User: ada (not used here: not a field of this log); User: bo (not used here: not a field of this log); Time aggregate: 6 hours"
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if got := (LogPage{List: List{Log: store.Interactive}, Query: q}).printWords(); got != "User sign-ins (interactive); Date: 2026-11-22 00:00 to 2026-11-23 00:00 UTC; Operating system: iOS; Status is not Success; User: ada or User: bo" {
		t.Errorf("got %q", got)
	}
}
