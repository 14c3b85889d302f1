package sqlite

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unsafe"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// Facets counts the values of fields; see store.Store. Fields whose filter is the same are counted in one scan.
func (db *DB) Facets(ctx context.Context, q store.FacetsQuery) ([]store.Facet, error) {
	asked, err := db.question(q.ListQuery)
	if err != nil {
		return nil, err
	}
	for _, f := range q.Fields {
		if !f.Facetable() {
			return nil, fmt.Errorf("%s: %w", f.Name, store.ErrNoFacet)
		}
	}
	facets := make([]store.Facet, len(q.Fields))
	err = db.read(ctx, func(v *view) error {
		counts := make([]*facetCount, len(q.Fields))
		scans := map[string][]*facetCount{}
		filters := map[string]store.Filter{}
		for i, f := range q.Fields {
			filter := q.Filter
			if q.IgnoreOwn {
				filter = filter.WithoutField(f)
			}
			counts[i] = v.newFacetCount(ctx, f, &asked, filter)
			defer counts[i].free()
			if err := ctx.Err(); err != nil {
				return err
			}
			filter = counts[i].rowFilter(filter)
			name := filter.Values().Encode()
			scans[name], filters[name] = append(scans[name], counts[i]), filter
		}
		for name, some := range scans {
			asked.filter = filters[name]
			if err := v.countFacets(ctx, asked, some); err != nil {
				return fmt.Errorf("count %s sign-ins by value: %w", asked.table.log, err)
			}
		}
		for i, c := range counts {
			if err := ctx.Err(); err != nil {
				return err
			}
			facets[i] = c.facet(q.Top, "")
			facets[i].Complete = v.complete(asked)
		}
		return nil
	})
	return facets, err
}

// Values gives the values of a field that hold a text; see store.Store.
func (db *DB) Values(ctx context.Context, q store.ValuesQuery) (store.Facet, error) {
	asked, err := db.question(q.ListQuery)
	if err != nil {
		return store.Facet{}, err
	}
	if !q.Field.Facetable() {
		return store.Facet{}, fmt.Errorf("%s: %w", q.Field.Name, store.ErrNoFacet)
	}
	filter := q.Filter.WithoutField(q.Field)
	var facet store.Facet
	err = db.read(ctx, func(v *view) error {
		c := v.newFacetCount(ctx, q.Field, &asked, filter)
		defer c.free()
		asked.filter = c.rowFilter(filter)
		if err := v.countFacets(ctx, asked, []*facetCount{c}); err != nil {
			return fmt.Errorf("look for values among %s sign-ins: %w", asked.table.log, err)
		}
		facet = c.facet(q.Top, store.FoldCase(q.Text))
		facet.Complete = v.complete(asked)
		return nil
	})
	return facet, err
}

// facetCount counts one field: by the code of its main column where its columns are of words, by value where it is a field
// of a list, else by the values of its columns together.
type facetCount struct {
	ctx     context.Context // of the question
	view    *view
	field   *store.Field
	columns []*column
	main    *column // the last, where all are of words: see mainColumn
	label   *column // the name's, where the value is an ID
	asked   *question
	items   *itemFacet // of a field of a list

	byCode  []tally
	bySide  map[sideCode]int64 // of the columns beside the main one
	byTuple map[tuple]int64    // where there is a main column: what counting by code counts wrong, see facetbeside.go
	places  *valuePlaces
}

