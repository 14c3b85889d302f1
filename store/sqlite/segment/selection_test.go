package segment

import (
	"slices"
	"testing"
)

func TestSelectionParts(t *testing.T) {
	var s Selection
	if s.Len() != 0 || s.All() || s.Has(0) || s.Below(10) != 0 {
		t.Error("the zero value selects something")
	}
	for seed := range uint64(100) {
		r := seeded(seed)
		rows := sizes[r.IntN(8)]
		data := randomTable(r, rows, 3)
		start := r.IntN(rows)
		if err := Select(data, start, rows-r.IntN(rows-start), randomClauses(r, data), &s); err != nil {
			t.Fatal(err)
		}
		all := selected(&s)
		for range 20 {
			from, to := r.IntN(rows+2)-1, r.IntN(rows+2)-1
			part := s.Between(from, to)
			var want []int
			for _, row := range all {
				if from <= row && row < to {
					want = append(want, row)
				}
			}
			if got := selected(&part); !slices.Equal(got, want) {
				t.Fatalf("seed %d: Between(%d, %d) gave %v, want %v", seed, from, to, got, want)
			}
			i := r.IntN(len(all) + 1)
			j := i + r.IntN(len(all)-i+1)
			part = s.Slice(i, j)
			if got := selected(&part); !slices.Equal(got, all[i:j]) {
				t.Fatalf("seed %d: Slice(%d, %d) gave %v, want %v", seed, i, j, got, all[i:j])
			}
			below, has := slices.BinarySearch(all, from)
			if s.Below(from) != below || s.Has(from) != has {
				t.Fatalf("seed %d: row %d: Below %d and Has %v, want %d and %v", seed, from, s.Below(from), s.Has(from), below, has)
			}
			for _, c := range data.columns {
				for k, v := range c.AppendValues(nil, &part) {
					if want := c.Value(part.At(k)); v != want {
						t.Fatalf("seed %d: AppendValues gave %d for row %d, want %d", seed, v, part.At(k), want)
					}
				}
			}
		}
	}
}

func TestScansAllocateNothing(t *testing.T) {
	var src Source = benchTable(benchNames...)
	columns := src.(*table).columns
	clauses := []Clause{
		{Terms: []Term{{Column: 1, Set: NewRange(0, 100)}, {Column: 2, Set: NewSet(7, 14, 7000)}}},
		{Terms: []Term{{Column: 0, Set: NewSet(0)}}, Not: true},
		{Terms: []Term{{Column: 5, Set: NewSet(1, 5, 100)}}, Not: true},
	}
	var s Selection
	var counter Counter
	var total int64
	got := testing.AllocsPerRun(5, func() {
		if err := Select(src, 0, MaxRows, clauses, &s); err != nil {
			t.Fatal(err)
		}
		counter.Count(columns[2], &s, func(_, n int64) { total += n })
		counter.Count2(columns[0], columns[4], &s, func(_, _, n int64) { total += n })
		counter.Spans(columns[6], &s, func(_, n int64, _, _ int) { total += n })
	})
	if got != 0 || total == 0 {
		t.Errorf("%v allocations a run, %d rows counted", got, total)
	}
}

func TestSelectionOfGivenRows(t *testing.T) {
	var s Selection
	rows := []uint16{3, 5, 8, 13, MaxRows - 1}
	s.SetRows(2, MaxRows, rows)
	if got := s.AppendRows(nil); !slices.Equal(got, rows) {
		t.Errorf("SetRows: got %v, want %v", got, rows)
	}
	s.Keep(func(row int) bool { return row%2 == 1 })
	if got, want := s.AppendRows(nil), []uint16{3, 5, 13, MaxRows - 1}; !slices.Equal(got, want) {
		t.Errorf("Keep: got %v, want %v", got, want)
	}
	s.Reset(10, 20)
	s.Keep(func(row int) bool { return row%5 == 0 })
	if got, want := s.AppendRows(nil), []uint16{10, 15}; !slices.Equal(got, want) {
		t.Errorf("Keep of all: got %v, want %v", got, want)
	}
	src := &table{rows: 20, columns: []*Column{NewConstant(4, 20)}}
	if err := Select(src, 0, 20, []Clause{{Terms: []Term{{Set: NewSet(4)}}}}, &s); err != nil || !s.All() {
		t.Errorf("a constant column: got %v and %d rows, want all", err, s.Len())
	}
}
