//go:build e2e

package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// auditRange is the range of the made-up audit records.
var auditRange = "from=" + oddDay.Format("2006-01-02") + "&to=" + oddDay.Format("2006-01-02")

// accessRange is a range with this minute in it, which presets leave out.
const accessRange = "from=2026-01-01&to=2099-01-01"

const secretValue = "made-up-hash-of-a-secret"

// auditRecords are audit records of one day: with one target and several, short and long values, a credential, a failure.
func auditRecords() (records []object) {
	add := func(category string, minute int, properties object) {
		at := oddDay.Add(9*time.Hour + time.Duration(minute)*time.Minute)
		properties["id"] = fmt.Sprintf("Directory_0a0a0a0a-%04d-4000-8000-000000000000_ABCDE_%d", len(records), len(records))
		properties["activityDateTime"], properties["correlationId"] = at, fmt.Sprintf("0a0a0a0a-%04d-4000-8000-000000000000", len(records))
		records = append(records, object{"time": at.Add(2 * time.Minute), "category": category, "tenantId": tenant, "operationName": properties["activityDisplayName"], "properties": properties})
	}
	ada := object{"user": object{"id": "0b0b0b0b-0000-4000-8000-000000000001", "displayName": "Ada Adminsdottir", "userPrincipalName": "ada@tidewater-lantern.example", "ipAddress": "192.0.2.15", "roles": []string{}}}
	service := object{"app": object{"appId": nil, "displayName": "Microsoft Substrate Management", "servicePrincipalId": "0b0b0b0b-0000-4000-8000-000000000009", "servicePrincipalName": nil}}
	kai := object{"id": "0b0b0b0b-0000-4000-8000-000000000002", "displayName": "Kai Moorings", "type": "User", "userPrincipalName": "kai.moorings@tidewater-lantern.example"}
	with := func(target object, changes ...object) object {
		all := object{"modifiedProperties": changes}
		for key, value := range target {
			all[key] = value
		}
		return all
	}
	changed := func(name string, old, now any) object {
		return object{"displayName": name, "oldValue": old, "newValue": now}
	}
	policy := `{"id":"ca010","displayName":"CA010 Block shared terminals","state":"enabledForReportingButNotEnforced","conditions":{"applications":{"includeApplications":["All"],"excludeApplications":[]},"users":{"includeUsers":["All"],"excludeUsers":["0b0b0b0b-0000-4000-8000-000000000001"]},"clientAppTypes":["all"]},"grantControls":{"operator":"OR","builtInControls":["block"]}}`
	add("AuditLogs", 0, object{
		"activityDisplayName": "Update user", "category": "UserManagement", "loggedByService": "Core Directory", "operationType": "Update", "result": "success", "resultReason": "", "initiatedBy": ada,
		"targetResources":   []object{with(kai, changed("AccountEnabled", "[true]", "[false]"), changed("Included Updated Properties", nil, `"AccountEnabled"`), changed("TargetId.UserType", nil, `"Member"`))},
		"additionalDetails": []object{{"key": "UserType", "value": "Member"}, {"key": "User-Agent", "value": "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"}},
	})
	add("AuditLogs", 2, object{
		"activityDisplayName": "Add member to role", "category": "RoleManagement", "loggedByService": "Core Directory", "operationType": "Assign", "result": "success", "initiatedBy": ada,
		"targetResources": []object{with(kai, changed("Role.DisplayName", nil, `"Helpdesk Administrator"`), changed("Role.TemplateId", nil, `"729827e3-9c14-49f7-bb1b-9608f156bbb8"`)), {"id": "0c0c0c0c-0000-4000-8000-000000000001", "displayName": "Helpdesk Administrator", "type": "Role"}},
	})
	add("AuditLogs", 4, object{
		"activityDisplayName": "Add service principal credentials", "category": "ApplicationManagement", "loggedByService": "Core Directory", "operationType": "Update", "result": "success", "initiatedBy": ada,
		"targetResources": []object{with(object{"id": "0c0c0c0c-0000-4000-8000-000000000002", "displayName": "Quay Nightly Export", "type": "ServicePrincipal"},
			changed("Credential", "[]", `["`+secretValue+`"]`), changed("KeyDescription", "[]", `["[KeyIdentifier=1,KeyType=Password,KeyUsage=Verify,DisplayName=nightly]"]`))},
	})
	add("AuditLogs", 6, object{
		"activityDisplayName": "Update conditional access policy", "category": "Policy", "loggedByService": "Conditional Access", "operationType": "Update", "result": "success", "initiatedBy": ada,
		"targetResources": []object{with(object{"id": "0c0c0c0c-0000-4000-8000-000000000003", "displayName": "CA010 Block shared terminals", "type": "Policy"},
			changed("ConditionalAccessPolicy", policy, strings.Replace(policy, "enabledForReportingButNotEnforced", "enabled", 1)))},
	})
	add("AuditLogs", 8, object{
		"activityDisplayName": "Add member to group", "category": "GroupManagement", "loggedByService": "Core Directory", "operationType": "Assign", "result": "failure",
		"resultReason": "Microsoft.Online.DirectoryServices.DirectoryValueExistsException: one or more added object references already exist", "initiatedBy": service,
		"targetResources": []object{kai, {"id": "0c0c0c0c-0000-4000-8000-000000000004", "displayName": "Licences E5 Harbour Street and All Its Very Long Named Departments", "type": "Group", "groupType": "azureAD"}, {"id": "0c0c0c0c-0000-4000-8000-000000000005", "displayName": "Second", "type": "Group"}, {"id": "0c0c0c0c-0000-4000-8000-000000000006", "displayName": "Third", "type": "Group"}},
	})
	for minute := range 40 {
		add("AuditLogs", 20+minute, object{
			"activityDisplayName": []string{"Update device", "Update user", "Change user license"}[minute%3], "category": []string{"Device", "UserManagement", "UserManagement"}[minute%3], "loggedByService": "Core Directory", "operationType": "Update",
			"result": "success", "initiatedBy": service, "targetResources": []object{{"id": fmt.Sprintf("0d0d0d0d-0000-4000-8000-0000000000%02d", minute), "displayName": fmt.Sprintf("Somebody %d", minute), "type": []string{"Device", "User", "User"}[minute%3]}},
		})
	}
	add("CustomSecurityAttributeAuditLogs", 70, object{
		"activityDisplayName": "Update attribute values assigned to a user", "category": "AttributeManagement", "loggedByService": "Core Directory", "operationType": "Update", "result": "success", "initiatedBy": ada,
		"targetResources": []object{with(kai, changed("Attribute Set", nil, `"Clearance"`))},
	})
	return records
}

