package views

import (
	"net/url"
	"strings"
	"time"

	"signpost/store"
	"signpost/store/access"
	"signpost/web/ask"
)

// LookedPage shows who looked at one's own sign-ins.
type LookedPage struct {
	Shell Shell
	Range store.Range
	// NoIdentity says that the person of the account is not known.
	NoIdentity bool
	// IsFirst says that it is the first page.
	IsFirst bool
	Looks   ask.Looks
	// Label gives a role in words.
	Label func(role string) string
	Now   time.Time
}

// LookedPath is the address of the page.
const LookedPath = "/me/looked"

func lookedURL(r store.Range, after *store.Cursor) string {
	v := url.Values{}
	if r.Preset != "" {
		v.Set("range", r.Preset)
	} else {
		v.Set("from", r.From.Format(time.RFC3339Nano))
		v.Set("to", r.To.Format(time.RFC3339Nano))
	}
	if after != nil {
		v.Set("after", after.String())
	}
	return withQuery(LookedPath, v)
}

// lookerText names the person who looked, with the roles that allowed it.
func (p LookedPage) lookerText(r *access.Record) string {
	var roles []string
	for _, role := range r.Roles {
		roles = append(roles, p.Label(role))
	}
	return nameAndID(r.Account, strings.Join(roles, ", "))
}

// lookText names the data that was looked at. It is the same for everybody, and so tells nothing of a risk: most people may not learn
// that there is one.
func lookText(l ask.Look) string {
	switch r := l.Record; {
	case r.Action == access.Triage && strings.HasPrefix(r.Page, ReportedPath+"/"):
		return "Decided on a report of yours"
	case r.Action == access.Triage:
		return "Opened one of your records"
	case r.Action == access.Export && l.Rows == 0:
		return "Downloaded a list that has you"
	case r.Action == access.Export:
		return "Downloaded " + Count(l.Rows, "row", "rows") + " of yours"
	case r.Action == access.Open && r.Log == "":
		return "Opened your page"
	case r.Action == access.Open, r.Action == access.Reveal:
		return "Opened one of your records"
	case r.Action == access.List:
		return "Saw you in a list of " + Count(r.Rows.N, "row", "rows")
	default:
		return accessAction(r)
	}
}

// lookReason is the reason of a look, as far as one was given.
func lookReason(r *access.Record) string {
	switch {
	case r.Ticket == "":
		return OrEmpty(r.Reason)
	case r.Reason == "":
		return "Ticket " + r.Ticket
	}
	return r.Reason + " (ticket " + r.Ticket + ")"
}
