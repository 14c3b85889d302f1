package store

import "time"

// Head is what every record has, of whatever kind.
type Head struct {
	Log Log
	// ID is unique in the log.
	ID string
	// Time is when it happened; that of ingestion where the record does not say, which TimeIsIngestion marks.
	Time            time.Time
	TimeIsIngestion bool
	// Ingested is when the record was ingested; zero where the export has no such time.
	Ingested time.Time
}

// Entry is one record of any kind: *SignIn is one. What else it holds is told by the kind's properties.
type Entry interface {
	Head() Head
}

var _ Entry = (*SignIn)(nil)

// Head gives what every record has.
func (s *SignIn) Head() Head {
	return Head{Log: s.Log, ID: s.ID, Time: s.Time, TimeIsIngestion: s.TimeIsIngestion, Ingested: s.Ingested}
}

// of makes an accessor of a kind one of any entry. Asking a property of one kind of an entry of another is a mistake in the
// program, and panics.
func of[E Entry, V any](f func(E) V) func(Entry) V {
	if f == nil {
		return nil
	}
	return func(e Entry) V { return f(e.(E)) }
}
