package views

import (
	"net/url"
	"strings"

	"signpost/store"
	"signpost/web/ask"
)

// relationURL leads to the sign-ins of one log with the shared fact.
func relationURL(r ask.Relation, log store.Log) string { return List{Log: log}.URL(r.Query().Values()) }

// relationText is the number with the name of its log.
func relationText(l ask.RelationLog) string {
	info, _ := store.SignIns.Log(l.Log)
	name := strings.ToLower(info.Title)
	switch {
	case l.Trouble != ask.NoTrouble:
		return name + ": " + troubleText(l.Trouble, "too slow to count", "could not be counted")
	case !l.Counted && l.Log == store.Interactive:
		return "interactive"
	case !l.Counted && l.Log == store.NonInteractive:
		return "non-interactive"
	case !l.Counted:
		return "sign-ins"
	case l.Log == store.Interactive:
		return Number(l.N) + " interactive"
	case l.Log == store.NonInteractive:
		return Number(l.N) + " non-interactive"
	}
	return Count(l.N, "sign-in", "sign-ins")
}

// RelatedTarget is the element for the related records, which a script fills.
const RelatedTarget = "related-parts"

// relatedAddress is the address of the related records of the sign-in.
func (p DetailsPage) relatedAddress() string { return p.signInURL(p.head().ID, TabRelated) }

// NextTarget is the element for what happened after a sign-in, which a script fills.
const NextTarget = "next-parts"

// nextAddress is the address of what happened after the sign-in.
func (p DetailsPage) nextAddress() string { return p.signInURL(p.head().ID, TabNext) }

// NextPlaceParam carries the place behind which a part of what happened next goes on: PART.CURSOR.
const NextPlaceParam = "after"

// ParseNextPlaces reads the places of an address; wrong is the first text that is none.
func ParseNextPlaces(texts []string) (places ask.NextPlaces, wrong string) {
	places = ask.NextPlaces{}
	for _, text := range texts {
		part, place, _ := strings.Cut(text, ".")
		at, err := store.ParseCursor(place)
		if err != nil || !ask.IsNextPart(part) {
			return nil, text
		}
		places[part] = at
	}
	return places, ""
}

// turnNext gives the links to the later records of a part, and to its start. The other parts stay where they are.
func (p DetailsPage) turnNext(part ask.TrailPart) (later, first string) {
	to := func(at *store.Cursor) string {
		address, err := url.Parse(p.nextAddress())
		if err != nil {
			return ""
		}
		v := address.Query()
		for _, other := range p.Next.Parts {
			place := other.After
			if other.Reason == part.Reason {
				place = at
			}
			if place != nil {
				v.Add(NextPlaceParam, other.NextPart()+"."+place.String())
			}
		}
		return withQuery(address.EscapedPath(), v)
	}
	if part.More {
		later = to(&store.Cursor{Key: part.Rows[len(part.Rows)-1].Key, Log: part.Query.Log})
	}
	if part.After != nil {
		first = to(nil)
	}
	return later, first
}

// attemptAddress leads to the events of the line.
func (p DetailsPage) attemptAddress() string {
	return p.signInURL(p.signIn().ID, TabEvents)
}
