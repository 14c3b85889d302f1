package views

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"signpost/store"
	"signpost/web/ask"
)

// RiskySignInsFormat is a file format for a list of risky sign-ins.
type RiskySignInsFormat struct {
	// Name ends addresses and names of files.
	Name, Title, Note, ContentType string
	// New begins a file.
	New func(w io.Writer, a RiskyAsked) RiskySignInsFile
}

// RiskySignInsFile is a file that is being written.
type RiskySignInsFile interface {
	Row(row ask.RiskyRow) error
	// End ends the file; one without rows is written whole here.
	End() error
}

// RiskySignInsFormats gives every format.
func RiskySignInsFormats() []RiskySignInsFormat {
	return []RiskySignInsFormat{
		{"csv", "CSV", "All sign-ins of the list, times in UTC", "text/csv; charset=utf-8", newRiskySignInsCSV},
		{"json", "JSON", "All sign-ins of the list, by the names of Microsoft Graph", "application/json", newRiskySignInsJSON},
	}
}

// RiskySignInsFileName names a file by the list and the days of the range.
func RiskySignInsFileName(a RiskyAsked, f RiskySignInsFormat) string {
	name := "RiskySignIns"
	if a.Principals {
		name = "RiskySignInsOfServicePrincipals"
	}
	return name + "_" + a.Range.From.UTC().Format(time.DateOnly) + "_" + a.Range.To.UTC().Format(time.DateOnly) + "." + f.Name
}

// riskySignInsColumn is a column of a file. Member is its name in JSON, with a path inside an object; empty where JSON has none. value is a
// text, a number or a list.
type riskySignInsColumn struct {
	Heading, Member string
	property        *store.Property
	value           func(row ask.RiskyRow) any
}

func (c riskySignInsColumn) of(row ask.RiskyRow) any {
	if c.property == nil {
		return c.value(row)
	}
	if c.property.Int != nil {
		if n := *c.property.Int(row.Entry); n.Set {
			return n.N
		}
		return nil
	}
	if text := *c.property.Text(row.Entry); text != "" {
		return text
	}
	return nil
}

// text is the cell in a CSV file: enumerations in words.
func (c riskySignInsColumn) text(row ask.RiskyRow) string {
	switch v := c.of(row).(type) {
	case nil:
		return ""
	case []string:
		return strings.Join(v, "; ")
	case string:
		if c.property != nil {
			return c.property.Enumeration.Words(v)
		}
		return v
	default:
		return fmt.Sprint(v)
	}
}

func propertyColumns(properties ...*store.Property) (columns []riskySignInsColumn) {
	for _, p := range properties {
		columns = append(columns, riskySignInsColumn{Heading: p.Label, Member: p.Name, property: p})
	}
	return columns
}

// columns are the columns of a file.
func (a RiskyAsked) columns() []riskySignInsColumn {
	columns := []riskySignInsColumn{{Heading: "Date (UTC)", Member: "createdDateTime", value: func(row ask.RiskyRow) any { return row.Entry.Head().Time.UTC().Format(time.RFC3339Nano) }}}
	columns = append(columns, propertyColumns(store.RequestID, store.CorrelationID)...)
	if a.Principals {
		columns = append(columns, propertyColumns(store.ServicePrincipalName, store.ServicePrincipalID)...)
	} else {
		columns = append(columns, propertyColumns(store.UserDisplayName, store.UserPrincipalName, store.UserID)...)
	}
	columns = append(columns, propertyColumns(store.AppDisplayName, store.AppID, store.ResourceDisplayName, store.ResourceID)...)
	columns = append(columns, riskySignInsColumn{Heading: "Status", Member: "statusName", value: func(row ask.RiskyRow) any {
		status := row.SignIn().Status()
		if status == store.StatusUnknown {
			return nil
		}
		return store.SignIns.StatusInfo(status).Label
	}})
	columns = append(columns, propertyColumns(store.ErrorCode, store.IPAddress, store.City, store.State, store.CountryOrRegion)...)
	if a.Principals {
		columns = append(columns, propertyColumns(store.CredentialKeyID)...)
	} else {
		columns = append(columns, propertyColumns(store.RiskState, store.RiskLevelDuringSignIn, store.RiskLevelAggregated, store.RiskDetail)...)
		columns = append(columns, riskySignInsColumn{Heading: "Detection types of the sign-in", Member: "riskEventTypes_v2", value: func(row ask.RiskyRow) any { return listOrNothing(row.SignIn().RiskEventTypes) }})
	}
	of := func(heading string, text func(row ask.RiskyRow, i int) string) {
		columns = append(columns, riskySignInsColumn{Heading: heading, value: func(row ask.RiskyRow) any {
			var list []string
			for i := range row.Detections {
				list = append(list, text(row, i))
			}
			return listOrNothing(list)
		}})
	}
	columns = append(columns, riskySignInsColumn{Heading: "Listed", Member: "listedBy", value: func(row ask.RiskyRow) any { return string(row.Why) }}, riskySignInsColumn{Heading: "Log", Member: "log", value: func(row ask.RiskyRow) any { return string(row.Log) }})
	of("Detections", func(row ask.RiskyRow, i int) string { return row.Detections[i].EventType })
	of("Levels of the detections", func(row ask.RiskyRow, i int) string { return row.Detections[i].Level })
	of("States of the detections", func(row ask.RiskyRow, i int) string { return row.Detections[i].State })
	of("Times of the detections (UTC)", func(row ask.RiskyRow, i int) string {
		return row.Detections[i].Head().Time.UTC().Format(time.RFC3339Nano)
	})
	of("IDs of the detections", func(row ask.RiskyRow, i int) string { return *row.Detections[i].ID() })
	return columns
}

