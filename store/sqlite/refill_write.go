package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"signpost/store"
)

// write writes the rows that came out otherwise, and how far they were made.
func (r *refilling) write(ctx context.Context) error {
	db := r.db
	db.committing.Lock()
	defer db.committing.Unlock()
	tx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	var below sql.NullInt64
	err = tx.QueryRowContext(ctx, "SELECT below FROM derivations WHERE log = ?", r.table.number).Scan(&below)
	if err != nil || !below.Valid || rowKey(below.Int64) != r.below {
		return err // somebody else was quicker
	}
	w := db.newWriting(ctx, tx, r.batch)
	w.firstBlock = noBlock
	if err := db.words.refresh(ctx, tx); err != nil {
		return err
	}
	if err := w.codeWords(); err != nil {
		return err
	}
	updated, err := r.writeRows(w)
	if err != nil {
		return err
	}
	if err := w.foldLines(); err != nil {
		return fmt.Errorf("fold events into lines: %w", err)
	}
	w.changed[r.table] = append(w.changed[r.table], updated...) // their lines are as they were
	below = sql.NullInt64{}
	if !r.end {
		below = sql.NullInt64{Int64: int64(r.rows[len(r.rows)-1].k), Valid: true}
	}
	if err := db.noteFilled(ctx, tx, r.table, below); err != nil {
		return err
	}
	changed := len(w.changed[r.table])
	if err := w.noteChanges(); err != nil {
		return err
	}
	if err := db.commit(ctx, w); err != nil {
		return err
	}
	if r.end {
		db.log.Info("all older records were read again", "log", r.table.log)
	}
	db.countUnsealed(changed)
	return nil
}

// noBlock is the number of the first block of a batch without records.
const noBlock = 1 << 57

// writeRows writes the rows that came out otherwise. It gives the keys of those that were changed in their place.
func (r *refilling) writeRows(w *writing) (updated []rowKey, err error) {
	for i := range r.rows {
		row := &r.rows[i]
		if row.trouble != nil {
			continue
		}
		w.codeValues(row.made.table.kind, row.made.values)
		switch same := row.isSame(w); {
		case !row.staysInPlace():
			err = r.replace(w, row)
		case same && row.verdict == unsummed:
			err = w.resum(row)
		case !same, row.verdict == damaged:
			var is bool
			if is, err = w.update(row); is {
				updated = append(updated, row.k)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	return updated, nil
}

// isSame says that the row came out as it stands.
func (row *refillRow) isSame(w *writing) bool {
	a, b := &row.stored, &row.made
	same := func(a, b *preparedList) bool { return bytes.Equal(a.coded(w.codes), b.coded(w.codes)) }
	return row.newest.doc == row.doc && a.hash == b.hash && a.ingested == b.ingested && a.undated == b.undated && slices.Equal(a.values, b.values) &&
		slices.EqualFunc(a.lists, b.lists, same) && slices.EqualFunc(a.long, b.long, bytes.Equal)
}

// placing are the properties of sign-ins that say into which line an event is folded, or by which the last sign-ins of entities are kept.
var placing = [...]*store.Property{
	store.UserID, store.AppID, store.ResourceID, store.ErrorCode, store.MFASet,
	store.ServicePrincipalID, store.UserPrincipalName, store.UserDisplayName, store.AppDisplayName, store.ServicePrincipalName,
}

// staysInPlace says that the row keeps its key, its look-ups and its place among the events of its line.
func (row *refillRow) staysInPlace() bool {
	a, b := &row.stored, &row.made
	if row.rehashed || a.base != b.base || a.status != b.status || a.undated != b.undated {
		return false
	}
	for i := range a.blobs {
		if !slices.Equal(a.blobs[i], b.blobs[i]) {
			return false
		}
	}
	for _, p := range placing {
		if c := a.table.kind.byProp[p]; c != nil && a.values[c.index] != b.values[c.index] {
			return false
		}
	}
	return true
}

// update writes the row in its place. It is false where the row is no longer the one that was read: whoever changed it used
// today's rules.
func (w *writing) update(row *refillRow) (bool, error) {
	s, err := w.statement("UPDATE " + row.stored.table.name + " SET doc = ?, hash = ?, ingested = ?, fields = ? WHERE k = ? AND id = ? AND doc = ? AND versions = ?")
	if err != nil {
		return false, err
	}
	w.fields = row.made.table.kind.appendFields(w.fields[:0], row.made.values, w.codeLists(&row.made))
	w.fields = row.cells().seal(w.fields)
	result, err := s.ExecContext(w.ctx, int64(row.newest.doc), row.newest.hash, nullable(row.made.ingested), w.fields,
		int64(row.k), row.stored.id[:], int64(row.doc), row.versions)
	if err != nil {
		return false, fmt.Errorf("update a sign-in: %w", err)
	}
	n, err := result.RowsAffected()
	if t := row.stored.table; n > 0 && t.isSeenOtherwise(row.stored.values, row.made.values) {
		w.loseValues(t, row.k, row.stored.status, row.stored.values)
		w.gain(t, row.k, row.stored.status, row.made.values)
	}
	return n > 0, err
}

// cells gives the row as it is written in its place.
func (row *refillRow) cells() *rowCells {
	c := row.made.cells(int64(row.newest.doc), int64(row.versions))
	c.k, c.late = int64(row.k), int64((row.k-row.made.base)/keyTies)
	return &c
}

// resum gives a row that came out as it stands a sum. Its columns stay as they are, so no segment is touched.
func (w *writing) resum(row *refillRow) error {
	s, err := w.statement("UPDATE " + row.stored.table.name + " SET fields = ? WHERE k = ? AND id = ? AND doc = ? AND versions = ?")
	if err != nil {
		return err
	}
	w.fields = row.made.table.kind.appendFields(w.fields[:0], row.made.values, w.codeLists(&row.made))
	w.fields = row.cells().seal(w.fields)
	if _, err := s.ExecContext(w.ctx, w.fields, int64(row.k), row.stored.id[:], int64(row.doc), row.versions); err != nil {
		return fmt.Errorf("give a sign-in its sum: %w", err)
	}
	return nil
}

// replace makes the row as if its last copy had just come in, unless somebody else did meanwhile.
func (r *refilling) replace(w *writing, row *refillRow) error {
	var stands bool
	err := w.tx.QueryRowContext(w.ctx, "SELECT EXISTS (SELECT 1 FROM "+r.table.name+" WHERE k = ? AND id = ? AND doc = ? AND versions = ?)",
		int64(row.k), row.stored.id[:], int64(row.doc), row.versions).Scan(&stands)
	if err != nil || !stands {
		return err
	}
	_, err = w.rebuild(r.table, row.k, row.stored.id, row.refs)
	return err
}
