package sqlite

import (
	"container/list"
	"sync"
)

// answerCache keeps answers about rows that do not change: the groups of a window, what was counted in a segment. A page
// asks for the same again and again while its range slides over the segments. The answers used last are kept, within a
// budget of memory.
type answerCache struct {
	max int // bytes

	mu     sync.Mutex
	bytes  int
	recent list.List // of *keptAnswer, the one used last in front
	byName map[answerName]*list.Element
}

// answerName tells an answer from all others. Most are about the rows of a segment that a filter lets through.
type answerName struct {
	what    string
	filter  string // of the question; see question.filterName
	segment int64
	dead    int // how many rows of the segment did not count
	piece   int // of the segment; wholePart for all of it
	lines   bool
}

type keptAnswer struct {
	name   answerName
	answer any
	size   int
}

// answerBytes is how much memory the answers may take. With ten million sign-ins a month the groups of a busy day take some
// ten MiB. What a page counts along with its list takes as much.
const answerBytes = 64 << 20

// answerOverhead is about what an answer takes besides its content.
const answerOverhead = 200

func newAnswerCache() *answerCache {
	return &answerCache{max: answerBytes, byName: map[answerName]*list.Element{}}
}

// answer gives what is kept under a name, or makes and keeps it; size tells its bytes. It must not be changed.
func answer[A any](c *answerCache, name answerName, find func() (A, error), size func(A) int) (A, error) {
	if kept, ok := c.kept(name); ok {
		return kept.(A), nil
	}
	found, err := find()
	if err == nil {
		c.keep(&keptAnswer{name: name, answer: found, size: len(name.what) + len(name.filter) + answerOverhead + size(found)})
	}
	return found, err
}

func (c *answerCache) kept(name answerName) (any, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, ok := c.byName[name]
	if !ok {
		return nil, false
	}
	c.recent.MoveToFront(at)
	return at.Value.(*keptAnswer).answer, true
}

func (c *answerCache) keep(k *keptAnswer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.byName[k.name]; ok || k.size > c.max/4 {
		return
	}
	for c.bytes+k.size > c.max {
		gone := c.recent.Remove(c.recent.Back()).(*keptAnswer)
		delete(c.byName, gone.name)
		c.bytes -= gone.size
	}
	c.bytes += k.size
	c.byName[k.name] = c.recent.PushFront(k)
}
