package sqlite

import (
	"context"
	"fmt"
	"strings"
	"unsafe"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// itemFacet counts a field of a list by its values. A row counts for a value where one item has it and meets all that the
// filter asks of the list. Such a row passes once the value is chosen too. A row counts as empty where it passes once
// "empty" is chosen.
type itemFacet struct {
	column *column
	field  *store.Field
	clause store.ListClause
	table  *wordTable
	name   string // of what is counted, among the answers that are kept
	// isVarious says that a value has words of several spellings: only then it matters which words were met.
	isVarious bool
	// of says of each word of the column what the question needs to know of it.
	of []itemOf

	*itemCounts

	// Of the part that is being counted:
	sums    []int64 // by value
	stamps  []int32 // by value: the list that it was met in last, and 1
	touched []int32 // the values that were met
	places  []int
}

// itemCounts is what was counted of a field of a list.
type itemCounts struct {
	tallies []tally // by value
	met     []bool  // by code: an item that counted; only where a value has words of several spellings
	empty   int64
}

// itemOf is what is known of an item: whether it meets the clause, and whether it has a text in the field's part. The bits
// from firstCondition on are the clause's conditions that a text of it passes.
type itemOf uint32

const (
	itemMeets itemOf = 1 << iota
	itemHasText
	firstCondition
)

// newItemFacet makes what counts a field of a list. At most 24 conditions are asked of it: of four fields six operators.
func (v *view) newItemFacet(ctx context.Context, of *kindSchema, f *store.Field, filter store.Filter) *itemFacet {
	c := &itemFacet{column: of.byList[f.List()], field: f, clause: filter.ListClause(f.List())}
	words := c.column.words.next()
	c.table = v.db.facetWords.of(ctx, f, c.column, words)
	c.name = "values of " + f.Name + " of items of " + filter.Values().Encode()
	c.of, _ = answer(v.db.answers, answerName{what: fmt.Sprintf("%d words for %s in %s", words, c.name, of.of.Many)}, func() ([]itemOf, error) {
		return c.judge(ctx, v.db, words), ctx.Err()
	}, func(of []itemOf) int { return len(of) * int(unsafe.Sizeof(itemOf(0))) })
	c.itemCounts = &itemCounts{tallies: newTallies(len(c.table.folded))}
	if c.isVarious = len(c.table.various) > 0; c.isVarious {
		c.met = make([]bool, words)
		c.name += " with spellings"
	}
	return c
}

// judge says of each of the first words of the column what the question needs to know of it.
func (c *itemFacet) judge(ctx context.Context, db *DB, words int64) []itemOf {
	of := make([]itemOf, words)
	mark := func(set *segment.Set, as itemOf) {
		for code := range of {
			if set.Has(int64(code)) {
				of[code] |= as
			}
		}
	}
	mark(db.meeting(ctx, c.column, c.clause), itemMeets)
	mark(db.passing(ctx, c.column, store.Condition{Field: c.field, Op: store.OpNotEmpty}), itemHasText)
	for i, condition := range c.clause.Conditions {
		mark(db.passing(ctx, c.column, condition), firstCondition<<i)
	}
	return of
}

// forWorker gives the same count for a worker of its scan.
func (c *itemFacet) forWorker() *itemFacet {
	own := *c
	own.sums, own.stamps = make([]int64, len(c.table.folded)), make([]int32, len(c.table.folded))
	return &own
}

func (c *itemFacet) free() {
	freeTallies(c.tallies)
	c.tallies = nil
}

// itemPart is what was counted of a field of a list in one part.
type itemPart struct {
	values []valueIn
	met    []int32 // codes
	empty  int64
}

// valueIn is how often a value was met in one part.
type valueIn struct{ value, n int32 }

func (p *itemPart) size() int { return 8*len(p.values) + 4*len(p.met) }

// countPart counts the selected rows of a part, list by list: many rows have the same.
func (c *itemFacet) countPart(s source, selected func() (*segment.Selection, error), counter *segment.Counter) (*itemPart, error) {
	part := &itemPart{}
	rows, err := selected()
	if err != nil || rows.Len() == 0 {
		return part, err
	}
	lists, err := s.Lists(c.column.index)
	if err != nil {
		return nil, err
	}
	codes := lists.Values()
	var used []bool
	if c.isVarious {
		used = make([]bool, len(codes))
	}
	clear(c.stamps)
	counter.Count(lists.Numbers(), rows, func(number, n int64) {
		c.places = lists.AppendPlaces(c.places[:0], int(number))
		c.countList(part, codes, used, int32(number)+1, n)
	})
	for place, is := range used {
		if is {
			part.met = append(part.met, int32(codes[place]))
		}
	}
	for _, value := range c.touched {
		part.values = append(part.values, valueIn{value, int32(c.sums[value])})
		c.sums[value] = 0
	}
	c.touched = c.touched[:0]
	return part, nil
}

// countList counts n rows that have one list. Its places are in c.places.
func (c *itemFacet) countList(part *itemPart, codes []int64, used []bool, stamp int32, n int64) {
	var all itemOf
	empty := false
	for _, place := range c.places {
		if int(codes[place]) >= len(c.of) {
			continue // a word of after this view: no row of it holds one
		}
		of := c.of[codes[place]]
		all |= of
		if of&itemMeets == 0 {
			continue
		}
		if c.isVarious {
			used[place] = true
		}
		empty = empty || of&itemHasText == 0
		for _, value := range c.table.of(int(codes[place])) {
			if c.stamps[value] == stamp {
				continue
			}
			c.stamps[value] = stamp
			if c.sums[value] == 0 {
				c.touched = append(c.touched, value)
			}
			c.sums[value] += n
		}
	}
	if !c.clause.OneItem() {
		empty = all&itemHasText == 0 && c.passes(all)
	}
	if empty {
		part.empty += n
	}
}

// passes says whether a list passes a clause that asks about the whole list: all is what is known of any of its items.
func (c *itemFacet) passes(all itemOf) bool {
	for i, condition := range c.clause.Conditions {
		if (all&(firstCondition<<i) != 0) == condition.Op.Inverted() {
			return false
		}
	}
	return true
}

// take adds what was counted in a part.
func (c *itemFacet) take(part *itemPart) {
	c.empty += part.empty
	for _, v := range part.values {
		if int(v.value) < len(c.tallies) { // as for words: others are of after this view
			c.tallies[v.value].n += int64(v.n)
		}
	}
	for _, code := range part.met {
		if int(code) < len(c.met) {
			c.met[code] = true
		}
	}
}

// counts gives the values that hold a text (folded) and may be among the top.
func (c *itemFacet) counts(facet *store.Facet, top int, text string) []*valueCount {
	facet.Empty = c.empty
	met, least := mostFrequent(facet, c.tallies, top, func(value int32) bool { return strings.Contains(c.table.folded[value], text) })
	return spelled(c.field, c.column, c.table, c.tallies, met, least, everyValue, func(yield func(code int)) {
		for code, is := range c.met {
			if is {
				yield(code)
			}
		}
	})
}

// everyValue says of each value of a list that a word of it was met: nothing else is counted.
func everyValue(int32) bool { return true }
