package sqlite

import (
	"cmp"
	"slices"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// spanTest is the spans of a filter (store.Spans) in codes and keys.
type spanTest struct {
	by, key int                   // columns
	of      map[int64]*codedSpans // by the code of the object
}

// codedSpans are the spans of one object: those of any key, and those of each key by its code.
type codedSpans struct {
	any   []keySpan
	keyed map[int64][]keySpan
}

// keySpan is the row keys in [from, to). Those of a list are ascending, and do not overlap.
type keySpan struct{ from, to rowKey }

// planSpans adds that a row is in the spans of the filter.
func (v *view) planSpans(p *plan, q *question) {
	spans := q.filter.Spans()
	if spans == nil {
		return
	}
	q.known += " spans " + spans.Print()
	by, key := q.table.kind.byProp[spans.By], q.table.kind.byProp[spans.Key]
	if by == nil || key == nil {
		p.require(segment.Clause{}) // no record of the log is in any
		return
	}
	t := &spanTest{by: by.index, key: key.index, of: map[int64]*codedSpans{}}
	var codes []int64
	for _, id := range spans.IDs() {
		found := by.words.anyOf([]string{id})
		if len(found) == 0 {
			continue
		}
		of := codedOf(spans.Of(id), key)
		for _, code := range found {
			t.of[code] = of
		}
		codes = append(codes, found...)
	}
	p.require(segment.Clause{Terms: []segment.Term{{Column: by.index, Set: segment.NewSet(codes...)}}})
	p.spans = t
}

// codedOf gives the spans of one object. A key that no record has is left out.
func codedOf(spans []store.ObjectSpan, key *column) *codedSpans {
	of, codes := &codedSpans{keyed: map[int64][]keySpan{}}, map[string][]int64{"": {0}}
	for _, span := range spans {
		s := keySpan{}
		s.from, s.to = keysOf(span.Range)
		if span.AnyKey {
			of.any = append(of.any, s)
			continue
		}
		found, known := codes[span.Key]
		if !known {
			found = key.words.anyOf([]string{span.Key})
			codes[span.Key] = found
		}
		for _, code := range found {
			of.keyed[code] = append(of.keyed[code], s)
		}
	}
	return of
}

// has says whether one of ascending spans holds a key.
func has(spans []keySpan, k rowKey) bool {
	at, exact := slices.BinarySearchFunc(spans, k, func(s keySpan, k rowKey) int { return cmp.Compare(s.from, k) })
	return exact || at > 0 && k < spans[at-1].to
}

// narrow keeps the selected rows of a part that are in the spans.
func (t *spanTest) narrow(s source, selected *segment.Selection) error {
	if t == nil || selected.Len() == 0 {
		return nil
	}
	by, err := s.Column(t.by)
	if err != nil {
		return err
	}
	key, err := s.Column(t.key)
	if err != nil {
		return err
	}
	keys, err := s.Keys()
	if err != nil {
		return err
	}
	selected.Keep(func(row int) bool {
		of, k := t.of[by.Value(row)], rowKey(keys.At(row))
		return of != nil && (has(of.any, k) || has(of.keyed[key.Value(row)], k))
	})
	return nil
}
