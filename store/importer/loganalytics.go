package importer

import (
	"bytes"
	"encoding/json"

	"signpost/store/rawjson"
)

// Log Analytics: rows as objects (az, Invoke-AzOperationalInsightsQuery, data export), as a CSV file of the portal, and as the
// answer of the query API. A row becomes an object of its columns.

// queryColumns gives the names of the columns of a query's answer in order. They stand before its rows.
func queryColumns(around []byte) []string {
	at := bytes.LastIndex(around, []byte(`"columns"`))
	if at < 0 {
		at = bytes.LastIndex(around, []byte(`"Columns"`))
	}
	if at < 0 {
		return nil
	}
	from := bytes.IndexByte(around[at:], '[')
	if from < 0 {
		return nil
	}
	var columns []struct{ Name, ColumnName string }
	if json.NewDecoder(bytes.NewReader(around[at+from:])).Decode(&columns) != nil {
		return nil
	}
	names := make([]string, len(columns))
	for i, c := range columns {
		if names[i] = c.Name; c.Name == "" {
			names[i] = c.ColumnName
		}
	}
	return names
}

// partialError is how the query API says that an answer has not all rows.
var partialError = []byte("PartialError")

// row takes a row of a query's answer: a list of cells.
func (s *stream) row(cells []byte, line int64) error {
	if len(s.columns) == 0 || cells[0] != '[' {
		s.tally.formats[LogAnalyticsQuery]++
		s.reject(s.records, line, "the row belongs to no columns: a query's answer names them before its rows.")
		return nil
	}
	doc, n := []byte{'{'}, 0
	for cell := range rawjson.EachItem(cells) {
		if n < len(s.columns) && !isNull(cell) && string(cell) != `""` {
			if len(doc) > 1 {
				doc = append(doc, ',')
			}
			doc = append(rawjson.AppendQuoted(doc, s.columns[n]), ':')
			doc = append(doc, s.decoder.onceQuoted(cell)...)
		}
		n++
	}
	if n != len(s.columns) {
		s.tally.formats[LogAnalyticsQuery]++
		s.original.text = answerOf(s.columns, cells)
		s.reject(s.records, line, "the row has "+count(int64(n), "cell")+", and the answer names "+count(int64(len(s.columns)), "column")+".")
		return nil
	}
	doc = append(doc, '}')
	s.original.text = doc
	return s.tellAndRead(doc, line)
}

// onceQuoted gives a cell that holds JSON as text within text as JSON within text.
func (d *decoder) onceQuoted(cell []byte) []byte {
	if !bytes.HasPrefix(cell, []byte(`"\"`)) {
		return cell
	}
	inside, _ := rawjson.Unquoted(cell)
	text := rawjson.AppendUnescaped(nil, inside)
	if compact, n, err := rawjson.Compact(nil, text, maxDepth); err == nil && n == len(text) && holdsJSON(compact) {
		return compact
	}
	return cell
}
