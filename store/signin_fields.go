package store

// The fields of sign-ins with a short name. All that is known of a field stands here.
var (
	RequestField             = &Field{Name: "request", Label: "Request ID", Properties: []*Property{RequestID}, AnyEvent: true}
	CorrelationField         = &Field{Name: "correlation", Label: "Correlation ID", Properties: []*Property{CorrelationID}, AnyEvent: true}
	SessionField             = &Field{Name: "session", Label: "Session ID", Properties: []*Property{SessionID}}
	TokenField               = &Field{Name: "token", Label: "Unique token identifier", Properties: []*Property{UniqueTokenID}}
	UserField                = &Field{Name: "user", Label: "User", Properties: []*Property{UserID, UserPrincipalName, UserDisplayName}, One: "user", Many: "users", Named: true, Hint: "name, username or user ID", Object: ObjectUser}
	IdentifierField          = &Field{Name: "identifier", Label: "Sign-in identifier", Properties: []*Property{SignInIdentifier}, Hint: "what was typed"}
	UserTypeField            = &Field{Name: "usertype", Label: "User type", Properties: []*Property{UserType}, Hint: "member or guest"}
	AppField                 = &Field{Name: "app", Label: "Application", Properties: []*Property{AppID, AppDisplayName}, One: "application", Many: "applications", Hint: "name or application ID", Object: ObjectApplication}
	AppOwnerField            = &Field{Name: "appowner", Label: "App owner tenant ID", Properties: []*Property{AppOwnerTenantID}}
	ResourceField            = &Field{Name: "resource", Label: "Resource", Properties: []*Property{ResourceID, ResourceDisplayName}, One: "resource", Many: "resources", Hint: "name or resource ID"}
	ResourceOwnerField       = &Field{Name: "resourceowner", Label: "Resource owner tenant ID", Properties: []*Property{ResourceOwnerTenantID}}
	StatusField              = &Field{Name: "status", Label: "Status", Hint: "success, failure or interrupted", Source: FromStatus, Column: StatedStatus}
	ErrorField               = &Field{Name: "error", Label: "Sign-in error code", Properties: []*Property{ErrorCode}, Closed: true, Hint: "a number, or AADSTS and a number", check: errorCode, Codes: true}
	ReasonField              = &Field{Name: "reason", Label: "Failure reason or additional details", Properties: []*Property{AdditionalDetails, FailureReason}}
	IPField                  = &Field{Name: "ip", Label: "IP address", Properties: []*Property{CallerIPAddress, IPAddress}, One: "IP address", Many: "IP addresses"}
	IPResourceField          = &Field{Name: "ipresource", Label: "IP address (seen by resource)", Properties: []*Property{IPAddressFromResourceProvider}}
	CityField                = &Field{Name: "city", Label: "City", Properties: []*Property{City}}
	StateField               = &Field{Name: "state", Label: "State or province", Properties: []*Property{State}}
	CountryField             = &Field{Name: "country", Label: "Country or region", Properties: []*Property{CountryOrRegion}}
	ASNField                 = &Field{Name: "asn", Label: "Autonomous system number", Properties: []*Property{AutonomousSystemNumber}, One: "network", Many: "networks", Prefix: "AS"}
	NetworkField             = &Field{Name: "network", Label: "Named location", Properties: []*Property{NetworkSet}}
	GSAField                 = &Field{Name: "gsa", Label: "Through Global Secure Access", Properties: []*Property{IsThroughGlobalSecureAccess}}
	ConditionalAccessField   = &Field{Name: "ca", Label: "Conditional Access", Properties: []*Property{ConditionalAccessStatus}, Class: ConditionalAccess, Closed: true, Hint: "success, failure or not applied", Options: conditionalAccessOptions, check: oneOf(conditionalAccessOptions...)}
	PolicyField              = &Field{Name: "policy", Label: "Conditional Access policy", Properties: []*Property{PolicySet}, Class: ConditionalAccess, Hint: "name or ID of a policy"}
	PolicyResultField        = &Field{Name: "policyresult", Label: "Conditional Access policy result", Part: "result", Properties: []*Property{PolicyResultSet}, Class: ConditionalAccess, Hint: "such as success or report-only: would block"}
	ClientField              = &Field{Name: "client", Label: "Client app", Properties: []*Property{ClientAppUsed}, Hint: "a client app, modern or legacy", Families: clientFamilies, check: clientApp, match: matchClientApp, starts: startsClientApp, has: hasClientApp, parts: clientAppParts}
	CredentialField          = &Field{Name: "credential", Label: "Client credential type", Properties: []*Property{ClientCredentialType}}
	MethodField              = &Field{Name: "method", Label: "Authentication method", Properties: []*Property{MethodSet}}
	MFAField                 = &Field{Name: "mfa", Label: "MFA result", Properties: []*Property{MFASet}, Closed: true, AnyEvent: true, Hint: "such as declined or wrong code", Options: MFAOutcomes(), check: oneOf(MFAOutcomes()...), Source: FromOutcomesOfLine}
	AnyErrorField            = &Field{Name: "anyerror", Label: "Error code of any event", Properties: []*Property{ErrorCode}, Closed: true, AnyEvent: true, Hint: "a number, or AADSTS and a number", check: errorCode, Source: FromCodesOfLine, Codes: true}
	RequirementField         = &Field{Name: "requirement", Label: "Authentication requirement", Properties: []*Property{AuthenticationRequirement}, Hint: "single-factor or multifactor authentication"}
	ProtocolField            = &Field{Name: "protocol", Label: "Authentication protocol", Properties: []*Property{AuthenticationProtocol}}
	TransferField            = &Field{Name: "transfer", Label: "Original transfer method", Properties: []*Property{OriginalTransferMethod}}
	TokenTypeField           = &Field{Name: "tokentype", Label: "Incoming token type", Properties: []*Property{IncomingTokenType}, match: matchListed, starts: startsListed, parts: listed}
	IssuerField              = &Field{Name: "issuer", Label: "Token issuer type", Properties: []*Property{TokenIssuerType}}
	IssuerNameField          = &Field{Name: "issuername", Label: "Token issuer name", Properties: []*Property{TokenIssuerName}}
	OSField                  = &Field{Name: "os", Label: "Operating system", Properties: []*Property{OperatingSystem}}
	BrowserField             = &Field{Name: "browser", Label: "Browser", Properties: []*Property{Browser}}
	DeviceField              = &Field{Name: "device", Label: "Device ID", Properties: []*Property{DeviceID}}
	DeviceNameField          = &Field{Name: "devicename", Label: "Device name", Properties: []*Property{DeviceDisplayName}}
	CompliantField           = &Field{Name: "compliant", Label: "Compliant", Properties: []*Property{IsCompliant}}
	ManagedField             = &Field{Name: "managed", Label: "Managed", Properties: []*Property{IsManaged}}
	TrustField               = &Field{Name: "trust", Label: "Join type", Properties: []*Property{TrustType}}
	AgentField               = &Field{Name: "agent", Label: "User agent", Properties: []*Property{UserAgent}}
	AgentTypeField           = &Field{Name: "agenttype", Label: "Agent type", Properties: []*Property{AgentType}}
	CAEField                 = &Field{Name: "cae", Label: "Continuous access evaluation", Properties: []*Property{IsCAEToken}}
	TokenProtectionField     = &Field{Name: "tokenprotection", Label: "Token protection", Properties: []*Property{AppTokenProtectionStatus, SignInTokenProtectionStatus, TokenProtectionStatus}, Hint: "bound, unbound or none"}
	CrossTenantField         = &Field{Name: "crosstenant", Label: "Cross tenant access type", Properties: []*Property{CrossTenantAccessType}}
	HomeTenantField          = &Field{Name: "hometenant", Label: "Home tenant", Properties: []*Property{HomeTenantName, HomeTenantID}, Hint: "tenant ID or name"}
	ResourceTenantField      = &Field{Name: "resourcetenant", Label: "Resource tenant ID", Properties: []*Property{ResourceTenantID}}
	RiskField                = &Field{Name: "risk", Label: "Risk level (aggregate)", Properties: []*Property{RiskLevelAggregated}}
	RiskSignInField          = &Field{Name: "risksignin", Label: "Risk level (real-time)", Properties: []*Property{RiskLevelDuringSignIn}}
	RiskStateField           = &Field{Name: "riskstate", Label: "Risk state", Properties: []*Property{RiskState}}
	RiskDetailField          = &Field{Name: "riskdetail", Label: "Risk detail", Properties: []*Property{RiskDetail}}
	RiskEventField           = &Field{Name: "riskevent", Label: "Risk detection", Properties: []*Property{RiskEventSet}}
	FlaggedField             = &Field{Name: "flagged", Label: "Flagged for review", Properties: []*Property{FlaggedForReview}}
	ServicePrincipalField    = &Field{Name: "sp", Label: "Service principal", Properties: []*Property{ServicePrincipalID, ServicePrincipalName}, One: "service principal", Many: "service principals", Hint: "name or service principal ID", Object: ObjectServicePrincipal}
	KeyField                 = &Field{Name: "key", Label: "Credential key ID", Properties: []*Property{CredentialKeyID}}
	ThumbprintField          = &Field{Name: "thumbprint", Label: "Credential thumbprint", Properties: []*Property{CredentialThumbprint}}
	FederatedCredentialField = &Field{Name: "federatedcredential", Label: "Federated credential ID", Properties: []*Property{FederatedCredentialID}}
	ManagedIdentityTypeField = &Field{Name: "mitype", Label: "Managed identity type", Properties: []*Property{ManagedIdentityType}}
	DepartmentField          = &Field{Name: "department", Label: "Department", Members: true, Hint: "the name of a department, as the imported directory has it", check: departmentName}
	GroupField               = &Field{Name: "group", Label: "Group", Members: true, Hint: "the object ID of a group", Object: ObjectGroup}
	IngestedField            = &Field{Name: "ingested", Label: "Ingested", Source: FromIngestion}
	FlowField                = &Field{Name: "flow", Label: "Authentication flow", Properties: []*Property{AuthenticationProtocol, OriginalTransferMethod, IncomingTokenType}, Beside: []*Property{ClientCredentialType}, BesideIn: principalLogs, Hint: "such as device code or refresh token", check: flowValue, says: flowsSaid, Words: FlowName}
	TenantField              = &Field{Name: "tenant", Label: "Tenant", Properties: []*Property{TenantID}, Hint: "the ID of the tenant that wrote the log"}
	PolicyControlField       = &Field{Name: "policycontrol", Label: "Conditional Access grant control", Part: "grant control", Properties: []*Property{PolicyControlSet}, Class: ConditionalAccess, Hint: "such as Block access, or the name of an authentication strength"}
	MethodResultField        = &Field{Name: "methodresult", Label: "Authentication method result", Part: "result", Properties: []*Property{MethodResultSet}, Closed: true, Hint: "yes or no", Options: yesNoOptions, check: yesOrNo}
	MethodSourceField        = &Field{Name: "methodsource", Label: "Authentication method satisfied by", Part: "source", Properties: []*Property{MethodSourceSet}, Closed: true, Hint: "a claim in the token, or proof", Options: []string{StepByClaim, StepByProof}, check: oneOf(StepByClaim, StepByProof)}
	MethodStepField          = &Field{Name: "methodstep", Label: "Authentication step requirement", Part: "requirement", Properties: []*Property{MethodStepSet}, Hint: "such as primary authentication", check: stepRequirementValue}
	SessionPolicyField       = &Field{Name: "sessionpolicy", Label: "Session lifetime policy", Properties: []*Property{SessionPolicySet}, Hint: "such as sign-in frequency"}
	NetworkTypeField         = &Field{Name: "networktype", Label: "Network type", Part: "type", Properties: []*Property{NetworkTypeSet}, Hint: "such as trusted named location"}
)

