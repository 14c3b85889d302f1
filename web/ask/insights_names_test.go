package ask

import (
	"testing"
	"time"

	"signpost/store"
)

// Neither a relying party of AD FS nor a name without an ID is an application.
func TestNoApplications(t *testing.T) {
	federated := to(4, 3, signIn(4, 0))
	federated.TokenIssuerType = "ADFederationServices"
	bare := to(5, 3, signIn(5, 0))
	bare.AppID = ""
	h := holding(t, to(1, 0, signIn(1, 0)), to(2, 2, signIn(2, 0)), federated, bare)
	now := noon.AddDate(0, 0, 20)
	q := &InsightQuery{
		Range: store.Range{From: noon.AddDate(0, 0, 10), To: now}, Now: now, Location: time.UTC, Limit: 10, Chosen: map[string]string{},
		List: Applications.Lists[1], Sort: NumberLastEver,
	}
	app, _, err := findNewest(t.Context(), h.Reader, q)
	if err != nil || app == nil || app.name != "App 2" {
		t.Errorf("the newest application is %+v, %v", app, err)
	}
	all, _, _, err := principalNumbers(t.Context(), h.Reader, q)
	if err != nil || all != 2 {
		t.Errorf("%d applications, %v, want 2", all, err)
	}
	quiet, err := listQuiet(t.Context(), h.Reader, q)
	if err != nil || quiet.Total != 3 {
		t.Errorf("%+v, %v, want App 1, App 2 and the name", quiet, err)
	}
}
