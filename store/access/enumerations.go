package access

import (
	"slices"

	"signpost/auth"
	"signpost/store"
	"signpost/store/activity"
	"signpost/store/audit"
	"signpost/store/provisioning"
	"signpost/store/risk"
)

var actions = store.NewEnumeration("action", `
	open: Opened a record or page
	list: Read rows of a log
	search: Searched
	export: Exported
	reveal: Revealed hidden values
	import: Imported
	signin: Signed in
	signout: Signed out
	account: Changed an account
	roles: Changed roles
	settings: Changed settings
	view: Changed a saved view
	triage: Decided on a report or a risk
	helpdesk: Opened a person for the helpdesk
	forget: Removed old records`)

// roles are those of accounts, as auth names them.
var roles = store.EnumerationOf("role", auth.Roles(), auth.Role.Label)

// looked are the logs that somebody can look at, by the titles that their kinds declare.
var looked = store.EnumerationOf("log", logNames(), logTitle)

func otherLogs() []store.LogInfo {
	return slices.Concat(store.SignIns.Logs, audit.Kind.Logs, provisioning.Kind.Logs, activity.Kind.Logs, risk.Kind.Logs)
}

func logNames() []store.Log {
	names := []store.Log{Log}
	for _, info := range otherLogs() {
		names = append(names, info.Log)
	}
	return names
}

func logTitle(log store.Log) string {
	for _, info := range otherLogs() {
		if info.Log == log {
			return info.Title
		}
	}
	return title
}
