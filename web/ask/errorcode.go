package ask

import (
	"context"
	"strconv"
	"time"

	"signpost/store"
)

// ErrorCode asks what the tenant has seen of an error code in a range.
type ErrorCode struct {
	Code  int64
	Range store.Range
	// Log is the log that the days, the values and the newest are asked of; empty for the one with the most.
	Log store.Log
	// Location is where the bars of the days begin.
	Location *time.Location
	// Fields gives the fields of a log whose values are counted; Top is how many values of each are told.
	Fields func(store.Log) []*store.Field
	Top    int
}

// ErrorSeen is what the tenant has seen of an error code: each log's number, and of one log the days, whom it hit, and the newest
// ones.
type ErrorSeen struct {
	Logs []ErrorLog
	// Log is the one that the rest is about; Chosen says that the question names it.
	Log    store.Log
	Chosen bool
	Facets []store.Facet
	Rows   []store.Row
	// OnTheWay counts the lines of the interactive log that had the code in an event before their last; zero where it is not
	// known.
	OnTheWay                   store.Total
	FacetsTrouble, RowsTrouble Trouble
}

// ErrorLog is how often a log has the code, bar by bar.
type ErrorLog struct {
	Log       store.Log
	Width     time.Duration
	Histogram store.Histogram
	Trouble   Trouble
}

// N is how many sign-ins of the log ended with the code.
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

// errorBarWidth is how long a bar is: a day, unless the range is of few.
func errorBarWidth(r store.Range) time.Duration {
	if days := r.To.Sub(r.From) / (24 * time.Hour); days < 3 || days > store.MaxBuckets/2 {
		return store.BucketWidth(r)
	}
	return 24 * time.Hour
}

// errorSeenRows is how many of the newest sign-ins are listed.
const errorSeenRows = 10

// Ask counts what the tenant has seen of the code: first each log's number, which says which log the rest is asked of.
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
		var unsaid Trouble // one number among several: without it nothing is said of it
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

// pick chooses the log that the rest is about: the one asked for, else the one with the most.
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
