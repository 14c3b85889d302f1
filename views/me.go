package views

import (
	"slices"
	"strconv"
	"time"

	"signpost/store"
	"signpost/web/ask"
)

// MePage is the list of the viewer's own sign-ins. It is made from traces. A trace holds only data that people may see about
// themselves: no Conditional Access, no risk.
type MePage struct {
	// TellsLooks offers the page that shows who looked.
	TellsLooks bool
	Shell      Shell
	Query      MeQuery
	Bad        store.BadParams
	// NoIdentity says that the user ID of the account's person is not known, so that no sign-in can be its own. NeedsUserID
	// says that the account nevertheless has a user principal name.
	NoIdentity, NeedsUserID bool
	Now                     time.Time

	// Questions are about unusual sign-ins, on entry only; AllQuestions counts all open questions. Reports are the viewer's.
	Questions    []ask.OwnQuestion
	AllQuestions int
	Reports      []ask.OwnReport

	Days []MeDay
	// Found counts the sign-ins of the range that pass the filter, Whole all of the range. Among those found, Unusual have a
	// mark and Refreshes were made in the background.
	Found, Whole, Unusual, Refreshes int64
	// Cut is the time at which the search ended before the range did, because it reached its limit; else zero.
	Cut time.Time
	// StillReading says that an older version of the program read some sign-ins of the range.
	StillReading bool
	// Judged is the time of the oldest sign-in that the marks take into account, if older ones would matter; else zero.
	Judged time.Time
	// Looked is the largest number of sign-ins that are looked at.
	Looked int64
	// Next leads to older rows, Prev to newer ones.
	Next, Prev *store.Cursor
	// LastSuccess and LastFailure are the viewer's newest ones; nil if none is known. They are set on entry only, as HasLast
	// says.
	HasLast                  bool
	LastSuccess, LastFailure *store.Trace
	// Apps, Places and Devices are the choices of the selects.
	Apps, Places, Devices []MeChoice
}

// MeDay is the sign-ins of one day of the viewer's zone, by device.
type MeDay struct {
	Label string
	Tiles []MeTile
}

// MeTile is the sign-ins of one device on one day, newest first.
type MeTile struct {
	Device string
	Phone  bool
	Lines  []MeLine
	Map    *smallMap
}

// MeLine is a sign-in, or a fold of sign-ins: one of the two is nil.
type MeLine struct {
	SignIn *ask.OwnSignIn
	Fold   *ask.OwnFold
}

// trace is the newest sign-in of the line.
func (l MeLine) trace() *store.Trace {
	if l.Fold != nil {
		return &l.Fold.Example
	}
	return &l.SignIn.Trace
}

// MeDays groups lines by day and device. The lines must be newest first.
func MeDays(lines []MeLine, zone Zone, where map[store.Place]store.Coordinates) []MeDay {
	var days []MeDay
	for _, l := range lines {
		label := zone.Day(l.trace().Time())
		if len(days) == 0 || days[len(days)-1].Label != label {
			days = append(days, MeDay{Label: label})
		}
		days[len(days)-1].add(l)
	}
	for i := range days {
		for j := range days[i].Tiles {
			tile := &days[i].Tiles[j]
			tile.Map = smallMapOf(tile.places(), where)
		}
	}
	return days
}

func (d *MeDay) add(l MeLine) {
	device := deviceLabel(l.trace())
	for i := range d.Tiles {
		if d.Tiles[i].Device == device {
			d.Tiles[i].Lines = append(d.Tiles[i].Lines, l)
			return
		}
	}
	d.Tiles = append(d.Tiles, MeTile{Device: device, Phone: isPhone(l.trace()), Lines: []MeLine{l}})
}

// places are the tile's places, each once.
func (t *MeTile) places() []store.Place {
	var places []store.Place
	seen := map[store.Place]bool{{}: true}
	for i := range t.Lines {
		if l := t.Lines[i].trace().Location; !seen[l] {
			seen[l] = true
			places = append(places, l)
		}
	}
	return places
}

func (t *MeTile) icon() string {
	if t.Phone {
		return "phone"
	}
	return "desktop"
}

// selects are the filters with their choices.
type meSelect struct {
	Name, Label, Any, Chosen string
	Choices                  []MeChoice
}

func (p MePage) selects() []meSelect {
	statuses := []MeChoice{{Value: "success", Label: "Successful"}, {Value: "failure", Label: "Unsuccessful"}, {Value: "interrupted", Label: "Not finished"}}
	kinds := []MeChoice{{Value: MeKindPerson, Label: "By you"}, {Value: MeKindBackground, Label: "By apps in the background"}}
	q := p.Query
	return []meSelect{
		{"status", "Result", "Any result", q.Status, statuses},
		{"app", "Application", "Any application", q.App, withChosen(p.Apps, q.App)},
		{"place", "Place", "Any place", q.Place, withChosen(p.Places, q.Place)},
		{"device", "Device", "Any device", q.Device, withChosen(p.Devices, q.Device)},
		{"kind", "Made", "By you or by apps", q.Kind, kinds},
	}
}

// withChosen adds the chosen value to the front if the range no longer has it. Without it the form would drop the value.
func withChosen(choices []MeChoice, chosen string) []MeChoice {
	if chosen == "" {
		return choices
	}
	for _, c := range choices {
		if store.FoldCase(c.Value) == store.FoldCase(chosen) {
			return choices
		}
	}
	return append([]MeChoice{{Value: chosen, Label: chosen}}, choices...)
}

