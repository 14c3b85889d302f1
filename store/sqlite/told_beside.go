package sqlite

import (
	"bytes"
	"fmt"
)

// Most told copies belong to sign-ins that another source brought before, and tell nothing new. Such a copy becomes one of the row's
// versions, and the row stays as it is. Reading the other copy and merging both took most of the time of such an import.

// besideRow is a row with one copy. A told copy becomes its second one, and the row stays as it is.
type besideRow struct {
	table  *table
	k      rowKey
	copy   versionRef
	fields []byte // the row's, sealed for two copies
}

// besideOf gives the row at k where the told copy r changes nothing of it; nil where it may change something.
func (w *writing) besideOf(t *table, k rowKey, r *preparedRow) (*besideRow, error) {
	if told, _, err := w.holdsTold(t, k); told || err != nil {
		return nil, err
	}
	for _, list := range r.lists {
		if list != nil && len(list.codes) > 0 {
			return nil, nil
		}
	}
	rows, err := w.query("SELECT "+rowColumns+" FROM "+t.name+" WHERE k = ?", int64(k))
	if err != nil {
		return nil, fmt.Errorf("read the row of a told copy: %w", err)
	}
	defer rows.Close()
	if !rows.Next() {
		return nil, rows.Err()
	}
	if w.readers == nil {
		w.readers = map[*kindSchema]*rowReader{}
	}
	reader := w.readers[t.kind]
	if reader == nil {
		reader = newRowReader(t.kind)
		w.readers[t.kind] = reader
	}
	if err := reader.scan(rows); err != nil {
		return nil, nil // the reader of the row tells the damage
	}
	_, isDamaged := w.db.words.damagedIn(reader)
	if isDamaged || reader.judge(t) == damaged || reader.fixed.versions != 1 || reader.fixed.hash == r.hash {
		return nil, nil
	}
	known := reader.row(t.log)
	if int64(t.kind.of.StatusOf(known.Entry)) != reader.fixed.status || !t.kind.of.ToldChangesNothing(r.copy.Entry, known.Entry) {
		return nil, nil
	}
	cells := reader.cells(t)
	cells.versions = 2
	return &besideRow{
		table: t, k: k, copy: versionRef{doc: docRef(reader.fixed.doc), hash: reader.fixed.hash},
		fields: cells.seal(bytes.Clone(reader.fields)),
	}, nil
}

// stayBeside keeps record i as the second copy of a row. stands is false where the row has changed since besideOf looked at it.
func (w *writing) stayBeside(i int, row *besideRow) (stands bool, err error) {
	r := &w.batch.rows[i]
	s, err := w.statement("UPDATE " + row.table.name + " SET versions = 2, fields = ? WHERE k = ? AND id = ? AND doc = ? AND versions = 1")
	if err != nil {
		return false, err
	}
	result, err := s.ExecContext(w.ctx, row.fields, int64(row.k), r.id[:], int64(row.copy.doc))
	if err != nil {
		return false, fmt.Errorf("keep a told copy: %w", err)
	}
	if n, err := result.RowsAffected(); n == 0 || err != nil {
		return false, err
	}
	for _, ref := range []versionRef{row.copy, {doc: w.refOf(i), hash: r.hash}} {
		if err := w.keepVersion(row.table, row.k, ref); err != nil {
			return false, err
		}
	}
	return true, w.noteTold(row.table, row.k, false)
}
