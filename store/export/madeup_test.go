package export_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"signpost/store"
	"signpost/store/export"
	"signpost/store/kinds"
	"signpost/store/storetest"
)

// Records made of the fields alone say all of them: made-up sign-ins with every field come back the same.
func TestMadeUpSignInsComeBackTheSame(t *testing.T) {
	var records []store.Record
	taken := map[store.Key]bool{}
	for _, s := range storetest.MadeUp(5, 400) {
		if !store.InReach(s.Time) {
			continue
		}
		k := store.KeyAt(s.Time)
		for ; taken[k]; k = k.Next() {
		}
		taken[k] = true
		asImported(&s, k)
		records = append(records, store.Record{Entry: s.Clone(), Key: k, Versions: []store.Version{{Entry: s.Clone(), Doc: []byte(`{}`)}}})
	}
	plain := storetest.NewPlain(kinds.Catalog, records)
	folder := t.TempDir()
	for _, info := range store.SignIns.Logs {
		r := everything(info.Log, export.NDJSON)
		if err := os.WriteFile(filepath.Join(folder, string(info.Log)+".ndjson"), exported(t, plain, r), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	db := openStore(t)
	importPaths(t, db, folder)
	if diff := cmp.Diff(events(t, plain), events(t, db)); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}

// asImported removes the values that no import gives. These are parts of a microsecond, empty texts in lists, a
// status that is none, and unread shapes, which only a document has.
func asImported(s *store.SignIn, k store.Key) {
	s.Time = k.Time()
	s.Collections = 0
	if store.SignIns.ParseStatus(s.StatedStatus) == store.StatusUnknown {
		s.StatedStatus = ""
	}
	s.SessionLifetimePolicies = slices.DeleteFunc(s.SessionLifetimePolicies, func(p store.RequirementPolicy) bool { return p == store.RequirementPolicy{} })
	if len(s.SessionLifetimePolicies) == 0 {
		s.SessionLifetimePolicies = nil
	}
	for i := range s.AuthenticationDetails {
		s.AuthenticationDetails[i].Time = s.AuthenticationDetails[i].Time.Truncate(time.Microsecond)
	}
	for i := range s.NetworkLocationDetails {
		names := &s.NetworkLocationDetails[i].Names
		*names = slices.DeleteFunc(*names, func(name string) bool { return name == "" })
	}
}
