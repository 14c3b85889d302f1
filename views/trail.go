package views

import (
	"strings"
	"unicode/utf8"

	"signpost/store"
	"signpost/store/activity"
	"signpost/store/audit"
	"signpost/store/provisioning"
	"signpost/store/risk"
	"signpost/web/ask"
)

// trailHead are the headings of a part of a trail, for the fields of its log.
func trailHead(log store.Log) []string {
	switch log {
	case audit.Directory:
		return []string{"Date", "Activity", "Status", "Target(s)", "Initiated by (actor)"}
	case provisioning.Log:
		return []string{"Date", "Action", "Status", "Identity", "Target system"}
	case risk.Users, risk.Workloads:
		return []string{"Date", "Detection type", "Risk level", "Who", "Risk state"}
	case activity.Log:
		return []string{"Date", "Operation", "Result", "Item or target", "Application"}
	}
	return []string{"Date", "Application", "Status", "IP address", "Location"}
}

// trailCells are the cells of a row of a trail: one after the date and before the status, and two after it. names are those of
// applications that records have by their ID alone.
func trailCells(e store.Entry, names ask.AppNames) (before string, after [2]Cell) {
	texts := func(a, b string) [2]Cell { return [2]Cell{titled(OrEmpty(a)), titled(OrEmpty(b))} }
	switch r := e.(type) {
	case *audit.Record:
		return OrEmpty(audit.Activities.Words(r.Activity)), texts(r.TargetNames, actorText(r))
	case *provisioning.Record:
		return OrEmpty(provisioning.Actions.Words(r.Action)), texts(r.Identity.Called(), r.TargetSystem.Called())
	case *risk.Record:
		return OrEmpty(store.RiskDetections.Words(r.EventType)), texts(r.Called(), store.RiskStates.Words(r.State))
	case *activity.Record:
		return OrEmpty(r.Operation), [2]Cell{objectCell(r), titled(OrEmpty(names.Of(r)))}
	case *store.SignIn:
		return OrEmpty(firstText(r.AppDisplayName, r.ResourceDisplayName)), texts(r.IPAddress, Place(r))
	}
	return Empty, texts("", "")
}

// titled is a text that its cell may cut off: its title then says the whole.
func titled(text string) Cell {
	const short = 24
	if utf8.RuneCountInString(text) <= short {
		return Cell{Text: text}
	}
	return Cell{Text: clipped(text), Title: clipped(text)}
}

// trailURL leads to all records of the part, in their log and their order.
func trailURL(p ask.TrailPart) string {
	return List{Log: p.Query.Log}.URL(store.Query{Range: p.Query.Range, Filter: p.Query.Filter, Oldest: p.Oldest}.Values())
}

// turns are the links to other records of a part, on the same page; empty for none. first is the start of the part.
type turns func(p ask.TrailPart) (later, first string)

func kindOf(e store.Entry) *store.Kind {
	switch e.(type) {
	case *audit.Record:
		return audit.Kind
	case *provisioning.Record:
		return provisioning.Kind
	case *activity.Record:
		return activity.Kind
	case *risk.Record:
		return risk.Kind
	}
	return store.SignIns
}

// trailCount is the number of records of the part, in the words of their kind. Where they could not all be counted it says so.
func trailCount(p ask.TrailPart) string {
	kind := kindOf(p.Rows[0].Entry)
	count := Count(p.Total.N, kind.One, kind.Many)
	if !p.Total.Complete {
		return "All records: at least " + count
	}
	return "All " + count
}

// trailCaption is the reason and, for sign-ins, the log.
func trailCaption(p ask.TrailPart) string {
	caption := p.Reason
	if info, ok := store.SignIns.Log(p.Query.Log); ok {
		caption += ": " + strings.ToLower(info.Title[:1]) + info.Title[1:]
	}
	return caption + strengthWords[p.Strength]
}

// strengthWords say how surely a link holds.
var strengthWords = map[ask.Strength]string{
	ask.Certain: " (certain: they name the sign-in)", ask.Strong: " (strong: they share an ID)",
	ask.Weak: " (weak: no ID says so)",
}

// trailTitle is the title of a record's trail.
func (p DetailsPage) trailTitle() string {
	if p.signIn() != nil {
		return "What else happened in the directory"
	}
	if p.kind() == risk.Kind {
		return "The sign-in, and other detections"
	}
	return "Sign-ins of the actor"
}

// noNext says that nothing is known to have happened after the sign-in.
func (p DetailsPage) noNext() string {
	return "No record of Microsoft 365 activity within 30 days has the token or the session of this sign-in, and none within 24 hours is of its user at its IP address."
}

// noTrail says that no other record belongs to the record.
func (p DetailsPage) noTrail() string {
	if p.signIn() != nil {
		return "No audit record within 30 days has the same session, token or correlation ID, and none within an hour is by or about the account that signed in."
	}
	if p.kind() == provisioning.Kind {
		return "No other provisioning record within 30 days is about the identity, and no audit record within an hour."
	}
	if p.kind() == risk.Kind {
		return "No sign-in within 30 days has the request ID or the correlation ID of this detection, and no other detection is of the same user or workload identity."
	}
	if _, ok := p.Record.Entry.(*activity.Record); ok {
		return "No sign-in within 30 days has the token, the session or the correlation ID of this record, and its user has none at its IP address in the 24 hours before."
	}
	return "No sign-in within 30 days has the same session, token or correlation ID, and the actor has none in the 24 hours before."
}
