package store

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
)

// Scope limits somebody to the records of some persons and applications: see Scoped. A record is in the scope where any of
// these made it or, of records that have targets, where any of these is one. The zero Scope limits nothing. All are IDs in
// lower case.
type Scope struct {
	// Users are user IDs. Groups are directory groups, whose members count as Users do. Apps are application IDs.
	Users, Groups, Apps []string

	ids *scopeIDs
}

// scopeIDs are the IDs that a scope comes to in one state of the directory, in byte order.
type scopeIDs struct {
	principals, apps []string
	print            string
}

// NewScope gives a scope with its IDs in the form in which they are compared, each once.
func NewScope(users, groups, apps []string) Scope {
	return Scope{Users: folded(users), Groups: folded(groups), Apps: folded(apps)}
}

func folded(ids []string) (list []string) {
	for _, id := range ids {
		if id = FoldCase(strings.TrimSpace(id)); id != "" {
			list = append(list, id)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// IsZero says that the scope limits nothing.
func (s Scope) IsZero() bool { return len(s.Users) == 0 && len(s.Groups) == 0 && len(s.Apps) == 0 }

// Name tells the scope from others by what it names; empty for the zero Scope.
func (s Scope) Name() string {
	if s.IsZero() {
		return ""
	}
	return fmt.Sprintf("%q %q %q", s.Users, s.Groups, s.Apps)
}

// asksDirectory says that only a directory can tell what the scope comes to.
func (s Scope) asksDirectory() bool { return len(s.Groups) > 0 || len(s.Apps) > 0 }

// Scope gives the scope with what this state of the directory knows of it: the members of its groups, and the objects of its
// applications, by which audit records name them. A group without imported members has none: a scope fails closed.
func (x *DirectoryIndex) Scope(s Scope) Scope {
	if s.IsZero() {
		return s
	}
	name := s.Name()
	if kept, ok := x.scopes.Load(name); ok {
		s.ids = kept.(*scopeIDs)
		return s
	}
	principals, apps := slices.Clone(s.Users), slices.Clone(s.Apps)
	for _, group := range s.Groups {
		for _, m := range x.Members(group) {
			principals = append(principals, m.ID)
		}
	}
	if len(s.Apps) > 0 {
		for _, kind := range []ObjectKind{ObjectApplication, ObjectServicePrincipal} {
			for i := range x.Objects[kind] {
				if o := &x.Objects[kind][i]; slices.Contains(s.Apps, FoldCase(o.AppID)) {
					apps = append(apps, o.ID)
				}
			}
		}
	}
	s.ids = newScopeIDs(principals, apps)
	x.scopes.Store(name, s.ids)
	return s
}

// newScopeIDs leaves out the IDs of nobody: sign-ins with a name that no user has carry one.
func newScopeIDs(principals, apps []string) *scopeIDs {
	isNobody := func(id string) bool { return !IsUserID(id) }
	ids := &scopeIDs{principals: slices.DeleteFunc(folded(principals), isNobody), apps: slices.DeleteFunc(folded(apps), isNobody)}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q", ids.principals, ids.apps))
	ids.print = fmt.Sprintf("%x", sum[:16])
	return ids
}

// told gives what the scope comes to: with what a directory told it, else by what it names itself.
func (s Scope) told() *scopeIDs {
	if s.ids != nil {
		return s.ids
	}
	return newScopeIDs(s.Users, s.Apps)
}

// Print tells what the scope comes to from what others do. An engine that keeps what it made of a scope goes by it.
func (s Scope) Print() string { return s.told().print }

// ScopeWay is one way in which a record can be in a scope: where a value of the property is one of the IDs.
type ScopeWay struct {
	Property *Property
	IDs      []string
}

// Ways gives the ways in which a record of a log can be in the scope. A log without any has no records for who is limited.
func (s Scope) Ways(info LogInfo) (ways []ScopeWay) {
	told := s.told()
	for _, p := range info.Principals {
		ways = append(ways, ScopeWay{p, told.principals})
	}
	for _, p := range info.Apps {
		ways = append(ways, ScopeWay{p, told.apps})
	}
	return ways
}

// Has tells whether a record of a log is in the scope. It is slow and plain; engines look at their columns.
func (s Scope) Has(info LogInfo, e Entry) bool {
	return slices.ContainsFunc(s.Ways(info), func(w ScopeWay) bool {
		if w.Property.Set != nil {
			return slices.ContainsFunc(w.Property.Set(e), w.Has)
		}
		return w.Has(*w.Property.Text(e))
	})
}

// Has tells whether a text is one of the IDs.
func (w ScopeWay) Has(id string) bool {
	_, found := slices.BinarySearch(w.IDs, FoldCase(id))
	return found
}

// Principals gives the IDs of the scope's users and members.
func (s Scope) Principals() []string { return s.told().principals }

// Applications gives the IDs of the scope's applications, with those of their objects in the directory.
func (s Scope) Applications() []string { return s.told().apps }

// HasPrincipal and HasApp tell whether an ID is one of the scope's users and members, or of its applications.
func (s Scope) HasPrincipal(id string) bool { return ScopeWay{IDs: s.told().principals}.Has(id) }

// HasApp is told with HasPrincipal.
func (s Scope) HasApp(id string) bool { return ScopeWay{IDs: s.told().apps}.Has(id) }

// Scopes are scopes in all of which something must be.
type Scopes []Scope

// with gives the scopes and one more.
func (list Scopes) with(s Scope) Scopes { return append(slices.Clone(list), s) }

// Have tells whether a record of a log is in all of the scopes.
func (list Scopes) Have(info LogInfo, e Entry) bool {
	return !slices.ContainsFunc(list, func(s Scope) bool { return !s.Has(info, e) })
}

// Scopes gives scopes with what this state of the directory knows of each.
func (x *DirectoryIndex) Scopes(list Scopes) Scopes {
	told := make(Scopes, len(list))
	for i, s := range list {
		told[i] = x.Scope(s)
	}
	return told
}

// within is a filter's part that no condition of it can widen: the scopes of who asks.
type within struct {
	catalog Catalog
	scopes  Scopes
}

// Within gives the filter narrowed to a scope. No condition widens it, and With and Without keep it.
func (f Filter) Within(catalog Catalog, s Scope) Filter {
	if s.IsZero() {
		return f
	}
	f.told.within = within{catalog, f.told.within.scopes.with(s)}
	return f
}

// Scopes gives the scopes in all of which a record must be. The slice must not be changed.
func (f Filter) Scopes() Scopes { return f.told.within.scopes }

// has tells whether a record is in all of the scopes.
func (w within) has(e Entry) bool {
	if len(w.scopes) == 0 {
		return true
	}
	info, _ := w.catalog.Log(e.Head().Log)
	return w.scopes.Have(info, e)
}

// WithScopesTold gives the filter with what a directory knows of its scopes. Resolved does so for whoever asks a store.
func (f Filter) WithScopesTold(x *DirectoryIndex) Filter {
	f.told.within.scopes = x.Scopes(f.told.within.scopes)
	return f
}
