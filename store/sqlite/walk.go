package sqlite

import (
	"cmp"
	"container/heap"
	"context"
	"errors"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// walk goes along the rows that pass a plan in the order of their keys, over all parts of a log. A part is opened when the
// walk comes to it, and read in pieces. So a page costs what lies between its first and its last row.
type walk struct {
	v    *view
	ctx  context.Context
	plan *plan
	// from and to bound the keys, to not included.
	from, to rowKey
	up       bool
	ahead    walkHeap
	pieces   int // rows of the next piece of a part
	// sparse says that the last piece held no row that passes.
	sparse bool
}

// walkPart is a part as far as the walk has come in it.
type walkPart struct {
	source
	// next is the key of the next row, or, where rows is empty, a bound that no row to come passes.
	next        rowKey
	rows        []uint16 // of the present piece, the next one first
	keys        *segment.Keys
	first, last int // rows that have not been looked at
	opened      bool
}

// walkPiece is how many rows of a part are looked at first: most pages are found at once. Each further piece has twice as
// many.
const walkPiece = 1024

// walkAlong begins a walk over the keys in [from, to), upwards or downwards.
func (v *view) walkAlong(ctx context.Context, q question, p *plan, up bool) *walk {
	w := &walk{v: v, ctx: ctx, plan: p, from: q.from, to: q.to, up: up, pieces: walkPiece}
	w.ahead.up = up
	for _, part := range v.state.of(q.table) {
		if !part.overlaps(q.from, q.to) {
			continue
		}
		at := &walkPart{source: sourceOf(ctx, part, v.db), next: min(part.hi, q.to-1)}
		if up {
			at.next = max(part.lo, q.from)
		}
		at.last = part.rows
		w.ahead.parts = append(w.ahead.parts, at)
	}
	heap.Init(&w.ahead)
	return w
}

// step gives the next row: its part and row number. ok is false at the end.
func (w *walk) step() (s source, row int, k rowKey, ok bool, err error) {
	for len(w.ahead.parts) > 0 {
		at := w.ahead.parts[0]
		if len(at.rows) > 0 {
			row = int(at.rows[0])
			k, at.rows = at.next, at.rows[1:]
			if w.settle(at) {
				heap.Fix(&w.ahead, 0)
			} else {
				heap.Pop(&w.ahead)
			}
			return at.source, row, k, true, nil
		}
		if err := w.readOn(); err != nil {
			return source{}, 0, 0, false, err
		}
	}
	return source{}, 0, 0, false, nil
}

// readOn reads the next piece of the foremost part. Where the pieces before held nothing, it reads the parts behind it too,
// at the same time.
func (w *walk) readOn() error {
	pieces := []*walkPart{w.ahead.parts[0]}
	if w.sparse {
		pieces = w.ahead.unread(runtime.GOMAXPROCS(0))
	}
	group, ctx := errgroup.WithContext(w.ctx)
	size := w.pieces
	for _, at := range pieces[1:] {
		group.Go(store.Caught(func() error { return w.v.turn(ctx, func() error { return w.read(at, size) }) }))
	}
	err := w.v.turn(ctx, func() error { return w.read(pieces[0], size) })
	if err := errors.Join(group.Wait(), err); err != nil {
		return err
	}
	w.pieces = min(2*w.pieces, segment.MaxRows)
	w.sparse = len(pieces[0].rows) == 0
	w.ahead.parts = slices.DeleteFunc(w.ahead.parts, func(at *walkPart) bool { return at.opened && !w.settle(at) })
	heap.Init(&w.ahead)
	return nil
}

// settle says where a part's next row is, or may be; false where there is none.
func (w *walk) settle(at *walkPart) bool {
	switch {
	case len(at.rows) > 0:
		at.next = rowKey(at.keys.At(int(at.rows[0])))
	case at.first >= at.last:
		return false
	case w.up:
		at.next = rowKey(at.keys.At(at.first))
	default:
		at.next = rowKey(at.keys.At(at.last - 1))
	}
	return true
}

// read looks at the next piece of a part. A part that is known to have no row needs no keys: of a person who is seldom seen or never, nearly
// all parts have none, and to read all keys of a log takes a second.
func (w *walk) read(at *walkPart, size int) error {
	if !at.opened {
		rows, areFew, err := w.plan.few.of(at.source)
		if err != nil {
			return err
		}
		if areFew && len(rows) == 0 {
			at.opened, at.last = true, at.first
			return nil
		}
		keys, err := at.Keys()
		if err != nil {
			return err
		}
		at.keys, at.opened = keys, true
		at.first, at.last = keys.Find(int64(w.from)), keys.Find(int64(w.to))
	}
	first, last := max(at.first, at.last-size), at.last
	if w.up {
		first, last = at.first, min(at.last, at.first+size)
	}
	sc := scratches.Get().(*scratch)
	defer scratches.Put(sc)
	if err := sc.choose(at.source, w.plan, first, last); err != nil {
		return err
	}
	at.rows = sc.selection.AppendRows(nil)
	if w.up {
		at.first = last
	} else {
		at.last = first
		slices.Reverse(at.rows)
	}
	return nil
}

// walkHeap has the part with the next row in front.
type walkHeap struct {
	parts []*walkPart
	up    bool
}

func (h *walkHeap) Len() int { return len(h.parts) }

// Less puts the next key first. Where keys are equal (a bound and a row) what is still to be read comes first.
func (h *walkHeap) Less(i, j int) bool {
	a, b := h.parts[i], h.parts[j]
	if a.next == b.next {
		return len(a.rows) == 0 && len(b.rows) > 0
	}
	return a.next < b.next == h.up
}

func (h *walkHeap) Swap(i, j int) { h.parts[i], h.parts[j] = h.parts[j], h.parts[i] }

// unread gives the n foremost parts without a known next row, or fewer.
func (h *walkHeap) unread(n int) []*walkPart {
	var foremost []*walkPart
	for _, at := range h.parts {
		if len(at.rows) == 0 {
			foremost = append(foremost, at)
		}
	}
	slices.SortFunc(foremost, func(a, b *walkPart) int {
		if h.up {
			return cmp.Compare(a.next, b.next)
		}
		return cmp.Compare(b.next, a.next)
	})
	return foremost[:min(n, len(foremost))]
}

// Push is part of heap.Interface; the walk never adds a part.
func (h *walkHeap) Push(x any) { h.parts = append(h.parts, x.(*walkPart)) }

// Pop takes the last part away.
func (h *walkHeap) Pop() any {
	last := h.parts[len(h.parts)-1]
	h.parts = h.parts[:len(h.parts)-1]
	return last
}
