package dispatch

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"signpost/auth"
	"signpost/store"
)

// refusal is why a delivery must not go out, in a sentence.
type refusal string

func (r refusal) Error() string { return string(r) }

// barred is why a recipient cannot have a delivery, in a sentence. The owner is told.
type barred string

func (b barred) Error() string { return string(b) }

// notYet is why a delivery need not go out now, in a sentence. It may have to later.
type notYet string

func (n notYet) Error() string { return string(n) }

// sentence is a failure in a sentence for the page.
type sentence string

func (s sentence) Error() string { return string(s) }

// lasting is a failure that another attempt does not mend.
type lasting struct{ error }

func (l lasting) Unwrap() error { return l.error }

// unknown is a failure after which the message may have arrived.
type unknown struct{ error }

func (u unknown) Unwrap() error { return u.error }

// lane is a way out with its workers. Each worker sends one delivery at a time.
type lane struct {
	channel auth.Channel
	files   bool
	workers int

	mu   sync.Mutex
	busy map[string]bool // the destinations that workers send to
}

// newLanes gives the lanes. Mails with files have their own, because a file may take minutes to make.
func newLanes() []*lane {
	return []*lane{
		{channel: auth.OnPage, workers: 1},
		{channel: auth.ByMail, workers: 2},
		{channel: auth.ByMail, files: true, workers: 2},
		{channel: auth.ByWebhook, workers: 4},
		{channel: auth.InFolder, files: true, workers: 2},
	}
}

// claim claims a delivery of the lane to a destination that no other worker sends to. release must be called after it was sent.
func (l *lane) claim(ctx context.Context, d *Dispatcher) (one auth.Delivery, release func(), ok bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := d.Now()
	of := auth.Lane{Channel: l.channel, Files: l.files, Busy: slices.Collect(maps.Keys(l.busy))}
	one, ok, err = d.Subscriptions.ClaimDelivery(ctx, of, now, now.Add(claimLasts))
	if err != nil || !ok {
		return one, nil, false, err
	}
	to := one.Destination()
	if l.busy == nil {
		l.busy = map[string]bool{}
	}
	l.busy[to] = true
	return one, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.busy, to)
	}, true, nil
}

// Send sends the deliveries that are due, and returns when all lanes have.
func (d *Dispatcher) Send(ctx context.Context) error {
	var sending sync.WaitGroup
	var failed []error
	var mu sync.Mutex
	for _, l := range newLanes() {
		for range l.workers {
			sending.Go(func() {
				if err := store.Caught(func() error { return d.sendLane(ctx, l) })(); err != nil {
					mu.Lock()
					defer mu.Unlock()
					failed = append(failed, err)
				}
			})
		}
	}
	sending.Wait()
	return errors.Join(failed...)
}

// sendLane sends deliveries of a lane, one after another.
func (d *Dispatcher) sendLane(ctx context.Context, l *lane) error {
	for range sendAtOnce {
		one, release, ok, err := l.claim(ctx, d)
		if err != nil || !ok {
			return err
		}
		err = store.Caught(func() error { return d.sendOne(ctx, one) })() // a destination that stays busy gets nothing more
		if release(); err != nil {
			return err
		}
	}
	return nil
}

// sendOne sends one delivery and writes what became of it, also while the portal stops: a mail that stays in the state Handing is
// not sent again.
func (d *Dispatcher) sendOne(ctx context.Context, one auth.Delivery) error {
	sending, cancel := context.WithTimeout(ctx, sendPatience)
	defer cancel()
	problem := store.Caught(func() error {
		if one.Channel == auth.ByMail && one.State == auth.Handing { // at its last claim
			return unknown{errCutOff}
		}
		return d.deliver(sending, &one)
	})()
	stops := ctx.Err() != nil
	ctx = context.WithoutCancel(ctx)
	var refused refusal
	var cannot barred
	var early notYet
	var final lasting
	var maybe unknown
	one.Next, one.Problem = time.Time{}, ""
	switch {
	case problem == nil:
		one.State = auth.Delivered
	case errors.As(problem, &refused):
		one.State, one.Problem = auth.Refused, string(refused)
	case errors.As(problem, &cannot):
		one.State, one.Problem = auth.Refused, string(cannot)
	case errors.As(problem, &early): // this was no attempt
		one.State, one.Problem, one.Attempts = auth.Waiting, string(early), one.Attempts-1
		one.Next = d.Now().Add(time.Minute)
	case errors.As(problem, &maybe):
		one.State, one.Problem = auth.Unknown, cut(store.ErrorWords(problem))
	case stops && !errors.As(problem, &final): // the portal that starts next sends it
		one.State, one.Next = auth.Waiting, d.Now()
	case errors.As(problem, &final), one.Attempts > len(pauses):
		one.State, one.Problem = auth.Failed, cut(store.ErrorWords(problem))
	default:
		one.State, one.Problem = auth.Waiting, cut(store.ErrorWords(problem))
		one.Next = d.Now().Add(pauses[one.Attempts-1])
	}
	if problem != nil && early == "" {
		d.Log.WarnContext(ctx, "a message of a schedule or watch did not go out", "subscription", one.Subscription, "delivery", one.ID,
			"channel", one.Channel, "attempt", one.Attempts, "state", one.State)
	}
	if errors.As(problem, new(*store.PanicError)) { // the page has its ID alone
		d.Log.ErrorContext(ctx, "a message of a schedule or watch", "delivery", one.ID, "error", problem)
	}
	// A kill between the two repeats both after a while, and the keys of the notices let nobody be told twice.
	if one.Kind == auth.OfRun && (one.State == auth.Failed || one.State == auth.Unknown || cannot != "") {
		if err := d.tellUnsent(ctx, one); err != nil {
			return err
		}
	}
	return d.Subscriptions.SettleDelivery(ctx, one)
}

// errCutOff is of a mail that was being handed over when the portal was killed.
const errCutOff = sentence("Signpost ended while it handed the mail over. It may have arrived, so it is not sent again.")

// cut bounds a text for the page.
func cut(text string) string {
	runes := []rune(strings.ToValidUTF8(text, "?"))
	return string(runes[:min(len(runes), 500)])
}
