package storetest

import (
	"context"
	"slices"

	"signpost/store"
)

// Tenants gives the tenants of the records of all kinds; see store.Store.
func (p *Plain) Tenants(context.Context) ([]string, error) {
	var tenants []string
	for _, r := range p.all {
		property, ok := p.catalog.Kind(r.Entry.Head().Log).Property(store.TenantID.Name)
		if !ok {
			continue
		}
		for _, v := range r.Versions {
			if tenant := store.FoldCase(*property.Text(v.Entry)); tenant != "" && !slices.Contains(tenants, tenant) {
				tenants = append(tenants, tenant)
			}
		}
	}
	slices.Sort(tenants)
	return tenants, nil
}
