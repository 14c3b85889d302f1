package diagnostic

import (
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/store"
)

// failed is a sign-in with an error code, with changes.
func failed(code int64, changes ...func(*store.SignIn)) Case {
	s := &store.SignIn{
		Log: store.Interactive, ID: "id", Time: time.Date(2026, 11, 12, 14, 5, 9, 0, time.UTC), UserID: "user-id", UserPrincipalName: "ada@example.com",
		AppID: "app-id", AppDisplayName: "Payroll", ErrorCode: store.IntOf(code),
	}
	for _, change := range changes {
		change(s)
	}
	return Case{SignIn: s, Events: 1}
}

// policy adds a policy that was not satisfied, with conditions that matched.
func policy(grant string, conditions ...string) func(*store.SignIn) {
	return func(s *store.SignIn) {
		p := store.AppliedPolicy{ID: "policy-id", DisplayName: "CA1 The rule", Result: "failure", ConditionsSatisfied: append([]string{"application", "users"}, conditions...)}
		if grant != "" {
			p.GrantControls = []string{grant}
		}
		s.AppliedConditionalAccessPolicies = append(s.AppliedConditionalAccessPolicies, p)
	}
}

// session adds a policy with a session control that was not satisfied.
func session(control string) func(*store.SignIn) {
	return func(s *store.SignIn) {
		s.AppliedConditionalAccessPolicies = append(s.AppliedConditionalAccessPolicies, store.AppliedPolicy{
			ID: "policy-id", DisplayName: "CA1 The rule", Result: "failure", SessionControls: []string{control}, SessionControlsNotMet: []string{control},
		})
	}
}

// strength adds a policy with an authentication strength.
func strength(s *store.SignIn) {
	s.AppliedConditionalAccessPolicies = append(s.AppliedConditionalAccessPolicies, store.AppliedPolicy{
		ID: "policy-id", DisplayName: "CA1 The rule", Result: "failure", AuthenticationStrength: "Phishing-resistant MFA", AuthenticationStrengthR: "cannotSatisfy",
	})
}

// step adds a step that did not succeed.
func step(method, result string) func(*store.SignIn) {
	return func(s *store.SignIn) {
		s.AuthenticationDetails = append(s.AuthenticationDetails, store.AuthenticationStep{Method: method, Succeeded: store.False, ResultDetail: result})
	}
}

func client(app string) func(*store.SignIn) {
	return func(s *store.SignIn) { s.ClientAppUsed = app }
}

func reason(text string) func(*store.SignIn) {
	return func(s *store.SignIn) { s.FailureReason = text }
}

func with(c Case, change func(*Case)) Case {
	change(&c)
	return c
}

func number(n int64) Number {
	return Number{Known: true, In: []Count{{Log: store.Interactive, N: n}}}
}

// what is a reason in one word, with the name that it points to.
func what(r Reason) string {
	switch {
	case r.Policy != nil:
		return "policy " + r.Policy.DisplayName
	case r.Step != nil:
		return "step " + r.Step.Method
	case r.Lifetime != nil:
		return "lifetime " + r.Lifetime.Provider
	case r.Requirement != nil:
		return "requirement " + r.Requirement.Provider
	case r.Counted != "":
		return "counted"
	case r.Later != nil:
		return "later"
	case r.Property != nil:
		return "value " + r.Property.Label
	}
	return "nothing"
}

const theRule = "policy CA1 The rule"

