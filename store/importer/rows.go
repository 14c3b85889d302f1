package importer

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"signpost/store/rawjson"
)

// A row of a CSV file becomes a JSON object of its cells under their headings, and is read as a record in JSON is. The object
// is what is kept of the row: reading it again needs neither the file nor what was answered about it. So times are written in
// UTC as ISO 8601 does, and headings of other languages are those of the English file. Empty cells are left out.

// readRecordRows reads the rows of a file as records.
func (s *stream) readRecordRows(src *source, h *headings) error {
	var doc []byte
	return s.readRows(src, h, func(cells []string, at place) error {
		var reason string
		if doc, reason = s.rowDocument(doc[:0], h, cells); reason != "" {
			s.tally.formats[h.format]++
			s.tally.reject(at.record, at.line, reason)
			return nil
		}
		return s.tellAndRead(doc, at.line)
	})
}

// rowDocument appends the object of a row. reason says why the row cannot be used.
func (s *stream) rowDocument(doc []byte, h *headings, cells []string) (object []byte, reason string) {
	if n := len(h.columns); len(cells) > n && !isBlankFrom(cells, n) {
		return doc, "the row has " + count(int64(len(cells)), "cell") + ", and there are " + count(int64(n), "heading") + ": a comma or a quote mark is missing or too many."
	}
	doc = append(doc, '{')
	for i, cell := range cells {
		if i >= len(h.columns) {
			break
		}
		c := &h.columns[i]
		if cell = strings.TrimSpace(cell); cell == "" || c.second >= 0 && c.second < len(cells) && strings.TrimSpace(cells[c.second]) != "" {
			continue
		}
		cell = strings.ToValidUTF8(cell, "\uFFFD")
		if h.format == PortalCSV {
			cell = withoutQuote(cell)
		}
		if c.isTime {
			t, read := s.dates.read(cell, c.zone)
			switch {
			case read:
				cell = isoTime(t)
			case s.dates.isAsked(cell) && s.dates.order != "":
				return doc, "the time " + quotedText(cell) + " cannot be read as " + s.dates.order.words() + "."
			case s.dates.isAsked(cell):
				return doc, "the time " + quotedText(cell) + " does not tell whether the day or the month comes first, and no date before it in the file was written so. Say it with --dates dmy or --dates mdy."
			case s.dates.needsZone && !t.IsZero():
				return doc, "the time " + quotedText(cell) + " names no time zone, other than those before it. Say it with --zone."
			}
		}
		if len(doc) > 1 {
			doc = append(doc, ',')
		}
		doc = append(rawjson.AppendQuoted(doc, c.name), ':')
		doc = rawjson.AppendQuoted(doc, cell)
	}
	return append(doc, '}'), ""
}

func isBlankFrom(cells []string, n int) bool {
	return !slices.ContainsFunc(cells[n:], func(cell string) bool { return strings.TrimSpace(cell) != "" })
}

// withoutQuote takes off the quote mark that downloads of this program put before what a spreadsheet would take for a formula.
func withoutQuote(cell string) string {
	if len(cell) > 1 && cell[0] == '\'' && strings.IndexByte("=+-@", cell[1]) >= 0 {
		return cell[1:]
	}
	return cell
}

// csvColumn is a column of a CSV file that is read as records.
type csvColumn struct {
	heading string // as the file has it
	name    string // the key in the object of a row
	isTime  bool
	zone    string // what stands in brackets behind the heading; Log Analytics writes the time zone there
	// second is the place of a column with the same values that goes first where it has one; -1 where there is none.
	// Log Analytics writes some columns twice, as X_dynamic and as X_string.
	second int
}

// setColumns takes the headings of a file whose rows are records.
func (h *headings) setColumns(cells []string) {
	if h.mapping != nil {
		h.setMapped(cells)
		return
	}
	h.columns = make([]csvColumn, len(cells))
	places := map[string]int{}
	for i, cell := range cells {
		heading := strings.TrimSpace(strings.Trim(strings.TrimPrefix(cell, "\ufeff"), `"`))
		c := csvColumn{heading: heading, name: heading, second: -1}
		if at := strings.LastIndexByte(heading, '['); at > 0 && strings.HasSuffix(heading, "]") {
			c.name, c.zone = strings.TrimSpace(heading[:at]), heading[at+1:len(heading)-1]
		}
		switch h.format {
		case PortalCSV:
			c.name = portalHeading(heading)
		case LogAnalyticsCSV:
			if name, isText := strings.CutSuffix(c.name, "_string"); isText {
				c.name = name
			} else {
				c.name = strings.TrimSuffix(c.name, "_dynamic")
			}
		}
		if c.name == "" {
			c.name = fmt.Sprintf("column %d", i+1)
		}
		if before, twice := places[c.name]; twice {
			// The later of two columns gives way to the one before it. Of a portal's file both hold the same.
			c.second = before
		} else {
			places[c.name] = i
		}
		c.isTime = isTimeColumn(c.name)
		h.columns[i] = c
	}
}

// isTimeColumn says whether a column holds times, by its name.
func isTimeColumn(name string) bool {
	plain := plainHeading(name)
	switch plain {
	case "date(utc)", "date", "timegenerated", "timestamp", "time", "start_time":
		return true
	}
	return strings.HasSuffix(plain, "datetime")
}

// firstRow reads the first row of a CSV text without the blank lines and the type line before it.
func firstRow(text []byte) []byte {
	for {
		line, rest, more := bytes.Cut(text, []byte{'\n'})
		line = bytes.TrimSpace(line)
		if more && (len(line) == 0 || bytes.HasPrefix(line, []byte("#TYPE"))) {
			text = rest
			continue
		}
		return line
	}
}
