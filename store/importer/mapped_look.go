package importer

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"signpost/store"
)

// How much of a file the page of a mapping shows.
const (
	shownRows   = 10
	shownValues = 3
)

// LookAtFile looks at the beginning of a file for somebody who makes a mapping for it. member is the place of a file in an
// archive's list; Whole for none. Fields of m may be wrong or missing: the rows then say so. An error is a sentence about the file.
func LookAtFile(catalog store.Catalog, file File, member int, m store.Mapping) (store.MappingLook, error) {
	im := newImporter(nil, tableOf(catalog), Options{})
	text, err := im.beginning(file, member)
	if err != nil {
		return store.MappingLook{}, err
	}
	src := newSource(bytes.NewReader(text))
	if _, ok := src.peek(); !ok {
		return store.MappingLook{}, errors.New("the file is empty")
	}
	text = src.window()
	look := store.MappingLook{Log: logOfFile(file.Name)}
	c := contentOf(text)
	table, isTable := tableOfText(text)
	switch {
	case c.refused != "":
		return look, errors.New("the file " + c.refused)
	case c.csv != nil:
		look.Known = c.format
		return look, nil
	case !isTable:
		return look, errors.New("the file has no columns: it is neither a CSV file with a row of headings nor a list of JSON objects")
	}
	l := looker{table: table, look: &look}
	l.readValues(text)
	if look.Known != "" {
		return look, nil
	}
	log := m.Log
	if im.table.mapped[log] == nil {
		log = store.Interactive // no log was chosen
	}
	to := im.table.mapped[log]
	if to == nil {
		return look, nil
	}
	l.cells = &cellReader{d: newDecoder(im.table), to: to, kind: catalog.Kind(log)}
	look.Guess = guessFields(l.cells, table.headings, l.values)
	if m.Fields == nil {
		m.Fields = look.Guess
	}
	m.Headings, m.Log = table.headings, log
	l.readRows(im, text, &mapping{&m, to})
	return look, nil
}

// looker reads the beginning of a file.
type looker struct {
	table  textTable
	look   *store.MappingLook
	values map[string][]string // by heading, without empty ones
	cells  *cellReader
}

// readValues notes the first values of each column, and the format of JSON records that need no mapping.
func (l *looker) readValues(text []byte) {
	l.look.Headings, l.values = l.table.headings, map[string][]string{}
	note := func(heading, value string) {
		if value = strings.TrimSpace(value); value != "" && len(l.values[heading]) < lookedAtRows {
			l.values[heading] = append(l.values[heading], value)
		}
	}
	if l.table.isJSON {
		d := newDecoder(tableOf(nil))
		eachObjectOf(text, func(doc []byte, _ int64) error {
			d.outline(doc)
			if v := d.tell(doc, &directory{}); v.shape != nil || v.format != Unknown {
				l.look.Known = v.format
				return errEnough
			}
			row, _ := objectCells(&mapping{Mapping: &store.Mapping{Headings: l.table.headings}}, doc)
			for _, c := range row {
				note(c.heading, c.text())
			}
			return nil
		})
	} else {
		l.eachRow(text, &mapping{Mapping: &store.Mapping{}, to: &mappedKind{}}, func(row []mappedCell, _ string, _ int64) {
			for _, c := range row {
				note(c.heading, c.text())
			}
		})
	}
	for _, heading := range l.table.headings {
		l.look.Values = append(l.look.Values, firstOf(l.values[heading]))
	}
}

// firstOf gives the first different values.
func firstOf(values []string) (first []string) {
	seen := map[string]bool{}
	for _, value := range values {
		if len(first) < shownValues && !seen[value] {
			seen[value] = true
			first = append(first, value)
		}
	}
	return first
}

// eachRow calls f with the rows of the beginning of a CSV file.
func (l *looker) eachRow(text []byte, m *mapping, f func(row []mappedCell, reason string, line int64)) {
	s := &stream{im: &Importer{}, tally: newTally()}
	h := l.table.content(m).csv
	n := 0
	// What cannot be read at the end of the beginning is told when the file is imported.
	_ = s.readRows(newSource(bytes.NewReader(text)), h, func(cells []string, at place) error {
		if n++; n > lookedAtRows {
			return errEnough
		}
		row, reason := rowCells(h, cells)
		f(row, reason, at.line)
		return nil
	})
}

