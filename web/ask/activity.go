package ask

import (
	"context"
	"time"

	"signpost/store"
)

// Activity asks the logs for the sign-ins of an object.
type Activity struct {
	Kind  store.ObjectKind
	ID    string
	Range store.Range
	// Location is the time zone in which the bars begin.
	Location *time.Location
	// Fields gives the fields of a log to count values of. Top is the number of values of each, Rows the number of rows of each
	// table.
	Fields    func(store.LogInfo) []*store.Field
	Top, Rows int
}

// ObjectActivity is the answer of the logs about an object.
type ObjectActivity struct {
	// Width is the length of a bar of the histograms.
	Width  time.Duration
	Logs   []LogActivity
	Tables []ObjectTable
	// Last is the last success of all time. LastSuccess is its sign-in, nil where there is none.
	Last        store.LastSuccess
	LastSuccess *store.Row
}

// LogActivity is the part of the answer from one log.
type LogActivity struct {
	Log       store.Log
	Histogram store.Histogram
	Facets    []store.Facet
	Newest    []store.Row
	// Failure is the newest failure of the range; nil where there is none.
	Failure *store.Row

	ChartTrouble, FacetTrouble, NewestTrouble, FailureTrouble Trouble
}

// ObjectTable lists the applications, users or service principals of an object's sign-ins.
type ObjectTable struct {
	By      *store.Field
	Table   store.Table
	Trouble Trouble
}

// newestSignIns is the number of newest sign-ins that each log lists.
const newestSignIns = 10

// tablesOf gives the fields that get a table of their own: a user's applications, an application's users.
func tablesOf(kind store.ObjectKind) []*store.Field {
	switch kind {
	case store.ObjectUser:
		return []*store.Field{store.AppField}
	case store.ObjectGroup:
		return []*store.Field{store.AppField, store.UserField}
	case store.ObjectServicePrincipal:
		return nil
	}
	return []*store.Field{store.UserField, store.ServicePrincipalField}
}

// Ask asks all questions at once.
func (q Activity) Ask(ctx context.Context, r Reader) (*ObjectActivity, error) {
	logs := LogsOf(q.Kind)
	filter := ObjectFilter(q.Kind, q.ID)
	a := &ObjectActivity{Width: store.BucketWidth(q.Range), Logs: make([]LogActivity, len(logs))}
	var questions []func(context.Context) error
	for i, log := range logs {
		a.Logs[i].Log = log
		list := store.ListQuery{Log: log, Range: q.Range, Filter: filter}
		questions = append(questions, q.ofLog(r, list, store.BucketEdges(q.Range, a.Width, q.Location), &a.Logs[i])...)
	}
	fields := tablesOf(q.Kind)
	a.Tables = make([]ObjectTable, len(fields))
	for i, by := range fields {
		table := &a.Tables[i]
		table.By = by
		questions = append(questions, func(ctx context.Context) (err error) {
			table.Table, err = r.Table(ctx, store.TableQuery{By: by, Logs: logs, Range: q.Range, Filter: filter, Limit: q.Rows})
			return r.Part(ctx, "list", err, &table.Trouble)
		})
	}
	questions = append(questions, func(ctx context.Context) (err error) {
		a.Last, a.LastSuccess, err = q.lastSuccess(ctx, r)
		return err
	})
	return a, Together(ctx, questions...)
}

// lastSuccess finds the last success of all time. row is its sign-in, nil where only the time is known.
func (q Activity) lastSuccess(ctx context.Context, r Reader) (last store.LastSuccess, row *store.Row, err error) {
	last, err = r.LastSuccess(ctx, q.Kind, q.ID)
	if err != nil || last.Time.IsZero() {
		return last, nil, err
	}
	at := store.Range{From: last.Time, To: last.Time.Add(time.Microsecond)}
	filter := ObjectFilter(q.Kind, q.ID).With(store.StatusField, store.OpIs, "success")
	for _, log := range LogsOf(q.Kind) {
		found, err := r.Page(ctx, store.ListQuery{Log: log, Range: at, Filter: filter, Limit: 1})
		if err != nil {
			return last, nil, err
		}
		if len(found.Rows) > 0 {
			return last, &found.Rows[0], nil
		}
	}
	return last, nil, nil
}

// ofLog gives the questions to one log.
func (q Activity) ofLog(r Reader, list store.ListQuery, edges []time.Time, into *LogActivity) []func(context.Context) error {
	newest := func(ctx context.Context, filter store.Filter, limit int, trouble *Trouble) ([]store.Row, error) {
		list := list
		list.Filter, list.Limit = filter, limit
		found, err := r.Page(ctx, list)
		return found.Rows, r.Part(ctx, "newest sign-ins", err, trouble)
	}
	info, _ := store.SignIns.Log(list.Log)
	return []func(context.Context) error{
		func(ctx context.Context) (err error) {
			into.Histogram, err = r.Histogram(ctx, store.HistogramQuery{ListQuery: list, Edges: edges})
			return r.Part(ctx, "chart", err, &into.ChartTrouble)
		},
		func(ctx context.Context) (err error) {
			into.Facets, err = r.Facets(ctx, store.FacetsQuery{ListQuery: list, Fields: q.Fields(info), Top: q.Top})
			return r.Part(ctx, "lists", err, &into.FacetTrouble)
		},
		func(ctx context.Context) (err error) {
			into.Newest, err = newest(ctx, list.Filter, newestSignIns, &into.NewestTrouble)
			return err
		},
		func(ctx context.Context) error {
			failures, err := newest(ctx, list.Filter.With(store.StatusField, store.OpIs, "failure"), 1, &into.FailureTrouble)
			if len(failures) > 0 {
				into.Failure = &failures[0]
			}
			return err
		},
	}
}
