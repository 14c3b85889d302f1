package views

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"signpost/store"
	"signpost/web/ask"
)

// InsightFormat is a file format for the list of a report.
type InsightFormat struct {
	// Name ends addresses and names of files.
	Name, Title, ContentType string
	// Write writes the rows to a file.
	Write func(w io.Writer, q *ask.InsightQuery, rows []ask.InsightRow) error
}

// InsightFormats gives every format.
func InsightFormats() []InsightFormat {
	return []InsightFormat{
		{"csv", "CSV", "text/csv; charset=utf-8", writeInsightCSV},
		{"json", "JSON", "application/json", writeInsightJSON},
	}
}

// note says what is in the file.
func (f InsightFormat) note(l *ask.InsightList) string {
	switch {
	case f.Name == "csv":
		return "All rows, the columns of the page, times in UTC"
	case l.Graph != nil:
		return "All rows, as Microsoft Graph's " + l.Resource
	}
	return "All rows, by the names of the columns"
}

// InsightFileName names a file by the report and the days of the range.
func InsightFileName(report *ask.Insight, q *ask.InsightQuery, f InsightFormat) string {
	name := Capital(report.Name) + Capital(report.Tab)
	if report.Subject {
		name = report.Title
	}
	if q.List.Name != "" {
		name += Capital(q.List.Name)
	}
	return name + "_" + q.Range.From.UTC().Format(time.DateOnly) + "_" + q.Range.To.UTC().Format(time.DateOnly) + "." + f.Name
}

// fileHeading is the heading of a number in a CSV file.
func fileHeading(n *ask.Number) string {
	switch n.Unit {
	case ask.InPercent:
		return n.Label + " (%)"
	case ask.InTime:
		return n.Label + " (UTC)"
	}
	return n.Label
}

// inFile says that files have a column of the number: a trend is a picture.
func inFile(n *ask.Number) bool { return n.Unit != ask.InTrend }

func writeInsightCSV(w io.Writer, q *ask.InsightQuery, rows []ask.InsightRow) error {
	// The byte order mark tells Excel that the file is UTF-8.
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("write the file: %w", err)
	}
	file := csv.NewWriter(w)
	file.UseCRLF = true
	head := []string{q.List.Columns[0].Label, "ID"}
	if q.List.Object == store.ObjectUser {
		head = append(head, "Username")
	}
	for _, n := range q.List.Columns[1:] {
		if inFile(n) {
			head = append(head, fileHeading(n))
		}
		if q.Compare && compares(n) {
			head = append(head, fileHeading(n)+" before")
		}
		if n.Reported {
			head = append(head, n.Label+" by the report (UTC)")
		}
	}
	if err := file.Write(head); err != nil {
		return fmt.Errorf("write the file: %w", err)
	}
	for i := range rows {
		if err := file.Write(insightLine(q, &rows[i])); err != nil {
			return fmt.Errorf("write the file: %w", err)
		}
	}
	file.Flush()
	return file.Error()
}

// compares says that a number of the time before stands beside a number.
func compares(n *ask.Number) bool {
	return n.Unit == ask.InCount || n.Unit == ask.InPercent || n.Unit == ask.InRatio
}

func insightLine(q *ask.InsightQuery, row *ask.InsightRow) []string {
	line := []string{store.NeutralCell(row.Name), store.NeutralCell(row.ID)}
	if q.List.Object == store.ObjectUser {
		line = append(line, store.NeutralCell(row.Username))
	}
	for _, n := range q.List.Columns[1:] {
		cell := q.List.Cell(row.Cells, n)
		switch {
		case !inFile(n):
		case cell.Code != "":
			line = append(line, store.NeutralCell(codeInWords(cell.Code)))
		default:
			line = append(line, store.NeutralCell(cellValue(n, cell)))
		}
		if q.Compare && compares(n) {
			line = append(line, store.NeutralCell(cellValue(n, q.List.Cell(row.Before, n))))
		}
		if n.Reported {
			line = append(line, cellValue(n, ask.Cell{Time: cell.Reported, Unknown: cell.Reported.IsZero()}))
		}
	}
	return line
}

// writeInsightJSON writes an array with an object for each row.
func writeInsightJSON(w io.Writer, q *ask.InsightQuery, rows []ask.InsightRow) error {
	var b bytes.Buffer
	b.WriteString("[")
	for i := range rows {
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString("\n")
		object, err := insightObject(q, &rows[i])
		if err != nil {
			return fmt.Errorf("write the file: %w", err)
		}
		b.Write(object)
	}
	b.WriteString("\n]\n")
	_, err := w.Write(b.Bytes())
	return err
}

// insightObject is a row in the shape of Graph's resource, or by the names of the columns in their order.
func insightObject(q *ask.InsightQuery, row *ask.InsightRow) ([]byte, error) {
	if q.List.Graph != nil {
		return json.Marshal(q.List.Graph(q.List, row))
	}
	var b bytes.Buffer
	member := func(name string, value any) error {
		if b.Len() > 0 {
			b.WriteString(",")
		}
		text, err := json.Marshal(value)
		fmt.Fprintf(&b, "%q:%s", name, text)
		return err
	}
	if err := member("id", row.ID); err != nil {
		return nil, err
	}
	if err := member(q.List.Columns[0].Name, row.Name); err != nil {
		return nil, err
	}
	for _, n := range q.List.Columns[1:] {
		if !inFile(n) {
			continue
		}
		if err := member(n.Name, jsonValue(n, q.List.Cell(row.Cells, n))); err != nil {
			return nil, err
		}
	}
	return append(append([]byte("{"), b.Bytes()...), '}'), nil
}

// jsonValue is a number as JSON; null where it is not known.
func jsonValue(n *ask.Number, c ask.Cell) any {
	text := cellValue(n, c)
	switch {
	case text == "":
		return nil
	case c.Code != "" || compares(n):
		return json.Number(text)
	}
	return text
}
