package store

import "strings"

// Block says which fields of a record belong together. Merge has rules for the status and the risk; Conditional Access is
// a block for the right to see it.
type Block uint8

// The blocks.
const (
	NoBlock Block = iota
	StatusBlock
	ConditionalAccessBlock
	AuthenticationBlock
	RiskBlock
)

// Property is one single-valued field of a kind of records, or the values of a multi-valued one taken as a
// set: what is stored in a column, compared by filters and (if single-valued) chosen as a column of
// the page. Exactly one of Text, Int, Bool and Set is there.
type Property struct {
	Name  string // Graph's property, with the path inside a complex type
	Label string // the portal's words
	Block Block
	// Class says who may see it.
	Class Class
	// Enum marks a text that is one word of an enumeration, or several with commas between them. Some words say nothing:
	// see Merge.
	Enum bool
	// Unit is what the number counts.
	Unit string
	// Long marks a text of a sentence or more.
	Long bool
	// MadeUp says that the property follows from others, or from what stands around a record: no key inside is it.
	MadeUp bool
	// Worded marks a text that is a camelCase word of Graph's, which pages show in words.
	Worded bool
	// Unique marks ids that hardly repeat: they have no dictionary.
	Unique bool
	// Carriers are the logs whose sign-ins can hold it.
	Carriers Carriers
	// Address marks IP addresses, which are asked for by prefix and network too.
	Address bool
	// OwnLabel is what the field of this property alone is called where Label is that of a field that compares more.
	OwnLabel string
	// Fallback marks an object ID by which rows are grouped: it gives the name that stands in for the ID
	// where that is empty.
	Fallback func(Entry) string

	Text func(Entry) *string
	Int  func(Entry) *Int
	Bool func(Entry) *Bool
	Set  func(Entry) []string // derived from the lists; never a column of the page

	// List marks the property that holds the items of a list: each text of its Set is one, see List.Item.
	List *List
	// PartOf marks the part of a list's items that the property is, the part numbered Part. An engine keeps the
	// items, under the property with the List, and not each part by itself: that would lose which belong together.
	PartOf *List
	Part   int
}

// IsID says that the property is an ID, of the record or of what it names: Graph's names of those end in Id.
func (p *Property) IsID() bool { return p.Unique || strings.HasSuffix(p.Name, "Id") }

// Properties gives every property; the order is the engine's column order and only ever grows.
func Properties() []*Property { return properties }

// PropertyByName finds a property by Graph's name.
func PropertyByName(name string) (*Property, bool) {
	for _, p := range properties {
		if p.Name == name {
			return p, true
		}
	}
	return nil, false
}

// properties lists them once more: a list that the declarations append to would follow Go's
// initialisation order instead of the one written here.
var properties = []*Property{
	RequestID,
	CorrelationID,
	SessionID,
	UniqueTokenID,
	OriginalRequestID,
	UserID,
	UserPrincipalName,
	UserDisplayName,
	UserType,
	SignInIdentifier,
	SignInIdentifierType,
	AppID,
	AppDisplayName,
	AppOwnerTenantID,
	ResourceID,
	ResourceDisplayName,
	ResourceServicePrincipalID,
	ResourceTenantID,
	ResourceOwnerTenantID,
	HomeTenantID,
	HomeTenantName,
	TenantID,
	CrossTenantAccessType,
	StatedStatus,
	ErrorCode,
	FailureReason,
	AdditionalDetails,
	ConditionalAccessStatus,
	PolicySet,
	PolicyResultSet,
	AuthenticationRequirement,
	AuthenticationProtocol,
	IncomingTokenType,
	OriginalTransferMethod,
	ClientAppUsed,
	ClientCredentialType,
	UserAgent,
	MethodSet,
	MFASet,
	DeviceID,
	DeviceDisplayName,
	OperatingSystem,
	Browser,
	BrowserID,
	IsCompliant,
	IsManaged,
	TrustType,
	IPAddress,
	IPAddressFromResourceProvider,
	AutonomousSystemNumber,
	City,
	State,
	CountryOrRegion,
	NetworkSet,
	IsThroughGlobalSecureAccess,
	GlobalSecureAccessIPAddress,
	IsInteractive,
	FlaggedForReview,
	IsTenantRestrict,
	IsCAEToken,
	TokenIssuerName,
	TokenIssuerType,
	ProcessingTimeInMilliseconds,
	RiskDetail,
	RiskLevelAggregated,
	RiskLevelDuringSignIn,
	RiskState,
	RiskEventSet,
	ServicePrincipalID,
	ServicePrincipalName,
	CredentialKeyID,
	CredentialThumbprint,
	FederatedCredentialID,
	ManagedIdentityType,
	AssociatedResourceID,
	FederatedTokenID,
	FederatedTokenIssuer,
	AzureResourceID,
	AgentType,
	AgentParentAppID,
	AppTokenProtectionStatus,
	SignInTokenProtectionStatus,
	TokenProtectionStatus,
	TokenProtectionStatusCode,
	MFAAuthMethod,
	MFAAuthDetail,
	PolicyControlSet,
	MethodResultSet,
	NetworkTypeSet,
	PolicyItems,
	MethodItems,
	NetworkItems,
	AgentSubjectType,
	ClientSessionID,
	CallerIPAddress,
	OwnedByMicrosoft,
}

