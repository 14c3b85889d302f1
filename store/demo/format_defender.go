package demo

import (
	"hash/fnv"
	"slices"
)

// defenderColumns are those of Defender XDR's table EntraIdSignInEvents. It has the sign-ins of users, in numbers of its
// own for some enumerations.
var defenderColumns = []column{
	{heading: "Timestamp", text: func(s *signIn) string { return s.created.Format(isoTime) }},
	{heading: "Application", path: "appDisplayName"},
	{heading: "ApplicationId", path: "appId"},
	{heading: "LogonType", path: "isInteractive", text: func(s *signIn) string { return `["` + eventTypes[s.log] + `"]` }},
	{heading: "ErrorCode", path: "status.errorCode"},
	{heading: "CorrelationId", path: "correlationId"},
	{heading: "SessionId", path: "sessionId"},
	{heading: "AccountDisplayName", path: "userDisplayName"},
	{heading: "AccountObjectId", path: "userId"},
	{heading: "AccountUpn", path: "userPrincipalName"},
	{heading: "IsExternalUser", text: func(s *signIn) string { return oneIf(s.text("userType") == "Guest") }},
	{heading: "IsGuestUser", path: "userType", text: func(s *signIn) string {
		if s.text("userType") == "Guest" {
			return "true"
		}
		return "false"
	}},
	{heading: "AlternateSignInName", path: "signInIdentifier"},
	{heading: "LastPasswordChangeTimestamp"},
	{heading: "ResourceDisplayName", path: "resourceDisplayName"},
	{heading: "ResourceId", path: "resourceId"},
	{heading: "ResourceTenantId", path: "resourceTenantId"},
	{heading: "DeviceName", path: "deviceDetail.displayName"},
	{heading: "EntraIdDeviceId", path: "deviceDetail.deviceId"},
	{heading: "OSPlatform", path: "deviceDetail.operatingSystem"},
	defenderCode("DeviceTrustType", "deviceDetail.trustType", map[string]string{
		"Azure AD registered": "Workplace", "Azure AD joined": "AzureAd", "Hybrid Azure AD joined": "ServerAd",
	}),
	defenderCode("IsManaged", "deviceDetail.isManaged", oneAndZero),
	defenderCode("IsCompliant", "deviceDetail.isCompliant", oneAndZero),
	{heading: "AuthenticationProcessingDetails", path: "authenticationProcessingDetails"},
	{heading: "AuthenticationRequirement", path: "authenticationRequirement"},
	defenderCode("TokenIssuerType", "tokenIssuerType", map[string]string{"AzureAD": "0", "ADFederationServices": "1"}),
	defenderCode("RiskLevelAggregated", "riskLevelAggregated", map[string]string{
		"none": "1", "low": "10", "medium": "50", "high": "100", "hidden": "0", // 0 is not set
	}),
	{heading: "RiskDetails", path: "riskDetail", text: func(s *signIn) string {
		return itoa(slices.Index(riskDetails, s.text("riskDetail")))
	}},
	defenderCode("RiskState", "riskState", map[string]string{
		"none": "0", "confirmedSafe": "1", "remediated": "2", "dismissed": "3", "atRisk": "4", "confirmedCompromised": "5",
	}),
	{heading: "UserAgent", path: "userAgent"},
	{heading: "ClientAppUsed", path: "clientAppUsed"},
	{heading: "Browser", path: "deviceDetail.browser"},
	{heading: "ConditionalAccessPolicies", path: "appliedConditionalAccessPolicies"},
	defenderCode("ConditionalAccessStatus", "conditionalAccessStatus", map[string]string{"success": "0", "failure": "1", "notApplied": "2"}),
	{heading: "IPAddress", path: "ipAddress"},
	{heading: "Country", path: "location.countryOrRegion"},
	{heading: "State", path: "location.state"},
	{heading: "City", path: "location.city"},
	{heading: "Latitude", path: "location.geoCoordinates.latitude"},
	{heading: "Longitude", path: "location.geoCoordinates.longitude"},
	{heading: "NetworkLocationDetails", path: "networkLocationDetails"},
	{heading: "RequestId", path: "id"},
	{heading: "ReportId", text: reportID},
	{heading: "IsThroughGlobalSecureAccess", path: "isThroughGlobalSecureAccess"},
	{heading: "UniqueTokenId", path: "uniqueTokenIdentifier"},
}

// riskDetails are the values of riskDetail in the order of their numbers.
var riskDetails = []string{
	"none", "adminGeneratedTemporaryPassword", "userPerformedSecuredPasswordChange", "userPerformedSecuredPasswordReset",
	"adminConfirmedSigninSafe", "aiConfirmedSigninSafe", "userPassedMFADrivenByRiskBasedPolicy", "adminDismissedAllRiskForUser",
	"adminConfirmedSigninCompromised", "hidden", "adminConfirmedUserCompromised", "unknownFutureValue",
	"adminConfirmedServicePrincipalCompromised", "adminDismissedAllRiskForServicePrincipal", "m365DAdminDismissedDetection",
	"userChangedPasswordOnPremises", "adminDismissedRiskForSignIn", "adminConfirmedAccountSafe",
}

var oneAndZero = map[string]string{"true": "1", "false": "0"}

// reportID is an ID of Defender's own. It follows from the request's, so that it is the same each time.
func reportID(s *signIn) string {
	h := fnv.New64a()
	h.Write([]byte(s.text("id"))) //nolint:errcheck // a hash takes all
	return guidOf(mix(idReport, h.Sum64())).String()
}

func oneIf(yes bool) string {
	if yes {
		return "1"
	}
	return "0"
}

// defenderCode is a column with Defender's code for a value; empty where the record has none.
func defenderCode(heading, path string, codes map[string]string) column {
	return column{heading: heading, path: path, text: func(s *signIn) string { return codes[s.text(path)] }}
}

func defenderCSV(*Tenant) *rows {
	const name = "EntraIdSignInEvents.csv"
	return &rows{
		names: [logCount]string{logInteractive: name, logNonInteractive: name},
		start: func(int) string { return byteOrderMark + string(csvLine(headings(defenderColumns))) },
		row:   func(b []byte, s *signIn) []byte { return append(b, csvLine(cells(defenderColumns, s))...) },
	}
}

func defenderShown(log int) []string {
	if log != logInteractive && log != logNonInteractive {
		return nil
	}
	return paths(defenderColumns)
}
