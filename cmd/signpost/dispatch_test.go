package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	netmail "net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"signpost/auth"
	"signpost/static"
	"signpost/web"
	"signpost/web/dispatch"
	"signpost/web/mail"
)

const hookSecret = "a secret of sixteen or more"

// receiver is a real receiver of webhooks over HTTPS. It answers with status, and keeps what it takes.
type receiver struct {
	server *httptest.Server

	mu     sync.Mutex
	status int
	took   []*http.Request
	bodies [][]byte
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{status: http.StatusNoContent}
	r.server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			t.Error(err)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.took, r.bodies = append(r.took, request), append(r.bodies, body)
		if r.status == http.StatusFound {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(r.status)
	}))
	t.Cleanup(r.server.Close)
	return r
}

func (r *receiver) answer(status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status = status
}

// hooks gives the caller of webhooks that trusts the receiver by a file of certificates, as --webhook-ca does.
func (r *receiver) hooks(t *testing.T) *dispatch.Webhooks {
	t.Helper()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: r.server.Certificate().Raw})
	if err := os.WriteFile(ca, text, 0o600); err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte(hookSecret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := DispatchFlags{WebhookSecret: "@" + secret, WebhookCA: ca}
	hooks, err := f.webhooks()
	if err := errors.Join(f.check(), err); err != nil {
		t.Fatal(err)
	}
	return hooks
}

// dispatchWorld is a portal with people, records, a mail server and a receiver of webhooks.
type dispatchWorld struct {
	*mailWorld
	accounts *auth.Accounts
	portal   *web.Server
	hooks    *receiver
	folder   string
	d        *dispatch.Dispatcher
	ids      map[string]int64
}

func newDispatchWorld(t *testing.T) *dispatchWorld {
	t.Helper()
	w := &dispatchWorld{mailWorld: newMailWorld(t), hooks: newReceiver(t), folder: t.TempDir(), ids: map[string]int64{}}
	clock := func() time.Time { return w.now }
	log := slog.New(slog.NewTextHandler(&w.log, nil))
	w.accounts = auth.NewAccounts(w.people, clock, false)
	w.accounts.LogTo(log)
	for name, role := range map[string]auth.Role{
		"root": auth.RoleGlobalAdministrator, "reader": auth.RoleGlobalReader, "reports": auth.RoleReportsReader, "plain": auth.RoleUser,
	} {
		a, err := w.accounts.Add(t.Context(), auth.NewAccount{Name: name, Password: mePassword, Roles: []auth.Role{role}, Mail: name + "@example.com"})
		if err != nil {
			t.Fatal(err)
		}
		w.ids[name] = a.ID
	}
	w.portal = web.New(web.Config{
		Store: w.db, Directory: w.db, Accounts: w.accounts, Setup: auth.NewSetup(w.accounts), Log: log, Access: w.db.Access(), Settings: w.people,
		Sessions: auth.NewSessions(w.people, w.accounts, clock, auth.SessionOptions{}), Static: static.Handler(), Preferences: w.people, Views: w.people,
		Answers: w.people, Imports: w.db, Coverage: w.db, Mails: w.people, Subscriptions: w.people, Now: clock,
	})
	w.begin()
	return w
}

// begin begins with a dispatcher that remembers nothing, as after a kill.
func (w *dispatchWorld) begin() {
	w.d = &dispatch.Dispatcher{
		Portal: w.portal, Subscriptions: w.people, Accounts: w.accounts, Settings: w.people, Mailer: w.server.sender(w.t), Webhooks: w.hooks.hooks(w.t),
		Folder: w.folder, Address: "https://signpost.example/", Now: func() time.Time { return w.now }, Log: slog.New(slog.NewTextHandler(&w.log, nil)),
		IsFinal:   func(err error) bool { return errors.Is(err, mail.ErrRefused) },
		IsUnknown: func(err error) bool { return errors.Is(err, mail.ErrUnknown) },
	}
}

