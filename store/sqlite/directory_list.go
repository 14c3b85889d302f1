package sqlite

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"signpost/store"
)

// entityItem is an object of the directory, an entity of the logs, or both, before it is a row.
type entityItem struct {
	place   store.EntityPlace
	object  *indexedObject // nil where it was not imported
	group   *indexedGroup
	code    int64    // of the entity's column; 0 where no sign-in has it
	seen    reported // of the range
	id      string
	members int64
}

// entityList is the making of one page.
type entityList struct {
	*view
	q       store.EntitiesQuery
	index   *directoryIndex
	columns entityColumns
	logs    []store.Log
	text    string
	all     []reported
	items   []entityItem
}

// entityOf gives what the logs know of a kind, and the logs that know it. Groups are made of users.
func entityOf(kind store.ObjectKind) (e store.Entity, logs []store.Log) {
	for _, info := range store.Logs() {
		switch kind {
		case store.ObjectUser, store.ObjectGroup:
			if info.User {
				logs = append(logs, info.Log)
			}
		case store.ObjectServicePrincipal:
			if !info.User {
				logs = append(logs, info.Log)
			}
		default:
			logs = append(logs, info.Log)
		}
	}
	switch kind {
	case store.ObjectUser, store.ObjectGroup:
		return store.EntityUser, logs
	case store.ObjectServicePrincipal:
		return store.EntityServicePrincipal, logs
	}
	return store.EntityApplication, logs
}

// Entities gives one page of users, groups or applications; see store.Directory. All of them are looked at: as many as
// the directory and the dictionaries hold, which are in memory, and none of the rows of the logs but by their columns.
func (db *DB) Entities(ctx context.Context, q store.EntitiesQuery) (store.EntityPage, error) {
	var page store.EntityPage
	err := db.read(ctx, func(v *view) error {
		l := &entityList{view: v, q: q, text: store.FoldCase(strings.TrimSpace(q.Text))}
		entity, logs := entityOf(q.Kind)
		l.columns, l.logs = db.entityColumns(entity), logs
		var err error
		if l.index, err = v.directory(ctx); err != nil {
			return err
		}
		if l.all, err = v.reportAll(ctx, l.columns, logs, q.Range, store.Filter{}); err != nil {
			return err
		}
		if q.Kind == store.ObjectGroup {
			l.addGroups()
		} else {
			l.addObjects()
			l.addSeen()
		}
		page, err = l.page(ctx)
		return err
	})
	return page, err
}

// addObjects adds what was imported.
func (l *entityList) addObjects() {
	if l.q.Kind == store.ObjectApplication {
		for appID, o := range l.index.apps {
			l.add(entityItem{object: o, id: appID})
		}
		return
	}
	objects := l.index.objects[l.q.Kind]
	for i := range objects {
		l.add(entityItem{object: &objects[i], id: objects[i].ID})
	}
}

// isImported says whether addObjects added the entity of an ID.
func (l *entityList) isImported(id string) bool {
	if l.q.Kind == store.ObjectApplication {
		return l.index.apps[id] != nil
	}
	_, ok := l.index.byID[l.q.Kind][id]
	return ok
}

// addSeen adds what only the logs know.
func (l *entityList) addSeen() {
	if l.q.Type != "" || l.q.Enabled != store.Unset {
		return // only a directory knows
	}
	for code := range l.all {
		if l.all[code].total() == 0 || l.isImported(l.columns.entity.words.text(int64(code))) {
			continue
		}
		row := l.columns.row(int64(code), &l.all[code])
		l.add(entityItem{id: row.ID, code: int64(code), place: store.EntityPlace{Name: row.Name}})
	}
}

// add adds an item if the question is about it.
func (l *entityList) add(item entityItem) {
	if o := item.object; o != nil {
		if l.q.Type != "" && !strings.EqualFold(o.Type, l.q.Type) || l.q.Enabled != store.Unset && o.Enabled != l.q.Enabled || !strings.Contains(o.folded, l.text) {
			return
		}
		item.place.Name = o.Name
		if item.group == nil {
			item.code, _ = l.columns.entity.words.code(item.id)
		}
	} else if item.code != 0 && l.text != "" {
		row := l.columns.row(item.code, &l.all[item.code])
		if !strings.Contains(searchable(row.Name, row.Username, row.ID), l.text) {
			return
		}
	}
	if item.code != 0 && item.code < int64(len(l.all)) {
		item.seen = l.all[item.code]
	}
	if l.q.Inactive && (item.seen.byStatus[store.StatusSuccess] > 0 || item.object.isSeenIn(l.q.Range)) {
		return
	}
	item.place.ID = item.id
	if item.id == "" {
		item.place.ID = l.columns.entity.words.text(item.code) // the name that stands in
	}
	item.place.Name, item.place.N = store.FoldCase(item.place.Name), l.sortedBy(&item.seen)
	l.items = append(l.items, item)
}

