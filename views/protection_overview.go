package views

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"signpost/store"
	"signpost/store/risk"
	"signpost/web/ask"
)

// The parameters of the overview, beyond the range and the list.
const (
	ProtectionLevel     = "level"
	ProtectionTechnique = "technique"
	ProtectionCountry   = "country"
	ProtectionCity      = "city"
	ProtectionState     = "state"
	// ProtectionOpen is the value of ProtectionState for what is at risk or confirmed compromised.
	ProtectionOpen = "open"
)

// ProtectionPage is the overview of Identity Protection, or the list behind one of its numbers.
type ProtectionPage struct {
	Shell Shell
	Query ask.ProtectionQuery
	// Bad has the errors of the address; nothing else is shown then.
	Bad store.BadParams
	// Answer is the overview, Rows a list; the other one is nil.
	Answer      *ask.Protection
	Rows        *ask.ProtectionRows
	RowsTrouble ask.Trouble
	Covered     []Covered
	// AllSince is the time from which on each log of users has records.
	AllSince time.Time
	// Now is when the numbers were computed.
	Now time.Time
}

// ProtectionValues are the parameters of an address, with the place in a list.
func ProtectionValues(q *ask.ProtectionQuery) url.Values {
	v := monthOnly(q.Range)
	set := func(param, value string) {
		if value != "" {
			v.Set(param, value)
		}
	}
	set(ProtectionLevel, q.Level)
	if q.List == nil {
		return v
	}
	v.Set(ParamList, q.List.Name)
	set(ProtectionTechnique, q.Technique)
	if q.Open {
		v.Set(ProtectionState, ProtectionOpen)
	}
	if q.List == ask.PlaceList {
		v.Set(ProtectionCountry, q.Place.Country)
		if q.Place.City != ask.AnyCity {
			v.Set(ProtectionCity, q.Place.City)
		}
	}
	for _, at := range q.After {
		v.Add(ParamAfter, at.String())
	}
	if q.AfterTurn != nil {
		v.Set(ParamAfter, q.AfterTurn.String())
	}
	return v
}

// url is the page with some of the query changed, from the first row of its list.
func (p ProtectionPage) url(change func(q *ask.ProtectionQuery)) string {
	q := p.Query
	q.After, q.AfterTurn = nil, nil
	change(&q)
	return withQuery(ProtectionPath, ProtectionValues(&q))
}

func (p ProtectionPage) presetURL(preset string) string {
	return p.url(func(q *ask.ProtectionQuery) { q.Range = store.Range{Preset: preset} })
}

func (p ProtectionPage) levelURL(level string) string {
	return p.url(func(q *ask.ProtectionQuery) { q.Level = level })
}

// overviewURL leads back from a list.
func (p ProtectionPage) overviewURL() string {
	return p.url(func(q *ask.ProtectionQuery) { q.List = nil })
}

// listURL leads to the list behind a number; empty where there is nothing.
func (p ProtectionPage) listURL(name string, n int64, in store.Range) string {
	list, ok := ask.ProtectionListNamed(name)
	if !ok || n == 0 {
		return ""
	}
	return p.url(func(q *ask.ProtectionQuery) { q.List, q.Range = list, in })
}

func (p ProtectionPage) techniqueURL(id string, n int64, open bool) string {
	if n == 0 {
		return ""
	}
	return p.url(func(q *ask.ProtectionQuery) {
		q.List, q.Technique, q.Open = ask.TechniqueList, firstText(id, ask.NoTechnique), open
	})
}

func (p ProtectionPage) placeURL(place ask.RiskPlace) string {
	return p.url(func(q *ask.ProtectionQuery) { q.List, q.Place = ask.PlaceList, place })
}

func (p ProtectionPage) countryURL(country string) string {
	return p.placeURL(ask.RiskPlace{City: ask.AnyCity, Country: country})
}

func (p ProtectionPage) nextURL() string {
	q := p.Query
	q.After, q.AfterTurn = p.Rows.Next, p.Rows.NextTurn
	return withQuery(ProtectionPath, ProtectionValues(&q))
}