func (w *dispatchWorld) round() {
	w.t.Helper()
	if err := w.d.Round(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// later moves the clock and runs a round.
func (w *dispatchWorld) later(d time.Duration) {
	w.t.Helper()
	w.now = w.now.Add(d)
	w.round()
}

func (w *dispatchWorld) add(kind auth.SubscriptionKind, owner string, change func(*auth.Terms)) auth.Subscription {
	w.t.Helper()
	terms := auth.Terms{Name: "Failures", Address: "/logs/interactive?status=failure", Zone: "UTC"}
	if kind == auth.KindSchedule {
		terms.Every, terms.Hour, terms.Format, terms.ByMail = auth.Daily, 7, "csv", true
	} else {
		terms.More, terms.Minutes = 3, 10
	}
	change(&terms)
	terms, err := terms.Check(kind)
	if err != nil {
		w.t.Fatal(err)
	}
	sub := auth.Subscription{Kind: kind, OwnerID: w.ids[owner], Owner: owner, Terms: terms, Created: w.now}
	if kind == auth.KindSchedule {
		sub.Next = terms.After(w.now)
	}
	if sub, err = w.people.AddSubscription(w.t.Context(), sub); err != nil {
		w.t.Fatal(err)
	}
	return sub
}

// failed is a sign-in that a policy blocked.
func (w *dispatchWorld) failed(at time.Time) map[string]any {
	r := w.signIn(at, "Suva", "FJ", "Linux")
	properties := r["properties"].(map[string]any)
	properties["status"] = map[string]any{"errorCode": 53003}
	properties["conditionalAccessStatus"] = "failure"
	properties["appliedConditionalAccessPolicies"] = []any{map[string]any{"id": "p1", "displayName": "Block Oceania", "result": "failure"}}
	return r
}

func (w *dispatchWorld) deliveries(sub auth.Subscription) []auth.Delivery {
	w.t.Helper()
	list, err := w.people.Deliveries(w.t.Context(), sub.ID, 100)
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

// attached gives the file of a mail.
func attached(t *testing.T, text string) (to, name string, content []byte) {
	t.Helper()
	message, err := netmail.ReadMessage(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	for parts := multipart.NewReader(message.Body, params["boundary"]); ; {
		part, err := parts.NextRawPart()
		if err != nil {
			t.Fatalf("the mail has no file: %v\n%s", err, text)
		}
		if part.FileName() == "" {
			continue
		}
		content, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, part))
		if err != nil {
			t.Fatal(err)
		}
		return message.Header.Get("To"), part.FileName(), content
	}
}

func TestScheduleIsMadeUpOnce(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	w.put(w.failed(w.now.Add(-time.Hour)), w.failed(w.now.Add(71*time.Hour)))
	sub := w.add(auth.KindSchedule, "reader", func(terms *auth.Terms) { terms.Recipients = []int64{w.ids["reader"]} })
	w.round()
	w.expect("before its time", 0)
	w.later(65*time.Hour + time.Minute) // 7:01 of the third day: two runs were missed
	inbox := w.expect("after a downtime", 1)
	_, name, content := attached(t, inbox[0])
	if rows := bytes.Count(content, []byte("\n")); !strings.HasSuffix(name, ".csv") || rows != 1 {
		t.Errorf("%s has %d rows, want its headings alone: of the day before the last time\n%s", name, rows, content)
	}
	w.begin()
	w.later(time.Hour)
	w.expect("after a restart", 1)
	w.later(23 * time.Hour)
	_, _, content = attached(t, w.expect("the day after", 2)[1])
	if !bytes.Contains(content, []byte("53003")) {
		t.Errorf("the file of the day has %s", content)
	}
	if list := w.deliveries(sub); len(list) != 2 || list[0].State != auth.Delivered || !list[1].Due.Equal(time.Date(2026, 11, 26, 7, 0, 0, 0, time.UTC)) {
		t.Errorf("deliveries %+v", list)
	}
}

// A kill between the claim and the note of what became of a mail must not send it twice; the page says that it is not known.
func TestNothingGoesOutTwiceAfterAKill(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	sub := w.add(auth.KindSchedule, "reader", func(terms *auth.Terms) { terms.Recipients = []int64{w.ids["reader"]} })
	w.now = sub.Next
	w.server.refuseWith(&smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "come back later"})
	w.round()
	one := w.deliveries(sub)[0]
	if one.State != auth.Waiting || !strings.Contains(one.Problem, "come back later") {
		t.Fatalf("the delivery is %+v", one)
	}
	w.server.refuseWith(nil)
	one.State = auth.Handing // as it is while the mail server takes the mail
	if err := w.people.SettleDelivery(t.Context(), one); err != nil {
		t.Fatal(err)
	}
	w.begin()
	w.later(time.Hour)
	w.expect("after the kill", 0)
	if one := w.deliveries(sub)[0]; one.State != auth.Unknown || one.Problem == "" {
		t.Errorf("the delivery is %+v", one)
	}
}

// What waits when somebody pauses a schedule is not sent, though the mail server takes mails again.
func TestPausedScheduleSendsNothing(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	sub := w.add(auth.KindSchedule, "reader", func(terms *auth.Terms) { terms.Recipients = []int64{w.ids["reader"]} })
	w.now = sub.Next
	w.server.refuseWith(&smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "come back later"})
	w.round()
	w.server.refuseWith(nil)
	if err := w.people.ChangeSubscription(t.Context(), sub.ID, func(s *auth.Subscription) error { s.Paused = true; return nil }); err != nil {
		t.Fatal(err)
	}
	w.later(time.Hour)
	w.expect("while it is paused", 0)
	if one := w.deliveries(sub)[0]; one.State != auth.Refused || !strings.Contains(one.Problem, "paused") {
		t.Errorf("the delivery is %+v", one)
	}
}

