package views

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"signpost/store"
	"signpost/web/ask"
)

// EntitiesPage is the list of users, groups, applications or service principals.
type EntitiesPage struct {
	Shell Shell
	Query EntityListQuery
	// Bad has the errors of the address; the list is then not shown. Typed has the parameters of the address as they
	// came.
	Bad   store.BadParams
	Typed url.Values
	ask.ObjectList
	// Covered is what imported files cover of the logs that are counted.
	Covered []Covered
	Now     time.Time
}

// EntitiesTitle is the heading of the list of a kind.
func EntitiesTitle(kind store.ObjectKind) string {
	switch kind {
	case store.ObjectUser:
		return "Users"
	case store.ObjectGroup:
		return "Groups"
	case store.ObjectServicePrincipal:
		return "Service principals"
	}
	return "Applications"
}

// NavOf is the navigation entry of a kind.
func NavOf(kind store.ObjectKind) string {
	switch kind {
	case store.ObjectUser:
		return NavUsers
	case store.ObjectGroup:
		return NavGroups
	}
	return NavApps
}

// kindNouns gives the nouns of a kind, for counts.
func kindNouns(kind store.ObjectKind) (one, many string) {
	switch kind {
	case store.ObjectUser:
		return "user", "users"
	case store.ObjectGroup:
		return "group", "groups"
	case store.ObjectServicePrincipal:
		return "service principal", "service principals"
	}
	return "application", "applications"
}

func (p EntitiesPage) countText() string {
	one, many := kindNouns(p.Query.Kind)
	return Count(p.Page.Total, one, many)
}

// sourceText names the source of the list.
func (p EntitiesPage) sourceText() string {
	_, many := kindNouns(p.Query.Kind)
	n, asOf := p.State.N[p.Query.Kind], p.State.AsOf[p.Query.Kind]
	if p.Query.Kind == store.ObjectApplication { // a registration or its service principal
		n += p.State.N[store.ObjectServicePrincipal]
		if t := p.State.AsOf[store.ObjectServicePrincipal]; t.After(asOf) {
			asOf = t
		}
	}
	switch {
	case asOf.IsZero() && p.Query.Kind == store.ObjectGroup:
		return "No group was imported. The logs do not tell of groups."
	case asOf.IsZero() || n == 0 && p.Query.Kind != store.ObjectGroup:
		return "No directory was imported: these are the " + many + " of the logs."
	case p.Query.Kind == store.ObjectGroup:
		return "Directory as of " + p.Shell.Zone.Minute(asOf) + ". Sign-ins are those of direct members, told by their IDs."
	}
	return "Directory as of " + p.Shell.Zone.Minute(asOf) + ", with what only the logs show."
}

// rangeText says which range the numbers are for.
func (p EntitiesPage) rangeText() string {
	if p.Query.Inactive != "" {
		text := "No successful sign-in since " + p.Query.Inactive + " (UTC)"
		if p.Query.Kind == store.ObjectGroup {
			return text + " by a direct member"
		}
		return text + ". What was created since is left out."
	}
	return p.Shell.Zone.Range(p.Query.Range)
}

// bad has the errors of some parameters.
func (p EntitiesPage) bad(params ...string) (messages []string) {
	for _, b := range p.Bad {
		for _, param := range params {
			if b.Param == param {
				messages = append(messages, b.Error())
			}
		}
	}
	return messages
}

// badElsewhere has the errors of parameters without a control on the page.
func (p EntitiesPage) badElsewhere() (messages []string) {
	for _, b := range p.Bad {
		switch b.Param {
		case paramText, paramInactive, paramType, paramState, "range", "from", "to":
		default:
			messages = append(messages, b.Error())
		}
	}
	return messages
}

// typed is the text of an input: as it was typed, if it needs a correction.
func (p EntitiesPage) typed(param, value string) string {
	if len(p.bad(param)) > 0 {
		return p.Typed.Get(param)
	}
	return value
}

// hiddenParams keep the rest of the list's state in the form.
func (p EntitiesPage) hiddenParams() (inputs []hiddenInput) {
	v := p.Query.values()
	for _, param := range []string{paramKind, paramSort, paramDir, "limit"} {
		if v.Has(param) {
			inputs = append(inputs, hiddenInput{param, v.Get(param)})
		}
	}
	if p.Query.Inactive == "" && v.Has("range") {
		inputs = append(inputs, hiddenInput{"range", v.Get("range")})
	}
	if p.Query.Inactive == "" && v.Has("from") {
		inputs = append(inputs, hiddenInput{"from", v.Get("from")}, hiddenInput{"to", v.Get("to")})
	}
	return inputs
}

// entityColumn is a heading of the list, and the order that it sorts by.
type entityColumn struct {
	Label string
	Sort  store.EntitySort // empty for none
	Class string
}

func (p EntitiesPage) columns() []entityColumn {
	columns := []entityColumn{{"Name", store.SortName, ""}, {"Type", "", "wide"}}
	if p.Query.Kind == store.ObjectGroup {
		columns = append(columns, entityColumn{"Members", "", "number"})
	}
	return append(columns,
		entityColumn{"Last successful sign-in", store.SortSuccess, ""}, entityColumn{"Last failed in range", store.SortFailure, ""},
		entityColumn{"Sign-ins", store.SortSignIns, "number"}, entityColumn{"Failed", store.SortFailures, "number"}, entityColumn{"Created", "", ""}, entityColumn{"Over time", "", "wide"})
}