var verdicts = []struct {
	scenario string
	of       Case
	reasons  string // each in a word, with semicolons between them
	who      string // the first who can fix it
}{
	{"success", failed(0), "", appOwner},
	{"went-on", with(failed(0), func(c *Case) { c.Events = 3 }), "", nobody},
	{
		"mfa-fatigue", with(failed(500121, step("Mobile app notification", "MFA denied; user declined the authentication")), func(c *Case) { c.Declined = number(5) }),
		"step Mobile app notification; counted", securityTeam,
	},
	{
		"mfa-denied", with(failed(500121, step("Mobile app notification", "MFA denied; user declined the authentication")), func(c *Case) { c.Declined = number(4) }),
		"step Mobile app notification; counted", thePerson,
	},
	{"mfa-denied", failed(50074, policy("Mfa"), step("Phone call", "MFA denied; user declined the authentication")), "step Phone call; " + theRule, thePerson},
	{"mfa-timeout", failed(500121, step("Mobile app notification", "MFA denied; user did not respond to mobile app notification")), "step Mobile app notification", thePerson},
	{"mfa-wrong-code", failed(500121, step("OATH verification code", "MFA denied; invalid verification code")), "step OATH verification code", thePerson},
	{"mfa-not-finished", failed(50076, policy("Mfa")), theRule, thePerson},
	{"mfa-failed", failed(500121), "", thePerson},
	{"mfa-not-registered", failed(50079), "", thePerson},
	{"registration-blocked", failed(53010, policy("Block")), theRule, methodAdministrator},
	{"mfa-limit", failed(50088), "", thePerson},
	{"mfa-expired", failed(50078), "", thePerson},
	{"mfa-external", failed(50158), "", thePerson},
	{
		"wrong-password-often", with(failed(50126, client("Browser"), step("Password", "Invalid username or password")), func(c *Case) { c.Wrong = number(12) }),
		"step Password; counted; value Client app", theHelpdesk,
	},
	{"wrong-password", failed(50126), "", thePerson},
	{"password-expired", failed(50055), "", thePerson},
	{"password-required", failed(50142), "", thePerson},
	{"malicious-address", failed(50053, reason("Blocked: malicious activity from the address.")), "value Failure reason", thePerson},
	{"locked", failed(50053, reason("The account is locked.")), "value Failure reason", thePerson},
	{"locked-or-address", failed(50053), "", securityTeam},
	{"no-password-check", failed(80001), "", tenantAdministrator},
	{"device-compliant", failed(53000, policy("RequireCompliantDevice"), func(s *store.SignIn) { s.IsCompliant = store.False }), theRule + "; value Compliant", thePerson},
	{"device-compliant", failed(53003, policy("RequireCompliantDevice")), theRule, thePerson},
	{"device-joined", failed(53001), "", thePerson},
	{"approved-app", failed(53002), "value Application", thePerson},
	{"app-protection", failed(53009), "value Application", thePerson},
	{"token-protection", failed(530084), "", thePerson},
	{"token-protection", failed(53003, session("SecureSignIn")), theRule, thePerson},
	{"device-code-blocked", failed(53003, policy("Block", "authenticationFlows"), func(s *store.SignIn) { s.AuthenticationProtocol = "deviceCode" }), theRule + "; value Authentication protocol", thePerson},
	{"device-identify", failed(50097), "", thePerson},
	{"policy-legacy", failed(53003, policy("Block", "clientType"), client("IMAP4")), theRule + "; value Client app", thePerson},
	{"policy-client", failed(53003, policy("Block", "clientType"), client("Browser")), theRule + "; value Client app", thePerson},
	{"policy-sign-in-risk", failed(53003, policy("Block", "signInRisk")), theRule, securityTeam},
	{"policy-user-risk", failed(53003, policy("Block", "userRisk")), theRule, securityTeam},
	{"policy-insider-risk", failed(53003, policy("Block", "insiderRisk")), theRule, securityTeam},
	{"policy-principal-risk", failed(53003, policy("Block", "servicePrincipalRisk")), theRule, securityTeam},
	{"policy-flow", failed(53003, policy("Block", "authenticationFlows")), theRule, thePerson},
	{"policy-location", failed(53003, policy("Block", "location"), func(s *store.SignIn) { s.IPAddress = "192.0.2.1" }), theRule + "; value IP address", thePerson},
	{"policy-platform", failed(53003, policy("Block", "devicePlatform")), theRule, thePerson},
	{"policy-device", failed(53003, policy("Block", "deviceState")), theRule, thePerson},
	{"policy-blocked", failed(53003, policy("Block")), theRule, accessAdministrator},
	{"terms-of-use", failed(53003, policy("TermsOfUse")), theRule, thePerson},
	{"password-change-asked", failed(53003, policy("PasswordChange")), theRule, thePerson},
	{"app-control", failed(53003, session("CloudAppSecurity")), theRule, accessAdministrator},
	{"authentication-strength", failed(53003, strength), theRule, thePerson},
	{"security-defaults", failed(530035), "", thePerson},
	{"control-missing", failed(53003, policy("Mfa")), theRule, thePerson},
	{"policy-withheld", with(failed(53003), func(c *Case) { c.Withheld = true }), "", accessAdministrator},
	{"policy-unnamed", failed(53003, func(s *store.SignIn) { s.ConditionalAccessStatus = "failure" }), "value Conditional Access", accessAdministrator},
	{"account-disabled", failed(50057), "", userAdministrator},
	{"guest-not-invited", failed(50020, func(s *store.SignIn) { s.UserType = "guest" }), "value User type", thePerson},
	{"guest-not-invited", failed(50034, func(s *store.SignIn) { s.HomeTenantID, s.ResourceTenantID = "a", "b" }), "value Home tenant ID; value Resource tenant ID", thePerson},
	{"guest-pending", failed(50014), "", thePerson},
	{"cross-tenant-out", failed(500212), "", homeAdministrator},
	{"cross-tenant-in", failed(500213), "", tenantAdministrator},
	{"tenant-restrictions", failed(500021), "", tenantAdministrator},
	{"user-unknown", failed(50034), "", thePerson},
	{"tenant-unknown", failed(90002), "", appOwner},
	{"federated-trust", failed(50107), "", tenantAdministrator},
	{"federated-trust", failed(50008, func(s *store.SignIn) { s.TokenIssuerType = "ADFederationServices" }), "value Token issuer type", tenantAdministrator},
	{"consent-missing", failed(65001), "value Application; value Application ID", thePerson},
	{"consent-by-administrator", failed(90094), "value Application; value Application ID", appAdministrator},
	{"consent-declined", failed(65004), "value Application; value Application ID", thePerson},
	{"not-assigned", failed(50105), "value Application; value Application ID", appAdministrator},
	{"secret-expired", failed(7000222), "", appOwner},
	{"secret-wrong", failed(7000215), "", appOwner},
	{"certificate-wrong", failed(700027), "", appOwner},
	{"assertion-time", failed(700024), "", appOwner},
	{"federated-credential", failed(700213), "", appOwner},
	{"credential-missing", failed(7000218), "", appOwner},
	{"redirect-address", failed(50011), "value Application; value Application ID", appOwner},
	{"app-unknown", failed(700016), "value Application; value Application ID", appOwner},
	{"resource-unknown", failed(500011), "", appOwner},
	{"app-disabled", failed(7000112), "value Application; value Application ID", appAdministrator},
	{"response-type", failed(700054), "value Application; value Application ID", appOwner},
	{"keep-signed-in", failed(50140), "", nobody},
	{"silent", failed(50058), "", nobody},
	{"choose-account", failed(16000), "", thePerson},
	{"confirm-app", failed(50199), "", nobody},
	{"device-code-waiting", failed(70016), "", nobody},
	{"device-code-ended", failed(70019), "", thePerson},
	{
		"sign-in-frequency", failed(70043, func(s *store.SignIn) {
			s.SessionLifetimePolicies = []store.RequirementPolicy{{Provider: "signInFrequencyPeriodicReauthentication"}}
		}), "lifetime signInFrequencyPeriodicReauthentication", thePerson,
	},
	{"session-revoked", failed(50173), "", thePerson},
	{"token-unused", failed(700082), "", thePerson},
	{"service-trouble", failed(90033), "", theService},
	{"code", failed(75005), "", tenantAdministrator},
	{"code-unknown", failed(999999, reason("Odd.")), "value Failure reason", tenantAdministrator},
	{"no-code", with(failed(0), func(c *Case) { c.SignIn.ErrorCode, c.SignIn.StatedStatus = store.Int{}, "Failure" }), "", tenantAdministrator},
	{"policy-blocked", with(failed(0, policy("Block")), func(c *Case) { c.SignIn.ErrorCode, c.SignIn.StatedStatus = store.Int{}, "Failure" }), theRule, accessAdministrator},
	{"untold", with(failed(0), func(c *Case) { c.SignIn.ErrorCode = store.Int{} }), "", tenantAdministrator},
}

