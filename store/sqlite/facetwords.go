package sqlite

import (
	"slices"
	"strings"
	"sync"

	"signpost/store"
)

// facetWords keeps under which values the words of columns count: to find that out takes longer than to count.
type facetWords struct {
	mu     sync.Mutex
	tables map[facetColumn]*wordTable
	byFold map[facetColumn]map[string]int32
}

type facetColumn struct {
	field  *store.Field
	column int
}

// wordTable is the values of a column's words. What is in it never changes; a newer one has more words.
type wordTable struct {
	// one is each code's value, or noValue, or where in several its values are: -2 is the first.
	one     []int32
	several [][]int32
	folded  []string // the text of each value, by which words of other casing have the same
}

const noValue = -1

func newFacetWords() *facetWords {
	return &facetWords{tables: map[facetColumn]*wordTable{}, byFold: map[facetColumn]map[string]int32{}}
}

// of gives the table of a column's first words.
func (w *facetWords) of(f *store.Field, c *column, words int64) *wordTable {
	w.mu.Lock()
	defer w.mu.Unlock()
	name := facetColumn{f, c.index}
	table, ok := w.tables[name]
	if !ok {
		table = &wordTable{one: []int32{noValue}} // the empty text
		w.byFold[name] = map[string]int32{}
	}
	if int64(len(table.one)) < words {
		longer := *table
		for code := int64(len(longer.one)); code < words; code++ {
			longer.add(valuesOfWord(f, c, c.words.text(code)), w.byFold[name])
		}
		table = &longer
	}
	w.tables[name] = table
	return table
}

func (t *wordTable) add(texts []string, byFold map[string]int32) {
	values := make([]int32, 0, 1)
	for _, text := range texts {
		folded := store.FoldCase(text)
		value, ok := byFold[folded]
		if !ok {
			value = int32(len(t.folded))
			byFold[folded] = value
			t.folded = append(t.folded, folded)
		}
		values = append(values, value)
	}
	switch len(values) {
	case 0:
		t.one = append(t.one, noValue)
	case 1:
		t.one = append(t.one, values[0])
	default:
		t.several = append(t.several, values)
		t.one = append(t.one, noValue-int32(len(t.several)))
	}
}

// of gives the values of a code.
func (t *wordTable) of(code int) []int32 {
	switch value := t.one[code]; {
	case value == noValue:
		return nil
	case value < noValue:
		return t.several[noValue-1-value]
	}
	return t.one[code : code+1]
}

// valuesOfWord gives the values that a word of the column counts under.
func valuesOfWord(f *store.Field, c *column, word string) []string {
	switch {
	case word == "":
		return nil
	case c.isSet():
		var values []string
		for text := range strings.SplitSeq(word, setSeparator) {
			values = append(values, f.ValuesOf(text)...)
		}
		return distinctFold(values)
	case isStandIn(word):
		return f.ValuesOf(word[len(nameMark):])
	}
	return f.ValuesOf(word)
}

// valueTally is how often a value was met, and the name on the newest row of it.
type valueTally struct {
	n      int64
	newest store.Key
	name   int64
}

// wordCounts counts by value what was counted by code, and gives the values that may be among the top. A column may have a
// hundred thousand words: texts are made only of those few.
func (c *facetCount) wordCounts(facet *store.Facet, top int, text string) []*valueCount {
	column := c.columns[0]
	table := c.view.db.facetWords.of(c.field, column, int64(len(c.byCode)))
	tallies := make([]valueTally, len(table.folded))
	for code := range c.byCode {
		at := &c.byCode[code]
		if at.n == 0 {
			continue
		}
		if c.label != nil && isStandIn(column.words.text(int64(code))) {
			at.name = 0 // the name is the value itself
		}
		values := table.of(code)
		if len(values) == 0 {
			facet.Empty += at.n
		}
		for _, value := range values {
			t := &tallies[value]
			if t.n == 0 || at.newest > t.newest {
				t.newest, t.name = at.newest, at.name
			}
			t.n += at.n
		}
	}
	var met []int32
	for value := range tallies {
		if tallies[value].n > 0 && (text == "" || c.holds(table.folded[value], &tallies[value], text)) {
			met = append(met, int32(value))
		}
	}
	facet.Distinct = int64(len(met))
	return c.spelled(table, tallies, mostFrequent(met, tallies, top))
}

// holds says whether a value or its label holds a text.
func (c *facetCount) holds(folded string, t *valueTally, text string) bool {
	return strings.Contains(folded, text) || c.label != nil && strings.Contains(store.FoldCase(c.label.words.text(t.name)), text)
}

// mostFrequent gives the top of some values and those that are as frequent as the last of them.
func mostFrequent(values []int32, tallies []valueTally, top int) []int32 {
	if len(values) <= top {
		return values
	}
	counts := make([]int64, len(values))
	for i, value := range values {
		counts[i] = tallies[value].n
	}
	slices.Sort(counts)
	least := counts[len(counts)-top]
	return slices.DeleteFunc(values, func(value int32) bool { return tallies[value].n < least })
}

// spelled gives values in the spelling, of those met, that is first in byte order.
func (c *facetCount) spelled(table *wordTable, tallies []valueTally, values []int32) []*valueCount {
	column := c.columns[0]
	list := make([]*valueCount, len(tallies))
	chosen := make([]*valueCount, 0, len(values))
	for _, value := range values {
		v := &valueCount{n: tallies[value].n}
		if c.label != nil {
			v.label = c.label.words.text(tallies[value].name)
		}
		list[value] = v
		chosen = append(chosen, v)
	}
	for code := range c.byCode {
		if c.byCode[code].n == 0 {
			continue
		}
		var texts []string
		for i, value := range table.of(code) {
			v := list[value]
			if v == nil {
				continue
			}
			if texts == nil {
				texts = valuesOfWord(c.field, column, column.words.text(int64(code)))
			}
			if v.value == "" || texts[i] < v.value {
				v.value = texts[i]
			}
		}
	}
	return chosen
}
