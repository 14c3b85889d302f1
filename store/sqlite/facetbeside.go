package sqlite

import (
	"slices"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// A field of several columns of words is mostly told by the last: few sign-ins have a caller's address beside their own. So
// each column is counted by its codes, as if it were alone: the last over all rows, the others over the rows that hold
// something in them. What that counts wrong is kept as a correction: rows of which two columns say the same value, and rows
// of which only the other columns say one.

// mainColumn gives the column whose codes a field is counted by; nil where numbers or truth values are among its columns.
func (c *facetCount) mainColumn() *column {
	for _, column := range c.columns {
		if column.words == nil {
			return nil
		}
	}
	return c.columns[len(c.columns)-1]
}

// besideRows gives those of some rows in which a column beside the main one holds something; nil where none does.
func (c *facetCount) besideRows(s source, rows *segment.Selection) (*segment.Selection, error) {
	var terms []segment.Term
	for _, column := range c.columns[:len(c.columns)-1] {
		if s.boundsOf(column.index).hi > 0 {
			terms = append(terms, segment.Term{Column: column.index, Set: someValue})
		}
	}
	if len(terms) == 0 {
		return nil, nil
	}
	beside := &segment.Selection{}
	from, to := rows.Range()
	if rows.All() {
		beside.Reset(from, to)
	} else {
		beside.SetRows(from, to, rows.AppendRows(nil))
	}
	err := segment.Narrow(s, []segment.Clause{{Terms: terms}}, beside)
	if beside.Len() == 0 {
		return nil, err
	}
	return beside, err
}

// sideCode is a code of the column with this place among the field's columns; the last place is the main column's.
type sideCode struct{ column, code int32 }

// countCodes counts rows by the codes of each column.
func (c *facetCount) countCodes(part *facetPart, s source, columns []*segment.Column, rows *segment.Selection, counter *segment.Counter) error {
	counter.Count(columns[len(columns)-1], rows, func(code, n int64) {
		part.codes = append(part.codes, codedIn{code: int32(code), n: int32(n)})
	})
	beside, err := c.besideRows(s, rows)
	if beside == nil || err != nil {
		return err
	}
	if c.places == nil {
		c.places = c.newValuePlaces()
	}
	part.sides, part.tuples = map[sideCode]int64{}, map[tuple]int64{}
	counter.Groups(columns, beside, func(values []int64, n int64, _, _ int) {
		for i, code := range values[:len(values)-1] {
			if code != 0 {
				part.sides[sideCode{int32(i), int32(code)}] += n
			}
		}
		var t tuple
		copy(t[:], values)
		if more, onlyBeside := c.places.repeated(t); len(more) > 0 || onlyBeside {
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

// repeated gives the values that columns of a row say again after another did, and whether only columns beside the main one
// say any.
func (p *valuePlaces) repeated(t tuple) (again []int32, onlyBeside bool) {
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

// besideCount is how many rows more, or fewer, have a value than those whose main column says it.
type besideCount struct {
	n     int64
	codes []sideCode // of the columns beside the main one that say it
}

// besideCounts gives what the columns beside the main one add, by the value's place. The facet is told of the rows that only
// they say something of.
func (c *facetCount) besideCounts(facet *store.Facet, places *valuePlaces) map[int32]*besideCount {
	counts := map[int32]*besideCount{}
	of := func(value int32) *besideCount {
		v, ok := counts[value]
		if !ok {
			v = &besideCount{}
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
		again, onlyBeside := places.repeated(t)
		for _, value := range again {
			of(value).n -= n
		}
		if onlyBeside {
			facet.Empty -= n
		}
	}
	return counts
}

// spelledBeside gives the spelling of a value that is first in byte order in the columns beside the main one and in the main
// one, where it has a spelling already.
func (c *facetCount) spelledBeside(folded string, codes []sideCode, spelling string) string {
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
