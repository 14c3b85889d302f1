package ask

import (
	"cmp"
	"context"
	"slices"
	"time"

	"signpost/store"
)

// A report of Usage & insights is declared once, as an Insight. The word report alone stands for what people say about their own
// sign-ins. The page of an insight, its files, its line on the first page and its topic in the help are made from the declaration.
// To add one: write an Insight in a file of its own, and put it into Insights.

// Insight is the declaration of a report, or of its page about one thing.
type Insight struct {
	// Name is that of its address: /insights/NAME.
	Name, Title string
	// Tab tells reports of one address apart: it is the value of the parameter tab, and TabTitle its label. Tabs are the others, of the
	// first of them.
	Tab, TabTitle string
	Tabs          []*Insight
	// Question is what the report answers, in a sentence. Needs names the data that it needs.
	Question, Needs string
	// Logs are counted by the report: the page says how complete they are.
	Logs []store.Log
	// Switches are parameters of the address beyond those that every report knows.
	Switches []*Switch
	// Numbers are the headline numbers, in their order.
	Numbers []*Number
	// Lists are its tables. The first is shown unless the address names another. A report has one at least.
	Lists []*InsightList
	// Summary asks for the numbers, the cards and the picture.
	Summary func(ctx context.Context, r Reader, q *InsightQuery) (*InsightSummary, error)
	// Telling is the most telling of the numbers, for the first page; Tell asks for it alone.
	Telling *Number
	Tell    func(ctx context.Context, r Reader, q *InsightQuery) (Cell, error)
	// Subject says that the report is about one thing. The address holds its ID: InsightQuery.Subject. Insights leaves such reports
	// out.
	Subject bool
	// Things are what the report is asked about, by the parameters kind and value; nil for a report about everything.
	Things []*Thing
	// Days is the length of the range in days where the address names none, by the parameter days or otherwise; 0 for a month.
	Days int
}

// InsightList is the declaration of a table of a report.
type InsightList struct {
	Name, Title string
	// Definition says which rows are in it.
	Definition string
	One, Many  string // what a row is
	// Columns are its numbers. The first is the name of the row.
	Columns []*Number
	// Sort is the column that the list begins with. Unsorted says that it knows no other order.
	Sort     *Number
	Unsorted bool
	// Undated says that the range changes nothing of what rows there are.
	Undated bool
	// Compares says that the list knows the time before.
	Compares bool
	// Object is what the rows are, where these have a page of their own. Codes says that they are error codes.
	Object store.ObjectKind
	Codes  bool
	// Words says that the name of a row is its ID in words.
	Words bool
	// Inner is the report about the thing of a row; nil for none.
	Inner *Insight
	// Ask gives a page of rows.
	Ask func(ctx context.Context, r Reader, q *InsightQuery) (*InsightRows, error)
	// Graph gives a row as JSON, in the shape of a resource of Microsoft Graph; nil for the columns by their names.
	Graph func(l *InsightList, row *InsightRow) any
	// Resource names that resource.
	Resource string
}

// Number is the declaration of a number: the page prints it, files and the help have the same.
type Number struct {
	Name, Label string
	// Definition says how it is counted. It is empty for what needs none, such as a name.
	Definition string
	Unit       Unit
	// Unsorted says that no list can be sorted by it.
	Unsorted bool
	// Reported says that an imported report may tell the number too: files have a column of that.
	Reported bool
	// Successes says that the number is of any outcome: files have a column of the last success.
	Successes bool
	// IDLabel heads a column of files for the ID of what a text names. It is the cell's note, or the text where nothing has a name.
	IDLabel string
	// RisesFirst says that lists by it begin with the least, as lists by a text do. Others begin with the most.
	RisesFirst bool
}

// ID is what a cell's text names, for a number with an IDLabel.
func (n *Number) ID(c Cell) string { return cmp.Or(c.Note, c.Text) }

// Rises says that a list by the number begins with the least.
func (n *Number) Rises() bool { return n.Unit == InText || n.RisesFirst }

// Unit is what a number is in.
type Unit uint8

// The units. InTrend is a small picture of counts over the range.
const (
	InText Unit = iota
	InCount
	InPercent
	InRatio // of two counts, as a number
	InTime
	InTrend
)

