package store

import (
	"slices"
	"strings"
)

// List is a list of a record whose items hold several values each: a Conditional Access policy has a name, a result
// and grant controls. A filter's conditions on fields of one list ask about one item, see ListClause.
type List struct {
	// One is what an item of the list is: a "policy".
	One string
	// Parts is how many parts of an item fields ask for.
	Parts int
	// CountsItems says that no two items of a record are equal, so that an engine may count items and not only records.
	CountsItems bool
	// read gives every item of a record's list that was read in turn, in memory that is used again for the next. Unread says
	// that some are in a shape that is not read.
	read func(e Entry, m *Item, take func()) (unread bool)

	kind *Kind
}

// NewList declares a list. read is that of List: it gives every item of a record's list that was read.
func NewList[E Entry](one string, parts int, read func(e E, m *Item, take func()) (unread bool)) *List {
	return &List{One: one, Parts: parts, read: func(e Entry, m *Item, take func()) bool { return read(e.(E), m, take) }}
}

// MaxParts bounds List.Parts.
const MaxParts = 5

// Item is what one item of a list holds: the texts of each part. An empty text is no value.
type Item [MaxParts][]string

// each gives every item of the record's list in turn, in memory that is used again for the next. What is in a shape that is not
// read is one item that says so.
func (l *List) each(e Entry, m *Item, take func()) {
	if l.read(e, m, take) {
		for part := range l.Parts {
			m[part] = append(m[part][:0], UnreadShape)
		}
		take()
	}
}

// partTexts gives the texts that the record's items have in a part, each once.
func (l *List) partTexts(e Entry, part int) (texts []string) {
	var m Item
	l.each(e, &m, func() {
		for _, text := range m[part] {
			if text != "" && !slices.Contains(texts, text) {
				texts = append(texts, text)
			}
		}
	})
	return texts
}

// List gives the list of which the field asks for a part; nil for a field of the whole record.
func (f *Field) List() *List {
	if len(f.Properties) != 1 {
		return nil
	}
	return f.Properties[0].PartOf
}

// Fields gives the fields that ask for parts of the list's items.
func (l *List) Fields() []*Field {
	var list []*Field
	for _, f := range l.kind.fields {
		if f.List() == l {
			list = append(list, f)
		}
	}
	return list
}

// The text of an item: an item ends with itemEnd, its parts are joined by partMark and the texts of a part by
// textMark. Where a text holds one of these characters, textEscape and a digit stand for it.
const (
	textEscape = '\x1c'
	itemEnd    = '\x1d'
	partMark   = '\x1e'
	textMark   = '\x1f'
)

// AppendText appends the texts of the record's items, one behind the other: equal bytes are equal lists. No text is empty, also
// that of an item without any value.
func (l *List) AppendText(dst []byte, e Entry) []byte {
	var m Item
	l.each(e, &m, func() {
		start := len(dst)
		for part := range l.Parts {
			if part > 0 {
				dst = append(dst, partMark)
			}
			dst = appendTexts(dst, m[part])
		}
		if len(dst) == start { // of the one part there is nothing
			dst = append(dst, partMark)
		}
		dst = append(dst, itemEnd)
	})
	return dst
}

func appendTexts(dst []byte, texts []string) []byte {
	first := true
	for _, text := range texts {
		if text == "" {
			continue
		}
		if !first {
			dst = append(dst, textMark)
		}
		first = false
		for i := range len(text) {
			if c := text[i]; c >= textEscape && c <= textMark {
				dst = append(dst, textEscape, '0'+c-textEscape)
			} else {
				dst = append(dst, c)
			}
		}
	}
	return dst
}

// SplitText takes apart what AppendText wrote: each text is one item.
func SplitText(text string) []string {
	items := strings.Split(text, string(itemEnd))
	return items[:len(items)-1]
}

// texts gives each different item as one text.
func (l *List) texts(e Entry) []string {
	var distinct []string
	for _, text := range SplitText(string(l.AppendText(nil, e))) {
		if !slices.Contains(distinct, text) {
			distinct = append(distinct, text)
		}
	}
	return distinct
}

// Item reads the text of an item.
func (l *List) Item(text string) Item {
	var m Item
	if text == string(partMark) { // without any value
		return m
	}
	for part, texts := range strings.SplitN(text, string(partMark), l.Parts) {
		if texts == "" {
			continue
		}
		m[part] = strings.Split(texts, string(textMark))
		for i, one := range m[part] {
			m[part][i] = unescaped(one)
		}
	}
	return m
}

func unescaped(text string) string {
	if strings.IndexByte(text, textEscape) < 0 {
		return text
	}
	b := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == textEscape && i+1 < len(text) {
			i++
			c = text[i] - '0' + textEscape
		}
		b = append(b, c)
	}
	return string(b)
}

// UnreadShape stands among the values of a list that a record has in a shape that is not read, so that the list is not taken for
// an empty one. It is found by "is" and counted by facets; "starts with" and "contains" compare what records say.
const UnreadShape = "(in a shape that is not read)"
