package ask

import (
	"context"
	"strings"
	"time"

	"signpost/store"
)

// relatedTimeout is how long one of the numbers on a sign-in's page may take: the page does not wait for them longer.
const relatedTimeout = time.Second

// How far from a sign-in its relations are looked for: people and addresses an hour to both sides, IDs a month.
const (
	relatedNear = time.Hour
	relatedFar  = 30 * 24 * time.Hour
)

// workingWithin is how long before a failure the sign-in that worked may lie.
const workingWithin = 30 * 24 * time.Hour

// Related is which other sign-ins have something in common with one, and for a failure the last that worked.
type Related struct {
	Relations []Relation
	// Comparison is nil where there is nothing to compare.
	Comparison *Comparison
}

// Relation is something that other sign-ins can have in common with one, over the logs that may hold them.
type Relation struct {
	Label string
	Field *store.Field
	Value string
	Range store.Range
	Logs  []RelationLog
}

// RelationLog is how many sign-ins of a log have it, the sign-in itself among them.
type RelationLog struct {
	Log     store.Log
	N       int64
	Counted bool
	Trouble Trouble
}

// Query is the question behind the number.
func (r Relation) Query() store.Query {
	return store.Query{Range: r.Range, Filter: store.Filter{}.With(r.Field, store.OpIs, r.Value)}
}

// Comparison lays a failure beside the last sign-in of the same user to the same application that worked.
type Comparison struct {
	// Working is nil where there was none.
	Working *store.SignIn
	Trouble Trouble

	query store.ListQuery
}

// RelatedTo gives what to look for beside a sign-in. Nothing is counted yet: see Ask.
func RelatedTo(s *store.SignIn) *Related {
	a := &Related{Relations: relations(s)}
	if q, ok := workingQuery(s); ok {
		a.Comparison = &Comparison{query: q}
	}
	return a
}

// Ask counts the relations and looks for the sign-in that worked.
func (a *Related) Ask(ctx context.Context, r Reader) error {
	var questions []func(context.Context) error
	for _, relation := range a.Relations {
		for i := range relation.Logs {
			questions = append(questions, func(ctx context.Context) error { return relation.count(ctx, r, &relation.Logs[i]) })
		}
	}
	if a.Comparison != nil {
		questions = append(questions, func(ctx context.Context) error { return a.Comparison.ask(ctx, r) })
	}
	return Together(ctx, questions...)
}

func (r Relation) count(ctx context.Context, reader Reader, in *RelationLog) error {
	ctx, cancel := context.WithTimeout(ctx, relatedTimeout)
	defer cancel()
	q := r.Query()
	total, err := reader.Total(ctx, store.ListQuery{Log: in.Log, Range: q.Range, Filter: q.Filter})
	in.N, in.Counted = total.N, err == nil
	return reader.Part(ctx, r.Label, err, &in.Trouble)
}

func (c *Comparison) ask(ctx context.Context, r Reader) error {
	ctx, cancel := context.WithTimeout(ctx, relatedTimeout)
	defer cancel()
	working, err := lastWorking(ctx, r, c.query)
	if working != nil {
		c.Working = working.SignIn()
	}
	return r.Part(ctx, "comparison", err, &c.Trouble)
}

// lastWorking gives the newest sign-in that the question finds, whole; nil where there is none.
func lastWorking(ctx context.Context, r Reader, q store.ListQuery) (*store.Record, error) {
	found, err := r.Page(ctx, q)
	if err != nil || len(found.Rows) == 0 {
		return nil, err
	}
	record, err := r.Get(ctx, store.GetQuery{Ref: store.Ref{Log: q.Log, ID: found.Rows[0].SignIn().ID}})
	if err != nil {
		return nil, err
	}
	return &record, nil
}

// relations are what to look for beside the sign-in, not counted yet.
func relations(s *store.SignIn) []Relation {
	info, _ := store.SignIns.Log(s.Log)
	near, far := store.Around(s.Time, relatedNear), store.Around(s.Time, relatedFar)
	var list []Relation
	add := func(label string, f *store.Field, value string, r store.Range) {
		if value == "" {
			return
		}
		one := Relation{Label: label, Field: f, Value: value, Range: r}
		for _, other := range store.SignIns.Logs {
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

// workingQuery asks for the last success before a failure; ok is false where there is nothing to compare: for what did not fail,
// and for what names no user or application.
func workingQuery(s *store.SignIn) (q store.ListQuery, ok bool) {
	info, _ := store.SignIns.Log(s.Log)
	who, what := info.Actor.IDIn(s), info.Target.IDIn(s)
	if s.Status() != store.StatusFailure || who == "" || what == "" {
		return store.ListQuery{}, false
	}
	q = store.ListQuery{Log: s.Log, Range: store.Range{From: s.Time.Add(-workingWithin), To: s.Time}, Limit: 1}
	q.Filter = q.Filter.With(info.Actor, store.OpIs, who).With(info.Target, store.OpIs, what).With(store.StatusField, store.OpIs, store.SignIns.StatusInfo(store.StatusSuccess).Name)
	return q, true
}
