package ask

import (
	"context"
	"time"

	"signpost/store"
	"signpost/store/coverage"
)

// MaxCoverage is the length of time whose hours are counted for a coverage: the last part of a longer range.
const MaxCoverage = 31 * 24 * time.Hour

// CoverageQuery asks what the imported files of a log cover of a range.
type CoverageQuery struct {
	Log   store.Log
	Range store.Range
	Now   time.Time
	// Ledger gives the statements of the files, as whoever asks may see them.
	Ledger coverage.Ledger
	// Arrivals asks for the lateness of the hours too.
	Arrivals bool
}

// Coverage asks for the statements and for the records of each hour. Only where hours without records may be silent ones, it asks for
// the four weeks before too.
func (r Reader) Coverage(ctx context.Context, q CoverageQuery) (*coverage.Coverage, error) {
	asked := coverage.Question{Log: q.Log, Range: q.Range, Now: q.Now}
	err := Together(ctx,
		func(ctx context.Context) (err error) {
			around := store.Range{From: q.Range.From.Add(-coverage.Tolerance), To: q.Range.To.Add(coverage.Tolerance)}
			asked.Stated, err = q.Ledger.Statements(ctx, coverage.Query{Log: q.Log, Range: around, Arrivals: q.Arrivals})
			return err
		},
		func(ctx context.Context) (err error) {
			asked.Rows, err = r.hourly(ctx, q.Log, q.hours())
			return err
		})
	if err != nil {
		return nil, err
	}
	c := coverage.Of(asked)
	first, last, ok := c.Quiet(q.Now)
	if !ok {
		return c, nil
	}
	const weeks = coverage.SilentWeeks * 7 * 24 * time.Hour
	before := map[int64]int64{}
	from, to := first.Add(-weeks), last.Add(time.Hour-7*24*time.Hour)
	err = Together(ctx, func(ctx context.Context) error {
		rows, err := r.hourly(ctx, q.Log, store.Range{From: from, To: to})
		for _, hour := range rows {
			before[store.HourOf(hour.At)] = hour.N
		}
		return err
	})
	asked.Before = func(hour time.Time) (int64, bool) {
		n, ok := before[store.HourOf(hour)]
		return n, ok
	}
	return coverage.Of(asked), err
}

// hours are the whole hours that the range touches, as far as they are counted.
func (q CoverageQuery) hours() store.Range {
	to := q.Range.To
	if to.After(q.Now) {
		to = q.Now
	}
	last := store.HourStart(store.HourOf(to.Add(-1)) + 1)
	from := store.HourStart(store.HourOf(q.Range.From))
	if last.Sub(from) > MaxCoverage+time.Hour {
		from = last.Add(-MaxCoverage)
	}
	return store.Range{From: from, To: last}
}

// hourly counts the records of each hour of a range of whole hours, in as many questions as a histogram allows buckets for.
func (r Reader) hourly(ctx context.Context, log store.Log, of store.Range) (rows []coverage.HourRows, err error) {
	for from := of.From; from.Before(of.To); {
		edges := []time.Time{from}
		for len(edges) <= store.MaxBuckets && edges[len(edges)-1].Before(of.To) {
			edges = append(edges, edges[len(edges)-1].Add(time.Hour))
		}
		to := edges[len(edges)-1]
		h, err := r.Histogram(ctx, store.HistogramQuery{
			ListQuery: store.ListQuery{Log: log, Range: store.Range{From: from, To: to}, AllEvents: true}, Edges: edges,
		})
		if err != nil {
			return nil, err
		}
		for i, bucket := range h.Buckets {
			rows = append(rows, coverage.HourRows{At: edges[i], N: bucket.Total()})
		}
		from = to
	}
	return rows, nil
}
