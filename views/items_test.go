package views

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"signpost/store"
)

// A policy and a result about the same policy read as one question; about the whole list they are two.
func TestChipsOfOneItemReadAsOneQuestion(t *testing.T) {
	for query, want := range map[string]string{
		"policy=CA020&policyresult=reportOnlyFailure":                        "Conditional Access policy: CA020|with the result: Report-only: would block",
		"policy=A&policy=B&policyresult=success&policyresult=failure&city=X": "City: X|Conditional Access policy: A|or Conditional Access policy: B|with the result: Failure|or with the result: Success",
		"policy=A&policyresult.not=success&policycontrol.empty=yes":          "Conditional Access policy: A|without a grant control|with a result that is not Success",
		"policy.not=A&policyresult=failure":                                  "Conditional Access policy is not A|with the result: Failure",
		"policycontrol=Mfa&policyresult.starts=report":                       "Conditional Access grant control: Require multifactor authentication|with a result that starts with report",
		"policyresult=failure":                                               "Conditional Access policy result: Failure",
		"policy.not=A&policyresult.not=failure":                              "Conditional Access policy is not A|Conditional Access policy result is not Failure",
		"policy.empty=yes&policyresult.empty=no":                             "Conditional Access policy is empty|Conditional Access policy result is not empty",
		"method=Password&methodresult=no":                                    "Authentication method: Password|with the result: No",
		"methodresult.empty=no&method=Password":                              "Authentication method: Password|with a result",
		"network=HQ&networktype=trustedNamedLocation&method=Password":        "Authentication method: Password|Named location: HQ|with the type: Trusted named location",
	} {
		page := LogPage{List: List{Log: store.Interactive}, Query: parsed(t, query), ConditionalAccess: true}
		var got []string
		for _, c := range page.chips() {
			text := c.text()
			if c.Or {
				text = "or " + text
			}
			got = append(got, text)
			if c.With != strings.HasPrefix(c.Title, "Of the same ") {
				t.Errorf("%s: the chip %q has the title %q", query, text, c.Title)
			}
		}
		if got := strings.Join(got, "|"); got != want {
			t.Errorf("%s reads %q, want %q", query, got, want)
		}
	}
	page := LogPage{List: List{Log: store.Interactive}, Query: parsed(t, "policy=A&policyresult=success&policyresult=failure"), Shell: Shell{}}
	if got, want := page.askedWords()[2], "Conditional Access policy: A with the result: Failure or with the result: Success"; got != want {
		t.Errorf("in print it reads %q, want %q", got, want)
	}
	page.List.Log = store.ManagedIdentity
	for _, c := range page.chips() {
		if c.With || !c.Aside {
			t.Errorf("set aside, %q stands with another: %v", c.text(), c.With)
		}
	}
}

func TestItemFacetFields(t *testing.T) {
	for _, tt := range []struct {
		query       string
		log         store.Log
		conditional bool
		want        string
	}{
		{"city=X", store.Interactive, true, ""},
		{"policy=A", store.Interactive, true, "policyresult policycontrol"},
		{"policy=A", store.Interactive, false, ""},
		{"policyresult.not=A&networktype.empty=no", store.NonInteractive, true, "policyresult policycontrol network networktype"},
		{"method=Password", store.Interactive, false, "methodresult methodsource methodstep"},
		{"method=Password&policy=A", store.ManagedIdentity, true, ""},
	} {
		info, _ := store.SignIns.Log(tt.log)
		var names []string
		for _, f := range ItemFacetFields(parsed(t, tt.query).Filter, info, tt.conditional, (List{Log: tt.log}).FacetFields(tt.conditional, false)) {
			names = append(names, f.Name)
		}
		if got := strings.Join(names, " "); got != tt.want {
			t.Errorf("%s in the %s log: %q, want %q", tt.query, tt.log, got, tt.want)
		}
	}
}

// The links of a policy's result ask for that result of that policy. Those of a step and a place do the same.
func TestWaysFromItems(t *testing.T) {
	s := store.SignIn{
		Log: store.Interactive, ID: "x", Time: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC),
		AppliedConditionalAccessPolicies: []store.AppliedPolicy{
			{ID: "P1", DisplayName: "Base", Result: "success", GrantControls: []string{"Mfa", "Block"}},
			{DisplayName: "Pilot", Result: "reportOnlyFailure"},
			{Result: "failure"},
		},
		AuthenticationDetails:  []store.AuthenticationStep{{Method: "Password", Succeeded: store.False}, {ResultDetail: "only this"}},
		NetworkLocationDetails: []store.NetworkLocation{{Type: "namedNetwork", Names: []string{"HQ", "Branch"}}},
	}
	page := DetailsPage{Record: store.Record{Entry: s.Clone()}, ConditionalAccess: true}
	ways := func(facts ...Fact) string {
		var all []string
		for _, f := range facts {
			for _, n := range f.Narrowings {
				all = append(all, f.Label+f.Of+" "+filterOf(t, n.Only)+" / "+filterOf(t, n.Without))
			}
		}
		return strings.Join(all, "\n")
	}
	want := map[string]string{
		"Base": "Policy name policy=Base / policy.not=Base\nPolicy ID policy=P1 / policy.not=P1\n" +
			"Result of this policy policy=P1&policyresult=success / policy=P1&policyresult.not=success\n" +
			"Grant controls policycontrol=Mfa / policycontrol.not=Mfa\nGrant controls policycontrol=Block / policycontrol.not=Block",
		"Pilot":                 "Policy name policy=Pilot / policy.not=Pilot\nResult of this policy policy=Pilot&policyresult=reportOnlyFailure / policy=Pilot&policyresult.not=reportOnlyFailure",
		"Policy without a name": "Result policyresult=failure / policyresult.not=failure",
	}
	for _, one := range append(page.policies(false), page.policies(true)...) {
		if got := ways(one.Facts.Facts...); got != want[one.Name] {
			t.Errorf("ways from %s:\n%s\nwant\n%s", one.Name, got, want[one.Name])
		}
	}
	var section Section
	page.authentication(&section)
	steps := section.Tables[0]
	if got, want := ways(steps.Ways[cellPlace{0, 1}], steps.Ways[cellPlace{0, 3}]), "Authentication method method=Password / method.not=Password\n"+
		"Succeeded of this step method=Password&methodresult=no / method=Password&methodresult.not=no"; got != want || len(steps.Ways) != 2 {
		t.Errorf("ways from the steps:\n%s\nwant\n%s", got, want)
	}
	section = Section{}
	page.location(&section)
	places := section.Tables[0]
	if got, want := ways(places.Ways[cellPlace{0, 0}], places.Ways[cellPlace{0, 1}]), "Network type networktype=namedNetwork / networktype.not=namedNetwork\n"+
		"Named location network=HQ / network.not=HQ\nNamed location network=Branch / network.not=Branch"; got != want {
		t.Errorf("ways from the places:\n%s\nwant\n%s", got, want)
	}
	page.ConditionalAccess = false
	for _, one := range page.policies(false) {
		if got := ways(one.Facts.Facts...); got != "" {
			t.Errorf("without the right to Conditional Access data: %s", got)
		}
	}
}

// filterOf gives the filter of an address, as the address has it.
func filterOf(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q, bad := store.SignIns.ParseQuery(u.Query(), time.Now())
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	return q.Filter.Values().Encode()
}
