package importer

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"signpost/store"
	"signpost/store/rawjson"
)

func TestGraphBeta(t *testing.T) {
	w := newFakeWriter()
	reports, err := New(w, Options{}).Paths(t.Context(), "testdata/graph_beta.json")
	if err != nil {
		t.Fatal(err)
	}
	r := reports[0]
	if r.Format != Graph || r.Read != 4 || r.New != 4 {
		t.Errorf("got %+v, want format graph, 4 new", r)
	}
	want := map[store.Log]int64{store.Interactive: 1, store.NonInteractive: 1, store.ServicePrincipal: 1, store.ManagedIdentity: 1}
	if diff := cmp.Diff(want, r.LogCounts); diff != "" {
		t.Errorf("log counts (-want +got):\n%s", diff)
	}
	if said := strings.Join(r.CannotShow, " "); !strings.Contains(said, "@odata.nextLink") || strings.Contains(said, "v1.0") {
		t.Errorf("got %q, want a word about the further page and none about v1.0", said)
	}
	got := *w.rows["interactive/b0000000-0000-4000-8000-000000000001"][0].SignIn()
	if diff := cmp.Diff(betaSignIn(), got); diff != "" {
		t.Errorf("sign-in (-want +got):\n%s", diff)
	}
}

// betaSignIn is the first record of testdata/graph_beta.json.
func betaSignIn() store.SignIn {
	var lists store.CollectionStates
	lists.Note(store.CollectionEventListeners, store.CollectionEmpty)
	at := time.Date(2026, 11, 2, 8, 15, 30, 0, time.UTC)
	const id = "b0000000-0000-4000-8000-0000000000"
	return store.SignIn{
		Log: store.Interactive, ID: id + "01", Time: at, CorrelationID: id + "e1",
		UserID: id + "a1", UserPrincipalName: "ada@example.com", UserDisplayName: "Ada Example", UserType: "member",
		AppID: id + "c1", AppDisplayName: "Example Portal", ResourceID: id + "d1", ResourceDisplayName: "Example API",
		ErrorCode: store.IntOf(53003), FailureReason: "Access has been blocked.", ConditionalAccessStatus: "failure",
		AppliedConditionalAccessPolicies: []store.AppliedPolicy{{
			ID: id + "f1", DisplayName: "Block legacy", Result: "failure", GrantControls: []string{"Block"},
			ConditionsSatisfied:   []string{"application", "users", "clientType"},
			IncludeRulesSatisfied: []store.ConditionRule{{Condition: "application", Rule: "allApps"}},
			SessionControlsNotMet: []string{"SignInFrequency"}, AuthenticationStrength: "Phishing-resistant", AuthenticationStrengthR: "satisfied",
		}},
		ConditionalAccessAudiences:           []string{id + "d1"},
		AuthenticationContextClassReferences: []store.AuthenticationContext{{ID: "c1", Detail: "required"}},
		AuthenticationRequirement:            "multiFactorAuthentication", IncomingTokenType: "primaryRefreshToken",
		ClientAppUsed: "Browser", UserAgent: "Mozilla/5.0 \"quoted\" é😀",
		AuthenticationRequirementPolicies: []store.RequirementPolicy{{Provider: "multiConditionalAccess", Detail: "Conditional Access"}},
		SessionLifetimePolicies:           []store.RequirementPolicy{{Provider: "signInFrequencyEveryTime", Detail: "Sign-in frequency"}},
		AuthenticationDetails: []store.AuthenticationStep{{
			Time: at, Method: "Password", MethodDetail: "Password in the cloud", Succeeded: store.True,
			ResultDetail: "Correct password", Requirement: "Primary authentication",
		}},
		AuthenticationMethodsUsed:       []string{"Password"},
		AuthenticationProcessingDetails: []store.KeyValue{{Key: "Is CAE Token", Value: "True"}},
		PrivateLinkDetails:              []byte(`{"policyId":"","policyName":""}`),
		DeviceDisplayName:               "ADA-PC", OperatingSystem: "Windows 11", Browser: "Edge 130.0.0", IsCompliant: store.False, TrustType: "Azure AD joined",
		IPAddress: "192.0.2.10", AutonomousSystemNumber: store.IntOf(64500), City: "Springfield", State: "Exampleshire", CountryOrRegion: "GB",
		Coordinates:            store.Coordinates{Latitude: 51.5, Longitude: -0.12, Set: true},
		NetworkLocationDetails: []store.NetworkLocation{{Type: "namedNetwork", Names: []string{"Head office"}}},
		IsInteractive:          store.True, SignInEventTypes: []string{"interactiveUser"}, IsCAEToken: store.True,
		RiskDetail: "none", RiskLevelAggregated: "hidden", RiskLevelDuringSignIn: "hidden", RiskState: "none",
		RiskEventTypes:      []string{"unfamiliarFeatures", "passwordSpray"},
		ManagedIdentityType: "none", AgentType: "notAgentic", TokenProtectionStatus: "unbound", TokenProtectionStatusCode: store.IntOf(1002),
		MFAAuthMethod: "Mobile app notification",
		Collections:   lists,
	}
}

