package views

import (
	"slices"
	"strings"

	"signpost/store"
)

// condition is one of the conditions that a policy can have, with the value that a sign-in has for it.
type condition struct {
	word      string
	collected func(p DetailsPage) string
	// user and principal list the condition for such sign-ins even if the record does not name it.
	user, principal bool
}

// knownConditions are Graph's conditionalAccessConditions, in the order of the policy editor.
var knownConditions = []condition{
	{"users", func(p DetailsPage) string { return personText(p.signIn()) }, true, false},
	{"servicePrincipals", func(p DetailsPage) string { return principalText(p.signIn()) }, false, true},
	{"application", func(p DetailsPage) string { return targetText(p.signIn()) }, true, true},
	{"userRisk", nothingCollected, true, false},
	{"signInRisk", func(p DetailsPage) string { return store.RiskLevels.Words(p.signIn().RiskLevelDuringSignIn) }, true, false},
	{"servicePrincipalRisk", nothingCollected, false, true},
	{"insiderRisk", nothingCollected, false, false},
	{"devicePlatform", func(p DetailsPage) string { return store.OperatingSystems.Words(p.signIn().OperatingSystem) }, true, false},
	{"location", func(p DetailsPage) string { return addressText(p.signIn()) }, true, true},
	{"ipAddressSeenByAzureAD", func(p DetailsPage) string { return p.signIn().IPAddress }, false, false},
	{"ipAddressSeenByResourceProvider", func(p DetailsPage) string { return p.signIn().IPAddressFromResourceProvider }, false, false},
	{"clientType", func(p DetailsPage) string { return p.clientText() }, true, false},
	{"client", func(p DetailsPage) string { return p.signIn().Browser }, false, false},
	{"deviceState", func(p DetailsPage) string { return deviceStateText(p.signIn()) }, true, false},
	{"time", func(p DetailsPage) string { return p.Shell.Zone.Time(p.signIn().Time) }, false, false},
	{"authenticationFlows", authenticationFlows, true, false},
}

// authenticationFlows are the flows that a policy can have as a condition.
func authenticationFlows(p DetailsPage) string {
	return flowText(slices.DeleteFunc(p.signIn().Flows(), func(flow string) bool { return flow != store.FlowDeviceCode && flow != store.FlowTransfer }))
}

// nothingCollected is for conditions that a sign-in record has no value for.
func nothingCollected(DetailsPage) string { return "" }

// conditions describes each condition of the policy. note is about the table as a whole.
func (p DetailsPage) conditions(a store.AppliedPolicy) (list []PolicyCondition, note string) {
	if len(a.ConditionsSatisfied)+len(a.ConditionsNotSatisfied)+len(a.IncludeRulesSatisfied)+len(a.ExcludeRulesSatisfied) == 0 {
		if strings.EqualFold(a.Result, "notEnabled") {
			return nil, "The policy was off, so its conditions were not evaluated."
		}
		note = "The record does not say which conditions matched."
		if p.Lacks.Export != "" {
			note += " Exports of Microsoft Graph v1.0 leave that out."
		}
		return nil, note
	}
	user := p.info().User
	for _, c := range knownConditions {
		if !namesCondition(a, c.word) && !(user && c.user || !user && c.principal) {
			continue
		}
		list = append(list, PolicyCondition{store.PolicyConditions.Words(c.word), OrEmpty(c.collected(p)), matchOf(a, c.word), rulesText(a, c.word)})
	}
	for _, word := range unknownConditions(a) {
		list = append(list, PolicyCondition{OrEmpty(store.PolicyConditions.Words(word)), Empty, matchOf(a, word), rulesText(a, word)})
	}
	return list, ""
}

