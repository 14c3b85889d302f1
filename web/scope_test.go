package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"signpost/auth"
	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/importer"
	"signpost/store/kinds"
)

const (
	scopeAda   = "aaaaaaaa-0000-4000-8000-000000000001"
	scopeBob   = "bbbbbbbb-0000-4000-8000-000000000002"
	scopeGroup = "cccccccc-0000-4000-8000-000000000003"
	otherGroup = "cccccccc-0000-4000-8000-000000000004"
	payroll    = "dddddddd-0000-4000-8000-000000000005"
	foreignApp = "dddddddd-0000-4000-8000-000000000006"
)

// fillScopeHouse imports sign-ins and audit records of Ada, who is in a group, and of Bob, who is not. All records of Bob
// have his name.
func fillScopeHouse(t *testing.T, h *house, folder *datafolder.Folder) {
	t.Helper()
	var records []store.Record
	add := func(log store.Log, doc string) {
		e, err := importer.Decoder(kinds.Catalog)(log, []byte(doc))
		if err != nil {
			t.Fatalf("%s: %v", doc, err)
		}
		head := e.Head()
		if head.Log == "" {
			head.Log = log
			e.SetHead(head)
		}
		records = append(records, store.Record{Entry: e, Versions: []store.Version{{Entry: e, Doc: []byte(doc), Received: h.clock()}}})
	}
	signIn := func(category string, n int, userID, upn, appID, app, city string) {
		add("", fmt.Sprintf(`{"time":"2026-11-23T08:%02[2]d:00Z","category":%[1]q,"tenantId":"t","properties":{"id":%[3]q,"createdDateTime":"2026-11-23T08:%02[2]d:00Z","userId":%[4]q,"userPrincipalName":%[5]q,
			"userDisplayName":%[5]q,"appId":%[6]q,"appDisplayName":%[7]q,"ipAddress":"192.0.2.%[2]d","status":{"errorCode":50126},"correlationId":%[8]q,"resourceDisplayName":"Graph","location":{"city":%[9]q}}}`,
			category, n, testID(n), userID, upn, appID, app, testID(n+500), city))
	}
	for n := range 3 {
		signIn("SignInLogs", n+1, scopeAda, "ada@example.com", payroll, "Payroll", "Adatown")
		signIn("NonInteractiveUserSignInLogs", n+11, scopeAda, "ada@example.com", payroll, "Payroll", "Adatown")
		signIn("SignInLogs", n+21, scopeBob, "bob@example.com", foreignApp, "Bob's ledger", "Bobville")
		signIn("NonInteractiveUserSignInLogs", n+31, scopeBob, "bob@example.com", foreignApp, "Bob's ledger", "Bobville")
	}
	auditRecord := func(id, actor, target, activity string) {
		add("", fmt.Sprintf(`{"id":%q,"activityDisplayName":%q,"activityDateTime":"2026-11-23T08:30:00Z","category":"UserManagement","loggedByService":"Core Directory","result":"success",
			"initiatedBy":{"user":{"id":%q,"userPrincipalName":"x@example.com"}},"targetResources":[{"id":%q,"displayName":"x","type":"User"}]}`, id, activity, actor, target))
	}
	auditRecord("audit-by-ada", scopeAda, "x", "Update group")
	auditRecord("audit-to-ada", "x", scopeAda, "Reset password")
	auditRecord("audit-by-bob", scopeBob, "x", "Bob deletes")
	batch, err := folder.Prepare(records)
	if err != nil {
		t.Fatal(err)
	}
	id, err := folder.BeginImport(t.Context(), store.ImportFile{Path: "bob.json"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := folder.Commit(t.Context(), id, batch); err != nil {
		t.Fatal(err)
	}
	_, err = folder.PutDirectory(t.Context(), id, store.DirectoryBatch{
		At: h.clock(),
		Objects: []store.Object{
			{Kind: store.ObjectUser, ID: scopeAda, Name: "Ada", Username: "ada@example.com"},
			{Kind: store.ObjectUser, ID: scopeBob, Name: "Bob", Username: "bob@example.com"},
			{Kind: store.ObjectGroup, ID: scopeGroup, Name: "Sales"},
			{Kind: store.ObjectGroup, ID: otherGroup, Name: "Bob's friends"},
		},
		Memberships: []store.Membership{
			{Group: scopeGroup, Members: []store.Member{{ID: scopeAda, Kind: store.ObjectUser}}, Whole: true},
			{Group: otherGroup, Members: []store.Member{{ID: scopeAda, Kind: store.ObjectUser}, {ID: scopeBob, Kind: store.ObjectUser}}, Whole: true},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func newScopeHouse(t *testing.T) *house {
	t.Helper()
	var folder *datafolder.Folder
	h := newHouseIn(t, t.TempDir(), importer.Decoder(kinds.Catalog), func(c *Config) {
		folder = c.Store.(*datafolder.Folder)
		c.Directory, c.Imports, c.Access = folder, folder, folder.Access()
	})
	fillScopeHouse(t, h, folder)
	return h
}

// limit gives an account a scope.
func (p *house) limit(name string, groups, apps []string) {
	p.t.Helper()
	scope, err := auth.NewScope(groups, apps)
	if err == nil {
		err = p.accounts.SetScope(p.t.Context(), name, scope)
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

// No page that a limited reader can open has data from outside of the scope, and every page names the scope. Without a scope
// the same pages have such data, or this test could not fail.
func TestScopeOnEverySurface(t *testing.T) {
	t.Parallel()
	h := newScopeHouse(t)
	h.add("limited", auth.RoleSecurityReader)
	h.add("free", auth.RoleSecurityReader)
	h.limit("limited", []string{scopeGroup}, nil)
	limited, free := h.as("limited"), h.as("free")
	paths := map[string]bool{}
	for _, c := range readRouteCells(t) {
		if c.method == http.MethodGet && c.column == "SR" && c.allowed && !strings.HasPrefix(c.path, "/static") && !strings.HasSuffix(c.path, "/follow") && c.path != "/healthz" && c.path != "/readyz" && c.path != "/progress" {
			paths[c.example] = true
		}
	}
	for _, log := range []string{"interactive", "noninteractive", "serviceprincipal", "legacy", "audit"} {
		for _, more := range []string{"", "?pick=user", "?pick=city", "?pick=actor", "?chart=table", "?events=all", "/export.csv", "/export.json", "/export.ndjson", "/export.xlsx", "/export.zip", "/evidence.zip"} {
			paths["/logs/"+log+more] = true
		}
	}
	for _, path := range []string{
		"/users?q=o", "/apps", "/groups", "/users/" + scopeAda, "/groups/" + scopeGroup, "/search?q=example.com", "/search?q=Ada", "/logs/interactive/" + testID(1), "/logs/audit/audit-to-ada",
		"/compare?a=interactive/" + testID(1), "/compare?a=interactive/" + testID(1) + "&b=noninteractive/" + testID(11), "/compare?a=audit/audit-to-ada", "/logs/interactive?split=app&bars=share&past=week",
	} {
		paths[path] = true
	}
	told, scopes := 0, 0
	for path := range paths {
		got, whole := limited.get(path), free.get(path)
		text := strings.ToLower(readable(t, path, got.body))
		if strings.Contains(text, "bob") || strings.Contains(text, scopeBob) || strings.Contains(text, foreignApp) {
			t.Errorf("%s tells a limited reader of somebody out of the scope", path)
		}
		if strings.Contains(strings.ToLower(readable(t, path, whole.body)), "bob") {
			told++
		}
		if got.StatusCode != whole.StatusCode {
			t.Errorf("%s: got %d, want %d", path, got.StatusCode, whole.StatusCode)
		}
		if got.StatusCode == http.StatusOK && strings.HasPrefix(got.Header.Get("Content-Type"), "text/html") {
			if scope := got.find(t, "[data-testid=scope]"); !strings.Contains(scope, "members of Sales") {
				t.Errorf("%s says of the scope %q", path, scope)
			}
			scopes++
		}
	}
	if told < 25 || scopes < 25 {
		t.Errorf("%d pages tell somebody without a scope of Bob, and %d pages say what the scope is: this tests nothing", told, scopes)
	}
	page := limited.get("/logs/interactive")
	if total := page.find(t, "[data-testid=total]"); total != "3 sign-ins of your scope" {
		t.Errorf("the total is %q", total)
	}
	if said := limited.get("/logs/serviceprincipal").find(t, ".empty h2"); said != "There is nothing of your scope in this log" {
		t.Errorf("a log without anything in the scope says %q", said)
	}
	if scope := free.get("/logs/interactive").find(t, "[data-testid=scope]"); scope != "" {
		t.Errorf("a page without a scope says %q", scope)
	}
}

// An ID outside of the scope and an unknown one get the same status and bytes.
func TestScopeHidesThatThereIsMore(t *testing.T) {
	t.Parallel()
	h := newScopeHouse(t)
	h.add("limited", auth.RoleSecurityReader)
	h.limit("limited", []string{scopeGroup}, nil)
	h.add("helper", auth.RoleHelpdesk)
	for _, tt := range []struct {
		as, path string
		out      []string // existing ids out of the scope
		none     string   // an unknown ID of the same length
		in       string
	}{
		{"limited", "/logs/interactive/ID", []string{testID(21), testID(22)}, testID(99), testID(1)},
		{"limited", "/logs/noninteractive/ID", []string{testID(31)}, testID(99), testID(11)},
		{"limited", "/logs/audit/ID", []string{"audit-by-bob"}, "audit-by-cat", "audit-to-ada"},
		{"limited", "/compare?a=interactive/ID", []string{testID(21)}, testID(99), testID(1)},
		{"limited", "/compare?a=interactive/" + testID(1) + "&b=ID", []string{testID(21)}, testID(99), testID(2)},
		{"limited", "/compare?a=audit/audit-to-ada&b=ID", []string{"audit-by-bob"}, "audit-by-cat", "audit-by-ada"},
		{"limited", "/users/ID", []string{scopeBob}, testID(99), scopeAda},
		{"limited", "/groups/ID", []string{otherGroup}, testID(99), scopeGroup},
		{"limited", "/apps/ID", []string{foreignApp}, testID(99), ""},
		{"limited", "/logs/interactive?userid=ID", []string{scopeBob}, testID(99), scopeAda},
		{"limited", "/logs/interactive?request=ID", []string{testID(21)}, testID(99), testID(1)},
		{"limited", "/logs/interactive?correlation=ID", []string{testID(521)}, testID(99), testID(501)},
		{"limited", "/logs/audit?actor=ID", []string{scopeBob}, "bbbbbbbb-0000-4000-8000-000000000009", scopeAda},
		{"limited", "/search?q=ID", []string{testID(21), scopeBob}, testID(99), ""},
		{"helper", "/helpdesk/ID?user=ada@example.com&ticket=T-1", []string{testID(21), testID(31)}, testID(99), testID(1)},
	} {
		v := h.as(tt.as)
		answer := func(id string) (int, string) {
			got := v.get(strings.Replace(tt.path, "ID", url.QueryEscape(id), 1))
			return got.StatusCode, withoutRequestID(got, id)
		}
		status, body := answer(tt.none)
		for _, id := range tt.out {
			if gotStatus, got := answer(id); gotStatus != status || got != body {
				t.Errorf("%s: %s is answered with %d and other bytes than one that there is not, with %d", tt.path, id, gotStatus, status)
			}
		}
		if tt.in != "" {
			if _, got := answer(tt.in); got == body {
				t.Errorf("%s: %s, which is in the scope, is answered as one that there is not", tt.path, tt.in)
			}
		}
	}
}

// withoutRequestID is the answer's body without the parts that differ in every request: its ID and the requested one.
func withoutRequestID(r reply, asked string) string {
	body := strings.ReplaceAll(r.body, r.Header.Get("X-Request-Id"), "REQUEST")
	return strings.ReplaceAll(body, asked, "ASKED")
}

// An administrator sets a scope on a person's page, and lifts it. Sessions end.
func TestScopeForm(t *testing.T) {
	h := newScopeHouse(t)
	boss := h.at("boss", auth.RoleGlobalAdministrator)
	reader := h.at("reader", auth.RoleReportsReader)
	at := "/settings/people/" + h.id("reader")
	boss.post(at+"/scope", form("group", "a b\x00c", "app", "")).says(t, "an ID that is none", http.StatusUnprocessableEntity, "This is no ID of a group. Copy it from Entra ID, one on each line.")
	boss.post(at+"/scope", form("group", "\r\n"+strings.ToUpper(scopeGroup)+"\r\n", "app", payroll)).expect(t, "set", http.StatusSeeOther, at+"?done=scope")
	if said := boss.get(at).find(t, "[data-testid=person-scope]"); said != "members of Sales, and the application "+payroll {
		t.Errorf("the page of the account says %q", said)
	}
	reader.get("/logs/interactive").expect(t, "with an ended session", http.StatusSeeOther, "/signin?next=%2Flogs%2Finteractive&session=ended")
	h.as("reader").get("/logs/interactive").expect(t, "again", http.StatusOK, "")
	boss.post(at, form("role", "security-administrator")).says(t, "an administrator with a scope", http.StatusUnprocessableEntity,
		"An administrator cannot be limited to a scope, which they could lift themselves. Lift the scope first, or give other roles.")
	boss.post(at+"/scope", form("group", "", "app", "")).expect(t, "lift", http.StatusSeeOther, at+"?done=scope")
	if total := h.as("reader").get("/logs/interactive").find(t, "[data-testid=total]"); total != "6 sign-ins" {
		t.Errorf("without a scope the total is %q", total)
	}
	if text := h.log.String(); !strings.Contains(text, auth.EventScopeChanged) {
		t.Error("the log does not tell of the change")
	}
	own := "/settings/people/" + h.id("boss")
	boss.post(own+"/scope", form("group", scopeGroup)).says(t, "an administrator", http.StatusUnprocessableEntity,
		"An administrator cannot be limited to a scope, which they could lift themselves. Lift the scope first, or give other roles.")
}
