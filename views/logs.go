package views

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"signpost/store"
)

// LogPage is a list of sign-ins: one of the logs, or the legacy view.
type LogPage struct {
	Shell Shell
	List  List
	Query store.Query
	// Bad has the errors of the address; the list is then not shown. Typed has the parameters of the address as they came, so
	// that the controls keep the values to be corrected.
	Bad   store.BadParams
	Typed url.Values
	// ChartFolded draws the chart as a strip.
	ChartFolded bool
	// Widths are the widths that the viewer chose for columns, by the name in the preference.
	Widths map[string]int
	// When is a typed range that was not understood.
	When string
	// Now is the time of the request, for relative times.
	Now time.Time
	// ConditionalAccess says that the viewer may see Conditional Access data.
	ConditionalAccess bool
	// MayReveal says that the viewer may see values that are hidden until somebody asks for them.
	MayReveal bool
	// SeveralTenants says that the stored sign-ins belong to several tenants. Only then is the tenant of each worth showing.
	SeveralTenants bool
	Total          store.Total
	// DownloadSize estimates the bytes of a file with so many rows of a log; nil, or not ok, if that is not known.
	DownloadSize func(log store.Log, format, part string, rows int64) (bytes int64, ok bool)
	// TabTotals are the totals of all logs, under the same range and the conditions that apply there. A log is absent if its
	// count did not come in time.
	TabTotals map[store.Log]store.Total
	// Newest is the time of the log's newest sign-in, whatever the range; HasRows is false for an empty log.
	Newest  time.Time
	HasRows bool
	// Covered is what the imported files cover of the range; nil where the list says nothing of it.
	Covered *Covered
	// Chart is above the grid, Facets are next to it; both are nil if the address is wrong.
	Chart  *Chart
	Facets *FacetsPanel
	Rows   []LogRow
	// Open is the sign-in that is open next to the list; nil if there is none.
	Open *OpenSignIn
	// Next leads to older rows, Prev to newer ones.
	Next, Prev *store.Cursor
	// PickField opens the filter picker at its list of fields. Picker is set if it is open at one of them.
	PickField bool
	Picker    *Picker
	// Names are the names of the IDs in the filter, by ID.
	Names map[string]string
	// Groups are the directory groups in the filter.
	Groups []store.MembershipInfo
	// Departments are those in the filter.
	Departments []store.Department
	// Empty explains a list without rows.
	Empty *EmptyState
	// Kept has the stored choices of the viewer, Saved the views on offer.
	Kept  Kept
	Saved SavedViews
	// Panel is the panel that the address opens. Refused is the form that was not accepted, nil if none was sent.
	Panel   string
	Refused *Refused
}

// LogRow is one row of a list: a sign-in, or a group with its newest member's values.
type LogRow struct {
	// Of is the kind of the record.
	Of  *store.Kind
	Row store.Row
	// Group is nil for an ordinary row. A group with one member is an ordinary row too.
	Group *store.Group
	// Members is set if the group is unfolded.
	Members *MemberPage
}

// IsLine says that the row stands for several events of one sign-in with multifactor authentication.
func (r LogRow) IsLine() bool { return r.Row.Line.Events > 1 }

// unfolds says that rows can unfold below this row.
func (r LogRow) unfolds() bool { return r.Group != nil || r.IsLine() }

func (r LogRow) showLabel() string { return "Show the " + r.beneath() }

func (r LogRow) hideLabel() string { return "Hide the " + r.beneath() }

func (r LogRow) beneath() string {
	if r.Group != nil {
		return r.Of.Many
	}
	return "events"
}

// MemberPage is some of a group's sign-ins, or the events of a line. From is the cursor of its start, nil for the newest.
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

func (p LogPage) columns() []Column {
	return p.List.Columns(p.Query.Columns, p.ConditionalAccess, p.SeveralTenants)
}

func (p LogPage) title() string {
	if p.List.Legacy {
		return "Sign-in logs, legacy view"
	}
	if p.List.Look != nil {
		return p.List.NavLink().Label
	}
	return "Sign-in logs"
}

// tab is one of the four logs in the tab list.
type tab struct {
	Log       store.Log
	Label     string
	Total     *store.Total
	Address   string
	IsCurrent bool
	// Aside names the fields of the filter that do not narrow Total; empty if there are none.
	Aside string
}

func (p LogPage) tabs() []tab {
	var tabs []tab
	for _, info := range p.List.Logs() {
		one := tab{
			Log: info.Log, Label: info.Title, Address: p.tabURL(info.Log),
			IsCurrent: info.Log == p.List.Log && !p.List.Legacy,
		}
		if total, ok := p.TabTotals[info.Log]; ok && total.Complete {
			one.Total, one.Aside = &total, p.setAside(info.Log)
		}
		tabs = append(tabs, one)
	}
	return tabs
}

