package importer

import (
	"strings"

	"signpost/store"
	"signpost/store/rawjson"
)

// rowFormat is a format whose records are rows with headings of their own, which are no names of Graph. One cell is one value.
type rowFormat struct {
	format string
	// columns are the columns that are read, by their headings as plainHeading gives them.
	columns map[string]rowColumn
	// settle completes the sign-in once all columns were read. It may be nil.
	settle func(d *decoder)
	// noID is said of a row without an ID.
	noID string
}

// rowColumn says how the cells of a column are read. The zero value stands for one that only stays in the record.
type rowColumn struct {
	property *store.Property                // that the cell is; nil where read does more
	set      func(d *decoder, value []byte) // stores it
	read     func(d *decoder, cell string)
	// tells are the properties that read sets.
	tells []*store.Property
}

// isInstant says that the cells are times, but not the time of the record.
func (c rowColumn) isInstant() bool { return c.property != nil && c.property.Instant }

func (c rowColumn) isKeptOnly() bool { return c.property == nil && c.read == nil }

// cellsOf makes a column of one property.
func cellsOf(p *store.Property) rowColumn { return rowColumn{property: p, set: setter(p)} }

// maxHeadings bounds the table of headings. A file has the same ones in all of its rows.
const maxHeadings = 4096

// column gives the column of a format for a key of a row. known is false where the format has none.
func (d *decoder) column(f *rowFormat, key []byte) (column rowColumn, known bool) {
	if len(key) > maxInternedLength {
		column, known = f.columns[plainHeading(rawjson.Unescaped(key))]
		return column, known
	}
	plain, seen := d.headings[string(key)]
	if !seen {
		if len(d.headings) >= maxHeadings {
			clear(d.headings)
		}
		plain = plainHeading(rawjson.Unescaped(key))
		d.headings[string(key)] = plain
	}
	column, known = f.columns[plain]
	return column, known
}

// rowFormat gives the format of the record that was outlined last; nil where it is no row of such a format.
func (d *decoder) rowFormat() *rowFormat {
	switch {
	case d.isEnveloped():
		return nil
	case d.has(markPortal):
		return portalRows
	case d.has(markDefender | markDefender2):
		return defenderRows
	}
	return nil
}

// rowFormatOf is rowFormat for a compact record.
func (d *decoder) rowFormatOf(doc []byte) *rowFormat {
	for name := range rawjson.EachMember(doc) {
		switch string(d.lower(name)) {
		case "request id":
			return portalRows
		case "logontype", "ismanagedidentity", "accountupn", "endpointcall":
			return defenderRows
		case "createddatetime", "properties":
			return nil
		}
	}
	return nil
}

// signInRow decodes a row.
func (d *decoder) signInRow(f *rowFormat, doc []byte) (reason string) {
	s := d.into
	for name, value := range rawjson.EachMember(doc) {
		column, known := d.column(f, name)
		if !known || isNull(value) || column.isKeptOnly() {
			continue
		}
		cell := string(value)
		if inside, isText := rawjson.Unquoted(value); isText {
			cell = rawjson.Unescaped(inside)
		}
		if column.read != nil {
			column.read(d, cell)
		} else {
			d.setCell(column, cell)
		}
	}
	if f.settle != nil {
		f.settle(d)
	}
	if s.ID == "" {
		return f.noID
	}
	if reason := d.settleTime(&s.Time, &s.TimeIsIngestion, &s.Ingested, "the time"); reason != "" {
		return reason
	}
	s.Log = d.log()
	if info, _ := store.SignIns.Log(s.Log); !info.User {
		s.Microsoft = store.BoolOf(d.isMicrosofts())
	}
	return ""
}

// setCell stores the cell of a property. A cell that says None holds nothing; none may be a value of an enumeration.
func (d *decoder) setCell(c rowColumn, cell string) {
	p := c.property
	cell = strings.TrimSpace(cell)
	if cell == "" || isNothing(cell) && !(p.Enum && cell == "none") {
		return
	}
	if p.Text != nil && p.Enumeration != nil && !p.Address {
		value, ok := d.wordOf(p, cell)
		if !ok {
			d.hasMissed = true
			return
		}
		cell = value
	}
	before := d.anyScalar
	d.anyScalar = true // the file says yes and no
	d.cell = rawjson.AppendQuoted(d.cell[:0], cell)
	c.set(d, d.cell)
	d.anyScalar = before
}

