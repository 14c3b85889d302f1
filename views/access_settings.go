package views

import "net/url"

// AccessSettingsPath is the address of the settings about the access log.
const AccessSettingsPath = settingsPath + "/access"

// AccessSettingsPage is the settings about the access log.
type AccessSettingsPage struct {
	Shell Shell
	// AskReason asks for a reason first. TellLooks shows people who looked at their data.
	AskReason, TellLooks bool
	Done                 string
}

// These parameters carry the reason for reading data of others.
const (
	WhyParam       = "why"
	WhyTicketParam = "whyticket"
)

// ReasonPage asks for the reason to open a person's page, or to download rows. Params are the parameters of the
// address to open.
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
