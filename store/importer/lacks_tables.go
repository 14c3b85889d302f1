package importer

import (
	"strings"

	"signpost/store"
)

// tableColumns are the columns of Log Analytics' tables of sign-ins that fields are read from, as of July 2024 and those that
// are known to have been added since. What a sign-in has in none of them its table cannot show.
var tableColumns = map[store.Log]string{
	store.Interactive: `AADTenantId AlternateSignInName AppDisplayName AppId AppliedConditionalAccessPolicies AppliedEventListeners
		AuthenticationContextClassReferences AuthenticationDetails AuthenticationMethodsUsed AuthenticationProcessingDetails
		AuthenticationProtocol AuthenticationRequirement AuthenticationRequirementPolicies AutonomousSystemNumber
		ClientAppUsed ConditionalAccessPolicies ConditionalAccessStatus CorrelationId CreatedDateTime CrossTenantAccessType
		DeviceDetail FlaggedForReview HomeTenantId Id Identity IPAddress IPAddressFromResourceProvider IsInteractive Location
		LocationDetails MfaDetail NetworkLocationDetails OriginalRequestId ProcessingTimeInMilliseconds ResourceDisplayName
		ResourceId ResourceIdentity ResourceServicePrincipalId ResourceTenantId ResultDescription ResultType RiskDetail
		RiskEventTypes RiskEventTypes_V2 RiskLevelAggregated RiskLevelDuringSignIn RiskState ServicePrincipalId
		ServicePrincipalName SessionLifetimePolicies SignInIdentifier SignInIdentifierType Status TokenIssuerName
		TokenIssuerType UniqueTokenIdentifier UserAgent UserDisplayName UserId UserPrincipalName UserType`,
	store.NonInteractive: `AlternateSignInName AppDisplayName AppId AppliedEventListeners AuthenticationContextClassReferences
		AuthenticationDetails AuthenticationMethodsUsed AuthenticationProcessingDetails AuthenticationProtocol
		AuthenticationRequirement AuthenticationRequirementPolicies AutonomousSystemNumber ClientAppUsed
		ConditionalAccessPolicies ConditionalAccessStatus CorrelationId CreatedDateTime CrossTenantAccessType DeviceDetail
		HomeTenantId Id Identity IPAddress IsInteractive Location LocationDetails MfaDetail NetworkLocationDetails
		OriginalRequestId ProcessingTimeInMs ResourceDisplayName ResourceIdentity ResourceServicePrincipalId ResourceTenantId
		ResultDescription ResultType RiskDetail RiskEventTypes RiskEventTypes_V2 RiskLevelAggregated RiskLevelDuringSignIn
		RiskState ServicePrincipalId SessionLifetimePolicies SignInEventTypes SignInIdentifierType Status TokenIssuerName
		TokenIssuerType UniqueTokenIdentifier UserAgent UserDisplayName UserId UserPrincipalName UserType Agent
		AppOwnerTenantId ClientCredentialType`,
	store.ServicePrincipal: `AppId AuthenticationContextClassReferences AuthenticationProcessingDetails ConditionalAccessPolicies
		ConditionalAccessStatus CorrelationId FederatedCredentialId Id Identity IPAddress Location LocationDetails
		ResourceDisplayName ResourceIdentity ResourceServicePrincipalId ResultDescription ResultType
		ServicePrincipalCredentialKeyId ServicePrincipalCredentialThumbprint ServicePrincipalId ServicePrincipalName
		UniqueTokenIdentifier Agent AppOwnerTenantId ClientCredentialType CreatedDateTime AutonomousSystemNumber AADTenantId
		NetworkLocationDetails`,
	store.ManagedIdentity: `AppId AuthenticationContextClassReferences AuthenticationProcessingDetails ConditionalAccessPolicies
		ConditionalAccessStatus CorrelationId FederatedCredentialId Id Identity IPAddress Location LocationDetails
		ResourceDisplayName ResourceIdentity ResourceServicePrincipalId ResultDescription ResultType
		ServicePrincipalCredentialKeyId ServicePrincipalCredentialThumbprint ServicePrincipalId ServicePrincipalName
		UniqueTokenIdentifier`,
}

// otherColumns are the columns of values that stand under another name, by the property in lower case.
var otherColumns = map[string]string{
	"tenantid": "aadtenantid", "userdisplayname": "identity", "serviceprincipalname": "identity", "status.errorcode": "resulttype",
	"status.failurereason": "resultdescription", "location.countryorregion": "location", "signinidentifier": "alternatesigninname",
}

// lackingInTable gives the properties that no row of a log's table has.
func lackingInTable(log store.Log) []*store.Property {
	columns := keySet{}
	for name := range strings.FieldsSeq(strings.ToLower(tableColumns[log])) {
		columns[name] = true
		if known, ok := aliases[name]; ok {
			columns[strings.ToLower(known)] = true
		}
	}
	return lacking(func(p *store.Property) bool {
		name := strings.ToLower(p.Name)
		object, _, _ := strings.Cut(name, ".")
		return columns[object] || columns[otherColumns[name]] || p == store.IsCAEToken && columns["authenticationprocessingdetails"]
	})
}
