package mail

import (
	"context"
	"errors"
	"log/slog"
	"regexp"
	"strings"
	"time"

	"signpost/auth"
	"signpost/store"
	"signpost/views"
	"signpost/web/ask"
)

// Notifier looks for news after imports, and sends the mails that wait.
type Notifier struct {
	Store   store.Store
	Imports store.ImportHistory
	Mails   auth.MailStore
	Answers ask.Answers
	Sender  Sender
	// Portal is the address of the portal, for the link of a mail.
	Portal string
	Now    func() time.Time
	Log    *slog.Logger

	atlas   ask.Atlas
	imports importWatch
	look    look
	// resume is the time of the next look, where the store still read sign-ins again at the last one.
	resume time.Time
	forgot time.Time
}

// Sender sends one mail. The error of a failure that is final wraps ErrRefused, or ErrUnknown where the mail may have arrived.
type Sender interface {
	Send(ctx context.Context, m auth.Mail) error
}

// ErrRefused says that the mail server refuses the mail for good.
var ErrRefused = errors.New("the mail server refuses the mail")

// ErrUnknown says that the mail server was given all of the mail and did not say whether it took it.
var ErrUnknown = errors.New("the mail server did not say whether it took the mail; it may have arrived, so it is not sent again")

const (
	// every is the pause between looks: imports may run in any process.
	every = 5 * time.Second
	// sendPatience bounds one attempt; a claim lasts longer.
	sendPatience = time.Minute
	claimLasts   = 3 * time.Minute
	// keepFor is how long mails that could not be sent are kept.
	keepFor = 30 * 24 * time.Hour
	// sendAtOnce is how many mails are sent between two looks.
	sendAtOnce = 20
)

// pauses are the pauses before the second attempt and each later one. After the last one the mail has failed.
var pauses = []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour, 12 * time.Hour}

// Run looks and sends until the context ends.
func (n *Notifier) Run(ctx context.Context) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for said := ""; ; {
		// Nothing else would catch a panic here, and the portal would end.
		err := errors.Join(store.Caught(func() error { return n.Look(ctx) })(), store.Caught(func() error { return n.Send(ctx) })())
		if now := errorText(err); now != said && ctx.Err() == nil { // a lasting error is logged once
			if said = now; err != nil {
				n.Log.WarnContext(ctx, "mails about new sign-ins", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// zoneNamed gives a zone by its name; UTC for an unknown name.
func zoneNamed(name string) views.Zone {
	location, err := time.LoadLocation(name)
	if err != nil || location == time.Local {
		return views.Zone{}
	}
	return views.ZoneOf(location)
}

// Send sends the mails that are due. It tries a mail again later that cannot be sent, and keeps it with the reason after the
// last attempt.
func (n *Notifier) Send(ctx context.Context) error {
	if now := n.Now(); now.Sub(n.forgot) > time.Hour {
		n.forgot = now
		if err := n.Mails.ForgetMails(ctx, now.Add(-keepFor)); err != nil {
			return err
		}
	}
	for range sendAtOnce {
		m, ok, err := n.Mails.ClaimMail(ctx, n.Now(), n.Now().Add(claimLasts))
		if err != nil || !ok {
			return err
		}
		if err := n.sendOne(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

func (n *Notifier) sendOne(ctx context.Context, m auth.Mail) error {
	sending, cancel := context.WithTimeout(ctx, sendPatience)
	defer cancel()
	problem := store.Caught(func() error { return n.Sender.Send(sending, m) })()
	if problem == nil {
		return n.Mails.MailSent(ctx, m.ID)
	}
	if ctx.Err() != nil {
		return nil // the portal stops; the claim ends by itself
	}
	var next time.Time
	if m.Attempts <= len(pauses) && !errors.Is(problem, ErrRefused) && !errors.Is(problem, ErrUnknown) {
		next = n.Now().Add(pauses[m.Attempts-1])
	}
	n.Log.WarnContext(ctx, "a mail could not be sent", "mail", m.ID, "account", m.Account, "attempt", m.Attempts, "last", next.IsZero(),
		"error", withoutAddresses(problem.Error(), m.To))
	text := []rune(strings.ToValidUTF8(store.ErrorWords(problem), "?"))
	return n.Mails.MailFailed(ctx, m.ID, string(text[:min(len(text), 500)]), next)
}

var mailAddress = regexp.MustCompile(`[^\s<>()"',:;]+@[^\s<>()"',:;]+`)

// withoutAddresses takes mail addresses out of the words of a mail server, for the log. The page about mails has them.
func withoutAddresses(text, to string) string {
	const instead = "(an address)"
	return mailAddress.ReplaceAllString(strings.ReplaceAll(text, to, instead), instead)
}
