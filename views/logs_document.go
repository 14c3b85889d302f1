package views

import (
	"time"

	"signpost/static"
	"signpost/store"
)

// documentStyle is the style sheet of documents, as its element.
func documentStyle() string { return "<style>" + static.Text("document.css") + "</style>" }

// ListDocument is a list as a document: a page that needs no portal, no script and no other file.
type ListDocument struct {
	LogPage
	// Records are its first rows, and All counts the records of the whole list.
	Records []store.Row
	All     store.Total
	// Covered says what imported files cover of the log.
	Covered []Covered
	// Portal is the address of the portal for people; empty where it is not known.
	Portal string
}

// columns are those of the list's page. Each row is one record, so there is no number of records.
func (d ListDocument) columns() (columns []Column) {
	for _, c := range d.LogPage.columns() {
		if c.Kind != kindCount && c.Kind != kindDate {
			columns = append(columns, c)
		}
	}
	return columns
}

// cell is the whole text of a cell.
func (d ListDocument) cell(c Column, e store.Entry) string {
	if c.Kind == kindStatus {
		return statusWord(d.List.Kind(), d.List.Kind().StatusOf(e))
	}
	cell := c.zoned(d.Shell.Zone, e)
	if c.Kind == kindID { // its text is short
		return cell.Title
	}
	return cell.Text
}

// address leads to the list in the portal, over the same time; empty where the address of the portal is not known.
func (d ListDocument) address() string {
	if d.Portal == "" {
		return ""
	}
	q := d.Query
	q.Range.Preset = ""
	return d.Portal + d.List.URL(q.Values())
}

// coverageLines say what imported files cover of each log.
func coverageLines(logs []Covered, zone Zone, now time.Time) (lines []string) {
	for _, c := range knownCoverage(logs, zone, now) {
		lines = append(lines, c.name()+": "+c.text(zone, now))
	}
	return lines
}
