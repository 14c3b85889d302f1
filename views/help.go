package views

import (
	"slices"
	"strings"

	"signpost/store"
)

// HelpPath is the address of the help.
const HelpPath = "/help"

// HelpPage is the help: all of it, or the parts that a search finds.
type HelpPage struct {
	Shell Shell
	// Find is the search text; empty for all.
	Find string
	// Roles are the roles of accounts, with what each may do.
	Roles []HelpPoint
	// Activity says that the viewer may read Microsoft 365 activity: nobody else is told of it.
	Activity bool
	// Risk says the same of Identity Protection's records.
	Risk bool
	// Logs says that the viewer may read logs, and so the reports over them.
	Logs bool
	// Watches says that the viewer may have watches and schedules.
	Watches bool
}

// helpTopic is a part of the help under a heading.
type helpTopic struct {
	ID, Title string
	Texts     []string
	Points    []HelpPoint
	Steps     []helpStep
	Links     []Link
}

// HelpPoint is a term with its meaning.
type HelpPoint struct{ Term, Text string }

// topics are the parts that hold all words of the search.
func (p HelpPage) topics() []helpTopic {
	words := strings.Fields(store.FoldCase(p.Find))
	withheld := map[string]bool{
		activityHelp.ID: !p.Activity, riskHelp.ID: !p.Risk, riskyHelp.ID: !p.Risk, triageHelp.ID: !p.Risk, protectionHelpID: !p.Risk, insightsHelpID: !p.Logs, diagnosticHelp.ID: !p.Logs, flaggedHelp.ID: !p.Logs, helpWatchesID: !p.Watches,
	}
	return slices.DeleteFunc(helpTopics(p.Roles), func(t helpTopic) bool {
		if withheld[t.ID] {
			return true
		}
		text := store.FoldCase(t.text())
		return slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(text, word) })
	})
}

// text is the whole text of the topic.
func (t helpTopic) text() string {
	parts := append([]string{t.Title}, t.Texts...)
	for _, point := range t.Points {
		parts = append(parts, point.Term, point.Text)
	}
	for _, step := range t.Steps {
		parts = append(parts, step.Text, step.Command)
	}
	return strings.Join(parts, "\n")
}

