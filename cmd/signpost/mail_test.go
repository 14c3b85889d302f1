package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/http/httptest"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"signpost/auth"
	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/importer"
	"signpost/store/kinds"
	"signpost/store/portal"
	"signpost/web/mail"
)

const (
	mailUser     = "robin-id-1111-2222-333344445555"
	smtpPassword = "a secret of the mail server"
)

// mailServer is a real mail server with STARTTLS and a password. It keeps what it takes, and refuses with refuse.
type mailServer struct {
	addr string
	tls  *tls.Config // for clients

	mu     sync.Mutex
	took   []string
	refuse error
	// hangsUp cuts the connection "after" the server's answer to a mail, or "before" it.
	hangsUp string
}

func newMailServer(t *testing.T) *mailServer {
	t.Helper()
	certified := httptest.NewTLSServer(nil)
	pool := x509.NewCertPool()
	pool.AddCert(certified.Certificate())
	m := &mailServer{tls: &tls.Config{RootCAs: pool, ServerName: "example.com", MinVersion: tls.VersionTLS12}}
	server := smtp.NewServer(m)
	server.TLSConfig = &tls.Config{Certificates: certified.TLS.Certificates, MinVersion: tls.VersionTLS12}
	certified.Close()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m.addr = listener.Addr().String()
	go server.Serve(listener) //nolint:errcheck // it ends when the test closes it
	t.Cleanup(func() { _ = server.Close() })
	return m
}

func (m *mailServer) NewSession(c *smtp.Conn) (smtp.Session, error) {
	return &mailSession{server: m, conn: c}, nil
}

// sender gives the client for the server.
func (m *mailServer) sender(t *testing.T) mail.SMTP {
	t.Helper()
	_, port, err := net.SplitHostPort(m.addr)
	if err != nil {
		t.Fatal(err)
	}
	s := mail.SMTP{Host: "127.0.0.1", Security: mail.STARTTLS, User: "signpost", Password: smtpPassword, From: "signpost@example.com", Config: m.tls}
	if _, err := fmt.Sscan(port, &s.Port); err != nil {
		t.Fatal(err)
	}
	return s
}

// inbox gives what the server took.
func (m *mailServer) inbox() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]string(nil), m.took...)
}

func (m *mailServer) refuseWith(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refuse = err
}

type mailSession struct {
	server   *mailServer
	conn     *smtp.Conn
	signedIn bool
	took     bool
	to       string
}

func (s *mailSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *mailSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, name, password string) error {
		if _, encrypted := s.conn.TLSConnectionState(); !encrypted || name != "signpost" || password != smtpPassword {
			return errors.New("not known")
		}
		s.signedIn = true
		return nil
	}), nil
}

func (s *mailSession) Mail(string, *smtp.MailOptions) error {
	if !s.signedIn {
		return smtp.ErrAuthRequired
	}
	return nil
}

func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.to = to
	return s.server.refuse
}

func (s *mailSession) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.took = append(s.server.took, "To: <"+s.to+">\n"+string(text))
	if s.took = true; s.server.hangsUp == "before" {
		return errors.Join(err, s.conn.Conn().Close())
	}
	return err
}

func (s *mailSession) Reset() {
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	if s.took && s.server.hangsUp == "after" {
		_ = s.conn.Conn().Close() // the client is to see it
	}
}

func (s *mailSession) Logout() error { return nil }

// mailWorld is a portal's folder with one person who has an address, and a mail server.
type mailWorld struct {
	t        *testing.T
	db       *datafolder.Folder
	people   *portal.DB
	account  auth.Account
	server   *mailServer
	now      time.Time
	log      bytes.Buffer
	notifier *mail.Notifier
	imported int
}

func newMailWorld(t *testing.T) *mailWorld {
	t.Helper()
	w := &mailWorld{t: t, server: newMailServer(t), now: time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)}
	folder := t.TempDir()
	var err error
	if w.db, err = datafolder.Open(t.Context(), folder, kinds.Catalog, importer.Decoder(kinds.Catalog)); err != nil {
		t.Fatal(err)
	}
	if w.people, err = portal.Open(t.Context(), folder); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(w.db.Close(), w.people.Close()); err != nil {
			t.Error(err)
		}
	})
	w.account, err = auth.NewAccounts(w.people, time.Now, false).Add(t.Context(), auth.NewAccount{
		Name: "robin", Password: mePassword, Roles: []auth.Role{auth.RoleUser}, UserID: mailUser, Mail: "robin@example.com",
	})
	if err != nil {
		t.Fatal(err)
	}
	w.restart()
	return w
}

// restart begins with a notifier that remembers nothing.
func (w *mailWorld) restart() {
	w.notifier = &mail.Notifier{
		Store: w.db, Imports: w.db, Mails: w.people, Answers: w.people, Sender: w.server.sender(w.t), Portal: "https://signpost.example/",
		Now: func() time.Time { return w.now }, Log: slog.New(slog.NewTextHandler(&w.log, nil)),
	}
}

