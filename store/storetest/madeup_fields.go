package storetest

import (
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"signpost/store"
)

// outcome sets the status in all its forms: a code, none, an unknown code, a stated status.
func (m *maker) outcome(s *store.SignIn) {
	codes := []int64{0, 0, 0, 0, 50126, 50126, 50053, 50140, 53003, 50074, 500121, 16000, 999999}
	s.ErrorCode = store.IntOf(codes[m.r.IntN(len(codes))])
	switch m.r.IntN(12) {
	case 0:
		s.ErrorCode = store.Int{}
	case 1:
		s.StatedStatus = m.pick("Success", "Failure", "interrupted", "Nonsense")
	}
	if s.ErrorCode.N != 0 {
		s.FailureReason = m.pick("", "Invalid username or password", "invalid USERNAME or password", "Other.", fmt.Sprintf("Reason %d", m.r.IntN(200)))
	}
	s.AdditionalDetails = m.pick("", "", "MFA completed in Azure AD", "MFA requirement satisfied by claim in the token", "MFA denied; user declined the authentication")
	s.AuthenticationRequirement = m.pick("", "singleFactorAuthentication", "multiFactorAuthentication")
	s.AuthenticationProtocol = m.pick("", "", "none", "deviceCode", "DeviceCode", "ropc", "rpoc", "saml20", "oAuth2.1Brand", "clientCredentials", "Authentication transfer")
	s.IncomingTokenType = m.pick("", "none", "primaryRefreshToken", "primaryRefreshToken, saml11", "saml11,SAML20", "refreshToken")
	s.OriginalTransferMethod = m.pick("", "none", "deviceCodeFlow", "Device code flow", "authenticationTransfer")
	s.ClientAppUsed = m.pick("", "Browser", "browser", "Mobile Apps and Desktop clients", "Other clients; IMAP", "IMAP4", "; POP", "Universal Outlook", "Other clients; Whatever", "A client of its own")
	s.TokenIssuerType = m.pick("", "AzureAD", "ADFederationServices")
	s.TokenIssuerName = m.pick("", "", "Issuer")
	s.ClientCredentialType = m.pick("", "none", "clientSecret", "certificate", "ClientSecret", "managedIdentity")
	if m.r.IntN(2) == 0 {
		s.ProcessingTimeInMilliseconds = store.IntOf(m.r.Int64N(3000))
	}
}

// place sets the address and location: either family of addresses in several spellings, and no address.
func (m *maker) place(s *store.SignIn) {
	addresses := []string{
		"192.0.2.7", "192.0.2.70", "192.0.2.255", "192.0.20.7", "198.51.100.1", "2001:db8::1", "2001:DB8::1", "2001:db8:0:0::17",
		"::ffff:192.0.2.7", "fe80::1%eth0", "not an address", "",
	}
	s.IPAddress = addresses[m.r.IntN(len(addresses))]
	if m.r.IntN(3) == 0 {
		s.IPAddress = fmt.Sprintf("203.0.113.%d", m.r.IntN(256))
	}
	if s.IPAddress != "" && m.later.IntN(6) == 0 {
		s.CallerIPAddress = fmt.Sprintf("100.64.0.%d", m.later.IntN(4))
	}
	s.IPAddressFromResourceProvider = m.pick("", "", addresses[m.r.IntN(len(addresses))])
	s.GlobalSecureAccessIPAddress = m.pick("", "", addresses[m.r.IntN(len(addresses))])
	if m.r.IntN(3) > 0 {
		s.AutonomousSystemNumber = store.IntOf([]int64{0, 64496, 64497, 4200000000}[m.r.IntN(4)])
	}
	s.City = m.pick("Oslo", "oslo", "OSLO", "Ålesund", "ålesund", "Lima", "", "Saint-Denis, Réunion")
	if m.later.IntN(3) == 0 {
		s.City = norm.NFD.String(s.City)
	}
	s.State = m.pick("", "Oslo", "Lima Province")
	s.CountryOrRegion = m.pick("NO", "no", "PE", "RE", "")
	s.IsThroughGlobalSecureAccess = m.truth()
	if m.r.IntN(2) == 0 {
		s.NetworkLocationDetails = []store.NetworkLocation{
			{Type: []string{"trustedNamedLocation", "TrustedNamedLocation", "namedNetwork", ""}[s.Time.UnixMicro()&3], Names: []string{m.pick("Head office", "HEAD OFFICE", "Branch")}},
			{Type: "namedNetwork", Names: []string{m.pick("Branch", "VPN", ""), "Everywhere"}},
		}[:1+m.r.IntN(2)]
	}
}

func (m *maker) device(s *store.SignIn) {
	n := m.r.IntN(120)
	if n < 90 {
		s.DeviceID, s.DeviceDisplayName = guid(3000+n), fmt.Sprintf("%s-%d", m.pick("PC", "pc"), n)
	}
	s.OperatingSystem = m.pick("", "Windows", "Windows 11", "windows10", "iOS 17.2")
	s.Browser = m.pick("", "Edge 120", "edge 120", "Chrome 119.0.0")
	s.UserAgent = m.pick("", fmt.Sprintf("Mozilla/5.0 (%d; %d) \"quoted\" 100%%", m.r.IntN(30), n), "python-requests/2.0")
	s.BrowserID = m.pick("", guid(3500))
	s.IsCompliant, s.IsManaged, s.IsCAEToken = m.truth(), m.truth(), m.truth()
	s.IsInteractive, s.FlaggedForReview, s.IsTenantRestrict = m.truth(), m.truth(), m.truth()
	s.TrustType = m.pick("", "Azure AD joined", "Hybrid Azure AD joined")
	s.AppTokenProtectionStatus = m.pick("", "bound", "unbound")
	s.SignInTokenProtectionStatus = m.pick("", "none", "Bound")
	s.TokenProtectionStatus = m.pick("", "unbound")
	if m.r.IntN(3) == 0 {
		s.TokenProtectionStatusCode = store.IntOf(1002 + m.r.Int64N(7))
	}
	s.AgentType = m.pick("", "", "notAgentic", "agenticAppInstance")
	s.AgentSubjectType = []string{"", "", "notAgentic", "agentIDuser"}[m.later.IntN(4)]
	s.ClientSessionID = []string{"", "", guid(3600 + m.later.IntN(20))}[m.later.IntN(3)]
}

