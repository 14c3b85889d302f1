package export_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/export"
)

// withheldRecord is a copy of one sign-in.
func withheldRecord(ingested, conditionalAccess, reason string) string {
	return `{"time":"` + ingested + `","category":"SignInLogs","properties":{"id":"aaaaaaaa-0000-4000-8000-000000000001","createdDateTime":"2026-11-21T10:00:00Z","userId":"u","conditionalAccessStatus":"` +
		conditionalAccess + `","newField":1,"status":{"errorCode":50126,"failureReason":"` + reason + `"}}}` + "\n"
}

func storeWithCopies(t *testing.T, copies ...string) *datafolder.Folder {
	t.Helper()
	db := openStore(t)
	for i, record := range copies {
		path := filepath.Join(t.TempDir(), string(rune('a'+i))+".ndjson")
		if err := os.WriteFile(path, []byte(record), 0o600); err != nil {
			t.Fatal(err)
		}
		importPaths(t, db, path)
	}
	return db
}

// A download without Conditional Access data hides that this data changed, as if only the last copy existed.
func TestDownloadsDoNotTellThatWithheldDataChanged(t *testing.T) {
	first, second := withheldRecord("2026-11-21T10:01:00Z", "notApplied", "Other."), withheldRecord("2026-11-21T10:05:00Z", "success", "Other.")
	both, last := storeWithCopies(t, first, second), storeWithCopies(t, second)
	for _, format := range []export.Format{export.NDJSON, export.JSON, export.CSV} {
		request := everything(store.Interactive, format)
		request.Withheld = noConditionalAccess
		if got, want := exported(t, both, request), exported(t, last, request); !bytes.Equal(got, want) || len(got) == 0 {
			t.Errorf("%s: two copies give\n%s, want what one gives:\n%s", format.Path(), got, want)
		}
	}
	other := storeWithCopies(t, withheldRecord("2026-11-21T10:01:00Z", "notApplied", ""), second)
	request := everything(store.Interactive, export.NDJSON)
	request.Withheld = noConditionalAccess
	if got := string(exported(t, other, request)); strings.Contains(got, "conditionalAccess") || !strings.Contains(got, `"newField":1`) {
		t.Errorf("copies that differ in more give %s", got)
	}
}

// The list of imports in a bundle without the data does not count changed copies: they may have changed only that
// data.
func TestEvidenceDoesNotCountChangesOfWithheldData(t *testing.T) {
	db := storeWithCopies(t, withheldRecord("2026-11-21T10:01:00Z", "notApplied", "Other."), withheldRecord("2026-11-21T10:05:00Z", "success", "Other."))
	for _, may := range []bool{true, false} {
		request := everything(store.Interactive, export.Evidence)
		if request.Imports = db; !may {
			request.Withheld = noConditionalAccess
		}
		files, _ := unpacked(t, exported(t, db, request))
		var imports []map[string]any
		if err := json.Unmarshal(files["imports.json"], &imports); err != nil || len(imports) != 2 {
			t.Fatalf("%d imports, %v", len(imports), err)
		}
		_, updated := imports[1]["updated"]
		_, same := imports[1]["same"]
		known, isKnown := imports[1]["known"]
		if updated != may || same != may || isKnown == may || isKnown && known != float64(1) {
			t.Errorf("with the right %v: the second import is told as %v", may, imports[1])
		}
	}
}
