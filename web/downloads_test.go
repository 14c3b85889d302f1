package web

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"signpost/auth"
	"signpost/store"
)

// endlessStore has no last page of rows.
type endlessStore struct{ store.Store }

func (e endlessStore) Page(ctx context.Context, q store.ListQuery) (store.Page, error) {
	q.After = nil
	page, err := e.Store.Page(ctx, q)
	for len(page.Rows) > 0 && len(page.Rows) < 200 {
		page.Rows = append(page.Rows, page.Rows...)
	}
	page.Next = &store.Cursor{Key: store.Key{}.Next()}
	return page, err
}

// countingStore counts the tables that were asked for.
type countingStore struct {
	endlessStore
	tables *atomic.Int64
}

func (c countingStore) Table(ctx context.Context, q store.TableQuery) (store.Table, error) {
	c.tables.Add(1)
	return c.endlessStore.Table(ctx, q)
}

// A file of a report that is refused has cost no question to the store.
func TestRefusedReportsAreNotRead(t *testing.T) {
	var tables atomic.Int64
	h := newHouse(t, func(c *Config) {
		c.Store, c.Limits = countingStore{endlessStore{exportStore()}, &tables}, Limits{Downloads: 3, DownloadsEach: 1}
	})
	h.wait(pageNow.Sub(h.clock()))
	ada, bob := h.at("ada", auth.RoleGlobalReader), h.at("bob", auth.RoleGlobalReader)
	const path = "/insights/applications.csv"
	if got := bob.get(path); got.StatusCode != http.StatusOK || tables.Load() == 0 {
		t.Fatalf("got %d and %d tables, which tests nothing", got.StatusCode, tables.Load())
	}
	if got := ada.begin(t.Context(), "/logs/interactive/export.csv"); got.StatusCode != http.StatusOK {
		t.Fatalf("got %d", got.StatusCode)
	}
	read := tables.Load()
	if got := ada.get(path); got.StatusCode != http.StatusTooManyRequests || tables.Load() != read {
		t.Errorf("got %d, and %d tables were read", got.StatusCode, tables.Load()-read)
	}
}

// begin asks for a download and does not read it. The answer's head has arrived when it returns.
func (v *visitor) begin(ctx context.Context, path string, headers ...string) *http.Response {
	v.t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, v.base+path, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := v.client.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	v.t.Cleanup(func() { answer.Body.Close() })
	return answer
}

// Two files are sent to a person at a time, and eight to all people together. The next one is refused with advice, until one
// ends.
func TestDownloadsAreCounted(t *testing.T) {
	h := newHouse(t, func(c *Config) {
		c.Store, c.Limits = endlessStore{exportStore()}, Limits{Downloads: 3, DownloadsEach: 2}
	})
	h.wait(pageNow.Sub(h.clock()))
	ada, bob, kim := h.at("ada", auth.RoleGlobalReader), h.at("bob", auth.RoleGlobalReader), h.at("kim", auth.RoleGlobalReader)
	const path = "/logs/interactive/export.csv"
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	for range 2 {
		if got := ada.begin(ctx, path); got.StatusCode != http.StatusOK {
			t.Fatalf("got %d", got.StatusCode)
		}
	}
	for _, refused := range []string{path, "/logs/interactive/evidence.zip", "/me/export.csv"} {
		got := ada.get(refused)
		if got.StatusCode != http.StatusTooManyRequests || got.Header.Get("Retry-After") == "" || got.Header.Get("Content-Disposition") != "" ||
			!strings.Contains(got.body, "You are downloading 2 files already") {
			t.Errorf("%s: got %d, Retry-After %q: %s", refused, got.StatusCode, got.Header.Get("Retry-After"), got.body)
		}
	}
	page := ada.get(path, "Sec-Fetch-Mode", "navigate")
	if text := page.find(t, "h1"); page.StatusCode != http.StatusTooManyRequests || text != "Too many downloads at once" {
		t.Errorf("a browser is shown %d: %q", page.StatusCode, text)
	}
	if got := bob.begin(ctx, path); got.StatusCode != http.StatusOK {
		t.Fatalf("another person: got %d", got.StatusCode)
	}
	if got := kim.get(path); got.StatusCode != http.StatusTooManyRequests || !strings.Contains(got.body, "Signpost is sending 3 files already") {
		t.Errorf("one too many of all: got %d: %s", got.StatusCode, got.body)
	}
	if got := ada.send(http.MethodHead, path, nil); got.StatusCode != http.StatusOK {
		t.Errorf("whether a file is there: got %d", got.StatusCode)
	}
	stop()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		again, leave := context.WithCancel(t.Context())
		status := ada.begin(again, path).StatusCode
		leave()
		if status == http.StatusOK {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("files that ended are still counted")
		}
	}
}