// signInFields lists them in the order in which controls do.
var signInFields = []*Field{
	RequestField,
	CorrelationField,
	SessionField,
	TokenField,
	UserField,
	IdentifierField,
	UserTypeField,
	AppField,
	AppOwnerField,
	ResourceField,
	ResourceOwnerField,
	StatusField,
	ErrorField,
	ReasonField,
	IPField,
	IPResourceField,
	CityField,
	StateField,
	CountryField,
	ASNField,
	NetworkField,
	GSAField,
	ConditionalAccessField,
	PolicyField,
	PolicyResultField,
	ClientField,
	CredentialField,
	MethodField,
	MFAField,
	AnyErrorField,
	RequirementField,
	ProtocolField,
	TransferField,
	TokenTypeField,
	IssuerField,
	IssuerNameField,
	OSField,
	BrowserField,
	DeviceField,
	DeviceNameField,
	CompliantField,
	ManagedField,
	TrustField,
	AgentField,
	AgentTypeField,
	CAEField,
	TokenProtectionField,
	CrossTenantField,
	HomeTenantField,
	ResourceTenantField,
	RiskField,
	RiskSignInField,
	RiskStateField,
	RiskDetailField,
	RiskEventField,
	FlaggedField,
	ServicePrincipalField,
	KeyField,
	ThumbprintField,
	FederatedCredentialField,
	ManagedIdentityTypeField,
	GroupField,
	DepartmentField,
	IngestedField,
	FlowField,
	TenantField,
	PolicyControlField,
	MethodResultField,
	NetworkTypeField,
	MethodSourceField,
	MethodStepField,
	SessionPolicyField,
}