func importAuditRecords(folder string) error {
	file := filepath.Join(folder, "audit.ndjson")
	if err := writeLines(file, auditRecords()); err != nil {
		return fmt.Errorf("write the audit records: %w", err)
	}
	return signpost("", "import", "--data", data, file)
}

// auditID is the ID of the first audit record that a filter finds.
func (p *plain) auditID(filter string) string {
	p.t.Helper()
	p.goTo("/logs/audit?" + auditRange + "&" + filter)
	return p.firstID()
}

func TestAuditWithoutScripts(t *testing.T) {
	t.Parallel()
	p := openPlainAs(t, administrator)
	p.goTo("/logs/audit?" + auditRange)
	if n := p.total(); n != 45 {
		t.Errorf("%d audit records, want 45", n)
	}
	p.goTo("/logs/audit?" + auditRange + "&category=RoleManagement&target=kai+moorings&targettype=User")
	if n := p.total(); n != 1 {
		t.Errorf("%d role changes of Kai, want 1", n)
	}
	id := p.auditID("activity.has=credentials")
	p.goTo("/logs/audit/" + id + "?tab=modified")
	if text := strings.Join(p.texts("main"), " "); strings.Contains(text, secretValue) || !strings.Contains(text, "Hidden: describes a credential") {
		t.Errorf("the changes show %s", text)
	}
	p.follow(byHook("reveal"))
	if text := strings.Join(p.texts("main"), " "); !strings.Contains(text, secretValue) {
		t.Errorf("revealed, the changes show %s", text)
	}
	p.goTo("/logs/audit/" + id + "?tab=raw")
	if strings.Contains(strings.Join(p.texts("main"), " "), secretValue) {
		t.Error("the record as received shows a secret that nobody asked for")
	}
	p.goTo("/logs/audit/" + id + "?tab=targets")
	if text := strings.Join(p.texts("main"), " "); !strings.Contains(text, "Quay Nightly Export") || !strings.Contains(text, "Service principal") {
		t.Errorf("the targets are %s", text)
	}
}

// TestAccessLogWithoutScripts walks from a look to the record of it, and to the settings about it.
func TestAccessLogWithoutScripts(t *testing.T) {
	t.Parallel()
	p := openPlainAs(t, administrator)
	id := p.auditID("activity.has=credentials")
	p.goTo("/logs/audit/" + id + "?tab=modified&reveal=yes")
	p.goTo("/logs/access?action=reveal&" + accessRange)
	if n := p.total(); n == 0 {
		t.Error("the access log has no record of what was revealed")
	}
	p.goTo("/logs/access/" + p.firstID())
	if text := strings.Join(p.texts("main"), " "); !strings.Contains(text, administrator) || !strings.Contains(text, id) {
		t.Errorf("the access record says %s", text)
	}
	p.goTo("/settings/access")
	if n := p.count("form input[type=checkbox]"); n != 2 {
		t.Errorf("%d settings", n)
	}
	user := openPlainAs(t, plainUser)
	user.goTo("/me")
	user.follow(byHook("who-looked"))
	if user.address.Path != "/me/looked" || user.count(byHook("looks")) != 1 {
		t.Errorf("who looked is at %s", user.address)
	}
}

func accessPages(p pictures) {
	p.as(administrator)
	id := p.firstID("/logs/interactive?" + oddRange)
	p.goTo("/logs/interactive/" + id)
	p.goTo("/search?q=microsoft")
	p.at("access", "/logs/access?"+accessRange)
	p.at("access-filtered", "/logs/access?action=open&"+accessRange)
	record := p.firstID("/logs/access?action=open&" + accessRange)
	p.goTo("/logs/access/" + record)
	p.whole("access-record")
	p.at("access-settings", "/settings/access")
	p.at("helpdesk-form", "/helpdesk")
}

func auditPages(p pictures) {
	p.as(administrator)
	p.at("audit", "/logs/audit?"+auditRange)
	p.at("audit-filtered", "/logs/audit?"+auditRange+"&category=RoleManagement&targettype=User")
	p.at("audit-picker", "/logs/audit?"+auditRange+"&pick=activity")
	p.at("customsecurity", "/logs/customsecurity?"+auditRange)
	for name, filter := range map[string]string{"user": "property=AccountEnabled", "policy": "category=Policy", "secret": "activity.has=credentials", "failure": "status=failure"} {
		id := p.firstID("/logs/audit?" + auditRange + "&" + filter)
		p.goTo("/logs/audit/" + id)
		p.whole("audit-" + name)
		p.at("audit-"+name+"-changes", "/logs/audit/"+id+"?tab=modified")
		p.at("audit-"+name+"-pane", "/logs/audit?"+auditRange+"&open="+id)
	}
}
