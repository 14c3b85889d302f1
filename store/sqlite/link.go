package sqlite

import (
	"fmt"

	"signpost/store"
)

// writeIDTextSQL leaves a text as it stands, unless it was damaged.
const writeIDTextSQL = "INSERT INTO id_texts (id, text, folded) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE " +
	"SET text = excluded.text, folded = excluded.folded WHERE text IS NOT excluded.text OR folded IS NOT excluded.folded"

// link makes the row findable by its ids. What stands already is left by a row that was damaged.
func (w *writing) link(r *preparedRow, k rowKey) error {
	quarter := quarterOf(k)
	err := w.exec("INSERT INTO by_request (quarter, g, log, k) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", quarter, r.id.prefix(), r.table.number, int64(k))
	if id, ok := blobID(r.blobs[0]); ok && err == nil {
		err = w.exec("INSERT INTO by_correlation (quarter, g, log, k) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", quarter, id.prefix(), r.table.number, int64(k))
	}
	if id, ok := blobID(r.blobs[3]); ok && r.table.info.Folds && err == nil {
		err = w.exec("INSERT INTO by_original (quarter, g, k) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", quarter, id.prefix(), int64(k))
	}
	for _, t := range r.texts {
		if err == nil {
			err = w.exec(writeIDTextSQL, t.id[:], t.text, store.FoldCase(t.text))
		}
	}
	if err != nil {
		return fmt.Errorf("link a sign-in: %w", err)
	}
	return nil
}

// unlink takes a row and its look-ups away; its versions stay.
func (w *writing) unlink(t *table, k rowKey) error {
	var id, correlation, original, fields []byte
	var status store.Status
	err := w.queryRow("DELETE FROM "+t.name+" WHERE k = ? RETURNING id, correlation_id, original_request_id, derived_status, fields", int64(k)).
		Scan(&id, &correlation, &original, &status, &fields)
	if err == nil {
		err = w.lose(t, k, status, fields)
	}
	if err != nil {
		return fmt.Errorf("replace a sign-in: %w", err)
	}
	if err := w.forgetTold(t, k); err != nil {
		return err
	}
	w.releaseKey(t, k)
	w.changed[t] = append(w.changed[t], k)
	w.inserted[t] = nil // it may be one of them
	if t.info.Folds {
		if err := w.unfold(k); err != nil {
			return err
		}
	}
	quarter := quarterOf(k)
	request, _ := blobID(id)
	err = w.exec("DELETE FROM by_request WHERE quarter = ? AND g = ? AND log = ? AND k = ?", quarter, request.prefix(), t.number, int64(k))
	if c, ok := blobID(correlation); ok && err == nil {
		err = w.exec("DELETE FROM by_correlation WHERE quarter = ? AND g = ? AND log = ? AND k = ?", quarter, c.prefix(), t.number, int64(k))
	}
	if o, ok := blobID(original); ok && t.info.Folds && err == nil {
		err = w.exec("DELETE FROM by_original WHERE quarter = ? AND g = ? AND k = ?", quarter, o.prefix(), int64(k))
	}
	return err
}
