package directory

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"signpost/store"
)

// Membership tells of a group's members; see store.Directory.
func (db *DB) Membership(ctx context.Context, group string) (store.MembershipInfo, error) {
	group = store.FoldCase(group)
	index, err := db.Index(ctx)
	if err != nil {
		return store.MembershipInfo{}, err
	}
	o, known := index.Find(store.ObjectGroup, group)
	g := index.Groups[group]
	if !known && g == nil {
		return store.MembershipInfo{}, store.ErrNotFound
	}
	info := store.MembershipInfo{Group: store.Object{Kind: store.ObjectGroup, ID: group}, ByKind: map[store.ObjectKind]int64{}}
	if known {
		info.Group = o.Object
	}
	if g != nil {
		list := g.Set.Members()
		info.N, info.AsOf, info.Whole = int64(len(list)), g.AsOf, g.Whole
		for i := range list {
			info.ByKind[list[i].Kind]++
		}
	}
	return info, nil
}

// GroupMembers gives one page of a group's members; see store.Directory.
func (db *DB) GroupMembers(ctx context.Context, q store.GroupMembersQuery) (store.GroupMemberPage, error) {
	index, err := db.Index(ctx)
	if err != nil {
		return store.GroupMemberPage{}, err
	}
	text := store.FoldCase(strings.TrimSpace(q.Text))
	type placed struct {
		store.Member
		place store.EntityPlace
	}
	var list []placed
	for _, m := range index.Members(store.FoldCase(q.Group)) {
		if strings.Contains(store.Searchable(m.Name, m.Username, m.ID), text) {
			list = append(list, placed{m, store.EntityPlace{Name: store.FoldCase(m.Name), ID: m.ID}})
		}
	}
	byPlace := func(p placed, at store.EntityPlace) int {
		return cmp.Or(cmp.Compare(p.place.Name, at.Name), cmp.Compare(p.place.ID, at.ID))
	}
	slices.SortFunc(list, func(a, b placed) int { return byPlace(a, b.place) })
	from := 0
	if q.After != nil {
		at, found := slices.BinarySearchFunc(list, *q.After, byPlace)
		if from = at; found {
			from++
		}
	}
	var page store.GroupMemberPage
	to := min(len(list), from+q.Limit)
	for _, p := range list[from:to] {
		page.Members = append(page.Members, p.Member)
	}
	if to < len(list) {
		page.Next = &list[to-1].place
	}
	return page, nil
}