// A mail server that hangs up after it took a mail, or before it says so, gets the mail once.
func TestMailServerThatHangsUpGetsAMailOnce(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	sub := w.add(auth.KindSchedule, "reader", func(terms *auth.Terms) { terms.Recipients = []int64{w.ids["reader"]} })
	w.now = sub.Next
	for i, test := range []struct {
		hangsUp string
		want    auth.DeliveryState
	}{{"after", auth.Delivered}, {"before", auth.Unknown}} {
		w.server.hangsUp = test.hangsUp
		w.later(24 * time.Hour)
		if one := w.deliveries(sub)[0]; one.State != test.want || !one.Next.IsZero() {
			t.Errorf("%s its answer: the delivery is %+v", test.hangsUp, one)
		}
		w.later(time.Hour)
		w.expect(test.hangsUp+" its answer", i+1)
	}
}

// A file holds what both its owner and its recipient may see, and what leaves the portal what a Reports Reader sees.
func TestRightsOfOwnerAndRecipient(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	w.put(w.failed(w.now.Add(-time.Hour)))
	all := func(terms *auth.Terms) {
		terms.Recipients, terms.Addresses = []int64{w.ids["root"], w.ids["reader"], w.ids["reports"], w.ids["plain"]}, []string{"outside@example.org"}
		terms.Format = "json"
	}
	byRoot := w.add(auth.KindSchedule, "root", all)
	byReports := w.add(auth.KindSchedule, "reports", func(terms *auth.Terms) { all(terms); terms.Addresses = nil })
	w.now = byRoot.Next
	w.round()
	saw := map[bool][]string{}
	for _, text := range w.expect("the mails", 4+3) {
		to, _, content := attached(t, text)
		if !json.Valid(content) || !bytes.Contains(content, []byte("Travel Desk")) {
			t.Errorf("%s got %s", to, content)
		}
		sees := bytes.Contains(bytes.ToLower(content), []byte("conditionalaccess")) || bytes.Contains(content, []byte("Block Oceania"))
		saw[sees] = append(saw[sees], to)
	}
	slices.Sort(saw[true])
	if got := strings.Join(saw[true], " "); got != "<reader@example.com> <root@example.com>" {
		t.Errorf("Conditional Access data went to %s", got)
	}
	for _, sub := range []auth.Subscription{byRoot, byReports} {
		for _, d := range w.deliveries(sub) {
			if want := d.Account == "plain"; (d.State == auth.Refused) != want {
				t.Errorf("to %q of %s: %s, %s", d.Account+d.Target, sub.Owner, d.State, d.Problem)
			}
		}
	}
	// A view that filters by Conditional Access data tells of it by its very number.
	named := w.add(auth.KindSchedule, "root", func(terms *auth.Terms) { all(terms); terms.Address = "/logs/interactive?ca=failure" })
	w.now = named.Next
	before := len(w.server.inbox())
	w.round()
	for _, d := range w.deliveries(named) {
		if want := d.Account == "root" || d.Account == "reader"; (d.State == auth.Delivered) != want {
			t.Errorf("of a view with the condition: to %q %s, %s", d.Account+d.Target, d.State, d.Problem)
		}
	}
	for _, text := range w.server.inbox()[before:] {
		if to, _, content := attached(t, text); strings.Contains(to, "reports") && bytes.Contains(content, []byte("Block Oceania")) {
			t.Errorf("%s got %s", to, content)
		}
	}
}

