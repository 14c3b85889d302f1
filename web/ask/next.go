package ask

import (
	"time"

	"signpost/store"
	"signpost/store/activity"
	"signpost/store/audit"
)

// Strength says how surely a link between two records holds.
type Strength string

// The strengths of a link, the strongest first.
const (
	// Certain links name the sign-in itself.
	Certain Strength = "certain"
	// Strong links name the session, which may have more than one sign-in.
	Strong Strength = "strong"
	// Weak links are no more than the same person at the same address.
	Weak Strength = "weak"
)

const (
	// nextWithin is the time after a sign-in in which what the same person did at the same address is looked for.
	nextWithin = 24 * time.Hour
	// clocksDiffer is by how much the clock of Microsoft 365 may be behind that of the sign-in.
	clocksDiffer = 5 * time.Minute
)

// NextReasons are the reasons for which a record of activity follows a sign-in.
const (
	NextByToken   = "Same token"
	NextBySession = "Same session ID"
	NextByAddress = "Same user and IP address"
)

// NextPlaces are the places behind which the parts of what happened next go on, by the names of the parts. A part without a place
// begins at its start.
type NextPlaces map[string]store.Cursor

// The names of the parts, in addresses.
const (
	nextToken   = "token"
	nextSession = "session"
	nextAddress = "address"
)

// IsNextPart says that there is a part of that name.
func IsNextPart(name string) bool {
	return name == nextToken || name == nextSession || name == nextAddress
}

// NextPart gives the name of a part; empty for a part of another trail.
func (p TrailPart) NextPart() string {
	switch {
	case !p.Oldest:
		return ""
	case p.Reason == NextByToken:
		return nextToken
	case p.Reason == NextBySession:
		return nextSession
	}
	return nextAddress
}

// GoOn has the parts with a place go on behind it.
func (t *Trail) GoOn(places NextPlaces) {
	for i := range t.Parts {
		if at, ok := places[t.Parts[i].NextPart()]; ok {
			t.Parts[i].After = &at
		}
	}
}

// Next gives the questions to the log of Microsoft 365 activity about what happened after a sign-in. A record is found by its
// token, else by its session, else by its person and address, and stands once: for the strongest reason. The strongest comes first, and
// each part tells its story from its start. Nothing is asked yet.
func Next(s *store.SignIn) *Trail {
	t := &Trail{}
	tokens := store.TokensOfRequest(s.ID)
	if s.UniqueTokenIdentifier != "" && (len(tokens) == 0 || tokens[0] != s.UniqueTokenIdentifier) {
		tokens = append([]string{s.UniqueTokenIdentifier}, tokens...)
	}
	second := s.Time.Truncate(time.Second) // the log tells no parts of a second
	in := store.Range{From: second.Add(-clocksDiffer), To: second.Add(relatedFar)}
	var before store.Filter // what a stronger reason has found
	without := func(f *store.Field, values ...string) {
		for _, value := range values {
			before = before.With(f, store.OpIsNot, value)
		}
	}
	add := func(strength Strength, reason string, in store.Range, found store.Filter) {
		t.Parts = append(t.Parts, TrailPart{Reason: reason, Strength: strength, Oldest: true, Query: store.ListQuery{Log: activity.Log, Range: in, Filter: found, Limit: trailRows}})
	}
	if len(tokens) > 0 {
		found := before
		for _, token := range tokens {
			found = found.With(activity.TokenField, store.OpIs, token)
		}
		add(Certain, NextByToken, in, found)
		without(activity.TokenField, tokens...)
	}
	if s.SessionID != "" {
		add(Strong, NextBySession, in, before.With(activity.SessionField, store.OpIs, s.SessionID))
		without(activity.SessionField, s.SessionID)
	}
	info, _ := store.SignIns.Log(s.Log)
	actor, id := activity.UserField, s.UserID
	if !info.User {
		actor, id = activity.PrincipalField, s.ServicePrincipalID
	} else if id == "" {
		id = s.UserPrincipalName
	}
	if id != "" && s.IPAddress != "" {
		found := before.With(actor, store.OpIs, id).With(activity.AddressField, store.OpIs, s.IPAddress)
		if info.User && s.UserPrincipalName != "" {
			found = found.With(actor, store.OpIs, s.UserPrincipalName) // SharePoint names its users by nothing else
		}
		add(Weak, NextByAddress+", within 24 hours", store.Range{From: second, To: second.Add(nextWithin)}, found)
	}
	return t
}

// ActivityTrail gives the questions about a record of activity: the sign-in that its actor came with, and the record of the
// directory's audit log that tells the same change.
func ActivityTrail(r *activity.Record) *Trail {
	t := &Trail{}
	at := r.Head().Time
	far, before := store.Around(at, relatedFar), store.Range{From: at.Add(-actorWithin), To: at.Add(clocksDiffer)}
	asked := func(strength Strength, list []TrailPart, from int) []TrailPart {
		for i := from; i < len(list); i++ {
			list[i].Strength = strength
		}
		return list
	}
	for _, info := range store.SignIns.Logs {
		n := len(t.Parts)
		t.Parts = addPart(t.Parts, "Same sign-in", info.Log, store.RequestField, r.SignInID, far)
		t.Parts = addPart(t.Parts, "Same token", info.Log, store.RequestField, store.RequestOfToken(r.TokenID), far)
		if store.RequestOfToken(r.TokenID) == "" {
			t.Parts = addPart(t.Parts, "Same token", info.Log, store.TokenField, r.TokenID, far)
		}
		t.Parts, n = asked(Certain, t.Parts, n), len(t.Parts)
		t.Parts = addPart(t.Parts, "Same session ID", info.Log, store.SessionField, r.SessionID, far)
		t.Parts = addPart(t.Parts, "Same correlation ID", info.Log, store.CorrelationField, r.CorrelationID, far)
		t.Parts = asked(Strong, t.Parts, n)
		if r.Address == "" {
			continue
		}
		n = len(t.near)
		actor, id := store.UserField, r.UserObjectID
		if !info.User {
			actor, id = store.ServicePrincipalField, r.PrincipalID
		} else if id == "" {
			id = r.UserID
		}
		t.near = addPart(t.near, "Same user and IP address, within 24 hours before", info.Log, actor, id, before)
		if len(t.near) > n {
			t.near[n].Strength = Weak
			t.near[n].Query.Filter = t.near[n].Query.Filter.With(store.IPField, store.OpIs, r.Address)
		}
	}
	n := len(t.Parts)
	t.Parts = addPart(t.Parts, "The same change in the directory", audit.Directory, audit.CorrelationField, r.CorrelationID, far)
	t.Parts = asked(Strong, t.Parts, n)
	return t
}
