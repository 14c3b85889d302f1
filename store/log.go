package store

import "time"

// Log names a log as it stands in an address (/logs/LOG). Which there are, and what they are, a Catalog tells.
type Log string

// LogInfo describes a log: its names and how its rows are grouped.
type LogInfo struct {
	Log Log
	// Number names the log in what an engine stores. A number never changes, and that of a log that was given up is never used
	// again: rows, look-ups and sums of existing data folders hold it. The order of the tabs has nothing to do with it.
	Number   int
	Title    string // the tab's text
	Short    string // where there is little room
	FileStem string // download names: FileStem_<from>_<to>.csv
	Category string // Azure Monitor's category
	Grouped  bool   // rows are groups inside a time aggregate window
	User     bool   // its records are made by or on behalf of a user
	// Actor tells who acted, Target on what. One and Many are what an actor of the log is.
	Actor, Target *Field
	One, Many     string
	// GroupBy are the properties that make a group's key, by ID; a name stands in only where the ID is empty.
	GroupBy []*Property
	// Principals are the properties that hold the IDs of users and service principals whose the record is, Apps those of
	// applications. Somebody limited to a Scope sees the records with one of its IDs there, and none of a log without any.
	Principals, Apps []*Property
	// Folds says that several events of the log can make one line: see Line. One log of a catalog can.
	Folds bool
	// Read is who may read the log at all. NewKind makes TenantLogs of NoClass.
	Read Class
	// Own says that the portal writes the log itself: an import takes no record of it from a file.
	Own bool

	kind *Kind
}

// Kind gives the kind of the log's records.
func (l LogInfo) Kind() *Kind { return l.kind }

// Window is a time aggregate: groups live inside windows of this length, aligned to UTC.
type Window time.Duration

// The windows the original offers; 24 hours is the default.
const (
	Window1h  = Window(time.Hour)
	Window6h  = Window(6 * time.Hour)
	Window24h = Window(24 * time.Hour)
)

// Windows gives the windows in the order of the control.
func Windows() []Window { return []Window{Window24h, Window6h, Window1h} }

// String is the window as the query parameter agg has it.
func (w Window) String() string {
	switch w {
	case Window1h:
		return "1h"
	case Window6h:
		return "6h"
	}
	return "24h"
}

// Label is the window in words.
func (w Window) Label() string {
	switch w {
	case Window1h:
		return "1 hour"
	case Window6h:
		return "6 hours"
	}
	return "24 hours"
}

// Around gives the window that holds t: from is inside, to is outside. The zero Window is 24 hours.
func (w Window) Around(t time.Time) (from, to time.Time) {
	if w == 0 {
		w = Window24h
	}
	from = t.UTC().Truncate(time.Duration(w)) // Truncate counts from year 1, a midnight in UTC
	return from, from.Add(time.Duration(w))
}
