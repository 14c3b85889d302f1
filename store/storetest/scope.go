package storetest

import (
	"slices"

	"signpost/store"
)

// limited gives the oracle of who is limited to a scope: it has the records in it, and no others.
func (p *Plain) limited(s store.Scope) *Plain {
	return p.scopes.get(s.Name(), func() *Plain {
		var principals, apps []string
		principals, apps = append(principals, s.Users...), append(apps, s.Apps...)
		for _, group := range s.Groups {
			for _, m := range p.Memberships[group].Members() {
				principals = append(principals, store.FoldCase(m.ID))
			}
		}
		var records []store.Record
		for _, r := range p.all {
			info, _ := p.catalog.Log(r.Entry.Head().Log)
			if namesAny(r.Entry, info.Principals, principals) || namesAny(r.Entry, info.Apps, apps) {
				records = append(records, *r)
			}
		}
		few := NewPlain(p.catalog, records)
		few.Memberships, few.Users, few.Names = p.Memberships, p.Users, p.Names
		return few
	})
}

// told gives a filter with what the directory knows.
func (p *Plain) told(f store.Filter) store.Filter {
	f = f.WithMembers(p.Memberships).WithUserNames(p.Names)
	if len(f.Scopes()) > 0 {
		f = f.WithScopesTold(p.directory())
	}
	return f
}

// areIn tells whether a record is in some scopes.
func (p *Plain) areIn(list store.Scopes, e store.Entry) bool {
	info, _ := p.catalog.Log(e.Head().Log)
	return len(list) == 0 || p.directory().Scopes(list).Have(info, e)
}

// directory gives the groups of the directory.
func (p *Plain) directory() *store.DirectoryIndex {
	x := store.NewDirectoryIndex(nil)
	for id, set := range p.Memberships {
		x.AddGroup(id, Noon, true)
		for _, m := range set.Members() {
			x.AddMember(id, m)
		}
	}
	return x.Finish()
}

// namesAny says that a value of some properties is one of some IDs, that of nobody aside.
func namesAny(e store.Entry, properties []*store.Property, ids []string) bool {
	for _, p := range properties {
		values := []string(nil)
		if p.Text != nil {
			values = append(values, *p.Text(e))
		} else {
			values = p.Set(e)
		}
		for _, value := range values {
			if store.IsUserID(value) && slices.Contains(ids, store.FoldCase(value)) {
				return true
			}
		}
	}
	return false
}

// scope limits who asks to one or some of the records' users, groups and applications, or to others.
func (a *asker) scope(c Case) {
	for range 1 + a.r.IntN(3) {
		e := a.some(c.log()).Entry
		info, _ := a.catalog.Log(e.Head().Log)
		param, properties := paramScopeUser, info.Principals
		switch a.r.IntN(4) {
		case 0:
			param, properties = paramScopeApp, info.Apps
		case 1:
			if len(a.groups) > 0 {
				c.Params.Add(paramScopeGroup, a.groups[a.r.IntN(len(a.groups))])
				continue
			}
		}
		for _, p := range properties {
			if p.Text != nil {
				c.Params.Add(param, a.cased(*p.Text(e)))
				continue
			}
			for _, text := range p.Set(e) {
				c.Params.Add(param, a.cased(text))
			}
		}
	}
	if c.scope().IsZero() {
		c.Params.Set(paramScopeUser, guid(77))
	}
}
