package views

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"signpost/store"
	"signpost/web/ask"
)

// mailSignIns is the largest number of sign-ins in one mail.
const mailSignIns = 5

// NewSignInMail is the mail about sign-ins from a country or device that is new for their person, the newest first. Its only
// link leads to the person's own page; no link triggers an action.
func NewSignInMail(signIns []ask.OwnSignIn, zone Zone, portal string) (subject, body string) {
	subject = Count(int64(len(signIns)), "new sign-in", "new sign-ins") + " to check"
	if len(signIns) == 1 {
		subject = mailSubject(plainSignIn(signIns[0]).Marks)
	}
	var b strings.Builder
	b.WriteString("Signpost found sign-ins of yours from a new country or device:\n\n")
	for i := range signIns[:min(len(signIns), mailSignIns)] {
		s := plainSignIn(signIns[i])
		result, app, place, device := SeenText(&s)
		where, on := "", ""
		for _, m := range s.Marks {
			switch m.Kind {
			case store.MarkFirstCountry:
				where = " (" + markTitle(m) + ")"
			case store.MarkFirstDevice:
				on = " (" + markTitle(m) + ")"
			}
		}
		for _, line := range [][2]string{{"When", zone.Time(s.Time())}, {"Where", place + where}, {"Device", device + on}, {"Application", app}, {"Result", result}} {
			b.WriteString(line[0] + ": " + store.VisibleText(line[1]) + "\n")
		}
		b.WriteString("\n")
	}
	if more := len(signIns) - mailSignIns; more > 0 {
		b.WriteString("And " + Number(int64(more)) + " more.\n\n")
	}
	b.WriteString("Was it you? Answer on My sign-ins:\n" + strings.TrimSuffix(portal, "/") + mePath + "\n\n")
	b.WriteString("Times are in " + zone.Name() + ". You turned these mails on under Your account, and can turn them off there.\n")
	return store.VisibleText(subject), b.String()
}

// maxRecorded is the largest number of characters of a recorded value in a mail.
const maxRecorded = 80

// plainSignIn gives a sign-in with harmless values for a mail. Strangers choose some of them, such as the name of a device, and
// a person trusts the mail.
func plainSignIn(s ask.OwnSignIn) ask.OwnSignIn {
	for _, value := range []*string{
		&s.AppDisplayName, &s.AppID, &s.Location.City, &s.Location.State, &s.Location.CountryOrRegion,
		&s.DeviceDisplayName, &s.OperatingSystem, &s.Browser,
	} {
		*value = plainRecorded(*value)
	}
	s.Marks = slices.Clone(s.Marks)
	for i := range s.Marks {
		s.Marks[i].Value = plainRecorded(s.Marks[i].Value)
	}
	return s
}

// plainRecorded cuts a recorded value to a bounded length, and breaks each part that a mail program would turn into a link:
// the start of an address, the dots of the name of a host, and the start of a shared folder. The dots of a version stay.
func plainRecorded(value string) string {
	runes := []rune(store.VisibleText(value))
	if len(runes) > maxRecorded {
		runes = append(runes[:maxRecorded], '…')
	}
	at := func(i int) rune {
		if i < 0 || i >= len(runes) {
			return ' '
		}
		return runes[i]
	}
	var b strings.Builder
	for i, r := range runes {
		before, after := at(i-1), at(i+1)
		switch {
		case strings.ContainsRune(dots, r) && !unicode.IsSpace(before) && !unicode.IsSpace(after) && !(unicode.IsDigit(before) && unicode.IsDigit(after)):
			b.WriteString("[" + string(r) + "]")
		case r == ':' && after == '/' && at(i+2) == '/':
			b.WriteString("[:]")
		case r == '\\' && after == '\\':
			b.WriteString(`\ `)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// dots are the characters that a browser takes for a dot in the name of a host.
const dots = ".\u2024\u3002\uff0e\uff61"

// MailsOffMail is the mail that says that somebody turned the mails of an account off.
func MailsOffMail(at time.Time, zone Zone) (subject, body string) {
	return "Mails about your sign-ins were turned off",
		"Somebody who was signed in to Signpost with your account turned off the mails about your sign-ins.\n\n" +
			"When: " + zone.Time(at) + "\n\n" +
			"If it was you, there is nothing to do. If it was not you, tell an administrator of Signpost at once: somebody else may be in your account.\n\n" +
			"You get no more of these mails until you turn them on again under Your account.\n"
}

func mailSubject(marks []store.Mark) string {
	for _, m := range marks {
		if m.Kind == store.MarkFirstCountry {
			return "New sign-in from " + store.CountryInSentence(m.Value)
		}
	}
	return "New sign-in from a device not seen before"
}
