package store

import (
	"cmp"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"math"
	"strconv"
	"strings"
	"time"
)

// Key is the place of a row in its log: its time to the microsecond, and what the engine orders the rows of one instant by. It
// orders rows by time, so a page's cursor is one Key. Nothing outside an engine computes with keys, or tells one from their tie.
type Key struct {
	micros int64 // since 1970
	tie    uint64
}

// NewKey gives the key of a row at t that an engine orders by a tie among those of the same instant.
func NewKey(t time.Time, tie uint64) Key {
	// UnixMicro rounds down on both sides of 1970
	return Key{micros: t.UnixMicro(), tie: tie}
}

// KeyAt gives the first key at t: no row at t or later is older.
func KeyAt(t time.Time) Key { return NewKey(t, 0) }

// Time gives the instant of the key.
func (k Key) Time() time.Time { return time.UnixMicro(k.micros).UTC() }

// Tie gives what an engine made the key with.
func (k Key) Tie() uint64 { return k.tie }

// Compare orders keys, the older first.
func (k Key) Compare(other Key) int {
	return cmp.Or(cmp.Compare(k.micros, other.micros), cmp.Compare(k.tie, other.tie))
}

// Equal says that it is the same place.
func (k Key) Equal(other Key) bool { return k == other }

// Before says that the key is older than another.
func (k Key) Before(other Key) bool { return k.Compare(other) < 0 }

// After says that the key is newer than another.
func (k Key) After(other Key) bool { return k.Compare(other) > 0 }

// Next gives the place right above the key: what is older than it begins with the key's own row.
func (k Key) Next() Key {
	if k.tie == math.MaxUint64 {
		return Key{micros: k.micros + 1}
	}
	return Key{k.micros, k.tie + 1}
}

// Prev gives the place right below the key: what is newer than it begins with the key's own row.
func (k Key) Prev() Key {
	if k.tie == 0 {
		return Key{k.micros - 1, math.MaxUint64}
	}
	return Key{k.micros, k.tie - 1}
}

// The short form of a key is one number: microseconds since 2015 shifted left by 12, and the tie below. It is that of the first
// version of the program, so its links still work. The long form is for other keys.
const (
	shortTieBits = 12
	keyEpoch     = 1_420_070_400_000_000 // 2015
	longKeyMark  = "_"
)

// short gives the key as one number; ok is false where it needs the long form.
func (k Key) short() (n int64, ok bool) {
	since := k.micros - keyEpoch
	n = since<<shortTieBits | int64(k.tie&(1<<shortTieBits-1))
	return n, k.tie < 1<<shortTieBits && n>>shortTieBits == since
}

func keyOfShort(n int64) Key {
	return Key{micros: n>>shortTieBits + keyEpoch, tie: uint64(n & (1<<shortTieBits - 1))}
}

// String is the key's form in links: letters in lower case and digits.
func (k Key) String() string {
	if n, ok := k.short(); ok {
		return strconv.FormatInt(n, 36)
	}
	return strconv.FormatInt(k.micros, 36) + longKeyMark + strconv.FormatUint(k.tie, 36)
}

// MarshalText gives the form of String, so that answers in JSON have their places.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// ParseKey parses a key that String wrote.
func ParseKey(s string) (Key, error) {
	var k Key
	micros, tie, isLong := strings.Cut(s, longKeyMark)
	n, err := strconv.ParseInt(micros, 36, 64)
	if k = keyOfShort(n); isLong && err == nil {
		k.micros = n
		k.tie, err = strconv.ParseUint(tie, 36, 64)
	}
	if err != nil || k.String() != s {
		return Key{}, ErrBadCursor
	}
	return k, nil
}

// Cursor is a place between two rows of a list. In a list of several logs (a person's history) the names of the
// logs break ties, so Log names the log; it is empty in a list of one log.
type Cursor struct {
	Key Key
	Log Log
}

// Compare orders places as lists do: the newest first, at one key by the names of the logs.
func (c Cursor) Compare(other Cursor) int {
	return cmp.Or(other.Key.Compare(c.Key), cmp.Compare(c.Log, other.Log))
}

// longCursorMark is the first character of a cursor in the long form, which some keys need.
const longCursorMark = "."

// String gives the cursor for an address: opaque, with a checksum that reveals a cut or invented one.
func (c Cursor) String() string {
	n, short := c.Key.short()
	mark, b := "", binary.BigEndian.AppendUint64(nil, uint64(n))
	if !short {
		mark = longCursorMark
		b = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, uint64(c.Key.micros)), c.Key.tie)
	}
	b = append(b, c.Log...)
	b = binary.BigEndian.AppendUint32(b, cursorSum(mark, b))
	return mark + base64.RawURLEncoding.EncodeToString(b)
}

// cursorSum is the checksum of a cursor: without its mark one is no short cursor.
func cursorSum(mark string, body []byte) uint32 {
	return crc32.Update(crc32.ChecksumIEEE([]byte(mark)), crc32.IEEETable, body)
}

// ParseCursor parses a cursor that String wrote; ErrBadCursor for anything else.
func ParseCursor(s string) (Cursor, error) {
	text, isLong := strings.CutPrefix(s, longCursorMark)
	least := 8
	if isLong {
		least = 16
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) < least+4 || len(b) > 64 {
		return Cursor{}, ErrBadCursor
	}
	body, sum := b[:len(b)-4], binary.BigEndian.Uint32(b[len(b)-4:])
	if cursorSum(s[:len(s)-len(text)], body) != sum {
		return Cursor{}, ErrBadCursor
	}
	c := Cursor{Key: keyOfShort(int64(binary.BigEndian.Uint64(body))), Log: Log(body[least:])}
	if isLong {
		c.Key = Key{int64(binary.BigEndian.Uint64(body)), binary.BigEndian.Uint64(body[8:])}
	}
	if c.String() != s { // even a strict decoder skips line ends
		return Cursor{}, ErrBadCursor
	}
	return c, nil
}

// Ref names a record for ever: its place in its log may change as more of it becomes known. Near is about when it was: an
// engine looks there first, and then anywhere else. Its zero value tells nothing.
type Ref struct {
	Log  Log
	ID   string
	Near time.Time
}
