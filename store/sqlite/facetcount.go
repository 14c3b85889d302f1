package sqlite

import (
	"context"
	"sync"
	"unsafe"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// facetCount counts one field. A field of words is counted by the code of its main column, a field of a list by value. Any
// other is counted by the values of its columns together.
type facetCount struct {
	ctx     context.Context // of the question
	view    *view
	field   *store.Field
	columns []*column
	main    *column    // the last, where all are of words: see mainColumn
	label   *column    // the name's, where the value is an ID
	items   *itemFacet // of a field of a list

	// What was counted. The workers of a scan share it: each adds what it found in a part under the lock.
	mu      *sync.Mutex
	byCode  []tally
	bySide  map[sideCode]int64 // of the side columns: see facetsides.go
	byTuple map[tuple]int64    // where there is a main column: what counting by code counts wrong, see facetsides.go
	places  *valuePlaces
}

// tally is how often a code or a value was met, and the name on the newest row of it.
type tally struct {
	n      int64
	newest rowKey
	name   int64
}

// usedTallies are used again and again: there is one for each word of a dictionary, which may be a hundred thousand.
var usedTallies sync.Pool

// newTallies gives n tallies of nothing; to be given back by freeTallies.
func newTallies(n int) []tally {
	if used, ok := usedTallies.Get().(*[]tally); ok && cap(*used) >= n {
		list := (*used)[:n]
		clear(list)
		return list
	}
	return make([]tally, n, n+n/8) // some more, for the words of the next minutes
}

func freeTallies(list []tally) {
	if list != nil {
		usedTallies.Put(&list)
	}
}

// tuple is the values of a field's columns; the unused tail is zero.
type tuple [4]int64

// newFacetCount makes what counts a field among the rows that pass a filter.
func (v *view) newFacetCount(ctx context.Context, f *store.Field, q *question, filter store.Filter) *facetCount {
	if l := f.List(); l != nil {
		return &facetCount{ctx: ctx, view: v, field: f, mu: &sync.Mutex{}, items: v.newItemFacet(ctx, q.table.kind, f, filter)}
	}
	c := &facetCount{ctx: ctx, view: v, field: f, mu: &sync.Mutex{}, columns: v.columnsOf(f, q), bySide: map[sideCode]int64{}, byTuple: map[tuple]int64{}}
	if f.IsOfIDs() {
		c.columns = c.columns[:1]
		c.label = q.table.kind.byProp[f.Properties[len(f.Properties)-1]]
	}
	if c.main = c.mainColumn(); c.main != nil {
		c.byCode = newTallies(int(c.main.words.next()))
	}
	return c
}

// free gives the memory of a count back that nobody asks any more.
func (c *facetCount) free() {
	freeTallies(c.byCode)
	c.byCode = nil
	if c.items != nil {
		c.items.free()
	}
}

// rowFilter gives the part of the filter that counted rows must pass. What the filter asks of the field's own list is asked
// of the items.
func (c *facetCount) rowFilter(filter store.Filter) store.Filter {
	if c.items == nil {
		return filter
	}
	return filter.WithoutList(c.items.column.list)
}

// forWorker gives the same count for a worker of its scan.
func (c *facetCount) forWorker() *facetCount {
	own := *c
	own.places = nil
	if c.items != nil {
		own.items = c.items.forWorker()
	}
	return &own
}

// count adds the rows of a part.
func (c *facetCount) count(s source, asked question, selected func() (*segment.Selection, error), counter *segment.Counter) error {
	if c.items != nil {
		part, err := kept(s, asked, c.items.name, func() (*itemPart, error) {
			return c.items.countPart(s, selected, counter)
		}, (*itemPart).size)
		if err == nil {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.items.take(part)
		}
		return err
	}
	part, err := kept(s, asked, "values of "+c.field.Name, func() (*facetPart, error) {
		return c.countPart(s, selected, counter)
	}, (*facetPart).size)
	if err == nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.take(part)
	}
	return err
}

// facetPart is what was counted of one field in one part.
type facetPart struct {
	codes  []codedIn
	sides  map[sideCode]int64
	tuples map[tuple]int64
}

// codedIn is a code as it was met in one part.
type codedIn struct {
	code, n, name int32 // a segment has no more rows, and a dictionary no more words, than an int32 has room for
	newest        rowKey
}

func (p *facetPart) size() int {
	return len(p.codes)*int(unsafe.Sizeof(codedIn{})) + 2*len(p.sides)*int(unsafe.Sizeof(sideCode{})+8) + 2*len(p.tuples)*int(unsafe.Sizeof(tuple{}))
}

// countPart counts the selected rows of a part.
func (c *facetCount) countPart(s source, selected func() (*segment.Selection, error), counter *segment.Counter) (*facetPart, error) {
	part := &facetPart{}
	rows, err := selected()
	if err != nil || rows.Len() == 0 {
		return part, err
	}
	columns := make([]*segment.Column, len(c.columns))
	for i, column := range c.columns {
		if columns[i], err = s.Column(column.index); err != nil {
			return nil, err
		}
	}
	switch {
	case c.main == nil:
		part.tuples = map[tuple]int64{}
		counter.Groups(columns, rows, func(values []int64, n int64, _, _ int) {
			var t tuple
			copy(t[:], values)
			part.tuples[t] += n
		})
	case c.label == nil:
		err = c.countCodes(part, s, columns, rows, counter)
	default:
		err = c.countNamed(part, s, columns[0], rows, counter)
	}
	return part, err
}

// countNamed counts IDs and keeps the newest name of each.
func (c *facetCount) countNamed(part *facetPart, s source, ids *segment.Column, rows *segment.Selection, counter *segment.Counter) error {
	keys, err := s.Keys()
	if err != nil {
		return err
	}
	names, err := s.Column(c.label.index)
	if err != nil {
		return err
	}
	counter.Spans(ids, rows, func(code, n int64, _, last int) {
		part.codes = append(part.codes, codedIn{code: int32(code), n: int32(n), name: int32(names.Value(last)), newest: rowKey(keys.At(last))})
	})
	return nil
}

// take adds what was counted in a part.
func (c *facetCount) take(part *facetPart) {
	for i := range part.codes {
		from := &part.codes[i]
		if int(from.code) >= len(c.byCode) {
			continue // a word of after this view: no row of it holds one
		}
		to := &c.byCode[from.code]
		if to.n == 0 || from.newest > to.newest {
			to.newest, to.name = from.newest, int64(from.name)
		}
		to.n += int64(from.n)
	}
	for at, n := range part.sides {
		c.bySide[at] += n
	}
	for t, n := range part.tuples {
		c.byTuple[t] += n
	}
}
