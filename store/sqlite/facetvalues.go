package sqlite

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"signpost/store"
)

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
			values = append(values, c.field.Kind().StatusInfo(store.Status(t[i])).Name)
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
