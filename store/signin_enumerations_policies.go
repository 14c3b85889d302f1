package store

// The enumerations of Conditional Access in sign-ins.

// ConditionalAccessStatuses are the outcomes of all policies together.
var ConditionalAccessStatuses = NewEnumeration("conditionalAccessStatus", `
	success: Success
	failure: Failure
	notApplied: Not applied`)

// PolicyResults are the outcomes of one policy.
var PolicyResults = NewEnumeration("appliedConditionalAccessPolicyResult", `
	success: Success
	failure: Failure
	notApplied: Not applied
	notEnabled: Disabled
	unknown: Unknown
	reportOnlySuccess: Report-only: would allow
	reportOnlyFailure: Report-only: would block
	reportOnlyNotApplied: Report-only: would not apply
	reportOnlyInterrupted: Report-only: would ask the user`)

// GrantControls are what a policy can ask for. Names of authentication strengths and of own controls stand there too.
var GrantControls = NewEnumeration("enforcedGrantControls", `
	Mfa: Require multifactor authentication
	RequireMultifactorAuth: Require multifactor authentication
	Block: Block access
	RequireCompliantDevice: Require a compliant device
	CompliantDevice: Require a compliant device
	RequireDomainJoinedDevice: Require a hybrid joined device
	DomainJoinedDevice: Require a hybrid joined device
	ApprovedApplication: Require an approved client app
	RequireApprovedApp: Require an approved client app
	CompliantApplication: Require an app protection policy
	RequireCompliantApp: Require an app protection policy
	PasswordChange: Require a password change
	RequirePasswordChange: Require a password change
	RequireAuthenticationStrength: Require an authentication strength
	TermsOfUse: Require accepted terms of use
	RiskRemediation: Require risk remediation`)

// SessionControls are how a policy can limit a session.
var SessionControls = NewEnumeration("enforcedSessionControls", `
	SignInFrequency: Sign-in frequency
	PersistentBrowser: Persistent browser session
	PersistentBrowserSession: Persistent browser session
	CloudAppSecurity: Conditional Access app control
	AppEnforcedRestrictions: Restrictions by the application
	ContinuousAccessEvaluation: Continuous access evaluation
	DisableResilienceDefaults: Resilience defaults switched off
	ResilienceDefaults: Resilience defaults
	Binding: Token protection
	SignInTokenProtection: Token protection
	SecureSignIn: Token protection
	SecureApp: Token protection for applications
	GlobalSecureAccess: Global Secure Access security profile`)

// PolicyConditions are what a policy can look at, as its editor names it.
var PolicyConditions = NewEnumeration("conditionalAccessConditions", `
	none: None
	application: Target application or resource
	users: Users
	devicePlatform: Device platform
	location: Location
	clientType: Client app
	signInRisk: Sign-in risk
	userRisk: User risk
	time: Time
	deviceState: Device
	client: Client
	ipAddressSeenByAzureAD: IP address seen by Azure AD
	ipAddressSeenByResourceProvider: IP address seen by resource
	servicePrincipals: Service principals
	servicePrincipalRisk: Service principal risk
	authenticationFlows: Authentication flows
	insiderRisk: Insider risk`)

// PolicyRules are the rules by which a condition can include or exclude a sign-in.
var PolicyRules = NewEnumeration("conditionalAccessRule", `
	allApps: All applications
	firstPartyApps: Microsoft's own applications
	office365: Office 365
	appId: The application
	acr: The authentication context
	appFilter: Filter for applications
	allUsers: All users
	guest: Guests
	groupId: A group
	roleId: A directory role
	userId: The user
	allDevicePlatforms: All device platforms
	devicePlatform: The device platform
	allLocations: All locations
	insideCorpnet: Inside the corporate network
	allTrustedLocations: All trusted locations
	locationId: The named location
	allDevices: All devices
	deviceFilter: Filter for devices
	deviceState: The device state
	deviceFilterIncludeRuleNotMatched: The device filter did not match
	allDeviceStates: All device states
	anonymizedIPAddress: Anonymous IP address
	unfamiliarFeatures: Unfamiliar sign-in properties
	nationStateIPAddress: Verified threat actor IP
	realTimeThreatIntelligence: Real-time threat intelligence
	internalGuest: Internal guest
	b2bCollaborationGuest: B2B collaboration guest
	b2bCollaborationMember: B2B collaboration member
	b2bDirectConnectUser: B2B direct connect user
	otherExternalUser: Other external user
	serviceProvider: Service provider
	microsoftAdminPortals: Microsoft Admin Portals
	deviceCodeFlow: Device code flow
	authenticationTransfer: Authentication transfer
	insiderRisk: Insider risk`)

// StrengthResults are what became of the authentication strength that a policy asked for.
var StrengthResults = NewEnumeration("authenticationStrengthResult", `
	notSet: Not set
	skippedForProofUp: Skipped for registration
	satisfied: Satisfied
	singleChallengeRequired: One more method needed
	multipleChallengesRequired: Several more methods needed
	singleRegistrationRequired: One method to be registered
	multipleRegistrationsRequired: Several methods to be registered
	cannotSatisfyDueToCombinationConfiguration: Cannot be satisfied: the combination is not allowed
	cannotSatisfy: Cannot be satisfied`)

// ContextDetails are what became of an authentication context.
var ContextDetails = NewEnumeration("authenticationContextDetail", `
	required: Required
	previouslySatisfied: Satisfied before
	notApplicable: Not applicable`)
