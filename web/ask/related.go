package ask

import (
	"context"
	"strings"
	"time"

	"signpost/store"
)

// relatedTimeout bounds one of the numbers on a sign-in's page: the page does not wait for them longer.
const relatedTimeout = time.Second

// Relations are looked for so far from a sign-in: people and addresses an hour to both sides, IDs a month.
const (
	relatedNear = time.Hour
	relatedFar  = 30 * 24 * time.Hour
)

// Related lists the facts that other sign-ins may share with one.
type Related struct{ Relations []Relation }

// Relation is one such fact, over the logs that may hold sign-ins with it.
type Relation struct {
	Label string
	Field *store.Field
	Value string
	Range store.Range
	Logs  []RelationLog
}

// RelationLog counts the sign-ins of a log with the fact, the sign-in itself among them.
type RelationLog struct {
	Log     store.Log
	N       int64
	Counted bool
	Trouble Trouble
}

// Query is the query behind the number.
func (r Relation) Query() store.Query {
	return store.Query{Range: r.Range, Filter: store.Filter{}.With(r.Field, store.OpIs, r.Value)}
}

// RelatedTo gives the relations of a sign-in. Nothing is counted yet: see Ask.
func RelatedTo(s *store.SignIn) *Related { return &Related{Relations: relations(s)} }

// Ask counts the relations.
func (a *Related) Ask(ctx context.Context, r Reader) error {
	var questions []func(context.Context) error
	for _, relation := range a.Relations {
		for i := range relation.Logs {
			questions = append(questions, func(ctx context.Context) error { return relation.count(ctx, r, &relation.Logs[i]) })
		}
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

// relations gives the relations of the sign-in, not counted yet.
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
		if flow == store.FlowDeviceCode || flow == store.FlowTransfer { // rare, so that it tells something
			add("Also by "+strings.ToLower(store.FlowName(flow))+", within an hour", store.FlowField, flow, near)
		}
	}
	return list
}