// entityName is the name of a row.
func entityName(r *store.EntityRow) string { return OrEmpty(firstText(r.Name, r.Username, r.ID)) }

// entityURL is the link of a row: to its page or, for somebody without an ID, to the log.
func (p EntitiesPage) entityURL(r *store.EntityRow) string {
	if r.ID == "" {
		log := store.Interactive
		if p.Query.Kind == store.ObjectServicePrincipal {
			log = store.ServicePrincipal
		}
		return logURL(log, ask.ObjectFilter(p.Query.Kind, r.Name), p.Query.Range)
	}
	return p.rowURL(r.ID)
}

func (p EntitiesPage) rowURL(id string) string {
	v := url.Values{}
	if p.Query.Inactive == "" {
		v = monthValues(store.Query{Range: p.Query.Range})
	}
	return withQuery(ObjectURL(p.Query.Kind, id), v)
}

// entityNote is the second line of a row.
func (p EntitiesPage) entityNote(r *store.EntityRow) string {
	switch {
	case r.Username != "" && r.Name != "":
		return r.Username
	case r.ID != "" && r.Name != "":
		return r.ID
	case r.ID == "":
		return "without an ID in the logs"
	}
	return ""
}

// typeText is the type of a row, with other facts of the directory in a word.
func (p EntitiesPage) typeText(r *store.EntityRow) string {
	switch {
	case !r.Imported && p.Query.Kind == store.ObjectGroup:
		return "Only its members were imported"
	case !r.Imported && p.State.N[p.Query.Kind] > 0:
		return "Only in the logs"
	}
	return OrEmpty(store.ObjectTypes.Words(r.Type))
}

// successText says which sign-ins the numbers of a row count.
func (p EntitiesPage) successText() string {
	return "Last successful sign-ins are those of all time, in the logs or as the directory tells. The other numbers are of this range."
}

// lastSuccessMissing says that not every last success is known yet.
func (p EntitiesPage) lastSuccessMissing() string {
	return "Last successful sign-ins are not complete: Signpost is still reading stored sign-ins after an update. Some may be later than shown, and active users may be listed as inactive. Reload the page later."
}

// neverText replaces a last success that does not exist, or that is not known yet.
func neverText(complete bool) string {
	if complete {
		return "never"
	}
	return "not known yet"
}

// These are the width and the height of a row's small chart.
const (
	sparkWidth  = 120
	sparkHeight = 24
)

// sparkPath draws the bars of a row. The heights are relative to the row, so that a quiet row has a shape too.
func sparkPath(buckets []int64) string {
	var highest int64
	for _, n := range buckets {
		highest = max(highest, n)
	}
	if highest == 0 {
		return ""
	}
	var b strings.Builder
	for i, n := range buckets {
		if n == 0 {
			continue
		}
		left, right := i*sparkWidth/len(buckets), (i+1)*sparkWidth/len(buckets)
		height := max(int(n*sparkHeight/highest), 1)
		writePath(&b, left, sparkHeight-height, max(right-left-1, 1), height)
	}
	return b.String()
}

// sparkText is the small chart as words.
func sparkText(buckets []int64) string {
	var highest int64
	days := 0
	for _, n := range buckets {
		highest = max(highest, n)
		if n > 0 {
			days++
		}
	}
	if highest == 0 {
		return "No sign-ins"
	}
	return "At most " + Number(highest) + " in one of " + strconv.Itoa(len(buckets)) + " bars, of which " + strconv.Itoa(days) + " have any"
}

// nothing says why the list is empty.
func (p EntitiesPage) nothing() EmptyState {
	one, many := kindNouns(p.Query.Kind)
	switch {
	case len(p.Bad) > 0:
		return EmptyState{
			Title: badTitle(p.Bad), Text: besideControl,
			Link: &Link{removeBad(p.Bad), p.Query.URL()},
		}
	case p.Query.Text != "" || p.Query.Type != "" || p.Query.Enabled != store.Unset || p.Query.Inactive != "":
		return EmptyState{
			Title: "No " + one + " matches", Text: "Change or remove a part of the search.",
			Link: &Link{"Show all " + many, EntityListQuery{Kind: p.Query.Kind, Range: p.Query.Range, Limit: store.DefaultLimit}.URL()},
		}
	case p.Query.After != nil || p.Query.Before != nil:
		return EmptyState{Title: "Nobody on this page", Text: "The list has moved on since the link was made.", Link: &Link{"Go to the first page", p.Query.URL()}}
	case p.Query.Kind == store.ObjectGroup:
		return EmptyState{
			Title: "No groups yet", Text: "Groups come from the directory: import exports of Graph's /groups and /groups/ID/members, or the lists that the Entra portal downloads.",
			Command: "signpost import FILE...",
		}
	}
	return EmptyState{
		Title: "No " + many + " in this range", Text: "None signed in, and no directory was imported. Choose a longer range, or import exports of Graph's /users, /servicePrincipals and /applications.",
		Command: "signpost import FILE...",
	}
}

// typeChoices are the types that the list can be narrowed to.
func (p EntitiesPage) typeChoices() []string {
	switch p.Query.Kind {
	case store.ObjectUser:
		return []string{"Member", "Guest"}
	case store.ObjectGroup:
		return []string{"Microsoft 365", "Security", "Mail-enabled security", "Distribution"}
	}
	return []string{"Application", "ManagedIdentity", "Legacy", "SocialIdp"}
}
