package export_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"signpost/store"
	"signpost/store/export"
)

// A list in an unread shape is in no file as an empty list: files have it as it was received.
func TestUnreadCollectionsAreAsReceived(t *testing.T) {
	const cut = `"authenticationDetails":"[{\"authenticationMethod\":\"Pass"`
	record := func(received, more string) string {
		return `{"time":"` + received + `","category":"SignInLogs","properties":{"id":"aaaaaaaa-0000-4000-8000-000000000001","createdDateTime":"2026-11-02T08:00:00Z","userId":"u",` + more + `}}` + "\n"
	}
	path := filepath.Join(t.TempDir(), "a.ndjson")
	// The later copy has the list empty, which does not replace the list that was cut off.
	text := record("2026-11-02T09:00:00Z", cut) + record("2026-11-02T10:00:00Z", `"authenticationDetails":[],"city":"x"`)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	db := openStore(t)
	importPaths(t, db, path)
	for _, format := range []export.Format{export.JSON, export.NDJSON} {
		file := string(exported(t, db, everything(store.Interactive, format)))
		if strings.Count(file, `"authenticationDetails"`) != 1 || !strings.Contains(file, cut) {
			t.Errorf("%s has\n%s", format, file)
		}
		again := reimported(t, db, format)
		r, err := again.Get(t.Context(), store.GetQuery{Ref: store.Ref{Log: store.Interactive, ID: "aaaaaaaa-0000-4000-8000-000000000001"}})
		if err != nil || !r.SignIn().IsUnread(store.CollectionAuthenticationDetails) {
			t.Errorf("%s comes back as %+v, %v", format, r.SignIn(), err)
		}
	}
}
