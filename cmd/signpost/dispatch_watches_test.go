package main

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"signpost/auth"
	"signpost/store"
	"signpost/web/dispatch"
)

func TestWatchTellsAnEpisodeOnce(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	w.put(w.failed(w.now.Add(-time.Minute)), w.failed(w.now.Add(-time.Minute)), w.failed(w.now.Add(-time.Minute)), w.failed(w.now.Add(-time.Minute)))
	sub := w.add(auth.KindWatch, "reader", func(terms *auth.Terms) {
		terms.Recipients, terms.OnPage, terms.ByMail = []int64{w.ids["reader"]}, true, true
	})
	w.round()
	w.expect("records from before the watch", 0)
	put := func(n int) {
		for range n {
			w.put(w.failed(w.now.Add(-time.Second)))
		}
	}
	w.later(2 * time.Minute)
	put(3)
	w.later(time.Minute)
	w.expect("three in ten minutes", 0)
	put(1)
	w.later(time.Minute)
	if text := w.expect("four in ten minutes", 1)[0]; !strings.Contains(text, "Subject: Failures: 4 records") {
		t.Errorf("the mail is %s", text)
	}
	put(1)
	w.begin()
	w.later(time.Minute)
	w.later(5 * time.Minute)
	w.expect("while it lasts, and after a restart", 1)
	w.later(30 * time.Minute)
	put(4)
	w.later(time.Minute)
	w.expect("in the next episode", 2)
	w.later(26 * time.Hour) // a downtime with two episodes in it
	for i := range 8 {
		w.put(w.failed(w.now.Add(-20*time.Hour - time.Duration(i/4)*time.Hour)))
	}
	w.later(time.Minute)
	w.later(time.Minute)
	w.expect("episodes that records made which came late", 3)
	if list := w.deliveries(sub); len(list) != 6 || list[len(list)-1].Channel != auth.OnPage || list[len(list)-1].N != 4 {
		t.Errorf("deliveries %+v", list)
	}
}

func TestWebhooksAreSignedAndTriedAgain(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	host := strings.TrimPrefix(w.hooks.server.URL, "https://")
	sub := w.add(auth.KindWatch, "root", func(terms *auth.Terms) {
		terms.More, terms.Webhook = 0, w.hooks.server.URL+"/hook"
	})
	allow := func(hosts ...string) {
		if err := w.people.SetSettings(t.Context(), auth.Settings{WebhookHosts: hosts}); err != nil {
			t.Fatal(err)
		}
	}
	allow(host)
	w.hooks.answer(http.StatusFound)
	w.now = w.now.Add(time.Minute)
	w.put(w.failed(w.now.Add(-time.Second)))
	w.later(time.Minute)
	w.later(30 * time.Second)
	if one := w.deliveries(sub)[0]; len(w.hooks.took) != 1 || one.State != auth.Waiting || !strings.Contains(one.Problem, "redirect") {
		t.Fatalf("%d calls, %+v", len(w.hooks.took), one)
	}
	w.hooks.answer(http.StatusInternalServerError)
	w.later(time.Minute)
	if one := w.deliveries(sub)[0]; one.Attempts != 2 || one.Next.Sub(w.now) != 5*time.Minute || !strings.Contains(one.Problem, "500") {
		t.Errorf("after the second attempt %+v", one)
	}
	w.begin()
	w.hooks.answer(http.StatusOK)
	w.later(5 * time.Minute)
	w.later(time.Hour)
	if one := w.deliveries(sub)[0]; len(w.hooks.took) != 3 || one.State != auth.Delivered {
		t.Fatalf("%d calls, %+v", len(w.hooks.took), one)
	}
	for i, request := range w.hooks.took {
		body := w.hooks.bodies[i]
		signer := dispatch.NewWebhooks([]byte(hookSecret), x509.NewCertPool())
		if got, want := request.Header.Get(dispatch.HeaderSignature), signer.Sign(request.Header.Get(dispatch.HeaderTimestamp), body); got != want || request.URL.Path != "/hook" {
			t.Errorf("call %d of %s has the signature %s, want %s", i, request.URL.Path, got, want)
		}
		if request.Header.Get(dispatch.HeaderDelivery) != w.hooks.took[0].Header.Get(dispatch.HeaderDelivery) {
			t.Errorf("call %d has another key", i)
		}
		var said struct {
			Watch string
			Count int64
			URL   string
		}
		if err := json.Unmarshal(body, &said); err != nil || said.Watch != "Failures" || said.Count != 1 || !strings.HasPrefix(said.URL, "https://signpost.example/logs/interactive?") {
			t.Errorf("call %d says %s, %v", i, body, err)
		}
	}
	allow("elsewhere.example")
	w.later(time.Minute)
	if got, err := w.people.Subscription(t.Context(), sub.ID); err != nil || !strings.Contains(got.Stopped, "is not among the hosts") {
		t.Errorf("with a host that is not allowed any more: %q, %v", got.Stopped, err)
	}
}

