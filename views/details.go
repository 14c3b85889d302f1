package views

import (
	"strings"
	"time"

	"github.com/a-h/templ"

	"signpost/store"
	"signpost/web/ask"
)

// DetailsPage is the page of one record.
type DetailsPage struct {
	Shell  Shell
	Record store.Record
	// Look says how the record's kind is shown; nil for sign-ins.
	Look *Look
	// ConditionalAccess says that the viewer may see Conditional Access data. Without it the record must not hold any.
	ConditionalAccess bool
	// Tab is the section asked for; empty means all on a page of its own, and the summary next to a list.
	Tab string
	// From is the list that the sign-in was opened from; nil if unknown.
	From *ListPlace
	// Pane says that the details are next to their list.
	Pane bool
	// Raw are the versions as received, the newest last, in the order of Record.Versions.
	Raw []string
	// Envelope is the part of the record around the sign-in. Unknown is the keys that no field of a sign-in is read from.
	Envelope, Unknown []store.KeyValue
	// Lacks is what the kind of export cannot have that the record comes from.
	Lacks store.Lacking
	// Misread are the properties that a copy holds in an unreadable shape.
	Misread []*store.Property
	// Relations are set if ShowsRelated says so.
	Relations []ask.Relation
	// Trail holds the related records of another log, if Relations are set too.
	Trail *ask.Trail
	// Next holds what happened after a sign-in, if ShowsNext says so. Activity says that the viewer may see it. NextLater and NextOnly
	// are as those of the other parts.
	Next                *ask.Trail
	NextPlaces          ask.NextPlaces // where its parts go on
	Activity            bool
	NextLater, NextOnly bool
	// RiskTold holds what Identity Protection's records tell of a sign-in, if ShowsRisk says so. Risk says that the viewer may see it.
	RiskTold *ask.SignInRisk
	// Triage is what people decided about the sign-in in this portal; nil for none.
	Triage templ.Component
	Risk   bool
	// Summary has the facts that other sign-ins tell about this one; nil if they cannot tell anything.
	Summary *ask.Summary
	// RelatedLater and SummaryLater say that this part is not answered yet. A script asks for it once the page is loaded, and
	// a link leads to it where no script runs. RelatedOnly and SummaryOnly mark the request of that script.
	RelatedLater, SummaryLater bool
	RelatedOnly, SummaryOnly   bool
	// Whole shows long values whole; without it they are cut off.
	Whole bool
	// MayReveal says that the viewer may see values that are hidden until somebody asks for them. Revealed says that the page
	// shows them.
	MayReveal, Revealed bool
	Now                 time.Time
}

// NeedsConditionalAccess says that the tab is Conditional Access data: viewers without the right to it are refused.
func NeedsConditionalAccess(tab string) bool {
	return tab == TabConditionalAccess || tab == TabReportOnly
}

// Section is one part of a page of details.
type Section struct {
	Tab, Title string
	Notes      []string
	Groups     []FactGroup
	Tables     []DataTable
	Texts      []TextBlock
	// Policies are set on the tabs of Conditional Access.
	Policies *PolicyList
	// Clipped says that long values are cut off; Whole is the address that shows them whole.
	Clipped bool
	Whole   string
	// Changes are the modified properties of an audit record. Links lead to the pages of the objects in the section.
	Changes *ChangeTable
	Links   []Link
	// Map marks the place of a sign-in.
	Map *mapPoint
	// Related is the page that draws the section of related sign-ins. Verdict is the text of the summary.
	Related *DetailsPage
	Next    *DetailsPage // the same for what happened after a sign-in
	Verdict *Verdict
	// Panel stands after the section; nil for none.
	Panel templ.Component
	// CopyIDs are the values in the section's menu of IDs.
	CopyIDs []Fact
	// Asked says that the address names this part, and that it is not the first part of its tab.
	Asked bool
}

// FactGroup is some facts under a heading; the heading may be empty.
type FactGroup struct {
	Title string
	Facts []Fact
}

