package web

import (
	"context"
	"slices"

	"signpost/store"
	"signpost/views"
	"signpost/web/ask"
)

// maxUncommonChoices is how many values of one facet's filter are counted one by one, because they are not
// among the most frequent ones. The others are shown without a number.
const maxUncommonChoices = 10

// maxChoices is how many such values a facet shows: all of them stand above the list too.
const maxChoices = 20

// facetsPanel gives the panel as its viewer left it, with no facets in it yet. What somebody closed who has lost a right since
// is not named to them.
func (s *Server) facetsPanel(v Viewer) *views.FacetsPanel {
	closed := slices.DeleteFunc(slices.Clone(v.Preferences.ClosedFacets), func(name string) bool {
		fields := s.Store.Catalog().FieldsNamed(name)
		return len(fields) == 0 || slices.ContainsFunc(fields, func(f *store.Field) bool { return !v.MaySee(f.Class) })
	})
	return &views.FacetsPanel{Hidden: v.Preferences.FacetsHidden, Closed: closed}
}

// explore gives the questions of what stands around a list: its chart and its facets. What goes wrong with
// one of them is said in its place; the rest of the page stands.
func (s *Server) explore(reader snapshot, page *views.LogPage) []func(context.Context) error {
	page.Chart = &views.Chart{Of: page.List.Kind(), Width: store.BucketWidth(page.Query.Range)}
	questions := []func(context.Context) error{
		func(ctx context.Context) error {
			err := s.fillChart(ctx, reader, page)
			return inPlace(ctx, reader.Reader, "chart", err, &page.Chart.Trouble)
		},
	}
	if page.Facets.Hidden {
		return questions
	}
	return append(questions, func(ctx context.Context) error {
		err := s.fillFacets(ctx, reader, page)
		return inPlace(ctx, reader.Reader, "facets", err, &page.Facets.Trouble)
	})
}

// inPlace turns the failure of a part into the sentence that takes its place.
func inPlace(ctx context.Context, reader ask.Reader, part string, err error, sentence *string) error {
	var trouble ask.Trouble
	err = reader.Part(ctx, part, err, &trouble)
	*sentence = views.PartTrouble(trouble, part)
	return err
}

// aroundQuery asks about all that the list has, on whatever page of it.
func aroundQuery(page *views.LogPage) store.ListQuery {
	q := listQuery(page)
	q.After, q.Before, q.Limit = nil, nil, 0
	return q
}

func (s *Server) fillChart(ctx context.Context, reader snapshot, page *views.LogPage) error {
	q := store.HistogramQuery{ListQuery: aroundQuery(page)}
	q.Edges = store.BucketEdges(q.Range, page.Chart.Width, page.Shell.Zone.Location())
	histogram, err := reader.Histogram(ctx, q)
	page.Chart.Histogram = histogram
	return err
}

// fillFacets asks for the facets. The fields that the filter names are asked for many more values, because the chosen ones may
// be rare. Each of these fields is counted with a filter of its own in any case.
func (s *Server) fillFacets(ctx context.Context, reader snapshot, page *views.LogPage) error {
	q := aroundQuery(page)
	fields := page.List.FacetFields(page.ConditionalAccess, page.SeveralTenants)
	fields = append(views.ItemFacetFields(q.Filter, page.List.Info(), page.ConditionalAccess, fields), fields...)
	var named, others []*store.Field
	for _, f := range fields {
		if len(choices(q.Filter, f)) > 0 {
			named = append(named, f)
		} else {
			others = append(others, f)
		}
	}
	byField := map[*store.Field]store.Facet{}
	for _, part := range []struct {
		fields []*store.Field
		top    int
	}{{others, views.FacetTop}, {named, store.MaxTop}} {
		if len(part.fields) == 0 {
			continue
		}
		facets, err := reader.Facets(ctx, store.FacetsQuery{ListQuery: q, Fields: part.fields, Top: part.top, IgnoreOwn: true})
		if err != nil {
			return err
		}
		for _, f := range facets {
			byField[f.Field] = f
		}
	}
	var facets []views.Facet
	for _, f := range fields {
		facet, err := s.facet(ctx, reader, q, byField[f])
		if err != nil {
			return err
		}
		facets = append(facets, facet)
	}
	page.Facets.Facets = facets
	return nil
}

// choices are the values that the filter names as wanted or unwanted ones of a field.
func choices(filter store.Filter, f *store.Field) []string {
	var values []string
	for _, c := range filter.Conditions() {
		if c.Field == f && (c.Op == store.OpIs || c.Op == store.OpIsNot) {
			values = append(values, c.Values...)
		}
	}
	return values
}

// facet leaves the most frequent values, and the chosen ones with their numbers.
func (s *Server) facet(ctx context.Context, reader snapshot, q store.ListQuery, found store.Facet) (views.Facet, error) {
	facet := views.Facet{Facet: found}
	facet.Values = found.Values[:min(views.FacetTop, len(found.Values))]
	counted := 0
	for _, value := range choices(q.Filter, found.Field) {
		if indexOfValue(facet.Values, value) >= 0 || len(facet.Chosen) == maxChoices {
			continue
		}
		choice := views.FacetChoice{FacetValue: store.FacetValue{Value: value}}
		switch i := indexOfValue(found.Values, value); {
		case i >= 0:
			choice.FacetValue = found.Values[i]
		case counted == maxUncommonChoices:
			choice.Uncounted = true
		default:
			counted++
			n, err := s.countChoice(ctx, reader, q, found.Field, value)
			if err != nil {
				return facet, err
			}
			choice.N = n
		}
		facet.Chosen = append(facet.Chosen, choice)
	}
	return facet, nil
}

// countChoice counts what a value alone would find. No facet may list it: a network of addresses, say, or somebody's name
// where the facet goes by ID.
func (s *Server) countChoice(ctx context.Context, reader snapshot, q store.ListQuery, f *store.Field, value string) (int64, error) {
	q.Filter = q.Filter.WithoutField(f).With(f, store.OpIs, value)
	total, err := reader.Total(ctx, q)
	return total.N, err
}

func indexOfValue(values []store.FacetValue, value string) int {
	return slices.IndexFunc(values, func(v store.FacetValue) bool { return store.FoldCase(v.Value) == store.FoldCase(value) })
}
