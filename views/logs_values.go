package views

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"signpost/store"
)

// What the menu of a cell (static/menu.js) needs to know is written as tersely as it can be. A heading names the FIELDs of its
// column in data-field, and their words in data-words where there are several. The first FIELD asks for empty cells. A cell
// says in data-value what each FIELD wants, joined by commas. It says nothing where that is what it shows: its text, the whole
// of it in its title, or what a title adds in brackets. Of a status it is what the badge says. An empty data-value is a value
// that no FIELD asks for. One with beginsMark is the beginning of a longer value.

// filterable says whether the menu may offer the field: it has every operator of the menu, holds something in
// the log, and may be used by the viewer.
func filterable(f *store.Field, log store.LogInfo, conditionalAccess bool) bool {
	return f.AppliesTo(log) && (conditionalAccess || f.Class != store.ConditionalAccess) &&
		f.Knows(store.OpIs) && f.Knows(store.OpIsNot) && f.Knows(store.OpEmpty) && f.Knows(store.OpNotEmpty)
}

// heldValue is a property whose values a column shows, with the field that asks for them.
type heldValue struct {
	property *store.Property
	field    *store.Field
}

// values are those by which the field finds the sign-in for what the property holds. One that is longer than a filter takes is
// among them.
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

// askedValues are the values by which a field finds a text; the text itself where it is longer than a filter takes.
func askedValues(f *store.Field, text string) []string {
	if !isFilterable(text) {
		return []string{text}
	}
	return f.ValuesOf(text)
}

// held gives the values of a column that can be filtered by in this list.
func (p LogPage) held(c Column) []heldValue {
	held := make([]heldValue, 0, len(c.holds))
	for _, property := range c.holds {
		if f, ok := p.List.Kind().FieldOf(property); ok && filterable(f, p.List.Info(), p.ConditionalAccess) {
			held = append(held, heldValue{property, f})
		}
	}
	return held
}

// headingAttributes are what a column's heading tells the menu.
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

// cellAttributes are what a cell tells the menu, and what it is called where a phone's card says so.
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

// cellValue is the data-value of a cell; stated is false where the cell needs none.
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
	if len(wanted) == 1 && wanted[0] == cell.shown() && isPlainlyShown(wanted[0]) && isFilterable(wanted[0]) {
		return "", false
	}
	return joinValues(wanted, held...), true
}

// firstValues gives a value of each; "" where there is none.
func firstValues(held []heldValue, s store.Entry) []string {
	values := make([]string, len(held))
	for i, h := range held {
		values[i] = firstText(h.values(s)...)
	}
	return values
}

// isPlainlyShown says that a page has the value as it is: not cut off, without characters that are shown by their numbers, and
// without line ends, which a browser reads from markup as others.
func isPlainlyShown(value string) bool {
	return len(value) <= clipAt && !strings.ContainsFunc(value, store.IsInvisible)
}

// shown is what the script takes for the value of a cell that states none.
func (c Cell) shown() string {
	if inner, ok := strings.CutPrefix(c.Title, c.Text+" ("); ok && strings.HasSuffix(inner, ")") {
		return strings.TrimSuffix(inner, ")")
	}
	return c.Title
}

// statusValue states the error code beside the status of a sign-in. The badge alone says its status itself, where its word is
// the status's name.
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

// emptyValue is for a cell that shows nothing: to ask for empty is right only where its fields hold nothing either.
// A record may hold a lone "-", or blanks, or another property of the field.
func emptyValue(held []heldValue, s store.Entry) (value string, stated bool) {
	if !slices.ContainsFunc(held, func(h heldValue) bool { return !h.field.IsEmptyIn(s) }) {
		return "", false
	}
	if len(held) == 1 && propertyText(held[0].property, s) == Empty {
		return Empty, true
	}
	return "", true
}

// beginsMark stands before the beginning of a value that is longer than a filter takes, and alone where the field cannot be
// asked for that. Escaped values do not have it.
const beginsMark = "^"

// joinValues writes a value of each field; the last one's may be several.
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

// Narrowing is one value of a fact with the ways to the log narrowed to it and to everything else. Note says what is missing
// of them, where the value is longer than a filter takes.
type Narrowing struct{ Value, Only, Without, Note string }

// narrowed gives the fact with the ways to the log for what the property holds.
func (p DetailsPage) narrowed(f Fact, property *store.Property) Fact {
	if field, ok := p.kind().FieldOf(property); ok {
		return p.narrowedTo(f, field, heldValue{property, field}.values(p.Record.Entry))
	}
	return f
}

// narrowedTo gives the fact with the ways to the log for each of the values, over the 24 hours around the sign-in.
func (p DetailsPage) narrowedTo(f Fact, field *store.Field, values []string) Fact {
	if !f.isTold() || !filterable(field, p.info(), p.ConditionalAccess) {
		return f
	}
	for _, value := range values {
		f.Narrowings = append(f.Narrowings, p.narrowing(store.Filter{}, field, value))
	}
	return f
}

// narrowedWith gives the fact with the ways to the log for what an item of a list holds in two of its parts. Of those with
// this policy, say, it leads to the ones where it had this result, and to the others.
func (p DetailsPage) narrowedWith(f Fact, item *store.Field, name string, part *store.Field, values []string) Fact {
	switch {
	case f.Value == Empty, !filterable(part, p.info(), p.ConditionalAccess):
		return f
	case name == "":
		return p.narrowedTo(f, part, values) // nothing tells the item from others
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

// What is said where a value is longer than a filter takes.
const (
	onlyBeginning = "Too long for a filter. The link finds those that begin with the same 200 characters."
	noneForValue  = "Too long for a filter."
	noneForName   = "No filter: the name is too long for one."
)

// narrowing gives the ways to the log for one value, on top of a filter.
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

// beginningLength is how many characters of a long value a list is asked for. A condition may have five times as many, but
// an address of 9 KB is more than some proxies take.
const beginningLength = 200

// beginningOf gives the beginning of a long value, where the field can be asked for it.
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
