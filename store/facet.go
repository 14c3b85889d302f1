package store

import "slices"

// FacetsQuery asks for the most frequent values of fields. Top bounds the values of each field (1 to
// MaxTop). With IgnoreOwn a field's values are counted as if the filter did not name that field: the values
// that could be chosen instead.
type FacetsQuery struct {
	ListQuery
	Fields    []*Field
	Top       int
	IgnoreOwn bool
}

// MaxTop bounds FacetsQuery.Top and ValuesQuery.Top.
const MaxTop = 1000

// Facet is the values of one field: the most frequent first, equal counts by value.
type Facet struct {
	Field  *Field
	Values []FacetValue
	// Distinct is how many values there are, those beyond Top included. Empty counts the records that
	// have none; one with several (policies) counts for each of them.
	Distinct, Empty int64
	Complete        bool
}

// FacetValue is a value as FIELD=Value finds it, and how many records it finds.
type FacetValue struct {
	Value string
	// Label is the value in words where it is an ID: the name on the newest of those records; else empty.
	Label string
	N     int64
}

// ValuesQuery asks for the values of one field that hold Text, in the value or its label, without regard
// to case: what a control offers while something is typed. The field's own conditions do not count.
type ValuesQuery struct {
	ListQuery
	Field *Field
	Text  string
	Top   int
}

// Splits says that a chart can be broken down by the field: it is Facetable, and a record has one value of it.
func (f *Field) Splits() bool {
	return f.Facetable() && f.List() == nil && !slices.ContainsFunc(f.Properties, func(p *Property) bool { return p.Set != nil })
}

// Facetable says that the field's values can be counted: not those of ids and texts that hardly repeat, nor groups and times.
func (f *Field) Facetable() bool {
	return !f.Unique && !f.Members && f.Source != FromIngestion && !f.ReadsRows()
}

// ReadsRows says that the field compares texts that stand in no dictionary: see Property.InRow.
func (f *Field) ReadsRows() bool {
	return slices.ContainsFunc(f.Properties, func(p *Property) bool { return p.InRow })
}
