package store

import "strings"

// The multi-valued data of a sign-in as sets of texts, for filters: "is" holds if any of them matches.

func (s *SignIn) policyNames() []string {
	var names []string
	for _, p := range s.AppliedConditionalAccessPolicies {
		names = appendNew(names, p.ID)
		names = appendNew(names, p.DisplayName)
	}
	return names
}

func (s *SignIn) policyResults() []string {
	var results []string
	for _, p := range s.AppliedConditionalAccessPolicies {
		results = appendNew(results, p.Result)
	}
	return results
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
	return appendNew(methods, s.MFAAuthMethod)
}

func (s *SignIn) networkNames() []string {
	var names []string
	for _, n := range s.NetworkLocationDetails {
		for _, name := range n.Names {
			names = appendNew(names, name)
		}
	}
	return names
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
// "Invalid username or password ...") are none.
func mfaOutcome(detail string) string {
	d := strings.ToLower(detail)
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(d, p) {
				return true
			}
		}
		return false
	}
	switch {
	case d == "" || has("first factor", "password"):
		return ""
	case has("did not respond", "not responding", "timed out", "time-out", "timeout", "no response"):
		return MFATimeout
	case has("incorrect", "wrong", "invalid code", "invalid verification", "invalid one", "duplicate code"):
		return MFAWrongCode
	case has("declined", "mfa denied", "fraud"):
		return MFADenied
	case !has("mfa", "multi-factor", "multifactor", "strong authentication"):
		return ""
	case has("satisfied by claim"):
		return MFAByClaim
	case has("completed", "succeeded", "satisfied"):
		return MFASatisfied
	}
	return ""
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
