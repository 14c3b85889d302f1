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

var _ auth.MailStore = (*DB)(nil)

// MailReaders gives the enabled accounts that want mails and have an address.
func (p *DB) MailReaders(ctx context.Context) ([]auth.MailReader, error) {
	rows, err := p.reader.QueryContext(ctx, "SELECT "+accountColumns+` FROM accounts a
		WHERE a.disabled = 0 AND a.mail <> '' AND EXISTS (SELECT 1 FROM preferences p WHERE p.account_id = a.id AND p.name = ?)`, auth.PreferenceMail)
	if err != nil {
		return nil, dbfile.StoreError(ctx, fmt.Errorf("read who wants mails: %w", err))
	}
	accounts, err := readAccounts(ctx, rows)
	if err != nil {
		return nil, err
	}
	var readers []auth.MailReader
	for _, a := range accounts {
		kept, err := p.Preferences(ctx, a.ID)
		if err != nil {
			return nil, err
		}
		if kept.Mail.IsOn() {
			readers = append(readers, auth.MailReader{Account: a, Switch: kept.Mail})
		}
	}
	return readers, nil
}

// ToldFacts gives what an account was told of.
func (p *DB) ToldFacts(ctx context.Context, accountID int64) (map[string]bool, error) {
	rows, err := p.reader.QueryContext(ctx, "SELECT fact FROM told_facts WHERE account_id = ?", accountID)
	if err != nil {
		return nil, dbfile.StoreError(ctx, fmt.Errorf("read what was told: %w", err))
	}
	defer rows.Close() //nolint:errcheck // Err below tells
	told := map[string]bool{}
	for rows.Next() {
		var fact string
		if err := rows.Scan(&fact); err != nil {
			return nil, dbfile.StoreError(ctx, err)
		}
		told[fact] = true
	}
	return told, dbfile.StoreError(ctx, rows.Err())
}

// QueueMail keeps a mail with the facts that it tells.
func (p *DB) QueueMail(ctx context.Context, m auth.Mail, facts []string) (queued bool, err error) {
	err = p.write(ctx, func(tx *sql.Tx) error {
		queued = false
		for _, fact := range facts {
			var known bool
			if err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM told_facts WHERE account_id = ? AND fact = ?)", m.AccountID, fact).Scan(&known); err != nil || known {
				return err
			}
		}
		for _, fact := range facts {
			if _, err := tx.ExecContext(ctx, "INSERT INTO told_facts (account_id, fact) VALUES (?, ?)", m.AccountID, fact); err != nil {
				return fmt.Errorf("note what is told: %w", err)
			}
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO mails (account_id, address, subject, body, created, next) VALUES (?, ?, ?, ?, ?, ?)",
			m.AccountID, m.To, m.Subject, m.Body, m.Created.UnixMicro(), m.Created.UnixMicro())
		queued = err == nil
		return err
	})
	return queued && err == nil, err
}

// TurnMailsOff turns an account's mails off, and queues the mail that says so. It queues none where they were off.
func (p *DB) TurnMailsOff(ctx context.Context, m auth.Mail) error {
	return p.write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "DELETE FROM preferences WHERE account_id = ? AND name = ?", m.AccountID, auth.PreferenceMail)
		if err != nil {
			return fmt.Errorf("turn mails off: %w", err)
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO mails (account_id, address, subject, body, created, next, always)
			SELECT id, mail, ?, ?, ?, ?, 1 FROM accounts WHERE id = ? AND mail <> ''`,
			m.Subject, m.Body, m.Created.UnixMicro(), m.Created.UnixMicro(), m.AccountID)
		return err
	})
}

// isUnwanted finds the mails that must not go out: the account is disabled, has no address, or has mails turned off. The
// mails of a removed account go with it.
const isUnwanted = `NOT EXISTS (SELECT 1 FROM accounts a WHERE a.id = mails.account_id AND a.disabled = 0 AND a.mail <> ''
	AND (mails.always = 1 OR EXISTS (SELECT 1 FROM preferences p WHERE p.account_id = a.id AND p.name = ?)))`

// ClaimMail gives one mail that is due. It removes those that are due and unwanted.
func (p *DB) ClaimMail(ctx context.Context, now, again time.Time) (m auth.Mail, ok bool, err error) {
	var due bool // a read costs no lock, and mostly nothing is due
	if err := p.reader.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM mails WHERE next <= ?)", now.UnixMicro()).Scan(&due); err != nil || !due {
		return m, false, dbfile.StoreError(ctx, err)
	}
	err = p.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM mails WHERE next <= ? AND "+isUnwanted, now.UnixMicro(), auth.PreferenceMail); err != nil {
			return fmt.Errorf("remove mails that nobody wants: %w", err)
		}
		var created int64
		err := tx.QueryRowContext(ctx, `UPDATE mails SET attempts = attempts + 1, next = ?, address = (SELECT a.mail FROM accounts a WHERE a.id = account_id)
			WHERE id = (SELECT id FROM mails WHERE next <= ? ORDER BY next LIMIT 1)
			RETURNING id, account_id, (SELECT a.name FROM accounts a WHERE a.id = account_id), address, subject, body, created, attempts, error`, again.UnixMicro(), now.UnixMicro()).
			Scan(&m.ID, &m.AccountID, &m.Account, &m.To, &m.Subject, &m.Body, &created, &m.Attempts, &m.Error)
		m.Created, ok = time.UnixMicro(created).UTC(), err == nil
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return m, ok && err == nil, err
}

// MailSent forgets a mail that was sent.
func (p *DB) MailSent(ctx context.Context, id int64) error {
	return p.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM mails WHERE id = ?", id)
		return err
	})
}

// MailFailed notes why a mail was not sent.
func (p *DB) MailFailed(ctx context.Context, id int64, problem string, next time.Time) error {
	var at any // NULL for never
	if !next.IsZero() {
		at = next.UnixMicro()
	}
	return p.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE mails SET error = ?, next = ? WHERE id = ?", problem, at, id)
		return err
	})
}

// UnsentMails gives the mails that failed, without their bodies.
func (p *DB) UnsentMails(ctx context.Context, limit int) (failed []auth.Mail, waiting int, err error) {
	if err := p.reader.QueryRowContext(ctx, "SELECT count(*) FROM mails WHERE next IS NOT NULL").Scan(&waiting); err != nil {
		return nil, 0, dbfile.StoreError(ctx, err)
	}
	rows, err := p.reader.QueryContext(ctx, `SELECT m.id, m.account_id, a.name, m.address, m.subject, m.created, m.attempts, m.error
		FROM mails m JOIN accounts a ON a.id = m.account_id WHERE m.error <> '' ORDER BY m.id DESC LIMIT ?`, limit)
	if err != nil {
		return nil, 0, dbfile.StoreError(ctx, fmt.Errorf("read the mails that failed: %w", err))
	}
	defer rows.Close() //nolint:errcheck // Err below tells
	for rows.Next() {
		var m auth.Mail
		var created int64
		if err := rows.Scan(&m.ID, &m.AccountID, &m.Account, &m.To, &m.Subject, &created, &m.Attempts, &m.Error); err != nil {
			return nil, 0, dbfile.StoreError(ctx, err)
		}
		m.Created = time.UnixMicro(created).UTC()
		failed = append(failed, m)
	}
	return failed, waiting, dbfile.StoreError(ctx, rows.Err())
}

// ForgetMails removes mails of before a time.
func (p *DB) ForgetMails(ctx context.Context, before time.Time) error {
	return p.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM mails WHERE created < ?", before.UnixMicro())
		return err
	})
}
