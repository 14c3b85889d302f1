package views

import (
	"slices"

	"signpost/store"
	"signpost/web/ask"
)

// These are the parts of a page of details, by the values of the parameter tab.
const (
	TabAll               = "all"
	TabSummary           = "summary"
	TabBasic             = "basic"
	TabNext              = "next"
	TabRelated           = "related"
	TabOnlyMe            = "only-me"
	TabLocation          = "location"
	TabDevice            = "device"
	TabRisk              = "risk"
	TabAuthentication    = "authentication"
	TabConditionalAccess = "conditional-access"
	TabReportOnly        = "report-only"
	TabTargets           = "targets"
	TabSteps             = "steps"
	TabTroubleshooting   = "troubleshooting"
	TabModified          = "modified"
	TabAdditional        = "additional"
	TabEvents            = "events"
	TabHistory           = "history"
	TabRaw               = "raw"
)

// partTitles are the headings of the parts. The Look of a kind may give them other titles.
var partTitles = map[string]string{
	TabSummary: "Summary", TabBasic: "Basic info", TabNext: "What happened next", TabRelated: "Related", TabOnlyMe: "Is anyone else affected?", TabLocation: "Location",
	TabDevice: "Device info", TabRisk: "Risk", TabAuthentication: "Authentication details", TabConditionalAccess: "Conditional Access", TabReportOnly: "Report-only",
	TabSteps: "Steps", TabTroubleshooting: "Troubleshooting and recommendations",
	TabTargets: "Targets", TabModified: "Modified properties", TabAdditional: "Additional details", TabEvents: "Events", TabHistory: "History", TabRaw: "Raw",
}

// frame is the tabs in their order: each shows some parts one below the other. The word of any of its parts opens a tab.
var frame = []struct {
	title string
	parts []string
}{
	{"Summary", []string{TabSummary, TabOnlyMe, TabBasic, TabAdditional}},
	{"Authentication", []string{TabAuthentication}},
	{"Conditional Access", []string{TabConditionalAccess, TabReportOnly}},
	{"Location and device", []string{TabLocation, TabDevice}},
	{"Risk", []string{TabRisk}},
	{"Steps", []string{TabSteps}},
	{"Troubleshooting", []string{TabTroubleshooting}},
	{"Targets", []string{TabTargets}},
	{"Modified properties", []string{TabModified}},
	{"What happened next", []string{TabNext}},
	{"Related", []string{TabRelated}},
	{"Events", []string{TabEvents, TabHistory}},
	{"Raw", []string{TabRaw}},
}

// IsDetailsTab says whether the parameter tab knows the value.
func IsDetailsTab(name string) bool { return name == TabAll || partTitles[name] != "" }

// tab returns the part that is asked for. An address without one shows all parts on a page, and the summary next to a
// list.
func (p DetailsPage) tab() string {
	switch {
	case p.Tab != "":
		return p.Tab
	case p.Pane:
		return TabSummary
	}
	return TabAll
}

// ShowsSummary says that the page has the summary.
func (p DetailsPage) ShowsSummary() bool {
	return slices.Contains([]string{TabAll, TabSummary, TabOnlyMe, TabBasic, TabAdditional}, p.tab())
}

// ShowsRelated says that the page has the related records.
func (p DetailsPage) ShowsRelated() bool { return p.tab() == TabAll || p.tab() == TabRelated }

// ShowsNext says that the page has what happened after a sign-in.
func (p DetailsPage) ShowsNext() bool { return p.Activity && (p.tab() == TabAll || p.tab() == TabNext) }

// ShowsRisk says that the page has what Identity Protection's records tell of a sign-in.
func (p DetailsPage) ShowsRisk() bool { return p.Risk && (p.tab() == TabAll || p.tab() == TabRisk) }

// detailsTab is one tab of the strip.
type detailsTab struct {
	Word, Title string
	// Count is the number of things in the tab; 0 shows no number.
	Count   int
	Current bool
}

