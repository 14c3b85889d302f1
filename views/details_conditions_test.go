package views

import (
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/store"
)

func TestConditionsOfAPolicy(t *testing.T) {
	signIn := store.SignIn{
		Log: store.Interactive, Time: time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC), UserDisplayName: "Ada", UserPrincipalName: "ada@example.com",
		AppDisplayName: "Travel Desk", ResourceDisplayName: "Microsoft Graph", IPAddress: "192.0.2.7", City: "Oslo", CountryOrRegion: "NO",
		RiskLevelDuringSignIn: "Hidden", OperatingSystem: "Windows 11", ClientAppUsed: "Browser", IsCompliant: store.False,
		NetworkLocationDetails: []store.NetworkLocation{{Type: "namedNetwork", Names: []string{"Head office"}}},
	}
	p := DetailsPage{Record: store.Record{Entry: signIn.Clone()}, ConditionalAccess: true}
	tests := []struct {
		name      string
		policy    store.AppliedPolicy
		condition string
		collected string
		match     string
		rules     []string
	}{
		{"matched", store.AppliedPolicy{ConditionsSatisfied: []string{"application", "users"}}, "Users", "Ada (ada@example.com)", "Matched", nil},
		{"not configured", store.AppliedPolicy{ConditionsSatisfied: []string{"application", "users"}}, "Location", "192.0.2.7, Oslo, Norway, Head office", "Not configured", nil},
		{"not matched", store.AppliedPolicy{ConditionsSatisfied: []string{"application", "users"}, ConditionsNotSatisfied: []string{"signInRisk"}}, "Sign-in risk", "Hidden", "Not matched", nil},
		{"ends at the first that does not match", store.AppliedPolicy{ConditionsNotSatisfied: []string{"application"}}, "Users", "Ada (ada@example.com)", "Not evaluated", nil},
		{"either", store.AppliedPolicy{ConditionsNotSatisfied: []string{"application"}}, "Client app", "Browser", "Not configured, or not evaluated", nil},
		{"casing", store.AppliedPolicy{ConditionsSatisfied: []string{"Application"}}, "Target application or resource", "Travel Desk, resource Microsoft Graph", "Matched", nil},
		{"rules", store.AppliedPolicy{
			ConditionsSatisfied:   []string{"users"},
			IncludeRulesSatisfied: []store.ConditionRule{{Condition: "users", Rule: "allUsers"}}, ExcludeRulesSatisfied: []store.ConditionRule{{Condition: "users", Rule: "groupId"}},
		}, "Users", "Ada (ada@example.com)", "Matched", []string{"included by: All users", "excluded by: A group"}},
		{"only rules", store.AppliedPolicy{IncludeRulesSatisfied: []store.ConditionRule{{Condition: "application", Rule: "allApps"}}}, "Device", "compliant: no", "-", nil},
		{"one that is new", store.AppliedPolicy{ConditionsSatisfied: []string{"application", "phaseOfMoon"}}, "phaseOfMoon", "-", "Matched", nil},
		{"listed only where named", store.AppliedPolicy{ConditionsSatisfied: []string{"insiderRisk"}}, "Insider risk", "-", "Matched", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			list, note := p.conditions(test.policy)
			i := slices.IndexFunc(list, func(c PolicyCondition) bool { return c.Label == test.condition })
			if i < 0 || note != "" {
				t.Fatalf("no %s in %+v, note %q", test.condition, list, note)
			}
			if got := list[i]; got.Collected != test.collected || got.Match.label() != test.match || !slices.Equal(got.Rules, test.rules) {
				t.Errorf("got %q %q %q, want %q %q %q", got.Collected, got.Match.label(), got.Rules, test.collected, test.match, test.rules)
			}
		})
	}
	for result, want := range map[string]string{"notEnabled": "was off", "success": "does not say which conditions matched. Exports of Microsoft Graph v1.0"} {
		p.Lacks.Export = "Microsoft Graph v1.0"
		if list, note := p.conditions(store.AppliedPolicy{Result: result}); len(list) != 0 || !strings.Contains(note, want) {
			t.Errorf("%s: %d conditions, note %q", result, len(list), note)
		}
	}
}

func TestPolicyControls(t *testing.T) {
	p := DetailsPage{Record: store.Record{Entry: &store.SignIn{Log: store.Interactive}}, ConditionalAccess: true}
	one := p.policy(store.AppliedPolicy{
		ID: "p1", DisplayName: "MFA for all", Result: "failure", GrantControls: []string{"Mfa"}, SessionControls: []string{"SignInFrequency"},
		SessionControlsNotMet: []string{"SignInFrequency"}, AuthenticationStrength: "Phishing-resistant MFA", AuthenticationStrengthR: "singleChallengeRequired",
	})
	want := []string{
		"Policy name: MFA for all", "Policy ID: p1", "Result: Failure", "Grant controls: Require multifactor authentication", "Authentication strength: Phishing-resistant MFA: One more method needed",
		"Session controls: Sign-in frequency", "Session controls not satisfied: Sign-in frequency",
	}
	var got []string
	for _, f := range one.Facts.Facts {
		got = append(got, f.Label+": "+f.Value)
	}
	if !slices.Equal(got, want) {
		t.Errorf("facts = %q", got)
	}
	if one.Grant != "Require multifactor authentication, Authentication strength: Phishing-resistant MFA" || one.Outcome != store.StatusFailure || one.Facts.Facts[3].Note != "Not satisfied." {
		t.Errorf("policy = %+v", one)
	}
}
