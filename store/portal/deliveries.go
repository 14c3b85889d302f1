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

const deliveryColumns = `d.id, d.subscription_id, json_extract(s.terms, '$.Name'), d.key, d.kind, d.channel, coalesce(d.account_id, 0),
	coalesce((SELECT a.name FROM accounts a WHERE a.id = d.account_id), ''), d.target, d.about_user, d.due, d.episode_from, d.episode_to, d.n, d.note, d.created, d.state, d.attempts,
	coalesce(d.next, 0), d.problem, d.seen`

// deliveryRows reads deliveries, with what comes behind WHERE.
const deliveryRows = "SELECT " + deliveryColumns + " FROM deliveries d JOIN subscriptions s ON s.id = d.subscription_id WHERE "

func scanDelivery(scan func(...any) error) (d auth.Delivery, err error) {
	var times [5]int64
	err = scan(&d.ID, &d.Subscription, &d.Name, &d.Key, &d.Kind, &d.Channel, &d.AccountID, &d.Account, &d.Target, &d.User,
		&times[0], &times[1], &times[2], &d.N, &d.Note, &times[3], &d.State, &d.Attempts, &times[4], &d.Problem, &d.Seen)
	for i, t := range []*time.Time{&d.Due, &d.From, &d.To, &d.Created, &d.Next} {
		*t = timeOfMicros(times[i])
	}
	return d, err
}

// isFile says of a delivery d of a subscription s that a file is made for it. Making the file may take minutes.
const isFile = "(d.kind <> 'stop' AND s.kind = 'schedule')"

// destination is Delivery.Destination.
const destination = "CASE d.channel WHEN 'folder' THEN 'schedule ' || d.subscription_id ELSE coalesce(d.account_id, 0) || ' ' || d.target END"

// dueInLane finds the deliveries of a lane that are due. inLane gives its values.
const dueInLane = "SELECT d.id FROM deliveries d JOIN subscriptions s ON s.id = d.subscription_id WHERE d.next <= ? AND (? = '' OR d.channel = ? AND " +
	isFile + " = ?) AND " + destination + " NOT IN (SELECT value FROM json_each(?))"

func inLane(lane auth.Lane, now time.Time) ([]any, error) {
	busy, err := json.Marshal(append([]string{}, lane.Busy...))
	return []any{now.UnixMicro(), lane.Channel, lane.Channel, lane.Files, string(busy)}, err
}

// ClaimDelivery gives one delivery that is due.
func (p *DB) ClaimDelivery(ctx context.Context, lane auth.Lane, now, again time.Time) (d auth.Delivery, ok bool, err error) {
	values, err := inLane(lane, now)
	if err != nil {
		return d, false, err
	}
	var due bool // a read costs no lock, and mostly nothing is due
	if err := p.reader.QueryRowContext(ctx, "SELECT EXISTS ("+dueInLane+")", values...).Scan(&due); err != nil || !due {
		return d, false, dbfile.StoreError(ctx, err)
	}
	err = p.write(ctx, func(tx *sql.Tx) error {
		var id int64
		err := tx.QueryRowContext(ctx, "UPDATE deliveries SET attempts = attempts + 1, next = ? WHERE id = ("+dueInLane+
			" ORDER BY s.kind = 'emergency' DESC, "+isFile+", d.next, d.id LIMIT 1) RETURNING id", append([]any{again.UnixMicro()}, values...)...).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err == nil {
			d, err = scanDelivery(tx.QueryRowContext(ctx, deliveryRows+"d.id = ?", id).Scan)
		}
		ok = err == nil
		return err
	})
	return d, ok && err == nil, err
}

// SettleDelivery writes what became of a delivery.
func (p *DB) SettleDelivery(ctx context.Context, d auth.Delivery) error {
	return p.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE deliveries SET state = ?, attempts = ?, next = ?, problem = ?, episode_from = ?, episode_to = ?, n = ?, note = ? WHERE id = ?",
			d.State, d.Attempts, orNull(d.Next), d.Problem, microsOf(d.From), microsOf(d.To), d.N, d.Note, d.ID)
		return err
	})
}

// Deliveries gives the newest of a subscription, or of all.
func (p *DB) Deliveries(ctx context.Context, subscription int64, limit int) ([]auth.Delivery, error) {
	return p.deliveries(ctx, "? = 0 OR d.subscription_id = ? ORDER BY d.id DESC LIMIT ?", subscription, subscription, limit)
}

func (p *DB) deliveries(ctx context.Context, where string, values ...any) (list []auth.Delivery, err error) {
	rows, err := p.reader.QueryContext(ctx, deliveryRows+where, values...)
	if err != nil {
		return nil, dbfile.StoreError(ctx, fmt.Errorf("read the deliveries: %w", err))
	}
	defer rows.Close() //nolint:errcheck // Err below tells
	for rows.Next() {
		d, err := scanDelivery(rows.Scan)
		if err != nil {
			return nil, dbfile.StoreError(ctx, err)
		}
		list = append(list, d)
	}
	return list, dbfile.StoreError(ctx, rows.Err())
}

// Notices gives the newest notices of an account.
func (p *DB) Notices(ctx context.Context, accountID int64, limit int) (list []auth.Delivery, unseen int, err error) {
	const isNotice = "channel = 'page' AND state = 'delivered'"
	err = p.reader.QueryRowContext(ctx, "SELECT count(*) FROM deliveries WHERE account_id = ? AND seen = 0 AND "+isNotice, accountID).Scan(&unseen)
	if err != nil {
		return nil, 0, dbfile.StoreError(ctx, fmt.Errorf("count the notices: %w", err))
	}
	if limit > 0 {
		list, err = p.deliveries(ctx, "d.account_id = ? AND d.channel = 'page' AND d.state = 'delivered' ORDER BY d.id DESC LIMIT ?", accountID, limit)
	}
	return list, unseen, err
}

// SeeNotices marks notices as seen.
func (p *DB) SeeNotices(ctx context.Context, accountID, upTo int64) error {
	return p.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE deliveries SET seen = 1 WHERE account_id = ? AND channel = 'page' AND seen = 0 AND id <= ?", accountID, upTo)
		return err
	})
}

// ForgetDeliveries removes settled deliveries of before a time.
func (p *DB) ForgetDeliveries(ctx context.Context, before time.Time) error {
	return p.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM deliveries WHERE created < ? AND next IS NULL", before.UnixMicro())
		return err
	})
}