// tabs are the tabs with parts of this record that the viewer may see.
func (p DetailsPage) tabs() (has []detailsTab) {
	for _, f := range frame {
		parts := p.has(f.parts)
		if len(parts) == 0 {
			continue
		}
		t := detailsTab{Word: parts[0], Title: f.title, Current: slices.Contains(f.parts, p.tab()), Count: p.count(parts[0])}
		if len(parts) == 1 && len(f.parts) > 1 && parts[0] != TabSummary {
			t.Title = partTitles[parts[0]]
		}
		t.Title = firstText(p.list().look().Titles[parts[0]], t.Title)
		has = append(has, t)
	}
	return append(has, detailsTab{Word: TabAll, Title: "All", Current: p.tab() == TabAll})
}

// count is the number of things in a part, if that is worth showing.
func (p DetailsPage) count(part string) int {
	switch part {
	case TabConditionalAccess:
		return len(p.policies(false))
	case TabEvents:
		return len(p.Record.Events)
	}
	return 0
}

func (p DetailsPage) partTitle(part string) string {
	return firstText(p.list().look().Titles[part], partTitles[part])
}

// has keeps the parts that the record has and the viewer may see.
func (p DetailsPage) has(parts []string) (kept []string) {
	for _, part := range parts {
		if part != TabOnlyMe && p.hasPart(part) { // TabOnlyMe is drawn inside the summary
			kept = append(kept, part)
		}
	}
	return kept
}

func (p DetailsPage) hasPart(part string) bool {
	switch {
	case part == TabSummary:
		return true
	case part == TabOnlyMe:
		return p.signIn() != nil && ask.HasOnlyMe(p.signIn())
	case !slices.Contains(p.list().look().of(p.head().Log).Sections, part):
		return false
	}
	return (!NeedsConditionalAccess(part) || p.ConditionalAccess) && (part != TabNext || p.Activity) && (part != TabRisk || p.Risk)
}

// sections are the shown parts: all, or those of the tab that is asked for.
func (p DetailsPage) sections() (shown []Section) {
	asked := p.tab()
	if asked != TabAll && !p.hasPart(asked) {
		return []Section{{Tab: asked, Title: partTitles[asked], Notes: []string{p.missing()}}}
	}
	for _, f := range frame {
		if asked != TabAll && !slices.Contains(f.parts, asked) {
			continue
		}
		for i, part := range p.has(f.parts) {
			shown = append(shown, p.section(Section{Tab: part, Title: p.partTitle(part), Asked: part == asked && i > 0}))
		}
	}
	return shown
}

// missing says why the records of a log have no such part.
func (p DetailsPage) missing() string {
	if p.Tab == TabOnlyMe && p.signIn() != nil {
		return "There is nothing to compare: the sign-in succeeded, or does not name its error, its user or its application."
	}
	switch p.head().Log {
	case store.ManagedIdentity:
		return identityCaveat
	case store.ServicePrincipal:
		return principalCaveat
	}
	return Capital(p.kind().Many) + " of this log have no such section."
}

// section draws one part.
func (p DetailsPage) section(s Section) Section {
	if draw := p.list().look().Draw[s.Tab]; draw != nil {
		draw(p, &s)
	} else {
		p.draw(&s)
	}
	if s.Tab == TabBasic {
		s.CopyIDs = copiedIDs(s.Groups)
	}
	p.clip(&s)
	return s
}

func (p DetailsPage) draw(s *Section) {
	switch s.Tab {
	case TabSummary:
		p.summary(s)
	case TabBasic:
		if p.signIn() == nil {
			p.declared(s)
		} else {
			p.basic(s)
		}
	case TabRelated:
		s.Related = &p
	case TabNext:
		s.Next = &p
	case TabRisk:
		p.signInRisk(s)
		s.Panel = p.Triage
	case TabLocation:
		p.location(s)
	case TabDevice:
		p.device(s)
	case TabAuthentication:
		p.authentication(s)
	case TabConditionalAccess:
		p.conditionalAccess(s)
	case TabReportOnly:
		p.reportOnly(s)
	case TabAdditional:
		p.additional(s)
	case TabEvents:
		p.events(s)
	case TabHistory:
		p.history(s)
	case TabRaw:
		p.raw(s)
	}
}
