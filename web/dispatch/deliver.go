package dispatch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"signpost/auth"
	"signpost/store"
)

// deliver makes what a delivery tells, with the rights of now, and hands it over.
func (d *Dispatcher) deliver(ctx context.Context, one *auth.Delivery) error {
	sub, err := d.Subscriptions.Subscription(ctx, one.Subscription)
	if errors.Is(err, auth.ErrNoSubscription) {
		return refusal("The schedule or watch was deleted.")
	}
	if err != nil {
		return err
	}
	who := auth.Readers{Outside: one.AccountID == 0, Why: why(sub)}
	if one.AccountID != 0 {
		if who.Recipient, err = d.recipient(ctx, one.AccountID); err != nil {
			return err
		}
	}
	message := message{Subscription: sub, Delivery: one, portal: strings.TrimSuffix(d.Address, "/")}
	if one.Kind == auth.OfStop {
		if err := d.mayKnow(ctx, sub, who.Recipient); err != nil {
			return err
		}
		text := message.stopped()
		if one.TellsTrouble() {
			text = message.trouble()
		}
		return d.hand(ctx, one, who, text, nil)
	}
	if sub.Paused && one.Kind == auth.OfRun {
		return refusal("It is paused, so nothing is sent.")
	}
	if sub.Kind != auth.KindEmergency {
		var reason string
		if who.Owner, reason, err = d.owner(ctx, sub); err != nil {
			return err
		}
		if reason != "" {
			if sub.Runs() {
				err = d.stop(ctx, sub, reason)
			}
			return errors.Join(refusal(reason), err)
		}
	}
	if sub.Kind == auth.KindSchedule {
		return d.sendFile(ctx, one, who, message)
	}
	return d.sendCount(ctx, one, who, message)
}

// mayKnow refuses to tell an account about the subscription of another account, unless the account may see its view.
func (d *Dispatcher) mayKnow(ctx context.Context, sub auth.Subscription, a auth.Account) error {
	if a.ID == sub.OwnerID || sub.Kind == auth.KindEmergency {
		return nil
	}
	err := d.Portal.Readable(ctx, auth.Readers{Owner: a}, sub.Terms.Address)
	switch {
	case errors.Is(err, auth.ErrNoRight):
		return noRight
	case errors.As(err, new(auth.Invalid)): // this may be why it stopped
		return nil
	}
	return err
}

func (d *Dispatcher) recipient(ctx context.Context, id int64) (auth.Account, error) {
	a, err := d.Accounts.ByID(ctx, id)
	switch {
	case errors.Is(err, auth.ErrNoAccount):
		return a, refusal("The account of the recipient is gone.")
	case err == nil && a.Disabled:
		return a, barred("The account of the recipient is disabled.")
	}
	return a, err
}

// noRight is the refusal of a recipient who may not see what is sent.
const noRight = barred("The recipient may not see what the view shows.")

// sendFile makes the file of a schedule and sends it.
func (d *Dispatcher) sendFile(ctx context.Context, one *auth.Delivery, who auth.Readers, m message) error {
	if one.Channel == auth.InFolder {
		return d.writeFile(ctx, one, who, m)
	}
	var content limited
	file, err := d.makeFile(ctx, one, who, m, &content)
	if err != nil {
		return err
	}
	return d.hand(ctx, one, who, m.file(file.Name), &auth.Attachment{Name: file.Name, Type: file.ContentType, Content: content.Bytes()})
}

// makeFile makes the file of a schedule as of the time of the run. It writes the note of the delivery.
func (d *Dispatcher) makeFile(ctx context.Context, one *auth.Delivery, who auth.Readers, m message, w io.Writer) (auth.SentFile, error) {
	t := m.Subscription.Terms
	file, err := d.Portal.File(ctx, who, t.Address, t.Format, one.Due.In(t.Location()), w)
	if err != nil {
		return file, fileProblem(err)
	}
	one.Note = notes(file.StillReading, file.SetAside, "what the file shows of them may still change")
	return file, nil
}

func fileProblem(err error) error {
	switch {
	case errors.Is(err, auth.ErrNoRight):
		return noRight
	case errors.Is(err, context.DeadlineExceeded):
		return lasting{errTooSlow}
	case errors.Is(err, store.ErrTooSlow): // the portal may be less busy at the next attempt
		return errTooLong
	case errors.Is(err, errTooLarge), errors.As(err, new(auth.Invalid)):
		return lasting{err}
	}
	return err
}

// maxAttached is the largest file in a mail: many mail servers take no larger one.
const maxAttached = 15 << 20

const errTooLarge = sentence("The file is larger than 15 MB, which mail servers refuse. Narrow the view, or let an administrator send it into the folder.")

const errTooLong = sentence("The numbers or rows took too long to count. Choose a shorter range.")

const errTooSlow = sentence("The file was not ready within 10 minutes. Narrow the view.")

// limited is a file that grows up to maxAttached.
type limited struct{ bytes.Buffer }

func (l *limited) Write(p []byte) (int, error) {
	if l.Len()+len(p) > maxAttached {
		return 0, errTooLarge
	}
	return l.Buffer.Write(p)
}

const errNotCounted = sentence("The records could not be counted in time.")

