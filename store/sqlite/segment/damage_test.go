package segment

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"
	"runtime"
	"slices"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// blobs are a small column of each kind.
func blobs(enc *zstd.Encoder) map[string][]byte {
	all := map[string][]byte{}
	for i, kind := range kinds {
		all[kind.name] = NewColumn(kind.make(seeded(uint64(i)), 300)).Encode(nil, enc)
	}
	return all
}

func TestDecodeDamaged(t *testing.T) {
	enc, dec := codec(t)
	for name, blob := range blobs(enc) {
		for n := range blob {
			if _, err := Decode(blob[:n], 300, dec); !errors.Is(err, ErrDamaged) {
				t.Fatalf("%s cut to %d of %d bytes: got %v", name, n, len(blob), err)
			}
			flipped := slices.Clone(blob)
			flipped[n] ^= 1 << (n % 8)
			if _, err := Decode(flipped, 300, dec); !errors.Is(err, ErrDamaged) {
				t.Fatalf("%s with byte %d flipped: got %v", name, n, err)
			}
		}
		for _, rows := range []int{-1, 0, 299, 301, MaxRows + 1} {
			if _, err := Decode(blob, rows, dec); !errors.Is(err, ErrDamaged) {
				t.Errorf("%s as %d rows: got %v", name, rows, err)
			}
		}
		if _, err := DecodeKeys(blob, 300, dec); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s as keys: got %v", name, err)
		}
	}
}

// TestDecodeHostile gives Decode content with a checksum that fits, so that what reads it must check.
func TestDecodeHostile(t *testing.T) {
	enc, dec := codec(t)
	number := func(numbers ...uint64) []byte {
		var b []byte
		for _, n := range numbers {
			b = binary.AppendUvarint(b, n)
		}
		return b
	}
	array := func(size uint64, data []byte) []byte { return append(number(size, uint64(len(data))), data...) }
	zigzag := func(v int64) []byte { return binary.AppendVarint(nil, v) }
	cases := []struct {
		name    string
		content []byte
	}{
		{"no representation", nil},
		{"unknown representation", []byte{byte(shapes), 0}},
		{"constant without value", []byte{byte(constant)}},
		{"constant with more", []byte{byte(constant), 2, 2}},
		{"dense range too wide", slices.Concat([]byte{byte(dense8)}, zigzag(0), number(256), array(3, []byte{0, 1, 2}))},
		{"dense past the last value", slices.Concat([]byte{byte(dense8)}, zigzag(math.MaxInt64-1), number(2), array(3, []byte{0, 1, 2}))},
		{"dense code too large", slices.Concat([]byte{byte(dense8)}, zigzag(0), number(1), array(3, []byte{0, 1, 2}))},
		{"dense bounds not met", slices.Concat([]byte{byte(dense8)}, zigzag(0), number(3), array(3, []byte{0, 1, 2}))},
		{"too few codes", slices.Concat([]byte{byte(dense8)}, zigzag(0), number(1), array(2, []byte{0, 1}))},
		{"array longer than the blob", slices.Concat([]byte{byte(dense8)}, zigzag(0), number(1, 3, 3), []byte{0, 1})},
		{"dictionary of all memory", slices.Concat([]byte{byte(dict16)}, zigzag(0), number(math.MaxUint64))},
		{"dictionary larger than the rows", slices.Concat([]byte{byte(dict8)}, zigzag(0), number(4), array(3, []byte{1, 1, 1}), array(3, []byte{0, 1, 3}))},
		{"dictionary that does not ascend", slices.Concat([]byte{byte(dict8)}, zigzag(0), number(2), array(1, []byte{0}), array(3, []byte{0, 1, 1}))},
		{"dictionary code too large", slices.Concat([]byte{byte(dict8)}, zigzag(0), number(2), array(1, []byte{9}), array(3, []byte{0, 1, 2}))},
		{"frame that claims too much", slices.Concat([]byte{byte(plain64)}, array(24, enc.EncodeAll(make([]byte, 25), nil)))},
		{"frame that is none", slices.Concat([]byte{byte(plain64)}, array(24, []byte("no frame")))},
		{"offset past the last value", slices.Concat([]byte{byte(offset32)}, zigzag(math.MaxInt64-1), array(12, []byte{0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0}))},
		{"offsets without the smallest", slices.Concat([]byte{byte(offset32)}, zigzag(0), array(12, []byte{1, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0}))},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			blob := seal(append([]byte{columnVersion, 3}, c.content...), 0)
			if _, err := Decode(blob, 3, dec); !errors.Is(err, ErrDamaged) {
				t.Errorf("got %v, want %v", err, ErrDamaged)
			}
		})
	}
	good := slices.Concat([]byte{columnVersion, 3, byte(dict8)}, zigzag(-5), number(2), array(1, []byte{9}), array(3, []byte{0, 1, 0}))
	if c, err := Decode(seal(good, 0), 3, dec); err != nil || c.Value(1) != 4 {
		t.Errorf("a well-made blob: got %v, %v", c, err)
	}
}

