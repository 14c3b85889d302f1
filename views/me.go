package views

import (
	"strings"
	"time"

	"signpost/store"
)

// MePage is the list of the viewer's own sign-ins. It shows the fields named in this file and no others:
// no Conditional Access, no risk, nothing an administrator wrote.
type MePage struct {
	Shell Shell
	Range store.Range
	Limit int
	Bad   store.BadParams
	Rows  []store.Row
	// Next leads to older rows, Prev to newer ones.
	Next, Prev *store.Cursor
	// NoIdentity says that the account names neither a user ID nor a UPN, so that no sign-in can be its own.
	NoIdentity bool
	Now        time.Time
}

// MeDetailsPage is one of the viewer's own sign-ins.
type MeDetailsPage struct {
	Shell  Shell
	SignIn store.SignIn
	Now    time.Time
}

// outcome is the result in plain words.
func outcome(s *store.SignIn) string {
	switch s.Status() {
	case store.StatusSuccess:
		return "Successful sign-in"
	case store.StatusFailure:
		return "Unsuccessful sign-in"
	case store.StatusInterrupted:
		return "Sign-in not finished"
	}
	return "Sign-in"
}

// outcomeReasons are what a person can make something of; other codes are only told by their number.
var outcomeReasons = map[int64]string{
	50053:  "Blocked after too many attempts, or because of the address.",
	50055:  "The password had expired.",
	50056:  "No password is set for this account.",
	50057:  "The account is disabled.",
	50058:  "Nobody was signed in in this browser.",
	50072:  "Additional security information was asked for.",
	50074:  "Additional verification was asked for.",
	50076:  "Additional verification was asked for.",
	50079:  "Additional security information was asked for.",
	50126:  "Wrong user name or password.",
	50140:  "Asked whether to stay signed in.",
	50144:  "The password had expired.",
	500121: "The password was right, the additional verification was not completed.",
	53003:  "Blocked by your organization.",
}

func outcomeReason(s *store.SignIn) string {
	if !s.ErrorCode.Set || s.ErrorCode.N == 0 {
		return ""
	}
	if reason, ok := outcomeReasons[s.ErrorCode.N]; ok {
		return reason
	}
	return "Error code " + Integer(s.ErrorCode) + "."
}

// kindOfSignIn says who was at work: the person, or an app of theirs.
func kindOfSignIn(s *store.SignIn) string {
	if s.Log == store.NonInteractive {
		return "an app did this in the background"
	}
	return "you signed in"
}

func deviceText(s *store.SignIn) string {
	var parts []string
	for _, part := range []string{s.DeviceDisplayName, s.OperatingSystem, s.Browser} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return OrEmpty(strings.Join(parts, ", "))
}

func (p MePage) presetURL(preset string) string {
	return meURL(store.Range{Preset: preset}, p.Limit, "", nil)
}

// empty says why there is nothing.
func (p MePage) empty() *EmptyState {
	switch {
	case len(p.Rows) > 0:
		return nil
	case p.NoIdentity:
		return &EmptyState{
			Title: "No sign-ins can be shown as yours",
			Text: "Your account here is not linked to a person in the tenant: it names neither a user principal name nor a user ID. " +
				"Ask an administrator to set one of them.",
		}
	case len(p.Bad) > 0:
		return &EmptyState{
			Title: "Nothing is shown until the address is right", Text: "What is wrong stands above.",
			Link: &Link{"Show the last month", "/me"},
		}
	case p.Range.Preset != MonthRange:
		return &EmptyState{
			Title: "None of your sign-ins are in this range", Text: "A longer range may have some.",
			Link: &Link{"Show the last month", "/me"},
		}
	}
	return &EmptyState{
		Title: "None of your sign-ins are here yet",
		Text:  "There were none in this range, or the logs that hold them have not been imported.",
	}
}

// facts are the fields of one's own sign-in that are shown: a closed list.
func (p MeDetailsPage) facts() []Fact {
	s := &p.SignIn
	place := noted(Fact{Label: "Place", Value: Place(s)}, placeNote)
	address := Fact{Label: "IP address", Value: OrEmpty(s.IPAddress)}
	if s.Log == store.NonInteractive {
		address = noted(address, tokenAddressNote)
	}
	date := Fact{Label: "Time", Value: p.Shell.Zone.PreciseTime(s.Time)}
	if s.TimeIsIngestion {
		date.Note = ingestionNote
	}
	return []Fact{
		date,
		{Label: "Result", Value: outcome(s), Note: outcomeReason(s)},
		{Label: "Kind", Value: kindOfSignIn(s)},
		{Label: "App", Value: OrEmpty(firstText(s.AppDisplayName, s.AppID))},
		{Label: "Used for", Value: OrEmpty(firstText(s.ResourceDisplayName, s.ResourceID))},
		place, address,
		{Label: "Device", Value: OrEmpty(s.DeviceDisplayName)},
		{Label: "Operating system", Value: OrEmpty(s.OperatingSystem)},
		{Label: "Browser", Value: OrEmpty(s.Browser)},
		{Label: "Signed in as", Value: OrEmpty(s.UserPrincipalName)},
		{Label: "Request ID", Value: OrEmpty(s.ID), Copy: true, Note: "Tell it to the helpdesk: it finds this sign-in."},
	}
}
