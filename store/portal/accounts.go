package portal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"signpost/auth"
	"signpost/store/dbfile"
)

var _ auth.AccountStore = (*DB)(nil)

// accountColumns are read by scanAccount. The roles of an account come as one text: an account has a few.
const accountColumns = `a.id, a.name, a.upn, a.user_id, a.found_user_id, a.found_from, a.found_at, a.password_hash, a.disabled, a.demo,
	a.created, a.last_sign_in, a.scope, a.mail, ` + rolesColumn

const rolesColumn = "(SELECT coalesce(group_concat(role, ' '), '') FROM account_roles r WHERE r.account_id = a.id)"

func scanAccount(scan func(...any) error, before ...any) (auth.Account, error) {
	var a auth.Account
	var found, created, lastSignIn int64
	var scope, roles string
	err := scan(append(before, &a.ID, &a.Name, &a.UserPrincipalName, &a.UserID, &a.Found.ID, &a.Found.From, &found, &a.PasswordHash, &a.Disabled, &a.Demo, &created, &lastSignIn, &scope, &a.Mail, &roles)...)
	if err != nil {
		return auth.Account{}, err
	}
	a.Created, a.Found.At = time.UnixMicro(created).UTC(), timeOfMicros(found)
	if lastSignIn != 0 {
		a.LastSignIn = time.UnixMicro(lastSignIn).UTC()
	}
	if scope != "" {
		if err := json.Unmarshal([]byte(scope), &a.Scope); err != nil || a.Scope.IsZero() {
			return auth.Account{}, fmt.Errorf("account %s: its scope %q cannot be read", a.Name, scope) // it must not read more for it
		}
	}
	a.Roles, err = readRoles(roles, a.Name)
	return a, err
}

// scopeText is a scope as the column has it.
func scopeText(s auth.Scope) (string, error) {
	if s.IsZero() {
		return "", nil
	}
	text, err := json.Marshal(s)
	return string(text), err
}

// readRoles reads a rolesColumn of the account of a name.
func readRoles(text, name string) ([]auth.Role, error) {
	names := strings.Fields(text)
	if len(names) == 0 {
		return nil, nil
	}
	roles, err := auth.ParseRoles(names)
	if err != nil {
		return nil, fmt.Errorf("account %s: %w", name, err)
	}
	return roles, nil
}

// Accounts gives every account, by name.
func (p *DB) Accounts(ctx context.Context) ([]auth.Account, error) {
	rows, err := p.reader.QueryContext(ctx, "SELECT "+accountColumns+" FROM accounts a ORDER BY a.name_folded")
	if err != nil {
		return nil, dbfile.StoreError(ctx, fmt.Errorf("read the accounts: %w", err))
	}
	return readAccounts(ctx, rows)
}

// AccountPage gives a page of accounts by name. Wherever a text is held, its letters are compared as SQLite's LIKE does.
func (p *DB) AccountPage(ctx context.Context, q auth.AccountsQuery) (page []auth.Account, more bool, err error) {
	holds := "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(q.Holds) + "%"
	rows, err := p.reader.QueryContext(ctx, "SELECT "+accountColumns+` FROM accounts a WHERE a.name_folded > ? AND (? OR a.demo = 0)
		AND (a.name LIKE ? ESCAPE '\' OR a.name_folded LIKE ? ESCAPE '\' OR a.upn LIKE ? ESCAPE '\' OR a.user_id LIKE ? ESCAPE '\'
		OR a.found_user_id LIKE ? ESCAPE '\') ORDER BY a.name_folded LIMIT ?`, auth.FoldName(q.After), q.Demo, holds, holds, holds, holds, holds, q.Limit+1)
	if err != nil {
		return nil, false, dbfile.StoreError(ctx, fmt.Errorf("read the accounts: %w", err))
	}
	if page, err = readAccounts(ctx, rows); err != nil {
		return nil, false, err
	}
	more = len(page) > q.Limit
	return page[:min(len(page), q.Limit)], more, nil
}

func readAccounts(ctx context.Context, rows *sql.Rows) ([]auth.Account, error) {
	defer rows.Close() //nolint:errcheck // Err below tells
	var accounts []auth.Account
	for rows.Next() {
		a, err := scanAccount(rows.Scan)
		if err != nil {
			return nil, dbfile.StoreError(ctx, fmt.Errorf("read an account: %w", err))
		}
		accounts = append(accounts, a)
	}
	return accounts, dbfile.StoreError(ctx, rows.Err())
}

