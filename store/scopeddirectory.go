package store

import (
	"context"
	"math"
	"slices"
	"time"
)

// HasObject tells whether an object of the directory is one that the scope names, or a member of a group that it names.
func (s Scope) HasObject(kind ObjectKind, id string) bool {
	switch kind {
	case ObjectUser:
		return s.HasPrincipal(id)
	case ObjectGroup:
		_, found := slices.BinarySearch(s.Groups, FoldCase(id))
		return found
	case ObjectServicePrincipal:
		return s.HasPrincipal(id) || s.HasApp(id)
	}
	return s.HasApp(id)
}

// HaveObject tells whether each scope has an object.
func (list Scopes) HaveObject(kind ObjectKind, id string) bool {
	return !slices.ContainsFunc(list, func(s Scope) bool { return !s.HasObject(kind, id) })
}

// ScopedDirectory gives the directory as somebody may ask it who is limited to a scope: the objects that Scope.HasObject, and
// no others.
func ScopedDirectory(d Directory, scope Scope) Directory {
	if scope.IsZero() {
		return d
	}
	return scopedDirectory{d, scope}
}

type scopedDirectory struct {
	directory Directory
	scope     Scope
}

func (d scopedDirectory) ScopeTold(ctx context.Context, s Scope) (Scope, error) {
	return d.directory.ScopeTold(ctx, s)
}

// has tells whether the scope has an object.
func (d scopedDirectory) has(ctx context.Context, kind ObjectKind, id string) (bool, error) {
	scope, err := d.ScopeTold(ctx, d.scope)
	return err == nil && scope.HasObject(kind, id), err
}

func (d scopedDirectory) Object(ctx context.Context, kind ObjectKind, id string) (Object, error) {
	in, err := d.has(ctx, kind, id)
	if err != nil {
		return Object{}, err
	}
	object, err := d.directory.Object(ctx, kind, id) // asked for either way: the time must not tell
	if err == nil && !in {
		return Object{}, ErrNotFound
	}
	return object, err
}

func (d scopedDirectory) ObjectsOfApp(ctx context.Context, appID string) ([]Object, error) {
	in, err := d.has(ctx, ObjectApplication, appID)
	if err != nil {
		return nil, err
	}
	objects, err := d.directory.ObjectsOfApp(ctx, appID)
	if !in {
		objects = nil
	}
	return objects, err
}

// Departments gives none to who is limited: their names and sizes are those of the whole directory.
func (d scopedDirectory) Departments(context.Context) ([]Department, error) { return nil, nil }

// NewestApp gives none to who is limited: the newest of a few applications is no news.
func (d scopedDirectory) NewestApp(context.Context, time.Time, []string) (Object, error) {
	return Object{}, nil
}

func (d scopedDirectory) Entities(ctx context.Context, q EntitiesQuery) (EntityPage, error) {
	q.Scopes = q.Scopes.with(d.scope)
	return d.directory.Entities(ctx, q)
}

func (d scopedDirectory) LastSuccess(ctx context.Context, kind ObjectKind, id string) (LastSuccess, error) {
	in, err := d.has(ctx, kind, id)
	if err != nil {
		return LastSuccess{}, err
	}
	last, err := d.directory.LastSuccess(ctx, kind, id)
	if !in {
		last.Time = time.Time{}
	}
	return last, err
}

func (d scopedDirectory) Membership(ctx context.Context, group string) (MembershipInfo, error) {
	info, err := d.directory.Membership(ctx, group)
	if err == nil && !d.scope.HasObject(ObjectGroup, group) {
		return MembershipInfo{}, ErrNotFound
	}
	return info, err
}

func (d scopedDirectory) GroupMembers(ctx context.Context, q GroupMembersQuery) (GroupMemberPage, error) {
	page, err := d.directory.GroupMembers(ctx, q)
	if !d.scope.HasObject(ObjectGroup, q.Group) {
		page = GroupMemberPage{}
	}
	return page, err
}

// GroupsOf gives the scope's groups alone.
func (d scopedDirectory) GroupsOf(ctx context.Context, id string, limit int) (groups []Object, n int64, err error) {
	all, _, err := d.directory.GroupsOf(ctx, id, math.MaxInt32)
	for _, group := range all {
		if d.scope.HasObject(ObjectGroup, group.ID) {
			groups = append(groups, group)
		}
	}
	return groups[:min(len(groups), limit)], int64(len(groups)), err
}

// DirectoryState counts the scope's objects.
func (d scopedDirectory) DirectoryState(ctx context.Context) (DirectoryState, error) {
	state, err := d.directory.DirectoryState(ctx)
	if err != nil {
		return state, err
	}
	before := AllTime().From
	counts := map[ObjectKind]int64{}
	for kind := range state.N {
		page, err := d.Entities(ctx, EntitiesQuery{Kind: kind, Range: Range{From: before, To: before.Add(time.Microsecond)}, Sort: SortName, Limit: 1})
		if err != nil {
			return state, err
		}
		counts[kind] = page.Total
	}
	state.N = counts
	return state, nil
}
