package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"signpost/auth"
	"signpost/store/datafolder"
	"signpost/store/importer"
	"signpost/store/kinds"
)

const (
	auditDay     = "?from=2026-11-22T00:00:00Z&to=2026-11-23T12:00:00Z"
	aSecret      = "made-up-hash"
	signInOfKai  = "00000001-0000-4000-8000-000000000001"
	userKai      = "0b0b0b0b-0000-4000-8000-000000000002"
	userAda      = "0b0b0b0b-0000-4000-8000-000000000001"
	groupOfLogs  = "0c0c0c0c-0000-4000-8000-000000000004"
	sessionOfKai = "0e0e0e0e-0000-4000-8000-000000000001"
)

// auditHouse is a portal with some sign-ins and the audit records around them.
func auditHouse(t *testing.T) *house {
	t.Helper()
	folder := t.TempDir()
	var db *datafolder.Folder
	h := newHouseIn(t, folder, importer.Decoder(kinds.Catalog), func(c *Config) {
		db = c.Store.(*datafolder.Folder)
		c.Directory, c.PastImports = db, db
		imports, err := NewUploads(plainImporter{w: db}, folder+"/uploads", ImportLimits{}, c.Now, c.Log)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(imports.Close)
		c.Uploads = imports
	})
	signIn := func(id, at, user, session string, code int) string {
		return fmt.Sprintf(`{"time":"2026-11-23T%[2]sZ","category":"SignInLogs","tenantId":"t1","properties":{"id":%[1]q,"createdDateTime":"2026-11-23T%[2]sZ","userId":%[3]q,"userDisplayName":"Kai Moorings","userPrincipalName":"kai@example.com","appId":"a1","appDisplayName":"Quay","ipAddress":"192.0.2.4","sessionId":%[4]q,"correlationId":"c-%[1]s","status":{"errorCode":%[5]d}}}`, id, at, user, session, code)
	}
	record := func(category, id, at, rest string) string {
		return fmt.Sprintf(`{"time":"2026-11-23T%[3]sZ","category":%[1]q,"tenantId":"t1","properties":{"id":%[2]q,"activityDateTime":"2026-11-23T%[3]sZ",%[4]s}}`, category, id, at, rest)
	}
	kai := `{"id":"` + userKai + `","displayName":"Kai Moorings","type":"User","userPrincipalName":"kai@example.com"`
	ada := `"initiatedBy":{"user":{"id":"` + userAda + `","displayName":"Ada","userPrincipalName":"ada@example.com","ipAddress":"192.0.2.15"}}`
	byKai := `"initiatedBy":{"user":{"id":"` + userKai + `","displayName":"Kai Moorings","userPrincipalName":"kai@example.com"},"linkableIdentifiers":{"sessionId":"` + sessionOfKai + `"}}`
	lines := []string{
		signIn(signInOfKai, "08:00:00", userKai, sessionOfKai, 0),
		signIn("00000001-0000-4000-8000-000000000002", "08:30:00", userKai, "", 50057),
		signIn("00000001-0000-4000-8000-000000000003", "08:40:00", "0b0b0b0b-0000-4000-8000-000000000003", "", 0),
		record("AuditLogs", "Directory_1_A B_1", "08:20:00", `"activityDisplayName":"Disable account","category":"UserManagement","loggedByService":"Core Directory","result":"success",`+ada+`,"targetResources":[`+kai+`,"modifiedProperties":[{"displayName":"AccountEnabled","oldValue":"[true]","newValue":"[false]"}]}]`),
		record("AuditLogs", "Directory_2_AB_2", "08:05:00", `"activityDisplayName":"User registered security info","category":"UserManagement","loggedByService":"Authentication Methods","result":"success",`+byKai+`,"targetResources":[`+kai+`}]`),
		record("AuditLogs", "Directory_3_AB_3", "07:00:00", `"activityDisplayName":"Add service principal credentials","category":"ApplicationManagement","loggedByService":"Core Directory","result":"failure","resultReason":"No room",`+ada+`,"targetResources":[{"id":"s1","displayName":"Quay","type":"ServicePrincipal","modifiedProperties":[{"displayName":"Credential","oldValue":null,"newValue":"[\"`+aSecret+`\"]"}]},{"id":"`+groupOfLogs+`","displayName":"Dockers","type":"Group"}]`),
		record("CustomSecurityAttributeAuditLogs", "Directory_4_AB_4", "07:30:00", `"activityDisplayName":"Update attribute set","category":"AttributeManagement","loggedByService":"Core Directory","result":"success",`+ada+`,"targetResources":[`+kai+`,"modifiedProperties":[{"displayName":"Clearance set","oldValue":null,"newValue":"\"high\""}]}]`),
	}
	report, err := importer.New(db, importer.Options{}).Reader(t.Context(), "mixed.json", strings.NewReader(strings.Join(lines, "\n")))
	if err != nil || report.New != int64(len(lines)) {
		t.Fatalf("%+v, %v", report, err)
	}
	for name, role := range map[string]auth.Role{
		"ada": auth.RoleGlobalAdministrator, "sec": auth.RoleSecurityAdministrator, "rita": auth.RoleReportsReader, "attr": auth.RoleAttributeLogReader, "kari": auth.RoleUser,
	} {
		h.add(name, role)
	}
	return h
}

