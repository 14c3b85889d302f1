package storetest

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"signpost/store"
)

// Facets counts the values of some fields; see store.Store.
func (p *Plain) Facets(_ context.Context, q store.FacetsQuery) ([]store.Facet, error) {
	if err := p.refuse(q.ListQuery, q.Fields...); err != nil {
		return nil, err
	}
	var facets []store.Facet
	for _, field := range q.Fields {
		list := q.ListQuery
		if q.IgnoreOwn {
			list.Filter = list.Filter.WithoutField(field)
		}
		facet := p.countValues(list, field)
		facet.Values = facet.Values[:min(q.Top, len(facet.Values))]
		facets = append(facets, facet)
	}
	return facets, nil
}

// Values counts the values of one field that hold a text; see store.Store. Distinct counts only those.
func (p *Plain) Values(_ context.Context, q store.ValuesQuery) (store.Facet, error) {
	if err := p.refuse(q.ListQuery, q.Field); err != nil {
		return store.Facet{}, err
	}
	list := q.ListQuery
	list.Filter = list.Filter.WithoutField(q.Field)
	facet := p.countValues(list, q.Field)
	text := store.FoldCase(q.Text)
	facet.Values = slices.DeleteFunc(facet.Values, func(v store.FacetValue) bool {
		return !strings.Contains(store.FoldCase(v.Value), text) && !strings.Contains(store.FoldCase(v.Label), text)
	})
	facet.Distinct = int64(len(facet.Values))
	facet.Values = facet.Values[:min(q.Top, len(facet.Values))]
	return facet, nil
}

// countValues counts the field's values on the rows of a question, newest first. Values that differ only in case
// are one, in the spelling that is first in byte order.
func (p *Plain) countValues(q store.ListQuery, field *store.Field) store.Facet {
	facet := store.Facet{Field: field, Complete: true}
	places := map[string]int{}
	held := func(m *match) (values map[string]string, empty bool) {
		values = m.values(field)
		return values, len(values) == 0
	}
	if l := field.List(); l != nil {
		asked := q.Filter
		q.Filter = q.Filter.WithoutList(l)
		held = func(m *match) (values map[string]string, empty bool) { return itemValues(m.entry, field, asked) }
	}
	for _, m := range p.matching(q) {
		values, empty := held(m)
		if empty {
			facet.Empty++
		}
		for key, value := range values {
			i, ok := places[key]
			if !ok {
				i = len(facet.Values)
				places[key] = i
				facet.Values = append(facet.Values, store.FacetValue{Value: value, Label: label(field, m.entry)})
			}
			facet.Values[i].N++
			facet.Values[i].Value = min(facet.Values[i].Value, value)
		}
	}
	facet.Distinct = int64(len(facet.Values))
	slices.SortFunc(facet.Values, func(a, b store.FacetValue) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Value, b.Value))
	})
	return facet
}

// values gives the values that the row counts for, by their folded text. A field that looks at any event has the
// values of all; another has the last event's.
func (m *match) values(field *store.Field) map[string]string {
	events := m.events
	if !field.AnyEvent {
		events = events[len(events)-1:]
	}
	values := map[string]string{}
	for _, event := range events {
		addValues(values, field, event)
	}
	return values
}

func addValues(values map[string]string, field *store.Field, event store.Entry) {
	for _, value := range field.EventValues(event) {
		addValue(values, value)
	}
}

// addValue adds a value; of those that differ only in case the first in byte order stays.
func addValue(values map[string]string, value string) {
	key := store.FoldCase(value)
	if known, ok := values[key]; !ok || value < known {
		values[key] = value
	}
}

// label is the name for a value that is an ID. It is empty where the sign-in has no ID, because then the value is
// the name.
func label(field *store.Field, s store.Entry) string {
	if len(field.Properties) < 2 || field.Properties[0].Fallback == nil || *field.Properties[0].Text(s) == "" {
		return ""
	}
	return *field.Properties[len(field.Properties)-1].Text(s)
}
