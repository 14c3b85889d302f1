package importer

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"signpost/store"
	"signpost/store/rawjson"
)

// A file of no known format is read with a mapping that somebody has made for its headings. What is kept of a row is its cells as
// they are, each with its heading and the field that it was mapped to, so that reading it again needs no mapping:
//
//	{"mappedTo":"interactive","id":"…","row":[{"heading":"When","property":"createdDateTime","value":"28/11/2026 10:00",
//	"time":"2026-11-28T10:00:00Z"},{"heading":"Note","value":"x"}]}
//
// The ID stands there where no cell is one. It follows from the cells alone. An item is a name next to a value, so what takes
// Conditional Access data out of records finds it under its heading and under its property.

// mappedKey is the key that tells a mapped row, in lower case.
const mappedKey = "mappedto"

// mappingOf finds the mapping for a file of no known format, by its beginning. A CSV file then has headings in the content.
func (im *Importer) mappingOf(text []byte, c content) (content, *mapping) {
	if len(im.opts.Mappings) == 0 || c.refused != "" || c.csv != nil {
		return c, nil
	}
	table, isTable := tableOfText(text)
	if !isTable {
		return c, nil
	}
	for i := range im.opts.Mappings {
		if m := &im.opts.Mappings[i]; m.Applies(table.headings) && im.table.mapped[m.Log] != nil {
			use := &mapping{m, im.table.mapped[m.Log]}
			return table.content(use), use
		}
	}
	return c, nil
}

// hasMapping says whether a text of no known format has the headings of a mapping.
func (im *Importer) hasMapping(text []byte) bool {
	table, isTable := tableOfText(bytes.TrimLeft(text, " \t\r\n"))
	return isTable && !table.isJSON && slices.ContainsFunc(im.opts.Mappings, func(m store.Mapping) bool { return m.Applies(table.headings) })
}

// mapping is one that is applied, with the kind of its log.
type mapping struct {
	*store.Mapping
	to *mappedKind
}

// isTime says whether a heading holds the time of the record.
func (m *mapping) isTime(heading string) bool { return m.Fields[heading] == m.to.time }

// mappedCell is a cell of a row that is kept.
type mappedCell struct {
	heading string
	value   []byte // JSON
}

func (c *mappedCell) text() string {
	inside, isText := rawjson.Unquoted(c.value)
	if isText {
		return rawjson.Unescaped(inside)
	}
	return string(c.value)
}

// setMapped takes the headings of a file that a mapping reads.
func (h *headings) setMapped(cells []string) {
	h.columns = make([]csvColumn, len(cells))
	for i, heading := range headingsOfCells(cells) {
		h.columns[i] = csvColumn{heading: heading, name: heading, isTime: h.mapping.isTime(heading), second: -1}
	}
}

// readMappedRows reads the rows of a CSV file with its mapping.
func (s *stream) readMappedRows(src *source, h *headings) error {
	return s.readRows(src, h, func(cells []string, at place) error {
		row, reason := rowCells(h, cells)
		return s.mapped(row, reason, at.line)
	})
}

// rowCells gives the cells of a row under their headings. Empty ones are left out.
func rowCells(h *headings, cells []string) (row []mappedCell, reason string) {
	if n := len(h.columns); len(cells) > n && !isBlankFrom(cells, n) {
		return nil, "the row has " + count(int64(len(cells)), "cell") + ", and there are " + count(int64(n), "heading") + ": a comma or a quote mark is missing or too many."
	}
	for i, cell := range cells[:min(len(cells), len(h.columns))] {
		if cell = strings.TrimSpace(cell); cell != "" {
			row = append(row, mappedCell{h.columns[i].name, rawjson.AppendQuoted(nil, strings.ToValidUTF8(cell, "\uFFFD"))})
		}
	}
	return row, ""
}

// objectCells gives the members of a JSON object under their keys.
func objectCells(m *mapping, doc []byte) (row []mappedCell, reason string) {
	seen := map[string]bool{}
	for name, value := range rawjson.EachMember(doc) {
		key := rawjson.Unescaped(name)
		switch {
		case !slices.Contains(m.Headings, key):
			return nil, "the record has the key " + quotedText(key) + ", and the mapping " + quotedText(m.Name) + " has not."
		case seen[key]:
			return nil, "the record has the key " + quotedText(key) + " twice."
		}
		seen[key] = true
		if !isNull(value) && string(value) != `""` {
			row = append(row, mappedCell{key, value})
		}
	}
	return row, ""
}

// mapped reads a row with the mapping of the file. reason says why its cells cannot be used.
func (s *stream) mapped(row []mappedCell, reason string, line int64) error {
	var doc []byte
	if reason == "" {
		doc, reason = s.mappedDocument(row)
	}
	if reason != "" {
		s.tally.formats[Mapped]++
		s.reject(s.records, line, reason)
		return nil
	}
	return s.tellAndRead(doc, line)
}

