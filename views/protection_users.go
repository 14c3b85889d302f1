package views

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"signpost/store"
	"signpost/store/risk"
	"signpost/web/ask"
)

// RiskyListPage is a list of risky users, service principals or agents.
type RiskyListPage struct {
	Shell Shell
	Query RiskyListQuery
	// Bad has the errors of the address; the list is then not shown. Typed has the parameters of the address as they came.
	Bad   store.BadParams
	Typed url.Values
	ask.RiskyList
	Slots RiskySlots
	Now   time.Time
}

// RiskySlots are the places for what is kept in this portal about risky objects. A place without a component stays empty.
type RiskySlots struct {
	// Told stands on top of a page. Bar stands over a list, and Panel on the page of an object.
	Told, Bar, Panel templ.Component
	// Box stands before the name in a row of a list, and Mark behind it.
	Box, Mark func(r *store.Risky) templ.Component
}

// slot draws a component that there may be.
func slot(c templ.Component) templ.Component {
	if c == nil {
		return templ.NopComponent
	}
	return c
}

// rowSlot draws what a place has for a row.
func rowSlot(of func(r *store.Risky) templ.Component, r *store.Risky) templ.Component {
	if of == nil {
		return templ.NopComponent
	}
	return slot(of(r))
}

// riskyNouns gives the nouns of a kind, for counts.
func riskyNouns(kind store.StateKind) (one, many string) {
	switch kind {
	case store.StateRiskyUser:
		return "risky user", "risky users"
	case store.StateRiskyAgent:
		return "risky agent", "risky agents"
	}
	return "risky service principal", "risky service principals"
}

// RiskyTitle is the title of the list of a kind.
func RiskyTitle(kind store.StateKind) string {
	_, many := riskyNouns(kind)
	return Capital(many)
}

func (p RiskyListPage) countText() string {
	one, many := riskyNouns(p.Query.Of)
	return Count(p.Page.Total, one, many)
}

// asOfText says how fresh the list is.
func (p RiskyListPage) asOfText() string {
	if p.All.N == 0 {
		return ""
	}
	text := "Imported last on " + p.Shell.Zone.Minute(p.All.LastImport)
	if !p.All.LastChange.IsZero() {
		text += "; the latest change is of " + p.Shell.Zone.Minute(p.All.LastChange)
	}
	return text + ". A risk may have changed in Entra since."
}

// riskyChoice is a value that the form offers.
type riskyChoice struct {
	Value, Label string
	N            int64
	Chosen       bool
}

// riskyChoices are the values of an enumeration, those that only records have, and those that the address names.
func riskyChoices(words *store.Enumeration, counts map[string]int64, chosen []string) (choices []riskyChoice) {
	values := slices.Clone(words.Values)
	for _, more := range [][]string{slices.Sorted(maps.Keys(counts)), chosen} {
		for _, value := range more {
			if value != "" && !slices.ContainsFunc(values, func(v string) bool { return strings.EqualFold(v, value) }) {
				values = append(values, value)
			}
		}
	}
	for _, value := range values {
		if value == futureValue && counts[value] == 0 && !slices.Contains(chosen, value) {
			continue // it stands for values that there are not yet
		}
		choices = append(choices, riskyChoice{value, words.Words(value), counts[value], slices.ContainsFunc(chosen, func(v string) bool { return strings.EqualFold(v, value) })})
	}
	return choices
}

// futureValue is the word of Graph for a value that its caller does not know.
const futureValue = "unknownFutureValue"

// levelChoices are the levels, from the highest on.
func (p RiskyListPage) levelChoices() []riskyChoice {
	choices := riskyChoices(store.RiskLevels, p.All.Levels, p.Query.Levels)
	slices.SortStableFunc(choices, func(a, b riskyChoice) int { return store.RiskLevelRank(b.Value) - store.RiskLevelRank(a.Value) })
	return choices
}

// stateChoices are the states, those first that wait for somebody.
func (p RiskyListPage) stateChoices() []riskyChoice {
	choices := riskyChoices(store.RiskStates, p.All.States, p.Query.States)
	order := []string{store.RiskAtRisk, store.RiskCompromised, "remediated", "dismissed", "confirmedSafe"}
	at := func(c riskyChoice) int {
		if i := slices.Index(order, c.Value); i >= 0 {
			return i
		}
		return len(order)
	}
	slices.SortStableFunc(choices, func(a, b riskyChoice) int { return at(a) - at(b) })
	return choices
}

