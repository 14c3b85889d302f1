package sqlite

import (
	"os"
	"testing"

	"signpost/store"
	"signpost/store/storetest"
)

// The engine answers every question as a plain loop over the same sign-ins does.
func TestConformance(t *testing.T) {
	t.Parallel()
	cases := 500
	if os.Getenv("SIGNPOST_SOAK") != "" {
		cases = 20_000
	}
	conformOver(t, signInsOnly, cases)
}

// A kind that storetest makes up stands beside sign-ins, in both orders. Nothing of the engine knows it.
func TestConformanceOfTwoKinds(t *testing.T) {
	for name, catalog := range map[string]store.Catalog{
		"sign-ins first": store.NewCatalog(store.SignIns, storetest.Errands()),
		"errands first":  store.NewCatalog(storetest.Errands(), store.SignIns),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cases := 240
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