// lists sets the multi-valued data: none, one or several of each, some values twice.
func (m *maker) lists(s *store.SignIn) {
	for range m.r.IntN(4) {
		n := m.skewed(6)
		s.AppliedConditionalAccessPolicies = append(s.AppliedConditionalAccessPolicies, store.AppliedPolicy{
			ID: m.pick("", guid(2000+n)), DisplayName: fmt.Sprintf("%s %d", m.pick("Require MFA", "require mfa", "Block; legacy"), n),
			Result: m.pick("success", "failure", "notApplied", "reportOnlyFailure", "Success", ""), GrantControls: controls(s.Time, n),
		})
	}
	s.ConditionalAccessStatus = m.pick("", "success", "failure", "notApplied", "Success")
	for range m.r.IntN(3) {
		s.AuthenticationDetails = append(s.AuthenticationDetails, store.AuthenticationStep{
			Time: s.Time.UTC(), Method: m.pick("Password", "password", "Mobile app notification", ""), Succeeded: m.truth(),
			ResultDetail: m.pick("", "Correct password", "MFA denied; user declined the authentication", "MFA denied; user did not respond to mobile app notification", "MFA completed in Azure AD"),
		})
	}
	if m.r.IntN(3) == 0 {
		s.AuthenticationMethodsUsed = []string{m.pick("FIDO2", "fido2", "Password"), "Text message"}[:1+m.r.IntN(2)]
	}
	varySteps(s)
	s.MFAAuthMethod, s.MFAAuthDetail = m.pick("", "", "Text message"), m.pick("", "", "+XX XXXXXXX89")
	if info, _ := store.SignIns.Log(s.Log); info.User && m.r.IntN(2) == 0 {
		s.SignInEventTypes = []string{strings.Replace(string(s.Log)+"User", "noni", "nonI", 1)}
	}
	m.unread(s)
}

// unread marks some lists as unread in part: the record has them in an unknown shape.
func (m *maker) unread(s *store.SignIn) {
	some := []store.Collection{
		store.CollectionPolicies, store.CollectionMethodsUsed, store.CollectionAuthenticationDetails, store.CollectionNetworks, store.CollectionRiskEventTypes,
	}
	if m.later.IntN(4) > 0 {
		return
	}
	c := some[m.later.IntN(len(some))]
	s.Collections.Note(c, store.CollectionUnread)
	if c == store.CollectionPolicies && m.later.IntN(2) == 0 {
		s.AppliedConditionalAccessPolicies = nil
	}
}

// varySteps gives the steps what they were asked for, some a claim, and some the same step again; and sessions policies. As
// controls does, it takes no random number.
func varySteps(s *store.SignIn) {
	some := int(s.Time.UnixMicro()) % 840
	for i := range s.AuthenticationDetails {
		step := &s.AuthenticationDetails[i]
		step.Requirement = []string{"Primary authentication", "primaryAuthentication", "Multi-factor authentication", "MultiConditionalAccess", ""}[(some+i)%5]
		switch some / 5 % 4 {
		case 0:
			step.ResultDetail = "MFA requirement satisfied by claim in the token"
		case 1:
			step.Method = "Previously satisfied"
		}
	}
	if n := len(s.AuthenticationDetails); n > 0 && some%3 == 0 {
		s.AuthenticationDetails = append(s.AuthenticationDetails, s.AuthenticationDetails[0], s.AuthenticationDetails[n-1])
	}
	if len(s.AuthenticationMethodsUsed) == 1 && some%2 == 0 {
		s.AuthenticationMethodsUsed = append(s.AuthenticationMethodsUsed, s.AuthenticationMethodsUsed[0])
	}
	for i := range some / 7 % 3 {
		s.SessionLifetimePolicies = append(s.SessionLifetimePolicies, store.RequirementPolicy{Provider: []string{"ngcMfa", "NGCMFA", "signInFrequencyEveryTime", ""}[(some+i)%4]})
	}
}

// controls are none, one or two of few. One has the character that separates the texts of an item: in a record it
// is an ordinary character.
func controls(at time.Time, n int) []string {
	some := int(at.UnixMicro())%12 + n // no random number: one would change everything made up after it
	if some%3 == 0 {
		return nil
	}
	return []string{[]string{"Mfa", "mfa", "Block", "block"}[some%4], []string{"RequireCompliantDevice", "Terms\x1fof use"}[some/4%2]}[:some%3]
}

func (m *maker) risk(s *store.SignIn) {
	s.RiskLevelAggregated = m.pick("", "none", "low", "high", "hidden")
	s.RiskLevelDuringSignIn = m.pick("", "none", "High")
	s.RiskState = m.pick("", "none", "atRisk")
	s.RiskDetail = m.pick("", "none", "userPassedMFADrivenByRiskBasedPolicy")
	for range m.r.IntN(3) {
		s.RiskEventTypes = append(s.RiskEventTypes, m.pick("unfamiliarFeatures", "passwordSpray", "PasswordSpray"))
	}
}
