package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"signpost/auth"
	"signpost/store"
)

func detailsTabs(a answer) []string {
	var tabs []string
	for i := range a.hook("details-tab").Length() {
		tabs = append(tabs, a.hook("details-tab").Eq(i).AttrOr("data-value", "?"))
	}
	return tabs
}

// fact reads one value of the page by its label, with its note.
func fact(a answer, label string) string {
	for i := range a.page.Find("dt").Length() {
		if dt := a.page.Find("dt").Eq(i); squeeze(dt.Text()) == label {
			return squeeze(dt.Next().Text())
		}
	}
	return "no such fact"
}

func TestDetailsHaveTheSectionsOfTheirLog(t *testing.T) {
	f := newFakeStore(interactiveSignIn(1, at("12:00:00")), refresh(2, at("12:00:00"), "r"), principalSignIn(3, at("12:00:00")), identitySignIn(4, at("12:00:00")))
	tests := []struct {
		path string
		role auth.Role
		want string
	}{
		{"/logs/interactive/" + testID(1), admin, "summary authentication conditional-access location risk next related events raw all"},
		{"/logs/interactive/" + testID(1), reports, "summary authentication location related events raw all"},
		{"/logs/noninteractive/" + testID(2), admin, "summary authentication conditional-access location risk next related history raw all"},
		{"/logs/serviceprincipal/" + testID(3), admin, "summary conditional-access location risk next related history raw all"},
		{"/logs/managedidentity/" + testID(4), admin, "summary next related history raw all"},
	}
	for _, test := range tests {
		a := newPortal(t, f, test.role).get(test.path)
		if got := strings.Join(detailsTabs(a), " "); got != test.want {
			t.Errorf("%s as %s: tabs %q, want %q", test.path, test.role, got, test.want)
		}
		if a.hook("details").Length() != 1 || a.page.Find("h1").Length() != 1 {
			t.Errorf("%s: want one details and one h1", test.path)
		}
	}
}

func TestDetailsTabShowsItsSectionOnly(t *testing.T) {
	p := newPortal(t, newFakeStore(interactiveSignIn(1, at("12:00:00")), identitySignIn(4, at("12:00:00"))), admin)
	a := p.get("/logs/interactive/" + testID(1) + "?tab=authentication")
	if got := a.texts("section h2"); !slices.Equal(got, []string{"Authentication details"}) {
		t.Errorf("sections = %q", got)
	}
	if got := a.texts(`[data-testid="details-tab"][aria-current]`); !slices.Equal(got, []string{"Authentication"}) {
		t.Errorf("current tab = %q", got)
	}
	if got := a.page.Find(".data tbody tr").Length(); got != 2 {
		t.Errorf("%d steps, want 2", got)
	}
	if !strings.Contains(a.page.Find("section").Text(), "hardware and software tokens alike") {
		t.Error("the OATH note is missing")
	}
	if got := p.get("/logs/interactive/" + testID(1) + "?tab=nonsense").Code; got != http.StatusBadRequest {
		t.Errorf("an unknown tab: status %d, want 400", got)
	}
	device := p.get("/logs/managedidentity/" + testID(4) + "?tab=device")
	if device.Code != http.StatusOK || !strings.Contains(device.page.Find("section").Text(), "signs in without") {
		t.Errorf("device of a managed identity: status %d, %q", device.Code, squeeze(device.page.Find("section").Text()))
	}
}

func TestDetailsSayWhatMustBeKnown(t *testing.T) {
	wrong := interactiveSignIn(1, at("12:00:00"))
	wrong.ErrorCode, wrong.AuthenticationRequirement, wrong.TimeIsIngestion = store.IntOf(50053), "singleFactorAuthentication", true
	wrong.IsInteractive = store.False
	wrong.HomeTenantID, wrong.ResourceTenantID, wrong.ClientAppUsed = wrong.TenantID, "another", ""
	quiet := refresh(2, at("12:00:00"), "r")
	quiet.ClientAppUsed, quiet.ConditionalAccessStatus = "", ""
	p := newPortal(t, newFakeStore(wrong, quiet), admin)
	a := p.get("/logs/interactive/" + testID(1))
	for label, part := range map[string]string{
		"Date": "Time of ingestion", "Interactive": "November 2020", "Sign-in error code": "two things", "Client app": "not disclosed",
		"Authentication requirement": "no second factor was asked", "Location": "Best effort", "Conditional Access": "though not necessarily their other conditions",
		"Risk level (real-time)": "no premium licence",
	} {
		if got := fact(a, label); !strings.Contains(got, part) {
			t.Errorf("%s = %q, want %q in it", label, got, part)
		}
	}
	b := p.get("/logs/noninteractive/" + testID(2))
	if got := fact(b, "IP address"); !strings.Contains(got, "the first token was issued to") {
		t.Errorf("IP address = %q", got)
	}
	for _, label := range []string{"Client app", "Conditional Access", "Session ID", "Coordinates"} {
		if got := fact(b, label); got != "-" {
			t.Errorf("%s = %q, want -", label, got)
		}
	}
}

