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

var _ auth.AnswerStore = (*DB)(nil)

// answerColumns is what scanAnswer reads.
const answerColumns = `id, coalesce(account_id, 0), account, upn, user_id, log, sign_in_id, sign_in_time, seen, mine, comment,
	answered, state, decided_by, decided, note, note_told`

func scanAnswer(scan func(...any) error) (auth.SignInAnswer, error) { return scanAnswerAnd(scan) }

// scanAnswerAnd reads answerColumns, and the columns behind them into more.
func scanAnswerAnd(scan func(...any) error, more ...any) (auth.SignInAnswer, error) {
	var a auth.SignInAnswer
	var at, answered int64
	var decided sql.NullInt64
	var seen []byte
	err := scan(append([]any{
		&a.ID, &a.AccountID, &a.Account, &a.UserPrincipalName, &a.UserID, &a.Log, &a.SignInID, &at, &seen, &a.Mine, &a.Comment,
		&answered, &a.State, &a.DecidedBy, &decided, &a.Note, &a.NoteIsTold,
	}, more...)...)
	if err != nil {
		return a, err
	}
	a.Time, a.Answered = time.UnixMicro(at).UTC(), time.UnixMicro(answered).UTC()
	if decided.Valid {
		a.Decided = time.UnixMicro(decided.Int64).UTC()
	}
	return a, json.Unmarshal(seen, &a.Seen)
}

// answers reads answers. The row is read by scanAnswer or scanReport.
func (p *DB) answers(ctx context.Context, row func(scan func(...any) error) (auth.SignInAnswer, error), query string, args ...any) ([]auth.SignInAnswer, error) {
	rows, err := p.reader.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, dbfile.StoreError(ctx, fmt.Errorf("read answers: %w", err))
	}
	defer rows.Close() //nolint:errcheck // Err below tells
	var list []auth.SignInAnswer
	for rows.Next() {
		a, err := row(rows.Scan)
		if err != nil {
			return nil, dbfile.StoreError(ctx, fmt.Errorf("read an answer: %w", err))
		}
		list = append(list, a)
	}
	return list, dbfile.StoreError(ctx, rows.Err())
}

// SignInAnswers gives all that an account said.
func (p *DB) SignInAnswers(ctx context.Context, accountID int64) ([]auth.SignInAnswer, error) {
	return p.answers(ctx, scanAnswer, "SELECT "+answerColumns+" FROM sign_in_answers WHERE account_id = ? AND (mine = 1 OR state <> 'takenback') ORDER BY id DESC LIMIT ?",
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