func TestEmergencyAccountsAreTold(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	for _, terms := range []auth.Terms{{Name: "in", Address: "status=success", Zone: "UTC", Minutes: 60}, {Name: "tried", Address: "status.not=success", Zone: "UTC", Minutes: 60}} {
		if _, err := w.people.AddSubscription(t.Context(), auth.Subscription{Kind: auth.KindEmergency, Terms: terms, Created: w.now}); err != nil {
			t.Fatal(err)
		}
	}
	w.put(w.failed(w.now.Add(-time.Hour)))
	w.round()
	w.expect("without emergency accounts", 0)
	if err := w.people.SetSettings(t.Context(), auth.Settings{Emergency: []auth.EmergencyAccount{{ID: mailUser, Name: "Break Glass"}}}); err != nil {
		t.Fatal(err)
	}
	w.later(time.Minute)
	w.expect("of the hour before it was picked", 1)
	w.put(w.signIn(w.now.Add(-time.Second), "Suva", "FJ", "Linux"))
	w.later(time.Minute)
	if text := w.expect("after it signed in", 2)[1]; !strings.Contains(text, "Subject: in: 1 record") || !strings.Contains(text, "To: <root@example.com>") {
		t.Errorf("the mail is %s", text)
	}
	w.later(time.Minute)
	w.expect("once", 2)
	w.put(w.signIn(w.now.Add(-5*24*time.Hour), "Suva", "FJ", "Linux"))
	w.later(time.Minute)
	w.expect("after one that was imported five days late", 3)
	w.begin()
	w.later(time.Hour)
	w.expect("once, and after a restart", 3)
	// Without emergency accounts, the lists would have the sign-ins of everybody.
	if err := w.people.SetSettings(t.Context(), auth.Settings{}); err != nil {
		t.Fatal(err)
	}
	sub, err := w.people.Subscription(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	trial := sub.Deliver(auth.OfTrial, w.now, auth.Episode{From: w.now.Add(-7 * 24 * time.Hour), To: w.now.Truncate(time.Minute)}, w.now)
	if fired, err := w.people.Fire(t.Context(), sub, trial); err != nil || !fired {
		t.Fatal(fired, err)
	}
	w.later(time.Minute)
	w.expect("a trial after the accounts were taken out", 3)
	if one := w.deliveries(sub)[0]; one.State != auth.Refused {
		t.Errorf("the trial is %+v", one)
	}
}

// recordingPortal keeps what is written into the access log: the address and the number of records.
type recordingPortal struct {
	dispatch.Portal

	mu   sync.Mutex
	told []string
}

func (p *recordingPortal) Told(ctx context.Context, who auth.Readers, address string, r store.Range, n int64) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.told = append(p.told, fmt.Sprintf("%s %d", address, n))
	return p.Portal.Told(ctx, who, address, r, n)
}

// Each emergency account has episodes of its own, also at the same time as another's, and in either log.
func TestEachEmergencyAccountIsTold(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	const other = "other-id-1111-2222-333344445555"
	if err := w.people.SetSettings(t.Context(), auth.Settings{Emergency: []auth.EmergencyAccount{{ID: mailUser, Name: "Break Glass"}, {ID: other, Name: "Spare Key"}}}); err != nil {
		t.Fatal(err)
	}
	sub, err := w.people.AddSubscription(t.Context(), auth.Subscription{Kind: auth.KindEmergency, Created: w.now, Terms: auth.Terms{Name: "in", Address: "status=success", Zone: "UTC", Minutes: 60}})
	if err != nil {
		t.Fatal(err)
	}
	of := func(user, category string, at time.Time) map[string]any {
		r := w.signIn(at, "Suva", "FJ", "Linux")
		r["category"] = category
		r["properties"].(map[string]any)["userId"] = user
		return r
	}
	recording := &recordingPortal{Portal: w.portal}
	w.d.Portal = recording
	w.put(of(mailUser, "SignInLogs", w.now.Add(-time.Second)))
	w.later(time.Minute)
	if text := w.expect("of the first", 1)[0]; !strings.Contains(text, "Subject: in: 1 record of Break Glass") {
		t.Errorf("the mail is %s", text)
	}
	w.put(of(other, "NonInteractiveUserSignInLogs", w.now.Add(-time.Second)))
	w.later(time.Minute)
	text := w.expect("of the second, within the hour", 2)[1]
	if !strings.Contains(text, "Subject: in: 1 record of Spare Key") || strings.Contains(plainBody(t, text), mailUser) {
		t.Errorf("the mail is %s", text)
	}
	// Both at the same minute of a day long ago, told at once: a message for each.
	past := w.now.Add(-3 * 24 * time.Hour)
	w.put(of(mailUser, "SignInLogs", past), of(other, "SignInLogs", past))
	w.later(time.Minute)
	w.expect("of both, imported late", 4)
	w.begin()
	w.later(time.Minute)
	w.expect("once, and after a restart", 4)
	// The access log names the log in which the records are.
	told := slices.DeleteFunc(recording.told, func(told string) bool { return strings.Contains(told, mailUser) })
	slices.Sort(told)
	want := []string{}
	for _, log := range []string{"interactive", "noninteractive"} {
		for n := range 2 {
			want = append(want, fmt.Sprintf("/logs/%s?status=success&user=%s %d", log, other, n))
		}
	}
	if got := slices.Compact(told); !slices.Equal(got, want) {
		t.Errorf("the access log has %q, want %q", got, want)
	}
	// What an earlier version told for all accounts together is told to nobody again.
	if err := w.people.ChangeSubscription(t.Context(), sub.ID, func(s *auth.Subscription) error {
		for i := range s.Told {
			s.Told[i].User = ""
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	w.later(time.Minute)
	w.expect("after an update", 4)
}
