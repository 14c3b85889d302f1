//go:build e2e

package e2e

import (
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// provisioningRange is the range of the made-up provisioning records.
var provisioningRange = "from=" + oddDay.Format("2006-01-02") + "&to=" + oddDay.Format("2006-01-02")

// theTargetsWords is the reason of the failed record.
const theTargetsWords = "The target has an account with the user name juniper@harbour.example already: HTTP status code 409 (Conflict)."

// provisioningRecords are provisioning records of one day in Azure Monitor's shape, made up from Microsoft's documentation of them: a
// failure, a record that was skipped, a warning, and so many successes that a list has several pages.
func provisioningRecords() (records []object) {
	entra := object{"id": "0e0e0e0e-0000-4000-8000-000000000001", "displayName": "Microsoft Entra ID", "details": object{}}
	harbour := object{"id": "0e0e0e0e-0000-4000-8000-000000000002", "displayName": "Harbour Tickets and a Very Long Name of a System", "details": object{
		"ApplicationId": "0e0e0e0e-0000-4000-8000-000000000003", "ServicePrincipalId": "0e0e0e0e-0000-4000-8000-000000000004", "ServicePrincipalDisplayName": "Harbour Tickets",
	}}
	add := func(minute int, name, action, status string, failure object, steps []object, changes ...object) {
		n := len(records)
		at := oddDay.Add(8*time.Hour + time.Duration(minute)*time.Minute)
		id := func(kind int) string { return fmt.Sprintf("0f0f0f0f-000%d-4000-8000-%012d", kind, n) }
		username := strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@tidewater-lantern.example"
		records = append(records, object{
			"time": at.Add(3 * time.Minute), "category": "ProvisioningLogs", "tenantId": tenant, "operationName": "Provisioning activity", "resultType": status, "durationMs": 1200 + n, "correlationId": id(2), "identity": id(1),
			"properties": object{
				"id": id(1), "activityDateTime": at, "tenantId": tenant, "jobId": "scim.0a0b0c0d0e0f.0e0e0e0e-0000-4000-8000-000000000005", "cycleId": fmt.Sprintf("0f0f0f0f-0003-4000-8000-%012d", minute/40), "changeId": id(2),
				"provisioningAction": action, "durationInMilliseconds": 1200 + n, "sourceSystem": entra, "targetSystem": harbour, "servicePrincipal": object{"id": "0e0e0e0e-0000-4000-8000-000000000004", "displayName": "Harbour Tickets"},
				"initiatedBy":            object{"id": "", "displayName": "Azure AD Provisioning Service", "initiatorType": "system"},
				"sourceIdentity":         object{"id": id(4), "displayName": name, "identityType": "User", "details": object{"odatatype": "User", "UserPrincipalName": username}},
				"targetIdentity":         object{"id": fmt.Sprintf("h-%d", n), "displayName": username, "identityType": "User", "details": object{}},
				"provisioningStatusInfo": object{"status": status, "errorInformation": failure}, "provisioningSteps": steps, "modifiedProperties": changes,
			},
		})
	}
	step := func(name, kind, status, description string, details object) object {
		return object{"name": name, "provisioningStepType": kind, "status": status, "description": description, "details": details}
	}
	received := func(name string) object {
		return step("EntryImportAdd", "import", "success", "Received User '"+name+"' change of type (Add) from Microsoft Entra ID", object{})
	}
	scope := step("EntrySynchronizationScoping", "scoping", "success", "Determined that the User is in scope", object{"Active in the source system": "True", "Assigned to the application": "True", "Scoping filter evaluation passed": "True"})
	changed := func(name string, old, now any) object {
		return object{"displayName": name, "oldValue": old, "newValue": now}
	}
	add(0, "Juniper Fernweather", "create", "failure",
		object{"errorCode": "HarbourEntryConflict", "reason": theTargetsWords, "additionalDetails": "Attribute: userName", "errorCategory": "nonServiceFailure", "recommendedAction": "Remove the account in the target, or change the matching attribute."},
		[]object{received("juniper"), scope, step("EntryImportByMatching", "matching", "success", "No matching User was found", object{"Matching attribute": "externalId"}), step("EntryExportAdd", "export", "failure", "Failed to create User 'juniper@harbour.example'", object{"ReportableIdentifier": "juniper@harbour.example"})},
		changed("userName", nil, "juniper@harbour.example"), changed("displayName", nil, "Juniper Fernweather"), changed("password", nil, secretValue), changed("memberships", nil, strings.Repeat("Harbour street, ", 30)))
	add(2, "Rufus Cratehook", "other", "skipped", object{"errorCode": "EntrySynchronizationSkipped", "reason": "User 'rufus' was skipped: it is not assigned to the application.", "errorCategory": "success"},
		[]object{received("rufus"), step("EntrySynchronizationSkip", "processing", "skipped", "The User will be skipped", object{"SkipReason": "NotEffectivelyEntitled"})})
	add(4, "Orla Thistledown", "update", "warning", nil, []object{received("orla"), scope, step("EntrySynchronizationReferenceResolution", "referenceResolution", "warning", "The attribute manager refers to a User that the target does not have", object{"PropertyName": "manager"})},
		changed("department", "Office", "Finance"))
	for minute := range 60 {
		name := fmt.Sprintf("Colleague %d", minute)
		add(6+minute, name, []string{"update", "create", "disable"}[minute%3], "success", nil, []object{received(name), scope, step("EntryExportUpdate", "export", "success", "The User was updated", object{})}, changed("active", "True", "False"))
	}
	return records
}

func importProvisioningRecords(folder string) error {
	file := filepath.Join(folder, "provisioning.ndjson")
	if err := writeLines(file, provisioningRecords()); err != nil {
		return fmt.Errorf("write the provisioning records: %w", err)
	}
	return signpost("", "import", "--data", data, file)
}

func TestProvisioningWithoutScripts(t *testing.T) {
	t.Parallel()
	p := openPlainAs(t, reportsReader)
	p.goTo("/logs/provisioning?" + provisioningRange)
	if n := p.total(); n != 63 {
		t.Errorf("%d provisioning records, want 63", n)
	}
	p.follow(byHook("next"))
	if n := p.count(byHook("row")); n != 13 {
		t.Errorf("%d records on the second page, want 13", n)
	}
	p.goTo("/logs/provisioning?" + provisioningRange + "&identity=juniper.fernweather@tidewater-lantern.example&step=EntryExportAdd&stepstatus=failure")
	if n := p.total(); n != 1 {
		t.Errorf("%d records of Juniper, want 1", n)
	}
	id := p.firstID()
	for tab, want := range map[string]string{
		"summary": "Juniper Fernweather could not be created", "steps": "4. Provision", "troubleshooting": theTargetsWords, "modified": "Hidden: describes a credential", "raw": "EntryImportByMatching",
	} {
		p.goTo("/logs/provisioning/" + id + "?tab=" + tab)
		if text := strings.Join(p.texts("main"), " "); !strings.Contains(text, want) || strings.Contains(text, secretValue) {
			t.Errorf("%s shows %s", tab, text)
		}
	}
}

func TestProvisioningBesideTheList(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{})
	v.as(administrator)
	v.goTo("/logs/provisioning?" + provisioningRange + "&status=failure")
	v.must(v.hook("row").First().Locator("td").Nth(2).Click())
	v.shows(0)
	v.accessible()
	for _, tab := range []string{"steps", "troubleshooting", "modified"} {
		v.must(v.pane().Locator(`[data-testid="details-tab"][data-value="` + tab + `"]`).Click())
		v.must(v.pane().Locator("#" + tab).WaitFor())
		v.accessible()
	}
	v.goTo("/logs/provisioning?" + provisioningRange + "&pick=error")
	v.accessible()
}