// tally is how often a code or a value was met, and the name on the newest row of it.
type tally struct {
	n      int64
	newest store.Key
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
		return &facetCount{ctx: ctx, view: v, field: f, items: v.newItemFacet(ctx, f, filter)}
	}
	c := &facetCount{ctx: ctx, view: v, field: f, columns: v.columnsOf(f, q), asked: q, bySide: map[sideCode]int64{}, byTuple: map[tuple]int64{}}
	if f.IsOfIDs() {
		c.columns = c.columns[:1]
		c.label = v.db.schema.byProp[f.Properties[len(f.Properties)-1]]
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

// rowFilter gives what of the filter the rows must pass that are counted: what it asks of the field's own list is asked of
// their items.
func (c *facetCount) rowFilter(filter store.Filter) store.Filter {
	if c.items == nil {
		return filter
	}
	return filter.WithoutList(c.items.column.list)
}

// another gives the same for another goroutine.
func (c *facetCount) another() *facetCount {
	if c.items != nil {
		return &facetCount{ctx: c.ctx, view: c.view, field: c.field, items: c.items.another()}
	}
	return c.view.newFacetCount(c.ctx, c.field, c.asked, store.Filter{})
}

// countFacets counts the rows of a question for some fields.
func (v *view) countFacets(ctx context.Context, asked question, counts []*facetCount) error {
	p, err := v.plan(ctx, &asked)
	if err != nil {
		return err
	}
	p.keepFewOf(asked)
	return v.each(ctx, asked, p, func() worker {
		own := make([]*facetCount, len(counts))
		for i, c := range counts {
			own[i] = c.another()
		}
		return worker{
			answer: func(s source, selected func() (*segment.Selection, error), counter *segment.Counter) error {
				for _, c := range own {
					if err := ctx.Err(); err != nil {
						return err
					}
					if err := c.count(s, asked, selected, counter); err != nil {
						return err
					}
				}
				return nil
			},
			done: func() {
				for i, c := range own {
					counts[i].add(c)
					c.free()
				}
			},
		}
	})
}

// count adds the rows of a part.
func (c *facetCount) count(s source, asked question, selected func() (*segment.Selection, error), counter *segment.Counter) error {
	if c.items != nil {
		part, err := kept(s, asked, c.items.name, func() (*itemPart, error) {
			return c.items.countPart(s, selected, counter)
		}, (*itemPart).size)
		if err == nil {
			c.items.take(part)
		}
		return err
	}
	part, err := kept(s, asked, "values of "+c.field.Name, func() (*facetPart, error) {
		return c.countPart(s, selected, counter)
	}, (*facetPart).size)
	if err == nil {
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
	newest        store.Key
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
		part.codes = append(part.codes, codedIn{code: int32(code), n: int32(n), name: int32(names.Value(last)), newest: store.Key(keys.At(last))})
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

// add takes the counts of another goroutine.
func (c *facetCount) add(more *facetCount) {
	if c.items != nil {
		c.items.add(more.items)
		return
	}
	for code := range c.byCode { // the other has more where words were added meanwhile: no row of this view holds one
		from, to := &more.byCode[code], &c.byCode[code]
		if from.n > 0 && (to.n == 0 || from.newest > to.newest) {
			to.newest, to.name = from.newest, from.name
		}
		to.n += from.n
	}
	for at, n := range more.bySide {
		c.bySide[at] += n
	}
	for t, n := range more.byTuple {
		c.byTuple[t] += n
	}
}

// valueCount is one value of a facet before it is one for the outside.
type valueCount struct {
	value, label string
	n            int64
}

// facet gives the most frequent values that hold a text (folded).
func (c *facetCount) facet(top int, text string) store.Facet {
	facet := store.Facet{Field: c.field}
	var list []*valueCount
	switch {
	case c.items != nil:
		list = c.items.counts(&facet, top, text)
	case c.main != nil:
		list = c.wordCounts(&facet, top, text)
	default:
		list = c.tupleCounts(&facet, text)
	}
	for _, v := range largest(list, top) {
		facet.Values = append(facet.Values, store.FacetValue{Value: v.value, Label: v.label, N: v.n})
	}
	return facet
}

// tupleCounts counts by value what was counted by tuple: there are few.
func (c *facetCount) tupleCounts(facet *store.Facet, text string) []*valueCount {
	values := map[string]*valueCount{} // by folded text
	for t, n := range c.byTuple {
		of := c.tupleValues(t)
		if len(of) == 0 {
			facet.Empty += n
		}
		for _, value := range of {
			folded := store.FoldCase(value)
			v, ok := values[folded]
			if !ok {
				v = &valueCount{value: value}
				values[folded] = v
			}
			v.value = min(v.value, value)
			v.n += n
		}
	}
	var list []*valueCount
	for folded, v := range values {
		if strings.Contains(folded, text) {
			list = append(list, v)
		}
	}
	facet.Distinct = int64(len(list))
	return list
}

// tupleValues gives the values of a row that holds a tuple.
func (c *facetCount) tupleValues(t tuple) []string {
	var values []string
	for i, column := range c.columns {
		switch {
		case t[i] == 0:
		case column.index == columnStatus:
			values = append(values, store.Status(t[i]).String())
		case column.words != nil:
			values = append(values, valuesOfWord(c.field, column, column.words.text(t[i]))...)
			if column.index == columnLineMFA || column.index == columnLineErrors {
				return distinctFold(values) // of all events of the line, its last included
			}
		case column.property.Bool != nil:
			values = append(values, c.field.ValuesOf(boolWord(store.Bool(t[i])))...)
		default:
			values = append(values, c.field.ValuesOf(strconv.FormatInt(intOf(t[i]).N, 10))...)
		}
	}
	return distinctFold(values)
}

func boolWord(b store.Bool) string {
	if b == store.True {
		return "yes"
	}
	return "no"
}

// distinctFold leaves one of the texts that differ only in case: the first in byte order.
func distinctFold(texts []string) []string {
	slices.Sort(texts)
	var distinct []string
	seen := map[string]bool{}
	for _, text := range texts {
		if folded := store.FoldCase(text); !seen[folded] {
			seen[folded] = true
			distinct = append(distinct, text)
		}
	}
	return distinct
}

// largest gives the top of the list, the most frequent first, equal counts by value.
func largest(list []*valueCount, top int) []*valueCount {
	slices.SortFunc(list, func(a, b *valueCount) int { return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.value, b.value)) })
	return list[:min(top, len(list))]
}
