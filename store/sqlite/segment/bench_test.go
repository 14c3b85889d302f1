package segment

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// benchColumns are columns such as a sign-in log has, 65,536 rows each.
func benchColumns() map[string][]int64 {
	r := seeded(7)
	zipf := func(n uint64, step int64) func(*rand.Rand) int64 {
		z := rand.NewZipf(r, 1.1, 10, n-1)
		return func(*rand.Rand) int64 { return int64(z.Uint64()) * step }
	}
	return map[string][]int64{
		"status8":    each(func(r *rand.Rand) int64 { return []int64{0, 0, 0, 0, 0, 0, 0, 50126, 50074, 53003}[r.IntN(10)] })(r, MaxRows),
		"apps8":      each(zipf(200, 13))(r, MaxRows),
		"users16":    each(zipf(9000, 7))(r, MaxRows),
		"dense16":    each(zipf(3000, 1))(r, MaxRows),
		"offset32":   each(func(r *rand.Rand) int64 { return r.Int64N(1 << 31) })(r, MaxRows),
		"plain64":    each(func(r *rand.Rand) int64 { return r.Int64() })(r, MaxRows),
		"uniform16k": each(func(r *rand.Rand) int64 { return r.Int64N(16384) * 1_000_003 })(r, MaxRows),
	}
}

var benchNames = []string{"status8", "apps8", "users16", "dense16", "uniform16k", "offset32", "plain64"}

// perRow reports nanoseconds per row and column.
func perRow(b *testing.B, rows int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rows), "ns/row")
}

func benchTable(names ...string) *table {
	values := benchColumns()
	t := &table{rows: MaxRows}
	for _, name := range names {
		t.values = append(t.values, values[name])
		t.columns = append(t.columns, NewColumn(values[name]))
	}
	return t
}

func BenchmarkSelect(b *testing.B) {
	src := benchTable(benchNames...)
	for i, name := range benchNames {
		values := src.values[i]
		for _, set := range []struct {
			name string
			set  *Set
		}{
			{"one", NewSet(values[1])},
			{"some", NewSet(values[:20]...)},
			{"half", NewRange(src.columns[i].Min(), src.columns[i].Max()/2)},
			{"no", NewSet(src.columns[i].Max() - 1)},
		} {
			b.Run(name+"/"+set.name, func(b *testing.B) {
				var s Selection
				clauses := []Clause{{Terms: []Term{{Column: i, Set: set.set}}}}
				for b.Loop() {
					if err := Select(src, 0, MaxRows, clauses, &s); err != nil {
						b.Fatal(err)
					}
				}
				perRow(b, MaxRows)
				b.ReportMetric(float64(s.Len())/MaxRows, "passed")
			})
		}
	}
}

func BenchmarkSelectMany(b *testing.B) {
	src := benchTable(benchNames...)
	half := func(i int) Term { return Term{Column: i, Set: NewSet(src.values[i][:30]...)} }
	for _, bench := range []struct {
		name    string
		clauses []Clause
	}{
		{"two clauses", []Clause{{Terms: []Term{half(1)}}, {Terms: []Term{half(2)}}}},
		{"two terms", []Clause{{Terms: []Term{half(1), half(2)}}}},
		{"two terms, one plain", []Clause{{Terms: []Term{half(1), half(5)}}}},
		{"cannot match", []Clause{{Terms: []Term{half(1)}}, {Terms: []Term{{Column: 2, Set: NewSet(1)}}}}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			var s Selection
			for b.Loop() {
				if err := Select(src, 0, MaxRows, bench.clauses, &s); err != nil {
					b.Fatal(err)
				}
			}
			perRow(b, MaxRows)
		})
	}
}

