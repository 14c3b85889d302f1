package sqlite

import (
	"cmp"
	"slices"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// crossed is what the rows of a table have across.
type crossed struct {
	columns []crossedBin       // by the bin of the field across, of each of its axes
	cells   map[[2]int64]int64 // by the bins of both fields, for rows of the page
}

// crossedBin is the sign-ins of one bin of the field across, with the name on the newest of them.
type crossedBin struct {
	n    int64
	last rowKey
	log  int32
	name uint32
}

func (c *crossedBin) add(more crossedBin) {
	if c.n == 0 || compareNewest(more.last, more.log, c.last, c.log) > 0 {
		c.last, c.log, c.name = more.last, more.log, more.name
	}
	c.n += more.n
}

func (c *crossed) add(more *crossed) {
	for bin, of := range more.columns {
		if of.n > 0 {
			c.columns = grown(c.columns, int64(bin))
			c.columns[bin].add(of)
		}
	}
	for at, n := range more.cells {
		c.cells[at] += n
	}
}

// countAcross counts the rows of the page by the values of the field across.
func (t *tableCount) countAcross(table *store.Table) error {
	across := t.newAxes(t.ctx, t.q.Across, t.logs)
	type pair struct{ by, across *axis }
	counts := map[pair]*crossed{}
	err := t.eachLog(func(i int, log *tableLog, by *axis, p *plan) error {
		at := pair{by, across.byLog[i]}
		all := counts[at]
		if all == nil {
			all = &crossed{cells: map[[2]int64]int64{}}
			counts[at] = all
		}
		return t.each(t.ctx, log.asked, p, func() worker {
			own := &crossed{cells: map[[2]int64]int64{}}
			return worker{
				inPieces: true,
				answer: func(s source, selected func() (*segment.Selection, error), counter *segment.Counter) error {
					pairs, err := keptPairs(s, log.asked, by, at.across, selected, counter)
					if err != nil {
						return err
					}
					return t.crossPart(s, at.by, at.across, pairs, own)
				},
				done: func() { all.add(own) },
			}
		})
	})
	if err != nil {
		return err
	}
	columns, values := t.chooseColumns(table, across, func(yield func(*axis, []crossedBin)) {
		for at, all := range counts {
			if at.across != nil {
				yield(at.across, all.columns)
			}
		}
	})
	tops := make([]map[int32]int64, len(t.rows))
	for i := range t.rows {
		t.rows[i].Cells, tops[i] = make([]int64, len(table.Columns)), map[int32]int64{}
	}
	for at, all := range counts {
		var rows []int32
		for bins, n := range all.cells {
			rows = t.rowsOf(at.by, bins[0], rows[:0])
			var numbers []int32
			if at.across != nil {
				numbers = across.of(at.across, bins[1])
			}
			for _, row := range rows {
				t.rows[row].addAcross(numbers, columns, n)
				for _, number := range numbers {
					tops[row][number] += n
				}
			}
		}
	}
	for i, top := range tops {
		t.rows[i].Top = topOf(top, across, values)
	}
	return nil
}

// topOf gives the value across with the most of a row's sign-ins.
func topOf(counts map[int32]int64, across *axes, values map[int32]*acrossValue) (top store.TableColumn) {
	best := int32(-1)
	for number, n := range counts {
		if best < 0 || n > top.N || n == top.N && across.text(number) < across.text(best) {
			best, top.N = number, n
		}
	}
	if best >= 0 {
		top.Value, top.Label = values[best].Value, values[best].Label
	}
	return top
}

// crossPart counts the pairs of a part.
func (t *tableCount) crossPart(s source, by, across *axis, pairs *partPairs, own *crossed) error {
	bins, others, err := pairs.bins(s, by, across)
	if err != nil {
		return err
	}
	var inRows []int32
	for i := range pairs.list {
		pair := &pairs.list[i]
		bin, of := bins(pair.by), others(pair.of)
		if !t.has(by, bin) {
			continue
		}
		n := int64(pair.n)
		if across != nil {
			own.columns = grown(own.columns, of)
			own.columns[of].add(crossedBin{n, pair.last, int32(s.table.place), pair.name})
		}
		if inRows = t.rowsOf(by, bin, inRows[:0]); len(inRows) > 0 {
			own.cells[[2]int64{bin, of}] += n
		}
	}
	return nil
}

// addAcross adds sign-ins that have some values across.
func (r *tableRow) addAcross(numbers []int32, columns map[int32]int, n int64) {
	if len(numbers) == 0 {
		r.None += n
		return
	}
	without := false
	for _, number := range numbers {
		if column, ok := columns[number]; ok {
			r.Cells[column] += n
		} else {
			without = true
		}
	}
	if without {
		r.Rest += n
	}
}

// acrossValue is a value of the field across, with its sign-ins in all rows.
type acrossValue struct {
	store.TableColumn
	crossedBin
	number int32
}

// chooseColumns gives the table its columns, their places by the numbers of their values, and all values by these numbers.
func (t *tableCount) chooseColumns(table *store.Table, across *axes, counts func(yield func(*axis, []crossedBin))) (map[int32]int, map[int32]*acrossValue) {
	byNumber := map[int32]*acrossValue{}
	counts(func(axis *axis, bins []crossedBin) {
		for bin, of := range bins {
			if of.n == 0 {
				continue
			}
			for i, number := range across.of(axis, int64(bin)) {
				c, ok := byNumber[number]
				if !ok {
					c = &acrossValue{number: number}
					byNumber[number] = c
				}
				if text := axis.spelled(int64(bin), i); c.n == 0 || text < c.Value {
					c.Value = text
				}
				isNewest := c.n == 0 || compareNewest(of.last, of.log, c.last, c.log) > 0
				if c.add(of); isNewest {
					if c.Label = ""; axis.label != nil && !axis.isName(int64(bin)) {
						c.Label = axis.label.words.text(int64(of.name))
					}
				}
			}
		}
	})
	var list []*acrossValue
	for _, c := range byNumber {
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b *acrossValue) int {
		return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(across.text(a.number), across.text(b.number)))
	})
	table.ColumnValues = int64(len(list))
	columns := map[int32]int{}
	for i, c := range list[:min(t.q.Columns, len(list))] {
		c.N = c.n
		columns[c.number] = i
		table.Columns = append(table.Columns, c.TableColumn)
	}
	return columns, byNumber
}
