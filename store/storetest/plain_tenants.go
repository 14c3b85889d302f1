package storetest

import (
	"context"
	"slices"

	"signpost/store"
)

// Tenants gives the tenants of the sign-ins; see store.Store.
func (p *Plain) Tenants(context.Context) ([]string, error) {
	var tenants []string
	for _, s := range p.signIns() {
		if tenant := store.FoldCase(s.TenantID); tenant != "" && !slices.Contains(tenants, tenant) {
			tenants = append(tenants, tenant)
		}
	}
	slices.Sort(tenants)
	return tenants, nil
}
