package portal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"signpost/auth"
	"signpost/store/dbfile"
)

var _ auth.SettingsStore = (*DB)(nil)

// Settings gives what administrators set for the whole portal.
func (p *DB) Settings(ctx context.Context) (s auth.Settings, err error) {
	err = p.reader.QueryRowContext(ctx, "SELECT ask_reason, hide_looks, guard_names FROM settings").Scan(&s.AskReason, &s.HideLooks, &s.GuardNames)
	if errors.Is(err, sql.ErrNoRows) {
		return auth.Settings{}, nil
	}
	if err != nil {
		err = dbfile.StoreError(ctx, fmt.Errorf("read the settings: %w", err))
	}
	return s, err
}

// SetSettings keeps them in place of those before.
func (p *DB) SetSettings(ctx context.Context, s auth.Settings) error {
	return p.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO settings (one, ask_reason, hide_looks, guard_names) VALUES (1, ?, ?, ?)
			ON CONFLICT DO UPDATE SET ask_reason = excluded.ask_reason, hide_looks = excluded.hide_looks, guard_names = excluded.guard_names`,
			s.AskReason, s.HideLooks, s.GuardNames)
		return err
	})
}