// Switch is a parameter with a few values. The first is the one without it.
type Switch struct {
	Param, Label string
	Options      []SwitchOption
	// Long says that a page has no room for a link to each value: the form asks for it. Open says that values other than the options
	// count too. Typed says that the value is any text: the one option is the hint of the empty input.
	Long, Open, Typed bool
}

// SwitchOption is a value of a switch. Its own value may be empty for the first.
type SwitchOption struct{ Value, Label string }

// InsightQuery is all that the address of a report asks for.
type InsightQuery struct {
	Subject string
	// Thing and Value are what the report is asked about; nil where the address does not name it.
	Thing *Thing
	Value string
	// named are the IDs of the applications with the name Value.
	named []string
	Range store.Range
	// Days is the length of the range, where the address says that; else 0.
	Days int
	// Filter is by the members of directory groups and departments.
	Filter store.Filter
	List   *InsightList
	// Sort is one of the list's columns. Reverse puts the least first, of names the last.
	Sort    *Number
	Reverse bool
	After   *store.TablePlace
	Limit   int
	// Compare asks for the time before too.
	Compare bool
	// Chosen are the values of switches that are not the first, by their parameters.
	Chosen map[string]string
	// Sensitive are the applications that administrators marked sensitive; nil for those of the preset. Moves gives the application
	// that a relying party of AD FS moves to. Both are settings.
	Sensitive []string
	Moves     map[string]string
	// Tenants are those whose records are stored. Files and documents name them.
	Tenants []string
	// Location is the time zone in which days begin.
	Location *time.Location
	Now      time.Time

	together *together // nil where nothing is shared: see Share
	inFile   bool      // asks for a part of a file
}

// Before is the time of equal length before the range.
func (q *InsightQuery) Before() store.Range {
	return store.Range{From: q.Range.From.Add(-q.Range.To.Sub(q.Range.From)), To: q.Range.From}
}

// Cell is one number of a row.
type Cell struct {
	// N is a count; a rate is N of Of, and there is none where Of is 0.
	N, Of int64
	Time  time.Time
	Text  string
	// Words are what a page shows for the text, where that is a word of a machine. Files have the text.
	Words string
	Note  string
	// Buckets are the counts of a trend.
	Buckets []int64
	// Unknown says that the number is not known: it is no 0.
	Unknown bool
	// Records are the records that it counts; nil where no list shows them.
	Records *store.ListQuery
	// Code is an error code that the text explains.
	Code string
	// Record is the record behind a time.
	Record store.Ref
	// Second is the last success, where Time is that of another outcome. NoSecond says that there was no success.
	Second   time.Time
	NoSecond bool
	// Since is the time from which on an unknown number would be known.
	Since time.Time
	// Reported is the time that an imported report tells. Differs says why it is another one; empty where it is the same.
	Reported time.Time
	Differs  string
}

// LastSuccess is the last success of a time of any outcome; zero for none.
func (c Cell) LastSuccess() time.Time {
	if c.Second.IsZero() && !c.NoSecond && !c.Unknown {
		return c.Time
	}
	return c.Second
}

// CountCell is a count, with the list of what it counts.
func CountCell(n int64, records *store.ListQuery) Cell { return Cell{N: n, Records: records} }

// RateCell is a rate.
func RateCell(r store.Rate) Cell { return Cell{N: r.N, Of: r.Of} }

// InsightRow is a row of a list.
type InsightRow struct {
	ID, Name string
	// Unknown says that nothing but a report knows the thing: there is no page about it.
	Unknown bool
	// Username is that of a person, in a list of people.
	Username string
	// Records are those of the row, where the list has no page about it.
	Records *store.ListQuery
	// Entry is the record that the row is; nil where it is none. The access log names its people.
	Entry store.Entry
	// Source is what the row was made of, for InsightList.Graph; nil where the cells have all of it.
	Source any
	// Cells are in the order of the list's columns, without the first. Before are those of the time before; nil where nobody
	// asked.
	Cells, Before []Cell
}

// InsightRows is a page of rows. Total counts the rows of all pages; Complete says that every number is exact.
type InsightRows struct {
	Rows     []InsightRow
	Total    int64
	Next     *store.TablePlace
	Complete bool
	// Notes say what the reader must know of the rows.
	Notes []Note

	// Of a file: how many rows are made behind Rows, and how.
	unmade int
	make   func(i int) InsightRow
}

