package store

import (
	"context"
	"time"
)

// Ledger is what is known of the files that were imported.
type Ledger interface {
	// Imports gives the imports after the one with that number, in the order of their numbers; limit bounds how many.
	Imports(ctx context.Context, after int64, limit int) ([]Import, error)
}

// Import is one file's line in the ledger.
type Import struct {
	ID           int64
	Path, Format string
	Started      time.Time
	Ended        time.Time // the zero time where the import was broken off
	// New, Updated and Same count its sign-ins by what they were to the store.
	New, Updated, Same int64
	// Outcomes split New, Updated and Same by log, where that was noted.
	Outcomes map[Log]Outcomes
	// Times are the first and last sign-in of each log. Nil of a file that was imported before they were noted, and of an
	// import that was broken off.
	Times map[Log]Span
	// Told are those that records of another kind tell.
	Told map[Log]ToldRecords
}

// WithoutLogs is that of ImportReport. A file with records of a hidden log tells nothing of other logs: its name would tell of the
// hidden one.
func (i Import) WithoutLogs(hidden func(Log) bool) Import {
	for log := range i.Times {
		if hidden(log) {
			i.Told = nil
		}
	}
	r := ImportReport{New: i.New, Updated: i.Updated, Same: i.Same, Outcomes: i.Outcomes}.WithoutLogs(hidden)
	i.New, i.Updated, i.Same, i.Outcomes = r.New, r.Updated, r.Same, r.Outcomes
	return i
}

// MayHold says whether the file may have sign-ins of the log in the range: it does not where its times were noted and lie
// elsewhere.
func (i *Import) MayHold(log Log, r Range) bool {
	if i.Times == nil {
		return true
	}
	meets := func(span Span) bool {
		return !span.First.IsZero() && !span.Last.Before(r.From) && span.First.Before(r.To)
	}
	return meets(i.Times[log]) || meets(i.Told[log].Span)
}

// Span is the time from a first sign-in to a last.
type Span struct {
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
}

// With gives the span that holds the time too; the zero Span holds none.
func (s Span) With(t time.Time) Span {
	if s.First.IsZero() || t.Before(s.First) {
		s.First = t
	}
	if t.After(s.Last) {
		s.Last = t
	}
	return s
}
