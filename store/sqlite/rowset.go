package sqlite

import (
	"encoding/binary"
	"math/bits"
)

// rowSet is an immutable set of row numbers of one part; nil is the empty set.
type rowSet struct {
	words []uint64
	n     int
}

func (r *rowSet) len() int {
	if r == nil {
		return 0
	}
	return r.n
}

func (r *rowSet) has(row int) bool {
	return r != nil && row>>6 < len(r.words) && r.words[row>>6]>>(row&63)&1 != 0
}

// with gives the set with more rows of a part that has size rows.
func (r *rowSet) with(rows []int, size int) *rowSet {
	if len(rows) == 0 {
		return r
	}
	next := &rowSet{words: make([]uint64, (size+63)/64), n: r.len()}
	if r != nil {
		copy(next.words, r.words)
	}
	for _, row := range rows {
		if !next.has(row) {
			next.words[row>>6] |= 1 << (row & 63)
			next.n++
		}
	}
	return next
}

// pack writes the set as a BLOB: the words in little-endian order; nil for the empty set.
func (r *rowSet) pack() []byte {
	if r.len() == 0 {
		return nil
	}
	b := make([]byte, 0, 8*len(r.words))
	for _, word := range r.words {
		b = binary.LittleEndian.AppendUint64(b, word)
	}
	return b
}

// unpackRowSet reads what pack wrote for a part of size rows; ok is false where it cannot be that.
func unpackRowSet(b []byte, size int) (r *rowSet, ok bool) {
	if len(b) == 0 {
		return nil, true
	}
	if size < 0 || len(b) != (size+63)/64*8 {
		return nil, false
	}
	r = &rowSet{words: make([]uint64, len(b)/8)}
	for i := range r.words {
		r.words[i] = binary.LittleEndian.Uint64(b[8*i:])
		r.n += bits.OnesCount64(r.words[i])
	}
	if size&63 != 0 && r.words[size>>6]>>(size&63) != 0 {
		return nil, false // rows that are not there
	}
	return r, true
}
