package datafolder_test

import (
	"strings"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/access"
	"signpost/store/datafolder"
	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/store/portal"
)

func openFolder(t *testing.T, path string) *datafolder.Folder {
	t.Helper()
	f, err := datafolder.Open(t.Context(), path, kinds.Catalog, importer.Decoder(kinds.Catalog))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() }) // it may be closed already
	return f
}

func aLook(n int) *access.Record {
	return &access.Record{
		Account: "ada", AccountID: "1", Roles: []string{"security-reader", "user"}, PersonID: "0b5a5f0e-6f4c-4a53-9a1e-0c6de0f2a009", Action: access.List, Outcome: access.Allowed,
		Address: "192.0.2.7", UserAgent: "curl/8", Page: "/logs/interactive", Log: store.Interactive, Query: `user="Bo" <b>`, Rows: store.IntOf(int64(n)),
		Subjects: []access.Subject{{ID: "u2", Username: "bo@example.com", Name: "Bo"}, {ID: "u3"}}, RecordID: "0b5a5f0e-6f4c-4a53-9a1e-0c6de0f2a00a", Reason: "they asked", Ticket: "T-1",
	}
}

func count(t *testing.T, f *datafolder.Folder, query map[string][]string) int64 {
	t.Helper()
	q, bad := access.Kind.ParseQuery(query, time.Now())
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	total, err := f.Total(t.Context(), store.ListQuery{Log: access.Log, Range: store.AllTime(), Filter: q.Filter})
	if err != nil {
		t.Fatal(err)
	}
	return total.N
}

// What was appended is seen by the next question, is the same record, and is found by each of its fields.
func TestAccessRecordsAreAsked(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	f := openFolder(t, path)
	var last *access.Record
	for n := range 3 {
		last = aLook(n)
		if err := f.Access().Append(t.Context(), last); err != nil {
			t.Fatal(err)
		}
		if got := count(t, f, nil); got != int64(n+1) {
			t.Fatalf("%d records, want %d", got, n+1)
		}
	}
	for query, want := range map[string]int64{
		"account=ada": 3, "account=1": 3, "role=security-reader": 3, "role=user": 3, "role=global-reader": 0, "person=0b5a5f0e-6f4c-4a53-9a1e-0c6de0f2a009": 3, "action=list": 3, "action=open": 0,
		"status=allowed": 3, "status=refused": 0, "ip=192.0.2.": 3, "page=/logs/interactive": 3, "log=interactive": 3, `query.has="bo"`: 3, "subject=bo": 3, "subject=u3": 3, "subject=BO@example.com": 3,
		"subject=nobody": 0, "record=0b5a5f0e-6f4c-4a53-9a1e-0c6de0f2a00a": 3, "rows=2": 1, "reason=they asked": 3, "ticket=t-1": 3, "number=3": 1, "request=" + last.Head().ID: 1, "agent=curl/8": 3, "hash=" + last.Hash: 1,
	} {
		name, value, _ := strings.Cut(query, "=")
		if got := count(t, f, map[string][]string{name: {value}}); got != want {
			t.Errorf("%s finds %d, want %d", query, got, want)
		}
	}
	record, err := f.Get(t.Context(), store.GetQuery{Ref: store.Ref{Log: access.Log, ID: last.Head().ID}})
	if err != nil {
		t.Fatal(err)
	}
	got := record.Entry.(*access.Record)
	if got.Hash != last.Hash || got.PreviousHash != last.PreviousHash || !got.Head().Time.Equal(last.Head().Time) || got.Query != last.Query || len(got.Subjects) != 2 || got.Subjects[0] != last.Subjects[0] || len(got.Roles) != 2 {
		t.Errorf("got %+v, want %+v", got, last)
	}
	// A snapshot that is for the log sees what was appended before it.
	if err := f.Access().Append(t.Context(), aLook(9)); err != nil {
		t.Fatal(err)
	}
	ctx, release, err := f.Snapshot(store.Fresh(t.Context(), access.Log))
	if err != nil {
		t.Fatal(err)
	}
	total, err := f.Total(ctx, store.ListQuery{Log: access.Log, Range: store.AllTime()})
	release()
	if err != nil || total.N != 4 {
		t.Errorf("a snapshot has %d, %v", total.N, err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	head, err := portal.KeptAccessHead(t.Context(), path)
	if err != nil || head.Number != 4 || !head.Closed {
		t.Errorf("portal.db keeps %+v, %v", head, err)
	}
	f = openFolder(t, path)
	if err := f.Access().Append(t.Context(), aLook(10)); err != nil {
		t.Fatal(err)
	}
	if got := count(t, f, nil); got != 5 {
		t.Errorf("after a restart %d records, want 5", got)
	}
}
