package sqlite

import (
	"fmt"
	"slices"
)

// A copy that a record of another kind tells (store.Kind.Tells) is of no log by itself: its record does not say in which log the
// sign-in stands. It goes to the row with its ID, in whatever log of its kind that is, else to the log that it names. A row that
// has such copies alone is a told row. The table told names them all. The first copy of another source, whatever its log, takes a
// told row's copies into its own history, and the told row goes away.
//
// An import of other sources pays for this only while there are told rows in other logs: then each ID that its own log does not
// have is looked for among these, by the filters of ids.

// toldIn says that the transaction sees told rows in a log.
func (w *writing) toldIn(t *table) (bool, error) {
	if has, known := w.told[t]; known {
		return has, nil
	}
	s, err := w.statement("SELECT EXISTS (SELECT 1 FROM told WHERE log = ?)")
	if err != nil {
		return false, err
	}
	var has bool
	if err := s.QueryRowContext(w.ctx, t.number).Scan(&has); err != nil {
		return false, fmt.Errorf("look for told rows: %w", err)
	}
	w.noteToldIn(t, has)
	return has, nil
}

func (w *writing) noteToldIn(t *table, has bool) {
	if w.told == nil {
		w.told = map[*table]bool{}
	}
	w.told[t] = has
}

// isTold says that a row is a told one.
func (w *writing) isTold(t *table, k rowKey) (is bool, err error) {
	if any, err := w.toldIn(t); !any || err != nil {
		return false, err
	}
	s, err := w.statement("SELECT EXISTS (SELECT 1 FROM told WHERE log = ? AND k = ?)")
	if err != nil {
		return false, err
	}
	err = s.QueryRowContext(w.ctx, t.number, int64(k)).Scan(&is)
	return is, err
}

// noteTold notes that the row at a key is a told one.
func (w *writing) noteTold(t *table, k rowKey) error {
	w.noteToldIn(t, true)
	if err := w.exec("INSERT INTO told (log, k) VALUES (?, ?) ON CONFLICT DO NOTHING", t.number, int64(k)); err != nil {
		return fmt.Errorf("note a told row: %w", err)
	}
	return nil
}

// forgetTold is for a row that is taken away.
func (w *writing) forgetTold(t *table, k rowKey) error {
	if any, err := w.toldIn(t); !any || err != nil {
		return err
	}
	if err := w.exec("DELETE FROM told WHERE log = ? AND k = ?", t.number, int64(k)); err != nil {
		return fmt.Errorf("forget a told row: %w", err)
	}
	return nil
}

// homeOf finds the row that a told copy belongs to, and makes the copy one of that log: a row with its ID that is no other
// owner's, in its own log first. Where there is none it stays as it is.
func (w *writing) homeOf(r *preparedRow) error {
	own := r.table
	for _, t := range slices.Concat([]*table{own}, own.siblings) {
		r.table = t
		k, found, err := w.find(r)
		if err != nil {
			return err
		}
		if !found {
			continue
		}
		if conflict, err := w.conflicts(r, k); !conflict || err != nil {
			return err
		}
	}
	r.table = own
	return nil
}

// takeTold gives record i of the batch, whose ID its log does not have, the copies of a told row with that ID in another log.
// The told row goes away. taken is false where there is no such row.
func (w *writing) takeTold(i int) (taken bool, err error) {
	r := &w.batch.rows[i]
	own := r.table
	for _, t := range own.siblings {
		if any, err := w.toldIn(t); err != nil {
			return false, err
		} else if !any {
			continue
		}
		k, is, err := w.findTold(r, t)
		if err != nil {
			return false, err
		}
		if !is {
			continue
		}
		refs, err := versionRefs(w.ctx, w.tx, t, k)
		if err != nil {
			return false, err
		}
		delete(w.seen, batchID{t, r.id})
		moved, err := w.rebuildIn(own, t, k, r.id, append(refs, versionRef{doc: w.refOf(i), hash: r.hash}))
		w.seen[batchID{own, r.id}] = moved
		return err == nil, err
	}
	return false, nil
}

// findTold looks in another log for a told row with the record's ID that is no other owner's.
func (w *writing) findTold(r *preparedRow, t *table) (k rowKey, is bool, err error) {
	there := *r
	there.table = t
	k, found, err := w.find(&there)
	if !found || err != nil {
		return 0, false, err
	}
	if is, err = w.isTold(t, k); !is || err != nil {
		return 0, false, err
	}
	conflict, err := w.conflicts(&there, k)
	return k, !conflict, err
}
