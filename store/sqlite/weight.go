package sqlite

import (
	"slices"
	"sync"

	"signpost/store"
)

// weight bounds a page by the lengths of its records as received; see store.RecordsQuery. They are read in the order in
// which they are stored, not in the page's. While there are too many, the page's last ones are given up again.
type weight struct {
	most int64
	// ends says behind which records a page may end; least is how many it has at least.
	ends  []bool
	least int

	mu    sync.Mutex
	total int64
	sizes []int64 // by record
	end   int     // records from here on are given up
}

// newWeight is for a page of some keys, which ends behind one of the lines among them. No bytes bound nothing.
func newWeight(bytes int64, keys, lines []rowKey) *weight {
	w := &weight{most: bytes, end: len(keys)}
	if bytes <= 0 {
		return w
	}
	w.ends, w.sizes = make([]bool, len(keys)), make([]int64, len(keys))
	for i, at := 0, 0; i < len(keys) && at < len(lines); i++ {
		if keys[i] == lines[at] {
			w.ends[i] = true
			at++
		}
	}
	w.least = slices.Index(w.ends, true) + 1
	return w
}

// allows says that a record is not given up.
func (w *weight) allows(record int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return record < w.end
}

// keep puts a copy of a record in its place if there is room for it, or for it instead of some behind it.
func (w *weight) keep(records []store.Record, at wantedDoc, size int, copied store.Version, unread bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if at.record >= w.end {
		return
	}
	records[at.record].Versions[at.version] = copied
	records[at.record].Unread = unread
	if w.most <= 0 {
		return
	}
	w.sizes[at.record] += int64(size)
	for w.total += int64(size); w.total > w.most && w.end > w.least; {
		w.end--
		w.total -= w.sizes[w.end]
		clear(records[w.end].Versions)
	}
}

// count gives how many records the page has, of the n that there could be.
func (w *weight) count(n int) int {
	if w.most <= 0 {
		return n
	}
	for w.end < n && w.end > w.least && !w.ends[w.end-1] {
		w.end--
	}
	return w.end
}
