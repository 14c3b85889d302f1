package directory

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"signpost/store"
	"signpost/store/coverage"
	"signpost/store/dbfile"
)

// statements is what imported files say about logs.
var statements = dbfile.Summed{
	Table:   "statements",
	Columns: "import, log, basis, since, until, sure_since, sure_until, exact, records, read, rejected, cut, timed, p50, p95, arrivals",
}

// The bits of the column exact.
const (
	exactSince = 1
	exactUntil = 2
)

// writeStatements keeps what the file of an import says, and notes that it was kept.
func writeStatements(ctx context.Context, tx *sql.Tx, importID int64, list []coverage.Statement) error {
	for i := range list {
		s := &list[i]
		exact := 0
		if s.ExactFrom {
			exact |= exactSince
		}
		if s.ExactTo {
			exact |= exactUntil
		}
		_, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO statements ("+statements.Columns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			importID, s.Log, s.Basis, s.From.UnixMicro(), s.To.UnixMicro(), s.SureFrom.UnixMicro(), s.SureTo.UnixMicro(), exact, s.Rows, s.Read, s.Rejected, s.Cut, s.Timed,
			s.P50.Microseconds(), s.P95.Microseconds(), s.Arrivals.String())
		if err != nil {
			return fmt.Errorf("keep what a file says: %w", err)
		}
		if err := statements.Write(ctx, tx, "import = ? AND log = ?", importID, s.Log); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, "UPDATE imports SET stated = 1 WHERE id = ?", importID)
	return err
}

// restatedAtOnce is how many imports Restate takes in one transaction.
const restatedAtOnce = 500

// Restate turns the reports of imports into statements where that was not done yet: those of before there were any. The lateness of their
// records is not known.
func (db *DB) Restate(ctx context.Context, catalog store.Catalog) error {
	for more := true; more; {
		var waiting bool
		err := db.reader.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM imports WHERE stated = 0 AND report IS NOT NULL)").Scan(&waiting)
		if err != nil || !waiting {
			return dbfile.StoreError(ctx, err)
		}
		err = db.write(ctx, func(tx *sql.Tx) (err error) {
			more, err = restateSome(ctx, tx, catalog)
			return err
		})
		if err != nil {
			return fmt.Errorf("read what earlier imports say: %w", err)
		}
	}
	return nil
}

func restateSome(ctx context.Context, tx *sql.Tx, catalog store.Catalog) (more bool, err error) {
	rows, err := tx.QueryContext(ctx, "SELECT id, path, started, json_remove(report, '$.rejected') FROM imports WHERE stated = 0 AND report IS NOT NULL LIMIT ?", restatedAtOnce)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	reports, begun := map[int64]*store.ImportReport{}, map[int64]time.Time{}
	for rows.Next() {
		var id, started int64
		var path, text string
		if err := rows.Scan(&id, &path, &started, &text); err != nil {
			return false, err
		}
		report := &store.ImportReport{}
		if err := json.Unmarshal([]byte(text), report); err != nil {
			return false, fmt.Errorf("read the report of import %d: %w", id, err)
		}
		report.Path = path
		reports[id], begun[id] = report, time.UnixMicro(started)
	}
	if err := rows.Err(); err != nil {
		return false, err
	}
	_ = rows.Close() // it was read to its end
	for id, report := range reports {
		if err := writeStatements(ctx, tx, id, coverage.StatementsOf(catalog, report, begun[id])); err != nil {
			return false, err
		}
	}
	return len(reports) == restatedAtOnce, nil
}

var _ coverage.Ledger = (*DB)(nil)

// Statements gives what imported files say of a log about a range; see coverage.Ledger.
func (db *DB) Statements(ctx context.Context, q coverage.Query) (coverage.Stated, error) {
	var stated coverage.Stated
	err := db.read(ctx, func(from dbfile.Querier) error {
		var first, last sql.NullInt64
		err := from.QueryRowContext(ctx, `SELECT
			(SELECT since FROM statements WHERE log = ? AND basis <> 'absent' AND basis <> 'told' ORDER BY since LIMIT 1),
			(SELECT until FROM statements WHERE log = ? AND basis <> 'absent' AND basis <> 'told' ORDER BY until DESC LIMIT 1)`, q.Log, q.Log).Scan(&first, &last)
		if err != nil {
			return err
		}
		if first.Valid && last.Valid {
			stated.First, stated.Last = time.UnixMicro(first.Int64).UTC(), time.UnixMicro(last.Int64).UTC()
		}
		return readStatements(ctx, from, q, &stated)
	})
	if err != nil {
		return coverage.Stated{}, fmt.Errorf("read what files say of the %s log: %w", q.Log, err)
	}
	return stated, nil
}

func readStatements(ctx context.Context, from dbfile.Querier, q coverage.Query, stated *coverage.Stated) error {
	arrivals := "''"
	if q.Arrivals {
		arrivals = "s.arrivals"
	}
	rows, err := from.QueryContext(ctx, `SELECT s.import, coalesce(i.path, ''), s.basis, s.since, s.until, s.sure_since, s.sure_until, s.exact, s.records, s.read, s.rejected, s.cut, s.timed, s.p50, s.p95, `+arrivals+`
		FROM statements AS s LEFT JOIN imports AS i ON i.id = s.import WHERE s.log = ? AND s.until >= ? AND s.since < ? ORDER BY s.until DESC LIMIT ?`,
		q.Log, q.Range.From.UnixMicro(), q.Range.To.UnixMicro(), coverage.MaxStatements+1)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		s := coverage.Statement{Log: q.Log}
		var since, until, sureSince, sureUntil, p50, p95 int64
		var exact int
		var text string
		if err := rows.Scan(&s.Import, &s.File, &s.Basis, &since, &until, &sureSince, &sureUntil, &exact, &s.Rows, &s.Read, &s.Rejected, &s.Cut, &s.Timed, &p50, &p95, &text); err != nil {
			return err
		}
		s.From, s.To = time.UnixMicro(since).UTC(), time.UnixMicro(until).UTC()
		s.SureFrom, s.SureTo = time.UnixMicro(sureSince).UTC(), time.UnixMicro(sureUntil).UTC()
		s.ExactFrom, s.ExactTo = exact&exactSince != 0, exact&exactUntil != 0
		s.P50, s.P95 = time.Duration(p50)*time.Microsecond, time.Duration(p95)*time.Microsecond
		if text != "" {
			if s.Arrivals, err = store.ParseArrivals(text); err != nil {
				return fmt.Errorf("import %d: %w", s.Import, err)
			}
		}
		stated.Statements = append(stated.Statements, s)
	}
	if stated.More = len(stated.Statements) > coverage.MaxStatements; stated.More {
		stated.Statements = stated.Statements[:coverage.MaxStatements]
	}
	coverage.Sort(stated.Statements)
	return rows.Err()
}
