package web

import (
	"context"
	"time"

	"signpost/store"
)

// noDirectory is the directory of a store that has none: nothing was imported, and nobody is listed.
type noDirectory struct{}

func (noDirectory) Object(context.Context, store.ObjectKind, string) (store.Object, error) {
	return store.Object{}, store.ErrNotFound
}
func (noDirectory) ObjectsOfApp(context.Context, string) ([]store.Object, error) { return nil, nil }

func (noDirectory) Departments(context.Context) ([]store.Department, error) { return nil, nil }

func (noDirectory) NewestApp(context.Context, time.Time, []string) (store.Object, error) {
	return store.Object{}, nil
}

func (noDirectory) Entities(context.Context, store.EntitiesQuery) (store.EntityPage, error) {
	return store.EntityPage{Complete: true}, nil
}

func (noDirectory) LastSuccess(context.Context, store.ObjectKind, string) (store.LastSuccess, error) {
	return store.LastSuccess{Complete: true}, nil
}

func (noDirectory) Membership(context.Context, string) (store.MembershipInfo, error) {
	return store.MembershipInfo{}, store.ErrNotFound
}

func (noDirectory) GroupMembers(context.Context, store.GroupMembersQuery) (store.GroupMemberPage, error) {
	return store.GroupMemberPage{}, nil
}

func (noDirectory) GroupsOf(context.Context, string, int) ([]store.Object, int64, error) {
	return nil, 0, nil
}

func (noDirectory) ScopeTold(_ context.Context, s store.Scope) (store.Scope, error) { return s, nil }

func (noDirectory) DirectoryState(context.Context) (store.DirectoryState, error) {
	return store.DirectoryState{}, nil
}
