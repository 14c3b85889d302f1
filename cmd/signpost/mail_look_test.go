package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"signpost/auth"
	"signpost/store"
)

// watchedStore notes the people that sign-ins were read of, and may answer otherwise than the store.
type watchedStore struct {
	store.Store
	asked  []store.Person
	answer func(s *watchedStore, ctx context.Context, q store.PersonQuery) (store.Traces, error)
}

func (s *watchedStore) PersonTraces(ctx context.Context, q store.PersonQuery) (store.Traces, error) {
	s.asked = append(s.asked, q.Person)
	if s.answer == nil {
		return s.Store.PersonTraces(ctx, q)
	}
	return s.answer(s, ctx, q)
}

// watch lets the notifier read a store that notes it.
func (w *mailWorld) watch(answer func(s *watchedStore, ctx context.Context, q store.PersonQuery) (store.Traces, error)) *watchedStore {
	s := &watchedStore{Store: w.db, answer: answer}
	w.notifier.Store = s
	return s
}

// secondPerson adds somebody who wants mails, with a history.
func (w *mailWorld) secondPerson() (of func(...map[string]any) []map[string]any) {
	w.t.Helper()
	const id = "sam-id-1111-2222-333344445555"
	sam, err := auth.NewAccounts(w.people, time.Now, false).Add(w.t.Context(), auth.NewAccount{
		Name: "sam", Password: mePassword, Roles: []auth.Role{auth.RoleUser}, UserID: id, Mail: "sam@example.com",
	})
	if err != nil {
		w.t.Fatal(err)
	}
	value := auth.MailSwitch{Since: w.now, Zone: "UTC"}.String()
	if err := w.people.SetPreference(w.t.Context(), sam.ID, auth.PreferenceMail, value); err != nil {
		w.t.Fatal(err)
	}
	return func(records ...map[string]any) []map[string]any {
		for _, r := range records {
			r["properties"].(map[string]any)["userId"] = id
		}
		return records
	}
}

// twoTravellers are two people who want mails. Their sign-ins from Fiji are imported but not looked at.
func twoTravellers(t *testing.T) *mailWorld {
	t.Helper()
	w := newMailWorld(t)
	w.want()
	sams := w.secondPerson()
	w.bring(append(w.history(), sams(w.history()...)...)...)
	w.now = w.now.Add(time.Hour)
	w.put(append(sams(w.signIn(w.now.Add(-time.Minute), "Suva", "FJ", "Linux")), w.signIn(w.now.Add(-time.Minute), "Suva", "FJ", "Linux"))...)
	w.glance()
	w.now = w.now.Add(mailQuiet)
	return w
}

func TestALookGoesOnWhereOnePersonFails(t *testing.T) {
	t.Parallel()
	w := twoTravellers(t)
	failing := true
	s := w.watch(func(s *watchedStore, ctx context.Context, q store.PersonQuery) (store.Traces, error) {
		if failing && q.Person == s.asked[0] {
			return store.Traces{}, errors.New("a page of the file cannot be read")
		}
		return s.Store.PersonTraces(ctx, q)
	})
	if err := w.notifier.Look(t.Context()); err == nil || !strings.Contains(err.Error(), "cannot be read") || len(s.asked) != 2 {
		t.Fatalf("asked %d times: %v", len(s.asked), err)
	}
	w.glance()
	w.expect("where the first person fails", 1)
	w.now = w.now.Add(50 * time.Second)
	w.glance()
	if len(s.asked) != 2 {
		t.Errorf("asked %d times in the first minute after a failure", len(s.asked))
	}
	w.now = w.now.Add(10 * time.Second)
	if err := w.notifier.Look(t.Context()); err == nil || len(s.asked) != 3 || s.asked[2] != s.asked[0] {
		t.Errorf("after a minute asked for %v: %v", s.asked, err)
	}
	failing = false
	w.now = w.now.Add(4 * time.Minute)
	w.glance()
	w.expect("less than five minutes after the second failure", 1)
	w.now = w.now.Add(time.Minute)
	w.glance()
	w.expect("after it", 2)
	w.now = w.now.Add(time.Hour)
	w.glance()
	if len(s.asked) != 4 {
		t.Errorf("asked %d times, also after all was looked at", len(s.asked))
	}
}

func TestALookWaitsForTheStoreToReadAgain(t *testing.T) {
	t.Parallel()
	w := twoTravellers(t)
	reading := true
	s := w.watch(func(s *watchedStore, ctx context.Context, q store.PersonQuery) (store.Traces, error) {
		traces, err := s.Store.PersonTraces(ctx, q)
		traces.Complete = traces.Complete && !reading
		return traces, err
	})
	for _, step := range []struct {
		wait  time.Duration
		asked int
	}{{0, 1}, {5 * time.Second, 1}, {54 * time.Second, 1}, {time.Second, 2}, {30 * time.Second, 2}} {
		w.now = w.now.Add(step.wait)
		if w.glance(); len(s.asked) != step.asked {
			t.Errorf("%s later asked %d times, want %d", step.wait, len(s.asked), step.asked)
		}
	}
	w.expect("while the store reads", 0)
	reading = false
	w.now = w.now.Add(time.Minute)
	w.glance()
	w.expect("after it", 2)
}

