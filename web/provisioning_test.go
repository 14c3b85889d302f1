package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/auth"
	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/store/provisioning"
)

const (
	provisioningDay = "?from=2026-11-28T00:00:00Z&to=2026-11-29T00:00:00Z"
	provisionedAda  = "50000000-0000-4000-8000-000000000001"
	harbourPortal   = "b0000000-0000-4000-8000-000000000001"
	failedID        = "90000000-0000-4000-8000-000000000001"
	theReason       = "The target has an account with the user name ada@harbour.example already (409)."
)

// enumProvisioning is a provisioning record with a value of each enumeration.
func enumProvisioning(n int) store.Record {
	r := provisioning.Kind.NewOf(store.Head{Log: provisioning.Log, ID: testID(70000 + n), Time: pageNow.Add(-time.Duration(n+1) * time.Minute), Ingested: pageNow}).(*provisioning.Record)
	for _, p := range provisioning.Kind.Properties {
		if p.Enumeration != nil && p.Text != nil {
			*p.Text(r) = valueOf(p.Enumeration, n)
		}
	}
	r.Identity.ID, r.Identity.Name, r.Error.Code = "person", "Kim", "EntryConflict"
	for i, kind := range provisioning.StepTypes.Values {
		r.Steps = append(r.Steps, provisioning.Step{Name: "EntryStep", Type: kind, Status: valueOf(provisioning.Results, n+i), Description: "Done"})
	}
	return store.Record{Entry: r, Key: store.KeyAt(r.Head().Time), Versions: []store.Version{{Entry: r.Clone(), Doc: []byte(`{}`)}}}
}

// provisioned gives a made-up record of the specification, as it is or with other members.
func provisioned(t *testing.T, name string, members map[string]any) map[string]any {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "store", "provisioning", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var record map[string]any
	if err := json.Unmarshal(text, &record); err != nil {
		t.Fatal(err)
	}
	for key, value := range members {
		record[key] = value
	}
	return record
}

// provisioningHouse is a portal with a failed, a skipped and a successful record, and one in Azure Monitor's other spelling.
func provisioningHouse(t *testing.T) *house {
	t.Helper()
	folder := t.TempDir()
	var db *datafolder.Folder
	h := newHouseIn(t, folder, importer.Decoder(kinds.Catalog), func(c *Config) {
		db = c.Store.(*datafolder.Folder)
		c.Directory, c.PastImports = db, db
	})
	graph := func(id, hour, status string) map[string]any {
		return provisioned(t, "graph.json", map[string]any{
			"id": id, "changeId": "c1c1c1c1-0000-4000-8000-0000000000" + hour, "activityDateTime": "2026-11-28T" + hour + ":00:00Z",
			"provisioningStatusInfo": map[string]any{"status": status, "errorInformation": nil},
		})
	}
	group := graph("90000000-0000-4000-8000-000000000004", "12", "success")
	group["sourceIdentity"] = map[string]any{"id": groupOfLogs, "displayName": "Dockers", "identityType": "Group"}
	var lines strings.Builder
	for _, record := range []map[string]any{
		provisioned(t, "graph.json", nil), graph("90000000-0000-4000-8000-000000000002", "10", "skipped"), graph("90000000-0000-4000-8000-000000000003", "11", "success"), group,
		provisioned(t, "azure-monitor-names.json", nil),
	} {
		line, err := json.Marshal(record)
		if err != nil {
			t.Fatal(err)
		}
		lines.Write(append(line, '\n'))
	}
	report, err := importer.New(db, importer.Options{}).Reader(t.Context(), "provisioning.json", strings.NewReader(lines.String()))
	if err != nil || report.New != 4 || report.Updated != 1 {
		t.Fatalf("%+v, %v", report, err)
	}
	for name, role := range map[string]auth.Role{"ada": auth.RoleGlobalAdministrator, "rita": auth.RoleReportsReader, "attr": auth.RoleAttributeLogReader, "cara": auth.RoleConditionalAccessAdministrator, "kari": auth.RoleUser} {
		h.add(name, role)
	}
	return h
}

// Everybody who reads the tenant's logs reads this one. Nobody else learns of it.
func TestWhoSeesTheProvisioningLog(t *testing.T) {
	t.Parallel()
	h := provisioningHouse(t)
	for name, want := range map[string]int{"ada": http.StatusOK, "rita": http.StatusOK, "attr": http.StatusForbidden, "cara": http.StatusForbidden, "kari": http.StatusForbidden} {
		v := h.as(name)
		for _, path := range []string{"/logs/provisioning" + provisioningDay, "/logs/provisioning/" + failedID, "/logs/provisioning/export.csv" + provisioningDay, "/logs/provisioning/export.ndjson" + provisioningDay, "/users/" + provisionedAda} {
			if got := v.get(path); got.StatusCode != want {
				t.Errorf("%s as %s: %d, want %d", path, name, got.StatusCode, want)
			}
		}
		for _, path := range []string{"/", "/me", "/help"} {
			if body := v.get(path).body; want != http.StatusOK && path != "/help" && strings.Contains(body, "/logs/provisioning") {
				t.Errorf("%s as %s leads to the log", path, name)
			}
		}
	}
}

