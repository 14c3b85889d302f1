package portal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"signpost/auth"
	"signpost/store/dbfile"
)

// reportColumns is what scanReport reads: an answer, the number of its decisions, and those before the last one. Its parameter is their
// limit. One statement reads all, so that a decision which is made meanwhile stands in each part or in none.
const reportColumns = answerColumns + `, (SELECT count(*) FROM report_decisions d WHERE d.answer_id = sign_in_answers.id),
	(SELECT json_group_array(json_object('State', state, 'By', made_by, 'Made', made, 'Note', note, 'Told', note_told) ORDER BY id DESC)
		FROM (SELECT * FROM report_decisions d WHERE d.answer_id = sign_in_answers.id ORDER BY d.id DESC LIMIT ? OFFSET 1))`

func scanReport(scan func(...any) error) (auth.SignInAnswer, error) {
	var decisions int64
	var earlier []byte
	a, err := scanAnswerAnd(scan, &decisions, &earlier)
	if err != nil {
		return a, err
	}
	var steps []struct {
		State    auth.ReportState
		By, Note string
		Made     int64
		Told     int
	}
	if err := json.Unmarshal(earlier, &steps); err != nil {
		return a, err
	}
	for _, s := range steps {
		a.Earlier = append(a.Earlier, auth.ReportStep{State: s.State, By: s.By, At: time.UnixMicro(s.Made).UTC(), Note: s.Note, NoteIsTold: s.Told == 1})
	}
	a.EarlierTotal = max(decisions-1, 0)
	return a, nil
}

// Reports gives one page of reports, newest first.
func (p *DB) Reports(ctx context.Context, q auth.ReportQuery) (auth.ReportPage, error) {
	var page auth.ReportPage
	var err error
	if page.Counts, err = p.countReports(ctx, q.Of); err != nil {
		return page, err
	}
	where, args := "state <> '' AND "+reportsOf, reportsOfArgs(q.Of)
	if q.State != "" {
		where, args = where+" AND state = ?", append(args, q.State)
	}
	order := "DESC"
	switch {
	case q.Older != 0:
		where, args = where+" AND id < ?", append(args, q.Older)
	case q.Newer != 0:
		where, order, args = where+" AND id > ?", "ASC", append(args, q.Newer)
	}
	args = append(append([]any{auth.MaxEarlier}, args...), q.Limit+1)
	list, err := p.answers(ctx, scanReport, "SELECT "+reportColumns+" FROM sign_in_answers WHERE "+where+" ORDER BY id "+order+" LIMIT ?", args...)
	if err != nil {
		return page, err
	}
	more := len(list) > q.Limit
	list = list[:min(len(list), q.Limit)]
	if q.Newer != 0 {
		slices.Reverse(list)
	}
	page.Reports = list
	if len(list) == 0 {
		return page, nil
	}
	if q.Newer != 0 || more {
		page.Older = list[len(list)-1].ID
	}
	if q.Older != 0 || q.Newer != 0 && more {
		page.Newer = list[0].ID
	}
	return page, nil
}

// reportsOf is the condition of auth.ReportsOf, and reportsOfArgs has its values.
const reportsOf = "(NOT ? OR lower(user_id) IN (SELECT value FROM json_each(?)))"

func reportsOfArgs(of auth.ReportsOf) []any {
	users, err := json.Marshal(of.Users)
	if err != nil { // impossible: these are texts
		users = []byte("[]")
	}
	return []any{of.Limited, string(users)}
}

func (p *DB) countReports(ctx context.Context, of auth.ReportsOf) (map[auth.ReportState]int, error) {
	rows, err := p.reader.QueryContext(ctx, "SELECT state, count(*) FROM sign_in_answers WHERE state <> '' AND "+reportsOf+" GROUP BY state", reportsOfArgs(of)...)
	if err != nil {
		return nil, dbfile.StoreError(ctx, fmt.Errorf("count the reports: %w", err))
	}
	defer rows.Close() //nolint:errcheck // Err below tells
	counts := map[auth.ReportState]int{}
	for rows.Next() {
		var state auth.ReportState
		var n int
		if err := rows.Scan(&state, &n); err != nil {
			return nil, dbfile.StoreError(ctx, err)
		}
		counts[state] = n
	}
	return counts, dbfile.StoreError(ctx, rows.Err())
}

// CountOpenReports counts the reports that wait.
func (p *DB) CountOpenReports(ctx context.Context, of auth.ReportsOf) (n int, err error) {
	err = p.reader.QueryRowContext(ctx, "SELECT count(*) FROM sign_in_answers WHERE state <> '' AND state = 'open' AND "+reportsOf, reportsOfArgs(of)...).Scan(&n)
	return n, dbfile.StoreError(ctx, err)
}

// DecideReport notes what an administrator decided, behind the decisions before it.
func (p *DB) DecideReport(ctx context.Context, d auth.Decision) error {
	return p.write(ctx, func(tx *sql.Tx) error {
		var state auth.ReportState
		err := tx.QueryRowContext(ctx, "SELECT state FROM sign_in_answers WHERE id = ? AND state <> '' AND "+reportsOf, append([]any{d.ID}, reportsOfArgs(d.Of)...)...).Scan(&state)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return auth.ErrNoAnswer
		case err != nil:
			return fmt.Errorf("read the report: %w", err)
		case state != d.Was:
			return auth.ErrReportChanged
		}
		_, err = tx.ExecContext(ctx, "UPDATE sign_in_answers SET mine = 0, state = ?, decided_by = ?, decided = ?, note = ?, note_told = 1 WHERE id = ?",
			d.To, d.By, d.At.UnixMicro(), d.Note, d.ID)
		if err != nil {
			return fmt.Errorf("write the report: %w", err)
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO report_decisions (answer_id, state, made_by, made, note, note_told) VALUES (?, ?, ?, ?, ?, 1)",
			d.ID, d.To, d.By, d.At.UnixMicro(), d.Note)
		if err != nil {
			return fmt.Errorf("write the decision: %w", err)
		}
		return nil
	})
}