// Reports Readers see the whole audit log, with the records about policies. For everybody but its own readers, the log of
// custom security attributes does not exist: no page has its name or its counts.
func TestWhoSeesWhichAuditLog(t *testing.T) {
	t.Parallel()
	h := auditHouse(t)
	for _, test := range []struct {
		name              string
		audit, attributes int
	}{
		{"ada", http.StatusOK, http.StatusOK},
		{"sec", http.StatusOK, http.StatusNotFound},
		{"rita", http.StatusOK, http.StatusNotFound},
		{"attr", http.StatusForbidden, http.StatusOK},
		{"kari", http.StatusForbidden, http.StatusForbidden},
	} {
		v := h.as(test.name)
		for path, want := range map[string]int{
			"/logs/audit" + auditDay: test.audit, "/logs/audit/Directory_1_A%20B_1": test.audit, "/logs/audit/export.csv" + auditDay: test.audit, "/logs/audit/export.ndjson" + auditDay: test.audit,
			"/logs/customsecurity" + auditDay: test.attributes, "/logs/customsecurity/Directory_4_AB_4": test.attributes, "/logs/customsecurity/export.json" + auditDay: test.attributes,
		} {
			if got := v.get(path); got.StatusCode != want {
				t.Errorf("%s as %s: %d, want %d", path, test.name, got.StatusCode, want)
			}
		}
		if test.attributes == http.StatusOK {
			continue
		}
		pages := []string{"/", "/me", "/errors/50057"}
		if test.audit == http.StatusOK {
			pages = append(pages, "/logs/audit"+auditDay, "/logs/audit/Directory_1_A%20B_1?tab=related", "/users/"+userKai, "/users", "/logs/interactive"+auditDay, "/search?q=Directory_4_AB_4", "/search?q="+userKai, "/logs/audit/evidence.zip"+auditDay, "/logs/audit/export.zip"+auditDay)
		}
		for _, page := range pages {
			if body := v.get(page).body; strings.Contains(body, "Clearance") || strings.Contains(body, "ustom security") || strings.Contains(body, "Update attribute") || strings.Contains(body, "customsecurity") {
				t.Errorf("%s as %s tells of the log of custom security attributes", page, test.name)
			}
		}
		for _, id := range []string{"Directory_4_AB_4", "Directory_9_ZZ_9"} {
			if got, other := v.get("/logs/audit/"+id), v.get("/logs/audit/Directory_8_ZZ_8"); test.audit == http.StatusOK && (got.StatusCode != http.StatusNotFound || strings.ReplaceAll(got.body, id, "Directory_8_ZZ_8") != other.body) {
				t.Errorf("%s as %s is not the same 404 as one that there is not", id, test.name)
			}
		}
	}
}