func (p ProtectionPage) newestURL() string { return p.url(func(*ask.ProtectionQuery) {}) }

func (p ProtectionPage) isLater() bool { return len(p.Query.After) > 0 || p.Query.AfterTurn != nil }

func (p ProtectionPage) hasNext() bool { return len(p.Rows.Next) > 0 || p.Rows.NextTurn != nil }

// ListTitle is what the list is of.
func (p ProtectionPage) ListTitle() string {
	switch p.Query.List {
	case ask.TechniqueList:
		title := techniqueWords(strings.TrimSuffix(p.Query.Technique, ask.NoTechnique))
		if p.Query.Open {
			title += ", open"
		}
		return title
	case ask.PlaceList:
		if p.Query.Place.City == ask.AnyCity {
			return "Risky sign-ins of " + firstText(store.Countries.Words(p.Query.Place.Country), "no country or region")
		}
		return "Risky sign-ins of " + placeOfRisk(p.Query.Place)
	}
	return p.Query.List.Title
}

// atLeast is a count; one that is not complete says so.
func atLeast(n int64, complete bool) string {
	if !complete {
		return "at least " + Number(n)
	}
	return Number(n)
}

// techniqueWords is a technique by its number and its name.
func techniqueWords(id string) string {
	return firstText(risk.Techniques.Words(id), "No technique known")
}

// placeOfRisk names a place, from its smallest part to the largest.
func placeOfRisk(p ask.RiskPlace) string {
	switch country := store.Countries.Words(p.Country); {
	case p.IsZero():
		return "no place"
	case p.City == "":
		return country + ", no city"
	case country == "":
		return p.City + ", no country or region"
	default:
		return store.PlaceName(p.City, "", country)
	}
}

// dateInputs keep the rest of the address where somebody types a range.
func (p ProtectionPage) dateInputs() []hiddenInput {
	q := p.Query
	q.After, q.AfterTurn = nil, nil
	v := ProtectionValues(&q)
	for _, param := range []string{"range", "from", "to"} {
		v.Del(param)
	}
	return inputsOf(v)
}

// typedFrom and typedTo are the range as it can be typed.
func (p ProtectionPage) typedFrom() string { return p.Query.Range.From.UTC().Format(time.RFC3339) }

func (p ProtectionPage) typedTo() string { return p.Query.Range.To.UTC().Format(time.RFC3339) }

// troubleOf says why a part is missing; empty where it is there.
func troubleOf(t ask.Trouble) string { return insightTrouble(t) }

// nothing says why a list is empty.
func (p ProtectionPage) nothing() EmptyState {
	switch {
	case len(p.Bad) > 0:
		return EmptyState{Title: badTitle(p.Bad), Text: besideControl, Link: &Link{removeBad(p.Bad), ProtectionPath}}
	case p.isLater():
		return EmptyState{Title: "No rows on this page", Text: "The list has moved on since the link was made.", Link: &Link{"Go to the first page", p.newestURL()}}
	}
	return EmptyState{Title: "No " + p.Query.List.Many, Text: "There is none in this range.", Link: &Link{"Go to the overview", p.overviewURL()}}
}

// total counts the rows of the list, for its status line.
func (p ProtectionPage) total() string {
	text := Count(p.Rows.Total.N, p.Query.List.One, p.Query.List.Many)
	if p.Query.List == ask.TechniqueList && !p.ofDetections() {
		text = Count(p.Rows.Total.N, "sign-in", "sign-ins")
	}
	if !p.Rows.Total.Complete {
		return "at least " + text
	}
	return text
}

// ofDetections says that the rows are detections.
func (p ProtectionPage) ofDetections() bool {
	return slices.ContainsFunc(p.Rows.Rows, func(r ask.TimelineRow) bool { return r.Log == risk.Users })
}

// monthOf names a month.
func monthOf(z Zone, t time.Time) string { return z.format(t, "January 2006") }
