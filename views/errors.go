package views

import (
	"slices"
	"strconv"
	"strings"

	"signpost/store"
	"signpost/store/errorcode"
	"signpost/web/ask"
)

// ErrorsPage is the look-up of error codes: the box, and the codes to choose from.
type ErrorsPage struct {
	Shell Shell
	// Typed is the text that was looked up. Message has its other facts, next to a code.
	Typed   string
	Message ask.Message
	Bad     store.BadParams
	// Named are the codes in the text, if there are several. Found are the codes with its words in their texts.
	Named, Found []errorcode.Info
	// Class and Family narrow the list; empty means all.
	Class  errorcode.Class
	Family string
	// Sign has the sign-ins of the message, if the reader may see the log.
	Sign ask.MessageSignIns
}

// maxErrorsFound is the number of codes that a search lists.
const maxErrorsFound = 60

// isStart says that nothing is asked for yet.
func (p ErrorsPage) isStart() bool {
	return len(p.Bad) == 0 && p.Typed == "" && p.Class == "" && p.Family == ""
}

// errorGroup is some codes under a heading.
type errorGroup struct {
	ID, Title, Text string
	Class           errorcode.Class
	Codes           []errorcode.Info
}

// groups are the codes to choose from.
func (p ErrorsPage) groups() []errorGroup {
	switch {
	case len(p.Bad) > 0:
		return nil
	case len(p.Named) > 0:
		return []errorGroup{{Title: p.namedTitle(), Text: "Open the one that the page in front of the person shows first.", Codes: p.Named}}
	case p.Typed != "":
		return p.foundGroups()
	case p.Class != "":
		return []errorGroup{{Title: p.Class.Label(), Text: classText(p.Class), Codes: codesWith(func(e errorcode.Info) bool { return e.Class == p.Class })}}
	case p.Family != "":
		for _, f := range errorcode.Families() {
			if f.ID == p.Family {
				return []errorGroup{{Title: f.Title, Text: f.Meaning, Codes: codesWith(func(e errorcode.Info) bool { return e.FamilyID == f.ID })}}
			}
		}
	}
	return nil
}

func (p ErrorsPage) namedTitle() string {
	if code, ok := errorcode.ParseNumber(p.Typed); ok {
		return "Code " + strconv.FormatInt(code, 10)
	}
	return Count(int64(len(p.Named)), "code is", "codes are") + " meant by this text"
}

func (p ErrorsPage) foundGroups() []errorGroup {
	if len(p.Found) == 0 {
		return nil
	}
	g := errorGroup{Title: Count(int64(len(p.Found)), "code fits", "codes fit"), Codes: p.Found}
	if len(p.Found) > maxErrorsFound {
		g.Text = "The best " + Number(maxErrorsFound) + " are listed. One more word narrows it."
		g.Codes = p.Found[:maxErrorsFound]
	}
	return []errorGroup{g}
}

func codesWith(keep func(errorcode.Info) bool) []errorcode.Info {
	return slices.DeleteFunc(errorcode.All(), func(e errorcode.Info) bool { return !keep(e) })
}

// families are all codes by family, folded.
func (p ErrorsPage) families() []errorGroup {
	var groups []errorGroup
	for _, f := range errorcode.Families() {
		groups = append(groups, errorGroup{ID: f.ID, Title: f.Title, Text: f.Meaning, Class: f.Class, Codes: codesWith(func(e errorcode.Info) bool { return e.FamilyID == f.ID })})
	}
	return groups
}

// classText explains a class of error codes.
func classText(c errorcode.Class) string {
	switch c {
	case errorcode.Expected:
		return "A step of an ordinary sign-in, or something that passes by itself. Only a row of them without a success needs a look."
	case errorcode.Person:
		return "The person can solve it with what the page shows, or with a word from the helpdesk."
	case errorcode.Helpdesk:
		return "Somebody has to look at the account, the device or the assignment."
	case errorcode.Administrator:
		return "A setting of the tenant, an application or a server has to be changed."
	case errorcode.Attack:
		return "Entra blocked an attempt, or somebody tried to use an account of somebody else. Check which users were affected and whether any sign-in succeeded."
	}
	return ""
}

// nothing explains why no code is listed.
func (p ErrorsPage) nothing() *EmptyState {
	if p.Typed == "" || len(p.Bad) > 0 || len(p.Named)+len(p.Found) > 0 {
		return nil
	}
	e := &EmptyState{Title: "No code fits this text", Text: "Paste the number, such as 50126 or AADSTS50126, or the whole message from the sign-in page.", Link: &Link{"Browse all codes", errorsPath}}
	if p.Message.HasIDs() {
		e.Title, e.Text = "There is no error code in this text", "It names a sign-in, and not what went wrong with it."
	}
	return e
}

// badText has the errors of the address.
func (p ErrorsPage) badText() []string {
	var messages []string
	for _, b := range p.Bad {
		if b.Param == "code" {
			messages = append(messages, "The text "+b.Problem)
			continue
		}
		messages = append(messages, b.Error())
	}
	return messages
}

// symbolAndFamily is the text below a code's title in a list.
func symbolAndFamily(e errorcode.Info) string {
	return strings.TrimPrefix(e.Symbol+" · "+e.Family().Title, " · ")
}

// explained links to the pages of some error codes.
func explained(codes []string, m ask.Message) []Link {
	var links []Link
	for _, text := range codes {
		if code, ok := errorcode.ParseNumber(text); ok && code != 0 {
			links = append(links, Link{"What error " + text + " means", ErrorURL(code, m)})
		}
	}
	return links
}

// maxExplained is the number of codes of a filter that get a link to their page; more are no help.
const maxExplained = 3

// explainedCodes links to the pages of the codes that the filter asks for.
func (p LogPage) explainedCodes() []Link {
	var links []Link
	for _, c := range p.Query.Filter.Conditions() {
		if c.Op == store.OpIs && c.Field.Codes {
			links = append(links, explained(c.Values, ask.Message{})...)
		}
	}
	return links[:min(len(links), maxExplained)]
}
