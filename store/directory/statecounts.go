package directory

import (
	"context"
	"fmt"
	"time"

	"signpost/store"
	"signpost/store/dbfile"
)

// markCount counts the rows with the same marks.
type markCount struct {
	marks string
	told  toldMicros
}

// keptCounts are the counts of all rows of each kind at one revision: a report has many rows and few different marks.
type keptCounts struct {
	revision int64
	of       map[store.StateKind][]markCount
}

// countStates counts the rows of a filter by their marks. Where the filter asks for a kind and marks alone, what is kept tells it.
func (db *DB) countStates(ctx context.Context, q dbfile.Querier, f *stateFilter) ([]markCount, error) {
	if !f.marksOnly {
		return countByMarks(ctx, q, f.text(), f.args...)
	}
	var revision int64
	if err := q.QueryRowContext(ctx, "SELECT n FROM directory_revision").Scan(&revision); err != nil {
		return nil, fmt.Errorf("read the revision of the directory: %w", err)
	}
	kept := db.counts.Load()
	all, known := []markCount(nil), false
	if kept != nil && kept.revision == revision {
		all, known = kept.of[f.kind]
	}
	if !known {
		var err error
		if all, err = countByMarks(ctx, q, "kind = ?", f.kind); err != nil {
			return nil, err
		}
		next := &keptCounts{revision: revision, of: map[store.StateKind][]markCount{f.kind: all}}
		if kept != nil && kept.revision == revision {
			for kind, counts := range kept.of {
				next.of[kind] = counts
			}
			next.of[f.kind] = all
		}
		db.counts.Store(next)
	}
	var found []markCount
	for _, of := range all {
		if f.leaves(of.marks) {
			found = append(found, of)
		}
	}
	return found, nil
}

func countByMarks(ctx context.Context, q dbfile.Querier, where string, args ...any) (list []markCount, err error) {
	rows, err := q.QueryContext(ctx, "SELECT marks, "+toldColumns+" FROM states WHERE "+where+" GROUP BY marks", args...)
	if err != nil {
		return nil, fmt.Errorf("count the rows of a report: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var of markCount
		if err := rows.Scan(append([]any{&of.marks}, of.told.targets()...)...); err != nil {
			return nil, err
		}
		list = append(list, of)
	}
	return list, rows.Err()
}

// toldColumns are those of a store.StateTold over a group of states.
const toldColumns = "count(*), coalesce(min(nullif(dated, 0)), 0), coalesce(max(dated), 0), coalesce(min(as_of), 0), coalesce(max(as_of), 0)"

type toldMicros struct{ n, firstDate, lastDate, firstImport, lastImport int64 }

func (t *toldMicros) targets() []any {
	return []any{&t.n, &t.firstDate, &t.lastDate, &t.firstImport, &t.lastImport}
}

// with adds the group to what was told of others.
func (t *toldMicros) with(all store.StateTold) store.StateTold {
	earlier := func(a time.Time, micros int64) time.Time {
		if b := timeOfMicros(micros); a.IsZero() || !b.IsZero() && b.Before(a) {
			return b
		}
		return a
	}
	later := func(a time.Time, micros int64) time.Time {
		if b := timeOfMicros(micros); b.After(a) {
			return b
		}
		return a
	}
	return store.StateTold{
		N: all.N + t.n, FirstDate: earlier(all.FirstDate, t.firstDate), LastDate: later(all.LastDate, t.lastDate),
		FirstImport: earlier(all.FirstImport, t.firstImport), LastSeen: later(all.LastSeen, t.lastImport),
	}
}