// AccountByName gives one account, else auth.ErrNoAccount.
func (p *DB) AccountByName(ctx context.Context, name string) (auth.Account, error) {
	a, err := accountByName(ctx, p.reader, name)
	return a, dbfile.StoreError(ctx, err)
}

// AccountByID gives one account, else auth.ErrNoAccount.
func (p *DB) AccountByID(ctx context.Context, id int64) (auth.Account, error) {
	a, err := accountByID(ctx, p.reader, id)
	return a, dbfile.StoreError(ctx, err)
}

// rowQuerier is a pool or a transaction.
type rowQuerier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func accountByName(ctx context.Context, q rowQuerier, name string) (auth.Account, error) {
	return oneAccount(q.QueryRowContext(ctx, "SELECT "+accountColumns+" FROM accounts a WHERE a.name_folded = ?", auth.FoldName(name)))
}

func accountByID(ctx context.Context, q rowQuerier, id int64) (auth.Account, error) {
	return oneAccount(q.QueryRowContext(ctx, "SELECT "+accountColumns+" FROM accounts a WHERE a.id = ?", id))
}

func oneAccount(row *sql.Row) (auth.Account, error) {
	a, err := scanAccount(row.Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return auth.Account{}, auth.ErrNoAccount
	}
	if err != nil {
		return auth.Account{}, fmt.Errorf("read the account: %w", err)
	}
	return a, nil
}

// CountAccounts counts the accounts, demo ones aside or included.
func (p *DB) CountAccounts(ctx context.Context, withDemo bool) (int, error) {
	n, err := countAccounts(ctx, p.reader, withDemo)
	return n, dbfile.StoreError(ctx, err)
}

func countAccounts(ctx context.Context, q rowQuerier, withDemo bool) (n int, err error) {
	query := "SELECT count(*) FROM accounts WHERE demo = 0"
	if withDemo {
		query = "SELECT count(*) FROM accounts"
	}
	if err := q.QueryRowContext(ctx, query).Scan(&n); err != nil {
		return 0, fmt.Errorf("count the accounts: %w", err)
	}
	return n, nil
}

// AddAccount adds an account and gives it with its ID; auth.ErrNameTaken where the name is.
func (p *DB) AddAccount(ctx context.Context, a auth.Account) (auth.Account, error) {
	err := p.write(ctx, func(tx *sql.Tx) error { return insertAccount(ctx, tx, &a) })
	return a, err
}

// AddFirstAccount adds an account if there is none but demo ones, else auth.ErrAlreadySetUp.
func (p *DB) AddFirstAccount(ctx context.Context, a auth.Account) (auth.Account, error) {
	err := p.write(ctx, func(tx *sql.Tx) error {
		n, err := countAccounts(ctx, tx, false)
		switch {
		case err != nil:
			return err
		case n > 0:
			return auth.ErrAlreadySetUp
		}
		return insertAccount(ctx, tx, &a)
	})
	return a, err
}

