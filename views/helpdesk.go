package views

import (
	"net/url"
	"time"

	"signpost/store"
	"signpost/store/audit"
	"signpost/web/ask"
)

const helpdeskPath = "/helpdesk"

// HelpdeskURL is the form of the help desk.
func HelpdeskURL() string { return helpdeskPath }

// helpdeskPreset is the range of a person's page if its address names none.
const helpdeskPreset = "7d"

// HelpdeskPage is one person for the help desk: their sign-ins and the records about them. A person without any data and an
// unknown person get the same page.
type HelpdeskPage struct {
	Shell Shell
	// User and Ticket are the inputs, as the address has them.
	User, Ticket string
	Query        store.Query // the range, and the place in the sign-ins
	// RecordsAfter is the place in the records about the person; nil for the newest.
	RecordsAfter *store.Cursor
	Bad          store.BadParams
	Now          time.Time

	SignIns []ask.OwnSignIn
	// Found counts the sign-ins of the range.
	Found int64
	// Cut is the time at which the search ended before the range did; zero if it did not.
	Cut          time.Time
	StillReading bool
	// Next leads to older sign-ins, Prev to newer ones.
	Next, Prev *store.Cursor
	Devices    []MeChoice
	Records    []HelpdeskRecords
}

// HelpdeskRecords are the records of one log that the person made or that are about them.
type HelpdeskRecords struct {
	Log   store.LogInfo
	Total store.Total
	Page  store.Page
}

// HelpdeskSignInPage is one sign-in of the person.
type HelpdeskSignInPage struct {
	MeDetailsPage
	// List is the page that the sign-in was opened from.
	List HelpdeskPage
	// Diagnosis says why the sign-in did not succeed; nil for one that did.
	Diagnosis *Diagnosis
}

// IsForm says that the address names nobody.
func (p HelpdeskPage) IsForm() bool { return p.User == "" && p.Ticket == "" && len(p.Bad) == 0 }

// isAnswer says that there is somebody to show.
func (p HelpdeskPage) isAnswer() bool { return !p.IsForm() && len(p.Bad) == 0 }

// Rows is the number of records on the page.
func (p HelpdeskPage) Rows() (n int64) {
	n = int64(len(p.SignIns))
	for _, about := range p.Records {
		n += int64(len(about.Page.Rows))
	}
	return n
}

// After is the place in the records of a log; nil for the newest.
func (p HelpdeskPage) After(log store.Log) *store.Cursor {
	if p.RecordsAfter == nil || p.RecordsAfter.Log != log {
		return nil
	}
	return &store.Cursor{Key: p.RecordsAfter.Key}
}

// problems has the errors by the name of the control that they belong to.
func (p HelpdeskPage) problems() map[string]string {
	texts := map[string]string{}
	for _, bad := range p.Bad {
		at := bad.Param
		if at != "user" && at != "ticket" {
			at = ""
		}
		if texts[at] == "" {
			texts[at] = map[string]string{"user": "The person ", "ticket": "The ticket number "}[at] + bad.Problem
			if at == "" {
				texts[at] = bad.Error()
			}
		}
	}
	return texts
}

// values are the parameters of the page's address, without a place in a list.
func (p HelpdeskPage) values() url.Values {
	v := url.Values{"user": {p.User}, "ticket": {p.Ticket}}
	for param, values := range (store.Query{Range: p.Query.Range}).Values() {
		v[param] = values
	}
	switch p.Query.Range.Preset {
	case helpdeskPreset:
		v.Del("range")
	case store.DefaultPreset:
		v.Set("range", store.DefaultPreset)
	}
	return v
}

// URL is the newest page of the person.
func (p HelpdeskPage) URL() string { return withQuery(helpdeskPath, p.values()) }

func (p HelpdeskPage) placeURL(param string, place string) string {
	v := p.values()
	v.Set(param, place)
	return withQuery(helpdeskPath, v)
}

func (p HelpdeskPage) presetURL(preset string) string {
	p.Query.Range = store.Range{Preset: preset}
	return p.URL()
}

// signInURL is the page of one of the sign-ins.
func (p HelpdeskPage) signInURL(id string) string {
	return withQuery(helpdeskPath+"/"+url.PathEscape(id), url.Values{"user": {p.User}, "ticket": {p.Ticket}})
}

// recordsURL leads to older records of a log.
func (p HelpdeskPage) recordsURL(of HelpdeskRecords) string {
	next := *of.Page.Next
	next.Log = of.Log.Log
	return p.placeURL("records", next.String()) + "#records-" + string(of.Log.Log)
}

// nextRecords is recordsURL where there are older ones; else empty.
func (p HelpdeskPage) nextRecords(of HelpdeskRecords) string {
	if of.Page.Next == nil {
		return ""
	}
	return p.recordsURL(of)
}

// lastDay is the last day of the range, which includes the whole day named by to.
func (p HelpdeskPage) lastDay() string {
	return p.Query.Range.To.Add(-time.Microsecond).UTC().Format(time.DateOnly)
}

// madeBy says who or what signed in, as kindOfSignIn does for the person.
func madeBy(log store.Log) string {
	if log == store.NonInteractive {
		return kindOfSignIn(log)
	}
	return "by the person"
}

// nothing says that there is nothing in the range.
func (p HelpdeskPage) nothing() EmptyState {
	state := EmptyState{
		Title: "No sign-ins of this person",
		Text:  "The range has none, or nobody is called so. The name must be the whole user principal name, or the user ID, letter for letter.",
	}
	if p.Query.Range.Preset != MonthRange {
		state.Link = &Link{"Look at the last month", p.presetURL(MonthRange)}
	}
	return state
}

// facts are the fields of a sign-in for the help desk: the same that the person sees.
func (p HelpdeskSignInPage) facts() []Fact {
	facts := p.MeDetailsPage.facts()
	for i := range facts {
		if facts[i].Label == "Made" {
			facts[i].Value = madeBy(p.SignIn.Log)
		}
		if facts[i].Label == "Request ID" {
			facts[i].Note = "" // the note tells the person to call the help desk
		}
	}
	return facts
}

func (p HelpdeskSignInPage) backURL() string { return p.List.URL() }

// recordTitle is a record about somebody in a line; recordActor is its actor.
func recordTitle(e store.Entry) string {
	if _, ok := e.(*audit.Record); ok {
		return auditTitle(e)
	}
	return e.Head().ID
}

func recordActor(e store.Entry) string {
	if r, ok := e.(*audit.Record); ok {
		return OrEmpty(actorText(r))
	}
	return Empty
}
