package views

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"signpost/store"
	"signpost/store/errorcode"
)

// A facet shows so many values at first, and so many when it is unfolded. The chosen values come in addition.
const (
	FacetTop     = 5
	FacetMoreTop = 50
)

// openFacets is the number of facets of a list that are open by default: the first ones of LogLook.Facets. Facets of fields in the
// filter are open too.
const openFacets = 4

// mostOpenFacets is the number of open facets that come with the page. Further facets that a person keeps open are loaded
// afterwards, so that the page stays light.
const mostOpenFacets = 8

// FacetsPanel is the facets next to a list.
type FacetsPanel struct {
	// Hidden is a preference: the panel shows only the button that brings it back, and nothing was counted.
	Hidden bool
	// Closed and Opened are the fields with facets that the viewer closed or opened, on any list.
	Closed, Opened []string
	// Asked are the fields with facets that the address opens. More is the one of them that shows more values: those that contain
	// Among.
	Asked  []*store.Field
	More   *store.Field
	Among  string
	Facets []Facet
	// Trouble says why there are no facets; empty if there are some.
	Trouble string
}

// Facet is the values of one field: the most frequent, and the chosen ones that are not among them.
type Facet struct {
	store.Facet
	Chosen []FacetChoice
	// Closed says that the values were not asked for. Waits says that they are loaded once the page is there.
	Closed, Waits bool
	// More says that the facet is unfolded. Among is the text that its values contain.
	More  bool
	Among string
	// Trouble says why a facet that was asked for alone has no values; empty if it has some.
	Trouble string
}

// FacetChoice is a value in the filter that is not among the most frequent.
type FacetChoice struct {
	store.FacetValue
	// Uncounted says that its number is not known.
	Uncounted bool
}

// FacetFields gives the fields with a facet next to the list, for this viewer. The facet of the tenant is first if there are
// several.
func (l List) FacetFields(conditionalAccess, severalTenants bool) []*store.Field {
	shown, log := l.look().of(l.Log).Facets, l.Info()
	if tenant := l.look().Tenant; severalTenants && tenant != nil {
		shown = slices.Concat([]*store.Field{tenant}, shown)
	}
	return slices.DeleteFunc(slices.Clone(shown), func(f *store.Field) bool { return !f.Facetable() || !offered(f, log, conditionalAccess) })
}

// ItemFacetFields gives further fields for facets: those of the lists that a filter asks about. A filter for one policy, say,
// leads to the facet of its results. These facets count the items that the filter asks for.
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

// AllFacets gives the facets of the list in their order, with nothing counted yet. First come the facets that the filter leads to,
// then the further ones that the address opens, then those of the log.
func (p LogPage) AllFacets() []Facet {
	info := p.List.Info()
	applied, _ := p.Query.Filter.For(info)
	usual := p.List.FacetFields(p.ConditionalAccess, p.SeveralTenants)
	first := ItemFacetFields(applied, info, p.ConditionalAccess, usual)
	for _, f := range p.Facets.Asked {
		if !slices.Contains(first, f) && !slices.Contains(usual, f) {
			first = append(first, f)
		}
	}
	var facets []Facet
	open := 0
	for i, f := range slices.Concat(first, usual) {
		filtered := slices.ContainsFunc(applied.Conditions(), func(c store.Condition) bool { return c.Field == f })
		usuallyOpen := filtered || i-len(first) < openFacets
		facet := p.Facets.newFacet(f, usuallyOpen)
		if open >= mostOpenFacets && !facet.Closed && !usuallyOpen && !slices.Contains(p.Facets.Asked, f) {
			facet.Closed, facet.Waits = true, true
		}
		if !facet.Closed {
			open++
		}
		facets = append(facets, facet)
	}
	return facets
}

// Open gives the facet of a field that is opened.
func (f FacetsPanel) Open(field *store.Field) Facet {
	facet := f.newFacet(field, true)
	facet.Closed = false
	return facet
}

// newFacet gives a facet as the address wants it, else as its viewer left it, else by default.
func (f FacetsPanel) newFacet(field *store.Field, usuallyOpen bool) Facet {
	facet := Facet{Facet: store.Facet{Field: field}}
	switch {
	case slices.Contains(f.Asked, field):
		facet.More = f.More == field
		if facet.More {
			facet.Among = f.Among
		}
	case slices.Contains(f.Opened, field.Name):
	default:
		facet.Closed = !usuallyOpen || slices.Contains(f.Closed, field.Name)
	}
	return facet
}