// Each scenario gives its verdict: the reasons that the record names, and who can fix it.
func TestVerdicts(t *testing.T) {
	tested := map[string]bool{}
	for _, tt := range verdicts {
		tested[tt.scenario] = true
		v := Of(tt.of)
		if v.ID != tt.scenario {
			t.Errorf("code %d: the scenario is %s, want %s", tt.of.code(), v.ID, tt.scenario)
			continue
		}
		var got []string
		for _, r := range v.Reasons {
			got = append(got, what(r))
		}
		if text := strings.Join(got, "; "); text != tt.reasons {
			t.Errorf("%s: the reasons are %q, want %q", tt.scenario, text, tt.reasons)
		}
		if fixes := v.Who(); len(fixes) == 0 || fixes[0].Who != tt.who || fixes[0].How == "" {
			t.Errorf("%s: can be fixed by %v, want %s first", tt.scenario, fixes, tt.who)
		}
		if v.Heading() == "" || v.Says() == "" && v.Error.Known() {
			t.Errorf("%s: it has no heading, or no words", tt.scenario)
		}
	}
	for _, s := range Scenarios() {
		if !tested[s.ID] {
			t.Errorf("no test has the scenario %s", s.ID)
		}
	}
	if n := len(Scenarios()); n < 30 {
		t.Errorf("%d scenarios", n)
	}
}

