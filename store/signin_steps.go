package store

import "strings"

// The values of the field methodsource.
const (
	StepByClaim = "claim"
	StepByProof = "proof"
)

// The requirements of steps that reports ask for, as StepRequirements has them.
const (
	PrimaryStep     = "primaryAuthentication"
	MultifactorStep = "multiFactorAuthentication"
)

// claimMethods are the methods of steps that a claim satisfied, in lower case. They name no method.
var claimMethods = []string{"previously satisfied", "satisfied by token"}

// Source says what satisfied the step, or was to: a claim of a token that the user brought along, or proof at the sign-in.
// Records say so in the method or in the detail of the result.
func (a *AuthenticationStep) Source() string {
	for _, method := range claimMethods {
		if strings.EqualFold(a.Method, method) {
			return StepByClaim
		}
	}
	if strings.Contains(strings.ToLower(a.ResultDetail), "satisfied by claim") {
		return StepByClaim
	}
	return StepByProof
}

// stepRequirements are the values of StepRequirements by the letters of their spellings in records: "Primary Authentication"
// and primaryAuthentication are one.
var stepRequirements = func() map[string]string {
	known := map[string]string{}
	for _, value := range StepRequirements.Values {
		known[lettersAndDigits(value)] = value
		known[lettersAndDigits(StepRequirements.Words(value))] = value
	}
	return known
}()

// stepValue gives what a step was asked for in the spelling of StepRequirements; another text as it stands.
func stepValue(text string) string {
	if known := stepRequirements[lettersAndDigits(text)]; known != "" {
		return known
	}
	return strings.TrimSpace(text)
}

// stepRequirementValue takes a requirement in any spelling of a record.
func stepRequirementValue(value string) (canonical, problem string) { return stepValue(value), "" }

func (a *AuthenticationStep) canonicalRequirement() string {
	if a.Requirement == "" {
		return ""
	}
	return stepValue(a.Requirement)
}

// sameItem says that two steps are told apart by no part that a filter asks for.
func (a *AuthenticationStep) sameItem(b *AuthenticationStep) bool {
	return a.Method == b.Method && a.Succeeded == b.Succeeded && a.Source() == b.Source() && a.canonicalRequirement() == b.canonicalRequirement()
}

func (s *SignIn) methodSources() []string {
	var sources []string
	for i := range s.AuthenticationDetails {
		sources = appendNew(sources, s.AuthenticationDetails[i].Source())
	}
	return s.orUnread(sources, CollectionMethodsUsed, CollectionAuthenticationDetails)
}

func (s *SignIn) methodSteps() []string {
	var steps []string
	for i := range s.AuthenticationDetails {
		steps = appendNew(steps, s.AuthenticationDetails[i].canonicalRequirement())
	}
	return s.orUnread(steps, CollectionMethodsUsed, CollectionAuthenticationDetails)
}

// sessionPolicies gives the session lifetime policies that asked for proof again.
func (s *SignIn) sessionPolicies() []string {
	var policies []string
	for _, p := range s.SessionLifetimePolicies {
		policies = appendNew(policies, p.Provider)
	}
	return s.orUnread(policies, CollectionSessionLifetimePolicies)
}
