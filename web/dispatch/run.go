package dispatch

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"signpost/auth"
	"signpost/store"
)

// kinds are the kinds of subscriptions, the most urgent first.
var kinds = []auth.SubscriptionKind{auth.KindEmergency, auth.KindSchedule, auth.KindWatch}

// Look runs what is due, and forgets old deliveries.
func (d *Dispatcher) Look(ctx context.Context) error {
	var failed []error
	for _, kind := range kinds {
		failed = append(failed, d.lookAt(ctx, kind))
	}
	return errors.Join(append(failed, d.forget(ctx))...)
}

// lookAt runs the subscriptions of a kind that are due.
func (d *Dispatcher) lookAt(ctx context.Context, kind auth.SubscriptionKind) error {
	list, err := d.Subscriptions.Subscriptions(ctx, 0)
	if err != nil {
		return err
	}
	var failed []error
	for _, sub := range list {
		if sub.Kind == kind && sub.Runs() && ctx.Err() == nil {
			if err := store.Caught(func() error { return d.run(ctx, sub) })(); err != nil {
				failed = append(failed, fmt.Errorf("%s %d: %w", sub.Kind, sub.ID, err))
			}
		}
	}
	return errors.Join(failed...)
}

// forget removes old deliveries once an hour.
func (d *Dispatcher) forget(ctx context.Context) error {
	now := d.Now()
	if now.Sub(d.forgot) <= time.Hour {
		return nil
	}
	d.forgot = now
	return d.Subscriptions.ForgetDeliveries(ctx, now.Add(-keepFor))
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
		if tried, ok := d.tried.Load(sub.ID); now.Sub(sub.Looked) < time.Minute || ok && now.Sub(tried.(time.Time)) < time.Minute {
			return nil
		}
		d.tried.Store(sub.ID, now)
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
	return d.look(ctx, sub, auth.Readers{Owner: owner, Why: why(sub)}, watched{addresses: []string{sub.Terms.Address}})
}

// runSchedule queues the run of a schedule that is due. Of several that were missed only the last one is made up.
func (d *Dispatcher) runSchedule(ctx context.Context, sub auth.Subscription) error {
	now := d.Now()
	due := sub.Terms.Before(sub.Next, now)
	sub.Next, sub.Last, sub.Problem = sub.Terms.After(now), now, ""
	_, err := d.Subscriptions.Fire(ctx, sub, sub.Deliver(auth.OfRun, due, auth.Episode{}, now))
	return err
}

// why is the reason in the access log: the number of the subscription. Its name could tell a reader of the log what is not for them.
func why(sub auth.Subscription) string {
	what := string(sub.Kind)
	if sub.Kind == auth.KindEmergency {
		what = "watch of emergency accounts"
	}
	return what + " " + strconv.FormatInt(sub.ID, 10)
}
