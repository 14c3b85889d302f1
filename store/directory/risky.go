package directory

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"signpost/store"
	"signpost/store/dbfile"
)

// risky merges a record of a risky object with the kept one. No record takes anything away, so the order of imports changes nothing.
func (w *directoryWriting) risky(r *store.Risky) error {
	kind, id := r.StateKey()
	outcome, before := store.OutcomeNew, ""
	look, err := w.statement("SELECT doc FROM states WHERE kind = ? AND id = ?")
	if err != nil {
		return err
	}
	switch err := look.QueryRowContext(w.ctx, kind, id).Scan(&before); {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return err
	default:
		var kept store.Risky
		if err := json.Unmarshal([]byte(before), &kept); err != nil {
			return fmt.Errorf("read a risk: %w", err)
		}
		outcome, r = store.OutcomeUpdated, kept.With(r)
	}
	doc, err := packState(r)
	if err != nil {
		return err
	}
	if doc == before {
		outcome = store.OutcomeSame
	}
	name, username := r.StateNames()
	cells := []any{int64(kind), id, store.FoldCase(name), store.FoldCase(username), packMarks(r.StateMarks()), microsOf(r.StateDate()), doc, w.at}
	put, err := w.statement("INSERT OR REPLACE INTO states (" + states.Columns + ", sum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	_, err = put.ExecContext(w.ctx, append(cells, dbfile.SumOf(cells...))...)
	w.say(outcome, id)
	return err
}

// Risky gives the risky objects of a kind, ordered by name and ID, each with its history. With IDs it gives only these objects, and
// leaves out IDs that it does not have.
func (db *DB) Risky(ctx context.Context, kind store.StateKind, ids ...string) ([]store.Risky, error) {
	var all []store.Risky
	err := db.read(ctx, func(q dbfile.Querier) error {
		return readStates(ctx, q, kind, func(found *stateFound) error {
			var r store.Risky
			if err := json.Unmarshal(found.doc, &r); err != nil {
				return err
			}
			if r.AsOf = found.asOf; len(ids) == 0 || slices.Contains(ids, r.ID) {
				all = append(all, r)
			}
			return nil
		}, "kind = ? ORDER BY name, id", kind)
	})
	return all, err
}
