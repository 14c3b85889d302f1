package sqlite

import (
	"errors"
	"fmt"
	"math/bits"
)

// The rows of a log that share a microsecond have the same keyTies keys to stand at. A row takes the key that its id
// wants, or the next free one; behind the last key comes the first. Of an instant that is full a row goes on to the next one. The
// rule never changes: keys are stored, and they are the order of the rows.

// instant is one microsecond of a log, by the lowest of its keys.
type instant struct {
	table *table
	base  rowKey
}

func instantOf(t *table, k rowKey) instant { return instant{t, k &^ (keyTies - 1)} }

// takenKeys has a bit for each key of an instant: 1 where a row stands.
type takenKeys [keyTies / 64]uint64

func (t *takenKeys) take(tie int64) { t[tie/64] |= 1 << (tie % 64) }

func (t *takenKeys) release(tie int64) { t[tie/64] &^= 1 << (tie % 64) }

// free gives the first free key from a wanted one on; ok is false where there is none.
func (t *takenKeys) free(wanted int64) (tie int64, ok bool) {
	first := int(wanted / 64)
	behind := ^uint64(0) << (wanted % 64) // the keys of the first word from the wanted one on
	for i := range len(t) + 1 {
		at := (first + i) % len(t)
		open := ^t[at]
		switch i {
		case 0:
			open &= behind
		case len(t): // the first word again
			open &^= behind
		}
		if open != 0 {
			return int64(64*at + bits.TrailingZeros64(open)), true
		}
	}
	return 0, false
}

// triedKeys is how many keys of an instant are tried one by one. Few instants hold so many rows that all of them are taken.
const triedKeys = 4

// place inserts a row at the first free key of its instant and gives the key. insertAt says whether the key was free.
// Where the first keys are taken, all taken keys of the instant are read, once in a transaction. Where all are taken, the row
// stands at a later instant: bulk operations of Microsoft 365 put thousands of records on one second. The row notes how much
// later that is, and its time stays what it is.
func (w *writing) place(r *preparedRow, insertAt func(k rowKey) (bool, error)) (rowKey, error) {
	own, wanted := instant{r.table, r.base}, r.id.tie()
	at := own
	if later, ok := w.open[own]; ok {
		at.base = later
	}
	for ; ; at.base += keyTies {
		taken := w.taken[at]
		for try := int64(0); taken == nil && try < triedKeys; try++ {
			k := at.base + rowKey((wanted+try)%keyTies)
			if inserted, err := insertAt(k); inserted || err != nil {
				return k, err
			}
		}
		if taken == nil {
			var err error
			if taken, err = w.readTaken(at); err != nil {
				return 0, err
			}
		}
		tie, ok := taken.free(wanted)
		if !ok {
			continue
		}
		if at != own {
			if w.open == nil {
				w.open = map[instant]rowKey{}
			}
			w.open[own] = at.base
		}
		k := at.base + rowKey(tie)
		inserted, err := insertAt(k)
		if err == nil && !inserted {
			err = errors.New("a key that was free is taken")
		}
		taken.take(tie)
		return k, err
	}
}

// readTaken reads which keys of an instant are taken, and keeps that up to date until the transaction ends.
func (w *writing) readTaken(at instant) (*takenKeys, error) {
	s, err := w.statement("SELECT k FROM " + at.table.name + " WHERE k >= ? AND k < ?")
	if err != nil {
		return nil, err
	}
	w.instantsRead++
	rows, err := s.QueryContext(w.ctx, int64(at.base), int64(at.base)+keyTies)
	if err != nil {
		return nil, fmt.Errorf("read the keys of an instant: %w", err)
	}
	defer rows.Close()
	taken := &takenKeys{}
	for rows.Next() {
		var k rowKey
		if err := rows.Scan(&k); err != nil {
			return nil, err
		}
		taken.take(int64(k - at.base))
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read the keys of an instant: %w", err)
	}
	if w.taken == nil {
		w.taken = map[instant]*takenKeys{}
	}
	w.taken[at] = taken
	return taken, nil
}

// releaseKey notes that the row at a key was taken away.
func (w *writing) releaseKey(t *table, k rowKey) {
	at := instantOf(t, k)
	clear(w.open)
	if taken := w.taken[at]; taken != nil {
		taken.release(int64(k - at.base))
	}
}
