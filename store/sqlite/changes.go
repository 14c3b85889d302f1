package sqlite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// A commit notes the keys of the rows it wrote, changed or took away. Whoever keeps columns of them in memory reads the
// notes: this process, another process, and the next start after a crash. What is sealed into segments is taken from the
// notes.

// noteChanges notes what this transaction changed, and that it did.
func (w *writing) noteChanges() error {
	if err := w.noteSeen(); err != nil {
		return err
	}
	for _, t := range w.db.schema.ordered {
		if len(w.changed[t]) == 0 {
			continue
		}
		slices.Sort(w.changed[t])
		w.changed[t] = slices.Compact(w.changed[t])
		if err := w.exec("INSERT INTO changes (log, keys) VALUES (?, ?)", t.number, packKeys(w.changed[t])); err != nil {
			return fmt.Errorf("note what changed: %w", err)
		}
	}
	if err := w.exec("UPDATE revision SET n = n + 1"); err != nil {
		return fmt.Errorf("note that something changed: %w", err)
	}
	return nil
}

// packKeys writes ascending keys as their distances.
func packKeys(keys []rowKey) []byte {
	var b []byte
	var last rowKey
	for _, k := range keys {
		b = binary.AppendVarint(b, int64(k-last))
		last = k
	}
	return b
}

var errDamagedKeys = errors.New("a list of changed keys is damaged")

// unpackKeys appends the keys that packKeys wrote.
func unpackKeys(keys []rowKey, b []byte) ([]rowKey, error) {
	var last rowKey
	for len(b) > 0 {
		distance, n := binary.Varint(b)
		if n <= 0 {
			return nil, errDamagedKeys
		}
		last += rowKey(distance)
		keys = append(keys, last)
		b = b[n:]
	}
	return keys, nil
}
