package ask

import (
	"context"
	"errors"
	"slices"
	"time"

	"signpost/store"
)

// FindFailure asks for the sign-ins that a diagnosis may be about: those that did not succeed.
type FindFailure struct {
	// User and App are names or IDs. Request and Correlation are IDs; a request ID is looked for alone.
	User, App, Request, Correlation string
	// At is a time around which it was; zero for a correlation ID of any time, and for the time until Now.
	At, Now time.Time
	// Logs are those to look into; nil for all.
	Logs []store.Log
}

// FailuresFound are the sign-ins to choose from.
type FailuresFound struct {
	// Range is where they were looked for.
	Range store.Range
	// Rows are the nearest in time of each log, the newest first. Logs has all their numbers.
	Rows []store.Row
	Logs []FailuresIn
}

// FailuresIn counts the sign-ins of one log. Succeeded counts those that differ by their success alone.
type FailuresIn struct {
	Query            store.ListQuery
	Total, Succeeded store.Total
	Trouble          Trouble

	rows []store.Row
}

// failuresEach is the number of sign-ins of a log that are listed on each side of the time.
const failuresEach = 10

// IsEmpty says that nothing is asked for.
func (q FindFailure) IsEmpty() bool {
	return q.User == "" && q.App == "" && q.Request == "" && q.Correlation == ""
}

// Total counts all of them. It is not complete where a log could not be asked.
func (f FailuresFound) Total() (total store.Total) {
	total.Complete = true
	for _, l := range f.Logs {
		total.N, total.Complete = total.N+l.Total.N, total.Complete && l.Total.Complete && l.Trouble == NoTrouble
	}
	return total
}

// Succeeded counts the sign-ins that succeeded.
func (f FailuresFound) Succeeded() (n int64) {
	for _, l := range f.Logs {
		n += l.Succeeded.N
	}
	return n
}

// Only gives the sign-in if there is one, beyond doubt.
func (f FailuresFound) Only() (row store.Row, ok bool) {
	if total := f.Total(); len(f.Rows) != 1 || total.N != 1 || !total.Complete {
		return store.Row{}, false
	}
	return f.Rows[0], true
}

// Ask asks all logs at once. A request ID is looked for as an ID, whatever its sign-in's status.
func (q FindFailure) Ask(ctx context.Context, r Reader) (found FailuresFound, err error) {
	if q.Request != "" {
		return q.askRequest(ctx, r)
	}
	found.Range = q.within()
	for _, info := range store.SignIns.Logs {
		if f, ok := q.filter(info); ok && q.looksInto(info.Log) {
			found.Logs = append(found.Logs, FailuresIn{Query: store.ListQuery{Log: info.Log, Range: found.Range, Filter: f}})
		}
	}
	questions := make([]func(context.Context) error, len(found.Logs))
	for i := range found.Logs {
		questions[i] = func(ctx context.Context) error { return found.Logs[i].ask(ctx, r, q.at()) }
	}
	err = Together(ctx, questions...)
	for _, l := range found.Logs {
		found.Rows = append(found.Rows, l.rows...)
	}
	slices.SortStableFunc(found.Rows, func(a, b store.Row) int { return b.Key.Compare(a.Key) })
	return found, err
}

func (q FindFailure) looksInto(log store.Log) bool {
	return len(q.Logs) == 0 || slices.Contains(q.Logs, log)
}

// askRequest gives the sign-in of each log that has the ID. That of any event of an attempt finds the attempt.
func (q FindFailure) askRequest(ctx context.Context, r Reader) (found FailuresFound, err error) {
	found.Range = store.AllTime()
	var questions []func(context.Context) error
	for _, info := range store.SignIns.Logs {
		if q.looksInto(info.Log) {
			found.Logs = append(found.Logs, FailuresIn{Query: store.ListQuery{
				Log: info.Log, Range: found.Range, Filter: store.Filter{}.With(store.RequestField, store.OpIs, q.Request),
			}})
		}
	}
	for i := range found.Logs {
		l := &found.Logs[i]
		questions = append(questions, func(ctx context.Context) error {
			ctx, cancel := context.WithTimeout(ctx, timelineTimeout)
			defer cancel()
			record, err := r.Get(ctx, store.GetQuery{Ref: store.Ref{Log: l.Query.Log, ID: q.Request, Near: q.At}})
			switch {
			case errors.Is(err, store.ErrNotFound):
				l.Total.Complete = true
				return nil
			case err == nil:
				l.Total = store.Total{N: 1, Complete: true}
				l.rows = []store.Row{{Key: record.Key, Entry: record.Entry, Line: store.Line{Events: max(len(record.Events), 1)}}}
			}
			return r.Part(ctx, "the sign-in of a request ID", err, &l.Trouble)
		})
	}
	err = Together(ctx, questions...)
	for _, l := range found.Logs {
		found.Rows = append(found.Rows, l.rows...)
	}
	return found, err
}

// within is the time in which sign-ins are looked for.
func (q FindFailure) within() store.Range {
	if q.At.IsZero() && q.Correlation != "" {
		return store.AllTime()
	}
	return DiagnosisRange(q.at())
}

// at is the time around which they are looked for.
func (q FindFailure) at() time.Time {
	if q.At.IsZero() {
		return q.Now
	}
	return q.At
}

// filter gives the conditions for a log; ok is false where the log has none of the fields.
func (q FindFailure) filter(log store.LogInfo) (f store.Filter, ok bool) {
	for _, of := range []struct {
		field *store.Field
		value string
	}{{store.UserField, q.User}, {store.AppField, q.App}, {store.CorrelationField, q.Correlation}} {
		switch {
		case of.value == "":
		case !of.field.AppliesTo(log):
			return f, false
		default:
			f = f.With(of.field, store.OpIs, of.value)
		}
	}
	return f, !f.IsEmpty()
}

// withoutSuccess narrows to sign-ins that did not succeed, withSuccess to the others.
func withoutSuccess(f store.Filter) store.Filter {
	return f.With(store.StatusField, store.OpIsNot, store.SignIns.StatusInfo(store.StatusSuccess).Name)
}

func withSuccess(f store.Filter) store.Filter {
	return f.With(store.StatusField, store.OpIs, store.SignIns.StatusInfo(store.StatusSuccess).Name)
}

func (l *FailuresIn) ask(ctx context.Context, r Reader, at time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, timelineTimeout)
	defer cancel()
	worked := l.Query
	l.Query.Filter = withoutSuccess(worked.Filter)
	worked.Filter = withSuccess(worked.Filter)
	older := &store.Cursor{Key: store.KeyAt(at), Log: l.Query.Log}
	newer := &store.Cursor{Key: older.Key.Prev(), Log: l.Query.Log}
	var sides [2][]store.Row
	side := func(i int, before, after *store.Cursor) func(context.Context) error {
		return func(ctx context.Context) error {
			q := l.Query
			q.Before, q.After, q.Limit = before, after, failuresEach
			page, err := r.Page(ctx, q)
			sides[i] = page.Rows
			return err
		}
	}
	err := Together(ctx, side(0, newer, nil), side(1, nil, older),
		func(ctx context.Context) (err error) {
			l.Total, err = r.Total(ctx, l.Query)
			return err
		},
		func(ctx context.Context) (err error) {
			l.Succeeded, err = r.Total(ctx, worked)
			return err
		})
	l.rows = append(sides[0], sides[1]...)
	return r.Part(ctx, "sign-ins to choose from", err, &l.Trouble)
}
