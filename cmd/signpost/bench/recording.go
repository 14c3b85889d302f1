package bench

import (
	"context"
	"errors"
	"fmt"
	"html"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"signpost/store"
)

// Recording compares a page of sign-ins with and without the access log. The page "all" is all pages together.
type Recording struct {
	Page       string  `json:"page"`
	Range      string  `json:"range"`
	Readers    int     `json:"readers"`  // how many asked at once
	PauseMS    float64 `json:"pause_ms"` // how long each looked at a page before the next one
	Asks       int     `json:"asks"`     // with the access log, and as many without
	WithoutP50 float64 `json:"without_p50_ms"`
	WithP50    float64 `json:"with_p50_ms"`
	AddedP50   float64 `json:"added_p50_ms"`
	WithoutP95 float64 `json:"without_p95_ms"`
	WithP95    float64 `json:"with_p95_ms"`
	AddedP95   float64 `json:"added_p95_ms"`
}

// recordedPage is a page that is asked for with and without the access log. Its range moves as that of an askable does.
type recordedPage struct {
	name string
	span span
	path func(store.Range) string
}

// compareRecording asks for pages with and without the access log. It asks as one reader, as many who look at each page for a while,
// and as many who do not pause. The last is all that the machine can do.
func (p *pages) compareRecording(ctx context.Context, pace pace) ([]Recording, error) {
	compared, err := p.recordedPages(ctx, pace.signIns.spans)
	if err != nil {
		return nil, err
	}
	readers := []*client{p.client}
	for len(readers) < pace.readers {
		account, err := administrator(ctx, p.people, fmt.Sprintf("benchmark-%d", len(readers)))
		if err != nil {
			return nil, err
		}
		reader, err := signIn(ctx, p.servers[0].URL, account)
		if err != nil {
			return nil, err
		}
		readers = append(readers, reader)
	}
	var results []Recording
	for _, many := range []struct {
		readers []*client
		pause   time.Duration
	}{{readers[:1], 0}, {readers, pace.pause}, {readers, 0}} {
		c := &comparison{pages: p, compared: compared, readers: many.readers, pause: many.pause}
		some, err := c.measure(ctx, max(pace.most/len(many.readers), 1))
		if err != nil {
			return nil, err
		}
		results = append(results, some...)
	}
	return results, nil
}

// recordedPages are the newest page of each log of sign-ins, and a sign-in of it.
func (p *pages) recordedPages(ctx context.Context, spans []span) (compared []recordedPage, err error) {
	for _, span := range spans {
		for _, info := range store.SignIns.Logs {
			list := func(r store.Range) string { return logPath(info.Log, r, "") }
			compared = append(compared, recordedPage{"/logs/" + string(info.Log), span, list})
			page, err := p.client.get(ctx, list(rangeOf(p.until, span.length)))
			if err != nil {
				return nil, err
			}
			if row := rowHook.FindStringSubmatch(page); row != nil {
				one := "/logs/" + string(info.Log) + "/" + url.PathEscape(html.UnescapeString(row[1]+row[2]))
				compared = append(compared, recordedPage{"/logs/" + string(info.Log) + "/ID", span, func(store.Range) string { return one }})
			}
		}
	}
	return compared, nil
}

// comparison has readers ask for pages. Each turn asks without the access log and then with it, so that whatever else the
// machine does weighs on both.
type comparison struct {
	pages    *pages
	compared []recordedPage
	readers  []*client
	pause    time.Duration
	asked    atomic.Int64

	mu   sync.Mutex
	took [2]map[int][]time.Duration // without and with the access log, by page
}

func (c *comparison) measure(ctx context.Context, turns int) ([]Recording, error) {
	for turn := range turns + 1 {
		if turn <= 1 { // the first one warms up
			c.took = [2]map[int][]time.Duration{{}, {}}
		}
		for recorded := range 2 {
			if err := c.together(ctx, recorded); err != nil {
				return nil, err
			}
		}
	}
	var results []Recording
	var all [2][]time.Duration
	for i, page := range c.compared {
		results = append(results, c.result(page.name, page.span.name, c.took[0][i], c.took[1][i]))
		for recorded := range all {
			all[recorded] = append(all[recorded], c.took[recorded][i]...)
		}
	}
	return append(results, c.result("all", "all", all[0], all[1])), nil
}

// together has each reader ask once for every page. They begin at different ones, and at different times of a pause.
func (c *comparison) together(ctx context.Context, recorded int) error {
	errs := make([]error, len(c.readers))
	var working sync.WaitGroup
	for n, reader := range c.readers {
		reader = reader.at(c.pages.servers[recorded])
		working.Go(func() {
			time.Sleep(c.pause * time.Duration(n) / time.Duration(len(c.readers)))
			for i := range c.compared {
				which := (i + n) % len(c.compared)
				if errs[n] = c.once(ctx, reader, recorded, which); errs[n] != nil {
					return
				}
				time.Sleep(c.pause)
			}
		})
	}
	working.Wait()
	return errors.Join(errs...)
}

func (c *comparison) once(ctx context.Context, reader *client, recorded, which int) error {
	page := &c.compared[which]
	path := page.path(slid(rangeOf(c.pages.until, page.span.length), time.Duration(c.asked.Add(1))*time.Second))
	began := time.Now()
	_, err := reader.get(ctx, path)
	took := time.Since(began)
	c.mu.Lock()
	c.took[recorded][which] = append(c.took[recorded][which], took)
	c.mu.Unlock()
	return err
}

func (c *comparison) result(page, span string, without, with []time.Duration) Recording {
	slices.Sort(without)
	slices.Sort(with)
	r := Recording{
		Page: page, Range: span, Readers: len(c.readers), PauseMS: milliseconds(c.pause), Asks: len(with),
		WithoutP50: percentile(without, 0.5), WithP50: percentile(with, 0.5), WithoutP95: percentile(without, 0.95), WithP95: percentile(with, 0.95),
	}
	r.AddedP50, r.AddedP95 = r.WithP50-r.WithoutP50, r.WithP95-r.WithoutP95
	return r
}