// isNothing says whether a cell is one that the files have where there is no value.
func isNothing(cell string) bool {
	switch cell {
	case "None", "none", "Other.", "null", "N/A", "-", "NaN":
		return true
	}
	return false
}

// cellWord is a cell of a property, and readWord what wordOf gives for it.
type (
	cellWord struct {
		property *store.Property
		cell     string
	}
	readWord struct {
		value string
		ok    bool
	}
)

// maxWords bounds the table of cells that were read. Enumerations have few values.
const maxWords = 4096

// wordOf is the function wordOf, which is asked once for each of the cells that repeat.
func (d *decoder) wordOf(p *store.Property, cell string) (value string, ok bool) {
	if len(cell) > maxInternedLength {
		return wordOf(p, cell)
	}
	at := cellWord{p, cell}
	read, seen := d.cellWords[at]
	if !seen {
		if len(d.cellWords) >= maxWords {
			clear(d.cellWords)
		}
		read.value, read.ok = wordOf(p, cell)
		d.cellWords[at] = read
	}
	return read.value, read.ok
}

// wordOf gives the value of an enumeration that a cell has, as it stands or in words. ok is false for words of another language,
// which are no values. A text that is no strict enumeration, such as the name of an operating system, stays as it is.
func wordOf(p *store.Property, cell string) (value string, ok bool) {
	var values []string
	for word := range strings.SplitSeq(cell, ",") {
		word = strings.TrimSpace(word)
		switch said := p.Enumeration.ValuesSaid(word); {
		case p.Enumeration.Has(word):
			values = append(values, p.Enumeration.Value(word))
		case !p.Enum && len(said) == 0:
			values = append(values, word)
		case len(said) > 0:
			values = append(values, said[0])
		case isIdentifier(word): // newer than this program
			values = append(values, word)
		default:
			return "", false
		}
	}
	if !p.Enum && len(values) > 1 {
		return cell, true
	}
	return strings.Join(values, ","), true
}

// isKnownWord says whether a cell is a value of a property, or several of them, as it stands or in words.
func isKnownWord(p *store.Property, cell string) bool {
	for word := range strings.SplitSeq(cell, ",") {
		if word = strings.TrimSpace(word); !p.Enumeration.Has(word) && len(p.Enumeration.ValuesSaid(word)) == 0 && !isNothing(word) {
			return false
		}
	}
	return true
}

// isIdentifier says whether a word is written as Microsoft's enumerations write their values.
func isIdentifier(word string) bool {
	for i := range len(word) {
		c := word[i]
		isLower, isUpper, isDigit := c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9'
		if !isLower && (i == 0 || !isUpper && !isDigit) {
			return false
		}
	}
	return word != ""
}

// unreadRow gives the cells of a row that no field is read from.
func (d *decoder) unreadRow(f *rowFormat, doc []byte) (unknown []store.KeyValue) {
	for name, value := range rawjson.EachMember(doc) {
		if _, known := d.column(f, name); !known {
			unknown = d.appendUnread(unknown, "", name, value)
		}
	}
	return unknown
}

// misreadRow gives the properties whose cells were not understood.
func (d *decoder) misreadRow(f *rowFormat, doc []byte) (list []*store.Property) {
	d.begin(&store.SignIn{})
	for name, value := range rawjson.EachMember(doc) {
		column, known := d.column(f, name)
		if !known || column.property == nil {
			continue
		}
		inside, isText := rawjson.Unquoted(value)
		if cell := rawjson.Unescaped(inside); isText && cell != "" && !isNothing(cell) {
			if d.setCell(column, cell); isUnset(column.property, d.into) {
				list = append(list, column.property)
			}
		}
	}
	return list
}
