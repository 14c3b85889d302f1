package views

import (
	"slices"
	"strings"
	"time"

	"signpost/store"
	"signpost/web/ask"
)

// SearchPage is the page of the search box: the box, and the possible meanings of the text if there are several.
type SearchPage struct {
	Shell Shell
	// Typed is the text as it was typed. Found has its possible meanings.
	Typed string
	ask.Found
	// Bad has the errors of the address. If there are any, nothing is looked for.
	Bad store.BadParams
	// Range is the range in the address.
	Range store.Range
	Now   time.Time
}

const searchPath = "/search"

// offersSearch says that the frame has the search box. The page of the search has the box in its own content, and
// a page has only one.
func (s Shell) offersSearch() bool {
	return s.Viewer != nil && s.Viewer.MayReadLogs && s.Active != NavSearch
}

// searchURL is the search for a text in a range.
func searchURL(text string, r store.Range) string {
	v := monthValues(store.Query{Range: r})
	if text != "" {
		v.Set("q", text)
	}
	return withQuery(searchPath, v)
}

func (p SearchPage) presetURL(preset string) string {
	return searchURL(p.Typed, store.Range{Preset: preset})
}

// year is the range of the last twelve months, in UTC.
func (p SearchPage) year() store.Range {
	to := p.Now.UTC().Truncate(time.Minute)
	return store.Range{From: to.AddDate(-1, 0, 0), To: to}
}

// isYear says that the page has already looked at the longest range it offers. A link to that range may be a day
// old.
func (p SearchPage) isYear() bool {
	year := p.year()
	return !p.Looked.IsZero() && !p.Looked.From.After(year.From) && !p.Looked.To.Before(year.To.Add(-24*time.Hour))
}

// rangeInputs carry a range that is not the default through the form.
func (p SearchPage) rangeInputs() []hiddenInput {
	values := monthValues(store.Query{Range: p.Range})
	var inputs []hiddenInput
	for _, name := range sortedNames(values) {
		inputs = append(inputs, hiddenInput{name, values.Get(name)})
	}
	return inputs
}

// lookedText is the range of the search in words, in the zone of the page. It is empty for a preset, which has a
// button.
func (p SearchPage) lookedText() string {
	if p.Looked.IsZero() || p.Looked.Preset != "" {
		return ""
	}
	text := p.Shell.Zone.Minute(p.Looked.From) + " to " + p.Shell.Zone.Minute(p.Looked.To)
	if p.AtMoment {
		text += ", around the time in the message"
	}
	return text
}

// badText and badRange are the errors for each control of the page.
func (p SearchPage) badText() []string {
	return p.badOf(func(param string) bool { return !isDateParam(param) })
}
func (p SearchPage) badRange() []string { return p.badOf(isDateParam) }

func isDateParam(param string) bool { return slices.Contains(dateParams, param) }

func (p SearchPage) badOf(concerns func(string) bool) []string {
	var messages []string
	for _, b := range p.Bad {
		switch {
		case !concerns(b.Param):
		case b.Param == "q":
			messages = append(messages, "The text "+b.Problem)
		default:
			messages = append(messages, b.Error())
		}
	}
	return messages
}

// understood describes the search in words; empty if the text means nothing.
func (p SearchPage) understood() string {
	var meanings []string
	for _, id := range p.Search.IDs {
		meanings = append(meanings, idMeaning(id))
	}
	for _, username := range p.Search.Usernames {
		meanings = append(meanings, "the username "+username)
	}
	for _, a := range p.Search.Addresses {
		meanings = append(meanings, addressMeaning(a))
	}
	for _, code := range p.Search.Codes {
		meanings = append(meanings, "the error code "+code)
	}
	if p.Named {
		meanings = append(meanings, "a name that is or contains “"+p.Search.Name+"”")
	}
	return inWords(meanings, "and")
}

// lostText names the IDs of a message that were not found.
func (p SearchPage) lostText() string {
	var meanings []string
	for _, id := range p.Lost() {
		meanings = append(meanings, idMeaning(id))
	}
	return inWords(meanings, "or")
}

// inWords lists texts with commas, and with a word before the last one.
func inWords(texts []string, word string) string {
	last := len(texts) - 1
	if last < 1 {
		return strings.Join(texts, "")
	}
	return strings.Join(texts[:last], ", ") + " " + word + " " + texts[last]
}

func idMeaning(id store.SearchID) string {
	if id.Said != nil {
		return "the " + strings.ToLower(id.Said.Label[:1]) + id.Said.Label[1:] + " " + id.Value
	}
	return "the ID " + id.Value
}

func addressMeaning(address string) string {
	switch {
	case address == ":":
		return "every IPv6 address"
	case strings.HasSuffix(address, "."), strings.HasSuffix(address, ":"):
		return "IP addresses that begin with " + address
	case strings.Contains(address, "/"):
		return "the network " + address
	}
	return "the IP address " + address
}

// nothing explains why there is nothing to choose from, and the next step.
func (p SearchPage) nothing() EmptyState {
	e := EmptyState{Title: "No results", Text: "No imported sign-in has it. Check the text for a missing or extra character."}
	switch {
	case p.understood() == "":
		e.Title = "There is nothing to search for in this text"
		e.Text = "It has no ID, username, IP address or error code in it, and is too long for a name. Shorten it to the part that matters."
	case p.Late:
		e.Title, e.Text = "No results so far", "Not everything could be looked at in time. Try again, or in a shorter range."
	case p.isYear():
		e.Text = "No sign-in of this range has it. Check the text for a missing or extra character, or search for a part of it."
	case !p.Looked.IsZero():
		e.Text = "No sign-in of this range has it. It may lie outside of it, or the text may have a missing or extra character."
		e.Link = &Link{"Search the last 12 months", searchURL(p.Typed, p.year())}
	}
	return e
}

// searchExample is one kind of text that the search accepts.
type searchExample struct {
	What     string
	Examples []string
	Leads    string
}

func searchExamples() []searchExample {
	return []searchExample{
		{"Request ID", []string{"0a1b2c3d-1111-4222-8333-444444444444"}, "opens the sign-in, whenever it was"},
		{"Correlation ID", []string{"c0c0c0c0-1111-4222-8333-444444444444"}, "lists its sign-ins, whenever they were"},
		{"Error message", []string{"AADSTS50126: ... Trace ID: ... Correlation ID: ..."}, "paste it whole: opens the sign-in it is about"},
		{"Error code", []string{"50126", "AADSTS50126"}, "lists the sign-ins that ended with it"},
		{"Username", []string{"ada@example.com"}, "lists the user's sign-ins, and where it was typed; also the address of a guest"},
		{"Name, or a part of it", []string{"Teams", "Ada Lovelace"}, "users, applications, resources, service principals, devices and places"},
		{"IP address", []string{"192.0.2.7", "192.0.2.", "192.0.2.0/24", "2001:db8:"}, "an address, a beginning that ends in “.” or “:”, or a network"},
		{"Any other ID", []string{"00000003-0000-0000-c000-000000000000"}, "of a user, application, resource, service principal, device, session, tenant or credential"},
	}
}
