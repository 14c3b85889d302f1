package demo

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// eventTypes are Graph's names of the logs, in signInEventTypes.
var eventTypes = [logCount]string{"interactiveUser", "nonInteractiveUser", "servicePrincipal", "managedIdentity"}

// graphMembers are the members of Graph's beta signIn.
var graphMembers = []string{
	"id", "createdDateTime", "userDisplayName", "userPrincipalName", "userId", "userType", "signInIdentifier", "signInIdentifierType",
	"appDisplayName", "appId", "appOwnerTenantId", "resourceDisplayName", "resourceId", "resourceServicePrincipalId", "resourceTenantId",
	"resourceOwnerTenantId", "homeTenantId", "homeTenantName", "crossTenantAccessType", "status", "conditionalAccessStatus",
	"appliedConditionalAccessPolicies", "conditionalAccessAudiences", "authenticationContextClassReferences", "authenticationRequirement",
	"authenticationRequirementPolicies", "sessionLifetimePolicies", "authenticationDetails", "authenticationMethodsUsed",
	"authenticationProcessingDetails", "authenticationProtocol", "authenticationAppDeviceDetails", "authenticationAppPolicyEvaluationDetails",
	"incomingTokenType", "originalTransferMethod", "originalRequestId", "correlationId", "sessionId", "clientSessionId", "uniqueTokenIdentifier",
	"clientAppUsed", "clientCredentialType", "userAgent", "deviceDetail", "ipAddress", "ipAddressFromResourceProvider", "autonomousSystemNumber",
	"location", "networkLocationDetails", "isInteractive", "signInEventTypes", "flaggedForReview", "isTenantRestricted",
	"isThroughGlobalSecureAccess", "globalSecureAccessIpAddress", "tokenIssuerName", "tokenIssuerType", "processingTimeInMilliseconds",
	"riskDetail", "riskLevelAggregated", "riskLevelDuringSignIn", "riskState", "riskEventTypes_v2", "servicePrincipalId", "servicePrincipalName",
	"servicePrincipalCredentialKeyId", "servicePrincipalCredentialThumbprint", "federatedCredentialId", "managedServiceIdentity",
	"azureResourceId", "agent", "appliedEventListeners", "privateLinkDetails", "appTokenProtectionStatus", "signInTokenProtectionStatus",
	"tokenProtectionStatusDetails", "mfaDetail",
}

// graphV1Members are the members of v1.0's signIn.
var graphV1Members = []string{
	"id", "createdDateTime", "userDisplayName", "userPrincipalName", "userId", "appDisplayName", "appId", "resourceDisplayName", "resourceId",
	"status", "conditionalAccessStatus", "appliedConditionalAccessPolicies", "correlationId", "clientAppUsed", "deviceDetail", "ipAddress",
	"location", "isInteractive", "riskDetail", "riskLevelAggregated", "riskLevelDuringSignIn", "riskState", "riskEventTypes", "riskEventTypes_v2",
}

// graphLists are the members that are lists. Graph gives an empty list where there is nothing, but for policies: those
// are null for readers without the right to them, and where Azure Monitor has none.
var graphLists = []string{
	"conditionalAccessAudiences", "authenticationContextClassReferences", "authenticationRequirementPolicies", "sessionLifetimePolicies",
	"authenticationDetails", "authenticationMethodsUsed", "authenticationProcessingDetails", "authenticationAppPolicyEvaluationDetails",
	"networkLocationDetails", "riskEventTypes", "riskEventTypes_v2", "appliedEventListeners",
}

// graphTypes are the complex types among the members, with their own members. Policies have fewer in v1.0, and devices too.
var graphTypes = map[string][]string{
	"status":       {"errorCode", "failureReason", "additionalDetails"},
	"deviceDetail": {"deviceId", "displayName", "operatingSystem", "browser", "browserId", "isCompliant", "isManaged", "trustType"},
	"location":     {"city", "state", "countryOrRegion", "geoCoordinates"},
	"agent":        {"agentType", "parentAppId", "agentSubjectType", "agentSubjectParentId"},
	"appliedConditionalAccessPolicies": {
		"id", "displayName", "enforcedGrantControls", "enforcedSessionControls", "result", "conditionsSatisfied", "conditionsNotSatisfied",
		"sessionControlsNotSatisfied", "authenticationStrength", "includeRulesSatisfied", "excludeRulesSatisfied",
	},
	"authenticationDetails": {
		"authenticationStepDateTime", "authenticationMethod", "authenticationMethodDetail", "succeeded", "authenticationStepResultDetail",
		"authenticationStepRequirement",
	},
	"authenticationAppDeviceDetails": {"deviceId", "operatingSystem", "clientApp", "appVersion"},
	"managedServiceIdentity":         {"msiType", "associatedResourceId", "federatedTokenId", "federatedTokenIssuer"},
	"privateLinkDetails":             {"policyId", "policyName", "policyTenantId", "resourceId"},
	"tokenProtectionStatusDetails":   {"signInSessionStatus", "signInSessionStatusCode"},
	"mfaDetail":                      {"authMethod", "authDetail"},
}

// betaOnly are members of complex types that v1.0 does not have.
var betaOnly = []string{
	"browserId", "conditionsSatisfied", "conditionsNotSatisfied", "sessionControlsNotSatisfied", "authenticationStrength", "includeRulesSatisfied",
	"excludeRulesSatisfied",
}

// graphTime writes a time as Graph does, in whole seconds, and parseGraphTime reads it.
func graphTime(t time.Time) string { return t.Format(time.RFC3339) }

