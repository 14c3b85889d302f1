package storetest

import (
	"testing"

	"signpost/store"
	"signpost/store/kinds"
)

// A value that a facet counts a record for finds the record, whatever its kind.
func TestFacetValuesFindTheirRecords(t *testing.T) {
	for _, kind := range kinds.Catalog {
		records := MadeUpOf(kind, 3, 500)
		if kind == store.SignIns {
			records = nil
			for _, s := range MadeUp(3, 500) {
				records = append(records, Copy(s))
			}
		}
		asked := 0
		for _, field := range facetable(kind) {
			for _, r := range records {
				for _, value := range field.EventValues(r.Entry) {
					asked++
					if filter := (store.Filter{}).With(field, store.OpIs, value); !filter.Match(r.Entry) {
						t.Fatalf("%s=%q of %s does not find %v", field.Name, value, kind.Many, WordEntry(kind, r.Entry, true))
					}
				}
			}
		}
		if asked < 5000 {
			t.Errorf("%d values of %s", asked, kind.Many)
		}
	}
}
