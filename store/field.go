package store

import (
	"strconv"
	"strings"
)

// Field is one name a log can be filtered by (FIELD in an address). It compares one or more properties
// of a sign-in: "user" holds if the name, the UPN or the ID is the one asked for.
type Field struct {
	Name  string
	Label string
	// Properties are compared, any of them; empty for a field that is computed (status, ingested). The
	// last is the one shown where the field is chosen as a column.
	Properties []*Property
	// Unique marks fields of ids that hardly repeat: they know is, is not, starts and empty only.
	Unique bool
	// ConditionalAccess marks fields only some roles may use; a request that names one is refused.
	ConditionalAccess bool
	// Hint says what a value looks like, for the control and for the message about a bad one.
	Hint string

	// check refuses a value that cannot be meant; it gives the value in its one canonical spelling.
	check func(value string) (canonical string, problem string)
	// match says whether a stored text is the wanted one; nil is equality without regard to case.
	match func(stored, want string) bool
}

// Fields gives every field in the order of CONTRACT.md.
func Fields() []*Field { return fields }

// FieldByName finds a field.
func FieldByName(name string) (*Field, bool) {
	f, ok := fieldsByName[name]
	return f, ok
}

// MatchText says whether a text stored in one of the field's properties is the wanted value.
func (f *Field) MatchText(stored, want string) bool {
	if f.match != nil {
		return f.match(stored, want)
	}
	return strings.EqualFold(stored, want)
}

// ExactText says that MatchText is equality without regard to case, so an index over folded texts
// finds what matches.
func (f *Field) ExactText() bool { return f.match == nil }

