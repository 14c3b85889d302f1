package sqlite

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store"
)

// anotherTime gives a later copy of a sign-in that tells another time.
func anotherTime(s store.SignIn, later time.Duration) store.SignIn {
	s.Time, s.Ingested = s.Time.Add(later), s.Ingested.Add(later)
	s.State = "later by " + later.String()
	return s
}

// distances are how far the times of two copies may lie apart.
var distances = []time.Duration{time.Microsecond, time.Second, 7 * time.Hour, 24 * time.Hour, 30 * 24 * time.Hour, 400 * 24 * time.Hour, 40 * 365 * 24 * time.Hour}

// A log and an id are one sign-in, however far apart the times of its copies lie and however they come in.
func TestOneSignInOverAllTime(t *testing.T) {
	some := madeUp(store.NonInteractive, 200, 21)
	for _, order := range []string{"in one batch", "in two batches", "sealed between", "opened between", "by two processes", "columns lost between"} {
		t.Run(order, func(t *testing.T) {
			v := &variant{folder: t.TempDir(), r: seeded(21), options: []Option{withSizes(tinySizes(seeded(21))), withDecoder(decodeJSON)}}
			v.open(t)
			defer func() { v.close(t) }()
			put(t, v.DB, some...)
			var first, later []store.SignIn
			for i, d := range distances {
				// Also a copy that is older by its time of ingestion but not by its own.
				first, later = append(first, some[i], some[50+i]), append(later, anotherTime(some[i], d), anotherTime(some[50+i], -d))
			}
			var outcomes []store.Outcome
			switch order {
			case "in one batch":
				fresh := madeUp(store.NonInteractive, 2*len(distances), 22)
				for i := range later {
					first[i] = fresh[i]
					later[i] = anotherTime(fresh[i], distances[i/2]*time.Duration(1-i%2*2))
				}
				outcomes = put(t, v.DB, append(slices.Clone(first), later...)...)[len(first):]
			case "in two batches":
				outcomes = put(t, v.DB, later...)
			case "sealed between":
				v.sealNow(t, true)
				outcomes = put(t, v.DB, later...)
			case "opened between":
				v.sealNow(t, true)
				v.reopen(t, func() {})
				outcomes = put(t, v.DB, later...)
			case "by two processes":
				other, err := Open(t.Context(), v.folder, signInsOnly, decodeJSON, withSizes(v.sizes))
				if err != nil {
					t.Fatal(err)
				}
				put(t, other, madeUp(store.NonInteractive, 40, 23)...)
				fresh := madeUp(store.NonInteractive, 2*len(distances), 22)
				put(t, v.DB, fresh...) // after the other's first batch
				for i := range later {
					first[i] = fresh[i]
					later[i] = anotherTime(fresh[i], distances[i/2]*time.Duration(1-i%2*2))
				}
				outcomes = put(t, other, later...)
				if err := other.Close(); err != nil {
					t.Fatal(err)
				}
			case "columns lost between":
				v.sealNow(t, true)
				options := v.options
				v.options = append(slices.Clone(options), func(db *DB) { db.sizes.backlogBytes = 1 }) // less than a question would have to read
				v.reopen(t, func() { closedDamages[0].do(t, v) })
				outcomes = put(t, v.DB, later...)
				v.options = options
				v.reopen(t, func() {})
			}
			for i, outcome := range outcomes {
				if outcome.Kind != store.OutcomeUpdated || outcome.Conflict {
					t.Errorf("a copy %s later is %v", distances[i/2], outcome)
				}
				record, err := v.Get(t.Context(), store.GetQuery{Ref: store.Ref{Log: store.NonInteractive, ID: first[i].ID}})
				if err != nil {
					t.Fatal(err)
				}
				newest := later[i]
				if i%2 == 1 {
					newest = first[i]
				}
				if len(record.Versions) != 2 || !record.SignIn().Time.Equal(newest.Time) {
					t.Errorf("%s apart: %d copies at %s, want 2 at %s", distances[i/2], len(record.Versions), record.SignIn().Time, newest.Time)
				}
				page, err := v.Page(t.Context(), store.ListQuery{Log: store.NonInteractive, Range: allTime, Limit: 9, Filter: store.Filter{}.With(mustField("request"), store.OpIs, first[i].ID)})
				if err != nil || len(page.Rows) != 1 {
					t.Errorf("%s apart: %d rows, %v", distances[i/2], len(page.Rows), err)
				}
			}
			for _, outcome := range put(t, v.DB, later...) {
				if outcome.Kind != store.OutcomeSame {
					t.Errorf("the same copy again is %v", outcome)
				}
			}
			for _, s := range later { // the same id in another log is another sign-in
				s.Log = store.Interactive
				if outcome := put(t, v.DB, s)[0]; outcome.Kind != store.OutcomeNew || outcome.Conflict {
					t.Errorf("in another log: %v", outcome)
				}
			}
			if told := v.log.take(); strings.Contains(told, "error") {
				t.Error(told)
			}
		})
	}
}

