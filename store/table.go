package store

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"time"
)

// MaxColumns bounds TableQuery.Columns, MaxDistinct how many fields have their distinct values counted.
const (
	MaxColumns  = 50
	MaxDistinct = 4
)

// TableQuery asks for a table of the records of some logs. Empty Logs mean all logs of the kind of By that the asker may read.
// The table has a row for each value of the field By. Where the field Across is set, its most frequent values have a column each.
// A record counts in the row of each of its values. One without a value is in no row. The filter counts in every log. Some logs
// never hold the field of a condition: their records pass as one without a value does. The values are those of facets:
// FIELD=value finds a row's records. Of a field of a list only the items count that meet what the filter asks of the list.
type TableQuery struct {
	Logs   []Log
	Range  Range
	Filter Filter
	// AllEvents counts the events of the interactive log, not its lines.
	AllEvents bool
	By        *Field
	Across    *Field
	Columns   int // of Across: 1 to MaxColumns
	// Edges are the edges of the buckets that count a row's records; nil for none.
	Edges []time.Time
	// OlderThan leaves out the rows with a record of that time or later; zero leaves out none. Such a table has no Across.
	OlderThan time.Time
	// Only leaves out all rows but those of these values, where it is not nil. What is counted is the same as without it, so that an
	// engine can use what it found before.
	Only []string
	// Items counts the items of By's list that meet what the filter asks of the list, each once, instead of the records: see
	// List.CountsItems. Such a table has nothing but rows.
	Items bool
	// NamesNewest asks for the newest record of each row.
	NamesNewest bool
	// Distinct are fields whose distinct values are counted in each row: its users, its addresses. There are MaxDistinct at most.
	Distinct []*Field
	Sort     TableSort
	Reverse  bool // the least first; rows that are equal by Sort stay in the order of their values
	// After continues behind a row.
	After *TablePlace
	Limit int // 1 at least; a page shows MaxTop at most, a part of a file may have more
}

// Fields gives the fields that the table counts by.
func (q *TableQuery) Fields() []*Field {
	list := append([]*Field{q.By}, q.Distinct...)
	if q.Across != nil {
		list = append(list, q.Across)
	}
	return list
}

// Check says what is wrong with the numbers of the query; nil where nothing is.
func (q *TableQuery) Check() error {
	switch {
	case q.Limit < 1:
		return fmt.Errorf("a page of a table has 1 row at least, not %d", q.Limit)
	case q.Columns < 0:
		return fmt.Errorf("a table cannot have %d columns", q.Columns)
	case len(q.Distinct) > MaxDistinct:
		return fmt.Errorf("a table counts the distinct values of %d fields at most, not of %d", MaxDistinct, len(q.Distinct))
	case len(q.Edges) == 1 || len(q.Edges) > MaxBuckets+1:
		return fmt.Errorf("the rows of a table have 1 to %d buckets, not %d edges", MaxBuckets, len(q.Edges))
	case !q.OlderThan.IsZero() && q.Across != nil:
		return errors.New("a table that leaves out rows counts by one field alone")
	case q.Items && (q.By.List() == nil || !q.By.List().CountsItems):
		return fmt.Errorf("the items of the field %s cannot be counted", q.By.Name)
	case q.Items && (q.Across != nil || len(q.Distinct) > 0 || len(q.Edges) > 0):
		return errors.New("a table of items counts by one field alone")
	case q.Sort > ByLabel:
		return fmt.Errorf("a table has no order %d", q.Sort)
	case q.Sort < ByFailureRate && int(q.Sort) >= int(ByDistinct)+len(q.Distinct):
		return fmt.Errorf("a table cannot be sorted by the distinct values of field %d: it counts those of %d", q.Sort-ByDistinct+1, len(q.Distinct))
	}
	return nil
}

// TableSort is by what the rows of a table are sorted, the most and the latest first.
type TableSort uint8

// The orders. ByStatus + s is by how many have the status s, ByDistinct + i by the distinct values of TableQuery.Distinct[i].
// ByFailureRate is by Counts.FailureRate; rows without a rate are the least. ByLabel is by the rows' labels, the first in the
// alphabet first, and by the value of a row without one.
const (
	ByTotal TableSort = iota
	ByFirst
	ByLast
	ByValue // the first in the alphabet first
	ByStatus
	ByDistinct    = ByStatus + MaxStatuses
	ByFailureRate = ByDistinct + MaxDistinct
	ByLabel       = ByFailureRate + 1
)

// TablePlace is a row's place in a table: the number that it is sorted by, and its value without regard to case. By label the
// value is that of LabelPlace.
type TablePlace struct {
	N     int64
	Value string
}

