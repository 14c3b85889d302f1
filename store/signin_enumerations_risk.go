package store

import "strings"

// The enumerations of risk, in sign-ins and in the records of Identity Protection.

// RiskHidden is the literal word of records of tenants without the premium licence.
const RiskHidden = "hidden"

// RiskLevels are how likely it is that somebody else signed in, from the lowest to the highest. Hidden is none of these: it stands
// apart.
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
	confirmedCompromised: Confirmed compromised`).withPatterns(splitAtCapitals)

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
	hidden: Hidden`).withPatterns(splitAtCapitals)

// RiskDetections are what Identity Protection noticed.
var RiskDetections = NewEnumeration("riskEventType", `
	generic: Additional risk detected
	unlikelyTravel: Atypical travel
	impossibleTravel: Atypical travel
	anonymizedIPAddress: Anonymous IP address
	maliciousIPAddress: Malicious IP address
	unfamiliarFeatures: Unfamiliar sign-in properties
	unfamiliarResourceAccess: Unfamiliar resource access
	malwareInfectedIPAddress: Malware linked IP address
	suspiciousIPAddress: Suspicious IP address
	leakedCredentials: Leaked credentials
	investigationsThreatIntelligence: Microsoft Entra threat intelligence
	investigationsThreatIntelligenceSigninLinked: Microsoft Entra threat intelligence about the sign-in
	adminConfirmedUserCompromised: Admin confirmed user compromised
	mcasImpossibleTravel: Impossible travel
	mcasSuspiciousInboxManipulationRules: Suspicious inbox manipulation rules
	mcasFinSuspiciousFileAccess: Mass access to sensitive files
	maliciousIPAddressValidCredentialsBlockedIP: Malicious IP address with valid credentials, blocked
	riskyIPAddress: Activity from anonymous IP address
	anomalousToken: Anomalous token
	anomalousUserActivity: Anomalous user activity
	newCountry: New country
	passwordSpray: Password spray
	suspiciousBrowser: Suspicious browser
	suspiciousInboxForwarding: Suspicious inbox forwarding
	tokenIssuerAnomaly: Token issuer anomaly
	nationStateIP: Verified threat actor IP
	nationStateIPAddress: Verified threat actor IP
	attackerinTheMiddle: Attacker in the Middle
	attemptedPrtAccess: Possible attempt to access Primary Refresh Token
	suspiciousAPITraffic: Suspicious API traffic
	suspiciousSendingPatterns: Suspicious sending patterns
	userReportedSuspiciousActivity: User reported suspicious activity
	suspiciousSignins: Suspicious sign-ins
	adminConfirmedServicePrincipalCompromised: Admin confirmed service principal compromised
	maliciousApplication: Malicious application
	suspiciousApplication: Suspicious application
	anomalousServicePrincipalActivity: Anomalous service principal activity
	signInSpike: Sign-in spike
	failedAccessAttempt: Failed access attempt
	riskyUserSignIn: Sign-in of a risky user
	adminConfirmedAgentCompromised: Admin confirmed agent compromised
	threatIntelligenceAccount: Account known to threat intelligence`).withPatterns(splitAtCapitals)

// splitAtCapitals gives a value that is newer than this program as it came, with a blank before each word; nothing for a text that
// is not written as values are.
func splitAtCapitals(value string) string {
	var b strings.Builder
	for i := range len(value) {
		c := value[i]
		isDigit := c >= '0' && c <= '9'
		if !isSmall(c) && (i == 0 || !isCapital(c) && !isDigit) {
			return ""
		}
		// A word begins at a capital behind a small letter, and at the last capital of several before a small letter.
		if isCapital(c) && (!isCapital(value[i-1]) || i+1 < len(value) && isSmall(value[i+1])) {
			b.WriteByte(' ')
		}
		b.WriteByte(c)
	}
	if b.Len() == len(value) {
		return ""
	}
	return b.String()
}

func isCapital(c byte) bool { return c >= 'A' && c <= 'Z' }

func isSmall(c byte) bool { return c >= 'a' && c <= 'z' }
