package web

import (
	"compress/gzip"
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"signpost/auth"
)

func TestSecurityHeaders(t *testing.T) {
	v := newHouse(t, nil).visitor()
	for _, path := range []string{"/signin", "/healthz", "/no-such-page", "/logs/interactive"} {
		got := v.get(path)
		for _, want := range []struct{ header, value string }{
			{"Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
				"font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types default"},
			{"X-Content-Type-Options", "nosniff"},
			{"Referrer-Policy", "same-origin"},
			{"Cross-Origin-Opener-Policy", "same-origin"},
			{"Cache-Control", "no-store"},
			{"Strict-Transport-Security", ""},
		} {
			if value := got.Header.Get(want.header); value != want.value {
				t.Errorf("%s: got %s %q, want %q", path, want.header, value, want.value)
			}
		}
		for _, inline := range []string{"<style", "style=", "onclick=", "<script>"} {
			if strings.Contains(got.body, inline) {
				t.Errorf("%s: the page holds %q, which its own policy forbids", path, inline)
			}
		}
	}
}

// An answer is unchanged. It is compressed if the browser accepts that and it is long enough, whatever its status.
func TestAnswersAreCompressed(t *testing.T) {
	v := newHouse(t, nil).visitor()
	for _, test := range []struct{ path, accepts, want string }{
		{"/signin", "gzip", "gzip"},
		{"/signin", "gzip;q=0", ""},
		{"/signin", "", ""},
		{"/signin", "zstd, br", ""},
		{"/healthz", "gzip", ""}, // too short
	} {
		plain, got := v.get(test.path), v.get(test.path, "Accept-Encoding", test.accepts)
		if encoding := got.Header.Get("Content-Encoding"); encoding != test.want {
			t.Errorf("%s, %q accepted: got the encoding %q, want %q", test.path, test.accepts, encoding, test.want)
			continue
		}
		if vary := got.Header.Get("Vary"); !strings.Contains(vary, "Accept-Encoding") {
			t.Errorf("%s: got Vary %q", test.path, vary)
		}
		body := got.body
		if test.want != "" {
			reader, err := gzip.NewReader(strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			whole, err := io.ReadAll(reader)
			if err != nil {
				t.Fatal(err)
			}
			body = string(whole)
		}
		if got.StatusCode != plain.StatusCode || len(body) != len(plain.body) {
			t.Errorf("%s, %q accepted: got %d and %d bytes, want %d and %d", test.path, test.accepts, got.StatusCode, len(body), plain.StatusCode, len(plain.body))
		}
	}
}

func TestCrossOriginChangesAreRefused(t *testing.T) {
	p := newHouse(t, nil)
	p.add("ada", auth.RoleUser)
	form := url.Values{"name": {"ada"}, "password": {housePassword}}
	for _, test := range []struct {
		name    string
		headers []string
		want    int
	}{
		{"no browser", nil, http.StatusSeeOther},
		{"own page", []string{"Sec-Fetch-Site", "same-origin"}, http.StatusSeeOther},
		{"typed in", []string{"Sec-Fetch-Site", "none"}, http.StatusSeeOther},
		{"another site", []string{"Sec-Fetch-Site", "cross-site"}, http.StatusForbidden},
		{"another name of the site", []string{"Sec-Fetch-Site", "same-site"}, http.StatusForbidden},
		{"another origin, old browser", []string{"Origin", "https://example.com"}, http.StatusForbidden},
	} {
		v := p.visitor()
		got := v.send(http.MethodPost, "/signin", form, test.headers...)
		if got.StatusCode != test.want {
			t.Errorf("%s: got %d, want %d", test.name, got.StatusCode, test.want)
		}
		if refused := test.want == http.StatusForbidden; refused == (len(got.Cookies()) > 0) {
			t.Errorf("%s: got cookies %v", test.name, got.Cookies())
		}
	}
	v := p.visitor()
	v.get("/signin", "Sec-Fetch-Site", "cross-site").expect(t, "a link from another site", http.StatusOK, "")
}

// sessionCookie gives the cookie that an answer set for the session.
func sessionCookie(t *testing.T, response *http.Response) *http.Cookie {
	t.Helper()
	for _, c := range response.Cookies() {
		if c.Name == plainCookie || c.Name == secureCookie {
			return c
		}
	}
	t.Fatal("no session cookie was set")
	return nil
}

func TestSessionCookie(t *testing.T) {
	behind := func(c *Config) { c.TrustedProxies = prefixes(t, "192.0.2.0/24") }
	for _, test := range []struct {
		name   string
		change func(*Config)
		peer   string
		tls    bool
		proto  string
		want   string
		secure bool
	}{
		{"plain HTTP", nil, "192.0.2.1:1000", false, "", plainCookie, false},
		{"HTTPS", nil, "192.0.2.1:1000", true, "", secureCookie, true},
		{"a header from anybody", nil, "192.0.2.1:1000", false, "https", plainCookie, false},
		{"trusted proxy, HTTPS", behind, "192.0.2.1:1000", false, "https", secureCookie, true},
		{"trusted proxy over IPv6-mapped", behind, "[::ffff:192.0.2.1]:1000", false, "https", secureCookie, true},
		{"trusted proxy, HTTP", behind, "192.0.2.1:1000", false, "http", plainCookie, false},
		{"another proxy", behind, "198.51.100.1:1000", false, "https", plainCookie, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newHouse(t, test.change)
			p.add("ada", auth.RoleUser)
			form := url.Values{"name": {"ada"}, "password": {housePassword}}
			request := func(method, path string) *http.Request {
				r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(form.Encode()))
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				r.RemoteAddr = test.peer
				if test.tls {
					r.TLS = &tls.ConnectionState{}
				}
				if test.proto != "" {
					r.Header.Set("X-Forwarded-Proto", test.proto)
				}
				return r
			}
			w := httptest.NewRecorder()
			p.server.ServeHTTP(w, request(http.MethodPost, "/signin"))
			c := sessionCookie(t, w.Result())
			if c.Name != test.want || c.Secure != test.secure {
				t.Errorf("got %s, secure %v, want %s, secure %v", c.Name, c.Secure, test.want, test.secure)
			}
			if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
				t.Errorf("got %s, want HttpOnly, SameSite=Lax, Path=/ and no domain", c)
			}
			wantHSTS := ""
			if test.secure {
				wantHSTS = "max-age=31536000; includeSubDomains"
			}
			if got := w.Header().Get("Strict-Transport-Security"); got != wantHSTS {
				t.Errorf("HSTS: got %q, want %q", got, wantHSTS)
			}
			r, w := request(http.MethodGet, "/me"), httptest.NewRecorder()
			r.AddCookie(c)
			if p.server.ServeHTTP(w, r); w.Code != http.StatusOK {
				t.Errorf("with the cookie: got %d, want 200", w.Code)
			}
			r, w = request(http.MethodPost, "/signout"), httptest.NewRecorder()
			r.AddCookie(c)
			p.server.ServeHTTP(w, r)
			if gone := sessionCookie(t, w.Result()); gone.Name != c.Name || gone.MaxAge >= 0 || gone.Secure != test.secure {
				t.Errorf("signing out: got %s, want the cookie taken away", gone)
			}
		})
	}
}