// detailChoices are the details that objects of the list have.
func (p RiskyListPage) detailChoices() []riskyChoice {
	return slices.DeleteFunc(riskyChoices(store.RiskDetails, p.All.Details, p.Query.Details), func(c riskyChoice) bool { return c.N == 0 && !c.Chosen })
}

// riskyShare is a level with its part of the objects. Apart says that it is no level: no share counts it.
type riskyShare struct {
	Value, Label string
	N, Of        int64
	Apart        bool
}

// shares are the levels of the objects that the list finds whatever the level, from the highest on.
func (p RiskyListPage) shares() (shares []riskyShare) {
	var levelled int64
	for level, n := range p.Levels.Levels {
		if store.RiskLevelRank(level) > 0 {
			levelled += n
		}
	}
	for _, level := range []string{"high", "medium", "low", "none"} {
		shares = append(shares, riskyShare{Value: level, Label: store.RiskLevels.Words(level), N: p.Levels.Levels[level], Of: levelled})
	}
	for _, level := range slices.Sorted(maps.Keys(p.Levels.Levels)) {
		if store.RiskLevelRank(level) == 0 {
			shares = append(shares, riskyShare{Value: level, Label: firstText(store.RiskLevels.Words(level), "No level told"), N: p.Levels.Levels[level], Apart: true})
		}
	}
	return shares
}

// hiddenParams keep the rest of the list's state in the form.
func (p RiskyListPage) hiddenParams() (inputs []hiddenInput) {
	v := p.Query.values()
	for _, param := range []string{paramKind, paramSort, paramDir, "limit", ParamDays, ParamOpen, "range", "from", "to"} {
		if v.Has(param) {
			inputs = append(inputs, hiddenInput{param, v.Get(param)})
		}
	}
	return inputs
}

// updatedPresets are the lengths of time that the list offers for the last change.
func updatedPresets() []string { return []string{"24h", "7d", "30d"} }

// updatedText is the range of the last change in words.
func (p RiskyListPage) updatedText() string {
	if p.Query.Updated == (store.Range{}) || p.Query.Updated.Preset != "" {
		return ""
	}
	return p.Shell.Zone.Range(p.Query.Updated)
}

// riskyNote is the second line of a row.
func riskyNote(r *store.Risky) string {
	switch {
	case r.Names.Name != "" && r.Names.Username != "":
		return r.Names.Username
	case r.Names.Name+r.Names.Username != "":
		return r.ID
	}
	return "the records have no name"
}

// riskyName is the name of a row.
func riskyName(r *store.Risky) string { return firstText(r.Names.Name, r.Names.Username, r.ID) }

// typeText is the type of a row by the directory, else by its record.
func (p RiskyListPage) typeText(r *store.Risky) string {
	if o, ok := p.Known[r.ID]; ok && o.Type != "" {
		return store.ObjectTypes.Words(o.Type)
	}
	switch {
	case r.Names.Type != "":
		return riskyType(r)
	case r.Guest == store.True:
		return store.ObjectTypes.Words("Guest")
	case r.Guest == store.False:
		return store.ObjectTypes.Words("Member")
	}
	return Empty
}

func riskyType(r *store.Risky) string {
	if r.Of == store.StateRiskyAgent {
		return risk.AgentTypes.Words(r.Names.Type)
	}
	return store.ObjectTypes.Words(r.Names.Type)
}

// isDisabled says that the account was disabled, by the directory, else by the record of the risk.
func (p RiskyListPage) isDisabled(r *store.Risky) bool {
	if o, ok := p.Known[r.ID]; ok && o.Enabled != store.Unset {
		return o.Enabled == store.False
	}
	return r.Enabled == store.False
}

// bad has the errors of some parameters.
func (p RiskyListPage) bad(params ...string) (messages []string) {
	for _, b := range p.Bad {
		if slices.Contains(params, b.Param) == (params != nil) {
			messages = append(messages, b.Error())
		}
	}
	return messages
}

