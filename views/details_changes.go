package views

import (
	"slices"
	"strconv"
	"strings"

	"signpost/store"
)

// saying is one thing that a sign-in says, for comparing two sign-ins. key identifies it, because things of
// one kind can share a name: two policies may have the same name.
type saying struct{ key, label, text string }

// change is a thing that two sign-ins say differently. Before or After is empty if its sign-in does not say
// it.
type change struct{ Label, Before, After string }

// changes are the differences, in the order of the newer sign-in. Things that only the older one says come
// last.
func (p DetailsPage) changes(before, after store.Entry) []change {
	old, now := p.sayings(before), p.sayings(after)
	var list []change
	for _, c := range now {
		text := ""
		if i := slices.IndexFunc(old, c.sameThing); i >= 0 {
			text = old[i].text
		}
		if text != c.text {
			list = append(list, change{c.label, text, c.text})
		}
	}
	for _, c := range old {
		if !slices.ContainsFunc(now, c.sameThing) {
			list = append(list, change{c.label, c.text, ""})
		}
	}
	return list
}

func (c saying) sameThing(other saying) bool { return c.key == other.key }

// sayings are all things that the record says, without empty ones.
func (p DetailsPage) sayings(e store.Entry) []saying {
	var list []saying
	add := func(label, text string) {
		if text == "" || text == Empty {
			return
		}
		key := label
		for n := 2; slices.ContainsFunc(list, func(c saying) bool { return c.key == key }); n++ {
			key = label + " " + strconv.Itoa(n)
		}
		list = append(list, saying{key, key, text})
	}
	kind := p.kind()
	add("Date", p.Shell.Zone.PreciseTime(e.Head().Time))
	if len(kind.Statuses) > 0 {
		add("Status", kind.StatusInfo(kind.StatusOf(e)).Label)
	}
	for _, property := range kind.Properties {
		if property.Set == nil && !property.IsComputed() && !p.list().look().hides(property) {
			text := p.list().look().cellText(property, e)
			if property == store.ErrorCode {
				text = codeInWords(text)
			}
			add(property.Label, text)
		}
	}
	if s, ok := e.(*store.SignIn); ok {
		addSignInLists(s, add)
	}
	if says := p.list().look().Says; says != nil {
		says(e, add)
	}
	return list
}

// addSignInLists adds the lists of a sign-in: each step, policy and detail is a thing of its own.
func addSignInLists(s *store.SignIn, add func(label, text string)) {
	if s.Coordinates.Set {
		add("Coordinates", coordinatesText(s.Coordinates))
	}
	for i, step := range s.AuthenticationDetails {
		add("Authentication step "+strconv.Itoa(i+1), stepText(step))
	}
	add("Methods used", strings.Join(wordsOf(store.AuthenticationMethods, s.AuthenticationMethodsUsed), ", "))
	add("Authentication policies applied", policiesText(s.AuthenticationRequirementPolicies, store.RequirementProviders))
	add("Session lifetime policies applied", policiesText(s.SessionLifetimePolicies, store.LifetimePolicies))
	for _, policy := range s.AppliedConditionalAccessPolicies {
		add("Conditional Access policy "+firstText(policy.DisplayName, policy.ID), policyText(policy))
	}
	add("Conditional Access audiences", strings.Join(s.ConditionalAccessAudiences, ", "))
	add("Authentication contexts", contextsText(s.AuthenticationContextClassReferences))
	for _, n := range s.NetworkLocationDetails {
		add("Named locations, "+OrEmpty(store.NetworkTypes.Words(n.Type)), strings.Join(n.Names, ", "))
	}
	add("Risk detections", strings.Join(wordsOf(store.RiskDetections, s.RiskEventTypes), ", "))
	add("Sign-in event types", strings.Join(wordsOf(store.EventTypes, s.SignInEventTypes), ", "))
	for _, kv := range s.AuthenticationProcessingDetails {
		add("Processing detail "+kv.Key, kv.Value)
	}
	for _, kept := range keptDocuments(s) {
		if text := string(kept.doc); text != "null" && text != "[]" && text != "{}" {
			add(kept.title, text)
		}
	}
}

func stepText(step store.AuthenticationStep) string {
	text := nameAndID(store.AuthenticationMethods.Words(step.Method), step.MethodDetail)
	var rest []string
	if step.Succeeded != store.Unset {
		rest = append(rest, "succeeded: "+strings.ToLower(YesNo(step.Succeeded)))
	}
	for _, part := range []string{step.ResultDetail, store.StepRequirements.Words(step.Requirement)} {
		if part != "" {
			rest = append(rest, part)
		}
	}
	return strings.TrimPrefix(text+", "+strings.Join(rest, ", "), ", ")
}

// policyText is a policy in one line: its result, and the conditions and controls that were not met.
func policyText(p store.AppliedPolicy) string {
	text := OrEmpty(store.PolicyResults.Words(p.Result))
	if controls := grantText(p); controls != "" {
		text += "; grant controls: " + controls
	}
	if len(p.SessionControls) > 0 {
		text += "; session controls: " + strings.Join(wordsOf(store.SessionControls, p.SessionControls), ", ")
	}
	if len(p.ConditionsNotSatisfied) > 0 {
		text += "; conditions not matched: " + strings.Join(wordsOf(store.PolicyConditions, p.ConditionsNotSatisfied), ", ")
	}
	return text
}

// changedLabels names the changed things, as a list in one cell.
func changedLabels(list []change) string {
	labels := make([]string, len(list))
	for i, c := range list {
		labels[i] = c.Label
	}
	return strings.Join(labels, ", ")
}

func changeRows(list []change) [][]string {
	rows := make([][]string, len(list))
	for i, c := range list {
		rows[i] = []string{c.Label, OrEmpty(c.Before), OrEmpty(c.After)}
	}
	return rows
}