// Another person's sign-in under the same id is one of its own, also a month later and whenever it comes again.
func TestConflictAMonthLater(t *testing.T) {
	v := &variant{folder: t.TempDir(), r: seeded(24), options: []Option{withSizes(tinySizes(seeded(24))), withDecoder(decodeJSON)}}
	v.open(t)
	defer func() { v.close(t) }()
	own := madeUp(store.Interactive, 60, 24)[31]
	own.UserID = guid(9001)
	other := anotherTime(own, 30*24*time.Hour)
	other.UserID = guid(9002)
	again := anotherTime(other, 100*24*time.Hour)
	put(t, v.DB, append(madeUp(store.Interactive, 60, 25), own)...)
	v.sealNow(t, true)
	first := put(t, v.DB, other)[0]
	if first.Kind != store.OutcomeNew || !first.Conflict || first.ID == own.ID {
		t.Fatalf("another person's sign-in a month later is %v", first)
	}
	v.sealNow(t, true)
	v.reopen(t, func() {})
	second := put(t, v.DB, again)[0]
	if second.Kind != store.OutcomeUpdated || !second.Conflict || second.ID != first.ID {
		t.Fatalf("a copy of it later still is %v, want an update of %s", second, first.ID)
	}
	if same := put(t, v.DB, other, again, own); same[0].Kind != store.OutcomeSame || same[1].Kind != store.OutcomeSame || same[2].Kind != store.OutcomeSame {
		t.Errorf("the same copies again are %v", same)
	}
}

// Against a map of what was imported: copies of any time, in batches that are sealed, opened again and damaged in between.
func TestIDsAgainstAMap(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			r := seeded(210 + seed)
			v := &variant{folder: t.TempDir(), r: r, options: []Option{withSizes(tinySizes(r)), withDecoder(decodeJSON)}}
			v.open(t)
			defer func() { v.close(t) }()
			kept := map[idKey][]store.Version{}
			for range 40 {
				batch, want := randomCopies(r, kept)
				got := put(t, v.DB, batch...)
				for i := range got {
					if got[i].Kind != want[i].Kind || got[i].Conflict != want[i].Conflict {
						t.Fatalf("%s of %s at %s is %v, want %v", batch[i].ID, batch[i].UserID, batch[i].Time, got[i], want[i])
					}
				}
				switch r.IntN(6) {
				case 0:
					v.reopen(t, func() {})
				case 1:
					damages[r.IntN(len(damages))].do(t, v)
				case 2:
					v.sealNow(t, true)
				default:
					v.sealNow(t, false)
				}
			}
			checkKept(t, v.DB, kept)
		})
	}
}

// idKey is what tells a sign-in: in a conflict the user tells two of one id.
type idKey struct {
	log      store.Log
	id, user string
}

