package bench

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
	"sync"
	"time"

	"signpost/auth"
	"signpost/static"
	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/portal"
	"signpost/web"
)

// pages asks for pages over loopback. One server keeps no access log, so that its figures can be compared with those of earlier
// versions; the other one does, as serve does.
type pages struct {
	servers []*httptest.Server
	client  *client // of the server without the access log
	// recorded is the same person with the access log.
	recorded *client
	// direct is recorded without a network.
	direct  *client
	people  *portal.DB
	filters *filterSet
	until   time.Time

	background sync.WaitGroup
	stop       context.CancelFunc // ends what runs in the background
}

// newPortal gives the portal over a store; recorded says that it keeps the access log.
func newPortal(db *datafolder.Folder, people *portal.DB, recorded bool) *web.Server {
	accounts := auth.NewAccounts(people, time.Now, false)
	config := web.Config{
		Store: db, Directory: db, Accounts: accounts, Setup: auth.NewSetup(accounts), Static: static.Handler(), Log: slog.New(slog.DiscardHandler),
		Sessions: auth.NewSessions(people, accounts, time.Now, auth.SessionOptions{}), Preferences: people, Views: people, Answers: people,
	}
	if recorded {
		config.Access, config.Settings = db.Access(), people
	}
	return web.New(config)
}

// serve answers over loopback, and does in the background what a serving portal does.
func (p *pages) serve(ctx context.Context, portal *web.Server) {
	p.servers = append(p.servers, httptest.NewServer(portal))
	p.background.Go(func() { portal.KeepRiskReady(ctx) })
}

// openPages serves the store and signs in.
func openPages(ctx context.Context, folder string, db *datafolder.Folder, account login, filters *filterSet, until time.Time) (*pages, error) {
	if err := putDirectory(ctx, db); err != nil {
		return nil, fmt.Errorf("import the directory: %w", err)
	}
	people, err := portal.Open(ctx, folder)
	if err != nil {
		return nil, err
	}
	p := &pages{people: people, filters: filters, until: until}
	background, stop := context.WithCancel(ctx)
	p.stop = stop
	for _, recorded := range []bool{false, true} {
		p.serve(background, newPortal(db, people, recorded))
	}
	if p.client, err = signIn(ctx, p.servers[0].URL, account); err != nil {
		return nil, errors.Join(err, p.close())
	}
	p.recorded = p.client.at(p.servers[1])
	p.direct = p.recorded.inProcess(p.servers[1].Config.Handler)
	return p, nil
}

func (p *pages) close() error {
	for _, server := range p.servers {
		server.Close()
	}
	p.stop()
	p.background.Wait()
	return p.people.Close()
}

var (
	totalHook = regexp.MustCompile(`data-testid="total"[^>]*data-value="(\d+)"|data-value="(\d+)"[^>]*data-testid="total"`)
	rowHook   = regexp.MustCompile(`data-testid="row"[^>]*data-id="([^"]*)"|data-id="([^"]*)"[^>]*data-testid="row"`)
)

// asks gives the pages of every log: the newest page, with smaller groups too, one in the middle of the range, and
// a sign-in of that one. It adds the page of an error code and the reader's own sign-ins.
func (p *pages) asks(ctx context.Context, span span, filter string) ([]askable, error) {
	r := rangeOf(p.until, span.length)
	var asks []askable
	for _, info := range store.SignIns.Logs {
		f, question := p.filters.of(info.Log, filter), "/logs/"+string(info.Log)
		add := func(more string, path func(store.Range) string) {
			asks = append(asks, askable{question + more, string(info.Log), span, f, p.client.ask(r, path)})
		}
		list := func(more string) func(store.Range) string {
			return func(r store.Range) string { return logPath(info.Log, r, f.Query) + more }
		}
		add("", list(""))
		if info.Grouped {
			add("?agg=6h", list("&agg=6h"))
			add("?agg=1h", list("&agg=1h"))
		}
		deep := list("&after=" + middle(r).String())
		add("?after=", deep)
		page, err := p.client.get(ctx, deep(r))
		if err != nil {
			return nil, err
		}
		if row := rowHook.FindStringSubmatch(page); row != nil {
			id := url.PathEscape(html.UnescapeString(row[1] + row[2]))
			add("/ID", func(store.Range) string { return question + "/" + id })
		}
	}
	if filter == filterNone {
		seen := func(r store.Range) string { return "/errors/50126?" + rangeQuery(r) }
		asks = append(asks, askable{"/errors/50126", allLogs, span, p.filters.of(store.NonInteractive, filter), p.client.ask(r, seen)})
		own := func(r store.Range) string { return "/me?" + rangeQuery(r) }
		asks = append(asks, askable{"/me", userLogs, span, p.filters.of(store.NonInteractive, filter), p.client.ask(r, own)})
		directory, err := p.directoryAsks(ctx, span)
		if err != nil {
			return nil, err
		}
		asks = append(asks, directory...)
	}
	return asks, nil
}

// ask asks for one page. Pages of one sign-in have no total.
func (c *client) ask(r store.Range, path func(store.Range) string) func(context.Context, time.Duration) (int64, error) {
	return func(ctx context.Context, earlier time.Duration) (int64, error) {
		page, err := c.get(ctx, path(slid(r, earlier)))
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
