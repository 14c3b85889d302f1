package sqlite

import (
	"signpost/store/sqlite/segment"
)

// countBuckets counts the rows of the page between the edges of the question.
func (t *tableCount) countBuckets() error {
	n := len(t.q.Edges) - 1
	edges := make([]rowKey, len(t.q.Edges))
	for i, edge := range t.q.Edges {
		edges[i] = firstKeyAt(edge)
	}
	sum := make([]int64, len(t.rows)*n)
	err := t.eachLog(func(_ int, log *tableLog, by *axis, p *plan) error {
		if set := t.codesOfPage(by); set != nil {
			p.require(segment.Clause{Terms: []segment.Term{{Column: by.main.index, Set: set}}})
		}
		return t.each(t.ctx, log.asked, p, func() worker {
			own := make([]int64, len(sum))
			return worker{
				take: func(s source, selected *segment.Selection, counter *segment.Counter) error {
					return t.bucketPart(s, by, selected, counter, edges, own)
				},
				done: func() {
					for i, count := range own {
						sum[i] += count
					}
				},
			}
		})
	})
	for i := range t.rows {
		t.rows[i].Buckets = sum[i*n : (i+1)*n : (i+1)*n]
	}
	return err
}

// bucketPart counts the selected rows of a part: those of row r of the page in bucket b stand at r*buckets+b.
func (t *tableCount) bucketPart(s source, by *axis, selected *segment.Selection, counter *segment.Counter, edges []rowKey, own []int64) error {
	keys, err := s.Keys()
	if err != nil {
		return err
	}
	n := len(edges) - 1
	first, inside := edgesInside(s, edges)
	var rows []int32
	from := 0
	for i := range len(inside) + 1 {
		to := s.rows
		if i < len(inside) {
			to = keys.Find(int64(inside[i]))
		}
		in, bucket := selected.Between(from, to), first+i
		from = to
		if in.Len() == 0 || bucket < 0 || bucket >= n {
			continue
		}
		err := eachPair(s, by, nil, &in, counter, func(bin, _, count int64, _ int) {
			rows = t.rowsOf(by, bin, rows[:0])
			for _, row := range rows {
				own[int(row)*n+bucket] += count
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}
