package sqlite

import (
	"signpost/store"
	"signpost/store/sqlite/segment"
)

// A field of several columns of words is mostly told by the last: few sign-ins have a caller's address beside their own. So
// rows with nothing in the others are counted by the code of the last column, and only the rest by the values of all.

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

// countCodes counts rows by the code of the main column, and those with something beside it by all columns.
func (c *facetCount) countCodes(part *facetPart, s source, columns []*segment.Column, rows *segment.Selection, counter *segment.Counter) error {
	last := len(columns) - 1
	beside, err := c.besideRows(s, rows)
	if err != nil {
		return err
	}
	elsewhere := map[int64]int64{} // rows of a code that are counted by all columns
	if beside != nil {
		part.tuples = map[tuple]int64{}
		counter.Groups(columns, beside, func(values []int64, n int64, _, _ int) {
			var t tuple
			copy(t[:], values)
			part.tuples[t] += n
			elsewhere[values[last]] += n
		})
	}
	counter.Count(columns[last], rows, func(code, n int64) {
		if n -= elsewhere[code]; n > 0 {
			part.codes = append(part.codes, codedIn{code: int32(code), n: int32(n)})
		}
	})
	return nil
}

// besideCounts is what was counted by all columns, by the value's place in a table of the main column's words. What no word of
// that column has stands behind its end.
type besideCounts struct {
	byValue map[int32]*valueCount
	more    []string // the folded texts behind the end of the table
}

func (c *facetCount) besideCounts(facet *store.Facet, table *wordTable) besideCounts {
	counts := besideCounts{byValue: map[int32]*valueCount{}}
	places := map[string]int32{} // of what is behind the end
	for t, n := range c.byTuple {
		of := c.tupleValues(t)
		if len(of) == 0 {
			facet.Empty += n
		}
		for _, text := range of {
			folded := store.FoldCase(text)
			value, ok := c.view.db.facetWords.find(c.field, c.main, folded)
			if !ok || int(value) >= len(table.folded) {
				if value, ok = places[folded]; !ok {
					value = int32(len(table.folded) + len(counts.more))
					places[folded] = value
					counts.more = append(counts.more, folded)
				}
			}
			v, ok := counts.byValue[value]
			if !ok {
				v = &valueCount{value: text}
				counts.byValue[value] = v
			}
			v.value = min(v.value, text)
			v.n += n
		}
	}
	return counts
}

// folded is the folded text of a value of the table, or of one behind its end.
func (b *besideCounts) folded(table *wordTable, value int32) string {
	if int(value) < len(table.folded) {
		return table.folded[value]
	}
	return b.more[int(value)-len(table.folded)]
}
