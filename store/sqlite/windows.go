package sqlite

import (
	"container/list"
	"sync"
	"unsafe"
)

// windowCache keeps the groups of the windows that were paged through last.
type windowCache struct {
	max int // bytes

	mu     sync.Mutex
	bytes  int
	recent list.List // of *keptWindow, the one used last in front
	byName map[string]*list.Element
}

type keptWindow struct {
	name   string
	groups []group
	size   int
}

// windowBytes is how much memory the windows may take: a busy day of ten million sign-ins a month takes about ten MiB.
const windowBytes = 48 << 20

func newWindowCache() *windowCache {
	return &windowCache{max: windowBytes, byName: map[string]*list.Element{}}
}

// get gives a window's groups, from memory or from count. They must not be changed.
func (c *windowCache) get(name string, count func() ([]group, error)) ([]group, error) {
	c.mu.Lock()
	if at, ok := c.byName[name]; ok {
		defer c.mu.Unlock()
		c.recent.MoveToFront(at)
		return at.Value.(*keptWindow).groups, nil
	}
	c.mu.Unlock()
	groups, err := count()
	if err != nil {
		return nil, err
	}
	kept := &keptWindow{name: name, groups: groups, size: len(name) + len(groups)*int(unsafe.Sizeof(group{}))}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.byName[name]; ok || kept.size > c.max {
		return groups, nil
	}
	for c.bytes+kept.size > c.max {
		oldest := c.recent.Back()
		gone := c.recent.Remove(oldest).(*keptWindow)
		delete(c.byName, gone.name)
		c.bytes -= gone.size
	}
	c.bytes += kept.size
	c.byName[name] = c.recent.PushFront(kept)
	return groups, nil
}
