package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"signpost/auth"
)

const rereadingSaid = "Older records are being read again after an update of Signpost"

// While older records are read again, a watch of emergency accounts tells and says so. Another watch waits, and tells after that.
func TestWatchesWhileRecordsAreReadAgain(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	if err := w.people.SetSettings(t.Context(), auth.Settings{Emergency: []auth.EmergencyAccount{{ID: mailUser, Name: "Break Glass"}}}); err != nil {
		t.Fatal(err)
	}
	emergency, err := w.people.AddSubscription(t.Context(), auth.Subscription{Kind: auth.KindEmergency, Created: w.now, Terms: auth.Terms{Name: "in", Address: "status=success", Zone: "UTC", Minutes: 60}})
	if err != nil {
		t.Fatal(err)
	}
	watch := w.add(auth.KindWatch, "reader", func(terms *auth.Terms) {
		terms.Address, terms.More, terms.Recipients, terms.ByMail = "/logs/interactive", 0, []int64{w.ids["reader"]}, true
	})
	w.rereading.Store(true)
	w.now = w.now.Add(time.Minute)
	w.put(w.signIn(w.now.Add(-time.Second), "Suva", "FJ", "Linux"))
	for _, what := range []string{"at once", "and once"} {
		if err := w.d.Look(t.Context()); err == nil || !strings.Contains(err.Error(), "watch waits") {
			t.Errorf("%s: the look: %v", what, err)
		}
		if err := w.d.Send(t.Context()); err != nil {
			t.Fatal(err)
		}
		if text := w.expect(what, 1)[0]; !strings.Contains(plainBody(t, text), rereadingSaid) {
			t.Errorf("the mail does not say that records are read again: %s", text)
		}
		w.now = w.now.Add(time.Minute)
	}
	if notices, _, err := w.people.Notices(t.Context(), w.ids["root"], 1); err != nil || len(notices) != 1 || !strings.Contains(notices[0].Note, rereadingSaid) {
		t.Errorf("notices %+v, %v", notices, err)
	}
	for id, says := range map[int64]string{emergency.ID: "told meanwhile", watch.ID: "The watch waits"} {
		if sub, err := w.people.Subscription(t.Context(), id); err != nil || !strings.Contains(sub.Problem, says) {
			t.Errorf("the problem of %s is %q, %v", sub.Terms.Name, sub.Problem, err)
		}
	}
	w.rereading.Store(false)
	w.later(time.Minute)
	if text := plainBody(t, w.expect("the other watch after it", 2)[1]); strings.Contains(text, rereadingSaid) || !strings.Contains(text, "1 record between") {
		t.Errorf("the mail is %s", text)
	}
	for _, id := range []int64{emergency.ID, watch.ID} {
		if sub, err := w.people.Subscription(t.Context(), id); err != nil || sub.Problem != "" {
			t.Errorf("after it the problem is %q, %v", sub.Problem, err)
		}
	}
}