var fields = []*Field{
	{Name: "request", Label: "Request ID", Properties: []*Property{RequestID}, Unique: true},
	{Name: "correlation", Label: "Correlation ID", Properties: []*Property{CorrelationID}, Unique: true},
	{Name: "session", Label: "Session ID", Properties: []*Property{SessionID}, Unique: true},
	{Name: "token", Label: "Unique token identifier", Properties: []*Property{UniqueTokenID}, Unique: true},
	{Name: "user", Label: "User", Properties: []*Property{UserID, UserPrincipalName, UserDisplayName}, Hint: "name, username or user ID"},
	{Name: "identifier", Label: "Sign-in identifier", Properties: []*Property{SignInIdentifier}, Hint: "what was typed"},
	{Name: "usertype", Label: "User type", Properties: []*Property{UserType}, Hint: "member or guest"},
	{Name: "app", Label: "Application", Properties: []*Property{AppID, AppDisplayName}, Hint: "name or application ID"},
	{Name: "appowner", Label: "App owner tenant ID", Properties: []*Property{AppOwnerTenantID}},
	{Name: "resource", Label: "Resource", Properties: []*Property{ResourceID, ResourceDisplayName}, Hint: "name or resource ID"},
	{Name: "resourceowner", Label: "Resource owner tenant ID", Properties: []*Property{ResourceOwnerTenantID}},
	{Name: "status", Label: "Status", Hint: "success, failure or interrupted", check: oneOf("success", "failure", "interrupted")},
	{Name: "error", Label: "Sign-in error code", Properties: []*Property{ErrorCode}, Hint: "a number, or AADSTS and a number", check: errorCode},
	{Name: "reason", Label: "Failure reason or additional details", Properties: []*Property{AdditionalDetails, FailureReason}},
	{Name: "ip", Label: "IP address", Properties: []*Property{IPAddress}, Hint: `an address, a prefix ending in "." or ":", or a network such as 192.0.2.0/24`, check: address, match: matchAddress},
	{Name: "ipresource", Label: "IP address (seen by resource)", Properties: []*Property{IPAddressFromResourceProvider}, Hint: `an address, a prefix ending in "." or ":", or a network such as 192.0.2.0/24`, check: address, match: matchAddress},
	{Name: "city", Label: "City", Properties: []*Property{City}},
	{Name: "state", Label: "State or province", Properties: []*Property{State}},
	{Name: "country", Label: "Country or region", Properties: []*Property{CountryOrRegion}, Hint: "two letters"},
	{Name: "asn", Label: "Autonomous system number", Properties: []*Property{AutonomousSystemNumber}, Hint: "a number", check: number},
	{Name: "network", Label: "Named location", Properties: []*Property{NetworkSet}},
	{Name: "gsa", Label: "Through Global Secure Access", Properties: []*Property{IsThroughGlobalSecureAccess}, Hint: "yes or no", check: yesOrNo},
	{Name: "ca", Label: "Conditional Access", Properties: []*Property{ConditionalAccessStatus}, ConditionalAccess: true, Hint: "success, failure or notApplied", check: oneOf("success", "failure", "notApplied")},
	{Name: "policy", Label: "Conditional Access policy", Properties: []*Property{PolicySet}, ConditionalAccess: true, Hint: "name or ID of a policy"},
	{Name: "policyresult", Label: "Conditional Access policy result", Properties: []*Property{PolicyResultSet}, ConditionalAccess: true, Hint: "such as success, failure or reportOnlyFailure"},
	{Name: "client", Label: "Client app", Properties: []*Property{ClientAppUsed}, Hint: "a client app, modern or legacy", check: clientApp, match: matchClientApp},
	{Name: "credential", Label: "Client credential type", Properties: []*Property{ClientCredentialType}},
	{Name: "method", Label: "Authentication method", Properties: []*Property{MethodSet}},
	{Name: "mfa", Label: "MFA result", Properties: []*Property{MFASet}, Hint: "denied, timeout, wrongcode, satisfied or claim", check: oneOf(MFAOutcomes()...)},
	{Name: "anyerror", Label: "Error code of any event", Properties: []*Property{ErrorCode}, Hint: "a number, or AADSTS and a number", check: errorCode},
	{Name: "requirement", Label: "Authentication requirement", Properties: []*Property{AuthenticationRequirement}, Hint: "singleFactorAuthentication or multiFactorAuthentication"},
	{Name: "protocol", Label: "Authentication protocol", Properties: []*Property{AuthenticationProtocol}},
	{Name: "transfer", Label: "Original transfer method", Properties: []*Property{OriginalTransferMethod}},
	{Name: "tokentype", Label: "Incoming token type", Properties: []*Property{IncomingTokenType}, match: matchListed},
	{Name: "issuer", Label: "Token issuer type", Properties: []*Property{TokenIssuerType}},
	{Name: "issuername", Label: "Token issuer name", Properties: []*Property{TokenIssuerName}},
	{Name: "os", Label: "Operating system", Properties: []*Property{OperatingSystem}},
	{Name: "browser", Label: "Browser", Properties: []*Property{Browser}},
	{Name: "device", Label: "Device ID", Properties: []*Property{DeviceID}},
	{Name: "devicename", Label: "Device name", Properties: []*Property{DeviceDisplayName}},
	{Name: "compliant", Label: "Compliant", Properties: []*Property{IsCompliant}, Hint: "yes or no", check: yesOrNo},
	{Name: "managed", Label: "Managed", Properties: []*Property{IsManaged}, Hint: "yes or no", check: yesOrNo},
	{Name: "trust", Label: "Join type", Properties: []*Property{TrustType}},
	{Name: "agent", Label: "User agent", Properties: []*Property{UserAgent}},
	{Name: "agenttype", Label: "Agent type", Properties: []*Property{AgentType}},
	{Name: "cae", Label: "Continuous access evaluation", Properties: []*Property{IsCAEToken}, Hint: "yes or no", check: yesOrNo},
	{Name: "tokenprotection", Label: "Token protection", Properties: []*Property{AppTokenProtectionStatus, SignInTokenProtectionStatus, TokenProtectionStatus}, Hint: "bound, unbound or none"},
	{Name: "crosstenant", Label: "Cross tenant access type", Properties: []*Property{CrossTenantAccessType}},
	{Name: "hometenant", Label: "Home tenant", Properties: []*Property{HomeTenantName, HomeTenantID}, Hint: "tenant ID or name"},
	{Name: "resourcetenant", Label: "Resource tenant ID", Properties: []*Property{ResourceTenantID}},
	{Name: "risk", Label: "Risk level (aggregate)", Properties: []*Property{RiskLevelAggregated}},
	{Name: "risksignin", Label: "Risk level (real-time)", Properties: []*Property{RiskLevelDuringSignIn}},
	{Name: "riskstate", Label: "Risk state", Properties: []*Property{RiskState}},
	{Name: "riskdetail", Label: "Risk detail", Properties: []*Property{RiskDetail}},
	{Name: "riskevent", Label: "Risk detection", Properties: []*Property{RiskEventSet}},
	{Name: "flagged", Label: "Flagged for review", Properties: []*Property{FlaggedForReview}, Hint: "yes or no", check: yesOrNo},
	{Name: "sp", Label: "Service principal", Properties: []*Property{ServicePrincipalID, ServicePrincipalName}, Hint: "name or service principal ID"},
	{Name: "key", Label: "Credential key ID", Properties: []*Property{CredentialKeyID}},
	{Name: "thumbprint", Label: "Credential thumbprint", Properties: []*Property{CredentialThumbprint}},
	{Name: "federatedcredential", Label: "Federated credential ID", Properties: []*Property{FederatedCredentialID}},
	{Name: "mitype", Label: "Managed identity type", Properties: []*Property{ManagedIdentityType}},
	{Name: "group", Label: "Group", Hint: "a group ID", check: noDirectory},
	{Name: "ingested", Label: "Ingested", Hint: "a time such as 2026-11-23T14:05:09Z", check: instant},
}

