package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	netmail "net/mail"
	"net/url"
	"strings"
	"time"

	"signpost/store/datafolder"
	"signpost/store/portal"
	"signpost/views"
	"signpost/web/mail"
)

// MailFlags say how serve sends mails. Without --smtp-host it sends none.
type MailFlags struct {
	SMTPHost     string `name:"smtp-host" help:"Mail server for mails to people about their own sign-ins; without it none are sent." placeholder:"HOST"`
	SMTPPort     int    `name:"smtp-port" help:"Port of the mail server; 587, or 465 with --smtp-security tls." placeholder:"PORT"`
	SMTPSecurity string `name:"smtp-security" help:"starttls (the connection must become an encrypted one), tls (encrypted from the start) or none." default:"starttls" placeholder:"HOW"`
	SMTPUser     string `name:"smtp-user" help:"Name to sign in with at the mail server, if it asks for one." placeholder:"NAME"`
	SMTPPassword string `name:"smtp-password" help:"Where the password is: @FILE, or env:NAME for an environment variable. The password itself is refused here: everybody on the machine could read it." placeholder:"@FILE|env:NAME"`
	MailFrom     string `name:"mail-from" help:"Address that mails come from." placeholder:"ADDRESS"`
	PublicURL    string `name:"public-url" help:"Address of this portal for people, such as https://signpost.example: mails have a link to it." placeholder:"URL"`
}

// check finds mistakes in the flags.
func (f MailFlags) check() error {
	if f.SMTPHost == "" {
		if f.SMTPUser != "" || f.SMTPPassword != "" || f.MailFrom != "" {
			return usageError{errors.New("--smtp-user, --smtp-password and --mail-from need --smtp-host")}
		}
		return nil
	}
	_, err := netmail.ParseAddress(f.MailFrom)
	address, urlErr := url.Parse(f.PublicURL)
	switch {
	case err != nil:
		return usageError{errors.New("--mail-from takes a mail address, such as signpost@example.com")}
	case urlErr != nil || address.Host == "" || address.Scheme != "https" && address.Scheme != "http" || address.RawQuery != "" || address.Fragment != "":
		return usageError{errors.New("--public-url takes the address of the portal, such as https://signpost.example")}
	case f.SMTPSecurity != string(mail.STARTTLS) && f.SMTPSecurity != string(mail.TLS) && f.SMTPSecurity != string(mail.None):
		return usageError{errors.New("--smtp-security takes starttls, tls or none")}
	case f.SMTPPort < 0 || f.SMTPPort > 65535:
		return usageError{errors.New("--smtp-port takes a port, such as 587")}
	case (f.SMTPUser == "") != (f.SMTPPassword == ""):
		return usageError{errors.New("--smtp-user and --smtp-password go together")}
	case f.SMTPPassword != "" && !strings.HasPrefix(f.SMTPPassword, "@") && !strings.HasPrefix(f.SMTPPassword, "env:"):
		return usageError{errors.New("--smtp-password takes @FILE or env:NAME, not the password itself")}
	}
	return nil
}

// sender gives the mail server; ok is false where there is none.
func (f MailFlags) sender() (s mail.SMTP, ok bool, err error) {
	if f.SMTPHost == "" {
		return s, false, nil
	}
	s = mail.SMTP{Host: f.SMTPHost, Port: f.SMTPPort, Security: mail.Security(f.SMTPSecurity), User: f.SMTPUser, From: f.MailFrom}
	if s.Port == 0 {
		s.Port = map[mail.Security]int{mail.STARTTLS: 587, mail.TLS: 465, mail.None: 25}[s.Security]
	}
	if s.Password, err = secretFrom(f.SMTPPassword); err != nil {
		return s, false, fmt.Errorf("read the password of the mail server: %w", err)
	}
	if f.SMTPPassword != "" && s.Password == "" {
		return s, false, errors.New("the password of the mail server is empty: see --smtp-password")
	}
	return s, true, nil
}

// server is the mail server as the portal shows it.
func (f MailFlags) server(s mail.SMTP) *views.MailServer {
	return &views.MailServer{Host: s.Host, Port: s.Port, Security: string(s.Security), User: s.User, From: s.From, Portal: strings.TrimSuffix(f.PublicURL, "/")}
}

// sendMails mails people about new sign-ins until its caller calls the returned function.
func (f MailFlags) sendMails(ctx context.Context, s mail.SMTP, db *datafolder.Folder, people *portal.DB, log *slog.Logger) (stop func()) {
	n := &mail.Notifier{Store: db, Imports: db, Mails: people, Answers: people, Sender: s, Portal: f.PublicURL, Now: time.Now, Log: log}
	return inBackground(ctx, n.Run)
}
