package segment

import (
	"encoding/binary"
	"math"

	"github.com/klauspost/compress/zstd"
)

// Encode appends the encoding of the keys to dst; enc is from NewEncoder.
func (k *Keys) Encode(dst []byte, enc *zstd.Encoder) []byte {
	start := len(dst)
	dst = append(dst, keysVersion)
	dst = binary.AppendUvarint(dst, uint64(k.n))
	if k.n > 0 {
		dst = binary.AppendVarint(dst, k.At(0))
		deltas := make([]byte, 0, 5*k.n)
		before := k.At(0)
		for row := 1; row < k.n; row++ {
			key := k.At(row)
			deltas = binary.AppendUvarint(deltas, span(before, key))
			before = key
		}
		dst = appendPayload(dst, deltas, enc)
	}
	return seal(dst, start)
}

// DecodeKeys decodes the keys of rows rows; dec is from NewDecoder. An error is ErrDamaged: b is not what Encode made
// of so many keys.
func DecodeKeys(b []byte, rows int, dec *zstd.Decoder) (*Keys, error) {
	r, err := open(b, keysVersion, rows)
	if err != nil {
		return nil, err
	}
	values := make([]int64, rows)
	if rows > 0 {
		values[0] = r.varint()
		deltas := reader{left: r.payload(rows-1, binary.MaxVarintLen64*rows, dec)}
		for row := 1; row < rows && r.err == nil; row++ {
			delta := deltas.uvarint()
			if delta == 0 || delta > span(values[row-1], math.MaxInt64) {
				r.fail("keys that do not ascend")
			}
			values[row] = int64(uint64(values[row-1]) + delta)
		}
		if deltas.end() != nil {
			r.fail("keys")
		}
	}
	if err := r.end(); err != nil {
		return nil, err
	}
	return packKeys(values), nil
}
