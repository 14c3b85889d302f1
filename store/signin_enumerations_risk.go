package store

// The enumerations of risk in sign-ins.

// RiskHidden is the literal word of records of tenants without the premium licence.
const RiskHidden = "hidden"

// RiskLevels are how likely it is that somebody else signed in.
var RiskLevels = NewEnumeration("riskLevel", `
	none: None
	low: Low
	medium: Medium
	high: High
	hidden: Hidden`)

// RiskStates are what became of a risk.
var RiskStates = NewEnumeration("riskState", `
	none: None
	confirmedSafe: Confirmed safe
	remediated: Remediated
	dismissed: Dismissed
	atRisk: At risk
	confirmedCompromised: Confirmed compromised`)

// RiskDetails are why a risk is in its state.
var RiskDetails = NewEnumeration("riskDetail", `
	none: None
	adminGeneratedTemporaryPassword: An administrator made a temporary password
	userPerformedSecuredPasswordChange: The user changed the password with multifactor authentication
	userPerformedSecuredPasswordReset: The user reset the password with multifactor authentication
	adminConfirmedSigninSafe: An administrator confirmed the sign-in as safe
	aiConfirmedSigninSafe: Microsoft's model found the sign-in safe
	userPassedMFADrivenByRiskBasedPolicy: The user passed the multifactor authentication that a risk policy asked for
	adminDismissedAllRiskForUser: An administrator dismissed all risk of the user
	adminConfirmedSigninCompromised: An administrator confirmed the sign-in as compromised
	adminConfirmedUserCompromised: An administrator confirmed the user as compromised
	adminConfirmedServicePrincipalCompromised: An administrator confirmed the service principal as compromised
	adminDismissedAllRiskForServicePrincipal: An administrator dismissed all risk of the service principal
	m365DAdminDismissedDetection: An administrator dismissed the detection in Microsoft Defender XDR
	userChangedPasswordOnPremises: The user changed the password on-premises
	adminDismissedRiskForSignIn: An administrator dismissed the risk of the sign-in
	adminConfirmedAccountSafe: An administrator confirmed the account as safe
	microsoftRevokedSessions: Microsoft revoked the sessions
	adminConfirmedAgentCompromised: An administrator confirmed the agent as compromised
	adminConfirmedAgentSafe: An administrator confirmed the agent as safe
	adminDismissedRiskForAgent: An administrator dismissed the risk of the agent
	hidden: Hidden`)

// RiskDetections are what Identity Protection noticed.
var RiskDetections = NewEnumeration("riskEventType", `
	generic: Additional risk detected
	unlikelyTravel: Atypical travel
	impossibleTravel: Atypical travel
	anonymizedIPAddress: Anonymous IP address
	maliciousIPAddress: Malicious IP address
	unfamiliarFeatures: Unfamiliar sign-in properties
	unfamiliarResourceAccess: Unfamiliar resource access
	malwareInfectedIPAddress: Malware-linked IP address
	suspiciousIPAddress: Suspicious IP address
	leakedCredentials: Leaked credentials
	investigationsThreatIntelligence: Microsoft Entra threat intelligence
	investigationsThreatIntelligenceSigninLinked: Microsoft Entra threat intelligence about the sign-in
	adminConfirmedUserCompromised: An administrator confirmed the user as compromised
	mcasImpossibleTravel: Impossible travel
	mcasSuspiciousInboxManipulationRules: Suspicious inbox manipulation rules
	mcasFinSuspiciousFileAccess: Mass access to sensitive files
	maliciousIPAddressValidCredentialsBlockedIP: Malicious IP address with valid credentials, blocked
	riskyIPAddress: Activity from an anonymous IP address
	anomalousToken: Anomalous token
	anomalousUserActivity: Anomalous user activity
	newCountry: New country
	passwordSpray: Password spray
	suspiciousBrowser: Suspicious browser
	suspiciousInboxForwarding: Suspicious inbox forwarding
	tokenIssuerAnomaly: Token issuer anomaly
	nationStateIP: Verified threat actor IP
	nationStateIPAddress: Verified threat actor IP
	attackerinTheMiddle: Attacker in the middle
	attemptedPrtAccess: Possible attempt to reach the primary refresh token
	suspiciousAPITraffic: Suspicious API traffic
	suspiciousSendingPatterns: Suspicious sending patterns
	userReportedSuspiciousActivity: The user reported suspicious activity
	suspiciousSignins: Suspicious sign-ins
	adminConfirmedServicePrincipalCompromised: An administrator confirmed the service principal as compromised
	maliciousApplication: Malicious application
	suspiciousApplication: Suspicious application
	anomalousServicePrincipalActivity: Anomalous service principal activity`)