// isSeenIn says whether the directory knows of a successful sign-in in the range; nil knows of none.
func (o *indexedObject) isSeenIn(r store.Range) bool {
	return o != nil && !o.LastSuccess.IsZero() && r.Contains(o.LastSuccess)
}

// sortedBy gives the number that a row is sorted by; 0 for names.
func (l *entityList) sortedBy(r *reported) int64 {
	newest := func(s store.Status, k store.Key) int64 {
		if r.byStatus[s] == 0 {
			return math.MinInt64
		}
		return int64(k)
	}
	switch l.q.Sort {
	case store.SortSuccess:
		return newest(store.StatusSuccess, r.success)
	case store.SortFailure:
		return newest(store.StatusFailure, r.failure)
	case store.SortSignIns:
		return r.total()
	case store.SortFailures:
		return r.byStatus[store.StatusFailure]
	}
	return 0
}

// addGroups adds the imported groups, also those of which only the members were imported.
func (l *entityList) addGroups() {
	add := func(id string, o *indexedObject) {
		item := entityItem{object: o, id: id, group: l.index.groups[id]}
		if item.group == nil {
			item.group = &indexedGroup{}
		}
		item.members = int64(len(item.group.members))
		for i := range item.group.members {
			if r := l.memberSeen(&item.group.members[i]); r != nil {
				item.seen.add(r)
			}
		}
		if o == nil && (l.q.Type != "" || l.q.Enabled != store.Unset || !strings.Contains(id, l.text)) {
			return
		}
		l.add(item)
	}
	objects := l.index.objects[store.ObjectGroup]
	for i := range objects {
		add(objects[i].ID, &objects[i])
	}
	for id := range l.index.groups {
		if _, known := l.index.byID[store.ObjectGroup][id]; !known {
			add(id, nil)
		}
	}
}

// memberSeen gives the sign-ins of a member who is a user; nil where there are none.
func (l *entityList) memberSeen(m *store.Member) *reported {
	code, ok := l.columns.entity.words.code(m.ID)
	if !ok || code == 0 || code >= int64(len(l.all)) || l.all[code].total() == 0 {
		return nil
	}
	return &l.all[code]
}

// compareEntityPlaces orders rows: the most and the newest first, then by name, then by ID.
func compareEntityPlaces(a, b store.EntityPlace) int {
	return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
}

// page cuts the page out of the items.
func (l *entityList) page(ctx context.Context) (store.EntityPage, error) {
	slices.SortFunc(l.items, func(a, b entityItem) int { return compareEntityPlaces(a.place, b.place) })
	from, to := pageBounds(l.items, func(i *entityItem) store.EntityPlace { return i.place }, l.q.After, l.q.Before, l.q.Limit)
	page := store.EntityPage{Total: int64(len(l.items)), Complete: l.completeLogs(l.logs, l.q.Range)}
	switch {
	case from == len(l.items) && from > 0: // the rows behind After are gone
		page.Prev = l.q.After
	case from > 0:
		page.Prev = &l.items[from].place
	}
	if to < len(l.items) {
		page.Next = &l.items[to-1].place
	}
	items := l.items[from:to]
	buckets, err := l.buckets(ctx, items)
	if err != nil {
		return store.EntityPage{}, fmt.Errorf("count sign-ins over time: %w", err)
	}
	for i := range items {
		row := l.row(&items[i])
		row.Buckets = buckets[i]
		page.Rows = append(page.Rows, row)
	}
	return page, nil
}

// pageBounds gives the places in a sorted list of the page behind After, before Before, or of the first.
func pageBounds[T any](list []T, place func(*T) store.EntityPlace, after, before *store.EntityPlace, limit int) (from, to int) {
	find := func(at store.EntityPlace) (int, bool) {
		return slices.BinarySearchFunc(list, at, func(item T, at store.EntityPlace) int { return compareEntityPlaces(place(&item), at) })
	}
	switch {
	case after != nil:
		at, found := find(*after)
		if from = at; found {
			from++
		}
	case before != nil:
		if to, _ = find(*before); to > 0 { // else the rows before it are gone, and the first are next to it
			return max(0, to-limit), to
		}
	}
	return from, min(len(list), from+limit)
}

// row is an item for the outside.
func (l *entityList) row(item *entityItem) store.EntityRow {
	row := store.EntityRow{ID: item.id, Seen: item.seen.counts(), Members: item.members}
	if item.group != nil {
		row.AsOf = item.group.asOf
	} else if item.code != 0 && item.code < int64(len(l.all)) && item.seen.total() > 0 {
		seen := l.columns.row(item.code, &item.seen)
		row.Name, row.Username = seen.Name, seen.Username
	}
	if o := item.object; o != nil {
		row.Imported, row.Type, row.Enabled, row.KnownSuccess = true, o.Type, o.Enabled, o.LastSuccess
		row.Name, row.Username = cmp.Or(o.Name, row.Name), cmp.Or(o.Username, row.Username)
		if item.group == nil {
			row.AsOf = o.AsOf
		}
	}
	return row
}
