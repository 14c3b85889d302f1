package store

import (
	"encoding/json"
	"slices"
)

// update takes over what a newer copy of the sign-in tells. A list without members replaces none that has some. The status and
// the risk have rules of their own.
func (s *SignIn) update(newer *SignIn) {
	UpdateProperties(ownFields, s, newer)
	if s.CallerIPAddress == s.IPAddress { // each of another copy
		s.CallerIPAddress = ""
	}
	s.updateLists(newer)
	s.updateStatus(newer)
	s.updateRisk(newer)
	s.updateCollectionStates(newer)
}

// updateStatus takes the status over as a whole where the newer copy has another error code: a reason belongs to its code.
func (s *SignIn) updateStatus(newer *SignIn) {
	if newer.ErrorCode.Set && newer.ErrorCode != s.ErrorCode && (s.ErrorCode.Set || s.StatedStatus != "") {
		s.copyAll(statusBlock, newer)
		return
	}
	UpdateProperties(statusBlock, s, newer)
}

// updateRisk takes the risk over as a whole where the newer copy has a risk state that tells: its levels are of that state,
// also where they say none. A copy without one changes nothing once a state is known.
func (s *SignIn) updateRisk(newer *SignIn) {
	known, tells := !RiskState.isEmpty(s) && !RiskState.saysNothing(s), !RiskState.isEmpty(newer) && !RiskState.saysNothing(newer)
	switch {
	case tells:
		s.copyAll(riskBlock, newer)
	case known:
		return
	default:
		UpdateProperties(riskBlock, s, newer)
	}
	if len(newer.RiskEventTypes) > 0 {
		s.RiskEventTypes = newer.RiskEventTypes
	}
}

// The single-valued properties by the rule that merges them.
var (
	statusBlock = propertiesOf(StatusBlock)
	riskBlock   = propertiesOf(RiskBlock)
	ownFields   = slices.Concat(propertiesOf(NoBlock), propertiesOf(ConditionalAccessBlock), propertiesOf(AuthenticationBlock))
)

func propertiesOf(b Block) []*Property {
	var of []*Property
	for _, p := range signInProperties {
		if p.Block == b && p.Set == nil {
			of = append(of, p)
		}
	}
	return of
}

func (s *SignIn) copyAll(block []*Property, newer *SignIn) {
	for _, p := range block {
		p.copy(s, newer)
	}
}

// filledPolicies gives the policies of a newer copy. What a policy does not tell there, and told before with the same result,
// is filled: Graph's v1.0 has neither the conditions nor the rules.
func filledPolicies(older, newer []AppliedPolicy) []AppliedPolicy {
	filled := slices.Clone(newer)
	for i := range filled {
		p := &filled[i]
		at := slices.IndexFunc(older, func(before AppliedPolicy) bool { return before.ID == p.ID && before.Result == p.Result })
		if at < 0 {
			continue
		}
		before := &older[at]
		for _, list := range [...]struct{ of, from *[]string }{
			{&p.GrantControls, &before.GrantControls},
			{&p.SessionControls, &before.SessionControls},
			{&p.SessionControlsNotMet, &before.SessionControlsNotMet},
			{&p.ConditionsSatisfied, &before.ConditionsSatisfied},
			{&p.ConditionsNotSatisfied, &before.ConditionsNotSatisfied},
		} {
			if len(*list.of) == 0 {
				*list.of = *list.from
			}
		}
		if len(p.IncludeRulesSatisfied) == 0 {
			p.IncludeRulesSatisfied = before.IncludeRulesSatisfied
		}
		if len(p.ExcludeRulesSatisfied) == 0 {
			p.ExcludeRulesSatisfied = before.ExcludeRulesSatisfied
		}
		if p.AuthenticationStrength == "" {
			p.AuthenticationStrength, p.AuthenticationStrengthR = before.AuthenticationStrength, before.AuthenticationStrengthR
		}
	}
	return filled
}

