package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"signpost/store"
	"signpost/views"
	"signpost/web/ask"
)

// maxUncommonChoices bounds the values of one facet's filter that are counted one by one, because they are not among the most frequent
// ones. The others are shown without a number.
const maxUncommonChoices = 10

// maxChoices bounds the number of such values that a facet shows: the conditions above the list show all of them.
const maxChoices = 20

// These parameters open facets next to a list. They are no part of the list's state.
const (
	facetParam = "facet" // FIELD, repeated: its facet is open
	moreParam  = "more"  // FIELD: its facet is open and shows more values
	amongParam = "among" // typed: a text that those values contain
)

var facetParams = []string{facetParam, moreParam, amongParam}

// splitFacets separates the parameters of facets from the rest of an address.
func splitFacets(params url.Values) (rest, facets url.Values) { return splitNamed(params, facetParams) }

// facetsPanel gives the panel as its viewer left it, with no facets in it yet. The viewer may have lost a right since. It does not name
// to the viewer a facet that needs this right.
func (s *Server) facetsPanel(v Viewer) *views.FacetsPanel {
	told := func(names []string) []string {
		return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
			fields := s.Store.Catalog().FieldsNamed(name)
			return len(fields) == 0 || slices.ContainsFunc(fields, func(f *store.Field) bool { return !v.MaySee(f.Class) })
		})
	}
	kept := v.Preferences
	return &views.FacetsPanel{Hidden: kept.FacetsHidden, Closed: told(kept.ClosedFacets), Opened: told(kept.OpenFacets)}
}

// openFacets reads the facets that the address opens into the panel, and reports wrong parameters.
func openFacets(panel *views.FacetsPanel, page *views.LogPage, asked url.Values) {
	bad := func(param, problem string) {
		page.Bad = append(page.Bad, store.BadParam{Param: param, Value: strings.Join(asked[param], ", "), Problem: problem})
	}
	for _, param := range []string{moreParam, amongParam} {
		if len(asked[param]) > 1 {
			bad(param, "is given more than once. Keep one.")
		}
	}
	for _, param := range []string{facetParam, moreParam} {
		for _, name := range asked[param] {
			field, ok := facetNamed(page.List, name)
			if !ok {
				bad(param, "is not a facet of this log. Take it out of the address.")
				return
			}
			if !slices.Contains(panel.Asked, field) {
				panel.Asked = append(panel.Asked, field)
			}
			if param == moreParam {
				panel.More = field
			}
		}
	}
	panel.Among = strings.TrimSpace(asked.Get(amongParam))
}

// fillFacets asks for the values of the facets that are open.
func (s *Server) fillFacets(ctx context.Context, reader snapshot, page *views.LogPage) error {
	facets := page.AllFacets()
	if err := s.countFacets(ctx, reader, aroundQuery(page), facets); err != nil {
		return err
	}
	page.Facets.Facets = facets
	return nil
}

