package segment

import (
	"errors"
	"slices"
	"testing"
)

// passes is what Select must agree with.
func passes(t *table, clauses []Clause, row int) bool {
	for _, clause := range clauses {
		any := false
		for _, term := range clause.Terms {
			if term.List {
				any = any || slices.ContainsFunc(t.listed[term.Column-len(t.columns)][row], term.Set.Has)
			} else {
				any = any || term.Set.Has(t.values[term.Column][row])
			}
		}
		if any == clause.Not {
			return false
		}
	}
	return true
}

func selected(s *Selection) []int {
	var rows []int
	for i := range s.Len() {
		rows = append(rows, s.At(i))
	}
	return rows
}

func TestSelectAgreesWithALoop(t *testing.T) {
	t.Parallel()
	var s, narrowed Selection
	for seed := range uint64(400) {
		r := seeded(seed)
		rows := sizes[r.IntN(len(sizes)-1)]
		if seed%20 == 0 {
			rows = MaxRows
		}
		data := randomTable(r, rows, 4)
		var src Source = data
		if r.IntN(2) == 0 {
			src = &boundedTable{*data}
		}
		for range 10 {
			from := r.IntN(rows + 1)
			to := from + r.IntN(rows-from+1)
			if r.IntN(2) == 0 {
				from, to = 0, rows
			}
			clauses, more := randomClauses(r, data), randomClauses(r, data)
			var want, wantNarrowed []int
			for row := from; row < to; row++ {
				if passes(data, clauses, row) {
					want = append(want, row)
					if passes(data, more, row) {
						wantNarrowed = append(wantNarrowed, row)
					}
				}
			}
			if err := Select(src, from, to, clauses, &s); err != nil {
				t.Fatal(err)
			}
			if got := selected(&s); !slices.Equal(got, want) {
				t.Fatalf("seed %d: Select gave %d rows, want %d", seed, len(got), len(want))
			}
			narrowed = s.Between(from, to)
			if err := Narrow(src, more, &narrowed); err != nil {
				t.Fatal(err)
			}
			if got := selected(&narrowed); !slices.Equal(got, wantNarrowed) {
				t.Fatalf("seed %d: Narrow gave %d rows, want %d", seed, len(got), len(wantNarrowed))
			}
			if err := Narrow(src, more, &s); err != nil {
				t.Fatal(err)
			}
			if got := selected(&s); !slices.Equal(got, wantNarrowed) {
				t.Fatalf("seed %d: Narrow in place gave %d rows, want %d", seed, len(got), len(wantNarrowed))
			}
		}
	}
}

// failing is a Source that cannot read the columns after the first.
type failing struct{ table }

var errNoColumn = errors.New("no column")

func (f *failing) Column(i int) (*Column, error) {
	if i > 0 {
		return nil, errNoColumn
	}
	return f.columns[i], nil
}

func TestSelectError(t *testing.T) {
	src := &failing{*randomTable(seeded(1), 100, 1)}
	var s Selection
	err := Select(src, 0, 100, []Clause{{Terms: []Term{{Column: 1, Set: NewSet(1)}}}}, &s)
	if !errors.Is(err, errNoColumn) || s.Len() != 0 {
		t.Errorf("got %v and %d rows, want %v and none", err, s.Len(), errNoColumn)
	}
	// A clause that no row of the first column passes spares reading the second.
	err = Select(src, 0, 100, []Clause{
		{Terms: []Term{{Column: 0, Set: NewSet()}}},
		{Terms: []Term{{Column: 1, Set: NewSet(1)}}},
	}, &s)
	if err != nil || s.Len() != 0 {
		t.Errorf("got %v and %d rows, want no error and none", err, s.Len())
	}
	short := &table{rows: 10, columns: []*Column{NewColumn([]int64{1, 2})}}
	if err := Select(short, 0, 10, []Clause{{Terms: []Term{{Column: 0, Set: NewSet(1)}}}}, &s); err == nil {
		t.Error("a column with too few rows was read")
	}
}
