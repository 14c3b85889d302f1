package auth

import "context"

// Settings are the choices of administrators for the whole portal. The zero value is the default.
type Settings struct {
	// AskReason asks for a reason, with the number of a ticket, before a person's page is opened or rows are downloaded.
	AskReason bool
	// HideLooks hides from people the page that shows who looked at their data.
	HideLooks bool
	// GuardNames shows names of files, folders and mails in Microsoft 365 activity to Global Administrators alone.
	GuardNames bool
	// WebhookHosts are the hosts that webhooks may go to, as WebhookHosts gives them.
	WebhookHosts []string
	// Emergency are the emergency accounts. The portal tells administrators about their sign-ins.
	Emergency []EmergencyAccount
	// Sensitive are the IDs of the applications that are marked sensitive; nil for those of the preset.
	Sensitive []string
	// Moves say to which application a relying party of AD FS moves: application IDs by the IDs of parties in lower case.
	Moves map[string]string
}

// EmergencyAccount is a user of the tenant who signs in in emergencies only.
type EmergencyAccount struct {
	ID   string // the user ID
	Name string // as it was when the account was picked
}

// MaxEmergency bounds the emergency accounts.
const MaxEmergency = 20

// SettingsStore keeps the settings of the portal.
type SettingsStore interface {
	Settings(ctx context.Context) (Settings, error)
	SetSettings(ctx context.Context, s Settings) error
}