// of says which logs' sign-ins can hold the property; those of every log where it is not said.
func (p *Property) of(c Carriers) *Property {
	p.Carriers = c
	return p
}

// asAddress marks the property as an IP address.
func (p *Property) asAddress() *Property {
	p.Address = true
	return p
}

// in says what the number counts.
func (p *Property) in(unit string) *Property {
	p.Unit = unit
	return p
}

// long marks the property as a text of a sentence or more.
func (p *Property) long() *Property {
	p.Long = true
	return p
}

// madeUp says that no key inside a record is the property.
func (p *Property) madeUp() *Property {
	p.MadeUp = true
	return p
}

// inWords marks the property as a camelCase word of Graph's.
func (p *Property) inWords() *Property {
	p.Worded = true
	return p
}

// alone names the field of this property alone.
func (p *Property) alone(label string) *Property {
	p.OwnLabel = label
	return p
}

// classOf gives the class of a block's properties.
func classOf(b Block) Class {
	if b == ConditionalAccessBlock {
		return ConditionalAccess
	}
	return NoClass
}

func text[E Entry](name, label string, f func(E) *string) *Property {
	return &Property{Name: name, Label: label, Text: of(f)}
}

func enum[E Entry](name, label string, f func(E) *string) *Property {
	return &Property{Name: name, Label: label, Text: of(f), Enum: true}
}

func blockEnum[E Entry](b Block, name, label string, f func(E) *string) *Property {
	p := blockText(b, name, label, f)
	p.Enum = true
	return p
}

func unique[E Entry](name, label string, f func(E) *string) *Property {
	return &Property{Name: name, Label: label, Text: of(f), Unique: true}
}

func entity[E Entry](name, label string, f func(E) *string, fallback func(E) string) *Property {
	return &Property{Name: name, Label: label, Text: of(f), Fallback: of(fallback)}
}

func blockText[E Entry](b Block, name, label string, f func(E) *string) *Property {
	return &Property{Name: name, Label: label, Block: b, Text: of(f), Class: classOf(b)}
}

func integer[E Entry](b Block, name, label string, f func(E) *Int) *Property {
	return &Property{Name: name, Label: label, Block: b, Int: of(f)}
}

func truth[E Entry](name, label string, f func(E) *Bool) *Property {
	return &Property{Name: name, Label: label, Bool: of(f)}
}

func set[E Entry](b Block, name, label string, f func(E) []string) *Property {
	return &Property{Name: name, Label: label, Block: b, Set: of(f), Class: classOf(b)}
}

func part[E Entry](l *List, part int, b Block, name, label string, f func(E) []string) *Property {
	p := set(b, name, label, f)
	p.PartOf, p.Part = l, part
	return p
}

func items(l *List, b Block, name, label string) *Property {
	p := set(b, name, label, l.texts)
	p.List = l
	return p
}

