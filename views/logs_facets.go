package views

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"signpost/store"
	"signpost/store/errorcode"
)

// FacetTop is how many values a facet shows, those that are chosen aside.
const FacetTop = 5

// FacetsPanel is the facets beside a list.
type FacetsPanel struct {
	// Hidden is a preference: nothing but the way to bring the panel back is shown, and nothing was asked.
	Hidden bool
	// Closed are the fields whose facets are closed by preference, on whatever list.
	Closed []string
	Facets []Facet
	// Trouble says why there are no facets; empty where there are.
	Trouble string
}

// Facet is the values of one field: the most frequent, and the chosen ones that are not among them.
type Facet struct {
	store.Facet
	Chosen []FacetChoice
}

// FacetChoice is a value that the filter names and that is not among the most frequent.
type FacetChoice struct {
	store.FacetValue
	// Uncounted says that its number is not known.
	Uncounted bool
}

// FacetFields gives the fields with a facet beside the list, for this viewer. That of the tenant is first where
// there are several.
func (l List) FacetFields(conditionalAccess, severalTenants bool) []*store.Field {
	shown, log := l.look().of(l.Log).Facets, l.Info()
	if tenant := l.look().Tenant; severalTenants && tenant != nil {
		shown = slices.Concat([]*store.Field{tenant}, shown)
	}
	return slices.DeleteFunc(slices.Clone(shown), func(f *store.Field) bool { return !f.Facetable() || !offered(f, log, conditionalAccess) })
}

// ItemFacetFields gives the fields of the lists that a filter asks about, beyond those given: what is asked of one policy
// leads to its results. Their facets count by the items that the filter asks for.
func ItemFacetFields(filter store.Filter, log store.LogInfo, conditionalAccess bool, beyond []*store.Field) []*store.Field {
	var fields []*store.Field
	for _, l := range log.Kind().Lists {
		if len(filter.ListClause(l).Conditions) == 0 {
			continue
		}
		for _, f := range l.Fields() {
			if f.AppliesTo(log) && (conditionalAccess || f.Class != store.ConditionalAccess) && !slices.Contains(beyond, f) {
				fields = append(fields, f)
			}
		}
	}
	return fields
}

// isOpen says that a facet is not closed by preference.
func (f FacetsPanel) isOpen(field *store.Field) bool { return !slices.Contains(f.Closed, field.Name) }

// allOpen says that no facet of the page is closed.
func (f FacetsPanel) allOpen() bool {
	return !slices.ContainsFunc(f.Facets, func(facet Facet) bool { return !f.isOpen(facet.Field) })
}

// closed is the preference as its form sends it.
func (f FacetsPanel) closed() string { return strings.Join(f.Closed, ",") }

// closedAfter is the preference with all facets of the page closed or opened; others stay as they are.
func (f FacetsPanel) closedAfter(closeAll bool) string {
	var names []string
	for _, name := range f.Closed {
		if !slices.ContainsFunc(f.Facets, func(facet Facet) bool { return facet.Field.Name == name }) {
			names = append(names, name)
		}
	}
	if closeAll {
		for _, facet := range f.Facets {
			names = append(names, facet.Field.Name)
		}
	}
	return strings.Join(names, ",")
}

// trouble says why the facet has no values.
func (f Facet) trouble() string {
	if f.Complete || len(f.Values) > 0 {
		return ""
	}
	return "Not every " + f.Field.Kind().One + " could be counted. Narrow the range or the filter."
}

// stillReading says that the numbers beside some values may change.
func (f FacetsPanel) stillReading() bool {
	return slices.ContainsFunc(f.Facets, func(facet Facet) bool { return !facet.Complete && len(facet.Values) > 0 })
}

// facetState is what the filter says of a value.
type facetState uint8

const (
	stateFree     facetState = iota
	stateChosen              // it is among the wanted ones
	stateExcluded            // it is among the unwanted ones
)

// facetRow is a value of a facet with what can be done with it.
type facetRow struct {
	Value, Label, Title string
	N                   int64
	Uncounted           bool
	Share               string // of the most frequent value
	State               facetState
	// Address adds the value to the filter, or takes it away again.
	Address string
	// Exclude and ExcludeValue are the parameter that excludes it; empty where the filter has it already.
	Exclude, ExcludeValue string
	IsEmpty               bool
}

// noValue is the label of the sign-ins without a value of the field.
const noValue = "(empty)"

// facetRows are the values of a facet: the most frequent, those chosen beyond, and the lack of one.
func (p LogPage) facetRows(f Facet) []facetRow {
	most := f.Empty
	for _, v := range f.Values {
		most = max(most, v.N)
	}
	row := func(v FacetChoice) facetRow {
		return p.valueRow(f.Field, v, most)
	}
	var rows []facetRow
	for _, v := range f.Values {
		rows = append(rows, row(FacetChoice{FacetValue: v}))
	}
	for _, v := range f.Chosen {
		rows = append(rows, row(v))
	}
	if empty := p.emptyRow(f, most); empty.N > 0 || empty.State != stateFree {
		rows = append(rows, empty)
	}
	return rows
}

