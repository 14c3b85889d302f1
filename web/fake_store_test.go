package web

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"signpost/store"
)

// fakeStore answers from a slice by plain loops: short enough to be believed, so that it can stand in for
// an engine and be its oracle.
type fakeStore struct {
	records []store.Record
	// err is returned by every question where it is set.
	err error
}

var _ store.Store = (*fakeStore)(nil)

// newFakeStore keeps the sign-ins, with a key and a version each.
func newFakeStore(signIns ...store.SignIn) *fakeStore {
	f := &fakeStore{}
	taken := map[store.Key]bool{}
	for _, s := range signIns {
		k, ok := store.KeyAt(s.Time)
		if !ok {
			panic("fake store: time out of reach")
		}
		for ; taken[k]; k++ {
		}
		taken[k] = true
		f.records = append(f.records, store.Record{SignIn: s, Key: k, Versions: []store.Version{{SignIn: s, Doc: []byte(`{"id":"` + s.ID + `"}`)}}})
	}
	slices.SortFunc(f.records, func(a, b store.Record) int { return cmp.Compare(b.Key, a.Key) })
	return f
}

// matching gives the rows of the log in the range that pass the filter, newest first.
func (f *fakeStore) matching(q store.ListQuery) []store.Row {
	var rows []store.Row
	for i := range f.records {
		r := &f.records[i]
		if r.SignIn.Log == q.Log && q.Range.Contains(r.Key.Time()) && q.Filter.Match(&r.SignIn) {
			rows = append(rows, store.Row{Key: r.Key, SignIn: r.SignIn})
		}
	}
	return rows
}

// pageOf cuts one page out of a list ordered newest first.
func pageOf[T any](list []T, key func(T) store.Key, after, before *store.Cursor, limit int) (page []T, next, prev *store.Cursor) {
	from, to := 0, len(list)
	switch {
	case after != nil:
		for from < len(list) && key(list[from]) >= after.Key {
			from++
		}
		to = min(len(list), from+limit)
	case before != nil:
		for to > 0 && key(list[to-1]) <= before.Key {
			to--
		}
		from = max(0, to-limit)
	default:
		to = min(len(list), limit)
	}
	page = list[from:to]
	if len(page) == 0 {
		return nil, nil, nil
	}
	if to < len(list) {
		next = &store.Cursor{Key: key(list[to-1])}
	}
	if from > 0 {
		prev = &store.Cursor{Key: key(list[from])}
	}
	return page, next, prev
}

func rowKey(r store.Row) store.Key { return r.Key }

func (f *fakeStore) SignIns(_ context.Context, q store.ListQuery) (store.Page, error) {
	rows, next, prev := pageOf(f.matching(q), rowKey, q.After, q.Before, q.Limit)
	return store.Page{Rows: rows, Next: next, Prev: prev, Complete: true}, f.err
}

func (f *fakeStore) Total(_ context.Context, q store.ListQuery) (store.Total, error) {
	return store.Total{N: int64(len(f.matching(q))), Complete: true}, f.err
}

// groupOf is what a row's group is known by.
func groupOf(q store.GroupsQuery, s *store.SignIn) string {
	info, _ := q.Log.Info()
	from, _ := q.Window.Around(s.Time)
	parts := []string{from.Format(time.RFC3339)}
	for _, p := range info.GroupBy {
		parts = append(parts, strings.ToLower(keyText(p, s)))
	}
	return strings.Join(parts, "\x00")
}

func (f *fakeStore) groups(q store.GroupsQuery) []store.Group {
	byKey := map[string]int{}
	var groups []store.Group
	for _, row := range f.matching(q.ListQuery) {
		key := groupOf(q, &row.SignIn)
		i, ok := byKey[key]
		if !ok {
			from, to := q.Window.Around(row.SignIn.Time)
			i, byKey[key] = len(groups), len(groups)
			groups = append(groups, store.Group{
				Newest: row, Last: row.SignIn.Time, From: from, To: to,
				Cut: from.Before(q.Range.From) || to.After(q.Range.To),
			})
		}
		groups[i].Count++
		groups[i].First = row.SignIn.Time
	}
	return groups
}

func (f *fakeStore) Groups(_ context.Context, q store.GroupsQuery) (store.GroupPage, error) {
	groups, next, prev := pageOf(f.groups(q), func(g store.Group) store.Key { return g.Newest.Key }, q.After, q.Before, q.Limit)
	return store.GroupPage{Groups: groups, Next: next, Prev: prev, Complete: true}, f.err
}

func (f *fakeStore) Members(_ context.Context, q store.MembersQuery) (store.Page, error) {
	for i := range f.records {
		if f.records[i].Key != q.Of || f.records[i].SignIn.Log != q.Log {
			continue
		}
		wanted := groupOf(q.GroupsQuery, &f.records[i].SignIn)
		var members []store.Row
		for _, row := range f.matching(q.ListQuery) {
			if groupOf(q.GroupsQuery, &row.SignIn) == wanted {
				members = append(members, row)
			}
		}
		rows, next, prev := pageOf(members, rowKey, q.After, q.Before, q.Limit)
		return store.Page{Rows: rows, Next: next, Prev: prev, Complete: true}, f.err
	}
	return store.Page{}, store.ErrNotFound
}

func (f *fakeStore) SignIn(_ context.Context, log store.Log, id string) (store.Record, error) {
	for _, r := range f.records {
		if r.SignIn.Log == log && r.SignIn.ID == id {
			return r, f.err
		}
	}
	return store.Record{}, store.ErrNotFound
}

func (f *fakeStore) Newest(_ context.Context, log store.Log) (time.Time, bool, error) {
	for _, r := range f.records {
		if r.SignIn.Log == log {
			return r.SignIn.Time, true, f.err
		}
	}
	return time.Time{}, false, f.err
}

func (f *fakeStore) PersonSignIns(_ context.Context, q store.PersonQuery) (store.Page, error) {
	var rows []store.Row
	for _, r := range f.records {
		if q.Person.Owns(&r.SignIn) && q.Range.Contains(r.Key.Time()) && q.Filter.Match(&r.SignIn) {
			rows = append(rows, store.Row{Key: r.Key, SignIn: r.SignIn})
		}
	}
	page, next, prev := pageOf(rows, rowKey, q.After, q.Before, q.Limit)
	return store.Page{Rows: page, Next: next, Prev: prev, Complete: true}, f.err
}

func (f *fakeStore) PersonSignIn(_ context.Context, person store.Person, id string) (store.Record, error) {
	for _, r := range f.records {
		if r.SignIn.ID == id && person.Owns(&r.SignIn) {
			return r, f.err
		}
	}
	return store.Record{}, store.ErrNotFound
}
