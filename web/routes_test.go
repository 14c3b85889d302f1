package web

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/static"
	"signpost/store"
)

// Every route of the router has its page in the authorization table and checks it. None bypasses register.
func TestEveryRouteHasItsPage(t *testing.T) {
	p := newHouse(t, nil)
	routes := 0
	for _, route := range p.server.echo.Routes() {
		if route.Method == echo.RouteNotFound {
			continue
		}
		routes++
		page, ok := p.server.pages[route.Method+" "+route.Path]
		if !ok || !page.HasRow() {
			t.Errorf("%s %s: page %q has no row in the authorization table", route.Method, route.Path, page)
		}
	}
	if got, want := routes, len(p.server.pages); got != want {
		t.Errorf("routes: got %d, want %d as registered", got, want)
	}
}

func TestRouteWithoutARowIsRefused(t *testing.T) {
	p := newHouse(t, nil)
	defer func() {
		if recover() == nil {
			t.Error("a page that the table does not know was registered")
		}
	}()
	p.server.get("/new", auth.Page("new"), p.server.healthz)
}

func TestHomeLeadsOn(t *testing.T) {
	p := newHouse(t, nil)
	for _, r := range auth.Roles() {
		p.add(string(r), r)
		v := p.visitor()
		v.signIn(string(r)).expect(t, string(r)+" signs in", http.StatusSeeOther, "/")
		want := "/logs/interactive"
		if r == auth.RoleUser || r == auth.RoleConditionalAccessAdministrator {
			want = "/me"
		}
		if r == auth.RoleAttributeLogReader {
			want = "/logs/customsecurity"
		}
		if r == auth.RoleHelpdesk {
			want = "/helpdesk"
		}
		v.get("/").expect(t, string(r)+" at the start page", http.StatusSeeOther, want)
	}
}

func TestHealth(t *testing.T) {
	p := newHouse(t, nil)
	v := p.visitor()
	for _, path := range []string{"/healthz", "/readyz"} {
		v.get(path).expect(t, path, http.StatusOK, "")
	}
	broken := newHouse(t, func(c *Config) { c.Store = &fakeStore{err: errBroken} }).visitor()
	broken.get("/healthz").expect(t, "/healthz with a broken store", http.StatusOK, "")
	broken.get("/readyz").expect(t, "/readyz with a broken store", http.StatusServiceUnavailable, "")
	moved := newHouse(t, func(c *Config) { c.Ready = func(context.Context) error { return store.ErrReplaced } }).visitor()
	moved.get("/healthz").expect(t, "/healthz of a store that was moved away", http.StatusOK, "")
	moved.get("/readyz").expect(t, "/readyz of a store that was moved away", http.StatusServiceUnavailable, "")
}

func TestStaticNeedsNoSignIn(t *testing.T) {
	v := newHouse(t, nil).visitor()
	got := v.get(static.URL("app.css"))
	got.expect(t, "the style sheet", http.StatusOK, "")
	if cache := got.Header.Get("Cache-Control"); !strings.Contains(cache, "immutable") {
		t.Errorf("the style sheet: got Cache-Control %q, want it kept", cache)
	}
}