func TestClientAddress(t *testing.T) {
	for _, test := range []struct {
		name      string
		trusted   []string
		peer      string
		forwarded string
		want      string
	}{
		{"nobody is believed", nil, "10.0.0.1:99", "203.0.113.9", "10.0.0.1"},
		{"the proxy is", []string{"10.0.0.0/8"}, "10.0.0.1:99", "203.0.113.9", "203.0.113.9"},
		{"what a client wrote before it is not", []string{"10.0.0.0/8"}, "10.0.0.1:99", "198.51.100.1, 203.0.113.9", "203.0.113.9"},
		{"a chain of proxies is", []string{"10.0.0.0/8"}, "10.0.0.1:99", "203.0.113.9, 10.0.0.2", "203.0.113.9"},
		{"another machine of the network is not", []string{"10.0.0.1/32"}, "10.0.0.2:99", "203.0.113.9", "10.0.0.2"},
		{"this machine is not by itself", []string{"10.0.0.0/8"}, "127.0.0.1:99", "203.0.113.9", "127.0.0.1"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = test.peer
		r.Header.Set("X-Forwarded-For", test.forwarded)
		if got := clientIP(prefixes(t, test.trusted...))(r); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}

func TestLogKeepsSecretsOut(t *testing.T) {
	p := newHouse(t, nil)
	p.add("ada", auth.RoleUser)
	v := p.visitor()
	token := sessionCookie(t, v.signIn("ada").Response).Value
	v.get("/me?range=secret-in-query")
	v.send(http.MethodPost, "/signin?password=in-the-address", url.Values{"name": {"ada"}, "password": {"a wrong password"}})
	log := p.log.String()
	for _, secret := range []string{housePassword, "a wrong password", token, "secret-in-query", "in-the-address"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	for _, want := range []string{`"path":"/me"`, `"path":"/signin"`, `"status":401`, `"account":"ada"`} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %s:\n%s", want, log)
		}
	}
}

func TestBodyLimit(t *testing.T) {
	v := newHouse(t, nil).visitor()
	form := url.Values{"name": {"ada"}, "password": {strings.Repeat("x", 2<<20)}}
	got := v.send(http.MethodPost, "/signin", form)
	if got.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(got.find(t, "[data-testid=error]"), "larger than") {
		t.Errorf("got %d %q, want 413 that says so", got.StatusCode, got.find(t, "[data-testid=error]"))
	}
}

// A part of an address that Go's parser would drop is reported. Else a list would be wider than requested.
func TestUnreadableAddressIsRefused(t *testing.T) {
	p := newPortal(t, newFakeStore(interactiveSignIn(1, at("12:00:00"))), admin)
	for _, query := range []string{"status=failure&user=100%", "user=%zz", "status=failure;user=ada", "status=failure&user=a;b"} {
		for _, path := range []string{"/logs/interactive?", "/search?q=a&", "/me?"} {
			if a := p.get(path + query); a.Code != http.StatusBadRequest {
				t.Errorf("%s%s: status = %d, want 400", path, query, a.Code)
			}
		}
	}
	if a := newPortal(t, newFakeStore(), auth.RoleUser).get("/logs/interactive?user=%zz"); a.Code != http.StatusForbidden {
		t.Errorf("without the right to the page: status = %d, want 403", a.Code)
	}
}