// sendCount counts for the recipient what a watch tells, and sends it. A recipient who sees less than the owner is told of the
// windows that had too many records within what the recipient sees.
func (d *Dispatcher) sendCount(ctx context.Context, one *auth.Delivery, who auth.Readers, m message) error {
	sub, addresses := m.Subscription, []string{m.Subscription.Terms.Address}
	if sub.Kind == auth.KindEmergency {
		settings, err := d.Settings.Settings(ctx)
		if err != nil {
			return err
		}
		accounts := settings.Emergency
		if one.User != "" {
			accounts = slices.DeleteFunc(slices.Clone(accounts), func(a auth.EmergencyAccount) bool { return a.ID != one.User })
			m.user = nameOfUser(accounts)
		}
		if addresses = emergencyAddresses(sub.Terms, accounts); len(addresses) == 0 {
			return refusal("The account is no emergency account any more.")
		}
	}
	asking, cancel := context.WithTimeout(ctx, lookPatience) // other messages wait
	defer cancel()
	counted, err := d.count(asking, who, addresses, []time.Time{one.From, one.To})
	if err == nil && one.Kind == auth.OfRun {
		counted, err = d.judge(asking, one, who, addresses, sub, counted)
	}
	if err == nil {
		err = d.record(asking, one, who, addresses, counted)
	}
	switch {
	case errors.Is(err, auth.ErrNoRight):
		return noRight
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, store.ErrTooSlow):
		return errNotCounted
	case err != nil:
		return err
	}
	one.N, one.Note = counted.N[0], notes(counted.StillReading, counted.SetAside, "the number may still change")
	m.addresses, m.counted = addresses, counted
	return d.hand(ctx, one, who, m.ofWatch(), nil)
}

// record writes into the access log what a message tells of each list.
func (d *Dispatcher) record(ctx context.Context, one *auth.Delivery, who auth.Readers, addresses []string, all auth.Counted) error {
	for _, address := range addresses {
		of := all
		if len(addresses) > 1 {
			var err error
			if of, err = d.count(ctx, who, []string{address}, []time.Time{one.From, one.To}); err != nil {
				return err
			}
		}
		if err := d.Portal.Told(ctx, who, address, store.Range{From: one.From, To: one.To}, of.N[0]); err != nil {
			return err
		}
	}
	return nil
}

// nameOfUser is the name of an emergency account in messages.
func nameOfUser(accounts []auth.EmergencyAccount) string {
	if len(accounts) == 0 {
		return ""
	}
	return accounts[0].Name
}

// judge narrows a message to the windows that have too many records for its recipient, and counts these. Where there is none, the
// message waits while the episode goes on, and is refused after it.
func (d *Dispatcher) judge(ctx context.Context, one *auth.Delivery, who auth.Readers, addresses []string, sub auth.Subscription, all auth.Counted) (auth.Counted, error) {
	t := sub.Terms
	var found []auth.Episode
	minutes := all
	if all.N[0] > t.More {
		var err error
		if minutes, err = d.minutes(ctx, who, addresses, one.From, one.To); err != nil {
			return all, err
		}
		found = episodesOf(minutes.N, one.From, t)
	}
	switch {
	case len(found) == 0 && minutes.StillReading:
		return all, errStillReading // the next attempt may find more
	case len(found) == 0:
		why := "Within what the recipient may see there were not more than " + number(t.More) + " in " + minutesText(t.Minutes) + "."
		one.From = latest(one.From, one.To.Add(-window(t)-late)) // windows from before that are settled
		var mayChange bool
		if one.To, mayChange = presentEnd(sub, one.User, one.To); mayChange {
			return all, notYet(why)
		}
		return all, refusal(why)
	}
	from := latest(one.From, found[0].From.Add(-window(t)))
	first, last := int(from.Sub(one.From)/time.Minute), int(found[len(found)-1].To.Sub(one.From)/time.Minute)
	var n int64
	for _, of := range minutes.N[first:last] {
		n += of
	}
	one.From, one.To = from, found[len(found)-1].To
	minutes.N = []int64{n}
	return minutes, nil
}

// presentEnd gives the present end of an episode, of an emergency account or of none, that ended at a time when it was told. mayChange
// says that the episode grew since then, or still goes on.
func presentEnd(sub auth.Subscription, user string, told time.Time) (end time.Time, mayChange bool) {
	for _, e := range sub.Told {
		if e.User == user && !told.Before(e.From) && !told.After(e.To) {
			return e.To, e.To.After(told) || !e.To.Before(sub.Looked.Truncate(time.Minute))
		}
	}
	return told, false
}

// hand hands a message over by its channel.
func (d *Dispatcher) hand(ctx context.Context, one *auth.Delivery, who auth.Readers, text text, file *auth.Attachment) error {
	switch one.Channel {
	case auth.OnPage:
		return nil // the delivery itself is the notice
	case auth.ByWebhook:
		return d.call(ctx, one, text)
	case auth.ByMail:
	default:
		return lasting{fmt.Errorf("a message cannot go by %s", one.Channel)}
	}
	to := one.Target
	if one.AccountID != 0 {
		to = who.Recipient.Mail
	}
	switch {
	case to == "":
		return barred("The account of the recipient has no mail address. An administrator can give it one.")
	case d.Mailer == nil:
		return lasting{sentence("The portal has no mail server.")}
	}
	one.State, one.Next = auth.Handing, d.Now().Add(claimLasts)
	if err := d.Subscriptions.SettleDelivery(ctx, *one); err != nil {
		return err
	}
	err := d.Mailer.Send(ctx, auth.Mail{To: to, Subject: text.subject, Body: text.body, Attachment: file, Key: one.Key, Created: one.Created})
	switch {
	case err != nil && d.IsUnknown != nil && d.IsUnknown(err):
		return unknown{err}
	case err != nil && d.IsFinal != nil && d.IsFinal(err):
		return lasting{err}
	}
	return err
}
