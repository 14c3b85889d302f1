package portal

import (
	"io/fs"
	"log/slog"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"signpost/auth"
	"signpost/store/dbfile"
)

// mailHouse is a portal.db with one account that has an address and wants mails.
type mailHouse struct {
	t        *testing.T
	p        *DB
	c        *clock
	accounts *auth.Accounts
	ada      auth.Account
}

func newMailHouse(t *testing.T) *mailHouse {
	t.Helper()
	h := &mailHouse{t: t, p: openTestPortal(t, t.TempDir()), c: newClock()}
	h.accounts = auth.NewAccounts(h.p, h.c.now, false)
	var err error
	h.ada, err = h.accounts.Add(t.Context(), auth.NewAccount{Name: "ada", Password: testPassword, Roles: []auth.Role{auth.RoleUser}, Mail: "ada@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	h.turnOn()
	return h
}

func (h *mailHouse) turnOn() {
	h.t.Helper()
	value := auth.MailSwitch{Since: h.c.t, Zone: "UTC"}.String()
	if err := h.p.SetPreference(h.t.Context(), h.ada.ID, auth.PreferenceMail, value); err != nil {
		h.t.Fatal(err)
	}
}

func (h *mailHouse) turnOff() {
	h.t.Helper()
	if err := h.p.TurnMailsOff(h.t.Context(), auth.Mail{AccountID: h.ada.ID, Subject: "off", Body: "text", Created: h.c.t}); err != nil {
		h.t.Fatal(err)
	}
}

func (h *mailHouse) queue(subject string) {
	h.t.Helper()
	m := auth.Mail{AccountID: h.ada.ID, To: h.ada.Mail, Subject: subject, Body: "text", Created: h.c.t}
	if queued, err := h.p.QueueMail(h.t.Context(), m, []string{subject}); err != nil || !queued {
		h.t.Fatalf("queued %v, %v", queued, err)
	}
}

// claim gives the next mail that is due; its subject is empty where there is none.
func (h *mailHouse) claim() auth.Mail {
	h.t.Helper()
	m, ok, err := h.p.ClaimMail(h.t.Context(), h.c.t, h.c.t.Add(time.Minute))
	if err != nil || ok != (m.Subject != "") {
		h.t.Fatalf("claimed %+v, %v, %v", m, ok, err)
	}
	return m
}

// A mail that waits goes to the address that its account has when it is sent, and to nobody who no longer wants it.
func TestAWaitingMailFollowsItsAccount(t *testing.T) {
	for _, test := range []struct {
		what   string
		change func(h *mailHouse) error
		want   string // the address; empty for no mail
	}{
		{"nothing", func(*mailHouse) error { return nil }, "ada@example.com"},
		{"another address", func(h *mailHouse) error { return h.accounts.SetMail(t.Context(), "ada", "ada@example.org") }, "ada@example.org"},
		{"no address", func(h *mailHouse) error { return h.accounts.SetMail(t.Context(), "ada", "") }, ""},
		{"disabled", func(h *mailHouse) error { return h.accounts.Disable(t.Context(), "ada") }, ""},
		{"removed", func(h *mailHouse) error { return h.accounts.Remove(t.Context(), "ada") }, ""},
		{"switched off", func(h *mailHouse) error { return h.p.SetPreference(t.Context(), h.ada.ID, auth.PreferenceMail, "") }, ""},
	} {
		t.Run(test.what, func(t *testing.T) {
			h := newMailHouse(t)
			h.queue("Fiji")
			first := h.claim()
			if err := h.p.MailFailed(t.Context(), first.ID, "come back later", h.c.t.Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
			if err := test.change(h); err != nil {
				t.Fatal(err)
			}
			h.c.t = h.c.t.Add(2 * time.Hour)
			if got := h.claim(); got.To != test.want || test.want != "" && (got.Account != "ada" || got.Attempts != 2) {
				t.Errorf("claimed %+v, want the address %q", got, test.want)
			}
			failed, waiting, err := h.p.UnsentMails(t.Context(), 9)
			if err != nil || waiting != len(failed) || (waiting == 1) != (test.want != "") || waiting == 1 && failed[0].To != test.want {
				t.Errorf("kept: %+v, %d wait, %v", failed, waiting, err)
			}
		})
	}
}

// The mail that says that mails are off goes out although they are, once for each time.
func TestTheMailThatMailsAreOffGoesOut(t *testing.T) {
	h := newMailHouse(t)
	h.queue("Fiji")
	h.turnOff()
	h.turnOff()
	kept, err := h.p.Preferences(t.Context(), h.ada.ID)
	if err != nil || kept.Mail.IsOn() {
		t.Errorf("after turning off: %+v, %v", kept.Mail, err)
	}
	if got := h.claim(); got.Subject != "off" || got.To != "ada@example.com" || got.Body != "text" || !got.Created.Equal(h.c.t) {
		t.Errorf("claimed %+v, want the mail that says so", got)
	}
	if got := h.claim(); got.Subject != "" {
		t.Errorf("one more mail is due: %+v", got)
	}
	h.turnOn()
	if err := h.accounts.SetMail(t.Context(), "ada", ""); err != nil {
		t.Fatal(err)
	}
	h.turnOff()
	if got := h.claim(); got.Subject != "" {
		t.Errorf("without an address: %+v", got)
	}
	h.turnOn()
	if err := h.accounts.SetMail(t.Context(), "ada", "ada@example.org"); err != nil {
		t.Fatal(err)
	}
	h.turnOff()
	if err := h.accounts.Disable(t.Context(), "ada"); err != nil {
		t.Fatal(err)
	}
	if got := h.claim(); got.Subject != "" {
		t.Errorf("of a disabled account: %+v", got)
	}
}

// A mail that an earlier version queued, before there were mails that always go out, goes out as before.
func TestMailsOfASchemaWithoutAlways(t *testing.T) {
	folder := t.TempDir()
	now := newClock().t
	olderPortal(t, folder, "00012",
		"INSERT INTO accounts (id, name, name_folded, password_hash, created, mail) VALUES (7, 'ada', 'ada', 'x', 1, 'ada@example.com'), (8, 'bo', 'bo', 'x', 1, 'bo@example.com')",
		"INSERT INTO preferences VALUES (7, 'mail', '2026-11-01T00:00:00Z UTC')",
		"INSERT INTO mails (account_id, address, subject, body, created, next) VALUES (8, 'bo@example.com', 'off', 'text', 1, 1), (7, 'ada@example.com', 'on', 'text', 1, 1)",
	)
	p := openTestPortal(t, folder)
	m, ok, err := p.ClaimMail(t.Context(), now, now.Add(time.Minute))
	if err != nil || !ok || m.Subject != "on" || m.To != "ada@example.com" {
		t.Errorf("claimed %+v, %v, %v", m, ok, err)
	}
	if m, ok, err := p.ClaimMail(t.Context(), now, now.Add(time.Minute)); err != nil || ok {
		t.Errorf("one more: %+v, %v", m, err)
	}
}

// olderPortal makes a portal.db with the steps before one, and with what the statements put into it.
func olderPortal(t *testing.T, folder, step string, statements ...string) {
	t.Helper()
	old := Steps()
	before := fstest.MapFS{}
	err := fs.WalkDir(steps, "migrations", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || entry.Name() >= step {
			return err
		}
		text, err := fs.ReadFile(steps, path)
		before[path] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	old.Files = before
	w, err := dbfile.OpenWriter(filepath.Join(folder, File))
	if err != nil {
		t.Fatal(err)
	}
	if err := old.Apply(t.Context(), w, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	for _, statement := range statements {
		if _, err := w.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}