// badElsewhere has the errors of parameters without a control on the page.
func (p RiskyListPage) badElsewhere() (messages []string) {
	for _, b := range p.Bad {
		switch b.Param {
		case paramText, ParamOpen, "range", "from", "to":
		default:
			messages = append(messages, b.Error())
		}
	}
	return messages
}

// nothing says why the list is empty.
func (p RiskyListPage) nothing() EmptyState {
	_, many := riskyNouns(p.Query.Of)
	all := p.Query.kindURL(p.Query.Of)
	switch {
	case len(p.Bad) > 0:
		return EmptyState{Title: badTitle(p.Bad), Text: besideControl, Link: &Link{removeBad(p.Bad), p.Query.URL()}}
	case p.All.N == 0:
		return EmptyState{Title: "No " + many + " were imported", Text: riskyExport(p.Query.Of) + p.ofOthers(), Command: "signpost import FILE..."}
	case p.Query.isNarrowed():
		return EmptyState{Title: "No " + many + " match", Text: "None of the " + Number(p.All.N) + " imported ones meets all conditions. Change or remove one.", Link: &Link{"Show all " + many, all}}
	}
	return EmptyState{Title: "Nobody on this page", Text: "The list has moved on since the link was made.", Link: &Link{"Go to the first page", p.Query.URL()}}
}

// ofOthers says that a scope may be why there is nothing.
func (p RiskyListPage) ofOthers() string {
	if p.Shell.Scope == "" {
		return ""
	}
	return " Others may see some that are not in your scope."
}

// riskyExport says which export has the objects, and how to get it.
func riskyExport(kind store.StateKind) string {
	switch kind {
	case store.StateRiskyUser:
		return "They are in Microsoft Graph's /identityProtection/riskyUsers, with /history for each user, in the category RiskyUsers of diagnostic settings, and in the table AADRiskyUsers of Log Analytics."
	case store.StateRiskyAgent:
		return "They are in the beta of Microsoft Graph: /identityProtection/riskyAgents."
	}
	return "They are in Microsoft Graph's /identityProtection/riskyServicePrincipals, with /history for each, in the category RiskyServicePrincipals of diagnostic settings, and in the table AADRiskyServicePrincipals of Log Analytics."
}

// chosenText names the chosen values in the head of their menu.
func chosenText(choices []riskyChoice) string {
	var chosen []string
	for _, c := range choices {
		if c.Chosen {
			chosen = append(chosen, c.Label)
		}
	}
	switch {
	case len(chosen) == 0:
		return "any"
	case len(chosen) > 2:
		return Number(int64(len(chosen))) + " chosen"
	}
	return clipped(strings.Join(chosen, ", "))
}

// riskyHelp is the part of the help about risky users and principals. Only people who may read them see it.
var riskyHelp = helpTopic{
	ID: "risky", Title: "Risky users, service principals and agents",
	Texts: []string{
		"The state of a risk as Entra told it last, and each earlier one that was imported. A change is told apart by its time, state, level and detail; the newest time counts as a whole.",
		"The order of levels is none, low, medium, high. Hidden stands apart: a tenant without the premium licence does not get the level. Whether a user is deleted is not shown: Entra says no for deleted users too.",
	},
	Points: []HelpPoint{
		{"New at risk, by day", "Users whose state became at risk or confirmed compromised that day, and was not so before as far as changes were imported. A user counts once a day."},
		{"Remediated by the user", "Users whose risk ended that day with a new password or with multifactor authentication. What an administrator, a policy or Microsoft ended is closed by others."},
		{"Detections not linked to a sign-in", "Detections that name no sign-in, and those that name one that was not imported."},
		{"What happened next", "Audit records and Microsoft 365 activity of the user or principal in the hours from the first risky moment on: the first detection or risky sign-in of the latest time at risk, at most 48 hours before its state changed. Each signal of the timeline can be chosen instead."},
		{"Get the data", "Microsoft Graph has /identityProtection/riskyUsers and riskyServicePrincipals, each with /history, and riskyAgents in the beta. Diagnostic settings have RiskyUsers and RiskyServicePrincipals."},
	},
	Links: []Link{{"Risky users", RiskyUsersPath}, {"Risky principals", RiskyPrincipalsPath}},
}