// allAre says that all facets of the page are closed, or that all are open.
func (f FacetsPanel) allAre(closed bool) bool {
	return !slices.ContainsFunc(f.Facets, func(facet Facet) bool { return facet.isKeptOpen() == closed })
}

// isKeptOpen says that the facet is open, or will be once it is loaded.
func (f Facet) isKeptOpen() bool { return !f.Closed || f.Waits }

// chosen is the preference as its form sends it: names of fields, with a plus sign before those with open facets.
func (f FacetsPanel) chosen() string {
	names := slices.Clone(f.Closed)
	for _, name := range f.Opened {
		names = append(names, "+"+name)
	}
	return strings.Join(names, ",")
}

// chosenAfter is the preference after all facets of the page are closed or opened; other facets stay as they are.
func (f FacetsPanel) chosenAfter(closeAll bool) string {
	elsewhere := func(names []string) []string {
		return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
			return slices.ContainsFunc(f.Facets, func(facet Facet) bool { return facet.Field.Name == name })
		})
	}
	after := FacetsPanel{Closed: elsewhere(f.Closed), Opened: elsewhere(f.Opened)}
	for _, facet := range f.Facets {
		if closeAll {
			after.Closed = append(after.Closed, facet.Field.Name)
		} else {
			after.Opened = append(after.Opened, facet.Field.Name)
		}
	}
	return after.chosen()
}

// facetInputs carry the facets that the address opens through a form.
func (f FacetsPanel) facetInputs() (inputs []hiddenInput) {
	for _, field := range f.Asked {
		inputs = append(inputs, hiddenInput{"facet", field.Name})
	}
	return inputs
}

// keepOpen adds to an address of the list the facets that this page's address opens.
func (f FacetsPanel) keepOpen(address string) string {
	for _, field := range f.Asked {
		address += "&facet=" + field.Name
	}
	return address
}

// moreURL unfolds a facet, or folds it again.
func (p LogPage) moreURL(f Facet, more bool) string {
	v := p.Query.Values()
	for _, field := range p.Facets.Asked {
		v.Add("facet", field.Name)
	}
	if !slices.Contains(p.Facets.Asked, f.Field) {
		v.Add("facet", f.Field.Name)
	}
	if more {
		v.Set("more", f.Field.Name)
	}
	return p.List.URL(v)
}

// leftNote counts the values that the unfolded facet does not show; empty if it shows all.
func (f Facet) leftNote() string {
	switch n := f.beyond(); {
	case len(f.Values) == 0 && f.Among != "":
		return "No matches in this range."
	case n > 0:
		return Count(n, "more value", "more values") + ": type a part of one to find it."
	}
	return ""
}

// trouble says why the facet has no values.
func (f Facet) trouble() string {
	if f.Trouble != "" {
		return f.Trouble
	}
	if f.Closed || f.Complete || len(f.Values) > 0 {
		return ""
	}
	return "Not every " + f.Field.Kind().One + " could be counted. Narrow the range or the filter."
}

// stillReading says that the numbers of some values may change.
func (f FacetsPanel) stillReading() bool {
	return slices.ContainsFunc(f.Facets, func(facet Facet) bool { return !facet.Closed && !facet.Complete && len(facet.Values) > 0 })
}

// facetState says whether the filter names a value.
type facetState uint8

const (
	stateFree     facetState = iota
	stateChosen              // it is among the wanted ones
	stateExcluded            // it is among the unwanted ones
)

// facetRow is a value of a facet with its links.
type facetRow struct {
	Value, Label, Title string
	N                   int64
	Uncounted           bool
	Share               string // relative to the most frequent value
	State               facetState
	// Address adds the value to the filter, or removes it.
	Address string
	// Exclude and ExcludeValue are the parameter that excludes the value; empty if the filter excludes it already.
	Exclude, ExcludeValue string
	IsEmpty               bool
}

// noValue is the label for records without a value of the field.
const noValue = "(empty)"

