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

// helpdeskPreset is the range of a person's page that names none.
const helpdeskPreset = "7d"

// HelpdeskPage is one person for the help desk: their sign-ins and the records about them. It is drawn alike for somebody of
// whom there is nothing and for somebody whom nobody knows.
type HelpdeskPage struct {
	Shell Shell
	// User and Ticket are what was asked for, in the words of the address.
	User, Ticket string
	Query        store.Query // the range, and the place in the sign-ins
	// RecordsAfter is the place in the records about the person; nil for the newest.
	RecordsAfter *store.Cursor
	Bad          store.BadParams
	Now          time.Time

	SignIns []ask.OwnSignIn
	// Found counts the sign-ins of the range.
	Found int64
	// Cut is where the search ended before the range did; zero where it did not.
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
	// List is the page that it was opened from.
	List HelpdeskPage
}

// IsForm says that nobody was asked for.
func (p HelpdeskPage) IsForm() bool { return p.User == "" && p.Ticket == "" && len(p.Bad) == 0 }

// isAnswer says that there is somebody to show.
func (p HelpdeskPage) isAnswer() bool { return !p.IsForm() && len(p.Bad) == 0 }

// Rows is how many records the page shows.
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

// problems are what is wrong, by the control that it stands beside.
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

// lastDay is the day that the range ends on: a range holds the whole of the day that to names.
func (p HelpdeskPage) lastDay() string {
	return p.Query.Range.To.Add(-time.Microsecond).UTC().Format(time.DateOnly)
}

// madeBy says who was at work, as kindOfSignIn does to the person.
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

// facts are what the help desk sees of a sign-in: what the person sees of it themselves.
func (p HelpdeskSignInPage) facts() []Fact {
	facts := p.MeDetailsPage.facts()
	for i := range facts {
		if facts[i].Label == "Made" {
			facts[i].Value = madeBy(p.SignIn.Log)
		}
		if facts[i].Label == "Request ID" {
			facts[i].Note = "" // it tells the person to call the help desk
		}
	}
	return facts
}

func (p HelpdeskSignInPage) backURL() string { return p.List.URL() }

// recordTitle is what a record about somebody says, in a line; recordActor is who made it.
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
