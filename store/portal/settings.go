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
	var hosts, emergency, moves string
	var sensitive sql.NullString
	err = p.reader.QueryRowContext(ctx, "SELECT ask_reason, hide_looks, guard_names, webhook_hosts, emergency, sensitive, moves FROM settings").
		Scan(&s.AskReason, &s.HideLooks, &s.GuardNames, &hosts, &emergency, &sensitive, &moves)
	if errors.Is(err, sql.ErrNoRows) {
		return auth.Settings{}, nil
	}
	if err != nil {
		return s, dbfile.StoreError(ctx, fmt.Errorf("read the settings: %w", err))
	}
	err = errors.Join(json.Unmarshal([]byte(hosts), &s.WebhookHosts), json.Unmarshal([]byte(emergency), &s.Emergency), json.Unmarshal([]byte(moves), &s.Moves))
	if sensitive.Valid && err == nil {
		err = json.Unmarshal([]byte(sensitive.String), &s.Sensitive)
	}
	if err != nil {
		return s, fmt.Errorf("read the lists of the settings: %w", err)
	}
	if len(s.Moves) == 0 {
		s.Moves = nil
	}
	return s, nil
}

// SetSettings keeps them in place of those before.
func (p *DB) SetSettings(ctx context.Context, s auth.Settings) error {
	hosts, err := json.Marshal(append([]string{}, s.WebhookHosts...))
	if err != nil {
		return err
	}
	emergency, err := json.Marshal(append([]auth.EmergencyAccount{}, s.Emergency...))
	if err != nil {
		return err
	}
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
		if moves, err = json.Marshal(s.Moves); err != nil {
			return err
		}
	}
	return p.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO settings (one, ask_reason, hide_looks, guard_names, webhook_hosts, emergency, sensitive, moves)
			VALUES (1, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET ask_reason = excluded.ask_reason, hide_looks = excluded.hide_looks, guard_names = excluded.guard_names,
			webhook_hosts = excluded.webhook_hosts, emergency = excluded.emergency, sensitive = excluded.sensitive, moves = excluded.moves`,
			s.AskReason, s.HideLooks, s.GuardNames, string(hosts), string(emergency), sensitive, string(moves))
		return err
	})
}
