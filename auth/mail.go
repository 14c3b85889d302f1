package auth

import (
	"context"
	"net/mail"
	"strings"
	"time"
)

// MailSwitch says whether a person wants mails about new places and devices. The zero value is off.
type MailSwitch struct {
	// Since is the time at which it was turned on: earlier sign-ins send no mail.
	Since time.Time
	// Zone is the IANA name of the time zone of times in mails.
	Zone string
}

// IsOn says whether the person wants mails.
func (m MailSwitch) IsOn() bool { return !m.Since.IsZero() }

// String is the switch as a preference; empty for off.
func (m MailSwitch) String() string {
	if !m.IsOn() {
		return ""
	}
	return m.Since.UTC().Format(time.RFC3339Nano) + " " + m.Zone
}

// parseMailSwitch reads a switch. One that cannot be read is off.
func parseMailSwitch(text string) MailSwitch {
	since, zone, _ := strings.Cut(text, " ")
	at, err := time.Parse(time.RFC3339Nano, since)
	if err != nil {
		return MailSwitch{}
	}
	return MailSwitch{at, zone}
}

// checkMail returns a mail address without spaces around it, or Invalid. It may be empty.
func checkMail(typed string) (string, error) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return "", nil
	}
	a, err := mail.ParseAddress(typed)
	if err != nil || a.Address != typed || len(typed) > maxIdentityLength {
		return "", Invalid{"mail", "This is no mail address. Write it as name@example.com, or leave it empty."}
	}
	return typed, nil
}

// MailReader is an account with its mail switch on and with an address. It gets mails about new places and devices.
type MailReader struct {
	Account Account
	Switch  MailSwitch
}

// Mail is a mail that waits to be sent, or that could not be sent.
type Mail struct {
	ID            int64
	AccountID     int64
	Account, To   string
	Subject, Body string
	// Attachment is a file in the mail; nil for none. Key names a mail that no MailStore keeps.
	Attachment *Attachment
	Key        string
	Created    time.Time
	// Attempts counts the attempts to send it. Error is the reason why the last one failed.
	Attempts int
	Error    string
}

// Attachment is a file.
type Attachment struct {
	Name, Type string
	Content    []byte
}

// MailStore keeps mails until they are sent, and the facts that people were told. Several processes may use it at once.
type MailStore interface {
	// MailReaders gives the enabled accounts that want mails and have an address.
	MailReaders(ctx context.Context) ([]MailReader, error)
	// ToldFacts gives the facts that an account was told of.
	ToldFacts(ctx context.Context, accountID int64) (map[string]bool, error)
	// QueueMail stores a mail to be sent and the facts that it tells, in one transaction. It stores neither if one of the facts
	// was told before.
	QueueMail(ctx context.Context, m Mail, facts []string) (queued bool, err error)
	// TurnMailsOff turns off the mails of the account of m. If they were on and the account has an address, it queues m in the same
	// transaction. That mail goes out although mails are off.
	TurnMailsOff(ctx context.Context, m Mail) error
	// ClaimMail gives one mail that is due, with the account's present name and address, and counts the attempt. No other process
	// gets it before the time again. ok is false where none is due. It forgets the mails of an account that is disabled, has no
	// address or has mails turned off.
	ClaimMail(ctx context.Context, now, again time.Time) (m Mail, ok bool, err error)
	// MailSent forgets a mail that was sent.
	MailSent(ctx context.Context, id int64) error
	// MailFailed notes why a mail was not sent, and when it is tried again; the zero time for never.
	MailFailed(ctx context.Context, id int64, problem string, next time.Time) error
	// UnsentMails gives up to limit mails that failed, the newest first, and counts those that wait.
	UnsentMails(ctx context.Context, limit int) (failed []Mail, waiting int, err error)
	// ForgetMails removes the mails from before a time.
	ForgetMails(ctx context.Context, before time.Time) error
}
