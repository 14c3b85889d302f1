package sqlite

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"unicode"

	"signpost/store"
)

// table is one log's rows.
type table struct {
	log  store.Log
	info store.LogInfo
	kind *kindSchema
	name string
	// number names the log in the tables that hold all logs, and in the sums of its rows: see store.LogInfo.
	number int64
	// place counts the logs in the order in which they are listed, from 0. It is stored nowhere.
	place int
	// key are the columns of a group's key; empty for a log that is not grouped.
	key []*column
	// entities are the applications, users or service principals that sign in in the log, by their columns.
	entities []entityColumns
	// siblings are the other logs of the kind, in their order.
	siblings []*table
}

// column is a column of segments. Most are a property's, and stand in the rows' fields too. Others are derived from the
// row's place, status and ids.
type column struct {
	// property is nil for a derived column.
	property *store.Property
	name     string
	// index is the column's number in segments and, for a property's, its place in the rows' fields.
	index int
	// words is nil for numbers and truth values, and for the parts of lists. The latter columns are empty since lists have
	// columns of their own, and stay for the order's sake.
	words *dictionary
	// list is set for a column of items: each row holds a list of the codes of their texts. listed is its place among the
	// list columns.
	list   *store.List
	listed int
	place  int // among the list columns of all kinds
	// inRow marks the texts that stand in rows alone: see store.Property.InRow. The column has 1 where there is one, and listed is
	// its place behind the lists of the row.
	inRow bool
}

// The derived columns stand behind any number of properties to come.
const (
	firstDerived      = 200
	columnStatus      = firstDerived + iota - 1
	columnIngested    // when it was ingested, by ingestedValue
	columnFolded      // 1: the event is folded into a line
	columnLineMFA     // the word of the MFA outcomes of all events, where a line has several
	columnLineErrors  // the word of the error codes of all events, where a line has several
	columnRequest     // the first 32 bits of an id and 1; 0 where it is absent
	columnCorrelation //
	columnSession     //
	columnToken       //
	derivedEnd        // behind the last derived column
)

// RowTablePrefix begins the name of the table of a log's rows.
const RowTablePrefix = "rows_"

// rowColumns are the columns of a row table, in this order.
const rowColumns = "k, id, correlation_id, session_id, unique_token_identifier, original_request_id, " +
	"doc, hash, versions, ingested, time_is_ingestion, derived_status, fields"

// columnName gives a property's dictionary: deviceDetail.browserId is device_detail_browser_id.
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

// kindSchema is the columns of one kind of records. The numbers of columns mean something within a kind only.
type kindSchema struct {
	of      *store.Kind
	ids     []idColumn // of its unique IDs, the record's own first
	columns []*column  // of the properties, by index
	byProp  map[*store.Property]*column
	lists   []*column // those of them that hold lists
	byList  map[*store.List]*column
	texts   []*column // those of them whose texts stand in rows alone
	// print tells one list of property columns from another.
	print int64
	// layouts gives for the print of each beginning of the list how many columns it has: see layout.
	layouts map[int64]layout
	// rules are those by which this version of the program makes rows of records.
	rules rules
}

// schema is the kinds, dictionaries and tables of main.db.
type schema struct {
	catalog store.Catalog
	kinds   []*kindSchema
	byProp  map[*store.Property]*column // of all kinds
	// dictionaries are by name. Columns of one name share one: each text has one code in it.
	dictionaries map[string]*dictionary
	// The derived columns that filters look at: every kind has them.
	status, ingested, lineMFA, lineErrors *column
	tables                                map[store.Log]*table
	byNumber                              map[int64]*table
	ordered                               []*table // by place
	// folding is the table of the log whose events make lines; nil where there is none.
	folding *table
	// numbers are the numbers of all logs, for an IN of SQL. A newer version of the program may have stored others: their
	// records are passed over and stay.
	numbers string
	lists   int // how many columns of lists there are
}

// newSchema makes the schema of a version of the program that knows these kinds of records. It panics on a kind that has no
// room: that is a mistake in the program.
func newSchema(catalog store.Catalog) *schema {
	s := &schema{
		catalog: catalog, dictionaries: map[string]*dictionary{}, byProp: map[*store.Property]*column{},
		tables: map[store.Log]*table{}, byNumber: map[int64]*table{},
	}
	s.status = &column{name: "derived_status", index: columnStatus}
	s.ingested = &column{name: "ingested", index: columnIngested}
	s.lineMFA = &column{name: "line_mfa", index: columnLineMFA, words: s.dictionary("line_mfa")}
	s.lineErrors = &column{name: "line_errors", index: columnLineErrors, words: s.dictionary("line_errors")}
	var numbers []string
	for _, k := range catalog {
		of := s.add(k)
		for _, info := range k.Logs {
			t := s.addTable(of, info)
			numbers = append(numbers, strconv.FormatInt(t.number, 10))
		}
	}
	s.numbers = strings.Join(numbers, ", ")
	return s
}

