package sqlite

import (
	"fmt"
	"unsafe"

	"signpost/store/sqlite/segment"
)

// partBuckets is the sign-ins of one part by an axis and by bucket, counted from the first bucket that the part has rows in.
type partBuckets struct {
	list   []placeBucket
	tuples []tuple // see partPlaces
}

type placeBucket struct {
	place, bucket int32
	n             uint32
}

func (b *partBuckets) size() int {
	return len(b.list)*int(unsafe.Sizeof(placeBucket{})) + len(b.tuples)*int(unsafe.Sizeof(tuple{}))
}

// countBuckets counts the rows of the page between the edges of the question.
func (t *tableCount) countBuckets() error {
	n := len(t.q.Edges) - 1
	edges := make([]rowKey, len(t.q.Edges))
	for i, edge := range t.q.Edges {
		edges[i] = firstKeyAt(edge)
	}
	sum := make([]int64, len(t.rows)*n)
	err := t.eachLog(func(_ int, log *tableLog, by *axis, p *plan) error {
		return t.each(t.ctx, log.asked, p, func() worker {
			own := make([]int64, len(sum))
			var rows []int32
			return worker{
				inPieces: true,
				answer: func(s source, selected func() (*segment.Selection, error), counter *segment.Counter) error {
					first, inside := edgesInside(s, edges)
					buckets, err := kept(s, log.asked, fmt.Sprint(by.name(), " between ", inside), func() (*partBuckets, error) {
						return by.bucketPart(s, selected, counter, inside)
					}, (*partBuckets).size)
					if err != nil || len(buckets.list) == 0 {
						return err
					}
					binOf, err := by.binsIn(s, buckets.tuples)
					if err != nil {
						return err
					}
					for _, of := range buckets.list {
						bucket := first + int(of.bucket)
						if bucket < 0 || bucket >= n {
							continue
						}
						rows = t.rowsOf(by, binOf(of.place), rows[:0])
						for _, row := range rows {
							own[int(row)*n+bucket] += int64(of.n)
						}
					}
					return nil
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

// bucketPart counts the selected rows of a part: those before the first edge, then those from each edge on.
func (a *axis) bucketPart(s source, selected func() (*segment.Selection, error), counter *segment.Counter, edges []rowKey) (*partBuckets, error) {
	buckets := &partBuckets{}
	rows, err := selected()
	if err != nil || rows.Len() == 0 {
		return buckets, err
	}
	keys, err := s.Keys()
	if err != nil {
		return nil, err
	}
	places, err := a.placesIn(s)
	if err != nil {
		return nil, err
	}
	from := 0
	for bucket := range len(edges) + 1 {
		to := s.rows
		if bucket < len(edges) {
			to = keys.Find(int64(edges[bucket]))
		}
		if in := rows.Between(from, to); in.Len() > 0 {
			counter.Groups(places.columns, &in, func(values []int64, n int64, _, _ int) {
				buckets.list = append(buckets.list, placeBucket{places.of(values), int32(bucket), uint32(n)})
			})
		}
		from = to
	}
	buckets.tuples = places.tuples
	return buckets, nil
}
