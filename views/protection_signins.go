package views

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"signpost/store"
	"signpost/store/risk"
	"signpost/web/ask"
)

// These are the parameters of the lists of risky sign-ins, beside the range, the limit and the fields of the log.
const (
	ParamRiskyWhy = "by"
	ParamRiskyLog = "log"
)

// RiskyAsked is the address of a list of risky sign-ins.
type RiskyAsked struct {
	// Principals asks for those of service principals.
	Principals bool
	Range      store.Range
	// Filter narrows the sign-ins; Detections narrows the detections that make those of service principals risky.
	Filter, Detections store.Filter
	Log                store.Log
	Why                ask.RiskyWhy
	// Open asks for sign-ins that are open in this portal: see ask.OpenHere.
	Open  bool
	After []store.Cursor
	Limit int
}

// RiskyLimit is the number of sign-ins on a page where the address does not say.
const RiskyLimit = 50

// RiskyAbout are the fields that a list of sign-ins of service principals asks of detections: the records of sign-ins tell nothing of
// these.
func RiskyAbout() []*store.Field {
	return []*store.Field{risk.LevelField, risk.StateField, risk.TypeField, risk.DetailField}
}

func (a RiskyAsked) path() string {
	if a.Principals {
		return RiskyPrincipalSignInsPath
	}
	return RiskySignInsPath
}

// values are the parameters without the place of the page.
func (a RiskyAsked) values() url.Values {
	v := monthOnly(a.Range)
	for _, f := range []store.Filter{a.Filter, a.Detections} {
		for param, values := range f.Values() {
			v[param] = values
		}
	}
	if a.Log != "" {
		v.Set(ParamRiskyLog, string(a.Log))
	}
	if a.Why != "" {
		v.Set(ParamRiskyWhy, string(a.Why))
	}
	if a.Open {
		v.Set(ParamOpen, "yes")
	}
	if a.Limit != RiskyLimit && a.Limit != 0 {
		v.Set("limit", strconv.Itoa(a.Limit))
	}
	return v
}

// URL is the list's page.
func (a RiskyAsked) URL() string {
	v := a.values()
	for _, at := range a.After {
		v.Add("after", at.String())
	}
	return withQuery(a.path(), v)
}

// Words are the address for the access log.
func (a RiskyAsked) Words() string {
	return withQuery(strings.TrimPrefix(a.path(), ProtectionPath+"/"), a.values())
}

// changed is the address of the first page of a changed list.
func (a RiskyAsked) changed(change func(*RiskyAsked)) string {
	a.After = nil
	change(&a)
	return a.URL()
}

// RiskySignInsURL is the list of risky sign-ins of users in a range, narrowed by a filter.
func RiskySignInsURL(in store.Range, f store.Filter) string {
	return RiskyAsked{Range: in, Filter: f}.URL()
}

// RiskyPrincipalSignInsURL is the list for service principals.
func RiskyPrincipalSignInsURL(in store.Range, f store.Filter) string {
	return RiskyAsked{Principals: true, Range: in, Filter: f}.URL()
}

// RiskySignInsPage is one page of a list of risky sign-ins, the newest first.
type RiskySignInsPage struct {
	// Triage is what people decided about the rows in this portal.
	Triage TriageRows
	Shell  Shell
	Asked  RiskyAsked
	// Open is what narrows the list to sign-ins that are open here; nil for all.
	Open *ask.OpenSignIns
	// Users or Principals is set, as Asked.Principals says.
	Users      *ask.RiskyUserSignIns
	Principals *ask.RiskyPrincipalSignIns
	Now        time.Time
}

func (p RiskySignInsPage) title() string {
	if p.Asked.Principals {
		return "Risky sign-ins of service principals"
	}
	return "Risky sign-ins"
}

// lead says what the list holds. The help says the rest: see riskHelp.
func (p RiskySignInsPage) lead() string {
	if p.Asked.Principals {
		return "A sign-in of a service principal is risky where a detection names its request; those near a detection are counted apart."
	}
	return "A sign-in is risky where its risk state is other than none, or where its level during the sign-in was low, medium or high."
}

// openText says what the list of open sign-ins holds; empty for a list of all.
func (p RiskySignInsPage) openText() string {
	switch {
	case !p.Asked.Open:
		return ""
	case p.Asked.Principals:
		return "Open here: the newest detection of the sign-in is at risk or confirmed compromised, and no verdict of this portal answers it. An open detection counts before one that is closed. Sign-ins near a detection are not listed: nothing tells a state of them."
	}
	return "Open here: the record is at risk or confirmed compromised, and no verdict of this portal answers it."
}

// Rows are the sign-ins of the page.
func (p RiskySignInsPage) Rows() []ask.RiskyRow {
	if p.Asked.Principals {
		return p.Principals.Rows
	}
	return p.Users.Rows
}

// Next are the places after the page; none where it is the last.
func (p RiskySignInsPage) Next() []store.Cursor {
	switch {
	case !p.Asked.Principals:
		return p.Users.Next
	case p.Principals.Next != nil:
		return []store.Cursor{*p.Principals.Next}
	}
	return nil
}

func (p RiskySignInsPage) nextURL() string {
	a := p.Asked
	a.After = p.Next()
	return a.URL()
}

// riskyNumber is how many sign-ins there are for a reason.
type riskyNumber struct {
	Name, Label, Title string
	Why                ask.RiskyWhy
	Total              store.Total
	Trouble            ask.Trouble
	Address            string
}

