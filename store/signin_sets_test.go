package store

import (
	"slices"
	"testing"
)

func TestMFAOutcome(t *testing.T) {
	for _, tt := range []struct{ detail, want string }{
		{"", ""},
		{"MFA denied; user declined the authentication", MFADenied},
		{"User declined the authentication", MFADenied},
		{"MFA denied; Fraud code entered", MFADenied},
		{"MFA denied; phone call went to voicemail", MFADenied},
		{"MFA denied; user is blocked", MFADenied},
		{"MFA denied; duplicate authentication attempt", MFADenied},
		{"MFA denied; user did not respond to mobile app notification", MFATimeout},
		{"MFA denied; user never entered the verification code", MFATimeout},
		{"MFA request timed out", MFATimeout},
		{"The user didn't complete the MFA prompt. They may have decided not to authenticate, timed out while doing other work, or has an issue with their authentication setup.", MFATimeout},
		{"MFA denied; user entered incorrect code", MFAWrongCode},
		{"MFA denied; entered incorrect code too many times", MFAWrongCode},
		{"MFA denied; user entered incorrect PIN", MFAWrongCode},
		{"MFA denied; invalid verification code", MFAWrongCode},
		{"MFA denied; invalid mobile app verification code", MFAWrongCode},
		{"MFA denied; verification code already used once", MFAWrongCode},
		{"MFA completed in Azure AD", MFASatisfied},
		{"MFA successfully completed", MFASatisfied},
		{"MFA requirement satisfied in the cloud", MFASatisfied},
		{"MFA requirement satisfied by strong authentication", MFASatisfied},
		{"MFA requirement satisfied by claim in the token", MFAByClaim},
		{"MFA requirement satisfied by claim provided by external provider", MFAByClaim},

		{"First factor requirement satisfied by claim in the token", ""},
		{"Correct password", ""},
		{"Invalid username or password or Invalid on-premise username or password.", ""},
		{"Authentication in progress", ""},
		{"MFA required in Azure AD", ""},
		{"MFA requirement not satisfied", ""},
		{"MFA requirement skipped due to remembered device", ""},
		{"You might have sent your authentication request to the wrong tenant.", ""},
		{"The request timed out.", ""},
		{"The user declined to consent to access the app.", ""},
	} {
		if got := mfaOutcome(tt.detail); got != tt.want {
			t.Errorf("mfaOutcome(%q) = %q, want %q", tt.detail, got, tt.want)
		}
		if tt.want != "" && !slices.Contains(MFAOutcomes(), tt.want) {
			t.Errorf("%q is not offered", tt.want)
		}
	}
}

func TestSets(t *testing.T) {
	s := SignIn{
		AdditionalDetails:         "MFA completed in Azure AD",
		AuthenticationMethodsUsed: []string{"Password", "SMS", ""},
		AuthenticationDetails: []AuthenticationStep{
			{Method: "Password", Succeeded: True, ResultDetail: "Correct password"},
			{Method: "Text message", Succeeded: False, ResultDetail: "MFA denied; user entered incorrect code"},
			{Method: "Text message", ResultDetail: "MFA successfully completed", Requirement: "Multi-factor authentication"},
			{Method: "Previously satisfied", ResultDetail: "First factor requirement satisfied by claim in the token", Requirement: "Primary Authentication"},
		},
		SessionLifetimePolicies: []RequirementPolicy{{Provider: "signInFrequencyEveryTime"}, {Provider: "ngcMfa"}, {Provider: "signInFrequencyEveryTime"}},
		MFAAuthMethod:           "SMS",
		AppliedConditionalAccessPolicies: []AppliedPolicy{
			{ID: "p1", DisplayName: "Require MFA", Result: "success", GrantControls: []string{"Mfa", "Block"}},
			{ID: "p2", DisplayName: "Require MFA", Result: "notApplied", GrantControls: []string{"Mfa"}, AuthenticationStrength: "Phishing-resistant"},
			{Result: "success"},
		},
		NetworkLocationDetails: []NetworkLocation{
			{Type: "namedNetwork", Names: []string{"Head office", "Germany"}},
			{Type: "trustedNamedLocation", Names: []string{"Head office"}},
		},
		RiskEventTypes: []string{"unfamiliarFeatures"},
	}
	for _, tt := range []struct {
		property *Property
		want     []string
	}{
		{MethodSet, []string{"Password", "SMS", "Text message", "Previously satisfied"}},
		{MFASet, []string{MFASatisfied, MFAWrongCode}},
		{PolicySet, []string{"p1", "Require MFA", "p2"}},
		{PolicyResultSet, []string{"success", "notApplied"}},
		{PolicyControlSet, []string{"Mfa", "Block", "Phishing-resistant"}},
		{MethodResultSet, []string{"yes", "no"}},
		{MethodSourceSet, []string{StepByProof, StepByClaim}},
		{MethodStepSet, []string{MultifactorStep, PrimaryStep}},
		{SessionPolicySet, []string{"signInFrequencyEveryTime", "ngcMfa"}},
		{NetworkSet, []string{"Head office", "Germany"}},
		{NetworkTypeSet, []string{"namedNetwork", "trustedNamedLocation"}},
		{RiskEventSet, []string{"unfamiliarFeatures"}},
	} {
		if got := tt.property.Set(&s); !slices.Equal(got, tt.want) {
			t.Errorf("%s = %q, want %q", tt.property.Name, got, tt.want)
		}
		if got := tt.property.Set(&SignIn{}); len(got) != 0 {
			t.Errorf("%s of an empty sign-in = %q, want none", tt.property.Name, got)
		}
	}
}