// The list has the portal's columns, and filters find an identity by any of its names and IDs.
func TestProvisioningList(t *testing.T) {
	t.Parallel()
	rita := provisioningHouse(t).as("rita")
	page := rita.get("/logs/provisioning" + provisioningDay)
	page.expectTexts(t, "headings", "[data-testid=grid] thead th .heading, [data-testid=grid] thead th:not(:has(.heading))", "Date", "Identity", "Action", "Source system", "Target system", "Status")
	for query, want := range map[string]int{
		"": 4, "status=failure": 1, "status=skipped": 1, "status=success": 2, "action=create": 4, "action=delete": 0, "error=harbourentryconflict": 1, "error.has=conflict": 1, "error.empty=yes": 3,
		"identity=" + provisionedAda: 3, "identity=ada+lanternwright": 3, "identity=ada@tidewater-lantern.example": 3, "identity=h-17": 4, "identity=ada@harbour.example": 4, "identity.starts=dock": 1,
		"app=harbour+portal": 4, "app=" + harbourPortal: 4, "app=a0000000-0000-4000-8000-000000000001": 4, "sourcesystem=microsoft+entra+id": 4, "targetsystem.has=harbour": 4,
		"jobid=HarbourDelta.7a10.11": 4, "cycleid=c0c0c0c0-0000-4000-8000-000000000001": 4, "changeid=c1c1c1c1-0000-4000-8000-000000000001": 1, "identitytype=Group": 1,
		"step=entryexportadd&stepstatus=failure": 4, "steptype=import&stepstatus=failure": 0, "property=username": 4, "request=" + failedID: 1,
	} {
		if got := rita.get("/logs/provisioning" + provisioningDay + "&" + query).document(t).Find("[data-testid=row]").Length(); got != want {
			t.Errorf("%q finds %d records, want %d", query, got, want)
		}
	}
	for _, field := range []string{"identity", "jobid", "cycleid", "sourcesystem", "targetsystem", "app", "action", "error"} {
		if values := rita.get("/logs/provisioning"+provisioningDay+"&pick="+field).find(t, "#filter-panel"); !strings.Contains(values, map[string]string{
			"identity": "Ada Lanternwright", "jobid": "HarbourDelta", "cycleid": "c0c0c0c0", "sourcesystem": "Microsoft Entra ID", "targetsystem": "Harbour Portal", "app": "Harbour Portal", "action": "Create", "error": "HarbourEntryConflict",
		}[field]) {
			t.Errorf("the options of %s are %q", field, values)
		}
	}
}

// The parts of the details: what happened, the steps in order, the error with what to do, and what was changed.
func TestProvisioningDetails(t *testing.T) {
	t.Parallel()
	ada := provisioningHouse(t).as("ada")
	const page = "/logs/provisioning/" + failedID
	for tab, want := range map[string][]string{
		"summary": {"Ada Lanternwright could not be created in Harbour Portal, from Microsoft Entra ID.", "Step that did not succeedFailed to create User in Harbour Portal", theReason, "What to doFind that object in the target."},
		"steps":   {"1. Import", "2. Determine if in scope", "Assigned to the application", "3. Provision", "EntryExportAdd", "Failed to create User in Harbour Portal", "ReportableIdentifier"},
		"troubleshooting": {
			"HarbourEntryConflict", "Failure outside of the service", theReason, "Attribute: userName", "Remove the account, or match by another attribute.", "The target has another object with the same value",
		},
		"modified": {"userName", "ada@harbour.example", "active", "Hidden: describes a credential"},
		"basic":    {"2785 ms", "Azure AD Provisioning Service", provisionedAda, "h-17", "Microsoft Entra ID", "a0000000-0000-4000-8000-000000000001", "HarbourDelta.7a10.11"},
	} {
		text := ada.get(page+"?tab="+tab).find(t, "main")
		at := 0
		for _, part := range want {
			next := strings.Index(text[at:], part)
			if next < 0 {
				t.Errorf("%s lacks %q, or in that order: %s", tab, part, text)
				break
			}
			if tab == "steps" {
				at += next
			}
		}
	}
	if text := ada.get(page+"?tab=modified&reveal=yes").find(t, "main"); !strings.Contains(text, "[Redacted]") {
		t.Errorf("revealed: %s", text)
	}
	if text := ada.get("/logs/provisioning/90000000-0000-4000-8000-000000000003?tab=troubleshooting").find(t, "main"); !strings.Contains(text, "The record names no error.") {
		t.Errorf("a success: %s", text)
	}
	ada.get(page+"?tab=basic").expectLink(t, "the user's page", `#basic a[href^="/users/"]`, "/users/"+provisionedAda)
}

