package web

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"signpost/store"
)

// everything is a sign-in with all properties and all lists filled, every value different.
func everything(t *testing.T, log store.Log) (s store.SignIn, want map[string]string) {
	t.Helper()
	want = map[string]string{}
	for i, p := range store.SignIns.Properties {
		switch {
		case p.Text != nil:
			*p.Text(&s) = "v " + p.Name
			want[p.Label] = *p.Text(&s)
		case p.Int != nil:
			*p.Int(&s) = store.IntOf(int64(900000 + i))
			want[p.Label] = fmt.Sprint(900000 + i)
		case p.Bool != nil:
			*p.Bool(&s) = store.True
			want[p.Label] = "Yes"
		}
	}
	s.StatedStatus, want["Status"] = "Interrupted", "Interrupted"
	s.Log, s.ID, s.Time, s.Ingested = log, testID(1), at("12:00:00"), at("12:03:04")
	want["Request ID"], want["Ingested"], want["Date"] = s.ID, "2026-11-23 12:03:04 UTC", "2026-11-23 12:00:00 UTC"
	s.AppliedConditionalAccessPolicies = []store.AppliedPolicy{{
		ID: "l policy", DisplayName: "l policyname", Result: "failure", GrantControls: []string{"l grant"}, SessionControls: []string{"l session"},
		ConditionsSatisfied: []string{"users"}, ConditionsNotSatisfied: []string{"l unmatched"}, SessionControlsNotMet: []string{"l notmet"},
		IncludeRulesSatisfied: []store.ConditionRule{{Condition: "users", Rule: "l include"}}, ExcludeRulesSatisfied: []store.ConditionRule{{Condition: "users", Rule: "l exclude"}},
		AuthenticationStrength: "l strength", AuthenticationStrengthR: "l strengthresult",
	}}
	s.ConditionalAccessAudiences = []string{"l audience"}
	s.AuthenticationContextClassReferences = []store.AuthenticationContext{{ID: "l context", Detail: "l contextdetail"}}
	s.AuthenticationRequirementPolicies = []store.RequirementPolicy{{Provider: "l provider", Detail: "l providerdetail"}}
	s.SessionLifetimePolicies = []store.RequirementPolicy{{Provider: "l lifetime", Detail: "l lifetimedetail"}}
	s.AuthenticationDetails = []store.AuthenticationStep{{Time: at("11:59:58"), Method: "l method", MethodDetail: "l methoddetail", ResultDetail: "l resultdetail", Requirement: "l steprequirement"}}
	s.AuthenticationMethodsUsed = []string{"l used"}
	s.AuthenticationProcessingDetails = []store.KeyValue{{Key: "l key", Value: "l value"}}
	s.NetworkLocationDetails = []store.NetworkLocation{{Type: "l network", Names: []string{"l networkname"}}}
	s.SignInEventTypes, s.RiskEventTypes = []string{"l eventtype"}, []string{"l riskevent"}
	s.Coordinates = store.Coordinates{Latitude: 59.913, Longitude: 10.752, Set: true}
	for i, doc := range []*json.RawMessage{&s.AuthenticationAppDeviceDetails, &s.AuthenticationAppPolicyEvaluationList, &s.AppliedEventListeners, &s.PrivateLinkDetails} {
		*doc = json.RawMessage(fmt.Sprintf(`{"a":"l doc%d"}`, i))
	}
	for i, v := 0, reflect.ValueOf(s); i < v.NumField(); i++ {
		if v.Field(i).IsZero() && !slices.Contains([]string{"TimeIsIngestion", "Collections", "ToldBy"}, v.Type().Field(i).Name) {
			t.Errorf("this test fills no %s", v.Type().Field(i).Name)
		}
	}
	info, _ := store.SignIns.Log(log)
	for _, p := range store.SignIns.Properties {
		if !p.AppliesTo(info) { // a property that does not apply is shown in Raw only
			delete(want, p.Label)
		}
	}
	return s, want
}

func TestEveryFieldIsInTheDetails(t *testing.T) {
	for _, log := range []store.Log{store.Interactive, store.NonInteractive, store.ServicePrincipal, store.ManagedIdentity} {
		s, want := everything(t, log)
		a := newPortal(t, newFakeStore(s), admin).get("/logs/" + string(log) + "/" + testID(1))
		facts := map[string][]string{}
		for i := range a.page.Find("dt").Length() {
			dt := a.page.Find("dt").Eq(i)
			facts[squeeze(dt.Text())] = append(facts[squeeze(dt.Text())], squeeze(dt.Next().Text()))
		}
		if log == store.ManagedIdentity {
			want["Managed identity name"], want["Managed identity ID"] = want["Service principal name"], want["Service principal ID"]
			delete(want, "Service principal name")
			delete(want, "Service principal ID")
		}
		for label, value := range want {
			if !slices.ContainsFunc(facts[label], func(text string) bool { return strings.Contains(text, value) }) {
				t.Errorf("%s: %q is %q, want %q", log, label, facts[label], value)
			}
		}
		if info, _ := store.SignIns.Log(log); !info.User {
			continue
		}
		text := squeeze(a.page.Find("section.section").Text())
		for _, part := range []string{
			"l policy", "l policyname", "l grant", "l session", "l unmatched", "l notmet", "l include", "l exclude", "l strength", "l strengthresult", "l audience", "l context",
			"l contextdetail", "l provider", "l providerdetail", "l lifetime", "l lifetimedetail", "l method", "l methoddetail", "l resultdetail", "l steprequirement", "l used", "l key",
			"l value", "l network", "l networkname", "l eventtype", "l riskevent", "59.913, 10.752", "l doc0", "l doc1", "l doc2", "l doc3", "2026-11-23 11:59:58 UTC",
		} {
			if !strings.Contains(text, part) {
				t.Errorf("%s: the page does not tell %q", log, part)
			}
		}
	}
}
