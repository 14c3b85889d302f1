package views

import (
	"strconv"
	"time"
)

// MailSettingsPath is the administrators' page about mails.
const MailSettingsPath = settingsPath + "/mail"

// OwnMailPath takes the switch of mails; OwnMailURL is the page with it.
const (
	OwnMailPath = ownAccountPath + "/mail"
	OwnMailURL  = ownAccountPath + "#mail"
)

// MailServer describes the mail server for administrators, without its password.
type MailServer struct {
	Host     string
	Port     int
	Security string
	User     string
	From     string
	// Portal is the address of the portal in mails.
	Portal string
}

// MailSettingsPage is the page about mails. Server is nil where none is set.
type MailSettingsPage struct {
	Shell   Shell
	Server  *MailServer
	Failed  []FailedMail
	Waiting int
	Now     time.Time
}

// FailedMail is a mail that could not be sent so far.
type FailedMail struct {
	AccountID            int64
	Account, To, Subject string
	Created              time.Time
	Attempts             int
	Problem              string
}

func (p MailSettingsPage) facts() []Fact {
	s := p.Server
	return []Fact{
		{Label: "Mail server", Value: s.Host + ", port " + strconv.Itoa(s.Port)},
		{Label: "Protection", Value: map[string]string{"starttls": "STARTTLS, always", "tls": "TLS from the start", "none": "None: mails cross the network unprotected"}[s.Security]},
		{Label: "Signs in as", Value: firstText(s.User, "Nobody: the server asks for no password")},
		{Label: "Mails come from", Value: s.From},
		{Label: "Link in mails", Value: s.Portal + mePath},
		{Label: "Mails that wait", Value: Number(int64(p.Waiting))},
	}
}

// mailRule says when the portal sends a mail.
const mailRule = "You get a mail when an import brings a successful sign-in of yours from a country or device that is new: none of your sign-ins in the 90 days before used it. " +
	"You get one mail for each new country or device. Sign-ins from before you turn this on send no mail. Signpost first needs 20 of your sign-ins over 5 days to know what is usual for you. " +
	"When somebody turns these mails off, you get one last mail that says so."

// OwnMail is the switch of mails on one's own account.
type OwnMail struct {
	// Address is the address for mails; empty if administrators have set none. Sends says that the portal has a mail
	// server.
	Address string
	Sends   bool
	Since   time.Time // the time at which it was turned on; zero for off
	Zone    string    // the zone of times in mails
}
