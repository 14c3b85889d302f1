package mail

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"signpost/auth"
	"signpost/store"
	"signpost/views"
	"signpost/web/ask"
)

const (
	// lookBack is how old the sign-ins are that a look judges. It bounds the history that a look reads.
	lookBack = 7 * 24 * time.Hour
	// maxHistory bounds the history that is read where the usual bound is too low to tell whether something is new.
	maxHistory = 10 * ask.MaxOwn
	// readingPause is the time between looks while the store still reads sign-ins again, which may take hours.
	readingPause = time.Minute
)

// look is the progress of the looks.
type look struct {
	// state is that of the imports at the last look, and done says that it was looked at for everybody. people has the accounts for
	// which it was.
	state  string
	done   bool
	people map[int64]bool
	// failures counts the looks at the state that failed. The next one at it happens at the time retry.
	failures int
	retry    time.Time
}

// Look queues mails about the sign-ins that imports have brought since the last look.
func (n *Notifier) Look(ctx context.Context) error {
	now := n.Now()
	if err := n.imports.read(ctx, n.Imports, now); err != nil {
		return err
	}
	state, l := n.imports.state, &n.look
	if state == "" || state == l.state && (l.done || now.Before(l.retry)) || now.Before(n.resume) || !n.imports.isSettled(now) {
		return nil
	}
	if state != l.state {
		*l = look{state: state, people: map[int64]bool{}}
	}
	readers, err := n.Mails.MailReaders(ctx)
	if err == nil {
		err = n.lookAtAll(ctx, readers)
	}
	if err != nil {
		l.retry = now.Add(pauses[min(l.failures, 2)])
		l.failures++
	}
	return err
}

// lookAtAll looks at the people who were not looked at yet. One who fails keeps nobody else waiting.
func (n *Notifier) lookAtAll(ctx context.Context, readers []auth.MailReader) error {
	var failed []error
	for _, r := range readers {
		if n.look.people[r.Account.ID] {
			continue
		}
		done := false
		err := store.Caught(func() (err error) { done, err = n.lookAt(ctx, r); return err })()
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			failed = append(failed, fmt.Errorf("look at the sign-ins of %s: %w", r.Account.Name, err))
		case !done: // the sign-ins of the others are not ready either
			n.resume = n.Now().Add(readingPause)
			return errors.Join(failed...)
		default:
			n.look.people[r.Account.ID] = true
		}
	}
	n.look.done = len(failed) == 0
	return errors.Join(failed...)
}

// lookAt queues a mail about the news of one person. done is false while the store still reads sign-ins again.
func (n *Notifier) lookAt(ctx context.Context, r auth.MailReader) (done bool, err error) {
	person := store.Person{UserID: r.Account.PersonID()}
	since := store.Range{From: n.Now().Add(-lookBack), To: n.Now().Add(time.Minute)}
	if r.Switch.Since.After(since.From) {
		since.From = r.Switch.Since
	}
	if person.IsEmpty() || !since.From.Before(since.To) {
		return true, nil
	}
	reader := n.reader(person)
	signIns, facts, found, err := n.newsOf(ctx, reader, r.Account.ID, person, since)
	if err != nil || signIns.StillReading {
		return false, err
	}
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

// reader gives a reader of the person's own sign-ins alone, as their own page has it.
func (n *Notifier) reader(person store.Person) ask.Reader {
	own := store.Owned(store.Withheld(n.Store, store.ClassesOf(store.AllClasses()...).Without(store.TenantLogs)), person)
	return ask.Reader{Reader: own, OnFailure: func(ctx context.Context, part string, err error) {
		n.Log.ErrorContext(ctx, "part of a look for new sign-ins", "part", part, "error", err)
	}}
}

// newsOf gives the facts that the person was not told, and which of the sign-ins tell them. It reads more of the history where
// less cannot tell whether something is new.
func (n *Notifier) newsOf(ctx context.Context, reader ask.Reader, account int64, person store.Person, since store.Range) (signIns *ask.OwnSignIns, facts []string, found []int, err error) {
	told, err := n.Mails.ToldFacts(ctx, account)
	if err != nil {
		return nil, nil, nil, err
	}
	for _, limit := range []int{ask.MaxOwn, maxHistory} {
		question := ask.Own{Person: person, Account: account, Answers: n.Answers, Atlas: &n.atlas, Limit: limit}
		if signIns, err = question.SignIns(ctx, reader, since); err != nil || signIns.StillReading {
			return signIns, nil, nil, err
		}
		var doubtful bool
		if facts, found, doubtful = news(signIns, told); !doubtful {
			break
		}
	}
	return signIns, facts, found, nil
}

// news finds the sign-ins with facts that the person was not told. It leaves out marks where the history before them was cut:
// what looks new may be old. doubtful says that there are such marks.
func news(signIns *ask.OwnSignIns, told map[string]bool) (facts []string, found []int, doubtful bool) {
	found = signIns.Find(func(t *store.Trace, marks []store.Mark) bool {
		fresh := slices.DeleteFunc(factsOf(t, marks), func(fact string) bool { return told[fact] || slices.Contains(facts, fact) })
		if len(fresh) > 0 && !signIns.JudgedWhole(t) {
			doubtful = true
			return false
		}
		facts = append(facts, fresh...)
		return len(fresh) > 0
	})
	return facts, found, doubtful
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
