package store

import "time"

// Log names one of the tenant's sign-in logs as it stands in an address (/logs/LOG). The set is open:
// code asks Logs() and the Log's own description instead of listing the four.
type Log string

// The logs of the sign-in pages. Federated and AD FS sign-ins are interactive sign-ins.
const (
	Interactive      Log = "interactive"
	NonInteractive   Log = "noninteractive"
	ServicePrincipal Log = "serviceprincipal"
	ManagedIdentity  Log = "managedidentity"
)

// LogInfo describes a log: its names and how its rows are grouped.
type LogInfo struct {
	Log Log
	// Number names the log in what an engine stores. A number never changes, and that of a log that was given up is never used
	// again: rows, look-ups and sums of existing data folders hold it. The order of the tabs has nothing to do with it.
	Number   int
	Title    string // the tab's text
	Short    string // where there is little room
	FileStem string // download names: FileStem_<from>_<to>.csv
	Category string // Azure Monitor's category
	Grouped  bool   // rows are groups inside a time aggregate window
	User     bool   // its sign-ins are made by or on behalf of a user
	// Actor tells who signed in, Target to what. One and Many are what an actor of the log is.
	Actor, Target *Field
	One, Many     string
	// GroupBy are the properties that make a group's key, by ID; a name stands in only where the ID is empty.
	GroupBy []*Property
	// Read is who may read the log at all: NoClass for all who read logs.
	Read Class
}

var logInfos = []LogInfo{
	{
		Log: Interactive, Number: 0, Title: "User sign-ins (interactive)", Short: "Interactive",
		FileStem: "InteractiveSignIns", Category: "SignInLogs", User: true,
		Actor: UserField, Target: AppField, One: "user", Many: "users",
	},
	{
		Log: NonInteractive, Number: 1, Title: "User sign-ins (non-interactive)", Short: "Non-interactive",
		FileStem: "NonInteractiveSignIns", Category: "NonInteractiveUserSignInLogs", User: true, Grouped: true,
		Actor: UserField, Target: AppField, One: "user", Many: "users",
		GroupBy: []*Property{AppID, UserID, IPAddress, ErrorCode, ResourceID},
	},
	{
		Log: ServicePrincipal, Number: 2, Title: "Service principal sign-ins", Short: "Service principal",
		FileStem: "ApplicationSignIns", Category: "ServicePrincipalSignInLogs", Grouped: true,
		Actor: ServicePrincipalField, Target: ResourceField, One: "service principal", Many: "service principals",
		GroupBy: []*Property{ServicePrincipalID, ErrorCode, IPAddress, ResourceID},
	},
	{
		Log: ManagedIdentity, Number: 3, Title: "Managed identity sign-ins", Short: "Managed identity",
		FileStem: "MSISignIns", Category: "ManagedIdentitySignInLogs", Grouped: true,
		Actor: ServicePrincipalField, Target: ResourceField, One: "managed identity", Many: "managed identities",
		GroupBy: []*Property{ServicePrincipalID, ErrorCode, ResourceID},
	},
}

// Logs gives every log in the order of the tabs.
func Logs() []LogInfo { return logInfos }

// Info describes the log; ok is false where there is no such log.
func (l Log) Info() (info LogInfo, ok bool) {
	for _, i := range logInfos {
		if i.Log == l {
			return i, true
		}
	}
	return LogInfo{}, false
}

// Window is a time aggregate: groups live inside windows of this length, aligned to UTC.
type Window time.Duration

// The windows the original offers; 24 hours is the default.
const (
	Window1h  = Window(time.Hour)
	Window6h  = Window(6 * time.Hour)
	Window24h = Window(24 * time.Hour)
)

// Windows gives the windows in the order of the control.
func Windows() []Window { return []Window{Window24h, Window6h, Window1h} }

// String is the window as the query parameter agg has it.
func (w Window) String() string {
	switch w {
	case Window1h:
		return "1h"
	case Window6h:
		return "6h"
	}
	return "24h"
}

// Label is the window in words.
func (w Window) Label() string {
	switch w {
	case Window1h:
		return "1 hour"
	case Window6h:
		return "6 hours"
	}
	return "24 hours"
}

// Around gives the window that holds t: from is inside, to is outside. The zero Window is 24 hours.
func (w Window) Around(t time.Time) (from, to time.Time) {
	if w == 0 {
		w = Window24h
	}
	from = t.UTC().Truncate(time.Duration(w)) // Truncate counts from year 1, a midnight in UTC
	return from, from.Add(time.Duration(w))
}
