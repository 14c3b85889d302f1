package sqlite

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store"
	"signpost/store/storetest"
)

func withRules(r rules) Option {
	return func(db *DB) {
		for _, of := range db.schema.kinds {
			of.rules = r
		}
	}
}

// olderRules are those of a version of the program that knew neither them nor the last properties.
func olderRules(db *DB) {
	withProperties(mfaDetail)(db)
	withRules(rules{number: -1})(db)
}

// makeAllAgain makes all rows of older rules again.
func makeAllAgain(t *testing.T, db *DB) {
	t.Helper()
	for more := true; more; {
		var err error
		if more, err = db.refillSome(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// misread is how an older version of the program read a record.
func misread(log store.Log, doc []byte) (store.Entry, error) {
	e, err := decodeJSON(log, doc)
	s := e.(*store.SignIn)
	switch last := s.ID[len(s.ID)-1]; {
	case last == '1':
		s.ErrorCode = store.IntOf(50126) // another status, and another line
	case last == '2':
		s.CorrelationID = "" // another look-up
	case last == '3':
		s.Time = s.Time.Truncate(time.Millisecond) // another key
	case last < '9':
		s.City = "Nowhere"
	}
	return s, err
}

// refillSignIns are some sign-ins and later copies of some of them.
func refillSignIns() []store.SignIn {
	signIns := madeUp(store.Interactive, 500, 14)
	for i := range signIns {
		signIns[i].MFAAuthMethod = []string{"", "Text message", "Call"}[i%3]
	}
	later := slices.Clone(signIns[:120])
	for i := range later {
		later[i].Ingested, later[i].State = later[i].Ingested.Add(time.Hour), "Later"
	}
	return append(append(signIns, madeUp(store.NonInteractive, 300, 15)...), later...)
}

// olderStore is what an older version of the program made of refillSignIns.
func olderStore(t *testing.T, folder string, options ...Option) {
	t.Helper()
	db, err := Open(t.Context(), folder, signInsOnly, misread, append(options, olderRules)...)
	if err != nil {
		t.Fatal(err)
	}
	for some := range slices.Chunk(refillSignIns(), 60) {
		records := make([]store.Record, len(some))
		for i := range some {
			records[i] = record(some[i])
			if records[i].Entry, err = misread(records[i].SignIn().Log, records[i].Versions[0].Doc); err != nil {
				t.Fatal(err)
			}
		}
		putAll(t, db, records)
		db.sealNow(t, false)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// rowsByID gives every row of a log by its id.
func rowsByID(t *testing.T, db *DB, log store.Log, r store.Range) (rows map[string]string, complete bool) {
	t.Helper()
	rows = map[string]string{}
	q := store.ListQuery{Log: log, Range: r, AllEvents: true, Limit: 200}
	for {
		page, err := db.Page(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range page.Rows {
			rows[row.SignIn().ID] = fmt.Sprintf("%s %+v", row.Key, row.SignIn())
		}
		if q.After = page.Next; q.After == nil {
			return rows, page.Complete
		}
	}
}

// everything asks each kind of question over both logs and says whether all answers were complete.
func everything(t *testing.T, db *DB) (said string, complete []bool) {
	t.Helper()
	ctx := t.Context()
	var all strings.Builder
	say := func(isComplete bool, err error, what ...any) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		complete = append(complete, isComplete)
		fmt.Fprintln(&all, what...)
	}
	for _, log := range []store.Log{store.Interactive, store.NonInteractive} {
		q := store.ListQuery{Log: log, Range: threeDays, Limit: 9}
		for _, f := range []store.Filter{{}, store.Filter{}.With(mustField("status"), store.OpIs, "Failure"), store.Filter{}.With(mustField("city"), store.OpIs, "Nowhere")} {
			q.Filter = f
			total, err := db.Total(ctx, q)
			say(total.Complete, err, total.N)
		}
		q.Filter = store.Filter{}
		page, err := db.Page(ctx, q)
		say(page.Complete, err, inJSON(page.Rows))
		histogram, err := db.Histogram(ctx, store.HistogramQuery{ListQuery: q, Edges: []time.Time{threeDays.From, noon.Add(-time.Hour), threeDays.To}})
		say(histogram.Complete, err, histogram.Buckets)
		facets, err := db.Facets(ctx, store.FacetsQuery{ListQuery: q, Fields: []*store.Field{mustField("city")}, Top: 9})
		say(len(facets) == 1 && facets[0].Complete, err, facets[0].Values)
		values, err := db.Values(ctx, store.ValuesQuery{ListQuery: q, Field: mustField("error"), Top: 9})
		say(values.Complete, err, values.Values)
		table, err := db.Table(ctx, store.TableQuery{Logs: []store.Log{log}, By: store.UserField, Range: threeDays, Limit: 9})
		say(table.Complete, err, table.Rows)
		records, err := db.Records(ctx, store.RecordsQuery{ListQuery: q})
		say(records.Complete, err, len(records.Records))
		if info, _ := store.SignIns.Log(log); len(info.GroupBy) > 0 {
			groups, err := db.Groups(ctx, store.GroupsQuery{ListQuery: q, Window: store.Window24h})
			say(groups.Complete, err, inJSON(groups.Groups))
			members, err := db.GroupRows(ctx, store.GroupRowsQuery{GroupsQuery: store.GroupsQuery{ListQuery: q, Window: store.Window24h}, Of: page.Rows[0].Key})
			say(members.Complete, err, len(members.Rows))
		}
	}
	person := store.Person{UserID: guid(9003)}
	mine := store.PersonQuery{Person: person, Range: threeDays, Limit: 9}
	traces, err := db.PersonTraces(ctx, mine)
	say(traces.Complete, err, fmt.Sprintf("%+v", traces.Traces))
	entities, err := db.Entities(ctx, store.EntitiesQuery{Kind: store.ObjectUser, Range: threeDays, Limit: 9}, &store.DirectoryIndex{})
	say(entities.Complete, err, fmt.Sprintf("%+v", entities.Rows))
	return all.String(), complete
}

// Rows of older rules are made again bit by bit, whoever opens the store meanwhile. Until then answers say that they are
// not complete. Each row is as it was or as it is to be, and the newest are right first.
func TestOlderRowsAreMadeAgain(t *testing.T) {
	t.Parallel()
	fresh := openTest(t)
	for some := range slices.Chunk(refillSignIns(), 60) {
		put(t, fresh, some...)
	}
	want, complete := everything(t, fresh)
	if slices.Contains(complete, false) {
		t.Errorf("the answers of a new store: complete %v", complete)
	}
	r := seeded(14)
	size := tinySizes(r)
	size.refillRows, size.segment = 37, 64
	v := &variant{folder: t.TempDir(), r: r, options: []Option{withSizes(size), withDecoder(decodeJSON)}}
	olderStore(t, v.folder, withSizes(size))
	older := map[store.Log]map[string]string{}
	made := map[store.Log]map[string]string{}
	v.open(t)
	defer v.close(t)
	logs := []store.Log{store.Interactive, store.NonInteractive}
	for _, log := range logs {
		older[log], _ = rowsByID(t, v.DB, log, threeDays)
		made[log], _ = rowsByID(t, fresh, log, threeDays)
	}
	steps, recent := 0, 0
	for ; steps < 200; steps++ {
		_, complete := everything(t, v.DB)
		if !slices.Contains(complete, false) {
			break
		}
		if steps == 0 && slices.Contains(complete, true) {
			t.Errorf("before anything is made again: complete %v", complete)
		}
		for _, log := range logs {
			rows, _ := rowsByID(t, v.DB, log, threeDays)
			if len(rows) != len(made[log]) {
				t.Fatalf("step %d: %d rows of the %s log, want %d", steps, len(rows), log, len(made[log]))
			}
			for id, row := range rows {
				if row != older[log][id] && row != made[log][id] {
					t.Fatalf("step %d: the row\n%s\nis neither\n%s\nnor\n%s", steps, row, older[log][id], made[log][id])
				}
			}
			last := rangeOf(noon.Add(-time.Duration(1+r.IntN(70))*time.Hour), noon)
			rows, isComplete := rowsByID(t, v.DB, log, last)
			if !isComplete {
				continue
			}
			recent++
			right, _ := rowsByID(t, fresh, log, last)
			if diff := gocmp.Diff(right, rows); diff != "" {
				t.Fatalf("step %d: the complete rows since %s (-want +got):\n%s", steps, last.From, diff)
			}
		}
		if r.IntN(4) == 0 {
			v.reopen(t, func() {})
		}
		v.sealNow(t, false)
	}
	if got, complete := everything(t, v.DB); got != want || slices.Contains(complete, false) {
		t.Errorf("made again: complete %v:\n%s", complete, firstDifference(got, want))
	}
	if steps < 15 || steps > 40 || recent < 5 {
		t.Errorf("it took %d steps, and %d answers over the newest rows were complete before the end", steps, recent)
	}
	v.sealNow(t, true)
	filesAgree(t, v.DB)
	if got := dump(t, v.folder); got != dumpOf(t, fresh) {
		t.Errorf("the rows and their histories differ:\n%s", firstDifference(got, dumpOf(t, fresh)))
	}
}

// killRefilling tells the process that is going to be killed to make older rows again.
const killRefilling = "SIGNPOST_TEST_KILL_REFILLING"

func refillForKilling(folder string) error {
	size := busySizes()
	size.refillRows, size.refillTime, size.tick = 11, 0, time.Millisecond
	db, err := Open(context.Background(), folder, signInsOnly, decodeJSON, withSizes(size))
	if err != nil {
		return err
	}
	defer db.Close()
	for {
		logs, err := db.unfilledLogs(context.Background(), db.reader)
		if err != nil || !slices.ContainsFunc(logs, func(u unfilled) bool { return u != allFilled }) {
			return err
		}
		time.Sleep(time.Millisecond)
	}
}

// Killed at any moment, making rows again goes on where it stopped.
func TestKilledWhileRefilling(t *testing.T) {
	t.Parallel()
	fresh := openTest(t)
	put(t, fresh, refillSignIns()...)
	folder := t.TempDir()
	olderStore(t, folder)
	r := rand.New(rand.NewPCG(14, 2))
	for range 6 {
		run(t, folder, 50*time.Millisecond+time.Duration(r.IntN(int(150*time.Millisecond))), killRefilling+"=yes")
	}
	run(t, folder, 0, killRefilling+"=yes")
	if got, want := dump(t, folder), dumpOf(t, fresh); got != want {
		t.Errorf("after kills the store differs from a new one:\n%s", firstDifference(got, want))
	}
}

// Other rules are another number, or another list of codes under the same number; a newer program's rows stay.
func TestRulesSupersede(t *testing.T) {
	now := newSchema(signInsOnly).kinds[0].rules
	for _, test := range []struct {
		stored rules
		want   bool
	}{
		{rules{}, true},
		{rules{now.number - 1, now.codes}, true},
		{rules{now.number, "other codes"}, true},
		{now, false},
		{rules{now.number + 1, "other codes"}, false},
	} {
		if got := now.supersede(test.stored); got != test.want {
			t.Errorf("today's rules supersede %v: %t, want %t", test.stored, got, test.want)
		}
	}
}

// Reindex leaves nothing to be made again.
func TestReindexFollowsTodaysRules(t *testing.T) {
	t.Parallel()
	fresh := openTest(t)
	put(t, fresh, refillSignIns()...)
	v := &variant{folder: t.TempDir(), options: []Option{withSizes(tinySizes(seeded(15))), withDecoder(decodeJSON)}}
	olderStore(t, v.folder)
	v.open(t)
	defer v.close(t)
	if err := v.Reindex(t.Context(), func(int64) {}); err != nil {
		t.Fatal(err)
	}
	if more, err := v.refillSome(t.Context()); more || err != nil {
		t.Errorf("after a reindex there is more to be made again: %t, %v", more, err)
	}
	want, _ := everything(t, fresh)
	if got, complete := everything(t, v.DB); got != want || slices.Contains(complete, false) {
		t.Errorf("after a reindex: complete %v:\n%s", complete, firstDifference(got, want))
	}
}

// A store that an older version of the program wrote, and today's went on with, answers like one of today's when all is
// made again.
func TestConformanceOfOlderStores(t *testing.T) {
	t.Parallel()
	seeds, cases := 2, 60
	if os.Getenv("SIGNPOST_SOAK") != "" {
		seeds, cases = 30, 300
	}
	for seed := range seeds {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			r := seeded(uint64(140 + seed))
			signIns := storetest.MadeUp(uint64(140+seed), 300)
			signIns = append(signIns, storetest.Versions(uint64(140+seed), signIns)...)
			var records []store.Record
			for i := range signIns {
				records = append(records, storetest.Copy(signIns[i]))
			}
			v := &variant{folder: t.TempDir(), r: r, options: []Option{withSizes(tinySizes(r)), olderRules}}
			v.open(t)
			defer func() { v.close(t) }()
			updates := len(records) / (2 + r.IntN(3))
			for i, some := range slices.Collect(slices.Chunk(records, 25)) {
				if 25*i > updates && len(v.options) > 1 {
					v.options = v.options[:1]
					v.reopen(t, func() {})
				}
				putAll(t, v.DB, some)
				v.sealNow(t, r.IntN(4) == 0)
			}
			makeAllAgain(t, v.DB)
			plain := storetest.Holding(t, v.DB, records)
			for n := range cases {
				storetest.Compare(t, v.DB, plain, storetest.RandomCase(rand.New(rand.NewPCG(uint64(seed), uint64(n))), plain))
			}
			if told := v.log.take(); strings.Contains(told, "level=WARN") {
				t.Error(told)
			}
		})
	}
}
