package views

import (
	"time"

	"signpost/store"
)

// EmptyState says why a list has no rows and what to do next.
type EmptyState struct {
	Title, Text string
	// Command is what to type in a shell; empty for none.
	Command string
	Link    *Link
}

// Link is a way out: its words and its address.
type Link struct{ Label, Address string }

// EmptyLog is for a log that has no rows at all.
func EmptyLog(l List) *EmptyState {
	return &EmptyState{
		Title:   "Nothing has been imported into this log yet",
		Text:    "Import exports from the Entra admin center, Azure Monitor or Microsoft Graph: files and folders, plain, .gz or .zip. The records find their log by themselves.",
		Command: "signpost import FILE...",
	}
}

// EmptyScope is for a log that has nothing for who is limited to a scope.
func EmptyScope(l List) *EmptyState {
	return &EmptyState{
		Title: "There is nothing of your scope in this log",
		Text:  "You see the " + l.Kind().Many + " of your scope alone, and the log has none of them.",
	}
}

// EmptyRange is for a range without rows in a log that has some, of which newest is the newest.
func EmptyRange(l List, q store.Query, newest time.Time, zone Zone) *EmptyState {
	q.Filter = store.Filter{}
	return &EmptyState{
		Title: "No " + l.Kind().Many + " in this range",
		Text:  "The newest " + l.Kind().One + " of this log is from " + zone.Time(newest) + ".",
		Link:  &Link{"Show the 24 hours that end there", l.rangeURL(q, DayEndingAt(newest))},
	}
}

// EmptyFilter is for a filter that nothing in the range passes.
func EmptyFilter(l List, q store.Query) *EmptyState {
	return &EmptyState{
		Title: "No " + l.Kind().One + " passes this filter",
		Text:  "The range has " + l.Kind().Many + ", but none that every condition lets through.",
		Link:  &Link{"Clear the filters", l.clearURL(q)},
	}
}

// EmptyPlace is for a page behind the end of a list that has rows.
func EmptyPlace(l List, q store.Query) *EmptyState {
	return &EmptyState{
		Title: "No " + l.Kind().Many + " on this page",
		Text:  "The list has moved on since the link was made.",
		Link:  &Link{"Go to the newest", l.firstURL(q)},
	}
}

// EmptyBad stands where rows would be while the address is wrong.
func EmptyBad(l List, q store.Query) *EmptyState {
	return &EmptyState{
		Title: "Nothing is shown until the address is right",
		Text:  "What is wrong stands beside the control concerned. The rest of the address is kept.",
		Link:  &Link{"Leave out what is wrong", l.firstURL(q)},
	}
}
