package views

import (
	"slices"
	"strings"

	"signpost/store"
)

// ownOfASignIn are the fields that differ between any two sign-ins and explain nothing.
var ownOfASignIn = []string{
	"Date", "Status", store.RequestID.Label, store.CorrelationID.Label, store.SessionID.Label, store.UniqueTokenID.Label, store.OriginalRequestID.Label,
	store.ErrorCode.Label, store.FailureReason.Label, store.ProcessingTimeInMilliseconds.Label,
}

const policyPrefix = "Conditional Access policy "

// comparisonTrouble says why the last success is not known; empty if it is known.
func (p DetailsPage) comparisonTrouble() string {
	return troubleText(p.Summary.Comparison.Trouble, "Looking for the last success took too long. Reload the page to try again.",
		"The last success could not be looked up. Reload the page to try again.")
}

// comparedWith describes the sign-in that is compared with.
func (p DetailsPage) comparedWith() string {
	if p.info().User {
		return "the same user to the same application"
	}
	return "the same principal to the same resource"
}

// laidBeside is the comparison of two records. Policies is nil if neither shows any.
type laidBeside struct {
	Fields   DataTable
	Policies *DataTable
}

// laidBeside compares this record with another: the fields with different values, without the fields that explain
// nothing.
func (p DetailsPage) laidBeside(other store.Entry, this, that string, without []string) laidBeside {
	t := DataTable{Caption: "Fields that differ", Head: []string{"Field", this, that}, Empty: "Nothing else differs."}
	for _, c := range p.changes(other, p.Record.Entry) {
		if !slices.Contains(without, c.Label) && !strings.HasPrefix(c.Label, policyPrefix) {
			t.Rows = append(t.Rows, []string{c.Label, clipped(OrEmpty(c.After)), clipped(OrEmpty(c.Before))})
		}
	}
	return laidBeside{Fields: t, Policies: p.linedUp(other, t.Head)}
}

// summary counts the folded differences.
func (c laidBeside) summary() string {
	text := "Show all differences: " + Count(int64(len(c.Fields.Rows)), "field", "fields")
	if c.Policies != nil {
		text += ", and " + Count(int64(len(c.Policies.Rows)), "policy", "policies")
	}
	return text
}

// linedUp shows the policies of both sign-ins, each policy in one row, also those with equal results.
func (p DetailsPage) linedUp(other store.Entry, head []string) *DataTable {
	if !p.ConditionalAccess || p.signIn() == nil {
		return nil
	}
	t := DataTable{Caption: "Conditional Access policies", Head: []string{"Policy", head[1], head[2]}}
	others := p.policySayings(other)
	for _, c := range p.policySayings(p.Record.Entry) {
		text := Empty
		if i := slices.IndexFunc(others, c.sameThing); i >= 0 {
			text = others[i].text
			others = slices.Delete(others, i, i+1)
		}
		t.Rows = append(t.Rows, []string{strings.TrimPrefix(c.label, policyPrefix), c.text, text})
	}
	for _, c := range others {
		t.Rows = append(t.Rows, []string{strings.TrimPrefix(c.label, policyPrefix), Empty, c.text})
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return &t
}

func (p DetailsPage) policySayings(e store.Entry) []saying {
	return slices.DeleteFunc(p.sayings(e), func(c saying) bool { return !strings.HasPrefix(c.label, policyPrefix) })
}
