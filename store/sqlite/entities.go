package sqlite

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"signpost/store"
)

// entityItem is an object of the directory, an entity of the logs, or both, before it is a row.
type entityItem struct {
	place   store.EntityPlace
	object  *store.IndexedObject // nil where it was not imported
	group   *store.IndexedGroup
	code    int64   // of the entity's column; 0 where no sign-in has it
	seen    tallied // of the range
	ever    lastSeen
	id      string
	members int64
}

// lastSuccess is the last success of all time in microseconds since 1970, by the logs or the directory; never for none.
func (i *entityItem) lastSuccess() int64 {
	last := int64(never)
	if i.ever.success != never {
		last = i.ever.success.Time().UnixMicro()
	}
	if known := i.knownSuccess(); !known.IsZero() {
		last = max(last, known.UnixMicro())
	}
	return last
}

// knownSuccess is the last success that the directory told, of a group that of its members.
func (i *entityItem) knownSuccess() time.Time {
	switch {
	case i.group != nil:
		return i.group.KnownSuccess
	case i.object != nil:
		return i.object.LastSuccess
	}
	return time.Time{}
}

// entityList is the making of one page.
type entityList struct {
	*view
	ctx     context.Context
	looked  int // see givenUp
	q       store.EntitiesQuery
	index   *store.DirectoryIndex
	columns entityColumns
	logs    []store.Log
	text    string
	all     []tallied
	ever    *seenEntities
	names   map[int64]string // of entities that the logs ever knew by a name with the text
	items   []entityItem
}