// facetRows are the values of a facet: the most frequent, the further chosen ones, and the row for no value.
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
	if empty := p.emptyRow(f, most); f.Among == "" && (empty.N > 0 || empty.State != stateFree) {
		rows = append(rows, empty)
	}
	tellRowsApart(rows)
	for i := range rows {
		rows[i].Address = p.Facets.keepOpen(rows[i].Address)
	}
	return rows
}

// tellRowsApart adds the values to the labels of rows that read the same.
func tellRowsApart(rows []facetRow) {
	labels := make([]string, len(rows))
	for i, row := range rows {
		labels[i] = row.Label
	}
	for i, row := range rows {
		if label := toldApart(row.Label, row.Value, isRepeated(labels, i)); label != row.Label {
			rows[i].Label, rows[i].Title = label, firstText(row.Title, label)
		}
	}
}

// isRepeated says that another label reads as this one does.
func isRepeated(labels []string, at int) bool {
	for i, label := range labels {
		if i != at && strings.EqualFold(label, labels[at]) {
			return true
		}
	}
	return false
}

// toldApart is a label with its value behind it, where another value has the same label: "Windows 10 (Windows10)". Records spell
// one value in several ways, and each is a part of its own.
func toldApart(label, value string, isShared bool) string {
	if !isShared || value == "" || strings.EqualFold(label, value) {
		return label
	}
	return label + " (" + value + ")"
}

func (p LogPage) valueRow(f *store.Field, v FacetChoice, most int64) facetRow {
	label := facetLabel(f, v.FacetValue)
	row := facetRow{
		Value: v.Value, Label: label, Title: facetTitle(label, v.Value), N: v.N, Uncounted: v.Uncounted, Share: shareOf(v.N, most),
	}
	// Some titles name Conditional Access, which a page without the right to it must not name.
	if code, ok := errorcode.ParseNumber(v.Value); ok && f.Codes && code != 0 && p.ConditionalAccess {
		row.Title = errorcode.Of(code).Title
	}
	switch {
	case !isFilterable(v.Value): // a condition on its beginning finds it too
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

// facetTitle has the rest of the label: the whole of a long one, and the value that it stands for.
func facetTitle(label, value string) string {
	const seen = 22 // characters that surely find room
	long := utf8.RuneCountInString(label) > seen
	switch {
	case long && label != value:
		return label + " (" + value + ")"
	case long || !strings.EqualFold(strings.ReplaceAll(label, " ", ""), value): // "Windows 10" says "Windows10"
		return value
	}
	return ""
}

// emptyRow counts the records without a value. To exclude them means to ask for those with one.
func (p LogPage) emptyRow(facet Facet, most int64) facetRow {
	f := facet.Field
	row := facetRow{Label: noValue, Title: Capital(f.Kind().Many) + " without a value that is read", N: facet.Empty, Share: shareOf(facet.Empty, most), IsEmpty: true}
	if f == f.Kind().StatusField() {
		row.Label = statusWord(f.Kind(), store.StatusUnknown) // as the legend of the chart calls them
	}
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

// shareOf is the width of a bar in percent. It is at least 1 for any record, so that the bar is visible.
func shareOf(n, most int64) string {
	if n <= 0 || most <= 0 {
		return "0"
	}
	return strconv.FormatInt(max(100*n/most, 1), 10) + "%"
}

// facetLabel is a value in words: a name for an ID, and words for a value of Graph.
func facetLabel(f *store.Field, v store.FacetValue) string {
	if f.Codes && v.Value == "0" {
		return "0 (success)"
	}
	return fieldValueText(f, v.Value, v.Label)
}

// isMono says that the field's values are read letter by letter.
func isMono(f *store.Field) bool { return f.HoldsAddresses() }

// beyond is the number of values that the facet does not show.
func (f Facet) beyond() int64 { return f.Distinct - int64(len(f.Values)) - f.countedChoices() }

// countedChoices is the number of chosen values that occur.
func (f Facet) countedChoices() (n int64) {
	for _, v := range f.Chosen {
		if v.N > 0 {
			n++
		}
	}
	return n
}

// hasFacets says that the list has facets next to it, hidden or not.
func (p LogPage) hasFacets() bool { return p.Facets != nil && !p.isEmptyLog() }

// isEmptyLog says that nothing was ever imported: there is nothing to draw or to choose.
func (p LogPage) isEmptyLog() bool { return p.Empty != nil && p.Empty.NothingYet }
