package web

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"signpost/auth"
	"signpost/static"
	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/kinds"
	portaldb "signpost/store/portal"
)

// house is a whole server over real files. Its clock moves only when the test moves it.
type house struct {
	t        *testing.T
	server   *Server
	accounts *auth.Accounts
	people   *portaldb.DB
	log      *logBuffer

	mu  sync.Mutex
	now time.Time
}

// logBuffer is the log of a server under test.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

const housePassword = "correct horse battery"

// newHouse starts without any account; change may change the server's configuration.
func newHouse(t *testing.T, change func(*Config)) *house {
	t.Helper()
	return newHouseIn(t, t.TempDir(), func(store.Log, []byte) (store.Entry, error) { return &store.SignIn{}, nil }, change)
}

// newHouseIn is newHouse over an existing data folder.
func newHouseIn(t *testing.T, folder string, decode store.Decoder, change func(*Config)) *house {
	t.Helper()
	db, err := datafolder.Open(t.Context(), folder, kinds.Catalog, decode)
	if err != nil {
		t.Fatal(err)
	}
	people, err := portaldb.Open(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
		if err := people.Close(); err != nil {
			t.Error(err)
		}
	})
	p := &house{t: t, now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), people: people, log: &logBuffer{}}
	p.accounts = auth.NewAccounts(people, p.clock, false)
	log := slog.New(slog.NewJSONHandler(p.log, nil))
	p.accounts.LogTo(log)
	config := Config{
		Preferences: people, Views: people, Answers: people, Triage: people, Mails: people, Subscriptions: people, Settings: people, Access: db.Access(), Coverage: db,
		Store: db, Accounts: p.accounts, Setup: auth.NewSetup(p.accounts), Static: static.Handler(), Now: p.clock,
		Sessions: auth.NewSessions(people, p.accounts, p.clock, auth.SessionOptions{}), Log: log,
	}
	if change != nil {
		change(&config)
	}
	p.accounts.FindUsersBy(findUsersIn(config.Store, ""))
	p.server = New(config)
	return p
}

func (p *house) clock() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

func (p *house) wait(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = p.now.Add(d)
}

// add makes an account of that name.
func (p *house) add(name string, roles ...auth.Role) {
	p.t.Helper()
	if _, err := p.accounts.Add(p.t.Context(), auth.NewAccount{Name: name, Password: housePassword, Roles: roles}); err != nil {
		p.t.Fatal(err)
	}
}

// visitor is a browser at the portal: it keeps cookies and follows no redirect.
type visitor struct {
	t      *testing.T
	client *http.Client
	base   string
}

func (p *house) visitor() *visitor {
	p.t.Helper()
	s := httptest.NewServer(p.server)
	p.t.Cleanup(s.Close)
	return newVisitor(p.t, s)
}

func newVisitor(t *testing.T, s *httptest.Server) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := s.Client()
	client.Jar = jar
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &visitor{t: t, client: client, base: s.URL}
}

// reply is an answer with its body read.
type reply struct {
	*http.Response
	body string
}

func (r reply) location() string { return r.Header.Get("Location") }

// find gives the text of the elements that match a selector.
func (r reply) find(t *testing.T, selector string) string {
	t.Helper()
	page, err := goquery.NewDocumentFromReader(strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(page.Find(selector).Text()), " ")
}

func (v *visitor) send(method, path string, form url.Values, headers ...string) reply {
	v.t.Helper()
	request, err := http.NewRequestWithContext(v.t.Context(), method, v.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	if form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			request.Host = headers[i+1]
		}
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := v.client.Do(request)
	if err != nil {
		v.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return reply{response, string(body)}
}

func (v *visitor) get(path string, headers ...string) reply {
	v.t.Helper()
	return v.send(http.MethodGet, path, nil, headers...)
}

func (v *visitor) signIn(name string) reply {
	v.t.Helper()
	return v.send(http.MethodPost, "/signin", url.Values{"name": {name}, "password": {housePassword}})
}

// expect checks the status and, if one is given, the target of the redirect.
func (r reply) expect(t *testing.T, what string, status int, location string) {
	t.Helper()
	if r.StatusCode != status || r.location() != location {
		t.Errorf("%s: got %d to %q, want %d to %q", what, r.StatusCode, r.location(), status, location)
	}
}

func prefixes(t *testing.T, texts ...string) []netip.Prefix {
	t.Helper()
	list := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			t.Fatal(err)
		}
		list[i] = p
	}
	return list
}
