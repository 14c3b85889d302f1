package views

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"signpost/store"
)

// LogPage is a list of sign-ins: one of the logs, or the legacy view.
type LogPage struct {
	Shell Shell
	List  List
	Query store.Query
	// Bad is what is wrong with the address; the list is then not shown. Typed is the address's
	// parameters as they came, so that the controls keep what is to be corrected.
	Bad   store.BadParams
	Typed url.Values
	// Now is the time of the request, for relative times.
	Now time.Time
	// ConditionalAccess says that the viewer may see that data.
	ConditionalAccess bool
	Total             store.Total
	Rows              []LogRow
	// Next leads to older rows, Prev to newer ones.
	Next, Prev *store.Cursor
	// Empty explains a list without rows.
	Empty *EmptyState
	// Kept is what the portal remembers of the viewer, Saved the views on offer.
	Kept  Kept
	Saved SavedViews
	// Panel is the panel that the address opens; Refused is the form that could not be accepted, nil where none was sent.
	Panel   string
	Refused *Refused
}

// LogRow is one row of a list: a sign-in, or a group with its newest member's values.
type LogRow struct {
	Row store.Row
	// Group is nil for an ordinary row, which a group of one is too.
	Group *store.Group
	// Members is there where the group is unfolded.
	Members *MemberPage
}

// MemberPage is some of a group's sign-ins. From is the cursor it began at, nil for the newest.
type MemberPage struct {
	Rows       []store.Row
	From, Next *store.Cursor
}

// Members is the answer to a request for the members of one group only.
type Members struct {
	Page  LogPage
	Group store.Key
	MemberPage
}

func (p LogPage) columns() []Column { return p.List.Columns(p.Query.Columns, p.ConditionalAccess) }

func (p LogPage) title() string {
	if p.List.Legacy {
		return "Sign-in logs, legacy view"
	}
	return "Sign-in logs"
}

// tab is one of the four logs in the tab list.
type tab struct {
	Log       store.Log
	Label     string
	Short     string
	Address   string
	IsCurrent bool
}

func (p LogPage) tabs() []tab {
	var tabs []tab
	for _, info := range store.Logs() {
		tabs = append(tabs, tab{
			Log: info.Log, Label: info.Title, Short: info.Short,
			Address:   p.tabURL(info.Log),
			IsCurrent: info.Log == p.List.Log && !p.List.Legacy,
		})
	}
	return tabs
}

// chip is one active value of the filter.
type chip struct {
	Lead   string // what stands before the value: the field, and how it is compared
	Value  string // empty where there is nothing to compare with
	Or     bool   // another condition of the field before it, of which one is enough
	Remove string
}

func (c chip) text() string { return strings.TrimSpace(c.Lead + " " + c.Value) }

func (p LogPage) chips() []chip {
	var chips []chip
	for _, clause := range p.Query.Filter.Clauses() {
		or := false
		for _, c := range slices.Concat(clause.Any, clause.All) {
			for _, value := range c.Values {
				chips = append(chips, chip{
					Lead: conditionLead(c), Value: conditionText(c, value), Or: or && !c.Op.Negative(),
					Remove: p.List.withoutURL(p.Query, c.Field, c.Op, value),
				})
				or = true
			}
		}
	}
	return chips
}

func conditionLead(c store.Condition) string {
	if c.Op == store.OpIs {
		return c.Field.Label + ":"
	}
	return c.Field.Label + " " + c.Op.Label()
}

// conditionText words the values of fields with a closed set; a name somebody typed stays as it is.
func conditionText(c store.Condition, value string) string {
	switch c.Op {
	case store.OpEmpty, store.OpNotEmpty:
		return ""
	case store.OpStarts, store.OpHas:
		return value
	}
	switch c.Field.Name {
	case "status", "ca", "requirement", "compliant", "managed", "flagged", "gsa", "cae", "mfa":
		return Words(value)
	}
	return value
}

// rangeLabel is the date filter in words.
func (p LogPage) rangeLabel() string { return RangeLabel(p.Query.Range) }

// RangeLabel is a range in words.
func RangeLabel(r store.Range) string {
	if r.Preset != "" {
		return store.PresetLabel(r.Preset)
	}
	return edges(r)
}

// edges are the two ends of a range, with the zone of both.
func edges(r store.Range) string {
	return r.From.UTC().Format("2006-01-02 15:04") + " to " + Minute(r.To)
}

// typedTime is what a time input shows: what was typed while the range is wrong, else its edge. What is
// no time at all cannot stand in a native input; the message has it.
func (p LogPage) typedTime(param string, edge time.Time) string {
	if len(p.badOf(dateParams)) > 0 {
		if typed, ok := store.ParseInstant(p.Typed.Get(param)); ok {
			edge = typed
		}
	}
	return inputTime(edge)
}

// hiddenInput carries a parameter of the address through a form.
type hiddenInput struct{ Name, Value string }

// hiddenInputs are the query's parameters but those the form sets itself.
func (p LogPage) hiddenInputs(except ...string) []hiddenInput {
	values := p.Query.Values()
	var inputs []hiddenInput
	for _, name := range sortedNames(values) {
		if slices.Contains(except, name) {
			continue
		}
		for _, v := range values[name] {
			inputs = append(inputs, hiddenInput{name, v})
		}
	}
	return inputs
}

func sortedNames(v url.Values) []string {
	names := make([]string, 0, len(v))
	for name := range v {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Which parameters belong to which control: a message stands beside the one concerned.
var (
	dateParams   = []string{"range", "from", "to"}
	windowParams = []string{"agg"}
	placeParams  = []string{"after", "before", "limit", "expand", "members", "cols", "events", "wide", "chart", "follow", "panel"}
)

func (p LogPage) badOf(params []string) []string {
	var messages []string
	for _, b := range p.Bad {
		if slices.Contains(params, b.Param) {
			messages = append(messages, b.Error())
		}
	}
	return messages
}

// badWindow is beside the time aggregate where the log has one, else with the filter.
func (p LogPage) badWindow() []string {
	if !p.List.Info().Grouped {
		return nil
	}
	return p.badOf(windowParams)
}

// badFilter is what is wrong with fields, and with parameters that have no control of their own.
func (p LogPage) badFilter() []string {
	others := slices.Concat(dateParams, placeParams)
	if p.List.Info().Grouped {
		others = append(others, windowParams...)
	}
	var messages []string
	for _, b := range p.Bad {
		if !slices.Contains(others, b.Param) {
			messages = append(messages, b.Error())
		}
	}
	return messages
}

// typedField is the field and value of the first bad condition, so that the form keeps them.
func (p LogPage) typedField() (field, value string) {
	for _, b := range p.Bad {
		if _, ok := store.FieldByName(b.Param); ok {
			return b.Param, b.Value
		}
	}
	return "", ""
}

// hasCutWindow says that the range leaves out part of a window on the page.
func (p LogPage) hasCutWindow() bool {
	return slices.ContainsFunc(p.Rows, func(r LogRow) bool { return r.Group != nil && r.Group.Cut })
}
