package views

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"signpost/store"
)

// The attributes for the menu of a cell (static/menu.js) are as short as possible. A heading names the FIELDs of its column in
// data-field, and their words in data-words if there are several. The first FIELD asks for empty cells. A cell has the value
// for each FIELD in data-value, joined by commas. It has no data-value if the value is what it shows. That is its text, the
// whole text in its title, or the part in brackets that a title adds. For a status it is the word of the badge. An empty
// data-value is a value that no FIELD asks for. One with beginsMark is the beginning of a longer value.

// filterable says whether the menu may offer the field. The field must have every operator of the menu and values in the log,
// and the viewer must have the right to use it.
func filterable(f *store.Field, log store.LogInfo, conditionalAccess bool) bool {
	return f.AppliesTo(log) && (conditionalAccess || f.Class != store.ConditionalAccess) &&
		f.Knows(store.OpIs) && f.Knows(store.OpIsNot) && f.Knows(store.OpEmpty) && f.Knows(store.OpNotEmpty)
}

// heldValue is a property with values in a column, and the field that asks for them.
type heldValue struct {
	property *store.Property
	field    *store.Field
}

// values gives the values by which the field finds the sign-in, for this property. They include values that are too long for a
// filter.
func (h heldValue) values(s store.Entry) (values []string) {
	switch p := h.property; {
	case p.Set != nil:
		for _, text := range p.Set(s) {
			values = append(values, askedValues(h.field, text)...)
		}
	case p.Text != nil:
		if values = h.field.PropertyValues(p, s); len(values) == 0 && !isFilterable(*p.Text(s)) && !h.field.ReadsTexts() {
			values = append(values, *p.Text(s))
		}
	default:
		values = h.field.PropertyValues(p, s)
	}
	return values
}

// askedValues are the values by which a field finds a text. A text that is too long for a filter is returned as it is.
func askedValues(f *store.Field, text string) []string {
	if !isFilterable(text) {
		return []string{text}
	}
	return f.ValuesOf(text)
}

// held gives the properties of a column that this list can be filtered by.
func (p LogPage) held(c Column) []heldValue {
	held := make([]heldValue, 0, len(c.holds))
	for _, property := range c.holds {
		if f, ok := p.List.Kind().FieldOf(property); ok && filterable(f, p.List.Info(), p.ConditionalAccess) {
			held = append(held, heldValue{property, f})
		}
	}
	return held
}

// headingAttributes are the attributes of a column's heading for the menu.
func (p LogPage) headingAttributes(c Column) templ.OrderedAttributes {
	held := p.held(c)
	if len(held) == 0 {
		return nil
	}
	names, words := make([]string, len(held)), make([]string, len(held))
	for i, h := range held {
		names[i], words[i] = h.field.Name, h.field.Label
	}
	attributes := templ.OrderedAttributes{{Key: "data-field", Value: strings.Join(names, ",")}}
	if len(held) > 1 {
		attributes = append(attributes, templ.KeyValue[string, any]{Key: "data-words", Value: strings.Join(words, ",")})
	}
	return attributes
}

// cellAttributes are the attributes of a cell for the menu, and its label on a phone's card.
func (p LogPage) cellAttributes(c Column, s store.Entry) templ.OrderedAttributes {
	var attributes templ.OrderedAttributes
	if len(p.Query.Columns) > 0 || p.List.Look != nil {
		attributes = append(attributes, templ.KeyValue[string, any]{Key: "data-label", Value: c.Label})
	}
	if value, stated := p.cellValue(c, s); stated {
		attributes = append(attributes, templ.KeyValue[string, any]{Key: "data-value", Value: value})
	}
	return attributes
}

// cellValue is the data-value of a cell; stated is false if the cell needs none.
func (p LogPage) cellValue(c Column, s store.Entry) (value string, stated bool) {
	held := p.held(c)
	switch {
	case len(held) == 0:
		return "", false
	case c.Kind == kindStatus:
		return statusValue(held, s)
	}
	cell := c.cell(s)
	if cell.Text == Empty {
		return emptyValue(held, s)
	}
	if len(held) > 1 {
		return joinValues(firstValues(held, s), held...), true
	}
	wanted := held[0].values(s)
	if !c.isTime && len(wanted) == 1 && wanted[0] == cell.shown() && isPlainlyShown(wanted[0]) && isFilterable(wanted[0]) {
		return "", false
	}
	return joinValues(wanted, held...), true
}

// firstValues gives the first value of each; "" if there is none.
func firstValues(held []heldValue, s store.Entry) []string {
	values := make([]string, len(held))
	for i, h := range held {
		values[i] = firstText(h.values(s)...)
	}
	return values
}

// isPlainlyShown says that a page shows the value unchanged: it is not cut off and has no invisible characters. Line ends
// count as invisible, because a browser changes them when it reads markup.
func isPlainlyShown(value string) bool {
	return len(value) <= clipAt && !strings.ContainsFunc(value, store.IsInvisible)
}

// shown is the value that the script reads from a cell without a data-value.
func (c Cell) shown() string {
	if inner, ok := strings.CutPrefix(c.Title, c.Text+" ("); ok && strings.HasSuffix(inner, ")") {
		return strings.TrimSuffix(inner, ")")
	}
	return c.Title
}

