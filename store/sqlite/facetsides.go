package sqlite

import (
	"slices"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// A field of several columns of words is mostly told by the last, its main column. Few sign-ins have a caller's address
// that is not their own. So each column is counted by its codes, as if it were alone. The main column is counted over all
// rows, the others, its side columns, over the rows where they hold something. Two kinds of rows are then counted wrong,
// and kept as a correction. In one two columns say the same value, in the other only side columns say one.

// mainColumn gives the column that a field is counted by. It is nil where numbers or truth values are among the field's
// columns.
func (c *facetCount) mainColumn() *column {
	for _, column := range c.columns {
		if column.words == nil {
			return nil
		}
	}
	return c.columns[len(c.columns)-1]
}

// sideRows gives those of some rows where a side column holds something; nil where none does.
func (c *facetCount) sideRows(s source, rows *segment.Selection) (*segment.Selection, error) {
	var terms []segment.Term
	for _, column := range c.columns[:len(c.columns)-1] {
		if s.boundsOf(column.index).hi > 0 {
			terms = append(terms, segment.Term{Column: column.index, Set: someValue})
		}
	}
	if len(terms) == 0 {
		return nil, nil
	}
	sides := &segment.Selection{}
	from, to := rows.Range()
	if rows.All() {
		sides.Reset(from, to)
	} else {
		sides.SetRows(from, to, rows.AppendRows(nil))
	}
	err := segment.Narrow(s, []segment.Clause{{Terms: terms}}, sides)
	if sides.Len() == 0 {
		return nil, err
	}
	return sides, err
}

// sideCode is a code of the column with this place among the field's columns; the last place is the main column's.
type sideCode struct{ column, code int32 }

// countCodes counts rows by the codes of each column.
func (c *facetCount) countCodes(part *facetPart, s source, columns []*segment.Column, rows *segment.Selection, counter *segment.Counter) error {
	counter.Count(columns[len(columns)-1], rows, func(code, n int64) {
		part.codes = append(part.codes, codedIn{code: int32(code), n: int32(n)})
	})
	sides, err := c.sideRows(s, rows)
	if sides == nil || err != nil {
		return err
	}
	if c.places == nil {
		c.places = c.newValuePlaces()
	}
	part.sides, part.tuples = map[sideCode]int64{}, map[tuple]int64{}
	counter.Groups(columns, sides, func(values []int64, n int64, _, _ int) {
		for i, code := range values[:len(values)-1] {
			if code != 0 {
				part.sides[sideCode{int32(i), int32(code)}] += n
			}
		}
		var t tuple
		copy(t[:], values)
		if more, onlySides := c.places.repeated(t); len(more) > 0 || onlySides {
			part.tuples[t] += n
		}
	})
	return nil
}

// valuePlaces gives the values of codes as places in the table of the main column's words. What no word of that column has
// stands behind its end.
type valuePlaces struct {
	count *facetCount
	table *wordTable
	sides map[sideCode][]int32
	more  []string         // the folded texts behind the end of the table
	ends  map[string]int32 // their places
	seen  []int32
}

func (c *facetCount) newValuePlaces() *valuePlaces {
	return &valuePlaces{
		count: c,
		table: c.view.db.facetWords.of(c.ctx, c.field, c.main, int64(len(c.byCode))),
		sides: map[sideCode][]int32{},
		ends:  map[string]int32{},
	}
}

// of gives the places of what a code says.
func (p *valuePlaces) of(at sideCode) []int32 {
	columns := p.count.columns
	if int(at.column) == len(columns)-1 {
		if int(at.code) >= len(p.table.one) {
			return nil // a word of after this view: no row of it holds one
		}
		return p.table.of(int(at.code))
	}
	places, ok := p.sides[at]
	if !ok {
		column := columns[at.column]
		for _, text := range valuesOfWord(p.count.field, column, column.words.text(int64(at.code))) {
			places = append(places, p.place(store.FoldCase(text)))
		}
		p.sides[at] = places
	}
	return places
}

func (p *valuePlaces) place(folded string) int32 {
	value, ok := p.count.view.db.facetWords.find(p.count.field, p.count.main, folded)
	if ok && int(value) < len(p.table.folded) {
		return value
	}
	value, ok = p.ends[folded]
	if !ok {
		value = int32(len(p.table.folded) + len(p.more))
		p.ends[folded] = value
		p.more = append(p.more, folded)
	}
	return value
}

// repeated gives the values that columns of a row say again after another did, and whether only side columns say any.
func (p *valuePlaces) repeated(t tuple) (again []int32, onlySides bool) {
	seen := p.seen[:0]
	last := len(p.count.columns) - 1
	main := 0
	for i := range p.count.columns {
		if t[i] == 0 {
			continue
		}
		places := p.of(sideCode{int32(i), int32(t[i])})
		for _, place := range places {
			if slices.Contains(seen, place) {
				again = append(again, place)
			}
		}
		seen = append(seen, places...)
		if i == last {
			main = len(places)
		}
	}
	p.seen = seen
	return again, len(seen) > 0 && main == 0
}

// folded is the folded text of a value of the table, or of one behind its end.
func (p *valuePlaces) folded(value int32) string {
	if int(value) < len(p.table.folded) {
		return p.table.folded[value]
	}
	return p.more[int(value)-len(p.table.folded)]
}

// sideCount is how many rows more, or fewer, have a value than the main column says.
type sideCount struct {
	n     int64
	codes []sideCode // of the side columns that say it
}

// sideCounts gives what the side columns add, by the value's place. The facet is told of the rows where only they say
// something.
func (c *facetCount) sideCounts(facet *store.Facet, places *valuePlaces) map[int32]*sideCount {
	counts := map[int32]*sideCount{}
	of := func(value int32) *sideCount {
		v, ok := counts[value]
		if !ok {
			v = &sideCount{}
			counts[value] = v
		}
		return v
	}
	for at, n := range c.bySide {
		for _, value := range places.of(at) {
			v := of(value)
			v.n += n
			v.codes = append(v.codes, at)
		}
	}
	for t, n := range c.byTuple {
		again, onlySides := places.repeated(t)
		for _, value := range again {
			of(value).n -= n
		}
		if onlySides {
			facet.Empty -= n
		}
	}
	return counts
}

// spelledInSides gives the first spelling of a value in byte order. It looks at the side columns, and at the main column's
// spelling where there is one.
func (c *facetCount) spelledInSides(folded string, codes []sideCode, spelling string) string {
	for _, at := range codes {
		column := c.columns[at.column]
		for _, text := range valuesOfWord(c.field, column, column.words.text(int64(at.code))) {
			if store.FoldCase(text) == folded && (spelling == "" || text < spelling) {
				spelling = text
			}
		}
	}
	return spelling
}
