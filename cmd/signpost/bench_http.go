package main

import (
	"context"
	"errors"
	"fmt"
	"html"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"time"

	"signpost/auth"
	"signpost/static"
	"signpost/store"
	"signpost/store/sqlite"
	"signpost/web"
)

// benchPages asks for pages over loopback.
type benchPages struct {
	server  *httptest.Server
	client  *benchClient
	portal  *sqlite.Portal
	filters *benchFilters
	until   time.Time
}

// openPages serves the store and signs in.
func openPages(ctx context.Context, folder string, db *sqlite.DB, account benchAccount, filters *benchFilters, until time.Time) (*benchPages, error) {
	portal, err := sqlite.OpenPortal(ctx, folder)
	if err != nil {
		return nil, err
	}
	accounts := auth.NewAccounts(portal, time.Now, false)
	server := httptest.NewServer(web.New(web.Config{
		Store: db, Accounts: accounts, Setup: auth.NewSetup(accounts), Static: static.Handler(), Log: slog.New(slog.DiscardHandler),
		Sessions: auth.NewSessions(portal, accounts, time.Now, auth.SessionOptions{}),
	}))
	p := &benchPages{server: server, portal: portal, filters: filters, until: until}
	if p.client, err = signIn(ctx, server.URL, account); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

func (p *benchPages) close() error {
	p.server.Close()
	return p.portal.Close()
}

var (
	totalHook = regexp.MustCompile(`data-testid="total"[^>]*data-value="(\d+)"|data-value="(\d+)"[^>]*data-testid="total"`)
	nextHook  = regexp.MustCompile(`<a[^>]*data-testid="next"[^>]*>`)
	hrefOf    = regexp.MustCompile(`href="([^"]*)"`)
	rowHook   = regexp.MustCompile(`data-testid="row"[^>]*data-id="([^"]*)"|data-id="([^"]*)"[^>]*data-testid="row"`)
)

// deepPages is how many pages are passed to come to a deep one.
const deepPages = 20

// asks gives the pages of every log: the newest, with smaller groups, a deep one, and a sign-in of it; and the
// reader's own sign-ins.
func (p *benchPages) asks(ctx context.Context, span benchSpan, filter string) ([]benchAsk, error) {
	var asks []benchAsk
	for _, info := range store.Logs() {
		f := p.filters.of(info.Log, filter)
		question, path := "/logs/"+string(info.Log), logPath(info.Log, benchRange(p.until, span.length), f.Query)
		add := func(more, path string) {
			asks = append(asks, benchAsk{question + more, string(info.Log), span, f, p.ask(path)})
		}
		add("", path)
		if info.Grouped {
			add("?agg=6h", path+"&agg=6h")
			add("?agg=1h", path+"&agg=1h")
		}
		deep, id, err := p.walk(ctx, path)
		if err != nil {
			return nil, err
		}
		add("?after=", deep)
		if id != "" {
			add("/ID", "/logs/"+string(info.Log)+"/"+url.PathEscape(id))
		}
	}
	if filter == filterNone {
		r := benchRange(p.until, span.length)
		own := benchAsk{"/me", userLogs, span, p.filters.of(store.NonInteractive, filter), p.ask("/me?" + rangeQuery(r))}
		asks = append(asks, own)
	}
	return asks, nil
}

// ask asks for one page. A page without a total is one sign-in's.
func (p *benchPages) ask(path string) func(context.Context) (int64, error) {
	return func(ctx context.Context) (int64, error) {
		page, err := p.client.get(ctx, path)
		if err != nil {
			return 0, err
		}
		found := totalHook.FindStringSubmatch(page)
		if found == nil {
			return 1, nil
		}
		return strconv.ParseInt(found[1]+found[2], 10, 64)
	}
}

// walk follows the links to older pages. It gives the path of the last page and the ID of its first row, if it has any.
func (p *benchPages) walk(ctx context.Context, path string) (deep, id string, err error) {
	for range deepPages {
		page, err := p.client.get(ctx, path)
		if err != nil {
			return "", "", err
		}
		if row := rowHook.FindStringSubmatch(page); row != nil {
			id = html.UnescapeString(row[1] + row[2])
		}
		href := hrefOf.FindStringSubmatch(nextHook.FindString(page))
		if href == nil {
			break
		}
		path = html.UnescapeString(href[1])
	}
	return path, id, nil
}

func logPath(log store.Log, r store.Range, query string) string {
	path := fmt.Sprintf("/logs/%s?%s", log, rangeQuery(r))
	if query != "" {
		path += "&" + query
	}
	return path
}

func rangeQuery(r store.Range) string {
	return url.Values{"from": {r.From.Format(time.RFC3339)}, "to": {r.To.Format(time.RFC3339)}}.Encode()
}