// readRows reads the first rows with a mapping.
func (l *looker) readRows(im *Importer, text []byte, m *mapping) {
	s := &stream{im: im, tally: newTally(), decoder: newDecoder(im.table), mapping: m}
	var seen survey
	for heading, values := range l.values {
		if m.isTime(heading) {
			for _, value := range values {
				seen.note(value, true)
			}
		}
	}
	question := ""
	s.dates.order, question = seen.dates.decide(DateOrder(m.Dates))
	l.look.Dates = sentenceOf(question)
	if seen.zones.open > 0 {
		l.look.Zone = sentenceOf(noZone(seen.zones.example))
	}
	s.dates.needsZone = true
	if m.Zone != "" { // a wrong name is one of the problems of the mapping
		s.dates.zone, _ = time.LoadLocation(m.Zone)
	}
	l.look.Understood = make([]store.MappedColumn, len(l.table.headings))
	show := func(row []mappedCell, reason string, line int64) {
		l.look.RowsRead++
		l.count(row, m)
		if len(l.look.Rows) < shownRows {
			l.look.Rows = append(l.look.Rows, s.mappedRow(row, reason, line))
		}
	}
	if !l.table.isJSON {
		l.eachRow(text, m, show)
		return
	}
	eachObjectOf(text, func(doc []byte, line int64) error {
		row, reason := objectCells(m, doc)
		show(row, reason, line)
		return nil
	})
}

// sentenceOf gives a question without the flags that answer it.
func sentenceOf(question string) string {
	if question == "" {
		return ""
	}
	question, _, _ = strings.Cut(question, " Say it with")
	return strings.ToUpper(question[:1]) + question[1:]
}

// count counts the cells of a row that hold a field, and those of them that are not understood.
func (l *looker) count(row []mappedCell, m *mapping) {
	for _, c := range row {
		at := slices.Index(l.table.headings, c.heading)
		cell := strings.TrimSpace(c.text())
		if name := m.Fields[c.heading]; at >= 0 && name != "" && cell != "" {
			column := &l.look.Understood[at]
			column.With++
			if !l.cells.understands(name, cell) {
				column.Missed++
				if text := clipped(cell); len(column.Examples) < shownValues && !slices.Contains(column.Examples, text) {
					column.Examples = append(column.Examples, text)
				}
			}
		}
	}
}

// mappedRow reads one row with the mapping of the stream.
func (s *stream) mappedRow(row []mappedCell, reason string, line int64) store.MappedRow {
	at := store.MappedRow{Line: line, Reason: reason}
	var doc []byte
	if at.Reason == "" {
		doc, at.Reason = s.mappedDocument(row)
	}
	if at.Reason == "" {
		at.Entry, at.Reason = s.decoder.decode(s.mapping.Log, doc)
	}
	if at.Reason != "" {
		at.Entry = nil
		at.Reason, _, _ = strings.Cut(at.Reason, " Say it with") // the page has the choice
	}
	return at
}

// beginning reads the first part of a file, unpacked.
func (im *Importer) beginning(file File, member int) (text []byte, err error) {
	r, done, err := openMember(file, member)
	if err != nil {
		return nil, err
	}
	defer done()
	plain, _, err := im.unpack(r)
	if err != nil {
		return nil, err
	}
	text, err = io.ReadAll(io.LimitReader(plain, lookedAt+1))
	if err != nil {
		return nil, fmt.Errorf("read the beginning of the file: %w", err)
	}
	if len(text) > lookedAt { // the last line may be cut off
		if end := bytes.LastIndexByte(text, '\n'); end > 0 {
			text = text[:end+1]
		}
	}
	return text, nil
}

// openMember opens a file, or one in an archive.
func openMember(from File, member int) (r io.Reader, done func(), err error) {
	file, err := os.Open(from.Path)
	if err != nil {
		return nil, nil, err
	}
	done = func() { _ = file.Close() } // it is read only
	if member == Whole {
		return file, done, nil
	}
	info, err := file.Stat()
	if err != nil {
		done()
		return nil, nil, err
	}
	archive, err := zip.NewReader(file, info.Size())
	if err != nil || member < 0 || member >= len(archive.File) {
		done()
		return nil, nil, errors.Join(errors.New("the archive has no such file"), err)
	}
	inner, err := archive.File[member].Open()
	if err != nil {
		done()
		return nil, nil, fmt.Errorf("open the file in the archive: %w", err)
	}
	return inner, func() { _ = inner.Close(); _ = file.Close() }, nil
}
