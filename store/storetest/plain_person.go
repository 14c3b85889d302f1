package storetest

import (
	"context"
	"fmt"
	"slices"

	"signpost/store"
)

// own gives the rows of a person's question over both user logs, newest first.
func (p *Plain) own(q store.PersonQuery) []*match {
	name := fmt.Sprintf("%q %s", q.Person.UserID, nameOf(store.ListQuery{Range: q.Range, Filter: q.Filter}))
	return p.persons.get(name, func() []*match { return p.findOwn(q) })
}

func (p *Plain) findOwn(q store.PersonQuery) []*match {
	var own []*match
	for _, info := range store.SignIns.Logs {
		for _, m := range p.matching(store.ListQuery{Log: info.Log, Range: q.Range, Filter: q.Filter}) {
			if q.Person.Owns(m.entry.(*store.SignIn)) {
				own = append(own, m)
			}
		}
	}
	slices.SortFunc(own, func(a, b *match) int { return personPlace(a).Compare(personPlace(b)) })
	return own
}

func personPlace(m *match) store.Cursor { return store.Cursor{Key: m.key, Log: m.entry.Head().Log} }

// PersonTraces gives a person's own sign-ins as traces; see store.Store.
func (p *Plain) PersonTraces(_ context.Context, q store.PersonQuery) (store.Traces, error) {
	cut, next, _ := pageOf(p.own(q), personPlace, q.After, nil, q.Limit)
	traces := store.Traces{More: next != nil, Complete: true}
	for _, m := range cut {
		traces.Traces = append(traces.Traces, store.TraceOf(m.key, m.signIns()))
	}
	return traces, nil
}

// PersonRows gives a person's own sign-ins at some places; see store.Store.
func (p *Plain) PersonRows(_ context.Context, person store.Person, places []store.Cursor) ([]store.Row, error) {
	var rows []store.Row
	for _, m := range p.own(store.PersonQuery{Person: person, Range: store.AllTime()}) {
		if slices.Contains(places, personPlace(m)) {
			rows = append(rows, m.row())
		}
	}
	return rows, nil
}

// FindUser gives the user ID of a user principal name; see store.Store.
func (p *Plain) FindUser(_ context.Context, upn, tenant string) (store.FoundUser, error) {
	if upn == "" {
		return store.FoundUser{}, nil
	}
	byName := store.UserNames{}
	for i := range p.Users {
		byName.Add(p.Users[i].ID, p.Users[i].Username)
	}
	if ids := byName.IDs([]string{upn}); len(ids) == 1 {
		return store.FoundUser{ID: ids[0], From: store.FromDirectory}, nil
	}
	counts := map[string]int64{}
	for _, r := range p.signIns() {
		if r.TenantID != "" {
			counts[store.FoldCase(r.TenantID)]++
		}
	}
	if tenant == "" {
		tenant = store.MostNamed(counts)
	}
	logged := store.LoggedIDs{Tenant: tenant}
	for name := range counts {
		logged.Foreign = logged.Foreign || name != store.FoldCase(tenant)
	}
	for _, r := range p.signIns() {
		if info, _ := store.SignIns.Log(r.Log); info.User && store.FoldCase(r.UserPrincipalName) == store.FoldCase(upn) {
			logged.Add(r.UserID, r.TenantID)
		}
	}
	id, ok := logged.Only()
	if !ok {
		return store.FoundUser{}, nil
	}
	return store.FoundUser{ID: id, From: store.FromLogs}, nil
}

// signIns gives the sign-ins of all logs.
func (p *Plain) signIns() (signIns []*store.SignIn) {
	for _, r := range p.all {
		if s, ok := r.Entry.(*store.SignIn); ok {
			signIns = append(signIns, s)
		}
	}
	return signIns
}
