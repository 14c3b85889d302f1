package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"math"

	"signpost/store"
	"signpost/store/dbfile"
)

// Rows are made of the records as received, by rules. The rules say which columns there are, what a record's fields mean,
// how copies are merged, and which error codes are interruptions. The records are kept. A version of the program with other
// rules makes the rows again from them, in the background (refill.go). Until that is done, an answer over such rows says
// that it is not complete.

// rules names the rules by which rows are made: store.Kind.Derivation and store.Kind.Codes.
type rules struct {
	number int64
	codes  string
}

// supersede says whether rows that others made have to be made again. Those of a newer version of the program stay.
func (r rules) supersede(others rules) bool {
	return r.number > others.number || r.number == others.number && r.codes != others.codes
}

// unfilled says which rows of a log are still as older rules made them: those with smaller keys. A line with an older
// event among its events counts as one of them.
type unfilled struct{ rows, lines rowKey }

// allFilled is a log without such rows.
var allFilled = unfilled{math.MinInt64, math.MinInt64}

// complete says whether all rows in the question's range are as today's rules make them.
func (v *view) complete(q question) bool {
	u := v.state.unfilled[q.table.place]
	if q.lines {
		return q.from >= u.lines
	}
	return q.from >= u.rows
}

// completeLogs is complete for the lines of some logs.
func (v *view) completeLogs(logs []store.Log, r store.Range) bool {
	for _, log := range logs {
		q, err := v.db.question(store.ListQuery{Log: log, Range: r})
		if err == nil && !v.complete(q) {
			return false
		}
	}
	return true
}

// unfilledLogs reads what is still to be made again, by the places of the logs.
func (db *DB) unfilledLogs(ctx context.Context, tx dbfile.Querier) ([]unfilled, error) {
	logs := make([]unfilled, len(db.schema.ordered))
	for i := range logs {
		logs[i] = allFilled
	}
	rows, err := tx.QueryContext(ctx, "SELECT log, below, lines_below FROM derivations WHERE below IS NOT NULL")
	if err != nil {
		return nil, fmt.Errorf("read how far older records were read again: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var log int64
		var u unfilled
		if err := rows.Scan(&log, &u.rows, &u.lines); err != nil {
			return nil, err
		}
		if t, ok := db.schema.byNumber[log]; ok {
			logs[t.place] = u
		}
	}
	return logs, rows.Err()
}

// rulesOf gives the rules by which the rows of each log were made, or are being made again.
func (db *DB) rulesOf(ctx context.Context, tx dbfile.Querier) ([]rules, error) {
	rows, err := tx.QueryContext(ctx, "SELECT log, n, codes FROM derivations")
	if err != nil {
		return nil, fmt.Errorf("read by which rules the rows were made: %w", err)
	}
	defer rows.Close()
	logs := make([]rules, len(db.schema.ordered))
	for rows.Next() {
		var log int64
		var r rules
		if err := rows.Scan(&log, &r.number, &r.codes); err != nil {
			return nil, err
		}
		if t, ok := db.schema.byNumber[log]; ok {
			logs[t.place] = r
		}
	}
	return logs, rows.Err()
}

// noteRules notes which rows were made by older rules than today's, so that they are made again. It takes no lock where
// there are none.
func (db *DB) noteRules(ctx context.Context) error {
	if logs, err := db.rulesOf(ctx, db.reader); err != nil || !db.anySuperseded(logs) {
		return err
	}
	tx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin to note by which rules the rows were made: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	logs, err := db.rulesOf(ctx, tx)
	if err != nil {
		return err
	}
	for i, t := range db.schema.ordered {
		if !t.kind.rules.supersede(logs[i]) {
			continue
		}
		var newest sql.NullInt64
		if err := tx.QueryRowContext(ctx, "SELECT max(k) FROM "+t.name).Scan(&newest); err != nil {
			return fmt.Errorf("look at the rows of the %s log: %w", t.log, err)
		}
		if err := db.noteFilled(ctx, tx, t, sql.NullInt64{Int64: newest.Int64 + 1, Valid: newest.Valid}); err != nil {
			return err
		}
		if newest.Valid {
			db.log.Info("older records are read again in the background; until then answers over them say that they are not complete", "log", t.log)
		}
	}
	if _, err := tx.ExecContext(ctx, "UPDATE revision SET n = n + 1"); err != nil {
		return err
	}
	return tx.Commit()
}

func (db *DB) anySuperseded(logs []rules) bool {
	for i, r := range logs {
		if db.schema.ordered[i].kind.rules.supersede(r) {
			return true
		}
	}
	return false
}

// noteFilled notes that the rows of a log from a key on are as today's rules make them; NULL: all.
func (db *DB) noteFilled(ctx context.Context, tx *sql.Tx, t *table, below sql.NullInt64) error {
	linesBelow := below
	if below.Valid && t.info.Folds {
		// A line is as old as its oldest event. Lines behind the former place were looked at when that was reached.
		var newest sql.NullInt64
		err := tx.QueryRowContext(ctx, `SELECT max(line) FROM folded WHERE line >= ?1 AND +k < ?1
			AND line < coalesce((SELECT lines_below FROM derivations WHERE log = ?2), 9223372036854775807)`, below.Int64, t.number).Scan(&newest)
		if err != nil {
			return fmt.Errorf("look for lines of older events: %w", err)
		}
		if newest.Valid {
			linesBelow.Int64 = newest.Int64 + 1
		}
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO derivations (log, n, codes, below, lines_below) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (log) DO UPDATE SET n = excluded.n, codes = excluded.codes, below = excluded.below, lines_below = excluded.lines_below`,
		t.number, t.kind.rules.number, t.kind.rules.codes, below, linesBelow)
	if err != nil {
		return fmt.Errorf("note how far older records were read again: %w", err)
	}
	return nil
}
