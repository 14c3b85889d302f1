package portal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"signpost/auth"
	"signpost/store/dbfile"
)

var _ auth.SessionStore = (*DB)(nil)

// AddSession keeps a new session. The account may have gone meanwhile: then there is nobody to sign in.
func (p *DB) AddSession(ctx context.Context, s auth.SessionRecord) error {
	return p.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO sessions (token_hash, account_id, created, seen, address, browser) VALUES (?, ?, ?, ?, ?, ?)",
			s.Hash[:], s.AccountID, s.Created.UnixMicro(), s.Seen.UnixMicro(), s.Client.Address, s.Client.Browser)
		if err != nil {
			return fmt.Errorf("write the session: %w", err)
		}
		return nil
	})
}

// Session gives a session with its account and that one's preferences; auth.ErrSessionEnded where there is none.
func (p *DB) Session(ctx context.Context, hash auth.TokenHash) (auth.SessionRecord, auth.Account, error) {
	s := auth.SessionRecord{Hash: hash}
	var created, seen int64
	var preferences []byte
	row := p.reader.QueryRowContext(ctx, "SELECT s.created, s.seen, s.address, s.browser, s.logs_address, "+preferenceColumn+", "+accountColumns+
		" FROM sessions s JOIN accounts a ON a.id = s.account_id WHERE s.token_hash = ?", hash[:])
	account, err := scanAccount(row.Scan, &created, &seen, &s.Client.Address, &s.Client.Browser, &s.LogsAddress, &preferences)
	if errors.Is(err, sql.ErrNoRows) {
		return s, account, auth.ErrSessionEnded
	}
	if err != nil {
		return s, account, dbfile.StoreError(ctx, fmt.Errorf("read the session: %w", err))
	}
	s.AccountID, s.Created, s.Seen = account.ID, time.UnixMicro(created).UTC(), time.UnixMicro(seen).UTC()
	s.Preferences, err = readPreferences(preferences)
	return s, account, err
}

// TouchSession notes a use of the session; the time never goes back.
func (p *DB) TouchSession(ctx context.Context, hash auth.TokenHash, seen time.Time, by auth.Client) error {
	return p.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE sessions SET seen = ?, address = ?, browser = ? WHERE token_hash = ? AND seen < ?",
			seen.UnixMicro(), by.Address, by.Browser, hash[:], seen.UnixMicro())
		return err
	})
}

// SessionList gives a page of sessions, the one used last first.
func (p *DB) SessionList(ctx context.Context, q auth.SessionsQuery) (page []auth.ListedSession, more bool, err error) {
	where := "s.created > ? AND s.seen > ? AND max(s.created, s.seen) <= ? AND (? OR a.demo = 0)"
	args := []any{q.CreatedFrom.UnixMicro(), q.SeenFrom.UnixMicro(), q.Until.UnixMicro(), q.Demo}
	if q.AccountID != 0 {
		where, args = where+" AND s.account_id = ?", append(args, q.AccountID)
	}
	if q.After != nil {
		where, args = where+" AND (s.seen, s.token_hash) < (?, ?)", append(args, q.After.Seen.UnixMicro(), q.After.Hash[:])
	}
	rows, err := p.reader.QueryContext(ctx, "SELECT s.token_hash, s.account_id, s.created, s.seen, s.address, s.browser, a.name, "+rolesColumn+
		" FROM sessions s JOIN accounts a ON a.id = s.account_id WHERE "+where+" ORDER BY s.seen DESC, s.token_hash DESC LIMIT ?", append(args, q.Limit+1)...)
	if err != nil {
		return nil, false, dbfile.StoreError(ctx, fmt.Errorf("list the sessions: %w", err))
	}
	defer rows.Close() //nolint:errcheck // Err below tells
	for rows.Next() {
		var s auth.ListedSession
		var hash []byte
		var created, seen int64
		var roles string
		if err := rows.Scan(&hash, &s.AccountID, &created, &seen, &s.Client.Address, &s.Client.Browser, &s.Account, &roles); err != nil {
			return nil, false, dbfile.StoreError(ctx, fmt.Errorf("list the sessions: %w", err))
		}
		if s.Roles, err = readRoles(roles, s.Account); err != nil {
			return nil, false, err
		}
		copy(s.Hash[:], hash)
		s.Created, s.Seen = time.UnixMicro(created).UTC(), time.UnixMicro(seen).UTC()
		page = append(page, s)
	}
	more = len(page) > q.Limit
	return page[:min(len(page), q.Limit)], more, dbfile.StoreError(ctx, rows.Err())
}

// EndSession ends the account's session with a hash that begins so; see auth.SessionStore.
func (p *DB) EndSession(ctx context.Context, accountID int64, start []byte, check func(auth.Account) error) error {
	return p.write(ctx, func(tx *sql.Tx) error {
		if err := checkAccount(ctx, tx, accountID, check); err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, "DELETE FROM sessions WHERE account_id = ? AND substr(token_hash, 1, ?) = ?", accountID, len(start), start)
		if err != nil {
			return fmt.Errorf("end the session: %w", err)
		}
		return orNone(result, auth.ErrSessionEnded)
	})
}

// EndOtherSessions ends the account's sessions but one; see auth.SessionStore.
func (p *DB) EndOtherSessions(ctx context.Context, accountID int64, but auth.TokenHash, check func(auth.Account) error) (n int64, err error) {
	err = p.write(ctx, func(tx *sql.Tx) error {
		if err := checkAccount(ctx, tx, accountID, check); err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, "DELETE FROM sessions WHERE account_id = ? AND token_hash <> ?", accountID, but[:])
		if err != nil {
			return fmt.Errorf("end the other sessions: %w", err)
		}
		n, err = result.RowsAffected()
		return err
	})
	return n, err
}

// checkAccount looks at an account within a transaction: until that ends, nobody changes it.
func checkAccount(ctx context.Context, tx *sql.Tx, id int64, check func(auth.Account) error) error {
	account, err := accountByID(ctx, tx, id)
	if err != nil {
		return err
	}
	return check(account)
}

// SetLogsAddress notes the list that was opened last.
func (p *DB) SetLogsAddress(ctx context.Context, hash auth.TokenHash, address string) error {
	return p.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE sessions SET logs_address = ? WHERE token_hash = ?", address, hash[:])
		return err
	})
}

// DeleteSession ends a session; one that is gone already is no error.
func (p *DB) DeleteSession(ctx context.Context, hash auth.TokenHash) error {
	return p.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM sessions WHERE token_hash = ?", hash[:])
		return err
	})
}

// DeleteSessionsBefore removes the sessions created or last seen before these times.
func (p *DB) DeleteSessionsBefore(ctx context.Context, created, seen time.Time) error {
	return p.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM sessions WHERE created < ? OR seen < ?", created.UnixMicro(), seen.UnixMicro())
		return err
	})
}
