package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"signpost/auth"
	"signpost/store"
	"signpost/store/importer"
)

const (
	toldOfKai = `{"CreationTime":"2026-11-22T09:00:01","Id":"00000001-0000-4000-8000-0000000000a1","IntraSystemId":"00000001-0000-4000-8000-0000000000a1","Operation":"UserLoggedIn","RecordType":15,"Workload":"AzureActiveDirectory",` +
		`"UserId":"kai@example.com","UserKey":"` + userKai + `","ApplicationId":"d3590ed6-52b3-4102-aeff-aad2292ab01c","ClientIP":"192.0.2.4","ErrorNumber":"0","ExtendedProperties":[{"Name":"RequestType","Value":"OAuth2:Token"}]}`
	refreshOfKai = `{"time":"2026-11-22T09:05:00Z","category":"NonInteractiveUserSignInLogs","tenantId":"t1","properties":{"id":"00000001-0000-4000-8000-0000000000a1","createdDateTime":"2026-11-22T09:00:00Z",` +
		`"userId":"` + userKai + `","userPrincipalName":"kai@example.com","appId":"d3590ed6-52b3-4102-aeff-aad2292ab01c","appDisplayName":"Quay","status":{"errorCode":0}}}`
	toldPath  = "/logs/interactive/00000001-0000-4000-8000-0000000000a1"
	movedPath = "/logs/noninteractive/00000001-0000-4000-8000-0000000000a1"
)

// A sign-in that Microsoft 365 tells says so on its page. When its own log brings it, the old address leads there. Whoever may not
// read Microsoft 365 activity sees the sign-in, and no record of that.
func TestToldSignIn(t *testing.T) {
	t.Parallel()
	h, db := activityHouse(t, map[string]string{"told.json": toldOfKai})
	h.server.Lacks = importer.Lacks
	const says, source = "Told by Microsoft 365 alone.", "not in this export: sign-ins told by Microsoft 365"
	ada, rita := h.as("ada"), h.as("rita")
	page := ada.get(toldPath + "?tab=all&whole=yes")
	page.expect(t, "a told sign-in", http.StatusOK, "")
	for _, want := range []string{says, source, "OAuth2:Token", `&#34;RecordType&#34;: 15`, "first copy, told by Microsoft 365"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the page of a told sign-in lacks %q", want)
		}
	}
	withoutRight := func(what string, a reply) {
		t.Helper()
		if a.StatusCode != http.StatusOK || !strings.Contains(a.body, "kai@example.com") {
			t.Errorf("%s: %d without the sign-in", what, a.StatusCode)
		}
		for _, trace := range []string{"Microsoft 365", "RecordType", "UserLoggedIn", "IntraSystemId"} {
			if strings.Contains(a.body, trace) {
				t.Errorf("%s without the right to activity has %q", what, trace)
			}
		}
	}
	withoutRight("a told sign-in", rita.get(toldPath+"?tab=all&whole=yes"))
	for _, path := range []string{"/logs/interactive/export.json", "/logs/interactive/export.ndjson", "/logs/interactive/export.csv"} {
		withoutRight(path, rita.get(path+activityDay))
	}
	ada.get(movedPath).expect(t, "an address that is none yet", http.StatusNotFound, "")
	if report, err := importer.New(db, importer.Options{}).Reader(t.Context(), "refresh.json", strings.NewReader(refreshOfKai)); err != nil || report.Updated != 1 {
		t.Fatalf("%+v, %v", report, err)
	}
	for name, v := range map[string]*visitor{"ada": ada, "rita": rita} {
		for from, to := range map[string]string{toldPath: movedPath, toldPath + "?tab=history&near=1": movedPath + "?tab=history", strings.Replace(toldPath, "interactive", "legacy", 1): movedPath} {
			v.get(from).expect(t, from+" as "+name, http.StatusSeeOther, to)
		}
		unknown := strings.Replace(toldPath, "a1", "a2", 1)
		if got := v.get(unknown); got.StatusCode != http.StatusNotFound {
			t.Errorf("%s as %s: %d", unknown, name, got.StatusCode)
		}
	}
	page = ada.get(movedPath + "?tab=all&whole=yes")
	page.expect(t, "the sign-in where it went", http.StatusOK, "")
	if !strings.Contains(page.body, "first copy, told by Microsoft 365") || strings.Contains(page.body, says) || strings.Contains(page.body, "not in this export") || !strings.Contains(page.body, "OAuth2:Token") {
		t.Error("the page of a sign-in that its own log tells says that another one does, or lacks what only that tells")
	}
	withoutRight("the sign-in where it went", rita.get(movedPath+"?tab=all&whole=yes"))
	if got := h.as("kari").get(toldPath); got.StatusCode != http.StatusForbidden {
		t.Errorf("a user's old address: %d", got.StatusCode)
	}
	for app, want := range map[string]string{"d3590ed6-52b3-4102-aeff-aad2292ab01c": movedPath, "a1": ""} {
		if err := h.accounts.SetScope(t.Context(), "reader", auth.Scope{Apps: []string{app}}); err != nil {
			t.Fatal(err)
		}
		status := http.StatusSeeOther
		if want == "" {
			status = http.StatusNotFound
		}
		v := h.as("reader")
		got := v.get(toldPath)
		got.expect(t, "the old address in the scope of "+app, status, want)
		if unknown := v.get(strings.Replace(toldPath, "a1", "a2", 1)); want == "" && strings.ReplaceAll(got.body, "0000000000a1", "0000000000a2") != unknown.body {
			t.Error("out of scope the old address has another page than an unknown one")
		}
	}
	total, err := db.Total(t.Context(), store.ListQuery{Log: store.Interactive, Range: store.AllTime()})
	if err != nil || total.N != 0 {
		t.Error(fmt.Sprint("the interactive log still has ", total.N), err)
	}
}
