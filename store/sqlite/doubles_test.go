package sqlite

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"signpost/store"
)

// putDouble writes a row as older versions of the program did where its id stands at another time already.
func putDouble(t *testing.T, db *DB, s store.SignIn) {
	t.Helper()
	prepared, err := db.Prepare([]store.Record{record(s)})
	if err != nil {
		t.Fatal(err)
	}
	b := prepared.(*batch)
	tx, err := db.writer.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	w := db.newWriting(t.Context(), tx, b)
	for _, do := range []func() error{w.codeWords, w.look, func() error {
		_, _, err := w.add(&b.rows[0], w.refOf(0))
		w.kept[b.places[0]] = true
		return err
	}, w.writeBlocks, w.foldLines, w.noteChanges, tx.Commit} {
		if err := do(); err != nil {
			t.Fatal(err)
		}
	}
}

// The rows that older versions made of copies of one sign-in become one, when its log is made again and by a reindex. Those of
// different users become what an import makes of them.
func TestDoublesAreJoined(t *testing.T) {
	some := madeUp(store.Interactive, 90, 31)
	some = append(some, madeUp(store.ServicePrincipal, 40, 32)...)
	for i := range some[:90] {
		some[i].UserID = guid(9001)
	}
	var copies []store.SignIn
	for i, d := range distances[2:] {
		copies = append(copies, anotherTime(some[i], d), anotherTime(some[90+i], -d))
	}
	other := anotherTime(some[50], 10*24*time.Hour)
	other.UserID = guid(9002)
	again := anotherTime(other, 100*24*time.Hour)
	copies = append(copies, other, again, anotherTime(some[50], 20*24*time.Hour))

	fresh := openTest(t)
	put(t, fresh, some...)
	put(t, fresh, copies...)
	for _, how := range []string{"refill", "reindex"} {
		t.Run(how, func(t *testing.T) {
			v := &variant{folder: t.TempDir(), r: seeded(31), options: []Option{withSizes(tinySizes(seeded(31))), withDecoder(decodeJSON), withRules(rules{number: -1})}}
			v.open(t)
			defer func() { v.close(t) }()
			put(t, v.DB, some...)
			for _, s := range copies {
				putDouble(t, v.DB, s)
				v.sealNow(t, false)
			}
			v.options = v.options[:2]
			v.reopen(t, func() {})
			count := func() (rows int) {
				for _, log := range []store.Log{store.Interactive, store.ServicePrincipal} {
					found, _ := rowsOfAllTime(t, v.DB, log)
					rows += found
				}
				return rows
			}
			if got := count(); got != len(some)+len(copies) {
				t.Fatalf("%d rows before, want %d", got, len(some)+len(copies))
			}
			if how == "reindex" {
				if err := v.Reindex(t.Context(), func(int64) {}); err != nil {
					t.Fatal(err)
				}
			}
			makeAllAgain(t, v.DB)
			for _, log := range []store.Log{store.Interactive, store.ServicePrincipal} {
				gotN, got := rowsOfAllTime(t, v.DB, log)
				wantN, want := rowsOfAllTime(t, fresh, log)
				if gotN != wantN || !slices.Equal(got, want) {
					t.Errorf("%s: %d rows, want %d:\n%s", log, gotN, wantN, firstDifference(fmt.Sprint(got), fmt.Sprint(want)))
				}
			}
			v.sealNow(t, true)
			v.sealNow(t, true) // buries what was replaced
			filesAgree(t, v.DB)
		})
	}
}

// rowsOfAllTime gives the rows of a log, with how many copies each has.
func rowsOfAllTime(t *testing.T, db *DB, log store.Log) (n int, rows []string) {
	t.Helper()
	q := store.RecordsQuery{ListQuery: store.ListQuery{Log: log, Range: allTime, AllEvents: true, Limit: 1000}}
	page, err := db.Records(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range page.Records {
		rows = append(rows, fmt.Sprintf("%s %s %s %s %d\n", r.SignIn().ID, r.SignIn().Time, r.SignIn().UserID, r.SignIn().State, len(r.Versions)))
	}
	return len(rows), rows
}
