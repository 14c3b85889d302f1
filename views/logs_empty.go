package views

import (
	"slices"
	"strings"
	"time"

	"signpost/store"
)

// EmptyState says why a list has no rows, and what to do next.
type EmptyState struct {
	Title, Text string
	// Command is a shell command to type; empty for none.
	Command string
	Link    *Link
	// NothingYet says that nothing was ever imported.
	NothingYet bool
}

// Link is a link: its words and its address.
type Link struct{ Label, Address string }

// EmptyLog is for a log that has no rows at all.
func EmptyLog(l List, mayImport bool) *EmptyState {
	e := &EmptyState{
		NothingYet: true, Title: "Nothing has been imported into this log yet",
		Text: "Import exports from the Entra admin center, Azure Monitor or Microsoft Graph: files and folders, plain, .gz or .zip. The records find their log by themselves.",
	}
	if mayImport {
		e.Link = &Link{"Import files", "/import"}
		return e
	}
	e.Command = "signpost import FILE..."
	return e
}

// EmptyScope is for a log without records in the viewer's scope.
func EmptyScope(l List) *EmptyState {
	return &EmptyState{
		Title: "There is nothing of your scope in this log",
		Text:  "You see the " + l.Kind().Many + " of your scope alone, and the log has none of them.",
	}
}

// EmptyRange is for a range without rows in a log that has some. newest is the time of the log's newest row.
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

// EmptyPlace is for a page after the end of a list that has rows.
func EmptyPlace(l List, q store.Query) *EmptyState {
	return &EmptyState{
		Title: "No " + l.Kind().Many + " on this page",
		Text:  "The list has moved on since the link was made.",
		Link:  &Link{"Go to the newest", l.firstURL(q)},
	}
}

// EmptyBad replaces the rows while the address is wrong.
func EmptyBad(l List, q store.Query, bad store.BadParams) *EmptyState {
	return &EmptyState{Title: badTitle(bad), Text: besideControl, Link: &Link{removeBad(bad), l.firstURL(q)}}
}

// besideControl says where the errors of the address are explained.
const besideControl = "The message next to the field says why. The rest of the link is kept."

// badTitle names the wrong parts of an address.
func badTitle(bad store.BadParams) string {
	var parts []string
	for _, b := range bad {
		part := b.Param
		if b.Value != "" {
			part += "=" + b.Value
		}
		if !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	if len(parts) == 1 {
		return clipped("This link has a part that is wrong: " + parts[0])
	}
	return clipped("This link has parts that are wrong: " + strings.Join(parts, ", "))
}

// removeBad is the label of the link without the wrong parts.
func removeBad(bad store.BadParams) string {
	if len(bad) > 1 {
		return "Remove them"
	}
	return "Remove it"
}
