package sqlite

import (
	"context"
	"fmt"
	"slices"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// personLogs are the logs a person's own history is made of; their order breaks ties.
var personLogs = []store.Log{store.Interactive, store.NonInteractive}

// personWalk begins a walk over the person's rows of one log, from the cursor downwards.
func (v *view) personWalk(ctx context.Context, q store.PersonQuery, index int) (*walk, error) {
	asked, err := v.db.question(store.ListQuery{Log: personLogs[index], Range: q.Range, Filter: q.Filter})
	if err != nil {
		return nil, err
	}
	p, err := v.plan(ctx, &asked)
	if err != nil {
		return nil, err
	}
	own := &plan{any: []alternative{{}}}
	v.requireOwn(own, q.Person)
	v.requireOwn(p, q.Person)
	p.few = &fewRows{filter: fmt.Sprintf("own rows of %q", q.Person), any: own.any}
	if q.After != nil { // at its own key the logs before its log are told already
		edge := q.After.Key
		if index > slices.Index(personLogs, q.After.Log) {
			edge = edge.Next()
		}
		asked.to = min(asked.to, endAt(edge))
	}
	return v.walkAlong(ctx, asked, p, false), nil
}

// requireOwn adds that a row is the person's own: store.Person.Owns as a clause.
func (v *view) requireOwn(p *plan, person store.Person) {
	user := v.db.schema.byProp[store.UserID]
	p.require(segment.Clause{Terms: []segment.Term{{Column: user.index, Set: segment.NewSet(user.words.anyOf([]string{person.UserID})...)}}})
}
