package importer

import (
	"slices"
	"testing"

	"signpost/store"
)

func TestLacks(t *testing.T) {
	const v1 = `{"@odata.context":"x","id":"a","createdDateTime":"2026-11-02T08:00:00Z","userId":"u","deviceDetail":{"browser":"Edge"},"status":{"errorCode":0}}`
	lacks := Lacks([]byte(v1))
	if lacks.Export != "Microsoft Graph v1.0" || !slices.Contains(lacks.Lists, store.CollectionAuthenticationDetails) || slices.Contains(lacks.Lists, store.CollectionPolicies) {
		t.Errorf("%q lacks the lists %v", lacks.Export, lacks.Lists)
	}
	for p, want := range map[*store.Property]bool{
		store.SessionID: true, store.UserAgent: true, store.BrowserID: true, store.AuthenticationRequirement: true, store.TenantID: true,
		store.UserID: false, store.Browser: false, store.ErrorCode: false, store.City: false, store.CorrelationID: false, store.ConditionalAccessStatus: false,
	} {
		if got := slices.Contains(lacks.Properties, p); got != want {
			t.Errorf("%s is lacking: %t, want %t", p.Name, got, want)
		}
	}
	for _, doc := range []string{`{"id":"a","userAgent":""}`, azure("", created), `{}`, `[]`, `{"id":`} {
		if lacks := Lacks([]byte(doc)); lacks.Export != "" || lacks.Properties != nil || lacks.Lists != nil {
			t.Errorf("%s: %+v", doc, lacks)
		}
	}
}

// A sign-in of a source without lists of policies says that its source cannot show them.
func TestLacksPolicies(t *testing.T) {
	for name, test := range map[string]struct {
		doc, export string
		lacks       bool
	}{
		"the portal's CSV": {`{"Date (UTC)":"2026-11-02T08:00:00Z","Request ID":"a","Conditional Access":"Success"}`, "Entra admin center CSV", true},
		"Defender":         {`{"Timestamp":"2026-11-02T08:00:00Z","LogonType":"x","RequestId":"a"}`, "Microsoft Defender XDR CSV", false},
		"a mapping":        {`{"mappedTo":"interactive","id":"a","row":[{"heading":"When","property":"createdDateTime","value":"x","time":"2026-11-02T08:00:00Z"}]}`, "CSV or JSON with a mapping", true},
		"of audit records": {`{"mappedTo":"audit","id":"a","row":[]}`, "", false},
	} {
		lacks := Lacks([]byte(test.doc))
		if got := slices.Contains(lacks.Lists, store.CollectionPolicies); lacks.Export != test.export || got != test.lacks {
			t.Errorf("%s: %q lacks policies: %t", name, lacks.Export, got)
		}
	}
}