// matchOf says whether a condition matched. A policy always has users and applications. Its evaluation ends once
// one of its conditions does not match. So a condition that the record omits then may have matched or not.
func matchOf(a store.AppliedPolicy, word string) conditionMatch {
	switch always := strings.EqualFold(word, "users") || strings.EqualFold(word, "application"); {
	case holdsWord(a.ConditionsSatisfied, word):
		return matchYes
	case holdsWord(a.ConditionsNotSatisfied, word):
		return matchNo
	case len(a.ConditionsSatisfied)+len(a.ConditionsNotSatisfied) == 0:
		return matchUntold
	case always:
		return matchNotReached
	case len(a.ConditionsNotSatisfied) > 0:
		return matchUnclear
	}
	return matchNotConfigured
}

func holdsWord(words []string, word string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(w, word) })
}

// conditionWords are all conditions that the record of the policy names.
func conditionWords(a store.AppliedPolicy) []string {
	words := slices.Concat(a.ConditionsSatisfied, a.ConditionsNotSatisfied)
	for _, rule := range slices.Concat(a.IncludeRulesSatisfied, a.ExcludeRulesSatisfied) {
		words = append(words, rule.Condition)
	}
	return words
}

func namesCondition(a store.AppliedPolicy, word string) bool {
	return holdsWord(conditionWords(a), word)
}

// unknownConditions are the conditions that this program has no words for, each once.
func unknownConditions(a store.AppliedPolicy) []string {
	var unknown []string
	for _, word := range conditionWords(a) {
		known := slices.ContainsFunc(knownConditions, func(c condition) bool { return strings.EqualFold(c.word, word) })
		if word != "" && !known && !holdsWord(unknown, word) {
			unknown = append(unknown, word)
		}
	}
	return unknown
}

func rulesText(a store.AppliedPolicy, word string) []string {
	var texts []string
	add := func(how string, rules []store.ConditionRule) {
		for _, r := range rules {
			if strings.EqualFold(r.Condition, word) && r.Rule != "" {
				texts = append(texts, how+store.PolicyRules.Words(r.Rule))
			}
		}
	}
	add("included by: ", a.IncludeRulesSatisfied)
	add("excluded by: ", a.ExcludeRulesSatisfied)
	return texts
}

// nameAndID is a name with its ID in brackets.
func nameAndID(name, id string) string {
	if name == "" || id == "" || name == id {
		return firstText(name, id)
	}
	return name + " (" + id + ")"
}

func personText(s *store.SignIn) string {
	return nameAndID(s.UserDisplayName, firstText(s.UserPrincipalName, s.UserID))
}

func principalText(s *store.SignIn) string {
	return nameAndID(s.ServicePrincipalName, s.ServicePrincipalID)
}

func targetText(s *store.SignIn) string {
	app, resource := firstText(s.AppDisplayName, s.AppID), firstText(s.ResourceDisplayName, s.ResourceID)
	if app == "" || resource == "" || app == resource {
		return firstText(app, resource)
	}
	return app + ", resource " + resource
}

func addressText(s *store.SignIn) string {
	var parts []string
	for _, part := range []string{s.IPAddress, Place(s)} {
		if part != "" && part != Empty {
			parts = append(parts, part)
		}
	}
	for _, n := range s.NetworkLocationDetails {
		parts = append(parts, n.Names...)
	}
	return strings.Join(parts, ", ")
}

func (p DetailsPage) clientText() string {
	if text := p.signIn().ClientAppUsed; text != "" {
		return text
	}
	if clientNotDisclosed(p.signIn()) {
		return notDisclosed
	}
	return ""
}

func deviceStateText(s *store.SignIn) string {
	var parts []string
	for _, part := range []string{firstText(s.DeviceDisplayName, s.DeviceID), store.JoinTypes.Words(s.TrustType)} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if s.IsCompliant != store.Unset {
		parts = append(parts, "compliant: "+strings.ToLower(YesNo(s.IsCompliant)))
	}
	if s.IsManaged != store.Unset {
		parts = append(parts, "managed: "+strings.ToLower(YesNo(s.IsManaged)))
	}
	return strings.Join(parts, ", ")
}
