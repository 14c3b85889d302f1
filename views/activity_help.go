package views

// activityHelp is the part of the help about the log, for those who may read it.
var activityHelp = helpTopic{
	ID: "activity", Title: "Microsoft 365 activity",
	Texts: []string{
		"What people and programs did to mail, files, teams and settings, as the unified audit log tells it, and the requests to Microsoft Graph.",
		"The result follows from the operation and its error. What a record states as its result stands beside it: of a sign-in it says no more than that the question was answered.",
		"A sign-in's part \"What happened next\" lists the activity after it, from its start: by its token, else by its session, else by its user and IP address within 24 hours. A record of activity leads back to its sign-in.",
		"The page of a user leads to a timeline over all logs.",
	},
	Points: []HelpPoint{
		{"After an account was taken over", "Open the saved views: inbox rules that forward or delete, mailbox forwarding, consent, role changes, anonymous links. Two views count files by user and mail by application: the legend of the chart names the most."},
		{"Names of files and mails", "The filter Item, file or folder finds a part of a name or of an address. A Global Administrator can keep these names to Global Administrators, under Settings."},
		{"Get the log", "Search the audit log in the Purview portal and export the result, or run Search-UnifiedAuditLog. Requests to Microsoft Graph come by the diagnostic setting MicrosoftGraphActivityLogs."},
	},
}
