package store

import "time"

// Head is the part that records of every kind have.
type Head struct {
	Log Log
	// ID is unique in the log.
	ID string
	// Time is the time of the event. It is the time of ingestion where the record has no other; TimeIsIngestion
	// marks that.
	Time            time.Time
	TimeIsIngestion bool
	// Ingested is the time of ingestion; zero where the export has none.
	Ingested time.Time
	// ToldBy is set on a record that only another log tells: it names that log. See Kind.Tells. It is empty for a record with a
	// copy from a source of its own.
	ToldBy Log
}

// Entry is one record of any kind, such as *SignIn: a pointer, whose properties can be written. Its kind's properties give
// the other values.
type Entry interface {
	Head() Head
	SetHead(Head)
	// Clone gives a copy whose properties can be written without changing this entry. What is shared, such as lists, is
	// replaced as a whole and never written into.
	Clone() Entry
}

// of turns an accessor of one kind into an accessor of any entry. To use it on an entry of another kind is a
// mistake in the program, and panics.
func of[E Entry, V any](f func(E) V) func(Entry) V {
	if f == nil {
		return nil
	}
	return func(e Entry) V { return f(e.(E)) }
}

// Common is the head of a record, for structs that embed it; with a Clone of their own they are entries.
type Common struct{ head Head }

// Head gives the part that every record has.
func (c *Common) Head() Head { return c.head }

// SetHead sets the part that every record has.
func (c *Common) SetHead(h Head) { c.head = h }

// ID gives the record's ID, for the property of it.
func (c *Common) ID() *string { return &c.head.ID }
