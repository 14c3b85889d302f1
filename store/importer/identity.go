package importer

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"sort"

	"signpost/store/rawjson"
)

// derivedID makes a stable id for a record that has none, in the shape of a UUID (version 8: made from content). It is a hash
// of the record with its keys in order, so whitespace and the order of keys do not change it. The time of ingestion counts
// only where the record has no other time: a second delivery of a sign-in differs in nothing else.
func derivedID(doc []byte, ownTime bool) string {
	h := sha256.New()
	hashValue(h, doc, func(key string) bool {
		return !ownTime || key != "time" && key != "timegenerated"
	})
	sum := h.Sum(nil)
	sum[6] = sum[6]&0x0f | 0x80
	sum[8] = sum[8]&0x3f | 0x80
	var id [36]byte
	hex.Encode(id[0:8], sum[0:4])
	hex.Encode(id[9:13], sum[4:6])
	hex.Encode(id[14:18], sum[6:8])
	hex.Encode(id[19:23], sum[8:10])
	hex.Encode(id[24:36], sum[10:16])
	id[8], id[13], id[18], id[23] = '-', '-', '-', '-'
	return string(id[:])
}

// hashValue writes a value with the members of its objects in order. keep chooses members of the outermost object by their
// names in lower case.
func hashValue(h hash.Hash, value []byte, keep func(string) bool) {
	if value[0] != '{' && value[0] != '[' {
		h.Write(value)
		return
	}
	if value[0] == '[' {
		h.Write([]byte{'['})
		for element := range rawjson.EachItem(value) {
			hashValue(h, element, nil)
			h.Write([]byte{','})
		}
		h.Write([]byte{']'})
		return
	}
	type member struct {
		key   string
		value []byte
	}
	var list []member
	var d decoder
	for key, content := range rawjson.EachMember(value) {
		if keep == nil || keep(string(d.lower(key))) {
			list = append(list, member{string(key), content})
		}
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].key < list[j].key })
	h.Write([]byte{'{'})
	for _, m := range list {
		h.Write([]byte(`"` + m.key + `":`))
		hashValue(h, m.value, nil)
		h.Write([]byte{','})
	}
	h.Write([]byte{'}'})
}
