package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"signpost/auth"
	"signpost/static"
	"signpost/store"
)

// pageNow is the clock of the pages' tests.
var pageNow = time.Date(2026, 11, 23, 14, 30, 20, 0, time.UTC)

// oneSession is a session store in which every token is a session of one account.
type oneSession struct {
	auth.SessionStore
	account auth.Account
	changes []func(*auth.SessionRecord)
}

func (o oneSession) Session(_ context.Context, hash auth.TokenHash) (auth.SessionRecord, auth.Account, error) {
	r := auth.SessionRecord{Hash: hash, Created: pageNow, Seen: pageNow}
	for _, change := range o.changes {
		change(&r)
	}
	return r, o.account, nil
}

func (o oneSession) TouchSession(context.Context, auth.TokenHash, time.Time, auth.Client) error {
	return nil
}

func (o oneSession) SetLogsAddress(context.Context, auth.TokenHash, string) error { return nil }

// portal is the real router over a store, with somebody signed in.
type portal struct {
	*Server
	t *testing.T
}

func newPortal(t *testing.T, s store.Store, roles ...auth.Role) portal {
	t.Helper()
	return newPortalOf(t, s, auth.Account{ID: 1, Name: "kim", Roles: roles})
}

func newPortalOf(t *testing.T, s store.Store, account auth.Account, changes ...func(*auth.SessionRecord)) portal {
	t.Helper()
	now := func() time.Time { return pageNow }
	accounts := auth.NewAccounts(nil, now, false)
	server := New(Config{
		Store: s, Accounts: accounts, Sessions: auth.NewSessions(oneSession{account: account, changes: changes}, accounts, now, auth.SessionOptions{}),
		Preferences: forgetful{}, Views: forgetful{}, Answers: forgetful{},
		Static: static.Handler(), Now: now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	return portal{server, t}
}

// answer is what came back, with its page parsed.
type answer struct {
	*httptest.ResponseRecorder
	page *goquery.Document
}

func (p portal) get(address string, headers ...string) answer {
	p.t.Helper()
	r := httptest.NewRequest(http.MethodGet, address, nil)
	r.AddCookie(&http.Cookie{Name: plainCookie, Value: strings.Repeat("A", 43)})
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	page, err := goquery.NewDocumentFromReader(strings.NewReader(w.Body.String()))
	if err != nil {
		p.t.Fatalf("parse %s: %v", address, err)
	}
	return answer{w, page}
}

// ids gives the sign-ins that the hook's elements stand for.
func (a answer) ids(hook string) []string {
	return a.hook(hook).Map(func(_ int, e *goquery.Selection) string { return e.AttrOr("data-id", "") })
}

// unfolding is where an arrow of a row leads: the address of a link, or the one that its form asks for.
func unfolding(arrow *goquery.Selection) string {
	if href, ok := arrow.Attr("href"); ok {
		return href
	}
	form := arrow.Closest("html").Find("#" + arrow.AttrOr("form", "none"))
	asked := url.Values{}
	form.Find("input").Each(func(_ int, input *goquery.Selection) { asked.Add(input.AttrOr("name", ""), input.AttrOr("value", "")) })
	asked.Add(arrow.AttrOr("name", ""), arrow.AttrOr("value", ""))
	return form.AttrOr("action", "") + "?" + asked.Encode()
}

func (a answer) hook(name string) *goquery.Selection {
	return a.page.Find(`[data-testid="` + name + `"]`)
}

func (a answer) texts(selector string) []string {
	return a.page.Find(selector).Map(func(_ int, s *goquery.Selection) string { return squeeze(s.Text()) })
}

// squeeze writes every run of white space as one space.
func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }
