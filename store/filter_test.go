package store

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

func field(t testing.TB, name string) *Field {
	t.Helper()
	f, ok := SignIns.Field(name)
	if !ok {
		t.Fatalf("there is no field %s", name)
	}
	return f
}

func TestFilterWithAndWithout(t *testing.T) {
	user, status := field(t, "user"), field(t, "status")
	empty := Filter{}
	one := empty.With(user, OpIs, "ada")
	two := one.With(user, OpIs, "bob")
	mixed := two.With(status, OpIs, "failure")
	for _, tt := range []struct {
		name   string
		filter Filter
		want   string
	}{
		{"nothing", empty, ""},
		{"one value", one, "user=ada"},
		{"the same again", one.With(user, OpIs, "ada"), "user=ada"},
		{"two values", two, "user=ada&user=bob"},
		{"two fields", mixed, "status=failure&user=ada&user=bob"},
		{"the other order", empty.With(status, OpIs, "failure").With(user, OpIs, "ada").With(user, OpIs, "bob"), "status=failure&user=ada&user=bob"},
		{"one out", mixed.Without(user, OpIs, "ada"), "status=failure&user=bob"},
		{"the last out", one.Without(user, OpIs, "ada"), ""},
		{"what is not there", mixed.Without(user, OpIs, "eve"), "status=failure&user=ada&user=bob"},
		{"another field's value", mixed.Without(status, OpIs, "ada"), "status=failure&user=ada&user=bob"},
	} {
		if got := tt.filter.Values().Encode(); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		if got := tt.filter.IsEmpty(); got != (tt.want == "") {
			t.Errorf("%s: IsEmpty() = %v", tt.name, got)
		}
	}
}

