package views

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"signpost/store"
)

func listPage(log store.Log) LogPage { return LogPage{List: List{Log: log}, ConditionalAccess: true} }

func TestCellValue(t *testing.T) {
	const none = "nothing stated"
	chosen := func(p *store.Property) Column { return signInLook.propertyColumn(p) }
	sp, spID := principalColumn("Service principal"), principalIDColumn("Service principal")
	tests := []struct {
		name   string
		column Column
		signIn store.SignIn
		want   string
	}{
		{"a user is asked for by ID", userColumn, store.SignIn{UserID: "u-1", UserPrincipalName: "ada@example.com", UserDisplayName: "Ada"}, "u-1"},
		{"a user without an ID by the UPN in the title", userColumn, store.SignIn{UserPrincipalName: "ada@example.com", UserDisplayName: "Ada"}, none},
		{"a user by name", userColumn, store.SignIn{UserDisplayName: "Ada"}, none},
		{"nobody", userColumn, store.SignIn{}, none},
		{"an application by the ID in the title", appColumn, store.SignIn{AppID: "a-1", AppDisplayName: "Travel (Desk)"}, none},
		{"an application by its ID in lower case", appColumn, store.SignIn{AppID: "A-1", AppDisplayName: "Travel Desk"}, "a-1"},
		{"an application without a name", appColumn, store.SignIn{AppID: "a-1"}, none},
		{"a resource", resourceColumn, store.SignIn{ResourceID: "r-1", ResourceDisplayName: "Graph"}, none},
		{"a resource ID", resourceIDColumn, store.SignIn{ResourceID: "3f2504e0-4f89-11d3-9a0c-0305e82c3301"}, none},
		{"no resource ID, but a name", resourceIDColumn, store.SignIn{ResourceDisplayName: "Graph"}, ""},
		{"a request ID is in its title", requestColumn, store.SignIn{ID: "3f2504e0-4f89-11d3-9a0c-0305e82c3301"}, none},
		{"a status says itself", statusColumn, store.SignIn{ErrorCode: store.IntOf(0)}, none},
		{"a status with its code", statusColumn, store.SignIn{ErrorCode: store.IntOf(50126)}, "failure,50126"},
		{"a stated status without a code", statusColumn, store.SignIn{StatedStatus: "Failure"}, none},
		{"no status", statusColumn, store.SignIn{}, none},
		{"a place in three parts", locationColumn, store.SignIn{City: "Bergen", State: "Vestland", CountryOrRegion: "NO"}, "NO,Vestland,Bergen"},
		{"a place of which the text leaves a part out", locationColumn, store.SignIn{City: "Oslo", State: "Oslo", CountryOrRegion: "NO"}, "NO,Oslo,Oslo"},
		{"a place with a comma", locationColumn, store.SignIn{City: "Washington, D.C.", State: "D C", CountryOrRegion: "US"}, "US,D%20C,Washington%2C%20D.C."},
		{"a place without a city", locationColumn, store.SignIn{CountryOrRegion: "NO"}, "NO,,"},
		{"no place", locationColumn, store.SignIn{}, none},
		{"a place of blanks", locationColumn, store.SignIn{City: " "}, ""},
		{"words of a closed field", caColumn, store.SignIn{ConditionalAccessStatus: "notApplied"}, "notApplied"},
		{"what a closed field does not know", caColumn, store.SignIn{ConditionalAccessStatus: "unknownFutureValue"}, ""},
		{"MFA required", mfaColumn, store.SignIn{AuthenticationRequirement: "multiFactorAuthentication"}, "multiFactorAuthentication"},
		{"an address", ipColumn, store.SignIn{IPAddress: "192.0.2.7"}, none},
		{"an address in another spelling", ipColumn, store.SignIn{IPAddress: "2001:DB8::1"}, "2001:db8::1"},
		{"a principal", sp, store.SignIn{ServicePrincipalID: "s-1", ServicePrincipalName: "backup"}, none},
		{"a principal ID", spID, store.SignIn{ServicePrincipalID: "s-1"}, none},
		{"a chosen truth", chosen(store.IsCompliant), store.SignIn{IsCompliant: store.True}, "yes"},
		{"a chosen number", chosen(store.AutonomousSystemNumber), store.SignIn{AutonomousSystemNumber: store.IntOf(64500)}, none},
		{"a chosen text", chosen(store.Browser), store.SignIn{Browser: "Edge 130"}, none},
		{"a chosen text, empty", chosen(store.Browser), store.SignIn{}, none},
		{"what markup does not keep", chosen(store.Browser), store.SignIn{Browser: "a\r\x00b"}, "a%0D%00b"},
		{"bytes that are no text", locationColumn, store.SignIn{City: "\xff", CountryOrRegion: "NO"}, "NO,,%EF%BF%BD"},
		{"a lone hyphen", chosen(store.Browser), store.SignIn{Browser: "-"}, "-"},
		{"no UPN, but an ID", chosen(store.UserPrincipalName), store.SignIn{UserID: "u-1"}, ""},
		{"a chosen UPN", chosen(store.UserPrincipalName), store.SignIn{UserID: "u-1", UserPrincipalName: "ada@example.com"}, none},
		{"a client app's option", chosen(store.ClientAppUsed), store.SignIn{ClientAppUsed: "Other clients; IMAP"}, "IMAP4"},
		{"a list in one text", chosen(store.IncomingTokenType), store.SignIn{IncomingTokenType: "saml11, saml20"}, "saml11,saml20"},
		{"as long as a filter takes", chosen(store.UserAgent), store.SignIn{UserAgent: strings.Repeat("x", 1000)}, none},
		{"longer than a filter takes", chosen(store.UserAgent), store.SignIn{UserAgent: strings.Repeat("é,", 501)}, "^" + strings.Repeat("%C3%A9%2C", 100)},
		{"longer, and of a field without beginnings", caColumn, store.SignIn{ConditionalAccessStatus: strings.Repeat("x", 1001)}, "^"},
		{"longer, and nothing at its beginning", chosen(store.UserAgent), store.SignIn{UserAgent: strings.Repeat(" ", 1001) + "x"}, "^"},
		{"a part that is longer", locationColumn, store.SignIn{City: strings.Repeat("x", 1001), CountryOrRegion: "NO"}, "NO,,^" + strings.Repeat("x", 200)},
		{"a property that no field asks for", chosen(store.BrowserID), store.SignIn{BrowserID: "b-1"}, none},
	}
	for _, test := range tests {
		p := listPage(store.Interactive)
		if c := test.column.Name; c == "sp" || c == "spid" {
			p = listPage(store.ServicePrincipal)
		}
		got, stated := p.cellValue(test.column, &test.signIn)
		if !stated {
			got = none
		}
		if got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestHeadingsNameWhatCanBeAskedFor(t *testing.T) {
	tests := []struct {
		log               store.Log
		column            Column
		conditionalAccess bool
		want              string
	}{
		{store.Interactive, userColumn, true, "user"},
		{store.Interactive, dateColumn, true, ""},
		{store.NonInteractive, countColumn, true, ""},
		{store.Interactive, statusColumn, true, "status,error"},
		{store.Interactive, locationColumn, true, "country,state,city"},
		{store.Interactive, caColumn, true, "ca"},
		{store.Interactive, caColumn, false, ""},
		{store.Interactive, signInLook.propertyColumn(store.ServicePrincipalName), true, ""}, // that log would set the field aside
		{store.Interactive, signInLook.propertyColumn(store.BrowserID), true, "devicedetailbrowserid"},
		{store.Interactive, mfaColumn, true, "requirement"},
		{store.ManagedIdentity, resourceIDColumn, true, "resource"},
	}
	for _, test := range tests {
		p := listPage(test.log)
		p.ConditionalAccess = test.conditionalAccess
		got := ""
		for _, a := range p.headingAttributes(test.column) {
			if a.Key == "data-field" {
				got, _ = a.Value.(string)
			}
		}
		if got != test.want {
			t.Errorf("%s, %s: data-field %q, want %q", test.log, test.column.Label, got, test.want)
		}
	}
}

// The menu splits words and names at commas, so no words of a field may have one.
func TestWordsOfFieldsHaveNoCommas(t *testing.T) {
	for _, f := range store.SignIns.Fields() {
		if strings.Contains(f.Label, ",") {
			t.Errorf("%s: %q", f.Name, f.Label)
		}
	}
}

func TestFactsLeadToTheLog(t *testing.T) {
	noon := time.Date(2026, 11, 23, 12, 0, 30, 0, time.UTC)
	page := DetailsPage{ConditionalAccess: true, Record: store.Record{Entry: &store.SignIn{
		Log: store.Interactive, Time: noon, UserID: "u-1", UserDisplayName: "Ada", ErrorCode: store.IntOf(50126), SessionID: "s",
		ConditionalAccessStatus: "failure", IncomingTokenType: "saml11, saml20", TenantID: "t",
	}}}
	tests := []struct {
		name string
		fact Fact
		want []string // FIELD=value
	}{
		{"a name by its ID", page.fact(store.UserDisplayName), []string{"user=u-1"}},
		{"an empty fact", page.fact(store.City), nil},
		{"a tenant", page.fact(store.TenantID), []string{"tenant=t"}},
		{"Conditional Access", page.fact(store.ConditionalAccessStatus), []string{"ca=failure"}},
		{"several values", page.fact(store.IncomingTokenType), []string{"tokentype=saml11", "tokentype=saml20"}},
		{"the status", page.result().Facts[1], []string{"status=failure"}},
	}
	for _, test := range tests {
		if len(test.fact.Narrowings) != len(test.want) {
			t.Errorf("%s: %d values lead to the log, want %d", test.name, len(test.fact.Narrowings), len(test.want))
			continue
		}
		for i, n := range test.fact.Narrowings {
			field, value, _ := strings.Cut(test.want[i], "=")
			day := "from=2026-11-23T00%3A00%3A00Z&to=2026-11-24T00%3A01%3A00Z"
			for param, got := range map[string]string{field: n.Only, field + ".not": n.Without} {
				u, err := url.Parse(got)
				if err != nil {
					t.Fatal(err)
				}
				values := u.Query()
				if u.Path != "/logs/interactive" || values.Get(param) != value || len(values) != 3 {
					t.Errorf("%s: %s, want %s=%s and %s", test.name, got, param, value, day)
				}
				if values.Get("from") != "2026-11-23T00:00:00Z" || values.Get("to") != "2026-11-24T00:01:00Z" {
					t.Errorf("%s: %s, want %s", test.name, got, day)
				}
			}
		}
	}
	page.ConditionalAccess = false
	if n := page.fact(store.ConditionalAccessStatus).Narrowings; len(n) > 0 {
		t.Errorf("without the right: %v", n)
	}
}
