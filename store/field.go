package store

import (
	"slices"
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
	// Closed marks fields whose values are one of a list, a truth value, a number or a time: no part of
	// such a value means anything, so they know neither starts nor has. Fields whose values are a list that
	// Microsoft keeps adding to (requirement, risk, policyresult) are not among them.
	Closed bool
	// Single marks the fields of one property that has no short name.
	Single bool
	// AnyEvent marks fields that look at every event of an interactive line, not at the last alone.
	AnyEvent bool
	// Members marks the field whose values are groups: a sign-in has it that a member of the group made.
	Members bool
	// Named marks the field that compares with names of users, by which the directory may know more of them: see UserNames.
	Named bool
	// ConditionalAccess marks fields only some roles may use; a request that names one is refused.
	ConditionalAccess bool
	// Hint says what a value looks like, for the control and for the message about a bad one.
	Hint string

	// check refuses a value that cannot be meant; it gives the value in its one canonical spelling.
	check func(value string) (canonical string, problem string)
	// match says whether a stored text is the wanted one; nil is equality of the folded texts.
	match func(stored, want string) bool
	// starts and has say whether a stored text starts with a wanted one and contains it; nil is that of
	// the folded texts.
	starts, has func(stored, want string) bool
	// parts gives the values that a stored text counts as where that is not the text itself.
	parts func(stored string) []string
	// says gives what a stored text of one of the properties says of the field, where the field does not compare the
	// texts themselves. An engine asks it about each word of a dictionary once.
	says func(p *Property, stored string) []string
	// withoutUser are properties that count beside Properties in the logs without a user.
	withoutUser []*Property
	// addresses marks the fields that matchAddress compares.
	addresses bool
}

// Fields gives every field: those with a short name, and then the properties that have a name of their own alone.
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
	return equalFold(stored, want)
}

// HoldsAddresses says that the field's values are IP addresses, wanted by prefix and network too.
func (f *Field) HoldsAddresses() bool { return f.addresses }

func (f *Field) textStarts(stored, want string) bool {
	if f.starts != nil {
		return f.starts(stored, want)
	}
	return startsFold(stored, want)
}

func (f *Field) textHas(stored, want string) bool {
	if f.has != nil {
		return f.has(stored, want)
	}
	return containsFold(stored, want)
}

// ExactText says that MatchText is equality of the folded texts, so an index over folded texts finds what
// matches.
func (f *Field) ExactText() bool { return f.match == nil && f.says == nil }