// The page of an import does not count records of a log that its reader may not read.
func TestImportsCountOnlyLogsThatMayBeRead(t *testing.T) {
	t.Parallel()
	h := auditHouse(t)
	for name, want := range map[string]string{"ada": "7", "sec": "6"} {
		v := h.as(name)
		row := v.get("/import").document(t).Find("[data-testid=import]").First()
		if got := row.Find("[data-label=New]").Text(); got != want {
			t.Errorf("%s reads of %s new records, want %s", name, got, want)
		}
		report := v.get(row.Find("a").AttrOr("href", "")).find(t, "main")
		if strings.Contains(report, "Custom security") != (name == "ada") {
			t.Errorf("%s reads %s", name, report)
		}
	}
}

// A value that describes a credential is shown only to an administrator who asks for it.
func TestSecretsAreRevealedToAdministratorsWhoAsk(t *testing.T) {
	t.Parallel()
	h := auditHouse(t)
	const page = "/logs/audit/Directory_3_AB_3"
	for _, name := range []string{"ada", "sec", "rita"} {
		v := h.as(name)
		for _, path := range []string{page, page + "?tab=modified", page + "?tab=raw", page + "?tab=history", "/logs/audit" + auditDay + "&open=Directory_3_AB_3", "/logs/audit/export.csv" + auditDay, "/logs/audit/export.json" + auditDay, "/logs/audit/export.ndjson" + auditDay} {
			r := v.get(path)
			if r.StatusCode != http.StatusOK || strings.Contains(r.body, aSecret) {
				t.Errorf("%s as %s: %d, with the secret: %t", path, name, r.StatusCode, strings.Contains(r.body, aSecret))
			}
		}
		want := http.StatusOK
		if name == "rita" {
			want = http.StatusForbidden
		}
		revealed := v.get(page + "?tab=modified&reveal=yes")
		if revealed.StatusCode != want || strings.Contains(revealed.body, aSecret) != (want == http.StatusOK) {
			t.Errorf("revealed to %s: %d, with the secret: %t", name, revealed.StatusCode, strings.Contains(revealed.body, aSecret))
		}
		if link := strings.Contains(v.get(page+"?tab=modified").body, "reveal=yes"); link != (want == http.StatusOK) {
			t.Errorf("%s has a link that reveals: %t", name, link)
		}
	}
	h.as("ada").get(page+"?reveal=maybe").expect(t, "another word", http.StatusBadRequest, "")
}

// A sign-in links to the changes around it, and an audit record to its actor's sign-in. People, groups and error codes link to
// the changes about them.
func TestLinksBetweenSignInsAndAudit(t *testing.T) {
	t.Parallel()
	h := auditHouse(t)
	ada := h.as("ada")
	for _, test := range []struct{ what, path, reason, leadsTo string }{
		{"a sign-in, by its session", "/logs/interactive/" + signInOfKai + "?tab=related", "Same session ID", "/logs/audit/Directory_2_AB_2"},
		{"a failure, by what explains it", "/logs/interactive/00000001-0000-4000-8000-000000000002?tab=related", "Changes that can explain the error: the account", "/logs/audit/Directory_1_A%20B_1"},
		{"an audit record, by its session", "/logs/audit/Directory_2_AB_2?tab=related", "Same session ID", "/logs/interactive/" + signInOfKai},
		{"a user's changes", "/users/" + userKai + auditDay, "Changes to this user", "/logs/audit/Directory_1_A%20B_1"},
		{"changes by a user", "/users/" + userKai + auditDay, "Changes by this user", "/logs/audit/Directory_2_AB_2"},
		{"a group that only audit records know", "/groups/" + groupOfLogs + auditDay, "Changes to this group", "/logs/audit/Directory_3_AB_3"},
		{"an error code", "/errors/50057" + auditDay, "Changes that can explain the error: the account", "/logs/audit/Directory_1_A%20B_1"},
	} {
		page := ada.get(test.path)
		page.expect(t, test.what, http.StatusOK, "")
		part := page.document(t).Find(`[data-testid=trail][data-value="` + test.reason + `"]`)
		if got := part.Find("tbody a").AttrOr("href", ""); !strings.HasPrefix(got, test.leadsTo) {
			t.Errorf("%s: under %q leads to %q, want %s", test.what, test.reason, got, test.leadsTo)
		}
	}
	// If no record shares an ID, the records near in time are shown.
	page := ada.get("/logs/audit/Directory_1_A%20B_1?tab=related")
	if text := page.find(t, "main"); !strings.Contains(text, "No sign-in within 30 days has") {
		t.Errorf("the record of an actor without sign-ins says %s", text)
	}
	alone := ada.get("/logs/interactive/00000001-0000-4000-8000-000000000003?tab=related")
	if text := alone.find(t, "main"); !strings.Contains(text, "No audit record within 30 days has") {
		t.Errorf("a sign-in without audit records says %s", text)
	}
	targets := ada.get("/logs/audit/Directory_1_A%20B_1?tab=targets")
	targets.expectLink(t, "the target's page", "section .ways a", "/users/"+userKai)
}

