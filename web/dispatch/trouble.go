package dispatch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"signpost/auth"
	"signpost/store"
)

// These begin the problem of a subscription, and the note of the notice that tells it.
const (
	undelivered = "A message did not go out: "
	uncertain   = "A message may not have arrived: "
	uncounted   = "The watch cannot count: "
)

// ofMessage says that the problem of a subscription is about a message. It stays until the next message.
func ofMessage(problem string) bool {
	return strings.HasPrefix(problem, undelivered) || strings.HasPrefix(problem, uncertain)
}

// notices are the notices and mails that tell people of something about a subscription: its owner, and the administrators where they
// are asked for or the owner is gone. Note says what it is. The time and the episode name it, so that it is told once.
func (d *Dispatcher) notices(ctx context.Context, sub auth.Subscription, administrators bool, due time.Time, about auth.Episode, note string) (run []auth.Delivery, err error) {
	var people []auth.Account
	owner, err := d.Accounts.ByID(ctx, sub.OwnerID)
	gone := sub.OwnerID == 0 || errors.Is(err, auth.ErrNoAccount) || err == nil && owner.Disabled
	if err != nil && !gone {
		return nil, err
	}
	if administrators || gone {
		if people, err = d.administrators(ctx); err != nil {
			return nil, err
		}
	}
	if !gone && !slices.ContainsFunc(people, func(a auth.Account) bool { return a.ID == owner.ID }) {
		people = append(people, owner)
	}
	told := sub
	told.Terms = auth.Terms{Name: sub.Terms.Name, OnPage: true, ByMail: d.Mailer != nil}
	var unreachable []int64 // by mail
	for _, a := range people {
		if told.Terms.Recipients = append(told.Terms.Recipients, a.ID); a.Mail == "" {
			unreachable = append(unreachable, a.ID)
		}
	}
	run = told.Deliver(auth.OfStop, due, about, d.Now())
	run = slices.DeleteFunc(run, func(of auth.Delivery) bool {
		return of.Channel == auth.ByMail && slices.Contains(unreachable, of.AccountID)
	})
	for i := range run {
		run[i].Note = note
	}
	return run, nil
}

// tellUnsent says on the list that a message of a run did not go out, or may not have, and tells the owner. A message that failed for
// good is told to the administrators too. A recipient who cannot have messages is told of once, until one reaches this recipient.
func (d *Dispatcher) tellUnsent(ctx context.Context, one auth.Delivery) error {
	problem := undelivered
	if one.State == auth.Unknown {
		problem = uncertain
	}
	problem += "to " + receiver(one) + ". " + ended(one.Problem)
	known, err := d.knows(ctx, one)
	if err != nil {
		return err
	}
	for range unsentTries { // a look, or another worker, may write it at the same moment
		sub, err := d.Subscriptions.Subscription(ctx, one.Subscription)
		if errors.Is(err, auth.ErrNoSubscription) {
			return nil
		}
		if err != nil {
			return err
		}
		var told []auth.Delivery
		if !known {
			about := auth.Episode{From: one.Due, To: one.Due, User: one.User}
			if told, err = d.notices(ctx, sub, one.State == auth.Failed, one.Due, about, problem); err != nil {
				return err
			}
			for i := range told {
				told[i].Key += "." + apart(told[i].Channel, one)
			}
		}
		sub.Problem = problem
		fired, err := d.Subscriptions.Fire(ctx, sub, told)
		if err != nil || fired {
			return err
		}
	}
	return fmt.Errorf("%s %d was changed again and again; that a message did not go out is told to nobody", one.Name, one.Subscription)
}

// unsentTries is how often tellUnsent tries. One try fails where another worker wrote the subscription, and there are few workers.
const unsentTries = 20

// apart tells the notices and mails about one run apart. Each recipient who cannot have messages has a notice of its own. What else
// did not go out has one notice for each way out. A mail is one for each of these reasons: it leads to the list of all messages.
func apart(channel auth.Channel, one auth.Delivery) string {
	switch {
	case channel == auth.ByMail:
		return string(one.State)
	case one.State == auth.Refused:
		return fmt.Sprintf("%s-%s-%d", one.State, one.Channel, one.AccountID)
	}
	return fmt.Sprintf("%s-%s", one.State, one.Channel)
}

// ended ends a sentence: other sentences follow it, and errors of servers and stores have no full stop.
func ended(text string) string {
	if text == "" || strings.HasSuffix(text, ".") {
		return text
	}
	return text + "."
}

// receiver names the recipient of a message in a sentence. The address of a webhook may hold a secret.
func receiver(one auth.Delivery) string {
	switch one.Channel {
	case auth.ByWebhook:
		return "the webhook"
	case auth.InFolder:
		return "the folder for reports"
	case auth.OnPage:
		return one.Account + ", on the page"
	}
	return cmp.Or(one.Account, one.Target) + ", by mail"
}

// lookedThrough is how many deliveries may lie between two runs of a subscription, with room to spare.
const lookedThrough = 5 * auth.MaxRecipients

// knows says that the message before this one to the same recipient was refused for the same reason. Then the owner knows.
func (d *Dispatcher) knows(ctx context.Context, one auth.Delivery) (bool, error) {
	if one.State != auth.Refused {
		return false, nil
	}
	list, err := d.Subscriptions.Deliveries(ctx, one.Subscription, lookedThrough) // the newest first
	for _, before := range list {
		if before.ID < one.ID && before.Kind == auth.OfRun && before.Channel == one.Channel && before.AccountID == one.AccountID && before.Target == one.Target {
			return before.State == auth.Refused && before.Problem == one.Problem, err
		}
	}
	return false, err
}

const (
	// lookFails is how long a watch may fail to count before its owner is told. A busy moment is no news.
	lookFails = 15 * time.Minute
	// lookWaits is the same for a watch that waits for records that are read again, which may take hours.
	lookWaits = 24 * time.Hour
)

// cannotLook says on the list why a watch could not count. Where that lasts, it tells the owner once, until the watch counts again.
func (d *Dispatcher) cannotLook(ctx context.Context, sub auth.Subscription, why error) error {
	now, patience := d.Now(), lookFails
	if errors.Is(why, errStillReading) {
		patience = lookWaits
	}
	first, _ := d.failing.LoadOrStore(sub.ID, now)
	failingSince := latest(first.(time.Time), sub.Created) // who starts a watch again begins a new wait
	problem := ended(cut(store.ErrorWords(why)))
	note := uncounted + problem
	lasts := now.Sub(failingSince) >= patience
	if lasts {
		problem += " A notice told it."
	}
	if sub.Problem == problem {
		return why
	}
	sub.Problem = problem
	var told []auth.Delivery
	if lasts {
		since := latest(sub.Looked, sub.Created) // the same after a restart, so that it is told once
		var err error
		if told, err = d.notices(ctx, sub, false, since, auth.Episode{From: since, To: since}, note); err != nil {
			return errors.Join(why, err)
		}
	}
	_, err := d.Subscriptions.Fire(ctx, sub, told)
	return errors.Join(why, err)
}