// randomCopies makes up a batch of copies of few sign-ins, and says what each must be to a store that holds kept.
func randomCopies(r *rand.Rand, kept map[idKey][]store.Version) (batch []store.SignIn, want []store.Outcome) {
	for range 1 + r.IntN(30) {
		log := []store.Log{store.Interactive, store.NonInteractive}[r.IntN(2)]
		s := store.SignIn{
			Log: log, ID: guid(30000 + r.IntN(60)), UserID: guid(9000 + r.IntN(8)/7), AppID: guid(7000), ErrorCode: store.IntOf(0), City: fmt.Sprint("City ", r.IntN(4)),
			Time: noon.Add(distances[r.IntN(len(distances))] * time.Duration(r.IntN(3)-1)),
		}
		s.Ingested = noon.Add(time.Duration(r.IntN(1000)) * time.Hour)
		key, owner := idKey{log, s.ID, s.UserID}, idKey{log, s.ID, ""}
		outcome := store.Outcome{Kind: store.OutcomeNew}
		if of := kept[owner]; len(of) > 0 && of[0].SignIn().UserID != s.UserID {
			outcome.Conflict = true
		} else {
			key = owner
		}
		doc, err := json.Marshal(s)
		if err != nil {
			panic(err)
		}
		switch {
		case slices.ContainsFunc(kept[key], func(v store.Version) bool { return bytes.Equal(v.Doc, doc) }):
			outcome.Kind = store.OutcomeSame
		default:
			if len(kept[key]) > 0 {
				outcome.Kind = store.OutcomeUpdated
			}
			kept[key] = append(kept[key], store.Version{Entry: s.Clone(), Doc: doc})
		}
		batch, want = append(batch, s), append(want, outcome)
	}
	return batch, want
}

