package web

import (
	"context"
	"errors"
	"slices"
	"strings"

	"signpost/store"
	"signpost/views"
	"signpost/web/ask"
)

// fillGroupFilter finds the groups that the filter names. A group that was not imported is an error of the address, and is
// reported next to the filter. An empty list would look like an answer.
func (s *Server) fillGroupFilter(ctx context.Context, reader snapshot, page *views.LogPage) error {
	refuse := func(c store.Condition, id, problem string) {
		page.Bad = append(page.Bad, store.BadParam{Param: c.Param(), Value: id, Problem: problem})
		page.Query.Filter = page.Query.Filter.Without(c.Field, c.Op, id)
	}
	for _, c := range page.Query.Filter.Conditions() {
		if !c.Field.Members {
			continue
		}
		if c.Field.Object != store.ObjectGroup {
			if err := s.fillDepartmentFilter(ctx, reader, page, c); err != nil {
				return err
			}
			continue
		}
		for _, id := range c.Values {
			if len(page.Groups) == maxNames { // the engine itself refuses those beyond
				return nil
			}
			var info store.MembershipInfo
			err := ask.Together(ctx, func(ctx context.Context) (err error) {
				info, err = reader.Membership(ctx, id)
				return err
			})
			switch {
			case errors.Is(err, store.ErrNotFound):
				refuse(c, id, store.NoSuchGroup)
			case err != nil:
				return err
			case info.AsOf.IsZero():
				refuse(c, id, store.NoMembers)
			default:
				page.Groups = append(page.Groups, info)
			}
		}
	}
	return nil
}

// fillDepartmentFilter finds the departments that a condition names, as fillGroupFilter does groups.
func (s *Server) fillDepartmentFilter(ctx context.Context, reader snapshot, page *views.LogPage, c store.Condition) error {
	var known []store.Department
	err := ask.Together(ctx, func(ctx context.Context) (err error) {
		known, err = reader.Departments(ctx)
		return err
	})
	for _, name := range c.Values {
		i := slices.IndexFunc(known, func(d store.Department) bool { return store.FoldCase(d.Name) == store.FoldCase(name) })
		if i < 0 {
			page.Bad = append(page.Bad, store.BadParam{Param: c.Param(), Value: name, Problem: store.NoSuchDepartment})
			page.Query.Filter = page.Query.Filter.Without(c.Field, c.Op, name)
			continue
		}
		page.Departments = append(page.Departments, known[i])
	}
	return err
}

// offerDepartments lets the picker offer the departments that have a text in their names.
func offerDepartments(ctx context.Context, reader snapshot, p *views.Picker) error {
	known, err := reader.Departments(ctx)
	p.Facet = &store.Facet{Field: p.Field, Complete: true}
	for _, d := range known {
		if strings.Contains(store.FoldCase(d.Name), store.FoldCase(strings.TrimSpace(p.Find))) {
			if p.Facet.Distinct++; len(p.Facet.Values) < pickerTop {
				p.Facet.Values = append(p.Facet.Values, store.FacetValue{Value: d.Name, Label: d.Name, N: d.N})
			}
		}
	}
	return err
}

// offerGroups lets the picker offer groups by name, because the logs have no values of the field. The groups with the most
// sign-ins in the range come first.
func (s *Server) offerGroups(ctx context.Context, reader snapshot, p *views.Picker, within store.Range) error {
	found, err := reader.Entities(ctx, store.EntitiesQuery{
		Kind: store.ObjectGroup, Range: within, Text: p.Find, Sort: store.SortSignIns, Limit: pickerTop,
	})
	if errors.Is(err, store.ErrTooSlow) {
		p.TooSlow = true
		return nil
	}
	p.Facet = &store.Facet{Field: p.Field, Complete: found.Complete, Distinct: found.Total}
	for _, r := range found.Rows {
		p.Facet.Values = append(p.Facet.Values, store.FacetValue{Value: r.ID, Label: r.Name, N: r.Members})
	}
	return err
}
