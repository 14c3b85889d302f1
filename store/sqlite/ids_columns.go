package sqlite

import (
	"fmt"
	"slices"

	"signpost/store"
)

// idColumn is where the ids of a property are and how they become bytes.
type idColumn struct {
	property *store.Property
	idSlot
	encode func(string) (id16, bool)
	decode func(id16) string
	// span gives the first and the last bytes of ids that start with a text; ok is false where none does.
	span func(start string) (first, last id16, ok bool)
}

// idSlot is one of the places that a row has for ids that hardly repeat: see store.Property.Unique.
type idSlot struct {
	name string // in the row tables
	// lookup is the table that finds an id; empty where there is none.
	lookup string
	index  int // of the column of the first 32 bits
}

// idSlots are filled in the order in which a kind declares its ids. The names are those of sign-ins, which came first.
var idSlots = [...]idSlot{
	{"id", "by_request", columnRequest},
	{"correlation_id", "by_correlation", columnCorrelation},
	{"session_id", "", columnSession},
	{"unique_token_identifier", "", columnToken},
	{"original_request_id", "", noIDColumn},
}

// idColumnOf gives the column of a kind's id by its place among them.
func idColumnOf(place int, p *store.Property) idColumn {
	if place == len(idSlots) {
		panic(fmt.Sprintf("a kind has more than %d unique IDs: there is no room for %s", len(idSlots), p.Name))
	}
	if p.Token {
		return idColumn{p, idSlots[place], encodeToken, id16.token, tokenSpan}
	}
	return idColumn{p, idSlots[place], encodeGUID, id16.guid, guidSpan}
}

// value is the SQL of a row's ID. A row names its own ID by one byte: see sameAsID.
func (c *idColumn) value() string {
	if c.index == noIDColumn {
		return "CASE WHEN length(r." + c.name + ") = 1 THEN r.id ELSE r." + c.name + " END"
	}
	return "r." + c.name
}

// written gives the bytes of an id that decode wrote.
func (c *idColumn) written(text string) (id id16, ok bool) {
	if c.property.Token {
		return encodeTokenBytes(text)
	}
	ok = parseGUID(text, &id)
	return id, ok
}

// idColumn gives the column of an id of the kind.
func (s *kindSchema) idColumn(p *store.Property) idColumn {
	return s.ids[slices.IndexFunc(s.ids, func(c idColumn) bool { return c.property == p })]
}

// noIDColumn is the index of ids that no column of segments has: rows are looked through for them.
const noIDColumn = -1

// guidSpan takes the beginning of a GUID, hyphens included.
func guidSpan(start string) (first, last id16, ok bool) {
	if len(start) > 36 {
		return first, last, false
	}
	const zeros, ends = "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"
	ok = parseGUID(start+zeros[len(start):], &first) && parseGUID(start+ends[len(start):], &last)
	return first, last, ok
}

// tokenSpan takes the beginning of a token identifier. Of its last character only two bits count.
func tokenSpan(start string) (first, last id16, ok bool) {
	const zeros, ends = "AAAAAAAAAAAAAAAAAAAAAA", "_____________________w"
	if len(start) > len(zeros) {
		return first, last, false
	}
	first, okFirst := encodeTokenBytes(start + zeros[len(start):])
	last, okLast := encodeTokenBytes(start + ends[len(start):])
	return first, last, okFirst && okLast
}