// statusValue gives the error code with the status of a sign-in. A badge alone needs no data-value if its word is the status's
// name.
func statusValue(held []heldValue, e store.Entry) (string, bool) {
	s, ok := e.(*store.SignIn)
	if !ok && len(held) == 1 {
		kind := held[0].field.Kind()
		info := kind.StatusInfo(kind.StatusOf(e))
		if info.Name == "" || strings.EqualFold(info.Name, info.Label) {
			return "", false
		}
		return joinValues([]string{info.Name}, held...), true
	}
	if !ok || !s.ErrorCode.Set || s.ErrorCode.N == 0 {
		return "", false
	}
	return joinValues(firstValues(held, s), held...), true
}

// emptyValue is for a cell that shows nothing. A filter for "empty" is right only if its fields hold nothing either. A record
// may hold a lone "-", or blanks, or another property of the field.
func emptyValue(held []heldValue, s store.Entry) (value string, stated bool) {
	if !slices.ContainsFunc(held, func(h heldValue) bool { return !h.field.IsEmptyIn(s) }) {
		return "", false
	}
	if len(held) == 1 && propertyText(held[0].property, s) == Empty {
		return Empty, true
	}
	return "", true
}

// beginsMark stands before the beginning of a value that is too long for a filter. It stands alone if the field cannot be
// asked for a beginning. Escaped values do not have it.
const beginsMark = "^"

// joinValues writes a value for each field; the last field may have several.
func joinValues(values []string, fields ...heldValue) string {
	escaped := make([]string, len(values))
	for i, v := range values {
		mark := ""
		if !isFilterable(v) {
			mark = beginsMark
			v, _ = beginningOf(fields[min(i, len(fields)-1)].field, v)
		}
		escaped[i] = mark + url.PathEscape(strings.ToValidUTF8(v, "\uFFFD"))
	}
	return strings.Join(escaped, ",")
}

// Narrowing is one value of a fact, with the links to the log narrowed to it and to everything else. Note says which links are
// missing, if the value is too long for a filter.
type Narrowing struct{ Value, Only, Without, Note string }

// narrowed gives the fact with the links to the log for the values of the property.
func (p DetailsPage) narrowed(f Fact, property *store.Property) Fact {
	if field, ok := p.kind().FieldOf(property); ok {
		return p.narrowedTo(f, field, heldValue{property, field}.values(p.Record.Entry))
	}
	return f
}

// narrowedTo gives the fact with links to the log for each of the values, over the 24 hours around the sign-in.
func (p DetailsPage) narrowedTo(f Fact, field *store.Field, values []string) Fact {
	if !f.isTold() || !filterable(field, p.info(), p.ConditionalAccess) {
		return f
	}
	for _, value := range values {
		f.Narrowings = append(f.Narrowings, p.narrowing(store.Filter{}, field, value))
	}
	return f
}

// narrowedWith gives the fact with links to the log for two parts of one item of a list. Among the sign-ins with this policy,
// say, they lead to those with this result, and to the others.
func (p DetailsPage) narrowedWith(f Fact, item *store.Field, name string, part *store.Field, values []string) Fact {
	switch {
	case f.Value == Empty, !filterable(part, p.info(), p.ConditionalAccess):
		return f
	case name == "":
		return p.narrowedTo(f, part, values) // the item has no name to ask for
	}
	f.Of = " of this " + item.List().One
	way := p.narrowing(store.Filter{}, item, name)
	for _, value := range values {
		if way.Note != "" {
			f.Narrowings = append(f.Narrowings, Narrowing{Value: part.InWords(value), Note: noneForName})
			continue
		}
		f.Narrowings = append(f.Narrowings, p.narrowing(store.Filter{}.With(item, store.OpIs, name), part, value))
	}
	return f
}

// These notes are for values that are too long for a filter.
const (
	onlyBeginning = "Too long for a filter. The link finds those that begin with the same 200 characters."
	noneForValue  = "Too long for a filter."
	noneForName   = "No filter: the name is too long for one."
)

// narrowing gives the links to the log for one value, in addition to a filter.
func (p DetailsPage) narrowing(of store.Filter, field *store.Field, value string) Narrowing {
	words := field.InWords(value)
	if isFilterable(value) {
		return Narrowing{Value: words, Only: p.aroundURL(of.With(field, store.OpIs, value)), Without: p.aroundURL(of.With(field, store.OpIsNot, value))}
	}
	if start, ok := beginningOf(field, value); ok {
		return Narrowing{Value: words, Only: p.aroundURL(of.With(field, store.OpStarts, start)), Note: onlyBeginning}
	}
	return Narrowing{Value: words, Note: noneForValue}
}

// beginningLength is the number of characters of a long value that a link asks for. A condition may have five times as many,
// but some proxies refuse an address of 9 KB.
const beginningLength = 200

// beginningOf gives the beginning of a long value, if the field can be asked for it.
func beginningOf(field *store.Field, value string) (start string, ok bool) {
	n := 0
	for at := range value {
		if n == beginningLength {
			start = value[:at]
			break
		}
		n++
	}
	if !field.Knows(store.OpStarts) || strings.TrimSpace(start) == "" {
		return "", false
	}
	return start, true
}

// aroundURL leads to the log narrowed by a filter, over the 24 hours around the sign-in.
func (p DetailsPage) aroundURL(filter store.Filter) string {
	q := store.Query{Range: store.Around(p.head().Time, 12*time.Hour), Filter: filter}
	return p.list().URL(q.Values())
}
