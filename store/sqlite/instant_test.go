package sqlite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"signpost/store"
)

// atOneInstant gives n sign-ins of one microsecond with numbered ids, which all want one key.
func atOneInstant(n int) []store.SignIn {
	list := madeUp(store.NonInteractive, n, 31)
	for i := range list {
		list[i].ID, list[i].Time = fmt.Sprintf("%08d-0000-4000-8000-000000000000", i), noon
		list[i].Ingested = noon.Add(time.Minute)
	}
	return list
}

// oldKey is the search as it was: key by key from the wanted one on.
func oldKey(taken map[rowKey]bool, base rowKey, id id16) (k rowKey, ok bool) {
	for try := range int64(keyTies) {
		k := base + rowKey((id.tie()+try)%keyTies)
		if !taken[k] {
			return k, true
		}
	}
	return 0, false
}

// putCounted is put, and says how many inserts of rows it tried and how many instants it read.
func putCounted(t *testing.T, db *DB, signIns ...store.SignIn) (inserts, instantsRead int) {
	t.Helper()
	records := make([]store.Record, len(signIns))
	for i, s := range signIns {
		records[i] = record(s)
	}
	prepared, err := db.Prepare(records)
	if err != nil {
		t.Fatal(err)
	}
	db.committing.Lock()
	defer db.committing.Unlock()
	tx, err := db.writer.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	w := db.newWriting(t.Context(), tx, prepared.(*batch))
	_, err = w.write()
	if err == nil {
		err = db.commit(t.Context(), w)
	}
	if err != nil {
		t.Fatal(err)
	}
	return w.inserts, w.instantsRead
}

// Rows of one microsecond take about one insert each, however many there are.
func TestRowsOfOneInstantAreInsertedAtOnce(t *testing.T) {
	const atOnce = 1000
	db := openTest(t)
	all := atOneInstant(4000)
	inserts, read := 0, 0
	for at := 0; at < len(all); at += atOnce {
		i, r := putCounted(t, db, all[at:at+atOnce]...)
		inserts, read = inserts+i, read+r
	}
	if batches := len(all) / atOnce; inserts > len(all)+batches*triedKeys*triedKeys || read > batches {
		t.Errorf("%d rows took %d inserts and %d looks at their instant in %d batches", len(all), inserts, read, batches)
	}
	base, _ := keyAt(noon)
	taken := map[rowKey]bool{}
	got := rowKeys(t, db, store.NonInteractive)
	for _, s := range all {
		id, _ := encodeGUID(s.ID)
		want, _ := oldKey(taken, base, id)
		if taken[want] = true; got[id] != want {
			t.Fatalf("%s stands at %d, want %d", s.ID, got[id]-base, want-base)
		}
	}
}

// Rows of other instants cost nothing more than their insert.
func TestOtherInstantsAreNotRead(t *testing.T) {
	db := openTest(t)
	some := madeUp(store.NonInteractive, 500, 32)
	if inserts, read := putCounted(t, db, some...); read > 0 || inserts > len(some)+len(some)/10 {
		t.Errorf("%d rows took %d inserts and %d looks at an instant", len(some), inserts, read)
	}
}

