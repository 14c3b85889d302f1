package segment

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// kinds make random values for each representation and for the borders between them.
var kinds = []struct {
	name string
	make func(r *rand.Rand, n int) []int64
}{
	{"constant", func(r *rand.Rand, n int) []int64 { return slices.Repeat([]int64{r.Int64N(1000) - 500}, n) }},
	{"constant least", func(_ *rand.Rand, n int) []int64 { return slices.Repeat([]int64{math.MinInt64}, n) }},
	{"two values", each(func(r *rand.Rand) int64 { return r.Int64N(2) * 7 })},
	{"dense8", each(func(r *rand.Rand) int64 { return r.Int64N(256) - 100 })},
	{"dense16", each(func(r *rand.Rand) int64 { return r.Int64N(3000) + 1e12 })},
	{"dense16 at the top", each(func(r *rand.Rand) int64 { return math.MaxInt64 - r.Int64N(MaxRows) })},
	{"dict8 narrow", each(func(r *rand.Rand) int64 { return r.Int64N(50) * 1000 })},
	{"dict8 wide", each(func(r *rand.Rand) int64 { return r.Int64N(200) * 1e6 })},
	{"dict8 wider", each(func(r *rand.Rand) int64 { return (r.Int64N(200) - 100) * 1e15 })},
	{"dict16 narrow", each(func(r *rand.Rand) int64 { return r.Int64N(400) * 160 })},
	{"dict16 wide", each(func(r *rand.Rand) int64 { return int64(r.ExpFloat64()*300) * 999_983 })},
	{"dict16 wider", each(func(r *rand.Rand) int64 { return int64(r.NormFloat64()*300) * 1e15 })},
	{"offset32", each(func(r *rand.Rand) int64 { return r.Int64N(1<<32) - 1<<31 })},
	{"plain64", each(func(r *rand.Rand) int64 { return int64(r.Uint64()) })},
	{"extremes", each(func(r *rand.Rand) int64 {
		return []int64{math.MinInt64, -1, 0, 1, math.MaxInt64}[r.IntN(5)]
	})},
}

func each(one func(*rand.Rand) int64) func(*rand.Rand, int) []int64 {
	return func(r *rand.Rand, n int) []int64 {
		values := make([]int64, n)
		for i := range values {
			values[i] = one(r)
		}
		return values
	}
}

// sizes are numbers of rows worth trying.
var sizes = []int{1, 2, 3, 63, 64, 65, 255, 256, 257, 1000, 5000, MaxRows - 1, MaxRows}

func seeded(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

func codec(t testing.TB) (*zstd.Encoder, *zstd.Decoder) {
	t.Helper()
	enc, err := NewEncoder()
	if err != nil {
		t.Fatal(err)
	}
	dec, err := NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(dec.Close)
	return enc, dec
}

// table is a Source of plain values.
type table struct {
	rows    int
	values  [][]int64
	columns []*Column
	// The list columns, numbered behind the others.
	listed [][][]int64
	lists  []*Lists
}

func (t *table) Rows() int                     { return t.rows }
func (t *table) Column(i int) (*Column, error) { return t.columns[i], nil }
func (t *table) Lists(i int) (*Lists, error)   { return t.lists[i-len(t.columns)], nil }

// boundedTable is one that knows the bounds of every other column.
type boundedTable struct{ table }

func (t *boundedTable) Bounds(column int) (low, high int64, ok bool) {
	return t.columns[column].Min(), t.columns[column].Max(), column%2 == 0
}

func randomTable(r *rand.Rand, rows, columns int) *table {
	t := &table{rows: rows}
	for range columns {
		values := kinds[r.IntN(len(kinds))].make(r, rows)
		t.values = append(t.values, values)
		t.columns = append(t.columns, NewColumn(values))
	}
	return t
}

// randomSet makes a set that has something to do with the values.
func randomSet(r *rand.Rand, values []int64) *Set {
	pick := func() int64 { return values[r.IntN(len(values))] + []int64{0, 0, 0, 1, -1}[r.IntN(5)] }
	switch r.IntN(8) {
	case 0:
		return nil
	case 1:
		return NewSet()
	case 2:
		a, b := pick(), pick()
		return NewRange(min(a, b), max(a, b))
	case 3:
		return NewRange(math.MinInt64, pick())
	case 4:
		low := pick()
		members := make([]int64, r.IntN(500)+1)
		for i := range members {
			members[i] = low + r.Int64N(2000)
		}
		return NewSet(members...)
	case 5:
		return NewSet(values[:r.IntN(len(values))+1]...)
	default:
		members := make([]int64, r.IntN(60)+1)
		for i := range members {
			members[i] = pick()
		}
		return NewSet(members[:r.IntN(len(members))+1]...)
	}
}

func randomClauses(r *rand.Rand, t *table) []Clause {
	clauses := make([]Clause, r.IntN(4))
	for i := range clauses {
		clauses[i].Not = r.IntN(3) == 0
		terms := 1
		if r.IntN(3) == 0 {
			terms = r.IntN(4)
		}
		for range terms {
			column := r.IntN(len(t.columns))
			clauses[i].Terms = append(clauses[i].Terms, Term{Column: column, Set: randomSet(r, t.values[column])})
		}
	}
	return clauses
}
