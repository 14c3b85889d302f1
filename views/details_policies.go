package views

import (
	"strings"

	"signpost/store"
)

func (p DetailsPage) conditionalAccess(s *Section) {
	r := p.signIn()
	s.Notes = p.partly(store.CollectionPolicies, "policies")
	s.Groups = []FactGroup{{Facts: []Fact{
		noted(p.fact(store.ConditionalAccessStatus), conditionalAccessNoteOf(r)),
		p.ofCollection(Fact{Label: "Audiences", Value: listText(r.ConditionalAccessAudiences)}, store.CollectionAudiences),
		p.ofCollection(Fact{Label: "Authentication contexts", Value: contextsText(r.AuthenticationContextClassReferences)}, store.CollectionContexts),
	}}}
	empty := noPolicies
	if len(r.AppliedConditionalAccessPolicies) > 0 {
		empty = "The record has report-only policies only."
	}
	s.Policies = &PolicyList{Title: "Policies", Policies: p.policies(false), Empty: p.without(store.CollectionPolicies, "Conditional Access policies", empty)}
	if len(s.Policies.Policies) > 0 {
		s.Notes = append([]string{policyNote}, s.Notes...)
	}
	if n := len(p.policies(true)); n > 0 {
		s.Policies.Other = &Link{"Report-only results (" + Number(int64(n)) + ")", p.signInURL(p.head().ID, TabReportOnly)}
	}
}

func (p DetailsPage) reportOnly(s *Section) {
	policies := p.signIn().AppliedConditionalAccessPolicies
	s.Notes = p.partly(store.CollectionPolicies, "policies")
	empty := noPolicies
	if len(policies) > 0 {
		empty = "None of the policies of the record is report-only."
	}
	s.Policies = &PolicyList{Title: "Report-only policies", Policies: p.policies(true), Empty: p.without(store.CollectionPolicies, "Conditional Access policies", empty)}
	if len(s.Policies.Policies) > 0 {
		s.Notes = append([]string{reportOnlyNote}, s.Notes...)
	}
}

// PolicyList holds the policies of one section; Empty says why there are none.
type PolicyList struct {
	Title, Empty string
	Policies     []Policy
	// Other leads to the policies of the other list; nil for none.
	Other *Link
}

// Policy is the effect of one policy on a sign-in.
type Policy struct {
	Name, Result string
	// Outcome gives the badge its colour and its icon; unknown if the policy decided nothing.
	Outcome       store.Status
	Grant         string // for the line that shows while the policy is closed
	Facts         FactGroup
	Conditions    []PolicyCondition
	ConditionNote string
}

// PolicyCondition is one condition of a policy, with the value collected at the sign-in.
type PolicyCondition struct {
	Label, Collected string
	Match            conditionMatch
	// Rules are the rules that included or excluded the sign-in.
	Rules []string
}

// conditionMatch says whether a policy's condition matched, as far as the record tells.
type conditionMatch uint8

const (
	matchUntold conditionMatch = iota
	matchYes
	matchNo
	matchNotConfigured
	matchNotReached
	matchUnclear
)

var matchLabels = map[conditionMatch]string{
	matchUntold:        Empty,
	matchYes:           "Matched",
	matchNo:            "Not matched",
	matchNotConfigured: "Not configured",
	matchNotReached:    "Not evaluated",
	matchUnclear:       "Not configured, or not evaluated",
}

func (m conditionMatch) label() string { return matchLabels[m] }

func (p DetailsPage) policies(reportOnly bool) []Policy {
	var list []Policy
	for _, policy := range p.signIn().AppliedConditionalAccessPolicies {
		if policy.IsReportOnly() == reportOnly {
			list = append(list, p.policy(policy))
		}
	}
	return list
}

