package views

import (
	"time"

	"signpost/store"
	"signpost/web/ask"
)

// MeDetailsPage is one of the viewer's own sign-ins.
type MeDetailsPage struct {
	Shell  Shell
	SignIn *store.SignIn
	// Own is the same sign-in as the list has it, with its marks and the viewer's answer.
	Own ask.OwnSignIn
	Now time.Time
	// Misread are the properties that the record holds in an unreadable shape.
	Misread []*store.Property
	// Comment is the text that was typed into the form. Problem says why it was refused.
	Comment, Problem string
	// Whole shows long values whole; without it they are cut off.
	Whole bool
}

// facts are the fields of one's own sign-in that the page shows: a closed list.
func (p MeDetailsPage) facts() []Fact {
	s, t := p.SignIn, &p.Own.Trace
	place := noted(Fact{Label: "Place", Value: Place(s)}, placeNote)
	address := Fact{Label: "IP address", Value: OrEmpty(s.IPAddress)}
	if s.Log == store.NonInteractive {
		address = noted(address, tokenAddressNote)
	}
	date := Fact{Label: "Time", Value: p.Shell.Zone.PreciseTime(s.Time)}
	if s.TimeIsIngestion {
		date.Note = ingestionNote(store.SignIns)
	}
	told := func(f Fact, from ...*store.Property) Fact {
		if f.Value == Empty && (DetailsPage{Misread: p.Misread}).isMisread(from...) {
			f.Value = "written in a way that cannot be shown here; your helpdesk can look at it"
		}
		return f
	}
	return []Fact{
		date,
		{Label: "Result", Value: outcome(t.Status), Note: joinSentences(outcomeReason(t), deniedText(p.Own.Line))},
		{Label: "Made", Value: kindOfSignIn(s.Log)},
		told(Fact{Label: "Application", Value: OrEmpty(firstText(s.AppDisplayName, s.AppID))}, store.AppDisplayName, store.AppID),
		told(Fact{Label: "Used for", Value: OrEmpty(firstText(s.ResourceDisplayName, s.ResourceID))}, store.ResourceDisplayName),
		told(place, store.City, store.State, store.CountryOrRegion), told(address, store.IPAddress),
		told(Fact{Label: "Device", Value: OrEmpty(s.DeviceDisplayName)}, store.DeviceDisplayName),
		told(Fact{Label: "Operating system", Value: OrEmpty(store.OperatingSystems.Words(s.OperatingSystem))}, store.OperatingSystem),
		told(Fact{Label: "Browser", Value: OrEmpty(s.Browser)}, store.Browser),
		told(Fact{Label: "Signed in as", Value: OrEmpty(s.UserPrincipalName)}, store.UserPrincipalName),
		{Label: "Request ID", Value: OrEmpty(s.ID), Copy: true, Note: "Tell it to the helpdesk: it finds this sign-in."},
	}
}

// shownFacts are the facts as the page shows them. wholeURL leads to the values that are cut off, empty if none is.
func (p MeDetailsPage) shownFacts() (facts []Fact, wholeURL string) {
	facts = p.facts()
	if p.Whole {
		return facts, ""
	}
	clipFacts(facts, func(text string) string {
		short := clipped(text)
		if short != text {
			wholeURL = MeDetailsURL(p.SignIn.ID) + "?" + wholeParam + "=yes"
		}
		return short
	})
	return facts, wholeURL
}

func joinSentences(texts ...string) string {
	all := ""
	for _, text := range texts {
		if text != "" && all != "" {
			all += " "
		}
		all += text
	}
	return all
}

// mapPoint is the probable place of the sign-in; nil if it is not known.
func (p MeDetailsPage) mapPoint() *mapPoint { return mapPointOf(p.SignIn) }

// hasCode says that there is an error code to read about.
func hasCode(s *ask.OwnSignIn) bool { return s.ErrorCode.Set && s.ErrorCode.N != 0 }

// Step is one thing to do.
type Step struct {
	Title, Text string
	Link        *Link
}

// steps are the actions after a sign-in by somebody else, the most urgent first. A stranger who had the password must
// lose it. One who did not have it was kept out already.
func (p MeDetailsPage) steps() []Step {
	password := Step{
		Title: "Change your password now",
		Text:  "Choose one that you use nowhere else. Do it from a device that you trust, and not by a link from a mail.",
		Link:  &Link{"My account at Microsoft", "https://myaccount.microsoft.com/"},
	}
	methods := Step{
		Title: "Check how you approve sign-ins",
		Text:  "Remove every telephone, app or key from your security info that is not yours, and sign out everywhere there.",
		Link:  &Link{"My security info at Microsoft", "https://mysignins.microsoft.com/security-info"},
	}
	helpdesk := Step{
		Title: "Call your helpdesk",
		Text:  "Tell them the request ID that stands below. They can end every session of yours and look at what was done.",
	}
	if p.Own.Status != store.StatusSuccess && !p.passwordWasRight() {
		password.Text = "Nobody got in with this attempt. If you use the password elsewhere, or it is easy to guess, change it all the same."
		password.Title = "Consider another password"
		return []Step{helpdesk, password, methods}
	}
	if p.Own.Denied {
		methods.Text = "Never approve a request that you have not asked for, however often it comes. " + methods.Text
	}
	return []Step{password, methods, helpdesk}
}

// passwordWasRight says that the attempt got far enough to need more than the password.
func (p MeDetailsPage) passwordWasRight() bool {
	switch p.Own.ErrorCode.N {
	case 50055, 50072, 50074, 50076, 50079, 50140, 50144, 50158, 500121, 53000, 53003:
		return p.Own.ErrorCode.Set
	}
	return p.Own.Denied
}
