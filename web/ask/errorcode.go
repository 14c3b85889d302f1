package ask

import (
	"context"
	"strconv"
	"time"

	"signpost/store"
)

// ErrorCode asks for the sign-ins of the tenant with an error code in a range.
type ErrorCode struct {
	Code  int64
	Range store.Range
	// Log is the log for the days, the values and the newest; empty for the log with the most.
	Log store.Log
	// Location is the time zone in which the bars of the days begin.
	Location *time.Location
	// Fields gives the fields of a log to count values of; Top is the number of values of each.
	Fields func(store.Log) []*store.Field
	Top    int
}

// ErrorSeen is the answer about an error code: the number of each log. For one log it also has the days, the people hit, and the
// newest sign-ins.
type ErrorSeen struct {
	Logs []ErrorLog
	// Log is the log of the other parts; Chosen says that the question names it.
	Log    store.Log
	Chosen bool
	Facets []store.Facet
	Rows   []store.Row
	// OnTheWay counts the lines of the interactive log that had the code in an event before their last. It is zero where that is
	// not known.
	OnTheWay                   store.Total
	FacetsTrouble, RowsTrouble Trouble
}

// ErrorLog counts the sign-ins of a log with the code, bar by bar.
type ErrorLog struct {
	Log       store.Log
	Width     time.Duration
	Histogram store.Histogram
	Trouble   Trouble
}

// N is the number of sign-ins of the log that ended with the code.
func (l ErrorLog) N() (n int64) {
	for _, b := range l.Histogram.Buckets {
		n += b.Total()
	}
	return n
}

// ErrorQuery asks for the sign-ins of a log that ended with the code.
func ErrorQuery(log store.Log, code int64, r store.Range) store.ListQuery {
	return store.ListQuery{Log: log, Range: r, Filter: codeFilter(store.ErrorField, code)}
}

// ErrorOnTheWay asks for the lines of the interactive log that had the code and went on.
func ErrorOnTheWay(code int64, r store.Range) store.ListQuery {
	filter := codeFilter(store.AnyErrorField, code)
	filter = filter.With(store.ErrorField, store.OpIsNot, strconv.FormatInt(code, 10))
	return store.ListQuery{Log: store.Interactive, Range: r, Filter: filter}
}

func codeFilter(field *store.Field, code int64) store.Filter {
	return store.Filter{}.With(field, store.OpIs, strconv.FormatInt(code, 10))
}

// errorBarWidth gives the length of a bar: a day, unless the range has fewer than 3 days or too many for the chart.
func errorBarWidth(r store.Range) time.Duration {
	if days := r.To.Sub(r.From) / (24 * time.Hour); days < 3 || days > store.MaxBuckets/2 {
		return store.BucketWidth(r)
	}
	return 24 * time.Hour
}

// errorSeenRows is the number of newest sign-ins that are listed.
const errorSeenRows = 10

// Ask counts the sign-ins with the code. It counts each log first, because the numbers choose the log for the other parts.
func (q ErrorCode) Ask(ctx context.Context, r Reader) (*ErrorSeen, error) {
	seen := &ErrorSeen{}
	for _, info := range store.SignIns.Logs {
		seen.Logs = append(seen.Logs, ErrorLog{Log: info.Log, Width: errorBarWidth(q.Range)})
	}
	var questions []func(context.Context) error
	for i := range seen.Logs {
		questions = append(questions, func(ctx context.Context) error { return q.count(ctx, r, &seen.Logs[i]) })
	}
	questions = append(questions, func(ctx context.Context) (err error) {
		var unsaid Trouble // one number among several: where it is missing, the answer says nothing of it
		seen.OnTheWay, err = r.Total(ctx, ErrorOnTheWay(q.Code, q.Range))
		return r.Part(ctx, "earlier steps with an error code", err, &unsaid)
	})
	if err := Together(ctx, questions...); err != nil {
		return nil, err
	}
	seen.pick(q.Log)
	list := ErrorQuery(seen.Log, q.Code, q.Range)
	err := Together(ctx,
		func(ctx context.Context) (err error) {
			seen.Facets, err = r.Facets(ctx, store.FacetsQuery{ListQuery: list, Fields: q.Fields(seen.Log), Top: q.Top})
			return r.Part(ctx, "hits of an error code", err, &seen.FacetsTrouble)
		},
		func(ctx context.Context) error {
			newest := list
			newest.Limit = errorSeenRows
			rows, err := r.Page(ctx, newest)
			seen.Rows = rows.Rows
			return r.Part(ctx, "newest of an error code", err, &seen.RowsTrouble)
		},
	)
	return seen, err
}

// count counts a log's sign-ins that ended with the code, bar by bar.
func (q ErrorCode) count(ctx context.Context, r Reader, log *ErrorLog) (err error) {
	h := store.HistogramQuery{ListQuery: ErrorQuery(log.Log, q.Code, q.Range)}
	h.Edges = store.BucketEdges(h.Range, log.Width, q.Location)
	log.Histogram, err = r.Histogram(ctx, h)
	return r.Part(ctx, "count of an error code", err, &log.Trouble)
}

// pick chooses the log for the other parts: the one asked for, else the one with the most.
func (s *ErrorSeen) pick(asked store.Log) {
	if s.Log, s.Chosen = asked, asked != ""; s.Chosen {
		return
	}
	most := s.Logs[0]
	for _, l := range s.Logs {
		if l.N() > most.N() {
			most = l
		}
	}
	s.Log = most.Log
}
