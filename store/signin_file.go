package store

// SignInColumn is a column of the Entra admin center's files of sign-ins. Property has its value. Where it is nil, Part says
// what the column holds.
type SignInColumn struct {
	Heading  string
	Property *Property
	Part     SignInPart
}

// SignInPart is a value in a file that is no single property.
type SignInPart uint8

// The parts.
const (
	FileDate     SignInPart = iota + 1 // the time of the sign-in in UTC, in whole seconds
	FileLocation                       // the known ones of city, state and country, with commas between them
	FileStatus                         // the status as a word
)

// UserFileColumns have the headings of the interactive and the non-interactive file, as of 2025/26. One heading occurs twice,
// two end with a blank, and one has two blanks inside.
var UserFileColumns = []SignInColumn{
	{"Date (UTC)", nil, FileDate},
	{"Request ID", RequestID, 0},
	{"User agent", UserAgent, 0},
	{"Correlation ID", CorrelationID, 0},
	{"User ID", UserID, 0},
	{"User", UserDisplayName, 0},
	{"Username", UserPrincipalName, 0},
	{"User type", UserType, 0},
	{"Cross tenant access type", CrossTenantAccessType, 0},
	{"Incoming token type", IncomingTokenType, 0},
	{"Authentication Protocol", AuthenticationProtocol, 0},
	{"Unique token identifier", UniqueTokenID, 0},
	{"Original transfer method", OriginalTransferMethod, 0},
	{"Client credential type", ClientCredentialType, 0},
	{"Token Protection - Sign In Session", TokenProtectionStatus, 0},
	{"Token Protection - Sign In Session StatusCode", TokenProtectionStatusCode, 0},
	{"Application", AppDisplayName, 0},
	{"Application ID ", AppID, 0},
	{"App owner tenant ID", AppOwnerTenantID, 0},
	{"Resource", ResourceDisplayName, 0},
	{"Resource ID ", ResourceID, 0},
	{"Resource tenant ID", ResourceTenantID, 0},
	{"Resource owner tenant ID", ResourceOwnerTenantID, 0},
	{"Home tenant ID", HomeTenantID, 0},
	{"Home tenant name", HomeTenantName, 0},
	{"IP address", IPAddress, 0},
	{"Location", nil, FileLocation},
	{"Status", nil, FileStatus},
	{"Sign-in error code", ErrorCode, 0},
	{"Failure reason", FailureReason, 0},
	{"Client app", ClientAppUsed, 0},
	{"Device ID", DeviceID, 0},
	{"Browser", Browser, 0},
	{"Operating System", OperatingSystem, 0},
	{"Compliant", IsCompliant, 0},
	{"Managed", IsManaged, 0},
	{"Join Type", TrustType, 0},
	{"Multifactor authentication result", AdditionalDetails, 0},
	{"Multifactor authentication auth method", MFAAuthMethod, 0},
	{"Multifactor authentication auth detail", MFAAuthDetail, 0},
	{"Authentication requirement", AuthenticationRequirement, 0},
	{"Sign-in identifier", SignInIdentifier, 0},
	{"Session ID", SessionID, 0},
	{"IP address (seen by resource)", IPAddressFromResourceProvider, 0},
	{"Through Global Secure Access", IsThroughGlobalSecureAccess, 0},
	{"Global Secure Access IP address", GlobalSecureAccessIPAddress, 0},
	{"Autonomous system  number", AutonomousSystemNumber, 0},
	{"Flagged for review", FlaggedForReview, 0},
	{"Token issuer type", TokenIssuerType, 0},
	{"Incoming token type", IncomingTokenType, 0},
	{"Token issuer name", TokenIssuerName, 0},
	{"Latency", ProcessingTimeInMilliseconds, 0},
	{"Conditional Access", ConditionalAccessStatus, 0},
	{"Managed Identity type", ManagedIdentityType, 0},
	{"Associated Resource Id", AssociatedResourceID, 0},
	{"Federated Token Id", FederatedTokenID, 0},
	{"Federated Token Issuer", FederatedTokenIssuer, 0},
}

// PrincipalFileColumns are the headings of the service principals' file.
var PrincipalFileColumns = []SignInColumn{
	{"Date (UTC)", nil, FileDate},
	{"Request ID", RequestID, 0},
	{"Correlation ID", CorrelationID, 0},
	{"Service principal ID", ServicePrincipalID, 0},
	{"Service principal name", ServicePrincipalName, 0},
	{"Credential key ID", CredentialKeyID, 0},
	{"Credential thumbprint", CredentialThumbprint, 0},
	{"Application", AppDisplayName, 0},
	{"Application ID ", AppID, 0},
	{"App owner tenant ID", AppOwnerTenantID, 0},
	{"Resource", ResourceDisplayName, 0},
	{"Resource ID ", ResourceID, 0},
	{"Resource tenant ID", ResourceTenantID, 0},
	{"Resource owner tenant ID", ResourceOwnerTenantID, 0},
	{"Home tenant ID", HomeTenantID, 0},
	{"Home tenant name", HomeTenantName, 0},
	{"IP address", IPAddress, 0},
	{"Location", nil, FileLocation},
	{"Status", nil, FileStatus},
	{"Sign-in error code", ErrorCode, 0},
	{"Failure reason", FailureReason, 0},
	{"Conditional Access", ConditionalAccessStatus, 0},
}

// IdentityFileColumns are this program's own: the headings of the managed identities' file are not public. The file is known
// to be like the service principals'. The columns about the identity follow, as at the end of the users' file.
var IdentityFileColumns = append(PrincipalFileColumns[:len(PrincipalFileColumns):len(PrincipalFileColumns)],
	SignInColumn{"Managed Identity type", ManagedIdentityType, 0},
	SignInColumn{"Associated Resource Id", AssociatedResourceID, 0},
	SignInColumn{"Federated Token Id", FederatedTokenID, 0},
	SignInColumn{"Federated Token Issuer", FederatedTokenIssuer, 0},
)

// StepFileColumns are the headings of the authentication details' file, which has a row for each step. The portal's own file
// calls the first one Date.
var StepFileColumns = []string{
	"Date (UTC)", "Request ID", "Authentication method", "Authentication method detail", "Succeeded", "Result detail", "Requirement",
}
