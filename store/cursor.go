package store

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"strconv"
	"time"
)

// Key is the place of a sign-in in its log: microseconds since 2015 (UTC) shifted left by 12, and a tie-breaker
// below. It orders rows by time, so a page's cursor is one Key. 4,096 sign-ins of one log may share a microsecond:
// Graph's whole seconds put hundreds of rows on one instant.
type Key int64

// KeyTies bounds the rows of one log at one microsecond.
const KeyTies = 1 << 12

var keyEpoch = time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)

// keyFrom and keyTo are the span of time that a Key can hold.
var keyFrom, keyTo = keyEpoch.Add(-70 * 365 * 24 * time.Hour), keyEpoch.Add(70 * 365 * 24 * time.Hour)

// KeyAt gives the lowest Key at t; ok is false where t is out of a Key's span.
func KeyAt(t time.Time) (k Key, ok bool) {
	if t.Before(keyFrom) || t.After(keyTo) {
		return 0, false
	}
	// UnixMicro rounds down on both sides of 1970. Microseconds of a Duration rounds towards zero, and would give
	// a moment before
	return Key(t.UnixMicro()-keyEpoch.UnixMicro()) << 12, true
}

// ClampedKeyAt is KeyAt for the edges of a range: a time out of the span gives the nearest Key.
func ClampedKeyAt(t time.Time) Key {
	if t.Before(keyFrom) {
		t = keyFrom
	}
	if t.After(keyTo) {
		t = keyTo
	}
	k, _ := KeyAt(t)
	return k
}

// Time gives the instant of the key.
func (k Key) Time() time.Time {
	return keyEpoch.Add(time.Duration(k>>12) * time.Microsecond)
}

// String is the key's form in links (lower-case base 36).
func (k Key) String() string { return strconv.FormatInt(int64(k), 36) }

// ParseKey parses a key that String wrote.
func ParseKey(s string) (Key, error) {
	n, err := strconv.ParseInt(s, 36, 64)
	if err != nil || Key(n).String() != s {
		return 0, ErrBadCursor
	}
	return Key(n), nil
}

// Cursor is a place between two rows of a list. In a list of several logs (a person's history) the order of the
// logs breaks ties, so Log names the log; it is empty in a list of one log.
type Cursor struct {
	Key Key
	Log Log
}

// String gives the cursor for an address: opaque, with a checksum that reveals a cut or invented one.
func (c Cursor) String() string {
	b := binary.BigEndian.AppendUint64(nil, uint64(c.Key))
	b = append(b, c.Log...)
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	return base64.RawURLEncoding.EncodeToString(b)
}

// ParseCursor parses a cursor that String wrote; ErrBadCursor for anything else.
func ParseCursor(s string) (Cursor, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(b) < 12 || len(b) > 64 {
		return Cursor{}, ErrBadCursor
	}
	body, sum := b[:len(b)-4], binary.BigEndian.Uint32(b[len(b)-4:])
	if crc32.ChecksumIEEE(body) != sum {
		return Cursor{}, ErrBadCursor
	}
	c := Cursor{Key: Key(binary.BigEndian.Uint64(body)), Log: Log(body[8:])}
	if _, ok := c.Log.Info(); !ok && c.Log != "" {
		return Cursor{}, ErrBadCursor
	}
	if c.String() != s { // even a strict decoder skips line ends
		return Cursor{}, ErrBadCursor
	}
	return c, nil
}
