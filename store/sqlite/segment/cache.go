package segment

import (
	"container/list"
	"context"
	"errors"
	"sync"
)

// Sized is something that knows how many bytes of memory it takes, such as a Column or Keys.
type Sized interface{ Size() int }

// Cache keeps decoded columns and keys of segments within a budget of memory and throws out what was not used for
// longest. It is safe for concurrent use.
type Cache struct {
	max int64

	mu       sync.Mutex
	bytes    int64
	recent   list.List // of *cached, the one used last in front
	segments map[int64]map[int]*cached
}

// cached is one entry: something kept, or, without element, something being loaded.
type cached struct {
	segment int64
	column  int
	element *list.Element
	value   Sized
	size    int64
	err     error
	done    chan struct{} // closed when the load has ended
}

// keysColumn is the column number under which a segment's keys are kept.
const keysColumn = -1

// entryOverhead is about what an entry takes besides its value.
const entryOverhead = 200

// NewCache makes a cache that keeps at most maxBytes bytes.
func NewCache(maxBytes int64) *Cache {
	c := &Cache{max: maxBytes, segments: make(map[int64]map[int]*cached)}
	c.recent.Init()
	return c
}

// Get gives a column of a segment, from memory or from load. One load per column runs at a time; who asks meanwhile
// gets its result too. An error is not kept; if it is that the loader's context ended, those who waited load for
// themselves. A column larger than the whole budget is given but not kept. Column numbers are not negative.
func (c *Cache) Get(segment int64, column int, load func() (*Column, error)) (*Column, error) {
	return get(c, segment, column, load)
}

// Lists gives a list column of a segment in the same way.
func (c *Cache) Lists(segment int64, column int, load func() (*Lists, error)) (*Lists, error) {
	return get(c, segment, column, load)
}

// Keys gives the keys of a segment in the same way.
func (c *Cache) Keys(segment int64, load func() (*Keys, error)) (*Keys, error) {
	return get(c, segment, keysColumn, load)
}

// Bytes is how many bytes are kept.
func (c *Cache) Bytes() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.bytes
}

// Forget throws out all that is kept of a segment. A column that is being loaded at that time is given to those who already
// wait for it. It is not kept, and not given to those who ask later.
func (c *Cache) Forget(segment int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, entry := range c.segments[segment] {
		c.remove(entry)
	}
}

var errLoadFailed = errors.New("segment: the load that was waited for did not end")

func get[V Sized](c *Cache, segment int64, column int, load func() (V, error)) (V, error) {
	for {
		entry, mine := c.claim(segment, column)
		if mine {
			return fill(c, entry, load)
		}
		<-entry.done
		if errors.Is(entry.err, context.Canceled) || errors.Is(entry.err, context.DeadlineExceeded) {
			continue
		}
		value, _ := entry.value.(V)
		return value, entry.err
	}
}

// claim gives the entry of a column; if there is none, a new one that the caller must fill.
func (c *Cache) claim(segment int64, column int) (entry *cached, mine bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if entry := c.segments[segment][column]; entry != nil {
		if entry.element != nil {
			c.recent.MoveToFront(entry.element)
		}
		return entry, false
	}
	entry = &cached{segment: segment, column: column, done: make(chan struct{}), err: errLoadFailed}
	if c.segments[segment] == nil {
		c.segments[segment] = make(map[int]*cached)
	}
	c.segments[segment][column] = entry
	return entry, true
}

// fill loads an entry's value. A load that panics leaves an error to those who wait.
func fill[V Sized](c *Cache, entry *cached, load func() (V, error)) (value V, err error) {
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.settle(entry)
		close(entry.done)
	}()
	value, err = load()
	if err == nil {
		entry.value, entry.size = value, int64(value.Size())+entryOverhead
	}
	entry.err = err
	return value, err
}

// settle keeps a loaded entry or, if it failed, is too large or was forgotten meanwhile, does not.
func (c *Cache) settle(entry *cached) {
	if c.segments[entry.segment][entry.column] != entry {
		return
	}
	if entry.err != nil || entry.size > c.max {
		c.remove(entry)
		return
	}
	for c.bytes+entry.size > c.max {
		c.remove(c.recent.Back().Value.(*cached))
	}
	c.bytes += entry.size
	entry.element = c.recent.PushFront(entry)
}

// remove takes an entry out of the cache.
func (c *Cache) remove(entry *cached) {
	if entry.element != nil {
		c.recent.Remove(entry.element)
		c.bytes -= entry.size
		entry.element = nil
	}
	columns := c.segments[entry.segment]
	delete(columns, entry.column)
	if len(columns) == 0 {
		delete(c.segments, entry.segment)
	}
}
