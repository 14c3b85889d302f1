package views

import "net/url"

// AccessSettingsPath is the address of the settings about the access log.
const AccessSettingsPath = settingsPath + "/access"

// AccessSettingsPage is the settings about the access log.
type AccessSettingsPage struct {
	Shell Shell
	// AskReason asks for a reason first, TellLooks tells people who looked.
	AskReason, TellLooks bool
	Done                 string
}

// The parameters that say why data of others is asked for.
const (
	WhyParam       = "why"
	WhyTicketParam = "whyticket"
)

// ReasonPage asks why somebody opens a person's page, or downloads rows. Params are those of the address that asks.
type ReasonPage struct {
	Shell  Shell
	Path   string
	Params url.Values
	Ticket string
	// Told says that people can see who looked at their records, and why.
	Told bool
}

// readers says who else reads the reason.
func (p ReasonPage) readers() string {
	if p.Told {
		return ", and they can read it under My sign-ins"
	}
	return ""
}

func (p ReasonPage) inputs() []hiddenInput { return inputsOf(p.Params) }
