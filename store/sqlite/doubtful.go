package sqlite

import (
	"context"
	"fmt"

	"signpost/store"
	"signpost/store/dbfile"
)

// DoubtfulObjects gives the objects of the directory that no directory holds, users first. It reads the whole table of request IDs
// once, so its time grows with the sign-ins and not with the objects.
func (db *DB) DoubtfulObjects(ctx context.Context) (list []store.DoubtfulObject, err error) {
	err = db.read(ctx, func(v *view) error {
		objects, err := readObjects(ctx, v.tx, "SELECT "+objectColumns+" FROM directory ORDER BY kind, id")
		if err != nil {
			return fmt.Errorf("read the directory: %w", err)
		}
		ids := make(map[id16]bool, len(objects))
		for i := range objects {
			id, _ := encodeGUID(objects[i].ID)
			ids[id] = false
		}
		if err := v.findRequests(ctx, ids); err != nil {
			return fmt.Errorf("look for the IDs of objects among request IDs: %w", err)
		}
		list = nil
		for i := range objects {
			o := &objects[i]
			doubtful := store.DoubtfulObject{Kind: o.Kind, ID: o.ID, Name: o.Name, Username: o.Username}
			switch id, _ := encodeGUID(o.ID); {
			case ids[id]:
				doubtful.Doubt = store.DoubtSignIn
			case isBare(o):
				doubtful.Doubt = store.DoubtNoFact
			default:
				continue
			}
			list = append(list, doubtful)
		}
		return nil
	})
	return list, err
}

// isBare says of a user that nothing is known of it that a sign-in or a report could not have told too.
func isBare(o *store.Object) bool {
	return o.Kind == store.ObjectUser && o.Name == "" && o.Enabled == store.Unset && o.LastSuccess.IsZero() && len(o.Facts) == 0
}

// findRequests sets those of the ids that are request IDs of sign-ins of any log.
func (v *view) findRequests(ctx context.Context, ids map[id16]bool) error {
	prefixes := make(map[int64]bool, len(ids))
	for id := range ids {
		prefixes[id.prefix()] = true
	}
	type place struct{ log, k int64 }
	var places []place
	rows, err := v.tx.QueryContext(ctx, "SELECT g, log, k FROM by_request")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var prefix int64
		var p place
		if err := rows.Scan(&prefix, &p.log, &p.k); err != nil {
			return err
		}
		if prefixes[prefix] {
			places = append(places, p)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, p := range places {
		t, ok := v.db.schema.byNumber[p.log]
		if !ok {
			continue // of a log that a newer version of the program keeps
		}
		var b []byte
		if err := v.tx.QueryRowContext(ctx, "SELECT id FROM "+t.name+" WHERE k = ?", p.k).Scan(&b); err != nil {
			return err
		}
		if id, ok := blobID(b); ok {
			if _, wanted := ids[id]; wanted {
				ids[id] = true
			}
		}
	}
	return nil
}

// ForgetObjects takes objects out of the directory, and says how many there were.
func (db *DB) ForgetObjects(ctx context.Context, objects []store.DoubtfulObject) (n int64, err error) {
	db.committing.Lock()
	defer db.committing.Unlock()
	tx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return 0, dbfile.StoreError(ctx, fmt.Errorf("begin to write the directory: %w", err))
	}
	defer func() { _ = tx.Rollback() }() // after a commit there is nothing to take back
	for _, o := range objects {
		result, err := tx.ExecContext(ctx, "DELETE FROM directory WHERE kind = ? AND id = ?", o.Kind, o.ID)
		if err != nil {
			return 0, dbfile.StoreError(ctx, fmt.Errorf("take an object out of the directory: %w", err))
		}
		gone, err := result.RowsAffected()
		if err != nil {
			return 0, err
		}
		n += gone
	}
	if _, err := tx.ExecContext(ctx, "UPDATE directory_revision SET n = n + 1"); err != nil {
		return 0, dbfile.StoreError(ctx, err)
	}
	if err := tx.Commit(); err != nil {
		return 0, dbfile.StoreError(ctx, fmt.Errorf("commit the directory: %w", err))
	}
	return n, nil
}
