package sqlite

import (
	"testing"

	"signpost/store"
)

func TestEveryPropertyOfIDsHasItsColumn(t *testing.T) {
	kind := newSchema(signInsOnly).kinds[0]
	for _, f := range store.SignIns.Fields() {
		if !f.Unique {
			continue
		}
		if len(f.Properties) != 1 || !f.Properties[0].Unique {
			t.Errorf("%s compares %d properties, want one of ids alone", f.Name, len(f.Properties))
			continue
		}
		if column := kind.idColumn(f.Properties[0]); column.name == "" || column.encode == nil || column.span == nil {
			t.Errorf("%s has no column of ids", f.Name)
		}
	}
}
