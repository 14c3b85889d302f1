package sqlite

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"strings"
)

// id16 is an id as the rows hold it: the 16 bytes of a GUID or of a base64url token identifier. Any other text has a marked
// hash, and id_texts tells the text. Hashes tell texts apart that differ in case alone; filters do not (ids_wanted.go).
type id16 [16]byte

// idMark are bytes 6 and 8 of a hashed text. No GUID in use has version 15 and this variant. One that has both is kept as a
// text.
const idMark6, idMark8 = 0xFF, 0xFF

// sameAsID stands for an original request ID that is the sign-in's own, as most are. (The driver reads
// an empty BLOB as NULL, so it is one byte.)
var sameAsID = []byte{0}

// encodeGUID gives the bytes of a request, correlation or session id; isText says that id_texts must
// hold the text.
func encodeGUID(text string) (id id16, isText bool) {
	if parseGUID(text, &id) && !id.isHash() {
		return id, false
	}
	return hashID(text), true
}

// encodeToken gives the bytes of a unique token identifier: base64url of 16 bytes in real data.
func encodeToken(text string) (id id16, isText bool) {
	if id, ok := encodeTokenBytes(text); ok && !id.isHash() {
		return id, false
	}
	return hashID(text), true
}

func encodeTokenBytes(text string) (id id16, ok bool) {
	if len(text) != 22 {
		return id, false
	}
	var raw [18]byte
	n, err := base64.RawURLEncoding.Strict().Decode(raw[:], []byte(text))
	copy(id[:], raw[:])
	return id, err == nil && n == len(id)
}

func (id id16) isHash() bool { return id[6] == idMark6 && id[8] == idMark8 }

func hashID(text string) id16 {
	var id id16
	sum := sha256.Sum256([]byte(text))
	copy(id[:], sum[:])
	id[6], id[8] = idMark6, idMark8
	return id
}

// guid writes the bytes as a GUID in lower case.
func (id id16) guid() string {
	var b [36]byte
	hex.Encode(b[0:8], id[0:4])
	b[8] = '-'
	hex.Encode(b[9:13], id[4:6])
	b[13] = '-'
	hex.Encode(b[14:18], id[6:8])
	b[18] = '-'
	hex.Encode(b[19:23], id[8:10])
	b[23] = '-'
	hex.Encode(b[24:36], id[10:16])
	return string(b[:])
}

func (id id16) token() string { return base64.RawURLEncoding.EncodeToString(id[:]) }

// prefix is the first 48 bits, by which the look-up tables find an id.
func (id id16) prefix() int64 { return int64(binary.BigEndian.Uint64(id[:8]) >> 16) }

// tie is where among the rows of one microsecond the id wants to stand.
func (id id16) tie() int64 {
	return int64(binary.BigEndian.Uint16(id[14:16])^binary.BigEndian.Uint16(id[0:2])) & (1<<12 - 1)
}

func parseGUID(s string, id *id16) bool {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return false
	}
	n := 0
	for i := 0; i < 36; i++ {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			continue
		}
		v := hexValue(s[i])
		if v > 15 {
			return false
		}
		id[n/2] = id[n/2]<<4 | v
		n++
	}
	return true
}

func hexValue(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 0xFF
}

// derivedID gives the id of a record where that of another owner has taken its own. It is stable
// and has the shape of a GUID.
func derivedID(id id16, owners []string) id16 {
	h := sha256.New()
	h.Write(id[:])
	h.Write([]byte(strings.Join(owners, "\x00")))
	var derived id16
	copy(derived[:], h.Sum(nil))
	derived[6] = derived[6]&0x0F | 0x80 // version 8: made up by rules of one's own
	derived[8] = derived[8]&0x3F | 0x80
	return derived
}
