package store

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"
)

// DirectoryIndex is the imported directory in memory, at one state: some eight hundred bytes a user. It never changes once
// it is made, so a question and its answer go by the same state. The zero DirectoryIndex is that of an empty directory.
type DirectoryIndex struct {
	// Objects are those of each kind by ID, Apps by application ID: its service principal, else the registration.
	Objects map[ObjectKind][]IndexedObject
	Apps    map[string]*IndexedObject
	// Groups are those with imported members, by ID.
	Groups map[string]*IndexedGroup
	// Departments are those of the users, by their folded names.
	Departments map[string]*IndexedDepartment
	// Names are the names by which users are found.
	Names UserNames
	// AsOf is the time of the newest import of each kind.
	AsOf map[ObjectKind]time.Time

	places map[ObjectKind]map[string]int // in Objects
	scopes sync.Map                      // *scopeIDs of the scopes that were asked for
}

// IndexedObject is an object without its facts.
type IndexedObject struct {
	Object
	// Folded joins name, username, mail address, ID and application ID for searching: see Searchable.
	Folded string
}

// IndexedGroup is the members of one group.
type IndexedGroup struct {
	Set   MemberSet
	AsOf  time.Time
	Whole bool
	// KnownSuccess is the last success of its members that the directory tells.
	KnownSuccess time.Time

	members []Member
}

// IndexedDepartment is the users of one department. Of names that differ in case only, Name is the first in byte order.
type IndexedDepartment struct {
	Name string
	Set  MemberSet
	AsOf time.Time // of the newest import of one of them

	members []Member
}

// addDepartment adds a user to their department.
func (x *DirectoryIndex) addDepartment(name string, o *Object) {
	if name = strings.TrimSpace(name); name == "" {
		return
	}
	d := x.Departments[FoldCase(name)]
	if d == nil {
		d = &IndexedDepartment{Name: name}
		x.Departments[FoldCase(name)] = d
	}
	d.Name = min(d.Name, name)
	d.members = append(d.members, Member{ID: o.ID, Name: o.Name, Username: o.Username, Kind: ObjectUser})
	if o.AsOf.After(d.AsOf) {
		d.AsOf = o.AsOf
	}
}

// tellDepartments puts the members of the departments that a condition names among those of groups.
func (x *DirectoryIndex) tellDepartments(c Condition, members map[string]MemberSet) error {
	for _, name := range c.Values {
		d := x.Departments[FoldCase(name)]
		if d == nil {
			return BadParam{Param: c.Param(), Value: name, Problem: NoSuchDepartment}
		}
		members[c.Field.MemberKey(name)] = d.Set
	}
	return nil
}

// Searchable joins what a search looks through; the separator is in no search.
func Searchable(texts ...string) string { return FoldCase(strings.Join(texts, "\x00")) }

// NewDirectoryIndex begins the index of some objects. Of facts only a user's mail and department are looked at. Groups and members are
// added, then Finish ends it.
func NewDirectoryIndex(objects []Object) *DirectoryIndex {
	x := &DirectoryIndex{
		Objects: map[ObjectKind][]IndexedObject{}, Apps: map[string]*IndexedObject{}, Groups: map[string]*IndexedGroup{},
		Departments: map[string]*IndexedDepartment{},
		Names:       UserNames{}, AsOf: map[ObjectKind]time.Time{}, places: map[ObjectKind]map[string]int{},
	}
	for i := range objects {
		o := objects[i]
		mail := ""
		if o.Kind == ObjectUser {
			mail = o.Fact("mail")
			x.Names.Add(o.ID, o.Username, mail)
			x.addDepartment(o.Fact("department"), &o)
		}
		o.Facts = nil
		x.Objects[o.Kind] = append(x.Objects[o.Kind], IndexedObject{o, Searchable(o.Name, o.Username, mail, o.ID, o.AppID)})
		x.imported(o.Kind, o.AsOf)
	}
	for kind, list := range x.Objects {
		slices.SortFunc(list, func(a, b IndexedObject) int { return cmp.Compare(a.ID, b.ID) })
		places := make(map[string]int, len(list))
		for i := range list {
			places[list[i].ID] = i
		}
		x.places[kind] = places
	}
	for _, kind := range []ObjectKind{ObjectApplication, ObjectServicePrincipal} {
		for i := range x.Objects[kind] {
			if o := &x.Objects[kind][i]; o.AppID != "" {
				x.Apps[o.AppID] = o
			}
		}
	}
	return x
}

