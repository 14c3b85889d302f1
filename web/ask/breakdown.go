package ask

import (
	"context"
	"time"

	"signpost/store"
)

// BreakdownParts is the number of values of a field that a chart tells apart; the rest is one more part.
const BreakdownParts = 6

// Breakdown is a histogram by the values of a field, the most frequent first. In each bucket ByStatus[i] counts the records with
// Values[i]. ByStatus[len(Values)] counts the rest: records with another value, or without one. A record with several of the
// values counts once, with the first.
type Breakdown struct {
	Values    []store.FacetValue
	Histogram store.Histogram
	// Distinct is the number of different values in all.
	Distinct int64
}

// Breakdown breaks a histogram down by a field. It excludes the values one after the other. Each part is the loss of the
// histogram, so the parts and the rest add up to the whole, under any filter. It asks one question for the values and one for
// each part.
func (r Reader) Breakdown(ctx context.Context, q store.HistogramQuery, whole store.Histogram, by *store.Field) (Breakdown, error) {
	facets, err := r.Facets(ctx, store.FacetsQuery{ListQuery: q.ListQuery, Fields: []*store.Field{by}, Top: BreakdownParts})
	if err != nil {
		return Breakdown{}, err
	}
	b := Breakdown{Distinct: facets[0].Distinct, Histogram: store.Histogram{Complete: whole.Complete && facets[0].Complete}}
	left := make([]int64, len(whole.Buckets))
	for i, bucket := range whole.Buckets {
		left[i] = bucket.Total()
		b.Histogram.Buckets = append(b.Histogram.Buckets, store.Bucket{From: bucket.From, To: bucket.To})
	}
	for _, value := range facets[0].Values {
		if len([]rune(value.Value)) > store.MaxValueLength {
			continue // no condition can name it
		}
		q.Filter = q.Filter.With(by, store.OpIsNot, value.Value)
		without, err := r.Histogram(ctx, q)
		if err != nil {
			return Breakdown{}, err
		}
		b.Histogram.Complete = b.Histogram.Complete && without.Complete
		part := len(b.Values)
		b.Values = append(b.Values, value)
		for i, bucket := range without.Buckets {
			b.Histogram.Buckets[i].ByStatus[part] = left[i] - bucket.Total()
			left[i] = bucket.Total()
		}
	}
	for i := range left {
		b.Histogram.Buckets[i].ByStatus[len(b.Values)] = left[i]
	}
	return b, nil
}

// Earlier is a histogram of the same buckets, some days earlier.
type Earlier struct {
	store.Histogram
	// Since is the time of the log's oldest record up to the end of that range; the zero time where there is none.
	Since time.Time
}

// Earlier counts the same range some days earlier. Days are calendar days in loc.
func (r Reader) Earlier(ctx context.Context, q store.HistogramQuery, days int, loc *time.Location) (e Earlier, err error) {
	q.Range = store.Range{From: daysBefore(q.Range.From, days, loc), To: daysBefore(q.Range.To, days, loc)}
	edges := make([]time.Time, len(q.Edges))
	for i, edge := range q.Edges {
		edges[i] = daysBefore(edge, days, loc)
		if i > 0 && edges[i].Before(edges[i-1]) { // the clocks go back in the range: its second hour has no counterpart
			edges[i] = edges[i-1]
		}
	}
	q.Edges = edges
	oldest := store.ListQuery{Log: q.Log, Range: store.Range{From: q.Range.From.AddDate(-oldestYears, 0, 0), To: q.Range.To}, Limit: 1}
	oldest.Before = &store.Cursor{Key: store.KeyAt(oldest.Range.From).Prev(), Log: q.Log}
	page, err := r.Page(ctx, oldest)
	if err != nil || len(page.Rows) == 0 {
		return e, err
	}
	e.Since = page.Rows[0].Entry.Head().Time
	e.Histogram, err = r.Histogram(ctx, q)
	return e, err
}

// daysBefore gives the same time of the clock some days earlier. A time that the clocks jumped over that day is the moment of the
// jump.
func daysBefore(t time.Time, days int, loc *time.Location) time.Time {
	local := t.In(loc)
	before := local.AddDate(0, 0, -days)
	wall := func(t time.Time) time.Duration {
		return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
	}
	switch jump, next := before.ZoneBounds(); {
	case wall(before) > wall(local):
		return jump.UTC()
	case wall(before) < wall(local):
		return next.UTC()
	}
	return before.UTC()
}

// oldestYears bounds the search for the oldest record of a log.
const oldestYears = 10