// sortWord is the order of the rows for aria-sort. sortTitle is the title of the link that turns the order around.
func (p LogPage) sortWord() string {
	if p.Query.Oldest {
		return "ascending"
	}
	return "descending"
}

func (p LogPage) sortTitle() string {
	if p.Query.Oldest {
		return "Oldest first. Show the newest first"
	}
	return "Newest first. Show the oldest first"
}

// dateInput names an input of the custom range. If the page's zone is UTC, it is the parameter itself. Else it is one that
// the server converts into the parameter.
func (p LogPage) dateInput(param string) string {
	if p.Shell.Zone.Location() == time.UTC {
		return param
	}
	return param + "-local"
}

// typedTime is the text of a time input, in the zone of the page. It is the edge of the range or, while the range is wrong,
// the typed time. A text that is no time cannot be shown in a native input; the message has it.
func (p LogPage) typedTime(param string, edge time.Time) string {
	parse := store.ParseInstant
	if param == "to" {
		parse = store.ParseRangeEnd
	}
	if len(p.badOf(dateParams)) > 0 {
		if typed, ok := parse(p.Typed.Get(param)); ok {
			edge = typed
		}
	}
	return p.Shell.Zone.Input(edge)
}

// shownEdges are hidden inputs with the exact ends of a custom range. In the hour that repeats when the clocks go back, a
// visible input does not say which of the two hours is meant.
func (p LogPage) shownEdges() []hiddenInput {
	if p.dateInput("from") == "from" || p.Query.Range.Preset != "" {
		return nil
	}
	v := p.Query.Values()
	return []hiddenInput{{"from", v.Get("from")}, {"to", v.Get("to")}}
}

// hiddenInput carries a parameter of the address through a form.
type hiddenInput struct{ Name, Value string }

// hiddenInputs are the query's parameters, without those that the form sets itself.
func (p LogPage) hiddenInputs(except ...string) []hiddenInput {
	return inputsOf(p.Query.Values(), except...)
}

// placeInputs also keep the page of the list, and the rows that are unfolded on it.
func (p LogPage) placeInputs() []hiddenInput { return inputsOf(placeValues(p.Query, store.Key{})) }

func inputsOf(values url.Values, except ...string) []hiddenInput {
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

// These lists say which parameters belong to which control: a message is shown next to the control.
var (
	dateParams = []string{"range", "from", "to", "when"}
	// rangeParams are dropped when another range is chosen, with wide: there is nothing to zoom out to any more.
	rangeParams  = append(slices.Clone(dateParams), "wide")
	windowParams = []string{"agg"}
	placeParams  = []string{"after", "before", "limit", "expand", "members", "cols", "events", "wide", "chart", "split", "bars", "past", "follow", "dir", "panel", "facet", "more", "among"}
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

// badWindow has the errors of the time aggregate, if the log has one; else they are shown with the filter.
func (p LogPage) badWindow() []string {
	if !p.List.Info().Grouped {
		return nil
	}
	return p.badOf(windowParams)
}

// badFilter has the errors of fields, and of parameters without a control of their own.
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

// bodies are the rows in the bodies of the table: a body ends where rows unfold below its last row.
func (p LogPage) bodies() (bodies [][]LogRow) {
	first := 0
	for i, row := range p.Rows {
		if row.unfolds() || i == len(p.Rows)-1 {
			bodies = append(bodies, p.Rows[first:i+1])
			first = i + 1
		}
	}
	return bodies
}

// unfoldsAny says that a row of the page can unfold, so that all rows leave room for the arrow.
func (p LogPage) unfoldsAny() bool { return slices.ContainsFunc(p.Rows, LogRow.unfolds) }

// streamURL is the stream about sign-ins that are imported after this page was made: those of its range and later.
func (p LogPage) streamURL() string {
	v := p.Query.Values()
	v.Set("start", p.Query.Range.From.Format(time.RFC3339Nano))
	v.Set("seen", strconv.FormatInt(p.Total.N, 10))
	return withQuery(p.List.Path()+"/follow", v)
}

// freshness is the age of the log's newest sign-in; empty for an empty log.
func (p LogPage) freshness() string {
	if !p.HasRows {
		return ""
	}
	return "Newest " + p.List.Kind().One + " " + Relative(p.Newest, p.Now)
}

// isCut says that the range excludes a part of the group's window. The future does not count as excluded.
func (p LogPage) isCut(g *store.Group) bool {
	r := p.Query.Range
	endsNow := r.Slides() || !r.To.Before(p.Now)
	return g.Cut && (g.From.Before(r.From) || !endsNow)
}

// hasCutWindow says that the range excludes a part of some window on the page.
func (p LogPage) hasCutWindow() bool {
	return slices.ContainsFunc(p.Rows, func(r LogRow) bool { return r.Group != nil && p.isCut(r.Group) })
}
