package segment

import (
	"encoding/binary"
	"math"
	"math/bits"

	"github.com/klauspost/compress/zstd"
)

// Encode appends the encoding of the keys to dst; enc is from NewEncoder.
func (k *Keys) Encode(dst []byte, enc *zstd.Encoder) []byte {
	start := len(dst)
	dst = append(dst, keysVersion)
	dst = binary.AppendUvarint(dst, uint64(k.n))
	if k.n > 0 {
		dst = binary.AppendVarint(dst, k.At(0))
	}
	if k.n > 1 {
		deltas := k.Append(make([]int64, 0, k.n), 0, k.n)
		var most uint64
		for i := 1; i < k.n; i++ {
			delta := span(deltas[i-1], deltas[i])
			deltas[i-1] = int64(delta) // its bits: the distance of two keys need not fit in an int64
			most = max(most, delta)
		}
		width := (bits.Len64(most) + 7) / 8
		dst = append(dst, byte(width))
		dst = appendPayload(dst, split(deltas[:k.n-1], width), enc)
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
	var values []int64
	if rows > 0 {
		values = append(make([]int64, 0, rows), r.varint())
	}
	if rows > 1 {
		width := int(r.byte())
		if width < 1 || width > 8 {
			return nil, damaged("width of the keys")
		}
		planes := r.payload(width*(rows-1), width*(rows-1), dec)
		if planes == nil {
			return nil, r.err
		}
		key := values[0]
		for _, word := range join[int64](planes, rows-1, width) {
			delta := uint64(word)
			if delta == 0 || delta > span(key, math.MaxInt64) {
				return nil, damaged("keys that do not ascend")
			}
			key = int64(uint64(key) + delta)
			values = append(values, key)
		}
	}
	if err := r.end(); err != nil {
		return nil, err
	}
	return packKeys(values), nil
}