func TestTokenProtectionCodesAreInWords(t *testing.T) {
	for code, want := range map[int64]string{
		1002: "1002 Not bound: the device is not registered with Entra", 1008: "1008 Not bound: the application does not use a broker",
		1999: "1999 nothing is known of this status code", 0: "0",
	} {
		s := interactiveSignIn(1, at("12:00:00"))
		s.TokenProtectionStatus, s.TokenProtectionStatusCode = "unbound", store.IntOf(code)
		a := newPortal(t, newFakeStore(s), reports).get("/logs/interactive/" + testID(1))
		if got := fact(a, "Token protection - sign-in session status code"); got != want {
			t.Errorf("%d is shown as %q, want %q", code, got, want)
		}
	}
}

func TestDetailsShowHistoryNewestFirst(t *testing.T) {
	early := interactiveSignIn(1, at("12:00:00"))
	early.AuthenticationDetails = early.AuthenticationDetails[:1]
	late := interactiveSignIn(1, at("12:00:00"))
	late.Ingested, late.FailureReason = at("13:00:00"), "Other."
	f := newFakeStore(late)
	f.records[0].Versions = []store.Version{{Entry: early.Clone(), Doc: []byte(`{"v":1}`)}, {Entry: late.Clone(), Doc: []byte(`{"v":2}`)}}
	a := newPortal(t, f, admin).get("/logs/interactive/" + testID(1) + "?tab=history")
	got := a.texts("#history .data tbody tr")
	want := []string{
		"22026-11-23 13:00:00 UTC2 fields", "12026-11-23 12:03:00 UTCfirst copy", "Failure reason-Other.",
		"Authentication step 2-OATH verification code, succeeded: yes, MFA completed in Azure AD, Multi-factor authentication",
	}
	if !slices.Equal(got, want) {
		t.Errorf("versions and changes = %q", got)
	}
	raw := newPortal(t, f, admin).get("/logs/interactive/" + testID(1) + "?tab=raw")
	if got := raw.texts("section pre"); !slices.Equal(got, []string{`{ "v": 2 }`, `{ "v": 1 }`}) {
		t.Errorf("raw = %q", got)
	}
}

func TestDetailsWithoutTheRightHoldNoConditionalAccess(t *testing.T) {
	s := interactiveSignIn(1, at("12:00:00"))
	s.ConditionalAccessAudiences = []string{"secret-audience"}
	s.AuthenticationContextClassReferences = []store.AuthenticationContext{{ID: "secret-context"}}
	s.AuthenticationProcessingDetails = []store.KeyValue{{Key: "Conditional Access Secret", Value: "secret-detail"}, {Key: "Login Hint Present", Value: "True"}}
	s.AppliedEventListeners = []byte(`[{"conditionalAccessStatus":"secret-listener"}]`)
	f := newFakeStore(s)
	doc := []byte(`{"id":"x","properties":{"ConditionalAccessPolicies":[{"displayName":"Secret policy"}],"n":1.10}}`)
	other := s
	other.ConditionalAccessStatus = "failure"
	f.records[0].Versions = []store.Version{{Entry: other.Clone(), Doc: doc}, {Entry: s.Clone(), Doc: doc}}
	p := newPortal(t, f, reports)
	for _, tab := range []string{"", "?tab=basic", "?tab=additional", "?tab=authentication", "?tab=history", "?tab=raw", "?tab=events"} {
		a := p.get("/logs/interactive/" + testID(1) + tab)
		if a.Code != http.StatusOK {
			t.Fatalf("%q: status %d, want 200", tab, a.Code)
		}
		text := strings.ToLower(a.Body.String())
		for _, secret := range []string{"secret", "warehouse", "conditional access", "conditionalaccess", "notapplied"} {
			if strings.Contains(text, secret) {
				t.Errorf("%q: the page holds %q", tab, secret)
			}
		}
	}
	if got := p.get("/logs/interactive/" + testID(1) + "?tab=raw").page.Find("pre").Last().Text(); !strings.Contains(got, "1.10") {
		t.Errorf("raw lost what may be seen: %s", got)
	}
	for _, tab := range []string{"conditional-access", "report-only"} {
		for _, id := range []string{testID(1), "unknown"} {
			if got := p.get("/logs/interactive/" + id + "?tab=" + tab).Code; got != http.StatusForbidden {
				t.Errorf("tab %s of %s: status %d, want 403", tab, id, got)
			}
		}
	}
	if f.records[0].SignIn().ConditionalAccessStatus == "" || len(f.records[0].Versions[0].SignIn().AppliedConditionalAccessPolicies) == 0 || f.records[0].SignIn().AuthenticationProcessingDetails[0].Value != "secret-detail" {
		t.Error("withholding changed the store's own record")
	}
}

