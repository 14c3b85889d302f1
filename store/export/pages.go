package export

import (
	"context"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"signpost/store"
)

// pageSize bounds a page: its rows of single-valued fields, or its whole records and their bytes as received. A
// record takes about twice its bytes in memory.
type pageSize struct {
	rows, records int
	bytes         int64
}

// A row costs less in a large page: the store unpacks each block of records once a page.
var (
	alonePage = pageSize{rows: 4000, records: 2500, bytes: 24 << 20} // of a file that shares its memory with no other
	largePage = pageSize{rows: 2000, records: 1500, bytes: 6 << 20}
	smallPage = pageSize{rows: 400, records: 400, bytes: 1 << 20}
)

// Memory bounds the large pages that several files hold together. A page is held until its rows are written, so a
// slow reader holds it long. A file that finds no room goes on in small pages, one at a time.
type Memory struct {
	mu   sync.Mutex
	free int64
}

// NewMemory gives a Memory for large pages of that many bytes of records.
func NewMemory(bytes int64) *Memory { return &Memory{free: bytes} }

// take reserves a large page, if there is room.
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

// pageOf is one page of an export.
type pageOf[T any] struct {
	items []T
	rows  int // of the list
	next  *store.Cursor
	free  func() // called when the page is no longer held
}

// heldPages bounds the pages of one file: it reads one while it writes the rows of the other.
const heldPages = 2

// room waits until another page may be held, and returns its size. A small page waits until the file holds no
// other.
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

// pages reads page after page and passes them to use, in order. It reads the next while one is used.
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

// readInto reads one page and passes it on.
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
