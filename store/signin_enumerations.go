package store

import "strings"

// The enumerations of sign-ins, under the names of Microsoft Graph's documentation. The values come from there, from
// Azure Monitor's exports and from public records. Files have the values, and FIELD=value compares them. Pages show the words,
// and FIELD.starts and FIELD.has compare both.

// Requirements are how much proof a sign-in needed.
var Requirements = NewEnumeration("authenticationRequirement", `
	singleFactorAuthentication: Single-factor authentication
	multiFactorAuthentication: Multifactor authentication`)

// RequirementProviders are what asked for more proof.
var RequirementProviders = NewEnumeration("requirementProvider", `
	user: Per-user multifactor authentication
	request: The request of the application
	servicePrincipal: Service principal
	v1ConditionalAccess: Conditional Access (first version)
	multiConditionalAccess: Conditional Access
	tenantSessionRiskPolicy: Sign-in risk policy of the tenant
	accountCompromisePolicies: Policies for compromised accounts
	v1ConditionalAccessDependency: Conditional Access (first version) of a service that this one needs
	v1ConditionalAccessPolicyIdRequested: Conditional Access (first version), policy asked for by its ID
	mfaRegistrationRequiredByIdentityProtectionPolicy: Registration asked for by Identity Protection
	baselineProtection: Baseline protection
	mfaRegistrationRequiredByBaselineProtection: Registration asked for by baseline protection
	mfaRegistrationRequiredByMultiConditionalAccess: Registration asked for by Conditional Access
	enforcedForCspAdmins: Enforced for administrators of cloud solution providers
	securityDefaults: Security defaults
	mfaRegistrationRequiredBySecurityDefaults: Registration asked for by security defaults
	proofUpCodeRequest: Request for a registration code
	crossTenantOutboundRule: Cross-tenant outbound rule
	gpsLocationCondition: Location by GPS
	riskBasedPolicy: Risk-based policy
	scopeBasedAuthRequirementPolicy: Policy for the scopes asked for
	authenticationStrengths: Authentication strength`)

// LifetimePolicies are what ended a session so that proof was needed again.
var LifetimePolicies = NewEnumeration("expirationRequirement", `
	rememberMultifactorAuthenticationOnTrustedDevices: Remembered multifactor authentication on trusted devices
	tenantTokenLifetimePolicy: Token lifetime policy of the tenant
	audienceTokenLifetimePolicy: Token lifetime policy of the audience
	signInFrequencyPeriodicReauthentication: Sign-in frequency (after some time)
	ngcMfa: Recent multifactor authentication for passwordless methods
	signInFrequencyEveryTime: Sign-in frequency (every time)`)

// AuthenticationMethods are the names of methods that are no words. Most records name a method in words.
var AuthenticationMethods = NewEnumeration("authenticationMethod", `
	none: None
	Text message: Text message
	Mobile app notification: Mobile app notification
	OATH verification code: OATH verification code
	FIDO2 security key: FIDO2 security key
	Windows Hello for Business: Windows Hello for Business
	PTA: Pass-through authentication
	PHS: Password hash synchronization
	SMS: Text message
	FIDO: FIDO2 security key
	FIDO2: FIDO2 security key
	TAP: Temporary Access Pass
	WHfB: Windows Hello for Business
	OneWaySMS: Text message
	TwoWaySMS: Text message, to be answered
	TwoWayVoiceMobile: Phone call to the mobile phone
	TwoWayVoiceAlternateMobile: Phone call to the alternate mobile phone
	TwoWayVoiceOffice: Phone call to the office phone
	TwoWayVoice: Phone call
	PhoneAppNotification: Mobile app notification
	PhoneAppOTP: Verification code of the mobile app
	PhoneApp: Mobile app
	OTP: Verification code
	oath: OATH verification code
	softwareOath: Software OATH token
	hardwareOath: Hardware OATH token
	x509Certificate: X.509 certificate
	windowsHelloForBusiness: Windows Hello for Business
	temporaryAccessPass: Temporary Access Pass
	microsoftAuthenticator: Microsoft Authenticator
	qrCodePin: QR code`)

// StepRequirements are what a step of the authentication was asked for.
var StepRequirements = NewEnumeration("authenticationStepRequirement", `
	primaryAuthentication: Primary authentication
	secondaryAuthentication: Secondary authentication
	singleFactorAuthentication: Single-factor authentication
	multiFactorAuthentication: Multifactor authentication
	none: None`)

// Protocols are the protocols and grants by which tokens are asked for.
var Protocols = NewEnumeration("protocolType", `
	none: None
	oAuth2: OAuth 2.0
	ropc: Password sent by the client (ROPC)
	rpoc: Password sent by the client (ROPC)
	wsFederation: WS-Federation
	wsTrust: WS-Trust
	saml20: SAML 2.0
	deviceCode: Device code
	authenticationTransfer: Authentication transfer
	nativeAuth: Native authentication
	implicitAccessTokenAndGetResponseMode: Implicit: access token, response by GET
	implicitIdTokenAndGetResponseMode: Implicit: ID token, response by GET
	implicitAccessTokenAndPostResponseMode: Implicit: access token, response by POST
	implicitIdTokenAndPostResponseMode: Implicit: ID token, response by POST
	authorizationCodeWithoutPkce: Authorization code without PKCE
	authorizationCodeWithPkce: Authorization code with PKCE
	clientCredentials: Client credentials
	refreshTokenGrant: Refresh token
	encryptedAuthorizeResponse: Encrypted authorize response
	directUserGrant: Direct user grant
	kerberos: Kerberos
	prtGrant: Primary refresh token
	seamlessSso: Seamless single sign-on
	prtBrokerBased: Primary refresh token by a broker
	prtNonBrokerBased: Primary refresh token without a broker
	onBehalfOf: On behalf of
	samlOnBehalfOf: On behalf of, with SAML
	officeS2S: Office service to service`)