// What looks new may be old where the history is longer than what is read of it.
func TestNewsIsJudgedByTheWholeHistory(t *testing.T) {
	t.Parallel()
	w := newMailWorld(t)
	w.want()
	records := []map[string]any{w.signIn(w.now.Add(-35*24*time.Hour), "Oslo", "NO", "Linux")}
	for i := range 60 {
		records = append(records, w.signIn(w.now.Add(-time.Duration(i+1)*12*time.Hour), "Oslo", "NO", "Windows 11"))
	}
	w.bring(records...)
	limit := func(most int) {
		w.watch(func(s *watchedStore, ctx context.Context, q store.PersonQuery) (store.Traces, error) {
			q.Limit = min(q.Limit/400, most)
			return s.Store.PersonTraces(ctx, q)
		})
	}
	limit(1000)
	w.now = w.now.Add(time.Hour)
	w.bring(w.signIn(w.now.Add(-time.Minute), "Oslo", "NO", "Linux"))
	w.expect("for a device of five weeks before, behind what is read at first", 0)
	w.now = w.now.Add(time.Hour)
	w.bring(w.signIn(w.now.Add(-time.Minute), "Lima", "PE", "Windows 11"))
	w.expect("for a new country", 1)
	limit(25) // also where more is asked for
	w.now = w.now.Add(time.Hour)
	w.bring(w.signIn(w.now.Add(-time.Minute), "Suva", "FJ", "Windows 11"))
	w.expect("where too little can be read", 1)
}

func TestMailsTellOfTheLastDays(t *testing.T) {
	t.Parallel()
	w := newMailWorld(t)
	w.want()
	w.bring(w.history()...)
	w.now = w.now.Add(10 * 24 * time.Hour)
	w.bring(w.signIn(w.now.Add(-8*24*time.Hour), "Suva", "FJ", "Windows 11"), w.signIn(w.now.Add(-6*24*time.Hour), "Lima", "PE", "Windows 11"))
	if inbox := w.expect("for a sign-in of 8 days before and one of 6", 1); !strings.Contains(inbox[0], "Peru") || strings.Contains(inbox[0], "Fiji") {
		t.Errorf("the mail is %s", inbox[0])
	}
}

// clockedImports has the times of the test's clock in place of the computer's: an import began when it was first read, or at
// its own time.
type clockedImports struct {
	store.ImportHistory
	w       *mailWorld
	started map[int64]time.Time
}

func (c clockedImports) began(id int64) time.Time {
	if _, ok := c.started[id]; !ok {
		c.started[id] = c.w.now
	}
	return c.started[id]
}

func (c clockedImports) PastImports(ctx context.Context, q store.ImportsQuery) (store.ImportPage, error) {
	page, err := c.ImportHistory.PastImports(ctx, q)
	for i := range page.Entries {
		page.Entries[i].Started = c.began(page.Entries[i].ID)
	}
	return page, err
}

func (c clockedImports) ImportByID(ctx context.Context, id int64) (store.ImportEntry, error) {
	e, err := c.ImportHistory.ImportByID(ctx, id)
	e.Started = c.began(id)
	return e, err
}

func TestALookWaitsForAllImports(t *testing.T) {
	t.Parallel()
	w := newMailWorld(t)
	clocked := clockedImports{w.db, w, map[int64]time.Time{}}
	w.notifier.Imports = clocked
	begin := func(path string) int64 {
		id, err := w.db.BeginImport(t.Context(), store.ImportFile{Path: path, Format: store.FormatGraph})
		if err != nil {
			t.Fatal(err)
		}
		clocked.began(id)
		return id
	}
	w.want()
	w.bring(w.history()...)

	w.now = w.now.Add(time.Hour)
	w.put(w.signIn(w.now.Add(-time.Minute), "Suva", "FJ", "Windows 11"))
	w.glance()
	w.now = w.now.Add(mailQuiet - time.Second)
	w.glance()
	w.expect("between two files", 0)
	w.bring(w.signIn(w.now.Add(-30*time.Hour), "Suva", "FJ", "Windows 11")) // before the switch: the country is known
	w.expect("after the second file, which makes the first one usual", 0)

	long := begin("long")
	w.now = w.now.Add(time.Minute)
	w.bring(w.signIn(w.now.Add(-time.Minute), "Lima", "PE", "Windows 11"))
	w.expect("while an import runs that began before the last one", 0)
	if err := w.db.EndImport(t.Context(), long, store.ImportReport{Path: "long"}); err != nil {
		t.Fatal(err)
	}
	w.look()
	w.expect("after its end", 1)

	begin("killed")
	w.bring(w.signIn(w.now.Add(-time.Minute), "Quito", "EC", "Windows 11"))
	w.now = w.now.Add(59 * time.Minute)
	w.glance()
	w.expect("while a killed import may run", 1)
	w.now = w.now.Add(time.Minute)
	w.glance()
	w.expect("an hour after it began", 2)

	// Imports without a pause do not put a look off for ever.
	w.put(w.signIn(w.now.Add(-time.Minute), "La Paz", "BO", "Windows 11"))
	for range 6 * 3 {
		begin("one more")
		w.glance()
		w.now = w.now.Add(20 * time.Minute)
	}
	w.expect("while one import follows the other", 2)
	w.glance()
	w.expect("after six hours of that", 3)
}

