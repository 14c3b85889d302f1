package export

import (
	"context"
	"strings"

	"signpost/store"
)

// byteOrderMark tells Excel that a CSV file is UTF-8.
const byteOrderMark = "\ufeff"

func (e *exporter) csv(ctx context.Context) error {
	if e.Part == AuthDetails {
		return e.csvSteps(ctx)
	}
	columns := columnsOf(e.info, e.Withheld)
	headings := make([]string, len(columns))
	for i, c := range columns {
		headings[i] = c.heading
	}
	e.heading(headings)
	return e.entries(ctx, func(entries []store.Entry) error {
		for _, entry := range entries {
			e.line = e.line[:0]
			for n, c := range columns {
				e.cell(n, c.text(entry))
			}
			if err := e.endRow(); err != nil {
				return err
			}
		}
		return nil
	})
}

// csvSteps writes a row for each step of the authentications.
func (e *exporter) csvSteps(ctx context.Context) error {
	e.heading(store.StepFileColumns)
	return e.records(ctx, store.RecordsQuery{WithoutDocuments: true}, func(records []store.Record) error {
		for i := range records {
			s := records[i].SignIn()
			for j := range s.AuthenticationDetails {
				e.line = e.line[:0]
				for n, cell := range stepCells(s, &s.AuthenticationDetails[j]) {
					e.cell(n, cell)
				}
				if err := e.endRow(); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// heading writes the headings, unless the file goes on. They stay in the buffer until the first rows are there.
func (e *exporter) heading(headings []string) {
	if e.Query.After != nil {
		return
	}
	quoted := make([]string, len(headings))
	for i, heading := range headings { // blanks at an end are the portal's own, and need no quotes
		if quoted[i] = heading; strings.ContainsAny(heading, "\",\r\n") {
			quoted[i] = `"` + strings.ReplaceAll(heading, `"`, `""`) + `"`
		}
	}
	e.out.WriteString(byteOrderMark + strings.Join(quoted, ",") + "\r\n") //nolint:errcheck // the buffer tells at its end
}

// cell adds a cell to the row.
func (e *exporter) cell(n int, text string) {
	if n > 0 {
		e.line = append(e.line, ',')
	}
	text = neutral(text)
	if !strings.ContainsAny(text, "\",\r\n") && strings.TrimSpace(text) == text {
		e.line = append(e.line, text...)
		return
	}
	e.line = append(e.line, '"')
	for {
		before, after, more := strings.Cut(text, `"`)
		if e.line = append(e.line, before...); !more {
			break
		}
		e.line = append(e.line, `""`...)
		text = after
	}
	e.line = append(e.line, '"')
}

func (e *exporter) endRow() error {
	e.line = append(e.line, '\r', '\n')
	e.written++
	_, err := e.out.Write(e.line)
	return err
}
