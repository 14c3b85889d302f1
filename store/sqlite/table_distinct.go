package sqlite

import (
	"math/bits"
	"slices"
	"unsafe"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// pairs are distinct pairs of a row and a value. Where both are few, a bit stands for each pair.
type pairs struct {
	values int      // how many values there are at most, where bits are used
	bits   []uint64 // row by row, each from a word of its own on
	list   []uint64 // the first are in order
	next   int      // at this length they are put in order again
}

// pairsAtFirst is how many pairs are held before they are put in order, pairBits how many bits stand for pairs at most: 4 MiB.
const (
	pairsAtFirst = 1 << 16
	pairBits     = 32 << 20
)

// newPairs makes room for the pairs of some rows and values.
func newPairs(rows, values int) pairs {
	width := (values + 63) / 64
	if rows == 0 || width == 0 || rows > pairBits/64/width {
		return pairs{}
	}
	return pairs{values: values, bits: make([]uint64, rows*width)}
}

func (p *pairs) add(row, value int32) {
	if int(value) < p.values {
		p.bits[int(row)*((p.values+63)/64)+int(value)/64] |= 1 << (value % 64)
		return
	}
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

// join takes the pairs of another that was made for as many rows and values.
func (p *pairs) join(more *pairs) {
	for i, word := range more.bits {
		p.bits[i] |= word
	}
	p.list = append(p.list, more.list...)
	p.order()
}

// counts gives how many values each row has.
func (p *pairs) counts() map[int32]int64 {
	counts := map[int32]int64{}
	if width := (p.values + 63) / 64; width > 0 {
		for i, word := range p.bits {
			if word != 0 {
				counts[int32(i/width)] += int64(bits.OnesCount64(word))
			}
		}
	}
	for _, pair := range p.list {
		counts[int32(pair>>32)]++
	}
	return counts
}

// partDistinct is what rows of one part hold in the columns of two axes together: the place of the first above that of the second.
type partDistinct struct {
	list            []uint64
	tuples, ofOther []tuple // of both axes: see partPlaces
}

func (d *partDistinct) size() int {
	return len(d.list)*8 + (len(d.tuples)+len(d.ofOther))*int(unsafe.Sizeof(tuple{}))
}

// distinctPart gives what the selected rows of a part hold in the columns of two axes.
func distinctPart(s source, by, other *axis, selected func() (*segment.Selection, error), counter *segment.Counter) (*partDistinct, error) {
	found := &partDistinct{}
	rows, err := selected()
	if err != nil || rows.Len() == 0 {
		return found, err
	}
	first, err := by.placesIn(s)
	if err != nil {
		return nil, err
	}
	second, err := other.placesIn(s)
	if err != nil {
		return nil, err
	}
	columns := slices.Concat(first.columns, second.columns)
	counter.Groups(columns, rows, func(values []int64, _ int64, _, _ int) {
		found.list = append(found.list, uint64(first.of(values))<<32|uint64(uint32(second.of(values[len(first.columns):]))))
	})
	found.tuples, found.ofOther = first.tuples, second.tuples
	return found, nil
}

// countDistinct counts the distinct values of a field in each row of the page, by the row's place. Where no page was chosen yet,
// it counts for all rows, by the numbers of their values.
func (t *tableCount) countDistinct(f *store.Field) (map[int32]int64, error) {
	of := t.newAxes(t.ctx, f, t.logs)
	rows := len(t.rows)
	if t.rowOf == nil {
		rows = t.by.most()
	}
	values := 0
	if len(of.all) == 1 { // else values are numbered as they are met
		values = of.most()
	}
	all := newPairs(rows, values)
	err := t.eachLog(func(i int, log *tableLog, by *axis, p *plan) error {
		other := of.byLog[i]
		if other == nil {
			return nil
		}
		p.require(other.some())
		return t.each(t.ctx, log.asked, p, func() worker {
			own := newPairs(rows, values)
			var in []int32
			return worker{
				inPieces: true,
				answer: func(s source, selected func() (*segment.Selection, error), counter *segment.Counter) error {
					found, err := kept(s, log.asked, by.name()+", distinct "+other.name(), func() (*partDistinct, error) {
						return distinctPart(s, by, other, selected, counter)
					}, (*partDistinct).size)
					if err != nil || len(found.list) == 0 {
						return err
					}
					bins, err := by.binsIn(s, found.tuples)
					if err != nil {
						return err
					}
					others, err := other.binsIn(s, found.ofOther)
					if err != nil {
						return err
					}
					for _, pair := range found.list {
						if in = t.rowsOf(by, bins(int32(pair>>32)), in[:0]); len(in) == 0 {
							continue
						}
						for _, number := range of.of(other, others(int32(uint32(pair)))) {
							for _, row := range in {
								own.add(row, number)
							}
						}
					}
					return nil
				},
				done: func() { all.join(&own) },
			}
		})
	})
	return all.counts(), err
}