// On a phone the list and all of a failed record are accessible and fit.
func TestProvisioningOnAPhone(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{width: 390, height: 844})
	v.as(reportsReader)
	list := "/logs/provisioning?" + provisioningRange + "&status=failure"
	v.goTo(list)
	for _, path := range []string{list, "/logs/provisioning/" + url.PathEscape(v.rowID(0))} {
		v.goTo(path)
		v.accessible()
		v.fits()
	}
}

func provisioningPages(p pictures) {
	p.as(administrator)
	p.at("provisioning", "/logs/provisioning?"+provisioningRange)
	p.at("provisioning-filtered", "/logs/provisioning?"+provisioningRange+"&status=failure&status=warning&action=create&action=update")
	p.at("provisioning-picker", "/logs/provisioning?"+provisioningRange+"&pick=identity")
	for name, filter := range map[string]string{"failure": "status=failure", "skipped": "status=skipped", "warning": "status=warning"} {
		id := p.firstID("/logs/provisioning?" + provisioningRange + "&" + filter)
		p.goTo("/logs/provisioning/" + id)
		p.whole("provisioning-" + name)
		p.at("provisioning-"+name+"-pane", "/logs/provisioning?"+provisioningRange+"&open="+id)
		p.at("provisioning-"+name+"-steps", "/logs/provisioning/"+id+"?tab=steps")
	}
}

// In a window of the usual width the legend shows its four words whole. A long date and large numbers do not cut them.
func TestLegendOfProvisioningIsWhole(t *testing.T) {
	t.Parallel()
	v := open(t, visitOptions{width: 1440, height: 900})
	v.as(reportsReader)
	for _, list := range []string{"range=30d", "from=2026-11-01T00:00&to=2026-11-29T13:45"} {
		v.goTo("/logs/provisioning?" + list)
		if cut := v.eval(`() => {
			const numbers = [...document.querySelectorAll('.legend b')];
			if (numbers.length !== 4) return 'the legend has ' + numbers.length + ' parts';
			['2,345', '45', '123', '345'].forEach((n, i) => { numbers[i].textContent = n; });
			return [...document.querySelectorAll('.legend a > span')].filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent).join();
		}`); cut != "" {
			t.Errorf("%s: %v", list, cut)
		}
	}
}
