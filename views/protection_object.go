package views

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"signpost/store"
	"signpost/store/risk"
	"signpost/web/ask"
)

// RiskyObjectPage is the page of a risky user, service principal or agent.
type RiskyObjectPage struct {
	Shell Shell
	Query RiskyObjectQuery
	ask.KnownRisk
	Slots RiskySlots
	Now   time.Time
}

// RiskyObjectQuery is all that the address of such a page asks for.
type RiskyObjectQuery struct {
	// List is the kind of the list that the page belongs to.
	List  store.StateKind
	ID    string
	Range store.Range
	// Each lists every signal by itself; else detections stand under their sign-in.
	Each bool
	// Hours is how long after the moment further actions are listed. Moment is zero for the first risky moment.
	Hours  int
	Moment time.Time
	// After is the place in the timeline that the page goes on after, and HistoryAfter that in the history; nil for the newest.
	After, HistoryAfter *store.Cursor
}

// The parameters of the page, beyond the range.
const (
	ParamSignals = "signals" // each: every signal by itself
	ParamHours   = "hours"
	ParamSince   = "since"
	SignalsEach  = "each"
	ParamChanges = "changes" // the place in the history; that in the timeline is ParamAfter
)

// RiskyHours are the numbers of hours after the moment that the page offers, the usual one first.
func RiskyHours() []int { return []int{24, 6, 72} }

// URL is the page's address.
func (q RiskyObjectQuery) URL() string {
	v := monthValues(store.Query{Range: q.Range})
	if q.Each {
		v.Set(ParamSignals, SignalsEach)
	}
	if q.Hours != RiskyHours()[0] {
		v.Set(ParamHours, strconv.Itoa(q.Hours))
	}
	if !q.Moment.IsZero() {
		v.Set(ParamSince, instant(q.Moment))
	}
	if q.After != nil {
		v.Set(ParamAfter, q.After.String())
	}
	if q.HistoryAfter != nil {
		v.Set(ParamChanges, q.HistoryAfter.String())
	}
	return withQuery(RiskyURL(q.List, q.ID), v)
}

func (q RiskyObjectQuery) presetURL(preset string) string {
	q.Range, q.After = store.Range{Preset: preset}, nil
	return q.URL()
}

func (q RiskyObjectQuery) eachURL(each bool) string {
	q.Each, q.After = each, nil
	return q.URL() + "#signals"
}

func (q RiskyObjectQuery) hoursURL(hours int) string {
	q.Hours = hours
	return q.URL() + "#next"
}

// sinceURL lists what was done from another moment on; from the first risky one for the zero time.
func (q RiskyObjectQuery) sinceURL(moment time.Time) string {
	q.Moment = moment
	return q.URL() + "#next"
}

// firstURL lists what was done from the first risky moment on.
func (q RiskyObjectQuery) firstURL() string { return q.sinceURL(time.Time{}) }

// noLoose says why no detection stands alone; n is the number of all.
func (p RiskyObjectPage) noLoose(n int64) string {
	if n == 0 {
		return "There is no detection in this range. " + detectionsExport(p.Of)
	}
	return "Every listed detection of this range is linked to a sign-in."
}

// looseNote says why a detection stands without a sign-in.
func (p RiskyObjectPage) looseNote(d ask.LooseDetection) string {
	switch {
	case !d.Names:
		return "Names none"
	case p.LinksTrouble != ask.NoTrouble:
		return "Names one that was not found"
	}
	return "Names one that was not imported"
}

// linksTrouble says that detections may lack their sign-ins; empty where none does.
func (p RiskyObjectPage) linksTrouble() string {
	return troubleText(p.LinksTrouble, "Looking up the sign-ins that detections name took too long: some may be stored. Choose a shorter range.",
		"The sign-ins that detections name could not all be looked up: some may be stored. Reload the page to try again.")
}

// detectionsExport says which export has detections.
func detectionsExport(kind store.StateKind) string {
	if kind == store.StateRiskyUser {
		return "If none were imported: they are in Microsoft Graph's /identityProtection/riskDetections, and in the category UserRiskEvents of diagnostic settings."
	}
	return "If none were imported: they are in Microsoft Graph's /identityProtection/servicePrincipalRiskDetections and, in the beta, agentRiskDetections, and in the category ServicePrincipalRiskEvents of diagnostic settings."
}

// Title is the name of the object.
func (p RiskyObjectPage) Title() string { return p.Name() }

// noun is what the object is.
func (p RiskyObjectPage) noun() string {
	switch p.Of {
	case store.StateRiskyUser:
		return "user"
	case store.StateRiskyAgent:
		return "agent"
	}
	return "service principal"
}

