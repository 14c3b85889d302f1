package dispatch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"time"

	"signpost/auth"
	"signpost/store"
)

// Portal makes what is sent, with the rights of those for whom it is made.
type Portal interface {
	// Readable says with auth.ErrNoRight or auth.Invalid why some people may not have what an address shows.
	Readable(ctx context.Context, who auth.Readers, address string) error
	// Count counts the records of a list between edges.
	Count(ctx context.Context, who auth.Readers, address string, edges []time.Time) ([]int64, error)
	// FileAddress gives the address of the file of a list or report as of a time, and File writes it.
	FileAddress(address, format string, at time.Time) (string, error)
	File(ctx context.Context, who auth.Readers, address string, w io.Writer) (name, contentType string, err error)
	// Told records that a message about records goes to somebody.
	Told(ctx context.Context, who auth.Readers, address string, r store.Range, n int64) error
}

// Accounts knows the accounts that are valid in this mode.
type Accounts interface {
	ByID(ctx context.Context, id int64) (auth.Account, error)
	List(ctx context.Context) ([]auth.Account, error)
	Valid(a auth.Account) bool
}

// Mailer sends one mail. An error for which IsFinal holds is not worth another attempt.
type Mailer interface {
	Send(ctx context.Context, m auth.Mail) error
}

// Dispatcher runs subscriptions and sends their deliveries.
type Dispatcher struct {
	Portal        Portal
	Subscriptions auth.SubscriptionStore
	Accounts      Accounts
	Settings      auth.SettingsStore
	// Mailer sends mails; nil where the portal has no mail server. IsFinal says that an error of it is final, and IsUnknown that
	// the mail may have arrived.
	Mailer             Mailer
	IsFinal, IsUnknown func(error) bool
	// Webhooks calls receivers; nil where the portal has no secret to sign with.
	Webhooks *Webhooks
	// Folder takes files; empty where there is none.
	Folder string
	// Address is that of the portal in messages.
	Address string
	Now     func() time.Time
	Log     *slog.Logger

	forgot time.Time
	// tried is when each watch was looked at last, also where that failed.
	tried map[int64]time.Time
}

const (
	// every is the pause between two rounds.
	every = 5 * time.Second
	// claimLasts is longer than an attempt may take.
	claimLasts   = 15 * time.Minute
	sendPatience = 10 * time.Minute
	sendAtOnce   = 20
	// keepFor is how long settled deliveries are kept.
	keepFor = 90 * 24 * time.Hour
)

// pauses are the pauses before the second attempt and each later one. After the last one the delivery has failed.
var pauses = []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour, 12 * time.Hour}

// Run runs and sends until the context ends.
func (d *Dispatcher) Run(ctx context.Context) {
	if err := d.removeParts(); err != nil {
		d.Log.WarnContext(ctx, "remove files that a kill cut off", "error", err)
	}
	var sending sync.WaitGroup
	sending.Go(func() { d.repeat(ctx, d.Send) }) // a slow file keeps no watch waiting
	d.repeat(ctx, d.Look)
	sending.Wait()
}

