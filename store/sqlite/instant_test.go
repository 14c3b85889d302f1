package sqlite

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
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

// oldKey is the search as it was: key by key from the wanted one on, and then at the next instant.
func oldKey(taken map[rowKey]bool, base rowKey, id id16) rowKey {
	for ; ; base += keyTies {
		for try := range int64(keyTies) {
			if k := base + rowKey((id.tie()+try)%keyTies); !taken[k] {
				return k
			}
		}
	}
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
		want := oldKey(taken, base, id)
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
			want := oldKey(taken, row.base, row.id)
			got, err := w.insert(&row, refOf(1, 0), 1)
			if err != nil || got != want {
				t.Fatalf("a row that wants %d stands at %d, want %d, %v", row.id.tie(), got-row.base, want-row.base, err)
			}
			if got-row.base >= keyTies {
				full++
			}
			taken[got] = true
			stand = append(stand, got)
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

// More rows than an instant has keys are kept, each with its time, in a list as in the rows that are made again.
func TestMoreThanAnInstantHolds(t *testing.T) {
	db := openTest(t)
	const more = 1500
	all := atOneInstant(2*keyTies + more)
	for at := 0; at < len(all); at += 2000 {
		for _, o := range put(t, db, all[at:min(at+2000, len(all))]...) {
			if o.Kind != store.OutcomeNew {
				t.Fatalf("got %+v", o)
			}
		}
	}
	look := func(when string) {
		t.Helper()
		minute := store.Range{From: noon, To: noon.Add(time.Minute)}
		total, err := db.Total(t.Context(), store.ListQuery{Log: store.NonInteractive, Range: minute, AllEvents: true})
		if err != nil || total.N != int64(len(all)) {
			t.Fatalf("%s: %+v of %d, %v", when, total, len(all), err)
		}
		ingested, _ := store.SignIns.Field("ingested")
		filter := store.Filter{}.With(ingested, store.OpIs, noon.Add(time.Minute).Format(time.RFC3339))
		if total, err = db.Total(t.Context(), store.ListQuery{Log: store.NonInteractive, Range: minute, Filter: filter}); err != nil || total.N != int64(len(all)) {
			t.Errorf("%s: %d rows were ingested a minute later, %v", when, total.N, err)
		}
		seen := map[string]bool{}
		q := store.ListQuery{Log: store.NonInteractive, Range: minute, Limit: 200}
		for more := true; more; more = q.After != nil {
			page, err := db.Page(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range page.Rows {
				head := row.Entry.Head()
				if seen[head.ID] || !head.Time.Equal(noon) || !head.Ingested.Equal(noon.Add(time.Minute)) {
					t.Fatalf("%s: %s at %v, ingested %v, seen %t", when, head.ID, head.Time, head.Ingested, seen[head.ID])
				}
				seen[head.ID] = true
			}
			q.After = page.Next
		}
		if len(seen) != len(all) {
			t.Errorf("%s: %d rows in the list of %d", when, len(seen), len(all))
		}
	}
	look("in memory")
	db.sealNow(t, true)
	look("sealed")
	last := all[len(all)-1]
	if o := put(t, db, last)[0]; o.Kind != store.OutcomeSame {
		t.Errorf("the same record again: %+v", o)
	}
	later := last
	later.City, later.Ingested = "Elsewhere", noon.Add(time.Minute)
	if o := put(t, db, later)[0]; o.Kind != store.OutcomeUpdated {
		t.Errorf("a further copy: %+v", o)
	}
	look("updated")
	if err := db.Reindex(t.Context(), func(int64) {}); err != nil {
		t.Fatal(err)
	}
	look("made again")
	if found, err := db.Checkup(t.Context(), func(int64) {}); err != nil || len(found.Damages) > 0 {
		t.Errorf("the check found %+v, %v", found.Damages, err)
	}
}
