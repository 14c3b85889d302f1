package sqlite

import (
	"container/heap"
	"context"
	"slices"
	"strings"
	"sync"

	"signpost/store"
)

// facetWords keeps under which values the words of columns count: to find that out takes longer than to count.
type facetWords struct {
	mu     sync.Mutex
	tables map[facetColumn]*wordTable
	known  map[facetColumn]*knownValues
}

// knownValues is what the newest table of a column was made with.
type knownValues struct {
	byFold  map[string]int32
	various map[int32]bool // the values in several spellings
}

type facetColumn struct {
	field  *store.Field
	column *column
}

// wordTable is the values of a column's words. What is in it never changes; a newer one has more words.
type wordTable struct {
	// one is each code's value, or noValue, or where in several its values are: -2 is the first.
	one     []int32
	several [][]int32
	folded  []string // the text of each value, by which words of other casing have the same
	first   []string // the spelling of each value in the first word that has it
	various []int32  // the values that words have in other spellings too
}

const noValue = -1

func newFacetWords() *facetWords {
	return &facetWords{tables: map[facetColumn]*wordTable{}, known: map[facetColumn]*knownValues{}}
}

// of gives the table of a column's first words. When the context ends it keeps what it has. The table then says nothing of
// the other words, and no answer may come of it: see kept and DB.read.
func (w *facetWords) of(ctx context.Context, f *store.Field, c *column, words int64) *wordTable {
	w.mu.Lock()
	defer w.mu.Unlock()
	name := facetColumn{f, c}
	table, ok := w.tables[name]
	if !ok {
		table = &wordTable{one: []int32{noValue}} // the empty text
		w.known[name] = &knownValues{byFold: map[string]int32{}, various: map[int32]bool{}}
	}
	if int64(len(table.one)) < words {
		longer := *table
		for code := int64(len(longer.one)); code < words; code++ {
			if code%looksEach == 0 && ctx.Err() != nil {
				break
			}
			longer.add(valuesOfWord(f, c, c.words.text(code)), w.known[name])
		}
		table = &longer
	}
	w.tables[name] = table
	if missing := words - int64(len(table.one)); missing > 0 {
		return table.padded(missing)
	}
	return table
}

// padded gives a table that says nothing of some words more.
func (t *wordTable) padded(words int64) *wordTable {
	longer := *t
	longer.one = slices.Concat(t.one, slices.Repeat([]int32{noValue}, int(words)))
	return &longer
}

// find gives the place of a value in the column's table, or behind what an older table has.
func (w *facetWords) find(f *store.Field, c *column, folded string) (value int32, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	known := w.known[facetColumn{f, c}]
	if known == nil {
		return 0, false
	}
	value, ok = known.byFold[folded]
	return value, ok
}

