package importer

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"

	"signpost/store"
	"signpost/store/rawjson"
)

// textTable is the beginning of a file of no known format that has columns.
type textTable struct {
	isJSON   bool
	comma    rune
	headings []string
}

// content is the file's content as a mapping reads it.
func (t textTable) content(m *mapping) content {
	if t.isJSON {
		return content{isJSON: true}
	}
	return content{format: Mapped, csv: &headings{format: Mapped, comma: t.comma, keys: keySet{}, mapping: m}}
}

// tableOfText reads the headings of a CSV text, or the keys of the flat objects that a JSON text begins with.
func tableOfText(text []byte) (t textTable, ok bool) {
	start := bytes.TrimLeft(bytes.TrimPrefix(text, []byte("\ufeff")), " \t\r\n")
	if len(start) == 0 || bytes.IndexByte(start, 0) >= 0 {
		return textTable{}, false
	}
	if start[0] == '{' || start[0] == '[' {
		t.isJSON, t.headings = true, keysOfObjects(start)
		return t, len(t.headings) > 0
	}
	line := firstRow(start)
	t.comma = commaOf(line)
	rows := csv.NewReader(bytes.NewReader(start))
	rows.Comma, rows.FieldsPerRecord, rows.LazyQuotes = t.comma, -1, true
	cells, err := rows.Read()
	if err == nil && strings.HasPrefix(cells[0], "#TYPE") {
		cells, err = rows.Read()
	}
	if err != nil || len(cells) < 2 || len(cells) > store.MaxMappingHeadings {
		return textTable{}, false
	}
	t.headings = headingsOfCells(cells)
	return t, true
}

// headingsOfCells gives the headings of a file. A column without one, and one with that of another column, has its number too.
func headingsOfCells(cells []string) []string {
	list, seen := make([]string, len(cells)), map[string]bool{}
	for i, cell := range cells {
		heading := strings.TrimSpace(strings.ToValidUTF8(strings.TrimPrefix(cell, "\ufeff"), "\uFFFD"))
		if heading == "" {
			heading = fmt.Sprintf("column %d", i+1)
		}
		for plain := heading; seen[heading]; {
			heading = fmt.Sprintf("%s (column %d)", plain, i+1)
			plain += " "
		}
		seen[heading], list[i] = true, heading
	}
	return list
}

// The part of a file that is looked at for its headings.
const (
	lookedAtRows = 200
	lookedAt     = 256 << 10
)

// errEnough ends the reading of a file's beginning.
var errEnough = errors.New("enough was read")

// keysOfObjects gives the keys of the objects that a text begins with, in the order in which they come.
func keysOfObjects(text []byte) (keys []string) {
	seen := map[string]bool{}
	eachObjectOf(text, func(doc []byte, _ int64) error {
		for name := range rawjson.EachMember(doc) {
			if key := rawjson.Unescaped(name); !seen[key] {
				seen[key] = true
				keys = append(keys, key)
			}
		}
		if len(keys) > store.MaxMappingHeadings {
			keys = nil
			return errEnough
		}
		return nil
	})
	return keys
}

// eachObjectOf calls f with the objects that a text begins with.
func eachObjectOf(text []byte, f func(doc []byte, line int64) error) {
	text = text[:min(len(text), lookedAt)]
	n := 0
	// A text that is cut off, or broken later, is looked at as far as it goes.
	_ = (&records{
		src: newSource(bytes.NewReader(text)), broken: func(position, string, []byte) {},
		found: func(doc []byte, at position) error {
			if n++; n > lookedAtRows || at.isRow || at.isText || doc[0] != '{' {
				return errEnough
			}
			return f(doc, at.line)
		},
	}).read()
}
