package store

import (
	"cmp"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestKeyAt(t *testing.T) {
	for _, tt := range []struct {
		at, want time.Time
	}{
		{keyEpoch, keyEpoch},
		{time.Date(2026, 11, 23, 14, 5, 9, 123456000, time.UTC), time.Date(2026, 11, 23, 14, 5, 9, 123456000, time.UTC)},
		{time.Date(2026, 11, 23, 14, 5, 9, 123456789, time.UTC), time.Date(2026, 11, 23, 14, 5, 9, 123456000, time.UTC)},
		{time.Date(2014, 12, 31, 23, 59, 59, 999999900, time.UTC), time.Date(2014, 12, 31, 23, 59, 59, 999999000, time.UTC)},
		{time.Date(1969, 7, 20, 20, 17, 40, 500, time.UTC), time.Date(1969, 7, 20, 20, 17, 40, 0, time.UTC)},
		{time.Date(2026, 11, 23, 15, 5, 9, 0, time.FixedZone("east", 3600)), time.Date(2026, 11, 23, 14, 5, 9, 0, time.UTC)},
		{keyFrom, keyFrom},
		{keyTo, keyTo},
	} {
		k, ok := KeyAt(tt.at)
		if !ok || !k.Time().Equal(tt.want) || k.Time().Location() != time.UTC {
			t.Errorf("KeyAt(%v).Time() = %v, %v; want %v in UTC", tt.at, k.Time(), ok, tt.want)
		}
		if k%KeyTies != 0 {
			t.Errorf("KeyAt(%v) = %d, want the lowest key of its microsecond", tt.at, k)
		}
		if last := k + KeyTies - 1; !last.Time().Equal(tt.want) {
			t.Errorf("the last key at %v is at %v", tt.at, last.Time())
		}
		if got := ClampedKeyAt(tt.at); got != k {
			t.Errorf("ClampedKeyAt(%v) = %d, want %d", tt.at, got, k)
		}
	}
}

func TestKeyAtOutOfReach(t *testing.T) {
	first, _ := KeyAt(keyFrom)
	last, _ := KeyAt(keyTo)
	for _, tt := range []struct {
		at      time.Time
		clamped Key
	}{
		{keyFrom.Add(-1), first},
		{time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC), first},
		{time.Time{}, first},
		{keyTo.Add(1), last},
		{time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), last},
	} {
		if k, ok := KeyAt(tt.at); ok {
			t.Errorf("KeyAt(%v) = %d, want none", tt.at, k)
		}
		if got := ClampedKeyAt(tt.at); got != tt.clamped {
			t.Errorf("ClampedKeyAt(%v) = %d, want %d", tt.at, got, tt.clamped)
		}
	}
	if last <= 0 || last > math.MaxInt64-KeyTies {
		t.Errorf("the last key %d leaves no room for its ties", last)
	}
}

func TestKeysOrderByTime(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	span := keyTo.Sub(keyFrom)
	times := []time.Time{keyEpoch.Add(-1), keyEpoch, keyEpoch.Add(1), keyEpoch.Add(-time.Microsecond), keyFrom, keyTo}
	for range 500 {
		times = append(times, keyFrom.Add(time.Duration(random.Int64N(int64(span)))))
	}
	slices.SortFunc(times, time.Time.Compare)
	keys := make([]Key, len(times))
	for i, at := range times {
		k, ok := KeyAt(at)
		if !ok || k.Time().After(at) || at.Sub(k.Time()) >= time.Microsecond {
			t.Fatalf("KeyAt(%v) is at %v, %v", at, k.Time(), ok)
		}
		keys[i] = k
	}
	if !slices.IsSortedFunc(keys, cmp.Compare[Key]) {
		t.Error("keys do not stand in the order of their times")
	}
}

func TestParseKey(t *testing.T) {
	for _, k := range []Key{0, 1, -1, 35, 36, 1 << 40, math.MaxInt64, math.MinInt64} {
		if got, err := ParseKey(k.String()); got != k || err != nil {
			t.Errorf("ParseKey(%q) = %d, %v; want %d", k.String(), got, err, k)
		}
	}
	for _, text := range []string{"", "-", "+5", "-0", "00", "Z", "a b", "1_0", "é", "zzzzzzzzzzzzzzzz"} {
		if got, err := ParseKey(text); !errors.Is(err, ErrBadCursor) {
			t.Errorf("ParseKey(%q) = %d, %v; want ErrBadCursor", text, got, err)
		}
	}
}

// testCursors are cursors of one log and of several.
func testCursors() []Cursor {
	at, _ := KeyAt(testNow)
	cursors := []Cursor{{}, {Key: at}, {Key: at + 4095}, {Key: -1}, {Key: math.MaxInt64}, {Key: math.MinInt64}}
	for _, info := range Logs() {
		cursors = append(cursors, Cursor{Key: at + 7, Log: info.Log})
	}
	return cursors
}

func TestCursorRoundTrip(t *testing.T) {
	for _, c := range testCursors() {
		if got, err := ParseCursor(c.String()); got != c || err != nil {
			t.Errorf("ParseCursor(%q) = %+v, %v; want %+v", c.String(), got, err, c)
		}
	}
	row := Row{Key: 42}
	if got := *row.Cursor(); got != (Cursor{Key: 42}) {
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
	unknownLog := Cursor{Key: 1, Log: "audit"}
	for _, text := range []string{"", "1", "0", "abc", "AAAAAAAAAAAAAAAA", strings.Repeat("A", 5000), unknownLog.String()} {
		if got, err := ParseCursor(text); !errors.Is(err, ErrBadCursor) {
			t.Errorf("ParseCursor(%q) = %+v, %v; want ErrBadCursor", text, got, err)
		}
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
