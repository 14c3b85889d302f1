package sqlite

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// personLogs are the logs a person's own history is made of; their order breaks ties.
var personLogs = []store.Log{store.Interactive, store.NonInteractive}

// personRow is the place of a row in a person's history.
type personRow struct {
	key rowKey
	log int // in personLogs
}

// PersonSignIns gives one page of a person's own sign-ins; see store.Store. The two logs are read at the same time and
// merged by key, then by the order of personLogs.
func (db *DB) PersonSignIns(ctx context.Context, q store.PersonQuery) (store.Page, error) {
	if q.Person.IsEmpty() {
		return store.Page{Complete: true}, nil
	}
	var page store.Page
	err := db.read(ctx, func(v *view) (err error) {
		page, err = v.personPage(ctx, q)
		return err
	})
	return page, err
}

func (v *view) personPage(ctx context.Context, q store.PersonQuery) (store.Page, error) {
	var merged []personRow
	for i := range personLogs {
		keys, err := v.personKeys(ctx, q, i)
		if err != nil {
			return store.Page{}, fmt.Errorf("list a person's %s sign-ins: %w", personLogs[i], err)
		}
		for _, k := range keys {
			merged = append(merged, personRow{k, i})
		}
	}
	direction := 1
	if q.Before != nil {
		direction = -1
	}
	slices.SortFunc(merged, func(a, b personRow) int {
		return cmp.Or(cmp.Compare(b.key, a.key), cmp.Compare(a.log, b.log)) * direction
	})
	places, next, prev := cutPage(merged, q.After, q.Before, q.Limit, func(r personRow) *store.Cursor {
		return &store.Cursor{Key: r.key.outside(), Log: personLogs[r.log]}
	})
	page := store.Page{Next: next, Prev: prev, Complete: v.completeLogs(personLogs, q.Range)}
	read := make([][]store.Row, len(personLogs))
	for i, log := range personLogs {
		var keys []rowKey
		for _, at := range places {
			if at.log == i {
				keys = append(keys, at.key)
			}
		}
		var err error
		if read[i], err = v.rows(ctx, v.db.schema.tables[log], keys, v.db.schema.tables[log].info.Folds); err != nil {
			return store.Page{}, err
		}
	}
	for _, at := range places {
		page.Rows = append(page.Rows, read[at.log][0])
		read[at.log] = read[at.log][1:]
	}
	return page, nil
}

// personKeys finds up to one page and a row of one log, from the cursor outwards. At the cursor's own key the
// logs before it are shown already.
func (v *view) personKeys(ctx context.Context, q store.PersonQuery, index int) ([]rowKey, error) {
	w, err := v.personWalk(ctx, q, index)
	if err != nil {
		return nil, err
	}
	var keys []rowKey
	for len(keys) <= q.Limit {
		_, _, k, ok, err := w.step()
		if err != nil || !ok {
			return keys, err
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// personWalk begins a walk over the person's rows of one log, from the cursor outwards.
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
	p.few = &fewRows{name: fmt.Sprintf("own rows of %q", q.Person), any: own.any}
	switch {
	case q.After != nil:
		edge := q.After.Key
		if index > slices.Index(personLogs, q.After.Log) {
			edge = edge.Next()
		}
		asked.to = min(asked.to, endAt(edge))
	case q.Before != nil:
		edge := q.Before.Key
		if index < slices.Index(personLogs, q.Before.Log) {
			edge = edge.Prev()
		}
		asked.from = max(asked.from, startBehind(edge))
	}
	return v.walkAlong(ctx, asked, p, q.Before != nil), nil
}

// requireOwn adds that a row is the person's own: store.Person.Owns as a clause.
func (v *view) requireOwn(p *plan, person store.Person) {
	user := v.db.schema.byProp[store.UserID]
	p.require(segment.Clause{Terms: []segment.Term{{Column: user.index, Set: segment.NewSet(user.words.anyOf([]string{person.UserID})...)}}})
}