func TestReportOnlyPoliciesStandUnderAHeadingOfTheirOwn(t *testing.T) {
	a := newPortal(t, newFakeStore(interactiveSignIn(1, at("12:00:00"))), admin).get("/logs/interactive/" + testID(1) + "?tab=conditional-access")
	applied, rehearsed := a.texts("#conditional-access .policy-name"), a.texts("#report-only .policy-name")
	if !slices.Equal(applied, []string{"Secret policy: MFA for all"}) || !slices.Equal(rehearsed, []string{"Warehouse rehearsal"}) {
		t.Errorf("applied = %q, report-only = %q", applied, rehearsed)
	}
	if got := a.texts(`[data-testid="details-tab"][aria-current]`); !slices.Equal(got, []string{"Conditional Access (1)"}) {
		t.Errorf("current tab = %q", got)
	}
	if got := a.page.Find(`#conditional-access a[href*="tab=report-only"]`).Text(); got != "Report-only results (1)" {
		t.Errorf("the way to the report-only results is %q", got)
	}
}

// Every word that an address of a section ever had opens the tab that shows the section now, and scrolls to
// it.
func TestOldTabWordsOpenTheirParts(t *testing.T) {
	failed := interactiveSignIn(1, at("12:00:00"))
	failed.ErrorCode = store.IntOf(50126)
	p := newPortal(t, newFakeStore(failed), admin)
	for word, want := range map[string]struct{ tab, parts string }{
		"":        {"All", "summary basic additional authentication conditional-access report-only location device risk next related events history raw"},
		"all":     {"All", "summary basic additional authentication conditional-access report-only location device risk next related events history raw"},
		"summary": {"Summary", "summary basic additional"}, "basic": {"Summary", "summary BASIC additional"}, "additional": {"Summary", "summary basic ADDITIONAL"},
		"only-me": {"Summary", "summary basic additional"}, "authentication": {"Authentication", "authentication"},
		"conditional-access": {"Conditional Access (1)", "conditional-access report-only"}, "report-only": {"Conditional Access (1)", "conditional-access REPORT-ONLY"},
		"location": {"Location and device", "location device"}, "device": {"Location and device", "location DEVICE"}, "related": {"Related", "related"},
		"events": {"Events (1)", "events history"}, "history": {"Events (1)", "events HISTORY"}, "raw": {"Raw", "raw"},
	} {
		a := p.get("/logs/interactive/" + testID(1) + "?tab=" + word)
		var parts []string
		for i := range a.page.Find("section.section").Length() {
			part := a.page.Find("section.section").Eq(i)
			id := part.AttrOr("id", "?")
			if _, asked := part.Attr("autofocus"); asked {
				id = strings.ToUpper(id)
			}
			parts = append(parts, id)
		}
		if got := strings.Join(parts, " "); a.Code != http.StatusOK || got != want.parts {
			t.Errorf("tab=%s: status %d, parts %q, want %q", word, a.Code, got, want.parts)
		}
		if got := a.texts(`[data-testid="details-tab"][aria-current]`); !slices.Equal(got, []string{want.tab}) {
			t.Errorf("tab=%s: current tab %q, want %q", word, got, want.tab)
		}
	}
	if _, asked := p.get("/logs/interactive/" + testID(1) + "?tab=only-me").page.Find("#only-me").Attr("autofocus"); !asked {
		t.Error("tab=only-me does not lead to the others")
	}
}

func TestUnknownSignInIsNotFound(t *testing.T) {
	p := newPortal(t, newFakeStore(interactiveSignIn(1, at("12:00:00"))), admin)
	for _, path := range []string{
		"/logs/interactive/" + testID(9), "/logs/noninteractive/" + testID(1), "/logs/interactive/%00", "/logs/interactive/..%2Fetc", "/logs/nolog/" + testID(1),
	} {
		if got := p.get(path).Code; got != http.StatusNotFound {
			t.Errorf("%s: status %d, want 404", path, got)
		}
	}
}

