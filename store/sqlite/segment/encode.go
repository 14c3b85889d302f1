package segment

import (
	"encoding/binary"
	"math"

	"github.com/klauspost/compress/zstd"
)

// Encode appends the column's encoding to dst; enc is from NewEncoder.
func (c *Column) Encode(dst []byte, enc *zstd.Encoder) []byte {
	start := len(dst)
	dst = append(dst, columnVersion)
	dst = binary.AppendUvarint(dst, uint64(c.rows))
	dst = append(dst, byte(c.shape))
	switch c.shape {
	case constant:
		dst = binary.AppendVarint(dst, c.low)
	case dense8, dense16:
		dst = binary.AppendVarint(dst, c.low)
		dst = binary.AppendUvarint(dst, span(c.low, c.high))
		dst = c.appendCodes(dst, enc)
	case dict8, dict16:
		dst = binary.AppendVarint(dst, c.low)
		dst = binary.AppendUvarint(dst, uint64(c.cardinality()))
		dst = appendPayload(dst, c.dictionaryDeltas(), enc)
		dst = c.appendCodes(dst, enc)
	case offset32:
		dst = binary.AppendVarint(dst, c.low)
		dst = appendPayload(dst, split(c.words32, 4), enc)
	case plain64:
		dst = appendPayload(dst, split(c.words64, 8), enc)
	}
	return seal(dst, start)
}

func (c *Column) appendCodes(dst []byte, enc *zstd.Encoder) []byte {
	if c.codes8 != nil {
		return appendPayload(dst, c.codes8, enc)
	}
	return appendPayload(dst, split(c.codes16, 2), enc)
}

// dictionaryDeltas are the distances between the dictionary's values, as varints.
func (c *Column) dictionaryDeltas() []byte {
	var deltas []byte
	before := c.low
	for code := 1; code < c.cardinality(); code++ {
		v := c.decode(code)
		deltas = binary.AppendUvarint(deltas, span(before, v))
		before = v
	}
	return deltas
}

// split puts the lowest bytes of all words first, then the next ones: the upper bytes, which differ little, compress
// better among themselves.
func split[W uint16 | uint32 | int64](words []W, width int) []byte {
	planes := make([]byte, width*len(words))
	for plane := range width {
		out := planes[plane*len(words) : (plane+1)*len(words)]
		for i, w := range words {
			out[i] = byte(w >> (8 * plane))
		}
	}
	return planes
}

// Decode decodes a column of rows rows; dec is from NewDecoder. An error is ErrDamaged: b is not what Encode made of a
// column of that many rows.
func Decode(b []byte, rows int, dec *zstd.Decoder) (*Column, error) {
	r, err := open(b, columnVersion, rows)
	if err != nil {
		return nil, err
	}
	c := &Column{rows: rows, shape: shape(r.byte())}
	if c.shape >= shapes || rows == 0 && c.shape != constant {
		return nil, damaged("representation")
	}
	switch c.shape {
	case constant:
		c.low = r.varint()
		c.high = c.low
	case dense8, dense16:
		c.low = r.varint()
		c.readDense(r, dec)
	case dict8, dict16:
		c.low = r.varint()
		c.readDictionary(r, dec)
	case offset32:
		c.low = r.varint()
		c.readOffsets(r, dec)
	case plain64:
		c.words64 = make([]int64, 0)
		if planes := r.payload(8*rows, 8*rows, dec); planes != nil {
			c.words64 = join[int64](planes, rows, 8)
			c.low, c.high = bounds(c.words64)
		}
	}
	if err := r.end(); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *Column) readDense(r *reader, dec *zstd.Decoder) {
	width := r.uvarint()
	if width == 0 || width >= MaxRows || c.shape == dense8 && width >= 1<<8 || span(c.low, math.MaxInt64) < width {
		r.fail("range of values")
		return
	}
	c.high = c.low + int64(width)
	c.readCodes(r, int(width)+1, dec)
}

func (c *Column) readDictionary(r *reader, dec *zstd.Decoder) {
	n := r.uvarint()
	if n < 2 || n > uint64(c.rows) || c.shape == dict8 && n > 1<<8 {
		r.fail("length of the dictionary")
		return
	}
	deltas := reader{left: r.payload(int(n)-1, binary.MaxVarintLen64*int(n), dec)}
	values := make([]int64, n)
	values[0] = c.low
	for i := 1; i < len(values); i++ {
		delta := deltas.uvarint()
		if delta == 0 || delta > span(values[i-1], math.MaxInt64) {
			r.fail("dictionary")
			return
		}
		values[i] = int64(uint64(values[i-1]) + delta)
	}
	if err := deltas.end(); err != nil {
		r.fail("dictionary")
		return
	}
	c.high = values[n-1]
	if span(c.low, c.high) < 1<<32 {
		c.dict32 = make([]uint32, n)
		for i, v := range values {
			c.dict32[i] = uint32(v - c.low)
		}
	} else {
		c.dict64 = values
	}
	c.readCodes(r, int(n), dec)
}

// readCodes reads the codes of the rows and checks that they are from 0 to n-1. Both 0 and n-1 must occur: low and high are
// values of the column then.
func (c *Column) readCodes(r *reader, n int, dec *zstd.Decoder) {
	var least, most int
	if c.shape == dense8 || c.shape == dict8 {
		planes := r.payload(c.rows, c.rows, dec)
		if planes == nil {
			return
		}
		// The payload may be part of the blob, which is the caller's.
		c.codes8 = append(make([]uint8, 0, c.rows), planes...)
		least, most = extremes(c.codes8)
	} else {
		planes := r.payload(2*c.rows, 2*c.rows, dec)
		if planes == nil {
			return
		}
		c.codes16 = join[uint16](planes, c.rows, 2)
		least, most = extremes(c.codes16)
	}
	if least != 0 || most != n-1 {
		r.fail("code of a row")
	}
}

func extremes[C code](codes []C) (least, most int) {
	low, high := codes[0], codes[0]
	for _, code := range codes {
		low, high = min(low, code), max(high, code)
	}
	return int(low), int(high)
}

func (c *Column) readOffsets(r *reader, dec *zstd.Decoder) {
	planes := r.payload(4*c.rows, 4*c.rows, dec)
	if planes == nil {
		return
	}
	c.words32 = join[uint32](planes, c.rows, 4)
	low, high := c.words32[0], c.words32[0]
	for _, w := range c.words32 {
		low, high = min(low, w), max(high, w)
	}
	if low != 0 || span(c.low, math.MaxInt64) < uint64(high) {
		r.fail("range of values")
		return
	}
	c.high = c.low + int64(high)
}

// join undoes split.
func join[W uint16 | uint32 | int64](planes []byte, n, width int) []W {
	words := make([]W, n)
	for at := 0; at < n; at += blockRows { // all planes of a block while it is near
		block := words[at:min(at+blockRows, n)]
		for plane := range width {
			shift := 8 * plane
			for i, b := range planes[plane*n+at:][:len(block)] {
				block[i] |= W(b) << shift
			}
		}
	}
	return words
}
