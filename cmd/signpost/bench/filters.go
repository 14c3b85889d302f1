package bench

import (
	"context"
	"fmt"
	"math"
	"strings"

	"signpost/store"
)

// The filters of a benchmark: none; one that about a third of the rows pass; one for a single user or service
// principal; one on three fields; one on five.
const (
	filterNone   = "none"
	filterBroad  = "broad"
	filterNarrow = "narrow"
	filterThree  = "three"
	filterFive   = "five"
)

var filterNames = []string{filterNone, filterBroad, filterNarrow, filterThree, filterFive}

// Filter is one of these filters for one log. Its values come from the data, so that some rows pass.
type Filter struct {
	Log        store.Log `json:"log"`
	Name       string    `json:"name"`
	Query      string    `json:"query"`
	Conditions int       `json:"conditions"`
	filter     store.Filter
}

// filterSet has the filters of every log, and the person for the question about a person's history.
type filterSet struct {
	list   []Filter
	person store.Person
}

func (f *filterSet) of(log store.Log, name string) Filter {
	for _, b := range f.list {
		if b.Log == log && b.Name == name {
			return b
		}
	}
	return Filter{Log: log, Name: name}
}

func (f *filterSet) add(log store.Log, name string, filter store.Filter) {
	query := strings.ReplaceAll(filter.Values().Encode(), "+", "%20")
	f.list = append(f.list, Filter{Log: log, Name: name, Query: query, Conditions: len(filter.Conditions()), filter: filter})
}

// who is the field of a log's narrow filter: the user or the service principal.
func who(info store.LogInfo) string {
	if info.User {
		return "user"
	}
	return "sp"
}

// chooseFilters makes the filters for the data of the range.
func chooseFilters(ctx context.Context, db store.Store, r store.Range) (*filterSet, error) {
	chosen := &filterSet{}
	for _, info := range store.SignIns.Logs {
		c := &filterChooser{ctx: ctx, store: db, query: store.ListQuery{Log: info.Log, Range: r}}
		three := [3]string{"country", "status", "os"}
		five := c.with("app", store.OpHas)
		switch info.Log {
		case store.ServicePrincipal:
			three, five = [3]string{"resource", "status", "credential"}, c.with("sp", store.OpHas)
		case store.ManagedIdentity:
			three, five = [3]string{"resource", "status", "mitype"}, c.with("sp", store.OpHas)
		}
		five = c.also(five, "resource", store.OpIsNot)
		five = c.also(five, "ip", store.OpStarts)
		five = c.also(five, three[1], store.OpIs)
		five = c.also(five, three[2], store.OpIs)
		var middle string
		if values := c.values(five, who(info)); len(values) > 0 {
			middle = values[len(values)/2].Value
		}
		if info.Log == store.NonInteractive {
			chosen.person = store.Person{UserID: middle}
		}
		chosen.add(info.Log, filterNone, store.Filter{})
		chosen.add(info.Log, filterBroad, c.broad())
		chosen.add(info.Log, filterNarrow, store.Filter{}.With(field(who(info)), store.OpIs, middle))
		chosen.add(info.Log, filterThree, c.also(c.also(c.with(three[0], store.OpIs), three[1], store.OpIs), three[2], store.OpIs))
		chosen.add(info.Log, filterFive, five)
		if c.err != nil {
			return nil, fmt.Errorf("log %s: %w", info.Log, c.err)
		}
	}
	return chosen, nil
}

// filterChooser finds values that occur in the data. It keeps its first error.
type filterChooser struct {
	ctx   context.Context
	store store.Store
	query store.ListQuery
	err   error
}

func (c *filterChooser) field(name string) *store.Field {
	return fieldOf(c.store.Catalog().Kind(c.query.Log), name)
}

// values gives the most frequent values of a field among the rows that pass the filter.
func (c *filterChooser) values(filter store.Filter, name string) []store.FacetValue {
	if c.err != nil {
		return nil
	}
	q := c.query
	q.Filter = filter
	facets, err := c.store.Facets(c.ctx, store.FacetsQuery{ListQuery: q, Fields: []*store.Field{c.field(name)}, Top: store.MaxTop})
	if err != nil {
		c.err = fmt.Errorf("values of %s: %w", name, err)
		return nil
	}
	return facets[0].Values
}

func (c *filterChooser) with(name string, op store.Operator) store.Filter {
	return c.also(store.Filter{}, name, op)
}

// also adds a condition to the filter that frequent rows pass. It asks for "empty" where a field has no values.
func (c *filterChooser) also(filter store.Filter, name string, op store.Operator) store.Filter {
	values := c.values(filter, name)
	if len(values) == 0 {
		return filter.With(c.field(name), store.OpEmpty, "")
	}
	value := values[0].Value
	switch op {
	case store.OpIsNot: // another value: to exclude the most frequent one could leave no row
		for _, v := range c.values(store.Filter{}, name) {
			if v.Value != value {
				value = v.Value
				break
			}
		}
	case store.OpHas:
		word, _, _ := strings.Cut(values[0].Label, " ")
		if word != "" {
			value = word
		}
	case store.OpStarts:
		if name == "ip" { // a prefix is one way to say is
			return filter.With(field(name), store.OpIs, addressPrefix(value))
		}
	}
	return filter.With(c.field(name), op, value)
}

// broad chooses, among the values of some fields, the one nearest to a third of the rows.
func (c *filterChooser) broad() store.Filter {
	var best store.Filter
	total, err := c.store.Total(c.ctx, c.query)
	if err != nil && c.err == nil {
		c.err = err
	}
	distance := math.Inf(1)
	for _, name := range []string{"country", "resource", "status", "mitype"} {
		for _, v := range c.values(store.Filter{}, name) {
			if d := math.Abs(float64(v.N)/float64(max(total.N, 1)) - 1./3); d < distance {
				best, distance = store.Filter{}.With(field(name), store.OpIs, v.Value), d
			}
		}
	}
	return best
}

// addressPrefix cuts an address after its third byte or group.
func addressPrefix(address string) string {
	for _, separator := range []string{".", ":"} {
		if parts := strings.SplitN(address, separator, 4); len(parts) == 4 {
			return strings.Join(parts[:3], separator) + separator
		}
	}
	return address
}

// field gives the field of that name, which must exist.
func field(name string) *store.Field { return fieldOf(store.SignIns, name) }

func fieldOf(kind *store.Kind, name string) *store.Field {
	f, ok := kind.Field(name)
	if !ok {
		panic("bench: no field " + name)
	}
	return f
}

func fieldsOf(kind *store.Kind, names ...string) []*store.Field {
	fields := make([]*store.Field, len(names))
	for i, name := range names {
		fields[i] = fieldOf(kind, name)
	}
	return fields
}
