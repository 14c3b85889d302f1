package portal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"signpost/auth"
	"signpost/store/dbfile"
)

var _ auth.SubscriptionStore = (*DB)(nil)

// subscriptionRows reads subscriptions, with what comes behind WHERE.
const subscriptionRows = `SELECT s.id, s.kind, coalesce(s.owner_id, 0), coalesce(a.name, s.owner), s.terms, s.created, s.paused, s.stopped,
	s.next, s.last, s.looked, s.told, s.problem, s.version
	FROM subscriptions s LEFT JOIN accounts a ON a.id = s.owner_id WHERE `

func scanSubscription(scan func(...any) error) (s auth.Subscription, err error) {
	var terms, told string
	var times [4]int64
	err = scan(&s.ID, &s.Kind, &s.OwnerID, &s.Owner, &terms, &times[0], &s.Paused, &s.Stopped,
		&times[1], &times[2], &times[3], &told, &s.Problem, &s.Version)
	if errors.Is(err, sql.ErrNoRows) {
		return s, auth.ErrNoSubscription
	}
	if err == nil {
		err = errors.Join(json.Unmarshal([]byte(terms), &s.Terms), json.Unmarshal([]byte(told), &s.Told))
	}
	if err != nil {
		return s, fmt.Errorf("read a watch or schedule: %w", err)
	}
	if len(s.Told) == 0 {
		s.Told = nil
	}
	for i, t := range []*time.Time{&s.Created, &s.Next, &s.Last, &s.Looked} {
		*t = timeOfMicros(times[i])
	}
	return s, nil
}

// Subscriptions gives those of one account, or of everybody.
func (p *DB) Subscriptions(ctx context.Context, ownerID int64) ([]auth.Subscription, error) {
	rows, err := p.reader.QueryContext(ctx, subscriptionRows+"? = 0 OR s.owner_id = ? ORDER BY s.id", ownerID, ownerID)
	if err != nil {
		return nil, dbfile.StoreError(ctx, fmt.Errorf("read the watches and schedules: %w", err))
	}
	defer rows.Close() //nolint:errcheck // Err below tells
	var list []auth.Subscription
	for rows.Next() {
		s, err := scanSubscription(rows.Scan)
		if err != nil {
			return nil, dbfile.StoreError(ctx, err)
		}
		list = append(list, s)
	}
	return list, dbfile.StoreError(ctx, rows.Err())
}

// Subscription gives one.
func (p *DB) Subscription(ctx context.Context, id int64) (auth.Subscription, error) {
	s, err := scanSubscription(p.reader.QueryRowContext(ctx, subscriptionRows+"s.id = ?", id).Scan)
	return s, dbfile.StoreError(ctx, err)
}

// AddSubscription stores a new one.
func (p *DB) AddSubscription(ctx context.Context, s auth.Subscription) (auth.Subscription, error) {
	err := p.write(ctx, func(tx *sql.Tx) error {
		var owned int
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM subscriptions WHERE owner_id = ?", s.OwnerID).Scan(&owned); err != nil {
			return fmt.Errorf("count the watches and schedules: %w", err)
		}
		if owned >= auth.MaxSubscriptions {
			return auth.ErrTooManySubscriptions
		}
		err := tx.QueryRowContext(ctx, `INSERT INTO subscriptions (kind, owner_id, owner, terms, created) VALUES (?, nullif(?, 0), '', '{}', ?) RETURNING id`,
			s.Kind, s.OwnerID, s.Created.UnixMicro()).Scan(&s.ID)
		if err != nil {
			return fmt.Errorf("add a watch or schedule: %w", err)
		}
		_, err = putSubscription(ctx, tx, s)
		return err
	})
	s.Version++
	return s, err
}

// putSubscription writes all that can change of a subscription. ok is false where it is gone or of another version.
func putSubscription(ctx context.Context, tx *sql.Tx, s auth.Subscription) (ok bool, err error) {
	terms, err := json.Marshal(s.Terms)
	if err != nil {
		return false, err
	}
	told, err := json.Marshal(append([]auth.Episode{}, s.Told...))
	if err != nil {
		return false, err
	}
	result, err := tx.ExecContext(ctx, `UPDATE subscriptions SET owner = coalesce((SELECT name FROM accounts WHERE id = owner_id), owner), terms = ?,
		created = ?, paused = ?, stopped = ?, next = ?, last = ?, looked = ?, told = ?, problem = ?, version = version + 1 WHERE id = ? AND version = ?`,
		string(terms), s.Created.UnixMicro(), s.Paused, s.Stopped, microsOf(s.Next), microsOf(s.Last), microsOf(s.Looked), string(told), s.Problem, s.ID, s.Version)
	if err != nil {
		return false, fmt.Errorf("write a watch or schedule: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// ChangeSubscription reads, changes and writes one.
func (p *DB) ChangeSubscription(ctx context.Context, id int64, change func(*auth.Subscription) error) error {
	return p.write(ctx, func(tx *sql.Tx) error {
		s, err := scanSubscription(tx.QueryRowContext(ctx, subscriptionRows+"s.id = ?", id).Scan)
		if err != nil {
			return err
		}
		if err := change(&s); err != nil {
			return err
		}
		_, err = putSubscription(ctx, tx, s)
		return err
	})
}

// RemoveSubscription removes one with its deliveries.
func (p *DB) RemoveSubscription(ctx context.Context, id int64) error {
	return p.write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "DELETE FROM subscriptions WHERE id = ?", id)
		if err != nil {
			return fmt.Errorf("remove a watch or schedule: %w", err)
		}
		return orNone(result, auth.ErrNoSubscription)
	})
}

// Fire stores a run.
func (p *DB) Fire(ctx context.Context, after auth.Subscription, run []auth.Delivery) (fired bool, err error) {
	err = p.write(ctx, func(tx *sql.Tx) error {
		fired, err = putSubscription(ctx, tx, after)
		if err != nil || !fired {
			return err
		}
		for _, d := range run {
			_, err := tx.ExecContext(ctx, `INSERT INTO deliveries
				(subscription_id, key, kind, channel, account_id, target, about_user, due, episode_from, episode_to, n, note, created, state, next, problem)
				SELECT ?, ?, ?, ?, nullif(?, 0), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? WHERE ? = 0 OR EXISTS (SELECT 1 FROM accounts WHERE id = ?)
				ON CONFLICT (key) DO NOTHING`,
				after.ID, d.Key, d.Kind, d.Channel, d.AccountID, d.Target, d.User, microsOf(d.Due), microsOf(d.From), microsOf(d.To), d.N, d.Note, microsOf(d.Created), d.State,
				orNull(d.Next), d.Problem, d.AccountID, d.AccountID)
			if err != nil {
				return fmt.Errorf("write a delivery: %w", err)
			}
		}
		return nil
	})
	return fired && err == nil, err
}

// orNull gives a time for a column that is NULL for never.
func orNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}