// Fact is a value with its label, and with notes that a reader needs.
type Fact struct {
	Label, Value, Note string
	Status             store.Status // drawn as a badge where it is set
	StatusOf           *store.Kind  // the kind that the status belongs to; nil for sign-ins
	Copy               bool         // an ID that somebody will want to paste
	Explained          *Link        // the page that explains the value
	Narrowings         []Narrowing  // the links to the log, for each of its values
	Of                 string       // the further condition of these links, in words that follow the label
	Page               string       // the address of the page of the named object; empty for none
}

func (f Fact) kind() *store.Kind {
	if f.StatusOf == nil {
		return store.SignIns
	}
	return f.StatusOf
}

// DataTable is a small table; Empty says why it has no rows.
type DataTable struct {
	Caption string
	Head    []string
	Rows    [][]string
	Empty   string
	// IsAlone says that the caption is hidden, because the table is the whole section.
	IsAlone bool
	// Ways are the cells with links to the log, narrowed to the value of the cell.
	Ways map[cellPlace]Fact
}

// cellPlace is a cell of a table.
type cellPlace struct{ row, column int }

// addRow adds a row of facts, with the links to the log that these have.
func (t *DataTable) addRow(cells ...Fact) {
	texts := make([]string, len(cells))
	for column, cell := range cells {
		texts[column] = cell.Value
		if len(cell.Narrowings) == 0 {
			continue
		}
		if t.Ways == nil {
			t.Ways = map[cellPlace]Fact{}
		}
		t.Ways[cellPlace{len(t.Rows), column}] = cell
	}
	t.Rows = append(t.Rows, texts)
}

// TextBlock is a text that keeps its line breaks.
type TextBlock struct {
	Title, Text string
	Open, Copy  bool
}

// signIn gives the record as a sign-in; nil if it is of another kind.
func (p DetailsPage) signIn() *store.SignIn {
	s, _ := p.Record.Entry.(*store.SignIn)
	return s
}

func (p DetailsPage) head() store.Head { return p.Record.Entry.Head() }

func (p DetailsPage) kind() *store.Kind { return p.list().Kind() }

func (p DetailsPage) info() store.LogInfo { return p.list().Info() }

func (p DetailsPage) list() List { return List{Look: p.Look, Log: p.head().Log} }

// title names the actor and the target.
func (p DetailsPage) title() string {
	info, e := p.info(), p.Record.Entry
	if title := p.list().look().Title; title != nil {
		return title(e)
	}
	who, what := info.Actor.CalledIn(e), info.Target.CalledIn(e)
	if s := p.signIn(); s != nil && !info.User {
		who = firstText(who, s.AppDisplayName)
	}
	one := Capital(p.kind().One)
	switch {
	case who == "" && what == "":
		return one
	case who == "" || what == "":
		return one + ": " + who + what
	}
	return who + " to " + what
}

func firstText(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// diagnosable says that the sign-in did not succeed.
func (p DetailsPage) diagnosable() bool {
	s := p.signIn()
	return s != nil && (s.Status() == store.StatusFailure || s.Status() == store.StatusInterrupted)
}

// neighbours are the links from this record back into the logs.
func (p DetailsPage) neighbours() []Link {
	s, l, info, at := p.signIn(), p.list(), p.info(), p.head().Time
	near := store.Query{Range: store.Around(at, 30*time.Minute)}
	links := []Link{{"30 minutes around", l.rangeURL(near, near.Range)}}
	day := store.Query{Range: store.Around(at, 12*time.Hour)}
	label, id := "This user, 24 hours", info.Actor.IDIn(p.Record.Entry)
	switch {
	case s == nil && info.Actor != nil:
		label = "This " + firstText(info.Actor.One, strings.ToLower(info.Actor.Label)) + ", 24 hours"
	case !info.User && s != nil:
		label, id = "This principal, 24 hours", s.ServicePrincipalID
	}
	if id != "" {
		links = append(links, Link{label, l.with(day, info.Actor, id)})
	}
	if field := l.Kind().Searched.Correlation; field != nil {
		if id := *field.Properties[0].Text(p.Record.Entry); id != "" {
			links = append(links, Link{"This " + strings.ToLower(field.Label[:1]) + field.Label[1:] + ", 24 hours", l.with(day, field, id)})
		}
	}
	return links
}
