package web

import (
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"signpost/auth"
	"signpost/store"
	"signpost/store/importer"
	"signpost/store/kinds"
)

// No section says that a value is missing if the record holds it in an unreadable shape. A lone object is a list with one
// item.
func TestDetailsStateNoAbsenceOfWhatIsNotRead(t *testing.T) {
	v := newFilledHouse(t, []string{"c05_aud.ndjson", "m16.ndjson"}, "")
	section := func(id, tab string) string {
		return squeeze(v.page("/logs/interactive/" + id + "?tab=" + tab).Find("[data-testid=details] section").Text())
	}
	for _, tt := range []struct{ id, tab, want, not string }{
		{"6c97bdc6-2f91-5c1a-b50a-dbca11865b15", "conditional-access", "Lone policy", "no Conditional Access policies"},
		{"0b1c2d3e-0016-4000-8000-000000000016", "authentication", "Authentication steps are in a format Signpost cannot read: see Raw.", "has no authentication steps"},
		{"4e624bd7-51cd-57da-9197-4e9a56286644", "authentication", "Correct password", "no authentication steps"},
		{"6a2b5f15-08c4-5c67-a312-7472daa5f49e", "authentication", "Conditional Access", ""},
		{"1b1c5517-c973-5e05-8120-39552dbf93f6", "additional", "Domain Hint Present", "no processing details"},
		{"430425d3-c3bc-5296-bbb4-333fbfb2a00a", "conditional-access", "aaaa1111-0000-4000-8000-000000000002", ""},
		{"bddebe8d-29b1-543e-ad80-6b080ef75d3a", "conditional-access", "The record has no Conditional Access policies.", "not read"},
		{"0b1c2d3e-0016-4000-8000-000000000016", "conditional-access", "The record does not tell of Conditional Access policies.", "has no"},
	} {
		text := section(tt.id, tt.tab)
		if !strings.Contains(text, tt.want) || tt.not != "" && strings.Contains(text, tt.not) {
			t.Errorf("%s of %s says %q, want %q and not %q", tt.tab, tt.id, text, tt.want, tt.not)
		}
	}
}

// misreadSignIn is a sign-in with everything in an unknown shape.
const misreadSignIn = `{"time":"2026-11-23T12:00:00Z","category":"SignInLogs","operationName":"Sign-in activity","properties":{
	"id":"0b1c2d3e-0017-4000-8000-000000000017","createdDateTime":"2026-11-23T12:00:00Z","userId":"aaaaaaaa-0000-4000-8000-00000000000a","userPrincipalName":"ada@example.com",
	"appDisplayName":["Travel"],"ipAddress":{"v4":"192.0.2.1"},"deviceDetail":"{\"operatingSystem\":\"Lin","location":"{\"city\":\"Be","processingTimeInMilliseconds":"long",
	"status":{"errorCode":50126},"conditionalAccessStatus":"failure","appliedConditionalAccessPolicies":"[{\"id\":\"a","conditionalAccessAudiences":7,
	"authenticationContextClassReferences":"System.Object[]","authenticationDetails":"[{","authenticationMethodsUsed":{"a":1},"authenticationRequirementPolicies":7,
	"sessionLifetimePolicies":7,"networkLocationDetails":"[{","authenticationProcessingDetails":7,"signInEventTypes":[7],"riskEventTypes_v2":[7],"privateLinkDetails":7,
	"authenticationAppDeviceDetails":7}}`

func TestDetailsOfARecordThatNobodyCanRead(t *testing.T) {
	entry, err := importer.Decoder(kinds.Catalog)("", []byte(misreadSignIn))
	if err != nil {
		t.Fatal(err)
	}
	signIn := *entry.(*store.SignIn)
	f := newFakeStore(signIn)
	f.records[0].Versions = []store.Version{{Entry: signIn.Clone(), Doc: []byte(misreadSignIn)}}
	for _, role := range []auth.Role{admin, reports} {
		p := newPortal(t, f, role)
		p.Misread = importer.Misread(kinds.Catalog)
		a := p.get("/logs/interactive/" + signIn.ID)
		labels := []string{
			"Application", "IP address", "Operating system", "Browser", "Location", "City", "Authentication policies applied", "Session lifetime policies applied",
			"Methods used", "Sign-in event types", "Risk detections",
		}
		if role == admin {
			labels = append(labels, "Audiences", "Authentication contexts")
		}
		for _, label := range labels {
			if got := fact(a, label); got != "in a format Signpost cannot read: see Raw" {
				t.Errorf("%s as %s: %q", label, role, got)
			}
		}
		text := squeeze(a.page.Find("[data-testid=details]").Text())
		for _, absence := range []string{"The record has no", "was in no named location", "does not tell of", "None of the policies", "No report-only"} {
			if strings.Contains(text, absence) {
				t.Errorf("%s is told %q of a record that nobody can read", role, absence)
			}
		}
		// Without the right to Conditional Access data its unreadable shape is not mentioned either.
		wanted := map[string]bool{
			"Authentication steps are in": true, "Named locations are in": true, "Processing details are in": true, "Private Link: in": true, "Authenticator app: in": true,
			"Conditional Access policies are in": role == admin,
		}
		for said, want := range wanted {
			if strings.Contains(text, said) != want {
				t.Errorf("%s is told %q: %t, want %t", role, said, !want, want)
			}
		}
	}
}

