package views

import (
	"slices"
	"strconv"

	"signpost/store"
)

// ownOfAnEvent differ between any two events, so they are not shown as a change from one to the next.
var ownOfAnEvent = []string{"Date", store.RequestID.Label}

// events lists the events that the line was folded from, the first event on top, each with its changes since the one before.
func (p DetailsPage) events(s *Section) {
	t := DataTable{Caption: "Events", Head: []string{"Date", "Request ID", "Status", "Sign-in error code", "Reason or details", "Changed"}}
	for i := range p.Record.Events {
		e := p.Record.Events[i].SignIn()
		changed := "first event"
		if i > 0 {
			list := p.changes(p.Record.Events[i-1].Entry, e)
			list = slices.DeleteFunc(list, func(c change) bool { return slices.Contains(ownOfAnEvent, c.Label) })
			changed = firstText(changedLabels(list), "nothing")
		}
		reason := firstText(e.AdditionalDetails, e.FailureReason)
		t.Rows = append(t.Rows, []string{p.Shell.Zone.PreciseTime(e.Time), OrEmpty(e.ID), store.SignIns.StatusInfo(e.Status()).Label, codeInWords(Integer(e.ErrorCode)), OrEmpty(reason), changed})
	}
	if n := len(p.Record.Events); n > 1 {
		s.Notes = []string{"This line of the log is " + Count(int64(n), "event", "events") +
			" of one sign-in with multifactor authentication. What is shown of it elsewhere is the last one."}
	}
	s.Tables = []DataTable{t}
}

// history lists the copies of the record from the newest to the oldest, and each copy's changes field by field.
func (p DetailsPage) history(s *Section) {
	versions := DataTable{Caption: "Versions", Head: []string{"Version", "Ingested", "Changed"}, Empty: "No version is kept."}
	s.Tables = []DataTable{versions}
	for i := len(p.Record.Versions) - 1; i >= 0; i-- {
		v, number := &p.Record.Versions[i], strconv.Itoa(i+1)
		changed := "first copy"
		if i == 0 && v.Entry.Head().ToldBy != "" && p.Activity {
			changed += ", told by Microsoft 365"
		}
		if i > 0 {
			list := p.changes(p.Record.Versions[i-1].Entry, v.Entry)
			changed = Count(int64(len(list)), "field", "fields")
			if len(list) == 0 {
				changed = "nothing that has a field of its own"
			} else {
				s.Tables = append(s.Tables, DataTable{
					Caption: "What version " + number + " changed", Head: []string{"Field", "Before", "After"}, Rows: changeRows(list),
				})
			}
		}
		versions.Rows = append(versions.Rows, []string{number, p.Shell.Zone.PreciseTime(v.Entry.Head().Ingested), changed})
	}
	if len(p.Record.Versions) > 1 {
		s.Notes = []string{"Signpost keeps every imported copy that differs. A newer copy completes and corrects the older ones."}
	}
	s.Tables[0] = versions
}

func (p DetailsPage) raw(s *Section) {
	s.Notes = []string{"The record as received, its members one a line."}
	switch withheld := p.withheldParts(); {
	case withheld == store.ClassesOf(store.Secret) && p.MayReveal:
		s.Notes = append(s.Notes, "Values that describe a credential are hidden until you reveal them.")
	case withheld != 0:
		s.Notes = append(s.Notes, "Parts that your roles may not see are left out.")
	}
	for i := len(p.Raw) - 1; i >= 0; i-- {
		s.Texts = append(s.Texts, TextBlock{Title: "Version " + strconv.Itoa(i+1), Text: p.Raw[i], Open: i == len(p.Raw)-1, Copy: true})
	}
}

// withheldParts are the classes of the kind's data that the record omits.
func (p DetailsPage) withheldParts() store.Classes {
	if p.signIn() != nil && !p.ConditionalAccess {
		return store.ClassesOf(store.ConditionalAccess)
	}
	hidden := p.list().look().hidden
	if p.Revealed {
		hidden = hidden.Without(store.Secret)
	}
	return hidden & p.kind().Classes()
}

// WithheldWhole replaces a record as received, if its kind has no way to take out the data that the viewer may not see.
const WithheldWhole = "The record may hold data that your roles may not see, so it is withheld whole."
