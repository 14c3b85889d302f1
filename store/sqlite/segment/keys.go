package segment

import (
	"fmt"
	"math/bits"
)

// Keys are the keys of a segment's rows, strictly ascending. They are immutable and safe for concurrent use.
//
// In memory they are blocks of keyBlock keys. The first key stands in full. Each key has its distance from the first, in as
// many bits as the block's largest distance needs. A log's keys are a few bytes so, and the look-up of one touches two
// words.
type Keys struct {
	n     int
	last  int64
	heads []keyHead
	words []uint64
}

// keyHead is the start of a block: its first key, and where and how wide its distances are.
type keyHead struct {
	first int64
	start uint32 // in words, of 64 bits
	width uint32
}

// keyBlock is how many keys share a head. A larger block has fewer heads and wider distances.
const (
	keyBlockLog = 6
	keyBlock    = 1 << keyBlockLog
)

// NewKeys makes keys of values, which it copies. They must be strictly ascending and no more than MaxRows.
func NewKeys(values []int64) (*Keys, error) {
	if len(values) > MaxRows {
		return nil, fmt.Errorf("segment: %d keys are more than a segment holds", len(values))
	}
	for i := 1; i < len(values); i++ {
		if values[i] <= values[i-1] {
			return nil, fmt.Errorf("segment: key %d of row %d does not ascend", values[i], i)
		}
	}
	return packKeys(values), nil
}

// packKeys makes keys of values known to ascend.
func packKeys(values []int64) *Keys {
	k := &Keys{n: len(values), heads: make([]keyHead, 0, (len(values)+keyBlock-1)>>keyBlockLog)}
	words := 0
	for at := 0; at < len(values); at += keyBlock {
		block := values[at:min(at+keyBlock, len(values))]
		width := bits.Len64(span(block[0], block[len(block)-1]))
		k.heads = append(k.heads, keyHead{first: block[0], start: uint32(words), width: uint32(width)})
		words += (width*len(block) + 63) / 64
	}
	k.words = make([]uint64, words+2) // a key is read from two words, its last one or not
	for i, v := range values {
		head := &k.heads[i>>keyBlockLog]
		distance := span(head.first, v)
		bit := uint(i&(keyBlock-1)) * uint(head.width)
		at, shift := int(head.start)+int(bit/64), bit%64
		k.words[at] |= distance << shift
		if shift != 0 {
			k.words[at+1] |= distance >> (64 - shift)
		}
	}
	if len(values) > 0 {
		k.last = values[len(values)-1]
	}
	return k
}

// Len is the number of keys.
func (k *Keys) Len() int { return k.n }

// Size is how many bytes of memory the keys take.
func (k *Keys) Size() int { return 100 + 16*len(k.heads) + 8*len(k.words) }

// At is the key of a row; it panics for a row that is not there.
func (k *Keys) At(row int) int64 {
	if uint(row) >= uint(k.n) {
		panic("segment: row out of range")
	}
	return k.at(&k.heads[row>>keyBlockLog], row&(keyBlock-1))
}

// at is the i-th key of a block.
func (k *Keys) at(head *keyHead, i int) int64 {
	bit := uint(i) * uint(head.width)
	at, shift := int(head.start)+int(bit/64), bit%64
	distance := k.words[at]>>shift | k.words[at+1]<<1<<(63-shift)
	return int64(uint64(head.first) + distance&(1<<head.width-1))
}

// Find is the first row with this key or a greater one, Len if there is none.
func (k *Keys) Find(key int64) int {
	if k.n == 0 || key > k.last {
		return k.n
	}
	if key <= k.heads[0].first {
		return 0
	}
	// The last block that starts before key: heads[block] does, heads[block+left] and those after it do not.
	block := 0
	for left := len(k.heads); left > 1; {
		half := left / 2
		if k.heads[block+half].first < key {
			block += half
		}
		left -= half
	}
	head := &k.heads[block]
	// In it, likewise, the last row with a smaller key.
	row := 0
	for left := min(keyBlock, k.n-block<<keyBlockLog); left > 1; {
		half := left / 2
		if k.at(head, row+half) < key {
			row += half
		}
		left -= half
	}
	return block<<keyBlockLog + row + 1
}

// Append appends the keys of the rows from from to to (not included).
func (k *Keys) Append(dst []int64, from, to int) []int64 {
	for row := from; row < to; row++ {
		dst = append(dst, k.At(row))
	}
	return dst
}
