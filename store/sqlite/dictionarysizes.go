package sqlite

import (
	"cmp"
	"slices"
)

// DictionarySize says what one dictionary takes in memory. Bytes is computed from its texts, and may be a fifth off.
type DictionarySize struct {
	Name  string `json:"name"`
	Words int    `json:"words"`
	Bytes int64  `json:"bytes"`
}

// DictionarySizes gives what the dictionaries take, the largest first.
func (db *DB) DictionarySizes() []DictionarySize {
	var sizes []DictionarySize
	for name, d := range db.words.dictionaries {
		sizes = append(sizes, DictionarySize{name, int(d.next()) - 1, d.bytes()})
	}
	slices.SortFunc(sizes, func(a, b DictionarySize) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.Name, b.Name))
	})
	return sizes
}

// What Go takes for a dictionary: a text takes its bytes and two words. A map has tables of up to 1,024 places in groups of eight.
// A place takes its key, its value and one byte more. At most seven places in eight are taken. A full table is split in two.
const (
	textHeader = 16
	mapPlace   = textHeader + 8 + 1
	mapTable   = 1024
	mapFull    = mapTable / 8 * 7
)

// bytes computes what the dictionary takes in memory.
func (d *dictionary) bytes() int64 {
	d.mu.RLock()
	defer d.mu.RUnlock()
	bytes := int64(cap(d.texts))*textHeader + mapBytes(len(d.codes), mapPlace) + mapBytes(len(d.others), textHeader+24+1)
	for _, text := range d.texts {
		bytes += allocated(len(text))
	}
	for folded, codes := range d.others {
		bytes += allocated(len(folded)) + int64(cap(codes))*8
	}
	return bytes
}

// mapBytes is what a map with n keys takes.
func mapBytes(n, place int) int64 {
	tables := 1
	for tables*mapFull < n {
		tables *= 2
	}
	places := mapTable
	for tables == 1 && places > 8 && places/16*7 >= n {
		places /= 2
	}
	return int64(tables) * int64(places) * int64(place)
}

// allocated is what a text of n bytes takes: memory is given out in steps.
func allocated(n int) int64 {
	step := 8
	if n > 32 {
		step = 16
	}
	return int64((n + step - 1) / step * step)
}
