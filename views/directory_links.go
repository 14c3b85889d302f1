package views

import (
	"net/url"
	"strconv"

	"signpost/store"
)

// directoryPath is the address of the list of objects of a kind.
func directoryPath(kind store.ObjectKind) string {
	switch kind {
	case store.ObjectUser:
		return "/users"
	case store.ObjectGroup:
		return "/groups"
	}
	return "/apps"
}

// ObjectURL is the page of a user, a group, an application (by its application ID) or a service principal; empty if there is no
// ID.
func ObjectURL(kind store.ObjectKind, id string) string {
	if id == "" {
		return ""
	}
	return directoryPath(kind) + "/" + url.PathEscape(id)
}

// These are the parameters of the lists, in addition to those of the date filter.
const (
	paramKind     = "kind" // of /apps: principals
	paramText     = "q"
	paramSort     = "sort"
	paramDir      = "dir"      // asc or desc
	paramInactive = "inactive" // a date: no successful sign-in since
	paramType     = "type"
	paramState    = "state" // enabled or disabled
)

// KindPrincipals is the value of kind for the list of service principals.
const KindPrincipals = "principals"

// EntityListQuery holds everything that the address of a list of users, groups or applications asks for.
type EntityListQuery struct {
	Kind store.ObjectKind
	// Range is the range in which sign-ins are counted. Inactive is a day: the list has only objects without a successful
	// sign-in since. If it is set, the range begins there.
	Range    store.Range
	Inactive string
	Text     string
	Type     string
	Enabled  store.Bool
	Sort     store.EntitySort
	// Reverse turns the order around: names from the last, times and numbers from the oldest and the smallest.
	Reverse bool

	After, Before *store.EntityPlace
	Limit         int
}

// URL is the list's address, without a place in it.
func (q EntityListQuery) URL() string {
	v := q.values()
	return withQuery(directoryPath(q.Kind), v)
}

func (q EntityListQuery) values() url.Values {
	v := url.Values{}
	if q.Inactive == "" {
		v = monthValues(store.Query{Range: q.Range})
	} else {
		v.Set(paramInactive, q.Inactive)
	}
	set := func(param, value string) {
		if value != "" {
			v.Set(param, value)
		}
	}
	if q.Kind == store.ObjectServicePrincipal {
		set(paramKind, KindPrincipals)
	}
	set(paramText, q.Text)
	set(paramType, q.Type)
	switch q.Enabled {
	case store.True:
		set(paramState, "enabled")
	case store.False:
		set(paramState, "disabled")
	}
	if sort, reverse := q.UsualOrder(); q.Sort != "" && (q.Sort != sort || q.Reverse != reverse) {
		set(paramSort, string(q.Sort))
		switch {
		case !q.Reverse:
		case q.Sort == store.SortName:
			set(paramDir, "desc")
		default:
			set(paramDir, "asc")
		}
	}
	if q.Limit != store.DefaultLimit && q.Limit != 0 {
		set("limit", strconv.Itoa(q.Limit))
	}
	return v
}

// DefaultEntitySort is the order if the address names none: the objects with the most sign-ins are looked for most.
const DefaultEntitySort = store.SortSignIns

// UsualOrder is the order if the address names none. In a list of inactive objects, those that never signed in come first. Then
// come those with the oldest last sign-in.
func (q EntityListQuery) UsualOrder() (sort store.EntitySort, reverse bool) {
	if q.Inactive != "" {
		return store.SortSuccess, true
	}
	return DefaultEntitySort, false
}

// sortURL is the list in an order, or in its reverse if the list is in that order already.
func (q EntityListQuery) sortURL(s store.EntitySort) string {
	q.Sort, q.Reverse = s, q.Sort == s && !q.Reverse
	return q.URL()
}

// sortDirection is the value of aria-sort for a column; empty if the list is in another order.
func (q EntityListQuery) sortDirection(s store.EntitySort) string {
	switch {
	case q.Sort != s:
		return ""
	case q.Reverse == (s == store.SortName):
		return "descending"
	}
	return "ascending"
}

func (q EntityListQuery) presetURL(preset string) string {
	if sort, reverse := q.UsualOrder(); q.Sort == sort && q.Reverse == reverse {
		q.Sort, q.Reverse = "", false
	}
	q.Range, q.Inactive = store.Range{Preset: preset}, ""
	return q.URL()
}

func (q EntityListQuery) kindURL(kind store.ObjectKind) string {
	return EntityListQuery{Kind: kind, Range: q.Range, Inactive: q.Inactive, Text: q.Text, Sort: q.Sort, Reverse: q.Reverse, Limit: q.Limit}.URL()
}

func (q EntityListQuery) placeURL(param string, p *store.EntityPlace) string {
	v := q.values()
	v.Set(param, p.String())
	return withQuery(directoryPath(q.Kind), v)
}

// logURL leads to a log, narrowed to an object's sign-ins of a range.
func logURL(log store.Log, filter store.Filter, r store.Range) string {
	return List{Log: log}.URL(store.Query{Filter: filter, Range: r}.Values())
}

// rangeInputs keep the page's range in the search for a member.
func (p *EntityPage) rangeInputs() []hiddenInput {
	return inputsOf(monthValues(store.Query{Range: p.Range}))
}
