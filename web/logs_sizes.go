package web

import (
	"context"
	"sync"
	"time"

	"signpost/store"
	"signpost/store/export"
	"signpost/views"
)

// These bound an estimate: how long it holds, how long its measuring may take, and how long a page waits for it. The last is
// the pause after a failure.
const (
	sizesHold     = 10 * time.Minute
	sizesTimeout  = 5 * time.Second
	sizesPatience = 200 * time.Millisecond
	sizesRetry    = time.Minute
)

// fileSizes holds the size of a row in each kind of file, by log, by withheld classes and by scope. After a while the next
// page measures them again. Pages that do not wait for it show the known sizes.
type fileSizes struct {
	mu    sync.Mutex
	known map[sizesOf]measured
}

type sizesOf struct {
	log      store.Log
	withheld store.Classes
	scope    string // store.Scope.Name
}

type measured struct {
	sizes export.Sizes
	until time.Time
}

// take gives the known sizes, and says whether the caller is to measure again.
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

// put stores a measurement.
func (f *fileSizes) put(of sizesOf, m measured) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.keep(of, m)
}

func (f *fileSizes) keep(of sizesOf, m measured) {
	if f.known == nil {
		f.known = map[sizesOf]measured{}
	}
	f.known[of] = m
}

// fillSizes estimates the sizes of the page's downloads. A page never fails for want of an estimate. It waits a moment for an
// estimate that is not known yet.
func (s *Server) fillSizes(ctx context.Context, reader snapshot, page *views.LogPage) error {
	patience, cancel := context.WithTimeout(ctx, sizesPatience)
	defer cancel()
	sizes, fresh := map[store.Log]export.Sizes{}, map[store.Log]chan export.Sizes{}
	for _, info := range page.List.Logs() {
		of := sizesOf{info.Log, reader.withheld, reader.scope.Name()}
		known, due := s.sizes.take(of, page.Now)
		if sizes[info.Log] = known; due {
			fresh[info.Log] = make(chan export.Sizes, 1)
			go s.measureSizes(of, reader.scope, page.Now, fresh[info.Log])
		}
	}
	for log, measured := range fresh {
		select {
		case got, ok := <-measured:
			if ok {
				sizes[log] = got
			}
		case <-patience.Done():
		}
	}
	page.DownloadSize = func(log store.Log, format, part string, rows int64) (int64, bool) {
		return sizes[log].Of(export.Format(format), export.Part(part), rows)
	}
	return nil
}

// measureSizes may outlive the page that began it. So it has a deadline of its own and sees the store as it is then.
func (s *Server) measureSizes(of sizesOf, scope store.Scope, now time.Time, fresh chan<- export.Sizes) {
	defer func() {
		if trouble := recover(); trouble != nil { // nothing catches it outside of a request
			s.Log.Error("measure the sizes of downloads", "log", of.log, "panic", trouble)
		}
		close(fresh)
	}()
	ctx, cancel := context.WithTimeout(context.Background(), sizesTimeout)
	defer cancel()
	sizes, err := export.Measure(ctx, store.Scoped(store.Withheld(s.Store, of.withheld), scope), of.log, of.withheld)
	if err != nil {
		s.Log.WarnContext(ctx, "measure the sizes of downloads", "log", of.log, "error", err)
		return
	}
	s.sizes.put(of, measured{sizes, now.Add(sizesHold)})
	fresh <- sizes
}