func (t *wordTable) add(texts []string, known *knownValues) {
	values := make([]int32, 0, 1)
	for _, text := range texts {
		folded := store.FoldCase(text)
		value, ok := known.byFold[folded]
		switch {
		case !ok:
			value = int32(len(t.folded))
			known.byFold[folded] = value
			first := folded
			if folded != text {
				first = strings.Clone(text) // the word is not kept for it
			}
			t.folded, t.first = append(t.folded, folded), append(t.first, first)
		case text != t.first[value] && !known.various[value]:
			known.various[value] = true
			t.various = append(t.various, value)
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
	case c.list != nil:
		var values []string
		for _, text := range c.list.Item(word)[f.Properties[0].Part] {
			values = append(values, f.ValuesOf(text)...)
		}
		return distinctFold(values)
	case c.isSet():
		var values []string
		for text := range strings.SplitSeq(word, setSeparator) {
			values = append(values, f.ValuesOf(text)...)
		}
		return distinctFold(values)
	case isStandIn(word) && !f.IsOfIDs():
		return nil
	case isStandIn(word):
		return f.ValuesOf(word[len(nameMark):])
	}
	return f.ValuesIn(c.property, word)
}

// wordCounts counts by value what was counted by code, and gives the values that may be among the top. A column may have a
// hundred thousand words: texts are made only of those few.
func (c *facetCount) wordCounts(facet *store.Facet, top int, text string) []*valueCount {
	column := c.main
	places := c.newValuePlaces()
	table := places.table
	sides := c.sideCounts(facet, places)
	tallies := newTallies(len(table.folded) + len(places.more))
	defer freeTallies(tallies)
	for value, v := range sides {
		tallies[value].n = v.n
	}
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
	met, least := mostFrequent(facet, tallies, top, func(value int32) bool {
		return text == "" || c.holds(places.folded(value), &tallies[value], text)
	})
	counts := c.spelled(table, tallies, met, least, sides)
	for i, value := range met {
		if c.label != nil {
			counts[i].label = c.label.words.text(tallies[value].name)
		}
		if v, ok := sides[value]; ok {
			counts[i].value = c.spelledInSides(places.folded(value), v.codes, counts[i].value)
		}
	}
	return counts
}

// mostFrequent gives the values that may be among the top of those that were met and are asked for, and the least count
// among them. The facet is told how many there are in all.
func mostFrequent(facet *store.Facet, tallies []tally, top int, asked func(value int32) bool) (met []int32, n int64) {
	least := leastOf{top: top}
	for value := range tallies {
		if tallies[value].n == 0 || !asked(int32(value)) {
			continue
		}
		facet.Distinct++
		if tallies[value].n >= least.n() {
			met = append(met, int32(value))
			least.add(tallies[value].n)
		}
	}
	return slices.DeleteFunc(met, func(value int32) bool { return tallies[value].n < least.n() }), least.n()
}

// leastOf finds the least of the greatest numbers: those that are at least it are the top, or as great as the last of them.
type leastOf struct {
	top     int
	largest numberHeap
}

// numberHeap is numbers for package heap: the least is the first.
type numberHeap []int64

func (h numberHeap) Len() int           { return len(h) }
func (h numberHeap) Less(i, j int) bool { return h[i] < h[j] }
func (h numberHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *numberHeap) Push(n any)        { *h = append(*h, n.(int64)) }
func (h *numberHeap) Pop() any {
	last := len(*h) - 1
	n := (*h)[last]
	*h = (*h)[:last]
	return n
}

// n is the least number; 0 while there are fewer than the top.
func (l *leastOf) n() int64 {
	if len(l.largest) < l.top || l.top == 0 {
		return 0
	}
	return l.largest[0]
}

func (l *leastOf) add(n int64) {
	switch {
	case len(l.largest) < l.top:
		heap.Push(&l.largest, n)
	case l.top > 0 && n > l.largest[0]:
		l.largest[0] = n
		heap.Fix(&l.largest, 0)
	}
}

// holds says whether a value or its label holds a text.
func (c *facetCount) holds(folded string, t *tally, text string) bool {
	return strings.Contains(folded, text) || c.label != nil && strings.Contains(store.FoldCase(c.label.words.text(t.name)), text)
}

// spelled gives values in the spelling, of those met, that is first in byte order. None of them is rarer than least.
func (c *facetCount) spelled(table *wordTable, tallies []tally, values []int32, least int64, sides map[int32]*sideCount) []*valueCount {
	met := func(value int32) bool { // a value of a side may have no word that was met
		_, ok := sides[value]
		return !ok
	}
	return spelled(c.field, c.main, table, tallies, values, least, met, func(yield func(code int)) {
		for code := range c.byCode {
			if c.byCode[code].n > 0 {
				yield(code)
			}
		}
	})
}

// spelled gives each value in one spelling: of the words that were met, the first in byte order. Most values have one spelling only.
// For the others, and where it is not known whether a word was met, the words are read.
func spelled(f *store.Field, column *column, table *wordTable, tallies []tally, values []int32, least int64, met func(value int32) bool, words func(yield func(code int))) []*valueCount {
	chosen := make([]*valueCount, len(values))
	byValue := make(map[int32]*valueCount, len(values))
	for i, value := range values {
		v := &valueCount{n: tallies[value].n}
		chosen[i], byValue[value] = v, v
	}
	various := make(map[int32]bool)
	for _, value := range table.various {
		if byValue[value] != nil {
			various[value] = true
		}
	}
	for value, v := range byValue {
		if !various[value] && int(value) < len(table.first) && met(value) {
			v.value = table.first[value]
			delete(byValue, value)
		}
	}
	if len(byValue) == 0 {
		return chosen
	}
	words(func(code int) {
		var texts []string
		for i, value := range table.of(code) {
			if tallies[value].n < least {
				continue
			}
			v := byValue[value]
			if v == nil {
				continue
			}
			if texts == nil {
				texts = valuesOfWord(f, column, column.words.text(int64(code)))
			}
			if v.value == "" || texts[i] < v.value {
				v.value = texts[i]
			}
		}
	})
	return chosen
}
