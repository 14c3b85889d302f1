package segment

import (
	"maps"
	"testing"
)

type combination [5]int64

type group struct {
	n           int64
	first, last int
}

func TestCountsAgreeWithALoop(t *testing.T) {
	var counter Counter
	var s Selection
	for seed := range uint64(300) {
		r := seeded(seed)
		rows := sizes[r.IntN(len(sizes)-2)]
		if seed%20 == 0 {
			rows = MaxRows
		}
		data := randomTable(r, rows, 5)
		from := r.IntN(rows)
		if err := Select(data, from, from+r.IntN(rows-from+1), randomClauses(r, data), &s); err != nil {
			t.Fatal(err)
		}
		for columns := 1; columns <= 5; columns++ {
			want := map[combination]group{}
			for i := range s.Len() {
				row := s.At(i)
				var key combination
				for c := range columns {
					key[c] = data.values[c][row]
				}
				g, seen := want[key]
				if !seen {
					g.first = row
				}
				g.n, g.last = g.n+1, row
				want[key] = g
			}
			checkGroups(t, &counter, data.columns[:columns], &s, want)
		}
	}
}

func checkGroups(t *testing.T, counter *Counter, columns []*Column, s *Selection, want map[combination]group) {
	t.Helper()
	groups, counts := map[combination]group{}, map[combination]int64{}
	span := func(key combination, n int64, first, last int) {
		if _, twice := groups[key]; twice {
			t.Fatalf("%v came twice", key)
		}
		groups[key] = group{n, first, last}
	}
	check := func(what string) {
		t.Helper()
		if !maps.Equal(groups, want) {
			t.Fatalf("%s of %d columns: got %d groups, want %d", what, len(columns), len(groups), len(want))
		}
		clear(groups)
	}
	counter.Groups(columns, s, func(values []int64, n int64, first, last int) {
		var key combination
		copy(key[:], values)
		span(key, n, first, last)
	})
	check("Groups")
	switch len(columns) {
	case 1:
		counter.Spans(columns[0], s, func(v, n int64, first, last int) { span(combination{v}, n, first, last) })
		check("Spans")
		counter.Count(columns[0], s, func(v, n int64) { counts[combination{v}] += n })
	case 2:
		counter.Spans2(columns[0], columns[1], s, func(a, b, n int64, first, last int) {
			span(combination{a, b}, n, first, last)
		})
		check("Spans2")
		counter.Count2(columns[0], columns[1], s, func(a, b, n int64) { counts[combination{a, b}] += n })
	default:
		return
	}
	if len(counts) != len(want) {
		t.Fatalf("Count of %d columns: got %d groups, want %d", len(columns), len(counts), len(want))
	}
	for key, n := range counts {
		if want[key].n != n {
			t.Fatalf("Count of %v: got %d, want %d", key, n, want[key].n)
		}
	}
}