// add makes the columns of a kind.
func (s *schema) add(k *store.Kind) *kindSchema {
	of := &kindSchema{
		of: k, byProp: map[*store.Property]*column{}, byList: map[*store.List]*column{}, layouts: map[int64]layout{},
		rules: rules{k.Derivation, k.Codes},
	}
	print := fnv.New32a()
	for _, p := range k.Properties {
		if p.Unique {
			of.ids = append(of.ids, idColumnOf(len(of.ids), p))
			continue // ids hardly repeat: BLOBs of the row
		}
		c := &column{property: p, name: columnName(p), index: len(of.columns)}
		if len(of.columns) == firstDerived {
			panic(fmt.Sprintf("the kind %q has more than %d properties", k.One, firstDerived))
		}
		words := cmp.Or(p.Words, c.name)
		switch {
		case p.List != nil:
			c.words, c.list, c.listed, c.place = s.itemDictionary(words), p.List, len(of.lists), s.lists
			of.lists, of.byList[p.List] = append(of.lists, c), c
			s.lists++
		case p.InRow:
			c.inRow, of.texts = true, append(of.texts, c)
		case p.Text != nil, p.Set != nil && p.PartOf == nil:
			c.words = s.dictionary(words)
		}
		of.columns = append(of.columns, c)
		of.byProp[p], s.byProp[p] = c, c
		print.Write([]byte(c.name + "\n")) // never fails
		of.print = int64(print.Sum32())
		of.layouts[of.print] = layout(len(of.columns))
	}
	for i, c := range of.texts {
		c.listed = len(of.lists) + i
	}
	for _, f := range k.Fields() {
		if n := columnsToCount(f); n > len(tuple{}) {
			panic(fmt.Sprintf("the field %s of the kind %q has %d columns, and is counted by %d at most", f.Name, k.One, n, len(tuple{})))
		}
	}
	s.kinds = append(s.kinds, of)
	return of
}

// columnsToCount is of how many columns the values of a field are counted together, at most: see view.columnsOf.
func columnsToCount(f *store.Field) int {
	if !f.Facetable() || f.IsOfIDs() || f.List() != nil {
		return 1
	}
	n := len(f.Properties) + len(f.Beside)
	if f.Source == store.FromOutcomesOfLine || f.Source == store.FromCodesOfLine {
		n++
	}
	return n
}

// addTable adds a log of a kind.
func (s *schema) addTable(of *kindSchema, info store.LogInfo) *table {
	t := &table{log: info.Log, info: info, kind: of, name: RowTablePrefix + string(info.Log), number: int64(info.Number), place: len(s.ordered)}
	if len(info.GroupBy) > len(groupKey{}) {
		panic(fmt.Sprintf("the log %s is grouped by %d properties, and there are %d at most", info.Log, len(info.GroupBy), len(groupKey{})))
	}
	for _, p := range info.GroupBy {
		t.key = append(t.key, of.byProp[p])
	}
	for _, e := range store.EntitiesOf(info) {
		if of.byProp[e.Property()] != nil {
			t.entities = append(t.entities, s.entityColumns(e))
		}
	}
	if info.Folds {
		s.folding = t
	}
	for _, other := range s.ordered {
		if other.kind == of {
			other.siblings, t.siblings = append(other.siblings, t), append(t.siblings, other)
		}
	}
	s.tables[info.Log], s.byNumber[t.number] = t, t
	s.ordered = append(s.ordered, t)
	return t
}

// dictionary gives the dictionary of a name, which filters may ask for texts that fold to one.
func (s *schema) dictionary(name string) *dictionary {
	d := s.itemDictionary(name)
	if d.others == nil {
		d.others = map[string][]int64{}
	}
	return d
}

// itemDictionary gives the dictionary of a name for the items of lists.
func (s *schema) itemDictionary(name string) *dictionary {
	if s.dictionaries[name] == nil {
		s.dictionaries[name] = newItemDictionary(name)
	}
	return s.dictionaries[name]
}
