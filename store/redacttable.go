package store

import (
	"bytes"
	"slices"

	"signpost/store/rawjson"
)

// A table in JSON is a list of rows, which are lists, and near it a list that names the columns. Log Analytics, Kusto and data
// frames write it so:
//
//	{"columns":[{"name":"id"},{"name":"conditionalAccessStatus"}],"rows":[["1","success"]]}
//
// A column with the name of Conditional Access data is left out of the names and of every row, so that the rest stays in line.
// The rows may stand before the names, so a document that may hold a table is gone through once before it is copied.

// leftOut says which items of lists are columns of Conditional Access data.
type leftOut struct {
	lists map[int][]int    // ascending places among the items, by where the list begins
	texts map[int]*leftOut // the same of JSON in a string, by where the string begins
}

// list gives the places that are left out of the list that begins at a place of the document.
func (l *leftOut) list(at int) []int {
	if l == nil {
		return nil
	}
	return l.lists[at]
}

// text gives what is left out of the JSON in the string that begins there; nil for nothing.
func (l *leftOut) text(at int) *leftOut {
	if l == nil || l.texts[at].isEmpty() {
		return nil
	}
	return l.texts[at]
}

func (l *leftOut) isEmpty() bool {
	if l == nil {
		return true
	}
	for _, text := range l.texts {
		if !text.isEmpty() {
			return false
		}
	}
	return len(l.lists) == 0
}

// tableNode is a value of a document that may hold tables.
type tableNode struct {
	at     int
	within *leftOut // of the document, or of the JSON in a string, that the value stands in
	// items are those of a list, the values of an object, and for a string the value of the JSON in it.
	items            []*tableNode
	isList, isObject bool
	listed           bool // an item of a list: a row, or a cell
	namesColumns     bool // a member of an object, with a key that says that it names columns
	holdsRows        bool // the same, of rows
	key              bool // a string that is a key of the data
	data             bool // it names a column of the data: a string, or an object with such a name
	leads            bool // a string that the next item of a list is the value of
	beneath          columnPlaces
	own              *columnPlaces // see ownColumns; nil until it was asked for
	ownTells         bool
}

// columnPlaces are the places of columns of the data, and how many columns there are. Lists of names of several lengths may
// stand beneath one object.
type columnPlaces struct{ places, lengths []int }

func (c *columnPlaces) add(more columnPlaces) {
	c.places, c.lengths = joined(c.places, more.places), joined(c.lengths, more.lengths)
}

