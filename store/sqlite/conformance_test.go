package sqlite

import (
	"os"
	"testing"

	"signpost/store/storetest"
)

// The engine answers every question as a plain loop over the same sign-ins does.
func TestConformance(t *testing.T) {
	t.Parallel()
	cases := 500
	if os.Getenv("SIGNPOST_SOAK") != "" {
		cases = 20_000
	}
	storetest.Run(t, func(t *testing.T) storetest.Engine {
		db, err := Open(t.Context(), t.TempDir(), signInsOnly, storetest.Decode)
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
