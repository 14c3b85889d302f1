package views

import (
	"strconv"
	"strings"
	"time"

	"signpost/store"
	"signpost/store/errorcode"
	"signpost/web/ask"
)

// ErrorPage is the page of one error code.
type ErrorPage struct {
	Shell   Shell
	Error   errorcode.Info
	Message ask.Message
	// Range is the range in which the sign-ins are counted.
	Range store.Range
	Bad   store.BadParams
	// Sign has the sign-ins of the message, if the reader may see the log.
	Sign ask.MessageSignIns
	// Seen counts the tenant's sign-ins with the code; nil for viewers without the right to its logs.
	Seen *ErrorSeen
	// Covered is what imported files cover of the logs that are counted.
	Covered []Covered
	// Explained says that audit records can explain the code. Changes are these records in the range.
	Explained bool
	Changes   []ask.TrailPart
	Now       time.Time
}

func (p ErrorPage) number() string { return strconv.FormatInt(p.Error.Code, 10) }

// heading is the title of the code.
func (p ErrorPage) heading() string { return p.Error.Title }

// voice is one of the three explanations of a code.
type voice struct {
	ID, Title string
	Parts     []voicePart
}

// voicePart is a text, or a list of texts, under a label.
type voicePart struct {
	Label string
	Texts []string
	List  bool
}

// voices are the explanations for the person, the helpdesk and the administrator; none for an unknown code.
func (p ErrorPage) voices() []voice {
	if !p.Error.Known() {
		return nil
	}
	t := p.Error.Texts()
	one := func(label, text string) voicePart { return voicePart{Label: label, Texts: []string{text}} }
	return []voice{
		{"person", "For the person", []voicePart{one("What happened", t.User.Say), one("What to do next", t.User.Next)}},
		{"helpdesk", "For the helpdesk", []voicePart{one("Ask", t.Helpdesk.Ask), one("Check", t.Helpdesk.Check), one("Say", t.Helpdesk.Say)}},
		{"administrator", "For the administrator", []voicePart{
			one("Meaning", t.Meaning), {Label: "Usual causes", Texts: t.Causes, List: true}, {Label: "Where to look", Texts: t.Look, List: true},
		}},
	}
}

// honesty says how sure the texts are, if they are not written for this code. It also says if there are none.
func (p ErrorPage) honesty() string {
	const look = " The failure reason of the sign-in may say more. Sign-ins with this code are shown as Failure, unless their record states another status."
	switch {
	case !p.Error.Known() && p.Error.Listed():
		return "Entra has this code, and nothing that is public says what it means." + look
	case !p.Error.Known():
		return "No public list of Entra's error codes has this number." + look
	case !p.Error.HasOwnTexts():
		return "The texts below are those of its family, " + p.Error.Family().Title + ": true of the kind of problem, not written for this code alone."
	}
	return ""
}

// relatedTitle and relatedText are the heading of the related codes.
func (p ErrorPage) relatedTitle() string {
	if p.Error.Known() {
		return "Related codes"
	}
	return "Known codes with a number like it"
}

func (p ErrorPage) relatedText() string {
	switch {
	case p.Error.Known():
		return ""
	case p.Error.Parent() != 0:
		return "Its number begins with " + strconv.FormatInt(p.Error.Parent(), 10) + ". Entra often numbers a closer form of an error so, but the number alone does not prove it."
	}
	return "They are near in number only, and need not have to do with it."
}

// twins are other codes with the same symbol.
func (p ErrorPage) twins() []errorcode.Info {
	if p.Error.Symbol == "" {
		return nil
	}
	var twins []errorcode.Info
	for _, code := range errorcode.Find(p.Error.Symbol) {
		if code != p.Error.Code {
			twins = append(twins, errorcode.Of(code))
		}
	}
	return twins
}

// related are the codes that are listed next to this one.
func (p ErrorPage) related() []errorcode.Info {
	var related []errorcode.Info
	for _, code := range p.Error.Related {
		related = append(related, errorcode.Of(code))
	}
	if len(related) > 0 {
		return related
	}
	common := errorcode.Common()
	for _, e := range append(common, errorcode.All()...) {
		if e.FamilyID == p.Error.FamilyID && e.Code != p.Error.Code && len(related) < 4 && !containsCode(related, e.Code) {
			related = append(related, e)
		}
	}
	return related
}

func containsCode(list []errorcode.Info, code int64) bool {
	for _, e := range list {
		if e.Code == code {
			return true
		}
	}
	return false
}

// messageFacts are the facts of the message, to be copied one by one.
func messageFacts(m ask.Message, z Zone) []Fact {
	var facts []Fact
	if m.Request != "" {
		facts = append(facts, Fact{Label: "Request ID", Value: m.Request, Copy: true, Note: "the message calls it Trace ID"})
	}
	if m.Correlation != "" {
		facts = append(facts, Fact{Label: "Correlation ID", Value: m.Correlation, Copy: true})
	}
	for _, id := range m.IDs {
		facts = append(facts, Fact{Label: "ID", Value: id, Copy: true})
	}
	if !m.Time.IsZero() {
		facts = append(facts, Fact{Label: "Time", Value: z.Time(m.Time), Copy: true})
	}
	return facts
}

// supportText is the text for a ticket. Its time is UTC, whatever the page's zone is.
func (p ErrorPage) supportText() string {
	code := "Error code: " + p.number() + " (AADSTS" + p.number()
	if p.Error.Symbol != "" {
		code += ", " + p.Error.Symbol
	}
	meaning := p.Error.Title
	if !p.Error.Known() {
		meaning = "not known"
	}
	lines := []string{code + ")", "Meaning: " + meaning, "Request ID: " + OrEmpty(p.Message.Request), "Correlation ID: " + OrEmpty(p.Message.Correlation)}
	if len(p.Message.IDs) > 0 {
		lines = append(lines, "Other IDs: "+strings.Join(p.Message.IDs, ", "))
	}
	when := Empty
	if !p.Message.Time.IsZero() {
		when = Zone{}.Time(p.Message.Time)
	}
	return strings.Join(append(lines, "Time: "+when), "\n")
}

// badText has the errors of the address.
func (p ErrorPage) badText() []string {
	var messages []string
	for _, b := range p.Bad {
		messages = append(messages, b.Error())
	}
	return messages
}

// messageSignIn is a link from a message to its sign-ins in a log.
type messageSignIn struct{ Lead, Label, Address string }

func messageLinks(s ask.MessageSignIns, z Zone) []messageSignIn {
	var links []messageSignIn
	for _, f := range s.Findings {
		info, _ := store.SignIns.Log(f.Log)
		if f.SignIn != nil {
			page := DetailsPage{Record: store.Record{Entry: f.SignIn}}
			links = append(links, messageSignIn{z.Time(f.SignIn.Time), page.title(), FindingURL(f)})
			continue
		}
		links = append(links, messageSignIn{info.Title, Count(f.Total.N, "sign-in", "sign-ins") + " with the " + strings.ToLower(f.Field.Label), FindingURL(f)})
	}
	return links
}
