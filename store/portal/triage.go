package portal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"signpost/auth"
	"signpost/store/dbfile"
)

var _ auth.TriageStore = (*DB)(nil)

// triagedQuery gives the version of each object, and the step that holds: the newest verdict that was not undone.
const (
	triagedQuery = `SELECT n.kind, n.log, n.object, n.version, coalesce(h.id, 0), coalesce(h.name, ''), coalesce(h.verdict, ''), coalesce(h.comment, ''),
			coalesce(h.made_by, ''), coalesce(h.made, 0), coalesce(h.updated, 0), coalesce(h.state, ''), coalesce(h.level, '')
		FROM (SELECT kind, log, object, max(id) AS version,
				max(CASE WHEN verdict <> 'undo' AND NOT EXISTS (SELECT 1 FROM triage u WHERE u.undoes = t.id) THEN id END) AS holds
			FROM triage t WHERE `
	triagedGroups = ` GROUP BY kind, log, object) n LEFT JOIN triage h ON h.id = n.holds`
	triagedOfKind = triagedQuery + "kind = ?" + triagedGroups
	triagedOfSome = triagedQuery + "(kind, object, log) IN (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?))" + triagedGroups
)

func triagedBy(ctx context.Context, q dbfile.Querier, query string, arg any) (map[auth.TriageObject]auth.Triaged, error) {
	rows, err := q.QueryContext(ctx, query, arg)
	if err != nil {
		return nil, fmt.Errorf("read the triage: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err below tells
	kept := map[auth.TriageObject]auth.Triaged{}
	for rows.Next() {
		var t auth.Triaged
		var e auth.TriageEntry
		var made, updated int64
		if err := rows.Scan(&e.Of.Kind, &e.Of.Log, &e.Of.ID, &t.Version, &e.ID, &e.Name, &e.Verdict, &e.Comment, &e.By, &made, &updated, &e.Risk.State, &e.Risk.Level); err != nil {
			return nil, fmt.Errorf("read a triage: %w", err)
		}
		if e.ID != 0 {
			e.At, e.Risk.Updated = timeOfMicros(made), timeOfMicros(updated)
			t.Holds = &e
		}
		kept[e.Of] = t
	}
	return kept, rows.Err()
}

func triagedOf(ctx context.Context, q dbfile.Querier, of []auth.TriageObject) (map[auth.TriageObject]auth.Triaged, error) {
	names := make([][3]string, len(of))
	for i, o := range of {
		names[i] = [3]string{string(o.Kind), o.ID, o.Log}
	}
	list, err := json.Marshal(names)
	if err != nil {
		return nil, fmt.Errorf("write the names of objects: %w", err)
	}
	return triagedBy(ctx, q, triagedOfSome, string(list))
}

// Triaged gives what is kept about objects.
func (p *DB) Triaged(ctx context.Context, of ...auth.TriageObject) (map[auth.TriageObject]auth.Triaged, error) {
	kept, err := triagedOf(ctx, p.reader, of)
	return kept, dbfile.StoreError(ctx, err)
}

// TriagedOf gives what is kept about all objects of a kind.
func (p *DB) TriagedOf(ctx context.Context, kind auth.TriageKind) (map[auth.TriageObject]auth.Triaged, error) {
	kept, err := triagedBy(ctx, p.reader, triagedOfKind, kind)
	return kept, dbfile.StoreError(ctx, err)
}

// TriageVersion is the ID of the latest step.
func (p *DB) TriageVersion(ctx context.Context) (version int64, err error) {
	err = p.reader.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) FROM triage").Scan(&version)
	return version, dbfile.StoreError(ctx, err)
}

// TriageHistory gives the newest steps of an object.
func (p *DB) TriageHistory(ctx context.Context, of auth.TriageObject, limit int) (steps []auth.TriageEntry, total int64, err error) {
	rows, err := p.reader.QueryContext(ctx, `SELECT t.id, t.name, t.verdict, t.comment, t.made_by, t.made, t.updated, t.state, t.level, coalesce(t.undoes, 0), coalesce(u.id, 0),
			count(*) OVER ()
		FROM triage t LEFT JOIN triage u ON u.undoes = t.id WHERE t.kind = ? AND t.object = ? AND t.log = ? ORDER BY t.id DESC LIMIT ?`, of.Kind, of.ID, of.Log, limit)
	if err != nil {
		return nil, 0, dbfile.StoreError(ctx, fmt.Errorf("read the history of a triage: %w", err))
	}
	defer rows.Close() //nolint:errcheck // Err below tells
	for rows.Next() {
		e := auth.TriageEntry{Of: of}
		var made, updated int64
		if err := rows.Scan(&e.ID, &e.Name, &e.Verdict, &e.Comment, &e.By, &made, &updated, &e.Risk.State, &e.Risk.Level, &e.Undoes, &e.UndoneBy, &total); err != nil {
			return nil, 0, dbfile.StoreError(ctx, fmt.Errorf("read a step of a triage: %w", err))
		}
		e.At, e.Risk.Updated = timeOfMicros(made), timeOfMicros(updated)
		steps = append(steps, e)
	}
	return steps, total, dbfile.StoreError(ctx, rows.Err())
}

// Triage takes the steps. Each looks at what the one before it left: an object may be named twice.
func (p *DB) Triage(ctx context.Context, steps []auth.TriageStep) (outcomes []auth.TriageOutcome, err error) {
	err = p.write(ctx, func(tx *sql.Tx) error {
		outcomes = nil
		for _, step := range steps {
			kept, err := triagedOf(ctx, tx, []auth.TriageObject{step.Of})
			if err != nil {
				return err
			}
			before := kept[step.Of]
			outcome := before.After(step)
			if outcomes = append(outcomes, outcome); outcome != auth.TriageDone {
				continue
			}
			if err := insertTriage(ctx, tx, step, before); err != nil {
				return err
			}
		}
		return nil
	})
	return outcomes, err
}

func insertTriage(ctx context.Context, tx *sql.Tx, step auth.TriageStep, before auth.Triaged) error {
	var undoes sql.NullInt64
	if step.Verdict == auth.TriageUndo {
		undoes = sql.NullInt64{Int64: before.Holds.ID, Valid: true}
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO triage (kind, log, object, name, verdict, comment, made_by, made, updated, state, level, undoes)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		step.Of.Kind, step.Of.Log, step.Of.ID, step.Name, step.Verdict, step.Comment, step.By, step.At.UnixMicro(),
		microsOf(step.Risk.Updated), step.Risk.State, step.Risk.Level, undoes)
	if err != nil {
		return fmt.Errorf("write a triage: %w", err)
	}
	return nil
}

// triageReportKept is how long the message of a form can be read again.
const triageReportKept = 24 * time.Hour

// KeepTriageReport keeps a message, and removes those that are too old.
func (p *DB) KeepTriageReport(ctx context.Context, accountID int64, at time.Time, report []auth.TriageReport) (id int64, err error) {
	lines, err := json.Marshal(report)
	if err != nil {
		return 0, fmt.Errorf("write the message of a triage: %w", err)
	}
	err = p.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM triage_reports WHERE made < ?", at.Add(-triageReportKept).UnixMicro()); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, "INSERT INTO triage_reports (account_id, made, lines) VALUES (?, ?, ?) RETURNING id", accountID, at.UnixMicro(), string(lines)).Scan(&id)
	})
	return id, err
}

// TriageReport gives a message of the account.
func (p *DB) TriageReport(ctx context.Context, accountID, id int64) (report []auth.TriageReport, err error) {
	var lines []byte
	err = p.reader.QueryRowContext(ctx, "SELECT lines FROM triage_reports WHERE account_id = ? AND id = ?", accountID, id).Scan(&lines)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, nil
	case err != nil:
		return nil, dbfile.StoreError(ctx, fmt.Errorf("read the message of a triage: %w", err))
	}
	if err := json.Unmarshal(lines, &report); err != nil {
		return nil, fmt.Errorf("read the message of a triage: %w", err)
	}
	return report, nil
}
