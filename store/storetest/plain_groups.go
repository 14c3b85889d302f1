package storetest

import (
	"context"
	"fmt"
	"strings"
	"time"

	"signpost/store"
)

// groupOf is the identity of a row's group: its window and the log's key. An entity's part of the key is its ID in
// any casing or, without one, its name, which never equals an ID.
func groupOf(q store.GroupsQuery, m *match) string {
	s := m.entry
	info, _ := m.kind.Log(q.Log)
	from, _ := q.Window.Around(m.time)
	parts := []string{from.Format(time.RFC3339)}
	for _, p := range info.GroupBy {
		switch {
		case p.Int != nil:
			parts = append(parts, fmt.Sprint(*p.Int(s)))
		case p.Fallback != nil:
			parts = append(parts, entityWord(p, s))
		default:
			parts = append(parts, *p.Text(s))
		}
	}
	return strings.Join(parts, "\x1e")
}

// entityWord identifies an entity by its ID in lower case or, marked, by the name in place of one.
func entityWord(p *store.Property, s store.Entry) string {
	if id := *p.Text(s); id != "" {
		return strings.ToLower(id)
	}
	if name := p.Fallback(s); name != "" {
		return "\x00" + name
	}
	return ""
}

// group gives every group of the query, newest first.
func (p *Plain) group(q store.GroupsQuery) []store.Group {
	places := map[string]int{}
	var groups []store.Group
	for _, m := range p.matching(q.ListQuery) { // newest first, so a group's first row is its newest
		key := groupOf(q, m)
		i, ok := places[key]
		if !ok {
			from, to := q.Window.Around(m.time)
			i = len(groups)
			places[key] = i
			groups = append(groups, store.Group{
				Newest: m.row(), Last: m.time, From: from, To: to,
				Cut: from.Before(q.Range.From) || to.After(q.Range.To),
			})
		}
		groups[i].Count++
		groups[i].First = m.time
	}
	return groups
}

// Groups gives one page of groups; see store.Store.
func (p *Plain) Groups(_ context.Context, q store.GroupsQuery) (store.GroupPage, error) {
	if info, ok := p.catalog.Log(q.Log); !ok || !info.Grouped {
		return store.GroupPage{}, store.ErrNotFound
	}
	if err := p.refuse(q.ListQuery); err != nil {
		return store.GroupPage{}, err
	}
	place := func(g store.Group) store.Cursor { return store.Cursor{Key: g.Newest.Key} }
	all := p.groups.get(nameOf(q.ListQuery)+q.Window.String(), func() []store.Group { return p.group(q) })
	groups, next, prev := pageOf(all, place, q.After, q.Before, q.Limit)
	return store.GroupPage{Groups: groups, Next: next, Prev: prev, Complete: true}, nil
}

// GroupRows gives one page of the members of a group; see store.Store.
func (p *Plain) GroupRows(_ context.Context, q store.GroupRowsQuery) (store.Page, error) {
	if info, ok := p.catalog.Log(q.Log); !ok || !info.Grouped {
		return store.Page{}, store.ErrNotFound
	}
	if err := p.refuse(q.ListQuery); err != nil {
		return store.Page{}, err
	}
	for _, e := range p.entries[q.Log] {
		if e.record.Key != q.Of {
			continue
		}
		wanted := groupOf(q.GroupsQuery, e.listed)
		var members []*match
		for _, m := range p.matching(q.ListQuery) {
			if groupOf(q.GroupsQuery, m) == wanted {
				members = append(members, m)
			}
		}
		return rowPage(members, q.After, q.Before, q.Limit), nil
	}
	return store.Page{}, store.ErrNotFound
}
