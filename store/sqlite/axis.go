package sqlite

import (
	"context"
	"encoding/binary"
	"strings"
	"sync"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// axis is a field by which a table counts, in logs that hold it in the same columns. Each sign-in is in one bin of the axis. A
// bin stands for all values of the sign-in: none, one or several. The bins below codes are the codes of the main column, for
// sign-ins that hold nothing in the other columns. The bins behind them are numbered as they are met.
type axis struct {
	view    *view
	ctx     context.Context // of the question
	columns []*column
	main    *column // the last, where it is of words and not of lists: see facetCount.mainColumn
	codes   int64
	// The names that stand on a sign-in beside an ID; nil where there are none.
	label, username *column

	// Of the field's values; an axis that nobody asks for values has none of it.
	facet *facetCount
	table *wordTable   // of main's words
	meets *segment.Set // of a list: the items that count
	// each says that a value stands in a bin once for each item that has it: see store.TableQuery.Items.
	each bool

	mu      sync.Mutex
	byTuple map[tuple]int64
	byItems map[string]int64 // by the codes of the items that count
	bins    []numberedBin
	ends    map[string]int32 // the values that no word of the table has, by their folded texts
	more    []string         // these texts
}

// numberedBin is a bin that is no code: its texts, and the places of its values.
type numberedBin struct {
	texts  []string
	values []int32
}

// newWordAxis makes the axis of a column of words that has nothing beside it but names.
func newWordAxis(of, label, username *column) *axis {
	return &axis{columns: []*column{of}, main: of, codes: of.words.next(), label: label, username: username}
}

// axisColumns gives the columns of a field's axis; none where the records of the log do not know the field.
func (v *view) axisColumns(f *store.Field, q *question) []*column {
	if l := f.List(); l != nil {
		if c := q.table.kind.byList[l]; c != nil {
			return []*column{c}
		}
		return nil
	}
	columns := v.columnsOf(f, q)
	if f.IsOfIDs() && len(columns) > 0 {
		return columns[:1]
	}
	return columns
}

// newAxis makes the axis of a field that the log of a question holds in these columns.
func (v *view) newAxis(ctx context.Context, f *store.Field, q *question, columns []*column) *axis {
	a := &axis{
		view: v, ctx: ctx, columns: columns, facet: &facetCount{field: f, columns: columns}, table: &wordTable{},
		byTuple: map[tuple]int64{}, byItems: map[string]int64{}, ends: map[string]int32{},
	}
	if l := f.List(); l != nil {
		a.meets = v.db.meeting(ctx, columns[0], q.filter.ListClause(l))
		return a
	}
	if f.IsOfIDs() {
		a.label = q.table.kind.byProp[f.Properties[len(f.Properties)-1]]
		if f.HasUsernames() {
			a.username = q.table.kind.byProp[f.Properties[1]]
		}
	}
	if main := columns[len(columns)-1]; main.words != nil {
		a.main, a.codes = main, main.words.next()
		a.table = v.db.facetWords.of(ctx, f, main, a.codes)
	}
	return a
}

// name tells what is counted of a segment by the axis. What it counts there means the same in every question: see partPlaces.
func (a *axis) name() string {
	name := "sign-ins by"
	for _, c := range a.columns {
		name += " " + c.name
	}
	for _, c := range []*column{a.label, a.username} {
		if c != nil {
			name += " with " + c.name
		}
	}
	return name
}

// some is the clause that sign-ins with a value pass.
func (a *axis) some() segment.Clause {
	if a.meets != nil {
		return segment.Clause{Terms: []segment.Term{{Column: a.columns[0].index, Set: a.meets, List: true}}}
	}
	var terms []segment.Term
	for _, c := range a.columns {
		terms = append(terms, segment.Term{Column: c.index, Set: someValue})
	}
	return segment.Clause{Terms: terms}
}

// partPlaces numbers what the rows of a part hold in the columns of an axis. The numbers mean the same in every question, so that
// counts by them can be kept: they are the codes of a single column of words, or the numbers of a part's lists. What other columns
// hold is numbered as it is met.
type partPlaces struct {
	columns []*segment.Column
	tuples  []tuple
	places  map[tuple]int32 // nil where a value of the column is the number
}

// placesIn begins to number what the rows of a part hold.
func (a *axis) placesIn(s source) (*partPlaces, error) {
	p := &partPlaces{columns: make([]*segment.Column, len(a.columns))}
	if a.isOfLists() {
		lists, err := s.Lists(a.columns[0].index)
		if err == nil {
			p.columns[0] = lists.Numbers()
		}
		return p, err
	}
	for i, c := range a.columns {
		var err error
		if p.columns[i], err = s.Column(c.index); err != nil {
			return nil, err
		}
	}
	if !a.isOfWords() {
		p.places = map[tuple]int32{}
	}
	return p, nil
}

// of gives the number of what rows hold. The values of other columns may stand behind those of the axis.
func (p *partPlaces) of(values []int64) int32 {
	if p.places == nil {
		return int32(values[0])
	}
	var t tuple
	copy(t[:], values[:len(p.columns)])
	place, ok := p.places[t]
	if !ok {
		place = int32(len(p.tuples))
		p.places[t], p.tuples = place, append(p.tuples, t)
	}
	return place
}

// isOfLists says that the axis is a column of lists, isOfWords that it is a single column of words.
func (a *axis) isOfLists() bool { return a.columns[0].list != nil }

func (a *axis) isOfWords() bool { return len(a.columns) == 1 && a.main != nil }

// binsIn gives the bins of what the rows of a part hold, by the numbers of partPlaces with these tuples.
func (a *axis) binsIn(s source, tuples []tuple) (func(place int32) int64, error) {
	switch {
	case a.isOfLists():
		return a.itemsIn(s)
	case a.isOfWords():
		return func(place int32) int64 { return int64(place) }, nil
	}
	bins := make([]int64, len(tuples))
	for i, t := range tuples {
		bins[i] = a.ofTuple(t)
	}
	return func(place int32) int64 { return bins[place] }, nil
}

func (a *axis) ofTuple(t tuple) int64 {
	if a.main != nil {
		last := len(a.columns) - 1
		alone := tuple{}
		if alone[last] = t[last]; t == alone {
			return t[last]
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	bin, ok := a.byTuple[t]
	if !ok {
		bin = a.number(a.facet.tupleValues(t))
		a.byTuple[t] = bin
	}
	return bin
}

// itemsIn is binsIn for a list: many rows have the same one.
func (a *axis) itemsIn(s source) (func(place int32) int64, error) {
	lists, err := s.Lists(a.columns[0].index)
	if err != nil {
		return nil, err
	}
	codes := lists.Values()
	bins := map[int32]int64{}
	var places []int
	var items []byte
	return func(list int32) int64 {
		bin, ok := bins[list]
		if !ok {
			items = items[:0]
			places = lists.AppendPlaces(places[:0], int(list))
			for _, place := range places {
				if a.meets.Has(codes[place]) {
					items = binary.AppendVarint(items, codes[place])
				}
			}
			bin = a.ofItems(items)
			bins[list] = bin
		}
		return bin
	}, nil
}

// ofItems gives the bin of a list by the codes of its items that count.
func (a *axis) ofItems(items []byte) int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	bin, ok := a.byItems[string(items)]
	if !ok {
		var texts []string
		for rest := items; len(rest) > 0; {
			code, n := binary.Varint(rest)
			texts = append(texts, valuesOfWord(a.facet.field, a.columns[0], a.columns[0].words.text(code))...)
			rest = rest[n:]
		}
		if !a.each {
			texts = distinctFold(texts)
		}
		bin = a.number(texts)
		a.byItems[string(items)] = bin
	}
	return bin
}

// number makes a bin of texts. They differ in more than case, but where each item counts.
func (a *axis) number(texts []string) int64 {
	values := make([]int32, len(texts))
	for i, text := range texts {
		values[i] = a.place(store.FoldCase(text))
	}
	a.bins = append(a.bins, numberedBin{texts, values})
	return a.codes + int64(len(a.bins)) - 1
}

// place gives the place of a value: that in the table, or one behind its end.
func (a *axis) place(folded string) int32 {
	if a.main != nil {
		if value, ok := a.view.db.facetWords.find(a.facet.field, a.main, folded); ok && int(value) < len(a.table.folded) {
			return value
		}
	}
	value, ok := a.ends[folded]
	if !ok {
		value = int32(len(a.table.folded) + len(a.more))
		a.ends[folded] = value
		a.more = append(a.more, folded)
	}
	return value
}

// places is how many places of values there are. It is asked when all rows are counted, as is what follows.
func (a *axis) places() int { return len(a.table.folded) + len(a.more) }

// values gives the places of the values of a bin.
func (a *axis) values(bin int64) []int32 {
	if bin < a.codes {
		return a.table.of(int(bin))
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if bin -= a.codes; bin < int64(len(a.bins)) {
		return a.bins[bin].values
	}
	return nil // a word of after this view: no row of it holds one
}

// spelled is the i-th value of a bin as it is spelled there.
func (a *axis) spelled(bin int64, i int) string {
	if bin >= a.codes {
		return a.bins[bin-a.codes].texts[i]
	}
	word := a.main.words.text(bin)
	if a.facet.field.IsOfIDs() { // the only value, and as it is
		return strings.TrimPrefix(word, nameMark)
	}
	return valuesOfWord(a.facet.field, a.main, word)[i]
}

// folded is the folded text of the value at a place.
func (a *axis) folded(value int32) string {
	if int(value) < len(a.table.folded) {
		return a.table.folded[value]
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.more[int(value)-len(a.table.folded)]
}

// isName says whether the values of a bin are names that stand in for an ID.
func (a *axis) isName(bin int64) bool {
	return a.label != nil && bin < a.codes && isStandIn(a.main.words.text(bin))
}

// partNames are the names beside an ID in one part.
type partNames struct{ label, username *segment.Column }

func (a *axis) namesIn(s source) (names partNames, err error) {
	if a.label != nil {
		if names.label, err = s.Column(a.label.index); err != nil {
			return names, err
		}
	}
	if a.username != nil {
		names.username, err = s.Column(a.username.index)
	}
	return names, err
}

// of gives the codes of the names in a row.
func (n partNames) of(row int) (label, username uint32) {
	if n.label != nil {
		label = uint32(n.label.Value(row))
	}
	if n.username != nil {
		username = uint32(n.username.Value(row))
	}
	return label, username
}