// Users, groups and applications have their provisioning on their pages, also those that nothing else knows.
func TestProvisioningOfObjects(t *testing.T) {
	t.Parallel()
	ada := provisioningHouse(t).as("ada")
	for _, test := range []struct{ path, title, reason, count string }{
		{"/users/" + provisionedAda, "Ada Lanternwright", "Provisioning of this user", "All 3 provisioning records"},
		{"/groups/" + groupOfLogs, "Dockers", "Provisioning of this group", "All 1 provisioning record"},
		{"/apps/" + harbourPortal, "Harbour Portal", "Provisioning by this service principal", "All 4 provisioning records"},
	} {
		page := ada.get(test.path + provisioningDay)
		page.expect(t, test.path, http.StatusOK, "")
		part := page.document(t).Find(`[data-testid=trail][data-value="` + test.reason + `"]`)
		if got := page.find(t, "h1"); got != test.title || !strings.Contains(part.Text(), test.count) || !strings.HasPrefix(part.Find("tbody a").AttrOr("href", ""), "/logs/provisioning/") {
			t.Errorf("%s: %q, %q", test.path, got, part.Text())
		}
	}
	for _, path := range []string{"/users/90000000-0000-4000-8000-0000000000ff", "/users/" + harbourPortal} {
		ada.get(path+provisioningDay).expect(t, "nobody", http.StatusNotFound, "")
	}
	related := ada.get("/logs/provisioning/" + failedID + "?tab=related").document(t).Find("[data-testid=trail]")
	if !strings.Contains(related.Text(), "All 3 provisioning records") && !strings.Contains(related.Text(), "All 2 provisioning records") {
		t.Errorf("around the record: %q", related.Text())
	}
}

// A file of the log comes back as it was, under Graph's names.
func TestProvisioningDownloads(t *testing.T) {
	t.Parallel()
	h := provisioningHouse(t)
	rita := h.as("rita")
	file := rita.get("/logs/provisioning/export.csv" + provisioningDay).body
	heading, _, _ := strings.Cut(strings.TrimPrefix(file, "\ufeff"), "\r\n")
	for _, name := range []string{"activityDateTime", "id", "jobId", "changeId", "provisioningStatusInfo.status", "sourceIdentity.displayName", "provisioningSteps", "modifiedProperties"} {
		if !slices.Contains(strings.Split(heading, ","), name) {
			t.Errorf("the file has no column %s: %s", name, heading)
		}
	}
	if strings.Contains(file, "[Redacted]") || strings.Count(file, "\r\n") != 5 {
		t.Errorf("the file is %s", file)
	}
	for _, format := range []string{"csv", "json", "ndjson"} {
		whole := h.as("ada").get("/logs/provisioning/export." + format + provisioningDay).body
		folder, err := datafolder.Open(t.Context(), t.TempDir(), kinds.Catalog, importer.Decoder(kinds.Catalog))
		if err != nil {
			t.Fatal(err)
		}
		defer folder.Close()
		report, err := importer.New(folder, importer.Options{}).Reader(t.Context(), "ProvisioningLogs."+format, strings.NewReader(whole))
		if err != nil || report.New != 4 || report.RejectedTotal != 0 {
			t.Errorf("%s: %+v, %v", format, report, err)
			continue
		}
		record, err := folder.Get(t.Context(), store.GetQuery{Ref: store.Ref{Log: provisioning.Log, ID: failedID}})
		if err != nil {
			t.Fatal(err)
		}
		r := record.Entry.(*provisioning.Record)
		if len(r.Steps) != 3 || r.Steps[1].Details[0].Value != "True" || len(r.Changes) != 3 || r.Error.Reason != theReason || r.Identity.Username != "ada@tidewater-lantern.example" || r.Duration.N != 2785 || r.ApplicationID == "" {
			t.Errorf("%s: %+v", format, r)
		}
	}
}

// Every value of a record stands on its page, among its facts or in what was received.
func TestEveryValueOfAProvisioningRecordIsShown(t *testing.T) {
	t.Parallel()
	ada := provisioningHouse(t).as("ada")
	page := ada.get("/logs/provisioning/"+failedID+"?tab=all&whole=yes").find(t, "main")
	raw := ada.get("/logs/provisioning/"+failedID+"?tab=raw").find(t, "main")
	n := 0
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for key, member := range v {
				walk(path+"."+key, member)
			}
		case []any:
			for i, item := range v {
				walk(fmt.Sprintf("%s[%d]", path, i), item)
			}
		case string:
			if n++; v != "" && v != "[Redacted]" && !strings.Contains(page, v) && !strings.Contains(raw, v) {
				t.Errorf("%s: %q is on no part of the page", path, v)
			}
		}
	}
	for _, name := range []string{"graph.json", "azure-monitor-names.json"} {
		walk(name, provisioned(t, name, nil))
	}
	if n < 60 {
		t.Errorf("%d values were looked for", n)
	}
}

// The access log says whose data was seen.
func TestProvisioningIsRecorded(t *testing.T) {
	t.Parallel()
	h := provisioningHouse(t)
	h.as("rita").get("/logs/provisioning/"+failedID).expect(t, "the record", http.StatusOK, "")
	page := h.as("ada").get("/logs/access?from=2026-01-01&to=2099-01-01&action=open&subject=" + provisionedAda + "&log=provisioning")
	if rows := page.document(t).Find("[data-testid=row]"); rows.Length() != 1 || !strings.Contains(rows.Text(), "Provisioning") {
		t.Errorf("the access log has %q", rows.Text())
	}
}
