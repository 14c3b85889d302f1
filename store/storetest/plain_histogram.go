package storetest

import (
	"context"

	"signpost/store"
)

// Histogram counts the rows by bucket and status; see store.Store.
func (p *Plain) Histogram(_ context.Context, q store.HistogramQuery) (store.Histogram, error) {
	if err := p.refuse(q.ListQuery); err != nil {
		return store.Histogram{}, err
	}
	h := store.Histogram{Complete: true}
	rows := p.matching(q.ListQuery)
	for i := range q.Edges[1:] {
		within := q.Range.Intersect(q.Edges[i], q.Edges[i+1])
		bucket := store.Bucket{From: within.From, To: within.To}
		for _, m := range rows {
			if within.Contains(m.time) {
				bucket.Add(m.status(), 1)
			}
		}
		h.Buckets = append(h.Buckets, bucket)
	}
	return h, nil
}