// What only some of the conditions have gives no verdict that says more.
func TestVerdictsSayNoMore(t *testing.T) {
	for name, tt := range map[string]struct {
		of       Case
		scenario string
	}{
		"a satisfied policy blocked nothing": {failed(53003, func(s *store.SignIn) {
			policy("Block", "location")(s)
			s.AppliedConditionalAccessPolicies[0].Result = "success"
		}), "policy-unnamed"},
		"a report-only policy blocked nothing": {failed(53003, func(s *store.SignIn) {
			policy("Block", "location")(s)
			s.AppliedConditionalAccessPolicies[0].Result = "reportOnlyFailure"
		}), "policy-unnamed"},
		"a wrong password is not a policy's":        {failed(50126, policy("Block", "location")), "wrong-password"},
		"declined prompts without a declined step":  {with(failed(500121), func(c *Case) { c.Declined = number(9) }), "mfa-failed"},
		"prompts that could not be counted":         {with(failed(500121, step("", "MFA denied; user declined the authentication")), func(c *Case) { c.Declined.In = number(9).In }), "mfa-denied"},
		"a guest's unknown name, without a sign":    {failed(50034), "user-unknown"},
		"a bad SAML token of no federated provider": {failed(50008, func(s *store.SignIn) { s.TokenIssuerType = "AzureAD" }), "code"},
	} {
		if v := Of(tt.of); v.ID != tt.scenario {
			t.Errorf("%s: the scenario is %s, want %s", name, v.ID, tt.scenario)
		}
	}
	wrongPassword := Of(failed(50126, policy("Block", "location")))
	if slices.ContainsFunc(wrongPassword.Reasons, func(r Reason) bool { return r.Policy != nil }) {
		t.Error("a wrong password is said to be a policy's")
	}
}

