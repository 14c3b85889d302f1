package importer

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"signpost/store"
)

// evidence says how sure the format of a file is, and what told it.
func (l *look) evidence(s *stream, r *store.ImportReport) {
	e := &l.explanation
	say := func(format string, parts ...any) { e.Evidence = append(e.Evidence, fmt.Sprintf(format, parts...)) }
	switch {
	case s.tally.empty, s.tally.noRecords && len(r.Directory) == 0:
		e.Certainty = store.Empty
		return
	case l.csv != nil:
		l.evidenceOfHeadings(say)
	case r.Format == Unknown:
		l.evidenceOfNothing(say)
	case len(l.first) == 0:
		e.Certainty = store.Certain
		say("The first bytes of the file are those of the format %s.", store.FormatName(r.Format))
	default:
		l.evidenceOfRecords(s, say)
	}
	if l.csv != nil && l.csv.isPortalSignIns() && !l.csv.steps {
		if info, known := store.SignIns.Log(logOfFile(l.path)); known {
			say("The file's name tells the log: %s.", info.Title)
		} else if info, known := store.SignIns.Log(s.log); known && !slices.Contains(s.invented, store.AskLog) {
			say("The file's name does not tell the log. The answer does: %s.", info.Title)
		}
	}
	if seen := s.dates; seen.order != "" && !slices.Contains(s.invented, store.AskDates) {
		say("Dates are read as %s.", seen.order.words())
	}
	if s.dates.zone != nil && !slices.Contains(s.invented, store.AskZone) {
		say("Times without a zone are read as those of %s.", s.dates.zone)
	}
}

// evidenceOfHeadings says which headings told the format of a CSV file.
func (l *look) evidenceOfHeadings(say func(string, ...any)) {
	e, h := &l.explanation, l.csv
	var known []string
	translated := 0
	for i, plain := range h.plain {
		if !h.isKnown(plain) && len(l.directoryFields(i)) == 0 {
			continue
		}
		if i < len(l.written) {
			known = append(known, l.written[i])
		}
		if h.isPortalSignIns() && portalPlain(plain) != plain {
			translated++
		}
	}
	e.Certainty = store.Likely
	if h.format != PowerShellCSV && h.format != PortalDirectoryCSV {
		e.Certainty = store.Certain
	}
	what := "those of the format " + store.FormatName(h.format)
	if h.steps {
		what = "those of the Entra admin center's file of authentication details"
	}
	say("%d of %d headings are %s: %s.", len(known), len(h.plain), what, fewOf(known))
	if translated > 1 { // the English file of authentication details has one heading of its own
		say("%d of them are translations of the English headings.", translated)
	}
	if h.shape != nil {
		say("The headings are those of %s.", h.shape.name)
	}
}

// isKnown says whether a heading is one of the file's format.
func (h *headings) isKnown(plain string) bool {
	if h.isUnverified() || h.isOwnRisk() {
		return h.named[plain]
	}
	switch h.format {
	case PortalCSV:
		_, known := portalHeadings[plain]
		return known
	case DefenderCSV:
		_, known := defenderRows.columns[plain]
		return known
	case UnifiedAuditLog:
		return slices.Contains([]string{"auditdata", "recordtype", "creationdate", "userids", "operations", "operation"}, plain)
	case PortalDirectoryCSV:
		return false // its columns tell: see directoryFields
	}
	plain = strings.TrimSuffix(strings.TrimSuffix(plain, "_string"), "_dynamic")
	_, isTable := formatKeys[plain]
	return fieldKeys[plain] != nil || envelopeKeys[plain] != nil || isTable
}

// fewOf names some of many.
func fewOf(names []string) string {
	const few = 5
	if len(names) > few {
		return strings.Join(names[:few], ", ") + " and others"
	}
	return strings.Join(names, ", ")
}

// evidenceOfRecords says what told the format of JSON records.
func (l *look) evidenceOfRecords(s *stream, say func(string, ...any)) {
	e := &l.explanation
	e.Certainty = store.Likely
	formats := slices.SortedFunc(maps.Keys(l.first), func(a, b string) int {
		return cmp.Or(cmp.Compare(s.tally.formats[b], s.tally.formats[a]), cmp.Compare(a, b))
	})
	for _, format := range formats {
		say("%s: %s. The first has the keys %s.", store.FormatName(format), count(s.tally.formats[format], "record"), strings.Join(l.first[format], ", "))
	}
	var said []string
	for _, name := range slices.Sorted(maps.Keys(l.said)) {
		said = append(said, fmt.Sprintf("%s (%d)", clipped(name), l.said[name]))
	}
	if len(said) > 0 {
		e.Certainty = store.Certain
		say("Their category or table says what they are: %s.", strings.Join(said, ", "))
	}
	if l.claimed != "" {
		e.Certainty = store.Certain
		say("The answer around the records says that it holds %s.", l.claimed)
	}
	if len(said) == 0 && l.claimed == "" {
		say("Nothing in the file names its format: the keys of its records tell it.")
	}
	if len(formats) > 1 {
		e.Certainty = store.Mixed
	}
}

// claimName gives the set that an answer of Graph names.
func claimName(context []byte) string {
	found := metadata.FindSubmatch(context)
	if found == nil {
		return ""
	}
	return clipped(strings.ReplaceAll(string(found[1]), `\`, ""))
}

// evidenceOfNothing says what was looked for in a file that is not known, and what it has instead.
func (l *look) evidenceOfNothing(say func(string, ...any)) {
	l.explanation.Certainty = store.Unsure
	if len(l.first) > 0 { // it is JSON
		say("Looked for, and not found: the category and properties of Azure Monitor; createdDateTime with an application, a user or an address of Microsoft Graph; TimeGenerated of Log Analytics; Timestamp of Defender XDR.")
		say("The records have these keys: %s.", strings.Join(l.strange, ", "))
		return
	}
	if len(l.strange) > 1 {
		say("Looked for, and not found, in the first line: Date (UTC) with Request ID of the Entra admin center; TimeGenerated of Log Analytics; Timestamp with LogonType of Defender XDR; CreatedDateTime with the names of Microsoft Graph.")
		say("The first line has these headings: %s.", strings.Join(l.strange, ", "))
		return
	}
	say("The file begins with no bracket of JSON, and its first line has no headings with commas, semicolons or tabs between them.")
}