func (p DetailsPage) policy(a store.AppliedPolicy) Policy {
	one := Policy{
		Name: firstText(a.DisplayName, a.ID, "Policy without a name"), Result: OrEmpty(store.PolicyResults.Words(a.Result)), Outcome: policyOutcome(a.Result), Grant: grantText(a),
	}
	name := Fact{Label: "Policy name", Value: OrEmpty(a.DisplayName)}
	id := Fact{Label: "Policy ID", Value: OrEmpty(a.ID), Copy: a.ID != ""}
	result := Fact{Label: "Result", Value: one.Result}
	controls := Fact{Label: "Grant controls", Value: listText(wordsOf(store.GrantControls, a.GrantControls)), Note: controlsNote(a)}
	if policy, ok := store.SignIns.FieldOf(store.PolicySet); ok {
		name = p.narrowedTo(name, policy, nonEmpty(a.DisplayName))
		id = p.narrowedTo(id, policy, nonEmpty(a.ID))
		if field, ok := store.SignIns.FieldOf(store.PolicyResultSet); ok {
			result = p.narrowedWith(result, policy, firstText(a.ID, a.DisplayName), field, nonEmpty(a.Result))
		}
	}
	if field, ok := store.SignIns.FieldOf(store.PolicyControlSet); ok {
		controls = p.narrowedTo(controls, field, a.GrantControls)
	}
	one.Facts.Facts = []Fact{name, id, result, controls}
	if strength := strengthText(a); strength != Empty {
		one.Facts.Facts = append(one.Facts.Facts, Fact{Label: "Authentication strength", Value: strength})
	}
	one.Facts.Facts = append(one.Facts.Facts, Fact{Label: "Session controls", Value: listText(wordsOf(store.SessionControls, a.SessionControls))})
	if len(a.SessionControlsNotMet) > 0 {
		one.Facts.Facts = append(one.Facts.Facts, Fact{Label: "Session controls not satisfied", Value: listText(wordsOf(store.SessionControls, a.SessionControlsNotMet))})
	}
	one.Conditions, one.ConditionNote = p.conditions(a)
	return one
}

func nonEmpty(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

func policyOutcome(result string) store.Status {
	switch strings.ToLower(result) {
	case "success", "reportonlysuccess":
		return store.StatusSuccess
	case "failure", "reportonlyfailure":
		return store.StatusFailure
	case "reportonlyinterrupted":
		return store.StatusInterrupted
	}
	return store.StatusUnknown
}

// controlsNote says whether all grant controls together were satisfied. A record does not say it of each.
func controlsNote(p store.AppliedPolicy) string {
	if len(p.GrantControls) == 0 && p.AuthenticationStrength == "" {
		return ""
	}
	blocks := p.Blocks()
	switch strings.ToLower(p.Result) {
	case "success":
		return "Satisfied."
	case "failure":
		if blocks {
			return "The sign-in was blocked."
		}
		return "Not satisfied."
	case "reportonlysuccess":
		return "Would have been satisfied."
	case "reportonlyfailure":
		if blocks {
			return "The sign-in would have been blocked."
		}
		return "Would not have been satisfied."
	case "reportonlyinterrupted":
		return "The user would have been asked for something."
	}
	return ""
}

func grantText(p store.AppliedPolicy) string {
	controls := wordsOf(store.GrantControls, p.GrantControls)
	if p.AuthenticationStrength != "" {
		controls = append(controls, "Authentication strength: "+p.AuthenticationStrength)
	}
	return strings.Join(controls, ", ")
}

func strengthText(p store.AppliedPolicy) string {
	result := store.StrengthResults.Words(p.AuthenticationStrengthR)
	if p.AuthenticationStrength == "" || result == "" {
		return OrEmpty(firstText(p.AuthenticationStrength, result))
	}
	return p.AuthenticationStrength + ": " + result
}

func contextsText(contexts []store.AuthenticationContext) string {
	var texts []string
	for _, c := range contexts {
		text := c.ID
		if c.Detail != "" {
			text += " (" + store.ContextDetails.Words(c.Detail) + ")"
		}
		texts = append(texts, text)
	}
	return listText(texts)
}
