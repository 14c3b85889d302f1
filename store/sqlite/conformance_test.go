package sqlite

import (
	"os"
	"testing"

	"signpost/store"
	"signpost/store/audit"
	"signpost/store/kinds"
	"signpost/store/storetest"
)

// The engine answers every question as a plain loop over the same sign-ins does.
func TestConformance(t *testing.T) {
	t.Parallel()
	cases := 240
	if os.Getenv("SIGNPOST_SOAK") != "" {
		cases = 20_000
	}
	conformOver(t, signInsOnly, cases)
}

// Several kinds stand in one store: those of the program, and one that storetest makes up and that nothing of the engine knows.
// Each may be the first.
func TestConformanceOfKinds(t *testing.T) {
	errands := storetest.Errands
	for name, catalog := range map[string]store.Catalog{
		"of the program": kinds.Catalog,
		"errands first":  store.NewCatalog(errands(), store.SignIns, audit.Kind),
		"audit first":    store.NewCatalog(audit.Kind, errands(), store.SignIns),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cases := 120
			if os.Getenv("SIGNPOST_SOAK") != "" {
				cases = 5_000
			}
			conformOver(t, catalog, cases)
		})
	}
}

func conformOver(t *testing.T, catalog store.Catalog, cases int) {
	storetest.Run(t, func(t *testing.T) storetest.Engine {
		db, err := Open(t.Context(), t.TempDir(), catalog, storetest.Decoder(catalog))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
		return beside(t, db)
	}, cases)
}
