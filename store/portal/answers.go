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

var _ auth.AnswerStore = (*DB)(nil)

// answerColumns is what scanAnswer reads.
const answerColumns = `id, coalesce(account_id, 0), account, upn, user_id, log, sign_in_id, sign_in_time, seen, mine, comment,
	answered, state, decided_by, decided, note, note_told`

func scanAnswer(scan func(...any) error) (auth.SignInAnswer, error) {
	var a auth.SignInAnswer
	var at, answered int64
	var decided sql.NullInt64
	var seen []byte
	err := scan(&a.ID, &a.AccountID, &a.Account, &a.UserPrincipalName, &a.UserID, &a.Log, &a.SignInID, &at, &seen, &a.Mine, &a.Comment,
		&answered, &a.State, &a.DecidedBy, &decided, &a.Note, &a.NoteIsTold)
	if err != nil {
		return a, err
	}
	a.Time, a.Answered = time.UnixMicro(at).UTC(), time.UnixMicro(answered).UTC()
	if decided.Valid {
		a.Decided = time.UnixMicro(decided.Int64).UTC()
	}
	return a, json.Unmarshal(seen, &a.Seen)
}

func (p *DB) answers(ctx context.Context, query string, args ...any) ([]auth.SignInAnswer, error) {
	rows, err := p.reader.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, dbfile.StoreError(ctx, fmt.Errorf("read answers: %w", err))
	}
	defer rows.Close() //nolint:errcheck // Err below tells
	var list []auth.SignInAnswer
	for rows.Next() {
		a, err := scanAnswer(rows.Scan)
		if err != nil {
			return nil, dbfile.StoreError(ctx, fmt.Errorf("read an answer: %w", err))
		}
		list = append(list, a)
	}
	return list, dbfile.StoreError(ctx, rows.Err())
}

// SignInAnswers gives all that an account said.
func (p *DB) SignInAnswers(ctx context.Context, accountID int64) ([]auth.SignInAnswer, error) {
	return p.answers(ctx, "SELECT "+answerColumns+" FROM sign_in_answers WHERE account_id = ? AND (mine = 1 OR state <> 'takenback') ORDER BY id DESC LIMIT ?",
		accountID, auth.MaxAnswers)
}

// AnswerSignIn keeps an answer in place of an earlier one.
func (p *DB) AnswerSignIn(ctx context.Context, a auth.SignInAnswer) error {
	seen, err := json.Marshal(a.Seen)
	if err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	a.State = auth.ReportOpen
	if a.Mine {
		a.State, a.Comment = "", ""
	}
	return p.write(ctx, func(tx *sql.Tx) error {
		before, err := answerBefore(ctx, tx, a.AccountID, a.Log, a.SignInID)
		switch {
		case errors.Is(err, auth.ErrNoAnswer):
			return insertAnswer(ctx, tx, a, seen)
		case err != nil:
			return err
		case before.State.IsSettled():
			return auth.ErrSettled
		case a.Mine && before.State != "": // what was reported stays to be seen
			_, err = tx.ExecContext(ctx, "UPDATE sign_in_answers SET mine = 1, state = 'takenback' WHERE id = ?", before.ID)
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE sign_in_answers SET mine = ?, comment = ?, answered = ?, state = ?, seen = ? WHERE id = ?",
			a.Mine, a.Comment, a.Answered.UnixMicro(), a.State, string(seen), before.ID)
		return err
	})
}

func insertAnswer(ctx context.Context, tx *sql.Tx, a auth.SignInAnswer, seen []byte) error {
	var given int
	err := tx.QueryRowContext(ctx, "SELECT a.name, (SELECT count(*) FROM sign_in_answers s WHERE s.account_id = a.id) FROM accounts a WHERE a.id = ?",
		a.AccountID).Scan(&a.Account, &given)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return auth.ErrNoAccount
	case err != nil:
		return fmt.Errorf("count the answers: %w", err)
	case given >= auth.MaxAnswers:
		return auth.ErrTooManyAnswers
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO sign_in_answers
		(account_id, account, upn, user_id, log, sign_in_id, sign_in_time, seen, mine, comment, answered, state)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		a.AccountID, a.Account, a.UserPrincipalName, a.UserID, a.Log, a.SignInID, a.Time.UnixMicro(), string(seen), a.Mine, a.Comment,
		a.Answered.UnixMicro(), a.State)
	return err
}

// answerBefore gives what the account said of the sign-in so far; ErrNoAnswer where it said nothing.
func answerBefore(ctx context.Context, tx *sql.Tx, accountID int64, log, signInID string) (auth.SignInAnswer, error) {
	a, err := scanAnswer(tx.QueryRowContext(ctx, "SELECT "+answerColumns+" FROM sign_in_answers WHERE account_id = ? AND log = ? AND sign_in_id = ?",
		accountID, log, signInID).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return a, auth.ErrNoAnswer
	}
	if err != nil {
		return a, fmt.Errorf("read the answer: %w", err)
	}
	return a, nil
}

// TakeBackAnswer takes an answer back.
func (p *DB) TakeBackAnswer(ctx context.Context, accountID int64, log, signInID string) error {
	return p.write(ctx, func(tx *sql.Tx) error {
		before, err := answerBefore(ctx, tx, accountID, log, signInID)
		switch {
		case err != nil:
			return err
		case before.State.IsSettled():
			return auth.ErrSettled
		case !before.Mine && before.State == auth.ReportTakenBack:
			return auth.ErrNoAnswer
		case before.State == "":
			_, err = tx.ExecContext(ctx, "DELETE FROM sign_in_answers WHERE id = ?", before.ID)
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE sign_in_answers SET mine = 0, state = 'takenback' WHERE id = ?", before.ID)
		return err
	})
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
	list, err := p.answers(ctx, "SELECT "+answerColumns+" FROM sign_in_answers WHERE "+where+" ORDER BY id "+order+" LIMIT ?", append(args, q.Limit+1)...)
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

// DecideReport notes what an administrator decided.
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
		return err
	})
}