// TransferMethods are how a session came to the device.
var TransferMethods = NewEnumeration("originalTransferMethods", `
	none: None
	deviceCodeFlow: Device code flow
	authenticationTransfer: Authentication transfer`)

// TokenTypes are the tokens that a client can bring along.
var TokenTypes = NewEnumeration("incomingTokenType", `
	none: None
	primaryRefreshToken: Primary refresh token
	saml11: SAML 1.1
	saml20: SAML 2.0
	remoteDesktopToken: Remote desktop token
	refreshToken: Refresh token`)

// ClientCredentials are by what a client proves who it is.
var ClientCredentials = NewEnumeration("clientCredentialType", `
	none: None
	clientSecret: Client secret
	clientAssertion: Client assertion
	federatedIdentityCredential: Federated identity credential
	managedIdentity: Managed identity
	certificate: Certificate`)

// TokenIssuers are the kinds of identity providers.
var TokenIssuers = NewEnumeration("tokenIssuerType", `
	AzureAD: Azure AD
	ADFederationServices: AD FS
	AzureADBackupAuth: Azure AD backup authentication
	ADFederationServicesMFAAdapter: AD FS MFA adapter
	NPSExtension: NPS extension`)

// TokenProtections say whether a token is bound to the device.
var TokenProtections = NewEnumeration("tokenProtectionStatus", `
	none: None
	bound: Bound
	unbound: Unbound`)

// UserTypes are how a person belongs to the tenant.
var UserTypes = NewEnumeration("signInUserType", `
	member: Member
	guest: Guest`)

// IdentifierTypes are the kinds of names that people type.
var IdentifierTypes = NewEnumeration("signInIdentifierType", `
	userPrincipalName: User principal name
	phoneNumber: Phone number
	proxyAddress: Proxy address
	qrCode: QR code
	onPremisesUserPrincipalName: On-premises user principal name`)

// CrossTenantAccess is how a sign-in crosses the border of a tenant.
var CrossTenantAccess = NewEnumeration("signInAccessType", `
	none: None
	b2bCollaboration: B2B collaboration
	b2bDirectConnect: B2B direct connect
	microsoftSupport: Microsoft support
	serviceProvider: Service provider
	passthrough: Pass-through`)

// NetworkTypes are the kinds of named locations.
var NetworkTypes = NewEnumeration("networkType", `
	intranet: Intranet
	extranet: Extranet
	namedNetwork: Named network
	trusted: Trusted
	trustedNamedLocation: Trusted named location`)

// ManagedIdentityTypes are the kinds of managed identities.
var ManagedIdentityTypes = NewEnumeration("msiType", `
	none: None
	userAssigned: User assigned
	systemAssigned: System assigned`)

// AgentTypes are the kinds of agents, and of what they act for.
var AgentTypes = NewEnumeration("agentType", `
	notAgentic: Not an agent
	agenticApp: Agent application
	agenticAppBuilder: Builder of agent applications
	agenticAppInstance: Instance of an agent application
	agentIdentityBlueprintPrincipal: Principal of an agent identity blueprint
	agentIdentityBlueprint: Agent identity blueprint
	agentIdentity: Agent identity
	agentIDuser: User of an agent identity`)

// EventTypes are the kinds of sign-ins.
var EventTypes = NewEnumeration("signInEventTypes", `
	interactiveUser: User, interactive
	nonInteractiveUser: User, non-interactive
	servicePrincipal: Service principal
	managedIdentity: Managed identity
	refreshToken: Refresh token
	continuousAccessEvaluation: Continuous access evaluation`)

// JoinTypes are how a device belongs to the tenant. Most records name it in words.
var JoinTypes = NewEnumeration("trustType", `
	Azure AD joined: Azure AD joined
	Azure AD registered: Azure AD registered
	Hybrid Azure AD joined: Hybrid Azure AD joined
	AzureAd: Azure AD joined
	AzureAD Joined: Azure AD joined
	ServerAd: Hybrid Azure AD joined
	Domain Joined: Hybrid Azure AD joined
	Workplace: Azure AD registered
	Workplace Joined: Azure AD registered`)

// OperatingSystems are spelled in records as their user agents spell them, often with a version behind.
var OperatingSystems = NewEnumeration("operatingSystem", `
	Windows10: Windows 10
	Windows11: Windows 11
	MacOs: macOS
	Ios: iOS
	IPadOs: iPadOS
	ChromeOs: ChromeOS
	WindowsPhone: Windows Phone`).withPatterns(systemWithVersion)

// systemWithVersion gives the words of a system with a version behind its name: "Ios 18.1", "Windows8.1".
func systemWithVersion(text string) string {
	for _, name := range []string{"Windows", "macOS", "iPadOS", "iOS", "ChromeOS", "Android", "Linux"} {
		version, ok := strings.CutPrefix(strings.ToLower(text), strings.ToLower(name))
		if version = strings.TrimSpace(version); ok && version != "" && version[0] >= '0' && version[0] <= '9' {
			return name + " " + version
		}
	}
	return ""
}

// MethodSources are the values of the filter methodsource, which this program makes of the words of records.
var MethodSources = NewEnumeration("methodSource", `
	claim: Claim in the token
	proof: Proof at the sign-in`)

// MFAResults are the values of the filter mfa, which this program makes of the words of records.
var MFAResults = NewEnumeration("mfa", `
	denied: Declined
	timeout: No answer in time
	wrongcode: Wrong code
	satisfied: Satisfied
	claim: Satisfied by a claim in the token`)
