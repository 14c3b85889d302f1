package export

import (
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"signpost/store"
	"signpost/store/rawjson"
)

// The multi-valued parts of a sign-in, as Graph and Azure Monitor write them.

// appendStatus writes the status with the word that a record stated. Neither Graph nor Azure Monitor has a place
// for that word, so it is a member of this program's own.
func appendStatus(b []byte, s *store.SignIn, d dialect) []byte {
	start := len(b)
	b = appendObject(b, []*store.Property{store.ErrorCode, store.FailureReason, store.AdditionalDetails}, s, d)
	if s.StatedStatus == "" {
		return b
	}
	if len(b) == start {
		b = append(b, '{')
	} else {
		b[len(b)-1] = ','
	}
	return append(rawjson.AppendQuoted(append(b, `"statedStatus":`...), s.StatedStatus), '}')
}

func appendLocation(b []byte, s *store.SignIn, d dialect) []byte {
	start := len(b)
	b = appendObject(b, []*store.Property{store.City, store.State, store.CountryOrRegion}, s, d)
	if !s.Coordinates.Set {
		return b
	}
	if len(b) == start {
		b = append(b, '{')
	} else {
		b[len(b)-1] = ','
	}
	b = append(b, `"geoCoordinates":{"latitude":`...)
	b = strconv.AppendFloat(b, s.Coordinates.Latitude, 'g', -1, 64)
	b = append(b, `,"longitude":`...)
	b = strconv.AppendFloat(b, s.Coordinates.Longitude, 'g', -1, 64)
	return append(b, "}}"...)
}

func appendNetworks(b []byte, s *store.SignIn, _ dialect) []byte {
	if len(s.NetworkLocationDetails) == 0 {
		return b
	}
	b = append(b, '[')
	for i, network := range s.NetworkLocationDetails {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(rawjson.AppendQuoted(append(b, `{"networkType":`...), network.Type), `,"networkNames":`...)
		b = append(appendTexts(b, network.Names), '}')
	}
	return append(b, ']')
}

// appendEventTypes writes the words by which a reader of Graph's records finds the log: they have no category.
func appendEventTypes(b []byte, s *store.SignIn, d dialect) []byte {
	types := s.SignInEventTypes
	if d == graph {
		own := eventTypes[s.Log]
		first := slices.IndexFunc(types, func(t string) bool {
			return slices.ContainsFunc(store.SignIns.Logs, func(info store.LogInfo) bool { return strings.EqualFold(t, eventTypes[info.Log]) })
		})
		if first < 0 || !strings.EqualFold(types[first], own) {
			types = append([]string{own}, types...)
		}
	}
	if len(types) == 0 {
		return b
	}
	return appendTexts(b, types)
}

// eventTypes are the words of signInEventTypes that identify a log.
var eventTypes = map[store.Log]string{
	store.Interactive: "interactiveUser", store.NonInteractive: "nonInteractiveUser",
	store.ServicePrincipal: "servicePrincipal", store.ManagedIdentity: "managedIdentity",
}

func appendPolicies(b []byte, s *store.SignIn, d dialect) []byte {
	if len(s.AppliedConditionalAccessPolicies) == 0 {
		return b
	}
	b = append(b, '[')
	for i := range s.AppliedConditionalAccessPolicies {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendPolicy(b, &s.AppliedConditionalAccessPolicies[i], d)
	}
	return append(b, ']')
}

func appendPolicy(b []byte, p *store.AppliedPolicy, d dialect) []byte {
	b = append(rawjson.AppendQuoted(append(b, `{"id":`...), p.ID), `,"displayName":`...)
	b = append(rawjson.AppendQuoted(b, p.DisplayName), `,"enforcedGrantControls":`...)
	b = append(appendTexts(b, p.GrantControls), `,"enforcedSessionControls":`...)
	b = append(appendTexts(b, p.SessionControls), `,"result":`...)
	b = append(rawjson.AppendQuoted(b, p.Result), `,"conditionsSatisfied":`...)
	b = append(appendConditions(b, p.ConditionsSatisfied, d), `,"conditionsNotSatisfied":`...)
	b = appendConditions(b, p.ConditionsNotSatisfied, d)
	if d == graph || len(p.IncludeRulesSatisfied) > 0 {
		b = appendRules(append(b, `,"includeRulesSatisfied":`...), p.IncludeRulesSatisfied)
	}
	if d == graph || len(p.ExcludeRulesSatisfied) > 0 {
		b = appendRules(append(b, `,"excludeRulesSatisfied":`...), p.ExcludeRulesSatisfied)
	}
	if d == graph || len(p.SessionControlsNotMet) > 0 {
		b = appendTexts(append(b, `,"sessionControlsNotSatisfied":`...), p.SessionControlsNotMet)
	}
	if p.AuthenticationStrength != "" || p.AuthenticationStrengthR != "" {
		b = append(rawjson.AppendQuoted(append(b, `,"authenticationStrength":{"displayName":`...), p.AuthenticationStrength), `,"authenticationStrengthResult":`...)
		b = append(rawjson.AppendQuoted(b, p.AuthenticationStrengthR), '}')
	}
	return append(b, '}')
}

