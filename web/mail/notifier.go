package mail

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
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

	atlas ask.Atlas
	// looked is the state of the imports at the last look.
	looked string
	forgot time.Time
}

// Sender sends one mail. The error of a failure that is final wraps ErrRefused.
type Sender interface {
	Send(ctx context.Context, m auth.Mail) error
}

// ErrRefused says that the mail server refuses the mail for good.
var ErrRefused = errors.New("the mail server refuses the mail")

const (
	// every is the pause between looks: imports may run in any process.
	every = 5 * time.Second
	// importPatience is how long an import that does not end delays a look. An import that was killed never ends.
	importPatience = time.Hour
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
		err := errors.Join(n.Look(ctx), n.Send(ctx))
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

// Look queues mails about the sign-ins that imports have brought since the last look.
func (n *Notifier) Look(ctx context.Context) error {
	state, settled, err := n.importState(ctx)
	if err != nil || !settled || state == n.looked {
		return err
	}
	readers, err := n.Mails.MailReaders(ctx)
	if err != nil {
		return err
	}
	complete := true
	for _, r := range readers {
		done, err := n.lookAt(ctx, r)
		if err != nil {
			return fmt.Errorf("look at the sign-ins of %s: %w", r.Account.Name, err)
		}
		complete = complete && done
	}
	if complete {
		n.looked = state
	}
	return nil
}

// importState gives a text that changes with each import. settled is false while an import runs: records that come late may
// make usual what looks new.
func (n *Notifier) importState(ctx context.Context) (state string, settled bool, err error) {
	page, err := n.Imports.PastImports(ctx, store.ImportsQuery{Limit: 1})
	if err != nil || len(page.Entries) == 0 {
		return "", false, err
	}
	e := page.Entries[0]
	settled = !e.Ended.IsZero() || n.Now().Sub(e.Started) > importPatience
	return fmt.Sprint(e.ID, e.Ended.UnixMicro(), e.Report.Read), settled, nil
}

// lookAt queues a mail about the news of one person. done is false while the store still reads sign-ins again.
func (n *Notifier) lookAt(ctx context.Context, r auth.MailReader) (done bool, err error) {
	person := store.Person{UserID: r.Account.PersonID()}
	if person.IsEmpty() {
		return true, nil
	}
	// The reader is that of the person's own page: it gives nothing else.
	own := store.Owned(store.Withheld(n.Store, store.ClassesOf(store.AllClasses()...).Without(store.TenantLogs)), person)
	reader := ask.Reader{Reader: own}
	question := ask.Own{Person: person, Account: r.Account.ID, Answers: n.Answers, Atlas: &n.atlas}
	since := store.Range{From: r.Switch.Since, To: n.Now().Add(time.Minute)}
	if !since.From.Before(since.To) {
		return true, nil
	}
	signIns, err := question.SignIns(ctx, reader, since)
	if err != nil || signIns.StillReading {
		return false, err
	}
	told, err := n.Mails.ToldFacts(ctx, r.Account.ID)
	if err != nil {
		return false, err
	}
	var facts []string
	found := signIns.Find(func(t *store.Trace, marks []store.Mark) bool {
		fresh := slices.DeleteFunc(factsOf(t, marks), func(fact string) bool { return told[fact] || slices.Contains(facts, fact) })
		facts = append(facts, fresh...)
		return len(fresh) > 0
	})
	if len(found) == 0 {
		return true, nil
	}
	list, err := signIns.Read(ctx, reader, found)
	if err != nil {
		return false, err
	}
	list = slices.DeleteFunc(list, func(s ask.OwnSignIn) bool { return s.Answer != nil || s.Covered })
	if len(list) == 0 {
		return true, nil
	}
	m := auth.Mail{AccountID: r.Account.ID, To: r.Account.Mail, Created: n.Now().UTC()}
	m.Subject, m.Body = views.NewSignInMail(list, zoneNamed(r.Switch.Zone), n.Portal)
	queued, err := n.Mails.QueueMail(ctx, m, facts)
	if queued {
		n.Log.InfoContext(ctx, "a mail about a new sign-in waits", "account", r.Account.Name, "facts", len(facts))
	}
	return true, err
}

// factsOf gives the facts that a successful sign-in is the first of, for its person.
func factsOf(t *store.Trace, marks []store.Mark) (facts []string) {
	if t.Status != store.StatusSuccess {
		return nil
	}
	for _, m := range marks {
		switch m.Kind {
		case store.MarkFirstCountry:
			facts = append(facts, "country "+store.FoldCase(m.Value))
		case store.MarkFirstDevice:
			facts = append(facts, "device "+store.FoldCase(cmp.Or(t.DeviceID, m.Value)))
		}
	}
	return facts
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
	problem := n.Sender.Send(sending, m)
	if problem == nil {
		return n.Mails.MailSent(ctx, m.ID)
	}
	if ctx.Err() != nil {
		return nil // the portal stops; the claim ends by itself
	}
	var next time.Time
	if m.Attempts <= len(pauses) && !errors.Is(problem, ErrRefused) {
		next = n.Now().Add(pauses[m.Attempts-1])
	}
	n.Log.WarnContext(ctx, "a mail could not be sent", "mail", m.ID, "account", m.Account, "attempt", m.Attempts, "last", next.IsZero(),
		"error", withoutAddresses(problem.Error(), m.To))
	text := []rune(strings.ToValidUTF8(problem.Error(), "?"))
	return n.Mails.MailFailed(ctx, m.ID, string(text[:min(len(text), 500)]), next)
}

var mailAddress = regexp.MustCompile(`[^\s<>()"',:;]+@[^\s<>()"',:;]+`)

// withoutAddresses takes mail addresses out of the words of a mail server, for the log. The page about mails has them.
func withoutAddresses(text, to string) string {
	const instead = "(an address)"
	return mailAddress.ReplaceAllString(strings.ReplaceAll(text, to, instead), instead)
}
