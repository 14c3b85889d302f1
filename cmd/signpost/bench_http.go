package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"time"

	"signpost/auth"
	"signpost/static"
	"signpost/store"
	"signpost/store/importer"
	"signpost/store/sqlite"
	"signpost/web"
)

// benchPages is a server over the benchmark's store and a client that is signed in to it.
type benchPages struct {
	server *httptest.Server
	client *http.Client
	portal *sqlite.Portal
	until  time.Time
}

const benchAccount = "benchmark"

// openPages serves the store on loopback and signs in as an administrator made for it.
func (b *BenchCmd) openPages(ctx context.Context, db *sqlite.DB, state benchState) (*benchPages, error) {
	portal, err := sqlite.OpenPortal(ctx, b.Data)
	if err != nil {
		return nil, err
	}
	accounts := auth.NewAccounts(portal, time.Now, false)
	password := rand.Text()
	_, err = accounts.Add(ctx, auth.NewAccount{Name: benchAccount, Password: password, Roles: []auth.Role{auth.RoleGlobalAdministrator}})
	if errors.Is(err, auth.ErrNameTaken) {
		err = accounts.SetPassword(ctx, benchAccount, password)
	}
	if err != nil {
		return nil, errors.Join(err, portal.Close())
	}
	server := httptest.NewServer(web.New(web.Config{
		Store: db, Accounts: accounts, Setup: auth.NewSetup(accounts), Static: static.Handler(), Log: slog.New(slog.DiscardHandler),
		Sessions: auth.NewSessions(portal, accounts, time.Now, auth.SessionOptions{}),
	}))
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	p := &benchPages{server: server, client: &http.Client{Jar: jar}, portal: portal, until: state.Until}
	response, err := p.client.PostForm(server.URL+"/signin", url.Values{"name": {benchAccount}, "password": {password}})
	if err != nil {
		p.close()
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		p.close()
		return nil, fmt.Errorf("sign in to the benchmark: %s", response.Status)
	}
	return p, nil
}

func (p *benchPages) close() {
	p.server.Close()
	_ = p.portal.Close()
}

var (
	totalHook = regexp.MustCompile(`data-testid="total"[^>]*data-value="(\d+)"|data-value="(\d+)"[^>]*data-testid="total"`)
	nextHook  = regexp.MustCompile(`<a[^>]*data-testid="next"[^>]*>`)
	hrefOf    = regexp.MustCompile(`href="([^"]*)"`)
)

// get asks for a page and gives its text and how long it took, the reading of it included.
func (p *benchPages) get(ctx context.Context, path string) (string, time.Duration, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.server.URL+path, nil)
	if err != nil {
		return "", 0, err
	}
	began := time.Now()
	response, err := p.client.Do(request)
	if err != nil {
		return "", 0, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	took := time.Since(began)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", path, response.Status)
	}
	return string(body), took, err
}

func (p *benchPages) logPath(log store.Log, length time.Duration, more string) string {
	r := benchRange(p.until, length)
	return fmt.Sprintf("/logs/%s?from=%s&to=%s%s", log, r.From.Format(time.RFC3339), r.To.Format(time.RFC3339), more)
}

func matched(page string) int64 {
	m := totalHook.FindStringSubmatch(page)
	if m == nil {
		return 0
	}
	n, _ := strconv.ParseInt(m[1]+m[2], 10, 64)
	return n
}

// result sums up how long the same question took.
func result(question string, log store.Log, length string, n int64, took []time.Duration) benchResult {
	slices.Sort(took)
	at := func(part float64) float64 {
		return float64(took[int(part*float64(len(took)-1))].Microseconds()) / 1000
	}
	return benchResult{Question: question, Log: string(log), Range: length, Matched: n, P50MS: at(0.5), P95MS: at(0.95), MaxMS: at(1)}
}

// askUntilStopped asks for the logs over and over while something is imported. What a page matched is the last
// answer's: it grows meanwhile.
func (p *benchPages) askUntilStopped(ctx context.Context) (stop func() []benchResult) {
	ctx, cancel := context.WithCancel(ctx)
	took, shown := map[store.Log][]time.Duration{}, map[store.Log]int64{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			for _, info := range store.Logs() {
				if text, t, err := p.get(ctx, p.logPath(info.Log, 24*time.Hour, "")); err == nil {
					took[info.Log], shown[info.Log] = append(took[info.Log], t), matched(text)
				}
			}
			select {
			case <-ctx.Done():
			case <-time.After(200 * time.Millisecond):
			}
		}
	}()
	return func() []benchResult {
		cancel()
		<-done
		var results []benchResult
		for _, info := range store.Logs() {
			if len(took[info.Log]) > 0 {
				r := result("page", info.Log, "24h", shown[info.Log], took[info.Log])
				r.Importing = true
				results = append(results, r)
			}
		}
		return results
	}
}

// benchTimes is how often a page is asked for, benchDepth how many pages a walk goes down.
const (
	benchTimes = 40
	benchDepth = 60
)

// measurePages opens the store anew and asks for every log: the default page, the other windows, the
// walk down 30 days.
func (b *BenchCmd) measurePages(ctx context.Context, state benchState, report *benchReport) error {
	began := time.Now()
	db, err := sqlite.Open(ctx, b.Data, importer.Decode)
	if err != nil {
		return err
	}
	defer db.Close()
	pages, err := b.openPages(ctx, db, state)
	if err != nil {
		return err
	}
	defer pages.close()
	if _, _, err := pages.get(ctx, pages.logPath(store.Interactive, 24*time.Hour, "")); err != nil {
		return err
	}
	report.ColdStartMS = float64(time.Since(began).Microseconds()) / 1000
	for _, info := range store.Logs() {
		aggregates := []string{""}
		if info.Grouped {
			aggregates = []string{"", "&agg=6h", "&agg=1h"}
		}
		for _, agg := range aggregates {
			r, err := pages.repeat(ctx, info.Log, agg)
			if err != nil {
				return err
			}
			report.Results = append(report.Results, r)
		}
		r, err := pages.walk(ctx, info.Log)
		if err != nil {
			return err
		}
		report.Results = append(report.Results, r)
	}
	return nil
}

func (p *benchPages) repeat(ctx context.Context, log store.Log, agg string) (benchResult, error) {
	var took []time.Duration
	var page string
	for range benchTimes {
		text, t, err := p.get(ctx, p.logPath(log, 24*time.Hour, agg))
		if err != nil {
			return benchResult{}, err
		}
		page, took = text, append(took, t)
	}
	return result("page"+agg, log, "24h", matched(page), took), nil
}

// walk follows the links to older pages through 30 days. A page's total over 30 days is part of its
// time, so the list by itself is quicker than this tells.
func (p *benchPages) walk(ctx context.Context, log store.Log) (benchResult, error) {
	var took []time.Duration
	path := p.logPath(log, 30*24*time.Hour, "")
	var n int64
	for range benchDepth {
		text, t, err := p.get(ctx, path)
		if err != nil {
			return benchResult{}, err
		}
		took, n = append(took, t), matched(text)
		href := hrefOf.FindStringSubmatch(nextHook.FindString(text))
		if href == nil {
			break
		}
		path = html.UnescapeString(href[1])
	}
	return result("walk with totals", log, "30d", n, took), nil
}
