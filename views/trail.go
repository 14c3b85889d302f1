package views

import (
	"strings"

	"signpost/store"
	"signpost/store/audit"
	"signpost/store/provisioning"
	"signpost/web/ask"
)

// trailHead are the headings of a part of a trail, for the fields of its log.
func trailHead(log store.Log) []string {
	switch log {
	case audit.Directory:
		return []string{"Date", "Activity", "Status", "Target(s)", "Initiated by (actor)"}
	case provisioning.Log:
		return []string{"Date", "Action", "Status", "Identity", "Target system"}
	}
	return []string{"Date", "Application", "Status", "IP address", "Location"}
}

// trailCells are the cells of a row of a trail: one after the date and before the status, and two after it.
func trailCells(e store.Entry) (before string, after [2]string) {
	switch r := e.(type) {
	case *audit.Record:
		return OrEmpty(audit.Activities.Words(r.Activity)), [2]string{OrEmpty(r.TargetNames), OrEmpty(actorText(r))}
	case *provisioning.Record:
		return OrEmpty(provisioning.Actions.Words(r.Action)), [2]string{OrEmpty(r.Identity.Called()), OrEmpty(r.TargetSystem.Called())}
	case *store.SignIn:
		return OrEmpty(firstText(r.AppDisplayName, r.ResourceDisplayName)), [2]string{OrEmpty(r.IPAddress), OrEmpty(Place(r))}
	}
	return Empty, [2]string{Empty, Empty}
}

// trailURL leads to all records of the part, in their log.
func trailURL(p ask.TrailPart) string {
	return List{Log: p.Query.Log}.URL(store.Query{Range: p.Query.Range, Filter: p.Query.Filter}.Values())
}

func kindOf(e store.Entry) *store.Kind {
	switch e.(type) {
	case *audit.Record:
		return audit.Kind
	case *provisioning.Record:
		return provisioning.Kind
	}
	return store.SignIns
}

// trailCount is the number of records of the part, in the words of their kind.
func trailCount(p ask.TrailPart) string {
	kind := kindOf(p.Rows[0].Entry)
	return "All " + Count(p.Total.N, kind.One, kind.Many)
}

// trailCaption is the reason and, for sign-ins, the log.
func trailCaption(p ask.TrailPart) string {
	if info, ok := store.SignIns.Log(p.Query.Log); ok {
		return p.Reason + ": " + strings.ToLower(info.Title[:1]) + info.Title[1:]
	}
	return p.Reason
}

// trailTitle is the title of a record's trail.
func (p DetailsPage) trailTitle() string {
	if p.signIn() != nil {
		return "What else happened in the directory"
	}
	return "Sign-ins of the actor"
}

// noTrail says that no other record belongs to the record.
func (p DetailsPage) noTrail() string {
	if p.signIn() != nil {
		return "No audit record within 30 days has the same session, token or correlation ID, and none within an hour is by or about the account that signed in."
	}
	if p.kind() == provisioning.Kind {
		return "No other provisioning record within 30 days is about the identity, and no audit record within an hour."
	}
	return "No sign-in within 30 days has the same session, token or correlation ID, and the actor has none in the 24 hours before."
}