// The file has the headings of the Entra portal's file, and every record of the list.
func TestAuditDownloads(t *testing.T) {
	t.Parallel()
	h := auditHouse(t)
	csv := h.as("rita").get("/logs/audit/export.csv" + auditDay).body
	lines := strings.Split(strings.TrimSpace(csv), "\r\n")
	if heading := strings.TrimPrefix(lines[0], "\ufeff"); len(lines) != 4 || len(strings.Split(heading, ",")) != 86 || !strings.HasPrefix(heading, "Date (UTC),CorrelationId,Service,Category,Activity,Result,ResultReason,User Agent,ActorType,") || !strings.HasSuffix(heading, ",AdditionalDetail6Key,AdditionalDetail6Value") {
		t.Errorf("%d lines under %s", len(lines), lines[0])
	}
	if !strings.Contains(csv, "2026-11-23T08:20:00+00:00,") || !strings.Contains(csv, ",AccountEnabled,[true],[false],") {
		t.Errorf("the file is %s", csv)
	}
	found := h.as("rita").get("/logs/audit" + auditDay + "&target=dockers&targettype=group&status=failure")
	found.expectTexts(t, "one target meets all", `[data-testid=row] .of-activity`, "Add service principal credentials")
	none := h.as("rita").get("/logs/audit" + auditDay + "&target=dockers&targettype=serviceprincipal")
	if n := none.document(t).Find("[data-testid=row]").Length(); n != 0 {
		t.Errorf("%d records have one target that is both", n)
	}
}

// Audit records and access records have summaries in their own words.
func TestSummariesOfOtherRecords(t *testing.T) {
	t.Parallel()
	ada := auditHouse(t).as("ada")
	for id, want := range map[string]string{
		"Directory_1_A%20B_1": `Ada carried out "Disable account" on Kai Moorings. It succeeded.Changed: AccountEnabledtrue → false`,
		"Directory_3_AB_3":    `Ada carried out "Add service principal credentials" on Quay, Dockers. It failed.Status reasonNo room Changed: CredentialHidden: describes a credential`,
	} {
		if got := ada.get("/logs/audit/"+id+"?tab=summary").find(t, "#summary"); !strings.Contains(got, want) {
			t.Errorf("%s says %q, want %q", id, got, want)
		}
	}
	for i, id := range ada.get("/logs/access"+auditDay+"&limit=1").values(t, `[data-testid="row"]`, "data-id") {
		if got := ada.get("/logs/access/"+id+"?tab=summary").find(t, "#summary"); i > 0 || !strings.Contains(got, "ada: ") || !strings.Contains(got, "It was allowed.") {
			t.Errorf("an access record says %q", got)
		}
	}
}
