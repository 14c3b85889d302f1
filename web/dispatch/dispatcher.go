package dispatch

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	"signpost/auth"
	"signpost/store"
)

// Portal makes what is sent, with the rights of its readers.
type Portal interface {
	// Readable says with auth.ErrNoRight or auth.Invalid why some people may not have what an address shows.
	Readable(ctx context.Context, who auth.Readers, address string) error
	// Count counts the records of a list between edges.
	Count(ctx context.Context, who auth.Readers, address string, edges []time.Time) (auth.Counted, error)
	// File writes the file of a list or report as of a time. The zone of the time is that of the file.
	File(ctx context.Context, who auth.Readers, address, format string, at time.Time, w io.Writer) (auth.SentFile, error)
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
	// tried has the time of the last look at each watch, also of one that failed.
	tried sync.Map
	// failing has the time since when a watch could not count.
	failing sync.Map
}

const (
	// every is the pause between two rounds.
	every = 5 * time.Second
	// claimLasts is longer than an attempt may take.
	claimLasts   = 15 * time.Minute
	sendPatience = 10 * time.Minute
	sendAtOnce   = 20 // by one worker
	// keepFor is how long settled deliveries are kept.
	keepFor = 90 * 24 * time.Hour
)

// pauses are the pauses before the second attempt and each later one. After the last one the delivery has failed.
var pauses = []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour, 12 * time.Hour}

// Run runs and sends until the context ends. Each worker of a lane has a goroutine of its own, and so has each kind of subscriptions.
// So slow watches hold up neither schedules nor the watches of the emergency accounts.
func (d *Dispatcher) Run(ctx context.Context) {
	if err := d.removeParts(); err != nil {
		d.Log.WarnContext(ctx, "remove files that a kill cut off", "error", err)
	}
	var working sync.WaitGroup
	for _, l := range newLanes() {
		for range l.workers {
			working.Go(func() { d.repeat(ctx, func(ctx context.Context) error { return d.sendLane(ctx, l) }) })
		}
	}
	for _, kind := range kinds {
		working.Go(func() { d.repeat(ctx, func(ctx context.Context) error { return d.lookAt(ctx, kind) }) })
	}
	d.repeat(ctx, d.forget)
	working.Wait()
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
