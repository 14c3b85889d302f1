package importer

import (
	"fmt"
	"strings"

	"signpost/store"
)

// columns makes the table of what each heading or key became.
func (l *look) columns() {
	e := &l.explanation
	e.MoreColumns = len(l.more)
	if l.csv == nil {
		for _, u := range l.usages {
			e.Columns = append(e.Columns, u.column(u.path))
		}
		return
	}
	kind := l.csv.kind()
	if len(l.usages) > 0 {
		kind = l.usages[0].kind
	}
	for i, c := range l.csv.columns {
		if len(e.Columns) == store.MaxColumnsExplained {
			e.MoreColumns += len(l.csv.columns) - i
			return
		}
		e.Columns = append(e.Columns, l.ofHeading(i, c, kind)...)
	}
}

// kind names the records of a CSV file, in the plural.
func (h *headings) kind() string {
	switch {
	case h.format == UnifiedAuditLog:
		return shapeThatSays(unifiedType).name
	case h.members:
		return groupMembers.name
	case h.format == PortalDirectoryCSV:
		return h.object.String()
	case h.shape != nil:
		return h.shape.name
	}
	return store.SignIns.Many
}

func (u *usage) column(heading string) store.ExplainedColumn {
	return store.ExplainedColumn{Kind: u.kind, Heading: heading, Fields: append([]string{}, u.fields...), With: u.with, Missed: u.missed, Examples: u.examples, Note: u.note()}
}

// ofHeading tells about a column of a CSV file, and about the members of the objects in its cells.
func (l *look) ofHeading(at int, c csvColumn, kind string) (list []store.ExplainedColumn) {
	plain := store.ExplainedColumn{Kind: kind, Heading: c.heading, Fields: []string{}}
	if at < len(l.cellCount) {
		plain.With = l.cellCount[at]
	}
	if c.second >= 0 {
		plain.Note = fmt.Sprintf("counts only where the column %q before it is empty", l.csv.columns[c.second].heading)
		return append(list, plain)
	}
	switch {
	case l.csv.format == PortalDirectoryCSV:
		plain.Fields = l.directoryFields(at)
		return append(list, plain)
	case l.csv.format == UnifiedAuditLog && len(l.usages) == 0, l.csv.shape != nil && len(l.usages) == 0:
		return append(list, plain)
	case l.csv.steps:
		if c.name == "Request ID" {
			plain.Fields = append(plain.Fields, store.RequestID.Label)
		} else if _, known := portalHeadings[plainHeading(c.name)]; known {
			plain.Fields = append(plain.Fields, listLabel(store.CollectionAuthenticationDetails))
		}
		return append(list, plain)
	}
	for _, u := range l.usages {
		switch inner, isInner := strings.CutPrefix(u.path, c.name+"."); {
		case u.path == c.name:
			of := u.column(c.heading)
			if plain.With > of.With { // rows that were rejected have values too
				of.With = plain.With
			}
			list = append(list, of)
		case isInner:
			list = append(list, u.column(c.heading+"."+inner))
		}
	}
	if len(list) == 0 {
		return append(list, plain)
	}
	return list
}

// directoryFields gives what a column of a list of the directory fills.
func (l *look) directoryFields(at int) []string {
	h := l.csv
	if at >= len(h.names) || at >= len(h.columns) {
		return []string{}
	}
	for _, sample := range []string{`"2026-01-01T00:00:00Z"`, `true`, `["Unified"]`} { // one of them is a value of any property
		if l.isOfObject(h.names[at], []byte(sample), h.object) {
			return []string{inWords(strings.TrimSpace(h.columns[at].heading))}
		}
	}
	return []string{}
}
