package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Mapping says which columns of an unknown CSV or JSON file hold which fields of a log. It is kept under a name and applied to
// every file with exactly these headings.
type Mapping struct {
	ID   int64 // of a kept one
	Name string
	Log  Log
	// Headings are all columns of the file, also those that nothing is read from. Their order does not matter.
	Headings []string
	// Fields are the fields of some headings: names as Kind.MappedFields has them.
	Fields map[string]string
	// Dates is the order of day and month in files whose dates decide nothing: dmy, mdy, or empty for none.
	Dates string
	// Zone is the name of the time zone of times that name none. Where it is empty a file with such times asks for it.
	Zone string
	// By and Created say who kept it, and when.
	By      string
	Created time.Time
}

// The bounds of a mapping. They keep portal.db and the pages small.
const (
	MaxMappings        = 200
	MaxMappingName     = 80
	MaxMappingHeadings = 500
	MaxMappingHeading  = 300
)

// The errors of those who keep mappings.
var (
	ErrNoMapping            = errors.New("there is no such mapping")
	ErrMappingNameTaken     = errors.New("another mapping has this name")
	ErrMappingHeadingsTaken = errors.New("another mapping has exactly these headings")
	ErrTooManyMappings      = fmt.Errorf("there are %d mappings, the limit", MaxMappings)
)

// The parts of a mapping that a MappingProblem is about.
const (
	MappingName    = "name"
	MappingLog     = "log"
	MappingHeading = "heading"
	MappingTime    = "time"
	MappingDates   = "dates"
	MappingZone    = "zone"
)

// MappingProblem says in a sentence what is wrong with a part of a mapping. Heading is the place of the heading that it is about;
// -1 for none.
type MappingProblem struct {
	Part    string
	Heading int
	Problem string
}

// MappedField is a field of a kind that a column can hold.
type MappedField struct {
	Name  string    // in mappings, and in the records that they make
	Label string    // the portal's words
	Of    *Property // nil for the time and the place, which are no property of one value
	// IsTime says that it is the time of the record.
	IsTime bool
}

// MappedPlace is the field of a column that names a city, a state and a country together, as the Entra admin center writes them.
const MappedPlace = "location"

// mappedTime is the name of the time in the records of the kind.
func (k *Kind) mappedTime() string {
	if len(k.Shape.Times) > 0 {
		return k.Shape.Times[0]
	}
	return "createdDateTime"
}

// MappedFields gives the fields that a column of a mapped file can hold: the time first, then every property of one value.
func (k *Kind) MappedFields() []MappedField {
	fields := []MappedField{{Name: k.mappedTime(), Label: "Date", IsTime: true}}
	if k.PlaceColumn() != nil {
		fields = append(fields, MappedField{Name: MappedPlace, Label: "Location (city, state, country)"})
	}
	for _, p := range k.Properties {
		if p.MadeUp || p.Text == nil && p.Int == nil && p.Bool == nil {
			continue
		}
		fields = append(fields, MappedField{Name: p.Name, Label: p.Label, Of: p})
	}
	return fields
}

// PlaceColumn gives the column that names a place; nil for a kind without.
func (k *Kind) PlaceColumn() *Property {
	for _, c := range k.Columns {
		if c.Place {
			return c
		}
	}
	return nil
}

// MappedField finds one of them by its name.
func (k *Kind) MappedField(name string) (f MappedField, ok bool) {
	for _, f := range k.MappedFields() {
		if f.Name == name {
			return f, true
		}
	}
	return MappedField{}, false
}

// Applies says whether a file with these headings is one that the mapping was made for. Headings are compared as they stand,
// without the blanks around them, in any order.
func (m *Mapping) Applies(headings []string) bool {
	return slices.Equal(sortedHeadings(m.Headings), sortedHeadings(headings))
}

func sortedHeadings(headings []string) []string {
	sorted := make([]string, len(headings))
	for i, heading := range headings {
		sorted[i] = strings.TrimSpace(heading)
	}
	slices.Sort(sorted)
	return sorted
}