// shortNamed are the fields with a short name, in the order in which controls list them.
var shortNamed = []*Field{
	{Name: "request", Label: "Request ID", Properties: []*Property{RequestID}, Unique: true, AnyEvent: true, check: plainID, match: matchID, starts: startsID},
	{Name: "correlation", Label: "Correlation ID", Properties: []*Property{CorrelationID}, Unique: true, AnyEvent: true, check: plainID, match: matchID, starts: startsID},
	{Name: "session", Label: "Session ID", Properties: []*Property{SessionID}, Unique: true, check: plainID, match: matchID, starts: startsID},
	{Name: "token", Label: "Unique token identifier", Properties: []*Property{UniqueTokenID}, Unique: true, match: matchToken, starts: strings.HasPrefix},
	{Name: "user", Label: "User", Properties: []*Property{UserID, UserPrincipalName, UserDisplayName}, Named: true, Hint: "name, username or user ID"},
	{Name: "identifier", Label: "Sign-in identifier", Properties: []*Property{SignInIdentifier}, Hint: "what was typed"},
	{Name: "usertype", Label: "User type", Properties: []*Property{UserType}, Hint: "member or guest"},
	{Name: "app", Label: "Application", Properties: []*Property{AppID, AppDisplayName}, Hint: "name or application ID"},
	{Name: "appowner", Label: "App owner tenant ID", Properties: []*Property{AppOwnerTenantID}},
	{Name: "resource", Label: "Resource", Properties: []*Property{ResourceID, ResourceDisplayName}, Hint: "name or resource ID"},
	{Name: "resourceowner", Label: "Resource owner tenant ID", Properties: []*Property{ResourceOwnerTenantID}},
	{Name: "status", Label: "Status", Closed: true, Hint: "success, failure or interrupted", check: oneOf(statusOptions...)},
	{Name: "error", Label: "Sign-in error code", Properties: []*Property{ErrorCode}, Closed: true, Hint: "a number, or AADSTS and a number", check: errorCode},
	{Name: "reason", Label: "Failure reason or additional details", Properties: []*Property{AdditionalDetails, FailureReason}},
	{Name: "ip", Label: "IP address", Properties: []*Property{CallerIPAddress, IPAddress}, Hint: addressHint, check: address, match: matchAddress, addresses: true},
	{Name: "ipresource", Label: "IP address (seen by resource)", Properties: []*Property{IPAddressFromResourceProvider}, Hint: addressHint, check: address, match: matchAddress, addresses: true},
	{Name: "city", Label: "City", Properties: []*Property{City}},
	{Name: "state", Label: "State or province", Properties: []*Property{State}},
	{Name: "country", Label: "Country or region", Properties: []*Property{CountryOrRegion}, Hint: "two letters"},
	{Name: "asn", Label: "Autonomous system number", Properties: []*Property{AutonomousSystemNumber}, Closed: true, Hint: "a number", check: number},
	{Name: "network", Label: "Named location", Properties: []*Property{NetworkSet}},
	{Name: "gsa", Label: "Through Global Secure Access", Properties: []*Property{IsThroughGlobalSecureAccess}, Closed: true, Hint: "yes or no", check: yesOrNo},
	{Name: "ca", Label: "Conditional Access", Properties: []*Property{ConditionalAccessStatus}, ConditionalAccess: true, Closed: true, Hint: "success, failure or notApplied", check: oneOf(conditionalAccessOptions...)},
	{Name: "policy", Label: "Conditional Access policy", Properties: []*Property{PolicySet}, ConditionalAccess: true, Hint: "name or ID of a policy"},
	{Name: "policyresult", Label: "Conditional Access policy result", Properties: []*Property{PolicyResultSet}, ConditionalAccess: true, Hint: "such as success, failure or reportOnlyFailure"},
	{Name: "client", Label: "Client app", Properties: []*Property{ClientAppUsed}, Hint: "a client app, modern or legacy", check: clientApp, match: matchClientApp, starts: startsClientApp, has: hasClientApp, parts: clientAppParts},
	{Name: "credential", Label: "Client credential type", Properties: []*Property{ClientCredentialType}},
	{Name: "method", Label: "Authentication method", Properties: []*Property{MethodSet}},
	{Name: "mfa", Label: "MFA result", Properties: []*Property{MFASet}, Closed: true, AnyEvent: true, Hint: "denied, timeout, wrongcode, satisfied or claim", check: oneOf(MFAOutcomes()...)},
	{Name: "anyerror", Label: "Error code of any event", Properties: []*Property{ErrorCode}, Closed: true, AnyEvent: true, Hint: "a number, or AADSTS and a number", check: errorCode},
	{Name: "requirement", Label: "Authentication requirement", Properties: []*Property{AuthenticationRequirement}, Hint: "singleFactorAuthentication or multiFactorAuthentication"},
	{Name: "protocol", Label: "Authentication protocol", Properties: []*Property{AuthenticationProtocol}},
	{Name: "transfer", Label: "Original transfer method", Properties: []*Property{OriginalTransferMethod}},
	{Name: "tokentype", Label: "Incoming token type", Properties: []*Property{IncomingTokenType}, match: matchListed, starts: startsListed, parts: listed},
	{Name: "issuer", Label: "Token issuer type", Properties: []*Property{TokenIssuerType}},
	{Name: "issuername", Label: "Token issuer name", Properties: []*Property{TokenIssuerName}},
	{Name: "os", Label: "Operating system", Properties: []*Property{OperatingSystem}},
	{Name: "browser", Label: "Browser", Properties: []*Property{Browser}},
	{Name: "device", Label: "Device ID", Properties: []*Property{DeviceID}},
	{Name: "devicename", Label: "Device name", Properties: []*Property{DeviceDisplayName}},
	{Name: "compliant", Label: "Compliant", Properties: []*Property{IsCompliant}, Closed: true, Hint: "yes or no", check: yesOrNo},
	{Name: "managed", Label: "Managed", Properties: []*Property{IsManaged}, Closed: true, Hint: "yes or no", check: yesOrNo},
	{Name: "trust", Label: "Join type", Properties: []*Property{TrustType}},
	{Name: "agent", Label: "User agent", Properties: []*Property{UserAgent}},
	{Name: "agenttype", Label: "Agent type", Properties: []*Property{AgentType}},
	{Name: "cae", Label: "Continuous access evaluation", Properties: []*Property{IsCAEToken}, Closed: true, Hint: "yes or no", check: yesOrNo},
	{Name: "tokenprotection", Label: "Token protection", Properties: []*Property{AppTokenProtectionStatus, SignInTokenProtectionStatus, TokenProtectionStatus}, Hint: "bound, unbound or none"},
	{Name: "crosstenant", Label: "Cross tenant access type", Properties: []*Property{CrossTenantAccessType}},
	{Name: "hometenant", Label: "Home tenant", Properties: []*Property{HomeTenantName, HomeTenantID}, Hint: "tenant ID or name"},
	{Name: "resourcetenant", Label: "Resource tenant ID", Properties: []*Property{ResourceTenantID}},
	{Name: "risk", Label: "Risk level (aggregate)", Properties: []*Property{RiskLevelAggregated}},
	{Name: "risksignin", Label: "Risk level (real-time)", Properties: []*Property{RiskLevelDuringSignIn}},
	{Name: "riskstate", Label: "Risk state", Properties: []*Property{RiskState}},
	{Name: "riskdetail", Label: "Risk detail", Properties: []*Property{RiskDetail}},
	{Name: "riskevent", Label: "Risk detection", Properties: []*Property{RiskEventSet}},
	{Name: "flagged", Label: "Flagged for review", Properties: []*Property{FlaggedForReview}, Closed: true, Hint: "yes or no", check: yesOrNo},
	{Name: "sp", Label: "Service principal", Properties: []*Property{ServicePrincipalID, ServicePrincipalName}, Hint: "name or service principal ID"},
	{Name: "key", Label: "Credential key ID", Properties: []*Property{CredentialKeyID}},
	{Name: "thumbprint", Label: "Credential thumbprint", Properties: []*Property{CredentialThumbprint}},
	{Name: "federatedcredential", Label: "Federated credential ID", Properties: []*Property{FederatedCredentialID}},
	{Name: "mitype", Label: "Managed identity type", Properties: []*Property{ManagedIdentityType}},
	{Name: "group", Label: "Group", Members: true, Hint: "the object ID of a group", check: groupID},
	{Name: "ingested", Label: "Ingested", Closed: true, Hint: "a time such as 2026-11-23T14:05:09Z", check: instant},
	{Name: "flow", Label: "Authentication flow", Properties: []*Property{AuthenticationProtocol, OriginalTransferMethod, IncomingTokenType}, withoutUser: []*Property{ClientCredentialType}, Hint: "such as devicecode, refresh or saml", check: flowValue, says: flowsSaid},
	{Name: "tenant", Label: "Tenant", Properties: []*Property{TenantID}, Hint: "the ID of the tenant that wrote the log"},
	{Name: "policycontrol", Label: "Conditional Access grant control", Properties: []*Property{PolicyControlSet}, ConditionalAccess: true, Hint: "such as Mfa or Block, or the name of an authentication strength"},
	{Name: "methodresult", Label: "Authentication method result", Properties: []*Property{MethodResultSet}, Closed: true, Hint: "yes or no", check: yesOrNo},
	{Name: "networktype", Label: "Network type", Properties: []*Property{NetworkTypeSet}, Hint: "such as trustedNamedLocation"},
}

var fields = append(slices.Clone(shortNamed), ownNamed(shortNamed)...)

var fieldsByName = func() map[string]*Field {
	byName := make(map[string]*Field, len(fields))
	for _, f := range fields {
		byName[f.Name] = f
	}
	return byName
}()
