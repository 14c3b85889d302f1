package store

import (
	"slices"
	"strings"
	"time"
)

// LineOf tells of a line by all its events, which must hold their lists.
func LineOf(events []*SignIn) Line {
	line := Line{Events: len(events)}
	for i, s := range events {
		if MFAWasDenied(s.mfaOutcomes()) {
			line.Denied++
		}
		if i == 0 || s.Time.Before(line.Started) {
			line.Started = s.Time
		}
	}
	return line
}

// MFAWasDenied says whether the outcomes of one event's MFA steps (MFASet) make it count as Line.Denied.
func MFAWasDenied(outcomes []string) bool {
	return slices.Contains(outcomes, MFADenied) || slices.Contains(outcomes, MFATimeout)
}

// LineGap is how long after an event the next one of its line may come, that moment included.
const LineGap = 15 * time.Minute

// LineEvent is what folding needs to know of an event of the interactive log. Texts are compared as they
// are: LineEventOf gives those in lower case that are compared without regard to case.
type LineEvent struct {
	Key Key
	ID  string
	// User, App and Resource tell the entities, by ID or by what stands in where that is empty. An event
	// without a user or an application is linked to none; to have no resource is a value like others.
	User, App, Resource          string
	Correlation, OriginalRequest string
	ErrorCode                    Int
	// Status matters where a record states success in spite of its code: a success ends its line.
	Status Status
}

// LineEventOf gives what folding needs to know of an event.
func LineEventOf(k Key, s *SignIn) LineEvent {
	return LineEvent{
		Key: k, ID: foldID(s.ID),
		User: lineEntity(UserID, s), App: lineEntity(AppID, s), Resource: lineEntity(ResourceID, s),
		Correlation: foldID(s.CorrelationID), OriginalRequest: foldID(s.OriginalRequestID),
		ErrorCode: s.ErrorCode, Status: s.Status(),
	}
}

// lineEntity gives the ID, or with a mark, so that it is never mistaken for one, the name that stands in
// where a record has no ID.
func lineEntity(p *Property, s *SignIn) string {
	if id := *p.Text(s); id != "" {
		return strings.ToLower(id)
	}
	if name := p.Fallback(s); name != "" {
		return "\x00" + strings.ToLower(name)
	}
	return ""
}

// MayFold says whether the event can be another than the last of its line.
func (e *LineEvent) MayFold() bool { return IsMFACode(e.ErrorCode) && e.Status != StatusSuccess }

// Fold gives for each event of the interactive log the place, in the slice, of the last event of its line, which is its own
// where it is the last itself. Lines are what results when each event with an MFA code is folded into the
// earliest later event that it is linked to and that comes at most LineGap after it; any other event, and
// every success, is folded into none and so ends its line. Two events are linked if they have the same
// user and application, and the same resource and correlation ID, or if one's original request ID, not
// being its own ID, is the other's ID.
//
// Where an event is folded to depends on the later events of its user and application within LineGap
// alone: neither the order of the events nor what else is among them makes a difference. So a part of
// the log that no pair of linked events within LineGap straddles can be folded by itself.
func Fold(events []LineEvent) []int {
	newestFirst := make([]int, len(events))
	for i := range newestFirst {
		newestFirst[i] = i
	}
	slices.SortFunc(newestFirst, func(a, b int) int { return events[b].Key.Compare(events[a].Key) })
	last := make([]int, len(events))
	met := lineLinks{}
	for _, i := range newestFirst {
		e := &events[i]
		last[i] = i
		if e.User == "" || e.App == "" {
			continue
		}
		if e.MayFold() {
			next, ok := met.next(events, e)
			if ok && events[next].Key.Time().Sub(e.Key.Time()) <= LineGap {
				last[i] = last[next]
			}
		}
		met.add(e, i)
	}
	return last
}

// lineLink is one thing that links events of the same user and application.
type lineLink struct {
	user, app string
	kind      lineLinkKind
	a, b      string
}

type lineLinkKind uint8

const (
	byCorrelation lineLinkKind = iota // a: correlation ID, b: resource
	byID                              // a: ID
	byOriginal                        // a: original request ID
)

// lineLinks finds, of the events met so far from the newest downwards, the earliest of each link.
type lineLinks map[lineLink]int

// add enters the event at place i.
func (l lineLinks) add(e *LineEvent, i int) {
	if e.Correlation != "" {
		l[lineLink{e.User, e.App, byCorrelation, e.Correlation, e.Resource}] = i
	}
	if e.ID != "" {
		l[lineLink{e.User, e.App, byID, e.ID, ""}] = i
	}
	if e.OriginalRequest != "" && e.OriginalRequest != e.ID {
		l[lineLink{e.User, e.App, byOriginal, e.OriginalRequest, ""}] = i
	}
}

// next gives the place of the earliest event that e is linked to.
func (l lineLinks) next(events []LineEvent, e *LineEvent) (next int, found bool) {
	look := func(link lineLink) {
		if i, ok := l[link]; ok && (!found || events[i].Key.Before(events[next].Key)) {
			next, found = i, true
		}
	}
	if e.Correlation != "" {
		look(lineLink{e.User, e.App, byCorrelation, e.Correlation, e.Resource})
	}
	if e.ID != "" {
		look(lineLink{e.User, e.App, byOriginal, e.ID, ""})
	}
	if e.OriginalRequest != "" && e.OriginalRequest != e.ID {
		look(lineLink{e.User, e.App, byID, e.OriginalRequest, ""})
	}
	return next, found
}
