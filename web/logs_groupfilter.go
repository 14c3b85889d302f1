package web

import (
	"context"
	"errors"

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
