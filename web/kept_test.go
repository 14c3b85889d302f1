package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"signpost/auth"
	"signpost/store"
)

// These tests check the stored choices over a real portal.db, with a few made-up sign-ins.

// keptHouse has five people: two administrators, a Global Reader, a Reports Reader and somebody without a log.
func keptHouse(t *testing.T, change func(*Config), signIns ...store.SignIn) *house {
	t.Helper()
	p := newHouse(t, func(c *Config) {
		c.Store = newFakeStore(signIns...)
		if change != nil {
			change(c)
		}
	})
	p.add("root", auth.RoleGlobalAdministrator)
	p.add("ada", auth.RoleGlobalAdministrator)
	p.add("grace", auth.RoleGlobalReader)
	p.add("rolf", auth.RoleReportsReader)
	p.add("una", auth.RoleUser)
	return p
}

// as begins a new session of somebody.
func (p *house) as(name string) *visitor {
	p.t.Helper()
	v := p.visitor()
	v.signIn(name).expect(p.t, name+" signs in", http.StatusSeeOther, "/")
	return v
}

func (v *visitor) post(path string, form url.Values, headers ...string) reply {
	v.t.Helper()
	return v.send(http.MethodPost, path, form, headers...)
}

// form gives the fields of a form, from pairs.
func form(pairs ...string) url.Values {
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	return values
}

// document parses the page.
func (r reply) document(t *testing.T) *goquery.Document {
	t.Helper()
	page, err := goquery.NewDocumentFromReader(strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	expectConforming(t, "the page", page)
	return page
}

// href is the target of the first link found.
func (r reply) href(t *testing.T, selector string) string {
	t.Helper()
	return r.document(t).Find(selector).First().AttrOr("href", "")
}

// each gives the texts of all elements found.
func (r reply) each(t *testing.T, selector string) []string {
	t.Helper()
	return r.document(t).Find(selector).Map(func(_ int, s *goquery.Selection) string { return squeeze(s.Text()) })
}

// values gives an attribute of all elements found.
func (r reply) values(t *testing.T, selector, attribute string) []string {
	t.Helper()
	return r.document(t).Find(selector).Map(func(_ int, s *goquery.Selection) string { return s.AttrOr(attribute, "") })
}

func (r reply) expectTexts(t *testing.T, what, selector string, want ...string) {
	t.Helper()
	if got := r.each(t, selector); !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func (r reply) expectLink(t *testing.T, what, selector, want string) {
	t.Helper()
	if got := r.href(t, selector); got != want {
		t.Errorf("%s: got a link to %q, want %q", what, got, want)
	}
}

const railLogs = ".rail li:first-child a"

// preferencesOf reads the stored preferences of somebody.
func (p *house) preferencesOf(name string) auth.Preferences {
	p.t.Helper()
	kept, err := p.people.Preferences(p.t.Context(), p.accountOf(name).ID)
	if err != nil {
		p.t.Fatal(err)
	}
	return kept
}

func (p *house) accountOf(name string) auth.Account {
	p.t.Helper()
	account, err := p.people.AccountByName(p.t.Context(), name)
	if err != nil {
		p.t.Fatal(err)
	}
	return account
}

// countingStores count the writes for the navigation.
type countingStores struct {
	auth.SessionStore
	auth.PreferenceStore
	addresses, preferences int
}

func (c *countingStores) SetLogsAddress(ctx context.Context, hash auth.TokenHash, address string) error {
	c.addresses++
	return c.SessionStore.SetLogsAddress(ctx, hash, address)
}

func (c *countingStores) SetPreference(ctx context.Context, id int64, name auth.PreferenceName, value string) error {
	c.preferences++
	return c.PreferenceStore.SetPreference(ctx, id, name, value)
}