// Where both are limited to a part of the tenant, a file holds what is in both parts.
func TestLimitsOfOwnerAndRecipient(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	for _, app := range []string{"app-1", "app-2", "app-3"} {
		r := w.signIn(w.now.Add(-time.Hour), "Oslo", "NO", "Linux")
		r["properties"].(map[string]any)["appId"] = app
		w.put(r)
	}
	for name, apps := range map[string][]string{"reader": {"app-1", "app-2"}, "reports": {"app-2", "app-3"}} {
		scope, err := auth.NewScope(nil, apps)
		if err == nil {
			err = w.accounts.SetScope(t.Context(), name, scope)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	sub := w.add(auth.KindSchedule, "reader", func(terms *auth.Terms) {
		terms.Address, terms.Format = "/logs/interactive", "json"
		terms.Recipients = []int64{w.ids["root"], w.ids["reader"], w.ids["reports"]}
	})
	watch := w.add(auth.KindWatch, "reader", func(terms *auth.Terms) {
		terms.Address, terms.OnPage, terms.More, terms.Minutes = "/logs/interactive", true, 1, 600
		terms.Recipients = []int64{w.ids["root"], w.ids["reports"]}
	})
	w.now = sub.Next
	w.round()
	got := map[string]string{}
	for _, text := range w.expect("the mails", 3) {
		to, _, content := attached(t, text)
		for _, app := range []string{"app-1", "app-2", "app-3"} {
			if bytes.Contains(content, []byte(app)) {
				got[to] += app + " "
			}
		}
	}
	for to, want := range map[string]string{"<root@example.com>": "app-1 app-2 ", "<reader@example.com>": "app-1 app-2 ", "<reports@example.com>": "app-2 "} {
		if got[to] != want {
			t.Errorf("%s got %s, want %s", to, got[to], want)
		}
	}
	for i, app := range []string{"app-1", "app-2", "app-3"} {
		r := w.signIn(w.now.Add(time.Duration(i)*time.Second), "Oslo", "NO", "Linux")
		r["properties"].(map[string]any)["appId"] = app
		w.put(r)
	}
	w.later(time.Minute)
	for _, d := range w.deliveries(watch) {
		if want := d.Account == "root"; (d.State == auth.Delivered) != want || want && d.N != 2 {
			t.Errorf("the watch told %s of %d: %s, %s", d.Account, d.N, d.State, d.Problem)
		}
	}
	if len(w.deliveries(watch)) != 2 {
		t.Errorf("the watch told %d people", len(w.deliveries(watch)))
	}
}

func TestOwnerWhoLostTheRight(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	condition := w.add(auth.KindWatch, "reader", func(terms *auth.Terms) {
		terms.Address, terms.Recipients, terms.OnPage = "/logs/interactive?ca=failure", []int64{w.ids["root"]}, true
	})
	gone := w.add(auth.KindSchedule, "plain", func(terms *auth.Terms) { terms.Recipients = []int64{w.ids["root"]} })
	if err := w.accounts.SetRoles(t.Context(), "reader", []auth.Role{auth.RoleReportsReader}); err != nil {
		t.Fatal(err)
	}
	if err := w.accounts.Remove(t.Context(), "plain"); err != nil {
		t.Fatal(err)
	}
	w.now = gone.Next
	w.round()
	w.begin()
	w.later(time.Hour)
	for sub, want := range map[int64]string{condition.ID: "reader may no longer see", gone.ID: "plain, was removed"} {
		if got, err := w.people.Subscription(t.Context(), sub); err != nil || !strings.Contains(got.Stopped, want) {
			t.Errorf("stopped with %q, %v, want %q", got.Stopped, err, want)
		}
	}
	var told []string
	for _, text := range w.server.inbox() {
		message, err := netmail.ReadMessage(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		told = append(told, message.Header.Get("To")+" "+message.Header.Get("Subject"))
	}
	slices.Sort(told)
	if got, want := strings.Join(told, "\n"), "<reader@example.com> Stopped: Failures\n<root@example.com> Stopped: Failures\n<root@example.com> Stopped: Failures"; got != want {
		t.Errorf("told\n%s\nwant\n%s", got, want)
	}
	if list, unseen, err := w.people.Notices(t.Context(), w.ids["root"], 10); err != nil || unseen != 2 || list[0].Kind != auth.OfStop {
		t.Errorf("notices %+v, %d, %v", list, unseen, err)
	}
}

// That a watch on custom security attributes stopped is told only to who may read that log.
func TestStopIsToldToWhoMayKnow(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	for name, role := range map[string]auth.Role{"guard": auth.RoleSecurityAdministrator, "keeper": auth.RoleAttributeLogReader} {
		a, err := w.accounts.Add(t.Context(), auth.NewAccount{Name: name, Password: mePassword, Roles: []auth.Role{role}, Mail: name + "@example.com"})
		if err != nil {
			t.Fatal(err)
		}
		w.ids[name] = a.ID
	}
	sub := w.add(auth.KindWatch, "keeper", func(terms *auth.Terms) {
		terms.Address, terms.Recipients, terms.OnPage = "/logs/customsecurity", []int64{w.ids["keeper"]}, true
	})
	if err := w.accounts.SetRoles(t.Context(), "keeper", []auth.Role{auth.RoleUser}); err != nil {
		t.Fatal(err)
	}
	w.later(time.Hour)
	for _, d := range w.deliveries(sub) {
		if want := d.Account == "guard"; (d.State == auth.Refused) != want {
			t.Errorf("%s by %s: %s", d.Account, d.Channel, d.State)
		}
	}
	w.expect("to the owner and the Global Administrator", 2)
}

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

func TestSchedulesWriteIntoTheFolder(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	w.put(w.failed(w.now.Add(-time.Hour)))
	sub := w.add(auth.KindSchedule, "root", func(terms *auth.Terms) {
		terms.Name, terms.ByMail, terms.InFolder, terms.Format = "../../etc/x", false, true, "json"
	})
	w.now = sub.Next
	w.round()
	list, err := os.ReadDir(w.folder)
	if err != nil || len(list) != 1 {
		t.Fatalf("the folder has %v, %v", list, err)
	}
	if got, want := list[0].Name(), fmt.Sprintf("etc-x_%d_20261124T070000Z.json", sub.ID); got != want {
		t.Errorf("the file is %s, want %s", got, want)
	}
	text, err := os.ReadFile(filepath.Join(w.folder, list[0].Name()))
	if err != nil || !json.Valid(text) || bytes.Contains(text, []byte("Block Oceania")) || !bytes.Contains(text, []byte("Travel Desk")) {
		t.Errorf("the file has %s, %v", text, err)
	}
	w.d.Folder = filepath.Join(w.folder, "none")
	w.later(24 * time.Hour)
	if one := w.deliveries(sub)[0]; one.State != auth.Waiting || one.Problem == "" || strings.Contains(one.Problem, w.folder) {
		t.Errorf("without its folder %+v", one)
	}
}

// slowPortal makes no file in time.
type slowPortal struct{ dispatch.Portal }

func (slowPortal) File(context.Context, auth.Readers, string, io.Writer) (name, contentType string, err error) {
	return "", "", context.DeadlineExceeded
}

func TestFileThatIsTooSlowIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	w.d.Portal = slowPortal{w.portal}
	sub := w.add(auth.KindSchedule, "root", func(terms *auth.Terms) { terms.ByMail, terms.InFolder = false, true })
	w.now = sub.Next
	w.round()
	list := w.deliveries(sub)
	if one := list[len(list)-1]; one.State != auth.Failed || !strings.Contains(one.Problem, "Narrow the view") {
		t.Errorf("the delivery is %+v", one)
	}
}

// Of a message that fails for good its list says so, and its owner and the administrators are told once.
func TestFailureIsTold(t *testing.T) {
	t.Parallel()
	w := newDispatchWorld(t)
	w.d.Portal = slowPortal{w.portal}
	sub := w.add(auth.KindSchedule, "reader", func(terms *auth.Terms) { terms.Recipients = []int64{w.ids["reader"], w.ids["reports"]} })
	w.now = sub.Next
	for range 3 {
		w.later(time.Minute)
	}
	if got, err := w.people.Subscription(t.Context(), sub.ID); err != nil || !strings.Contains(got.Problem, "Narrow the view") {
		t.Errorf("its problem is %q, %v", got.Problem, err)
	}
	for _, name := range []string{"reader", "root"} {
		if list, unseen, err := w.people.Notices(t.Context(), w.ids[name], 10); err != nil || unseen != 1 || !list[0].TellsFailure() {
			t.Errorf("notices of %s: %+v, %v", name, list, err)
		}
	}
	if text := w.expect("one for each", 2)[0]; !strings.Contains(text, "Subject: Not sent: Failures") {
		t.Errorf("the mail is %s", text)
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
}
