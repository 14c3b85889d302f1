package sqlite

import (
	"strings"
	"sync"

	"signpost/store"
)

// facetWords keeps which values the words of a column count under: to find that out takes longer than to count.
type facetWords struct {
	mu     sync.Mutex
	tables map[facetTable][][]string // by code
}

type facetTable struct {
	field  *store.Field
	column int
}

func newFacetWords() *facetWords { return &facetWords{tables: map[facetTable][][]string{}} }

// noValues marks a word that is known to count under none.
var noValues = []string{}

func (w *facetWords) get(f *store.Field, c *column, code int64) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	name := facetTable{f, c.index}
	table := w.tables[name]
	for int64(len(table)) <= code {
		table = append(table, nil)
	}
	w.tables[name] = table
	if table[code] == nil {
		if table[code] = valuesOfWord(f, c, c.words.text(code)); table[code] == nil {
			table[code] = noValues
		}
	}
	return table[code]
}

// valuesOfWord gives the values that a word of the column counts under.
func valuesOfWord(f *store.Field, c *column, word string) []string {
	switch {
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
