package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"signpost/auth"
	"signpost/store"
)

func TestSearchPageWithoutText(t *testing.T) {
	p := newPortal(t, &fakeStore{err: errBroken}, reports)
	for _, address := range []string{"/search", "/search?q=", "/search?q=+%09+"} {
		a := p.get(address)
		if a.Code != http.StatusOK || a.page.Find(".search-help dt").Length() < 5 || a.page.Find("#search").Length() != 1 {
			t.Errorf("%s: status %d with %d boxes", address, a.Code, a.page.Find("#search").Length())
		}
		if _, ok := a.page.Find("#search").Attr("autofocus"); !ok {
			t.Errorf("%s: the box has not the focus", address)
		}
		if strings.Contains(a.Body.String(), "Conditional Access") {
			t.Errorf("%s speaks of Conditional Access", address)
		}
	}
}

func TestSearchRefusesABadAddress(t *testing.T) {
	p := newPortal(t, searchable(), reports)
	tests := []struct {
		name, address, message string
		status                 int
	}{
		{"too long", searchAddress(strings.Repeat("é", store.MaxValueLength+1)), "The text is too long", http.StatusBadRequest},
		{"twice", "/search?q=ada&q=bob", "The text is given more than once", http.StatusBadRequest},
		{"an unknown parameter", searchAddress("ada", "limit", "10"), "limit is not a parameter of this page", http.StatusBadRequest},
		{"a bad range", searchAddress("ada", "range", "9d"), "range=9d is not a range", http.StatusBadRequest},
		{"half a range", searchAddress("ada", "from", "2026-11-01"), "to is missing", http.StatusBadRequest},
		{"Conditional Access", searchAddress("ada", "ca", "failure"), "", http.StatusForbidden},
		{"Conditional Access columns", searchAddress("ada", "cols", "ca"), "", http.StatusForbidden},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := p.get(test.address)
			if a.Code != test.status {
				t.Fatalf("status %d, want %d", a.Code, test.status)
			}
			if test.message == "" {
				return
			}
			if got := squeeze(a.hook("error").Text()); !strings.HasPrefix(got, test.message) || a.hook("error").Length() != 1 {
				t.Errorf("message %q, want one that begins with %q", got, test.message)
			}
			asked, _ := url.Parse(test.address)
			if got := a.page.Find("#search").AttrOr("value", ""); got != asked.Query().Get("q") {
				t.Errorf("the box holds %q, want what was typed", got)
			}
			if a.hook("finding").Length() != 0 {
				t.Error("something was looked for")
			}
		})
	}
	longest := searchAddress(strings.Repeat("é", store.MaxValueLength))
	if a := p.get(longest); a.Code != http.StatusOK {
		t.Errorf("1,000 characters: status %d, want 200", a.Code)
	}
}

// slowStore is too slow to count one of the logs.
type slowStore struct{ *fakeStore }

func (s slowStore) Total(ctx context.Context, q store.ListQuery) (store.Total, error) {
	if q.Log == store.NonInteractive {
		return store.Total{}, store.ErrTooSlow
	}
	return s.fakeStore.Total(ctx, q)
}

func TestSearchSaysWhatItDidNotLookAt(t *testing.T) {
	p := newPortal(t, slowStore{searchable()}, admin)
	a := p.get(searchAddress("bob@example.com"))
	if a.Code != http.StatusOK || a.hook("finding").Length() != 1 || !strings.Contains(a.hook("error").Text(), "Not everything could be looked at in time") {
		t.Errorf("status %d to %q, %d findings, message %q", a.Code, a.Header().Get("Location"), a.hook("finding").Length(), a.hook("error").Text())
	}
	a = p.get(searchAddress("zebra"))
	if got := squeeze(a.page.Find(".empty h2").Text()); got != "No results so far" {
		t.Errorf("title %q", got)
	}
	if a := newPortal(t, &fakeStore{err: errBroken}, admin).get(searchAddress("bob")); a.Code != http.StatusInternalServerError {
		t.Errorf("a broken store: status %d, want 500", a.Code)
	}
}

func TestSearchBoxIsThereForReaders(t *testing.T) {
	for role, want := range map[auth.Role]int{admin: 1, reports: 1, auth.RoleUser: 0, auth.RoleConditionalAccessAdministrator: 0} {
		p := newPortal(t, searchable(), role)
		for _, address := range []string{"/me", "/logs/interactive", "/search?q=zebra", "/nowhere"} {
			form := p.get(address).page.Find(`form[role="search"]`)
			if form.Length() != want {
				t.Errorf("%s as %s: %d search boxes, want %d", address, role, form.Length(), want)
			}
			if want == 1 && (form.AttrOr("action", "") != "/search" || form.AttrOr("method", "") != "get" || form.Find(`label[for="search"]`).Text() != "Search sign-ins") {
				t.Errorf("%s: the box is not what it should be", address)
			}
		}
	}
}

// The search keeps a chosen range in its form, and does not write the text into the log.
func TestSearchIsNobodyElsesBusiness(t *testing.T) {
	p := newHouse(t, nil)
	p.add("ada", admin)
	p.add("una", auth.RoleUser)
	reader, user := p.visitor(), p.visitor()
	reader.signIn("ada")
	user.signIn("una")
	const secret = "very-private-text"
	got := reader.get(searchAddress(secret, "range", "7d"))
	got.expect(t, "a search", http.StatusOK, "")
	if !strings.Contains(got.body, `<input type="hidden" name="range" value="7d"`) {
		t.Error("the form forgets the range")
	}
	reader.get(searchAddress(secret, "range", "9d")).expect(t, "a bad search", http.StatusBadRequest, "")
	user.get(searchAddress(secret)).expect(t, "a search of a plain user", http.StatusForbidden, "")
	p.visitor().get("/search?q=ada").expect(t, "a search signed out", http.StatusSeeOther, "/signin?next=%2Fsearch%3Fq%3Dada")
	if log := p.log.String(); strings.Contains(log, secret) || !strings.Contains(log, `"/search"`) {
		t.Errorf("the log holds the text, or not the request:\n%s", log)
	}
}