// ChangeAccount reads, changes and writes the account and ends its sessions, in one transaction.
func (p *DB) ChangeAccount(ctx context.Context, name string, change func(*auth.Account) error) error {
	return p.write(ctx, func(tx *sql.Tx) error {
		before, err := accountByName(ctx, tx, name)
		if err != nil {
			return err
		}
		a := before
		if err := change(&a); err != nil {
			return err
		}
		scope, err := scopeText(a.Scope)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE accounts SET name = ?, name_folded = ?, upn = ?, user_id = ?,
			found_user_id = ?, found_from = ?, found_at = ?, password_hash = ?, disabled = ?, demo = ?, created = ?, scope = ?, mail = ? WHERE id = ?`,
			a.Name, auth.FoldName(a.Name), a.UserPrincipalName, a.UserID, a.Found.ID, a.Found.From, microsOf(a.Found.At), a.PasswordHash, a.Disabled, a.Demo, a.Created.UnixMicro(), scope, a.Mail, before.ID)
		if err != nil {
			return asNameTaken(fmt.Errorf("write the account: %w", err))
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM account_roles WHERE account_id = ?", before.ID); err != nil {
			return fmt.Errorf("write the account's roles: %w", err)
		}
		if err := insertRoles(ctx, tx, before.ID, a.Roles); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM sessions WHERE account_id = ?", before.ID); err != nil {
			return fmt.Errorf("end the account's sessions: %w", err)
		}
		return keepAdministrator(ctx, tx, before)
	})
}

// RemoveAccount removes the account; its roles and sessions go with it.
func (p *DB) RemoveAccount(ctx context.Context, name string, check func(auth.Account) error) error {
	return p.write(ctx, func(tx *sql.Tx) error {
		before, err := accountByName(ctx, tx, name)
		if err != nil {
			return err
		}
		if err := check(before); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM accounts WHERE id = ?", before.ID); err != nil {
			return fmt.Errorf("remove the account: %w", err)
		}
		return keepAdministrator(ctx, tx, before)
	})
}

// UnsettledAccounts gives the accounts that need their user ID; see auth.AccountStore.
func (p *DB) UnsettledAccounts(ctx context.Context) ([]auth.Account, error) {
	rows, err := p.reader.QueryContext(ctx, "SELECT "+accountColumns+` FROM accounts a
		WHERE a.upn <> '' AND trim(a.user_id, '{0-}') = '' AND a.found_user_id = '' ORDER BY a.name_folded`)
	if err != nil {
		return nil, dbfile.StoreError(ctx, fmt.Errorf("read the accounts without a user ID: %w", err))
	}
	return readAccounts(ctx, rows)
}

// KeepFoundUser notes what the user principal name of an account stands for; see auth.AccountStore.
func (p *DB) KeepFoundUser(ctx context.Context, a auth.Account, found auth.FoundUser) (now auth.Account, err error) {
	err = p.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE accounts SET found_user_id = ?, found_from = ?, found_at = ?
			WHERE id = ? AND upn = ? AND user_id = ? AND found_user_id = ''`,
			found.ID, found.From, microsOf(found.At), a.ID, a.UserPrincipalName, a.UserID)
		if err != nil {
			return fmt.Errorf("note the user ID of an account: %w", err)
		}
		now, err = accountByID(ctx, tx, a.ID)
		return err
	})
	return now, err
}

// keepAdministrator refuses a change after which no enabled Global Administrator is left, where the
// account was one before. Demo accounts do not count for others: they are not valid outside of the demo.
func keepAdministrator(ctx context.Context, tx *sql.Tx, before auth.Account) error {
	if before.Disabled || !before.Is(auth.RoleGlobalAdministrator) {
		return nil
	}
	var n int
	err := tx.QueryRowContext(ctx, `SELECT count(*) FROM accounts a JOIN account_roles r ON r.account_id = a.id
		WHERE r.role = ? AND a.disabled = 0 AND (? OR a.demo = 0)`, auth.RoleGlobalAdministrator, before.Demo).Scan(&n)
	if err != nil {
		return fmt.Errorf("count the administrators: %w", err)
	}
	if n == 0 {
		return auth.ErrLastAdministrator
	}
	return nil
}

// insertAccount adds an account under a random number, which as good as surely no account had before. SQLite would give the
// number of a removed account again, and a page that is still open of that account would change another. It has room in a
// JSON number.
func insertAccount(ctx context.Context, tx *sql.Tx, a *auth.Account) error {
	err := tx.QueryRowContext(ctx, `INSERT INTO accounts (id, name, name_folded, upn, user_id, mail, password_hash, disabled, demo, created)
		VALUES (1 + (random() & 0xFFFFFFFFFFFFF), ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
		a.Name, auth.FoldName(a.Name), a.UserPrincipalName, a.UserID, a.Mail, a.PasswordHash, a.Disabled, a.Demo, a.Created.UnixMicro()).Scan(&a.ID)
	if err != nil {
		return asNameTaken(fmt.Errorf("write the account: %w", err))
	}
	return insertRoles(ctx, tx, a.ID, a.Roles)
}

func insertRoles(ctx context.Context, tx *sql.Tx, accountID int64, roles []auth.Role) error {
	for _, role := range roles {
		if _, err := tx.ExecContext(ctx, "INSERT INTO account_roles (account_id, role) VALUES (?, ?)", accountID, role); err != nil {
			return fmt.Errorf("write the account's roles: %w", err)
		}
	}
	return nil
}

// asNameTaken tells the one UNIQUE constraint of an account, its name.
func asNameTaken(err error) error {
	var driver *sqlite.Error
	if errors.As(err, &driver) && driver.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE {
		return auth.ErrNameTaken
	}
	return err
}
