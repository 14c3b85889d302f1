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
	var hosts, emergency string
	err = p.reader.QueryRowContext(ctx, "SELECT ask_reason, hide_looks, guard_names, webhook_hosts, emergency FROM settings").
		Scan(&s.AskReason, &s.HideLooks, &s.GuardNames, &hosts, &emergency)
	if errors.Is(err, sql.ErrNoRows) {
		return auth.Settings{}, nil
	}
	if err == nil {
		err = errors.Join(json.Unmarshal([]byte(hosts), &s.WebhookHosts), json.Unmarshal([]byte(emergency), &s.Emergency))
	}
	if err != nil {
		err = dbfile.StoreError(ctx, fmt.Errorf("read the settings: %w", err))
	}
	return s, err
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
	return p.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO settings (one, ask_reason, hide_looks, guard_names, webhook_hosts, emergency) VALUES (1, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET ask_reason = excluded.ask_reason, hide_looks = excluded.hide_looks, guard_names = excluded.guard_names,
			webhook_hosts = excluded.webhook_hosts, emergency = excluded.emergency`,
			s.AskReason, s.HideLooks, s.GuardNames, string(hosts), string(emergency))
		return err
	})
}
