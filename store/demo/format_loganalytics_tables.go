package demo

import "slices"

// The tables that Log Analytics keeps sign-ins in: their columns as of July 2024, and those that are known to have been
// added to two of the tables in 2025. A table without a column for a property does not show it.

// workspaceID is the value of the column TenantId, which is no tenant.
var workspaceID = guidOf(mix(1, 6)).String()

// fixed is a column that has the same value in all rows.
func fixed(name, value string) tableColumn {
	return tableColumn{name: name, value: func(*signIn) any { return value }}
}

// enveloped is a column of a value that stands around the properties.
func enveloped(name string, k kind, key, path string) tableColumn {
	return tableColumn{name, k, path, func(s *signIn) any { return s.envelope[key] }}
}

// asText is a column of text, which a nested value is too.
func asText(name, path string) tableColumn { return tableColumn{name: name, path: path} }

// dynamic is a column of nested values.
func dynamic(name, path string) tableColumn {
	return tableColumn{name: name, kind: kindDynamic, path: path}
}

// yesNo is a column of true and false.
func yesNo(name, path string) tableColumn {
	return tableColumn{name: name, kind: kindBool, path: path}
}

// resourceGroup is the value of some columns that Azure fills alike in all rows.
const resourceGroup = "Microsoft.aadiam"

var (
	tenantColumn    = fixed("TenantId", workspaceID)
	systemColumn    = fixed("SourceSystem", "Azure AD")
	generatedColumn = tableColumn{name: "TimeGenerated", kind: kindDatetime, value: func(s *signIn) any { return s.ingested }}
	createdColumn   = tableColumn{name: "CreatedDateTime", kind: kindDatetime, value: func(s *signIn) any { return s.created }}
	entraColumn     = enveloped("AADTenantId", kindString, "tenantId", "tenantId")
	policiesColumn  = asText("ConditionalAccessPolicies", "appliedConditionalAccessPolicies")
)

// resultColumns are the columns about the operation and its result that all tables have.
var resultColumns = []tableColumn{
	enveloped("OperationName", kindString, "operationName", ""),
	enveloped("OperationVersion", kindString, "operationVersion", ""),
	enveloped("Category", kindString, "category", ""),
	enveloped("ResultType", kindString, "resultType", "status.errorCode"),
	enveloped("ResultSignature", kindString, "resultSignature", ""),
	enveloped("ResultDescription", kindString, "resultDescription", "status.failureReason"),
	enveloped("DurationMs", kindLong, "durationMs", ""),
	asText("CorrelationId", "correlationId"),
	fixed("ResourceGroup", resourceGroup),
	enveloped("Identity", kindString, "identity", ""),
	enveloped("Level", kindString, "Level", ""),
	enveloped("Location", kindString, "location", "location.countryOrRegion"),
}

// riskColumns are the columns about risk that both users' tables have.
var riskColumns = []tableColumn{
	asText("RiskDetail", "riskDetail"),
	asText("RiskEventTypes", "riskEventTypes"),
	asText("RiskEventTypes_V2", "riskEventTypes_v2"),
	asText("RiskLevelAggregated", "riskLevelAggregated"),
	asText("RiskLevelDuringSignIn", "riskLevelDuringSignIn"),
	asText("RiskState", "riskState"),
}

