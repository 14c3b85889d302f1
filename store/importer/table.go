package importer

import (
	"bytes"
	"strings"
)

// startOfText finds what kind of text a file is from its first bytes, blanks left out: the JSON formats begin with a
// bracket, the CSV formats with a heading row. isJSON is true too for a file whose first lines are
// something else but that has lines beginning with a brace: those lines are rejected, not the file.
func startOfText(text []byte) (csvFormat string, isJSON bool) {
	if text[0] == '{' || text[0] == '[' {
		return "", true
	}
	heading, _, _ := bytes.Cut(text, []byte{'\n'})
	if format := headingFormat(string(heading)); format != "" {
		return format, false
	}
	return "", bytes.Contains(text, []byte("\n{")) && !bytes.Contains(text, []byte{0})
}

// headingFormat tells a CSV file by its heading row; empty for one that is not known.
func headingFormat(heading string) string {
	columns := make(map[string]bool)
	for column := range strings.SplitSeq(heading, ",") {
		column = strings.Trim(strings.TrimSpace(column), `"`)
		column = strings.TrimSuffix(strings.TrimSpace(column), " [UTC]")
		columns[strings.ToLower(column)] = true
	}
	switch {
	case columns["auditdata"]:
		return UnifiedAuditLog
	case columns["date (utc)"] && columns["request id"], columns["request id"] && columns["authentication method"]:
		return PortalCSV
	case columns["sourcesystem"] || columns["timegenerated"]:
		return LogAnalyticsCSV
	case isDirectoryHeading(columns):
		return PortalDirectoryCSV
	}
	return ""
}

// countRows counts the rows of a CSV file without its heading; cells may hold line breaks in quotes.
func countRows(src *source) (rows int64, err error) {
	inQuotes, inRow := false, false
	for {
		for _, c := range src.window() {
			switch {
			case c == '"':
				inQuotes, inRow = !inQuotes, true
			case c == '\n' && !inQuotes:
				if inRow {
					rows++
				}
				inRow = false
			case !isSpace(c):
				inRow = true
			}
		}
		src.advance(len(src.window()))
		if !src.more() {
			break
		}
	}
	if inRow {
		rows++
	}
	return max(rows-1, 0), src.failure()
}
