package sqlite

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// directories keeps the newest directory in memory, as dictionaries are kept: some eight hundred bytes a user. Lists, filters by
// group and questions about a name look at all of it.
type directories struct {
	loading *semaphore.Weighted // of one
	newest  atomic.Pointer[directoryIndex]
}

func newDirectories() directories { return directories{loading: semaphore.NewWeighted(1)} }

// directoryIndex is the imported directory at one revision. It never changes.
type directoryIndex struct {
	revision int64
	objects  map[store.ObjectKind][]indexedObject
	byID     map[store.ObjectKind]map[string]int // places in objects
	groups   map[string]*indexedGroup
	apps     map[string]*indexedObject // by application ID: its service principal, else the registration
	names    store.UserNames           // by which users are found
	asOf     map[store.ObjectKind]time.Time

	mu    sync.Mutex
	codes map[membersAsked]*memberCodes
}

// indexedObject is an object without its facts.
type indexedObject struct {
	store.Object
	folded string // name, username, mail address, ID and application ID, for searching
}

// indexedGroup is the members of one group.
type indexedGroup struct {
	members []store.Member
	asOf    time.Time
	whole   bool
	// knownSuccess is the last success of its members that the directory told.
	knownSuccess time.Time
}

// directory gives the directory that the view's transaction sees.
func (v *view) directory(ctx context.Context) (*directoryIndex, error) {
	var revision int64
	if err := v.tx.QueryRowContext(ctx, "SELECT n FROM directory_revision").Scan(&revision); err != nil {
		return nil, fmt.Errorf("read the revision of the directory: %w", err)
	}
	d := &v.db.directories
	if index := d.newest.Load(); index != nil && index.revision == revision {
		return index, nil
	}
	if err := d.loading.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer d.loading.Release(1)
	kept := d.newest.Load()
	if kept != nil && kept.revision == revision {
		return kept, nil
	}
	index, err := v.loadDirectory(ctx, revision)
	if err == nil && (kept == nil || kept.revision < revision) {
		d.newest.Store(index)
	}
	return index, err
}

