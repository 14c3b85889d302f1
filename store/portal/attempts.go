package portal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"signpost/auth"
)

var _ auth.AttemptStore = (*DB)(nil)

// counterKeys are the three counters of an attempt: of the name on the network, of the name, of the network.
func counterKeys(a auth.Attempt) [3][2]any {
	return [3][2]any{{a.Name[:], string(a.Network)}, {a.Name[:], ""}, {[]byte{}, string(a.Network)}}
}

// BeginAttempt counts an attempt as a failure until it succeeds; see auth.AttemptStore.
func (p *DB) BeginAttempt(ctx context.Context, a auth.Attempt, forget, known time.Time, allow func(auth.Failures) error) error {
	return p.write(ctx, func(tx *sql.Tx) error {
		var counters [3]auth.Counter
		for i, key := range counterKeys(a) {
			var last int64
			err := tx.QueryRowContext(ctx, "SELECT failures, last FROM failed_sign_ins WHERE name = ? AND network = ? AND last >= ?",
				key[0], key[1], forget.UnixMicro()).Scan(&counters[i].Failures, &last)
			switch {
			case errors.Is(err, sql.ErrNoRows):
			case err != nil:
				return fmt.Errorf("read the failed sign-ins: %w", err)
			default:
				counters[i].Last = time.UnixMicro(last).UTC()
			}
		}
		failures := auth.Failures{Pair: counters[0], Name: counters[1], Network: counters[2]}
		var err error
		if failures.Known, err = isKnownNetwork(ctx, tx, a, known); err != nil {
			return err
		}
		if err := allow(failures); err != nil {
			return err
		}
		for i, key := range counterKeys(a) {
			_, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO failed_sign_ins (name, network, failures, last) VALUES (?, ?, ?, ?)",
				key[0], key[1], counters[i].Failures+1, a.At.UnixMicro())
			if err != nil {
				return fmt.Errorf("count a failed sign-in: %w", err)
			}
		}
		return clearCounters(ctx, tx, forget)
	})
}

// isKnownNetwork says whether the name is that of an account that signed in from the network since then.
func isKnownNetwork(ctx context.Context, tx *sql.Tx, a auth.Attempt, since time.Time) (bool, error) {
	var known bool
	err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM known_networks WHERE name = ? AND network = ? AND seen >= ?)",
		a.Name[:], string(a.Network), since.UnixMicro()).Scan(&known)
	if err != nil {
		return false, fmt.Errorf("read the known networks: %w", err)
	}
	return known, nil
}

// clearCounters removes what is forgotten, and what is more than auth.MaxCounters: a tenth more, so that not every
// attempt has to.
func clearCounters(ctx context.Context, tx *sql.Tx, forget time.Time) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM failed_sign_ins WHERE last < ?", forget.UnixMicro()); err != nil {
		return fmt.Errorf("clear the failed sign-ins: %w", err)
	}
	var n int
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM failed_sign_ins").Scan(&n); err != nil {
		return fmt.Errorf("count the failed sign-ins: %w", err)
	}
	if n <= auth.MaxCounters {
		return nil
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM failed_sign_ins WHERE (name, network) IN (
		SELECT name, network FROM failed_sign_ins ORDER BY failures, last LIMIT ?)`, n-auth.MaxCounters*9/10)
	if err != nil {
		return fmt.Errorf("clear the failed sign-ins: %w", err)
	}
	return nil
}

// AttemptSucceeded takes an attempt back and notes where the account signed in from; see auth.AttemptStore.
func (p *DB) AttemptSucceeded(ctx context.Context, a auth.Attempt, accountID int64) error {
	return p.write(ctx, func(tx *sql.Tx) error {
		keys := counterKeys(a)
		if _, err := tx.ExecContext(ctx, "DELETE FROM failed_sign_ins WHERE name = ? AND network = ?", keys[0][:]...); err != nil {
			return fmt.Errorf("forget the failed sign-ins: %w", err)
		}
		for _, key := range keys[1:] {
			_, err := tx.ExecContext(ctx, "UPDATE failed_sign_ins SET failures = failures - 1 WHERE name = ? AND network = ? AND failures > 0", key[:]...)
			if err != nil {
				return fmt.Errorf("take the attempt back: %w", err)
			}
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM failed_sign_ins WHERE failures = 0"); err != nil {
			return fmt.Errorf("clear the failed sign-ins: %w", err)
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO known_networks (account_id, name, network, seen) SELECT id, ?, ?, ? FROM accounts WHERE id = ?
			ON CONFLICT (account_id, network) DO UPDATE SET name = excluded.name, seen = excluded.seen`, a.Name[:], string(a.Network), a.At.UnixMicro(), accountID)
		if err != nil {
			return fmt.Errorf("note the network: %w", err)
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM known_networks WHERE account_id = ? AND network NOT IN (
			SELECT network FROM known_networks WHERE account_id = ? ORDER BY seen DESC LIMIT ?)`, accountID, accountID, maxKnownNetworks)
		if err != nil {
			return fmt.Errorf("clear the known networks: %w", err)
		}
		if _, err := tx.ExecContext(ctx, "UPDATE accounts SET last_sign_in = ? WHERE id = ?", a.At.UnixMicro(), accountID); err != nil {
			return fmt.Errorf("note the sign-in: %w", err)
		}
		return nil
	})
}

// maxKnownNetworks is how many networks are remembered of an account: a telephone gets a new one every day.
const maxKnownNetworks = 200

// ForgetFailures forgets what is counted of a name, on all networks.
func (p *DB) ForgetFailures(ctx context.Context, name auth.NameHash) error {
	return p.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM failed_sign_ins WHERE name = ?", name[:])
		return err
	})
}