func BenchmarkCount(b *testing.B) {
	src := benchTable(benchNames...)
	var all, half, few Selection
	all.Reset(0, MaxRows)
	for _, part := range []struct {
		s *Selection
		n int64
	}{{&half, 1 << 30}, {&few, 1 << 21}} {
		if err := Select(src, 0, MaxRows, []Clause{{Terms: []Term{{Column: 5, Set: NewRange(0, part.n)}}}}, part.s); err != nil {
			b.Fatal(err)
		}
	}
	var counter Counter
	run := func(name string, s *Selection, count func()) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				count()
			}
			perRow(b, s.Len())
		})
	}
	for _, part := range []struct {
		name string
		s    *Selection
	}{{"all", &all}, {"half", &half}, {fmt.Sprint(few.Len()), &few}} {
		var total int64
		for i, name := range benchNames {
			c := src.columns[i]
			run("count/"+name+"/"+part.name, part.s, func() { counter.Count(c, part.s, func(_, n int64) { total += n }) })
			run("spans/"+name+"/"+part.name, part.s, func() {
				counter.Spans(c, part.s, func(_, n int64, _, _ int) { total += n })
			})
		}
		for _, pair := range [][2]int{{0, 1}, {0, 2}, {2, 3}, {0, 5}} {
			x, y := src.columns[pair[0]], src.columns[pair[1]]
			name := benchNames[pair[0]] + "," + benchNames[pair[1]] + "/" + part.name
			run("count2/"+name, part.s, func() { counter.Count2(x, y, part.s, func(_, _, n int64) { total += n }) })
			run("spans2/"+name, part.s, func() {
				counter.Spans2(x, y, part.s, func(_, _, n int64, _, _ int) { total += n })
			})
		}
		run("groups of 5/"+part.name, part.s, func() {
			counter.Groups(src.columns[:5], part.s, func(_ []int64, n int64, _, _ int) { total += n })
		})
	}
}

func BenchmarkColumn(b *testing.B) {
	enc, dec := codec(b)
	values := benchColumns()
	var builder Builder
	for _, name := range benchNames {
		c := NewColumn(values[name])
		blob := c.Encode(nil, enc)
		b.Run("build/"+name, func(b *testing.B) {
			for b.Loop() {
				builder.Column(values[name])
			}
			perRow(b, MaxRows)
			b.ReportMetric(float64(c.Size())/MaxRows, "memory/row")
		})
		b.Run("encode/"+name, func(b *testing.B) {
			for b.Loop() {
				blob = c.Encode(blob[:0], enc)
			}
			perRow(b, MaxRows)
			b.ReportMetric(float64(len(blob))/MaxRows, "bytes/row")
		})
		b.Run("decode/"+name, func(b *testing.B) {
			for b.Loop() {
				if _, err := Decode(blob, MaxRows, dec); err != nil {
					b.Fatal(err)
				}
			}
			perRow(b, MaxRows)
		})
	}
}

func BenchmarkKeys(b *testing.B) {
	enc, dec := codec(b)
	values := randomKeys(seeded(3), MaxRows)
	keys, err := NewKeys(values)
	if err != nil {
		b.Fatal(err)
	}
	blob := keys.Encode(nil, enc)
	b.Run("decode", func(b *testing.B) {
		for b.Loop() {
			if _, err := DecodeKeys(blob, MaxRows, dec); err != nil {
				b.Fatal(err)
			}
		}
		perRow(b, MaxRows)
		b.ReportMetric(float64(len(blob))/MaxRows, "bytes/row")
		b.ReportMetric(float64(keys.Size())/MaxRows, "memory/row")
	})
	r := seeded(4)
	probes := make([]int, 4096)
	for i := range probes {
		probes[i] = r.IntN(MaxRows)
	}
	i, sum := 0, 0
	b.Run("at", func(b *testing.B) {
		for b.Loop() {
			sum += int(keys.At(probes[i&4095]))
			i++
		}
	})
	b.Run("find", func(b *testing.B) {
		for b.Loop() {
			sum += keys.Find(values[probes[i&4095]])
			i++
		}
	})
}