// TestDecodeBomb gives Decode frames of a few bytes that would be many if they were decoded to the end.
func TestDecodeBomb(t *testing.T) {
	enc, dec := codec(t)
	const size = 8 * MaxRows
	small, large := enc.EncodeAll(make([]byte, size), nil), enc.EncodeAll(make([]byte, 512<<20), nil)
	for name, frame := range map[string][]byte{
		"one that is too large":        large,
		"one after one of the size":    slices.Concat(small, large),
		"one without its size":         slices.Concat(small[:4], []byte{0}, small[5:]),
		"one that is cut":              small[:len(small)-1],
		"one with a block of too much": slices.Concat(small[:len(small)-4], large[len(small)-4:]),
	} {
		blob := append([]byte{columnVersion}, binary.AppendUvarint(nil, MaxRows)...)
		blob = binary.AppendUvarint(append(blob, byte(plain64)), size)
		blob = append(binary.AppendUvarint(blob, uint64(len(frame))), frame...)
		blob = seal(blob, 0)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := Decode(blob, MaxRows, dec); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: got %v, want %v", name, err, ErrDamaged)
		}
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; got > 8<<20 {
			t.Errorf("%s: %d bytes were allocated", name, got)
		}
	}
}

// reseal gives fuzzed bytes the checksum that they need to get past the first check.
func reseal(b []byte) []byte {
	if len(b) < checksumSize {
		return b
	}
	body := b[:len(b)-checksumSize]
	return binary.LittleEndian.AppendUint32(slices.Clone(body), crc32.Checksum(body, castagnoli))
}

func FuzzDecode(f *testing.F) {
	enc, dec := codec(f)
	for _, blob := range blobs(enc) {
		f.Add(blob, 300)
	}
	f.Add(NewColumn(nil).Encode(nil, enc), 0)
	f.Fuzz(func(t *testing.T, b []byte, rows int) {
		for _, blob := range [][]byte{b, reseal(b)} {
			c, err := Decode(blob, rows, dec)
			if err != nil {
				if !errors.Is(err, ErrDamaged) {
					t.Fatalf("got %v, want %v", err, ErrDamaged)
				}
				continue
			}
			checkDecoded(t, c, rows)
			again, err := Decode(c.Encode(nil, enc), rows, dec)
			if err != nil {
				t.Fatal(err)
			}
			for row := range rows {
				if again.Value(row) != c.Value(row) {
					t.Fatalf("row %d: %d became %d", row, c.Value(row), again.Value(row))
				}
			}
		}
	})
}

// checkDecoded checks what a column promises, whatever it was decoded from.
func checkDecoded(t *testing.T, c *Column, rows int) {
	t.Helper()
	if c.Len() != rows || c.Size() > columnOverhead+16*rows {
		t.Fatalf("%d rows in %d bytes, want %d rows", c.Len(), c.Size(), rows)
	}
	var s Selection
	s.Reset(0, rows)
	values := c.AppendValues(nil, &s)
	if len(values) != rows {
		t.Fatalf("%d values, want %d", len(values), rows)
	}
	for row, v := range values {
		if c.Value(row) != v {
			t.Fatalf("row %d: %d and %d", row, c.Value(row), v)
		}
	}
	if rows > 0 && (slices.Min(values) != c.Min() || slices.Max(values) != c.Max()) {
		t.Fatalf("from %d to %d, says %d to %d", slices.Min(values), slices.Max(values), c.Min(), c.Max())
	}
	src := &table{rows: rows, columns: []*Column{c}}
	if err := Select(src, 0, rows, []Clause{{Terms: []Term{{Set: NewRange(0, 1000)}}}}, &s); err != nil {
		t.Fatal(err)
	}
}

func FuzzDecodeKeys(f *testing.F) {
	enc, dec := codec(f)
	for i, values := range [][]int64{{}, {5}, {math.MinInt64, 0, math.MaxInt64}, randomKeys(seeded(5), 130)} {
		keys, err := NewKeys(values)
		if err != nil {
			f.Fatal(i, err)
		}
		f.Add(keys.Encode(nil, enc), len(values))
	}
	f.Fuzz(func(t *testing.T, b []byte, rows int) {
		for _, blob := range [][]byte{b, reseal(b)} {
			keys, err := DecodeKeys(blob, rows, dec)
			if err != nil {
				if !errors.Is(err, ErrDamaged) {
					t.Fatalf("got %v, want %v", err, ErrDamaged)
				}
				continue
			}
			values := keys.Append(nil, 0, keys.Len())
			if len(values) != rows || keys.Size() > 200+10*rows {
				t.Fatalf("%d keys in %d bytes, want %d", len(values), keys.Size(), rows)
			}
			if _, err := NewKeys(values); err != nil {
				t.Fatal(err)
			}
			checkKeys(t, keys, values)
		}
	})
}
