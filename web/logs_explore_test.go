package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"signpost/auth"
	"signpost/store"
	"signpost/store/kinds"
	"signpost/store/storetest"
	"signpost/views"
)

var lists = []string{"interactive", "noninteractive", "serviceprincipal", "managedidentity", "legacy"}

// variety has sign-ins of every log over the last two days, of every status, with values that repeat.
func variety() *storetest.Plain {
	var list []store.SignIn
	codes := []store.Int{store.IntOf(0), store.IntOf(0), store.IntOf(50126), store.IntOf(50140), store.IntOf(0), store.IntOf(53003), {}}
	for i := range 240 {
		t := pageNow.Add(-time.Duration(i*11+i*i/50) * time.Minute)
		s := interactiveSignIn(4*i, t)
		if i%3 == 0 {
			s = refresh(4*i, t, fmt.Sprint("resource-", i%5))
		}
		s.ErrorCode = codes[i%len(codes)]
		s.AppID, s.AppDisplayName = fmt.Sprint("app-", i%13), fmt.Sprint("Application ", i%13)
		s.CorrelationID = fmt.Sprint("correlation-", i)
		if i%4 == 0 {
			s.UserID, s.UserPrincipalName, s.UserDisplayName = "bob-id", "bob@example.com", "Bob Example"
		}
		if i%6 == 0 {
			s.CountryOrRegion = ""
		}
		principal, identity := principalSignIn(4*i+1, t), identitySignIn(4*i+2, t)
		principal.ErrorCode, identity.ErrorCode = codes[(i+1)%len(codes)], codes[(i+2)%len(codes)]
		principal.ServicePrincipalID = fmt.Sprint("sp-", i%9)
		list = append(list, s, principal, identity)
	}
	return newFakeStore(list...).plain()
}

// askOf is the query of a page with this address.
func askOf(t *testing.T, name string, params url.Values) (store.ListQuery, store.LogInfo) {
	t.Helper()
	q, bad := store.SignIns.ParseQuery(params, pageNow)
	list, err := listOf(views.LooksOf(kinds.Catalog), name)
	if len(bad) > 0 || err != nil {
		t.Fatal(bad, err)
	}
	return store.ListQuery{Log: list.Log, Range: q.Range, Filter: q.Filter, AllEvents: q.AllEvents}, list.Info()
}

// partly is a store that does not answer about charts and facets.
type partly struct {
	*fakeStore
	err      error
	complete bool
}

func (p partly) Histogram(context.Context, store.HistogramQuery) (store.Histogram, error) {
	return store.Histogram{Complete: p.complete}, p.err
}

func (p partly) Facets(_ context.Context, q store.FacetsQuery) ([]store.Facet, error) {
	var facets []store.Facet
	for _, f := range q.Fields {
		facets = append(facets, store.Facet{Field: f, Complete: p.complete, Distinct: 1})
	}
	return facets, p.err
}

func TestWhatFailsSaysSoInItsPlace(t *testing.T) {
	f := newFakeStore(interactiveSignIn(1, at("12:00:00")))
	tests := []struct {
		name, want string
		store      partly
	}{
		{"too slow", "took too long to count", partly{fakeStore: f, err: fmt.Errorf("count: %w", store.ErrTooSlow)}},
		{"past its deadline", "took too long to count", partly{fakeStore: f, err: context.DeadlineExceeded}},
		{"broken", "could not be made", partly{fakeStore: f, err: fmt.Errorf("a page on the disk is bad")}},
		{"not whole", "Not every sign-in could be counted", partly{fakeStore: f}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := newPortal(t, test.store, admin).get("/logs/interactive")
			if a.Code != http.StatusOK || a.hook("row").Length() != 1 || totalOf(t, a) != 1 {
				t.Fatalf("status %d, %d rows", a.Code, a.hook("row").Length())
			}
			for _, hook := range []string{"histogram", "facets"} {
				if got := a.hook(hook).Find("[data-trouble]").First().Text(); !strings.Contains(got, test.want) {
					t.Errorf("%s says %q, want %q", hook, got, test.want)
				}
			}
			if a.page.Find(".bars > a, [data-count]").Length() != 0 {
				t.Error("numbers are shown")
			}
		})
	}
}

func TestHiddenFacetsAreNotAskedFor(t *testing.T) {
	server := newPortal(t, newFakeStore(), admin).Server
	page := views.LogPage{List: views.List{Log: store.Interactive}, Facets: &views.FacetsPanel{Hidden: true}}
	if got := len(server.explore(snapshot{}, &page)); got != 1 {
		t.Errorf("%d questions beside the list, want that of the chart alone", got)
	}
	page.Facets.Hidden = false
	if got := len(server.explore(snapshot{}, &page)); got != 2 {
		t.Errorf("%d questions beside the list, want two", got)
	}
}

func TestNothingIsDrawnOfAnEmptyLogOrABadAddress(t *testing.T) {
	p := newPortal(t, newFakeStore(refresh(1, at("12:00:00"), "r")), admin)
	for path, want := range map[string]int{"/logs/interactive": 0, "/logs/noninteractive?range=2y": 0, "/logs/noninteractive?user=nobody": 1, "/logs/noninteractive": 1} {
		a := p.get(path)
		if got := a.hook("histogram").Length(); got != want {
			t.Errorf("%s has %d charts, want %d", path, got, want)
		}
		if got := a.hook("facets").Length(); got != want {
			t.Errorf("%s has %d panels of facets, want %d", path, got, want)
		}
	}
}

func TestClosedFacetsOfALostRightAreNotNamed(t *testing.T) {
	f := newFakeStore(interactiveSignIn(1, at("12:00:00")))
	closed := func(r *auth.SessionRecord) { r.Preferences.ClosedFacets = []string{"app", "ca"} }
	for role, want := range map[auth.Role]string{admin: "app,ca", reports: "app"} {
		p := newPortalOf(t, f, auth.Account{ID: 1, Name: "kim", Roles: []auth.Role{role}}, closed)
		a := p.get("/logs/interactive")
		if got := strings.Contains(a.Body.String(), `"ca"`) || strings.Contains(a.Body.String(), ",ca"); got != (role == admin) {
			t.Errorf("%s: the page names ca: %v", role, got)
		}
		if _, open := a.page.Find(`[data-facet="app"]`).Attr("open"); open {
			t.Errorf("%s: app is open, closed are %s", role, want)
		}
	}
}
