package sqlite

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store"
	"signpost/store/storetest"
)

// openStill opens an engine that leaves the background work to the test.
func openStill(t *testing.T, folder string) *DB {
	t.Helper()
	sizes := tinySizes(rand.New(rand.NewPCG(1, 1)))
	sizes.sealRows = 1 << 30 // nothing wakes the sealer
	db, err := Open(t.Context(), folder, signInsOnly, storetest.Decode, withSizes(sizes))
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func commitCopies(t *testing.T, db *DB, copies ...store.SignIn) {
	t.Helper()
	records := make([]store.Record, len(copies))
	for i := range copies {
		records[i] = storetest.Copy(copies[i])
	}
	imported(t, db, records)
}

// seenWords are the last sign-ins of an engine as texts.
func seenWords(t *testing.T, db *DB) (list []string) {
	t.Helper()
	err := db.read(t.Context(), func(v *view) error {
		seen, err := v.lastSeen(t.Context())
		if err != nil {
			return err
		}
		if list = nil; !seen.complete {
			list = append(list, "not complete")
		}
		for e := range seen.byCode {
			columns := db.entityColumns(store.Entity(e))
			for code := range seen.byCode[e] {
				if l := seen.of(store.Entity(e), int64(code)); l.newest != never {
					list = append(list, seenWord(e, columns.entity.words.text(int64(code)), columns.name.words.text(l.name), timeOf(l.newest), timeOf(l.success)))
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(list)
	return list
}

func seenWord(entity int, id, name string, newest, success time.Time) string {
	return fmt.Sprintf("%d %s called %s, newest %s, success %s", entity, id, name, newest.Format(time.RFC3339Nano), success.Format(time.RFC3339Nano))
}

// rowWords are the last sign-ins as a plain loop over all rows finds them.
func rowWords(t *testing.T, db *DB) (list []string) {
	t.Helper()
	type last struct {
		key, success rowKey
		name         string
	}
	for e := range entityKinds {
		entity, found := store.Entity(e), map[string]last{}
		for _, info := range store.SignIns.Logs {
			if !slices.Contains(store.EntitiesOf(info), entity) {
				continue
			}
			for _, row := range allRows(t, db, store.ListQuery{Log: info.Log, Range: store.AllTime(), AllEvents: true, Limit: store.MaxLimit}) {
				id := strings.ToLower(*entity.Property().Text(row.SignIn()))
				l, ok := found[id]
				if !ok {
					l = last{never, never, ""}
				}
				k, _ := keyOf(row.Key)
				if k > l.key {
					l.key, l.name = k, *entity.NameProperty().Text(row.SignIn())
				}
				if row.SignIn().Status() == store.StatusSuccess {
					l.success = max(l.success, k)
				}
				if found[id] = l; id == "" {
					delete(found, id)
				}
			}
		}
		for id, l := range found {
			list = append(list, seenWord(e, id, l.name, timeOf(l.key), timeOf(l.success)))
		}
	}
	slices.Sort(list)
	return list
}

func checkSeen(t *testing.T, db *DB, when string) {
	t.Helper()
	if diff := gocmp.Diff(rowWords(t, db), seenWords(t, db)); diff != "" {
		t.Fatalf("last sign-ins %s (-rows +kept):\n%s", when, diff)
	}
}

// someSignIn makes up one of few sign-ins of three people, so that later copies often are of somebody's newest.
func someSignIn(r *rand.Rand, version int) store.SignIn {
	n := r.IntN(24)
	who := n % 3
	s := store.SignIn{
		Log: []store.Log{store.Interactive, store.NonInteractive, store.ServicePrincipal}[n/3%3], ID: guid(n + 1),
		Time: storetest.Noon.Add(time.Duration(n) * time.Hour), Ingested: storetest.Noon.AddDate(0, 0, 3).Add(time.Duration(version)*time.Minute + time.Duration(n)*time.Millisecond),
		AppID: guid(100 + n%2), AppDisplayName: fmt.Sprintf("App %d", r.IntN(3)), ErrorCode: store.IntOf([]int64{0, 0, 50126, 50140}[r.IntN(4)]),
	}
	if s.Log == store.ServicePrincipal {
		s.ServicePrincipalID, s.ServicePrincipalName = guid(200+who), "Robot"
	} else {
		s.UserID, s.UserDisplayName = guid(300+who), fmt.Sprintf("Name %d", r.IntN(3))
	}
	switch r.IntN(6) {
	case 0:
		s.Time = s.Time.Add(time.Duration(r.IntN(1000)) * time.Millisecond)
	case 1: // its own time is not known yet
		s.Time, s.TimeIsIngestion = s.Ingested, true
	case 2:
		s.Ingested = s.Ingested.AddDate(0, 0, -2) // an older copy
	}
	return s
}

// What later copies change, move or take back is followed, whether the engine settled, sealed or was opened in between.
func TestLastSeenFollowsLaterCopies(t *testing.T) {
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 5))
		folder := t.TempDir()
		db := openStill(t, folder)
		stale := 0
		for step := range 40 {
			var copies []store.SignIn
			for range 1 + r.IntN(6) {
				copies = append(copies, someSignIn(r, step))
			}
			commitCopies(t, db, copies...)
			list, err := staleSeen(t.Context(), db.reader)
			if err != nil {
				t.Fatal(err)
			}
			stale += len(list)
			if r.IntN(3) > 0 {
				checkSeen(t, db, fmt.Sprintf("of seed %d after step %d", seed, step))
			}
			switch r.IntN(8) {
			case 0:
				db.sealNow(t, true)
			case 1:
				if err := db.settleSeen(t.Context()); err != nil {
					t.Fatal(err)
				}
				checkSeen(t, db, fmt.Sprintf("of seed %d, settled after step %d", seed, step))
			case 2:
				if err := db.Close(); err != nil {
					t.Fatal(err)
				}
				db = openStill(t, folder)
			}
		}
		if err := db.settleSeen(t.Context()); err != nil {
			t.Fatal(err)
		}
		if list, err := staleSeen(t.Context(), db.reader); err != nil || len(list) > 0 || stale == 0 {
			t.Errorf("seed %d: %d entities were stale, and %d are after settling, %v", seed, stale, len(list), err)
		}
		checkSeen(t, db, "in the end")
		if err := db.Reindex(t.Context(), func(int64) {}); err != nil {
			t.Fatal(err)
		}
		checkSeen(t, db, "after a reindex")
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// ofOlderVersion makes a data folder one that did not keep last sign-ins before.
func ofOlderVersion(t *testing.T, folder string) {
	t.Helper()
	db := openStill(t, folder)
	for _, statement := range []string{"DELETE FROM last_seen", "UPDATE last_seen_state SET complete = 0"} {
		if _, err := db.writer.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// An older data folder says that its lists are not complete until what it holds was looked at, whatever is committed meanwhile.
func TestLastSeenOfAnOlderFolder(t *testing.T) {
	folder := t.TempDir()
	r := rand.New(rand.NewPCG(9, 9))
	some := func(version int) (copies []store.SignIn) {
		for range 20 {
			copies = append(copies, someSignIn(r, version))
		}
		return copies
	}
	db := openStill(t, folder)
	commitCopies(t, db, some(0)...)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	ofOlderVersion(t, folder)
	db = openStill(t, folder)
	defer db.Close() //nolint:errcheck // the test is about what it answers
	list := func() store.EntityPage {
		page, err := db.Entities(t.Context(), store.EntitiesQuery{Kind: store.ObjectUser, Range: store.Range{From: storetest.Noon.AddDate(0, 1, 0), To: storetest.Noon.AddDate(0, 2, 0)}, Inactive: true, Sort: store.SortName, Limit: 10}, &store.DirectoryIndex{})
		if err != nil {
			t.Fatal(err)
		}
		return page
	}
	last, err := db.LastSuccess(t.Context(), store.ObjectUser, []string{guid(300)})
	if err != nil || last.Complete || list().Complete {
		t.Errorf("before anything was looked at: %+v, %v, a list that is complete: %t", last, err, list().Complete)
	}
	commitCopies(t, db, some(1)...)
	if words := seenWords(t, db); words[len(words)-1] != "not complete" {
		t.Errorf("an import makes it complete: %q", words)
	}
	db.sealNow(t, false) // the background's step
	checkSeen(t, db, "after a step of the background")
	if page := list(); !page.Complete || page.Total != 3 {
		t.Errorf("in the end: %d people, complete %t", page.Total, page.Complete)
	}
}

// What is committed between looking and writing is not lost, and what was taken away meanwhile does not come back.
func TestLastSeenSettlesBesideCommits(t *testing.T) {
	for seed := range uint64(20) {
		folder := t.TempDir()
		r := rand.New(rand.NewPCG(seed, 11))
		db := openStill(t, folder)
		for step := range 3 {
			commitCopies(t, db, someSignIn(r, step), someSignIn(r, step), someSignIn(r, step), someSignIn(r, step))
		}
		if seed%2 == 0 {
			if err := db.emptySeen(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		at := seenEntities{}
		var found, stale []seenEntity
		err := db.read(t.Context(), func(v *view) (err error) {
			at.revision = v.state.revision
			if err := v.tx.QueryRow("SELECT settled FROM last_seen_state").Scan(&at.settled); err != nil {
				return err
			}
			if found, err = v.findAllSeen(t.Context()); err != nil {
				return err
			}
			if stale, err = staleSeen(t.Context(), v.tx); err != nil {
				return err
			}
			stale, err = v.findSeen(t.Context(), stale)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if seed%2 == 1 {
			found = nil
		}
		for step := range 4 {
			commitCopies(t, db, someSignIn(r, 10+step), someSignIn(r, 10+step), someSignIn(r, 10+step))
		}
		if err := db.writeSeen(t.Context(), at, found, stale); err != nil {
			t.Fatal(err)
		}
		checkSeen(t, db, fmt.Sprintf("of seed %d after others committed", seed))
		if err := db.writeSeen(t.Context(), at, found, stale); !errors.Is(err, errStale) {
			t.Errorf("settling what was settled since: %v", err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// Another process on the same folder commits: its sign-ins count at once.
func TestLastSeenOfAnotherProcess(t *testing.T) {
	folder := t.TempDir()
	one, other := openStill(t, folder), openStill(t, folder)
	r := rand.New(rand.NewPCG(3, 3))
	for step := range 12 {
		checkSeen(t, one, "in one process")
		commitCopies(t, other, someSignIn(r, step), someSignIn(r, step), someSignIn(r, step))
		checkSeen(t, one, "in one process after the other's commit")
		checkSeen(t, other, "in the other process")
	}
	for _, db := range []*DB{other, one} {
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// Sign-ins of two logs with one ID have one key. Which of them names the person is open: the checkup takes either, and no third name.
func TestCheckupTakesEitherNameOfOneInstant(t *testing.T) {
	for _, order := range [][2]store.Log{{store.Interactive, store.NonInteractive}, {store.NonInteractive, store.Interactive}} {
		db := openTest(t)
		for i, log := range order {
			commitCopies(t, db, store.SignIn{Log: log, ID: guid(1), Time: storetest.Noon, UserID: guid(300), UserDisplayName: fmt.Sprintf("Name %d", i), UserPrincipalName: "kai@example.com"})
		}
		if found, err := db.Checkup(t.Context(), nil); err != nil || len(found.Damages) > 0 {
			t.Errorf("in the order %v: %+v, %v", order, found.Damages, err)
		}
		if _, err := db.writer.ExecContext(t.Context(), "UPDATE last_seen SET name = name + 7"); err != nil {
			t.Fatal(err)
		}
		if found, err := db.Checkup(t.Context(), nil); err != nil || len(found.Damages) != 1 {
			t.Errorf("a wrong name: %+v, %v", found.Damages, err)
		}
	}
}
