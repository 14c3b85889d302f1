package store

import (
	"testing"
	"time"
)

// versionOf is a copy of a sign-in, ingested some minutes after the first.
func versionOf(minutes int, change func(*SignIn), doc string) Version {
	s := SignIn{Log: Interactive, ID: "1", Time: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), UserID: "u", ErrorCode: IntOf(0)}
	s.Ingested = s.Time.Add(time.Duration(minutes) * time.Minute)
	if change != nil {
		change(&s)
	}
	return Version{Entry: s.Clone(), Doc: []byte(doc)}
}

// Without the right to Conditional Access data no version is left that differs from the next one by that data alone.
func TestWithheldVersions(t *testing.T) {
	status := func(status string) func(*SignIn) { return func(s *SignIn) { s.ConditionalAccessStatus = status } }
	reason := func(s *SignIn) { s.ConditionalAccessStatus, s.FailureReason = "failure", "Other." }
	const plain = `{"time":"2026-11-23T12:03:00Z","properties":{"id":"1","n":1}}`
	for _, test := range []struct {
		name     string
		versions []Version
		want     []int // the minutes of the versions that are left
	}{
		{"one", []Version{versionOf(1, nil, plain)}, []int{1}},
		{"the data alone", []Version{
			versionOf(1, status("notApplied"), `{"time":"2026-11-23T12:01:00Z","properties":{"id":"1","conditionalAccessStatus":"notApplied"}}`),
			versionOf(5, status("success"), `{"time":"2026-11-23T12:05:00Z","properties":{"conditionalAccessStatus":"success","id":"1"}}`),
		}, []int{5}},
		{"something else in the midst", []Version{
			versionOf(1, status("notApplied"), `{"properties":{"id":"1","conditionalAccessStatus":"notApplied"}}`),
			versionOf(2, status("success"), `{"properties":{"id":"1","conditionalAccessStatus":"success"}}`),
			versionOf(3, reason, `{"properties":{"id":"1","conditionalAccessStatus":"failure","status":{"failureReason":"Other."}}}`),
			versionOf(4, reason, `{"properties":{"id":"1","conditionalAccessPolicies":[1],"status":{"failureReason":"Other."}}}`),
		}, []int{2, 4}},
		{"what holds nothing else", []Version{
			versionOf(1, nil, `{"properties":{"id":"1"}}`),
			versionOf(2, nil, `{"properties":{"id":"1","details":[{"key":"Conditional Access result","value":"x"}],"more":{"conditionalAccessStatus":1},"text":"{\"conditionalAccessStatus\":1}"}}`),
		}, []int{2}},
		{"JSON in a string, written in another way", []Version{
			versionOf(1, nil, `{"properties":"{ \"id\" : \"1\" }"}`),
			versionOf(2, nil, `{"properties":"{\"id\":\"1\",\"conditionalAccessStatus\":1}"}`),
		}, []int{2}},
		{"a member that no field is read from", []Version{versionOf(1, nil, `{"properties":{"id":"1","n":1}}`), versionOf(2, nil, `{"properties":{"id":"1","n":2}}`)}, []int{1, 2}},
		{"a field", []Version{versionOf(1, nil, plain), versionOf(2, reason, plain)}, []int{1, 2}},
		{"there and back", []Version{versionOf(1, nil, plain), versionOf(2, reason, plain), versionOf(3, nil, plain)}, []int{1, 2, 3}},
		{"no JSON", []Version{versionOf(1, nil, "a"), versionOf(2, nil, "b")}, []int{2}}, // both are withheld whole
	} {
		r := Record{Entry: test.versions[0].Entry, Versions: test.versions}
		SignIns.withhold(&r, ClassesOf(ConditionalAccess))
		var got []int
		for _, v := range r.Versions {
			got = append(got, int(v.SignIn().Ingested.Sub(v.SignIn().Time)/time.Minute))
		}
		if len(got) != len(test.want) {
			t.Errorf("%s: left are the versions of the minutes %v, want %v", test.name, got, test.want)
			continue
		}
		for i := range got {
			if got[i] != test.want[i] {
				t.Errorf("%s: left are the versions of the minutes %v, want %v", test.name, got, test.want)
			}
		}
		for i := range test.versions {
			if test.versions[i].Doc == nil {
				t.Errorf("%s: withholding changed the store's own record", test.name)
			}
		}
	}
}
