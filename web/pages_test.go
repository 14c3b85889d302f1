package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"signpost/auth"
	"signpost/static"
	"signpost/store"
)

// pageNow is the time in the pages' tests.
var pageNow = time.Date(2026, 11, 23, 14, 30, 20, 0, time.UTC)

// oneSession is a session store that takes every token for a session of one account.
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

// answer is a response, with its page parsed.
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
	expectConforming(p.t, address, page)
	return answer{w, page}
}

// validTime is a time with a zone by the HTML standard: three digits of a second at most.
var validTime = regexp.MustCompile(`^\d{4,}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z$`)

// expectConforming fails the test for markup that an HTML checker refuses and a browser repairs in silence.
func expectConforming(t *testing.T, address string, page *goquery.Document) {
	t.Helper()
	page.Find("time").Each(func(_ int, e *goquery.Selection) {
		if got := e.AttrOr("datetime", ""); !validTime.MatchString(got) {
			t.Errorf("%s: <time datetime=%q> is not a valid time", address, got)
		}
	})
	if n := page.Find("svg[hidden]").Length(); n > 0 {
		t.Errorf("%s: %d svg elements have the attribute hidden, which is not theirs", address, n)
	}
}

// ids gives the IDs of the sign-ins in the elements of a hook.
func (a answer) ids(hook string) []string {
	return a.hook(hook).Map(func(_ int, e *goquery.Selection) string { return e.AttrOr("data-id", "") })
}

// unfolding is the target of a row's arrow: the address of its link, or the address that its form opens.
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