// The properties. Names are Graph's, labels the Entra portal's.
var (
	RequestID         = unique("id", "Request ID", func(s *SignIn) *string { return &s.ID })
	CorrelationID     = unique("correlationId", "Correlation ID", func(s *SignIn) *string { return &s.CorrelationID })
	SessionID         = unique("sessionId", "Session ID", func(s *SignIn) *string { return &s.SessionID })
	UniqueTokenID     = unique("uniqueTokenIdentifier", "Unique token identifier", func(s *SignIn) *string { return &s.UniqueTokenIdentifier })
	OriginalRequestID = unique("originalRequestId", "Original request ID", func(s *SignIn) *string { return &s.OriginalRequestID })

	UserID = entity("userId", "User ID", func(s *SignIn) *string { return &s.UserID }, func(s *SignIn) string {
		return firstNonEmpty(s.UserPrincipalName, s.UserDisplayName)
	}).of(UserLogs)
	UserPrincipalName    = text("userPrincipalName", "Username", func(s *SignIn) *string { return &s.UserPrincipalName }).of(UserLogs)
	UserDisplayName      = text("userDisplayName", "User", func(s *SignIn) *string { return &s.UserDisplayName }).of(UserLogs).alone("User display name")
	UserType             = enum("userType", "User type", func(s *SignIn) *string { return &s.UserType }).of(UserLogs).inWords()
	SignInIdentifier     = text("signInIdentifier", "Sign-in identifier", func(s *SignIn) *string { return &s.SignInIdentifier }).of(UserLogs)
	SignInIdentifierType = enum("signInIdentifierType", "Sign-in identifier type", func(s *SignIn) *string { return &s.SignInIdentifierType }).of(UserLogs).inWords()

	AppID = entity("appId", "Application ID", func(s *SignIn) *string { return &s.AppID }, func(s *SignIn) string {
		return s.AppDisplayName
	})
	AppDisplayName   = text("appDisplayName", "Application", func(s *SignIn) *string { return &s.AppDisplayName }).alone("Application name")
	AppOwnerTenantID = text("appOwnerTenantId", "App owner tenant ID", func(s *SignIn) *string { return &s.AppOwnerTenantID })
	ResourceID       = entity("resourceId", "Resource ID", func(s *SignIn) *string { return &s.ResourceID }, func(s *SignIn) string {
		return s.ResourceDisplayName
	})
	ResourceDisplayName        = text("resourceDisplayName", "Resource", func(s *SignIn) *string { return &s.ResourceDisplayName }).alone("Resource name")
	ResourceServicePrincipalID = text("resourceServicePrincipalId", "Resource service principal ID", func(s *SignIn) *string { return &s.ResourceServicePrincipalID })
	ResourceTenantID           = text("resourceTenantId", "Resource tenant ID", func(s *SignIn) *string { return &s.ResourceTenantID })
	ResourceOwnerTenantID      = text("resourceOwnerTenantId", "Resource owner tenant ID", func(s *SignIn) *string { return &s.ResourceOwnerTenantID })
	HomeTenantID               = text("homeTenantId", "Home tenant ID", func(s *SignIn) *string { return &s.HomeTenantID }).of(UserLogs)
	HomeTenantName             = text("homeTenantName", "Home tenant name", func(s *SignIn) *string { return &s.HomeTenantName }).of(UserLogs)
	TenantID                   = text("tenantId", "Tenant ID", func(s *SignIn) *string { return &s.TenantID })
	CrossTenantAccessType      = enum("crossTenantAccessType", "Cross tenant access type", func(s *SignIn) *string { return &s.CrossTenantAccessType }).inWords()

	StatedStatus      = blockText(StatusBlock, "status", "Status", func(s *SignIn) *string { return &s.StatedStatus })
	ErrorCode         = integer(StatusBlock, "status.errorCode", "Sign-in error code", func(s *SignIn) *Int { return &s.ErrorCode })
	FailureReason     = blockText(StatusBlock, "status.failureReason", "Failure reason", func(s *SignIn) *string { return &s.FailureReason }).long()
	AdditionalDetails = blockText(StatusBlock, "status.additionalDetails", "Additional details", func(s *SignIn) *string { return &s.AdditionalDetails })

	ConditionalAccessStatus = blockEnum(ConditionalAccessBlock, "conditionalAccessStatus", "Conditional Access", func(s *SignIn) *string { return &s.ConditionalAccessStatus }).of(AddressLogs)
	PolicySet               = part(Policies, policyName, ConditionalAccessBlock, "appliedConditionalAccessPolicies", "Conditional Access policies", (*SignIn).policyNames).of(AddressLogs)
	PolicyResultSet         = part(Policies, policyResult, ConditionalAccessBlock, "appliedConditionalAccessPolicies.result", "Conditional Access policy results", (*SignIn).policyResults).of(AddressLogs)
	PolicyControlSet        = part(Policies, policyControl, ConditionalAccessBlock, "appliedConditionalAccessPolicies.enforcedGrantControls", "Conditional Access grant controls", (*SignIn).policyControls).of(AddressLogs)
	PolicyItems             = items(Policies, ConditionalAccessBlock, "appliedConditionalAccessPolicies.items", "Conditional Access policies, each with its result and controls").of(AddressLogs)

	AuthenticationRequirement = text("authenticationRequirement", "Authentication requirement", func(s *SignIn) *string { return &s.AuthenticationRequirement }).of(UserLogs)
	AuthenticationProtocol    = enum("authenticationProtocol", "Authentication protocol", func(s *SignIn) *string { return &s.AuthenticationProtocol }).inWords()
	IncomingTokenType         = enum("incomingTokenType", "Incoming token type", func(s *SignIn) *string { return &s.IncomingTokenType }).inWords()
	OriginalTransferMethod    = enum("originalTransferMethod", "Original transfer method", func(s *SignIn) *string { return &s.OriginalTransferMethod }).inWords()
	ClientAppUsed             = text("clientAppUsed", "Client app", func(s *SignIn) *string { return &s.ClientAppUsed }).of(UserLogs)
	ClientCredentialType      = enum("clientCredentialType", "Client credential type", func(s *SignIn) *string { return &s.ClientCredentialType }).inWords()
	UserAgent                 = text("userAgent", "User agent", func(s *SignIn) *string { return &s.UserAgent }).long()
	MethodSet                 = part(Methods, methodName, AuthenticationBlock, "authenticationMethodsUsed", "Authentication methods", (*SignIn).methods).of(UserLogs)
	MethodResultSet           = part(Methods, methodResult, AuthenticationBlock, "authenticationDetails.succeeded", "Authentication method results", (*SignIn).methodResults).of(UserLogs)
	MethodItems               = items(Methods, AuthenticationBlock, "authenticationDetails.items", "Authentication methods, each with its result").of(UserLogs)
	MFASet                    = set(AuthenticationBlock, "mfa", "MFA result", (*SignIn).mfaOutcomes).of(UserLogs)

	DeviceID          = text("deviceDetail.deviceId", "Device ID", func(s *SignIn) *string { return &s.DeviceID }).of(UserLogs)
	DeviceDisplayName = text("deviceDetail.displayName", "Device name", func(s *SignIn) *string { return &s.DeviceDisplayName }).of(UserLogs)
	OperatingSystem   = text("deviceDetail.operatingSystem", "Operating system", func(s *SignIn) *string { return &s.OperatingSystem }).of(UserLogs)
	Browser           = text("deviceDetail.browser", "Browser", func(s *SignIn) *string { return &s.Browser }).of(UserLogs)
	BrowserID         = text("deviceDetail.browserId", "Browser ID", func(s *SignIn) *string { return &s.BrowserID }).of(UserLogs)
	IsCompliant       = truth("deviceDetail.isCompliant", "Compliant", func(s *SignIn) *Bool { return &s.IsCompliant }).of(UserLogs)
	IsManaged         = truth("deviceDetail.isManaged", "Managed", func(s *SignIn) *Bool { return &s.IsManaged }).of(UserLogs)
	TrustType         = text("deviceDetail.trustType", "Join type", func(s *SignIn) *string { return &s.TrustType }).of(UserLogs)

	// Rows are grouped by the address as text; it has no fallback, and "" is a value.
	IPAddress                     = text("ipAddress", "IP address", func(s *SignIn) *string { return &s.IPAddress }).of(AddressLogs).asAddress().alone("IP address of the sign-in")
	IPAddressFromResourceProvider = text("ipAddressFromResourceProvider", "IP address (seen by resource)", func(s *SignIn) *string { return &s.IPAddressFromResourceProvider }).of(AddressLogs).asAddress()
	AutonomousSystemNumber        = integer(NoBlock, "autonomousSystemNumber", "Autonomous system number", func(s *SignIn) *Int { return &s.AutonomousSystemNumber }).of(AddressLogs)
	City                          = text("location.city", "City", func(s *SignIn) *string { return &s.City }).of(AddressLogs)
	State                         = text("location.state", "State or province", func(s *SignIn) *string { return &s.State }).of(AddressLogs)
	CountryOrRegion               = text("location.countryOrRegion", "Country or region", func(s *SignIn) *string { return &s.CountryOrRegion }).of(AddressLogs)
	NetworkSet                    = part(Networks, networkName, NoBlock, "networkLocationDetails", "Named locations", (*SignIn).networkNames).of(AddressLogs)
	NetworkTypeSet                = part(Networks, networkType, NoBlock, "networkLocationDetails.networkType", "Network types", (*SignIn).networkTypes).of(AddressLogs)
	NetworkItems                  = items(Networks, NoBlock, "networkLocationDetails.items", "Named locations, each with its network type").of(AddressLogs)
	IsThroughGlobalSecureAccess   = truth("isThroughGlobalSecureAccess", "Through Global Secure Access", func(s *SignIn) *Bool { return &s.IsThroughGlobalSecureAccess })
	GlobalSecureAccessIPAddress   = text("globalSecureAccessIpAddress", "Global Secure Access IP address", func(s *SignIn) *string { return &s.GlobalSecureAccessIPAddress }).of(AddressLogs).asAddress()

	IsInteractive    = truth("isInteractive", "Interactive", func(s *SignIn) *Bool { return &s.IsInteractive })
	FlaggedForReview = truth("flaggedForReview", "Flagged for review", func(s *SignIn) *Bool { return &s.FlaggedForReview })
	IsTenantRestrict = truth("isTenantRestricted", "Tenant restrictions in force", func(s *SignIn) *Bool { return &s.IsTenantRestrict })
	IsCAEToken       = truth("isCaeToken", "Continuous access evaluation", func(s *SignIn) *Bool { return &s.IsCAEToken })

	TokenIssuerName              = text("tokenIssuerName", "Token issuer name", func(s *SignIn) *string { return &s.TokenIssuerName })
	TokenIssuerType              = enum("tokenIssuerType", "Token issuer type", func(s *SignIn) *string { return &s.TokenIssuerType }).inWords()
	ProcessingTimeInMilliseconds = integer(NoBlock, "processingTimeInMilliseconds", "Latency", func(s *SignIn) *Int { return &s.ProcessingTimeInMilliseconds }).in("ms")

	RiskDetail            = blockEnum(RiskBlock, "riskDetail", "Risk detail", func(s *SignIn) *string { return &s.RiskDetail }).inWords()
	RiskLevelAggregated   = blockEnum(RiskBlock, "riskLevelAggregated", "Risk level (aggregate)", func(s *SignIn) *string { return &s.RiskLevelAggregated }).inWords()
	RiskLevelDuringSignIn = blockEnum(RiskBlock, "riskLevelDuringSignIn", "Risk level (real-time)", func(s *SignIn) *string { return &s.RiskLevelDuringSignIn }).inWords()
	RiskState             = blockEnum(RiskBlock, "riskState", "Risk state", func(s *SignIn) *string { return &s.RiskState }).inWords()
	RiskEventSet          = set(RiskBlock, "riskEventTypes_v2", "Risk detections", (*SignIn).riskEvents)

	ServicePrincipalID = entity("servicePrincipalId", "Service principal ID", func(s *SignIn) *string { return &s.ServicePrincipalID }, func(s *SignIn) string {
		return s.ServicePrincipalName
	}).of(PrincipalLogs)
	ServicePrincipalName  = text("servicePrincipalName", "Service principal name", func(s *SignIn) *string { return &s.ServicePrincipalName }).of(PrincipalLogs)
	CredentialKeyID       = text("servicePrincipalCredentialKeyId", "Credential key ID", func(s *SignIn) *string { return &s.ServicePrincipalCredentialKeyID }).of(PrincipalLogs)
	CredentialThumbprint  = text("servicePrincipalCredentialThumbprint", "Credential thumbprint", func(s *SignIn) *string { return &s.ServicePrincipalCredentialThumbprint }).of(PrincipalLogs)
	FederatedCredentialID = text("federatedCredentialId", "Federated credential ID", func(s *SignIn) *string { return &s.FederatedCredentialID }).of(PrincipalLogs)
	ManagedIdentityType   = enum("managedServiceIdentity.msiType", "Managed identity type", func(s *SignIn) *string { return &s.ManagedIdentityType }).of(PrincipalLogs).inWords()
	AssociatedResourceID  = text("managedServiceIdentity.associatedResourceId", "Associated resource ID", func(s *SignIn) *string { return &s.AssociatedResourceID }).of(PrincipalLogs)
	FederatedTokenID      = text("managedServiceIdentity.federatedTokenId", "Federated token ID", func(s *SignIn) *string { return &s.FederatedTokenID }).of(PrincipalLogs)
	FederatedTokenIssuer  = text("managedServiceIdentity.federatedTokenIssuer", "Federated token issuer", func(s *SignIn) *string { return &s.FederatedTokenIssuer }).of(PrincipalLogs)
	AzureResourceID       = text("azureResourceId", "Azure resource ID", func(s *SignIn) *string { return &s.AzureResourceID })
	AgentType             = enum("agent.agentType", "Agent type", func(s *SignIn) *string { return &s.AgentType }).inWords()
	AgentParentAppID      = text("agent.parentAppId", "Agent parent application ID", func(s *SignIn) *string { return &s.AgentParentAppID })

	AppTokenProtectionStatus    = enum("appTokenProtectionStatus", "App token protection", func(s *SignIn) *string { return &s.AppTokenProtectionStatus }).inWords()
	SignInTokenProtectionStatus = enum("signInTokenProtectionStatus", "Sign-in token protection", func(s *SignIn) *string { return &s.SignInTokenProtectionStatus }).inWords()
	TokenProtectionStatus       = enum("tokenProtectionStatusDetails.signInSessionStatus", "Token protection - sign-in session", func(s *SignIn) *string { return &s.TokenProtectionStatus }).inWords()
	TokenProtectionStatusCode   = integer(NoBlock, "tokenProtectionStatusDetails.signInSessionStatusCode", "Token protection - sign-in session status code", func(s *SignIn) *Int { return &s.TokenProtectionStatusCode })

	MFAAuthMethod = text("mfaDetail.authMethod", "Multifactor authentication method", func(s *SignIn) *string { return &s.MFAAuthMethod }).of(UserLogs)
	MFAAuthDetail = text("mfaDetail.authDetail", "Multifactor authentication detail", func(s *SignIn) *string { return &s.MFAAuthDetail }).of(UserLogs)

	AgentSubjectType = enum("agent.agentSubjectType", "Agent subject type", func(s *SignIn) *string { return &s.AgentSubjectType })
	ClientSessionID  = text("clientSessionId", "Client session ID", func(s *SignIn) *string { return &s.ClientSessionID })
	CallerIPAddress  = text("callerIpAddress", "IP address of the caller", func(s *SignIn) *string { return &s.CallerIPAddress }).of(AddressLogs).asAddress().madeUp()
	// No export holds it: it follows from the category and the tenant that owns the application.
	OwnedByMicrosoft = truth("microsoft", "Owned by Microsoft", func(s *SignIn) *Bool { return &s.Microsoft }).of(PrincipalLogs).madeUp()
)

func firstNonEmpty(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
