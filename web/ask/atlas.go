package ask

import (
	"sync"

	"signpost/store"
)

// Atlas remembers the coordinates of places, so that a page need not read a record for each of them again. It holds nothing
// about anybody: the location of a town is no secret. It is safe for concurrent use.
type Atlas struct {
	mu    sync.Mutex
	known map[store.Place]store.Coordinates
	// lacking are the places that no sign-in of some content of the logs locates, with the version of that content.
	lacking map[store.Place]string
}

// maxAtlas bounds the remembered places: more towns than most tenants ever see, in two megabytes.
const maxAtlas = 10_000

func (a *Atlas) find(p store.Place) (store.Coordinates, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	at, ok := a.known[p]
	return at, ok
}

// add takes one more place; it first empties an atlas that is full.
func (a *Atlas) add(p store.Place, at store.Coordinates) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.known == nil || len(a.known) >= maxAtlas {
		a.known = map[store.Place]store.Coordinates{}
	}
	a.known[p] = at
}

// isLacking says that no sign-in of that version of the logs locates the place.
func (a *Atlas) isLacking(p store.Place, version string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return version != "" && a.lacking[p] == version
}

// lacks notes that no sign-in of that version of the logs locates the place. An empty version notes nothing.
func (a *Atlas) lacks(p store.Place, version string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if version == "" {
		return
	}
	if a.lacking == nil || len(a.lacking) >= maxAtlas {
		a.lacking = map[store.Place]string{}
	}
	a.lacking[p] = version
}