func (v *view) loadDirectory(ctx context.Context, revision int64) (*directoryIndex, error) {
	index := &directoryIndex{
		revision: revision, objects: map[store.ObjectKind][]indexedObject{}, byID: map[store.ObjectKind]map[string]int{},
		groups: map[string]*indexedGroup{}, asOf: map[store.ObjectKind]time.Time{}, codes: map[membersAsked]*memberCodes{},
		apps: map[string]*indexedObject{}, names: store.UserNames{},
	}
	rows, err := v.tx.QueryContext(ctx, `SELECT kind, id, name, username, app_id, type, enabled, created, last_success, as_of,
		iif(kind = ?, coalesce(facts ->> '$.mail', ''), '') FROM directory`, store.ObjectUser)
	if err != nil {
		return nil, fmt.Errorf("read the directory: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var o indexedObject
		var created, success, asOf int64
		var mail string
		if err := rows.Scan(&o.Kind, &o.ID, &o.Name, &o.Username, &o.AppID, &o.Type, &o.Enabled, &created, &success, &asOf, &mail); err != nil {
			return nil, fmt.Errorf("read an object of the directory: %w", err)
		}
		o.Created, o.LastSuccess, o.AsOf = timeOfMicros(created), timeOfMicros(success), timeOfMicros(asOf)
		o.folded = searchable(o.Name, o.Username, mail, o.ID, o.AppID)
		if o.Kind == store.ObjectUser {
			index.names.Add(o.ID, o.Username, mail)
		}
		index.objects[o.Kind] = append(index.objects[o.Kind], o)
		if o.AsOf.After(index.asOf[o.Kind]) {
			index.asOf[o.Kind] = o.AsOf
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for kind, objects := range index.objects {
		slices.SortFunc(objects, func(a, b indexedObject) int { return cmp.Compare(a.ID, b.ID) })
		byID := make(map[string]int, len(objects))
		for i := range objects {
			byID[objects[i].ID] = i
		}
		index.byID[kind] = byID
	}
	for _, kind := range []store.ObjectKind{store.ObjectApplication, store.ObjectServicePrincipal} {
		for i := range index.objects[kind] {
			if o := &index.objects[kind][i]; o.AppID != "" {
				index.apps[o.AppID] = o
			}
		}
	}
	return index, v.loadMembers(ctx, index)
}

// searchable joins what a search looks through; the separator is in no search.
func searchable(texts ...string) string { return store.FoldCase(strings.Join(texts, "\x00")) }

func (v *view) loadMembers(ctx context.Context, index *directoryIndex) error {
	rows, err := v.tx.QueryContext(ctx, "SELECT grp, as_of, whole FROM memberships")
	if err != nil {
		return fmt.Errorf("read the memberships: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var asOf int64
		var g indexedGroup
		if err := rows.Scan(&id, &asOf, &g.whole); err != nil {
			return err
		}
		g.asOf = timeOfMicros(asOf)
		index.groups[id] = &g
		if g.asOf.After(index.asOf[store.ObjectGroup]) {
			index.asOf[store.ObjectGroup] = g.asOf
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	members, err := v.tx.QueryContext(ctx, "SELECT grp, id, kind, name, username FROM members")
	if err != nil {
		return fmt.Errorf("read the members: %w", err)
	}
	defer members.Close()
	for members.Next() {
		var group string
		var m store.Member
		if err := members.Scan(&group, &m.ID, &m.Kind, &m.Name, &m.Username); err != nil {
			return err
		}
		var known time.Time
		if u, ok := index.find(store.ObjectUser, m.ID); ok { // one copy of the texts, and the name of now
			m.ID, m.Kind, m.Name, m.Username = u.ID, u.Kind, cmp.Or(u.Name, m.Name), cmp.Or(u.Username, m.Username)
			known = u.LastSuccess
		}
		if g := index.groups[group]; g != nil {
			if g.members = append(g.members, m); known.After(g.knownSuccess) {
				g.knownSuccess = known
			}
		}
	}
	return members.Err()
}

func (index *directoryIndex) find(kind store.ObjectKind, id string) (*indexedObject, bool) {
	i, ok := index.byID[kind][id]
	if !ok {
		return nil, false
	}
	return &index.objects[kind][i], true
}

// memberColumns are the columns that say who signed in.
type memberColumns struct{ user, username, principal *column }

func (s *kindSchema) memberColumns() (c memberColumns, has bool) {
	c = memberColumns{s.byProp[store.UserID], s.byProp[store.UserPrincipalName], s.byProp[store.ServicePrincipalID]}
	return c, c.user != nil && c.username != nil && c.principal != nil
}

// membersAsked names the members of some groups as the values of columns.
type membersAsked struct {
	columns memberColumns
	groups  string
}

// memberCodes is the members of some groups as the values of columns.
type memberCodes struct {
	words [3]int64 // how many words the columns' dictionaries had
	// ids and principals are those of users and of service principals.
	ids, principals *segment.Set
	// names are usernames, which count where a row has no user ID: one of nobody.
	names, nobody *segment.Set
	// otherNames and somebody are all other values of those columns.
	otherNames, somebody *segment.Set
}

// maxMemberCodes is how many sets of groups are kept; they go all together when there are more.
const maxMemberCodes = 64

// membersOf gives the members of the groups a condition names. A group that is not known is the filter's mistake.
func membersOf(ctx context.Context, index *directoryIndex, columns memberColumns, c store.Condition) (*memberCodes, error) {
	var members []store.Member
	for _, id := range c.Values {
		g := index.groups[id]
		if g == nil {
			problem := store.NoSuchGroup
			if _, known := index.find(store.ObjectGroup, id); known {
				problem = store.NoMembers
			}
			return nil, store.BadParam{Param: c.Param(), Value: id, Problem: problem}
		}
		members = append(members, g.members...)
	}
	user, username, principal := columns.user.words, columns.username.words, columns.principal.words
	words := [3]int64{user.next(), username.next(), principal.next()}
	asked := membersAsked{columns, strings.Join(c.Values, "\x00")}
	index.mu.Lock()
	kept, ok := index.codes[asked]
	index.mu.Unlock()
	if ok && kept.words == words {
		return kept, nil
	}
	var ids, names []string
	for _, m := range members {
		ids = append(ids, m.ID)
		if m.Username != "" {
			names = append(names, m.Username)
		}
	}
	codes := &memberCodes{words: words, ids: segment.NewSet(user.anyOf(ids)...), principals: segment.NewSet(principal.anyOf(ids)...)}
	nobody := append(user.matching(ctx, isStandIn), 0)
	codes.nobody, codes.somebody = segment.NewSet(nobody...), segment.NewSet(otherCodes(nobody, words[0])...)
	named := username.anyOf(names)
	codes.names, codes.otherNames = segment.NewSet(named...), segment.NewSet(otherCodes(named, words[1])...)
	if err := ctx.Err(); err != nil {
		return nil, err // what was found may not be all
	}
	index.mu.Lock()
	defer index.mu.Unlock()
	if len(index.codes) >= maxMemberCodes {
		clear(index.codes)
	}
	index.codes[asked] = codes
	return codes, nil
}

// otherCodes gives all codes below n but these.
func otherCodes(codes []int64, n int64) []int64 {
	taken := make([]bool, n)
	for _, code := range codes {
		if code < n {
			taken[code] = true
		}
	}
	others := make([]int64, 0, n)
	for code := range n {
		if !taken[code] {
			others = append(others, code)
		}
	}
	return others
}

// planMembers adds that a member of a group made the sign-in, or none did: store.MemberSet.Made as clauses.
func (v *view) planMembers(ctx context.Context, p *plan, q *question, clause store.Clause) error {
	index, err := v.directory(ctx)
	if err != nil {
		return err
	}
	q.known += fmt.Sprintf(" members %d", index.revision)
	columns, has := q.table.kind.memberColumns()
	if !has {
		if len(clause.Any) > 0 {
			p.require(segment.Clause{}) // no member made any of the log's records
		}
		return nil
	}
	user, username, principal := columns.user.index, columns.username.index, columns.principal.index
	info, _ := q.table.log.Info()
	var ways []alternative
	for _, c := range slices.Concat(clause.Any, clause.All) {
		codes, err := membersOf(ctx, index, columns, c)
		if err != nil {
			return err
		}
		negative := c.Op.Negative()
		by := segment.Clause{Terms: []segment.Term{{Column: principal, Set: codes.principals}}, Not: negative}
		if info.User {
			by.Terms = []segment.Term{{Column: user, Set: codes.ids}}
		}
		named := info.User && codes.names.Len() > 0
		switch {
		case negative:
			p.require(by)
			if named {
				p.require(segment.Clause{Terms: []segment.Term{{Column: username, Set: codes.otherNames}, {Column: user, Set: codes.somebody}}})
			}
		default:
			ways = append(ways, alternative{clauses: []segment.Clause{by}})
			if named {
				ways = append(ways, alternative{clauses: []segment.Clause{
					{Terms: []segment.Term{{Column: user, Set: codes.nobody}}}, {Terms: []segment.Term{{Column: username, Set: codes.names}}},
				}})
			}
		}
	}
	if len(clause.Any) > 0 {
		p.requireAny(ways)
	}
	return nil
}
