package web

import (
	"context"
	"sync"
	"time"

	"signpost/store"
	"signpost/store/export"
	"signpost/views"
)

// How long an estimate holds, how long a page waits for a new one, and how long after one that failed the next is tried.
const (
	sizesHold     = 10 * time.Minute
	sizesPatience = 300 * time.Millisecond
	sizesRetry    = time.Minute
)

// fileSizes keeps what a row takes in each kind of file, by log and by whether Conditional Access data is in it. They are
// measured anew at times, by the page that comes first then; others show what is known.
type fileSizes struct {
	mu    sync.Mutex
	known map[sizesOf]measured
}

type sizesOf struct {
	log               store.Log
	conditionalAccess bool
}

type measured struct {
	sizes export.Sizes
	until time.Time
}

// take gives what is known, and says whether the caller is to measure anew.
func (f *fileSizes) take(of sizesOf, now time.Time) (known export.Sizes, due bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	m, ok := f.known[of]
	if ok && now.Before(m.until) {
		return m.sizes, false
	}
	f.keep(of, measured{m.sizes, now.Add(sizesRetry)})
	return m.sizes, true
}

func (f *fileSizes) keep(of sizesOf, m measured) {
	if f.known == nil {
		f.known = map[sizesOf]measured{}
	}
	f.known[of] = m
}

// fillSizes estimates how large the page's downloads would be. A page never fails for want of an estimate.
func (s *Server) fillSizes(ctx context.Context, page *views.LogPage) error {
	of := sizesOf{page.List.Log, page.ConditionalAccess}
	sizes, due := s.sizes.take(of, page.Now)
	if due {
		ctx, cancel := context.WithTimeout(ctx, sizesPatience)
		defer cancel()
		fresh, err := export.Measure(ctx, s.Store, of.log, of.conditionalAccess)
		if err != nil {
			s.Log.WarnContext(ctx, "measure the sizes of downloads", "log", of.log, "error", err)
		} else {
			sizes = fresh
			s.sizes.mu.Lock()
			s.sizes.keep(of, measured{fresh, page.Now.Add(sizesHold)})
			s.sizes.mu.Unlock()
		}
	}
	page.DownloadSize = func(format, part string, rows int64) (int64, bool) {
		return sizes.Of(export.Format(format), export.Part(part), rows)
	}
	return nil
}
