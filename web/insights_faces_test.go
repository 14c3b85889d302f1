package web

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"signpost/store/importer"
)

// importText imports a file.
func (l *lookedHouse) importText(t *testing.T, name, text string) {
	t.Helper()
	report, err := importer.New(l.db, importer.Options{}).Reader(t.Context(), name, strings.NewReader(text))
	if err != nil || report.New == 0 || report.RejectedTotal > 0 {
		t.Fatalf("%s: %+v, %v", name, report, err)
	}
}

// csvRows gives the rows of a CSV file by their IDs, each with its cells by their headings.
func csvRows(t *testing.T, text string) map[string]map[string]string {
	t.Helper()
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff"))).ReadAll()
	if err != nil || len(lines) == 0 {
		t.Fatalf("%v\n%s", err, text)
	}
	rows := map[string]map[string]string{}
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, heading := range lines[0] {
			row[heading] = line[i]
		}
		rows[row["ID"]] = row
	}
	return rows
}

// Files of principals have the last use, of any outcome, and the last success. Every file names the tenant.
func TestFilesOfPrincipalsHaveTheLastSuccess(t *testing.T) {
	l := newLookedHouse(t)
	last, success := map[string]string{}, map[string]string{}
	for n := range 60 {
		app, at := fmt.Sprintf("a%d", n%4), time.Date(2026, 11, 22, 1, n, 0, 0, time.UTC).Format(time.RFC3339)
		if last[app] = at; n%3 < 2 {
			success[app] = at
		}
	}
	page := l.as(l.readers[0]).get("/insights/principals.csv?" + lookedDay)
	page.expect(t, "the file", http.StatusOK, "")
	rows := csvRows(t, page.body)
	for app := range last {
		row := rows[app]
		if row["Last use (UTC)"] != last[app] || row["Last use with success (UTC)"] != success[app] || row["People, as client with success (UTC)"] != success[app] || row["By itself, as client with success (UTC)"] != "" {
			t.Errorf("%s: %v, want the last use %s and success %s", app, row, last[app], success[app])
		}
		if row["Tenant ID"] != "t1" {
			t.Errorf("%s is of the tenant %q", app, row["Tenant ID"])
		}
	}
	if len(rows) != len(last) || last["a1"] == success["a1"] && last["a2"] == success["a2"] && last["a3"] == success["a3"] {
		t.Errorf("%d rows, want %d, and some whose last use failed", len(rows), len(last))
	}
	if json := l.as(l.readers[0]).get("/insights/principals.json?" + lookedDay).body; strings.Count(json, `"lastSuccessfulSignInDateTime"`) < len(last) {
		t.Errorf("the JSON file has no last success: %s", json)
	}
}

// The file of credentials has the ID of each application, also where it has a name. A list that the range does not narrow does not
// speak of the range. A document names the tenant.
func TestFacesOfCredentials(t *testing.T) {
	l := newLookedHouse(t)
	const key = "7e7e7e7e-0000-4000-8000-000000000001"
	l.importText(t, "principals.json", `{"time":"2026-11-22T02:00:00Z","category":"ServicePrincipalSignInLogs","tenantId":"t1","properties":{"id":"0000b000-0000-4000-8000-000000000001","createdDateTime":"2026-11-22T02:00:00Z","servicePrincipalId":"5e5e5e5e-0000-4000-8000-000000000001","servicePrincipalName":"Backup","appId":"app-of-backup","appDisplayName":"Nightly backup","servicePrincipalCredentialKeyId":"`+key+`","ipAddress":"192.0.2.9","status":{"errorCode":0}}}`)
	reader := l.as(l.readers[0])
	if row := csvRows(t, reader.get("/insights/credentials.csv?"+lookedDay).body)[key]; row["Application"] == "" || row["Application ID"] != "app-of-backup" || row["Tenant ID"] != "t1" {
		t.Errorf("the credential is %v", row)
	}
	for _, path := range []string{"/insights/credentials?list=ended&", "/insights/credentials.html?list=ended&", "/insights/credentials?list=calendar&"} {
		page := reader.get(path + lookedDay)
		page.expect(t, path, http.StatusOK, "")
		if strings.Contains(page.body, "in this range, with this filter") || !strings.Contains(page.body, "There is none with these choices, whatever the range.") {
			t.Errorf("%s speaks of the range", path)
		}
	}
	if page := reader.get("/insights/applications.html?" + lookedDay); !strings.Contains(squeeze(page.body), "<dt>Tenant</dt> <dd>t1</dd>") && !strings.Contains(page.body, "<dt>Tenant</dt><dd>t1</dd>") {
		t.Error("the document does not name the tenant")
	}
	if page := reader.get("/insights/adfs?" + lookedDay); !strings.Contains(page.body, "There is none in this range, with this filter.") {
		t.Error("a list of records does not speak of the range")
	}
}

// A place that leads nowhere is refused, whether or not there is a directory.
func TestBadPlaceWithoutADirectory(t *testing.T) {
	l := newLookedHouse(t)
	reader := l.as(l.readers[0])
	reader.get("/insights/applications?list=never&"+lookedDay).expect(t, "the first page", http.StatusOK, "")
	reader.get("/insights/applications?list=never&after=WzEsIngiXQ&"+lookedDay).expect(t, "a bad place", http.StatusBadRequest, "")
}

// The bars by method count the imported report alone, and say so where they stand.
func TestBarsOfEventsSayWhatTheyCount(t *testing.T) {
	l := newLookedHouse(t)
	l.importText(t, "usage.json", `{"@odata.context":"https://graph.microsoft.com/beta/$metadata#Collection(microsoft.graph.userCredentialUsageDetails)","value":[
		{"id":"use-1","feature":"registration","userPrincipalName":"p1@example.com","userDisplayName":"Person 1","isSuccess":true,"authMethod":"email","failureReason":"","eventDateTime":"2026-11-22T02:00:00Z"},
		{"id":"use-2","feature":"reset","userPrincipalName":"p2@example.com","userDisplayName":"Person 2","isSuccess":true,"authMethod":"mobileSMS","failureReason":"","eventDateTime":"2026-11-22T03:00:00Z"}]}`)
	for _, path := range []string{"/insights/authentication?tab=events&", "/insights/authentication.html?tab=events&"} {
		page := l.as(l.readers[0]).page(path + lookedDay)
		if got := page.Find(`[data-testid="bars"] caption`).Text(); !strings.Contains(got, "imported report") || !strings.Contains(got, "Audit records are not among them") {
			t.Errorf("%s: the bars are %q", path, got)
		}
	}
}