// A message says which conditions of its view did not count, in every form.
func TestMessagesSayWhichConditionsDidNotCount(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	host := strings.TrimPrefix(w.hooks.server.URL, "https://")
	if err := w.people.SetSettings(t.Context(), auth.Settings{WebhookHosts: []string{host}}); err != nil {
		t.Fatal(err)
	}
	const address, aside = "/logs/managedidentity?browser=Edge", "have no such field: Browser"
	watch := w.add(auth.KindWatch, "root", func(terms *auth.Terms) {
		terms.Address, terms.More, terms.Recipients, terms.ByMail, terms.OnPage, terms.Webhook = address, 0, []int64{w.ids["root"]}, true, true, w.hooks.server.URL
	})
	schedule := w.add(auth.KindSchedule, "root", func(terms *auth.Terms) {
		terms.Address, terms.Recipients, terms.InFolder = address, []int64{w.ids["root"]}, true
	})
	w.now = w.now.Add(time.Minute)
	r := w.signIn(w.now.Add(-time.Second), "", "", "")
	r["category"] = "ManagedIdentitySignInLogs"
	w.put(r)
	w.later(time.Minute)
	if text := plainBody(t, w.expect("the watch", 1)[0]); !strings.Contains(text, aside) {
		t.Errorf("the mail is %s", text)
	}
	var hook struct {
		SetAside     string `json:"set_aside"`
		StillReading bool   `json:"still_reading"`
	}
	if len(w.hooks.bodies) != 1 || json.Unmarshal(w.hooks.bodies[0], &hook) != nil || !strings.Contains(hook.SetAside, aside) || hook.StillReading {
		t.Errorf("webhooks %s", w.hooks.bodies)
	}
	for _, d := range w.deliveries(watch) {
		if !strings.Contains(d.Note, aside) {
			t.Errorf("the delivery by %s says %q", d.Channel, d.Note)
		}
	}
	w.rereading.Store(true)
	w.now = schedule.Next
	if err := w.d.Look(t.Context()); err == nil {
		t.Error("the watch does not wait")
	}
	if err := w.d.Send(t.Context()); err != nil {
		t.Fatal(err)
	}
	if text := plainBody(t, w.expect("the schedule", 2)[1]); !strings.Contains(text, aside) || !strings.Contains(text, rereadingSaid) {
		t.Errorf("the mail is %s", text)
	}
	found, err := filepath.Glob(filepath.Join(w.folder, "*.csv.txt"))
	if err != nil || len(found) != 1 {
		t.Fatalf("the folder has the notes %v, %v", found, err)
	}
	if text, err := os.ReadFile(found[0]); err != nil || !strings.Contains(string(text), aside) || !strings.Contains(string(text), rereadingSaid) {
		t.Errorf("the note is %s, %v", text, err)
	}
}

// A report without a range is as of the time at which it was due, and a mail that comes late says so.
func TestReportIsAsOfItsTime(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	w.put(w.signIn(w.now.Add(-time.Hour), "Oslo", "NO", "Linux"))
	sub := w.add(auth.KindSchedule, "reader", func(terms *auth.Terms) {
		terms.Address, terms.Format, terms.Recipients, terms.Zone = "/insights/applications", "html", []int64{w.ids["reader"]}, "Europe/Oslo"
	})
	w.now = sub.Next.Add(5 * time.Hour)
	w.put(w.signIn(w.now.Add(-time.Hour), "Oslo", "NO", "Linux")) // after the time of the run
	w.round()
	text := w.expect("after a downtime", 1)[0]
	_, name, content := attached(t, text)
	if !strings.HasSuffix(name, "_2026-11-24.html") || !strings.Contains(string(content), `data-name="signins" data-value="1"`) || !strings.Contains(string(content), "2026-11-24 07:00 CET") {
		t.Errorf("%s holds %s", name, content)
	}
	if body := plainBody(t, text); !strings.Contains(body, "as of 2026-11-24 07:00 CET") || !strings.Contains(body, "was due at 2026-11-24 07:00 CET") {
		t.Errorf("the mail says %s", body)
	}
	if strings.Contains(string(content), "<script") || strings.Contains(string(content), `src=`) || strings.Contains(string(content), `rel="stylesheet"`) {
		t.Error("the document needs other files")
	}
}

