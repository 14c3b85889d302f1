package views

import (
	"strings"
	"time"

	"signpost/store"
	"signpost/web/ask"
)

// questionFacts are the facts by which a person recognises a sign-in, each with a note if it is unusual. The page of the sign-in
// explains why that matters.
func (p MePage) questionFacts(q *ask.OwnQuestion) []Fact {
	zone := p.Shell.Zone
	when := Fact{Label: "When", Value: zone.Time(q.Time()), Note: Relative(q.Time(), p.Now) + "."}
	where := Fact{Label: "Where", Value: placeText(q.Location)}
	device := Fact{Label: "Device", Value: deviceLabel(&q.Trace) + browserSuffix(&q.Trace)}
	before := Fact{Label: "Before it", Value: beforeText(q)}
	for _, m := range q.Marks {
		title := markTitle(m) + "."
		switch m.Kind {
		case store.MarkFirstCountry, store.MarkImpossibleSpeed:
			where.Note = joinSentences(where.Note, title)
		case store.MarkFirstDevice, store.MarkFirstBrowser:
			device.Note = joinSentences(device.Note, title)
		case store.MarkDeniedMFA:
			if deniedText(q.Line) == "" {
				before.Value = joinSentences("A request to approve it was declined.", before.Value)
			}
		case store.MarkFirstFlow:
			when.Note = joinSentences(when.Note, title)
		}
	}
	facts := []Fact{when, where, device}
	if before.Value != "" {
		facts = append(facts, before)
	}
	if b := q.Before; b != nil {
		facts = append(facts, Fact{Label: "You, before it", Value: joinWords(zone.Time(b.Time()), placeText(b.Location), deviceLabel(b))})
	}
	if text := afterText(q); text != "" {
		facts = append(facts, Fact{Label: "After it", Value: text})
	}
	return facts
}

// beforeText describes earlier events from the same place and device, or within the sign-in itself.
func beforeText(q *ask.OwnQuestion) string {
	denied := deniedText(q.Line)
	if denied != "" && q.OwnSignIn.ErrorCode.N == 0 {
		denied = Count(int64(q.Line.Denied), "request to approve it was", "requests to approve it were") + " declined or not answered, then one was approved."
	}
	tries := ""
	if q.Tries > 0 {
		tries = Count(q.Tries, "sign-in", "sign-ins") + " from there did not succeed within a day."
	}
	return joinSentences(denied, tries)
}

// afterText describes later events from the same place and device.
func afterText(q *ask.OwnQuestion) string {
	refreshes, more := "", ""
	if q.Refreshes > 0 {
		refreshes = Count(q.Refreshes, "background refresh", "background refreshes") + " from there."
	}
	if q.More > 0 {
		more = Count(q.More, "more unusual sign-in", "more unusual sign-ins") + " from there; your answer holds for them too."
	}
	return joinSentences(refreshes, more)
}

// joinWords joins the texts that are not empty with commas.
func joinWords(texts ...string) string {
	all := ""
	for _, text := range texts {
		switch {
		case text == "" || text == Empty:
		case all == "":
			all = text
		default:
			all += ", " + text
		}
	}
	return all
}

// reportsShownFor is the time after a decision for which the page shows a report without a click.
const reportsShownFor = 30 * 24 * time.Hour

// reports gives the reports that are open or were decided lately, and the older ones. Only the entry page has them.
func (p MePage) reports() (recent, older []ask.OwnReport) {
	if !p.IsEntry() {
		return nil, nil
	}
	for _, r := range p.Reports {
		if !r.Settled || p.Now.Sub(r.Decided) < reportsShownFor {
			recent = append(recent, r)
		} else {
			older = append(older, r)
		}
	}
	return recent, older
}

// reportedText names the sign-in of a report.
func (p MePage) reportedText(r ask.OwnReport) string {
	return "Sign-in of " + joinWords(p.Shell.Zone.Time(r.Time), r.Seen.Application, r.Seen.Place)
}

// verdictClass gives a verdict the colour of the administrators' state.
func verdictClass(v ask.OwnVerdict) string {
	switch {
	case v.Dismissed:
		return "dismissed"
	case v.Settled:
		return "confirmed"
	}
	return "open"
}

// foldText is a fold in a line, with its device and browser.
func (p MePage) foldText(f *ask.OwnFold) string {
	return Count(f.N, "background refresh", "background refreshes") + " on " + joinWords(deviceLabel(&f.Example), f.Browser)
}

// foldTimes is the day of a fold, with its first and last time of day.
func (p MePage) foldTimes(f *ask.OwnFold) string {
	zone := p.Shell.Zone
	return zone.format(f.First, "2 Jan, 15:04") + " to " + zone.format(f.Example.Time(), "15:04")
}

// someOf names the first few of a list, and counts the others.
func someOf(names []string) string {
	const named = 3
	if len(names) <= named {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:named], ", ") + " and " + Number(int64(len(names)-named)) + " more"
}

func placesText(places []store.Place) string {
	names := make([]string, len(places))
	for i, place := range places {
		names[i] = placeText(place)
	}
	return someOf(names)
}
