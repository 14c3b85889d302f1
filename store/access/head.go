package access

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// Head is the number and hash of a record that was the newest one at some time. The zero Head is that of an empty log.
type Head struct {
	Number int64  `json:"number"`
	Hash   string `json:"hash"` // hexadecimal digits
}

// hashDigits is the length of a hash.
const hashDigits = 64

// String writes the head as ParseHead reads it.
func (h Head) String() string { return fmt.Sprintf("%d:%s", h.Number, h.Hash) }

// ParseHead reads NUMBER:HASH.
func ParseHead(text string) (Head, error) {
	number, hash, _ := strings.Cut(text, ":")
	n, err := strconv.ParseInt(number, 10, 64)
	hash = strings.ToLower(hash)
	if _, hexErr := hex.DecodeString(hash); err != nil || n < 1 || hexErr != nil || len(hash) != hashDigits {
		return Head{}, fmt.Errorf("%q is no head of the access log: it is NUMBER:HASH, with the %d digits of the hash, as the program logs it", text, hashDigits)
	}
	return Head{n, hash}, nil
}

// KeptHead is a head as portal.db keeps it.
type KeptHead struct {
	Head
	// Closed says that no record was appended since: the program ended as it should. Else the head may be a second old, and records
	// that were appended after it may be missing without a trace.
	Closed bool
}
