package sqlite

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store"
	"signpost/store/dbfile"
	"signpost/store/storetest"
)

func seeded(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 13)) }

// filesAgree says what main.db and cols.db do not agree on, and what is in cols.db for nothing.
func filesAgree(t *testing.T, db *DB) {
	t.Helper()
	parts, lost, err := db.manifest(t.Context(), db.reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lost {
		t.Error(l)
	}
	known := map[int64]bool{}
	for _, p := range parts {
		known[p.id] = true
		if err := db.verify(t.Context(), p); err != nil {
			t.Error(err)
		}
		if p.rows > db.sizes.segment {
			t.Errorf("segment %d has %d rows", p.id, p.rows)
		}
	}
	have, err := db.cols.all(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range have {
		if !known[id] {
			t.Errorf("segment %d is in cols.db for nothing", id)
		}
	}
	var stray int
	if err := db.cols.now().reader.QueryRow("SELECT count(*) FROM columns WHERE id >> 8 NOT IN (SELECT id FROM segments)").Scan(&stray); err != nil || stray > 0 {
		t.Errorf("%d columns of no segment, %v", stray, err)
	}
}

// Where there is no room for segments, rows stay in memory, what was written in vain is taken away, and sealing is tried
// again.
func TestSealingOnAFullDisk(t *testing.T) {
	v := fill(t, 300)
	pages := func(n int) {
		if _, err := v.DB.cols.now().writer.ExecContext(t.Context(), fmt.Sprintf("PRAGMA max_page_count = %d", n)); err != nil {
			t.Fatal(err)
		}
	}
	filesAgree(t, v.DB)
	var now int
	if err := v.DB.cols.now().writer.QueryRow("PRAGMA page_count").Scan(&now); err != nil {
		t.Fatal(err)
	}
	pages(now + 40) // enough for a few
	putRecords(t, v.DB, storetest.MadeUp(51, 1500))
	before := askAll(t, v.DB)
	for range 3 {
		v.sealNow(t, true)
		if told := v.log.take(); !strings.Contains(told, "full") {
			t.Errorf("not logged: %q", told)
		}
		if diff := gocmp.Diff(before, askAll(t, v.DB)); diff != "" {
			t.Errorf("the answers differ (-before +after):\n%s", diff)
		}
	}
	pages(1 << 30)
	v.sealNow(t, true)
	if told := v.log.take(); told != "" {
		t.Error(told)
	}
	var unsealed int
	if err := v.reader.QueryRow("SELECT count(*) FROM changes").Scan(&unsealed); err != nil || unsealed > 0 {
		t.Errorf("%d changes are not sealed, %v", unsealed, err)
	}
	v.sealNow(t, true)
	filesAgree(t, v.DB)
	if diff := gocmp.Diff(before, askAll(t, v.DB)); diff != "" {
		t.Errorf("sealed, the answers differ (-before +after):\n%s", diff)
	}
}

// A start takes away what a sealing that died left in cols.db.
func TestStartCleansColumns(t *testing.T) {
	v := fill(t, 200)
	p := v.state.Load().parts[0][0]
	built, err := v.readPart(t.Context(), v.reader, p.table, []rowKey{p.lo})
	if err != nil {
		t.Fatal(err)
	}
	if err := v.DB.cols.write(t.Context(), 77, built); err != nil {
		t.Fatal(err)
	}
	v.reopen(t, func() {})
	v.sealNow(t, false)
	filesAgree(t, v.DB)
}

// Segments that are lost while others are sealed and asked for are made again, and nobody is told anything wrong.
func TestHealingBesideSealing(t *testing.T) {
	limits := busySizes()
	v := &variant{folder: t.TempDir(), r: seeded(61), options: []Option{withSizes(limits), WithCache(16 << 10)}}
	v.open(t)
	t.Cleanup(func() { v.close(t) })
	v.answers.max = 0 // no answer is kept
	signIns := storetest.MadeUp(61, 700)
	putRecords(t, v.DB, signIns[:400])
	// A question that finds more lost segments than it may be asked again for has no answer, which is right.
	isLost := func(err error) bool { var lost errLostSegment; return errors.As(err, &lost) }
	var count func(ctx context.Context) int64
	count = func(ctx context.Context) (n int64) {
		for _, info := range store.SignIns.Logs {
			total, err := v.Total(ctx, store.ListQuery{Log: info.Log, Range: allTime, AllEvents: true})
			if isLost(err) {
				return count(ctx)
			} else if err != nil {
				t.Error(err)
			}
			facet, err := v.Values(ctx, store.ValuesQuery{ListQuery: store.ListQuery{Log: info.Log, Range: allTime, AllEvents: true}, Field: mustField("app"), Top: 1000})
			if isLost(err) {
				return count(ctx)
			} else if err != nil {
				t.Error(err)
			}
			sum := facet.Empty
			for _, value := range facet.Values {
				sum += value.N
			}
			if sum != total.N && ctx != t.Context() {
				t.Errorf("in one request %d rows by value, %d in all", sum, total.N)
			}
			n += total.N
		}
		return n
	}
	var done atomic.Bool
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() {
			for last := int64(0); !done.Load() && !t.Failed(); {
				n := count(t.Context())
				if n < last || n < 400 {
					t.Errorf("%d rows after %d", n, last)
				}
				last = n
			}
		})
	}
	group.Go(func() {
		for !done.Load() && !t.Failed() {
			v.cols(t, "DELETE FROM columns WHERE id >> 8 IN (SELECT id FROM segments ORDER BY random() LIMIT 1)")
		}
	})
	for start := 400; start < len(signIns); start += 10 {
		put(t, v.DB, signIns[start:min(start+10, len(signIns))]...)
	}
	lost := func() int { return strings.Count(v.log.peek(), "made anew") }
	for end := time.Now().Add(20 * time.Second); lost() < 10 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	done.Store(true)
	group.Wait()
	if n := count(t.Context()); n < 700 {
		t.Errorf("%d rows in the end", n)
	}
	if lost() < 10 {
		t.Errorf("%d segments were lost", lost())
	}
	v.sealNow(t, true)
	count(t.Context())
	// A column that no question asked for may still be missing.
	if err := v.giveUpSegments(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	v.sealNow(t, true)
	v.sealNow(t, true)
	filesAgree(t, v.DB)
}

func mustField(name string) *store.Field {
	f, ok := store.SignIns.Field(name)
	if !ok {
		panic(name)
	}
	return f
}

// More requests than there are connections find their segments lost at once: none waits for another.
func TestManyRequestsFindSegmentsLost(t *testing.T) {
	v := fill(t, 300, WithCache(1))
	var opened, asked sync.WaitGroup
	opened.Add(dbfile.Readers)
	damaged := make(chan struct{})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for range dbfile.Readers {
		asked.Go(func() {
			with, release, err := v.Snapshot(ctx)
			if err != nil {
				t.Error(err)
			}
			defer release()
			opened.Done()
			<-damaged
			var both sync.WaitGroup
			for range 2 {
				both.Go(func() {
					// A question's own context ends with it, and others of the request go on with the view it opened.
					with, cancel := context.WithCancel(with)
					defer cancel()
					if _, err := v.Facets(with, store.FacetsQuery{ListQuery: store.ListQuery{Log: store.NonInteractive, Range: allTime}, Fields: []*store.Field{mustField("city")}, Top: 3}); err != nil {
						t.Error(err)
					}
				})
			}
			both.Wait()
			if _, err := v.Page(with, store.ListQuery{Log: store.NonInteractive, Range: allTime, Limit: 10}); err != nil {
				t.Error(err)
			}
		})
	}
	opened.Wait()
	v.cols(t, "DELETE FROM columns")
	close(damaged)
	asked.Wait()
	if v.reader.Stats().InUse > 0 {
		t.Errorf("%d transactions are open", v.reader.Stats().InUse)
	}
}