// rowKeys gives where the rows of a log stand.
func rowKeys(t *testing.T, db *DB, log store.Log) map[id16]rowKey {
	t.Helper()
	rows, err := db.reader.QueryContext(t.Context(), "SELECT id, k FROM "+db.schema.tables[log].name)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	keys := map[id16]rowKey{}
	for rows.Next() {
		var b []byte
		var k rowKey
		if err := rows.Scan(&b, &k); err != nil {
			t.Fatal(err)
		}
		id, _ := blobID(b)
		keys[id] = k
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return keys
}

// Whatever is inserted and taken away, in however many transactions, each row stands where the old search puts it.
func TestKeysAreThoseOfTheOldSearch(t *testing.T) {
	db := openTest(t)
	table := db.schema.tables[store.NonInteractive]
	prepared, err := db.Prepare([]store.Record{record(madeUp(store.NonInteractive, 1, 33)[0])})
	if err != nil {
		t.Fatal(err)
	}
	b := prepared.(*batch)
	r := rand.New(rand.NewPCG(5, 6))
	base, _ := keyAt(noon)
	instants := []rowKey{base, base + keyTies, base + 7*keyTies}
	taken := map[rowKey]bool{}
	var stand []rowKey
	work := func(steps int, remove float64, instants []rowKey) (full int) {
		db.committing.Lock()
		defer db.committing.Unlock()
		tx, err := db.writer.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
		w := db.newWriting(t.Context(), tx, b)
		w.firstBlock = noBlock
		if err := db.words.refresh(t.Context(), tx); err != nil {
			t.Fatal(err)
		}
		for range steps {
			if len(stand) > 0 && r.Float64() < remove {
				i := r.IntN(len(stand))
				if err := w.unlink(table, stand[i]); err != nil {
					t.Fatal(err)
				}
				delete(taken, stand[i])
				stand[i] = stand[len(stand)-1]
				stand = stand[:len(stand)-1]
				continue
			}
			row := b.rows[0]
			binary.BigEndian.PutUint64(row.id[2:], r.Uint64())
			binary.BigEndian.PutUint16(row.id[14:], []uint16{uint16(r.IntN(4)), 4090 + uint16(r.IntN(10)), uint16(r.Uint32())}[r.IntN(3)])
			row.base = instants[r.IntN(len(instants))]
			want, ok := oldKey(taken, row.base, row.id)
			got, err := w.insert(&row, refOf(1, 0), 1)
			switch {
			case !ok && errors.Is(err, errInstantFull):
				full++
			case err != nil || !ok || got != want:
				t.Fatalf("a row that wants %d stands at %d, want %d (%t), %v", row.id.tie(), got-row.base, want-row.base, ok, err)
			default:
				taken[got] = true
				stand = append(stand, got)
			}
		}
		if err := w.noteChanges(); err != nil {
			t.Fatal(err)
		}
		if err := db.commit(t.Context(), w); err != nil {
			t.Fatal(err)
		}
		return full
	}
	for range 20 {
		work(r.IntN(200), []float64{0, 0.2, 0.6}[r.IntN(3)], instants)
	}
	if full := work(keyTies+1, 0, instants[:1]); full == 0 {
		t.Error("the instant was never full")
	}
	work(400, 0.5, instants)
}

// An instant that is full refuses rows with a reason that says so, and nothing else of the batch.
func TestFullInstant(t *testing.T) {
	db := openTest(t)
	put(t, db, atOneInstant(keyTies)...)
	more := madeUp(store.NonInteractive, 3, 34)
	more[1].Time = noon
	outcomes := put(t, db, more...)
	const says = "its time is 2026-11-23T12:00:00.000000Z, and this log holds 4,096 sign-ins of that microsecond already, the most that can be kept; this one was not stored"
	refused := func(o store.Outcome) {
		t.Helper()
		if o.Kind != store.OutcomeRejected || o.Reason != says {
			t.Errorf("got %+v, want it rejected with %q", o, says)
		}
	}
	refused(outcomes[1])
	if outcomes[0].Kind != store.OutcomeNew || outcomes[2].Kind != store.OutcomeNew {
		t.Errorf("the others: %+v", outcomes)
	}
	other := more[1]
	other.Log = store.ServicePrincipal
	if o := put(t, db, other)[0]; o.Kind != store.OutcomeNew {
		t.Errorf("another log: %+v", o)
	}

	// A later copy that would move its sign-in there.
	before := rowKeys(t, db, store.NonInteractive)
	fresh := madeUp(store.NonInteractive, 1, 35)[0]
	outcomes = put(t, db, anotherTime(more[0], noon.Sub(more[0].Time)), fresh)
	refused(outcomes[0])
	if outcomes[1].Kind != store.OutcomeNew {
		t.Errorf("the record behind it: %+v", outcomes[1])
	}
	id, _ := encodeGUID(more[0].ID)
	if after := rowKeys(t, db, store.NonInteractive); after[id] != before[id] || len(after) != len(before)+1 {
		t.Errorf("the sign-in stands at %d of %d rows, want %d of %d", after[id], len(after), before[id], len(before)+1)
	}
	found, err := db.Get(t.Context(), store.GetQuery{Ref: store.Ref{Log: store.NonInteractive, ID: more[0].ID}})
	if err != nil || len(found.Versions) != 1 || !found.SignIn().Time.Equal(more[0].Time) {
		t.Errorf("the sign-in: %d copies at %v, %v", len(found.Versions), found.SignIn().Time, err)
	}
}

// A row that today's rules would move to a full instant stays where it is; the others are made again.
func TestRowsAreMadeAgainBesideAFullInstant(t *testing.T) {
	all := atOneInstant(keyTies + 2)
	moved, changed := all[keyTies].ID, all[keyTies+1].ID
	older := func(log store.Log, doc []byte) (store.Entry, error) {
		e, err := decodeJSON(log, doc)
		s := e.(*store.SignIn)
		switch s.ID {
		case moved:
			s.Time = s.Time.Add(time.Hour)
		case changed:
			s.City = "Nowhere"
		}
		return s, err
	}
	all[keyTies+1].Time = noon.Add(time.Minute)
	for name, again := range map[string]func(t *testing.T, db *DB){
		"reindex": func(t *testing.T, db *DB) {
			if err := db.Reindex(t.Context(), func(int64) {}); err != nil {
				t.Error(err)
			}
		},
		"in the background": makeAllAgain,
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			db, err := Open(t.Context(), folder, signInsOnly, older, withRules(rules{number: -1}))
			if err != nil {
				t.Fatal(err)
			}
			records := make([]store.Record, len(all))
			for i := range all {
				records[i] = record(all[i])
				if records[i].Entry, err = older(records[i].SignIn().Log, records[i].Versions[0].Doc); err != nil {
					t.Fatal(err)
				}
			}
			putAll(t, db, records)
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			var said logLines
			db = openFolderJSON(t, folder, said.option())
			again(t, db)
			rows, complete := rowsByID(t, db, store.NonInteractive, allTime)
			if len(rows) != len(all) || !complete || strings.Contains(rows[changed], "Nowhere") {
				t.Errorf("%d rows, complete %t, and %s", len(rows), complete, rows[changed])
			}
			if got := rows[moved]; !strings.Contains(got, "13:00:00") {
				t.Errorf("the row without a key there: %s", got)
			}
			if told := said.take(); !strings.Contains(told, "a sign-in stays as older rules made it") || !strings.Contains(told, "4,096 sign-ins") {
				t.Errorf("the log says %q", told)
			}
		})
	}
}