func appendRules(b []byte, rules []store.ConditionRule) []byte {
	if len(rules) == 0 {
		return append(b, "[]"...)
	}
	return pairs(b, len(rules), func(i int) []string {
		return []string{"conditionalAccessCondition", rules[i].Condition, "ruleSatisfied", rules[i].Rule}
	})
}

// conditionWords are Graph's conditionalAccessConditions but none, in the enumeration's order: Azure Monitor
// writes them as the bits of a number.
var conditionWords = []string{
	"application", "users", "devicePlatform", "location", "clientType", "signInRisk", "userRisk", "time",
	"deviceState", "client", "ipAddressSeenByAzureAD", "ipAddressSeenByResourceProvider",
	"unknownFutureValue", "servicePrincipals", "servicePrincipalRisk", "authenticationFlows", "insiderRisk",
}

// appendConditions writes words joined by commas. For Azure Monitor it writes a number if the words are those of
// its bits in their order.
func appendConditions(b []byte, words []string, d dialect) []byte {
	if d == azureMonitor {
		number, ok := uint64(0), true
		for _, word := range words {
			bit := slices.Index(conditionWords, word)
			if bit < 0 || bits.Len64(number) > bit {
				ok = false
				break
			}
			number |= 1 << bit
		}
		if ok {
			return strconv.AppendUint(b, number, 10)
		}
	}
	if len(words) == 0 {
		return append(b, `"none"`...)
	}
	return rawjson.AppendQuoted(b, strings.Join(words, ","))
}

// appendAudiences writes a list of words (Graph) or of objects (Azure Monitor).
func appendAudiences(b []byte, s *store.SignIn, d dialect) []byte {
	audiences := s.ConditionalAccessAudiences
	switch {
	case len(audiences) == 0:
		return b
	case d == graph:
		return appendTexts(b, audiences)
	}
	return pairs(b, len(audiences), func(i int) []string { return []string{"applicationId", audiences[i]} })
}

func appendContexts(b []byte, s *store.SignIn, _ dialect) []byte {
	contexts := s.AuthenticationContextClassReferences
	return pairs(b, len(contexts), func(i int) []string { return []string{"id", contexts[i].ID, "detail", contexts[i].Detail} })
}

func appendRequirements(b []byte, provider string, policies []store.RequirementPolicy) []byte {
	return pairs(b, len(policies), func(i int) []string { return []string{provider, policies[i].Provider, "detail", policies[i].Detail} })
}

func appendProcessing(b []byte, s *store.SignIn, _ dialect) []byte {
	details := s.AuthenticationProcessingDetails
	return pairs(b, len(details), func(i int) []string { return []string{"key", details[i].Key, "value", details[i].Value} })
}

func appendSteps(b []byte, s *store.SignIn, _ dialect) []byte {
	if len(s.AuthenticationDetails) == 0 {
		return b
	}
	b = append(b, '[')
	for i := range s.AuthenticationDetails {
		step := &s.AuthenticationDetails[i]
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '{')
		if !step.Time.IsZero() {
			b = append(appendTime(append(b, `"authenticationStepDateTime":`...), step.Time), ',')
		}
		b = append(rawjson.AppendQuoted(append(b, `"authenticationMethod":`...), step.Method), `,"authenticationMethodDetail":`...)
		b = append(rawjson.AppendQuoted(b, step.MethodDetail), ',')
		if step.Succeeded != store.Unset {
			b = append(appendBool(append(b, `"succeeded":`...), step.Succeeded), ',')
		}
		b = append(rawjson.AppendQuoted(append(b, `"authenticationStepResultDetail":`...), step.ResultDetail), `,"authenticationStepRequirement":`...)
		b = append(rawjson.AppendQuoted(b, step.Requirement), '}')
	}
	return append(b, ']')
}
