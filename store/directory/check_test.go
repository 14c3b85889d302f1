package directory

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/dbfile"
)

// filled is a folder with a directory of some pages and a ledger, closed.
func filled(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	db, err := Open(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	batch := store.DirectoryBatch{At: directoryTime, Memberships: []store.Membership{{Group: "g1", Whole: true}, {Group: "g2"}}}
	for i := range 300 {
		id := fmt.Sprintf("user-%d", i)
		batch.Objects = append(batch.Objects, store.Object{
			Kind: store.ObjectUser, ID: id, Name: fmt.Sprintf("Name %d", i), Username: id + "@example.com", Type: "Member", Enabled: store.True, Created: directoryTime,
			Facts: []store.KeyValue{{Key: "city", Value: "Bergen"}},
		})
		m := &batch.Memberships[i%2]
		m.Members = append(m.Members, store.Member{ID: id, Kind: store.ObjectUser, Name: fmt.Sprintf("Name %d", i)})
	}
	batch.Objects = append(batch.Objects, store.Object{Kind: store.ObjectApplication, ID: "app", AppID: "app", Details: store.AppDetails{ReplyURLs: []string{"https://a.example"}, Keys: []store.Credential{{KeyID: "k"}}}})
	batch.Ownerships = []store.Ownership{{Object: "app", Owners: []store.Member{{ID: "user-1", Kind: store.ObjectUser}}, Whole: true}}
	batch.States = people(100)
	putObjects(t, db, directoryTime, batch)
	changed := *batch.States[7].(*store.Registration)
	changed.Methods = append(changed.Methods, "email")
	putObjects(t, db, directoryTime.Add(time.Hour), store.DirectoryBatch{States: []store.StateRow{&changed}})
	for i := range 50 {
		id, err := db.BeginImport(t.Context(), store.ImportFile{Path: fmt.Sprintf("file %d", i), Format: "graph"})
		if err == nil {
			err = db.count(t.Context(), id, counted{1, 2, 3, 4})
		}
		if err == nil {
			err = db.EndImport(t.Context(), id, store.ImportReport{Path: fmt.Sprintf("file %d", i), Read: 9, RejectedFile: &store.RejectedFile{Records: []store.RejectedText{{Record: int64(i), Text: fmt.Appendf(nil, "record %d", i*i)}}}}, nil)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return folder
}

// told is all that a directory tells, and whether a check finds it damaged.
func told(t *testing.T, folder string) (said string, found bool) {
	t.Helper()
	db, err := Open(t.Context(), folder)
	if err != nil {
		return "", true
	}
	defer db.Close() //nolint:errcheck // of a damaged file
	var report store.Checkup
	if err := db.Check(t.Context(), &report); err != nil || report.Total > 0 {
		return "", true
	}
	ask := func(answer any, err error) {
		if err != nil {
			found = true
		}
		said += fmt.Sprintf("%+v\n", answer)
	}
	for i := range 300 {
		o, err := db.Object(t.Context(), store.ObjectUser, fmt.Sprintf("user-%d", i))
		ask(o, err)
		groups, n, err := db.GroupsOf(t.Context(), fmt.Sprintf("user-%d", i), 10)
		ask(fmt.Sprint(groups, n), err)
	}
	state, err := db.DirectoryState(t.Context())
	ask(state, err)
	rows, err := db.Registrations(t.Context(), store.RegistrationsQuery{Limit: 100})
	ask(rows, err)
	fresh, err := db.NewRegistrations(t.Context(), directoryTime, store.RegistrationsQuery{})
	ask(fresh, err)
	apps, err := db.AppsTold(t.Context(), nil, nil)
	ask(apps, err)
	list, err := db.Imports(t.Context(), 0, 100)
	ask(list, err)
	past, err := db.PastImports(t.Context(), store.ImportsQuery{Limit: 100})
	ask(past, err)
	for i := range int64(50) {
		rejected, err := db.RejectedOf(t.Context(), i+1)
		ask(rejected, err)
	}
	return said, found
}

// Whatever bit of directory.db is flipped: either everything is told as before, or a check finds it.
func TestCheckFindsFlippedBits(t *testing.T) {
	t.Parallel()
	flips := 60
	if os.Getenv("SIGNPOST_SOAK") != "" {
		flips = 1500
	}
	folder := filled(t)
	want, found := told(t, folder)
	if found {
		t.Fatal("it is damaged before any bit is flipped")
	}
	whole, err := os.ReadFile(filepath.Join(folder, File))
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 16))
	damaged := 0
	for range flips {
		at, bit := r.IntN(len(whole)), byte(1)<<r.IntN(8)
		flipped, b := t.TempDir(), append([]byte{}, whole...)
		b[at] ^= bit
		if err := os.WriteFile(filepath.Join(flipped, File), b, 0o600); err != nil {
			t.Fatal(err)
		}
		said, found := told(t, flipped)
		if found {
			damaged++
		}
		if !found && said != want {
			t.Errorf("bit %#x at %d of %d: it tells something else, and no check finds it", bit, at, len(whole))
		}
	}
	if damaged == 0 {
		t.Errorf("none of %d flips was found", flips)
	}
}

// A row that somebody changed by hand is found by its sum, in every table that has one.
func TestCheckFindsChangedRows(t *testing.T) {
	for _, statement := range []string{
		"UPDATE directory SET name = 'x' WHERE id = 'user-7'", "UPDATE members SET name = 'x' WHERE id = 'user-7'",
		"UPDATE memberships SET as_of = as_of + 1 WHERE grp = 'g1'", "UPDATE imports SET added = added + 1 WHERE id = 7",
		"UPDATE states SET marks = '' WHERE id LIKE '%007'", "UPDATE state_versions SET until = until + 1", "UPDATE app_details SET doc = '{}'",
		"UPDATE owners SET name = 'x'", "UPDATE ownerships SET whole = 0",
	} {
		folder := filled(t)
		w, err := dbfile.OpenWriter(filepath.Join(folder, File))
		if err == nil {
			_, err = w.Exec(statement)
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		var report store.Checkup
		if err := open(t, folder).Check(t.Context(), &report); err != nil || report.Total != 1 {
			t.Errorf("%s: %d damages, %v", statement, report.Total, err)
		}
	}
}
