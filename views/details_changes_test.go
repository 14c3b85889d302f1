package views

import (
	"slices"
	"testing"
	"time"

	"signpost/store"
)

func TestChanges(t *testing.T) {
	base := store.SignIn{
		Log: store.Interactive, ID: "a", Time: time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC), ErrorCode: store.IntOf(50074), UserType: "member",
		AppliedConditionalAccessPolicies: []store.AppliedPolicy{{ID: "1", DisplayName: "Same name", Result: "success"}, {ID: "2", DisplayName: "Same name", Result: "notApplied"}},
		AuthenticationProcessingDetails:  []store.KeyValue{{Key: "Login Hint Present", Value: "True"}},
	}
	tests := []struct {
		name   string
		change func(*store.SignIn)
		want   []change
	}{
		{"nothing", func(*store.SignIn) {}, nil},
		{"a code and its status", func(s *store.SignIn) { s.ErrorCode = store.IntOf(0) }, []change{{"Status", "Interrupted", "Success"}, {"Sign-in error code", "50074 A second factor was asked for and not given yet", "0 Sign-in succeeded"}}},
		{"filled", func(s *store.SignIn) { s.City = "Oslo" }, []change{{"City", "", "Oslo"}}},
		{"emptied", func(s *store.SignIn) { s.UserType = "" }, []change{{"User type", "Member", ""}}},
		{"a truth value", func(s *store.SignIn) { s.IsCompliant = store.False }, []change{{"Compliant", "", "No"}}},
		{"one policy of two of a name", func(s *store.SignIn) {
			s.AppliedConditionalAccessPolicies = []store.AppliedPolicy{{ID: "1", DisplayName: "Same name", Result: "success"}, {ID: "2", DisplayName: "Same name", Result: "failure", GrantControls: []string{"Block"}, ConditionsNotSatisfied: []string{"users"}}}
		}, []change{{"Conditional Access policy Same name 2", "Not applied", "Failure; grant controls: Block access; conditions not matched: Users"}}},
		{"a step", func(s *store.SignIn) {
			s.AuthenticationDetails = []store.AuthenticationStep{{Method: "Password", MethodDetail: "Password in the cloud", Succeeded: store.True, ResultDetail: "Correct password"}}
		}, []change{{"Authentication step 1", "", "Password (Password in the cloud), succeeded: yes, Correct password"}}},
		{"a processing detail gone", func(s *store.SignIn) { s.AuthenticationProcessingDetails = nil }, []change{{"Processing detail Login Hint Present", "True", ""}}},
		{"a document", func(s *store.SignIn) { s.PrivateLinkDetails = []byte(`{"policyId":"p"}`) }, []change{{"Private Link", "", `{"policyId":"p"}`}}},
		{"coordinates", func(s *store.SignIn) { s.Coordinates = store.Coordinates{Latitude: 59.9, Longitude: 10.7, Set: true} }, []change{{"Coordinates", "", "59.9, 10.7"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			after := base
			test.change(&after)
			if got := (DetailsPage{Record: store.Record{Entry: &base}}).changes(&base, &after); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestEventsSayWhatChanged(t *testing.T) {
	first := store.SignIn{Log: store.Interactive, ID: "a", Time: time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC), ErrorCode: store.IntOf(50074), IPAddress: "192.0.2.7"}
	again := first
	again.ID, again.Time = "b", first.Time.Add(time.Minute)
	last := again
	last.ID, last.ErrorCode, last.AdditionalDetails = "c", store.IntOf(0), "MFA completed in Azure AD"
	p := DetailsPage{Record: store.Record{Entry: last.Clone(), Events: []store.Row{{Entry: first.Clone()}, {Entry: again.Clone()}, {Entry: last.Clone()}}}}
	var s Section
	p.events(&s)
	var got []string
	for _, row := range s.Tables[0].Rows {
		got = append(got, row[1]+": "+row[len(row)-1])
	}
	if want := []string{"a: first event", "b: nothing", "c: Status, Sign-in error code, Additional details"}; !slices.Equal(got, want) {
		t.Errorf("changed = %q, want %q", got, want)
	}
}