// countFacets counts the values of the open facets. It asks for many more values of the fields that the filter names, because the chosen
// values may be rare. Each of these fields is counted with a filter of its own in any case.
func (s *Server) countFacets(ctx context.Context, reader snapshot, q store.ListQuery, facets []views.Facet) error {
	var named, others []*store.Field
	found := map[*store.Field]store.Facet{}
	for _, f := range facets {
		switch {
		case f.Closed:
		case f.Among != "": // asked for below
		case f.More, len(choices(q.Filter, f.Field)) > 0:
			named = append(named, f.Field)
		default:
			others = append(others, f.Field)
		}
	}
	for _, part := range []struct {
		fields []*store.Field
		top    int
	}{{others, views.FacetTop}, {named, store.MaxTop}} {
		if len(part.fields) == 0 {
			continue
		}
		counted, err := reader.Facets(ctx, store.FacetsQuery{ListQuery: q, Fields: part.fields, Top: part.top, IgnoreOwn: true})
		if err != nil {
			return err
		}
		for _, f := range counted {
			found[f.Field] = f
		}
	}
	for i, f := range facets {
		var err error
		switch {
		case f.Closed:
		case f.Among != "": // last, because a search can be slow: the others do not wait for it
			var among store.Facet
			among, err = findValues(ctx, reader, store.ValuesQuery{ListQuery: q, Field: f.Field, Text: f.Among, Top: views.FacetMoreTop})
			if err == nil {
				facets[i].Facet = among
			}
			err = inPlace(ctx, reader.Reader, "facets", err, &facets[i].Trouble)
		default:
			facets[i], err = s.facet(ctx, reader, q, f, found[f.Field])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// These elements are replaced by a facet, and by the values of an unfolded facet.
const (
	facetTarget       = "facet-"
	facetValuesTarget = "facet-values-"
)

// facetOfTarget gives the field of the facet, or of the values, that a fragment replaces; ok is false for any other fragment.
func facetOfTarget(list views.List, target string) (field *store.Field, ok bool) {
	name, ok := strings.CutPrefix(target, facetTarget)
	if !ok {
		return nil, false
	}
	return facetNamed(list, strings.TrimPrefix(name, facetValuesTarget[len(facetTarget):]))
}

// facetNamed gives a field that can have a facet next to the list.
func facetNamed(list views.List, name string) (field *store.Field, ok bool) {
	field, ok = list.Kind().Field(name)
	return field, ok && field.Facetable() && field.AppliesTo(list.Info())
}

// oneFacet answers with one open facet only, or only with its values.
func (s *Server) oneFacet(ctx context.Context, reader snapshot, c echo.Context, page views.LogPage, field *store.Field) error {
	if !viewer(c).MaySee(field.Class) {
		return refusedClass(field.Class)
	}
	facets := []views.Facet{page.Facets.Open(field)}
	err := ask.Together(ctx, func(ctx context.Context) error {
		err := s.countFacets(ctx, reader, aroundQuery(&page), facets)
		return inPlace(ctx, reader.Reader, "facets", err, &facets[0].Trouble)
	})
	if err != nil {
		return err
	}
	if err := s.recordValues(c, &page, facetParam, field, facets[0].Among); err != nil {
		return err
	}
	page.Facets.Asked = nil // the page's own address opens the others
	if strings.HasPrefix(fragmentTarget(c.Request()), facetValuesTarget) {
		return render(c, http.StatusOK, views.FacetFound(page, facets[0]))
	}
	return render(c, http.StatusOK, views.OneFacet(page, facets[0]))
}

// choices are the values of a field that the filter wants or excludes.
func choices(filter store.Filter, f *store.Field) []string {
	var values []string
	for _, c := range filter.Conditions() {
		if c.Field == f && (c.Op == store.OpIs || c.Op == store.OpIsNot) {
			values = append(values, c.Values...)
		}
	}
	return values
}

// facet keeps the most frequent values, and the chosen ones with their numbers.
func (s *Server) facet(ctx context.Context, reader snapshot, q store.ListQuery, facet views.Facet, found store.Facet) (views.Facet, error) {
	top := views.FacetTop
	if facet.More {
		top = views.FacetMoreTop
	}
	facet.Facet = found
	facet.Values = found.Values[:min(top, len(found.Values))]
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

// countChoice counts the sign-ins that a value alone would find. Perhaps no facet lists the value: a network of addresses, say, or
// somebody's name where the facet goes by ID.
func (s *Server) countChoice(ctx context.Context, reader snapshot, q store.ListQuery, f *store.Field, value string) (int64, error) {
	q.Filter = q.Filter.WithoutField(f).With(f, store.OpIs, value)
	total, err := reader.Total(ctx, q)
	return total.N, err
}

func indexOfValue(values []store.FacetValue, value string) int {
	return slices.IndexFunc(values, func(v store.FacetValue) bool { return store.FoldCase(v.Value) == store.FoldCase(value) })
}
