package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"sync"
	"testing"
	"time"

	"signpost/auth"
	"signpost/web/dispatch"
)

// meeting lets nobody go on before all have come.
type meeting struct {
	come sync.WaitGroup
	all  chan struct{}
}

func newMeeting(people int) *meeting {
	m := &meeting{all: make(chan struct{})}
	m.come.Add(people)
	go func() {
		m.come.Wait()
		close(m.all)
	}()
	return m
}

func (m *meeting) wait() error {
	m.come.Done()
	select {
	case <-m.all:
		return nil
	case <-time.After(10 * time.Second):
		return fmt.Errorf("the others were held up")
	}
}

// meetingPortal makes a file when everybody has come.
type meetingPortal struct {
	dispatch.Portal
	*meeting
}

func (p meetingPortal) File(ctx context.Context, who auth.Readers, address, format string, at time.Time, w io.Writer) (auth.SentFile, error) {
	if err := p.wait(); err != nil {
		return auth.SentFile{}, err
	}
	return p.Portal.File(ctx, who, address, format, at, w)
}

// meetingMailer takes a mail without a file when everybody has come.
type meetingMailer struct{ *meeting }

func (m meetingMailer) Send(_ context.Context, mail auth.Mail) error {
	if mail.Attachment != nil {
		return nil
	}
	return m.wait()
}

// A mail server, a webhook, a file for a mail and a file for the folder can be slow at once: none of them holds up another.
func TestSlowWaysOutHoldUpNothingElse(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	all := newMeeting(4)
	w.hooks.server.Config.Handler = http.HandlerFunc(func(answer http.ResponseWriter, _ *http.Request) {
		if err := all.wait(); err != nil {
			t.Error(err)
		}
		answer.WriteHeader(http.StatusNoContent)
	})
	if err := w.people.SetSettings(t.Context(), auth.Settings{WebhookHosts: []string{w.hooks.server.Listener.Addr().String()}}); err != nil {
		t.Fatal(err)
	}
	w.d.Portal, w.d.Mailer = meetingPortal{w.portal, all}, meetingMailer{all}
	mailed := w.add(auth.KindSchedule, "root", func(terms *auth.Terms) { terms.Recipients = []int64{w.ids["root"]} })
	filed := w.add(auth.KindSchedule, "root", func(terms *auth.Terms) { terms.ByMail, terms.InFolder = false, true })
	w.now = mailed.Next.Add(-time.Minute)
	watch := w.add(auth.KindWatch, "root", func(terms *auth.Terms) {
		terms.More, terms.Webhook, terms.Recipients, terms.ByMail = 0, w.hooks.server.URL, []int64{w.ids["root"]}, true
	})
	w.now = mailed.Next
	w.put(w.failed(w.now.Add(-time.Second)))
	w.round()
	for _, sub := range []auth.Subscription{mailed, filed, watch} {
		for _, d := range w.deliveries(sub) {
			if d.State != auth.Delivered {
				t.Errorf("by %s: %s, %s", d.Channel, d.State, d.Problem)
			}
		}
	}
}

// Webhooks to one address come one after another, in the order in which they were queued.
func TestMessagesToOneAddressKeepTheirOrder(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	var mu sync.Mutex
	var keys []string
	w.hooks.server.Config.Handler = http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
		if !mu.TryLock() {
			t.Error("two come at once")
			return
		}
		defer mu.Unlock()
		keys = append(keys, request.Header.Get(dispatch.HeaderDelivery))
		runtime.Gosched() // another may come now
		answer.WriteHeader(http.StatusNoContent)
	})
	if err := w.people.SetSettings(t.Context(), auth.Settings{WebhookHosts: []string{w.hooks.server.Listener.Addr().String()}}); err != nil {
		t.Fatal(err)
	}
	watch := w.add(auth.KindWatch, "root", func(terms *auth.Terms) { terms.More, terms.Webhook = 0, w.hooks.server.URL })
	var want []string
	for i := range 12 {
		at := w.now.Add(time.Duration(i) * time.Minute)
		run := watch.Deliver(auth.OfTrial, at, auth.Episode{From: at.Add(-time.Minute), To: at}, w.now)
		if fired, err := w.people.Fire(t.Context(), watch, run); err != nil || !fired {
			t.Fatal(fired, err)
		}
		watch.Version++
		want = append(want, run[0].Key)
	}
	if err := w.d.Send(t.Context()); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(keys) != fmt.Sprint(want) {
		t.Errorf("came %v, want %v", keys, want)
	}
}