// TestFilterIsAValue makes many filters of one and looks whether any of them changed another.
func TestFilterIsAValue(t *testing.T) {
	user, app, status := field(t, "user"), field(t, "app"), field(t, "status")
	base := Filter{}.With(user, OpIs, "a").With(user, OpIs, "b").With(user, OpIs, "c").With(status, OpIs, "failure")
	before := base.Values().Encode()
	left, right := base.With(user, OpIs, "left"), base.With(user, OpIs, "right")
	out := base.Without(user, OpIs, "b")
	base.With(app, OpIs, "x")
	base.Without(status, OpIs, "failure")
	values := base.Values()
	values["user"][0] = "changed"
	values.Add("user", "more")
	for _, tt := range []struct {
		name   string
		filter Filter
		want   string
	}{
		{"base", base, before},
		{"left", left, "status=failure&user=a&user=b&user=c&user=left"},
		{"right", right, "status=failure&user=a&user=b&user=c&user=right"},
		{"out", out, "status=failure&user=a&user=c"},
	} {
		if got := tt.filter.Values().Encode(); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestParseFilter(t *testing.T) {
	for _, tt := range []struct {
		query, want string
		bad         []string // parameters that are told
	}{
		{"", "", nil},
		{"user=ada&status=Failure", "status=failure&user=ada", nil},
		{"user=ada&user=bob&user=ada", "user=ada&user=bob", nil},
		{"status=failure&status=FAILURE", "status=failure", nil},
		{"error=AADSTS50126&error=50126", "error=50126", nil},
		{"range=7d&user=ada", "user=ada", nil},
		{"status=odd&user=ada", "user=ada", []string{"status"}},
		{"status=odd&status=failure", "status=failure", []string{"status"}},
		{"user=&app=x", "app=x", []string{"user"}},
		{"colour=red&app=x", "app=x", []string{"colour"}},
		{"User=ada&app=x", "app=x", []string{"User"}},
		{"colour.not=red&app=x", "app=x", []string{"colour.not"}},
		{"user.near=ada&app=x", "app=x", []string{"user.near"}},
		{"user.not=ada&app=x", "app=x&user.not=ada", nil},
		{"user.starts=a&user.has=d&user.empty=no&app=x", "app=x&user.empty=no&user.has=d&user.starts=a", nil},
		{"user=bob&user=Ada&user=ada&user=BOB", "user=Ada&user=BOB", nil},
		{"user.starts=+A&user.starts=+a&user.starts=a+", "user.starts=+A&user.starts=a+", nil},
		{"user.has=+&user.starts=%09&app=x", "app=x", []string{"user.has", "user.starts"}},
		{"user.empty=Yes&usertype.empty=false", "user.empty=yes&usertype.empty=no", nil},
		{"user.empty=yes&user.empty=no&app=x", "app=x", []string{"user.empty"}},
		{"user.empty=yes&user.empty=yes&app=x", "app=x", []string{"user.empty"}},
		{"user.empty=maybe&user.empty.not=yes&app=x", "app=x", []string{"user.empty", "user.empty.not"}},
		{"request=ABCDEF00-AAAA-4000-8000-00000000000A&token=Ab", "request=abcdef00-aaaa-4000-8000-00000000000a&token=Ab", nil},
		{"request=Odd&request=odd&token=Odd&token=odd", "request=Odd&token=Odd&token=odd", nil},
		{"ingested=2026-11-23T14:05:09.1234567Z&ingested=2026-11-23T14:05:09.123456Z", "ingested=2026-11-23T14%3A05%3A09.123456Z", nil},
		{"error.not=AADSTS50126&status.not=Success&client.not=imap", "client.not=IMAP4&error.not=50126&status.not=success", nil},
		{"status.starts=succ&error.has=5&gsa.has=y&app=x", "app=x", []string{"error.has", "gsa.has", "status.starts"}},
		{"group.not=G&group.empty=yes&group.starts=g&app=x", "app=x&group.not=g", []string{"group.empty", "group.starts"}},
		{"request.has=11&app=x", "app=x", []string{"request.has"}},
		{"group=11111111-AAAA-4000-8000-000000000001&app=x", "app=x&group=11111111-aaaa-4000-8000-000000000001", nil},
		{".=x&user.=y&=z", "", []string{"", ".", "user."}},
	} {
		params, err := url.ParseQuery(tt.query)
		if err != nil {
			t.Fatal(err)
		}
		filter, bad := SignIns.ParseFilter(params, "range")
		if got := filter.Values().Encode(); got != tt.want {
			t.Errorf("%q is the filter %q, want %q", tt.query, got, tt.want)
		}
		var told []string
		for _, b := range bad {
			told = append(told, b.Param)
			if b.Problem == "" {
				t.Errorf("%q: nothing is said about %s", tt.query, b.Param)
			}
		}
		if !slices.Equal(told, tt.bad) {
			t.Errorf("%q tells of %q, want %q", tt.query, told, tt.bad)
		}
		if again, bad := SignIns.ParseFilter(filter.Values()); len(bad) > 0 || again.Values().Encode() != tt.want {
			t.Errorf("%q read again is %q, %v", tt.want, again.Values().Encode(), bad)
		}
	}
}

// TestParseFilterOfManyValues: an address of a megabyte holds about this many values, and as many bad ones.
func TestParseFilterOfManyValues(t *testing.T) {
	const many = 100_000
	params := url.Values{"status": make([]string, many), "user": make([]string, many)}
	for i := range many {
		params["user"][i] = fmt.Sprintf("user%05d", i)
	}
	filter, bad := SignIns.ParseFilter(url.Values{"user": params["user"][:MaxFilterValues]})
	if len(bad) > 0 || !slices.Equal(filter.Conditions()[0].Values, params["user"][:MaxFilterValues]) {
		t.Errorf("%d values became %d, %v", MaxFilterValues, len(filter.Conditions()[0].Values), bad)
	}
	filter, bad = SignIns.ParseFilter(url.Values{"app": {"x"}, "user": params["user"]})
	if len(bad) != 1 || bad[0].Param != "user" || !strings.Contains(bad[0].Problem, "at most 500 values") {
		t.Errorf("%d values: %v", many+1, bad)
	}
	if got := len(filter.Conditions()[1].Values); got != MaxFilterValues-1 {
		t.Errorf("of %d values %d are kept", many, got)
	}
	if filter, bad = SignIns.ParseFilter(params); len(bad) != MaxFilterValues+1 || !filter.IsEmpty() {
		t.Errorf("%d bad values make %d messages", many, len(bad))
	}
	unknown := url.Values{}
	for i := range many {
		unknown[fmt.Sprintf("p%d", i)] = nil
	}
	if _, bad = SignIns.ParseFilter(unknown); len(bad) > MaxFilterValues+2 {
		t.Errorf("%d unknown parameters make %d messages", many, len(bad))
	}
}

func TestFilterUsesClass(t *testing.T) {
	for _, f := range SignIns.Fields() {
		filter := Filter{}.With(field(t, "app"), OpIs, "x").With(f, OpIs, "x")
		got := filter.uses(ClassesOf(ConditionalAccess, Risk))
		if in := f.Class == ConditionalAccess; in && got != f || !in && got != nil {
			t.Errorf("a filter by %s uses the Conditional Access field %v", f.Name, got)
		}
		if got := filter.uses(ClassesOf(Risk, Activity)); got != nil {
			t.Errorf("a filter by %s uses %s of another class", f.Name, got.Name)
		}
	}
}

func TestNamesConditionalAccess(t *testing.T) {
	var fieldNames []string
	for _, f := range SignIns.Fields() {
		if f.Class == ConditionalAccess {
			fieldNames = append(fieldNames, f.Name)
		}
	}
	if want := []string{"ca", "policy", "policyresult", "policycontrol"}; !slices.Equal(fieldNames, want) {
		t.Fatalf("the Conditional Access fields are %q, want %q", fieldNames, want)
	}
	graphNames := []string{
		"conditionalAccessStatus", "appliedConditionalAccessPolicies", "appliedConditionalAccessPolicies.result",
		"ConditionalAccessPolicies", "conditionalAccessAudiences", "authenticationContextClassReferences",
		"newConditionalAccessThing",
	}
	var refused []url.Values
	for _, name := range slices.Concat(fieldNames, graphNames) {
		for _, cased := range []string{name, strings.ToUpper(name), strings.ToLower(name), strings.ToUpper(name[:1]) + name[1:]} {
			for _, suffix := range []string{"", ".not", ".starts", ".has", ".empty", ".odd"} {
				refused = append(refused, url.Values{cased + suffix: {"x"}, "user": {"ada"}}, url.Values{cased + suffix: nil})
			}
			refused = append(refused,
				url.Values{"cols": {cased}}, url.Values{"cols": {"user," + cased + ",app"}},
				url.Values{"cols": {"user, " + cased}}, url.Values{"cols": {"user", cased}})
			for _, param := range []string{"pick", "field", "sum", "sort", "SORT", "by", "chart", "where", "panel", "no-such-parameter"} {
				refused = append(refused, url.Values{param: {cased}}, url.Values{param: {"user", "-" + cased}}, url.Values{param: {"count," + cased}},
					url.Values{param: {cased + ".not"}}, url.Values{param: {"user is ada and " + cased + " is x"}}, url.Values{param: {cased + ":success"}},
					url.Values{param: {"\u200b" + cased[:1] + "\u200b" + cased[1:]}})
			}
		}
	}
	for _, params := range refused {
		if !NewCatalog(SignIns).Names(ConditionalAccess, params) {
			t.Errorf("%v is not seen to name Conditional Access data", params)
		}
	}
	allowed := []url.Values{nil, {"user": {"ca"}}, {"cols": {"user,app,createdDateTime"}}, {"capacity": {"x"}}, {"policies": {"x"}}, {"cols": {""}}, {"after": {"ca"}}, {"range": {"7d"}}, {"sort": {"count"}}, {"sum": {"caller,app"}}}
	for _, f := range SignIns.Fields() {
		if f.Class != ConditionalAccess {
			allowed = append(allowed, url.Values{f.Name: {"policy"}, f.Name + ".not": {"ca"}, "cols": {f.Name}})
		}
	}
	for _, p := range SignIns.Properties {
		if p.Class != ConditionalAccess {
			allowed = append(allowed, url.Values{"cols": {p.Name}})
		}
	}
	for _, params := range allowed {
		if NewCatalog(SignIns).Names(ConditionalAccess, params) {
			t.Errorf("%v is taken to name Conditional Access data", params)
		}
	}
	if typed := (url.Values{"q": {"policy"}}); NewCatalog(SignIns).Names(ConditionalAccess, typed, "q") || !NewCatalog(SignIns).Names(ConditionalAccess, typed) {
		t.Error("a text that somebody typed is taken for a field, or a parameter that may mean a field for such a text")
	}
}

// TestMatchEveryField has for each field a sign-in that passes and one that does not.
func TestMatchEveryField(t *testing.T) {
	const id = "11111111-aaaa-4000-8000-000000000001"
	ingested := time.Date(2026, 11, 23, 14, 5, 9, 123456789, time.UTC)
	cases := map[string]struct {
		value   string
		yes, no []SignIn
	}{
		"request":     {id, []SignIn{{ID: id}, {ID: strings.ToUpper(id)}}, []SignIn{{ID: id[:35] + "2"}}},
		"correlation": {"Change 7", []SignIn{{CorrelationID: "Change 7"}, {CorrelationID: "CHANGE 7"}}, []SignIn{{ID: "Change 7"}}},
		"session":     {id, []SignIn{{SessionID: id}}, []SignIn{{CorrelationID: id}}},
		"token":       {"tok", []SignIn{{UniqueTokenIdentifier: "tok"}}, []SignIn{{UniqueTokenIdentifier: "token"}, {UniqueTokenIdentifier: "Tok"}}},
		"user": {
			"Ada",
			[]SignIn{{UserID: "ada"}, {UserPrincipalName: "ADA"}, {UserDisplayName: "Ada"}},
			[]SignIn{{UserDisplayName: "Ada Example"}, {SignInIdentifier: "Ada"}},
		},
		"identifier":          {"ada", []SignIn{{SignInIdentifier: "ada"}}, []SignIn{{UserPrincipalName: "ada"}}},
		"usertype":            {"guest", []SignIn{{UserType: "Guest"}}, []SignIn{{UserType: "member"}}},
		"app":                 {"Mail", []SignIn{{AppID: "mail"}, {AppDisplayName: "Mail"}}, []SignIn{{ResourceDisplayName: "Mail"}}},
		"appowner":            {id, []SignIn{{AppOwnerTenantID: id}}, []SignIn{{ResourceOwnerTenantID: id}}},
		"resource":            {"Files", []SignIn{{ResourceID: "files"}, {ResourceDisplayName: "Files"}}, []SignIn{{AppDisplayName: "Files"}}},
		"resourceowner":       {id, []SignIn{{ResourceOwnerTenantID: id}}, []SignIn{{AppOwnerTenantID: id}}},
		"status":              {"interrupted", []SignIn{{ErrorCode: IntOf(50074)}, {StatedStatus: "Interrupted", ErrorCode: IntOf(0)}}, []SignIn{{ErrorCode: IntOf(0)}, {ErrorCode: IntOf(50126)}}},
		"error":               {"0", []SignIn{{ErrorCode: IntOf(0)}}, []SignIn{{ErrorCode: IntOf(50126)}}},
		"reason":              {"Other.", []SignIn{{FailureReason: "other."}, {AdditionalDetails: "Other."}}, []SignIn{{FailureReason: "Other. And more."}}},
		"ip":                  {"192.0.2.0/24", []SignIn{{IPAddress: "192.0.2.7"}}, []SignIn{{IPAddressFromResourceProvider: "192.0.2.7"}}},
		"ipresource":          {"192.0.2.", []SignIn{{IPAddressFromResourceProvider: "192.0.2.7"}}, []SignIn{{IPAddress: "192.0.2.7"}}},
		"city":                {"Suva", []SignIn{{City: "suva"}}, []SignIn{{State: "Suva"}}},
		"state":               {"Rewa", []SignIn{{State: "Rewa"}}, []SignIn{{City: "Rewa"}}},
		"country":             {"fj", []SignIn{{CountryOrRegion: "FJ"}}, []SignIn{{CountryOrRegion: "DE"}}},
		"asn":                 {"64496", []SignIn{{AutonomousSystemNumber: IntOf(64496)}}, []SignIn{{AutonomousSystemNumber: IntOf(64497)}}},
		"network":             {"Office", []SignIn{{NetworkLocationDetails: []NetworkLocation{{Names: []string{"Home", "office"}}}}}, []SignIn{{NetworkLocationDetails: []NetworkLocation{{Type: "Office"}}}}},
		"gsa":                 {"yes", []SignIn{{IsThroughGlobalSecureAccess: True}}, []SignIn{{IsThroughGlobalSecureAccess: False}}},
		"ca":                  {"notApplied", []SignIn{{ConditionalAccessStatus: "NotApplied"}}, []SignIn{{ConditionalAccessStatus: "success"}}},
		"policy":              {"Require MFA", []SignIn{{AppliedConditionalAccessPolicies: []AppliedPolicy{{ID: "1"}, {DisplayName: "require mfa"}}}, {AppliedConditionalAccessPolicies: []AppliedPolicy{{ID: "Require MFA"}}}}, []SignIn{{AppliedConditionalAccessPolicies: []AppliedPolicy{{Result: "Require MFA"}}}}},
		"policyresult":        {"reportOnlyFailure", []SignIn{{AppliedConditionalAccessPolicies: []AppliedPolicy{{Result: "success"}, {Result: "reportOnlyFailure"}}}}, []SignIn{{AppliedConditionalAccessPolicies: []AppliedPolicy{{Result: "failure"}}}}},
		"client":              {"legacy", []SignIn{{ClientAppUsed: "Other clients; IMAP"}, {ClientAppUsed: "Telegraph"}}, []SignIn{{ClientAppUsed: "Browser"}}},
		"credential":          {"certificate", []SignIn{{ClientCredentialType: "Certificate"}}, []SignIn{{ClientCredentialType: "clientSecret"}}},
		"method":              {"SMS", []SignIn{{AuthenticationMethodsUsed: []string{"Password", "sms"}}, {AuthenticationDetails: []AuthenticationStep{{Method: "SMS"}}}, {MFAAuthMethod: "SMS"}}, []SignIn{{AuthenticationDetails: []AuthenticationStep{{MethodDetail: "SMS"}}}}},
		"mfa":                 {"denied", []SignIn{{AdditionalDetails: "MFA denied; user declined the authentication"}, {AuthenticationDetails: []AuthenticationStep{{ResultDetail: "User declined the authentication"}}}}, []SignIn{{AdditionalDetails: "MFA completed in Azure AD"}}},
		"anyerror":            {"500121", []SignIn{{ErrorCode: IntOf(500121)}}, []SignIn{{ErrorCode: IntOf(50012)}}},
		"requirement":         {"multiFactorAuthentication", []SignIn{{AuthenticationRequirement: "multifactorauthentication"}}, []SignIn{{AuthenticationRequirement: "singleFactorAuthentication"}}},
		"protocol":            {"deviceCode", []SignIn{{AuthenticationProtocol: "deviceCode"}}, []SignIn{{OriginalTransferMethod: "deviceCode"}}},
		"transfer":            {"deviceCodeFlow", []SignIn{{OriginalTransferMethod: "deviceCodeFlow"}}, []SignIn{{AuthenticationProtocol: "deviceCodeFlow"}}},
		"tokentype":           {"refreshToken", []SignIn{{IncomingTokenType: "primaryRefreshToken,refreshToken"}}, []SignIn{{IncomingTokenType: "primaryRefreshToken"}}},
		"issuer":              {"AzureAD", []SignIn{{TokenIssuerType: "azuread"}}, []SignIn{{TokenIssuerName: "AzureAD"}}},
		"issuername":          {"sts", []SignIn{{TokenIssuerName: "sts"}}, []SignIn{{TokenIssuerType: "sts"}}},
		"os":                  {"Windows 10", []SignIn{{OperatingSystem: "windows 10"}}, []SignIn{{OperatingSystem: "Windows10"}}},
		"browser":             {"Edge 91", []SignIn{{Browser: "Edge 91"}}, []SignIn{{UserAgent: "Edge 91"}}},
		"device":              {id, []SignIn{{DeviceID: id}}, []SignIn{{DeviceDisplayName: id}}},
		"devicename":          {"laptop", []SignIn{{DeviceDisplayName: "LAPTOP"}}, []SignIn{{DeviceID: "laptop"}}},
		"compliant":           {"no", []SignIn{{IsCompliant: False}}, []SignIn{{IsCompliant: True}}},
		"managed":             {"yes", []SignIn{{IsManaged: True}}, []SignIn{{IsCompliant: True}}},
		"trust":               {"Azure AD joined", []SignIn{{TrustType: "Azure AD Joined"}}, []SignIn{{TrustType: "Hybrid Azure AD joined"}}},
		"agent":               {"curl/8", []SignIn{{UserAgent: "curl/8"}}, []SignIn{{AgentType: "curl/8"}}},
		"agenttype":           {"agenticApp", []SignIn{{AgentType: "agenticApp"}}, []SignIn{{AgentType: "notAgentic"}}},
		"cae":                 {"yes", []SignIn{{IsCAEToken: True}}, []SignIn{{IsCAEToken: False}}},
		"tokenprotection":     {"bound", []SignIn{{TokenProtectionStatus: "bound"}, {SignInTokenProtectionStatus: "bound"}, {AppTokenProtectionStatus: "bound"}}, []SignIn{{TokenProtectionStatus: "unbound"}}},
		"crosstenant":         {"b2bCollaboration", []SignIn{{CrossTenantAccessType: "b2bCollaboration"}}, []SignIn{{CrossTenantAccessType: "none"}}},
		"hometenant":          {"Fabrik", []SignIn{{HomeTenantID: "fabrik"}, {HomeTenantName: "Fabrik"}}, []SignIn{{ResourceTenantID: "Fabrik"}}},
		"resourcetenant":      {id, []SignIn{{ResourceTenantID: id}}, []SignIn{{HomeTenantID: id}}},
		"risk":                {"high", []SignIn{{RiskLevelAggregated: "high"}}, []SignIn{{RiskLevelDuringSignIn: "high"}}},
		"risksignin":          {"hidden", []SignIn{{RiskLevelDuringSignIn: "hidden"}}, []SignIn{{RiskLevelAggregated: "hidden"}}},
		"riskstate":           {"atRisk", []SignIn{{RiskState: "atRisk"}}, []SignIn{{RiskState: "none"}}},
		"riskdetail":          {"none", []SignIn{{RiskDetail: "none"}}, []SignIn{{RiskState: "none"}}},
		"riskevent":           {"passwordSpray", []SignIn{{RiskEventTypes: []string{"generic", "passwordSpray"}}}, []SignIn{{RiskEventTypes: []string{"generic"}}}},
		"flagged":             {"no", []SignIn{{FlaggedForReview: False}}, []SignIn{{FlaggedForReview: True}}},
		"sp":                  {"deploy", []SignIn{{ServicePrincipalID: "deploy"}, {ServicePrincipalName: "Deploy"}}, []SignIn{{AppDisplayName: "deploy"}}},
		"key":                 {id, []SignIn{{ServicePrincipalCredentialKeyID: id}}, []SignIn{{ServicePrincipalCredentialThumbprint: id}}},
		"thumbprint":          {"AB12", []SignIn{{ServicePrincipalCredentialThumbprint: "ab12"}}, []SignIn{{ServicePrincipalCredentialKeyID: "ab12"}}},
		"federatedcredential": {id, []SignIn{{FederatedCredentialID: id}}, []SignIn{{FederatedTokenID: id}}},
		"mitype":              {"userAssigned", []SignIn{{ManagedIdentityType: "userAssigned"}}, []SignIn{{ManagedIdentityType: "systemAssigned"}}},
		"tenant":              {id, []SignIn{{TenantID: id}}, []SignIn{{HomeTenantID: id}, {ResourceTenantID: id}}},
		"flow": {
			"deviceCode",
			[]SignIn{{AuthenticationProtocol: "deviceCode"}, {AuthenticationProtocol: "none", OriginalTransferMethod: "Device code flow"}},
			[]SignIn{{AuthenticationProtocol: "authenticationTransfer"}, {ClientAppUsed: "deviceCode"}},
		},
		"ingested":      {ingested.Format(time.RFC3339Nano), []SignIn{{Ingested: ingested}, {Ingested: ingested.Truncate(time.Microsecond)}}, []SignIn{{Time: ingested}, {Ingested: ingested.Add(time.Microsecond)}}},
		"policycontrol": {"mfa", []SignIn{{AppliedConditionalAccessPolicies: []AppliedPolicy{{ID: "1"}, {GrantControls: []string{"Block", "Mfa"}}}}, {AppliedConditionalAccessPolicies: []AppliedPolicy{{AuthenticationStrength: "MFA"}}}}, []SignIn{{AppliedConditionalAccessPolicies: []AppliedPolicy{{SessionControls: []string{"Mfa"}}}}}},
		"methodresult":  {"no", []SignIn{{AuthenticationDetails: []AuthenticationStep{{Succeeded: True}, {Succeeded: False}}}}, []SignIn{{AuthenticationDetails: []AuthenticationStep{{Succeeded: True}, {Method: "no"}}}}},
		"methodsource":  {"claim", []SignIn{{AuthenticationDetails: []AuthenticationStep{{Method: "Previously satisfied"}}}, {AuthenticationDetails: []AuthenticationStep{{Method: "PIN", ResultDetail: "MFA requirement satisfied by claim in the token"}}}}, []SignIn{{AuthenticationDetails: []AuthenticationStep{{Method: "claim"}}}}},
		"methodstep":    {"Primary authentication", []SignIn{{AuthenticationDetails: []AuthenticationStep{{Requirement: "primaryAuthentication"}}}, {AuthenticationDetails: []AuthenticationStep{{}, {Requirement: "Primary Authentication"}}}}, []SignIn{{AuthenticationDetails: []AuthenticationStep{{Requirement: "Secondary authentication"}, {Method: "primaryAuthentication"}}}}},
		"sessionpolicy": {"ngcMfa", []SignIn{{SessionLifetimePolicies: []RequirementPolicy{{Provider: "other"}, {Provider: "ngcMfa"}}}}, []SignIn{{AuthenticationRequirementPolicies: []RequirementPolicy{{Provider: "ngcMfa"}}}, {SessionLifetimePolicies: []RequirementPolicy{{Detail: "ngcMfa"}}}}},
		"networktype":   {"namedNetwork", []SignIn{{NetworkLocationDetails: []NetworkLocation{{Type: "NamedNetwork"}}}}, []SignIn{{NetworkLocationDetails: []NetworkLocation{{Names: []string{"namedNetwork"}}}}}},
	}
	for _, f := range SignIns.Fields() {
		if f.Members || f.Single { // TestMatchGroups, TestOwnFieldsCompareTheirPropertyAlone
			continue
		}
		tt, ok := cases[f.Name]
		if !ok {
			t.Errorf("nothing is tried of the field %s", f.Name)
			continue
		}
		filter, bad := SignIns.ParseFilter(url.Values{f.Name: {tt.value}})
		if len(bad) > 0 {
			t.Errorf("%v", bad)
			continue
		}
		for i := range tt.yes {
			if !filter.Match(&tt.yes[i]) {
				t.Errorf("%s=%s does not pass sign-in %d of those that have it", f.Name, tt.value, i)
			}
		}
		for i, s := range append(tt.no, SignIn{}) {
			if filter.Match(&s) {
				t.Errorf("%s=%s passes sign-in %d of those that have it not", f.Name, tt.value, i)
			}
		}
	}
}

func TestMatchJoinsConditions(t *testing.T) {
	s := SignIn{UserPrincipalName: "ada@example.com", ErrorCode: IntOf(50126), AppDisplayName: "Mail"}
	for _, tt := range []struct {
		query string
		want  bool
	}{
		{"", true},
		{"user=ada@example.com&status=failure", true},
		{"user=ada@example.com&status=success", false},
		{"user=bob@example.com&user=ada@example.com&status=success&status=failure", true},
		{"user=bob@example.com&status=failure", false},
		{"error=0&error=50126", true},
	} {
		params, _ := url.ParseQuery(tt.query)
		filter, bad := SignIns.ParseFilter(params)
		if len(bad) > 0 {
			t.Fatal(bad)
		}
		if got := filter.Match(&s); got != tt.want {
			t.Errorf("%q passes: %v, want %v", tt.query, got, tt.want)
		}
	}
}

func TestMatchDoesNotAllocate(t *testing.T) {
	params, _ := url.ParseQuery("user=ada@example.com&status=failure&error=50126&compliant=yes&ip=192.0.2.0/24&country=DE")
	filter, bad := SignIns.ParseFilter(params)
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	s := SignIn{
		UserPrincipalName: "ada@example.com", ErrorCode: IntOf(50126), IsCompliant: True,
		IPAddress: "192.0.2.7", CountryOrRegion: "DE",
	}
	if !filter.Match(&s) {
		t.Fatal("the sign-in does not pass")
	}
	if n := testing.AllocsPerRun(100, func() { filter.Match(&s) }); n > 0 {
		t.Errorf("Match allocates %v times", n)
	}
}
