package views

import "strings"

// Shell has the data of the frame around every page.
type Shell struct {
	Title string
	// Viewer is the signed-in person; nil on pages for everyone.
	Viewer *Viewer
	// Active is the page's entry in the navigation, one of those below, or none.
	Active string
	// Theme is light, dark, or empty to follow the system.
	Theme string
	// HelpTopic is the topic of the help about the page; empty for the help as a whole.
	HelpTopic string
	// Here is the address of the page, for coming back after a change of the theme. If it is empty, the browser's Referer
	// counts.
	Here string
	// Zone is the time zone of every time on the page.
	Zone Zone
	// BrowserZone says that Zone is to be the browser's, by choice or by default.
	BrowserZone bool
	// Compact makes the rows of lists low.
	Compact bool
	// Refreshes makes a page reload itself again and again where no script runs.
	Refreshes bool
	// Scope names the viewer's limits; empty for none.
	Scope string
	// DiskFull says that no new data is stored, because the disk is full.
	DiskFull bool
	// Told is the message after a form about risk; nil for none.
	Told []TriageLine
	// Progress is set while the demo tenant is loading.
	Progress *Progress
}

// These are the entries of the navigation.
const (
	NavSearch = "search"
	NavErrors = "errors"
	NavMe     = "me"
	NavImport = "import"
	// NavSources is what the imported files cover.
	NavSources = "sources"
	// NavSettings is the settings. Everybody can open their own account there.
	NavSettings = "settings"
	NavInsights = "insights"
	NavUsers    = "users"
	NavGroups   = "groups"
	NavApps     = "apps"

	NavProtection = "protection"
	NavFlagged    = "flagged"
	NavDiagnostic = "diagnostic"

	NavHelpdesk = "helpdesk"
)

// Viewer is the signed-in person, for the frame.
type Viewer struct {
	Name  string
	Roles []string
	// MayReadLogs offers the tenant's logs; MayImport the import page.
	MayReadLogs, MayImport bool
	// Logs are the navigation's links to the logs that the viewer may read.
	Logs []LogsLink
	// Pinned are the saved views in the navigation.
	Pinned []LogsLink
	// MayHelp offers the look-up of one person.
	MayHelp bool
	// MayManagePeople offers the settings.
	MayManagePeople bool
	// MayGuardNames offers the settings about names of files and mails.
	MayGuardNames bool
	// MayWatch offers watches and schedules; Notices counts the notices that the viewer has not seen.
	MayWatch bool
	Notices  int
	// MayProtect offers the pages of Identity Protection; OpenRisky is the number of risky users that are open here.
	MayProtect bool
	OpenRisky  int
	// MayTriage offers the forms that decide about risk.
	MayTriage bool
	// MayDecide offers the queue of reported sign-ins; OpenReports is the number of open reports.
	MayDecide   bool
	OpenReports int
}

// LogsLink is an entry of the navigation that leads to the logs of a kind. Name is the value of Shell.Active on their pages.
type LogsLink struct {
	Name, Label, Icon, Address string
	// IsOwn says that they are the portal's own records: the entry is among those for administrators.
	IsOwn bool
}

// NavLink is the list's entry of the navigation, without an address.
func (l List) NavLink() LogsLink {
	look := l.look()
	link := LogsLink{Name: "logs " + look.Kind.Many, Label: firstText(look.Nav, Capital(look.Kind.Many)), Icon: firstText(look.Icon, "logs"), IsOwn: l.Info().Own}
	return link
}

// Progress is the progress of loading the demo tenant.
type Progress struct {
	Percent int // 0 to 100
	Text    string
}

// themeChoice is one button of the theme switch.
type themeChoice struct{ Value, Icon, Label string }

func themeChoices() []themeChoice {
	return []themeChoice{
		{"system", "system", "Theme of the system"},
		{"light", "light", "Light theme"},
		{"dark", "dark", "Dark theme"},
	}
}

func (s Shell) isTheme(value string) bool {
	return s.Theme == value || s.Theme == "" && value == "system"
}

// viewerTitle names the signed-in person and the roles in one line.
func viewerTitle(v Viewer) string {
	if len(v.Roles) == 0 {
		return v.Name
	}
	return v.Name + ": " + viewerRoles(v)
}

func viewerRoles(v Viewer) string { return strings.Join(v.Roles, ", ") }

// mayWatch says that watches and schedules are offered.
func (s Shell) mayWatch() bool { return s.Viewer != nil && s.Viewer.MayWatch }

// hasBar says that the page has the navigation bar.
func (s Shell) hasBar() bool { return s.Viewer != nil && s.Viewer.hasBar() }

// zoneChoice is a zone that the zone menu offers by name.
type zoneChoice struct {
	Value, Label string
	IsCurrent    bool
}

// zoneChoices are UTC, the browser's zone, and the zone in use if it is neither.
func (s Shell) zoneChoices() []zoneChoice {
	name := s.Zone.Name()
	choices := []zoneChoice{{"UTC", "UTC", !s.BrowserZone && name == "UTC"}, {"browser", "The browser's", s.BrowserZone}}
	if s.BrowserZone {
		choices[1].Label += ": " + name
	} else if name != "UTC" {
		choices = append(choices, zoneChoice{name, name, true})
	}
	return choices
}

// helpURL leads to the help about the page.
func (s Shell) helpURL() string {
	if s.HelpTopic == "" {
		return HelpPath
	}
	return HelpPath + "#" + s.HelpTopic
}

// on is the frame of a page that a topic of the help is about.
func (s Shell) on(topic helpTopic) Shell {
	s.HelpTopic = topic.ID
	return s
}

// OnWatches is the frame of a page about watches and schedules.
func (s Shell) OnWatches() Shell {
	s.HelpTopic = helpWatchesID
	return s
}