func (p LogPage) valueRow(f *store.Field, v FacetChoice, most int64) facetRow {
	label := facetLabel(f, v.FacetValue)
	row := facetRow{
		Value: v.Value, Label: label, Title: facetTitle(label, v.Value), N: v.N, Uncounted: v.Uncounted, Share: shareOf(v.N, most),
	}
	// Some titles name Conditional Access, which a page without the right to it does not speak of.
	if code, ok := errorcode.ParseNumber(v.Value); ok && f.Codes && code != 0 && p.ConditionalAccess {
		row.Title = errorcode.Of(code).Title
	}
	switch {
	case !isFilterable(v.Value): // what a condition holds of it finds it too
		row.Value, row.Label = clipped(v.Value), clipped(label)
		row.Address = withURL(p.Query, f, store.OpStarts, string([]rune(v.Value)[:store.MaxValueLength]))
	case holds(p.Query.Filter, f, store.OpIs, v.Value):
		row.State, row.Address = stateChosen, withoutHereURL(p.Query, f, store.OpIs, v.Value)
	case holds(p.Query.Filter, f, store.OpIsNot, v.Value):
		row.State, row.Address = stateExcluded, withoutHereURL(p.Query, f, store.OpIsNot, v.Value)
	default:
		row.Address = withURL(p.Query, f, store.OpIs, v.Value)
		row.Exclude, row.ExcludeValue = f.Param(store.OpIsNot), v.Value
	}
	return row
}

// facetTitle tells what the label does not: the whole of a long one, and the value behind it.
func facetTitle(label, value string) string {
	const seen = 22 // characters that surely find room
	long := utf8.RuneCountInString(label) > seen
	switch {
	case long && label != value:
		return label + " (" + value + ")"
	case long || !strings.EqualFold(label, value):
		return value
	}
	return ""
}

// emptyRow counts the records without a value. To exclude them is to ask for those with one.
func (p LogPage) emptyRow(facet Facet, most int64) facetRow {
	f := facet.Field
	row := facetRow{Label: noValue, Title: Capital(f.Kind().Many) + " without a value that is read", N: facet.Empty, Share: shareOf(facet.Empty, most), IsEmpty: true}
	switch {
	case holds(p.Query.Filter, f, store.OpEmpty, ""):
		row.State, row.Address = stateChosen, withoutHereURL(p.Query, f, store.OpEmpty, "")
	case holds(p.Query.Filter, f, store.OpNotEmpty, ""):
		row.State, row.Address = stateExcluded, withoutHereURL(p.Query, f, store.OpNotEmpty, "")
	default:
		row.Address = withURL(p.Query, f, store.OpEmpty, "")
		row.Exclude, row.ExcludeValue = f.Param(store.OpNotEmpty), "no"
	}
	return row
}

// shareOf is a bar's width: what there is of is seen.
func shareOf(n, most int64) string {
	if n <= 0 || most <= 0 {
		return "0"
	}
	return strconv.FormatInt(max(100*n/most, 1), 10) + "%"
}

// facetLabel is a value in words: the name of what has one, and words for Graph's own.
func facetLabel(f *store.Field, v store.FacetValue) string {
	if f.Codes && v.Value == "0" {
		return "0 (success)"
	}
	return fieldValueText(f, v.Value, v.Label)
}

// isMono says that the field's values are read letter by letter.
func isMono(f *store.Field) bool { return f.HoldsAddresses() }

// beyond is how many values there are that the facet does not show.
func (f Facet) beyond() int64 { return f.Distinct - int64(len(f.Values)) - f.countedChoices() }

// countedChoices are the chosen values that occur.
func (f Facet) countedChoices() (n int64) {
	for _, v := range f.Chosen {
		if v.N > 0 {
			n++
		}
	}
	return n
}

// shownFacets leaves out the facets with nothing to choose: fields that no sign-in here has a value of, and
// that the filter does not name.
func (p LogPage) shownFacets() []Facet {
	var shown []Facet
	for _, f := range p.Facets.Facets {
		named := slices.ContainsFunc(p.Query.Filter.Conditions(), func(c store.Condition) bool { return c.Field == f.Field })
		if f.Distinct > 0 || named {
			shown = append(shown, f)
		}
	}
	return shown
}

// hasFacets says that the list has facets beside it, hidden or not.
func (p LogPage) hasFacets() bool { return p.Facets != nil && !p.isEmptyLog() }

// isEmptyLog says that nothing was ever imported: there is nothing to draw or to choose.
func (p LogPage) isEmptyLog() bool { return p.Empty != nil && p.Empty.NothingYet }