// A scenario may have remarks.
func TestRemarks(t *testing.T) {
	lifetime := func(s *store.SignIn) {
		s.SessionLifetimePolicies = []store.RequirementPolicy{{Provider: "rememberMultifactorAuthenticationOnTrustedDevices"}}
	}
	report := func(result string) func(*store.SignIn) {
		return func(s *store.SignIn) {
			s.AppliedConditionalAccessPolicies = append(s.AppliedConditionalAccessPolicies, store.AppliedPolicy{DisplayName: "CA9 Pilot", Result: result})
		}
	}
	tested := map[string]bool{}
	for _, tt := range []struct {
		of      Case
		remarks string
		reasons string
	}{
		{failed(50126), "", ""},
		{failed(50126, report("reportOnlyFailure"), report("reportOnlySuccess")), "report-only", "policy CA9 Pilot"},
		{failed(50126, report("reportOnlyInterrupted")), "report-only", "policy CA9 Pilot"},
		{failed(50126, report("reportOnlyNotApplied")), "", ""},
		{with(failed(50074, lifetime), func(c *Case) { c.Asked = number(7) }), "session-lifetime", "lifetime rememberMultifactorAuthenticationOnTrustedDevices; counted"},
		{failed(70043, lifetime), "", ""},
		{with(failed(53000), func(c *Case) { c.Withheld = true }), "decision-withheld", ""},
		{failed(50126, func(s *store.SignIn) { s.RiskLevelDuringSignIn = "high" }), "risk", "value Risk level (real-time)"},
		{failed(7000222, func(s *store.SignIn) {
			s.Log, s.RiskLevelDuringSignIn, s.RiskState = store.ServicePrincipal, "low", "none"
		}), "", ""},
		{failed(50126, func(s *store.SignIn) { s.RiskLevelDuringSignIn = "hidden" }), "", ""},
		{failed(50126, func(s *store.SignIn) { s.FlaggedForReview = store.True }), "flagged", ""},
		{failed(50126, func(s *store.SignIn) { s.Log = store.NonInteractive }), "background", ""},
		{with(failed(50126), func(c *Case) { c.Later = &store.SignIn{ID: "later"} }), "later-success", "later"},
		{with(failed(0), func(c *Case) { c.Later = &store.SignIn{ID: "later"} }), "", ""},
	} {
		v := Of(tt.of)
		var remarks, reasons []string
		for _, r := range v.Remarks {
			tested[r.ID] = true
			remarks = append(remarks, r.ID)
			for _, reason := range r.Reasons {
				reasons = append(reasons, what(reason))
			}
		}
		if got := strings.Join(remarks, "; "); got != tt.remarks || strings.Join(reasons, "; ") != tt.reasons {
			t.Errorf("code %d: the remarks are %q with %q, want %q with %q", tt.of.code(), got, reasons, tt.remarks, tt.reasons)
		}
	}
	for _, remark := range Remarks() {
		if !tested[remark.ID] {
			t.Errorf("no test has the remark %s", remark.ID)
		}
	}
}

// The texts are sentences, no scenario has the name of another, and each ID is one word.
func TestTexts(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range slices.Concat(Scenarios(), Remarks()) {
		if seen[s.ID] || s.ID == "" || strings.ContainsAny(s.ID, " A") {
			t.Errorf("the ID %q is of two, or none", s.ID)
		}
		seen[s.ID] = true
		if strings.HasSuffix(s.Title, ".") {
			t.Errorf("%s: the title ends in a full stop", s.ID)
		}
		texts := append([]string{s.Happened, s.Unknown}, s.Try...)
		for _, fix := range s.Fixes {
			texts = append(texts, fix.How)
		}
		for _, text := range texts {
			if text != "" && !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, ".\"") {
				t.Errorf("%s: %q is no sentence", s.ID, text)
			}
			for sentence := range strings.SplitSeq(text, ". ") {
				if n := len(strings.Fields(sentence)); n > 25 {
					t.Errorf("%s: %q has %d words", s.ID, sentence, n)
				}
			}
		}
	}
}