func TestOddIDsHaveAPage(t *testing.T) {
	s := interactiveSignIn(1, at("12:00:00"))
	s.ID = "a/b?c=d e&f%g"
	p := newPortal(t, newFakeStore(s), admin)
	href := p.get("/logs/interactive").hook("row").Find("a").AttrOr("href", "")
	if a := p.get(href); a.Code != http.StatusOK || a.hook("details").AttrOr("data-id", "") != s.ID {
		t.Errorf("%s: status %d, id %q", href, a.Code, a.hook("details").AttrOr("data-id", ""))
	}
}

func TestNeighboursLeadToTheSignIn(t *testing.T) {
	f := newFakeStore(interactiveSignIn(1, at("12:00:00")), principalSignIn(3, at("12:00:00")), identitySignIn(4, time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)))
	p := newPortal(t, f, admin)
	for _, path := range []string{"/logs/interactive/" + testID(1), "/logs/serviceprincipal/" + testID(3), "/logs/managedidentity/" + testID(4)} {
		a := p.get(path)
		ways := a.page.Find(".ways a")
		if ways.Length() < 2 {
			t.Errorf("%s: %d ways, want more", path, ways.Length())
		}
		for i := range ways.Length() {
			href := ways.Eq(i).AttrOr("href", "")
			if got := p.get(href).page.Find(`[data-id="` + path[len(path)-36:] + `"]`).Length(); got != 1 {
				t.Errorf("%s of %s: the sign-in is there %d times, want once", href, path, got)
			}
		}
	}
}

func TestSupportText(t *testing.T) {
	failed := interactiveSignIn(1, at("12:00:00"))
	failed.ErrorCode, failed.FailureReason = store.IntOf(50126), "Invalid username or password."
	p := newPortal(t, newFakeStore(failed, principalSignIn(3, at("12:00:00")), identitySignIn(4, at("12:00:00"))), admin)
	a := p.get("/logs/interactive/" + testID(1))
	want := `Request ID: 00000001-1111-4222-8333-000000000001
Correlation ID: c0c0c0c0-1111-4222-8333-444444444444
Time: 2026-11-23 12:00:00 UTC
Sign-in error code: 50126 Invalid username or password.
User: Ada Example (ada@example.com)
Application: Travel Desk (a9a9a9a9-0000-4000-8000-000000000001)
Resource: Microsoft Graph (00000003-0000-0000-c000-000000000000)
IP address: 192.0.2.7`
	if got := a.hook("support").Find("pre").Text(); got != want {
		t.Errorf("text for support = %q", got)
	}
	ids := a.hook("copy-ids").Find("[data-copy]")
	if ids.Length() < 5 || ids.Eq(0).AttrOr("data-copy", "") != testID(1) || ids.Eq(1).AttrOr("data-copy", "") != "c0c0c0c0-1111-4222-8333-444444444444" {
		t.Errorf("%d IDs can be copied, the first are %q", ids.Length(), a.texts("[data-testid=copy-ids] [data-copy]"))
	}
	if got := a.page.Find(".reason").Text(); got != "Invalid username or password." {
		t.Errorf("reason = %q", got)
	}
	for path, part := range map[string]string{
		"/logs/serviceprincipal/" + testID(3): "Service principal: nightly-backup (sp-" + testID(1) + ")", "/logs/managedidentity/" + testID(4): "Managed identity: vm-orders",
	} {
		if got := p.get(path).hook("support").Find("pre").Text(); !strings.Contains(got, part) || strings.Contains(got, "User:") {
			t.Errorf("%s: text for support = %q", path, got)
		}
	}
}

// A sign-in is found with its approximate time, with a wrong one and without any. A value that is no time is
// refused.
func TestDetailsWithAHint(t *testing.T) {
	p := newPortal(t, newFakeStore(relatedTo()...), admin)
	address := "/logs/interactive/" + testID(1)
	plain := p.get(address)
	hint := plain.page.Find(`[data-testid="details-tab"][data-value="summary"]`).AttrOr("href", "")
	if want := address + "?near=" + strconv.FormatInt(at("12:00:00").Unix(), 10) + "&tab=summary"; hint != want {
		t.Errorf("the way to a section is %q, want %q", hint, want)
	}
	for _, near := range []string{strconv.FormatInt(at("12:00:00").Unix(), 10), "0", "1"} {
		if got := p.get(address + "?near=" + near); got.Code != http.StatusOK || got.hook("details").Text() != plain.hook("details").Text() {
			t.Errorf("near %s: %d", near, got.Code)
		}
	}
	for _, near := range []string{"x", "-", "99999999999", "1e3", "2026-11-23"} {
		if got := p.get(address + "?near=" + near); got.Code != http.StatusBadRequest {
			t.Errorf("near %s: %d, want 400", near, got.Code)
		}
	}
}
