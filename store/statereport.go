package store

import (
	"slices"
	"time"
)

// A report is a snapshot: a row that it lacks is no longer true at its date. Each file of a report has a date. The newest file that
// holds the whole report decides which rows count. A row that was last in an older file is gone: it is kept, and leaves counts and
// lists. The order in which files come in changes nothing. No report names its tenant, so a folder holds the reports of one.

// ReportFile is one imported file of a report, as far as it was read.
type ReportFile struct {
	Kind StateKind `json:"-"`
	// Name is Kind in words.
	Name string `json:"name"`
	Rows int64  `json:"rows"`
	// Date is the newest date that a row tells, else the time of the file.
	Date time.Time `json:"date"`
	// Part is why the file does not hold the whole report; empty where it does.
	Part ReportPart `json:"part,omitempty"`
	// Import is the import of the file; 0 for the present one. A later file of the same answer makes a part of an earlier one.
	Import int64 `json:"-"`
}

// ReportPart is a reason why a file does not hold the whole report.
type ReportPart string

// The reasons, in the order in which they are looked for.
const (
	PartCut      ReportPart = "cut"      // the file was not read to its end
	PartPage     ReportPart = "page"     // the answer names a further page
	PartOfPages  ReportPart = "pages"    // another file of the import names a further page of the report
	PartRejected ReportPart = "rejected" // a row could not be read
	PartFiltered ReportPart = "filtered" // the answer says that it was asked with a filter, or for one object
	PartOneRow   ReportPart = "one"      // it has one row
	PartNearPage ReportPart = "near"     // a page of the report that has other rows came in within a day of it; the engine finds out
	PartFurther  ReportPart = "further"  // it is a page that a link led to
)

// sentence says why, and what to do.
func (p ReportPart) sentence() string {
	switch p {
	case PartCut:
		return "it was not read to its end"
	case PartPage, PartOfPages:
		return "it is a page of an answer with further pages"
	case PartRejected:
		return "some of its rows were rejected"
	case PartFiltered:
		return "its answer was asked with a filter, or for one object"
	case PartOneRow:
		return "it has a single row"
	case PartNearPage:
		return "another page of the report came in within a day, and it may be the last page of the same answer"
	case PartFurther:
		return "it is a page that the link of another page led to ($skiptoken)"
	}
	return ""
}

// Sentence says of the file what it does to rows that it lacks.
func (f *ReportFile) Sentence() string {
	date := f.Date.UTC().Format("2 January 2006 15:04") + " UTC"
	if f.Part == "" {
		return "The file holds the whole " + f.Name + " of " + date + ": rows of an earlier report that it lacks count no more. It changes nothing where a newer whole report was imported."
	}
	return "The file holds a part of the " + f.Name + ", since " + f.Part.sentence() + ": its rows count, and no other row leaves. Import the report whole, in one file, to let rows leave that are no longer in it."
}

// ReportSentences are those of all reports of the file.
func (r *ImportReport) ReportSentences() (list []string) {
	for i := range r.Reports {
		list = append(list, r.Reports[i].Sentence())
	}
	slices.Sort(list)
	return list
}

// IsSnapshot says that a whole report of the kind has every object: one that it lacks is gone. Events stay, and so does whoever was
// at risk.
func (k StateKind) IsSnapshot() bool {
	switch k {
	case StateCredentialUse, StateRiskyUser, StateRiskyPrincipal, StateRiskyAgent:
		return false
	}
	return true
}

// MarkGone is the mark of a row that the newest whole report lacks. It is no row's own: the engine sets it.
const MarkGone = "gone"
