package portal

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"signpost/auth"
	"signpost/store/dbfile"
)

var _ auth.PreferenceStore = (*DB)(nil)

// preferenceColumn gives all preferences of an account as one JSON object: they are a few, and a page needs them all.
const preferenceColumn = `(SELECT json_group_object(name, value) FROM preferences p WHERE p.account_id = a.id)`

// readPreferences reads what preferenceColumn gives.
func readPreferences(object []byte) (auth.Preferences, error) {
	var p auth.Preferences
	var kept map[auth.PreferenceName]string
	if err := json.Unmarshal(object, &kept); err != nil {
		return p, fmt.Errorf("read the preferences: %w", err)
	}
	for name, value := range kept {
		p.Set(name, value)
	}
	return p, nil
}

// Preferences gives an account's preferences.
func (p *DB) Preferences(ctx context.Context, accountID int64) (auth.Preferences, error) {
	var object []byte
	row := p.reader.QueryRowContext(ctx, "SELECT "+preferenceColumn+" FROM (SELECT ? AS id) a", accountID)
	if err := row.Scan(&object); err != nil {
		return auth.Preferences{}, dbfile.StoreError(ctx, fmt.Errorf("read the preferences: %w", err))
	}
	return readPreferences(object)
}

// SetPreference keeps one preference in place of what was kept; an empty value forgets it.
func (p *DB) SetPreference(ctx context.Context, accountID int64, name auth.PreferenceName, value string) error {
	if err := auth.CheckPreference(name, value); err != nil {
		return err
	}
	return p.write(ctx, func(tx *sql.Tx) error {
		if value == "" {
			_, err := tx.ExecContext(ctx, "DELETE FROM preferences WHERE account_id = ? AND name = ?", accountID, name)
			return err
		}
		result, err := tx.ExecContext(ctx, `INSERT INTO preferences (account_id, name, value) SELECT id, ?, ? FROM accounts WHERE id = ?
			ON CONFLICT (account_id, name) DO UPDATE SET value = excluded.value`, name, value, accountID)
		if err != nil {
			return fmt.Errorf("write the preference: %w", err)
		}
		return orNone(result, auth.ErrNoAccount)
	})
}

// orNone gives none where a change found no row.
func orNone(result sql.Result, none error) error {
	n, err := result.RowsAffected()
	if err == nil && n == 0 {
		return none
	}
	return err
}
