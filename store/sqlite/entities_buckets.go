package sqlite

import (
	"context"
	"fmt"
	"time"
	"unsafe"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// buckets counts the sign-ins of items between the edges asked for.
func (l *entityList) buckets(ctx context.Context, items []entityItem) ([][]int64, error) {
	counts := make([][]int64, len(items))
	n := len(l.q.Edges) - 1
	if n < 1 || len(items) == 0 {
		return counts, nil
	}
	slots := newSlots(l.columns.entity.words.next())
	for i := range items {
		if items[i].code != 0 {
			slots.take(items[i].code)
		}
		if g := items[i].group; g != nil {
			for _, m := range g.Set.Members() {
				if code, ok := l.columns.entity.words.code(m.ID); ok && code != 0 {
					slots.take(code)
				}
			}
		}
	}
	bySlot, err := l.countSlots(ctx, slots, l.q.Edges)
	if err != nil {
		return nil, err
	}
	for i := range items {
		counts[i] = make([]int64, n)
		add := func(code int64) {
			if slot := slots.of(code); slot >= 0 {
				for b := range n {
					counts[i][b] += bySlot[slot*n+b]
				}
			}
		}
		add(items[i].code)
		if g := items[i].group; g != nil {
			for _, m := range g.Set.Members() {
				if code, ok := l.columns.entity.words.code(m.ID); ok {
					add(code)
				}
			}
		}
	}
	return counts, nil
}

// slots numbers some of a column's codes.
type slots struct {
	number []int32 // by code, from 1; 0 for those without
	codes  []int64
}

func newSlots(words int64) *slots { return &slots{number: make([]int32, words)} }

func (s *slots) take(code int64) {
	if code > 0 && code < int64(len(s.number)) && s.number[code] == 0 {
		s.codes = append(s.codes, code)
		s.number[code] = int32(len(s.codes))
	}
}

// of gives a code's number from 0, or -1.
func (s *slots) of(code int64) int {
	if code <= 0 || code >= int64(len(s.number)) {
		return -1
	}
	return int(s.number[code]) - 1
}

// slotCount is how many rows an entity has in a bucket, which is counted from the first that the part has rows in.
type slotCount struct {
	slot, bucket int32
	n            int64
}

// countBetween counts the selected rows of one part by entity: those before the first edge, then those from each edge on.
func (s *slots) countBetween(of source, selected *segment.Selection, counter *segment.Counter, entity *column, edges []rowKey) (found []slotCount, err error) {
	keys, err := of.Keys()
	if err != nil {
		return nil, err
	}
	column, err := of.Column(entity.index)
	if err != nil {
		return nil, err
	}
	from := 0
	for bucket := range len(edges) + 1 {
		to := of.rows
		if bucket < len(edges) {
			to = keys.Find(int64(edges[bucket]))
		}
		if in := selected.Between(from, to); in.Len() > 0 {
			counter.Count(column, &in, func(code, count int64) {
				if slot := s.of(code); slot >= 0 {
					found = append(found, slotCount{int32(slot), int32(bucket), count})
				}
			})
		}
		from = to
	}
	return found, nil
}

// countSlots counts the sign-ins of some entities by bucket: those of slot s in bucket b stand at s*buckets+b.
func (l *entityList) countSlots(ctx context.Context, slots *slots, times []time.Time) ([]int64, error) {
	n := len(times) - 1
	edges := make([]rowKey, len(times))
	for i, t := range times {
		edges[i] = firstKeyAt(t)
	}
	sum := make([]int64, len(slots.codes)*n)
	if len(sum) == 0 {
		return sum, nil
	}
	entity, set := l.columns.entity, segment.NewSet(slots.codes...)
	what := fmt.Sprint(entity.name, " by time ", slots.codes)
	for _, log := range l.logs {
		asked, err := l.db.question(store.ListQuery{Log: log, Range: l.q.Range})
		if err != nil {
			return nil, err
		}
		asked.from, asked.to = max(asked.from, edges[0]), min(asked.to, edges[n])
		p, err := l.plan(ctx, &asked)
		if err != nil {
			return nil, err
		}
		p.require(segment.Clause{Terms: []segment.Term{{Column: entity.index, Set: set}}})
		err = l.each(ctx, asked, p, func() worker {
			own := make([]int64, len(sum))
			return worker{
				inPieces: true,
				answer: func(s source, selected func() (*segment.Selection, error), counter *segment.Counter) error {
					first, inside := edgesInside(s, edges)
					found, err := kept(s, asked, fmt.Sprint(what, inside), func() ([]slotCount, error) {
						rows, err := selected()
						if err != nil || rows.Len() == 0 {
							return nil, err
						}
						return slots.countBetween(s, rows, counter, entity, inside)
					}, func(found []slotCount) int { return len(found) * int(unsafe.Sizeof(slotCount{})) })
					for _, c := range found {
						if b := first + int(c.bucket); b >= 0 && b < n {
							own[int(c.slot)*n+b] += c.n
						}
					}
					return err
				},
				done: func() {
					for i, count := range own {
						sum[i] += count
					}
				},
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return sum, nil
}
