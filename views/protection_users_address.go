package views

import (
	"maps"
	"net/url"
	"strconv"

	"signpost/store"
	"signpost/store/risk"
)

// RiskyListQuery is all that the address of such a list asks for.
type RiskyListQuery struct {
	store.RiskyQuery
	// Days is how many days the picture has.
	Days int
	// Open asks for objects that are open in this portal: see ask.OpenHere.
	Open bool
}

// RiskyDays are the numbers of days that the picture can have, the usual one first.
func RiskyDays() []int { return []int{30, 7, 90} }

// KindAgents is the value of kind for the list of risky agents.
const KindAgents = "agents"

// RiskyParams gives the parameters of the lists of risky objects, without those of the range.
func RiskyParams() []string {
	return []string{paramKind, risk.LevelField.Name, risk.StateField.Name, risk.DetailField.Name, paramText, paramSort, paramDir, ParamAfter, paramBefore, "limit", ParamDays, ParamOpen}
}

// ParamOpen asks with yes for objects that are open in this portal.
const ParamOpen = "open"

const paramBefore = "before"

func (q RiskyListQuery) path() string { return riskyPath(q.Of) }

// riskyPath is the address of the list of a kind, without its parameters.
func riskyPath(kind store.StateKind) string {
	if kind == store.StateRiskyUser {
		return RiskyUsersPath
	}
	return RiskyPrincipalsPath
}

// RiskyURL is the page of a risky user, service principal or agent.
func RiskyURL(kind store.StateKind, id string) string {
	return riskyPath(kind) + "/" + url.PathEscape(id)
}

func (q RiskyListQuery) values() url.Values {
	v := url.Values{}
	if q.Of == store.StateRiskyAgent {
		v.Set(paramKind, KindAgents)
	}
	for name, values := range map[string][]string{risk.LevelField.Name: q.Levels, risk.StateField.Name: q.States, risk.DetailField.Name: q.Details} {
		if len(values) > 0 {
			v[name] = values
		}
	}
	if q.Text != "" {
		v.Set(paramText, q.Text)
	}
	if q.Updated != (store.Range{}) {
		maps.Copy(v, store.Query{Range: q.Updated}.Values())
		if q.Updated.Preset != "" {
			v.Set("range", q.Updated.Preset)
		}
	}
	if q.Open {
		v.Set(ParamOpen, "yes")
	}
	if q.Sort != "" && q.Sort != store.RiskyByUpdated {
		v.Set(paramSort, string(q.Sort))
	}
	if q.Reverse {
		v.Set(paramDir, riskyDirection(q.Sort, true))
	}
	if q.Limit != store.DefaultLimit {
		v.Set("limit", strconv.Itoa(q.Limit))
	}
	if q.Days != RiskyDays()[0] {
		v.Set(ParamDays, strconv.Itoa(q.Days))
	}
	return v
}

// riskyDirection is the value of dir for an order.
func riskyDirection(sort store.RiskySort, reverse bool) string {
	if (sort == store.RiskyByName) != reverse {
		return "asc"
	}
	return "desc"
}

// URL is the list's address, without a place in it.
func (q RiskyListQuery) URL() string { return withQuery(q.path(), q.values()) }

// FileURL is the address of the list as a file.
func (q RiskyListQuery) FileURL(f RiskyFormat) string {
	q.Limit, q.Days = store.DefaultLimit, RiskyDays()[0] // a file has all rows, and no picture
	return withQuery(q.path()+"."+f.Name, q.values())
}

func (q RiskyListQuery) placeURL(param string, place *store.EntityPlace) string {
	v := q.values()
	v.Set(param, place.String())
	return withQuery(q.path(), v)
}

func (q RiskyListQuery) sortURL(sort store.RiskySort) string {
	q.Reverse = q.Sort == sort && !q.Reverse
	q.Sort = sort
	return q.URL()
}

// sortDirection is the order of a column for aria-sort; empty where the list is sorted by another.
func (q RiskyListQuery) sortDirection(sort store.RiskySort) string {
	switch {
	case q.Sort != sort:
		return ""
	case riskyDirection(sort, q.Reverse) == "asc":
		return "ascending"
	}
	return "descending"
}

func (q RiskyListQuery) kindURL(kind store.StateKind) string {
	return RiskyListQuery{RiskyQuery: store.RiskyQuery{Of: kind, Sort: store.RiskyByUpdated, Limit: store.DefaultLimit}, Days: q.Days}.URL()
}

func (q RiskyListQuery) daysURL(days int) string {
	q.Days = days
	return q.URL()
}

func (q RiskyListQuery) levelURL(level string) string {
	q.Levels = []string{level}
	return q.URL()
}

// updatedURL narrows to objects that changed in a preset; all without one.
func (q RiskyListQuery) updatedURL(preset string) string {
	q.Updated = store.Range{Preset: preset}
	return q.URL()
}

// openURL narrows to objects that are open in this portal, or lists others too.
func (q RiskyListQuery) openURL(open bool) string {
	q.Open = open
	return q.URL()
}

// isNarrowed says that the list may lack objects.
func (q RiskyListQuery) isNarrowed() bool {
	return q.Open || len(q.Levels)+len(q.States)+len(q.Details) > 0 || q.Text != "" || q.Updated != (store.Range{})
}

// title is the heading of the page.
func (q RiskyListQuery) title() string {
	if q.Of == store.StateRiskyUser {
		return "Risky users"
	}
	return "Risky principals"
}
