package sqlite

import (
	"time"

	"signpost/store"
)

// rowKey is a store.Key as the engine keeps it: microseconds since 2015 (UTC) shifted left by 12, and a tie-breaker below.
// 4,096 rows of one log may share a microsecond: Graph's whole seconds put hundreds of rows on one instant. Further ones stand at
// the microseconds behind it.
type rowKey int64

// keyTies bounds the rows of one log whose keys have one microsecond.
const keyTies = 1 << 12

var keyEpoch = time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)

// keyAt gives the lowest key at t; ok is false where t is out of a key's span, which is store.AllTime.
func keyAt(t time.Time) (k rowKey, ok bool) {
	if !store.InReach(t) {
		return 0, false
	}
	// UnixMicro rounds down on both sides of 1970. Microseconds of a Duration rounds towards zero, and would give
	// a moment before
	return rowKey(t.UnixMicro()-keyEpoch.UnixMicro()) << 12, true
}

// clampedKeyAt is keyAt for the edges of a range: a time out of the span gives the nearest key.
func clampedKeyAt(t time.Time) rowKey {
	all := store.AllTime()
	if t.Before(all.From) {
		t = all.From
	}
	if t.After(all.To) {
		t = all.To
	}
	k, _ := keyAt(t)
	return k
}

// keysOf gives the first key inside and the first key outside a range.
func keysOf(r store.Range) (from, to rowKey) { return clampedKeyAt(r.From), clampedKeyAt(r.To) }

// Time gives the instant of the key.
func (k rowKey) Time() time.Time {
	return keyEpoch.Add(time.Duration(k>>12) * time.Microsecond)
}

// isLater says that the key is of a later instant. Keys of one instant differ without saying which came first.
func (k rowKey) isLater(other rowKey) bool { return k>>12 > other>>12 }

// String is that of the key as everybody else knows it.
func (k rowKey) String() string { return k.outside().String() }

// outside gives the key as everybody else knows it.
func (k rowKey) outside() store.Key { return store.NewKey(k.Time(), uint64(k&(keyTies-1))) }

// cursor gives the place of a row in a list of one log.
func (k rowKey) cursor() *store.Cursor { return &store.Cursor{Key: k.outside()} }

// endAt gives the first key that is not below a place: what is older than the place ends before it. No row has a tie of 4,096
// or more, but places may.
func endAt(k store.Key) rowKey { return edgeAt(k, rowKey(min(k.Tie(), keyTies))) }

// startBehind gives the first key above a place: what is newer than the place starts with it.
func startBehind(k store.Key) rowKey { return edgeAt(k, rowKey(min(k.Tie(), keyTies-1))+1) }

// edgeAt gives the key with a tie at the instant of a place, or the nearest edge of all keys.
func edgeAt(k store.Key, tie rowKey) rowKey {
	at, all := k.Time(), store.AllTime()
	switch nearest := clampedKeyAt(at); {
	case at.Before(all.From):
		return nearest
	case at.After(all.To):
		return nearest + keyTies
	default:
		return nearest + tie
	}
}

// keyOf gives the key of a row that may stand at a place; ok is false for a place without rows.
func keyOf(k store.Key) (own rowKey, ok bool) {
	own, ok = keyAt(k.Time())
	return own + rowKey(k.Tie()&(keyTies-1)), ok && k.Tie() < keyTies
}
