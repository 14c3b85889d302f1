package sqlite

import (
	"context"
	"slices"

	"signpost/store"
)

// Tenants gives the tenants that wrote the stored records; see store.Store. They are the words of a column, which kinds have in
// common, so a page may ask each time.
func (db *DB) Tenants(ctx context.Context) ([]string, error) {
	var tenants []string
	err := db.read(ctx, func(*view) error {
		tenants = nil
		for _, word := range db.schema.byProp[store.TenantID].words.all() {
			tenants = append(tenants, store.FoldCase(word))
		}
		slices.Sort(tenants)
		tenants = slices.Compact(tenants)
		return nil
	})
	return tenants, err
}
