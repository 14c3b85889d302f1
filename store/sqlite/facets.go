package sqlite

import (
	"context"
	"fmt"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// Facets counts the values of fields; see store.Store. Fields with the same filter are counted in one scan.
func (db *DB) Facets(ctx context.Context, q store.FacetsQuery) ([]store.Facet, error) {
	asked, err := db.question(q.ListQuery)
	if err != nil {
		return nil, err
	}
	for _, f := range q.Fields {
		if !f.Facetable() {
			return nil, fmt.Errorf("%s: %w", f.Name, store.ErrNoFacet)
		}
	}
	if err := asked.table.info.Refuse(store.Filter{}, q.Fields...); err != nil {
		return nil, err
	}
	facets := make([]store.Facet, len(q.Fields))
	err = db.read(ctx, func(v *view) error {
		counts := make([]*facetCount, len(q.Fields))
		scans := map[string][]*facetCount{}
		filters := map[string]store.Filter{}
		for i, f := range q.Fields {
			filter := q.Filter
			if q.IgnoreOwn {
				filter = filter.WithoutField(f)
			}
			counts[i] = v.newFacetCount(ctx, f, &asked, filter)
			defer counts[i].free()
			if err := ctx.Err(); err != nil {
				return err
			}
			filter = counts[i].rowFilter(filter)
			name := filter.Values().Encode()
			scans[name], filters[name] = append(scans[name], counts[i]), filter
		}
		for name, some := range scans {
			asked.filter = filters[name]
			if err := v.countFacets(ctx, asked, some); err != nil {
				return fmt.Errorf("count %s sign-ins by value: %w", asked.table.log, err)
			}
		}
		for i, c := range counts {
			if err := ctx.Err(); err != nil {
				return err
			}
			facets[i] = c.facet(q.Top, "")
			facets[i].Complete = v.complete(asked)
		}
		return nil
	})
	return facets, err
}

// Values gives the values of a field that hold a text; see store.Store.
func (db *DB) Values(ctx context.Context, q store.ValuesQuery) (store.Facet, error) {
	asked, err := db.question(q.ListQuery)
	if err != nil {
		return store.Facet{}, err
	}
	if !q.Field.Facetable() {
		return store.Facet{}, fmt.Errorf("%s: %w", q.Field.Name, store.ErrNoFacet)
	}
	if err := asked.table.info.Refuse(store.Filter{}, q.Field); err != nil {
		return store.Facet{}, err
	}
	filter := q.Filter.WithoutField(q.Field)
	var facet store.Facet
	err = db.read(ctx, func(v *view) error {
		c := v.newFacetCount(ctx, q.Field, &asked, filter)
		defer c.free()
		asked.filter = c.rowFilter(filter)
		if err := v.countFacets(ctx, asked, []*facetCount{c}); err != nil {
			return fmt.Errorf("look for values among %s sign-ins: %w", asked.table.log, err)
		}
		facet = c.facet(q.Top, store.FoldCase(q.Text))
		facet.Complete = v.complete(asked)
		return nil
	})
	return facet, err
}

// countFacets counts the rows of a question for some fields.
func (v *view) countFacets(ctx context.Context, asked question, counts []*facetCount) error {
	p, err := v.plan(ctx, &asked)
	if err != nil {
		return err
	}
	p.keepFewOf(asked)
	return v.each(ctx, asked, p, func() worker {
		own := make([]*facetCount, len(counts))
		for i, c := range counts {
			own[i] = c.forWorker()
		}
		return worker{
			inPieces: true,
			answer: func(s source, selected func() (*segment.Selection, error), counter *segment.Counter) error {
				for _, c := range own {
					if err := ctx.Err(); err != nil {
						return err
					}
					if err := c.count(s, asked, selected, counter); err != nil {
						return err
					}
				}
				return nil
			},
		}
	})
}
