package sqlite

import (
	"math/bits"
	"sync/atomic"
)

// idFilter says of an id that it is not among those that were added, or that it may be. It holds the first 32 bits of ids,
// as columnRequest does, with their log. It is a split block Bloom filter. Each id sets one bit in each of the eight words
// of one block, so a question reads one line of memory.
type idFilter struct {
	blocks []idBlock
	room   int // how many ids it is made for
	added  int // how many changed a bit
}

type idBlock [8]uint32

// idSalts choose the bit in each word of a block; any odd numbers do. These are those of Apache Parquet's filters.
var idSalts = [8]uint32{0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31}

// newIDFilter makes a filter with room for so many ids at so many bits each. With 16 bits one in 700 ids passes that was
// not added, with 12 bits one in 200.
func newIDFilter(room, bitsEach int) *idFilter {
	return &idFilter{blocks: make([]idBlock, max(1, (room*bitsEach+255)/256)), room: room}
}

// idHash mixes what a filter knows of an id.
func idHash(t *table, value int64) uint64 {
	h := (uint64(value) | uint64(t.number)<<40) * 0x9e3779b97f4a7c15
	h = (h ^ h>>32) * 0xd6e8feb86659fd93
	return h ^ h>>32
}

func (f *idFilter) block(hash uint64) *idBlock {
	high, _ := bits.Mul64(hash, uint64(len(f.blocks)))
	return &f.blocks[high]
}

func (f *idFilter) add(hash uint64) {
	block, key := f.block(hash), uint32(hash)
	isNew := false
	for i, salt := range idSalts {
		bit := uint32(1) << (key * salt >> 27)
		isNew = isNew || block[i]&bit == 0
		block[i] |= bit
	}
	if isNew {
		f.added++
	}
}

// addShared is add for several goroutines at a time. It says whether a bit was changed.
func (f *idFilter) addShared(hash uint64) (isNew bool) {
	block, key := f.block(hash), uint32(hash)
	for i, salt := range idSalts {
		bit := uint32(1) << (key * salt >> 27)
		isNew = atomic.OrUint32(&block[i], bit)&bit == 0 || isNew
	}
	return isNew
}

func (f *idFilter) mayHold(hash uint64) bool {
	block, key := f.block(hash), uint32(hash)
	for i, salt := range idSalts {
		if block[i]&(1<<(key*salt>>27)) == 0 {
			return false
		}
	}
	return true
}

// idFilters are filters that grow: one after the other is filled.
type idFilters []*idFilter

// largeBits is how many bits an id takes in the filter over all of a store.
const largeBits = 16

// leastRoom is how many ids the first filter has room for at least.
const leastRoom = 1 << 19

func (fs *idFilters) mayHold(hash uint64) bool {
	for _, f := range *fs {
		if f.mayHold(hash) {
			return true
		}
	}
	return false
}

// add adds an id to the last filter, unless one has it.
func (fs *idFilters) add(hash uint64) {
	if n := len(*fs); n > 1 || n == 0 {
		if fs.mayHold(hash) {
			return
		}
	}
	n := len(*fs)
	if n == 0 || (*fs)[n-1].added >= (*fs)[n-1].room {
		room := leastRoom
		if n > 0 {
			room = 2 * (*fs)[n-1].room
		}
		*fs = append(*fs, newIDFilter(room, largeBits))
		n++
	}
	(*fs)[n-1].add(hash)
}
