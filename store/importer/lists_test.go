package importer

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"signpost/store"
)

// oneMemberOf is one member of each list, as real records write it.
var oneMemberOf = map[store.Collection]string{
	store.CollectionPolicies:                `{"id":"p","displayName":"Lone policy","result":"failure"}`,
	store.CollectionAudiences:               `{"applicationId":"a","audienceReasons":"none"}`,
	store.CollectionContexts:                `{"id":"c1","detail":"required"}`,
	store.CollectionRequirementPolicies:     `{"requirementProvider":"multiConditionalAccess","detail":"Conditional Access"}`,
	store.CollectionSessionLifetimePolicies: `{"expirationRequirement":"signInFrequencyEveryTime","detail":"Sign-in frequency"}`,
	store.CollectionAuthenticationDetails:   `{"authenticationMethod":"Password","succeeded":true}`,
	store.CollectionMethodsUsed:             `"Password"`,
	store.CollectionProcessingDetails:       `{"key":"Domain Hint Present","value":"True"}`,
	store.CollectionNetworks:                `{"networkType":"namedNetwork","networkNames":["Head office"]}`,
	store.CollectionEventTypes:              `"interactiveUser"`,
	store.CollectionRiskEventTypes:          `"passwordSpray"`,
	store.CollectionAppDeviceDetails:        `{"appVersion":"6.8"}`,
	store.CollectionAppPolicyEvaluations:    `{"policyName":"appLock"}`,
	store.CollectionEventListeners:          `{"eventType":"tokenIssuanceStart"}`,
	store.CollectionPrivateLinkDetails:      `{"policyId":"x"}`,
}

// TestListShapes reads every list in all shapes of real exports: a list, a lone member, either of them inside a string, an
// empty list, and shapes that tell nothing.
func TestListShapes(t *testing.T) {
	quoted := func(json string) string { return strconv.Quote(json) }
	for _, l := range store.Collections() {
		member := oneMemberOf[l]
		isWord := strings.HasPrefix(member, `"`)
		shapes := []struct {
			name, value string
			want        store.CollectionState
			members     int
		}{
			{"a list", "[" + member + "]", store.CollectionRead, 1},
			{"a lone member", member, store.CollectionRead, 1},
			{"a list in a string", quoted("[" + member + "]"), store.CollectionRead, 1},
			{"a list of strings that hold JSON", "[" + quoted(member) + "]", store.CollectionRead, 1},
			{"null among members", "[null," + member + "]", store.CollectionRead, 1},
			{"an empty list", "[]", store.CollectionEmpty, 0},
			{"an empty list in a string", `"[]"`, store.CollectionEmpty, 0},
			{"an empty object", "{}", store.CollectionEmpty, 0},
			{"null", "null", store.CollectionAbsent, 0},
			{"an empty string", `""`, store.CollectionAbsent, 0},
			{"a list that was cut off", quoted("[" + member + "," + member[:len(member)/2]), store.CollectionUnread, 0},
			{"a number", "7", store.CollectionUnread, 0},
			{"a truth value", "false", store.CollectionUnread, 0},
			{"the name of a type", `"System.Object[]"`, store.CollectionUnread, 0},
			{"a list of numbers", "[1,2]", store.CollectionUnread, 0},
			{"an object without a known key", `{"tides":4}`, store.CollectionUnread, 0},
			{"a member and a number", "[" + member + ",7]", store.CollectionUnread, 1},
		}
		isJSON := l >= store.CollectionAppDeviceDetails
		for _, shape := range shapes {
			switch {
			case isWord && shape.name == "a list of strings that hold JSON":
				continue // a word in quotes is a word of its own
			case isJSON && strings.HasPrefix(shape.value, "["), isJSON && shape.name == "an object without a known key":
				continue // kept whatever it holds
			}
			t.Run(l.Name()+"/"+shape.name, func(t *testing.T) {
				s := mustDecode(t, azure("", created+fmt.Sprintf(`,%q:%s`, l.Name(), shape.value)))
				if got := s.CollectionState(l); got != shape.want {
					t.Errorf("%s: state %d, want %d", shape.value, got, shape.want)
				}
				if got := s.Members(l); (got > 0) != (shape.members > 0) || !isJSON && got != shape.members {
					t.Errorf("%s: %d members, want %d", shape.value, got, shape.members)
				}
			})
		}
		s := mustDecode(t, azure("", created))
		if got := s.CollectionState(l); got != store.CollectionAbsent {
			t.Errorf("%s: without the key the state is %d", l.Name(), got)
		}
	}
}

// TestListsInsideLists: where a list inside a policy is not read, the policies are not read whole.
func TestListsInsideLists(t *testing.T) {
	policies := func(inside string) store.SignIn {
		return mustDecode(t, azure("", created+`,"appliedConditionalAccessPolicies":[{"id":"p",`+inside+`},{"id":"q"}]`))
	}
	for _, test := range []struct {
		inside string
		state  store.CollectionState
		want   store.AppliedPolicy
	}{
		{`"enforcedGrantControls":"Mfa"`, store.CollectionRead, store.AppliedPolicy{ID: "p", GrantControls: []string{"Mfa"}}},
		{`"includeRulesSatisfied":{"conditionalAccessCondition":"application","ruleSatisfied":"allApps"}`, store.CollectionRead, store.AppliedPolicy{ID: "p", IncludeRulesSatisfied: []store.ConditionRule{{Condition: "application", Rule: "allApps"}}}},
		{`"excludeRulesSatisfied":"[{\"conditionalAccessCondition\":\"users\"}]"`, store.CollectionRead, store.AppliedPolicy{ID: "p", ExcludeRulesSatisfied: []store.ConditionRule{{Condition: "users"}}}},
		{`"enforcedGrantControls":{"a":1}`, store.CollectionUnread, store.AppliedPolicy{ID: "p"}},
		{`"includeRulesSatisfied":[{"rule":"x"}]`, store.CollectionUnread, store.AppliedPolicy{ID: "p"}},
		{`"conditionsSatisfied":["application",{}]`, store.CollectionRead, store.AppliedPolicy{ID: "p", ConditionsSatisfied: []string{"application"}}},
		{`"conditionsSatisfied":{"a":1}`, store.CollectionUnread, store.AppliedPolicy{ID: "p"}},
	} {
		s := policies(test.inside)
		if diff := cmp.Diff([]store.AppliedPolicy{test.want, {ID: "q"}}, s.AppliedConditionalAccessPolicies); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.inside, diff)
		}
		if got := s.CollectionState(store.CollectionPolicies); got != test.state {
			t.Errorf("%s: state %d, want %d", test.inside, got, test.state)
		}
	}
}

// TestNoListIsACountry: a location that PowerShell wrote as a type names no country, and one of its own tables does.
func TestNoListIsACountry(t *testing.T) {
	for value, want := range map[string]string{
		"DE": "DE", "@{city=Bern; countryOrRegion=CH}": "CH", "Microsoft.Graph.PowerShell.Models.MicrosoftGraphSignInLocation": "", "[{": "",
	} {
		if got := mustDecode(t, azure("", created+`,"location":`+strconv.Quote(value))).CountryOrRegion; got != want {
			t.Errorf("location %q: country %q, want %q", value, got, want)
		}
	}
}
