package sqlite

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/storetest"
)

// busySizes seal all the time.
func busySizes() sizes {
	s := usualSizes()
	s.piece = 16
	s.segment, s.sealRows, s.smallRows, s.smallSegments, s.partKeys, s.maxJoined = 100, 50, 40, 3, 30, 60
	s.tick, s.retryTime = 3*time.Millisecond, 0 // what was replaced stays: a request must not be told of another state
	return s
}

// Readers while something imports: what one request is told fits together, whatever is committed and sealed meanwhile.
func TestReadersBesideAnImporter(t *testing.T) {
	rows, readers := 700, 8
	if os.Getenv("SIGNPOST_SOAK") != "" {
		rows = 20_000
	}
	db, err := Open(t.Context(), t.TempDir(), signInsOnly, storetest.Decode, withSizes(busySizes()), WithCache(64<<10))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var importing, asked atomic.Int64
	importing.Store(1)
	var group sync.WaitGroup
	for i := range readers {
		group.Go(func() {
			r := rand.New(rand.NewPCG(uint64(i), 21))
			for importing.Load() > 0 && !t.Failed() {
				if err := oneRequest(t.Context(), db, r); err != nil {
					t.Error(err)
				}
				asked.Add(1)
			}
		})
	}
	signIns := storetest.MadeUp(21, rows)
	signIns = append(signIns, storetest.Versions(21, signIns)...)
	for some := range slices.Chunk(signIns, 40) {
		put(t, db, some...)
	}
	importing.Store(0)
	group.Wait()
	if err := oneRequest(t.Context(), db, rand.New(rand.NewPCG(99, 21))); err != nil {
		t.Error(err)
	}
	var sealed int64
	if err := db.reader.QueryRow("SELECT sealing FROM revision").Scan(&sealed); err != nil || sealed < 5 {
		t.Errorf("sealed %d times, %v", sealed, err)
	}
	t.Logf("%d requests while %d rows were imported and sealed %d times", asked.Load(), rows, sealed)
}

// oneRequest asks for the same rows in many ways.
func oneRequest(ctx context.Context, db *DB, r *rand.Rand) error {
	with, release, err := db.Snapshot(ctx)
	if err != nil {
		return err
	}
	defer release()
	info := store.SignIns.Logs[r.IntN(len(store.SignIns.Logs))]
	params, err := url.ParseQuery([]string{"", "", "status=failure", "city=oslo&city=bergen", "app.has=re", "error.not=0", "ca=success&ca=failure", "resource.empty=no", "correlation.empty=yes"}[r.IntN(9)])
	if err != nil {
		return err
	}
	filter, bad := store.SignIns.ParseFilter(params)
	if len(bad) > 0 {
		return bad
	}
	q := store.ListQuery{Log: info.Log, Range: allTime, Filter: filter, Limit: store.MaxLimit, AllEvents: r.IntN(2) == 0}
	if r.IntN(2) == 0 {
		q.Range = rangeOf(storetest.Noon.Add(-time.Duration(r.IntN(80))*time.Hour), storetest.Noon.Add(time.Hour))
	}
	asks := map[string]func() (int64, error){
		"total":     func() (int64, error) { total, err := db.Total(with, q); return total.N, err },
		"rows":      func() (int64, error) { return countRows(with, db, q) },
		"histogram": func() (int64, error) { return sumHistogram(with, db, q) },
		"status":    func() (int64, error) { return sumStatus(with, db, q) },
	}
	if info.Grouped {
		asks["groups"] = func() (int64, error) { return sumGroups(with, db, q) }
	}
	said := map[string]int64{}
	var mu sync.Mutex
	var group sync.WaitGroup
	var errs []error
	for name, ask := range asks { // at the same time, as a page does
		group.Go(func() {
			n, err := ask()
			mu.Lock()
			defer mu.Unlock()
			if said[name] = n; err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", name, err))
			}
		})
	}
	group.Wait()
	for name, n := range said {
		if n != said["total"] {
			errs = append(errs, fmt.Errorf("%s %v %s: %s tells of %d, the total of %d", q.Log, q.Range, params.Encode(), name, n, said["total"]))
		}
	}
	return errors.Join(errs...)
}

func countRows(ctx context.Context, db *DB, q store.ListQuery) (n int64, err error) {
	last := store.KeyAt(store.AllTime().To)
	for {
		page, err := db.Page(ctx, q)
		if err != nil {
			return n, err
		}
		for _, row := range page.Rows {
			if !row.Key.Before(last) {
				return n, fmt.Errorf("%s comes after %s", row.Key, last)
			}
			last = row.Key
			n++
		}
		if q.After = page.Next; q.After == nil {
			return n, nil
		}
	}
}

func sumHistogram(ctx context.Context, db *DB, q store.ListQuery) (n int64, err error) {
	edges := []time.Time{q.Range.From}
	for at := storetest.Noon.Add(-80 * time.Hour); at.Before(q.Range.To); at = at.Add(time.Hour) {
		if at.After(q.Range.From) && len(edges) < store.MaxBuckets {
			edges = append(edges, at)
		}
	}
	h, err := db.Histogram(ctx, store.HistogramQuery{ListQuery: q, Edges: append(edges, q.Range.To)})
	for _, b := range h.Buckets {
		n += b.Total()
	}
	return n, err
}

// sumStatus counts the values of a few fields and gives the sum over those of the status. Each row has one status.
func sumStatus(ctx context.Context, db *DB, q store.ListQuery) (n int64, err error) {
	var fields []*store.Field
	for _, name := range []string{"status", "user", "app", "agent", "mfa"} {
		if f, ok := store.SignIns.Field(name); ok && f.Facetable() {
			fields = append(fields, f)
		}
	}
	facets, err := db.Facets(ctx, store.FacetsQuery{ListQuery: q, Fields: fields, Top: 1000})
	if err != nil {
		return 0, err
	}
	n = facets[0].Empty
	for _, v := range facets[0].Values {
		n += v.N
	}
	return n, nil
}

func sumGroups(ctx context.Context, db *DB, q store.ListQuery) (n int64, err error) {
	g := store.GroupsQuery{ListQuery: q, Window: store.Windows()[1]}
	for {
		page, err := db.Groups(ctx, g)
		if err != nil {
			return n, err
		}
		for _, one := range page.Groups {
			n += one.Count
		}
		if g.After = page.Next; g.After == nil {
			return n, nil
		}
	}
}
