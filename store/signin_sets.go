package store

import (
	"slices"
	"strings"
)

// The multi-valued data of a sign-in as sets of texts, for filters: "is" holds if any of them matches.

func (s *SignIn) policyNames() []string {
	var names []string
	for _, p := range s.AppliedConditionalAccessPolicies {
		names = appendNew(names, p.ID)
		names = appendNew(names, p.DisplayName)
	}
	return s.orUnread(names, CollectionPolicies)
}

func (s *SignIn) policyResults() []string {
	var results []string
	for _, p := range s.AppliedConditionalAccessPolicies {
		results = appendNew(results, p.Result)
	}
	return s.orUnread(results, CollectionPolicies)
}

func (s *SignIn) policyControls() []string {
	var controls []string
	for _, p := range s.AppliedConditionalAccessPolicies {
		for _, control := range p.GrantControls {
			controls = appendNew(controls, control)
		}
		controls = appendNew(controls, p.AuthenticationStrength)
	}
	return s.orUnread(controls, CollectionPolicies)
}

// methods gives every authentication method the record names: the list of methods used, those of the
// steps and the deprecated mfaDetail.
func (s *SignIn) methods() []string {
	var methods []string
	for _, m := range s.AuthenticationMethodsUsed {
		methods = appendNew(methods, m)
	}
	for _, step := range s.AuthenticationDetails {
		methods = appendNew(methods, step.Method)
	}
	return s.orUnread(appendNew(methods, s.MFAAuthMethod), CollectionMethodsUsed, CollectionAuthenticationDetails)
}

func (s *SignIn) methodResults() []string {
	var results []string
	for _, step := range s.AuthenticationDetails {
		results = appendNew(results, boolWord(step.Succeeded))
	}
	return s.orUnread(results, CollectionMethodsUsed, CollectionAuthenticationDetails)
}

func (s *SignIn) networkTypes() []string {
	var types []string
	for _, n := range s.NetworkLocationDetails {
		types = appendNew(types, n.Type)
	}
	return s.orUnread(types, CollectionNetworks)
}

func (s *SignIn) networkNames() []string {
	var names []string
	for _, n := range s.NetworkLocationDetails {
		for _, name := range n.Names {
			names = appendNew(names, name)
		}
	}
	return s.orUnread(names, CollectionNetworks)
}

func (s *SignIn) riskEvents() []string {
	return s.orUnread(slices.Clip(s.RiskEventTypes), CollectionRiskEventTypes)
}

// orUnread gives the texts of a list, with UnreadShape where one of its collections is in such a shape.
func (s *SignIn) orUnread(texts []string, from ...Collection) []string {
	if s.isAnyUnread(from) {
		return append(texts, UnreadShape)
	}
	return texts
}

func (s *SignIn) isAnyUnread(collections []Collection) bool {
	return s.Collections != 0 && slices.ContainsFunc(collections, func(c Collection) bool { return s.Collections.of(c) == CollectionUnread })
}

// MFA outcomes, the values of the filter mfa.
const (
	MFADenied    = "denied"
	MFATimeout   = "timeout"
	MFAWrongCode = "wrongcode"
	MFASatisfied = "satisfied"
	MFAByClaim   = "claim"
)

// MFAOutcomes gives the values of the filter mfa in the order they are offered.
func MFAOutcomes() []string {
	return []string{MFADenied, MFATimeout, MFAWrongCode, MFASatisfied, MFAByClaim}
}

func (s *SignIn) mfaOutcomes() []string {
	var outcomes []string
	outcomes = appendNew(outcomes, mfaOutcome(s.AdditionalDetails))
	for _, step := range s.AuthenticationDetails {
		outcomes = appendNew(outcomes, mfaOutcome(step.ResultDetail))
	}
	return outcomes
}

// mfaOutcome reads the outcome of an MFA step from its wording. The texts are those of Azure AD's
// additional details ("MFA denied; user declined the authentication", "MFA denied; user did not
// respond to mobile app notification", "MFA requirement satisfied by claim in the token", "MFA
// completed in Azure AD"); the first factor's ("First factor requirement satisfied by claim ...",
// "Invalid username or password ...") are none. Words that also stand in what is said of other failures
// ("sent to the wrong tenant", "the request timed out") count only where the text speaks of MFA.
func mfaOutcome(detail string) string {
	d := strings.ToLower(detail)
	if d == "" || containsAny(d, "first factor", "password") {
		return ""
	}
	ofMFA := containsAny(d, "mfa", "multi-factor", "multifactor", "strong authentication")
	switch {
	case containsAny(d, "did not respond", "never entered"),
		ofMFA && containsAny(d, "not responding", "timed out", "time-out", "timeout", "no response"):
		return MFATimeout
	case containsAny(d, "incorrect code", "incorrect pin", "wrong code", "invalid code", "invalid verification",
		"invalid mobile app verification", "invalid one", "code already used", "duplicate code"),
		ofMFA && containsAny(d, "incorrect", "wrong"):
		return MFAWrongCode
	case containsAny(d, "declined the authentication", "fraud code"),
		ofMFA && containsAny(d, "declined", "denied", "fraud"):
		return MFADenied
	case !ofMFA, containsAny(d, "not satisfied", "not completed", "not been"):
		return ""
	case containsAny(d, "satisfied by claim"):
		return MFAByClaim
	case containsAny(d, "completed", "succeeded", "satisfied"):
		return MFASatisfied
	}
	return ""
}

func containsAny(text string, parts ...string) bool {
	for _, part := range parts {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

func appendNew(list []string, text string) []string {
	if text == "" {
		return list
	}
	for _, have := range list {
		if have == text {
			return list
		}
	}
	return append(list, text)
}