// brokenMails panics at every question.
type brokenMails struct{ auth.MailStore }

func (brokenMails) MailReaders(context.Context) ([]auth.MailReader, error) { panic("broken readers") }

func (brokenMails) ClaimMail(context.Context, time.Time, time.Time) (auth.Mail, bool, error) {
	panic("broken claim")
}

// brokenFacts panics for one account.
type brokenFacts struct {
	auth.MailStore
	account int64
}

func (b brokenFacts) ToldFacts(ctx context.Context, account int64) (map[string]bool, error) {
	if account == b.account {
		panic("broken facts")
	}
	return b.MailStore.ToldFacts(ctx, account)
}

// The account that the look asks about first panics, and the look goes on.
func TestAPanicAboutOnePersonKeepsNobodyWaiting(t *testing.T) {
	t.Parallel()
	w := twoTravellers(t)
	readers, err := w.people.MailReaders(t.Context())
	if err != nil || len(readers) != 2 {
		t.Fatalf("%d people want mails, %v", len(readers), err)
	}
	w.notifier.Mails = brokenFacts{w.people, readers[0].Account.ID}
	if err := w.notifier.Look(t.Context()); err == nil || !strings.Contains(err.Error(), "broken facts") {
		t.Errorf("the look: %v", err)
	}
	w.glance()
	w.expect("where the look at one person panics", 1)
}

// lines is a log that hands over each line.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	l <- string(p)
	return len(p), nil
}

func TestPanicsEndNoPortal(t *testing.T) {
	t.Parallel()
	w := twoTravellers(t)
	log := make(lines, 9)
	w.notifier.Log, w.notifier.Mails = slog.New(slog.NewTextHandler(log, nil)), brokenMails{w.people}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.notifier.Run(ctx)
	}()
	if line := <-log; !strings.Contains(line, "broken readers") || !strings.Contains(line, "broken claim") {
		t.Errorf("the log says %s", line)
	}
	cancel()
	<-ended
}

// brokenSender panics at every mail.
type brokenSender struct{}

func (brokenSender) Send(context.Context, auth.Mail) error { panic("broken sender") }

func TestASenderThatPanicsFails(t *testing.T) {
	t.Parallel()
	w := twoTravellers(t)
	w.notifier.Sender = brokenSender{}
	w.glance()
	failed, waiting, err := w.people.UnsentMails(t.Context(), 9)
	if err != nil || waiting != 2 || len(failed) != 2 || !strings.Contains(failed[0].Error, "Signpost made a mistake") || strings.Contains(failed[0].Error, "goroutine") {
		t.Errorf("failed: %+v, %d wait, %v", failed, waiting, err)
	}
}

func TestMailsFollowTheirAccount(t *testing.T) {
	t.Parallel()
	w := newMailWorld(t)
	w.want()
	w.bring(w.history()...)
	w.now = w.now.Add(time.Hour)
	w.notifier.Sender = brokenSender{}
	w.bring(w.signIn(w.now.Add(-time.Minute), "Suva", "FJ", "Linux"))
	accounts := auth.NewAccounts(w.people, time.Now, false)
	if err := accounts.SetMail(t.Context(), "robin", "robin@example.org"); err != nil {
		t.Fatal(err)
	}
	w.notifier.Sender = w.server.sender(t)
	w.now = w.now.Add(2 * time.Minute)
	w.glance()
	if inbox := w.expect("after the address was corrected", 1); !strings.HasPrefix(inbox[0], "To: <robin@example.org>") {
		t.Errorf("the mail is %s", inbox[0])
	}
	off := auth.Mail{AccountID: w.account.ID, Subject: "turned off", Body: "text", Created: w.now}
	if err := w.people.TurnMailsOff(t.Context(), off); err != nil {
		t.Fatal(err)
	}
	w.glance()
	if inbox := w.expect("after the mails were turned off", 2); !strings.Contains(inbox[1], "Subject: turned off") {
		t.Errorf("the last mail is %s", inbox[1])
	}
}