func (x *DirectoryIndex) imported(kind ObjectKind, asOf time.Time) {
	if asOf.After(x.AsOf[kind]) {
		x.AsOf[kind] = asOf
	}
}

// AddGroup adds a group whose members were imported.
func (x *DirectoryIndex) AddGroup(id string, asOf time.Time, whole bool) {
	x.Groups[id] = &IndexedGroup{AsOf: asOf, Whole: whole}
	x.imported(ObjectGroup, asOf)
}

// AddMember adds a member of a group that was added. A user of the directory has the name that it has now.
func (x *DirectoryIndex) AddMember(group string, m Member) {
	g := x.Groups[group]
	if g == nil {
		return
	}
	if u, ok := x.Find(ObjectUser, m.ID); ok { // one copy of the texts
		m.ID, m.Kind, m.Name, m.Username = u.ID, u.Kind, cmp.Or(u.Name, m.Name), cmp.Or(u.Username, m.Username)
		if u.LastSuccess.After(g.KnownSuccess) {
			g.KnownSuccess = u.LastSuccess
		}
	}
	g.members = append(g.members, m)
}

// Finish makes the sets of members.
func (x *DirectoryIndex) Finish() *DirectoryIndex {
	for _, g := range x.Groups {
		g.Set, g.members = NewMemberSet(g.members), nil
	}
	for _, d := range x.Departments {
		d.Set, d.members = NewMemberSet(d.members), nil
	}
	return x
}

// Find gives an object.
func (x *DirectoryIndex) Find(kind ObjectKind, id string) (*IndexedObject, bool) {
	i, ok := x.places[kind][id]
	if !ok {
		return nil, false
	}
	return &x.Objects[kind][i], true
}

// Members gives the members of a group; empty for one without imported members.
func (x *DirectoryIndex) Members(group string) []Member {
	if g := x.Groups[group]; g != nil {
		return g.Set.Members()
	}
	return nil
}

// UserCalled gives the ID of the one user whose user principal name that is. A mail address is none.
func (x *DirectoryIndex) UserCalled(upn string) (id string, ok bool) {
	ids := slices.DeleteFunc(x.Names.IDs([]string{upn}), func(id string) bool {
		user, ok := x.Find(ObjectUser, id)
		return !ok || FoldCase(user.Username) != FoldCase(upn)
	})
	if len(ids) != 1 {
		return "", false
	}
	return ids[0], true
}

// told gives the filter with what the directory knows of its groups and names. A group that the directory does not know, or
// without imported members, is the filter's mistake: to match nobody would be a silent wrong answer.
func (x *DirectoryIndex) told(f Filter) (Filter, error) {
	members := map[string]MemberSet{}
	for _, c := range f.conditions {
		if !c.Field.Members {
			continue
		}
		if c.Field.Object != ObjectGroup {
			if err := x.tellDepartments(c, members); err != nil {
				return f, err
			}
			continue
		}
		for _, id := range c.Values {
			g := x.Groups[id]
			if g == nil {
				problem := NoSuchGroup
				if _, known := x.Find(ObjectGroup, id); known {
					problem = NoMembers
				}
				return f, BadParam{Param: c.Param(), Value: id, Problem: problem}
			}
			members[id] = g.Set
		}
	}
	return f.WithMembers(members).WithUserNames(x.Names).WithScopesTold(x), nil
}
