package views

import (
	"strconv"
	"strings"

	"signpost/store"
)

// events lists the events that the line was folded from, the first on top.
func (p DetailsPage) events(s *Section) {
	t := DataTable{Caption: "Events", Head: []string{"Date", "Request ID", "Status", "Sign-in error code", "Reason or details"}}
	for i := range p.Record.Events {
		e := &p.Record.Events[i].SignIn
		reason := firstText(e.AdditionalDetails, e.FailureReason)
		t.Rows = append(t.Rows, []string{p.Shell.Zone.PreciseTime(e.Time), OrEmpty(e.ID), e.Status().Label(), Integer(e.ErrorCode), OrEmpty(reason)})
	}
	s.Notes = []string{"This line of the log is one event."}
	if n := len(p.Record.Events); n > 1 {
		s.Notes = []string{"This line of the log is " + Count(int64(n), "event", "events") +
			" of one sign-in with multifactor authentication. What is shown of it elsewhere is the last one."}
	}
	s.Tables = []DataTable{t}
}

// history lists the copies of the record from the newest to the oldest, each with what it changed.
func (p DetailsPage) history(s *Section) {
	t := DataTable{Caption: "Versions", Head: []string{"Version", "Ingested", "Changed"}, Empty: "No version is kept."}
	for i := len(p.Record.Versions) - 1; i >= 0; i-- {
		v := &p.Record.Versions[i]
		changed := "first copy"
		if i > 0 {
			changed = changedFields(&p.Record.Versions[i-1].SignIn, &v.SignIn)
		}
		t.Rows = append(t.Rows, []string{strconv.Itoa(i + 1), p.Shell.Zone.PreciseTime(v.SignIn.Ingested), changed})
	}
	s.Notes = []string{"Every differing copy that was imported is kept; the newest fills and corrects the ones before."}
	s.Tables = []DataTable{t}
}

func changedFields(before, after *store.SignIn) string {
	var labels []string
	for _, prop := range store.Properties() {
		var old, now string
		if prop.Set != nil {
			old, now = listText(prop.Set(before)), listText(prop.Set(after))
		} else {
			old, now = propertyText(prop, before), propertyText(prop, after)
		}
		if old != now {
			labels = append(labels, prop.Label)
		}
	}
	if len(labels) == 0 {
		return "nothing that has a field of its own"
	}
	return strings.Join(labels, ", ")
}

func (p DetailsPage) raw(s *Section) {
	s.Notes = []string{"The record as received, its members one a line."}
	if !p.ConditionalAccess {
		s.Notes = append(s.Notes, "Parts that your roles may not see are left out.")
	}
	for i := len(p.Raw) - 1; i >= 0; i-- {
		s.Texts = append(s.Texts, TextBlock{Title: "Version " + strconv.Itoa(i+1), Text: p.Raw[i], Open: i == len(p.Raw)-1})
	}
}
