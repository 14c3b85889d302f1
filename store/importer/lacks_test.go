package importer

import (
	"slices"
	"testing"

	"signpost/store"
)

func TestLacks(t *testing.T) {
	const v1 = `{"@odata.context":"x","id":"a","createdDateTime":"2026-11-02T08:00:00Z","userId":"u","deviceDetail":{"browser":"Edge"},"status":{"errorCode":0}}`
	export, lacking := Lacks([]byte(v1))
	if export != "Microsoft Graph v1.0" {
		t.Errorf("export is %q", export)
	}
	for p, want := range map[*store.Property]bool{
		store.SessionID: true, store.UserAgent: true, store.BrowserID: true, store.AuthenticationRequirement: true, store.TenantID: true,
		store.UserID: false, store.Browser: false, store.ErrorCode: false, store.City: false, store.CorrelationID: false, store.ConditionalAccessStatus: false,
	} {
		if got := slices.Contains(lacking, p); got != want {
			t.Errorf("%s is lacking: %t, want %t", p.Name, got, want)
		}
	}
	for _, doc := range []string{`{"id":"a","userAgent":""}`, azure("", created), `{}`, `[]`, `{"id":`} {
		if export, lacking := Lacks([]byte(doc)); export != "" || lacking != nil {
			t.Errorf("%s: %q lacks %d", doc, export, len(lacking))
		}
	}
}
