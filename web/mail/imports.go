package mail

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"signpost/store"
)

const (
	// importPatience is how long an import that does not end delays a look. An import that was killed never ends.
	importPatience = time.Hour
	// quiet is how long no import may begin, end or store anything before a look. Between two files of a set nothing runs for a
	// moment.
	quiet = 10 * time.Second
	// waitPatience bounds the wait for all that: some tenants import without a pause.
	waitPatience = 6 * time.Hour
	// importsAtOnce is the size of the pages in which the list of imports is read.
	importsAtOnce = 100
)

// importWatch follows the imports of all processes.
type importWatch struct {
	newest int64
	// open holds the imports that have not ended: those that run, and those that were killed.
	open map[int64]store.ImportEntry

	// state describes the imports at the last read, and changed is the time at which it became so. waits is the time since which
	// a look waits for the imports; zero where none waits.
	state          string
	changed, waits time.Time
}

// read follows the imports to the present.
func (w *importWatch) read(ctx context.Context, history store.ImportHistory, now time.Time) error {
	for id := range w.open {
		e, err := history.ImportByID(ctx, id)
		switch {
		case errors.Is(err, store.ErrNotFound):
			delete(w.open, id)
		case err != nil:
			return err
		default:
			w.keep(e, now)
		}
	}
	if err := w.readNew(ctx, history, now); err != nil {
		return err
	}
	if state := w.text(); state != w.state {
		w.state, w.changed = state, now
	}
	return nil
}

// readNew reads the imports that began since the last read.
func (w *importWatch) readNew(ctx context.Context, history store.ImportHistory, now time.Time) error {
	newest := w.newest
	for q := (store.ImportsQuery{Limit: 1}); ; q.Limit = importsAtOnce {
		page, err := history.PastImports(ctx, q)
		if err != nil {
			return err
		}
		for _, e := range page.Entries {
			newest = max(newest, e.ID)
			if e.ID <= w.newest || now.Sub(e.Started) > lookBack {
				page.More = false
				break
			}
			w.keep(e, now)
			q.Before = e.ID
		}
		if !page.More {
			w.newest = newest
			return nil
		}
	}
}

// keep notes an import if it may still bring sign-ins.
func (w *importWatch) keep(e store.ImportEntry, now time.Time) {
	if !e.Ended.IsZero() || now.Sub(e.Started) > lookBack {
		delete(w.open, e.ID)
		return
	}
	if w.open == nil {
		w.open = map[int64]store.ImportEntry{}
	}
	w.open[e.ID] = e
}

// text gives a text that changes whenever an import begins, ends or stores sign-ins; empty before the first import.
func (w *importWatch) text() string {
	if w.newest == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprint(&b, w.newest)
	for _, id := range slices.Sorted(maps.Keys(w.open)) {
		r := w.open[id].Report
		fmt.Fprintf(&b, " %d:%d", id, r.New+r.Updated+r.Same)
	}
	return b.String()
}

// isSettled says that no import is expected to bring more for now. Records that come late may make usual what looks new.
func (w *importWatch) isSettled(now time.Time) bool {
	if w.waits.IsZero() {
		w.waits = now
	}
	settled := now.Sub(w.changed) >= quiet
	for _, e := range w.open {
		settled = settled && now.Sub(e.Started) > importPatience
	}
	if settled = settled || now.Sub(w.waits) >= waitPatience; settled {
		w.waits = time.Time{}
	}
	return settled
}
