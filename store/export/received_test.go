package export_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"signpost/store"
	"signpost/store/export"
)

// Where the newest copy says what all copies say together, Azure Monitor's file has it to the letter.
func TestNewestCopyAsReceived(t *testing.T) {
	const start = `"category":"SignInLogs","properties":{"createdDateTime":"2026-11-02T08:00:00Z","userId":"u"`
	const id = `"id":"aaaaaaaa-0000-4000-8000-000000000001"`
	for _, test := range []struct{ name, copies string }{
		{"one copy", `{"time":"2026-11-02T09:00:00Z",` + start + `,` + id + `,"ownField":1.50}}`},
		{"two copies", `{"time":"2026-11-02T09:00:00Z",` + start + `,` + id + `}}` + "\n" + `{"time":"2026-11-02T10:00:00Z",` + start + `,` + id + `,"city":"x","ownField":1.50}}`},
		{"properties twice", `{"time":"2026-11-02T09:00:00Z",` + start + `,"id":"aaaaaaaa-0000-4000-8000-000000000002"},"properties":{"appId":"a",` + id + `}}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.ndjson")
			if err := os.WriteFile(path, []byte(test.copies+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			db := openStore(t)
			importPaths(t, db, path)
			lines := strings.Split(test.copies, "\n")
			if got, want := string(exported(t, db, everything(store.Interactive, export.NDJSON))), lines[len(lines)-1]+"\n"; got != want {
				t.Errorf("got  %swant %s", got, want)
			}
		})
	}
}
