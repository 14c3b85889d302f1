package dispatch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"signpost/auth"
	"signpost/store"
)

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

// why is the reason in the access log: the number of the subscription. Its name could tell a reader of the log what is not for them.
func why(sub auth.Subscription) string {
	what := string(sub.Kind)
	if sub.Kind == auth.KindEmergency {
		what = "watch of emergency accounts"
	}
	return what + " " + strconv.FormatInt(sub.ID, 10)
}