var fieldsByName = func() map[string]*Field {
	byName := make(map[string]*Field, len(fields))
	for _, f := range fields {
		byName[f.Name] = f
	}
	return byName
}()

func oneOf(options ...string) func(string) (string, string) {
	return func(value string) (string, string) {
		for _, o := range options {
			if strings.EqualFold(o, value) {
				return o, ""
			}
		}
		return "", "is none of " + strings.Join(options, ", ") + "."
	}
}

func number(value string) (string, string) {
	n, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64)
	if err != nil || n < 0 {
		return "", "is not a number. Write it with digits only."
	}
	return strconv.FormatInt(n, 10), ""
}

// errorCode takes 50126 and AADSTS50126: people paste both.
func errorCode(value string) (string, string) {
	v := strings.TrimSpace(value)
	if len(v) > 6 && strings.EqualFold(v[:6], "AADSTS") {
		v = v[6:]
	}
	code, problem := number(v)
	if problem != "" {
		return "", "is not an error code. Write a number such as 50126, or AADSTS50126."
	}
	return code, ""
}

func clientApp(value string) (string, string) {
	switch strings.ToLower(value) {
	case "modern", "legacy":
		return strings.ToLower(value), ""
	}
	for _, app := range clientApps {
		if strings.EqualFold(app.Name, value) {
			return app.Name, ""
		}
	}
	name := CanonicalClientApp(value)
	if _, other := otherClientsSuffix(value); name != "" && (name != otherClients || other) {
		return name, ""
	}
	return "", "is not a client app this portal knows. Choose one of its options, or modern, or legacy."
}

// yesOrNo also takes true and false, as records and exports have it.
func yesOrNo(value string) (string, string) {
	switch strings.ToLower(value) {
	case "yes", "true":
		return "yes", ""
	case "no", "false":
		return "no", ""
	}
	return "", "is none of yes, no."
}

// noDirectory refuses group=ID until a directory can be imported: matching nobody would be a silent
// wrong answer.
func noDirectory(string) (string, string) {
	return "", "cannot be used: who is in a group comes from an imported directory, and none has been imported."
}

func instant(value string) (string, string) {
	t, ok := parseTime(value)
	if !ok {
		return "", "is not a time. Write it like 2026-11-23T14:05:09Z."
	}
	return t.Format("2006-01-02T15:04:05.999999999Z07:00"), ""
}

// matchListed compares with each of the texts that a comma joins: incoming token types come so.
func matchListed(stored, want string) bool {
	for part := range strings.SplitSeq(stored, ",") {
		if strings.EqualFold(strings.TrimSpace(part), want) {
			return true
		}
	}
	return strings.EqualFold(stored, want)
}
