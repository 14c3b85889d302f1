package sqlite

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"unsafe"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// groupSum adds up what parts hold of groups.
type groupSum struct {
	at     map[groupKey]int32 // where in groups
	groups []group
}

func newGroupSum() *groupSum { return &groupSum{at: map[groupKey]int32{}} }

func (s *groupSum) add(one group) {
	at, ok := s.at[one.key]
	if !ok {
		s.at[one.key] = int32(len(s.groups))
		s.groups = append(s.groups, one)
		return
	}
	s.groups[at] = s.groups[at].with(one)
}

// of gives what was added up of a group; one without members where that is nothing.
func (s *groupSum) of(key groupKey) group {
	if at, ok := s.at[key]; ok {
		return s.groups[at]
	}
	return group{}
}

// groupSums are used again and again for whole windows: a busy day has fifty thousand groups.
var groupSums = sync.Pool{New: func() any { return newGroupSum() }}

func (s *groupSum) free() {
	clear(s.at)
	s.groups = s.groups[:0]
	groupSums.Put(s)
}

// tally counts the groups of one window that are wanted.
func (g *grouping) tally(ctx context.Context, p *plan, in span, wanted func(groupKey) bool) (*groupSum, error) {
	all := newGroupSum()
	err := g.eachGroup(ctx, p, in, func() (worker, *groupSum) {
		own, columns := newGroupSum(), make([]*segment.Column, len(g.table.key))
		return worker{take: func(s source, selected *segment.Selection, counter *segment.Counter) error {
			return g.groupsOf(s, selected, counter, columns, func(one group) {
				if wanted(one.key) {
					own.add(one)
				}
			})
		}}, own
	}, all)
	return all, err
}

// tallyAll counts all groups of one window. What is counted in a segment is kept: the window may be cut by a range that
// slides on with the time. The groups are take's, in no particular order, until it returns.
func (g *grouping) tallyAll(ctx context.Context, in span, take func([]group)) error {
	asked := g.question
	asked.from, asked.to = in.from, in.to
	all := groupSums.Get().(*groupSum)
	defer all.free()
	err := g.eachGroup(ctx, g.plan, in, func() (worker, *groupSum) {
		own, columns := groupSums.Get().(*groupSum), make([]*segment.Column, len(g.table.key))
		return worker{answer: func(s source, selected func() (*segment.Selection, error), counter *segment.Counter) error {
			count := func(found func(group)) error {
				rows, err := selected()
				if err != nil || rows.Len() == 0 {
					return err
				}
				return g.groupsOf(s, rows, counter, columns, found)
			}
			if !asked.holds(s) {
				return count(own.add)
			}
			found, err := kept(s, asked, "groups", func() (found []group, err error) {
				err = count(func(one group) { found = append(found, one) })
				return found, err
			}, sizeOfGroups)
			for i := range found {
				own.add(found[i])
			}
			return err
		}}, own
	}, all)
	if err == nil {
		take(all.groups)
	}
	return err
}

func sizeOfGroups(groups []group) int { return len(groups) * int(unsafe.Sizeof(group{})) }

// eachGroup lets workers count groups in the parts of a span, each its own, and adds up what they counted.
func (g *grouping) eachGroup(ctx context.Context, p *plan, in span, start func() (worker, *groupSum), all *groupSum) error {
	asked := g.question
	asked.from, asked.to = in.from, in.to
	return g.each(ctx, asked, p, func() worker {
		w, own := start()
		w.done = func() {
			for i := range own.groups {
				all.add(own.groups[i])
			}
			own.free()
		}
		return w
	})
}

// groupsOf counts the groups among rows of a part.
func (g *grouping) groupsOf(s source, rows *segment.Selection, counter *segment.Counter, columns []*segment.Column, found func(group)) error {
	keys, err := s.Keys()
	if err != nil {
		return err
	}
	for i, c := range g.table.key {
		if columns[i], err = s.Column(c.index); err != nil {
			return err
		}
	}
	counter.Groups(columns, rows, func(values []int64, n int64, first, last int) {
		one := group{n: n, first: store.Key(keys.At(first)), last: store.Key(keys.At(last))}
		copy(one.key[:], values)
		found(one)
	})
	return nil
}

// with adds the members of the same group in another part.
func (g group) with(more group) group {
	if g.n == 0 {
		return more
	}
	g.n += more.n
	g.first, g.last = min(g.first, more.first), max(g.last, more.last)
	return g
}

// window gives all groups of one window, newest first. Pages within a window ask for the same, one after the other.
func (g *grouping) window(ctx context.Context, in span) ([]group, error) {
	return answer(g.db.answers, g.windowName(in), func() (groups []group, err error) {
		err = g.tallyAll(ctx, in, func(all []group) { groups = slices.Clone(all) })
		slices.SortFunc(groups, func(a, b group) int { return cmp.Compare(b.last, a.last) })
		return groups, err
	}, sizeOfGroups)
}

// beside gives the groups of one window whose newest member is older than k, or, upwards, k or newer: up to n of them,
// the nearest first. A window that the range cuts is another one when the range slides on, and is not kept.
func (g *grouping) beside(ctx context.Context, in span, k store.Key, up bool, n int) (found []group, err error) {
	nearer := func(a, b group) int {
		if up {
			return cmp.Compare(a.last, b.last)
		}
		return cmp.Compare(b.last, a.last)
	}
	choose := func(groups []group) {
		for i := range groups {
			if up != (groups[i].last >= k) || len(found) == n && nearer(groups[i], found[n-1]) > 0 {
				continue
			}
			at, _ := slices.BinarySearchFunc(found, groups[i], nearer)
			found = slices.Insert(found[:min(len(found), n-1)], at, groups[i])
		}
	}
	if from, to := g.query.Window.Around(in.from.Time()); store.ClampedKeyAt(from) != in.from || store.ClampedKeyAt(to) != in.to {
		err = g.tallyAll(ctx, in, choose)
		return found, err
	}
	groups, err := g.window(ctx, in)
	choose(groups)
	return found, err
}

// windowName tells one window's groups from all others: what was asked, and which rows there were.
func (g *grouping) windowName(in span) string {
	name := fmt.Appendf(nil, "groups of %d from %d to %d %s", g.table.index, in.from, in.to, g.filterName())
	for _, p := range g.state.of(g.table) {
		if p.overlaps(in.from, in.to) {
			name = fmt.Appendf(name, " %d-%d", p.id, p.dead.len())
		}
	}
	return string(name)
}
