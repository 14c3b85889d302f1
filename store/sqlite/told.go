package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"signpost/store"
)

// A copy that a record of another kind tells (store.Kind.Tells) is of no log by itself: its record does not say in which log the
// sign-in stands. It goes to the first log of its kind that has its ID from a source of that kind, else to the log that it names.
// A row that has such copies alone is a told row. The first copy of another source, whatever its log, takes a told row's copies into
// its own history, and the told row goes away. Where several logs have the ID, the copies are with the first of these, so the order of
// imports does not count. The table told names the rows that have such copies.
//
// An import of other sources pays for this only while other logs have such rows: then each ID that its own log does not have is
// looked for among these, by the filters of ids.

// toldIn says that the transaction sees rows with told copies in a log.
func (w *writing) toldIn(t *table) (bool, error) {
	if has, known := w.told[t]; known {
		return has, nil
	}
	var has bool
	if err := w.queryRow("SELECT EXISTS (SELECT 1 FROM told WHERE log = ?)", t.number).Scan(&has); err != nil {
		return false, fmt.Errorf("look for told copies: %w", err)
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

// holdsTold says whether a row has told copies, and whether it has no others.
func (w *writing) holdsTold(t *table, k rowKey) (holds, alone bool, err error) {
	if any, err := w.toldIn(t); !any || err != nil {
		return false, false, err
	}
	err = w.queryRow("SELECT alone FROM told WHERE log = ? AND k = ?", t.number, int64(k)).Scan(&alone)
	if errors.Is(err, sql.ErrNoRows) {
		return false, false, nil
	}
	return err == nil, alone, err
}

// noteTold notes that the row at a key has told copies, and whether it has no others.
func (w *writing) noteTold(t *table, k rowKey, alone bool) error {
	w.noteToldIn(t, true)
	if err := w.exec("INSERT INTO told (log, k, alone) VALUES (?, ?, ?) ON CONFLICT (log, k) DO UPDATE SET alone = excluded.alone", t.number, int64(k), alone); err != nil {
		return fmt.Errorf("note told copies: %w", err)
	}
	return nil
}

// forgetTold is for a row that is taken away.
func (w *writing) forgetTold(t *table, k rowKey) error {
	if any, err := w.toldIn(t); !any || err != nil {
		return err
	}
	if err := w.exec("DELETE FROM told WHERE log = ? AND k = ?", t.number, int64(k)); err != nil {
		return fmt.Errorf("forget told copies: %w", err)
	}
	return nil
}

// homeOf finds the log that a told copy goes to: the first that has its ID, for the same owner. Where none has, the copy stays in the log
// that it names, which is the first of its kind.
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

// takeTold is for record i of the batch where its log does not have its ID. It looks for told copies of that ID in other logs, and gives
// them to the record. A told row goes away then; a row of a later log keeps its other copies. taken is false where there are none.
func (w *writing) takeTold(i int) (kind store.OutcomeKind, taken bool, err error) {
	r := &w.batch.rows[i]
	for _, t := range r.table.siblings {
		if any, err := w.toldIn(t); err != nil {
			return kind, false, err
		} else if !any {
			continue
		}
		k, alone, found, err := w.findTold(r, t)
		if err != nil {
			return kind, false, err
		}
		if !found || !alone && t.place < r.table.place {
			continue
		}
		refs, err := w.versionRefs(t, k)
		if err != nil {
			return kind, false, err
		}
		own := versionRef{doc: w.refOf(i), hash: r.hash}
		if !alone {
			taken, err := w.splitTold(r, t, k, refs, own)
			return store.OutcomeNew, taken, err
		}
		delete(w.seen, batchID{t, r.id})
		moved, err := w.rebuildIn(r.table, t, k, r.id, append(refs, own))
		w.seen[batchID{r.table, r.id}] = moved
		return store.OutcomeUpdated, err == nil, err
	}
	return kind, false, nil
}

// splitTold takes the told copies out of a row in another log, and makes a new row of them and the record. The other copies stay. Where
// none of these can be read, the row stays as it is, and taken is false.
func (w *writing) splitTold(r *preparedRow, t *table, k rowKey, refs []versionRef, own versionRef) (taken bool, err error) {
	versions, refs, _, err := w.readVersions(t, r.id, refs)
	if err != nil {
		return false, err
	}
	told := map[int64]bool{} // by their hashes
	for i := range versions {
		told[hashDoc(versions[i].Doc)] = versions[i].Entry.Head().ToldBy != ""
	}
	moving, staying := []versionRef{own}, []versionRef(nil)
	for _, ref := range refs {
		if told[ref.hash] {
			moving = append(moving, ref)
		} else {
			staying = append(staying, ref)
		}
	}
	if len(staying) == 0 {
		return false, nil
	}
	stays, err := w.rebuild(t, k, r.id, staying)
	if err != nil {
		return false, err
	}
	moved, err := w.rebuildIn(r.table, nil, 0, r.id, moving)
	w.seen[batchID{t, r.id}], w.seen[batchID{r.table, r.id}] = stays, moved
	return err == nil, err
}

// findTold looks in another log for a row with told copies and the record's ID that is no other owner's.
func (w *writing) findTold(r *preparedRow, t *table) (k rowKey, alone, found bool, err error) {
	there := *r
	there.table = t
	if k, found, err = w.find(&there); !found || err != nil {
		return 0, false, false, err
	}
	if found, alone, err = w.holdsTold(t, k); !found || err != nil {
		return 0, false, false, err
	}
	conflict, err := w.conflicts(&there, k)
	return k, alone, !conflict, err
}
