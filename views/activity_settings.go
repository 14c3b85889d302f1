package views

// ActivitySettingsPath is the address of the settings about Microsoft 365 activity.
const ActivitySettingsPath = settingsPath + "/activity"

// ActivitySettingsPage is the settings about Microsoft 365 activity.
type ActivitySettingsPage struct {
	Shell Shell
	// GuardNames shows names of files, folders and mails to Global Administrators alone.
	GuardNames bool
	Done       string
}
