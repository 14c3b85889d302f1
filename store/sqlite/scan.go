package sqlite

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// newTurns gives the turns of scans. As many parts are scanned at a time as there are processors, in the order in which the
// scans ask. A part takes a millisecond or so, so a quick question never waits for the end of a slow one.
func newTurns() *semaphore.Weighted { return semaphore.NewWeighted(int64(runtime.GOMAXPROCS(0))) }

// scratch is what scanning a part needs in memory; it is used again and again.
type scratch struct {
	selection, more segment.Selection
	counter         segment.Counter
	rows, merged    []uint16
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// worker is one goroutine's part in a scan. take is called for each part with the rows that pass. done is called once at
// the end, for one worker at a time.
type worker struct {
	take func(s source, selected *segment.Selection, counter *segment.Counter) error
	// answer takes the place of take where the finds of a segment are worth keeping: see kept. The rows that pass are
	// selected only when it asks for them. Where inPieces, it is asked for the pieces of a segment that the range cuts.
	answer   func(s source, selected func() (*segment.Selection, error), counter *segment.Counter) error
	inPieces bool
	done     func()
}

// holds says whether the part, a segment or a piece of one, lies whole in the question's range. What is found in such a part is kept.
func (q question) holds(s source) bool {
	return s.memory == nil && (s.piece > 0 || s.piece == wholePart && s.lo >= q.from && s.hi < q.to)
}

// A segment that a range cuts is answered in pieces: while the range slides, all pieces but the cut one stay as they are. A source
// is a whole part, or the piece of this number, or a piece that is cut.
const (
	wholePart = 0
	cutPiece  = -1
)

// eachPiece calls a function for the pieces of a segment that have some of its rows [first, last).
func eachPiece(s source, first, last int, call func(piece source, first, last int) error) error {
	size := s.db.sizes.piece
	for first < last {
		number := first / size
		end := min((number+1)*size, s.rows)
		piece, to := s, min(end, last)
		if piece.piece = number + 1; first > number*size || to < end {
			piece.piece = cutPiece
		}
		if err := call(piece, first, to); err != nil {
			return err
		}
		first = to
	}
	return nil
}

// kept gives what a question finds in a part. It is kept where the range holds the part; what tells one question's answer
// from another's, its range aside.
func kept[A any](s source, q question, what string, find func() (A, error), size func(A) int) (A, error) {
	if !q.holds(s) {
		return find()
	}
	whole := func() (A, error) {
		found, err := find()
		if err == nil {
			err = s.ctx.Err() // what was left off at its end is not kept
		}
		return found, err
	}
	name := answerName{what: what, filter: q.filterName(), segment: s.id, dead: s.dead.len(), piece: s.piece, lines: q.lines}
	return answer(s.db.answers, name, whole, size)
}

// parallelParts is how many parts a scan has at least before it is shared out: below, sharing out costs more.
const parallelParts = 4

// each gives the rows of a question that pass the plan to workers, part by part, in no particular order.
func (v *view) each(ctx context.Context, q question, p *plan, start func() worker) error {
	var parts []*part
	for _, part := range v.state.of(q.table) {
		if part.overlaps(q.from, q.to) {
			parts = append(parts, part)
		}
	}
	workers := min(runtime.GOMAXPROCS(0), (len(parts)+parallelParts-1)/parallelParts)
	var next atomic.Int64
	var ending sync.Mutex
	run := func(ctx context.Context) error {
		w := start()
		sc := scratches.Get().(*scratch)
		defer scratches.Put(sc)
		for {
			i := int(next.Add(1)) - 1
			if i >= len(parts) {
				break
			}
			err := v.turn(ctx, func() error {
				s := sourceOf(ctx, parts[i], v.db)
				answer := func(s source, first, last int) error {
					var once *segment.Selection
					return w.answer(s, func() (selected *segment.Selection, err error) {
						if once == nil {
							once = &sc.selection
							err = sc.choose(s, p, first, last)
						}
						return once, err
					}, &sc.counter)
				}
				if w.answer != nil && q.holds(s) {
					return answer(s, 0, s.rows)
				}
				first, last, err := s.between(q.from, q.to)
				switch {
				case err != nil:
					return err
				case w.answer == nil:
					err := sc.choose(s, p, first, last)
					if err == nil && sc.selection.Len() > 0 {
						err = w.take(s, &sc.selection, &sc.counter)
					}
					return err
				case w.inPieces && s.memory == nil:
					return eachPiece(s, first, last, answer)
				}
				return answer(s, first, last)
			})
			if err != nil {
				return err
			}
		}
		ending.Lock()
		defer ending.Unlock()
		if w.done != nil {
			w.done()
		}
		return nil
	}
	if workers <= 1 {
		return run(ctx)
	}
	group, ctx := errgroup.WithContext(ctx)
	for range workers {
		group.Go(store.Caught(func() error { return run(ctx) }))
	}
	return group.Wait()
}

// turn does a piece of a scan when it is its turn.
func (v *view) turn(ctx context.Context, piece func() error) error {
	if err := v.db.turns.Acquire(ctx, 1); err != nil {
		return err
	}
	defer v.db.turns.Release(1)
	return piece()
}

// choose selects the rows of [first, last) that pass the plan and count.
func (sc *scratch) choose(s source, p *plan, first, last int) error {
	for i := range p.any {
		to := &sc.selection
		if i > 0 {
			to = &sc.more
		}
		if err := sc.alternative(s, p, &p.any[i], first, last, to); err != nil {
			return err
		}
		if i > 0 && to.Len() > 0 {
			sc.rows = sc.selection.AppendRows(sc.rows[:0])
			sc.merged = union(sc.merged[:0], sc.rows, to.AppendRows(nil))
			sc.selection.SetRows(first, last, sc.merged)
		}
	}
	if len(p.any) == 0 {
		sc.selection.SetRows(first, last, nil)
	}
	if s.dead.len() > 0 && sc.selection.Len() > 0 {
		sc.selection.Keep(func(row int) bool { return !s.dead.has(row) })
	}
	if len(p.exclude) > 0 && sc.selection.Len() > 0 {
		excluded, err := sc.rowsOf(s, p.exclude, first, last)
		if err != nil {
			return err
		}
		sc.selection.Keep(func(row int) bool {
			_, found := slices.BinarySearch(excluded, uint16(row))
			return !found
		})
	}
	if err := p.spans.narrow(s, &sc.selection); err != nil {
		return err
	}
	return p.texts.narrow(s, &sc.selection)
}

func (sc *scratch) alternative(s source, p *plan, a *alternative, first, last int, to *segment.Selection) error {
	rows, areFew, err := p.few.of(s)
	switch {
	case err != nil:
		return err
	case a.keyed:
		if rows, err = sc.rowsOf(s, a.keys, first, last); err != nil {
			return err
		}
	case !areFew || first >= last:
		return segment.Select(s, first, last, a.clauses, to)
	default:
		from, _ := slices.BinarySearch(rows, uint16(first))
		rows = rows[from:]
		if last < s.rows {
			end, _ := slices.BinarySearch(rows, uint16(last))
			rows = rows[:end]
		}
	}
	to.SetRows(first, last, rows)
	return segment.Narrow(s, a.clauses, to)
}

// rowsOf gives the rows of [first, last) that have one of some ascending keys.
func (sc *scratch) rowsOf(s source, keys []rowKey, first, last int) ([]uint16, error) {
	from, _ := slices.BinarySearch(keys, s.lo)
	to, _ := slices.BinarySearch(keys, s.hi+1)
	if from == to {
		return nil, nil
	}
	all, err := s.Keys()
	if err != nil {
		return nil, err
	}
	var rows []uint16
	for _, k := range keys[from:to] {
		if row := all.Find(int64(k)); row >= first && row < last && all.At(row) == int64(k) {
			rows = append(rows, uint16(row))
		}
	}
	return rows, nil
}

// union appends the rows that are in one of two ascending lists.
func union(dst, a, b []uint16) []uint16 {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			dst, a = append(dst, a[0]), a[1:]
		case a[0] > b[0]:
			dst, b = append(dst, b[0]), b[1:]
		default:
			dst, a, b = append(dst, a[0]), a[1:], b[1:]
		}
	}
	return append(append(dst, a...), b...)
}
