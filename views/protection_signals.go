package views

import (
	"signpost/store"
	"signpost/store/risk"
	"signpost/web/ask"
)

// signalsURL is a page of the timeline: the newest without a place.
func (q RiskyObjectQuery) signalsURL(after *store.Cursor) string {
	q.After = after
	return q.URL() + "#signals"
}

// historyURL is a page of the history: the newest without a place.
func (q RiskyObjectQuery) historyURL(after *store.Cursor) string {
	q.HistoryAfter = after
	return q.URL() + "#history"
}

// pageLinks lead from a page of a list to the newest one and to the older one; empty where the page is that, or there is none.
func pageLinks(after, next *store.Cursor, address func(*store.Cursor) string) (newest, older string) {
	if after != nil {
		newest = address(nil)
	}
	if next != nil {
		older = address(next)
	}
	return newest, older
}

func (p RiskyObjectPage) signalLinks() (newest, older string) {
	return pageLinks(p.Query.After, p.NextSignals, p.Query.signalsURL)
}

func (p RiskyObjectPage) historyLinks() (newest, older string) {
	return pageLinks(p.Query.HistoryAfter, p.NextHistory, p.Query.historyURL)
}

// signalsText says what the timeline has.
func (p RiskyObjectPage) signalsText() string {
	if p.Query.Each {
		return "Risky sign-ins, detections and changes of the risk state in the range, each at its own time. The newest comes first."
	}
	return "Risky sign-ins with their detections, other detections and changes of the risk state in the range. The newest comes first. A sign-in whose own record tells of no risk stands at the newest detection that names it."
}

// signalsTrouble says that the page of the timeline could not be made; empty where it was. Detections by themselves need no sign-ins.
func (p RiskyObjectPage) signalsTrouble() string {
	slow := "Looking up the timeline took too long. Choose a shorter range"
	if !p.Query.Each {
		slow += ", or list each signal by itself"
	}
	return troubleText(p.SignalsTrouble, slow+".", "The timeline could not be looked up. Reload the page to try again.")
}

// noSignals says why the page of the timeline has no lines.
func (p RiskyObjectPage) noSignals() string {
	switch {
	case p.NextSignals != nil:
		return "The detections of this page stand under their sign-ins, on other pages."
	case p.Query.After != nil:
		return "Nothing older tells of a risk in this range."
	}
	return "Nothing tells of a risk in this range."
}

// signInTime is the time of a sign-in that stands at the time of a detection; empty where both are one.
func (p RiskyObjectPage) signInTime(s *ask.RiskSignal) string {
	at := p.Shell.Zone.Time(s.SignIn.Entry.Head().Time)
	if at == p.Shell.Zone.Time(s.Time) {
		return ""
	}
	return ". The sign-in was at " + at
}

// namingURL leads to all detections of the range that name a sign-in.
func (p RiskyObjectPage) namingURL(s *ask.RiskSignal) string {
	log := risk.Users
	if p.Of != store.StateRiskyUser {
		log = risk.Workloads
	}
	events := s.SignIn.Events
	if len(events) == 0 {
		events = []string{s.SignIn.Entry.Head().ID}
	}
	return logURL(log, store.Filter{}.WithAny(risk.SignInField, events), p.Query.Range)
}
