package web

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"signpost/auth"
	"signpost/store"
)

// refilled is a store that is reading its older records again.
type refilled struct{ *fakeStore }

func (r refilled) Total(ctx context.Context, q store.ListQuery) (store.Total, error) {
	total, err := r.fakeStore.Total(ctx, q)
	total.Complete = false
	return total, err
}

func (r refilled) Page(ctx context.Context, q store.ListQuery) (store.Page, error) {
	page, err := r.fakeStore.Page(ctx, q)
	page.Complete = false
	return page, err
}

func (r refilled) Histogram(ctx context.Context, q store.HistogramQuery) (store.Histogram, error) {
	h, err := r.fakeStore.Histogram(ctx, q)
	h.Complete = false
	return h, err
}

func (r refilled) Facets(ctx context.Context, q store.FacetsQuery) ([]store.Facet, error) {
	facets, err := r.fakeStore.Facets(ctx, q)
	for i := range facets {
		facets[i].Complete = false
	}
	return facets, err
}

func (r refilled) PersonTraces(ctx context.Context, q store.PersonQuery) (store.Traces, error) {
	traces, err := r.fakeStore.PersonTraces(ctx, q)
	traces.Complete = false
	return traces, err
}

// While older records are read again, pages show the known data and say that it may change.
func TestPagesSayThatOlderRecordsAreReadAgain(t *testing.T) {
	failure := interactiveSignIn(3, at("12:02:00"))
	failure.ErrorCode = store.IntOf(50126)
	f := newFakeStore(interactiveSignIn(1, at("12:00:00")), interactiveSignIn(2, at("12:01:00")), failure)
	ada := auth.Account{ID: 1, Name: "ada", UserPrincipalName: "ada@example.com", UserID: "ada-id", Roles: []auth.Role{auth.RoleGlobalAdministrator}}
	const says = "records are being read again"
	for _, test := range []struct {
		store     store.Store
		isReading bool
	}{{f, false}, {refilled{f}, true}} {
		p := newPortalOf(t, test.store, ada)
		a := p.get("/logs/interactive")
		if got := a.hook("total").AttrOr("data-complete", ""); got != map[bool]string{true: "false", false: "true"}[test.isReading] {
			t.Errorf("reading %t: the total is complete: %s", test.isReading, got)
		}
		for _, hook := range []string{"total", "histogram", "facets"} {
			if got := strings.Contains(a.hook(hook).Text(), says); got != test.isReading {
				t.Errorf("reading %t: %s says so: %t", test.isReading, hook, got)
			}
		}
		if bars, values := a.page.Find(".bars > a").Length(), a.page.Find("[data-count]").Length(); a.Code != http.StatusOK || bars == 0 || values == 0 || a.page.Find("[data-trouble]").Length() > 0 {
			t.Errorf("reading %t: status %d, %d bars, %d values", test.isReading, a.Code, bars, values)
		}
		if got := p.get("/me").page.Find("[data-still-reading]").Length() > 0; got != test.isReading {
			t.Errorf("reading %t: the own sign-ins say so: %t", test.isReading, got)
		}
		details := p.get("/logs/interactive/" + testID(3) + "?tab=summary")
		for _, hook := range []string{"only-me", "comparison"} {
			if part := details.hook(hook); part.Length() != 1 || strings.Contains(part.Text(), says) != test.isReading {
				t.Errorf("reading %t: %s reads %q", test.isReading, hook, squeeze(part.Text()))
			}
		}
		for _, path := range []string{"/logs/interactive/export.csv", "/me/export.csv"} {
			if got := p.get(path).Header().Get("X-Signpost-Still-Reading") == "true"; got != test.isReading {
				t.Errorf("reading %t: %s has the header: %t", test.isReading, path, got)
			}
		}
	}
}
