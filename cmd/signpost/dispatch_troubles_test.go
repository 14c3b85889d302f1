package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/auth"
	"signpost/store"
	"signpost/web/dispatch"
)

// problems gives the notices of an account that tell of a problem, the newest first.
func (w *dispatchWorld) problems(account string) (notes []string) {
	w.t.Helper()
	list, _, err := w.people.Notices(w.t.Context(), w.ids[account], 100)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, d := range list {
		if d.TellsTrouble() {
			notes = append(notes, d.Note)
		}
	}
	return notes
}

// A recipient who has no right to the view, or no address, is told of to the owner: once, and again after a message reached this
// recipient.
func TestRecipientWhoCannotHaveTheMessageIsToldOf(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	if _, err := w.accounts.Add(t.Context(), auth.NewAccount{Name: "unaddressed", Password: mePassword, Roles: []auth.Role{auth.RoleGlobalReader}}); err != nil {
		t.Fatal(err)
	}
	unaddressed, ok := w.accounts.Named(t.Context(), "unaddressed")
	if !ok {
		t.Fatal("the account is not there")
	}
	byRight := w.add(auth.KindSchedule, "reader", func(terms *auth.Terms) { terms.Recipients = []int64{w.ids["plain"]} })
	byAddress := w.add(auth.KindSchedule, "reports", func(terms *auth.Terms) { terms.Recipients = []int64{unaddressed.ID} })
	run := func() {
		sub, err := w.people.Subscription(t.Context(), byRight.ID)
		if err != nil {
			t.Fatal(err)
		}
		w.now = sub.Next
		w.round()
		if err := w.d.Send(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		run()
	}
	for owner, want := range map[string]string{"reader": "to plain, by mail. The recipient may not see what the view shows.", "reports": "to unaddressed, by mail. The account of the recipient has no mail address."} {
		if notes := w.problems(owner); len(notes) != 1 || !strings.Contains(notes[0], want) {
			t.Errorf("%s is told %q, want once %q", owner, notes, want)
		}
	}
	if notes := w.problems("root"); len(notes) > 0 {
		t.Errorf("an administrator is told %q, though the owners are there", notes)
	}
	w.troubles("to the two owners", 2)
	// The right comes, and goes again.
	setRole := func(role auth.Role) {
		if err := w.accounts.SetRoles(t.Context(), "plain", []auth.Role{role}); err != nil {
			t.Fatal(err)
		}
		run()
	}
	setRole(auth.RoleReportsReader)
	w.expect("with the right", 1)
	setRole(auth.RoleUser)
	if notes := w.problems("reader"); len(notes) != 2 {
		t.Errorf("after the right went again the owner is told %q", notes)
	}
	for _, sub := range []auth.Subscription{byRight, byAddress} {
		if got, err := w.people.Subscription(t.Context(), sub.ID); err != nil || !strings.Contains(got.Problem, "A message did not go out: to ") {
			t.Errorf("the problem of %d is %q, %v", sub.ID, got.Problem, err)
		}
	}
}

// Each recipient of a run who cannot have the message is told of, and so is what else did not go out in that run.
func TestEachTroubleOfARunIsTold(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	for _, name := range []string{"away", "left"} {
		a, err := w.accounts.Add(t.Context(), auth.NewAccount{Name: name, Password: mePassword, Roles: []auth.Role{auth.RoleGlobalReader}, Mail: name + "@example.com"})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.accounts.Disable(t.Context(), name); err != nil {
			t.Fatal(err)
		}
		w.ids[name] = a.ID
	}
	w.d.Portal = slowPortal{Portal: w.portal}
	sub := w.add(auth.KindSchedule, "reader", func(terms *auth.Terms) {
		terms.Recipients = []int64{w.ids["away"], w.ids["left"], w.ids["reports"]}
	})
	for day := range 2 {
		w.now = sub.Next.AddDate(0, 0, day)
		w.round()
		if err := w.d.Send(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	notes := strings.Join(w.problems("reader"), "\n")
	for want, n := range map[string]int{"to away, by mail. ": 1, "to left, by mail. ": 1, "Narrow the view": 2} { // a failure is told each day
		if strings.Count(notes, want) != n {
			t.Errorf("the owner is told %q, want %d times %q", notes, n, want)
		}
	}
	// The owner has a mail about those who cannot have it, and one for each failure. The administrator has one for each failure.
	w.troubles("in two days", 5)
}

// killedStore is cut off before a problem is told.
type killedStore struct {
	auth.SubscriptionStore
	kills *bool
}

func (s killedStore) Fire(ctx context.Context, after auth.Subscription, run []auth.Delivery) (bool, error) {
	if *s.kills && slices.ContainsFunc(run, auth.Delivery.TellsTrouble) {
		return false, errors.New("killed")
	}
	return s.SubscriptionStore.Fire(ctx, after, run)
}

// A problem that was not told because of a kill is told after it, once.
func TestTroubleIsToldAfterAKill(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	sub := w.add(auth.KindSchedule, "reader", func(terms *auth.Terms) { terms.Recipients = []int64{w.ids["plain"]} })
	kills := true
	w.d.Subscriptions = killedStore{w.people, &kills}
	w.now = sub.Next
	if err := w.d.Round(t.Context()); err == nil {
		t.Fatal("nothing was to be told")
	}
	kills = false
	for range 2 {
		w.later(20 * time.Minute)
	}
	if notes := w.problems("reader"); len(notes) != 1 {
		t.Errorf("the owner is told %q", notes)
	}
	if list := w.deliveries(sub); len(list) != 1 || list[0].State != auth.Refused {
		t.Errorf("the deliveries are %+v", list)
	}
}

// failingPortal counts nothing.
type failingPortal struct {
	dispatch.Portal
	with func() error
}

func (p failingPortal) Count(context.Context, auth.Readers, string, []time.Time) (auth.Counted, error) {
	return auth.Counted{}, p.with()
}

// A watch that cannot be counted is told to its owner once, and to an administrator where the owner is gone. A busy moment is not.
func TestWatchThatCannotBeCountedIsTold(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	if err := w.people.SetSettings(t.Context(), auth.Settings{Emergency: []auth.EmergencyAccount{{ID: mailUser, Name: "Break Glass"}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.people.AddSubscription(t.Context(), auth.Subscription{Kind: auth.KindEmergency, Created: w.now, Terms: auth.Terms{Name: "in", Address: "status=success", Zone: "UTC", Minutes: 60}}); err != nil {
		t.Fatal(err)
	}
	watch := w.add(auth.KindWatch, "reader", func(terms *auth.Terms) { terms.Recipients, terms.OnPage = []int64{w.ids["reports"]}, true })
	fail := func(minutes int) {
		w.d.Portal = failingPortal{w.portal, func() error { return store.ErrTooSlow }}
		for range minutes {
			w.now = w.now.Add(time.Minute)
			if err := w.d.Look(t.Context()); err == nil {
				t.Error("a look that cannot count does not say so")
			}
		}
		if err := w.d.Send(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	fail(10)
	w.troubles("after 10 minutes", 0)
	fail(20)
	for account, want := range map[string]int{"reader": 1, "root": 1, "reports": 0} {
		if notes := w.problems(account); len(notes) != want || want > 0 && notes[0] != "The watch cannot count: the records could not be counted in time; the next look counts them too." {
			t.Errorf("%s is told %q", account, notes)
		}
	}
	if got, err := w.people.Subscription(t.Context(), watch.ID); err != nil || !strings.HasSuffix(got.Problem, "counts them too. A notice told it.") {
		t.Errorf("its problem is %q, %v", got.Problem, err)
	}
	w.begin()
	fail(20)
	w.troubles("once, and after a restart", 2)
	w.d.Portal = w.portal
	w.later(time.Minute)
	if got, err := w.people.Subscription(t.Context(), watch.ID); err != nil || got.Problem != "" {
		t.Errorf("after it counted its problem is %q, %v", got.Problem, err)
	}
	fail(20)
	if notes := w.problems("reader"); len(notes) != 2 {
		t.Errorf("the next time the owner is told %q", notes)
	}
}

// A watch that somebody starts again has the whole time before its owner is told that it cannot count.
func TestWatchThatWasStartedAgainIsNotToldAtOnce(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	watch := w.add(auth.KindWatch, "reader", func(terms *auth.Terms) { terms.Recipients, terms.OnPage = []int64{w.ids["reports"]}, true })
	w.d.Portal = failingPortal{w.portal, func() error { return store.ErrTooSlow }}
	for minute := range 20 {
		if w.now = w.now.Add(time.Minute); minute == 10 { // as the page does
			if err := w.people.ChangeSubscription(t.Context(), watch.ID, func(s *auth.Subscription) error { s.Created, s.Problem = w.now, ""; return nil }); err != nil {
				t.Fatal(err)
			}
		}
		_ = w.d.Look(t.Context()) // it fails each time
	}
	w.troubles("10 minutes after the start", 0)
	w.now = w.now.Add(10 * time.Minute)
	_ = w.d.Look(t.Context())
	w.troubles("20 minutes after it", 1)
}

// A mistake of Signpost is on the page as a sentence with an ID, and in the log with its place.
func TestPanicOfAWatchIsASentence(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	watch := w.add(auth.KindWatch, "reader", func(terms *auth.Terms) {
		terms.More, terms.Recipients, terms.OnPage = 0, []int64{w.ids["reader"]}, true
	})
	panics := func() error { return store.Caught(func() error { panic("odd minute") })() }
	w.now = w.now.Add(time.Minute)
	w.put(w.failed(w.now.Add(-time.Second)))
	w.d.Portal = failingPortal{w.portal, panics}
	var panicked *store.PanicError
	if err := w.d.Look(t.Context()); !errors.As(err, &panicked) || !strings.Contains(err.Error(), "dispatch_troubles_test.go") {
		t.Fatalf("the look: %v", err)
	}
	got, err := w.people.Subscription(t.Context(), watch.ID)
	if err != nil || !strings.HasPrefix(got.Problem, "Signpost made a mistake.") || !strings.Contains(got.Problem, panicked.ID) || strings.Contains(got.Problem, ".go") {
		t.Errorf("the problem is %q, %v", got.Problem, err)
	}
	w.d.Portal = w.portal
	w.now = w.now.Add(time.Minute)
	if err := w.d.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.d.Portal = failingPortal{w.portal, panics}
	if err := w.d.Send(t.Context()); err != nil {
		t.Fatal(err)
	}
	if one := w.deliveries(watch)[0]; one.State != auth.Waiting || strings.Contains(one.Problem, ".go") || !strings.Contains(one.Problem, "under the ID ") {
		t.Errorf("the delivery is %+v", one)
	}
	if !strings.Contains(w.log.String(), "dispatch_troubles_test.go") {
		t.Error("the log does not say where")
	}
}