// checkKept compares all rows with what was kept.
func checkKept(t *testing.T, db *DB, kept map[idKey][]store.Version) {
	t.Helper()
	want := map[string]int{}
	for key, versions := range kept {
		store.SignIns.SortVersions(versions)
		merged := store.SignIns.Merge(versions).(*store.SignIn)
		want[fmt.Sprint(key.log, merged.UserID, merged.Time, merged.City)]++
	}
	got := map[string]int{}
	for _, log := range []store.Log{store.Interactive, store.NonInteractive} {
		q := store.ListQuery{Log: log, Range: allTime, AllEvents: true, Limit: 200}
		for more := true; more; more = q.After != nil {
			page, err := db.Page(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range page.Rows {
				got[fmt.Sprint(log, row.SignIn().UserID, row.SignIn().Time, row.SignIn().City)]++
			}
			q.After = page.Next
		}
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("the rows (-want +got):\n%s", diff)
	}
	if len(slices.Collect(maps.Keys(want))) < 50 {
		t.Errorf("the test has %d sign-ins", len(want))
	}
}

// A filter lets everything pass that was added, and little else.
func TestIDFilter(t *testing.T) {
	r := seeded(26)
	s := newSchema(signInsOnly)
	for _, bits := range []int{segmentBits, largeBits} {
		const n = 50_000
		f := newIDFilter(n, bits)
		shared := newIDFilter(n, bits)
		added := make([]uint64, n)
		for i := range added {
			added[i] = idHash(s.ordered[i%len(s.ordered)], 1+r.Int64N(1<<32))
			f.add(added[i])
			shared.addShared(added[i])
		}
		if !slices.Equal(f.blocks, shared.blocks) {
			t.Error("added together, ids set other bits")
		}
		for _, hash := range added {
			if !f.mayHold(hash) {
				t.Fatalf("%x was added and is not there", hash)
			}
		}
		passed := 0
		for range n {
			if f.mayHold(idHash(s.ordered[r.IntN(len(s.ordered))], 1+r.Int64N(1<<32))) {
				passed++
			}
		}
		if passed > n/100 {
			t.Errorf("with %d bits %d of %d ids pass that were not added", bits, passed, n)
		}
	}
	var grown idFilters
	for i := range 3 * leastRoom {
		grown.add(idHash(s.ordered[0], int64(i)*7))
	}
	for i := range 3 * leastRoom {
		if !grown.mayHold(idHash(s.ordered[0], int64(i)*7)) {
			t.Fatal("an id is lost as the filters grow")
		}
	}
	if len(grown) < 2 {
		t.Errorf("%d filters for %d ids", len(grown), 3*leastRoom)
	}
}

// A named sign-in is found where it stands now: at another time than was known, and as the line that an event belongs to.
func TestPlaces(t *testing.T) {
	db := openTest(t)
	some := madeUp(store.NonInteractive, 50, 27)
	event := madeUp(store.Interactive, 1, 28)[0]
	event.UserID, event.ErrorCode = guid(9001), store.IntOf(50074)
	last := event
	last.ID, last.OriginalRequestID, last.ErrorCode, last.Time = guid(777), "", store.IntOf(0), event.Time.Add(time.Minute)
	put(t, db, append(some, event, last)...)
	put(t, db, anotherTime(some[3], 90*24*time.Hour))
	refs := []store.Ref{
		{Log: store.NonInteractive, ID: strings.ToUpper(some[1].ID), Near: some[1].Time},
		{Log: store.NonInteractive, ID: some[3].ID, Near: some[3].Time},
		{Log: store.NonInteractive, ID: some[5].ID},
		{Log: store.Interactive, ID: some[1].ID, Near: some[1].Time},
		{Log: store.Interactive, ID: event.ID, Near: event.Time},
		{Log: "gone", ID: some[1].ID},
	}
	places, err := db.Places(t.Context(), refs)
	if err != nil {
		t.Fatal(err)
	}
	key := func(log store.Log, id string) store.Cursor {
		t.Helper()
		record, err := db.Get(t.Context(), store.GetQuery{Ref: store.Ref{Log: log, ID: id}})
		if err != nil {
			t.Fatal(err)
		}
		return store.Cursor{Key: record.Key, Log: log}
	}
	want := []store.Cursor{
		key(store.NonInteractive, some[1].ID), key(store.NonInteractive, some[3].ID), key(store.NonInteractive, some[5].ID),
		{},
		key(store.Interactive, last.ID),
		{},
	}
	if !slices.Equal(places, want) {
		t.Errorf("places %v, want %v", places, want)
	}
}

// A batch begins again where a segment turns out to be lost. The words of its first try were taken back with it, so the second
// must write them.
func TestWordsOfABatchThatBeginsAgainAreWritten(t *testing.T) {
	v := &variant{folder: t.TempDir(), r: seeded(31), options: []Option{withSizes(tinySizes(seeded(31))), withDecoder(decodeJSON)}}
	v.open(t)
	defer func() { v.close(t) }()
	signIns := madeUp(store.NonInteractive, 200, 31)
	put(t, v.DB, signIns[:150]...)
	v.sealNow(t, true)
	v.reopen(t, func() {})
	v.cols(t, "DELETE FROM columns")
	for i := range signIns[150:] {
		signIns[150+i].City = fmt.Sprintf("New town %d", i)
	}
	put(t, v.DB, signIns[150:]...)
	if !strings.Contains(v.log.take(), "made anew") {
		t.Fatal("no segment was found lost")
	}
	rows, err := v.writer.Query("SELECT dictionary, code, text FROM words")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	written := map[string]int{}
	for rows.Next() {
		var name, text string
		var code int64
		if err := rows.Scan(&name, &code, &text); err != nil {
			t.Fatal(err)
		}
		written[name]++
		if got := v.words.dictionaries[name].text(code); got != text {
			t.Errorf("code %d of %s is %q in memory and %q in the file", code, name, got, text)
		}
	}
	for name, d := range v.words.dictionaries {
		if n := len(d.all()); n != written[name] {
			t.Errorf("%s has %d words in memory and %d in the file", name, n, written[name])
		}
	}
}
