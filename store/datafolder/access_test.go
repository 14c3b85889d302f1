package datafolder_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/access"
	"signpost/store/accesslog"
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
		"subject=nobody": 0, "subjectname=bo": 3, "subjectname=u2": 0, "subjectname=u3": 3, "record=0b5a5f0e-6f4c-4a53-9a1e-0c6de0f2a00a": 3, "rows=2": 1, "reason=they asked": 3, "ticket=t-1": 3, "number=3": 1, "request=" + last.Head().ID: 1, "agent=curl/8": 3, "hash=" + last.Hash: 1,
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

// inFile runs statements in a file of a closed folder.
func inFile(t *testing.T, folder, file string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(folder, file))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range statements {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// withLooks is a closed folder with n records in its access log, and in the copy.
func withLooks(t *testing.T, n int) (path string) {
	t.Helper()
	path = t.TempDir()
	f := openFolder(t, path)
	for i := range n {
		if err := f.Access().Append(t.Context(), aLook(i)); err != nil {
			t.Fatal(err)
		}
	}
	if got := count(t, f, nil); got != int64(n) {
		t.Fatalf("%d records, want %d", got, n)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// places gives what a checkup finds damaged.
func places(t *testing.T, f *datafolder.Folder) (list []string) {
	t.Helper()
	report, err := f.Checkup(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range report.Damages {
		list = append(list, d.Place)
	}
	return list
}

// The copy is made again from the log: after it was lost, and where a part of it was never made.
func TestTheCopyIsMadeAgain(t *testing.T) {
	t.Parallel()
	path := withLooks(t, 2500)
	f := openFolder(t, path)
	if found := places(t, f); len(found) > 0 {
		t.Fatalf("nothing was done, and found is %v", found)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	// A folder whose main.db is older than its access.db, as after a restore by hand.
	other := t.TempDir()
	openFolder(t, other).Close()
	for _, name := range []string{"access.db", "portal.db"} {
		content, err := os.ReadFile(filepath.Join(path, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(other, name), content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	f = openFolder(t, other)
	if got := count(t, f, nil); got != 2500 {
		t.Errorf("%d records, want 2500", got)
	}
	if found := places(t, f); len(found) > 0 {
		t.Errorf("found is %v", found)
	}
	if err := f.Reindex(t.Context(), func(int64) {}); err != nil {
		t.Fatal(err)
	}
	if got := count(t, f, nil); got != 2500 {
		t.Errorf("after a reindex: %d records, want 2500", got)
	}
}

// Whoever writes the whole chain again, and all kept heads with it, still has to change the copy.
func TestTheCopyNamesWhatWasWrittenAgain(t *testing.T) {
	t.Parallel()
	path := withLooks(t, 30)
	inFile(t, path, "access.db", "DROP TRIGGER records_are_not_changed", "DELETE FROM records")
	inFile(t, path, "portal.db", "DELETE FROM access_head")
	log, err := accesslog.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	for n := range 30 {
		if err := log.Append(t.Context(), aLook(n+1)); err != nil {
			t.Fatal(err)
		}
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	found := places(t, openFolder(t, path))
	for n := 1; n <= 30; n++ {
		if place := fmt.Sprintf("the copy of the access log, record %d", n); !slices.Contains(found, place) {
			t.Errorf("record %d is not named: %v", n, found)
		}
	}
}

// A backup has the access log, and what is restored of it goes on.
func TestBackupOfTheAccessLog(t *testing.T) {
	t.Parallel()
	path := withLooks(t, 20)
	file, restored := filepath.Join(t.TempDir(), "a.zip"), filepath.Join(t.TempDir(), "restored")
	if _, err := datafolder.Backup(t.Context(), path, file, "test", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := datafolder.Restore(t.Context(), file, restored, nil); err != nil {
		t.Fatal(err)
	}
	f := openFolder(t, restored)
	if found := places(t, f); len(found) > 0 {
		t.Errorf("found is %v", found)
	}
	r := aLook(1)
	if err := f.Access().Append(t.Context(), r); err != nil || r.Number.N != 21 {
		t.Errorf("the next record is %+v, %v", r.Number, err)
	}
}

// The copy is made by itself, a while after a record was appended.
func TestTheCopyIsMadeInTheBackground(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	f := openFolder(t, path)
	if err := f.Access().Append(t.Context(), aLook(1)); err != nil {
		t.Fatal(err)
	}
	for range 200 { // a snapshot for other questions does not ask for it
		ctx, release, err := f.Snapshot(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_, ok, err := f.Newest(ctx, store.Interactive)
		release()
		if err != nil || ok {
			t.Fatal(ok, err)
		}
		if main, err := sql.Open("sqlite", filepath.Join(path, "main.db")); err == nil {
			var rows int
			err = main.QueryRowContext(t.Context(), "SELECT count(*) FROM rows_access").Scan(&rows)
			_ = main.Close()
			if err == nil && rows == 1 {
				return
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Error("the copy was not made within 10 seconds")
}

// Retention is a record like others. The copy of what it removed stays in the engine, and is no damage.
func TestForgottenAccessRecords(t *testing.T) {
	t.Parallel()
	f := openFolder(t, withLooks(t, 5))
	removed, err := f.Access().Forget(t.Context(), time.Now().Add(time.Minute), &access.Record{Account: "root"})
	if err != nil || removed != 5 {
		t.Fatalf("removed %d, %v", removed, err)
	}
	if err := f.Access().Append(t.Context(), aLook(6)); err != nil {
		t.Fatal(err)
	}
	if got := count(t, f, map[string][]string{"action": {"forget"}, "removednumber": {"5"}, "account": {"root"}, "rows": {"5"}, "log": {"access"}}); got != 1 {
		t.Errorf("%d records of the removal", got)
	}
	if found := places(t, f); len(found) > 0 {
		t.Errorf("found is %v", found)
	}
}
