package portal

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"signpost/auth"
)

// watchTerms are those of a watch with one recipient and a webhook.
func watchTerms(recipient int64) auth.Terms {
	return auth.Terms{
		Name: "Failures", Address: "/logs/interactive?status=failure", Zone: "Europe/Oslo", More: 10, Minutes: 15,
		Recipients: []int64{recipient}, ByMail: true, OnPage: true, Webhook: "https://hooks.example.com/x",
	}
}

func TestSubscriptionsAreKept(t *testing.T) {
	folder, c := t.TempDir(), newClock()
	p, other := openTestPortal(t, folder), openTestPortal(t, folder)
	ada := addAccount(t, auth.NewAccounts(p, c.now, false), "ada", auth.RoleGlobalReader)
	want, err := p.AddSubscription(t.Context(), auth.Subscription{Kind: auth.KindWatch, OwnerID: ada.ID, Owner: "ada", Terms: watchTerms(ada.ID), Created: c.t, Looked: c.t})
	if err != nil || want.ID == 0 {
		t.Fatalf("added %+v, %v", want, err)
	}
	for name, of := range map[string]*DB{"here": p, "another process": other} {
		if got, err := of.Subscription(t.Context(), want.ID); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, %v, want %+v", name, got, err, want)
		}
	}
	// Two processes run the same watch: one of them fires.
	run := want
	run.Told, run.Last = []auth.Episode{{From: c.t, To: c.t.Add(time.Minute)}}, c.t
	sent := want.Deliver(auth.OfRun, c.t, auth.Episode{From: c.t.Add(-time.Hour), To: c.t}, c.t)
	first, err1 := p.Fire(t.Context(), run, sent)
	second, err2 := other.Fire(t.Context(), run, sent)
	if err1 != nil || err2 != nil || !first || second {
		t.Fatalf("fired %v, %v, and again %v, %v", first, err1, second, err2)
	}
	got, err := p.Subscription(t.Context(), want.ID)
	if err != nil || !reflect.DeepEqual(got.Told, run.Told) || !got.Last.Equal(c.t) {
		t.Errorf("after the run %+v, %v", got, err)
	}
	// The same run made again, as after a kill before the state was read, adds nothing.
	if fired, err := p.Fire(t.Context(), got, sent); err != nil || !fired {
		t.Fatalf("again: %v, %v", fired, err)
	}
	list, err := p.Deliveries(t.Context(), want.ID, 100)
	if err != nil || len(list) != 3 {
		t.Fatalf("%d deliveries, want 3: %v", len(list), err)
	}
	// One that is started again begins at that time.
	started := c.t.Add(time.Hour)
	err = p.ChangeSubscription(t.Context(), want.ID, func(s *auth.Subscription) error { s.Created = started; return nil })
	if got, readErr := p.Subscription(t.Context(), want.ID); err != nil || readErr != nil || !got.Created.Equal(started) {
		t.Errorf("started again: %+v, %v, %v", got, err, readErr)
	}
	if err := p.RemoveAccount(t.Context(), "ada", func(auth.Account) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if got, err := p.Subscription(t.Context(), want.ID); err != nil || got.OwnerID != 0 || got.Owner != "ada" {
		t.Errorf("after its owner was removed: %+v, %v", got, err)
	}
	if err := p.RemoveSubscription(t.Context(), want.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Subscription(t.Context(), want.ID); !errors.Is(err, auth.ErrNoSubscription) {
		t.Errorf("a removed one: %v", err)
	}
	if list, err := p.Deliveries(t.Context(), 0, 100); err != nil || len(list) != 0 {
		t.Errorf("deliveries of a removed one: %+v, %v", list, err)
	}
}

func TestDeliveriesAreClaimedOnce(t *testing.T) {
	folder, c := t.TempDir(), newClock()
	p, other := openTestPortal(t, folder), openTestPortal(t, folder)
	ada := addAccount(t, auth.NewAccounts(p, c.now, false), "ada", auth.RoleGlobalReader)
	sub, err := p.AddSubscription(t.Context(), auth.Subscription{Kind: auth.KindWatch, OwnerID: ada.ID, Terms: watchTerms(ada.ID), Created: c.t})
	if err != nil {
		t.Fatal(err)
	}
	if fired, err := p.Fire(t.Context(), sub, sub.Deliver(auth.OfRun, c.t, auth.Episode{}, c.t)); err != nil || !fired {
		t.Fatalf("fired %v, %v", fired, err)
	}
	again := c.t.Add(time.Minute)
	taken := map[auth.Channel]auth.Delivery{}
	for _, of := range []*DB{p, other, p} {
		d, ok, err := of.ClaimDelivery(t.Context(), auth.Lane{}, c.t, again)
		if err != nil || !ok || d.Attempts != 1 || d.Name != "Failures" {
			t.Fatalf("claimed %+v, %v, %v", d, ok, err)
		}
		taken[d.Channel] = d
	}
	if _, ok, err := other.ClaimDelivery(t.Context(), auth.Lane{}, c.t, again); err != nil || ok || len(taken) != 3 {
		t.Fatalf("%d of three channels, and another: %v, %v", len(taken), ok, err)
	}
	// The page settles. The mail and the webhook are being handed over when the process is killed.
	notice := taken[auth.OnPage]
	notice.State, notice.Next, notice.N = auth.Delivered, time.Time{}, 12
	if err := p.SettleDelivery(t.Context(), notice); err != nil {
		t.Fatal(err)
	}
	for _, channel := range []auth.Channel{auth.ByMail, auth.ByWebhook} {
		d := taken[channel]
		d.State, d.Next = auth.Handing, again
		if err := p.SettleDelivery(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	// Both are claimed again under their keys, and their state says that they may have arrived.
	for range 2 {
		d, ok, err := other.ClaimDelivery(t.Context(), auth.Lane{}, again, again.Add(time.Minute))
		if err != nil || !ok || d.State != auth.Handing || d.Attempts != 2 || d.Key != taken[d.Channel].Key {
			t.Errorf("after the kill claimed %+v, %v, %v", d, ok, err)
		}
		delete(taken, d.Channel)
	}
	if d, ok, err := other.ClaimDelivery(t.Context(), auth.Lane{}, again, again.Add(time.Minute)); err != nil || ok || len(taken) != 1 {
		t.Errorf("after the kill claimed %+v too, %v; left are %v", d, err, taken)
	}
	notices, unseen, err := p.Notices(t.Context(), ada.ID, 10)
	if err != nil || unseen != 1 || len(notices) != 1 || notices[0].N != 12 {
		t.Errorf("notices %+v, %d unseen, %v", notices, unseen, err)
	}
	if err := p.SeeNotices(t.Context(), ada.ID, notices[0].ID); err != nil {
		t.Fatal(err)
	}
	if _, unseen, err := p.Notices(t.Context(), ada.ID, 0); err != nil || unseen != 0 {
		t.Errorf("%d unseen, %v", unseen, err)
	}
	if err := p.ForgetDeliveries(t.Context(), c.t.Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	if list, err := p.Deliveries(t.Context(), sub.ID, 10); err != nil || len(list) != 2 || list[0].Channel == auth.OnPage || list[1].Channel == auth.OnPage {
		t.Errorf("after forgetting: %+v, %v", list, err)
	}
}

// A message is claimed before a file that waits longer.
func TestFilesAreClaimedLast(t *testing.T) {
	c := newClock()
	p := openTestPortal(t, t.TempDir())
	ada := addAccount(t, auth.NewAccounts(p, c.now, false), "ada", auth.RoleGlobalReader)
	for _, kind := range []auth.SubscriptionKind{auth.KindSchedule, auth.KindWatch} {
		sub, err := p.AddSubscription(t.Context(), auth.Subscription{Kind: kind, OwnerID: ada.ID, Created: c.t, Terms: auth.Terms{
			Name: string(kind), Recipients: []int64{ada.ID}, ByMail: true,
		}})
		if err != nil {
			t.Fatal(err)
		}
		if fired, err := p.Fire(t.Context(), sub, sub.Deliver(auth.OfRun, c.t, auth.Episode{}, c.t)); err != nil || !fired {
			t.Fatal(fired, err)
		}
		c.t = c.t.Add(time.Minute)
	}
	for _, want := range []string{"watch", "schedule"} {
		if d, ok, err := p.ClaimDelivery(t.Context(), auth.Lane{}, c.t, c.t.Add(time.Hour)); err != nil || !ok || d.Name != want {
			t.Errorf("claimed %q, %v, %v, want %q", d.Name, ok, err, want)
		}
	}
}

func TestAlertSettingsAreKept(t *testing.T) {
	p := openTestPortal(t, t.TempDir())
	want := auth.Settings{HideLooks: true, WebhookHosts: []string{"a.example", "b.example:8443"}, Emergency: []auth.EmergencyAccount{{ID: "x", Name: "Break Glass"}}}
	if err := p.SetSettings(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	if got, err := p.Settings(t.Context()); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}
