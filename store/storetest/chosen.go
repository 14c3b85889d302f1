package storetest

import (
	"math/rand/v2"
	"net/url"
	"slices"
	"testing"

	"signpost/store"
)

// CheckChosen asks a random question about the records of p of one kind, for the values of the fields of one list. Then it
// chooses each value in the filter: the value's count must equal the total after the choice. So must the count of
// records without a value. It returns the number of values.
func CheckChosen(t *testing.T, s store.Store, p *Plain, r *rand.Rand) int {
	t.Helper()
	kinds := slices.DeleteFunc(slices.Clone(p.catalog), func(k *store.Kind) bool { return len(k.Lists) == 0 })
	kind := kinds[r.IntN(len(kinds))]
	a := &asker{r: r, catalog: store.Catalog{kind}, all: p.all}
	c := Case{catalog: a.catalog, Kind: KindFacets, Params: url.Values{}}
	a.logOf(c)
	if r.IntN(2) == 0 {
		a.rangeOf(c)
	} else {
		c.Params.Set("from", "2000-01-01T00:00:00Z")
		c.Params.Set("to", "2040-01-01T00:00:00Z")
	}
	a.aboutItems(c)
	if r.IntN(3) == 0 {
		a.condition(c)
	}
	list := kind.Lists[r.IntN(len(kind.Lists))]
	for _, clause := range c.list().Filter.Clauses() {
		if of := clause.Field.List(); of != nil {
			list = of
		}
	}
	fields := list.Fields()
	q := store.FacetsQuery{ListQuery: c.list(), Fields: fields, Top: store.MaxTop, IgnoreOwn: true}
	facets, err := s.Facets(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	total := func(field *store.Field, op store.Operator, value string, want int64) {
		chosen := q.ListQuery
		chosen.Filter = q.Filter.WithoutField(field).With(field, op, value)
		got, err := s.Total(t.Context(), chosen)
		if err != nil {
			t.Fatal(err)
		}
		if got.N != want || !got.Complete {
			t.Errorf("%s: %s %s %q is told as %d, and once it is chosen there are %+v", c, field.Name, op.Label(), value, want, got)
		}
	}
	values := 0
	for i, facet := range facets {
		for _, v := range facet.Values {
			total(fields[i], store.OpIs, v.Value, v.N)
			values++
		}
		total(fields[i], store.OpEmpty, "yes", facet.Empty)
	}
	return values
}
