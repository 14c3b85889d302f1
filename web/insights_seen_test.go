package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"signpost/store/access"
	"signpost/store/importer"
)

// The access log names whoever a row of resets names: the target too, where the record has nobody else.
func TestTargetsOfResetsAreRecorded(t *testing.T) {
	l := newLookedHouse(t)
	const reset = `{"time":"2026-11-22T03:00:00Z","category":"AuditLogs","tenantId":"t1","properties":{"id":"reset-1","activityDateTime":"2026-11-22T03:00:00Z",
		"activityDisplayName":"Reset password (by admin)","category":"UserManagement","result":"success","loggedByService":"Core Directory","initiatedBy":{"app":{"displayName":"Sync"}},
		"targetResources":[{"type":"User","id":"7a7a7a7a-0000-4000-8000-000000000001","userPrincipalName":"tara@example.com","displayName":"Tara Example"}]}}`
	report, err := importer.New(l.db, importer.Options{}).Reader(t.Context(), "audit.json", strings.NewReader(strings.ReplaceAll(reset, "\n", "")))
	if err != nil || report.New != 1 {
		t.Fatalf("%+v, %v", report, err)
	}
	heard := new(heardLog)
	l.server.Access = heard
	reader := l.as(l.readers[3])
	for _, path := range []string{"/insights/authentication?tab=events&", "/insights/authentication.csv?tab=events&"} {
		page := reader.get(path + lookedDay)
		page.expect(t, path, http.StatusOK, "")
		if !strings.Contains(page.body, "Tara Example") {
			t.Errorf("%s does not name the target", path)
		}
		want := access.Subject{ID: "7a7a7a7a-0000-4000-8000-000000000001", Username: "tara@example.com", Name: "Tara Example"}
		if got := heard.last; !slices.Contains(got.Subjects, want) || got.Rows.N != 1 {
			t.Errorf("%s: the access log has %+v of %v rows", path, got.Subjects, got.Rows)
		}
	}
}
