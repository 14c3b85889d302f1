package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"signpost/auth"
)

var _ auth.SessionStore = (*Portal)(nil)

// AddSession keeps a new session. The account may have gone meanwhile: then there is nobody to sign in.
func (p *Portal) AddSession(ctx context.Context, s auth.SessionRecord) error {
	return p.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO sessions (token_hash, account_id, created, seen) VALUES (?, ?, ?, ?)",
			s.Hash[:], s.AccountID, s.Created.UnixMicro(), s.Seen.UnixMicro())
		if err != nil {
			return fmt.Errorf("write the session: %w", err)
		}
		return nil
	})
}

// Session gives a session with its account and that one's preferences; auth.ErrSessionEnded where there is none.
func (p *Portal) Session(ctx context.Context, hash auth.TokenHash) (auth.SessionRecord, auth.Account, error) {
	s := auth.SessionRecord{Hash: hash}
	var created, seen int64
	var preferences []byte
	row := p.reader.QueryRowContext(ctx, "SELECT s.created, s.seen, s.logs_address, "+preferenceColumn+", "+accountColumns+
		" FROM sessions s JOIN accounts a ON a.id = s.account_id WHERE s.token_hash = ?", hash[:])
	account, err := scanAccount(row.Scan, &created, &seen, &s.LogsAddress, &preferences)
	if errors.Is(err, sql.ErrNoRows) {
		return s, account, auth.ErrSessionEnded
	}
	if err != nil {
		return s, account, asStoreError(ctx, fmt.Errorf("read the session: %w", err))
	}
	s.AccountID, s.Created, s.Seen = account.ID, time.UnixMicro(created).UTC(), time.UnixMicro(seen).UTC()
	s.Preferences, err = readPreferences(preferences)
	return s, account, err
}

// TouchSession notes a use of the session; the time never goes back.
func (p *Portal) TouchSession(ctx context.Context, hash auth.TokenHash, seen time.Time) error {
	return p.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE sessions SET seen = ? WHERE token_hash = ? AND seen < ?",
			seen.UnixMicro(), hash[:], seen.UnixMicro())
		return err
	})
}

// SetLogsAddress notes the list that was opened last.
func (p *Portal) SetLogsAddress(ctx context.Context, hash auth.TokenHash, address string) error {
	return p.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE sessions SET logs_address = ? WHERE token_hash = ?", address, hash[:])
		return err
	})
}

// DeleteSession ends a session; one that is gone already is no error.
func (p *Portal) DeleteSession(ctx context.Context, hash auth.TokenHash) error {
	return p.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM sessions WHERE token_hash = ?", hash[:])
		return err
	})
}

// DeleteSessionsBefore removes the sessions created or last seen before these times.
func (p *Portal) DeleteSessionsBefore(ctx context.Context, created, seen time.Time) error {
	return p.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM sessions WHERE created < ? OR seen < ?", created.UnixMicro(), seen.UnixMicro())
		return err
	})
}
