package export_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"signpost/store"
	"signpost/store/export"
)

// Each file of a few sign-ins equals the one in testdata byte for byte. SIGNPOST_UPDATE writes them.
func TestGoldenFiles(t *testing.T) {
	db := openStore(t)
	importPaths(t, db, "testdata/received.ndjson")
	for name, change := range map[string]func(*export.Request){
		"interactive.csv":             func(*export.Request) {},
		"interactive-withheld.csv":    func(r *export.Request) { r.Withheld = noConditionalAccess },
		"interactive-events.csv":      func(r *export.Request) { r.Query.AllEvents = true },
		"interactive-steps.csv":       func(r *export.Request) { r.Part = export.AuthDetails },
		"noninteractive.csv":          func(r *export.Request) { r.Query.Log = store.NonInteractive },
		"serviceprincipal.csv":        func(r *export.Request) { r.Query.Log = store.ServicePrincipal },
		"managedidentity.csv":         func(r *export.Request) { r.Query.Log = store.ManagedIdentity },
		"interactive.json":            func(r *export.Request) { r.Format = export.JSON },
		"interactive-withheld.json":   func(r *export.Request) { r.Format, r.Withheld = export.JSON, noConditionalAccess },
		"noninteractive.json":         func(r *export.Request) { r.Query.Log, r.Format = store.NonInteractive, export.JSON },
		"interactive.ndjson":          func(r *export.Request) { r.Format = export.NDJSON },
		"interactive-withheld.ndjson": func(r *export.Request) { r.Format, r.Withheld = export.NDJSON, noConditionalAccess },
		"managedidentity.ndjson":      func(r *export.Request) { r.Query.Log, r.Format = store.ManagedIdentity, export.NDJSON },
	} {
		t.Run(name, func(t *testing.T) {
			r := everything(store.Interactive, export.CSV)
			change(&r)
			got := exported(t, db, r)
			path := filepath.Join("testdata", name)
			if os.Getenv("SIGNPOST_UPDATE") != "" {
				if err := os.WriteFile(path, got, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if r.Withheld != 0 && bytes.Contains(bytes.ToLower(got), []byte("conditionalaccess")) {
				t.Error("the file holds Conditional Access data")
			}
		})
	}
}

func TestOwnDataComesBackTheSame(t *testing.T) {
	db := openStore(t)
	importPaths(t, db, "testdata/received.ndjson")
	checkRoundTrip(t, db)
}
