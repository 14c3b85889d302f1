package store

import (
	"encoding/json"
	"time"
)

// SignIn is one sign-in event. Its single-valued fields are the columns of the log; the lists are
// filtered and shown in the details. Names follow the beta signIn of Microsoft Graph. The record as
// received is kept losslessly beside it (Version.Doc), so a field that is not here is not lost.
//
// A SignIn that comes from a list holds the single-valued fields only; one that comes from
// Store.SignIn holds everything.
type SignIn struct {
	Log Log
	ID  string // request ID

	// Time is the start of the sign-in (createdDateTime). Where a record has none it is the time of
	// ingestion, and TimeIsIngestion marks that.
	Time            time.Time
	TimeIsIngestion bool
	// Ingested is when the record was ingested (time, TimeGenerated); zero where the export has none (Graph).
	Ingested time.Time
	// ToldBy is that of Head.
	ToldBy Log `json:",omitempty"`

	CorrelationID         string
	SessionID             string
	UniqueTokenIdentifier string
	OriginalRequestID     string

	// TenantID is the tenant that wrote the log: the envelope's tenantId (AADTenantId).
	TenantID string

	UserID               string
	UserPrincipalName    string
	UserDisplayName      string
	UserType             string
	SignInIdentifier     string
	SignInIdentifierType string

	AppID                      string
	AppDisplayName             string
	AppOwnerTenantID           string
	ResourceID                 string
	ResourceDisplayName        string
	ResourceServicePrincipalID string
	ResourceTenantID           string
	ResourceOwnerTenantID      string
	HomeTenantID               string
	HomeTenantName             string
	CrossTenantAccessType      string

	// StatedStatus is a status the record itself states; see DeriveStatus.
	StatedStatus      string
	ErrorCode         Int
	FailureReason     string
	AdditionalDetails string

	// Conditional Access data: see Property.Class.
	ConditionalAccessStatus               string
	AppliedConditionalAccessPolicies      []AppliedPolicy
	ConditionalAccessAudiences            []string
	AuthenticationContextClassReferences  []AuthenticationContext
	AuthenticationRequirement             string
	AuthenticationProtocol                string
	IncomingTokenType                     string
	OriginalTransferMethod                string
	ClientAppUsed                         string
	ClientCredentialType                  string
	UserAgent                             string
	AuthenticationRequirementPolicies     []RequirementPolicy
	SessionLifetimePolicies               []RequirementPolicy
	AuthenticationDetails                 []AuthenticationStep
	AuthenticationMethodsUsed             []string
	AuthenticationProcessingDetails       []KeyValue
	AuthenticationAppDeviceDetails        json.RawMessage
	AuthenticationAppPolicyEvaluationList json.RawMessage
	AppliedEventListeners                 json.RawMessage
	PrivateLinkDetails                    json.RawMessage

	DeviceID          string
	DeviceDisplayName string
	OperatingSystem   string
	Browser           string
	BrowserID         string
	IsCompliant       Bool
	IsManaged         Bool
	TrustType         string

	IPAddress                     string
	IPAddressFromResourceProvider string
	AutonomousSystemNumber        Int
	City                          string
	State                         string
	CountryOrRegion               string
	Coordinates                   Coordinates
	NetworkLocationDetails        []NetworkLocation
	IsThroughGlobalSecureAccess   Bool
	GlobalSecureAccessIPAddress   string

	IsInteractive    Bool
	SignInEventTypes []string
	FlaggedForReview Bool
	IsTenantRestrict Bool
	// IsCAEToken is the processing detail "Is CAE Token".
	IsCAEToken Bool

	TokenIssuerName              string
	TokenIssuerType              string
	ProcessingTimeInMilliseconds Int

	RiskDetail            string
	RiskLevelAggregated   string
	RiskLevelDuringSignIn string
	RiskState             string
	RiskEventTypes        []string

	ServicePrincipalID                   string
	ServicePrincipalName                 string
	ServicePrincipalCredentialKeyID      string
	ServicePrincipalCredentialThumbprint string
	FederatedCredentialID                string
	ManagedIdentityType                  string
	AssociatedResourceID                 string
	FederatedTokenID                     string
	FederatedTokenIssuer                 string
	AzureResourceID                      string
	AgentType                            string
	AgentParentAppID                     string
	AgentSubjectType                     string
	ClientSessionID                      string
	// CallerIPAddress is the envelope's address where it is another than the sign-in's own.
	CallerIPAddress string
	// Microsoft says whether Microsoft owns the service principal or managed identity; Unset for users.
	Microsoft Bool

	AppTokenProtectionStatus    string
	SignInTokenProtectionStatus string
	TokenProtectionStatus       string // tokenProtectionStatusDetails.signInSessionStatus
	TokenProtectionStatusCode   Int

	MFAAuthMethod string // mfaDetail, deprecated in Graph
	MFAAuthDetail string

	// Collections notes which are empty and which are in a shape that is not read; see CollectionState.
	Collections CollectionStates
}

// Status is the sign-in's outcome: DeriveStatus of its fields.
func (s *SignIn) Status() Status { return DeriveStatus(s.StatedStatus, s.ErrorCode) }

// LoggedInteractiveThen says that the record is of the interactive log and yet says isInteractive
// false: Exchange clients before November 2020 were logged so. They stay in the log, with a mark.
func (s *SignIn) LoggedInteractiveThen() bool {
	return s.Log == Interactive && s.IsInteractive == False
}

// AppliedPolicy is one Conditional Access policy considered at a sign-in, also one that did not apply.
type AppliedPolicy struct {
	ID                      string
	DisplayName             string // at that time
	Result                  string // success, failure, notApplied, notEnabled, reportOnly...
	GrantControls           []string
	SessionControls         []string
	ConditionsSatisfied     []string // the words of Graph; Azure Monitor's bit field is turned into them
	ConditionsNotSatisfied  []string
	IncludeRulesSatisfied   []ConditionRule
	ExcludeRulesSatisfied   []ConditionRule
	SessionControlsNotMet   []string
	AuthenticationStrength  string
	AuthenticationStrengthR string // result
}

// ConditionRule is a rule of a policy's condition that matched.
type ConditionRule struct{ Condition, Rule string }

// AuthenticationContext is a Conditional Access authentication context of a sign-in.
type AuthenticationContext struct{ ID, Detail string }

// RequirementPolicy is a policy that asked for authentication, or a session lifetime policy that
// forced it again: what it is, and its detail.
type RequirementPolicy struct{ Provider, Detail string }

// AuthenticationStep is one row of the authentication details.
type AuthenticationStep struct {
	Time         time.Time
	Method       string
	MethodDetail string
	Succeeded    Bool
	ResultDetail string
	Requirement  string
}

// NetworkLocation is a network type and the named locations it matched.
type NetworkLocation struct {
	Type  string
	Names []string
}

// Coordinates are where an address is believed to be. Set is false without coordinates and for 0,0,
// which real records carry for "no place".
type Coordinates struct {
	Latitude, Longitude float64
	Set                 bool
}