// want turns the mails of the person on.
func (w *mailWorld) want() {
	w.t.Helper()
	value := auth.MailSwitch{Since: w.now, Zone: "Europe/Oslo"}.String()
	if err := w.people.SetPreference(w.t.Context(), w.account.ID, auth.PreferenceMail, value); err != nil {
		w.t.Fatal(err)
	}
}

// signIn is a record of the person.
func (w *mailWorld) signIn(at time.Time, city, country, system string) map[string]any {
	w.imported++
	return map[string]any{
		"time": at.Add(time.Minute), "category": "SignInLogs", "tenantId": "6f1c2a3b-1111-4222-8333-944455566677",
		"properties": map[string]any{
			"id": fmt.Sprintf("0a1b2c3d-0000-4000-8000-%012d", w.imported), "createdDateTime": at, "userId": mailUser, "userPrincipalName": "robin@example.com",
			"appDisplayName": "Travel Desk", "ipAddress": "192.0.2.7", "isInteractive": true, "location": map[string]any{"city": city, "countryOrRegion": country},
			"deviceDetail": map[string]any{"operatingSystem": system, "browser": "Edge 130.0.0"}, "status": map[string]any{"errorCode": 0},
		},
	}
}

// bring imports records and looks.
func (w *mailWorld) bring(records ...map[string]any) {
	w.t.Helper()
	w.put(records...)
	w.look()
}

// put imports records as one file.
func (w *mailWorld) put(records ...map[string]any) {
	w.t.Helper()
	var lines bytes.Buffer
	for _, r := range records {
		if err := json.NewEncoder(&lines).Encode(r); err != nil {
			w.t.Fatal(err)
		}
	}
	report, err := importer.New(w.db, importer.Options{}).Reader(w.t.Context(), "logs", &lines)
	if err != nil || report.RejectedTotal > 0 {
		w.t.Fatalf("import: %v, %+v", err, report.Rejected)
	}
}

// mailQuiet is how long imports must be quiet before a look.
const mailQuiet = 10 * time.Second

// look looks before and after the time for which imports must be quiet.
func (w *mailWorld) look() {
	w.t.Helper()
	w.glance()
	w.now = w.now.Add(mailQuiet)
	w.glance()
}

// glance looks once.
func (w *mailWorld) glance() {
	w.t.Helper()
	if err := errors.Join(w.notifier.Look(w.t.Context()), w.notifier.Send(w.t.Context())); err != nil {
		w.t.Fatal(err)
	}
}

// history is some weeks of sign-ins before now, two a day.
func (w *mailWorld) history() (records []map[string]any) {
	for i := range 40 {
		records = append(records, w.signIn(w.now.Add(-time.Duration(i+1)*12*time.Hour), "Oslo", "NO", "Windows 11"))
	}
	return append(records, w.signIn(w.now.Add(-time.Hour), "Kyoto", "JP", "Windows 11"))
}

func (w *mailWorld) expect(what string, want int) []string {
	w.t.Helper()
	inbox := w.server.inbox()
	if len(inbox) != want {
		w.t.Fatalf("%s: the mail server has %d mails, want %d:\n%s\n%s", what, len(inbox), want, strings.Join(inbox, "\n---\n"), w.log.String())
	}
	return inbox
}

func TestMailsTellOfWhatIsNewOnce(t *testing.T) {
	t.Parallel()
	w := newMailWorld(t)
	w.want()
	w.bring(w.history()...)
	w.expect("after the first import of history, with a new country in it", 0)
	w.now = w.now.Add(2 * time.Hour)
	fiji := w.signIn(w.now.Add(-time.Minute), "Suva", "FJ", "Linux")
	w.bring(fiji)
	message, err := netmail.ReadMessage(strings.NewReader(w.expect("after a sign-in from Fiji", 1)[0]))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject")); err != nil || got != "New sign-in from Fiji" {
		t.Errorf("subject %q, %v", got, err)
	}
	if got := message.Header.Get("Content-Type"); !strings.HasPrefix(got, "text/plain") {
		t.Errorf("a mail of %s", got)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(message.Body))
	if err != nil {
		t.Fatal(err)
	}
	text := string(body)
	for _, want := range []string{
		"When: 2026-11-23 16:59:10 CET", "Where: Suva, Fiji (First sign-in from Fiji)", "Device: Linux, Edge 130.0.0 (First sign-in from this device)",
		"Application: Travel Desk", "https://signpost.example/me\r\n", "Times are in Europe/Oslo.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the mail reads %q, want %q in it", text, want)
		}
	}
	if strings.Count(text, "://") != 1 {
		t.Errorf("the mail has more than its one link: %q", text)
	}
	w.bring(fiji)
	w.restart()
	w.look()
	w.bring(w.signIn(w.now.Add(time.Minute), "Suva", "FJ", "Linux"))
	w.now = w.now.Add(200 * 24 * time.Hour) // long enough for the country to be new again
	w.bring(w.signIn(w.now.Add(-time.Minute), "Suva", "FJ", "Linux"))
	w.expect("after the same again, a restart, and half a year", 1)
	if strings.Contains(w.log.String(), smtpPassword) || strings.Contains(text, smtpPassword) {
		t.Error("the password is in the log or the mail")
	}
}

