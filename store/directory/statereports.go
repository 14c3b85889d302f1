package directory

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"signpost/store"
	"signpost/store/dbfile"
)

// stateReports is the table of the imported files of reports.
var stateReports = dbfile.Summed{Table: "state_reports", Columns: "import, kind, dated, whole"}

// What a file holds of its report, in the column whole.
const (
	holdsPart = 0
	holdsAll  = 1
	holdsPage = 2 // a part that names a further page
)

// pagesLast is how far apart the files of pages of one answer may be. Who fetches pages one by one takes minutes.
const pagesLast = 24 * time.Hour

// newestWhole gives the date of the newest file that holds a whole report of a kind; 0 for none.
func (w *directoryWriting) newestWhole(kind store.StateKind) (dated int64, err error) {
	if dated, known := w.whole[kind]; known {
		return dated, nil
	}
	err = w.tx.QueryRowContext(w.ctx, "SELECT coalesce(max(dated), 0) FROM state_reports WHERE kind = ? AND whole = ?", kind, holdsAll).Scan(&dated)
	if err != nil {
		return 0, fmt.Errorf("read the files of a report: %w", err)
	}
	w.whole[kind] = dated
	return dated, nil
}

// report keeps what a file of a report is, and marks the rows that are gone since. Its rows were written before.
func (w *directoryWriting) report(f *store.ReportFile) error {
	if !f.Kind.IsSnapshot() {
		return nil
	}
	importID, dated := f.Import, microsOf(f.Date)
	if importID == 0 {
		importID = w.importID
	}
	if dated == 0 { // an earlier file, which turns out to be a part
		err := w.tx.QueryRowContext(w.ctx, "SELECT dated FROM state_reports WHERE import = ? AND kind = ?", importID, f.Kind).Scan(&dated)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("read a file of a report: %w", err)
		}
	}
	before, err := w.newestWhole(f.Kind)
	if err != nil {
		return err
	}
	holds, err := w.holds(f)
	if err != nil {
		return err
	}
	cells := []any{importID, int64(f.Kind), dated, holds}
	if _, err := w.tx.ExecContext(w.ctx, "INSERT OR REPLACE INTO state_reports ("+stateReports.Columns+", sum, received) VALUES (?, ?, ?, ?, ?, ?)",
		append(cells, dbfile.SumOf(cells...), w.received)...); err != nil {
		return fmt.Errorf("keep a file of a report: %w", err)
	}
	if _, err := w.tx.ExecContext(w.ctx, "UPDATE states SET seen = ? WHERE kind = ? AND import = ? AND seen < ?", dated, f.Kind, importID, dated); err != nil {
		return fmt.Errorf("date the rows of a report: %w", err)
	}
	delete(w.whole, f.Kind)
	after, err := w.newestWhole(f.Kind)
	if err != nil {
		return err
	}
	if before != after {
		return w.remark(f.Kind, after, "kind = ?", f.Kind)
	}
	return w.remark(f.Kind, after, "kind = ? AND import = ?", f.Kind, importID)
}

// holds says what a file holds of its report. The last page of an answer names no further one, so it looks whole. Another page may
// have come in at about the same time. Where that one has rows that this one lacks, this one is taken for a page too, and says so. A
// page in turn makes parts of the files that came in at about its time.
func (w *directoryWriting) holds(f *store.ReportFile) (int64, error) {
	switch {
	case f.Part == store.PartPage:
		return holdsPage, w.makeParts(f.Kind)
	case f.Part != "":
		return holdsPart, nil
	}
	var other bool
	err := w.tx.QueryRowContext(w.ctx, `SELECT EXISTS (SELECT 1 FROM state_reports r WHERE r.kind = ? AND r.whole = ? AND r.received > ? AND r.received < ? AND r.import <> ?
		AND EXISTS (SELECT 1 FROM states s WHERE s.kind = r.kind AND s.import = r.import))`,
		f.Kind, holdsPage, w.received-pagesLast.Microseconds(), w.received+pagesLast.Microseconds(), w.importID).Scan(&other)
	if err != nil {
		return 0, fmt.Errorf("look for pages of a report: %w", err)
	}
	if other {
		f.Part = store.PartNearPage
		return holdsPart, nil
	}
	return holdsAll, nil
}

// makeParts makes parts of the whole files that came in at about the time of the present one.
func (w *directoryWriting) makeParts(kind store.StateKind) error {
	rows, err := w.tx.QueryContext(w.ctx, "SELECT import, dated FROM state_reports WHERE kind = ? AND whole = ? AND received > ? AND received < ? AND import <> ?",
		kind, holdsAll, w.received-pagesLast.Microseconds(), w.received+pagesLast.Microseconds(), w.importID)
	if err != nil {
		return fmt.Errorf("look for files of a report: %w", err)
	}
	defer rows.Close()
	var files [][]any
	for rows.Next() {
		var importID, dated int64
		if err := rows.Scan(&importID, &dated); err != nil {
			return err
		}
		files = append(files, []any{importID, int64(kind), dated, int64(holdsPart)})
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return fmt.Errorf("read the files of a report: %w", err)
	}
	for _, cells := range files {
		if _, err := w.tx.ExecContext(w.ctx, "UPDATE state_reports SET whole = ?, sum = ? WHERE import = ? AND kind = ?", holdsPart, dbfile.SumOf(cells...), cells[0], kind); err != nil {
			return fmt.Errorf("make a part of a file of a report: %w", err)
		}
	}
	return nil
}

