package risk

import (
	"fmt"
	"strings"

	"signpost/store"
)

// About explains a type of detections. Microsoft's pages on risk detections list the types, with their timing and their licence. The
// words are ours.
type About struct {
	Of     string // the subject: a sign-in, a user, a service principal or an agent
	Timing string // when Microsoft notices it
	// Premium says in a sentence which licence shows the type. Without the licence Microsoft sends generic.
	Premium string
	Means   string
}

// AboutType explains a type of detections; ok is false for a type that this program does not know.
func AboutType(eventType string) (a About, ok bool) {
	a, ok = abouts[store.FoldCase(strings.TrimSpace(eventType))]
	return a, ok
}

// The table below uses these short words.
var (
	aboutOf = map[string]string{
		"sign-in": "A sign-in", "user": "A user", "sign-in+user": "A sign-in or a user", "all": "A sign-in, a user or a service principal", "SP": "A service principal",
		"user+SP": "A user or a service principal", "agent": "An agent",
	}
	aboutTiming = map[string]string{
		"R": "In real time, at the sign-in", "O": "Offline, up to 48 hours later", "B": "In real time or offline", "-": "No longer made: records of former times have it",
	}
	aboutPremium = map[string]string{
		"P": "Needs Microsoft Entra ID P2.", "free": "Needs no premium licence.", "MDA": "Needs Microsoft Entra ID P2 and Defender for Cloud Apps.",
		"MDE": "Needs Microsoft Entra ID P2 and Defender for Endpoint.", "MDO": "Needs Microsoft Entra ID P2 and Defender for Office 365.",
		"WI": "Needs Workload Identities Premium.", "-": "The licence that it needs is not documented.",
	}
)

var abouts = readAbouts(`
unlikelyTravel, impossibleTravel | sign-in | O | P | Two sign-ins of the user came from far places sooner than a trip allows, and travel like that is unusual for this user. Microsoft learns a user for 14 days or 10 sign-ins.
anonymizedIPAddress | sign-in | R | free | The sign-in came from an anonymous address, such as Tor or an anonymous VPN.
maliciousIPAddress | sign-in | O | P | The address is known as malicious: it has a high rate of failures, or a bad name.
unfamiliarFeatures | sign-in | R | P | The address, network, place, device, browser or subnet was not seen before with this user. Microsoft learns a user for at least 5 days.
passwordSpray | sign-in | B | P | One source tried many users with common passwords, and the password of this user was right.
anomalousToken | sign-in+user | B | P | The token has an odd lifetime, place or claims: it may have been stolen.
tokenIssuerAnomaly | sign-in | O | P | The issuer of the SAML token may be compromised.
suspiciousBrowser | sign-in | O | P | The same browser signed in to several tenants from several countries.
nationStateIP, nationStateIPAddress | sign-in | R | P | The address is tied to a known threat actor. The level is always high.
mcasImpossibleTravel | sign-in | O | MDA | Activity came from two far places sooner than a trip allows. Defender for Cloud Apps noticed it.
newCountry | sign-in | O | MDA | Activity came from a country that is new for this user.
riskyIPAddress | sign-in | O | MDA | Activity came from the address of an anonymous proxy.
mcasSuspiciousInboxManipulationRules | sign-in | O | MDA | Rules of the mailbox delete or move mail.
suspiciousInboxForwarding | sign-in | O | MDA | A rule of the mailbox copies mail to an outside address.
mcasFinSuspiciousFileAccess | sign-in | O | MDA | The user opened many files with sensitive content.
investigationsThreatIntelligence | all | B | free | The activity matches a known pattern of attacks.
investigationsThreatIntelligenceSigninLinked | sign-in | B | free | The sign-in matches a known pattern of attacks.
adminConfirmedUserCompromised | sign-in | O | free | An administrator said that the user is compromised.
generic | all | B | free | Something was noticed, and the licence of the tenant does not show what.
leakedCredentials | user+SP | O | free | A valid pair of name and secret was found in a leaked set. The level is high.
attackerinTheMiddle | user | O | P | The session went through a malicious proxy. The level is high.
attemptedPrtAccess | user | O | MDE | A program on the device tried to reach the Primary Refresh Token. The level is high.
anomalousUserActivity | user | O | P | The administrative actions of the user are unlike their usual ones.
suspiciousAPITraffic | user+SP | O | P | The account asked Microsoft Graph or the directory for unusually much.
suspiciousSendingPatterns | user | O | MDO | The user sent mail that looks like spam. The level is medium.
userReportedSuspiciousActivity | user | O | P | The user refused a multifactor prompt and reported it as fraud.
suspiciousSignins | SP | O | WI | The service principal signed in with properties that are new for it. Microsoft learns a service principal for 2 to 60 days.
adminConfirmedServicePrincipalCompromised | SP | O | WI | An administrator said that the service principal is compromised.
maliciousApplication | SP | O | WI | Microsoft disabled the application, because it breaks the terms of service.
suspiciousApplication | SP | O | WI | Microsoft thinks that the application may break the terms of service.
anomalousServicePrincipalActivity | SP | O | WI | The administrative actions of the service principal are unlike its usual ones.
unfamiliarResourceAccess | agent | O | P | The agent reached for resources that it does not usually use.
signInSpike | agent | O | P | The agent signed in far more often than usual.
failedAccessAttempt | agent | O | P | The agent tried to reach resources that it may not use.
riskyUserSignIn | agent | O | P | The agent signed in for a user who is at risk.
adminConfirmedAgentCompromised | agent | O | P | An administrator said that the agent is compromised.
threatIntelligenceAccount | agent | O | P | The activity of the agent matches a known pattern of attacks.
malwareInfectedIPAddress | sign-in | - | - | The address had been in contact with a server that controls malware.
suspiciousIPAddress | sign-in | - | - | The address had many failed sign-ins.
maliciousIPAddressValidCredentialsBlockedIP | sign-in | - | - | A sign-in with the right password came from a malicious address, and was blocked.
`)

// readAbouts reads a table with the names of a type, its subject, its timing, its licence and its meaning in each line. It panics on
// a line of another form: that is a mistake in the program.
func readAbouts(table string) map[string]About {
	abouts := map[string]About{}
	for line := range strings.Lines(strings.TrimSpace(table)) {
		parts := strings.Split(line, "|")
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		if len(parts) != 5 || aboutOf[parts[1]] == "" || aboutTiming[parts[2]] == "" || aboutPremium[parts[3]] == "" {
			panic(fmt.Sprintf("the line %q about a type of detections cannot be read", line))
		}
		for eventType := range strings.SplitSeq(parts[0], ",") {
			abouts[store.FoldCase(strings.TrimSpace(eventType))] = About{Of: aboutOf[parts[1]], Timing: aboutTiming[parts[2]], Premium: aboutPremium[parts[3]], Means: parts[4]}
		}
	}
	return abouts
}