// mappedDocument makes what is kept of a row.
func (s *stream) mappedDocument(row []mappedCell) (doc []byte, reason string) {
	m := s.mapping
	doc = append(rawjson.AppendQuoted([]byte(`{"mappedTo":`), string(m.Log)), `,"id":"`...)
	if !hasID(m, row) {
		doc = append(doc, idOfCells(row)...)
	}
	doc = append(doc, `","row":[`...)
	for i, c := range row {
		if i > 0 {
			doc = append(doc, ',')
		}
		doc = rawjson.AppendQuoted(append(doc, `{"heading":`...), c.heading)
		name := m.Fields[c.heading]
		if name != "" {
			doc = rawjson.AppendQuoted(append(doc, `,"property":`...), name)
		}
		doc = append(append(doc, `,"value":`...), c.value...)
		if m.isTime(c.heading) {
			t, problem := s.mappedTime(c.text())
			if problem != "" {
				return nil, problem
			}
			doc = rawjson.AppendQuoted(append(doc, `,"time":`...), isoTime(t))
		} else if m.to.columns[name].isInstant() && !isNothing(strings.TrimSpace(c.text())) {
			instant := "" // one that cannot be read keeps its cell, and is told as not read
			if t, problem := s.mappedTime(c.text()); problem == "" {
				instant = isoTime(t)
			}
			doc = rawjson.AppendQuoted(append(doc, `,"time":`...), instant)
		}
		doc = append(doc, '}')
	}
	return append(doc, "]}"...), ""
}

// mappedTime reads the time of a row.
func (s *stream) mappedTime(text string) (t time.Time, problem string) {
	if t, ok := epochTime(text); ok {
		return t, ""
	}
	t, ok := s.dates.read(text, "")
	switch {
	case ok:
		return t, ""
	case s.dates.needsZone && s.dates.zone == nil && !t.IsZero():
		return t, "the time " + quotedText(text) + " names no time zone. Say it with --zone, or choose it on the page of the mapping."
	case s.dates.isAsked(text) && s.dates.order != "":
		return t, "the time " + quotedText(text) + " cannot be read as " + s.dates.order.words() + "."
	case s.dates.isAsked(text):
		return t, "the time " + quotedText(text) + " does not tell whether the day or the month comes first, and no other date of the file does. Say it with --dates dmy or --dates mdy, or choose it on the page of the mapping."
	}
	return t, "the time " + quotedText(text) + " cannot be read: it is written like 2026-11-28T11:48:00Z, 28/11/2026 11:48, or as seconds since 1970."
}

// epochTime reads seconds or milliseconds since 1970, as many log collectors write times. Shorter numbers may be anything else.
func epochTime(text string) (t time.Time, ok bool) {
	whole, fraction, _ := strings.Cut(strings.TrimSpace(text), ".")
	c := clock{rest: []byte(whole)}
	n := int64(c.number(10, 13))
	if c.bad || len(c.rest) > 0 {
		return time.Time{}, false
	}
	part := clock{rest: []byte("." + fraction)}
	micros := 0
	if fraction != "" {
		micros = part.micros()
	}
	switch {
	case part.bad || fraction != "" && len(part.rest) > 0:
		return time.Time{}, false
	case len(whole) == 13:
		return time.UnixMilli(n).UTC(), true
	case len(whole) == 10:
		return time.Unix(n, int64(micros)*1000).UTC(), true
	}
	return time.Time{}, false
}

// hasID says whether a cell of the row is the ID of the record.
func hasID(m *mapping, row []mappedCell) bool {
	return slices.ContainsFunc(row, func(c mappedCell) bool {
		return m.Fields[c.heading] == recordID && !isNothing(strings.TrimSpace(c.text()))
	})
}

// recordID is the name of the property that is the ID of a record, in every kind.
const recordID = "id"

// idOfCells derives an ID from the cells under their headings. The mapping and the order of the columns do not change it.
func idOfCells(row []mappedCell) string {
	object := []byte{'{'}
	for i, c := range slices.SortedFunc(slices.Values(row), func(a, b mappedCell) int { return cmp.Compare(a.heading, b.heading) }) {
		if i > 0 {
			object = append(object, ',')
		}
		object = append(rawjson.AppendQuoted(object, c.heading), ':')
		object = rawjson.AppendQuoted(object, strings.TrimSpace(c.text()))
	}
	return derivedID(append(object, '}'), false)
}

// settleMapped finds the order of day and month in a mapped file, and the zone of its times. mustAsk says that somebody must be
// asked.
func (s *stream) settleMapped(src *source) (mustAsk bool, err error) {
	answer := cmp.Or(DateOrder(s.mapping.Dates), s.answers.Dates) // what was said of these headings goes before what is said of all files
	s.dates.order, s.dates.zone, s.dates.needsZone = answer, s.answers.Zone, true
	if s.mapping.Zone != "" {
		if s.dates.zone, err = time.LoadLocation(s.mapping.Zone); err != nil {
			return false, fmt.Errorf("the time zone of the mapping %s: %w", s.mapping.Name, err)
		}
	}
	s.tally.mapping = s.mapping.Mapping
	if s.dates.zone != nil && !hasLocalDate(src.window()) {
		return false, nil
	}
	seen, err := s.survey(src)
	if err != nil {
		return false, err
	}
	var asks asked
	question := ""
	s.dates.order, question = seen.dates.decide(answer)
	asks.add(store.AskDates, question)
	if s.dates.zone == nil && seen.zones.open > 0 {
		asks.add(store.AskZone, noZone(seen.zones.example))
	}
	return s.ask(src, Mapped, nil, asks, &seen)
}

// noteTime looks at the time of a record that the mapping reads.
func (m *mapping) noteTime(doc []byte, note func(text string)) {
	for name, value := range rawjson.EachMember(doc) {
		if m.isTime(rawjson.Unescaped(name)) {
			cell := mappedCell{value: value}
			note(cell.text())
		}
	}
}
