package views

import "slices"

// navGroup is a part of the navigation: the links under one heading.
type navGroup struct {
	Name, Label, Icon string
	Entries           []navEntry
}

// navEntry is a link of the navigation. Name is the value of Shell.Active on its pages.
type navEntry struct {
	Name, Label, Icon, Address string
	// Count is the number of things that wait there. CountOf names them.
	Count   int
	CountOf string
}

// These are the names of the navigation's groups in tests and style sheets.
const (
	groupLogs           = "logs"
	groupInvestigate    = "investigate"
	groupInsights       = "insights"
	groupReference      = "reference"
	groupAdministration = "administration"
	groupPinned         = "pinned"
)

// navigation lists the pages that the viewer can open, by groups. Other pages are absent.
func (v *Viewer) navigation() []navGroup {
	groups := []navGroup{
		{groupLogs, "Logs", "logs", v.logEntries(false)},
		{groupInvestigate, "Investigate", "search-20", v.investigateEntries()},
		{groupInsights, "Insights", "chart", v.insightsEntries()},
		{groupReference, "Reference", "errors", []navEntry{{Name: NavErrors, Label: "Error codes", Icon: "errors", Address: errorsPath}}},
		{groupAdministration, "Administration", "settings", v.administrationEntries()},
		{groupPinned, "Pinned views", "views", linkEntries(v.Pinned)},
	}
	return slices.DeleteFunc(groups, func(g navGroup) bool { return len(g.Entries) == 0 })
}

// logEntries lead to the logs that the viewer may read: the tenant's logs, or the portal's own.
func (v *Viewer) logEntries(own bool) []navEntry {
	return linkEntries(slices.DeleteFunc(slices.Clone(v.Logs), func(logs LogsLink) bool { return logs.IsOwn != own }))
}

func linkEntries(links []LogsLink) (entries []navEntry) {
	for _, link := range links {
		entries = append(entries, navEntry{Name: link.Name, Label: link.Label, Icon: link.Icon, Address: link.Address})
	}
	return entries
}

func (v *Viewer) investigateEntries() (entries []navEntry) {
	if v.MayReadLogs {
		entries = append(entries,
			navEntry{Name: NavUsers, Label: "Users", Icon: "users", Address: "/users"},
			navEntry{Name: NavGroups, Label: "Groups", Icon: "groups", Address: "/groups"},
			navEntry{Name: NavApps, Label: "Applications", Icon: "apps", Address: "/apps"},
			navEntry{Name: NavFlagged, Label: "Flagged sign-ins", Icon: "warning", Address: FlaggedPath},
			navEntry{Name: NavDiagnostic, Label: "Sign-in diagnostic", Icon: "info", Address: DiagnosticPath})
	}
	if v.MayProtect {
		entries = append(entries, navEntry{Name: NavProtection, Label: "Identity Protection", Icon: "risk", Address: ProtectionPath, Count: v.OpenReports + v.OpenRisky, CountOf: v.openOf()})
	}
	if v.MayHelp {
		entries = append(entries, navEntry{Name: NavHelpdesk, Label: "Helpdesk", Icon: "users", Address: helpdeskPath})
	}
	return entries
}

// openOf names what waits in Identity Protection, after its number.
func (v *Viewer) openOf() string {
	switch {
	case v.OpenRisky == 0:
		return "open " + nounOf(v.OpenReports, "report", "reports")
	case v.OpenReports == 0:
		return "open risky " + nounOf(v.OpenRisky, "user", "users")
	}
	return "open: " + Count(int64(v.OpenReports), "report", "reports") + ", " + Count(int64(v.OpenRisky), "risky user", "risky users")
}

func nounOf(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func (v *Viewer) insightsEntries() (entries []navEntry) {
	if v.MayReadLogs {
		entries = append(entries, navEntry{Name: NavInsights, Label: "Usage & insights", Icon: "chart", Address: InsightsPath})
	}
	return entries
}

func (v *Viewer) administrationEntries() (entries []navEntry) {
	if v.MayReadLogs {
		entries = append(entries, navEntry{Name: NavSources, Label: "Sources", Icon: "sources", Address: SourcesPath})
	}
	if v.MayImport {
		entries = append(entries, navEntry{Name: NavImport, Label: "Import", Icon: "import", Address: "/import"})
	}
	entries = append(entries, v.logEntries(true)...)
	if v.MayManagePeople {
		entries = append(entries, navEntry{Name: NavSettings, Label: "Settings", Icon: "settings", Address: peoplePath})
	}
	return entries
}

// hasBar says that the viewer can open more than everybody can. Only then is there a bar with groups. Everybody can open
// their own sign-ins and the error codes, through two links in the header.
func (v *Viewer) hasBar() bool {
	return slices.ContainsFunc(v.navigation(), func(g navGroup) bool { return g.Name != groupReference })
}

// everybodysEntries are the links in the header for a viewer without a bar.
func everybodysEntries() []navEntry {
	return []navEntry{
		{Name: NavMe, Label: "My sign-ins", Icon: "me", Address: "/me"},
		{Name: NavErrors, Label: "Error codes", Icon: "errors", Address: errorsPath},
	}
}

// phoneEntries are the links of the bar at the bottom of a phone's window. The sheet of all groups is next to them.
func (v *Viewer) phoneEntries() []navEntry {
	var entries []navEntry
	if len(v.Logs) > 0 {
		logs := v.Logs[0]
		entries = append(entries, navEntry{Name: logs.Name, Label: "Logs", Icon: "logs", Address: logs.Address})
	}
	switch {
	case v.MayReadLogs:
		entries = append(entries, navEntry{Name: NavSearch, Label: "Search", Icon: "search-20", Address: searchPath})
	case v.MayHelp:
		entries = append(entries, navEntry{Name: NavHelpdesk, Label: "Helpdesk", Icon: "users", Address: helpdeskPath})
	}
	return entries
}

// spoken is the group for a screen reader, with the number that its button shows.
func (g navGroup) spoken() string {
	if n := g.waiting(); n > 0 {
		return g.Label + ": " + Number(int64(n)) + " open"
	}
	return g.Label
}

// waiting is the number of things that wait in the group.
func (g navGroup) waiting() (n int) {
	for _, e := range g.Entries {
		n += e.Count
	}
	return n
}

// has says that a page of the group is open.
func (g navGroup) has(active string) bool {
	return slices.ContainsFunc(g.Entries, func(e navEntry) bool { return e.Name == active })
}
