package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
)

var errBroken = errors.New("the secret cause inside")

// failing gives a portal with an error on /me, and a visitor who is signed in.
func failing(t *testing.T, err error) (*house, *visitor) {
	t.Helper()
	p := newHouse(t, nil)
	p.add("ada", auth.RoleUser)
	p.server.get("/fail", auth.PageMe, func(echo.Context) error { return err })
	p.server.get("/fail.csv", auth.PageMe, func(echo.Context) error { return err })
	v := p.visitor()
	v.signIn("ada")
	return p, v
}

func TestProblems(t *testing.T) {
	bad := store.BadParams{{Param: "range", Value: "9y", Problem: "is not a range."}, {Param: "colour", Problem: "is not a parameter."}}
	for _, test := range []struct {
		name   string
		err    error
		status int
		says   []string
	}{
		{"bad parameters", bad, http.StatusBadRequest, []string{"range =9y", "is not a range.", "colour", "is not a parameter."}},
		{"bad cursor", fmt.Errorf("page: %w", store.ErrBadCursor), http.StatusBadRequest, []string{"Start again from the newest page."}},
		{"page of others", forbidden{needs: auth.PageImport.Roles()}, http.StatusForbidden, []string{"This page needs one of these roles: Global Administrator or Security Administrator."}},
		{"data of others", forbiddenClass(auth.ConditionalAccessData), http.StatusForbidden, []string{"Conditional Access data", "Security Reader"}},
		{"not found", fmt.Errorf("read: %w", store.ErrNotFound), http.StatusNotFound, []string{"There is nothing at this address."}},
		{"being rebuilt", fmt.Errorf("count: %w", store.ErrRebuilding), http.StatusServiceUnavailable, []string{"Nothing is lost", "Try again"}},
		{"too slow", fmt.Errorf("count: %w", store.ErrTooSlow), http.StatusGatewayTimeout, []string{"Narrow the range", "Reference:"}},
		{"deadline", context.DeadlineExceeded, http.StatusGatewayTimeout, []string{"Narrow the range"}},
		{"disk full", fmt.Errorf("write: %w", store.ErrDiskFull), http.StatusInsufficientStorage, []string{"Make room on the disk"}},
		{"data moved away", fmt.Errorf("begin: %w", store.ErrReplaced), http.StatusServiceUnavailable, []string{"removed or replaced", "start it again"}},
		{"damaged", fmt.Errorf("read: %w", store.ErrDamaged), http.StatusInternalServerError, []string{"signpost check", "Reference:"}},
		{"cancelled within", context.Canceled, http.StatusInternalServerError, []string{"Reference:"}},
		{"anything else", errBroken, http.StatusInternalServerError, []string{"Reference:"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, v := failing(t, test.err)
			page := v.get("/fail")
			page.expect(t, "page", test.status, "")
			message := page.find(t, "[data-testid=error]")
			for _, want := range test.says {
				if !strings.Contains(message, want) {
					t.Errorf("page: got %q, want %q in it", message, want)
				}
			}
			if strings.Contains(page.body, "secret cause") {
				t.Error("the page tells the cause inside")
			}
			if page.find(t, "[data-testid=viewer]") == "" || page.find(t, "main a[href]") == "" && test.status < 500 {
				t.Error("the page has no viewer or leads nowhere")
			}
			fragment := v.get("/fail", "HX-Request", "true")
			fragment.expect(t, "fragment", test.status, "")
			if strings.Contains(fragment.body, "<html") || fragment.find(t, "[data-testid=error]") == "" {
				t.Errorf("fragment: got %q, want the message alone", fragment.body)
			}
			file := v.get("/fail.csv")
			file.expect(t, "download", test.status, "")
			if kind := file.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/plain") || strings.Contains(file.body, "<") {
				t.Errorf("download: got %s %q, want plain text", kind, file.body)
			}
			if id := page.Header.Get("X-Request-Id"); id == "" || !strings.Contains(p.log.String(), id) {
				t.Errorf("the log does not know the request %q", id)
			}
		})
	}
}

func TestReferenceIsInTheLog(t *testing.T) {
	p, v := failing(t, errBroken)
	page := v.get("/fail", "X-Request-Id", "chosen-by-the-client")
	reference := page.find(t, "[data-testid=error] code")
	if reference == "" || reference != page.Header.Get("X-Request-Id") || reference == "chosen-by-the-client" {
		t.Fatalf("reference: got %q, want the request's own", reference)
	}
	for line := range strings.Lines(p.log.String()) {
		if strings.Contains(line, reference) && strings.Contains(line, errBroken.Error()) {
			return
		}
	}
	t.Errorf("no line of the log has both the reference and the cause:\n%s", p.log)
}

func TestPanicIsAProblem(t *testing.T) {
	p := newHouse(t, nil)
	p.add("ada", auth.RoleUser)
	p.server.get("/panic", auth.PageMe, func(echo.Context) error { panic("out of order") })
	v := p.visitor()
	v.signIn("ada")
	v.get("/panic").expect(t, "panic", http.StatusInternalServerError, "")
	if log := p.log.String(); !strings.Contains(log, "out of order") || !strings.Contains(log, `"status":500`) {
		t.Errorf("the log does not tell of the panic:\n%s", log)
	}
}

func TestRouterProblems(t *testing.T) {
	v := newHouse(t, nil).visitor()
	for _, test := range []struct {
		method, path string
		status       int
		says         string
	}{
		{http.MethodGet, "/no-such-page", http.StatusNotFound, "There is nothing at this address."},
		{http.MethodPost, "/healthz", http.StatusMethodNotAllowed, "does not take this kind of request"},
		{http.MethodDelete, "/signin", http.StatusMethodNotAllowed, "does not take this kind of request"},
	} {
		got := v.send(test.method, test.path, nil)
		if message := got.find(t, "[data-testid=error]"); got.StatusCode != test.status || !strings.Contains(message, test.says) {
			t.Errorf("%s %s: got %d %q, want %d %q", test.method, test.path, got.StatusCode, message, test.status, test.says)
		}
	}
}

// A client that went away is 499 in the log. A cancelled question alone would look like an error.
func TestClientGone(t *testing.T) {
	p := newHouse(t, nil)
	ctx, leave := context.WithCancel(t.Context())
	p.server.get("/slow", auth.PageHealth, func(c echo.Context) error {
		leave()
		<-c.Request().Context().Done()
		return fmt.Errorf("ask: %w", c.Request().Context().Err())
	})
	w := httptest.NewRecorder()
	p.server.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, "/slow", nil))
	if w.Code != statusClientGone || !strings.Contains(p.log.String(), `"status":499`) {
		t.Errorf("got %d, log %s, want 499", w.Code, p.log)
	}
}

// A question that outlives the request's deadline ends with a page, although its context has ended.
func TestDeadline(t *testing.T) {
	p := newHouse(t, func(c *Config) { c.Timeout = 1 })
	p.server.get("/slow", auth.PageHealth, func(c echo.Context) error {
		<-c.Request().Context().Done()
		return fmt.Errorf("ask: %w", c.Request().Context().Err())
	})
	w := httptest.NewRecorder()
	p.server.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/slow", nil))
	if w.Code != http.StatusGatewayTimeout || !strings.Contains(w.Body.String(), "Narrow the range") {
		t.Errorf("got %d %q, want 504 with its page", w.Code, w.Body)
	}
}