// repeat does something again and again until the context ends.
func (d *Dispatcher) repeat(ctx context.Context, do func(context.Context) error) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for said := ""; ; {
		err := store.Caught(func() error { return do(ctx) })() // nothing else would catch a panic here
		now := ""
		if err != nil {
			now = err.Error()
		}
		if now != said && ctx.Err() == nil { // a lasting error is logged once
			if said = now; err != nil {
				d.Log.WarnContext(ctx, "schedules and watches", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Round runs what is due and sends what waits.
func (d *Dispatcher) Round(ctx context.Context) error {
	return errors.Join(d.Look(ctx), store.Caught(func() error { return d.Send(ctx) })())
}

// Look runs what is due, the watches of the emergency accounts first.
func (d *Dispatcher) Look(ctx context.Context) error {
	list, err := d.Subscriptions.Subscriptions(ctx, 0)
	if err != nil {
		return err
	}
	slices.SortStableFunc(list, func(a, b auth.Subscription) int {
		switch isFirst := a.Kind == auth.KindEmergency; {
		case isFirst == (b.Kind == auth.KindEmergency):
			return 0
		case isFirst:
			return -1
		}
		return 1
	})
	var failed []error
	for _, sub := range list {
		if sub.Runs() && ctx.Err() == nil {
			if err := store.Caught(func() error { return d.run(ctx, sub) })(); err != nil {
				failed = append(failed, fmt.Errorf("%s %d: %w", sub.Kind, sub.ID, err))
			}
		}
	}
	if now := d.Now(); now.Sub(d.forgot) > time.Hour {
		d.forgot = now
		failed = append(failed, d.Subscriptions.ForgetDeliveries(ctx, now.Add(-keepFor)))
	}
	return errors.Join(failed...)
}

// run runs one subscription if it is due.
func (d *Dispatcher) run(ctx context.Context, sub auth.Subscription) error {
	now := d.Now()
	switch sub.Kind {
	case auth.KindSchedule:
		if now.Before(sub.Next) {
			return nil
		}
	default:
		if now.Sub(sub.Looked) < time.Minute || now.Sub(d.tried[sub.ID]) < time.Minute {
			return nil
		}
		if d.tried == nil {
			d.tried = map[int64]time.Time{}
		}
		d.tried[sub.ID] = now
	}
	if sub.Kind == auth.KindEmergency {
		return d.lookAtEmergency(ctx, sub)
	}
	owner, reason, err := d.owner(ctx, sub)
	if err != nil {
		return err
	}
	if reason != "" {
		return d.stop(ctx, sub, reason)
	}
	if sub.Kind == auth.KindSchedule {
		return d.runSchedule(ctx, sub)
	}
	return d.look(ctx, sub, auth.Readers{Owner: owner, Why: why(sub)}, []string{sub.Terms.Address})
}

// runSchedule queues the run of a schedule that is due. Of several that were missed only the last one is made up.
func (d *Dispatcher) runSchedule(ctx context.Context, sub auth.Subscription) error {
	now := d.Now()
	due := sub.Terms.Before(sub.Next, now)
	sub.Next, sub.Last, sub.Problem = sub.Terms.After(now), now, ""
	_, err := d.Subscriptions.Fire(ctx, sub, sub.Deliver(auth.OfRun, due, auth.Episode{}, now))
	return err
}

// owner gives the owner of a subscription, or a sentence that says why it stops.
func (d *Dispatcher) owner(ctx context.Context, sub auth.Subscription) (owner auth.Account, reason string, err error) {
	owner, err = d.Accounts.ByID(ctx, sub.OwnerID)
	switch {
	case sub.OwnerID == 0 || errors.Is(err, auth.ErrNoAccount):
		return owner, "The account of its owner, " + sub.Owner + ", was removed.", nil
	case err != nil:
		return owner, "", err
	case owner.Disabled:
		return owner, "The account of its owner, " + owner.Name + ", is disabled.", nil
	case sub.Terms.LeavesPortal() && !isAdministrator(owner):
		return owner, "Its messages leave the portal, which needs an administrator, and its owner " + owner.Name + " is none any more.", nil
	}
	if sub.Terms.Webhook != "" {
		if reason, err := d.webhookRefusal(ctx, sub.Terms.Webhook); reason != "" || err != nil {
			return owner, reason, err
		}
	}
	var invalid auth.Invalid
	switch err := d.Portal.Readable(ctx, auth.Readers{Owner: owner}, sub.Terms.Address); {
	case errors.Is(err, auth.ErrNoRight):
		return owner, "Its owner " + owner.Name + " may no longer see what it sends.", nil
	case errors.As(err, &invalid):
		return owner, "The portal does not understand its address any more. " + invalid.Problem, nil
	default:
		return owner, "", err
	}
}

// webhookRefusal gives a sentence where the host of a webhook is not allowed.
func (d *Dispatcher) webhookRefusal(ctx context.Context, address string) (string, error) {
	host, err := auth.WebhookHost(address)
	if err != nil {
		return err.Error(), nil
	}
	settings, err := d.Settings.Settings(ctx)
	if err != nil || slices.Contains(settings.WebhookHosts, host) {
		return "", err
	}
	return "The host " + host + " is not among the hosts that the settings allow for webhooks.", nil
}

// stop stops a subscription, and tells its owner and the administrators.
func (d *Dispatcher) stop(ctx context.Context, sub auth.Subscription, reason string) error {
	now := d.Now()
	told, err := d.toldOf(ctx, sub)
	if err != nil {
		return err
	}
	sub.Stopped = reason
	_, err = d.Subscriptions.Fire(ctx, sub, told.Deliver(auth.OfStop, now, auth.Episode{}, now))
	d.Log.InfoContext(ctx, "a schedule or watch stopped", "subscription", sub.ID, "owner", sub.Owner)
	return err
}

// toldOf gives a subscription whose messages go to its owner and the administrators.
func (d *Dispatcher) toldOf(ctx context.Context, sub auth.Subscription) (told auth.Subscription, err error) {
	told = sub
	told.Terms = auth.Terms{Name: sub.Terms.Name, OnPage: true, ByMail: d.Mailer != nil}
	administrators, err := d.administrators(ctx)
	if err != nil {
		return told, err
	}
	for _, a := range administrators {
		told.Terms.Recipients = append(told.Terms.Recipients, a.ID)
	}
	if sub.OwnerID != 0 && !slices.Contains(told.Terms.Recipients, sub.OwnerID) {
		told.Terms.Recipients = append(told.Terms.Recipients, sub.OwnerID)
	}
	return told, nil
}

// undelivered begins the problem of a subscription whose last message failed for good. It stays until the next message.
const undelivered = "A message did not go out: "

// fail says on the list that a message of a run failed for good, and tells the owner and the administrators once for each run.
func (d *Dispatcher) fail(ctx context.Context, one auth.Delivery) error {
	for range 3 { // a look may write it at the same moment
		sub, err := d.Subscriptions.Subscription(ctx, one.Subscription)
		if errors.Is(err, auth.ErrNoSubscription) {
			return nil
		}
		if err != nil {
			return err
		}
		told, err := d.toldOf(ctx, sub)
		if err != nil {
			return err
		}
		sub.Problem = undelivered + one.Problem
		fired, err := d.Subscriptions.Fire(ctx, sub, told.Deliver(auth.OfStop, one.Due, auth.Episode{From: one.Due, To: one.Due}, d.Now()))
		if err != nil || fired {
			return err
		}
	}
	return fmt.Errorf("%s %d was changed again and again; that a message failed is told to nobody", one.Name, one.Subscription)
}

// administrators are the enabled accounts that may change settings.
func (d *Dispatcher) administrators(ctx context.Context) (list []auth.Account, err error) {
	all, err := d.Accounts.List(ctx)
	for _, a := range all {
		if !a.Disabled && d.Accounts.Valid(a) && isAdministrator(a) {
			list = append(list, a)
		}
	}
	return list, err
}

func isAdministrator(a auth.Account) bool { return a.Rights().MaySee(auth.SettingsData) }

// why is the reason in the access log.
func why(sub auth.Subscription) string { return string(sub.Kind) + " “" + sub.Terms.Name + "”" }