func parseGraphTime(text string) (time.Time, error) { return time.Parse(time.RFC3339, text) }

// graphObject is the sign-in as Graph's beta tells it.
func graphObject(s *signIn) object {
	o := make(object, len(graphMembers))
	for i, name := range graphMembers {
		o[i] = member{name, graphValue(s, name)}
	}
	return o
}

// graphV1Object is the sign-in as v1.0 tells it.
func graphV1Object(s *signIn) object {
	o := make(object, len(graphV1Members))
	for i, name := range graphV1Members {
		o[i] = member{name, withoutBeta(graphValue(s, name))}
	}
	return o
}

func withoutBeta(v any) any {
	switch v := v.(type) {
	case object:
		return slices.DeleteFunc(v, func(m member) bool { return slices.Contains(betaOnly, m.name) })
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = withoutBeta(v[i])
		}
		return list
	}
	return v
}

// graphValue gives a member. The values are Azure Monitor's but where Graph has another form for them.
func graphValue(s *signIn, name string) any {
	v := s.properties[name]
	switch name {
	case "createdDateTime":
		return graphTime(s.created)
	case "userPrincipalName": // Graph's is in lower case; Azure Monitor keeps the spelling of the directory
		if text, ok := v.(string); ok {
			return strings.ToLower(text)
		}
	case "userType": // Member and Guest in Azure Monitor
		if text, ok := v.(string); ok {
			return strings.ToLower(text)
		}
	case "signInEventTypes":
		return []any{eventTypes[s.log]}
	case "conditionalAccessAudiences":
		return audienceIDs(v)
	}
	if v == nil && slices.Contains(graphLists, name) {
		return []any{}
	}
	if fields, ok := graphTypes[name]; ok {
		return graphComplex(name, fields, v)
	}
	return v
}

// audienceIDs gives the applications' IDs: Graph's list is of texts, Azure Monitor's of objects.
func audienceIDs(v any) []any {
	list, _ := v.([]any)
	ids := make([]any, 0, len(list))
	for _, audience := range list {
		fields, _ := audience.(map[string]any)
		ids = append(ids, fields["applicationId"])
	}
	return ids
}

// graphComplex gives a complex value with all members of its type, or null for an empty one. Members that only Azure
// Monitor has are left out.
func graphComplex(name string, fields []string, v any) any {
	switch v := v.(type) {
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = graphComplex(name, fields, v[i])
		}
		return list
	case map[string]any:
		if len(v) == 0 {
			return nil
		}
		o := make(object, len(fields))
		for i, field := range fields {
			o[i] = member{field, graphField(v, field)}
		}
		return o
	}
	return nil
}

func graphField(in map[string]any, field string) any {
	v := in[field]
	switch field {
	case "failureReason":
		if v == nil { // Graph's word for no reason
			return "Other."
		}
	case "authenticationStepDateTime":
		if at, err := time.Parse(monitorTime, cellText(v)); err == nil {
			return graphTime(at)
		}
	case "conditionsSatisfied", "conditionsNotSatisfied":
		return conditionWords(cellText(v))
	case "sessionControlsNotSatisfied", "includeRulesSatisfied", "excludeRulesSatisfied":
		return []any{}
	case "geoCoordinates":
		at, _ := v.(map[string]any)
		return object{{"altitude", nil}, {"latitude", at["latitude"]}, {"longitude", at["longitude"]}}
	}
	return v
}

// conditions are Graph's words for the bits of conditionsSatisfied that the demo's policies have.
var conditions = []struct {
	bit  int
	word string
}{{bitApplication, "application"}, {bitUsers, "users"}, {bitClientType, "clientType"}, {bitSignInRisk, "signInRisk"}}

// conditionWords turns Azure Monitor's bits into Graph's words.
func conditionWords(bits string) string {
	var words []string
	n, _ := strconv.Atoi(bits)
	for _, c := range conditions {
		if n&c.bit != 0 {
			words = append(words, c.word)
		}
	}
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, ",")
}

// inLogs names a file of each log.
func inLogs(name func(log int) string) [logCount]string {
	var names [logCount]string
	for log := range names {
		names[log] = name(log)
	}
	return names
}

func graphRows(*Tenant) *rows {
	return &rows{
		names:   inLogs(func(log int) string { return "signIns-" + eventTypes[log] + ".json" }),
		start:   graphStart("beta"),
		between: ",\n", end: "\n]}\n",
		row: func(b []byte, s *signIn) []byte { return appendJSON(b, graphObject(s)) },
	}
}

func graphV1Rows(*Tenant) *rows {
	return &rows{
		names:   [logCount]string{logInteractive: "signIns.json"}, // v1.0 gives interactive sign-ins alone
		start:   graphStart("v1.0"),
		between: ",\n", end: "\n]}\n",
		row: func(b []byte, s *signIn) []byte { return appendJSON(b, graphV1Object(s)) },
	}
}

func graphStart(version string) func(int) string {
	return func(int) string {
		return `{"@odata.context":"https://graph.microsoft.com/` + version + `/$metadata#auditLogs/signIns","value":[` + "\n"
	}
}

func graphShown(int) []string { return graphMembers }

func graphV1Shown(log int) []string {
	if log != logInteractive {
		return nil
	}
	var shown []string
	for _, name := range graphV1Members {
		switch fields := graphTypes[name]; name {
		case "deviceDetail":
			for _, field := range fields {
				if !slices.Contains(betaOnly, field) {
					shown = append(shown, name+"."+field)
				}
			}
		default:
			shown = append(shown, name)
		}
	}
	return shown
}
