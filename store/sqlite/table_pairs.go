package sqlite

import (
	"unsafe"

	"signpost/store/sqlite/segment"
)

// partPairs is the sign-ins of one part by two axes together.
type partPairs struct {
	list            []placePair
	tuples, ofOther []tuple // of both axes: see partPlaces
}

// placePair is the sign-ins of one part that hold the same in the columns of both axes. name is that on the newest of them, of the
// second axis.
type placePair struct {
	last    rowKey
	by, of  int32
	n, name uint32
}

func (p *partPairs) size() int {
	return len(p.list)*int(unsafe.Sizeof(placePair{})) + (len(p.tuples)+len(p.ofOther))*int(unsafe.Sizeof(tuple{}))
}

// bins give the bins of both axes; that of a second axis which is nil is -1.
func (p *partPairs) bins(s source, by, other *axis) (bins, others func(place int32) int64, err error) {
	if bins, err = by.binsIn(s, p.tuples); err != nil {
		return nil, nil, err
	}
	if other == nil {
		return bins, func(int32) int64 { return -1 }, nil
	}
	others, err = other.binsIn(s, p.ofOther)
	return bins, others, err
}

// keptPairs gives the pairs of a part. Those of a segment are kept.
func keptPairs(s source, asked question, by, other *axis, selected func() (*segment.Selection, error), counter *segment.Counter) (*partPairs, error) {
	name := by.name() + ", across none"
	if other != nil {
		name = by.name() + ", across " + other.name()
	}
	return kept(s, asked, name, func() (*partPairs, error) {
		rows, err := selected()
		if err != nil {
			return nil, err
		}
		return pairsOfPart(s, by, other, rows, counter)
	}, (*partPairs).size)
}

// pairsOfPart counts the selected rows of a part by two axes, or by the first alone where there is no other.
func pairsOfPart(s source, by, other *axis, rows *segment.Selection, counter *segment.Counter) (*partPairs, error) {
	pairs := &partPairs{}
	if rows.Len() == 0 {
		return pairs, nil
	}
	keys, err := s.Keys()
	if err != nil {
		return nil, err
	}
	first, err := by.placesIn(s)
	if err != nil {
		return nil, err
	}
	columns := append([]*segment.Column{}, first.columns...)
	var second *partPlaces
	var names partNames
	if other != nil {
		if second, err = other.placesIn(s); err != nil {
			return nil, err
		}
		if names, err = other.namesIn(s); err != nil {
			return nil, err
		}
		columns = append(columns, second.columns...)
	}
	counter.Groups(columns, rows, func(values []int64, n int64, _, last int) {
		pair := placePair{last: rowKey(keys.At(last)), by: first.of(values), n: uint32(n)}
		if second != nil {
			pair.of = second.of(values[len(first.columns):])
			pair.name, _ = names.of(last)
		}
		pairs.list = append(pairs.list, pair)
	})
	if pairs.tuples = first.tuples; second != nil {
		pairs.ofOther = second.tuples
	}
	return pairs, nil
}