func TestMailsAreOnlyForWhoWantsThem(t *testing.T) {
	t.Parallel()
	w := newMailWorld(t)
	w.bring(w.history()...)
	w.now = w.now.Add(time.Hour)
	w.bring(w.signIn(w.now.Add(-time.Minute), "Suva", "FJ", "Linux"))
	w.want()
	w.restart()
	w.look()
	w.expect("switched on after the sign-in", 0)
	w.now = w.now.Add(time.Hour)
	failed := w.signIn(w.now.Add(-time.Minute), "Lima", "PE", "Linux")
	failed["properties"].(map[string]any)["status"] = map[string]any{"errorCode": 50126}
	w.bring(failed)
	w.expect("after a wrong password from Peru", 0)
}

func TestMailsThatFailAreTriedAgainAndShown(t *testing.T) {
	t.Parallel()
	w := newMailWorld(t)
	w.want()
	w.bring(w.history()...)
	w.now = w.now.Add(time.Hour)
	w.server.refuseWith(&smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "come back later"})
	w.bring(w.signIn(w.now.Add(-time.Minute), "Suva", "FJ", "Linux"))
	failed, waiting, err := w.people.UnsentMails(t.Context(), 10)
	if err != nil || waiting != 1 || len(failed) != 1 || !strings.Contains(failed[0].Error, "come back later") || failed[0].Account != "robin" {
		t.Fatalf("unsent: %+v, %d wait, %v", failed, waiting, err)
	}
	if log := w.log.String(); !strings.Contains(log, "a mail could not be sent") || !strings.Contains(log, "account=robin") {
		t.Errorf("the log says %q", log)
	}
	w.server.refuseWith(nil)
	w.look()
	w.expect("before it is due", 0)
	w.now = w.now.Add(2 * time.Minute)
	w.restart()
	w.look()
	w.expect("when it is due", 1)
	w.server.refuseWith(&smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such person: <Robin@Example.com>"})
	w.now = w.now.Add(time.Hour)
	w.bring(w.signIn(w.now.Add(-time.Minute), "Lima", "PE", "Linux"))
	failed, waiting, err = w.people.UnsentMails(t.Context(), 10)
	if err != nil || waiting != 0 || len(failed) != 1 || !strings.Contains(failed[0].Error, "no such person") {
		t.Errorf("refused for good: %+v, %d wait, %v", failed, waiting, err)
	}
	if log := strings.ToLower(w.log.String()); !strings.Contains(log, "no such person: <(an address)>") || strings.Contains(log, "@example.com") {
		t.Errorf("the log has a mail address: %s", log)
	}
	// A server that is away, or does not encrypt, gets nothing.
	away := w.server.sender(t)
	away.Port = 1
	if err := away.Send(t.Context(), auth.Mail{To: "robin@example.com", Created: w.now}); err == nil {
		t.Error("sent through a server that is away")
	}
	wrong := w.server.sender(t)
	wrong.Password = "wrong"
	if err := wrong.Send(context.Background(), auth.Mail{To: "robin@example.com", Created: w.now}); err == nil || strings.Contains(err.Error(), "wrong\"") {
		t.Errorf("with a wrong password: %v", err)
	}
}

func TestMailFlags(t *testing.T) {
	t.Setenv("MAIL_TEST_PASSWORD", "secret")
	good := MailFlags{SMTPHost: "mail.example", SMTPSecurity: "tls", SMTPUser: "u", SMTPPassword: "env:MAIL_TEST_PASSWORD", MailFrom: "signpost@example.com", PublicURL: "https://signpost.example"}
	if err := good.check(); err != nil {
		t.Error(err)
	}
	s, ok, err := good.sender()
	if err != nil || !ok || s.Port != 465 || s.Password != "secret" {
		t.Errorf("sender: %+v, %v, %v", s.Port, ok, err)
	}
	if shown := fmt.Sprintf("%+v", *good.server(s)); strings.Contains(shown, "secret") {
		t.Errorf("the portal shows %s", shown)
	}
	for what, change := range map[string]func(*MailFlags){
		"a password in the open": func(f *MailFlags) { f.SMTPPassword = "secret" },
		"no address":             func(f *MailFlags) { f.PublicURL = "signpost.example" },
		"no sender":              func(f *MailFlags) { f.MailFrom = "signpost" },
		"no such security":       func(f *MailFlags) { f.SMTPSecurity = "ssl" },
		"a user alone":           func(f *MailFlags) { f.SMTPPassword = "" },
		"a sender alone":         func(f *MailFlags) { f.SMTPHost = "" },
	} {
		f := good
		change(&f)
		if err := f.check(); err == nil {
			t.Errorf("%s is taken", what)
		}
	}
}

var _ store.ImportHistory = (*datafolder.Folder)(nil)
