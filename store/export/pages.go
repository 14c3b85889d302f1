package export

import (
	"context"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"signpost/store"
)

// pageSize bounds what is read at a time: rows of single-valued fields, or whole records and the bytes of these as received.
// A record takes about twice that in memory.
type pageSize struct {
	rows, records int
	bytes         int64
}

// A row costs less in a large page: the blocks that records are stored in are unpacked once a page.
var (
	alonePage = pageSize{rows: 4000, records: 2500, bytes: 24 << 20} // of a file that shares its memory with no other
	largePage = pageSize{rows: 2000, records: 1500, bytes: 6 << 20}
	smallPage = pageSize{rows: 400, records: 400, bytes: 1 << 20}
)

// Memory bounds the large pages that several files hold together. A page is held until its rows are written, which depends on
// who reads the file. A file that finds no room goes on in small pages, one at a time.
type Memory struct {
	mu   sync.Mutex
	free int64
}

// NewMemory has room for large pages of so many bytes of records.
func NewMemory(bytes int64) *Memory { return &Memory{free: bytes} }

// take makes room for a large page, if there is some.
func (m *Memory) take() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.free < largePage.bytes {
		return false
	}
	m.free -= largePage.bytes
	return true
}

func (m *Memory) give() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.free += largePage.bytes
}

// pageOf is one page of what is exported.
type pageOf[T any] struct {
	items []T
	rows  int // of the list
	next  *store.Cursor
	free  func() // the page is no longer held
}

// heldPages is how many pages a file holds at a time: one is read while the rows of the other are written.
const heldPages = 2

// room waits until another page may be held, and says how large: a small one waits until there is no other.
func (e *exporter) room(ctx context.Context, held *semaphore.Weighted) (size pageSize, free func(), err error) {
	if err := held.Acquire(ctx, 1); err != nil {
		return size, nil, err
	}
	if e.Memory == nil {
		return alonePage, sync.OnceFunc(func() { held.Release(1) }), nil
	}
	if e.Memory.take() {
		return largePage, sync.OnceFunc(func() { e.Memory.give(); held.Release(1) }), nil
	}
	if err := held.Acquire(ctx, heldPages-1); err != nil {
		held.Release(1)
		return size, nil, err
	}
	return smallPage, sync.OnceFunc(func() { held.Release(heldPages) }), nil
}

// pages reads page after page and gives them to use, in order; the next is read while one is used.
func pages[T any](ctx context.Context, e *exporter, read func(ctx context.Context, after *store.Cursor, size pageSize) (pageOf[T], error), use func([]T) error) error {
	group, ctx := errgroup.WithContext(ctx)
	held := semaphore.NewWeighted(heldPages)
	ready := make(chan pageOf[T])
	group.Go(store.Caught(func() error {
		defer close(ready)
		for after := e.Query.After; ; {
			next, err := readInto(ctx, e, held, after, read, ready)
			if err != nil {
				return err
			}
			if after = next; after == nil {
				return nil
			}
		}
	}))
	group.Go(store.Caught(func() error {
		for page := range ready {
			if err := usePage(ctx, e, page, use); err != nil {
				return err
			}
		}
		return nil
	}))
	return group.Wait()
}

// readInto reads one page and hands it on.
func readInto[T any](ctx context.Context, e *exporter, held *semaphore.Weighted, after *store.Cursor, read func(context.Context, *store.Cursor, pageSize) (pageOf[T], error), ready chan<- pageOf[T]) (next *store.Cursor, err error) {
	size, free, err := e.room(ctx, held)
	if err != nil {
		return nil, err
	}
	handedOn := false
	defer func() {
		if !handedOn {
			free()
		}
	}()
	pageCtx, cancel := context.WithTimeout(ctx, e.Timeout)
	defer cancel()
	page, err := read(pageCtx, after, size)
	if err != nil {
		return nil, fmt.Errorf("read a page of the export: %w", err)
	}
	page.free = free
	select {
	case ready <- page:
		handedOn = true
		return page.next, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// usePage writes the rows of a page.
func usePage[T any](ctx context.Context, e *exporter, page pageOf[T], use func([]T) error) error {
	defer page.free()
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := use(page.items); err != nil {
		return err
	}
	if e.rows += int64(page.rows); e.Progress != nil {
		e.Progress(e.rows)
	}
	return nil
}
