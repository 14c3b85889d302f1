package views

import (
	"net/url"
	"strings"
	"time"

	"signpost/store"
	"signpost/web/ask"
)

// FlaggedPath is the page of sign-ins that people flagged for review.
const FlaggedPath = "/flagged"

// FlaggedPage is one page of flagged sign-ins, the newest first.
type FlaggedPage struct {
	Shell Shell
	Asked ask.Flagged
	ask.FlaggedSignIns
	Now time.Time
}

// FlaggedURL is the newest page of a range.
func FlaggedURL(in store.Range) string { return FlaggedPage{}.address(in, nil) }

func (p FlaggedPage) address(in store.Range, after []store.Cursor) string {
	v := monthOnly(in)
	for _, at := range after {
		v.Add("after", at.String())
	}
	return withQuery(FlaggedPath, v)
}

func (p FlaggedPage) presetURL(preset string) string {
	return p.address(store.Range{Preset: preset}, nil)
}

func (p FlaggedPage) nextURL() string { return p.address(p.Asked.Range, p.Next) }

func (p FlaggedPage) newestURL() string { return p.address(p.Asked.Range, nil) }

// total counts the flagged sign-ins of the range.
func (p FlaggedPage) total() (total store.Total) {
	total.Complete = true
	for _, l := range p.Logs {
		total.N, total.Complete = total.N+l.Total.N, total.Complete && l.Total.Complete && l.Trouble == ask.NoTrouble
	}
	return total
}

// logURL leads to the flagged sign-ins of a log.
func (p FlaggedPage) logURL(log store.Log) string {
	filter := store.Filter{}.With(store.FlaggedField, store.OpIs, "yes")
	return List{Log: log}.URL(flaggedQuery(p.Asked.Range, filter))
}

// flaggedQuery lists every event: any event of an attempt may be flagged.
func flaggedQuery(in store.Range, f store.Filter) url.Values {
	return store.Query{Range: in, Filter: f, AllEvents: true}.Values()
}

// storyTitle names the person.
func storyTitle(s ask.FlaggedStory) string {
	return firstText(personText(s.Flagged[0].SignIn()), Capital(unnamedActor))
}

// storyDevice says on which device, and how it is known.
func storyDevice(s ask.FlaggedStory) string {
	signIn := s.Flagged[0].SignIn()
	if s.ByID {
		return "Device " + nameAndID(signIn.DeviceDisplayName, signIn.DeviceID)
	}
	var parts []string
	for _, part := range []string{store.OperatingSystems.Words(signIn.OperatingSystem), signIn.Browser, signIn.IPAddress} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return "No device ID: told by " + firstText(strings.Join(parts, ", "), "nothing else")
}

// partURL leads to the sign-ins of a log in the time of a flag.
func partURL(p ask.FlaggedPart) string {
	return List{Log: p.Query.Log}.URL(flaggedQuery(p.Query.Range, p.Query.Filter))
}

// partText is their number.
func partText(p ask.FlaggedPart) string {
	info, _ := store.SignIns.Log(p.Query.Log)
	text := Count(p.Total.N, "sign-in", "sign-ins")
	switch {
	case p.Trouble != ask.NoTrouble:
		text = troubleText(p.Trouble, "too slow to count", "could not be counted")
	case !p.Total.Complete:
		text = "at least " + text
	}
	return info.Short + ": " + text
}

// longStory says that the story lists a part of its sign-ins.
func longStory(s ask.FlaggedStory) bool {
	var n int64
	for _, part := range s.Parts {
		n += part.Total.N
	}
	return n > int64(len(s.Rows))
}

// mayFail says that there is a diagnosis of the sign-in.
func mayFail(s *store.SignIn) bool {
	return DetailsPage{Record: store.Record{Entry: s}}.diagnosable()
}

// flaggedHelp is the topic about the page, for those who read logs.
var flaggedHelp = helpTopic{
	ID: "flagged", Title: "Flagged sign-ins",
	Texts: []string{
		"On the error page a person can choose View details and then Enable flagging. For 20 minutes Entra marks all of their sign-ins in that browser on that device.",
		"Each time is one story. It begins with the first flagged sign-in and has all sign-ins of the person on the device, flagged or not. The device is told by its ID, else by browser, system and address.",
	},
	Links: []Link{{"Flagged sign-ins", FlaggedPath}},
}
