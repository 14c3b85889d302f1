package sqlite

import (
	"context"
	"fmt"
	"time"

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
			own := make([]store.Bucket, len(h.Buckets))
			return worker{
				take: func(s source, selected *segment.Selection, counter *segment.Counter) error {
					return bucketPart(s, selected, counter, edges, own)
				},
				done: func() {
					for i := range own {
						for s, n := range own[i].ByStatus {
							h.Buckets[i].ByStatus[s] += n
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

// bucketPart counts the selected rows of one part.
func bucketPart(s source, selected *segment.Selection, counter *segment.Counter, edges []rowKey, buckets []store.Bucket) error {
	keys, err := s.Keys()
	if err != nil {
		return err
	}
	status, err := s.Column(columnStatus)
	if err != nil {
		return err
	}
	for i := range buckets {
		if edges[i] > s.hi || edges[i+1] <= s.lo {
			continue
		}
		in := selected.Between(keys.Find(int64(edges[i])), keys.Find(int64(edges[i+1])))
		if in.Len() > 0 {
			counter.Count(status, &in, func(value, n int64) { buckets[i].Add(store.Status(value), n) })
		}
	}
	return nil
}

// firstKeyAt gives the first key that is not before t: keys know microseconds, an edge may lie between two.
func firstKeyAt(t time.Time) rowKey {
	k := clampedKeyAt(t)
	if k.Time().Before(t) && t.Nanosecond()%int(time.Microsecond) != 0 {
		k += keyTies
	}
	return k
}