func (n riskyNumber) text() string {
	switch {
	case n.Trouble != ask.NoTrouble:
		return troubleText(n.Trouble, "too slow to count", "not counted")
	case !n.Total.Complete:
		return "at least " + Number(n.Total.N)
	}
	return Number(n.Total.N)
}

// numbers are the counts of the range: of all sign-ins that the filter lets through, in the log that is chosen.
func (p RiskySignInsPage) numbers() (list []riskyNumber) {
	add := func(name, label, title string, why ask.RiskyWhy, total store.Total, trouble ask.Trouble) {
		list = append(list, riskyNumber{name, label, title, why, total, trouble, p.Asked.changed(func(a *RiskyAsked) { a.Why = why })})
	}
	if p.Asked.Principals {
		a := p.Principals
		both := store.Total{N: a.Named.N + a.Near.N, Complete: a.Named.Complete && a.Near.Complete}
		add("all", "All", "Sign-ins that a detection names, and those near one", "", both, a.Trouble)
		add("named", "Risky: named by a detection", "A detection has the request ID of the sign-in", ask.RiskyByDetection, a.Named, a.Trouble)
		add("near", "Near a detection", "The same service principal, 24 hours before or after, and one of the detection's credentials where it names any", ask.RiskyNearOne, a.Near, a.Trouble)
		return list
	}
	of := func(why ask.RiskyWhy) (store.Total, ask.Trouble) {
		return p.Users.Count(ask.RiskyUsers{Log: p.Asked.Log, Why: why}.Lists)
	}
	all, trouble := of("")
	add("risky", "Risky", "A state other than none, or a level of low, medium or high during the sign-in", "", all, trouble)
	state, trouble := of(ask.RiskyByState)
	add("state", "By state", "The risk state is other than none, whatever the level", ask.RiskyByState, state, trouble)
	level, trouble := of(ask.RiskyByLevel)
	add("level", "By level alone", "The level during the sign-in was low, medium or high, and the state is none or not told", ask.RiskyByLevel, level, trouble)
	hidden, trouble := of(ask.RiskyHidden)
	add("hidden", "Hidden", "The level during the sign-in or the state is the word hidden: without the premium licence records have it in place of the level. Those whose state tells of a risk are counted as risky too, the others are not", ask.RiskyHidden, hidden, trouble)
	return list
}

// number is the count of the list itself.
func (p RiskySignInsPage) number() riskyNumber {
	list := p.numbers()
	return list[max(0, slices.IndexFunc(list, func(n riskyNumber) bool { return n.Why == p.Asked.Why }))]
}

// notes say what is missing from the page.
func (p RiskySignInsPage) notes() (notes []string) {
	if p.Asked.Principals {
		if p.Principals.Trouble != ask.NoTrouble {
			notes = append(notes, "The list could not be made: "+troubleText(p.Principals.Trouble, "looking the sign-ins up took too long. Choose a shorter range.", "something failed. Reload the page to try again."))
		}
		return notes
	}
	for _, part := range p.Users.Parts {
		if part.Trouble != ask.NoTrouble {
			notes = append(notes, logShort(part.Query.Log)+", "+riskyWhyWords[part.Why]+": "+troubleText(part.Trouble, "looking them up took too long. Choose a shorter range.", "these sign-ins could not be looked up. Reload the page to try again.")+" They are missing below.")
		}
	}
	if p.Users.Trouble != ask.NoTrouble {
		notes = append(notes, "The detections of the sign-ins could not be looked up. The list has none.")
	}
	return notes
}

// Complete says that no stored record that the list may have is still being read.
func (p RiskySignInsPage) Complete() bool {
	n := p.number()
	return n.Total.Complete || n.Trouble != ask.NoTrouble
}

// Lacks says that a part of the list could not be looked up.
func (p RiskySignInsPage) Lacks() bool { return len(p.notes()) > 0 }

// riskyEmpty says why the list is empty.
func (p RiskySignInsPage) riskyEmpty() EmptyState {
	e := EmptyState{Title: "No risky sign-ins", Text: "No sign-in of this range is at risk by its own record. Exports of Microsoft Graph and of the diagnostic settings have these fields; a tenant without the premium licence gets few of them."}
	switch {
	case p.Asked.Open:
		e = EmptyState{Title: "No open sign-ins", Text: "No such sign-in of this range is at risk or confirmed compromised without a verdict of this portal.", Link: &Link{"Show others too", p.Asked.changed(func(a *RiskyAsked) { a.Open = false })}}
	case !p.Asked.Filter.IsEmpty() || !p.Asked.Detections.IsEmpty():
		e = EmptyState{Title: "No sign-ins match", Text: "No such sign-in of this range passes the filter. Take a condition out, or choose a longer range."}
	case p.Asked.Principals:
		e = EmptyState{Title: "No risky sign-ins of service principals", Text: "No detection of a workload identity names a sign-in of this range, or is near one. They come with the category ServicePrincipalRiskEvents, or from Microsoft Graph."}
	case p.Asked.Why == ask.RiskyHidden:
		e = EmptyState{Title: "No hidden risk", Text: "No sign-in of this range has the word hidden in place of its risk."}
	}
	return e
}

// riskyLogs are the logs that the list of users can be narrowed to.
func riskyLogs() []store.Log { return ask.LogsOf(store.ObjectUser) }

// fileURL is the list as a file.
func (p RiskySignInsPage) fileURL(f RiskySignInsFormat) string {
	return withQuery(p.Asked.path()+"."+f.Name, p.Asked.values())
}

// riskyWhere is the place of a sign-in.
func riskyWhere(s *store.SignIn) string {
	return store.PlaceName(s.City, s.State, store.Countries.Words(s.CountryOrRegion))
}
