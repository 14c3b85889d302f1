package views

import (
	"slices"
	"testing"
	"time"

	"signpost/store"
)

// Notes are shown only where they apply.
func TestNotesWhereTheyApply(t *testing.T) {
	early := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	claim := []store.AuthenticationStep{{Method: "Previously satisfied", ResultDetail: "MFA requirement satisfied by claim in the token"}}
	for what, c := range map[string]struct {
		s    store.SignIn
		want []string
	}{
		"no steps":             {store.SignIn{Time: early, Ingested: early}, nil},
		"a password":           {store.SignIn{Time: early, Ingested: early, AuthenticationDetails: []store.AuthenticationStep{{Method: "Password"}}}, nil},
		"a verification code":  {store.SignIn{AuthenticationMethodsUsed: []string{"OATH verification code"}}, []string{oathNote}},
		"a software token":     {store.SignIn{AuthenticationMethodsUsed: []string{"Software OATH token"}}, nil},
		"a claim, told early":  {store.SignIn{Time: early, Ingested: early.Add(time.Minute), AuthenticationDetails: claim}, []string{completenessNote}},
		"a claim, told late":   {store.SignIn{Time: early, Ingested: early.Add(2 * time.Hour), AuthenticationDetails: claim}, nil},
		"a claim without time": {store.SignIn{Time: early, AuthenticationDetails: claim}, nil},
	} {
		if got := stepNotes(&c.s); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", what, got, c.want)
		}
	}
	wrong := store.SignIn{ErrorCode: store.IntOf(50126), AuthenticationRequirement: "singleFactorAuthentication", ConditionalAccessStatus: "notApplied"}
	right := store.SignIn{ErrorCode: store.IntOf(0), AuthenticationRequirement: "singleFactorAuthentication", ConditionalAccessStatus: "success"}
	if requirementNoteOf(&wrong) != requirementNote || requirementNoteOf(&right) != "" {
		t.Error("the note about one factor does not stand at failures alone")
	}
	if conditionalAccessNoteOf(&wrong) != conditionalAccessNone || conditionalAccessNoteOf(&right) != conditionalAccessSuccess || conditionalAccessNoteOf(&store.SignIn{}) != "" {
		t.Error("the note about Conditional Access is not about the outcome")
	}
}