// A recipient with limits is told of the windows that have too many records among what the recipient may see.
func TestLimitedRecipientIsJudgedByTheOwnWindows(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	scope, err := auth.NewScope(nil, []string{"app-2"})
	if err == nil {
		err = w.accounts.SetScope(t.Context(), "reports", scope)
	}
	if err != nil {
		t.Fatal(err)
	}
	watch := w.add(auth.KindWatch, "reader", func(terms *auth.Terms) {
		terms.Address, terms.OnPage, terms.More, terms.Minutes = "/logs/interactive", true, 3, 5
		terms.Recipients = []int64{w.ids["reader"], w.ids["reports"]}
	})
	began := w.now
	put := func(minute int, apps ...string) {
		for _, app := range apps {
			r := w.signIn(began.Add(time.Duration(minute)*time.Minute+time.Second), "Oslo", "NO", "Linux")
			r["properties"].(map[string]any)["appId"] = app
			w.put(r)
		}
	}
	put(1, "app-1", "app-1", "app-2", "app-2")
	put(20, "app-1", "app-1", "app-2", "app-2")
	w.later(30 * time.Minute)
	told := func(account string) (d auth.Delivery) {
		for _, d := range w.deliveries(watch) { // the newest first
			if d.Account == account {
				return d
			}
		}
		t.Fatalf("nothing was queued for %s", account)
		return d
	}
	if d := told("reader"); d.State != auth.Delivered || d.N != 8 {
		t.Errorf("the owner is told of %d: %s, %s", d.N, d.State, d.Problem)
	}
	if d := told("reports"); d.State != auth.Refused || !strings.Contains(d.Problem, "not more than 3 in 5 minutes") {
		t.Errorf("with two in each of two windows the recipient is told of %d: %s, %s", d.N, d.State, d.Problem)
	}
	put(40, "app-1", "app-1", "app-1", "app-1")
	put(50, "app-2", "app-2", "app-2", "app-2", "app-1")
	w.later(30 * time.Minute)
	if d := told("reader"); d.State != auth.Delivered || d.N != 9 {
		t.Errorf("the owner is told of %d: %s, %s", d.N, d.State, d.Problem)
	}
	if d := told("reports"); d.State != auth.Delivered || d.N != 4 || d.From.Before(began.Add(45*time.Minute)) {
		t.Errorf("the recipient is told of %d since %s: %s, %s", d.N, d.From, d.State, d.Problem)
	}
}

// A recipient with limits is told when a window has too many records for this recipient, also when the owner was told before.
func TestLimitedRecipientIsToldLaterInAnEpisode(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	scope, err := auth.NewScope(nil, []string{"app-2"})
	if err == nil {
		err = w.accounts.SetScope(t.Context(), "reports", scope)
	}
	if err != nil {
		t.Fatal(err)
	}
	watch := w.add(auth.KindWatch, "reader", func(terms *auth.Terms) {
		terms.Address, terms.OnPage, terms.More, terms.Minutes = "/logs/interactive", true, 0, 30
		terms.Recipients = []int64{w.ids["reports"]}
	})
	put := func(app string) {
		r := w.signIn(w.now.Add(-time.Second), "Oslo", "NO", "Linux")
		r["properties"].(map[string]any)["appId"] = app
		w.put(r)
	}
	expect := func(when string, state auth.DeliveryState, n int64) {
		t.Helper()
		list := w.deliveries(watch)
		if len(list) != 1 || list[0].State != state || list[0].N != n {
			t.Errorf("%s: %+v", when, list)
		}
	}
	w.now = w.now.Add(time.Minute)
	put("app-1")
	w.later(time.Second)
	expect("while the records are not for the recipient", auth.Waiting, 0)
	for range 12 { // more often than a message that fails is tried
		w.later(time.Minute)
	}
	expect("while nothing else comes", auth.Waiting, 0)
	put("app-2")
	w.later(time.Minute)
	expect("after one for the recipient", auth.Delivered, 1)
}

// The access log holds the number of a watch, not its name. A name could tell readers of the access log what is not for them.
func TestAccessLogHoldsNoNameOfAWatch(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	w.put(w.failed(w.now.Add(-time.Hour)))
	sub := w.add(auth.KindSchedule, "root", func(terms *auth.Terms) { terms.Name, terms.Recipients = "Project Swan", []int64{w.ids["root"]} })
	w.now = sub.Next
	w.round()
	w.expect("the file", 1)
	var file strings.Builder
	who := auth.Readers{Owner: auth.Account{ID: w.ids["root"], Roles: []auth.Role{auth.RoleGlobalAdministrator}}}
	if _, err := w.portal.File(t.Context(), who, "/logs/access?from=2020-01-01T00:00:00Z&to="+time.Now().Add(time.Hour).UTC().Format(time.RFC3339), "csv", time.Now().Add(time.Hour), &file); err != nil {
		t.Fatal(err)
	}
	if text := file.String(); strings.Contains(text, "Swan") || !strings.Contains(text, "schedule 1") {
		t.Errorf("the access log is %s", text)
	}
}
