package sqlite

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"signpost/store/dbfile"
	"signpost/store/sqlite/segment"
)

// The packed formats of this package. Nothing that stands in a file makes the program panic, or take much more memory than
// the file is large. What is read back is what was written.

func FuzzReadFields(f *testing.F) {
	s := newSchema(signInsOnly).kinds[0]
	f.Add([]byte{})
	f.Add([]byte{1, 5, 7, 9})
	f.Add([]byte{255, 1})
	whole := make([]int64, len(s.columns))
	copy(whole, []int64{0, 1, -1, math.MaxInt64, math.MinInt64})
	f.Add(s.appendFields(nil, whole, nil))
	f.Add(s.appendFields(nil, whole, [][]byte{{1, 2}, nil, segment.AppendListText(nil, []int64{300})}))
	f.Add((&rowCells{k: 7, ids: [5][]byte{{1}}}).seal(s.appendFields(nil, whole, nil)))
	f.Add([]byte{sumMark | 1, 5, 7, 9})
	f.Fuzz(func(t *testing.T, b []byte) {
		values, lists := make([]int64, len(s.columns)), make([][]byte, len(s.lists))
		if err := s.readFields(b, values, lists); err != nil {
			return
		}
		again, listsAgain := make([]int64, len(values)), make([][]byte, len(lists))
		if err := s.readFields(s.appendFields(nil, values, lists), again, listsAgain); err != nil || !slices.Equal(again, values) {
			t.Errorf("%v written and read: %v, %v", values, again, err)
		}
		if !slices.EqualFunc(lists, listsAgain, bytes.Equal) {
			t.Errorf("%v written and read: %v", lists, listsAgain)
		}
		if err := s.readFields(b, again, nil); err != nil || !slices.Equal(again, values) {
			t.Errorf("read without the lists: %v, %v, want %v", again, err, values)
		}
	})
}

func FuzzUnpackKeys(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0x80})
	f.Add(packKeys([]rowKey{-5, 0, 7, math.MaxInt64}))
	f.Fuzz(func(t *testing.T, b []byte) {
		keys, err := unpackKeys(nil, b)
		if err != nil {
			return
		}
		if len(keys) > len(b) {
			t.Errorf("%d keys of %d bytes", len(keys), len(b))
		}
		if again, err := unpackKeys(nil, packKeys(keys)); err != nil || !slices.Equal(again, keys) {
			t.Errorf("%v written and read: %v, %v", keys, again, err)
		}
	})
}

func FuzzUnpackRowSet(f *testing.F) {
	var none *rowSet
	f.Add([]byte{}, 0)
	f.Add([]byte{1, 2, 3}, 64)
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 255}, 60)
	f.Add(none.with([]int{0, 5, 64}, 65).pack(), 65)
	f.Fuzz(func(t *testing.T, b []byte, size int) {
		set, ok := unpackRowSet(b, size)
		if !ok {
			return
		}
		n := 0
		for row := range min(max(size, 0), 8*len(b)) {
			if set.has(row) {
				n++
			}
		}
		if n != set.len() {
			t.Errorf("%d rows among %d, and the set says %d", n, size, set.len())
		}
		if set.has(max(size, 0)) {
			t.Errorf("row %d of %d", size, size)
		}
		if packed := set.pack(); set.len() > 0 && !bytes.Equal(packed, b) {
			t.Errorf("%x read and written: %x", b, packed)
		}
	})
}

func FuzzUnpackHead(f *testing.F) {
	p := &part{rows: 4, bounds: []bounds{{0, 0}, {-1, math.MaxInt64}, {7, 9}}}
	f.Add(packHead(12, p), int64(12), 4, 3, false)
	f.Add([]byte{24, 4, 3, 0, 0}, int64(12), 4, 3, true)
	f.Add([]byte{24, 4, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01}, int64(12), 4, 1<<40, true)
	f.Fuzz(func(t *testing.T, b []byte, id int64, rows, slots int, sum bool) {
		if sum { // a checksum that fits, so that what stands behind it is read
			c := dbfile.Checksum(b)
			b = append(slices.Clip(b), byte(c), byte(c>>8), byte(c>>16), byte(c>>24))
		}
		slots = int(uint(slots) % 300)
		all, ok := unpackHead(b, id, rows, slots)
		if !ok {
			return
		}
		again, ok := unpackHead(packHead(id, &part{rows: rows, bounds: all}), id, rows, slots)
		if !ok || !slices.Equal(again, all) {
			t.Errorf("%v written and read: %v, %t", all, again, ok)
		}
	})
}