// entityOf gives what the logs know of a kind, and the logs that know it. Groups are made of users.
func entityOf(kind store.ObjectKind) (e store.Entity, logs []store.Log) {
	for _, info := range store.SignIns.Logs {
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

// Entities gives one page of users, groups or applications; see store.Engine. All that the directory and the dictionaries
// hold are looked at: both are in memory. Rows of the logs are looked at by their columns only.
func (db *DB) Entities(ctx context.Context, q store.EntitiesQuery, known *store.DirectoryIndex) (store.EntityPage, error) {
	var page store.EntityPage
	err := db.read(ctx, func(v *view) error {
		l := &entityList{view: v, ctx: ctx, q: q, index: known, text: store.FoldCase(strings.TrimSpace(q.Text))}
		entity, logs := entityOf(q.Kind)
		l.columns, l.logs = db.entityColumns(entity), logs
		var err error
		if l.all, err = v.countEntities(ctx, l.columns, logs, q.Range); err != nil {
			return err
		}
		if l.ever, err = v.lastSeen(ctx); err != nil {
			return err
		}
		if q.Kind == store.ObjectGroup {
			l.addGroups()
		} else {
			if l.text != "" {
				if l.names, err = v.loggedNames(ctx, l.columns, logs, l.text); err != nil {
					return err
				}
			}
			l.addObjects()
			l.addSeen()
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		page, err = l.page(ctx)
		return err
	})
	return page, err
}

// givenUp looks once in a while whether the question was given up: what is added until then is not all.
func (l *entityList) givenUp() bool {
	l.looked++
	return l.looked%looksEach == 0 && l.ctx.Err() != nil
}

// addObjects adds what was imported.
func (l *entityList) addObjects() {
	if l.q.Kind == store.ObjectApplication {
		for appID, o := range l.index.Apps {
			if l.givenUp() {
				return
			}
			l.add(entityItem{object: o, id: appID})
		}
		return
	}
	objects := l.index.Objects[l.q.Kind]
	for i := range objects {
		if l.givenUp() {
			return
		}
		l.add(entityItem{object: &objects[i], id: objects[i].ID})
	}
}

// isImported says whether addObjects added the entity of an ID.
func (l *entityList) isImported(id string) bool {
	if l.q.Kind == store.ObjectApplication {
		return l.index.Apps[id] != nil
	}
	_, ok := l.index.Find(l.q.Kind, id)
	return ok
}

// addSeen adds what only the logs know: in the range, or ever where those are asked for that were not in the range.
func (l *entityList) addSeen() {
	if l.q.Type != "" || l.q.Enabled != store.Unset {
		return // only a directory knows
	}
	for code := range l.all {
		if l.givenUp() {
			return
		}
		isSeen := l.all[code].total() > 0 || l.q.Inactive && l.ever.of(l.columns.kind, int64(code)).newest != never
		if !isSeen || l.isImported(l.columns.entity.words.text(int64(code))) {
			continue
		}
		id, name, _ := l.named(int64(code))
		l.add(entityItem{id: id, code: int64(code), place: store.EntityPlace{Name: name}})
	}
}

// named gives an entity of the logs with the names on its newest sign-in of the range, else on its newest of all.
func (l *entityList) named(code int64) (id, name, username string) {
	seen := l.all[code]
	if seen.total() == 0 {
		ever := l.ever.of(l.columns.kind, code)
		seen.name, seen.username = uint32(ever.name), uint32(ever.username)
	}
	return l.columns.names(code, &seen)
}

// add adds an item if the question is about it.
func (l *entityList) add(item entityItem) {
	if !l.q.Scopes.HaveObject(l.q.Kind, item.id) {
		return
	}
	if o := item.object; o != nil {
		if item.group == nil {
			item.code, _ = l.columns.entity.words.code(item.id)
		}
		if l.q.Type != "" && !strings.EqualFold(o.Type, l.q.Type) || l.q.Enabled != store.Unset && o.Enabled != l.q.Enabled ||
			!strings.Contains(o.Folded, l.text) && !l.isLoggedAs(item.code, o) {
			return
		}
		item.place.Name = o.Name
	} else if item.code != 0 && l.text != "" && !l.isLoggedAs(item.code, nil) {
		return
	}
	if item.code != 0 && item.code < int64(len(l.all)) {
		item.seen = l.all[item.code]
	}
	if item.group == nil {
		item.ever = l.ever.of(l.columns.kind, item.code)
	}
	if l.q.Inactive && (item.lastSuccess() >= l.since() || item.isCreatedSince(l.q.Range.From)) {
		return
	}
	item.place.ID = item.id
	if item.id == "" {
		item.place.ID = l.columns.entity.words.text(item.code) // the name that stands in
	}
	item.place.Name, item.place.N = store.FoldCase(item.place.Name), l.sortedBy(&item)
	l.items = append(l.items, item)
}

// isLoggedAs says whether the logs know an entity by a name or an ID that holds the text, or did. A guest has another name
// there than in the directory, and people are renamed. The names of known, an object of the directory, were looked at already.
func (l *entityList) isLoggedAs(code int64, known *store.IndexedObject) bool {
	if code == 0 || code >= int64(len(l.all)) {
		return false
	}
	if l.names[code] != "" {
		return true
	}
	id, name, username := l.named(code)
	if known != nil && name == known.Name && username == known.Username {
		return false
	}
	return strings.Contains(store.Searchable(name, username, id), l.text)
}

// since is when the range begins; its zero time is before every sign-in.
func (l *entityList) since() int64 {
	if l.q.Range.From.IsZero() {
		return int64(never) + 1
	}
	return l.q.Range.From.UnixMicro()
}

// isCreatedSince says that the object is younger than a time. A group is not asked: its members may be older.
func (i *entityItem) isCreatedSince(from time.Time) bool {
	return !from.IsZero() && i.object != nil && i.group == nil && !i.object.Created.IsZero() && !i.object.Created.Before(from)
}

// sortedBy gives the number that a row is sorted by; 0 for names.
func (l *entityList) sortedBy(item *entityItem) int64 {
	r := &item.seen
	newest := func(s store.Status, k rowKey) int64 {
		if r.byStatus[s] == 0 {
			return math.MinInt64
		}
		return int64(k)
	}
	switch l.q.Sort {
	case store.SortSuccess:
		return item.lastSuccess()
	case store.SortFailure:
		return newest(store.StatusFailure, r.failure)
	case store.SortSignIns:
		return r.total()
	case store.SortFailures:
		return int64(r.byStatus[store.StatusFailure])
	}
	return 0
}

// addGroups adds the imported groups, also those known by their imported members alone.
func (l *entityList) addGroups() {
	add := func(id string, o *store.IndexedObject) {
		item := entityItem{object: o, id: id, group: l.index.Groups[id], ever: lastSeen{newest: never, success: never}}
		if item.group == nil {
			item.group = &store.IndexedGroup{}
		}
		members := item.group.Set.Members()
		item.members = int64(len(members))
		for i := range members {
			if r := l.memberSeen(&members[i]); r != nil {
				item.seen.add(r)
			}
			if code, ok := l.columns.entity.words.code(members[i].ID); ok {
				item.ever.success = max(item.ever.success, l.ever.of(l.columns.kind, code).success)
			}
		}
		if o == nil && (l.q.Type != "" || l.q.Enabled != store.Unset || !strings.Contains(id, l.text)) {
			return
		}
		l.add(item)
	}
	objects := l.index.Objects[store.ObjectGroup]
	for i := range objects {
		if l.ctx.Err() != nil {
			return // a group may have many members
		}
		add(objects[i].ID, &objects[i])
	}
	for id := range l.index.Groups {
		if l.ctx.Err() != nil {
			return
		}
		if _, known := l.index.Find(store.ObjectGroup, id); !known {
			add(id, nil)
		}
	}
}

// memberSeen gives the sign-ins of a member who is a user; nil where there are none.
func (l *entityList) memberSeen(m *store.Member) *tallied {
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

// order is the order of the question's rows: compareEntityPlaces, with what is sorted by turned round where that is asked.
func (l *entityList) order(a, b store.EntityPlace) int {
	switch {
	case !l.q.Reverse:
		return compareEntityPlaces(a, b)
	case l.q.Sort == store.SortName:
		return cmp.Or(cmp.Compare(b.Name, a.Name), cmp.Compare(a.ID, b.ID))
	}
	return cmp.Or(cmp.Compare(a.N, b.N), compareEntityPlaces(a, b))
}

// page cuts the page out of the items.
func (l *entityList) page(ctx context.Context) (store.EntityPage, error) {
	slices.SortFunc(l.items, func(a, b entityItem) int { return l.order(a.place, b.place) })
	from, to := pageBounds(l.items, func(i *entityItem, at store.EntityPlace) int { return l.order(i.place, at) }, l.q.After, l.q.Before, l.q.Limit)
	page := store.EntityPage{Total: int64(len(l.items)), Complete: l.ever.complete && l.completeLogs(l.logs, l.q.Range)}
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
func pageBounds[T any](list []T, compare func(*T, store.EntityPlace) int, after, before *store.EntityPlace, limit int) (from, to int) {
	find := func(at store.EntityPlace) (int, bool) {
		return slices.BinarySearchFunc(list, at, func(item T, at store.EntityPlace) int { return compare(&item, at) })
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
	row := store.EntityRow{
		ID: item.id, Seen: item.seen.forOutside(), Members: item.members, LastSuccess: timeOf(item.ever.success), KnownSuccess: item.knownSuccess(),
	}
	if item.group != nil {
		row.AsOf = item.group.AsOf
	} else if item.code != 0 && item.code < int64(len(l.all)) {
		_, row.Name, row.Username = l.named(item.code)
	}
	if o := item.object; o != nil {
		row.Imported, row.Type, row.Enabled, row.Created = true, o.Type, o.Enabled, o.Created
		row.Name, row.Username = cmp.Or(o.Name, row.Name), cmp.Or(o.Username, row.Username)
		if item.group == nil {
			row.AsOf = o.AsOf
		}
	}
	if name := l.names[item.code]; name != "" && !strings.Contains(store.Searchable(row.Name, row.Username, row.ID), l.text) &&
		(item.object == nil || !strings.Contains(item.object.Folded, l.text)) {
		row.LoggedAs = name
	}
	return row
}
