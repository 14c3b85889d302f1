package sqlite

import (
	"encoding/binary"
	"fmt"
	"math/bits"

	"signpost/store"
)

// The property columns of a row stand in one BLOB. A byte says how long a bitmap follows. The bitmap tells the columns that
// hold something (the lowest bit is the first column). Their values follow as varints. A column that was added later is
// simply not in the bitmap of older rows.
//
// Of a column of lists the value is how many bytes follow and, in these, the codes of the list as segment.AppendListText
// writes them. Of a column whose texts stand in no dictionary it is how many bytes follow and, in these, the text.
//
// Behind the values stands the row's sum, and the highest bit of the first byte says so: see sum.go.
//
// A value is the same number in rows, in segments and in filters: the code of a word, store.Bool, or valueOf of an integer.
// 0 always means empty.

// valueOf gives an integer's value as columns hold it: positive for every number within the 2^53 that the importer reads.
func valueOf(n store.Int) int64 {
	if !n.Set {
		return 0
	}
	return int64(uint64(n.N<<1)^uint64(n.N>>63)) + 1
}

// intOf is the way back.
func intOf(v int64) store.Int {
	if v == 0 {
		return store.Int{}
	}
	u := uint64(v - 1)
	return store.IntOf(int64(u>>1) ^ -int64(u&1))
}

var errDamagedFields = fmt.Errorf("%w: the fields of a row", store.ErrDamaged)

// lengths is how many columns have values of any length: lists, and behind them texts.
func (s *kindSchema) lengths() int { return len(s.lists) + len(s.texts) }

// appendFields writes the values of a row's columns, and its lists and texts by column.listed; nil is none.
func (s *kindSchema) appendFields(dst []byte, values []int64, lists [][]byte) []byte {
	bitmap := (len(values) + 7) / 8
	start := len(dst) + 1
	dst = append(dst, byte(bitmap))
	for range bitmap {
		dst = append(dst, 0)
	}
	for i, v := range values {
		if c := s.columns[i]; (c.list != nil || c.inRow) && lists != nil && len(lists[c.listed]) > 0 {
			dst[start+i/8] |= 1 << (i % 8)
			dst = binary.AppendUvarint(dst, uint64(len(lists[c.listed])))
			dst = append(dst, lists[c.listed]...)
		} else if v != 0 && !c.inRow {
			dst[start+i/8] |= 1 << (i % 8)
			dst = binary.AppendUvarint(dst, uint64(v))
		}
	}
	return dst
}

// readFields reads a row's columns into values. Those the row was written without stay 0, and so do columns of lists. Where
// lists is not nil, it gets the latter and the texts as parts of b.
func (s *kindSchema) readFields(b []byte, values []int64, lists [][]byte) error {
	clear(values)
	clear(lists)
	if len(b) == 0 {
		return errDamagedFields
	}
	length := int(b[0])
	if length&sumMark != 0 {
		length &^= sumMark
		if len(b) < 1+length+sumBytes {
			return errDamagedFields
		}
		b = b[:len(b)-sumBytes]
	}
	if len(b) < 1+length {
		return errDamagedFields
	}
	bitmap, rest := b[1:1+length], b[1+length:]
	for i, set := range bitmap {
		for ; set != 0; set &= set - 1 {
			u, n := binary.Uvarint(rest)
			column := 8*i + bits.TrailingZeros8(set)
			if n <= 0 || column >= len(values) {
				return errDamagedFields
			}
			rest = rest[n:]
			c := s.columns[column]
			if c.list == nil && !c.inRow {
				values[column] = int64(u)
				continue
			}
			if c.inRow && u > 0 {
				values[column] = 1
			}
			if u > uint64(len(rest)) {
				return errDamagedFields
			}
			if lists != nil {
				lists[c.listed] = rest[:u]
			}
			rest = rest[u:]
		}
	}
	if len(rest) > 0 {
		return errDamagedFields
	}
	return nil
}
