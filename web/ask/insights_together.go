package ask

import (
	"context"
	"sync"

	"signpost/store"
)

// together is what the parts of one page, or of one file, found and share.
type together struct {
	mu    sync.Mutex
	found map[string]*foundOnce
}

// foundOnce is an answer. The first who needs it holds the lock while it is found.
type foundOnce struct {
	mu     sync.Mutex
	isHere bool
	answer any
}

// Share lets all who ask with this query find what they have in common once. Range, filter, subject and choices must stay as they are.
func (q *InsightQuery) Share() { q.together = &together{found: map[string]*foundOnce{}} }

// once gives what somebody found under a name, or finds it. It must not be changed. What failed is looked for again.
func once[T any](ctx context.Context, q *InsightQuery, name string, find func() (T, error)) (T, error) {
	if q.together == nil {
		return find()
	}
	q.together.mu.Lock()
	f := q.together.found[name]
	if f == nil {
		f = &foundOnce{}
		q.together.found[name] = f
	}
	q.together.mu.Unlock()
	f.mu.Lock()
	defer f.mu.Unlock()
	if found, ok := f.answer.(T); ok && f.isHere {
		return found, nil
	}
	if err := ctx.Err(); err != nil {
		var none T
		return none, err
	}
	found, err := find()
	if err == nil {
		f.answer, f.isHere = found, true
	}
	return found, err
}

// appsTold gives all applications of the directory, which several parts of a page need.
func appsTold(ctx context.Context, r Reader, q *InsightQuery) ([]store.AppTold, error) {
	return once(ctx, q, "applications of the directory", func() ([]store.AppTold, error) { return r.AppsTold(ctx, nil, nil) })
}
