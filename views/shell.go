package views

import "strings"

// Shell is what the frame of every page shows around its content.
type Shell struct {
	Title string
	// Viewer is who is signed in; nil on pages for everyone.
	Viewer *Viewer
	// Active names the navigation entry the page belongs to, one of those below, or none.
	Active string
	// Theme is light, dark, or empty to follow the system.
	Theme string
	// Here is the address of the page, where a change of the theme comes back to; empty to leave that to the browser's Referer.
	Here string
	// Zone is the time zone of every time on the page.
	Zone Zone
	// BrowserZone says that Zone is meant to be the browser's.
	BrowserZone bool
	// Compact makes the rows of lists low.
	Compact bool
	// Refreshes makes a page ask for itself again and again where no script does it.
	Refreshes bool
	// Scope says what the viewer is limited to; empty for no limit.
	Scope string
	// DiskFull says that nothing new is kept, for want of room.
	DiskFull bool
	// Progress is there while the demo tenant fills.
	Progress *Progress
}

// The navigation entries.
const (
	NavSearch = "search"
	NavErrors = "errors"
	NavMe     = "me"
	NavImport = "import"
	// NavSettings is the settings, of which everybody has their own account.
	NavSettings = "settings"
	NavUsers    = "users"
	NavGroups   = "groups"
	NavApps     = "apps"

	NavReported = "reported"
	NavHelpdesk = "helpdesk"
)

// Viewer is who is signed in, as the frame shows it.
type Viewer struct {
	Name  string
	Roles []string
	// MayReadLogs offers the tenant's logs; MayImport the import page.
	MayReadLogs, MayImport bool
	// Logs are where the navigation leads to the logs that the viewer may read.
	Logs []LogsLink
	// Pinned are the saved views that the navigation leads to.
	Pinned []LogsLink
	// MayHelp offers the look-up of one person.
	MayHelp bool
	// MayManagePeople offers the settings.
	MayManagePeople bool
	// MayDecide offers the queue of reported sign-ins; OpenReports is how many wait in it.
	MayDecide   bool
	OpenReports int
}

// LogsLink is an entry of the navigation that leads to the logs of a kind. Name is what Shell.Active has on their pages.
type LogsLink struct {
	Name, Label, Icon, Address string
	// IsOwn says that they are the portal's own records: they stand with what administrators do.
	IsOwn bool
}

// NavLink is the list's entry of the navigation, without an address.
func (l List) NavLink() LogsLink {
	look := l.look()
	link := LogsLink{Name: "logs " + look.Kind.Many, Label: firstText(look.Nav, Capital(look.Kind.Many)), Icon: firstText(look.Icon, "logs"), IsOwn: l.Info().Own}
	return link
}

// Progress is how far the loading of the demo tenant is.
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

// viewerTitle is who is signed in, in one line.
func viewerTitle(v Viewer) string {
	if len(v.Roles) == 0 {
		return v.Name
	}
	return v.Name + ": " + viewerRoles(v)
}

func viewerRoles(v Viewer) string { return strings.Join(v.Roles, ", ") }

// hasBar says that the page has the bar of the navigation.
func (s Shell) hasBar() bool { return s.Viewer != nil && s.Viewer.hasBar() }

// zoneChoice is one of the zones that the switch offers by name.
type zoneChoice struct {
	Value, Label string
	IsCurrent    bool
}

// zoneChoices are UTC, the browser's zone, and the one in use where it is neither.
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