// A download that nobody reads is cut visibly; one that is read slowly but fast enough is not. In HTTP/2 a stream is cut.
func TestStalledDownloadsAreCut(t *testing.T) {
	for name, visit := range map[string]func(*house, string) *visitor{"HTTP/1.1": (*house).narrowly, "HTTP/2": (*house).overHTTP2} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, func(c *Config) {
				c.Store, c.Limits = endlessStore{exportStore()}, Limits{DownloadRate: 1 << 10, DownloadWindow: time.Second}
			})
			h.wait(pageNow.Sub(h.clock()))
			h.add("ada", auth.RoleGlobalReader)
			ada := visit(h, "ada")
			answer := ada.begin(t.Context(), "/logs/interactive/export.csv")
			if answer.Proto != name && answer.Proto != name+".0" {
				t.Fatalf("got %s", answer.Proto)
			}
			h.waitForLog(t, "a download was broken off", 1)
			if _, err := io.Copy(io.Discard, answer.Body); err == nil {
				t.Error("the file looks whole")
			}
			if log := h.log.String(); !strings.Contains(log, errClientGone.Error()) {
				t.Errorf("the log says %s", log)
			}
			slow := ada.begin(t.Context(), "/logs/interactive/export.csv")
			for end := time.Now().Add(2500 * time.Millisecond); time.Now().Before(end); time.Sleep(time.Millisecond) {
				if _, err := io.CopyN(io.Discard, slow.Body, 4<<10); err != nil {
					t.Fatalf("a client that reads on is cut: %v", err)
				}
			}
		})
	}
}

// waitForLog waits until the log has a text so many times.
func (p *house) waitForLog(t *testing.T, text string, times int) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); strings.Count(p.log.String(), text) < times; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the log does not say %q %d times", text, times)
		}
	}
}

// overHTTP2 gives a visitor at a server with HTTP/2.
func (p *house) overHTTP2(name string) *visitor {
	p.t.Helper()
	s := httptest.NewUnstartedServer(p.server)
	s.EnableHTTP2 = true
	s.StartTLS()
	p.t.Cleanup(s.Close)
	v := newVisitor(p.t, s)
	v.signIn(name).expect(p.t, "sign in", http.StatusSeeOther, "/")
	return v
}

// narrowly gives a visitor at a server with small connection buffers, so that a client that does not read is noticed soon.
func (p *house) narrowly(name string) *visitor {
	p.t.Helper()
	s := httptest.NewUnstartedServer(p.server)
	s.Listener = narrowListener{s.Listener}
	s.Start()
	p.t.Cleanup(s.Close)
	v := newVisitor(p.t, s)
	v.client.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return conn, conn.(*net.TCPConn).SetReadBuffer(16 << 10)
	}
	v.signIn(name).expect(p.t, "sign in", http.StatusSeeOther, "/")
	return v
}

type narrowListener struct{ net.Listener }

func (l narrowListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return conn, conn.(*net.TCPConn).SetWriteBuffer(4 << 10)
}

// A page that nobody reads is abandoned too. The server then closes its connection.
func TestUnreadPagesAreCut(t *testing.T) {
	var list []store.SignIn
	for n := range 300 {
		list = append(list, interactiveSignIn(n, pageNow.Add(-time.Duration(n+1)*time.Minute)))
	}
	h := newHouse(t, func(c *Config) {
		c.Store, c.Limits = newFakeStore(list...), Limits{AnswerTimeout: 200 * time.Millisecond}
	})
	h.wait(pageNow.Sub(h.clock()))
	h.add("ada", auth.RoleGlobalReader)
	ada := h.narrowly("ada")
	anybody := *ada
	anybody.client = &http.Client{Transport: ada.client.Transport}
	for i, v := range []*visitor{ada, &anybody} {
		path := []string{"/logs/interactive?limit=200", "/errors"}[i]
		answer := v.begin(t.Context(), path, "Accept-Encoding", "identity")
		h.waitForLog(t, "did not take its answer", i+1)
		if _, err := io.Copy(io.Discard, answer.Body); err == nil {
			t.Errorf("%s looks whole", path)
		}
	}
}