// tables are the tables of the logs.
var tables = [logCount]table{
	{"SigninLogs", slices.Concat(
		[]tableColumn{
			tenantColumn, systemColumn, generatedColumn,
			enveloped("ResourceId", kindString, "resourceId", ""),
			fixed("Resource", resourceGroup), fixed("ResourceProvider", ""),
		},
		resultColumns,
		[]tableColumn{
			fixed("AlternateSignInName", ""),
			asText("AppDisplayName", "appDisplayName"),
			asText("AppId", "appId"),
			asText("AppliedConditionalAccessPolicies", ""),
			dynamic("AppliedEventListeners", "appliedEventListeners"),
			asText("AuthenticationContextClassReferences", "authenticationContextClassReferences"),
			asText("AuthenticationDetails", "authenticationDetails"),
			asText("AuthenticationMethodsUsed", "authenticationMethodsUsed"),
			asText("AuthenticationProcessingDetails", "authenticationProcessingDetails"),
			asText("AuthenticationProtocol", "authenticationProtocol"),
			asText("AuthenticationRequirement", "authenticationRequirement"),
			asText("AuthenticationRequirementPolicies", "authenticationRequirementPolicies"),
			asText("AutonomousSystemNumber", "autonomousSystemNumber"),
			asText("ClientAppUsed", "clientAppUsed"),
			dynamic("ConditionalAccessPolicies", "appliedConditionalAccessPolicies"),
			asText("ConditionalAccessStatus", "conditionalAccessStatus"),
			createdColumn,
			asText("CrossTenantAccessType", "crossTenantAccessType"),
			dynamic("DeviceDetail", "deviceDetail"),
			yesNo("FlaggedForReview", "flaggedForReview"),
			asText("HomeTenantId", "homeTenantId"),
			asText("Id", "id"),
			asText("IPAddress", "ipAddress"),
			asText("IPAddressFromResourceProvider", "ipAddressFromResourceProvider"),
			yesNo("IsInteractive", "isInteractive"),
			yesNo("IsRisky", ""),
			dynamic("LocationDetails", "location"),
			dynamic("MfaDetail", "mfaDetail"),
			asText("NetworkLocationDetails", "networkLocationDetails"),
			asText("OriginalRequestId", "originalRequestId"),
			asText("ProcessingTimeInMilliseconds", "processingTimeInMilliseconds"),
			asText("ResourceDisplayName", "resourceDisplayName"),
			asText("ResourceIdentity", "resourceId"),
			asText("ResourceServicePrincipalId", "resourceServicePrincipalId"),
			asText("ResourceTenantId", "resourceTenantId"),
		},
		riskColumns,
		[]tableColumn{
			fixed("RiskLevel", ""),
			asText("ServicePrincipalId", "servicePrincipalId"),
			asText("ServicePrincipalName", "servicePrincipalName"),
			asText("SessionLifetimePolicies", "sessionLifetimePolicies"),
			asText("SignInIdentifier", "signInIdentifier"),
			asText("SignInIdentifierType", "signInIdentifierType"),
			dynamic("Status", "status"),
			asText("TokenIssuerName", "tokenIssuerName"),
			asText("TokenIssuerType", "tokenIssuerType"),
			asText("UniqueTokenIdentifier", "uniqueTokenIdentifier"),
			asText("UserAgent", "userAgent"),
			asText("UserDisplayName", "userDisplayName"),
			asText("UserId", "userId"),
			asText("UserPrincipalName", "userPrincipalName"),
			asText("UserType", "userType"),
			entraColumn,
			fixed("Type", "SigninLogs"),
		},
	)},
	{"AADNonInteractiveUserSignInLogs", slices.Concat(
		[]tableColumn{tenantColumn, systemColumn, generatedColumn},
		resultColumns,
		[]tableColumn{
			fixed("AlternateSignInName", ""),
			asText("AppDisplayName", "appDisplayName"),
			asText("AppId", "appId"),
			asText("AppOwnerTenantId", "appOwnerTenantId"),
			asText("Agent", "agent"),
			dynamic("AppliedEventListeners", "appliedEventListeners"),
			asText("AuthenticationContextClassReferences", "authenticationContextClassReferences"),
			asText("AuthenticationDetails", "authenticationDetails"),
			asText("AuthenticationMethodsUsed", "authenticationMethodsUsed"),
			asText("AuthenticationProcessingDetails", "authenticationProcessingDetails"),
			asText("AuthenticationProtocol", "authenticationProtocol"),
			asText("AuthenticationRequirement", "authenticationRequirement"),
			asText("AuthenticationRequirementPolicies", "authenticationRequirementPolicies"),
			asText("AutonomousSystemNumber", "autonomousSystemNumber"),
			asText("ClientAppUsed", "clientAppUsed"),
			asText("ClientCredentialType", "clientCredentialType"),
			policiesColumn,
			asText("ConditionalAccessStatus", "conditionalAccessStatus"),
			createdColumn,
			asText("CrossTenantAccessType", "crossTenantAccessType"),
			asText("DeviceDetail", "deviceDetail"),
			asText("HomeTenantId", "homeTenantId"),
			asText("Id", "id"),
			asText("IPAddress", "ipAddress"),
			yesNo("IsInteractive", "isInteractive"),
			yesNo("IsRisky", ""),
			asText("LocationDetails", "location"),
			asText("MfaDetail", "mfaDetail"),
			asText("NetworkLocationDetails", "networkLocationDetails"),
			asText("OriginalRequestId", "originalRequestId"),
			asText("ProcessingTimeInMs", "processingTimeInMilliseconds"),
			asText("ResourceDisplayName", "resourceDisplayName"),
			asText("ResourceIdentity", "resourceId"),
			asText("ResourceServicePrincipalId", "resourceServicePrincipalId"),
			asText("ResourceTenantId", "resourceTenantId"),
		},
		riskColumns,
		[]tableColumn{
			asText("ServicePrincipalId", "servicePrincipalId"),
			asText("SessionLifetimePolicies", "sessionLifetimePolicies"),
			fixed("SignInEventTypes", `["nonInteractiveUser"]`),
			asText("SignInIdentifierType", "signInIdentifierType"),
			asText("Status", "status"),
			asText("TokenIssuerName", "tokenIssuerName"),
			asText("TokenIssuerType", "tokenIssuerType"),
			asText("UniqueTokenIdentifier", "uniqueTokenIdentifier"),
			asText("UserAgent", "userAgent"),
			asText("UserDisplayName", "userDisplayName"),
			asText("UserId", "userId"),
			asText("UserPrincipalName", "userPrincipalName"),
			asText("UserType", "userType"),
			fixed("Type", "AADNonInteractiveUserSignInLogs"),
		},
	)},
	{"AADServicePrincipalSignInLogs", slices.Concat(workloadColumns, []tableColumn{
		entraColumn,
		asText("Agent", "agent"),
		asText("AppOwnerTenantId", "appOwnerTenantId"),
		asText("AutonomousSystemNumber", "autonomousSystemNumber"),
		asText("ClientCredentialType", "clientCredentialType"),
		createdColumn,
		asText("NetworkLocationDetails", "networkLocationDetails"),
		fixed("Type", "AADServicePrincipalSignInLogs"),
	})},
	{"AADManagedIdentitySignInLogs", slices.Concat(workloadColumns, []tableColumn{fixed("Type", "AADManagedIdentitySignInLogs")})},
}

