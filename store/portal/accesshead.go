package portal

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"

	"signpost/store/access"
	"signpost/store/dbfile"
)

// AccessHead gives the head of the access log that was kept last; the zero KeptHead where none was.
func (p *DB) AccessHead(ctx context.Context) (access.KeptHead, error) {
	return accessHead(ctx, p.reader)
}

func accessHead(ctx context.Context, q dbfile.Querier) (h access.KeptHead, err error) {
	err = q.QueryRowContext(ctx, "SELECT number, hash, closed FROM access_head").Scan(&h.Number, &h.Hash, &h.Closed)
	if errors.Is(err, sql.ErrNoRows) {
		return access.KeptHead{}, nil
	}
	return h, dbfile.StoreError(ctx, err)
}

// KeepAccessHead keeps the head of the access log. One that is older than the kept one is passed over: several processes may keep
// theirs.
func (p *DB) KeepAccessHead(ctx context.Context, h access.KeptHead) error {
	return p.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO access_head (one, number, hash, closed) VALUES (1, ?, ?, ?) ON CONFLICT DO UPDATE SET number = excluded.number, hash = excluded.hash, closed = excluded.closed WHERE excluded.number >= number",
			h.Number, h.Hash, h.Closed)
		return err
	})
}

// KeptAccessHead gives the head that the portal.db of a folder keeps. It changes nothing, and needs no schema of this version of the
// program. Where there is no portal.db, or an older one, it gives the zero KeptHead.
func KeptAccessHead(ctx context.Context, folder string) (h access.KeptHead, err error) {
	path := filepath.Join(folder, File)
	if dbfile.Size(path) == 0 {
		return h, nil
	}
	db, err := dbfile.OpenReader(path)
	if err != nil {
		return h, err
	}
	defer db.Close() //nolint:errcheck // it was read only
	var has bool
	if err := db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'access_head')").Scan(&has); err != nil || !has {
		return h, dbfile.StoreError(ctx, err)
	}
	return accessHead(ctx, db)
}
