package store

// classOf gives the class of a block's properties.
func classOf(b Block) Class {
	if b == ConditionalAccessBlock {
		return ConditionalAccess
	}
	return NoClass
}

// inBlock puts a property into a block.
func inBlock(b Block, p *Property) *Property {
	p.Block, p.Class = b, classOf(b)
	return p
}

func blockText(b Block, name, label string, f func(*SignIn) *string) *Property {
	return inBlock(b, Text(name, label, f))
}

func blockEnum(b Block, name, label string, f func(*SignIn) *string) *Property {
	return inBlock(b, Enum(name, label, f))
}

func blockNumber(b Block, name, label string, f func(*SignIn) *Int) *Property {
	return inBlock(b, Number(name, label, f))
}

func blockSet(b Block, name, label string, f func(*SignIn) []string) *Property {
	return inBlock(b, Set(name, label, f))
}

func partOfList(l *List, part int, b Block, name, label string, f func(*SignIn) []string) *Property {
	p := inBlock(b, ListPart(l, part, name, label))
	p.Set = of(f)
	return p
}

func itemsOfList(l *List, b Block, name, label string) *Property {
	return inBlock(b, ListItems(l, name, label))
}

// The properties. Names are Graph's, labels the Entra portal's.
var (
	RequestID         = UniqueID("id", "Request ID", func(s *SignIn) *string { return &s.ID })
	CorrelationID     = UniqueID("correlationId", "Correlation ID", func(s *SignIn) *string { return &s.CorrelationID })
	SessionID         = UniqueID("sessionId", "Session ID", func(s *SignIn) *string { return &s.SessionID })
	UniqueTokenID     = UniqueID("uniqueTokenIdentifier", "Unique token identifier", func(s *SignIn) *string { return &s.UniqueTokenIdentifier }).AsToken()
	OriginalRequestID = UniqueID("originalRequestId", "Original request ID", func(s *SignIn) *string { return &s.OriginalRequestID })

	UserID = EntityID("userId", "User ID", func(s *SignIn) *string { return &s.UserID }, func(s *SignIn) string {
		return firstNonEmpty(s.UserPrincipalName, s.UserDisplayName)
	}).OnlyIn(userLogs...)
	UserPrincipalName    = Text("userPrincipalName", "Username", func(s *SignIn) *string { return &s.UserPrincipalName }).OnlyIn(userLogs...)
	UserDisplayName      = Text("userDisplayName", "User", func(s *SignIn) *string { return &s.UserDisplayName }).OnlyIn(userLogs...).Alone("User display name")
	UserType             = Enum("userType", "User type", func(s *SignIn) *string { return &s.UserType }).OnlyIn(userLogs...).InWords(UserTypes)
	SignInIdentifier     = Text("signInIdentifier", "Sign-in identifier", func(s *SignIn) *string { return &s.SignInIdentifier }).OnlyIn(userLogs...)
	SignInIdentifierType = Enum("signInIdentifierType", "Sign-in identifier type", func(s *SignIn) *string { return &s.SignInIdentifierType }).OnlyIn(userLogs...).InWords(IdentifierTypes)

	AppID = EntityID("appId", "Application ID", func(s *SignIn) *string { return &s.AppID }, func(s *SignIn) string {
		return s.AppDisplayName
	})
	AppDisplayName   = Text("appDisplayName", "Application", func(s *SignIn) *string { return &s.AppDisplayName }).Alone("Application name")
	AppOwnerTenantID = Text("appOwnerTenantId", "App owner tenant ID", func(s *SignIn) *string { return &s.AppOwnerTenantID })
	ResourceID       = EntityID("resourceId", "Resource ID", func(s *SignIn) *string { return &s.ResourceID }, func(s *SignIn) string {
		return s.ResourceDisplayName
	})
	ResourceDisplayName        = Text("resourceDisplayName", "Resource", func(s *SignIn) *string { return &s.ResourceDisplayName }).Alone("Resource name")
	ResourceServicePrincipalID = Text("resourceServicePrincipalId", "Resource service principal ID", func(s *SignIn) *string { return &s.ResourceServicePrincipalID })
	ResourceTenantID           = Text("resourceTenantId", "Resource tenant ID", func(s *SignIn) *string { return &s.ResourceTenantID })
	ResourceOwnerTenantID      = Text("resourceOwnerTenantId", "Resource owner tenant ID", func(s *SignIn) *string { return &s.ResourceOwnerTenantID })
	HomeTenantID               = Text("homeTenantId", "Home tenant ID", func(s *SignIn) *string { return &s.HomeTenantID }).OnlyIn(userLogs...)
	HomeTenantName             = Text("homeTenantName", "Home tenant name", func(s *SignIn) *string { return &s.HomeTenantName }).OnlyIn(userLogs...)
	TenantID                   = Text("tenantId", "Tenant ID", func(s *SignIn) *string { return &s.TenantID })
	CrossTenantAccessType      = Enum("crossTenantAccessType", "Cross tenant access type", func(s *SignIn) *string { return &s.CrossTenantAccessType }).InWords(CrossTenantAccess)

	StatedStatus      = blockText(StatusBlock, "status", "Status", func(s *SignIn) *string { return &s.StatedStatus })
	ErrorCode         = blockNumber(StatusBlock, "status.errorCode", "Sign-in error code", func(s *SignIn) *Int { return &s.ErrorCode })
	FailureReason     = blockText(StatusBlock, "status.failureReason", "Failure reason", func(s *SignIn) *string { return &s.FailureReason }).AsLong()
	AdditionalDetails = blockText(StatusBlock, "status.additionalDetails", "Additional details", func(s *SignIn) *string { return &s.AdditionalDetails })

	ConditionalAccessStatus = blockEnum(ConditionalAccessBlock, "conditionalAccessStatus", "Conditional Access", func(s *SignIn) *string { return &s.ConditionalAccessStatus }).OnlyIn(addressLogs...).InWords(ConditionalAccessStatuses)
	PolicySet               = partOfList(Policies, policyName, ConditionalAccessBlock, "appliedConditionalAccessPolicies", "Conditional Access policies", (*SignIn).policyNames).OnlyIn(addressLogs...)
	PolicyResultSet         = partOfList(Policies, policyResult, ConditionalAccessBlock, "appliedConditionalAccessPolicies.result", "Conditional Access policy results", (*SignIn).policyResults).OnlyIn(addressLogs...).InWords(PolicyResults)
	PolicyControlSet        = partOfList(Policies, policyControl, ConditionalAccessBlock, "appliedConditionalAccessPolicies.enforcedGrantControls", "Conditional Access grant controls", (*SignIn).policyControls).OnlyIn(addressLogs...).InWords(GrantControls)
	PolicyItems             = itemsOfList(Policies, ConditionalAccessBlock, "appliedConditionalAccessPolicies.items", "Conditional Access policies, each with its result and controls").OnlyIn(addressLogs...)

	AuthenticationRequirement = Text("authenticationRequirement", "Authentication requirement", func(s *SignIn) *string { return &s.AuthenticationRequirement }).OnlyIn(userLogs...).InWords(Requirements)
	AuthenticationProtocol    = Enum("authenticationProtocol", "Authentication protocol", func(s *SignIn) *string { return &s.AuthenticationProtocol }).InWords(Protocols)
	IncomingTokenType         = Enum("incomingTokenType", "Incoming token type", func(s *SignIn) *string { return &s.IncomingTokenType }).InWords(TokenTypes)
	OriginalTransferMethod    = Enum("originalTransferMethod", "Original transfer method", func(s *SignIn) *string { return &s.OriginalTransferMethod }).InWords(TransferMethods)
	ClientAppUsed             = Text("clientAppUsed", "Client app", func(s *SignIn) *string { return &s.ClientAppUsed }).OnlyIn(userLogs...)
	ClientCredentialType      = Enum("clientCredentialType", "Client credential type", func(s *SignIn) *string { return &s.ClientCredentialType }).InWords(ClientCredentials)
	UserAgent                 = Text("userAgent", "User agent", func(s *SignIn) *string { return &s.UserAgent }).AsLong()
	MethodSet                 = partOfList(Methods, methodName, AuthenticationBlock, "authenticationMethodsUsed", "Authentication methods", (*SignIn).methods).OnlyIn(userLogs...).InWords(AuthenticationMethods)
	MethodResultSet           = partOfList(Methods, methodResult, AuthenticationBlock, "authenticationDetails.succeeded", "Authentication method results", (*SignIn).methodResults).OnlyIn(userLogs...).InWords(yesNo)
	MethodItems               = itemsOfList(Methods, AuthenticationBlock, "authenticationDetails.items", "Authentication methods, each with its result").OnlyIn(userLogs...)
	MethodSourceSet           = partOfList(Methods, methodSource, AuthenticationBlock, "authenticationDetails.source", "Authentication method sources", (*SignIn).methodSources).OnlyIn(userLogs...).InWords(MethodSources).AsMadeUp()
	MethodStepSet             = partOfList(Methods, methodStep, AuthenticationBlock, "authenticationDetails.authenticationStepRequirement", "Authentication step requirements", (*SignIn).methodSteps).OnlyIn(userLogs...).InWords(StepRequirements)
	SessionPolicySet          = Set("sessionLifetimePolicies.expirationRequirement", "Session lifetime policies", (*SignIn).sessionPolicies).OnlyIn(userLogs...).InWords(LifetimePolicies)
	MFASet                    = blockSet(AuthenticationBlock, "mfa", "MFA result", (*SignIn).mfaOutcomes).OnlyIn(userLogs...).InWords(MFAResults)

	DeviceID          = Text("deviceDetail.deviceId", "Device ID", func(s *SignIn) *string { return &s.DeviceID }).OnlyIn(userLogs...)
	DeviceDisplayName = Text("deviceDetail.displayName", "Device name", func(s *SignIn) *string { return &s.DeviceDisplayName }).OnlyIn(userLogs...)
	OperatingSystem   = Text("deviceDetail.operatingSystem", "Operating system", func(s *SignIn) *string { return &s.OperatingSystem }).OnlyIn(userLogs...).InWords(OperatingSystems)
	Browser           = Text("deviceDetail.browser", "Browser", func(s *SignIn) *string { return &s.Browser }).OnlyIn(userLogs...)
	BrowserID         = Text("deviceDetail.browserId", "Browser ID", func(s *SignIn) *string { return &s.BrowserID }).OnlyIn(userLogs...)
	IsCompliant       = Truth("deviceDetail.isCompliant", "Compliant", func(s *SignIn) *Bool { return &s.IsCompliant }).OnlyIn(userLogs...)
	IsManaged         = Truth("deviceDetail.isManaged", "Managed", func(s *SignIn) *Bool { return &s.IsManaged }).OnlyIn(userLogs...)
	TrustType         = Text("deviceDetail.trustType", "Join type", func(s *SignIn) *string { return &s.TrustType }).OnlyIn(userLogs...).InWords(JoinTypes)

	// Rows are grouped by the address as text; it has no fallback, and "" is a value.
	IPAddress                     = Text("ipAddress", "IP address", func(s *SignIn) *string { return &s.IPAddress }).OnlyIn(addressLogs...).AsAddress().Alone("IP address of the sign-in")
	IPAddressFromResourceProvider = Text("ipAddressFromResourceProvider", "IP address (seen by resource)", func(s *SignIn) *string { return &s.IPAddressFromResourceProvider }).OnlyIn(addressLogs...).AsAddress()
	AutonomousSystemNumber        = Number("autonomousSystemNumber", "Autonomous system number", func(s *SignIn) *Int { return &s.AutonomousSystemNumber }).OnlyIn(addressLogs...)
	City                          = Text("location.city", "City", func(s *SignIn) *string { return &s.City }).OnlyIn(addressLogs...)
	State                         = Text("location.state", "State or province", func(s *SignIn) *string { return &s.State }).OnlyIn(addressLogs...)
	CountryOrRegion               = Text("location.countryOrRegion", "Country or region", func(s *SignIn) *string { return &s.CountryOrRegion }).OnlyIn(addressLogs...).InWords(Countries)
	NetworkSet                    = partOfList(Networks, networkName, NoBlock, "networkLocationDetails", "Named locations", (*SignIn).networkNames).OnlyIn(addressLogs...)
	NetworkTypeSet                = partOfList(Networks, networkType, NoBlock, "networkLocationDetails.networkType", "Network types", (*SignIn).networkTypes).OnlyIn(addressLogs...).InWords(NetworkTypes)
	NetworkItems                  = itemsOfList(Networks, NoBlock, "networkLocationDetails.items", "Named locations, each with its network type").OnlyIn(addressLogs...)
	IsThroughGlobalSecureAccess   = Truth("isThroughGlobalSecureAccess", "Through Global Secure Access", func(s *SignIn) *Bool { return &s.IsThroughGlobalSecureAccess })
	GlobalSecureAccessIPAddress   = Text("globalSecureAccessIpAddress", "Global Secure Access IP address", func(s *SignIn) *string { return &s.GlobalSecureAccessIPAddress }).OnlyIn(addressLogs...).AsAddress()

	IsInteractive    = Truth("isInteractive", "Interactive", func(s *SignIn) *Bool { return &s.IsInteractive })
	FlaggedForReview = Truth("flaggedForReview", "Flagged for review", func(s *SignIn) *Bool { return &s.FlaggedForReview })
	IsTenantRestrict = Truth("isTenantRestricted", "Tenant restrictions in force", func(s *SignIn) *Bool { return &s.IsTenantRestrict })
	IsCAEToken       = Truth("isCaeToken", "Continuous access evaluation", func(s *SignIn) *Bool { return &s.IsCAEToken })

	TokenIssuerName              = Text("tokenIssuerName", "Token issuer name", func(s *SignIn) *string { return &s.TokenIssuerName })
	TokenIssuerType              = Enum("tokenIssuerType", "Token issuer type", func(s *SignIn) *string { return &s.TokenIssuerType }).InWords(TokenIssuers)
	ProcessingTimeInMilliseconds = Number("processingTimeInMilliseconds", "Latency", func(s *SignIn) *Int { return &s.ProcessingTimeInMilliseconds }).Counts("ms")

	RiskDetail            = blockEnum(RiskBlock, "riskDetail", "Risk detail", func(s *SignIn) *string { return &s.RiskDetail }).InWords(RiskDetails)
	RiskLevelAggregated   = blockEnum(RiskBlock, "riskLevelAggregated", "Risk level (aggregate)", func(s *SignIn) *string { return &s.RiskLevelAggregated }).InWords(RiskLevels)
	RiskLevelDuringSignIn = blockEnum(RiskBlock, "riskLevelDuringSignIn", "Risk level (real-time)", func(s *SignIn) *string { return &s.RiskLevelDuringSignIn }).InWords(RiskLevels)
	RiskState             = blockEnum(RiskBlock, "riskState", "Risk state", func(s *SignIn) *string { return &s.RiskState }).InWords(RiskStates)
	RiskEventSet          = blockSet(RiskBlock, "riskEventTypes_v2", "Risk detections", (*SignIn).riskEvents).InWords(RiskDetections)

	ServicePrincipalID = EntityID("servicePrincipalId", "Service principal ID", func(s *SignIn) *string { return &s.ServicePrincipalID }, func(s *SignIn) string {
		return s.ServicePrincipalName
	}).OnlyIn(principalLogs...)
	ServicePrincipalName  = Text("servicePrincipalName", "Service principal name", func(s *SignIn) *string { return &s.ServicePrincipalName }).OnlyIn(principalLogs...)
	CredentialKeyID       = Text("servicePrincipalCredentialKeyId", "Credential key ID", func(s *SignIn) *string { return &s.ServicePrincipalCredentialKeyID }).OnlyIn(principalLogs...)
	CredentialThumbprint  = Text("servicePrincipalCredentialThumbprint", "Credential thumbprint", func(s *SignIn) *string { return &s.ServicePrincipalCredentialThumbprint }).OnlyIn(principalLogs...)
	FederatedCredentialID = Text("federatedCredentialId", "Federated credential ID", func(s *SignIn) *string { return &s.FederatedCredentialID }).OnlyIn(principalLogs...)
	ManagedIdentityType   = Enum("managedServiceIdentity.msiType", "Managed identity type", func(s *SignIn) *string { return &s.ManagedIdentityType }).OnlyIn(principalLogs...).InWords(ManagedIdentityTypes)
	AssociatedResourceID  = Text("managedServiceIdentity.associatedResourceId", "Associated resource ID", func(s *SignIn) *string { return &s.AssociatedResourceID }).OnlyIn(principalLogs...)
	FederatedTokenID      = Text("managedServiceIdentity.federatedTokenId", "Federated token ID", func(s *SignIn) *string { return &s.FederatedTokenID }).OnlyIn(principalLogs...)
	FederatedTokenIssuer  = Text("managedServiceIdentity.federatedTokenIssuer", "Federated token issuer", func(s *SignIn) *string { return &s.FederatedTokenIssuer }).OnlyIn(principalLogs...)
	AzureResourceID       = Text("azureResourceId", "Azure resource ID", func(s *SignIn) *string { return &s.AzureResourceID })
	AgentType             = Enum("agent.agentType", "Agent type", func(s *SignIn) *string { return &s.AgentType }).InWords(AgentTypes)
	AgentParentAppID      = Text("agent.parentAppId", "Agent parent application ID", func(s *SignIn) *string { return &s.AgentParentAppID })

	AppTokenProtectionStatus    = Enum("appTokenProtectionStatus", "App token protection", func(s *SignIn) *string { return &s.AppTokenProtectionStatus }).InWords(TokenProtections)
	SignInTokenProtectionStatus = Enum("signInTokenProtectionStatus", "Sign-in token protection", func(s *SignIn) *string { return &s.SignInTokenProtectionStatus }).InWords(TokenProtections)
	TokenProtectionStatus       = Enum("tokenProtectionStatusDetails.signInSessionStatus", "Token protection - sign-in session", func(s *SignIn) *string { return &s.TokenProtectionStatus }).InWords(TokenProtections)
	TokenProtectionStatusCode   = Number("tokenProtectionStatusDetails.signInSessionStatusCode", "Token protection - sign-in session status code", func(s *SignIn) *Int { return &s.TokenProtectionStatusCode })

	MFAAuthMethod = Text("mfaDetail.authMethod", "Multifactor authentication method", func(s *SignIn) *string { return &s.MFAAuthMethod }).OnlyIn(userLogs...).InWords(AuthenticationMethods)
	MFAAuthDetail = Text("mfaDetail.authDetail", "Multifactor authentication detail", func(s *SignIn) *string { return &s.MFAAuthDetail }).OnlyIn(userLogs...)

	AgentSubjectType = Enum("agent.agentSubjectType", "Agent subject type", func(s *SignIn) *string { return &s.AgentSubjectType }).InWords(AgentTypes)
	ClientSessionID  = Text("clientSessionId", "Client session ID", func(s *SignIn) *string { return &s.ClientSessionID })
	CallerIPAddress  = Text("callerIpAddress", "IP address of the caller", func(s *SignIn) *string { return &s.CallerIPAddress }).OnlyIn(addressLogs...).AsAddress().AsMadeUp()
	// No export holds it: it follows from the category and the tenant that owns the application.
	OwnedByMicrosoft = Truth("microsoft", "Owned by Microsoft", func(s *SignIn) *Bool { return &s.Microsoft }).OnlyIn(principalLogs...).AsMadeUp()
)

// signInProperties lists them once more: a list that the declarations append to would follow Go's
// initialisation order instead of the one written here.
var signInProperties = []*Property{
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
	MethodSourceSet,
	MethodStepSet,
	SessionPolicySet,
}
