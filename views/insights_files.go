package views

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"signpost/store"
	"signpost/web/ask"
)

// InsightFormat is a file format for the list of a report.
type InsightFormat struct {
	// Name ends addresses and names of files.
	Name, Title, ContentType string
	// New begins a file.
	New func(w io.Writer, q *ask.InsightQuery) InsightFile
}

// InsightFile is a file of a list that is being written. Rows go out in parts of some size, so that it takes no memory for all of them.
type InsightFile interface {
	Row(row *ask.InsightRow) error
	// End ends the file; one without rows is written whole here.
	End() error
}

// InsightFormats gives every format.
func InsightFormats() []InsightFormat {
	return []InsightFormat{
		{"csv", "CSV", "text/csv; charset=utf-8", newInsightCSV},
		{"json", "JSON", "application/json", newInsightJSON},
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

// insightCSV is a CSV file.
type insightCSV struct {
	w     io.Writer
	q     *ask.InsightQuery
	file  *csv.Writer
	begun bool
}

func newInsightCSV(w io.Writer, q *ask.InsightQuery) InsightFile {
	file := csv.NewWriter(w)
	file.UseCRLF = true
	return &insightCSV{w: w, q: q, file: file}
}

// begin writes the headings.
func (f *insightCSV) begin() error {
	if f.begun {
		return nil
	}
	f.begun = true
	// The byte order mark tells Excel that the file is UTF-8.
	if _, err := io.WriteString(f.w, "\ufeff"); err != nil {
		return fmt.Errorf("write the file: %w", err)
	}
	head := []string{f.q.List.Columns[0].Label, "ID"}
	if f.q.List.Object == store.ObjectUser {
		head = append(head, "Username")
	}
	for _, n := range f.q.List.Columns[1:] {
		if inFile(n) {
			head = append(head, fileHeading(n))
		}
		if f.q.Compare && compares(n) {
			head = append(head, fileHeading(n)+" before")
		}
		if n.Reported {
			head = append(head, n.Label+" by the report (UTC)")
		}
	}
	for _, n := range f.q.List.Columns[1:] { // behind the others, so that these keep their places
		if n.Successes {
			head = append(head, n.Label+" with success (UTC)")
		}
		if n.IDLabel != "" {
			head = append(head, n.IDLabel)
		}
	}
	return f.line(append(head, "Tenant ID"))
}

func (f *insightCSV) line(cells []string) error {
	if err := f.file.Write(cells); err != nil {
		return fmt.Errorf("write the file: %w", err)
	}
	return nil
}

func (f *insightCSV) Row(row *ask.InsightRow) error {
	if err := f.begin(); err != nil {
		return err
	}
	return f.line(insightLine(f.q, row))
}

func (f *insightCSV) End() error {
	if err := f.begin(); err != nil {
		return err
	}
	f.file.Flush()
	return f.file.Error()
}

// compares says that a number stands together with that of the time before.
func compares(n *ask.Number) bool {
	return n.Unit == ask.InCount || n.Unit == ask.InPercent || n.Unit == ask.InRatio
}

// fileName is the name of a row in files. That of an error code is its words, as on the page.
func fileName(q *ask.InsightQuery, row *ask.InsightRow) string {
	if q.List.Codes {
		return codeInWords(row.ID)
	}
	return row.Name
}

func insightLine(q *ask.InsightQuery, row *ask.InsightRow) []string {
	line := []string{store.NeutralCell(fileName(q, row)), store.NeutralCell(row.ID)}
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
	for _, n := range q.List.Columns[1:] {
		cell := q.List.Cell(row.Cells, n)
		if n.Successes {
			line = append(line, cellValue(n, ask.Cell{Time: cell.LastSuccess(), Unknown: cell.LastSuccess().IsZero()}))
		}
		if n.IDLabel != "" {
			line = append(line, store.NeutralCell(n.ID(cell)))
		}
	}
	return append(line, store.NeutralCell(strings.Join(q.Tenants, " "))) // several are counted together
}

// insightJSON is an array with an object for each row.
type insightJSON struct {
	w    *bufio.Writer
	q    *ask.InsightQuery
	lead string // before the next row
}

func newInsightJSON(w io.Writer, q *ask.InsightQuery) InsightFile {
	return &insightJSON{w: bufio.NewWriter(w), q: q, lead: "["}
}

func (f *insightJSON) Row(row *ask.InsightRow) error {
	object, err := insightObject(f.q, row)
	if err == nil {
		_, err = fmt.Fprintf(f.w, "%s\n%s", f.lead, object)
	}
	if f.lead = ","; err != nil {
		return fmt.Errorf("write the file: %w", err)
	}
	return nil
}

func (f *insightJSON) End() error {
	if f.lead == "[" {
		_, _ = f.w.WriteString(f.lead) // Flush gives its error
	}
	_, _ = f.w.WriteString("\n]\n")
	return f.w.Flush()
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
	if err := member(q.List.Columns[0].Name, fileName(q, row)); err != nil {
		return nil, err
	}
	for _, n := range q.List.Columns[1:] {
		if !inFile(n) {
			continue
		}
		cell := q.List.Cell(row.Cells, n)
		if err := member(n.Name, jsonValue(n, cell)); err != nil {
			return nil, err
		}
		if n.IDLabel != "" {
			if err := member(n.Name+"id", n.ID(cell)); err != nil {
				return nil, err
			}
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