// Problems gives what is wrong with a mapping that is to be kept.
func (m *Mapping) Problems(catalog Catalog) (list []MappingProblem) {
	say := func(part string, heading int, problem string) {
		list = append(list, MappingProblem{part, heading, problem})
	}
	switch name := strings.TrimSpace(m.Name); {
	case name == "":
		say(MappingName, -1, "Give the mapping a name. The report of an import says it.")
	case utf8.RuneCountInString(name) > MaxMappingName:
		say(MappingName, -1, fmt.Sprintf("The name is longer than %d characters, the limit.", MaxMappingName))
	case VisibleText(name) != name:
		say(MappingName, -1, "The name holds characters that cannot be seen. Take them out.")
	}
	if m.Dates != "" && m.Dates != "dmy" && m.Dates != "mdy" {
		say(MappingDates, -1, "Choose whether the day or the month comes first.")
	}
	if zone, err := time.LoadLocation(m.Zone); m.Zone != "" && (err != nil || zone == time.Local) {
		say(MappingZone, -1, "There is no time zone of this name. Write it like Europe/Zurich, or UTC.")
	}
	info, known := catalog.Log(m.Log)
	if !known || info.Own {
		say(MappingLog, -1, "Choose the log that the rows belong to.")
		return list
	}
	return append(list, m.fieldProblems(info.kind)...)
}

// fieldProblems gives what is wrong with the headings and their fields.
func (m *Mapping) fieldProblems(k *Kind) (list []MappingProblem) {
	taken, timed := map[string]string{}, false
	seen := map[string]bool{}
	for i, heading := range m.Headings {
		say := func(problem string) { list = append(list, MappingProblem{MappingHeading, i, problem}) }
		name := m.Fields[heading]
		f, known := k.MappedField(name)
		switch {
		case seen[heading]:
			say("Two columns have this heading. Rename one in the file.")
		case heading == "" || utf8.RuneCountInString(heading) > MaxMappingHeading:
			say(fmt.Sprintf("A heading has 1 to %d characters.", MaxMappingHeading))
		case name == "":
		case !known:
			say("There is no such field in this log.")
		case taken[name] != "":
			say(f.Label + " is chosen for the column " + taken[name] + " already. A field is chosen once.")
		default:
			taken[name], timed = heading, timed || f.IsTime
		}
		seen[heading] = true
	}
	for heading := range m.Fields {
		if !seen[heading] {
			list = append(list, MappingProblem{MappingHeading, -1, "The file has no column " + VisibleText(heading) + "."})
		}
	}
	switch {
	case len(m.Headings) == 0 || len(m.Headings) > MaxMappingHeadings:
		list = append(list, MappingProblem{MappingHeading, -1, fmt.Sprintf("A file has 1 to %d columns to be mapped.", MaxMappingHeadings)})
	case !timed:
		list = append(list, MappingProblem{MappingTime, -1, "Choose the column that holds the date and time: every row needs one."})
	}
	return list
}

// MappingLook is what the beginning of a file tells somebody who makes a mapping for it.
type MappingLook struct {
	Headings []string
	// Values are the first values of each heading that are not empty.
	Values [][]string
	// Guess are the fields that the headings and their values suggest, for the log that was asked about.
	Guess map[string]string
	// Dates says in a sentence why the order of day and month must be chosen; empty where it need not be.
	Dates string
	// Zone says in a sentence why the time zone must be chosen; empty where it need not be.
	Zone string
	// Rows are the first rows as the mapping reads them.
	Rows []MappedRow
	// RowsRead is how many rows were looked at. Understood counts their cells by heading.
	RowsRead   int
	Understood []MappedColumn
	// Known is the format of a file that needs no mapping; empty for one that does.
	Known string
	// Log is the one that the file's name tells; empty where it tells none.
	Log Log
}

// MappedColumn counts the cells of a column that holds a field. Missed are those that cannot be read as it; Examples are the first
// of these.
type MappedColumn struct {
	With, Missed int
	Examples     []string
}

// MappedRow is a row as a mapping reads it. Reason says in a sentence why it cannot be used, and then there is no entry.
type MappedRow struct {
	Line   int64
	Entry  Entry
	Reason string
}