func helpTopics(roles []HelpPoint) []helpTopic {
	return []helpTopic{
		{
			ID: "interactive", Title: "User sign-ins (interactive)",
			Texts: []string{
				"Somebody gave a factor: a password, an answer to a prompt, a fingerprint, a code. Sign-ins through a federated identity provider are here too. A small log.",
				"A sign-in with multifactor authentication is several events: code asked for, code wrong, no answer in time, approved. The list shows one line for them, with the newest state. “Every event” shows each, as Azure Monitor does. All have the same correlation ID.",
			},
			Points: []HelpPoint{
				{"Examples", "A password typed on the sign-in page; a text message code; Windows Hello unlocking a PC; a SAML assertion of AD FS."},
			},
		},
		{
			ID: "noninteractive", Title: "User sign-ins (non-interactive)",
			Texts: []string{
				"A client or the system signs in for a user, with a token or a code that it already has. The user notices nothing. A large log.",
				"Sign-ins that are the same but for their time are one row; # sign-ins says how many. Time aggregate sets whether a row covers 1, 6 or 24 hours. The arrow shows each of them. Rows are formed by application, user, IP address, status and resource ID.",
				"The IP address is the one that the first token was issued to, not where the refresh came from.",
			},
			Points: []HelpPoint{
				{"Examples", "A refresh token that becomes an access token; single sign-on from a joined PC; a second Office app on a phone."},
			},
		},
		{
			ID: "serviceprincipal", Title: "Service principal sign-ins",
			Texts: []string{
				"An application signs in by itself, with a secret or a certificate. No user is part of it. A large log. Rows are formed by service principal, status, IP address and resource.",
			},
			Points: []HelpPoint{
				{"Examples", "A nightly job with a client secret; a connector with a certificate that reads Microsoft Graph."},
				{"Secret ran out", "Error 7000222. The audit log says who added the secret and until when it was good: the sign-in's Related tab leads there."},
			},
		},
		{
			ID: "managedidentity", Title: "Managed identity sign-ins",
			Texts: []string{
				"An Azure resource signs in with a secret that Azure keeps for it. A small log. Rows are formed by managed identity, status and resource. These sign-ins have no IP address and no location.",
			},
			Points: []HelpPoint{{"Examples", "A virtual machine that gets a token for a key vault."}},
		},
		{
			ID: "audit", Title: "Audit log",
			Texts: []string{
				"Changes to the tenant: users, groups, applications, roles, policies. Each record says who did what to which targets, and what the values were before and after.",
				"Values of credentials are hidden until an administrator asks for one. That is written down in the access log.",
			},
		},
		provisioningHelp,
		activityHelp,
		riskHelp,
		riskyHelp,
		protectionHelp(),
		triageHelp,
		{
			ID: "details", Title: "The details of a record",
			Texts: []string{
				"A click on a row opens its details. The summary says what happened, which step failed, and which policy blocked it. Only readers of Conditional Access data see the policy.",
				"It compares a sign-in with the last success of the same user to the same application within 30 days. It also counts who else had the same error in that hour.",
				"The details follow the row under the keys j and k. Keys [ and ] lead to the rows before and after it. Back or Escape closes them.",
			},
			Points: []HelpPoint{
				{"Compare two rows", "Press Compare in the details, or c on a row, and choose another row. What differs comes first; all fields unfold."},
				{"Copy an ID", "Basic info has a menu of all IDs. Copy for support, in the head, has what a ticket needs."},
			},
		},
		diagnosticHelp,
		flaggedHelp,
		{
			ID: "statuses", Title: "Success, interrupted, failure",
			Points: []HelpPoint{
				{"Success", "A token was issued."},
				{"Interrupted", "The sign-in stopped for something the user had to do, such as a second factor or a consent. Often a success follows."},
				{"Failure", "It was refused. The error code says why: each code has a page with what to check."},
			},
			Links: []Link{{"Error codes", errorsPath}},
		},
		{
			ID: "marks", Title: "Marks in lists",
			Points: []HelpPoint{
				{"cut", "The range covers only a part of this group. Only sign-ins in the range are counted."},
				{"3 events", "One sign-in with multifactor authentication; the arrow shows its events."},
				{"not interactive", thenNote},
				{"Microsoft", microsoftNote},
				{"ingestion", "The record has no time of its own. The time is when it was taken in."},
				{"* at a tab's number", "The other log has no such field, so that the filter does not narrow it."},
				{"so far", "Older records are being read again after an update. Numbers can still grow."},
				{"-", "The record says nothing here."},
			},
		},
		{
			ID: "dates", Title: "Dates",
			Texts: []string{
				"Times are in the zone that stands in the header. Choose another there: UTC, your browser's, or any.",
				"A range that moves with the clock, such as Last 24 hours or Today, stays that in a saved view and in a link.",
				"Up to five of your own saved views can be pinned. The navigation leads to them.",
			},
			Points: []HelpPoint{
				{"2026-11-12 02:00/03:30", "Between two times. A day at an end counts as a whole."},
				{"2026-11-12, yesterday", "That day, in your zone."},
				{"around 14:05", "Half an hour before and after."},
				{"last 3 hours", "Also m, d and weeks."},
			},
		},
		{
			ID: "filters", Title: "Filters",
			Texts: []string{
				"A record matches if it has one of several values of a field. Different fields must all match. The address of the page holds the filter: send the link, and others see the same, as far as their roles allow.",
				"The menu of a value in a row filters by it or leaves it out. Drag over the chart to narrow the range.",
			},
			Points: []HelpPoint{
				{"is not, starts with, contains, is empty", "Choose it next to the field in Add filter."},
				{"IP address", "A whole address, a prefix that ends in . or :, or a network such as 192.0.2.0/24."},
				{"not used here", "The log has no such field. The condition comes back on a log that has it."},
			},
		},
		{
			ID: "exports", Title: "Get logs out of a tenant",
			Texts: []string{"Three ways lead to files that Signpost reads. All can be used together: a record that comes twice is kept once."},
			Steps: []helpStep{
				{"By hand, for the days that the portal keeps: in the Entra admin center open Monitoring & health, then Sign-in logs or Audit logs. Choose Download, then JSON: Signpost cannot read the CSV files of these logs yet. A download ends at 100,000 rows, so take shorter ranges.", ""},
				{"All the time: in Monitoring & health open Diagnostic settings. Add a setting, tick SignInLogs, NonInteractiveUserSignInLogs, ServicePrincipalSignInLogs, ManagedIdentitySignInLogs, AuditLogs and ProvisioningLogs, and send them to a storage account. Copy its folders and import them.", "signpost import insights-logs-signinlogs/ --data data"},
				{"By a script: Microsoft Graph gives /auditLogs/signIns, /auditLogs/directoryAudits and /auditLogs/provisioning page by page. Keep each answer as a file and import the files.", "signpost import graph-answers/ --data data"},
			},
		},
		{
			ID: "import", Title: "Import",
			Texts: []string{
				"Files and folders, plain, .gz or .zip, in any mix. The records find their log by themselves. What was imported before changes nothing. What cannot be read is named with its file and line; the rest goes in.",
			},
		},
		{
			ID: "complete", Title: "How complete the data is",
			Texts: []string{
				"Signpost knows what was imported, nothing else. The portal keeps sign-ins for 7 days without a premium licence and for 30 days with one; what was never exported is gone.",
				"Right after a sign-in a record can be incomplete. A later copy of it corrects that: import it too, and History shows what changed.",
			},
		},
		insightsHelp(),
		watchesHelp(),
		{ID: "roles", Title: "Roles", Points: roles},
		{
			ID: "me", Title: "My sign-ins",
			Texts: []string{
				"The page begins with sign-ins of yours that are unusual. Say \"It wasn't me\" or \"It was me\": one click, and an optional word. An administrator decides about a report, and you see what became of it.",
				"Background refreshes are applications that renewed their access without you. They stand in one line for each device and day; open the line to see them.",
				"Times are in the zone that you chose, else in that of your browser. Who looked at your sign-ins, when and why is there too, unless the administrator switched that off.",
				"Under Your account you can turn on mails about a first country or device, if the portal has a mail server and your account an address.",
			},
		},
		{
			ID: "access", Title: "Access log",
			Texts: []string{
				"Who opened, searched, downloaded or changed what in this portal, from where, for how many rows and for what reason. It is written before the answer: where it cannot be written, the data of others is not shown. Nobody can edit it: each record holds the hash of the one before.",
			},
			Steps: []helpStep{{"Check that nothing was changed, taken out or cut off.", "signpost check --data data"}},
		},
		{
			ID: "backup", Title: "Backup, and moving to another machine",
			Texts: []string{"A backup is one file with everything. It can be made while Signpost runs."},
			Links: []Link{{"All steps", backupHelpPath}},
		},
		{
			ID: "keys", Title: "Keyboard",
			Texts: []string{"j and k go through the rows, Enter opens one, Escape closes it, / leads to the search, ? shows all keys."},
			Links: []Link{{"All shortcuts", "/help/keys"}},
		},
	}
}
