package views

import (
	"time"

	"signpost/store"
)

// ReportedPage is the queue of sign-ins that people reported as not theirs.
type ReportedPage struct {
	Shell Shell
	// State is the shown state; empty for every state.
	State   string
	States  []ReportedState
	Reports []Report
	// Older and Newer are the places of the pages around this one; 0 for none.
	Older, Newer int64
	Bad          store.BadParams
	Now          time.Time
	// Refused is the report with a form that was not accepted; nil for none.
	Refused *RefusedReport
}

// ReportedState is a state with its number of reports.
type ReportedState struct {
	Value, Label string
	N            int64
}

// Report is one report as administrators read it.
type Report struct {
	ID                  int64
	Person, Account     string // the user principal name or ID, and the account that made the report
	List                List
	SignInID            string
	Time, Answered      time.Time
	Result, Application string
	Place, IPAddress    string
	Device, Unusual     string
	Comment             string
	State, StateLabel   string
	DecidedBy, Note     string
	NoteIsTold          bool // the person reads the note
	Decided             time.Time
	// Earlier has the newest decisions before the last one, the newest first, and EarlierTotal counts all of them.
	Earlier      []ReportStep
	EarlierTotal int64
}

// ReportStep is an earlier decision about a report.
type ReportStep struct {
	State, StateLabel string
	By, Note          string
	NoteIsTold        bool // it was written for the person to read
	At                time.Time
}

// RefusedReport is a decision that was not accepted, with the typed text.
type RefusedReport struct {
	ID            int64
	Note, Problem string
}

// personURL is the log with the person's sign-ins, from 12 hours before to 12 hours after.
func (r Report) personURL() string {
	return r.around(store.UserField, r.Person)
}

// addressURL is the log with everybody's sign-ins from the same address.
func (r Report) addressURL() string {
	return r.around(store.IPField, r.IPAddress)
}

func (r Report) around(f *store.Field, value string) string {
	q := store.Query{Range: store.Around(r.Time, 12*time.Hour), Filter: store.Filter{}.With(f, store.OpIs, value)}
	return r.List.URL(q.Values())
}

func (r Report) signInURL() string { return detailsNear(r.List.Log, r.SignInID, r.Time) }

// verdicts are the decisions that a report's form offers: all but its present state.
func (r Report) verdicts() []ReportedState {
	var verdicts []ReportedState
	for _, v := range []ReportedState{{Value: "confirmed", Label: "Confirm: it was somebody else"}, {Value: "dismissed", Label: "Dismiss"}, {Value: "open", Label: "Open again"}} {
		if v.Value != r.State {
			verdicts = append(verdicts, v)
		}
	}
	return verdicts
}

// decision is the last decision of an administrator. After a decision the person can change the state only if the report was
// opened again. So any state other than the two decided ones means "Opened again".
func (r Report) decision() string { return decisionText(r.State, r.StateLabel) }

func (s ReportStep) decision() string { return decisionText(s.State, s.StateLabel) }

// decisionText is a decision in words, by the state that the report got.
func decisionText(state, label string) string {
	if state == "confirmed" || state == "dismissed" {
		return label
	}
	return "Opened again"
}

// facts are the sign-in in the words that its owner saw.
func (r Report) facts() []Fact {
	return []Fact{
		{Label: "Result", Value: OrEmpty(r.Result)},
		{Label: "Application", Value: OrEmpty(r.Application)},
		{Label: "Place", Value: OrEmpty(r.Place)},
		{Label: "Device", Value: OrEmpty(r.Device)},
		{Label: "Unusual for the person", Value: OrEmpty(r.Unusual)},
	}
}

// unlisted counts the decisions that the page does not list.
func (r Report) unlisted() int64 { return r.EarlierTotal - int64(len(r.Earlier)) }

func (p ReportedPage) refusal(id int64) RefusedReport {
	if p.Refused != nil && p.Refused.ID == id {
		return *p.Refused
	}
	return RefusedReport{}
}

// strayRefusal says why a decision was refused, if its report is not on this page.
func (p ReportedPage) strayRefusal() string {
	if p.Refused == nil {
		return ""
	}
	for _, r := range p.Reports {
		if r.ID == p.Refused.ID {
			return ""
		}
	}
	return p.Refused.Problem
}

func (p ReportedPage) empty() *EmptyState {
	switch {
	case len(p.Reports) > 0:
		return nil
	case len(p.Bad) > 0:
		return &EmptyState{
			Title: badTitle(p.Bad), Text: "The message above says why.",
			Link: &Link{"Show the open ones", ReportedURL("open")},
		}
	case p.Older == 0 && p.Newer == 0 && p.State == "open":
		return &EmptyState{
			Title: "Nothing waits", Text: "People report a sign-in that was not theirs on their page My sign-ins; it then stands here.",
			Link: &Link{"Show every report", ReportedURL("")},
		}
	case p.Older == 0 && p.Newer == 0 && p.State == "":
		return &EmptyState{Title: "No reports yet", Text: "People report a sign-in that was not theirs on their page My sign-ins; it then stands here."}
	}
	return &EmptyState{
		Title: "No such reports", Text: "Reports of the other states stand under the other tabs.",
		Link: &Link{"Show the open ones", ReportedURL("open")},
	}
}