func listOrNothing(list []string) any {
	if len(list) == 0 {
		return nil
	}
	return list
}

// riskySignInsCSV is a CSV file.
type riskySignInsCSV struct {
	w       io.Writer
	columns []riskySignInsColumn
	file    *csv.Writer
	begun   bool
}

func newRiskySignInsCSV(w io.Writer, a RiskyAsked) RiskySignInsFile {
	file := csv.NewWriter(w)
	file.UseCRLF = true
	return &riskySignInsCSV{w: w, columns: a.columns(), file: file}
}

func (f *riskySignInsCSV) begin() error {
	if f.begun {
		return nil
	}
	f.begun = true
	if _, err := io.WriteString(f.w, "\ufeff"); err != nil { // tells Excel that the file is UTF-8
		return fmt.Errorf("write the file: %w", err)
	}
	head := make([]string, len(f.columns))
	for i, c := range f.columns {
		head[i] = c.Heading
	}
	return f.line(head)
}

func (f *riskySignInsCSV) line(cells []string) error {
	if err := f.file.Write(cells); err != nil {
		return fmt.Errorf("write the file: %w", err)
	}
	return nil
}

func (f *riskySignInsCSV) Row(row ask.RiskyRow) error {
	if err := f.begin(); err != nil {
		return err
	}
	cells := make([]string, len(f.columns))
	for i, c := range f.columns {
		cells[i] = store.NeutralCell(c.text(row))
	}
	return f.line(cells)
}

func (f *riskySignInsCSV) End() error {
	if err := f.begin(); err != nil {
		return err
	}
	f.file.Flush()
	return f.file.Error()
}

// riskySignInsJSON is an array with an object for each sign-in.
type riskySignInsJSON struct {
	w       *bufio.Writer
	columns []riskySignInsColumn
	lead    string // before the next row
}

func newRiskySignInsJSON(w io.Writer, a RiskyAsked) RiskySignInsFile {
	return &riskySignInsJSON{w: bufio.NewWriter(w), columns: a.columns(), lead: "["}
}

func (f *riskySignInsJSON) Row(row ask.RiskyRow) error {
	object := map[string]any{}
	for _, c := range f.columns {
		if c.Member == "" {
			continue // in the objects of the detections
		}
		path := strings.Split(c.Member, ".")
		in := object
		for _, name := range path[:len(path)-1] {
			inner, ok := in[name].(map[string]any)
			if !ok {
				inner = map[string]any{}
				in[name] = inner
			}
			in = inner
		}
		in[path[len(path)-1]] = c.of(row)
	}
	object["detections"] = detectionObjects(row)
	text, err := json.Marshal(object)
	if err == nil {
		_, err = fmt.Fprintf(f.w, "%s\n%s", f.lead, text)
	}
	if f.lead = ","; err != nil {
		return fmt.Errorf("write the file: %w", err)
	}
	return nil
}

// detectionObjects are the detections of a row, an object each.
func detectionObjects(row ask.RiskyRow) []map[string]any {
	list := make([]map[string]any, len(row.Detections))
	for i, d := range row.Detections {
		list[i] = map[string]any{
			"id": *d.ID(), "riskEventType": d.EventType, "riskLevel": d.Level, "riskState": d.State, "activityDateTime": d.Head().Time.UTC().Format(time.RFC3339Nano),
		}
	}
	return list
}

func (f *riskySignInsJSON) End() error {
	if f.lead == "[" {
		_, _ = f.w.WriteString(f.lead) // Flush gives its error
	}
	_, _ = f.w.WriteString("\n]\n")
	return f.w.Flush()
}
