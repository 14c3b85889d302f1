package store

import "testing"

func TestCanonicalClientApp(t *testing.T) {
	for _, tt := range []struct{ spelling, want string }{
		{"", ""},
		{"  ", ""},
		{"Browser", "Browser"},
		{"browser", "Browser"},
		{" Browser ", "Browser"},
		{"Mobile Apps and Desktop clients", "Mobile Apps and Desktop clients"},
		{"Mobile Apps and Desktop Clients", "Mobile Apps and Desktop clients"},
		{"Modern clients", "Mobile Apps and Desktop clients"},
		{"Authenticated SMTP", "Authenticated SMTP"},
		{"SMTP", "Authenticated SMTP"},
		{"AutoDiscover", "Autodiscover"},
		{"Autodiscover", "Autodiscover"},
		{"Exchange ActiveSync", "Exchange ActiveSync"},
		{"Exchange Online PowerShell", "Exchange Online PowerShell"},
		{"Exchange Web Services", "Exchange Web Services"},
		{"IMAP4", "IMAP4"},
		{"IMAP", "IMAP4"},
		{"MAPI Over HTTP", "MAPI over HTTP"},
		{"MAPI", "MAPI over HTTP"},
		{"Offline Address Book", "Offline Address Book"},
		{"Outlook Anywhere (RPC over HTTP)", "Outlook Anywhere (RPC over HTTP)"},
		{"Outlook Anywhere", "Outlook Anywhere (RPC over HTTP)"},
		{"Outlook Service", "Outlook Service"},
		{"Universal Outlook", "Outlook Service"},
		{"POP3", "POP3"},
		{"POP", "POP3"},
		{"Reporting Web Services", "Reporting Web Services"},
		{"Other clients", "Other clients"},
		{"Other clients; IMAP", "IMAP4"},
		{"Other Clients; IMAP4", "IMAP4"},
		{"other clients;imap", "IMAP4"},
		{"Other clients; POP", "POP3"},
		{"Other clients; SMTP", "Authenticated SMTP"},
		{"Other clients; MAPI", "MAPI over HTTP"},
		{"; POP", "POP3"},
		{"; SMTP", "Authenticated SMTP"},
		{"Other clients; Older Office clients", "Other clients"},
		{"Other clients;", "Other clients"},
		{"Other clients; Browser", "Other clients"},
		{"Other clients; Modern clients", "Other clients"},
		{"Browser; IMAP", "Other clients"},
		{"Telegraph", "Other clients"},
	} {
		if got := CanonicalClientApp(tt.spelling); got != tt.want {
			t.Errorf("CanonicalClientApp(%q) = %q, want %q", tt.spelling, got, tt.want)
		}
	}
}

func TestClientAppFamilies(t *testing.T) {
	modern := 0
	for _, app := range ClientApps() {
		if app.Description == "" {
			t.Errorf("%s has no description", app.Name)
		}
		if got := CanonicalClientApp(app.Name); got != app.Name {
			t.Errorf("CanonicalClientApp(%q) = %q, want itself", app.Name, got)
		}
		if got := matchClientApp(app.Name, "modern"); got != app.Modern {
			t.Errorf("%s is modern: %v, want %v", app.Name, got, app.Modern)
		}
		if got := matchClientApp(app.Name, "legacy"); got == app.Modern {
			t.Errorf("%s is legacy: %v, want %v", app.Name, got, !app.Modern)
		}
		if app.Modern {
			modern++
		}
	}
	if legacy := len(ClientApps()) - modern; modern != 2 || legacy != 13 {
		t.Errorf("%d modern and %d legacy options, want 2 and 13", modern, legacy)
	}
}

func TestMatchClientApp(t *testing.T) {
	for _, tt := range []struct {
		spelling, want string
		match          bool
	}{
		{"Other clients; IMAP", "IMAP4", true},
		{"Other clients; IMAP", "legacy", true},
		{"Other clients; IMAP", "modern", false},
		{"Other clients; IMAP", "Other clients", false},
		{"Other clients; Older Office clients", "Other clients", true},
		{"Modern clients", "modern", true},
		{"Browser", "Mobile Apps and Desktop clients", false},
		{"", "legacy", false},
		{"", "modern", false},
		{"", "Other clients", false},
	} {
		if got := matchClientApp(tt.spelling, tt.want); got != tt.match {
			t.Errorf("matchClientApp(%q, %q) = %v, want %v", tt.spelling, tt.want, got, tt.match)
		}
	}
}
