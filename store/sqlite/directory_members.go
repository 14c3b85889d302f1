package sqlite

import (
	"context"
	"slices"
	"strings"

	"signpost/store"
)

// Membership tells of a group's members; see store.Directory.
func (db *DB) Membership(ctx context.Context, group string) (store.MembershipInfo, error) {
	var info store.MembershipInfo
	group = store.FoldCase(group)
	err := db.read(ctx, func(v *view) error {
		index, err := v.directory(ctx)
		if err != nil {
			return err
		}
		o, known := index.find(store.ObjectGroup, group)
		g := index.groups[group]
		if !known && g == nil {
			return store.ErrNotFound
		}
		info = store.MembershipInfo{Group: store.Object{Kind: store.ObjectGroup, ID: group}, ByKind: map[store.ObjectKind]int64{}}
		if known {
			info.Group = o.Object
		}
		if g != nil {
			info.N, info.AsOf, info.Whole = int64(len(g.members)), g.asOf, g.whole
			for i := range g.members {
				info.ByKind[g.members[i].Kind]++
			}
		}
		return nil
	})
	return info, err
}

// GroupMembers gives one page of a group's members; see store.Directory.
func (db *DB) GroupMembers(ctx context.Context, q store.GroupMembersQuery) (store.GroupMemberPage, error) {
	var page store.GroupMemberPage
	err := db.read(ctx, func(v *view) error {
		index, err := v.directory(ctx)
		if err != nil {
			return err
		}
		g := index.groups[store.FoldCase(q.Group)]
		if g == nil {
			return nil
		}
		text := store.FoldCase(strings.TrimSpace(q.Text))
		type placed struct {
			store.Member
			place store.EntityPlace
		}
		var list []placed
		for _, m := range g.members {
			if strings.Contains(searchable(m.Name, m.Username, m.ID), text) {
				list = append(list, placed{m, store.EntityPlace{Name: store.FoldCase(m.Name), ID: m.ID}})
			}
		}
		slices.SortFunc(list, func(a, b placed) int { return compareEntityPlaces(a.place, b.place) })
		from, to := pageBounds(list, func(p *placed, at store.EntityPlace) int { return compareEntityPlaces(p.place, at) }, q.After, nil, q.Limit)
		for _, p := range list[from:to] {
			page.Members = append(page.Members, p.Member)
		}
		if to < len(list) {
			page.Next = &list[to-1].place
		}
		return nil
	})
	return page, err
}