// joined gives the numbers of two ascending lists.
func joined(a, b []int) []int {
	switch {
	case len(a) == 0:
		return b
	case len(b) == 0:
		return a
	}
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

// tablesOf finds the columns of the data in a document; nil where it holds no table.
func tablesOf(doc []byte) *leftOut {
	if !mayHoldRows(doc) {
		return nil
	}
	reader := tableReader{rawjson.NewReader(doc)}
	root := reader.node(&leftOut{}, 0)
	if root == nil || !root.gather() {
		return nil
	}
	root.leaveOut(nil)
	return root.within
}

// mayHoldRows is a fast check: false means that no list is an item of a list, in strings either.
func mayHoldRows(doc []byte) bool {
	if bytes.Contains(doc, []byte(`\u`)) {
		return true // it may be a bracket, or a character around one
	}
	for at := 0; ; at++ {
		next := bytes.IndexByte(doc[at:], '[')
		if next < 0 {
			return false
		}
		at += next
		before := beforeBlanks(doc[:at])
		if len(before) > 0 && (before[len(before)-1] == '[' || before[len(before)-1] == ',') {
			return true
		}
	}
}

// beforeBlanks gives a text without what may stand at its end between a list and an item that is one. That is blanks, also in
// escapes, the beginning of a string, and characters that are not ASCII.
func beforeBlanks(text []byte) []byte {
	for len(text) > 0 {
		switch c := text[len(text)-1]; {
		case c == ' ', c == '\t', c == '\r', c == '\n', c == '"', c == '\\', c >= 0x80:
		case (c == 'n' || c == 'r' || c == 't') && len(text) > 1 && text[len(text)-2] == '\\':
		default:
			return text
		}
		text = text[:len(text)-1]
	}
	return text
}

// tableReader reads a document that may hold tables.
type tableReader struct{ in rawjson.Reader }

// node reads a value and what is in it; nil for what is nested too deep or is no JSON, which is withheld whole.
func (r *tableReader) node(within *leftOut, depth int) *tableNode {
	if depth > maxDepth {
		return nil
	}
	c := r.in.Peek()
	n := &tableNode{at: r.in.At(), within: within}
	switch c {
	case '[':
		n.isList = true
		return n.with(r.parts(']', func() *tableNode { return r.node(within, depth+1) }), true)
	case '{':
		n.isObject = true
		return n.with(r.parts('}', func() *tableNode { return r.member(n, depth+1) }), false)
	case '"':
		return r.textNode(n)
	}
	if _, err := r.in.Scalar(); err != nil {
		return nil
	}
	return n
}

// with gives the node its items; nil where one of them is nested too deep.
func (n *tableNode) with(items []*tableNode, listed bool) *tableNode {
	for _, item := range items {
		if item == nil {
			return nil
		}
		item.setListed(listed)
	}
	n.items = items
	return n
}

// setListed notes that a value is an item of a list, or not. The JSON in a string is so too.
func (n *tableNode) setListed(listed bool) {
	if n.listed = listed; !n.isList && !n.isObject && len(n.items) > 0 {
		n.items[0].setListed(listed)
	}
}

// parts reads what stands between two brackets, to the first part that is nil.
func (r *tableReader) parts(closing byte, part func() *tableNode) (parts []*tableNode) {
	for r.in.Open(); ; {
		more, err := r.in.More(closing)
		switch {
		case err != nil:
			return append(parts, nil)
		case !more:
			return parts
		}
		p := part()
		if parts = append(parts, p); p == nil {
			return parts
		}
	}
}

// columnKeys are the keys of lists that name columns, as foldKey writes them.
var columnKeys = map[string]bool{
	"columns": true, "column": true, "cols": true, "columnnames": true, "fields": true, "fieldnames": true, "names": true,
	"header": true, "headers": true, "headings": true, "schema": true,
}

// rowKeys are the keys of lists of rows.
var rowKeys = map[string]bool{"rows": true, "data": true, "values": true, "records": true, "items": true, "results": true, "result": true}

// member reads a member of an object, and notes there whether it names the data.
func (r *tableReader) member(of *tableNode, depth int) *tableNode {
	key, err := r.in.Key()
	if err != nil {
		return nil
	}
	isText := r.in.Peek() == '"'
	value := r.node(of.within, depth)
	if value != nil {
		folded := foldKey(key.String())
		value.namesColumns, value.holdsRows = columnKeys[folded], rowKeys[folded]
		of.data = of.data || isText && value.key && memberRoles[folded].names()
	}
	return value
}

// textNode reads a string, and the JSON in it.
func (r *tableReader) textNode(n *tableNode) *tableNode {
	written, err := r.in.Text()
	if err != nil {
		return nil
	}
	text := written.String()
	bare := bareJSON(text)
	if !rawjson.IsDocument(bare) {
		redacted := redactText(text)
		n.key = isConditionalAccessKey(redacted)
		n.data, n.leads = n.key && isShortName(redacted), redacted == text && isConditionalAccessItem(text)
		return n
	}
	inside := &leftOut{}
	of := tableReader{rawjson.NewReader([]byte(bare))}
	value := of.node(inside, 0)
	if value == nil {
		return n // nested too deep, so that it is withheld
	}
	if n.within.texts == nil {
		n.within.texts = map[int]*leftOut{}
	}
	n.within.texts[n.at], n.items = inside, []*tableNode{value}
	return n
}

// list gives the list that a value is, itself or in a string; nil where it is none.
func (n *tableNode) list() *tableNode {
	switch {
	case n.isList:
		return n
	case !n.isObject && len(n.items) > 0:
		return n.items[0].list()
	}
	return nil
}

// hasRows says that a list has items which are rows. A list that is an item of a list has rows only where all of its items are
// lists. Else it is a row itself, with a list among its cells.
func (n *tableNode) hasRows() bool {
	lists := 0
	for _, item := range n.items {
		if item.list() != nil {
			lists++
		}
	}
	return n.isList && lists > 0 && (!n.listed || lists == len(n.items))
}

// named gives the columns of the data among the items of a list that may name columns.
func (n *tableNode) named() columnPlaces {
	return placesOf(n.items, func(item *tableNode) bool { return item.data })
}

// placesOf gives the places of some items. A string that leads is left out with the item behind it, as in any list.
func placesOf(items []*tableNode, is func(*tableNode) bool) (c columnPlaces) {
	behind := false
	for i, item := range items {
		if is(item) || behind {
			c.places = append(c.places, i)
		}
		behind = item.leads
	}
	if len(c.places) > 0 {
		c.lengths = []int{len(items)}
	}
	return c
}

// gather notes what the lists beneath each value name, and says whether there are rows.
func (n *tableNode) gather() (rows bool) {
	for _, item := range n.items {
		rows = item.gather() || rows
		n.beneath.add(item.beneath)
	}
	if n.isList && !n.listed {
		n.beneath.add(n.named())
	}
	return rows || n.hasRows()
}

// leaveOut notes what is left out of the lists of a value. It stands in the values around it, the outermost first.
func (n *tableNode) leaveOut(around []*tableNode) {
	if n.isList && !n.listed {
		n.leaveOutPlaces(n.named().places)
	}
	if n.hasRows() {
		n.leaveOutColumns(n.columnsNear(around))
	}
	around = append(around, n)
	for _, item := range n.items {
		item.leaveOut(around)
	}
}

// columnsNear gives the columns of the data of a list of rows. The nearest value around it tells them that is an object with a
// list of columns, or that has a list somewhere beneath it that names the data. Where none does the first row may name the
// columns.
func (n *tableNode) columnsNear(around []*tableNode) columnPlaces {
	for _, near := range slices.Backward(around) {
		if own, ok := near.ownColumns(); ok {
			return own
		}
		if len(near.beneath.places) > 0 {
			return near.beneath
		}
	}
	if first := n.items[0].list(); first != nil && (len(first.items) != 2 || !first.items[0].leads) { // else a name and its value
		return placesOf(first.items, func(item *tableNode) bool { return item.leads })
	}
	return columnPlaces{}
}

// ownColumns gives what the lists of an object name, where one of them is there to name columns.
func (n *tableNode) ownColumns() (c columnPlaces, ok bool) {
	if !n.isObject {
		return c, false
	}
	if n.own == nil {
		n.own = &columnPlaces{}
		for _, item := range n.items {
			if list := item.list(); list != nil {
				n.own.add(list.named())
				n.ownTells = n.ownTells || item.namesColumns
			}
		}
	}
	return *n.own, n.ownTells
}

// leaveOutColumns takes the columns out of every row. A list of as many items as there are columns may hold the columns
// themselves, or be one row of lists. Where that and rows of as many cells are both possible, its key tells, else both go.
func (n *tableNode) leaveOutColumns(c columnPlaces) {
	if len(c.places) == 0 {
		return
	}
	var rows []*tableNode
	allFit := true
	for _, item := range n.items {
		row := item.list()
		if row == nil || row.hasRows() {
			continue
		}
		fits := slices.Contains(c.lengths, len(row.items))
		allFit = allFit && fits
		if fits || !n.listed {
			rows = append(rows, row)
		}
	}
	if slices.Contains(c.lengths, len(n.items)) && !(allFit && n.holdsRows) {
		n.leaveOutPlaces(c.places)
		if !allFit || n.namesColumns {
			return
		}
	}
	for _, row := range rows {
		row.leaveOutPlaces(c.places)
	}
}

func (n *tableNode) leaveOutPlaces(places []int) {
	if len(places) == 0 {
		return
	}
	if n.within.lists == nil {
		n.within.lists = map[int][]int{}
	}
	n.within.lists[n.at] = joined(n.within.lists[n.at], places)
}
