package web

import (
	"context"
	"sync"
	"time"

	"signpost/store"
	"signpost/store/export"
	"signpost/views"
)

// How long an estimate holds, how long it may take to measure, and how long a page waits for it. The last is how long after a
// failure the next is tried.
const (
	sizesHold     = 10 * time.Minute
	sizesTimeout  = 5 * time.Second
	sizesPatience = 200 * time.Millisecond
	sizesRetry    = time.Minute
)

// fileSizes keeps what a row takes in each kind of file, by log, by what is withheld from it and by scope. They are
// measured again at times, while the page that comes first then is made. Pages that do not wait for it show what is known.
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

// take gives what is known, and says whether the caller is to measure again.
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

// put keeps what was measured.
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

// fillSizes estimates how large the page's downloads would be. A page never fails for want of an estimate, and waits a
// moment for what is not known yet.
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

// measureSizes goes on when the page that began it is out. So it has a time of its own and sees the store as it is then.
func (s *Server) measureSizes(of sizesOf, scope store.Scope, now time.Time, fresh chan<- export.Sizes) {
	defer func() {
		if trouble := recover(); trouble != nil { // outside of what a request is kept by
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
