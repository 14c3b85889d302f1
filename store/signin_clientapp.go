package store

import "strings"

// ClientApp is one option of the filter Client app.
type ClientApp struct {
	Name        string // the canonical name
	Modern      bool   // of the modern authentication family; the others are legacy
	Description string
}

// otherClients is the option for every client without an option of its own.
const otherClients = "Other clients"

var clientApps = []ClientApp{
	{"Browser", true, "Sign-in attempts from people using a web browser."},
	{"Mobile Apps and Desktop clients", true, "Sign-in attempts from people using mobile apps and desktop clients."},
	{"Authenticated SMTP", false, "Used by POP and IMAP clients to send e-mail."},
	{"Autodiscover", false, "Used by Outlook and Exchange ActiveSync clients to find and connect to mailboxes in Exchange Online."},
	{"Exchange ActiveSync", false, "Sign-in attempts from client apps that use Exchange ActiveSync to connect to Exchange Online."},
	{"Exchange Online PowerShell", false, "Connects to Exchange Online with remote PowerShell."},
	{"Exchange Web Services", false, "A programming interface used by Outlook, Outlook for Mac and other apps."},
	{"IMAP4", false, "A legacy mail client that uses IMAP to retrieve e-mail."},
	{"MAPI over HTTP", false, "Used by Outlook 2010 and later."},
	{"Offline Address Book", false, "A copy of address list collections that Outlook downloads and uses."},
	{"Outlook Anywhere (RPC over HTTP)", false, "Used by Outlook 2016 and earlier."},
	{"Outlook Service", false, "Used by the Mail and Calendar app of Windows 10."},
	{"POP3", false, "A legacy mail client that uses POP3 to retrieve e-mail."},
	{"Reporting Web Services", false, "Retrieves report data in Exchange Online."},
	{otherClients, false, "Sign-in attempts where the client app is not listed or unknown."},
}

// clientFamilies are the client apps as the Entra portal offers them.
var clientFamilies = func() []Family {
	families := []Family{
		{Value: "modern", Label: "All modern authentication clients", Heading: "Modern authentication clients"},
		{Value: "legacy", Label: "All legacy authentication clients", Heading: "Legacy authentication clients"},
	}
	for _, app := range clientApps {
		family := &families[1]
		if app.Modern {
			family = &families[0]
		}
		family.Options = append(family.Options, Option{Value: app.Name, Note: app.Description})
	}
	return families
}()

// ClientApps gives the options of the filter Client app, the modern family first.
func ClientApps() []ClientApp { return clientApps }

// clientAppSpellings maps spellings of real data, in lower case, to the canonical name.
var clientAppSpellings = map[string]string{
	"mobile apps and desktop clients": "Mobile Apps and Desktop clients",
	"modern clients":                  "Mobile Apps and Desktop clients",
	"universal outlook":               "Outlook Service",
	"imap":                            "IMAP4",
	"pop":                             "POP3",
	"smtp":                            "Authenticated SMTP",
	"mapi":                            "MAPI over HTTP",
	"outlook anywhere":                "Outlook Anywhere (RPC over HTTP)",
}

// CanonicalClientApp gives the option of a spelling: "Other clients; IMAP" is IMAP4. An unknown suffix and an
// unknown spelling are Other clients; empty stays empty. Every client behind "Other clients;" is legacy, also
// where the suffix names a modern option.
func CanonicalClientApp(spelling string) string {
	s := strings.TrimSpace(spelling)
	if s == "" {
		return ""
	}
	suffix, other := otherClientsSuffix(s)
	if other {
		s = suffix
	}
	name, ok := clientAppSpellings[strings.ToLower(s)]
	if !ok {
		name = s
	}
	for _, app := range clientApps {
		if strings.EqualFold(app.Name, name) && !(other && app.Modern) {
			return app.Name
		}
	}
	return otherClients
}

// otherClientsSuffix gives the text behind "Other clients;"; ok is false for a spelling that does not begin so.
func otherClientsSuffix(spelling string) (suffix string, ok bool) {
	head, suffix, found := strings.Cut(spelling, ";")
	head = strings.TrimSpace(head)
	return strings.TrimSpace(suffix), found && (head == "" || strings.EqualFold(head, otherClients))
}

// matchClientApp tells whether a stored spelling belongs to the option or family.
func matchClientApp(spelling, want string) bool {
	name := CanonicalClientApp(spelling)
	if name == "" {
		return false
	}
	switch strings.ToLower(want) {
	case "modern", "legacy":
		for _, app := range clientApps {
			if app.Name == name {
				return app.Modern == strings.EqualFold(want, "modern")
			}
		}
		return false
	}
	return strings.EqualFold(name, want)
}

// A client app starts with a text or contains it if the record's spelling does, or if the option's name does.
// Pages show the latter.

func startsClientApp(spelling, want string) bool {
	return startsFold(spelling, want) || startsFold(CanonicalClientApp(spelling), want)
}

func hasClientApp(spelling, want string) bool {
	return containsFold(spelling, want) || containsFold(CanonicalClientApp(spelling), want)
}

// clientAppParts gives only the option: a record's spelling is no value of the filter.
func clientAppParts(spelling string) []string { return []string{CanonicalClientApp(spelling)} }
