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
