package views

import (
	"slices"
	"strings"

	"signpost/store"
	"signpost/web/ask"
)

// relationURL leads to the sign-ins of one log that have it.
func relationURL(r ask.Relation, log store.Log) string { return List{Log: log}.URL(r.Query().Values()) }

// relationText is the number with the log it is of.
func relationText(l ask.RelationLog) string {
	info, _ := store.SignIns.Log(l.Log)
	name := strings.ToLower(info.Title)
	switch {
	case l.Trouble != ask.NoTrouble:
		return name + ": " + troubleText(l.Trouble, "too slow to count", "could not be counted")
	case !l.Counted && l.Log == store.Interactive:
		return "interactive"
	case !l.Counted && l.Log == store.NonInteractive:
		return "non-interactive"
	case !l.Counted:
		return "sign-ins"
	case l.Log == store.Interactive:
		return Number(l.N) + " interactive"
	case l.Log == store.NonInteractive:
		return Number(l.N) + " non-interactive"
	}
	return Count(l.N, "sign-in", "sign-ins")
}

// RelatedTarget is the element that takes what stands beside a sign-in when it is there.
const RelatedTarget = "related-parts"

// relatedAddress leads to what stands beside the sign-in.
func (p DetailsPage) relatedAddress() string { return p.signInURL(p.head().ID, TabRelated) }

// ownOfASignIn differ between any two sign-ins and explain nothing.
var ownOfASignIn = []string{
	"Date", "Status", store.RequestID.Label, store.CorrelationID.Label, store.SessionID.Label, store.UniqueTokenID.Label, store.OriginalRequestID.Label,
	store.ErrorCode.Label, store.FailureReason.Label, store.ProcessingTimeInMilliseconds.Label,
}

const policyPrefix = "Conditional Access policy "

// comparisonTrouble says why nothing is known of a sign-in that worked; empty where that is known.
func (p DetailsPage) comparisonTrouble() string {
	return troubleText(p.Comparison.Trouble, "Looking for the last success took too long.", "The last success could not be looked up. Reload the page to try again.")
}

// differing are the fields that say something else, the failure's first; policies stand in a table of their own.
func (p DetailsPage) differing() DataTable {
	t := DataTable{Caption: "Fields that differ", Head: []string{"Field", "This failure", "Last success"}, Empty: "Nothing else differs."}
	for _, c := range p.changes(p.Comparison.Working, p.signIn()) {
		if !slices.Contains(ownOfASignIn, c.Label) && !strings.HasPrefix(c.Label, policyPrefix) {
			t.Rows = append(t.Rows, []string{c.Label, OrEmpty(c.After), OrEmpty(c.Before)})
		}
	}
	return t
}

// linedUp are the policies of both, each in one row, those that did the same too.
func (p DetailsPage) linedUp() *DataTable {
	if !p.ConditionalAccess {
		return nil
	}
	t := DataTable{Caption: "Conditional Access policies", Head: []string{"Policy", "This failure", "Last success"}}
	worked := p.policySayings(p.Comparison.Working)
	for _, c := range p.policySayings(p.signIn()) {
		other := Empty
		if i := slices.IndexFunc(worked, c.sameThing); i >= 0 {
			other = worked[i].text
			worked = slices.Delete(worked, i, i+1)
		}
		t.Rows = append(t.Rows, []string{strings.TrimPrefix(c.label, policyPrefix), c.text, other})
	}
	for _, c := range worked {
		t.Rows = append(t.Rows, []string{strings.TrimPrefix(c.label, policyPrefix), Empty, c.text})
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return &t
}

func (p DetailsPage) policySayings(s *store.SignIn) []saying {
	return slices.DeleteFunc(p.sayings(s), func(c saying) bool { return !strings.HasPrefix(c.label, policyPrefix) })
}

// comparedWith says which sign-in is compared with.
func (p DetailsPage) comparedWith() string {
	if p.info().User {
		return "the same user to the same application"
	}
	return "the same principal to the same resource"
}

// attemptAddress leads to the events of the line.
func (p DetailsPage) attemptAddress() string {
	return p.signInURL(p.signIn().ID, TabEvents)
}
