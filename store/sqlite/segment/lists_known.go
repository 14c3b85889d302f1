package segment

import (
	"slices"
	"sync"
)

// knownLists keeps which lists of a column have a value in some sets: those that were asked for last. To look through all lists of a
// column takes long, and each question of a page asks for the same set. A set is known by its address: whoever asks again
// must ask with the same one.
type knownLists struct {
	mu   sync.Mutex
	sets [knownSets]foundLists
	next int // the place that is used next
}

// foundLists are the lists that have a value in a set: a bit for each list of the column, as long as some have one.
type foundLists struct {
	set   *Set
	found int
	bits  []byte
}

// knownSets is how many sets a column knows: a page asks of one list for a few.
const knownSets = 4

// knownSize is how many bytes of memory what is known of n lists may take.
func knownSize(n int) int { return knownSets * (n/8 + 1) }

// of fills the table, which has a place for each list, and says how many are marked in it; ok is false where nothing is known of the set.
func (k *knownLists) of(set *Set, table []uint8) (found int, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	at := slices.IndexFunc(k.sets[:], func(f foundLists) bool { return f.set == set })
	if set == nil || at < 0 {
		return 0, false
	}
	f := &k.sets[at]
	if f.found > 0 && f.found < len(table) {
		for i, b := range f.bits {
			if rest := table[8*i:]; len(rest) >= 8 {
				copy(rest, eachBit[b][:])
			} else {
				copy(rest, eachBit[b][:len(rest)])
			}
		}
	}
	return f.found, true
}

// keep notes what the table says of the lists.
func (k *knownLists) keep(set *Set, table []uint8, found int) {
	if set == nil {
		return
	}
	f := foundLists{set: set, found: found}
	if found > 0 && found < len(table) {
		f.bits = make([]byte, (len(table)+7)/8)
		for number, is := range table {
			f.bits[number/8] |= is << (number % 8)
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.sets[k.next] = f
	k.next = (k.next + 1) % knownSets
}

// eachBit is the bits of each byte, the lowest first.
var eachBit = func() (all [256][8]uint8) {
	for b := range all {
		for i := range all[b] {
			all[b][i] = uint8(b) >> i & 1
		}
	}
	return all
}()
