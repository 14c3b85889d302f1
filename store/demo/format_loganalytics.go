package demo

import "time"

// kind is the type of a column of a Log Analytics table.
type kind uint8

const (
	kindString   kind = iota // text; nested values as JSON inside
	kindDynamic              // a nested value
	kindDatetime             // a time.Time
	kindLong
	kindBool
)

// kindNames are the kinds as the query API calls them.
var kindNames = [...]string{"string", "dynamic", "datetime", "long", "bool"}

// tableColumn is a column of a Log Analytics table.
type tableColumn struct {
	name string
	kind kind
	// path is Graph's path of the property that the column shows; empty where it shows none.
	path string
	// value gives the value where it is not the one at the path.
	value func(s *signIn) any
}

// in gives the value of a sign-in; nil where it has none.
func (c tableColumn) in(s *signIn) any {
	if c.value != nil {
		return c.value(s)
	}
	return s.at(c.path)
}

// table is the table of a log.
type table struct {
	name    string
	columns []tableColumn
}

// isoTime is the form of times in answers and exports, exact to 100 ns.
const isoTime = "2006-01-02T15:04:05.0000000Z"

// asUSTime is the form of times in the portal's CSV files, exact to the millisecond.
const asUSTime = "1/2/2006, 3:04:05.000 PM"

// csvCell writes a value as a cell of the portal's "Export to CSV".
func (c tableColumn) csvCell(s *signIn) string {
	v := c.in(s)
	if t, ok := v.(time.Time); ok {
		return t.Truncate(time.Millisecond).Format(asUSTime)
	}
	return cellText(v)
}

// jsonCell writes a value as the data export does: dynamic ones as they are, text never as null.
func (c tableColumn) jsonCell(s *signIn) any {
	v := c.in(s)
	if t, ok := v.(time.Time); ok {
		return t.Format(isoTime)
	}
	if c.kind == kindString {
		return cellText(v)
	}
	return v
}

// queryCell writes a value as the query API does: a dynamic one is a text that holds JSON.
func (c tableColumn) queryCell(s *signIn) any {
	if v := c.in(s); c.kind == kindDynamic && v != nil {
		return cellText(v)
	}
	return c.jsonCell(s)
}

func logAnalyticsCSV(*Tenant) *rows {
	return &rows{
		names: inLogs(func(log int) string { return tables[log].name + ".csv" }),
		start: func(log int) string {
			var names []string
			for _, c := range tables[log].columns {
				if c.kind == kindDatetime {
					c.name += " [UTC]" // the time zone that the portal is set to
				}
				names = append(names, c.name)
			}
			return byteOrderMark + string(csvLine(names))
		},
		row: func(b []byte, s *signIn) []byte {
			var list []string
			for _, c := range tables[s.log].columns {
				list = append(list, c.csvCell(s))
			}
			return append(b, csvLine(list)...)
		},
	}
}

func logAnalyticsJSON(*Tenant) *rows {
	return &rows{
		names: inLogs(func(log int) string { return tables[log].name + ".json" }),
		start: func(int) string { return "" },
		row: func(b []byte, s *signIn) []byte {
			var o object
			for _, c := range tables[s.log].columns {
				o = append(o, member{c.name, c.jsonCell(s)})
			}
			return append(appendJSON(b, o), '\n')
		},
	}
}

func logAnalyticsQuery(*Tenant) *rows {
	return &rows{
		names: inLogs(func(log int) string { return tables[log].name + ".json" }),
		start: func(log int) string {
			var columns []any
			for _, c := range tables[log].columns {
				columns = append(columns, object{{"name", c.name}, {"type", kindNames[c.kind]}})
			}
			return `{"tables":[{"name":"PrimaryResult","columns":` + string(appendJSON(nil, columns)) + `,"rows":[` + "\n"
		},
		between: ",\n", end: "\n]}]}\n",
		row: func(b []byte, s *signIn) []byte {
			var row []any
			for _, c := range tables[s.log].columns {
				row = append(row, c.queryCell(s))
			}
			return appendJSON(b, row)
		},
	}
}

func logAnalyticsShown(log int) []string {
	var list []string
	for _, c := range tables[log].columns {
		if c.path != "" {
			list = append(list, c.path)
		}
	}
	return list
}