func TestGraphV1(t *testing.T) {
	w := newFakeWriter()
	reports, err := New(w, Options{}).Paths(t.Context(), "testdata/graph_v1.json")
	if err != nil {
		t.Fatal(err)
	}
	if r := reports[0]; r.Format != Graph || r.New != 1 || r.LogCounts[store.Interactive] != 1 {
		t.Errorf("got %+v, want one new interactive sign-in from graph", r)
	}
	if said := strings.Join(reports[0].CannotShow, " "); !strings.Contains(said, "v1.0") {
		t.Errorf("got %q, want a word about v1.0", said)
	}
	got, _ := w.only()
	if got.UserPrincipalName != "Ada@Example.com" || got.ErrorCode != store.IntOf(50126) || got.Coordinates.Set {
		t.Errorf("got %+v", got)
	}
}

// TestWrappings imports the same records in every shape of a file.
func TestWrappings(t *testing.T) {
	data, err := os.ReadFile("testdata/graph_v1.json")
	if err != nil {
		t.Fatal(err)
	}
	pretty := strings.TrimSpace(string(data))
	pretty = strings.TrimSpace(pretty[1 : len(pretty)-1])
	compact, _, err := rawjson.Compact(nil, []byte(pretty), maxDepth)
	if err != nil {
		t.Fatal(err)
	}
	one := string(compact)
	two := strings.Replace(one, "000000000001", "000000000002", 1)
	for _, test := range []struct {
		name, content string
		want          int64
	}{
		{"an object", one, 1},
		{"a pretty-printed object", pretty, 1},
		{"pretty-printed objects", pretty + "\n" + two, 2},
		{"lines", one + "\n" + two + "\n", 2},
		{"lines of Windows", one + "\r\n" + two + "\r\n", 2},
		{"lines without an end", one + "\n" + two, 2},
		{"blank lines", "\n\n" + one + "\n\n" + two + "\n\n", 2},
		{"objects without space", one + two, 2},
		{"objects with commas", one + ",\n" + two, 2},
		{"an array", "[" + one + "," + two + "]", 2},
		{"an empty array", "[]", 0},
		{"lines of arrays", "[" + one + "]\n[" + two + "]\n", 2},
		{"records", `{"records":[` + one + `,` + two + `]}`, 2},
		{"Records, spelt otherwise", `{"Records" : [ ` + one + ` , ` + two + ` ] }`, 2},
		{"lines of records", `{"records":[` + one + `]}` + "\n" + `{"records":[` + two + `]}`, 2},
		{"an array of records", `[{"records":[` + one + `]},{"records":[` + two + `]}]`, 2},
		{"value, keys around", `{"@odata.context":"x","@odata.count":2,"value":[` + one + `,` + two + `],"a":{"b":[1]}}`, 2},
		{"two lists", `{"value":[` + one + `],"value":[` + two + `]}`, 2},
		{"without its last bracket", `{"value":[` + one + `,` + two + `]`, 2},
		{"with a byte order mark", "\ufeff" + one + "\n" + two, 2},
		{"UTF-16, little end first", utf16le(one + "\n" + two), 2},
		{"UTF-16 without a mark, little end first", utf16le(one + "\n" + two)[2:], 2},
		{"UTF-16 without a mark, big end first", utf16be("[\r\n" + one + "," + two + "]"), 2},
		{"arrays and objects one behind the other", "[\r\n" + one + "\r\n]\r\n" + two + "\r\n", 2},
		{"a line break of PowerShell, written out", "[" + one + "]`n[" + two + "]`r`n", 2},
		{"a line break written out", "[" + one + `]\n[` + two + `]\r\n`, 2},
		{"a file with a byte order mark behind another", "\ufeff[" + one + "]\r\n\ufeff[" + two + "]", 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := New(newFakeWriter(), Options{}).Reader(t.Context(), "x", strings.NewReader(test.content))
			if err != nil {
				t.Fatal(err)
			}
			if got.New != test.want || got.Read != test.want {
				t.Errorf("got %+v, want %d new", got, test.want)
			}
		})
	}
}

// utf16le writes ASCII text as Windows tools write UTF-16.
func utf16le(ascii string) string {
	b := []byte{0xff, 0xfe}
	for i := range len(ascii) {
		b = append(b, ascii[i], 0)
	}
	return string(b)
}

// utf16be writes ASCII text as UTF-16 with the big end first, without a mark.
func utf16be(ascii string) string {
	var b []byte
	for i := range len(ascii) {
		b = append(b, 0, ascii[i])
	}
	return string(b)
}