// InsightSummary is what stands above the list.
type InsightSummary struct {
	// Metrics are in the order of the report's numbers. Before are those of the time before; nil where there are none.
	Metrics, Before []Cell
	Cards           []InsightCard
	// Days is the picture: the records of the range by day. Records are all of them; its bars lead to parts of these.
	Days    *store.Histogram
	Width   time.Duration
	Records *store.ListQuery
	// Bars is the picture of a report that has no days. BarsTitle says what it counts, where its numbers are not those of the report.
	Bars      []InsightBar
	BarsTitle string
	Complete  bool
	// Title is the name of the report's subject.
	Title string
	Notes []Note
}

// Note is a sentence, or its beginning where a time ends it. Address leads to what it is about, under the words of Link.
type Note struct {
	Text          string
	Time          time.Time
	Address, Link string
}

// InsightCard is a short answer in a box of its own.
type InsightCard struct {
	Name, Title, Definition string
	Lines                   []CardLine
	// Object says that the subject of the report has a page of its own, and what it is.
	Object store.ObjectKind
	// Logs and Range are the records that the card counts, for what is known of their completeness. StillReading says that some of
	// them do not count yet.
	Logs         []store.Log
	Range        store.Range
	StillReading bool
	// None says why there are no lines.
	None string
}

// CardLine is a line of a card. ID leads to the page about it.
type CardLine struct {
	ID, Label, Text string
	// Address leads to a page instead of that about the ID.
	Address string
	// Share is a count among others.
	Share *Cell
	// Cell is a number; nil for none.
	Number *Number
	Cell   *Cell
}

// InsightBar is a bar of a picture, with the list of what it counts.
type InsightBar struct {
	Label   string
	N       int64
	Records *store.ListQuery
	// Address leads to a page instead.
	Address string
}

// Insights are the reports of Usage & insights, in the order of the first page.
func Insights() []*Insight {
	return []*Insight{Applications, Federation, Authentication, Principals, Credentials, Removal}
}

// AllTabs are the reports of the address of the first; nil where there is one.
func (r *Insight) AllTabs() []*Insight {
	if len(r.Tabs) == 0 {
		return nil
	}
	return append([]*Insight{r}, r.Tabs...)
}

// AtTab gives the report of a tab; the first for another value.
func (r *Insight) AtTab(tab string) *Insight {
	for _, other := range r.Tabs {
		if other.Tab == tab {
			return other
		}
	}
	return r
}

// Inner are the reports about one thing of a report's row.
func (r *Insight) Inner() (inner []*Insight) {
	for _, list := range r.Lists {
		if list.Inner != nil && !slices.Contains(inner, list.Inner) {
			inner = append(inner, list.Inner)
		}
	}
	return inner
}

// ListNamed gives a list of the report; the first for an empty name.
func (r *Insight) ListNamed(name string) (*InsightList, bool) {
	if name == "" {
		return r.Lists[0], true
	}
	i := slices.IndexFunc(r.Lists, func(l *InsightList) bool { return l.Name == name })
	if i < 0 {
		return nil, false
	}
	return r.Lists[i], true
}

// None says in a sentence that the list has no rows.
func (l *InsightList) None() string {
	if l.Undated {
		return "There is none with these choices, whatever the range."
	}
	return "There is none in this range, with this filter."
}

// Column gives a column by its name.
func (l *InsightList) Column(name string) (*Number, bool) {
	i := slices.IndexFunc(l.Columns, func(n *Number) bool { return n.Name == name })
	if i < 0 {
		return nil, false
	}
	return l.Columns[i], true
}

// Cell gives the cell of a row under one of the list's columns.
func (l *InsightList) Cell(cells []Cell, n *Number) Cell {
	if i := slices.Index(l.Columns, n); i > 0 && i <= len(cells) {
		return cells[i-1]
	}
	return Cell{Unknown: true}
}

// trendBuckets are about as many buckets as a small picture has room for.
const trendBuckets = 30

// trendEdges cut a range for a trend: by days where there are not too many.
func trendEdges(r store.Range, zone *time.Location) []time.Time {
	width := store.BucketWidth(r)
	for r.To.Sub(r.From)/width > trendBuckets {
		width *= 2
	}
	if length := r.To.Sub(r.From); length > 2*24*time.Hour && length/(24*time.Hour) <= trendBuckets+2 {
		width = 24 * time.Hour
	}
	return store.BucketEdges(r, width, zone)
}