// objectURL is the page of the object itself.
func (p RiskyObjectPage) objectURL() string { return ObjectURL(p.Known.Kind, p.Known.ID) }

// listURL is the list that the page belongs to.
func (p RiskyObjectPage) listURL() string {
	return RiskyListQuery{RiskyQuery: store.RiskyQuery{Of: p.Of, Sort: store.RiskyByUpdated, Limit: store.DefaultLimit}, Days: RiskyDays()[0]}.URL()
}

// detectionsURL leads to the detections in their log.
func (p RiskyObjectPage) detectionsURL() string {
	log, field := risk.Users, risk.UserField
	if p.Of != store.StateRiskyUser {
		log, field = risk.Workloads, risk.WorkloadField
	}
	return logURL(log, store.Filter{}.With(field, store.OpIs, p.Known.ID), p.Query.Range)
}

// signInLists lead to the lists of risky sign-ins, narrowed to the object. An agent may sign in with an account of a user too.
func (p RiskyObjectPage) signInLists() []Link {
	to := func(label, path, param string) Link {
		v := monthOnly(p.Query.Range)
		v.Set(param, p.Known.ID)
		return Link{label, withQuery(path, v)}
	}
	asUser := to("All in their list", RiskySignInsPath, store.UserField.Name)
	asPrincipal := to("All in their list", RiskyPrincipalSignInsPath, store.ServicePrincipalField.Name)
	switch p.Of {
	case store.StateRiskyUser:
		return []Link{asUser}
	case store.StateRiskyAgent:
		asPrincipal.Label, asUser.Label = "All as a service principal", "All with an account of a user"
		return []Link{asPrincipal, asUser}
	}
	return []Link{asPrincipal}
}

// apartText says which sign-ins stand apart.
func (p RiskyObjectPage) apartText() string {
	if p.Apart.N == 0 {
		return ""
	}
	if p.Of == store.StateRiskyUser {
		return Count(p.Apart.N, "more sign-in has", "more sign-ins have") + " a hidden risk: a tenant without the premium licence does not get it."
	}
	return Count(p.Apart.N, "more sign-in is", "more sign-ins are") + " near a detection: within 24 hours of one, with one of its keys where it names some. No record calls them risky."
}

// signInsText says which sign-ins are risky.
func (p RiskyObjectPage) signInsText() string {
	if p.Of == store.StateRiskyUser {
		return "Sign-ins of the range with a risk state other than none, or with a low, medium or high level during the sign-in."
	}
	return "Sign-ins of the range that a detection names, and those near one. Their own records say nothing of a risk."
}

// whyText says why a sign-in is listed.
func whyText(row *ask.RiskyRow) string {
	switch row.Why {
	case ask.RiskyNearOne:
		return "Near a detection"
	case ask.RiskyByDetection, "":
		return "Named by a detection"
	case ask.RiskyHidden:
		return "Hidden"
	}
	return ""
}

// signInRisk is the risk of a sign-in in words: the level at the sign-in and the state.
func signInRisk(row *ask.RiskyRow) string {
	s := row.SignIn()
	info, _ := store.SignIns.Log(row.Log)
	if !info.User {
		return whyText(row) // records of service principals have the same words throughout
	}
	var parts []string
	if s.RiskLevelDuringSignIn != "" {
		parts = append(parts, store.RiskLevels.Words(s.RiskLevelDuringSignIn))
	}
	if s.RiskState != "" {
		parts = append(parts, store.RiskStates.Words(s.RiskState))
	}
	return OrEmpty(strings.Join(parts, ", "))
}

// detectionName is the type of a detection in words.
func detectionName(row store.Row) string {
	return OrEmpty(store.RiskDetections.Words(row.Entry.(*risk.Record).EventType))
}

