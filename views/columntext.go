package views

import (
	"slices"

	"signpost/store"
)

// wordedProperties have Graph's camelCase values, which lists and details show in words.
var wordedProperties = []*store.Property{
	store.UserType, store.SignInIdentifierType, store.CrossTenantAccessType, store.AgentType, store.ManagedIdentityType,
	store.ClientCredentialType, store.AuthenticationProtocol, store.OriginalTransferMethod, store.IncomingTokenType,
	store.TokenIssuerType, store.TokenProtectionStatus, store.SignInTokenProtectionStatus, store.AppTokenProtectionStatus,
	store.RiskState, store.RiskDetail, store.RiskLevelAggregated, store.RiskLevelDuringSignIn,
}

// isWorded says that values of the property are Graph's camelCase words.
func isWorded(p *store.Property) bool {
	return slices.Contains(wordedProperties, p) || p == store.AuthenticationRequirement || p == store.RiskEventSet || p == store.PolicyResultSet || p == store.NetworkTypeSet
}

// cellText is a chosen property as the details of the sign-in word it; "" where it is empty.
func cellText(p *store.Property, s *store.SignIn) string {
	text := propertyText(p, s)
	switch {
	case p == store.ClientAppUsed && text == "" && clientNotDisclosed(s):
		return notDisclosed
	case text == "":
		return ""
	case p == store.ProcessingTimeInMilliseconds:
		return text + " ms"
	case slices.Contains(wordedProperties, p):
		return Words(text)
	}
	return text
}
