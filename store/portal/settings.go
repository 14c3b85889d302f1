package portal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"signpost/auth"
	"signpost/store/dbfile"
)

var _ auth.SettingsStore = (*DB)(nil)

// Settings gives what administrators set for the whole portal.
func (p *DB) Settings(ctx context.Context) (s auth.Settings, err error) {
	var sensitive sql.NullString
	var moves string
	err = p.reader.QueryRowContext(ctx, "SELECT ask_reason, hide_looks, guard_names, sensitive, moves FROM settings").
		Scan(&s.AskReason, &s.HideLooks, &s.GuardNames, &sensitive, &moves)
	if errors.Is(err, sql.ErrNoRows) {
		return auth.Settings{}, nil
	}
	if err != nil {
		return s, dbfile.StoreError(ctx, fmt.Errorf("read the settings: %w", err))
	}
	if sensitive.Valid {
		err = json.Unmarshal([]byte(sensitive.String), &s.Sensitive)
	}
	if err = errors.Join(err, json.Unmarshal([]byte(moves), &s.Moves)); err != nil {
		return s, fmt.Errorf("read the settings of reports: %w", err)
	}
	if len(s.Moves) == 0 {
		s.Moves = nil
	}
	return s, nil
}

// SetSettings keeps them in place of those before.
func (p *DB) SetSettings(ctx context.Context, s auth.Settings) error {
	var sensitive *string
	if s.Sensitive != nil {
		text, err := json.Marshal(s.Sensitive)
		if err != nil {
			return err
		}
		list := string(text)
		sensitive = &list
	}
	moves := []byte("{}")
	if len(s.Moves) > 0 {
		var err error
		if moves, err = json.Marshal(s.Moves); err != nil {
			return err
		}
	}
	return p.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO settings (one, ask_reason, hide_looks, guard_names, sensitive, moves) VALUES (1, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET ask_reason = excluded.ask_reason, hide_looks = excluded.hide_looks, guard_names = excluded.guard_names,
			sensitive = excluded.sensitive, moves = excluded.moves`,
			s.AskReason, s.HideLooks, s.GuardNames, sensitive, string(moves))
		return err
	})
}
