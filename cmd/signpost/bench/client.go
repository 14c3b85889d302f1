package bench

import (
	"compress/gzip"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"time"

	"signpost/auth"
	"signpost/store"
	"signpost/store/demo"
	"signpost/store/portal"
)

// login is the account of the benchmark; each run gives it a new password.
type login struct{ name, password string }

// account makes an administrator with the identity of one of the tenant's people, or gives them a new password.
func (b *Bench) account(ctx context.Context) (account login, err error) {
	people, err := portal.Open(ctx, b.Data)
	if err != nil {
		return account, err
	}
	defer func() { err = errors.Join(err, people.Close()) }()
	return administrator(ctx, people, "benchmark")
}

// administrator makes an account of that name, or gives it a new password.
func administrator(ctx context.Context, people *portal.DB, name string) (account login, err error) {
	account = login{name, rand.Text()}
	accounts, person := auth.NewAccounts(people, time.Now, false), demo.Accounts()[0]
	_, err = accounts.Add(ctx, auth.NewAccount{
		Name: account.name, Password: account.password, Roles: []auth.Role{auth.RoleGlobalAdministrator},
		UserPrincipalName: person.UserPrincipalName, UserID: person.UserID,
	})
	if errors.Is(err, auth.ErrNameTaken) {
		err = accounts.SetPassword(ctx, account.name, account.password)
	}
	return account, err
}

// client is a browser that is signed in to a portal. It follows no redirects.
type client struct {
	http *http.Client
	base string // http://HOST:PORT
}

func signIn(ctx context.Context, base string, account login) (*client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	c := &client{base: base, http: &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	form := url.Values{"name": {account.name}, "password": {account.password}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/signin", strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := c.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusSeeOther {
		return nil, fmt.Errorf("sign in to the benchmark: %s", response.Status)
	}
	return c, nil
}

// at is the same browser at another server of the same portal: both know its session.
func (c *client) at(server *httptest.Server) *client { return &client{http: c.http, base: server.URL} }

// inProcess is the same browser without a network between it and the portal.
func (c *client) inProcess(portal http.Handler) *client {
	browser := *c.http
	browser.Transport = direct{portal}
	return &client{http: &browser, base: c.base}
}

// direct hands requests to a handler as a server does. It takes compressed answers, as browsers do.
type direct struct{ handler http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.RequestURI, r.RemoteAddr, r.Host, r.Body = r.URL.RequestURI(), "192.0.2.1:49152", r.URL.Host, http.NoBody
	r.Header.Set("Accept-Encoding", "gzip")
	recorder := httptest.NewRecorder()
	d.handler.ServeHTTP(recorder, r)
	response := recorder.Result()
	if response.Header.Get("Content-Encoding") != "gzip" {
		return response, nil
	}
	body, err := gzip.NewReader(response.Body)
	if err != nil {
		return nil, err
	}
	response.Body = body
	return response, nil
}

// get gives the text of a page. It gives store.ErrTooSlow for a page that says "narrow the range".
func (c *client) get(ctx context.Context, path string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return "", err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return "", tooSlow(ctx, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	switch {
	case err != nil:
		return "", tooSlow(ctx, err)
	case response.StatusCode == http.StatusGatewayTimeout:
		return "", fmt.Errorf("%s: %w", path, store.ErrTooSlow)
	case response.StatusCode != http.StatusOK:
		return "", fmt.Errorf("%s: %s", path, response.Status)
	}
	return string(body), nil
}

func tooSlow(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("%w: %w", store.ErrTooSlow, err)
	}
	return err
}

// coldStart measures the time from the start of a process to its first page, of the last 24 hours. It signs in
// before, because a sign-in takes long on purpose.
func (b *Bench) coldStart(ctx context.Context, account login, until time.Time) (took time.Duration, err error) {
	base, stop, err := b.Serve(ctx, b.Data)
	if err != nil {
		return 0, err
	}
	client, err := signIn(ctx, base, account)
	if err = errors.Join(err, stop()); err != nil {
		return 0, err
	}
	began := time.Now()
	if client.base, stop, err = b.Serve(ctx, b.Data); err != nil {
		return 0, err
	}
	_, err = client.get(ctx, logPath(store.Interactive, rangeOf(until, 24*time.Hour), ""))
	took = time.Since(began)
	return took, errors.Join(err, stop())
}
