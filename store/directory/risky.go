package directory

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"signpost/store"
	"signpost/store/dbfile"
)

// Both tables follow from states.
var (
	riskStates = dbfile.Summed{Table: "risk_states", Columns: "kind, id, level, state, detail, name, username, app, dated, as_of, early, late, rise, fall"}
	riskTurns  = dbfile.Summed{Table: "risk_turns", Columns: "kind, id, n, at, turn, doc"}
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
	if _, err = put.ExecContext(w.ctx, append(cells, dbfile.SumOf(cells...))...); err != nil {
		return err
	}
	w.say(outcome, id)
	return w.riskState(r, w.at)
}

// riskState writes what lists ask of a risky object, and its changes.
func (w *directoryWriting) riskState(r *store.Risky, asOf int64) error {
	place := func(sort store.RiskySort, reverse bool) int64 { return r.Place(sort, reverse).N }
	cells := []any{
		int64(r.Of), r.ID, store.RiskLevels.Value(r.Level), store.RiskStates.Value(r.State), store.RiskDetails.Value(r.Detail),
		r.Place(store.RiskyByName, false).Name, store.FoldCase(r.Names.Username), store.FoldCase(r.Names.AppID), microsOf(r.Updated), asOf,
		place(store.RiskyByUpdated, true), place(store.RiskyByUpdated, false), place(store.RiskyByLevel, true), place(store.RiskyByLevel, false),
	}
	put, err := w.statement("INSERT OR REPLACE INTO risk_states (" + riskStates.Columns + ", sum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	if _, err := put.ExecContext(w.ctx, append(cells, dbfile.SumOf(cells...))...); err != nil {
		return err
	}
	clear, err := w.statement("DELETE FROM risk_turns WHERE kind = ? AND id = ?")
	if err != nil {
		return err
	}
	if _, err := clear.ExecContext(w.ctx, r.Of, r.ID); err != nil {
		return err
	}
	add, err := w.statement("INSERT INTO risk_turns (" + riskTurns.Columns + ", sum) VALUES (?, ?, ?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	for n, turn := range r.Turns() {
		doc, err := packState(&turn)
		if err != nil {
			return err
		}
		cells := []any{int64(r.Of), r.ID, int64(n), microsOf(turn.Updated), int64(turn.Turn()), doc}
		if _, err := add.ExecContext(w.ctx, append(cells, dbfile.SumOf(cells...))...); err != nil {
			return err
		}
	}
	return nil
}

// settleRisk makes the rows of risk_states and risk_turns that are missing: those of objects from before there were these tables.
func (db *DB) settleRisk(ctx context.Context) error {
	const unsettled = "FROM states AS s WHERE s.kind IN (?, ?, ?) AND NOT EXISTS (SELECT 1 FROM risk_states AS r WHERE r.kind = s.kind AND r.id = s.id)"
	kinds := []any{store.StateRiskyUser, store.StateRiskyPrincipal, store.StateRiskyAgent}
	var some bool
	if err := db.reader.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 "+unsettled+")", kinds...).Scan(&some); err != nil || !some {
		return err
	}
	return db.write(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, "SELECT s.doc, s.as_of "+unsettled, kinds...)
		if err != nil {
			return fmt.Errorf("look for risky objects: %w", err)
		}
		defer rows.Close()
		type kept struct {
			risky store.Risky
			asOf  int64
		}
		var missing []kept
		for rows.Next() {
			var one kept
			var doc []byte
			if err := rows.Scan(&doc, &one.asOf); err != nil {
				return err
			}
			if err := json.Unmarshal(doc, &one.risky); err != nil {
				db.log.WarnContext(ctx, "a risky object is damaged", "error", err) // a check names it
				continue
			}
			missing = append(missing, one)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
		w := directoryWriting{ctx: ctx, tx: tx, prepared: map[string]*sql.Stmt{}}
		defer w.close()
		for i := range missing {
			if err := w.riskState(&missing[i].risky, missing[i].asOf); err != nil {
				return fmt.Errorf("keep the order of risky objects: %w", err)
			}
		}
		return nil
	})
}

// checkRisk names the risky objects whose rows in risk_states and risk_turns do not follow from states.
func checkRisk(ctx context.Context, q dbfile.Querier, damaged func(place string)) error {
	rows, err := q.QueryContext(ctx, `SELECT s.kind, s.id, s.doc, coalesce(r.fall, 0), r.id IS NOT NULL, (SELECT count(*) FROM risk_turns AS t WHERE t.kind = s.kind AND t.id = s.id)
		FROM states AS s LEFT JOIN risk_states AS r ON r.kind = s.kind AND r.id = s.id WHERE s.kind IN (?, ?, ?)`, store.StateRiskyUser, store.StateRiskyPrincipal, store.StateRiskyAgent)
	if err != nil {
		return fmt.Errorf("check the risky objects: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var kind, fall int64
		var id string
		var doc []byte
		var has bool
		var turns int
		if err := rows.Scan(&kind, &id, &doc, &fall, &has, &turns); err != nil {
			return fmt.Errorf("check the risky objects: %w", err)
		}
		var r store.Risky
		if json.Unmarshal(doc, &r) != nil || !has || fall != r.Place(store.RiskyByLevel, false).N || turns != len(r.Turns()) {
			damaged(fmt.Sprintf("risk_states, kind %d, id %s", kind, id))
		}
	}
	return rows.Err()
}

// Risky gives the risky objects of some IDs; see store.RiskyStates.
func (db *DB) Risky(ctx context.Context, kind store.StateKind, ids []string, scopes store.Scopes) (found []store.Risky, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	err = db.read(ctx, func(q dbfile.Querier) error {
		f := &stateFilter{}
		if err := db.riskOf(ctx, q, f, kind, scopes); err != nil {
			return err
		}
		if err := f.among("id", foldedAll(ids)); err != nil {
			return err
		}
		found, err = readRisky(ctx, q, f, "name", false, len(ids))
		return err
	})
	return found, err
}

func foldedAll(values []string) []string {
	folded := make([]string, len(values))
	for i, value := range values {
		folded[i] = store.FoldCase(value)
	}
	return folded
}
