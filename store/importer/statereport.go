package importer

import (
	"strings"
	"time"

	"signpost/store"
)

// A file of a report holds the whole report or a part of it: see store.ReportFile. That is known at its end.

// readReport is what was read so far of one report in a file.
type readReport struct {
	rows   int64
	newest time.Time // the newest date that a row tells
	// filtered says that an answer was asked with a filter, or for one object.
	filtered bool
	// further says that the link of another page led to an answer.
	further bool
}

// maxAhead is how far behind the import the date of a row may lie. Clocks differ; a later date is a mistake of the report.
const maxAhead = 24 * time.Hour

// noteRow counts a row of a report.
func (s *stream) noteRow(kind store.StateKind, date time.Time) {
	d := &s.directory
	if d.reports == nil {
		d.reports = map[store.StateKind]*readReport{}
	}
	of := d.reports[kind]
	if of == nil {
		of = &readReport{}
		d.reports[kind] = of
	}
	of.rows++
	if date.After(of.newest) && date.Before(s.im.started.Add(maxAhead)) {
		of.newest = date
	}
	of.filtered = of.filtered || isFiltered(d.contextText) || isFiltered(s.decoder.envelope.odataContext)
	of.further = of.further || isFurther(d.contextText) || isFurther(s.decoder.envelope.odataContext)
}

// isFurther says that a context, or the name that a program gave a file by its address, is that of a page behind the first.
func isFurther(name string) bool {
	name = strings.ToLower(name)
	return strings.Contains(name, "$skiptoken") || strings.Contains(name, "%24skiptoken")
}

// isFiltered says that an @odata.context is that of an answer to a question for some objects.
func isFiltered(context string) bool {
	return strings.Contains(context, "$filter") || strings.Contains(context, "$entity")
}

// endReports tells the engine what the file holds of each report. whole says that it was read to its end.
func (s *stream) endReports(whole bool) {
	d := &s.directory
	for _, kind := range store.StateKinds() {
		of := d.reports[kind]
		if of == nil || !kind.IsSnapshot() {
			continue
		}
		f := store.ReportFile{Kind: kind, Name: kind.Words(), Rows: of.rows, Date: of.newest}
		if f.Date.IsZero() {
			f.Date = s.received
		}
		f.Part = s.partOf(kind, of, whole)
		d.batch.Reports = append(d.batch.Reports, f)
		s.tally.files = append(s.tally.files, f)
	}
}

// importedReport is what earlier files of one import hold of a report.
type importedReport struct {
	pages bool    // one of them names a further page
	whole []int64 // the imports of those that were taken for whole
}

// partOf says why the file is no whole report; empty where it is. The last page of an answer names no further one: where
// another file of the import does, both are pages.
func (s *stream) partOf(kind store.StateKind, of *readReport, whole bool) store.ReportPart {
	seen := s.im.reportsSeen[kind]
	if seen == nil {
		seen = &importedReport{}
		s.im.reportsSeen[kind] = seen
	}
	switch {
	case s.tally.morePages:
		seen.pages = true
		for _, id := range seen.whole {
			s.directory.batch.Reports = append(s.directory.batch.Reports, store.ReportFile{Kind: kind, Import: id, Part: store.PartOfPages})
		}
		seen.whole = nil
		return store.PartPage
	case !whole:
		return store.PartCut
	case of.further || isFurther(s.path):
		return store.PartFurther
	case seen.pages:
		return store.PartOfPages
	case s.tally.rejectedTotal > 0:
		return store.PartRejected
	case of.filtered:
		return store.PartFiltered
	case of.rows == 1:
		return store.PartOneRow
	}
	seen.whole = append(seen.whole, s.importID)
	return ""
}

// noteParts takes over what the engine found out about the files of reports.
func (s *stream) noteParts() {
	for _, kept := range s.directory.batch.Reports {
		for i := range s.tally.files {
			if f := &s.tally.files[i]; kept.Import == 0 && f.Kind == kept.Kind {
				f.Part = kept.Part
			}
		}
	}
}