// exactSteps gives the steps of a newer copy. A time that is one of before with fewer digits gives way to that.
func exactSteps(older, newer []AuthenticationStep) []AuthenticationStep {
	exact := slices.Clone(newer)
	if len(older) != len(newer) {
		return exact
	}
	for i := range exact {
		if isCut(exact[i].Time, older[i].Time) {
			exact[i].Time = older[i].Time
		}
	}
	return exact
}

// updateLists replaces each list by a newer one that has members.
func (s *SignIn) updateLists(newer *SignIn) {
	if len(newer.AppliedConditionalAccessPolicies) > 0 {
		s.AppliedConditionalAccessPolicies = filledPolicies(s.AppliedConditionalAccessPolicies, newer.AppliedConditionalAccessPolicies)
	}
	if len(newer.AuthenticationDetails) > 0 {
		s.AuthenticationDetails = exactSteps(s.AuthenticationDetails, newer.AuthenticationDetails)
	}
	if len(newer.ConditionalAccessAudiences) > 0 {
		s.ConditionalAccessAudiences = newer.ConditionalAccessAudiences
	}
	if len(newer.AuthenticationContextClassReferences) > 0 {
		s.AuthenticationContextClassReferences = newer.AuthenticationContextClassReferences
	}
	if len(newer.AuthenticationRequirementPolicies) > 0 {
		s.AuthenticationRequirementPolicies = newer.AuthenticationRequirementPolicies
	}
	if len(newer.SessionLifetimePolicies) > 0 {
		s.SessionLifetimePolicies = newer.SessionLifetimePolicies
	}
	if len(newer.AuthenticationMethodsUsed) > 0 {
		s.AuthenticationMethodsUsed = newer.AuthenticationMethodsUsed
	}
	if len(newer.AuthenticationProcessingDetails) > 0 {
		s.AuthenticationProcessingDetails = newer.AuthenticationProcessingDetails
	}
	if len(newer.NetworkLocationDetails) > 0 {
		s.NetworkLocationDetails = newer.NetworkLocationDetails
	}
	if len(newer.SignInEventTypes) > 0 {
		s.SignInEventTypes = newer.SignInEventTypes
	}
	if newer.Coordinates.Set {
		s.Coordinates = newer.Coordinates
	}
	if hasMembers(newer.AuthenticationAppDeviceDetails) || len(s.AuthenticationAppDeviceDetails) == 0 {
		s.AuthenticationAppDeviceDetails = newer.AuthenticationAppDeviceDetails
	}
	if hasMembers(newer.AuthenticationAppPolicyEvaluationList) || len(s.AuthenticationAppPolicyEvaluationList) == 0 {
		s.AuthenticationAppPolicyEvaluationList = newer.AuthenticationAppPolicyEvaluationList
	}
	if hasMembers(newer.AppliedEventListeners) || len(s.AppliedEventListeners) == 0 {
		s.AppliedEventListeners = newer.AppliedEventListeners
	}
	if hasMembers(newer.PrivateLinkDetails) || len(s.PrivateLinkDetails) == 0 {
		s.PrivateLinkDetails = newer.PrivateLinkDetails
	}
}

// hasMembers says whether JSON that is kept as it came holds anything.
func hasMembers(raw json.RawMessage) bool {
	switch string(raw) {
	case "", "null", "[]", "{}", `""`:
		return false
	}
	return true
}

// filledLists counts what the lists of the sign-in hold.
func (s *SignIn) filledLists() int {
	n := len(s.AppliedConditionalAccessPolicies) + len(s.ConditionalAccessAudiences) +
		len(s.AuthenticationContextClassReferences) + len(s.AuthenticationRequirementPolicies) +
		len(s.SessionLifetimePolicies) + len(s.AuthenticationDetails) + len(s.AuthenticationMethodsUsed) +
		len(s.AuthenticationProcessingDetails) + len(s.NetworkLocationDetails) + len(s.SignInEventTypes) +
		len(s.RiskEventTypes)
	for _, raw := range [...]json.RawMessage{
		s.AuthenticationAppDeviceDetails, s.AuthenticationAppPolicyEvaluationList,
		s.AppliedEventListeners, s.PrivateLinkDetails,
	} {
		if len(raw) > 0 {
			n++
		}
	}
	if s.Coordinates.Set {
		n++
	}
	return n
}