// LabelPlace gives the place of a row among rows that are sorted by label.
func LabelPlace(label, value string) TablePlace {
	value = FoldCase(value)
	return TablePlace{Value: cmp.Or(FoldCase(label), value) + "\x00" + value}
}

// String is the place in an address.
func (p TablePlace) String() string {
	text, _ := json.Marshal([]any{p.N, p.Value}) // a number and a text can always be written
	return base64.RawURLEncoding.EncodeToString(text)
}

// ParseTablePlace parses a place that String wrote.
func ParseTablePlace(s string) (TablePlace, error) {
	var p TablePlace
	text, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(text) > 8<<10 {
		return p, ErrBadCursor
	}
	if err := json.Unmarshal(text, &[]any{&p.N, &p.Value}); err != nil || p.String() != s {
		return TablePlace{}, ErrBadCursor
	}
	return p, nil
}

// Compare orders two places of the query's table.
func (q *TableQuery) Compare(a, b TablePlace) int {
	order := compareBy(b.N, a.N, a.Value, b.Value)
	switch {
	case !q.Reverse:
		return order
	case q.Sort == ByValue || q.Sort == ByLabel:
		return compareBy(b.N, a.N, b.Value, a.Value)
	}
	return compareBy(a.N, b.N, a.Value, b.Value)
}

func compareBy(n, m int64, value, other string) int {
	return cmp.Or(cmp.Compare(n, m), cmp.Compare(value, other))
}

// Counts are some records, by status, and their times.
type Counts struct {
	ByStatus    [MaxStatuses]int64
	First, Last time.Time
	// LastSuccess and LastFailure are the times of the newest records of the statuses 1 and 2; zero where there is none. Of sign-ins
	// these are success and failure.
	LastSuccess, LastFailure time.Time
}

// Total counts all of them.
func (c *Counts) Total() (n int64) {
	for _, of := range c.ByStatus {
		n += of
	}
	return n
}

// Rate is some records among others: N of Of. There is none where Of is 0.
type Rate struct{ N, Of int64 }

// Order is a number that orders rates of 1 at most. Of two rates with parts of 31 bits the greater has the greater number. It is
// -1 where there is no rate.
func (r Rate) Order() int64 {
	if r.Of <= 0 {
		return -1
	}
	// Two such rates differ by more than 2 to the power of -62.
	high, low := bits.Mul64(uint64(r.N), 1<<62)
	order, _ := bits.Div64(high, low, uint64(r.Of))
	return int64(order)
}

// RatioOrder is a number that orders rates which may exceed 1. It is below 1<<62, and -1 where there is no rate. Rates that
// differ by less than a part in 2 to the power of 50 may have the same number.
func (r Rate) RatioOrder() int64 {
	if r.Of <= 0 {
		return -1
	}
	return int64(math.Float64bits(float64(r.N)/float64(r.Of)) >> 2) // the bits of numbers from 0 on have their order
}

// TableRow is the records of one value.
type TableRow struct {
	// Value is as FIELD=Value finds it: of an ID in lower case, of values that differ in case only the first in byte order.
	Value string
	// Label is the name on the newest of the records where Value is an ID, else empty. Of two at the same instant the one of
	// the later log is the newer. Username is a user's on the same record.
	Label, Username string
	// IsName says that the newest of the records has no ID: Value is the name that stands in.
	IsName bool
	Counts
	// Distinct counts the distinct values of each of the query's fields Distinct.
	Distinct []int64
	// Cells counts the row's records in each of the table's columns. Rest are those that have a value without a column, None
	// those that have none at all. A record with several values may be in several cells, and in Rest too.
	Cells      []int64
	Rest, None int64
	// Top is the value of Across with the most of the row's records, of equal counts the first in the alphabet. It is zero where
	// no record of the row has a value, and need not be one of the table's columns.
	Top TableColumn
	// Buckets counts the row's records between the edges.
	Buckets []int64
	// Newest is the newest record, where the query asks for it.
	Newest Ref
}

// TableColumn is a value of the field Across, with the records that have it in all rows. A record that is in two rows counts
// once.
type TableColumn struct {
	Value, Label string
	N            int64
}

// Table is one page of rows. Values counts all of them. Columns are the most frequent values of the field Across, equal counts
// by value; ColumnValues counts all of its values in the table. Complete says that every count is exact.
type Table struct {
	Rows         []TableRow
	Values       int64
	Columns      []TableColumn
	ColumnValues int64
	Next         *TablePlace
	Complete     bool
}
