package sqlite

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"unsafe"

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

// tallyAll counts all groups of a span among its segments, or among the rows that are in memory. What is counted in a
// segment is kept. The groups are take's, in no particular order, until it returns.
func (g *grouping) tallyAll(ctx context.Context, in span, inMemory bool, take func(*groupSum)) error {
	asked := g.question
	asked.from, asked.to = in.from, in.to
	all := groupSums.Get().(*groupSum)
	defer all.free()
	err := g.eachGroup(ctx, g.plan, in, func() (worker, *groupSum) {
		own, columns := groupSums.Get().(*groupSum), make([]*segment.Column, len(g.table.key))
		return worker{answer: func(s source, selected func() (*segment.Selection, error), counter *segment.Counter) error {
			if inMemory != (s.memory != nil) {
				return nil
			}
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
		take(all)
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
		one := group{n: n, first: rowKey(keys.At(first)), last: rowKey(keys.At(last))}
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

// sealed gives all groups of a span among its segments, newest first. Every page of a window asks for the same, whatever
// came into memory meanwhile.
func (g *grouping) sealed(ctx context.Context, in span) ([]group, error) {
	return answer(g.db.answers, g.sealedName(in), func() (groups []group, err error) {
		err = g.tallyAll(ctx, in, false, func(all *groupSum) { groups = slices.Clone(all.groups) })
		slices.SortFunc(groups, func(a, b group) int { return cmp.Compare(b.last, a.last) })
		return groups, err
	}, sizeOfGroups)
}

// sealedName tells one span's groups from all others: what was asked, and which segments there were.
func (g *grouping) sealedName(in span) answerName {
	name := fmt.Appendf(nil, "groups of %d from %d to %d %s", g.table.number, in.from, in.to, g.filterName())
	for _, p := range g.state.of(g.table) {
		if p.memory == nil && p.overlaps(in.from, in.to) {
			name = fmt.Appendf(name, " %d-%d", p.id, p.dead.len())
		}
	}
	return answerName{what: string(name)}
}

// lasting is the part of k's window that stays the same while the range slides on with the time. Its groups serve for those
// of the range. A range that cuts off the window's beginning does not change a group's newest member. A range that cuts off
// its end matters only where segments have rows there.
func (g *grouping) lasting(k rowKey) span {
	from, to := g.query.Window.Around(k.Time())
	in := span{from: clampedKeyAt(from), to: clampedKeyAt(to)}
	for _, p := range g.state.of(g.table) {
		if in.to > g.to && p.memory == nil && p.overlaps(g.to, in.to) {
			in.to = g.to
		}
	}
	return in
}

// knows says whether what nextGroups needs of a window is kept.
func (g *grouping) knows(in span) bool {
	_, ok := g.db.answers.kept(g.sealedName(g.lasting(in.from)))
	return ok
}

// nextGroups gives up to n groups of a window's part in the range, the nearest to k first. Their newest members are older
// than k or, upwards, k or newer.
func (g *grouping) nextGroups(ctx context.Context, in span, k rowKey, up bool, n int) ([]group, error) {
	lasting := g.lasting(in.from)
	sealed, err := g.sealed(ctx, lasting)
	if err != nil {
		return nil, err
	}
	var found []group
	nearer := func(a, b group) int {
		if up {
			return cmp.Compare(a.last, b.last)
		}
		return cmp.Compare(b.last, a.last)
	}
	choose := func(one group) {
		if one.last < in.from || up != (one.last >= k) || len(found) == n && nearer(one, found[n-1]) > 0 {
			return
		}
		at, _ := slices.BinarySearchFunc(found, one, nearer)
		found = slices.Insert(found[:min(len(found), n-1)], at, one)
	}
	err = g.tallyAll(ctx, in, true, func(fresh *groupSum) {
		for i := range sealed {
			one := sealed[i]
			if at, ok := fresh.at[one.key]; ok {
				fresh.groups[at] = fresh.groups[at].with(one)
				continue
			}
			choose(one)
		}
		for _, one := range fresh.groups {
			choose(one)
		}
	})
	if err == nil && lasting.from < in.from {
		// What was kept counts members before the range.
		err = g.countIn(ctx, found, in)
	}
	return found, err
}
