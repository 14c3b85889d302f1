package ask

import (
	"sync"

	"signpost/store"
)

// Atlas remembers where places are, so that a page need not read a record for each of them again. It tells nothing of anybody:
// that a town lies where it lies is no secret. It is safe for concurrent use.
type Atlas struct {
	mu    sync.Mutex
	known map[store.Place]store.Coordinates
}

// maxAtlas is how many places are remembered: more towns than most tenants ever see, in two megabytes.
const maxAtlas = 10_000

func (a *Atlas) find(p store.Place) (store.Coordinates, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	at, ok := a.known[p]
	return at, ok
}

// add takes one more place; an atlas that is full is emptied first.
func (a *Atlas) add(p store.Place, at store.Coordinates) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.known == nil || len(a.known) >= maxAtlas {
		a.known = map[store.Place]store.Coordinates{}
	}
	a.known[p] = at
}