// typesText names the types of detections, each once.
func typesText(records []*risk.Record) string {
	var names []string
	seen := map[string]bool{}
	for _, r := range records {
		if name := store.RiskDetections.Words(r.EventType); name != "" && !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return OrEmpty(strings.Join(names, ", "))
}

// changeText is a change of risk in words.
func changeText(c store.RiskChange) string {
	return "Risk state " + strings.ToLower(OrEmpty(store.RiskStates.Words(c.State))) + ", level " + strings.ToLower(OrEmpty(store.RiskLevels.Words(c.Level)))
}

// changeCause says who or what made a change.
func (p RiskyObjectPage) changeCause(c store.RiskChange) string {
	var parts []string
	if c.Detail != "" && c.Detail != "none" {
		parts = append(parts, store.RiskDetails.Words(c.Detail))
	}
	if c.By != "" {
		parts = append(parts, "by "+firstText(p.ByNames[c.By], c.By))
	}
	if len(c.Events) > 0 {
		parts = append(parts, "because of "+strings.Join(wordsOf(store.RiskDetections, c.Events), ", "))
	}
	return OrEmpty(strings.Join(parts, "; "))
}

// signInsListed is how many sign-ins the page lists.
const signInsListed = 10

// ListedSignIns is how many of the sign-ins are on the page.
func (p RiskyObjectPage) ListedSignIns() int { return min(len(p.SignIns), signInsListed) }

// facts are the basic information.
func (p RiskyObjectPage) facts() []Fact {
	facts := []Fact{{Label: "Object ID", Value: p.Known.ID, Copy: true}}
	add := func(label, value string) {
		if value != "" && value != Empty {
			facts = append(facts, Fact{Label: label, Value: value})
		}
	}
	if s := p.State; s != nil {
		if s.Names.Username != "" {
			facts = append(facts, Fact{Label: "Username", Value: s.Names.Username, Copy: true})
		}
		if s.Names.AppID != "" {
			fact := Fact{Label: "Application ID", Value: s.Names.AppID}
			if p.Known.Object != nil || len(p.Resources.Table.Rows) > 0 { // reports, detections and audit records need not know its application
				fact.Page = ObjectURL(store.ObjectApplication, s.Names.AppID)
			}
			facts = append(facts, fact)
		}
		if s.Names.Blueprint != "" {
			facts = append(facts, Fact{Label: "Blueprint ID", Value: s.Names.Blueprint, Copy: true})
		}
		add("Type", riskyType(s))
		if s.Guest != store.Unset {
			add("Guest", YesNo(s.Guest))
		}
		if s.Processing != store.Unset {
			add("Risk being processed", YesNo(s.Processing))
		}
		if s.Enabled != store.Unset && p.Known.Object == nil {
			add("Enabled", YesNo(s.Enabled))
		}
		add("Imported", p.Shell.Zone.Minute(s.AsOf))
	}
	return facts
}

// directoryFacts are those of the imported directory.
func (p RiskyObjectPage) directoryFacts() []Fact {
	o := p.Known.Object
	if o == nil {
		return nil
	}
	facts := (&EntityPage{Shell: p.Shell, KnownObject: p.Known}).objectFacts(o)
	if o.Type != "" {
		facts = append([]Fact{{Label: "Type", Value: store.ObjectTypes.Words(o.Type)}}, facts...)
	}
	return append(facts, Fact{Label: "Directory as of", Value: p.Shell.Zone.Minute(o.AsOf)})
}

// momentText says which moment the actions are listed from.
func (p RiskyObjectPage) momentText() string {
	return "In the " + Count(int64(p.Query.Hours), "hour", "hours") + " from " + p.Shell.Zone.Time(p.Moment) + " on, " + p.MomentIs + ". The oldest comes first."
}

// keyName is the name of a credential, by the directory or the report of credentials.
func (p RiskyObjectPage) keyName(key string) string {
	c, ok := p.Credentials[store.FoldCase(key)]
	if !ok {
		return ""
	}
	return c.Credential.Name
}

// keyNote says what is told of a credential: its type and its end.
func (p RiskyObjectPage) keyNote(key string) string {
	c, ok := p.Credentials[store.FoldCase(key)]
	if !ok {
		return "Neither the directory nor a report of credentials tells of it."
	}
	var parts []string
	if c.Type != "" {
		parts = append(parts, Capital(string(c.Type)))
	}
	switch {
	case c.IsGone():
		parts = append(parts, "no longer in the directory")
	case c.Expires.IsZero():
	case c.Expires.Before(p.Now):
		parts = append(parts, "ended "+p.Shell.Zone.Date(c.Expires))
	default:
		parts = append(parts, "ends "+p.Shell.Zone.Date(c.Expires))
	}
	return OrEmpty(strings.Join(parts, ", "))
}

// usesURL leads to the sign-ins of a row of a table.
func (p RiskyObjectPage) usesURL(t ask.ObjectTable, row *store.TableRow) string {
	return logURL(store.ServicePrincipal, ask.ObjectFilter(store.ObjectServicePrincipal, p.Known.ID).With(t.By, store.OpIs, row.Value), p.Query.Range)
}

// credentialsURL is the report of the credentials.
func credentialsURL(in store.Range) string {
	return withQuery(InsightsPath+"/"+url.PathEscape(ask.Credentials.Name), monthOnly(in))
}
