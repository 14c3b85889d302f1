package store

import (
	"maps"
	"slices"
	"strings"
)

// Person is somebody's own identity: the rows of this user ID, under whatever name. A user principal name is no identity, as
// it is given again to other people; see Store.FindUser.
type Person struct {
	UserID string
}

// IsEmpty says that no row can be this person's.
func (p Person) IsEmpty() bool { return !IsUserID(p.UserID) }

// IsUserID says that a text may be the ID of a user. Sign-ins with a name that no user has carry the ID of zeros.
func IsUserID(id string) bool { return strings.Trim(id, "{0-}") != "" }

// UserSource is where the user ID of a user principal name is known from.
type UserSource string

// The sources.
const (
	FromDirectory UserSource = "directory"
	FromLogs      UserSource = "logs"
)

// FoundUser is the one user ID that a user principal name stands for; the zero value is none.
type FoundUser struct {
	ID   string // in lower case
	From UserSource
}

// LoggedIDs are the user IDs that sign-ins under one user principal name carry, by the tenant that they name.
type LoggedIDs struct {
	// Tenant is the portal's, which an ID must belong to; empty where no tenant is named.
	Tenant string
	// Foreign says that some stored sign-in names another tenant, so that those without one may be of either.
	Foreign      bool
	own, unnamed map[string]bool
}

// Add takes one sign-in's ID and tenant.
func (l *LoggedIDs) Add(id, tenant string) {
	into := &l.own
	switch {
	case !IsUserID(id):
		return
	case tenant == "":
		into = &l.unnamed
	case l.Tenant == "" || FoldCase(tenant) != FoldCase(l.Tenant):
		return
	}
	if *into == nil {
		*into = map[string]bool{}
	}
	(*into)[FoldCase(id)] = true
}

// Only gives the one ID of all that were added; none where there are several. An ID that only sign-ins without a tenant carry
// counts as the portal's where no other tenant is stored; else it tells nothing but that the name may have been another's.
func (l *LoggedIDs) Only() (id string, ok bool) {
	ids := slices.AppendSeq(slices.Collect(maps.Keys(l.own)), maps.Keys(l.unnamed))
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) != 1 || l.Foreign && len(l.own) == 0 {
		return "", false
	}
	return ids[0], true
}

// MostNamed gives the tenant that most sign-ins name, by how many name each; empty where none does or two are named as often.
func MostNamed(counts map[string]int64) (tenant string) {
	most, tied := int64(0), false
	for name, n := range counts {
		switch {
		case n > most:
			tenant, most, tied = name, n, false
		case n == most:
			tied = true
		}
	}
	if tied {
		return ""
	}
	return tenant
}
