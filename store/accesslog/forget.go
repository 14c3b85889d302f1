package accesslog

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"signpost/store"
	"signpost/store/access"
	"signpost/store/dbfile"
)

// removedAtOnce is how many records are removed in one transaction: records that are appended wait no longer than for these.
const removedAtOnce = 2000

// Forget removes the oldest records, up to the first that is not older than a time, and says how many. Before that it appends a
// record of who did it, which the caller gives, with the number and hash of the last one that is removed: the chain goes on from
// there. The engine's copy stays as it is.
func (l *Log) Forget(ctx context.Context, before time.Time, by *access.Record) (removed int64, err error) {
	last, n, err := l.olderThan(ctx, before)
	if err != nil || n == 0 {
		return 0, dbfile.StoreError(ctx, err)
	}
	r := *by
	r.Action, r.Outcome, r.Log, r.Rows = access.Forget, access.Allowed, access.Log, store.IntOf(n)
	r.Query = "before " + before.UTC().Format(time.RFC3339Nano)
	r.Removed = last
	if err := l.Append(ctx, &r); err != nil {
		return 0, err
	}
	for {
		l.writing.Lock()
		var now int64
		_, err := l.transaction(ctx, func(tx *sql.Tx) (access.Head, error) {
			result, err := tx.ExecContext(ctx, "DELETE FROM records WHERE number IN (SELECT number FROM records WHERE number <= ? ORDER BY number LIMIT ?)", last.Number, removedAtOnce)
			if err == nil {
				now, err = result.RowsAffected()
			}
			return access.Head{}, err
		})
		l.writing.Unlock()
		if removed += now; err != nil || now == 0 {
			return removed, err
		}
	}
}

// olderThan gives the last of the oldest records that are older than a time, and how many these are.
func (l *Log) olderThan(ctx context.Context, before time.Time) (last access.Head, n int64, err error) {
	var end sql.NullInt64
	if err := l.reader.QueryRowContext(ctx, "SELECT min(number) FROM records WHERE time >= ?", before.UnixMicro()).Scan(&end); err != nil {
		return last, 0, err
	}
	where, args := "", []any(nil)
	if end.Valid {
		where, args = " WHERE number < ?", []any{end.Int64}
	}
	if err := l.reader.QueryRowContext(ctx, "SELECT count(*) FROM records"+where, args...).Scan(&n); err != nil {
		return last, 0, err
	}
	var hash []byte
	err = l.reader.QueryRowContext(ctx, "SELECT number, hash FROM records"+where+" ORDER BY number DESC LIMIT 1", args...).Scan(&last.Number, &hash)
	if errors.Is(err, sql.ErrNoRows) {
		return last, 0, nil
	}
	if last.Hash = hex.EncodeToString(hash); err != nil {
		err = fmt.Errorf("look for old access records: %w", err)
	}
	return last, n, err
}
