package sqlite

import (
	"slices"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// preparedList is a list of a sign-in as the codes of its items. The rows of a batch that have the same list share it.
type preparedList struct {
	codes []int64 // as column.code gives them: a negative one is the place of a pending word
	text  []byte  // as the fields of rows hold it; nil until every item has a code
}

// list gives what a column of lists holds for the sign-in; nil where it has no items. Most rows have a list that others of
// the batch have too: it is looked up whole.
func (b *batch) list(c *column, e store.Entry) *preparedList {
	b.text = c.list.AppendText(b.text[:0], e)
	if len(b.text) == 0 {
		return nil
	}
	for len(b.lists) <= c.place {
		b.lists = append(b.lists, map[string]*preparedList{})
	}
	known, ok := b.lists[c.place][string(b.text)]
	if !ok {
		text := string(b.text)
		known = &preparedList{}
		for _, item := range store.SplitText(text) {
			known.codes = append(known.codes, b.code(c.words, item))
		}
		b.lists[c.place][text] = known
	}
	return known
}

// coded gives the list as the fields of rows hold it, once every pending word has its code.
func (l *preparedList) coded(codes []int64) []byte {
	if l == nil {
		return nil
	}
	if l.text == nil {
		list := slices.Clone(l.codes)
		for i, code := range list {
			if code < 0 {
				list[i] = codes[-1-code]
			}
		}
		slices.Sort(list)
		l.text = segment.AppendListText(nil, slices.Compact(list))
	}
	return l.text
}