// The head, the support text and facts made of several fields say it too.
func TestDetailsOfAResultThatNobodyCanRead(t *testing.T) {
	const doc = `{"time":"2026-11-23T12:00:00Z","category":"SignInLogs","operationName":"Sign-in activity","properties":{
		"id":"0b1c2d3e-0018-4000-8000-000000000018","createdDateTime":"2026-11-23T12:00:00Z","userId":["x"],"userPrincipalName":7,"appDisplayName":5,
		"ipAddress":{"v4":"192.0.2.1"},"correlationId":{"a":1},"status":{"errorCode":[50126]},"authenticationProtocol":{"a":"ropc"},"resourceId":[]}}`
	entry, err := importer.Decoder(kinds.Catalog)("", []byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	signIn := *entry.(*store.SignIn)
	f := newFakeStore(signIn)
	f.records[0].Versions = []store.Version{{Entry: signIn.Clone(), Doc: []byte(doc)}}
	p := newPortal(t, f, reports)
	p.Misread = importer.Misread(kinds.Catalog)
	a := p.get("/logs/interactive/" + signIn.ID)
	const notRead = "in a format Signpost cannot read: see Raw"
	for _, label := range []string{"Correlation ID", "Status", "Sign-in error code", "Authentication flow", "Authentication protocol", "Application", "User ID", "Username"} {
		if got := fact(a, label); got != notRead {
			t.Errorf("%s: %q", label, got)
		}
	}
	text := a.page.Find("[data-testid=details] pre").First().Text()
	for _, line := range []string{"Correlation ID: ", "Sign-in error code: ", "User: ", "Application: ", "IP address: "} {
		if !strings.Contains(text, line+notRead) {
			t.Errorf("the text for support has no line %q%s:\n%s", line, notRead, text)
		}
	}
	if !strings.Contains(text, "Resource: -") {
		t.Errorf("an empty list is nothing to read:\n%s", text)
	}
}

// A person's own page, too, distinguishes an unreadable value from a missing one.
func TestMeSaysWhatCannotBeShown(t *testing.T) {
	entry, err := importer.Decoder(kinds.Catalog)("", []byte(misreadSignIn))
	if err != nil {
		t.Fatal(err)
	}
	signIn := *entry.(*store.SignIn)
	signIn.UserID = ada.UserID
	f := newFakeStore(signIn)
	f.records[0].Versions = []store.Version{{Entry: signIn.Clone(), Doc: []byte(misreadSignIn)}}
	p := newPortalOf(t, f, ada)
	p.Misread = importer.Misread(kinds.Catalog)
	a := p.get("/me/" + signIn.ID)
	for label, want := range map[string]string{
		"IP address": "written in a way that cannot be shown here; your helpdesk can look at it", "Operating system": "written in a way that cannot be shown here; your helpdesk can look at it",
	} {
		if got := fact(a, label); got != want {
			t.Errorf("%s: %q, want %q", label, got, want)
		}
	}
	if a.page.Find("dt").FilterFunction(func(_ int, dt *goquery.Selection) bool { return strings.Contains(dt.Text(), "Conditional Access") }).Length() > 0 {
		t.Error("Conditional Access data on a person's own page")
	}
}

// Azure Monitor writes "null" for a missing address; a page shows no address either.
func TestNullIsNoAddress(t *testing.T) {
	v := newFilledHouse(t, []string{"c08_odd.ndjson"}, "")
	if got := v.page("/logs/interactive?from=2000-01-01&to=2027-01-01&limit=200"); got.Find("[data-testid=row]").Length() < 10 || strings.Contains(got.Find("main").Text(), "<null>") {
		t.Errorf("%d rows, one of them with <null>: %t", got.Find("[data-testid=row]").Length(), strings.Contains(got.Find("main").Text(), "<null>"))
	}
	if n := v.page("/logs/interactive?from=2000-01-01&to=2027-01-01&" + url.Values{"ip.has": {"null"}}.Encode()).Find("[data-testid=row]").Length(); n > 0 {
		t.Errorf("%d sign-ins have an address with null in it", n)
	}
}

// A list in an unreadable shape is not empty, whatever its content.
func TestFiltersTakeNoUnreadListForAnEmptyOne(t *testing.T) {
	v := newFilledHouse(t, []string{"m16.ndjson"}, "")
	for _, tt := range []struct {
		field, value string
		want         int
	}{
		{"method.empty", "yes", 0},
		{"method.empty", "no", 1},
		{"methodresult.empty", "yes", 0},
		{"method", store.UnreadShape, 1},
		{"method.has", "shape", 0}, // only texts of the records
		{"method.starts", "(in", 0},
		{"policy.empty", "yes", 1}, // the record has no such list
		{"policy", store.UnreadShape, 0},
	} {
		page := v.page("/logs/interactive?from=2000-01-01&to=2027-01-01&" + url.Values{tt.field: {tt.value}}.Encode())
		if n := page.Find("[data-testid=row]").Length(); n != tt.want {
			t.Errorf("%s=%s finds %d sign-ins, want %d", tt.field, tt.value, n, tt.want)
		}
	}
}
