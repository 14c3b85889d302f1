package main

import (
	"context"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"net/http/httptest"
	netmail "net/mail"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"signpost/auth"
	"signpost/static"
	"signpost/store"
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
	// rereading says that the store reads older records again.
	rereading *atomic.Bool
}

// rereadStore is a store that may be reading older records again.
type rereadStore struct {
	store.Store
	rereading *atomic.Bool
}

func (s rereadStore) Histogram(ctx context.Context, q store.HistogramQuery) (store.Histogram, error) {
	h, err := s.Store.Histogram(ctx, q)
	h.Complete = h.Complete && !s.rereading.Load()
	return h, err
}

func (s rereadStore) Total(ctx context.Context, q store.ListQuery) (store.Total, error) {
	total, err := s.Store.Total(ctx, q)
	total.Complete = total.Complete && !s.rereading.Load()
	return total, err
}

func newDispatchWorld(t *testing.T) *dispatchWorld {
	t.Helper()
	w := &dispatchWorld{mailWorld: newMailWorld(t), hooks: newReceiver(t), folder: t.TempDir(), ids: map[string]int64{}, rereading: new(atomic.Bool)}
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
		Store: rereadStore{w.db, w.rereading}, Directory: w.db, Accounts: w.accounts, Setup: auth.NewSetup(w.accounts), Log: log, Access: w.db.Access(), Settings: w.people,
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

// isTrouble finds the mails that tell of a problem.
var isTrouble = regexp.MustCompile(`(?m)^Subject: (Not sent|Perhaps not sent|Not counted): `)

// expect gives the mails so far that tell of no problem.
func (w *dispatchWorld) expect(what string, want int) []string {
	w.t.Helper()
	inbox := slices.DeleteFunc(w.server.inbox(), isTrouble.MatchString)
	if len(inbox) != want {
		w.t.Fatalf("%s: the mail server has %d mails, want %d:\n%s\n%s", what, len(inbox), want, strings.Join(inbox, "\n---\n"), w.log.String())
	}
	return inbox
}

// troubles gives the mails so far that tell of a problem, after a round that sends what waits.
func (w *dispatchWorld) troubles(what string, want int) []string {
	w.t.Helper()
	if err := w.d.Send(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	inbox := slices.DeleteFunc(w.server.inbox(), func(text string) bool { return !isTrouble.MatchString(text) })
	if len(inbox) != want {
		w.t.Fatalf("%s: %d mails tell of a problem, want %d:\n%s\n%s", what, len(inbox), want, strings.Join(inbox, "\n---\n"), w.log.String())
	}
	return inbox
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

// deliveries gives what a subscription sent, the newest first, but for what tells of a problem.
func (w *dispatchWorld) deliveries(sub auth.Subscription) []auth.Delivery {
	w.t.Helper()
	list, err := w.people.Deliveries(w.t.Context(), sub.ID, 100)
	if err != nil {
		w.t.Fatal(err)
	}
	return slices.DeleteFunc(list, auth.Delivery.TellsTrouble)
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

// plainBody gives the text of a mail, with or without a file.
func plainBody(t *testing.T, text string) string {
	t.Helper()
	message, err := netmail.ReadMessage(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	kind, params, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	body := message.Body
	if strings.HasPrefix(kind, "multipart/") {
		if body, err = multipart.NewReader(message.Body, params["boundary"]).NextRawPart(); err != nil {
			t.Fatal(err)
		}
	}
	plain, err := io.ReadAll(quotedprintable.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return string(plain)
}
