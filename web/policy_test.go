package web

import (
	"net/http"
	"strings"
	"testing"

	"signpost/auth"
	"signpost/store"
	"signpost/store/kinds"
)

// Every page of every route has the policy that runs only our own files, for every viewer and every status.
func TestEveryPageHasTheStrictPolicy(t *testing.T) {
	h := newMatrixHouse(t)
	pages := 0
	check := func(what string, got reply) {
		t.Helper()
		for _, fault := range headerFaults(got.Header) {
			t.Errorf("%s: %s", what, fault)
		}
		if strings.HasPrefix(got.Header.Get("Content-Type"), "text/html") {
			pages++
		}
	}
	routes := map[string]bool{}
	for _, c := range readRouteCells(t) {
		if c.column != "GA" && c.column != "RR" && c.column != "user" && c.column != "out" || c.path == "/signout" || c.path == "/signin" && c.method == http.MethodPost {
			continue // the same rights as these, or the route ends a session that is needed
		}
		before := pages
		check(c.method+" "+c.example+" for "+c.column, h.by[c.column].send(c.method, c.example, formOf(c)))
		if pages > before {
			routes[c.path] = true
		}
	}
	if pages < 150 || len(routes) < 35 {
		t.Errorf("only %d pages of %d routes were looked at", pages, len(routes))
	}
	pages = 0
	out, ada := h.by["out"], h.by["GA"]
	check("no such page", out.get("/no-such-page"))
	check("a wrong password", out.send(http.MethodPost, "/signin", form("name", "x", "password", "y")))
	check("the wrong method", ada.send(http.MethodDelete, "/me", nil))
	check("a bad address", ada.get("/logs/interactive?a;b"))
	check("a bad value", ada.get("/logs/interactive?ip=x&range=y"))
	check("another site's form", ada.send(http.MethodPost, "/theme", form("theme", "dark"), "Sec-Fetch-Site", "cross-site"))
	check("too large a form", ada.send(http.MethodPost, "/theme", form("theme", strings.Repeat("x", 2<<20))))
	broken := newPortal(t, noStore{}, auth.RoleGlobalAdministrator).get("/logs/interactive")
	check("a mistake of ours", reply{broken.Result(), broken.Body.String()})
	if broken.Code != http.StatusInternalServerError || pages != 8 {
		t.Errorf("%d of 8 pages of errors, the last with %d", pages, broken.Code)
	}
}

// noStore is a store that fails at every question.
type noStore struct{ store.Store }

func (noStore) Catalog() store.Catalog { return kinds.Catalog }
