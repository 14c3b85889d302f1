package sqlite

import (
	"slices"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// pairs are distinct pairs of a row and a value.
type pairs struct {
	list []uint64 // the first are in order
	next int      // at this length they are put in order again
}

// pairsAtFirst is how many pairs are held before they are put in order.
const pairsAtFirst = 1 << 16

func (p *pairs) add(row, value int32) {
	p.list = append(p.list, uint64(row)<<32|uint64(uint32(value)))
	if len(p.list) >= max(p.next, pairsAtFirst) {
		p.order()
		p.next = 2 * len(p.list)
	}
}

func (p *pairs) order() {
	slices.Sort(p.list)
	p.list = slices.Compact(p.list)
}

// countDistinct counts the distinct values of a field in each row of the page; by the number of their values in all rows, where
// no page was chosen yet.
func (t *tableCount) countDistinct(f *store.Field) (map[int32]int64, error) {
	of := t.newAxes(t.ctx, f, t.logs)
	var all pairs
	err := t.eachLog(func(i int, log *tableLog, by *axis, p *plan) error {
		values := of.byLog[i]
		if values == nil {
			return nil
		}
		p.require(values.some())
		if set := t.codesOfPage(by); set != nil {
			p.require(segment.Clause{Terms: []segment.Term{{Column: by.main.index, Set: set}}})
		}
		return t.each(t.ctx, log.asked, p, func() worker {
			var own pairs
			var rows []int32
			return worker{
				take: func(s source, selected *segment.Selection, counter *segment.Counter) error {
					return eachPair(s, by, values, selected, counter, func(bin, value, _ int64, _ int) {
						rows = t.rowsOf(by, bin, rows[:0])
						if len(rows) == 0 {
							return
						}
						for _, number := range of.of(values, value) {
							for _, row := range rows {
								own.add(row, number)
							}
						}
					})
				},
				done: func() {
					all.list = append(all.list, own.list...)
					all.order()
				},
			}
		})
	})
	counts := map[int32]int64{}
	for _, pair := range all.list {
		counts[int32(pair>>32)]++
	}
	return counts, err
}

// codesOfPage gives the codes of the rows of the page where an axis is one column of words; nil where that is not so.
func (t *tableCount) codesOfPage(by *axis) *segment.Set {
	if t.rowOf == nil || by.name() == "" {
		return nil
	}
	var codes []int64
	bins := t.bins[slices.Index(t.by.all, by)]
	for bin := range bins {
		if bins[bin].total() > 0 && slices.ContainsFunc(t.by.of(by, int64(bin)), func(number int32) bool { _, ok := t.rowOf[number]; return ok }) {
			codes = append(codes, int64(bin))
		}
	}
	return segment.NewSet(codes...)
}
