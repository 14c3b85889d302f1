package directory

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"signpost/store"
	"signpost/store/dbfile"
)

// keptTurns are all changes of risk of each kind at one revision, in the order of their times. Pages ask for those of months, and to
// read some ten thousand documents takes a second.
type keptTurns struct {
	revision int64
	of       map[store.StateKind][]store.RiskTurn
}

// turnsKept is how many changes of a kind are kept in memory. A tenant with more of them reads what it asks for.
const turnsKept = 100_000

// allTurns gives all changes of a kind; ok is false where there are too many to keep.
func (db *DB) allTurns(ctx context.Context, q dbfile.Querier, kind store.StateKind) (turns []store.RiskTurn, ok bool, err error) {
	var revision, n int64
	if err := q.QueryRowContext(ctx, "SELECT n FROM directory_revision").Scan(&revision); err != nil {
		return nil, false, fmt.Errorf("read the revision of the directory: %w", err)
	}
	kept := db.turns.Load()
	isNow := kept != nil && kept.revision == revision
	if isNow {
		if turns, ok = kept.of[kind]; ok {
			return turns, true, nil
		}
	}
	if err := q.QueryRowContext(ctx, "SELECT count(*) FROM risk_turns WHERE kind = ?", kind).Scan(&n); err != nil || n > turnsKept {
		return nil, false, err
	}
	f := &stateFilter{}
	f.add("kind = ?", kind)
	if turns, err = readTurns(ctx, q, f); err != nil {
		return nil, false, err
	}
	next := &keptTurns{revision: revision, of: map[store.StateKind][]store.RiskTurn{}}
	if isNow {
		for other, list := range kept.of {
			next.of[other] = list
		}
	}
	next.of[kind] = turns
	if kept == nil || kept.revision <= revision {
		db.turns.Store(next)
	}
	return turns, true, nil
}

// readTurns reads the changes that pass a filter over risk_turns.
func readTurns(ctx context.Context, q dbfile.Querier, f *stateFilter) (turns []store.RiskTurn, err error) {
	rows, err := q.QueryContext(ctx, "SELECT doc FROM risk_turns WHERE "+f.text()+" ORDER BY at, id, n", f.args...)
	if err != nil {
		return nil, fmt.Errorf("read changes of risk: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var doc []byte
		var turn store.RiskTurn
		if err := rows.Scan(&doc); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(doc, &turn); err != nil {
			return nil, fmt.Errorf("read a change of risk: %w", err)
		}
		turns = append(turns, turn)
	}
	return turns, rows.Err()
}

// RiskTurns gives changes of risk; see store.RiskyStates.
func (db *DB) RiskTurns(ctx context.Context, asked store.RiskTurnsQuery) (turns []store.RiskTurn, err error) {
	err = db.read(ctx, func(q dbfile.Querier) error {
		limited := slices.ContainsFunc(asked.Scopes, func(s store.Scope) bool { return !s.IsZero() })
		if !limited && asked.IDs == nil {
			all, ok, err := db.allTurns(ctx, q, asked.Of)
			if err != nil {
				return err
			}
			if ok {
				turns = slices.Clip(turnsIn(all, asked.Range))
				return nil
			}
		}
		f, err := db.turnFilter(ctx, q, &asked)
		if err != nil {
			return err
		}
		turns, err = readTurns(ctx, q, f)
		return err
	})
	return turns, err
}

// turnsIn gives the changes in a range.
func turnsIn(turns []store.RiskTurn, in store.Range) []store.RiskTurn {
	at := func(when time.Time) int {
		i, _ := slices.BinarySearchFunc(turns, when, func(t store.RiskTurn, when time.Time) int { return t.Updated.Compare(when) })
		return i
	}
	return turns[at(in.From):max(at(in.From), at(in.To))]
}
