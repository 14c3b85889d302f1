package store

import "slices"

// UserNames are the names by which a directory knows its users, folded: the user principal name and the mail address. The
// logs know a guest by another name. Each name leads to the IDs of the users who have it.
type UserNames map[string][]string

// NewUserNames gives the names of some users.
func NewUserNames(users []Object) UserNames {
	names := UserNames{}
	for i := range users {
		names.Add(users[i].ID, users[i].Username, users[i].Fact("mail"))
	}
	return names
}

// Add adds names of a user.
func (n UserNames) Add(id string, names ...string) {
	if !IsUserID(id) {
		return // all sign-ins with a name that no user has carry it
	}
	id = FoldCase(id)
	for _, name := range names {
		if name = FoldCase(name); name != "" && !slices.Contains(n[name], id) {
			n[name] = append(n[name], id)
		}
	}
}

// IDs gives the IDs of the users who have any of some names, each once and in byte order.
func (n UserNames) IDs(names []string) (ids []string) {
	if len(n) == 0 {
		return nil
	}
	for _, name := range names {
		ids = append(ids, n[FoldCase(name)]...)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// ByName says that the condition compares with names, which a directory may know users by.
func (c Condition) ByName() bool { return c.Field.Named && (c.Op == OpIs || c.Op == OpIsNot) }

// anyName says whether a user whom the directory knows by one of the wanted names made the event.
func (c Condition) anyName(e Entry, names UserNames) bool {
	if len(names) == 0 || !c.ByName() {
		return false
	}
	info, _ := c.Field.kind.Log(e.Head().Log)
	id := *c.Field.Properties[0].Text(e)
	return info.Actor == c.Field && id != "" && slices.Contains(names.IDs(c.Values), FoldCase(id))
}
