package segment

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// wide makes a column that takes about the given number of bytes.
func wide(bytes int) *Column {
	values := make([]int64, bytes/8)
	for i := range values {
		values[i] = int64(i) << 40
	}
	return NewColumn(values)
}

func TestCacheBudget(t *testing.T) {
	column := wide(8000)
	entry := int64(column.Size() + entryOverhead)
	cache := NewCache(3 * entry)
	loads := 0
	get := func(segment int64) {
		t.Helper()
		got, err := cache.Get(segment, 0, func() (*Column, error) { loads++; return column, nil })
		if err != nil || got != column {
			t.Fatalf("segment %d: got %v, %v", segment, got, err)
		}
	}
	for _, step := range []struct {
		segment int64
		loads   int
		bytes   int64
	}{
		{1, 1, entry},
		{2, 2, 2 * entry},
		{3, 3, 3 * entry},
		{1, 3, 3 * entry}, // 2 is the one used longest ago now
		{4, 4, 3 * entry},
		{1, 4, 3 * entry},
		{3, 4, 3 * entry},
		{2, 5, 3 * entry}, // 4 makes room
		{4, 6, 3 * entry},
	} {
		if get(step.segment); loads != step.loads || cache.Bytes() != step.bytes {
			t.Fatalf("after segment %d: %d loads and %d bytes, want %d and %d", step.segment, loads, cache.Bytes(), step.loads, step.bytes)
		}
	}
	large := wide(30_000)
	for range 2 {
		got, err := cache.Get(9, 0, func() (*Column, error) { loads++; return large, nil })
		if err != nil || got != large {
			t.Fatalf("got %v, %v", got, err)
		}
	}
	if loads != 8 || cache.Bytes() != 3*entry {
		t.Errorf("a column over the budget: %d loads and %d bytes, want 8 and %d", loads, cache.Bytes(), 3*entry)
	}
	cache.Forget(4)
	if cache.Bytes() != 2*entry {
		t.Errorf("Forget left %d bytes, want %d", cache.Bytes(), 2*entry)
	}
}

func TestCacheKeysBesideColumns(t *testing.T) {
	cache := NewCache(1 << 20)
	keys, err := NewKeys([]int64{1, 2, 3})
	if err != nil {
		t.Fatal(err)
	}
	got, err := cache.Keys(1, func() (*Keys, error) { return keys, nil })
	if err != nil || got != keys {
		t.Fatalf("got %v, %v", got, err)
	}
	column, err := cache.Get(1, 0, func() (*Column, error) { return NewColumn([]int64{1}), nil })
	if err != nil || column.Len() != 1 {
		t.Fatalf("got %v, %v", column, err)
	}
	cache.Forget(1)
	if cache.Bytes() != 0 {
		t.Errorf("Forget left %d bytes", cache.Bytes())
	}
}

func TestCacheErrors(t *testing.T) {
	cache := NewCache(1 << 20)
	broken := errors.New("broken")
	if _, err := cache.Get(1, 0, func() (*Column, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
	func() {
		defer func() { _ = recover() }() // the panic is the caller's; the cache must survive it
		_, _ = cache.Get(1, 0, func() (*Column, error) { panic("in a load") })
	}()
	if c, err := cache.Get(1, 0, func() (*Column, error) { return NewColumn([]int64{5}), nil }); err != nil || c.Min() != 5 {
		t.Errorf("after an error: got %v, %v", c, err)
	}
}

// waiting starts a Get that waits for a load which began and does not end before release is closed.
func waiting(cache *Cache, result error) (release chan struct{}, first chan error) {
	started := make(chan struct{})
	release, first = make(chan struct{}), make(chan error, 1)
	go func() {
		_, err := cache.Get(1, 0, func() (*Column, error) {
			close(started)
			<-release
			return NewColumn([]int64{1}), result
		})
		first <- err
	}()
	<-started
	return release, first
}

func TestCacheForgetsWhatIsBeingLoaded(t *testing.T) {
	cache := NewCache(1 << 20)
	release, first := waiting(cache, nil)
	cache.Forget(1)
	c, err := cache.Get(1, 0, func() (*Column, error) { return NewColumn([]int64{2}), nil })
	if err != nil || c.Min() != 2 {
		t.Fatalf("got %v, %v", c, err)
	}
	close(release)
	if err := <-first; err != nil {
		t.Fatal(err)
	}
	c, err = cache.Get(1, 0, func() (*Column, error) { return NewColumn([]int64{3}), nil })
	if err != nil || c.Min() != 2 {
		t.Errorf("got %v, %v; want what was loaded after Forget", c, err)
	}
}

func TestCacheLoadsAgainAfterACancelledLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cache := NewCache(1 << 20)
		release, first := waiting(cache, context.Canceled)
		second := make(chan error)
		go func() {
			_, err := cache.Get(1, 0, func() (*Column, error) { return NewColumn([]int64{1}), nil })
			second <- err
		}()
		synctest.Wait() // until the second waits for the first
		close(release)
		if err := <-first; !errors.Is(err, context.Canceled) {
			t.Errorf("the first: got %v", err)
		}
		if err := <-second; err != nil {
			t.Errorf("the second: got %v", err)
		}
	})
}

func TestCacheTogether(t *testing.T) {
	column := wide(4000)
	budget := 10 * int64(column.Size()+entryOverhead)
	cache := NewCache(budget)
	var loading [30]atomic.Int32
	var group sync.WaitGroup
	for worker := range uint64(8) {
		group.Go(func() {
			r := seeded(worker)
			for range 2000 {
				n := r.IntN(len(loading))
				switch r.IntN(20) {
				case 0:
					cache.Forget(int64(n % 5))
				default:
					_, err := cache.Get(int64(n%5), n, func() (*Column, error) {
						loading[n].Add(1)
						defer loading[n].Add(-1)
						if r.IntN(10) == 0 {
							return nil, errNoColumn
						}
						return column, nil
					})
					if err != nil && !errors.Is(err, errNoColumn) {
						t.Error(err)
					}
				}
				if got := cache.Bytes(); got > budget || got < 0 {
					t.Errorf("%d bytes in a cache of %d", got, budget)
				}
			}
		})
	}
	group.Wait()
	for segment := range int64(5) {
		cache.Forget(segment)
	}
	if cache.Bytes() != 0 || cache.recent.Len() != 0 || len(cache.segments) != 0 {
		t.Errorf("left: %d bytes, %d entries, %d segments", cache.Bytes(), cache.recent.Len(), len(cache.segments))
	}
}

func TestCacheSharesOneLoad(t *testing.T) {
	for _, want := range []error{nil, errNoColumn} {
		synctest.Test(t, func(t *testing.T) {
			cache := NewCache(0) // keeps nothing, so that only waiting can share
			var loads atomic.Int32
			var group sync.WaitGroup
			release, first := waiting(cache, want)
			for range 20 {
				group.Go(func() {
					_, err := cache.Get(1, 0, func() (*Column, error) { loads.Add(1); return NewColumn([]int64{1}), nil })
					if !errors.Is(err, want) {
						t.Errorf("got %v, want %v", err, want)
					}
				})
			}
			synctest.Wait() // until all wait for the first
			close(release)
			group.Wait()
			if err := <-first; !errors.Is(err, want) {
				t.Errorf("the first: got %v, want %v", err, want)
			}
			if n := loads.Load(); n != 0 {
				t.Errorf("%d loads beside the first", n)
			}
		})
	}
}
