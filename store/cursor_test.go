package store

import (
	"cmp"
	"errors"
	"math"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestKeyHasItsTime(t *testing.T) {
	for _, tt := range []struct {
		at, want time.Time
	}{
		{time.Date(2026, 11, 23, 14, 5, 9, 123456000, time.UTC), time.Date(2026, 11, 23, 14, 5, 9, 123456000, time.UTC)},
		{time.Date(2026, 11, 23, 14, 5, 9, 123456789, time.UTC), time.Date(2026, 11, 23, 14, 5, 9, 123456000, time.UTC)},
		{time.Date(2014, 12, 31, 23, 59, 59, 999999900, time.UTC), time.Date(2014, 12, 31, 23, 59, 59, 999999000, time.UTC)},
		{time.Date(1969, 7, 20, 20, 17, 40, 500, time.UTC), time.Date(1969, 7, 20, 20, 17, 40, 0, time.UTC)},
		{time.Date(2026, 11, 23, 15, 5, 9, 0, time.FixedZone("east", 3600)), time.Date(2026, 11, 23, 14, 5, 9, 0, time.UTC)},
		{reachFrom, reachFrom},
		{reachTo, reachTo},
	} {
		for _, tie := range []uint64{0, 4095, 4096, math.MaxUint64} {
			k := NewKey(tt.at, tie)
			if !k.Time().Equal(tt.want) || k.Time().Location() != time.UTC || k.Tie() != tie {
				t.Errorf("the key of %v and %d is at %v with %d; want %v in UTC", tt.at, tie, k.Time(), k.Tie(), tt.want)
			}
		}
	}
}

// Keys stand in the order of time, then of their ties, and each has a place right above and right below it.
func TestKeysOrderByTime(t *testing.T) {
	var keys []Key
	for _, micros := range []time.Duration{-1, 0, 1} {
		for _, tie := range []uint64{0, 1, 4095, 4096, math.MaxUint64 - 1, math.MaxUint64} {
			keys = append(keys, NewKey(testNow.Add(micros*time.Microsecond), tie))
		}
	}
	for i, k := range keys {
		for j, other := range keys {
			if got := k.Compare(other); got != cmp.Compare(i, j) || k.Before(other) != (i < j) || k.After(other) != (i > j) {
				t.Errorf("%s compared with %s is %d", k, other, got)
			}
		}
		next, prev := k.Next(), k.Prev()
		if next.Prev() != k || prev.Next() != k || !next.After(k) || !prev.Before(k) {
			t.Errorf("%s stands between %s and %s", k, prev, next)
		}
		if i > 0 && keys[i-1].After(prev) || i+1 < len(keys) && keys[i+1].Before(next) {
			t.Errorf("a key stands between %s and its neighbours %s and %s", k, prev, next)
		}
	}
}

func TestParseKey(t *testing.T) {
	keys := []Key{{}, NewKey(testNow, 0), NewKey(testNow, 4095), NewKey(testNow, 4096), NewKey(testNow, math.MaxUint64), {math.MaxInt64, 7}, {math.MinInt64, 0}}
	for _, n := range []int64{0, 1, -1, 35, 36, 1 << 40, math.MaxInt64, math.MinInt64} {
		if got := keyOfShort(n).String(); got != strconv.FormatInt(n, 36) {
			t.Errorf("the key of %d is written %q", n, got)
		}
		keys = append(keys, keyOfShort(n))
	}
	for _, k := range keys {
		if got, err := ParseKey(k.String()); got != k || err != nil {
			t.Errorf("ParseKey(%q) = %+v, %v; want %+v", k.String(), got, err, k)
		}
	}
	for _, text := range []string{"", "-", "+5", "-0", "00", "Z", "a b", "1_0", "1_", "_1", "1_2_3", "1_-1", "1_2s0_", "é", "zzzzzzzzzzzzzzzz"} {
		if got, err := ParseKey(text); !errors.Is(err, ErrBadCursor) {
			t.Errorf("ParseKey(%q) = %+v, %v; want ErrBadCursor", text, got, err)
		}
	}
}

// The links of the first version of the program still lead to the same places.
func TestOldLinksAreRead(t *testing.T) {
	if k, err := ParseKey("16"); err != nil || k != (Key{keyEpoch, 42}) {
		t.Errorf("a row of a link: %+v, %v", k, err)
	}
	for text, want := range map[string]Cursor{
		"AAAAAAAAACq-mRa_":                {Key: Key{keyEpoch, 42}},
		"FVZi0k0YAAdpbnRlcmFjdGl2ZZ4R1mc": {Key: Key{1_795_442_709_123_456, 7}, Log: Interactive},
	} {
		if got, err := ParseCursor(text); err != nil || got != want {
			t.Errorf("ParseCursor(%q) = %+v, %v; want %+v", text, got, err, want)
		}
	}
}

// testCursors are cursors of one log and of several.
func testCursors() []Cursor {
	cursors := []Cursor{
		{},
		{Key: KeyAt(testNow)},
		{Key: NewKey(testNow, 4095)},
		{Key: keyOfShort(-1)},
		{Key: keyOfShort(math.MaxInt64)},
		{Key: keyOfShort(math.MinInt64)},
		{Key: NewKey(testNow, 4096)},
		{Key: Key{math.MinInt64, math.MaxUint64}},
	}
	for _, info := range SignIns.Logs {
		cursors = append(cursors, Cursor{Key: NewKey(testNow, 7), Log: info.Log}, Cursor{Key: NewKey(testNow, 1<<60), Log: info.Log})
	}
	return cursors
}

func TestCursorRoundTrip(t *testing.T) {
	for _, c := range testCursors() {
		if got, err := ParseCursor(c.String()); got != c || err != nil {
			t.Errorf("ParseCursor(%q) = %+v, %v; want %+v", c.String(), got, err, c)
		}
	}
	row := Row{Key: NewKey(testNow, 42)}
	if got := *row.Cursor(); got != (Cursor{Key: row.Key}) {
		t.Errorf("the row's cursor is %+v", got)
	}
}

// TestCursorCorrupted changes, removes and inserts every single character.
func TestCursorCorrupted(t *testing.T) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/= \n\r%\x00"
	reject := func(text, of string) {
		if c, err := ParseCursor(text); !errors.Is(err, ErrBadCursor) || c != (Cursor{}) {
			t.Errorf("ParseCursor(%q), made of %q, = %+v, %v; want ErrBadCursor", text, of, c, err)
		}
	}
	for _, c := range testCursors() {
		good := c.String()
		for i := range len(good) {
			reject(good[:i]+good[i+1:], good)
			for _, other := range alphabet {
				if byte(other) != good[i] {
					reject(good[:i]+string(other)+good[i+1:], good)
				}
				reject(good[:i]+string(other)+good[i:], good)
			}
		}
		reject(good+"A", good)
		reject(good+"\n", good)
		reject(good+good, good)
	}
}

func TestCursorNeverGivenOut(t *testing.T) {
	for _, text := range []string{"", "1", "0", "abc", "AAAAAAAAAAAAAAAA", strings.Repeat("A", 5000)} {
		if got, err := ParseCursor(text); !errors.Is(err, ErrBadCursor) {
			t.Errorf("ParseCursor(%q) = %+v, %v; want ErrBadCursor", text, got, err)
		}
	}
	unknownLog := Cursor{Key: KeyAt(testNow), Log: "moon"}
	if _, bad := SignIns.ParseQuery(url.Values{"after": {unknownLog.String()}}, testNow); len(bad) != 1 || bad[0].Param != "after" {
		t.Errorf("an address behind a place in a log that there is not: %v", bad)
	}
}

func FuzzParseCursor(f *testing.F) {
	for _, c := range testCursors() {
		f.Add(c.String())
	}
	f.Add("")
	f.Add("AAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseCursor(text)
		if err != nil {
			if !errors.Is(err, ErrBadCursor) {
				t.Errorf("ParseCursor(%q) fails with %v, want ErrBadCursor", text, err)
			}
			return
		}
		if got := c.String(); got != text {
			t.Errorf("ParseCursor(%q) is written %q", text, got)
		}
	})
}
