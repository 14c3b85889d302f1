package views

import (
	"slices"
	"strings"
	"time"

	"signpost/store"
)

// How far from a sign-in its relations are looked for: people and addresses an hour to both sides, IDs a month.
const (
	relatedNear = time.Hour
	relatedFar  = 30 * 24 * time.Hour
)

// WorkingWithin is how long before a failure the sign-in that worked may lie.
const WorkingWithin = 30 * 24 * time.Hour

// Relation is something that other sign-ins can have in common with this one, over the logs that may hold them.
type Relation struct {
	Label string
	Field *store.Field
	Value string
	Range store.Range
	Logs  []RelationLog
}

// RelationLog is how many sign-ins of a log have it, this one among them.
type RelationLog struct {
	Log     store.Log
	N       int64
	Counted bool
	// Trouble takes the place of the number where it could not be counted.
	Trouble string
}

// Query is the question behind the number, and what the link from it shows.
func (r Relation) Query() store.Query {
	return store.Query{Range: r.Range, Filter: store.Filter{}.With(r.Field, store.OpIs, r.Value)}
}

// address leads to the sign-ins of one log that have it.
func (r Relation) address(log store.Log) string { return List{Log: log}.URL(r.Query().Values()) }

// text is the number with the log it is of.
func (l RelationLog) text() string {
	info, _ := l.Log.Info()
	name := strings.ToLower(info.Title)
	switch {
	case l.Trouble != "":
		return name + ": " + l.Trouble
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

// Relations are what to look for beside the sign-in, not counted yet.
func Relations(s *store.SignIn) []Relation {
	info, _ := s.Log.Info()
	near, far := around(s.Time, relatedNear), around(s.Time, relatedFar)
	var list []Relation
	add := func(label string, f *store.Field, value string, r store.Range) {
		if value == "" {
			return
		}
		one := Relation{Label: label, Field: f, Value: value, Range: r}
		for _, other := range store.Logs() {
			if (other.Log == s.Log || other.User && info.User) && f.AppliesTo(other) {
				one.Logs = append(one.Logs, RelationLog{Log: other.Log})
			}
		}
		if len(one.Logs) > 0 {
			list = append(list, one)
		}
	}
	add("Same correlation ID, within 30 days", store.CorrelationField, s.CorrelationID, far)
	add("Same session ID, within 30 days", store.SessionField, s.SessionID, far)
	add("Same unique token, within 30 days", store.TokenField, s.UniqueTokenIdentifier, far)
	add("Same "+info.One+", within an hour", info.Actor, info.Actor.IDIn(s), near)
	if s.Log != store.ManagedIdentity {
		add("Same IP address, within an hour", store.IPField, s.IPAddress, near)
	}
	for _, flow := range s.Flows() {
		if flow == store.FlowDeviceCode || flow == store.FlowTransfer { // rare enough to tell something
			add("Also by "+strings.ToLower(store.FlowName(flow))+", within an hour", store.FlowField, flow, near)
		}
	}
	return list
}

// RelatedTarget is the element that takes what stands beside a sign-in when it is there.
const RelatedTarget = "related-parts"

// relatedAddress leads to what stands beside the sign-in.
func (p DetailsPage) relatedAddress() string { return p.signInURL(p.signIn().ID, TabRelated) }

// Comparison lays a failure beside the last sign-in of the same user to the same application that worked.
type Comparison struct {
	// Working is nil where there was none.
	Working *store.SignIn
	// Trouble says why nothing is known of one.
	Trouble string
}

// WorkingQuery asks for the last success before a failure; ok is false where there is nothing to compare: for what did
// not fail, and for what names no user or application.
func WorkingQuery(s *store.SignIn) (q store.ListQuery, ok bool) {
	info, _ := s.Log.Info()
	who, what := info.Actor.IDIn(s), info.Target.IDIn(s)
	if s.Status() != store.StatusFailure || who == "" || what == "" {
		return store.ListQuery{}, false
	}
	q = store.ListQuery{Log: s.Log, Range: store.Range{From: s.Time.Add(-WorkingWithin), To: s.Time}, Limit: 1}
	q.Filter = q.Filter.With(info.Actor, store.OpIs, who).With(info.Target, store.OpIs, what).With(store.StatusField, store.OpIs, store.StatusSuccess.String())
	return q, true
}

// ownOfASignIn differ between any two sign-ins and explain nothing.
var ownOfASignIn = []string{
	"Date", "Status", store.RequestID.Label, store.CorrelationID.Label, store.SessionID.Label, store.UniqueTokenID.Label, store.OriginalRequestID.Label,
	store.ErrorCode.Label, store.FailureReason.Label, store.ProcessingTimeInMilliseconds.Label,
}

const policyPrefix = "Conditional Access policy "

// differing are the fields that say something else, the failure's first; policies stand in a table of their own.
func (p DetailsPage) differing() DataTable {
	t := DataTable{Caption: "Fields that differ", Head: []string{"Field", "This failure", "Last success"}, Empty: "Nothing else differs."}
	for _, c := range p.Shell.Zone.changes(p.Comparison.Working, p.signIn()) {
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
	worked := policySayings(p.Shell.Zone, p.Comparison.Working)
	for _, c := range policySayings(p.Shell.Zone, p.signIn()) {
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

func policySayings(z Zone, s *store.SignIn) []saying {
	return slices.DeleteFunc(z.sayings(s), func(c saying) bool { return !strings.HasPrefix(c.label, policyPrefix) })
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
