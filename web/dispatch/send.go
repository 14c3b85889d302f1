package dispatch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"signpost/auth"
	"signpost/store"
)

// refusal is why a delivery must not go out, in a sentence.
type refusal string

func (r refusal) Error() string { return string(r) }

// sentence is a failure in a sentence for the page.
type sentence string

func (s sentence) Error() string { return string(s) }

// lasting is a failure that another attempt does not mend.
type lasting struct{ error }

func (l lasting) Unwrap() error { return l.error }

// unknown is a failure after which the message may have arrived.
type unknown struct{ error }

func (u unknown) Unwrap() error { return u.error }

// Send sends the deliveries that are due.
func (d *Dispatcher) Send(ctx context.Context) error {
	for range sendAtOnce {
		one, ok, err := d.Subscriptions.ClaimDelivery(ctx, d.Now(), d.Now().Add(claimLasts))
		if err != nil || !ok {
			return err
		}
		if err := d.sendOne(ctx, one); err != nil {
			return err
		}
	}
	return nil
}

// sendOne sends one delivery and writes what became of it.
func (d *Dispatcher) sendOne(ctx context.Context, one auth.Delivery) error {
	sending, cancel := context.WithTimeout(ctx, sendPatience)
	defer cancel()
	problem := store.Caught(func() error { return d.deliver(sending, &one) })()
	if ctx.Err() != nil && problem != nil {
		return nil // the portal stops; the claim ends by itself
	}
	var refused refusal
	var final lasting
	var maybe unknown
	one.Next, one.Problem = time.Time{}, ""
	switch {
	case problem == nil:
		one.State = auth.Delivered
	case errors.As(problem, &refused):
		one.State, one.Problem = auth.Refused, string(refused)
	case errors.As(problem, &maybe):
		one.State, one.Problem = auth.Unknown, cut(problem.Error())
	case errors.As(problem, &final), one.Attempts > len(pauses):
		one.State, one.Problem = auth.Failed, cut(problem.Error())
	default:
		one.State, one.Problem = auth.Waiting, cut(problem.Error())
		one.Next = d.Now().Add(pauses[one.Attempts-1])
	}
	if problem != nil {
		d.Log.WarnContext(ctx, "a message of a schedule or watch did not go out", "subscription", one.Subscription, "delivery", one.ID,
			"channel", one.Channel, "attempt", one.Attempts, "state", one.State)
	}
	err := d.Subscriptions.SettleDelivery(ctx, one)
	if err == nil && one.State == auth.Failed && one.Kind == auth.OfRun {
		err = d.fail(ctx, one)
	}
	return err
}

// cut bounds a text for the page.
func cut(text string) string {
	runes := []rune(strings.ToValidUTF8(text, "?"))
	return string(runes[:min(len(runes), 500)])
}

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
		if one.TellsFailure() {
			text = message.failed()
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

// mayKnow refuses to tell somebody else about a subscription whose view is not for them: its name is not either.
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
		return a, refusal("The account of the recipient is disabled.")
	}
	return a, err
}

// noRight is the refusal of a recipient who may not see what is sent.
const noRight = refusal("The recipient may not see what the view shows.")

// sendFile makes the file of a schedule and sends it.
func (d *Dispatcher) sendFile(ctx context.Context, one *auth.Delivery, who auth.Readers, m message) error {
	t := m.Subscription.Terms
	address, err := d.Portal.FileAddress(t.Address, t.Format, one.Due.In(t.Location()))
	if err != nil {
		return lasting{err}
	}
	if one.Channel == auth.InFolder {
		return d.writeFile(ctx, one, who, address)
	}
	var content limited
	name, contentType, err := d.Portal.File(ctx, who, address, &content)
	if err != nil {
		return fileProblem(err)
	}
	return d.hand(ctx, one, who, m.file(name), &auth.Attachment{Name: name, Type: contentType, Content: content.Bytes()})
}

func fileProblem(err error) error {
	switch {
	case errors.Is(err, auth.ErrNoRight):
		return noRight
	case errors.Is(err, context.DeadlineExceeded):
		return lasting{errTooSlow}
	case errors.Is(err, errTooLarge), errors.As(err, new(auth.Invalid)):
		return lasting{err}
	}
	return err
}

// maxAttached is the largest file in a mail: many mail servers take no larger one.
const maxAttached = 15 << 20

const errTooLarge = sentence("The file is larger than 15 MB, which mail servers refuse. Narrow the view, or let an administrator send it into the folder.")

const errTooSlow = sentence("The file was not ready within 10 minutes. Narrow the view.")

// limited is a file that grows up to maxAttached.
type limited struct{ bytes.Buffer }

func (l *limited) Write(p []byte) (int, error) {
	if l.Len()+len(p) > maxAttached {
		return 0, errTooLarge
	}
	return l.Buffer.Write(p)
}

// sendCount counts for the recipient what a watch tells, and sends it.
func (d *Dispatcher) sendCount(ctx context.Context, one *auth.Delivery, who auth.Readers, m message) error {
	sub, addresses := m.Subscription, []string{m.Subscription.Terms.Address}
	if sub.Kind == auth.KindEmergency {
		settings, err := d.Settings.Settings(ctx)
		if err != nil {
			return err
		}
		addresses = EmergencyAddresses(sub.Terms, settings.Emergency)
	}
	counts, err := d.count(ctx, who, addresses, []time.Time{one.From, one.To})
	if errors.Is(err, auth.ErrNoRight) {
		return noRight
	}
	if err != nil {
		return err
	}
	if one.N = counts[0]; one.Kind == auth.OfRun && one.N <= sub.Terms.More {
		return refusal(fmt.Sprintf("Within what the recipient may see there were not more than %d.", sub.Terms.More))
	}
	for i, address := range addresses {
		m.addresses = append(m.addresses, address)
		if i == 0 {
			err = d.Portal.Told(ctx, who, address, store.Range{From: one.From, To: one.To}, one.N)
		}
		if err != nil {
			return err
		}
	}
	return d.hand(ctx, one, who, m.counted(), nil)
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
		return refusal("The account of the recipient has no mail address. An administrator can give it one.")
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
