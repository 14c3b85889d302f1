package auth

import "context"

// Settings are what administrators set for the whole portal. The zero value is what is so without a choice.
type Settings struct {
	// AskReason asks for a reason, with the number of a ticket, before a person's page is opened or rows are downloaded.
	AskReason bool
	// HideLooks takes the page of who looked away from people.
	HideLooks bool
}

// SettingsStore keeps the settings of the portal.
type SettingsStore interface {
	Settings(ctx context.Context) (Settings, error)
	SetSettings(ctx context.Context, s Settings) error
}
