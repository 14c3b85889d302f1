package segment

import (
	"slices"
	"testing"
)

func TestColumnKeepsItsValues(t *testing.T) {
	enc, dec := codec(t)
	var builder Builder
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			for seed, rows := range sizes {
				values := kind.make(seeded(uint64(seed)), rows)
				built := builder.Column(values)
				checkColumn(t, built, values)
				blob := built.Encode([]byte("before"), enc)[len("before"):]
				decoded, err := Decode(blob, rows, dec)
				if err != nil {
					t.Fatalf("%d rows: %v", rows, err)
				}
				checkColumn(t, decoded, values)
				if decoded.Size() != built.Size() || decoded.shape != built.shape {
					t.Errorf("%d rows: shape %d of %d bytes, built was %d of %d", rows, decoded.shape, decoded.Size(), built.shape, built.Size())
				}
			}
		})
	}
}

func checkColumn(t *testing.T, c *Column, values []int64) {
	t.Helper()
	if c.Len() != len(values) || c.Min() != slices.Min(values) || c.Max() != slices.Max(values) {
		t.Fatalf("got %d rows from %d to %d", c.Len(), c.Min(), c.Max())
	}
	for row, want := range values {
		if got := c.Value(row); got != want {
			t.Fatalf("row %d of %d: got %d, want %d", row, len(values), got, want)
		}
	}
	var s Selection
	s.Reset(0, c.Len())
	if got := c.AppendValues(nil, &s); !slices.Equal(got, values) {
		t.Fatal("AppendValues differs")
	}
}

func TestColumnRepresentation(t *testing.T) {
	repeat := func(n int, one func(i int) int64) []int64 {
		values := make([]int64, n)
		for i := range values {
			values[i] = one(i)
		}
		return values
	}
	cases := []struct {
		name   string
		values []int64
		want   shape
	}{
		{"no rows", nil, constant},
		{"one row", []int64{-7}, constant},
		{"256 consecutive values", repeat(1000, func(i int) int64 { return int64(i % 256) }), dense8},
		{"257 consecutive values", repeat(1000, func(i int) int64 { return int64(i % 257) }), dense16},
		{"every possible code", repeat(MaxRows, func(i int) int64 { return int64(i) - 99 }), dense16},
		{"few values far apart", repeat(1000, func(i int) int64 { return int64(i%9) * 1000 }), dict8},
		{"few values very far apart", repeat(1000, func(i int) int64 { return int64(i%9) << 40 }), dict8},
		{"some values far apart", repeat(5000, func(i int) int64 { return int64(i%900) << 10 }), dict16},
		{"a range with holes", repeat(5000, func(i int) int64 { return int64(i%300) * 200 }), dict16},
		{"a third of the values distinct", repeat(MaxRows, func(i int) int64 { return int64(i/3) << 8 }), dict16},
		{"nearly unique and not far apart", repeat(MaxRows, func(i int) int64 { return int64(i/3*2) << 10 >> (i % 2) }), offset32},
		{"unique", repeat(MaxRows, func(i int) int64 { return int64(i) << 10 }), offset32},
		{"unique and far apart", repeat(MaxRows, func(i int) int64 { return int64(i) << 40 }), plain64},
		{"two rows far apart", []int64{1, 1 << 50}, plain64},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			column := NewColumn(c.values)
			if column.shape != c.want {
				t.Errorf("got representation %d, want %d", column.shape, c.want)
			}
			if len(c.values) > 0 {
				checkColumn(t, column, c.values)
			}
		})
	}
}