// workloadColumns are the columns that the tables of service principals and managed identities share.
var workloadColumns = slices.Concat(
	[]tableColumn{tenantColumn, systemColumn, generatedColumn},
	resultColumns,
	[]tableColumn{
		asText("AppId", "appId"),
		asText("AuthenticationContextClassReferences", "authenticationContextClassReferences"),
		asText("AuthenticationProcessingDetails", "authenticationProcessingDetails"),
		policiesColumn,
		asText("ConditionalAccessStatus", "conditionalAccessStatus"),
		asText("FederatedCredentialId", "federatedCredentialId"),
		asText("Id", "id"),
		asText("IPAddress", "ipAddress"),
		asText("LocationDetails", "location"),
		asText("ResourceDisplayName", "resourceDisplayName"),
		asText("ResourceIdentity", "resourceId"),
		asText("ResourceServicePrincipalId", "resourceServicePrincipalId"),
		asText("ServicePrincipalCredentialKeyId", "servicePrincipalCredentialKeyId"),
		asText("ServicePrincipalCredentialThumbprint", "servicePrincipalCredentialThumbprint"),
		asText("ServicePrincipalId", "servicePrincipalId"),
		asText("ServicePrincipalName", "servicePrincipalName"),
		asText("UniqueTokenIdentifier", "uniqueTokenIdentifier"),
	},
)
