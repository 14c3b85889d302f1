package importer

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"signpost/store"
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
			s.reject(at.record, at.line, reason)
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
		if c.checked != nil && !isKnownWord(c.checked, cell) {
			doc = rawjson.AppendQuoted(append(rawjson.AppendQuoted(doc, c.heading), ':'), cell) // it stays in the record as it is
			continue
		}
		doc = append(doc, c.key...)
		if c.isNested && (cell[0] == '{' || cell[0] == '[') {
			if nested, n, err := rawjson.Compact(doc, []byte(cell), maxDepth-1); err == nil && n == len(cell) {
				doc = nested
				continue
			}
		}
		doc = rawjson.AppendQuoted(doc, cell)
	}
	if h.format == DefenderCSV && !defenderTold(doc) {
		if len(doc) > 1 {
			doc = append(doc, ',')
		}
		doc = append(doc, `"LogonType":""`...) // the record alone must tell what it is
	}
	return append(doc, '}'), ""
}

// defenderTold says whether the beginning of an object has a key by which rows of Defender are known.
func defenderTold(doc []byte) bool {
	for _, key := range []string{`"LogonType":`, `"IsManagedIdentity":`, `"AccountUpn":`, `"EndpointCall":`} {
		if bytes.Contains(doc, []byte(key)) {
			return true
		}
	}
	return false
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
	key     []byte // the same as JSON, with the colon behind it
	isTime  bool
	// isNested says that the cells hold JSON, of which fields are read. It then stands in the record as JSON.
	isNested bool
	zone     string // what stands in brackets behind the heading; Log Analytics writes the time zone there
	// second is the place of a column with the same values that goes first where it has one; -1 where there is none.
	// Log Analytics writes some columns twice, as X_dynamic and as X_string.
	second int
	// checked is the property of a column in another language whose words are read only where they are known.
	checked *store.Property
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
		switch {
		case h.isPortalSignIns():
			c.name = portalHeading(heading)
			p := portalRows.columns[plainHeading(c.name)].property
			if p != nil && (p.Enum || p == store.AuthenticationRequirement) && plainHeading(heading) != plainHeading(c.name) {
				c.checked = p
			}
		case h.format == LogAnalyticsCSV:
			if name, isText := strings.CutSuffix(c.name, "_string"); isText {
				c.name = name
			} else {
				c.name = strings.TrimSuffix(c.name, "_dynamic")
			}
			k := fieldKeys[keyName(c.name)]
			c.isNested = k != nil && (k.members != nil || k.list != nil)
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
		if c.zone == "" && (h.format == DefenderCSV || h.format == PortalCSV && strings.Contains(strings.ToUpper(heading), "(UTC)")) {
			c.zone = "UTC"
		}
		c.call(c.name)
		h.columns[i] = c
	}
}

// call gives the column the key that its cells have in the object of a row.
func (c *csvColumn) call(name string) {
	c.name, c.isTime, c.key = name, isTimeColumn(name), append(rawjson.AppendQuoted(nil, name), ':')
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