// stuckPortal counts no ordinary watch until its look ends. It says when it counts a watch of the emergency accounts.
type stuckPortal struct {
	dispatch.Portal
	stuck, emergency chan struct{}
	once             *sync.Once
}

func (p stuckPortal) Count(ctx context.Context, who auth.Readers, address string, edges []time.Time) (auth.Counted, error) {
	if who.Why != "watch of emergency accounts 1" {
		p.once.Do(func() { close(p.stuck) })
		<-ctx.Done()
		return auth.Counted{}, ctx.Err()
	}
	select {
	case <-p.stuck: // the other watch is being counted, and stays so
		close(p.emergency)
		<-ctx.Done()
		return auth.Counted{}, ctx.Err()
	case <-ctx.Done():
		return auth.Counted{}, ctx.Err()
	}
}

// A watch that takes long to count does not hold up the watches of the emergency accounts.
func TestSlowWatchHoldsUpNoEmergencyWatch(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	if err := w.people.SetSettings(t.Context(), auth.Settings{Emergency: []auth.EmergencyAccount{{ID: mailUser, Name: "Break Glass"}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.people.AddSubscription(t.Context(), auth.Subscription{Kind: auth.KindEmergency, Created: w.now, Terms: auth.Terms{Name: "in", Address: "status=success", Zone: "UTC", Minutes: 60}}); err != nil {
		t.Fatal(err)
	}
	w.add(auth.KindWatch, "root", func(terms *auth.Terms) { terms.Recipients, terms.OnPage = []int64{w.ids["root"]}, true })
	portal := stuckPortal{w.portal, make(chan struct{}), make(chan struct{}), new(sync.Once)}
	w.d.Portal = portal
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.d.Run(ctx)
	}()
	select {
	case <-portal.emergency:
	case <-time.After(10 * time.Second):
		t.Error("the watch of the emergency accounts was held up")
	}
	stop()
	<-ended
}

// tardyPortal counts nothing in time for the recipient of a message.
type tardyPortal struct{ dispatch.Portal }

func (p tardyPortal) Count(ctx context.Context, who auth.Readers, address string, edges []time.Time) (auth.Counted, error) {
	if who.Recipient.ID != 0 {
		return auth.Counted{}, context.DeadlineExceeded
	}
	return p.Portal.Count(ctx, who, address, edges)
}

// A message that cannot be counted in time makes room for others, and is tried again.
func TestMessageThatIsNotCountedInTime(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	w.d.Portal = tardyPortal{w.portal}
	watch := w.add(auth.KindWatch, "root", func(terms *auth.Terms) {
		terms.More, terms.Recipients, terms.OnPage = 0, []int64{w.ids["root"]}, true
	})
	w.now = w.now.Add(time.Minute)
	w.put(w.failed(w.now.Add(-time.Second)))
	w.later(time.Minute)
	if one := w.deliveries(watch)[0]; one.State != auth.Waiting || one.Problem != "The records could not be counted in time." {
		t.Errorf("the delivery is %+v", one)
	}
	w.d.Portal = w.portal
	w.later(time.Minute)
	if one := w.deliveries(watch)[0]; one.State != auth.Delivered || one.N != 1 {
		t.Errorf("the delivery is %+v", one)
	}
}
