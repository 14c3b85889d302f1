package sqlite

import (
	"context"
	"fmt"
	"slices"
	"time"
	"unsafe"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// Histogram counts a log's sign-ins by bucket and status; see store.Store.
func (db *DB) Histogram(ctx context.Context, q store.HistogramQuery) (store.Histogram, error) {
	asked, err := db.question(q.ListQuery)
	if err != nil {
		return store.Histogram{}, err
	}
	if n := len(q.Edges); n < 2 || n > store.MaxBuckets+1 {
		return store.Histogram{}, fmt.Errorf("a histogram has 1 to %d buckets, not %d", store.MaxBuckets, n-1)
	}
	h := store.Histogram{Buckets: make([]store.Bucket, len(q.Edges)-1)}
	edges := make([]rowKey, len(q.Edges))
	for i, edge := range q.Edges {
		edges[i] = firstKeyAt(edge)
	}
	asked.from, asked.to = max(asked.from, edges[0]), min(asked.to, edges[len(edges)-1])
	err = db.read(ctx, func(v *view) error {
		h.Complete = v.complete(asked)
		for i := range h.Buckets {
			in := q.Range.Intersect(q.Edges[i], q.Edges[i+1])
			h.Buckets[i] = store.Bucket{From: in.From, To: in.To}
		}
		p, err := v.plan(ctx, &asked)
		if err != nil {
			return err
		}
		p.keepFewOf(asked)
		return v.each(ctx, asked, p, func() worker {
			own := make(statusesByBucket, len(h.Buckets))
			return worker{
				inPieces: true,
				answer: func(s source, selected func() (*segment.Selection, error), counter *segment.Counter) error {
					first, inside := edgesInside(s, edges)
					found, err := kept(s, asked, fmt.Sprint("statuses between ", inside), func() ([]statusCounts, error) {
						rows, err := selected()
						if err != nil || rows.Len() == 0 {
							return nil, err
						}
						return countBetween(s, rows, counter, inside)
					}, func(found []statusCounts) int { return len(found) * int(unsafe.Sizeof(statusCounts{})) })
					for i := range found {
						own.add(first+i, &found[i])
					}
					return err
				},
				done: func() {
					for i := range own {
						for status, n := range own[i] {
							h.Buckets[i].Add(store.Status(status), n)
						}
					}
				},
			}
		})
	})
	if err != nil {
		return store.Histogram{}, fmt.Errorf("count %s sign-ins by time: %w", asked.table.log, err)
	}
	return h, nil
}

// statusCounts is how many rows have each status.
type statusCounts [store.MaxStatuses]int64

// statusesByBucket is the rows of each bucket.
type statusesByBucket []statusCounts

// add adds rows of a bucket. No row of a question is in a bucket that there is not.
func (b statusesByBucket) add(bucket int, more *statusCounts) {
	if bucket < 0 || bucket >= len(b) {
		return
	}
	for status, n := range more {
		b[bucket][status] += n
	}
}

// edgesInside gives the edges between two rows of a part, and the number of the bucket that its first row is in.
func edgesInside(s source, edges []rowKey) (first int, inside []rowKey) {
	from, isEdge := slices.BinarySearch(edges, s.lo)
	if isEdge {
		from++
	}
	to, _ := slices.BinarySearch(edges, s.hi+1)
	return from - 1, edges[from:max(from, to)]
}

// countBetween counts the selected rows of one part by status: those before the first edge, then those from each edge on.
func countBetween(s source, selected *segment.Selection, counter *segment.Counter, edges []rowKey) ([]statusCounts, error) {
	keys, err := s.Keys()
	if err != nil {
		return nil, err
	}
	status, err := s.Column(columnStatus)
	if err != nil {
		return nil, err
	}
	found := make([]statusCounts, len(edges)+1)
	from := 0
	for i := range found {
		to := s.rows
		if i < len(edges) {
			to = keys.Find(int64(edges[i]))
		}
		if in := selected.Between(from, to); in.Len() > 0 {
			counter.Count(status, &in, func(value, n int64) { found[i][value&(store.MaxStatuses-1)] += n })
		}
		from = to
	}
	return found, nil
}

// firstKeyAt gives the first key that is not before t: keys know microseconds, an edge may lie between two.
func firstKeyAt(t time.Time) rowKey {
	k := clampedKeyAt(t)
	if k.Time().Before(t) && t.Nanosecond()%int(time.Microsecond) != 0 {
		k += keyTies
	}
	return k
}
