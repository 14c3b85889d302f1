package portal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"signpost/auth"
	"signpost/store/dbfile"
)

var _ auth.ViewStore = (*DB)(nil)

// savedViews reads the views that an account may open, with what comes behind WHERE.
const savedViews = `SELECT v.id, v.account_id, a.name, v.name, v.shared, v.list, v.query, v.created
	FROM saved_views v JOIN accounts a ON a.id = v.account_id WHERE (v.account_id = ? OR v.shared = 1)`

func scanView(scan func(...any) error) (auth.SavedView, error) {
	var v auth.SavedView
	var created int64
	err := scan(&v.ID, &v.OwnerID, &v.Owner, &v.Name, &v.Shared, &v.List, &v.Query, &created)
	v.Created = time.UnixMicro(created).UTC()
	return v, err
}

// SavedViews gives the account's own views and those that others share, by name.
func (p *DB) SavedViews(ctx context.Context, accountID int64) ([]auth.SavedView, error) {
	rows, err := p.reader.QueryContext(ctx, savedViews+" ORDER BY v.name_folded, v.id", accountID)
	if err != nil {
		return nil, dbfile.StoreError(ctx, fmt.Errorf("read the saved views: %w", err))
	}
	defer rows.Close() //nolint:errcheck // Err below tells
	var views []auth.SavedView
	for rows.Next() {
		v, err := scanView(rows.Scan)
		if err != nil {
			return nil, dbfile.StoreError(ctx, fmt.Errorf("read a saved view: %w", err))
		}
		views = append(views, v)
	}
	return views, dbfile.StoreError(ctx, rows.Err())
}

// SavedView gives one of them; auth.ErrNoView for every other id.
func (p *DB) SavedView(ctx context.Context, accountID, id int64) (auth.SavedView, error) {
	v, err := scanView(p.reader.QueryRowContext(ctx, savedViews+" AND v.id = ?", accountID, id).Scan)
	return v, dbfile.StoreError(ctx, asNoView(err))
}

// AddSavedView keeps a new view and gives it with its ID.
func (p *DB) AddSavedView(ctx context.Context, v auth.SavedView) (auth.SavedView, error) {
	err := p.write(ctx, func(tx *sql.Tx) error {
		var owned int
		err := tx.QueryRowContext(ctx, "SELECT a.name, (SELECT count(*) FROM saved_views v WHERE v.account_id = a.id) FROM accounts a WHERE a.id = ?",
			v.OwnerID).Scan(&v.Owner, &owned)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return auth.ErrNoAccount
		case err != nil:
			return fmt.Errorf("count the saved views: %w", err)
		case owned >= auth.MaxViews:
			return auth.ErrTooManyViews
		}
		err = tx.QueryRowContext(ctx, `INSERT INTO saved_views (account_id, name, name_folded, shared, list, query, created)
			VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`,
			v.OwnerID, v.Name, foldViewName(v.Name), v.Shared, v.List, v.Query, v.Created.UnixMicro()).Scan(&v.ID)
		return asViewNameTaken(err)
	})
	return v, err
}

// ChangeSavedView reads, changes and writes a view of the account's own, in one transaction.
func (p *DB) ChangeSavedView(ctx context.Context, accountID, id int64, change func(*auth.SavedView)) error {
	return p.write(ctx, func(tx *sql.Tx) error {
		v, err := scanView(tx.QueryRowContext(ctx, savedViews+" AND v.id = ? AND v.account_id = ?", accountID, id, accountID).Scan)
		if err != nil {
			return asNoView(err)
		}
		change(&v)
		_, err = tx.ExecContext(ctx, "UPDATE saved_views SET name = ?, name_folded = ?, shared = ? WHERE id = ?",
			v.Name, foldViewName(v.Name), v.Shared, id)
		return asViewNameTaken(err)
	})
}

// RemoveSavedView removes a view of the account's own, or with anyShared also one that somebody else shares.
func (p *DB) RemoveSavedView(ctx context.Context, accountID, id int64, anyShared bool) error {
	return p.write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "DELETE FROM saved_views WHERE id = ? AND (account_id = ? OR shared = 1 AND ?)", id, accountID, anyShared)
		if err != nil {
			return fmt.Errorf("remove the view: %w", err)
		}
		if err := orNone(result, auth.ErrNoView); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "DELETE FROM preferences WHERE value = ? AND name GLOB ?",
			strconv.FormatInt(id, 10), string(auth.DefaultViewOf("*")))
		return err
	})
}

// foldViewName is the form in which the names of one owner's views are compared.
func foldViewName(name string) string { return strings.ToLower(name) }

func asNoView(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return auth.ErrNoView
	}
	if err != nil {
		return fmt.Errorf("read the saved view: %w", err)
	}
	return nil
}

// asViewNameTaken tells the one UNIQUE constraint of a view, its name among its owner's.
func asViewNameTaken(err error) error {
	var driver *sqlite.Error
	if errors.As(err, &driver) && driver.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE {
		return auth.ErrViewNameTaken
	}
	if err != nil {
		return fmt.Errorf("write the saved view: %w", err)
	}
	return nil
}
