package views

import (
	"slices"
	"strings"
	"time"

	"signpost/store"
)

// These notes are shown next to a value. Microsoft's documentation and real records disagree there with the name of the field.
const (
	tokenAddressNote  = "The IP address that the first token was issued to, not the address of the refresh (newer documentation: for confidential clients)."
	microsoftNote     = "Microsoft owns the service principal: the record is of a category for these alone, or a tenant of Microsoft's owns the application."
	callerAddressNote = "The callerIpAddress of the Azure Monitor record. It differs from the IP address of the sign-in."
	placeNote         = "Best effort: an address does not tell for certain where the client was."
	requirementNote   = "Stays single-factor after a wrong password: no second factor was asked for."

	conditionalAccessNote = conditionalAccessSuccess + " " + conditionalAccessFailure + " " + conditionalAccessNone

	conditionalAccessSuccess = "Success: one or more policies applied to the user and application, though not necessarily their other conditions."
	conditionalAccessFailure = "Failure: the user and application conditions of at least one policy were met, and its grant controls were not satisfied or it blocks."
	conditionalAccessNone    = "Not applied: no policy applied to the user and application, or none was evaluated (the first factor failed or was interrupted, Windows Hello bootstrap)."

	policyNote     = "All policies evaluated, including those that did not apply. Names are as of the sign-in."
	reportOnlyNote = "What report-only policies would have done. They never count in the outcome."

	oathNote         = "OATH verification code stands for hardware and software tokens alike."
	completenessNote = "Right after a sign-in the steps can be incomplete, or say wrongly that a claim in the token satisfied them; a later copy of the record corrects that."
	thenNote         = "The record says it was not interactive. Exchange clients were logged as interactive before November 2020; they stay in this log."
	lockoutNote      = "50053 means two things, a locked account or a malicious address: only the failure reason tells which."
	notDisclosed     = "not disclosed"
	notDisclosedNote = "When a user signs in to another tenant, the home tenant does not get the client app."
	correlationNote  = "Comes from the client: it can span several sign-ins, and is not certain to be unique."
	riskHiddenNote   = "hidden: the tenant had no premium licence for this detail."
	principalCaveat  = "A service principal signs in without a user and a device."
	identityCaveat   = "A managed identity signs in without an address, a device, a user and Conditional Access."
	noPolicies       = "The record has no Conditional Access policies."
)

// ingestionNote is shown next to the time of a record without a time of its own.
func ingestionNote(kind *store.Kind) string {
	return "Time of ingestion: the record has no time of the " + kind.One + " itself."
}

// conditionalAccessNoteOf explains the Conditional Access result of a sign-in.
func conditionalAccessNoteOf(s *store.SignIn) string {
	switch strings.ToLower(s.ConditionalAccessStatus) {
	case "success":
		return conditionalAccessSuccess
	case "failure":
		return conditionalAccessFailure
	case "notapplied":
		return conditionalAccessNone
	}
	return ""
}

// requirementNoteOf warns that "single factor" does not always mean that one factor was enough.
func requirementNoteOf(s *store.SignIn) string {
	if s.Status() == store.StatusSuccess || !strings.EqualFold(s.AuthenticationRequirement, "singleFactorAuthentication") {
		return ""
	}
	return requirementNote
}

// completeAfter is the time after which the steps of a record no longer change.
const completeAfter = time.Hour

// stepNotes warn about the steps of this sign-in: about methods with misleading names, and about a claim that may be recorded
// too early.
func stepNotes(s *store.SignIn) (notes []string) {
	isOATH := func(method string) bool { return strings.Contains(strings.ToLower(method), "oath verification") }
	if slices.ContainsFunc(s.AuthenticationMethodsUsed, isOATH) || slices.ContainsFunc(s.AuthenticationDetails, func(step store.AuthenticationStep) bool { return isOATH(step.Method) }) {
		notes = append(notes, oathNote)
	}
	isClaim := func(step store.AuthenticationStep) bool {
		return strings.Contains(strings.ToLower(step.ResultDetail), "claim in the token")
	}
	if slices.ContainsFunc(s.AuthenticationDetails, isClaim) && !s.Ingested.IsZero() && s.Ingested.Sub(s.Time) < completeAfter {
		notes = append(notes, completenessNote)
	}
	return notes
}
