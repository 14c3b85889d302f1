package directory

import (
	"fmt"
	"testing"

	"signpost/store"
	"signpost/store/dbfile"
	"signpost/store/kinds"
	"signpost/store/sqlite"
	"signpost/store/storetest"
)

// openJoined opens a log engine and a directory.
func openJoined(t *testing.T) *Joined {
	t.Helper()
	folder := t.TempDir()
	engine, err := sqlite.Open(t.Context(), folder, kinds.Catalog, storetest.Decode)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	return Join(engine, open(t, folder))
}

// putSome puts a batch of so many new sign-ins.
func putSome(t *testing.T, j *Joined, importID int64, from, to int) {
	t.Helper()
	var records []store.Record
	for i := from; i < to; i++ {
		records = append(records, storetest.Copy(store.SignIn{Log: store.NonInteractive, ID: fmt.Sprintf("%08x-0000-4000-8000-000000000000", i), Time: storetest.Noon}))
	}
	batch, err := j.Prepare(records)
	if err == nil {
		_, err = j.Commit(t.Context(), importID, batch)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// What a full disk keeps out of the ledger is counted once there is room, and the batch is stored all the same.
func TestCountsWaitForRoom(t *testing.T) {
	j := openJoined(t)
	id, err := j.BeginImport(t.Context(), store.ImportFile{Path: "file"})
	if err != nil {
		t.Fatal(err)
	}
	counts := func() string {
		list, err := j.Imports(t.Context(), 0, 10)
		if err != nil || len(list) != 1 {
			t.Fatalf("%v, %v", list, err)
		}
		return fmt.Sprint(list[0].New, list[0].Updated, list[0].Same)
	}
	check := func(when, want string) {
		t.Helper()
		if got := counts(); got != want {
			t.Errorf("%s: %s, want %s", when, got, want)
		}
	}
	full, room := dbfile.NewReserve(t.TempDir(), 1<<60, false), dbfile.NewReserve(t.TempDir(), 0, false)
	putSome(t, j, id, 0, 10)
	check("at first", "10 0 0")
	j.directory.writer.KeepBack(full)
	putSome(t, j, id, 5, 20)
	putSome(t, j, id, 20, 30)
	check("while the disk is full", "10 0 0")
	if err := j.EndImport(t.Context(), id, store.ImportReport{Path: "file"}); err == nil {
		t.Error("the import ended, and nobody could note it")
	}
	j.directory.writer.KeepBack(room)
	putSome(t, j, id, 30, 31)
	check("with room again", "31 0 5")
	j.directory.writer.KeepBack(full)
	putSome(t, j, id, 31, 40)
	j.directory.writer.KeepBack(room)
	if err := j.EndImport(t.Context(), id, store.ImportReport{Path: "file"}); err != nil {
		t.Fatal(err)
	}
	check("in the end", "40 0 5")
	total, err := j.Total(t.Context(), store.ListQuery{Log: store.NonInteractive, Range: store.AllTime()})
	if err != nil || total.N != 40 {
		t.Errorf("%d sign-ins, %v", total.N, err)
	}
}

// All questions of one request see one state of the directory, whatever is imported meanwhile.
func TestSnapshotOfTheDirectory(t *testing.T) {
	j := openJoined(t)
	group := func(members ...string) {
		m := store.Membership{Group: "g", Whole: true}
		for _, id := range members {
			m.Members = append(m.Members, store.Member{ID: id})
		}
		putObjects(t, j, directoryTime, store.DirectoryBatch{Memberships: []store.Membership{m}, Objects: []store.Object{{Kind: store.ObjectUser, ID: "a", Name: fmt.Sprint(len(members))}}})
	}
	group("a", "b")
	ctx, release, err := j.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	said := func() string {
		info, err := j.Membership(ctx, "g")
		if err != nil {
			t.Fatal(err)
		}
		o, err := j.Object(ctx, store.ObjectUser, "a")
		if err != nil {
			t.Fatal(err)
		}
		_, n, err := j.GroupsOf(ctx, "b", 10)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(info.N, " ", o.Name, " ", n)
	}
	for range 2 {
		if got := said(); got != "2 2 1" {
			t.Errorf("in the snapshot: %s", got)
		}
		group("a")
	}
	release()
	ctx = t.Context()
	if got := said(); got != "1 1 0" {
		t.Errorf("after it: %s", got)
	}
}