// remarked is how many rows get their mark in one step.
const remarked = 5000

// remark sets and takes the mark of rows that are gone since a date.
func (w *directoryWriting) remark(kind store.StateKind, whole int64, where string, args ...any) error {
	gone := packMarks([]string{store.MarkGone})
	for after := ""; ; {
		rows, err := w.tx.QueryContext(w.ctx, "SELECT "+states.Columns+" FROM states WHERE "+where+" AND id > ? AND (seen < ?) <> (instr(marks, ?) > 0) ORDER BY id LIMIT ?",
			append(slices.Clone(args), after, whole, gone, remarked)...)
		if err != nil {
			return fmt.Errorf("find the rows that are gone: %w", err)
		}
		changed, err := scanStates(rows)
		if err != nil {
			return fmt.Errorf("read the rows that are gone: %w", err)
		}
		for _, cells := range changed {
			marks := strings.Fields(cells[marksColumn].(string))
			if at := slices.Index(marks, store.MarkGone); at >= 0 {
				marks = slices.Delete(marks, at, at+1)
			} else {
				marks = append(marks, store.MarkGone)
			}
			cells[marksColumn] = packMarks(marks)
			change, err := w.statement("UPDATE states SET marks = ?, sum = ? WHERE kind = ? AND id = ?")
			if err != nil {
				return err
			}
			if _, err := change.ExecContext(w.ctx, cells[marksColumn], dbfile.SumOf(cells...), kind, cells[1]); err != nil {
				return fmt.Errorf("mark a row that is gone: %w", err)
			}
			after = cells[1].(string)
		}
		if len(changed) < remarked {
			return nil
		}
	}
}

// marksColumn is the place of the marks in states.Columns.
const marksColumn = 4

// scanStates reads rows of states.Columns. Rows are written with these types alone; others are damage.
func scanStates(rows *sql.Rows) (list [][]any, err error) {
	defer rows.Close()
	for rows.Next() {
		var kind, dated, asOf int64
		var id, name, username, marks, doc string
		if err := rows.Scan(&kind, &id, &name, &username, &marks, &dated, &doc, &asOf); err != nil {
			return nil, err
		}
		list = append(list, []any{kind, id, name, username, marks, dated, doc, asOf})
	}
	return list, rows.Err()
}

// reportDates are the dates of the whole reports of a kind, the oldest first.
type reportDates []int64

func readReportDates(ctx context.Context, q dbfile.Querier, kind store.StateKind) (dates reportDates, err error) {
	rows, err := q.QueryContext(ctx, "SELECT DISTINCT dated FROM state_reports WHERE kind = ? AND whole = ? ORDER BY dated", kind, holdsAll)
	if err != nil {
		return nil, fmt.Errorf("read the dates of a report: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var dated int64
		if err := rows.Scan(&dated); err != nil {
			return nil, err
		}
		dates = append(dates, dated)
	}
	return dates, rows.Err()
}

// newestPart gives the date of the newest file that holds a part of a report of a kind; zero for none.
func newestPart(ctx context.Context, q dbfile.Querier, kind store.StateKind) (time.Time, error) {
	var dated int64
	err := q.QueryRowContext(ctx, "SELECT coalesce(max(dated), 0) FROM state_reports WHERE kind = ? AND whole <> ?", kind, holdsAll).Scan(&dated)
	if err != nil || dated == 0 {
		return time.Time{}, err
	}
	return timeOfMicros(dated), nil
}

// goneSince is the date of the first whole report that lacks a row; zero where the newest has it.
func (d reportDates) goneSince(seen int64) time.Time {
	if len(d) == 0 || seen >= d[len(d)-1] {
		return time.Time{}
	}
	at, _ := slices.BinarySearch(d, seen+1)
	return timeOfMicros(d[at])
}

// newest is the date of the newest whole report; zero for none.
func (d reportDates) newest() time.Time {
	if len(d) == 0 {
		return time.Time{}
	}
	return timeOfMicros(d[len(d)-1])
}

// checkMarks adds the rows of reports with a mark that does not follow from the files.
func checkMarks(ctx context.Context, q dbfile.Querier, damaged func(place string)) error {
	for _, kind := range store.StateKinds() {
		dates, err := readReportDates(ctx, q, kind)
		if err != nil {
			return err
		}
		rows, err := q.QueryContext(ctx, "SELECT id FROM states WHERE kind = ? AND (seen < ?) <> (instr(marks, ?) > 0)", kind, microsOf(dates.newest()), packMarks([]string{store.MarkGone}))
		if err != nil {
			return fmt.Errorf("check the rows of reports: %w", err)
		}
		for rows.Next() {
			var id string
			if err := rows.Scan(&id); err != nil {
				return errors.Join(fmt.Errorf("check the rows of reports: %w", err), rows.Close())
			}
			damaged(fmt.Sprintf("states, kind %d, id %s", kind, id))
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return fmt.Errorf("check the rows of reports: %w", err)
		}
	}
	return nil
}