func (s meSelect) isChosen(c MeChoice) bool {
	return s.Chosen != "" && store.FoldCase(c.Value) == store.FoldCase(s.Chosen)
}

func (c MeChoice) text() string {
	if c.N == 0 {
		return c.Label
	}
	return c.Label + " (" + Number(c.N) + ")"
}

// problems are the messages about some parameters, to be shown next to their control.
func (p MePage) problems(params ...string) []string {
	var texts []string
	for _, bad := range p.Bad {
		for _, param := range params {
			if bad.Param == param {
				texts = append(texts, bad.Error())
			}
		}
	}
	return texts
}

// meControls are the parameters that have a control on the page.
var meControls = []string{"q", "status", "app", "place", "device", "kind", "show", "range", "from", "to"}

// IsEntry says that the page is the one that people come to: the newest sign-ins, not narrowed.
func (p MePage) IsEntry() bool {
	return p.Query.Range.Preset != "" && p.Query.After == nil && p.Query.Before == nil && !p.Query.IsNarrowed()
}

// isAsked says that the page asks about the sign-in above the list.
func (p MePage) isAsked(s *ask.OwnSignIn) bool { return p.asksAbout(&s.Trace) }

func (p MePage) asksAbout(t *store.Trace) bool {
	return slices.ContainsFunc(p.Questions, func(q ask.OwnQuestion) bool { return q.Cursor() == t.Cursor() })
}

// zoneText names the zone of the page's times and the source of that choice.
func (p MePage) zoneText() string {
	if p.Shell.BrowserZone {
		return "Times are in " + p.Shell.Zone.Name() + ", the time zone of this browser."
	}
	return "Times are in " + p.Shell.Zone.Name() + ", the time zone that you chose."
}

// madeText counts the sign-ins found that the viewer made, if some were made in the background.
func (p MePage) madeText() string {
	if p.Refreshes == 0 {
		return ""
	}
	return Number(p.Found-p.Refreshes) + " by you, " + Number(p.Refreshes) + " in the background"
}

// strayProblems are the messages about parameters without a control.
func (p MePage) strayProblems() []string {
	var texts []string
	for _, bad := range p.Bad {
		if !hasText(meControls, bad.Param) {
			texts = append(texts, bad.Error())
		}
	}
	return texts
}

func hasText(list []string, text string) bool {
	for _, t := range list {
		if t == text {
			return true
		}
	}
	return false
}

// found says in words how many sign-ins are listed.
func (p MePage) found() string {
	if p.Query.IsNarrowed() {
		return Number(p.Found) + " of " + Count(p.Whole, "sign-in", "sign-ins")
	}
	return Count(p.Whole, "sign-in", "sign-ins")
}

func (p MePage) foundValue() string { return strconv.FormatInt(p.Found, 10) }

// cutText says how far the page looked.
func (p MePage) cutText() string {
	return "This page covers your newest " + Number(p.Looked) + " sign-ins, back to " + p.Shell.Zone.Time(p.Cut) + "."
}

// judgedText says which sign-ins the marks take into account.
func (p MePage) judgedText() string {
	return "Only your newest " + Number(p.Looked) + " sign-ins were checked for anything unusual, back to " + p.Shell.Zone.Time(p.Judged) + "."
}

// earlier is the span before the range, as long as the range but at most a month.
func (p MePage) earlier() (from, to time.Time) {
	to = p.Query.Range.From
	if !p.Cut.IsZero() {
		to = p.Cut
	}
	return to.Add(-min(p.Query.Range.To.Sub(p.Query.Range.From), 30*24*time.Hour)), to
}

// empty says why no sign-in is listed.
func (p MePage) empty() *EmptyState {
	switch {
	case len(p.Days) > 0:
		return nil
	case p.NeedsUserID:
		return &EmptyState{
			Title: "No sign-ins can be shown as yours",
			Text: "The imported logs do not show which one person has your user principal name, because such names can be given to others later. " +
				"Ask an administrator to set your user ID.",
		}
	case p.NoIdentity:
		return &EmptyState{
			Title: "No sign-ins can be shown as yours",
			Text: "Your account here is not linked to a person in the tenant: it names neither a user principal name nor a user ID. " +
				"Ask an administrator to set one of them.",
		}
	case len(p.Bad) > 0:
		return &EmptyState{
			Title: badTitle(p.Bad), Text: "The message next to the field says why.",
			Link: &Link{"Show the last month", mePath},
		}
	case p.Found > 0:
		return &EmptyState{
			Title: "No sign-ins on this page", Text: "The list has moved on since the link was made.",
			Link: &Link{"Go to the newest", p.Query.URL()},
		}
	case p.Query.IsNarrowed() && p.Whole > 0:
		return &EmptyState{
			Title: "None of your sign-ins match these filters", Text: "The range has " + Count(p.Whole, "sign-in", "sign-ins") + " of yours.",
			Link: &Link{"Show all of them", p.Query.clearURL()},
		}
	case p.Query.Range.Preset != MonthRange:
		return &EmptyState{
			Title: "None of your sign-ins are in this range", Text: "A longer range may have some.",
			Link: &Link{"Show the last month", mePath},
		}
	}
	return &EmptyState{
		Title: "None of your sign-ins are here yet",
		Text:  "There were none in this range, or the logs that hold them have not been imported.",
	}
}
