package sqlite

import (
	"strings"
	"unicode"

	"signpost/store"
)

// table is one log's row table.
type table struct {
	log   store.Log
	name  string
	index int64 // the log's number in the look-up tables
	// entity is the indexed column: rows of one user or service principal are found by it.
	entity *column
	// key are the columns of a group's key.
	key []*column
}

// column is a property as a column of the row tables.
type column struct {
	property *store.Property
	name     string
	words    *dictionary // nil for numbers and truth values
}

// fixed columns stand before those of the properties, in this order.
var fixedColumns = []string{
	"k", "id", "correlation_id", "session_id", "unique_token_identifier", "original_request_id",
	"doc", "hash", "versions", "ingested", "time_is_ingestion", "derived_status",
}

// columnName gives a property's column: deviceDetail.browserId is device_detail_browser_id.
func columnName(p *store.Property) string {
	var b strings.Builder
	for _, r := range p.Name {
		switch {
		case r == '.':
			b.WriteByte('_')
		case unicode.IsUpper(r):
			b.WriteByte('_')
			b.WriteRune(unicode.ToLower(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// schema is the columns and tables of main.db; the dictionaries hang on the columns.
type schema struct {
	columns []*column
	byProp  map[*store.Property]*column
	tables  map[store.Log]*table
	ordered []*table
	insert  string // columns of an INSERT, comma-separated
}

func newSchema() *schema {
	s := &schema{byProp: map[*store.Property]*column{}, tables: map[store.Log]*table{}}
	names := append([]string(nil), fixedColumns...)
	for _, p := range store.Properties() {
		if p.Unique {
			continue // a fixed BLOB column
		}
		c := &column{property: p, name: columnName(p)}
		if p.Text != nil || p.Set != nil {
			c.words = newDictionary(c.name)
		}
		s.columns = append(s.columns, c)
		s.byProp[p] = c
		names = append(names, c.name)
	}
	s.insert = strings.Join(names, ", ")
	for i, info := range store.Logs() {
		t := &table{log: info.Log, name: string(info.Log), index: int64(i)}
		t.entity = s.byProp[store.ServicePrincipalID]
		if info.User {
			t.entity = s.byProp[store.UserID]
		}
		for _, p := range info.GroupBy {
			t.key = append(t.key, s.byProp[p])
		}
		s.tables[info.Log] = t
		s.ordered = append(s.ordered, t)
	}
	return s
}

// entityIndex names the index over the table's entity column.
func (t *table) entityIndex() string { return t.name + "_" + t.entity.name }
