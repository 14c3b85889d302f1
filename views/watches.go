package views

import (
	"net/url"
	"strconv"
	"strings"
	"time"
)

// WatchesPath is the page with the watches, schedules and notices of a person. AlertSettingsPath is that of the administrators.
const (
	WatchesPath       = settingsPath + "/watches"
	NewWatchPath      = WatchesPath + "/new"
	AlertSettingsPath = settingsPath + "/alerts"
)

// The kinds of forms for a new subscription, as the parameter `kind` has them.
const (
	WatchForm    = "watch"
	ScheduleForm = "schedule"
)

// WatchURL is the page of one watch or schedule.
func WatchURL(id int64) string { return WatchesPath + "/" + strconv.FormatInt(id, 10) }

// newWatchURL leads to the form for a watch or a schedule of an address.
func newWatchURL(kind, address, name string) string {
	params := url.Values{"kind": {kind}, "address": {address}}
	if name != "" {
		params.Set("name", name)
	}
	return NewWatchPath + "?" + params.Encode()
}

// WatchesPage is the list of watches and schedules, with the notices of the viewer.
type WatchesPage struct {
	Shell   Shell
	Done    string
	Now     time.Time
	Notices []Notice
	Unseen  int
	Watches []WatchRow
	// MayHandleAll says that the list has everybody's.
	MayHandleAll bool
	// EmergencyOn says that emergency accounts are picked.
	EmergencyOn bool
}

// newest is the ID of the newest notice.
func (p WatchesPage) newest() string {
	if len(p.Notices) == 0 {
		return "0"
	}
	return strconv.FormatInt(p.Notices[0].ID, 10)
}

// Notice is something that a watch told on the page.
type Notice struct {
	ID   int64
	Name string
	At   time.Time
	// Text says what there was; Address shows it, and is empty where the viewer may not see it any more. Note says what the viewer
	// must know of the number.
	Text, Address, Note string
	// Also are the other lists that the watch counted.
	Also []Link
	Seen bool
}

// WatchRow is a watch or a schedule.
type WatchRow struct {
	ID                     int64
	Name, Kind, Owner      string
	Address                string // of what it counts or sends; empty where the viewer may not see it
	What                   string // the same in words
	When, To, State, Badge string
	Problem                string
	Next, Last             time.Time
	IsPaused, Own          bool
	MayChange              bool
}

// WatchPage is one watch or schedule, with what it sent.
type WatchPage struct {
	Shell Shell
	Done  string
	Now   time.Time
	Row   WatchRow
	// Unreached are sentences about recipients who get nothing as things are now.
	Unreached  []string
	Deliveries []DeliveryRow
}

// DeliveryRow is a message to one recipient.
type DeliveryRow struct {
	At                     time.Time
	To, By, State, Problem string
	Note                   string // about the number or the file
	Attempts               int
	Next                   time.Time
}

// NewWatchPage is the form for a watch or a schedule.
type NewWatchPage struct {
	Shell Shell
	Kind  string
	// Address is what is watched or sent, and AddressText says so.
	Address, AddressText string
	Form                 WatchFields
	// Problem is about the field Field; empty where the form is new.
	Field, Problem string
	// MayLeave offers further addresses, webhooks and the folder.
	MayLeave, HasMail, HasWebhooks, HasFolder bool
	Hosts                                     []string
	// Formats are the formats of files that a schedule can send of the address.
	Formats []string
}

// WatchFields are the fields of the form as they are typed.
type WatchFields struct {
	Name, Zone                        string
	Every, Hour, Weekday, Day, Format string
	AnyNew                            bool
	More, Minutes                     string
	Recipients, Addresses, Webhook    string
	ByMail, OnPage, InFolder          bool
}

func (p NewWatchPage) isSchedule() bool { return p.Kind == ScheduleForm }

// formatLabels name the formats of files.
var formatLabels = map[string]string{"csv": "CSV", "xlsx": "Excel", "json": "JSON", "html": "Page for reading and printing (HTML)"}

// Title says what the form makes.
func (p NewWatchPage) Title() string {
	switch {
	case p.isSchedule() && strings.HasPrefix(p.Address, InsightsPath):
		return "Send this report"
	case p.isSchedule():
		return "Send this view"
	}
	return "Watch this view"
}

// problemOf is the problem of a field.
func (p NewWatchPage) problemOf(field string) string {
	if p.Field == field {
		return p.Problem
	}
	return ""
}

// otherProblem is a problem of no field of the form.
func (p NewWatchPage) otherProblem() string {
	switch p.Field {
	case "name", "recipients", "addresses", "webhook", "more", "minutes", "hour", "day", "zone", "channel":
		return ""
	}
	return p.Problem
}

func weekdays() (days []Link) {
	for i := range 7 {
		day := time.Weekday((i + 1) % 7)
		days = append(days, Link{day.String(), strconv.Itoa(int(day))})
	}
	return days
}

func hours() (list []string) {
	for h := range 24 {
		list = append(list, strconv.Itoa(h))
	}
	return list
}

// AlertSettingsPage is the settings about emergency accounts and webhooks.
type AlertSettingsPage struct {
	Shell          Shell
	Done           string
	Field, Problem string
	Emergency      []Link // name and ID
	// Find is what was looked for, and Found are the users with it.
	Find  string
	Found []Link
	// FoundMore says that there are others than Found.
	FoundMore bool
	Hosts     string
	// HasWebhooks says that the portal has a secret to sign with; Folder says that it has a folder for files.
	HasWebhooks, HasFolder, HasMail bool
}

func (r WatchRow) pauseLabel() string {
	if r.IsPaused {
		return "Start again"
	}
	return "Pause"
}

func (r WatchRow) pauseDo() string {
	if r.IsPaused {
		return "resume"
	}
	return "pause"
}

// watchAddress is the address of the list in its present state, as a watch or schedule keeps it.
func (p LogPage) watchAddress() string {
	if query := ViewQuery(p.List, p.Query); query != "" {
		return p.List.Path() + "?" + query
	}
	return p.List.Path()
}

// watchName is the name of the view that the list is at.
func (p LogPage) watchName() string {
	if v := p.currentView(); v != nil {
		return v.Name
	}
	return ""
}

func (p WatchPage) facts() []Fact {
	r := p.Row
	facts := []Fact{
		{Label: "What", Value: OrEmpty(r.What)}, {Label: "Owner", Value: r.Owner}, {Label: "When", Value: r.When}, {Label: "To", Value: r.To}, {Label: "State", Value: r.Badge},
	}
	if !r.Next.IsZero() {
		facts = append(facts, Fact{Label: "Next", Value: p.Shell.Zone.Time(r.Next)})
	}
	if r.Problem != "" {
		facts = append(facts, Fact{Label: "Last problem", Value: r.Problem})
	}
	return facts
}
