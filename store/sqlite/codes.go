package sqlite

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// someValue is the set of every value that is not empty.
var someValue = segment.NewRange(1, math.MaxInt64)

// codeSets keeps which values of a column pass a condition. A dictionary of many thousand words is so asked once for a
// question, not once for each part of the log.
type codeSets struct {
	mu   sync.Mutex
	sets map[codesAsked]codeSet
}

// codesAsked names what was asked of a column's words. The column and the field are pointers: another kind of records has
// columns of the same number and fields of the same name.
type codesAsked struct {
	column *column
	field  *store.Field // of the first condition; nil where there is none
	asked  string       // by the names of the other fields, the operators and the values
	items  bool         // the conditions are asked of one item of a list
}

type codeSet struct {
	words int64 // how many words the dictionary had
	set   *segment.Set
}

// maxCodeSets is how many sets are kept; they go all together when there are more.
const maxCodeSets = 512

// passing gives the values of a column that pass a condition, as if it were positive.
func (db *DB) passing(ctx context.Context, c *column, condition store.Condition) *segment.Set {
	switch {
	case !condition.Op.TakesValue() && !c.hasEmptyWords(condition.Field):
		return someValue
	case c.words == nil:
		return numbersPassing(c, condition)
	}
	asked := codesAsked{column: c, field: condition.Field, asked: fmt.Sprintf("%d %q", condition.Op, condition.Values)}
	return db.keptCodes(ctx, asked, func() []int64 { return c.codesPassing(ctx, condition) })
}

// meeting gives the items that meet all that a filter asks of one item of their list.
func (db *DB) meeting(ctx context.Context, c *column, clause store.ListClause) *segment.Set {
	asked := codesAsked{column: c, items: true}
	for i, condition := range clause.Conditions {
		if i == 0 {
			asked.field = condition.Field
		}
		asked.asked += fmt.Sprintf(" %s %d %q", condition.Field.Name, condition.Op, condition.Values)
	}
	return db.keptCodes(ctx, asked, func() []int64 {
		meets := clause.Matcher()
		return c.words.matching(ctx, func(word string) bool {
			item := c.list.Item(word)
			return meets(&item)
		})
	})
}

// keptCodes gives a set of codes of a column's words that was found before, or finds and keeps it. Of a context that ends
// meanwhile the set is not whole; see dictionary.matching.
func (db *DB) keptCodes(ctx context.Context, asked codesAsked, find func() []int64) *segment.Set {
	words := asked.column.words.next()
	db.codeSets.mu.Lock()
	kept, ok := db.codeSets.sets[asked]
	db.codeSets.mu.Unlock()
	if ok && kept.words == words {
		return kept.set
	}
	set := segment.NewSet(find()...)
	if ctx.Err() != nil {
		return set
	}
	db.codeSets.mu.Lock()
	defer db.codeSets.mu.Unlock()
	if len(db.codeSets.sets) >= maxCodeSets {
		clear(db.codeSets.sets)
	}
	db.codeSets.sets[asked] = codeSet{words, set}
	return set
}

// hasEmptyWords says that some words of the column are no value of the field. Such are names that stand in for an ID, and
// texts in which the field reads nothing. Items of a list may lack a value of the field too.
func (c *column) hasEmptyWords(f *store.Field) bool {
	return c.list != nil || f.ReadsTexts() || c.property != nil && c.property.Fallback != nil
}

// codesPassing gives the codes of the column's words that pass a condition.
func (c *column) codesPassing(ctx context.Context, condition store.Condition) []int64 {
	switch {
	case c.index == columnLineErrors:
		return c.words.matching(ctx, func(word string) bool {
			for text := range strings.SplitSeq(word, setSeparator) {
				n, err := strconv.ParseInt(text, 10, 64)
				if err == nil && condition.MatchInt(store.IntOf(n)) {
					return true
				}
			}
			return false
		})
	case c.list != nil:
		passes, part := condition.TextMatcher(), condition.Field.Properties[0].Part
		return c.words.matching(ctx, func(word string) bool { return slices.ContainsFunc(c.list.Item(word)[part], passes) })
	case c.isSet():
		passes := condition.TextMatcher()
		return c.words.matching(ctx, func(word string) bool {
			for text := range strings.SplitSeq(word, setSeparator) {
				if passes(text) {
					return true
				}
			}
			return false
		})
	case condition.Exact():
		return c.words.anyOf(condition.Values)
	case c.property.Fallback != nil: // a name that stands in for an ID is no value of the ID
		passes := condition.TextMatcher()
		return c.words.matching(ctx, func(word string) bool { return passes(shownText(word)) })
	}
	return c.words.matching(ctx, condition.TextMatcherOf(c.property))
}

// isSet says that a word of the column is several texts.
func (c *column) isSet() bool { return c.property == nil || c.property.Set != nil }

func numbersPassing(c *column, condition store.Condition) *segment.Set {
	var values []int64
	if c.property.Bool != nil {
		for _, want := range condition.Values {
			values = append(values, int64(store.WantedBool(want)))
		}
		return segment.NewSet(values...)
	}
	for _, n := range condition.Ints() {
		values = append(values, valueOf(store.IntOf(n)))
	}
	return segment.NewSet(values...)
}
