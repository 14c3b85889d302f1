package directory

import (
	"context"
	"database/sql"
	"fmt"

	"signpost/store"
	"signpost/store/dbfile"
)

// DoubtfulObjects gives the objects of the directory that no directory holds, users first.
func (j *Joined) DoubtfulObjects(ctx context.Context) (list []store.DoubtfulObject, err error) {
	all, err := j.directory.all(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the directory: %w", err)
	}
	ids := make([]string, len(all))
	for i := range all {
		ids[i] = all[i].ID
	}
	requests, err := j.engine.Requests(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("look for the IDs of objects among request IDs: %w", err)
	}
	for i := range all {
		o := &all[i]
		doubtful := store.DoubtfulObject{Kind: o.Kind, ID: o.ID, Name: o.Name, Username: o.Username}
		switch {
		case requests[o.ID]:
			doubtful.Doubt = store.DoubtSignIn
		case isBare(o):
			doubtful.Doubt = store.DoubtNoFact
		default:
			continue
		}
		list = append(list, doubtful)
	}
	return list, nil
}

// all gives every object, users first.
func (db *DB) all(ctx context.Context) (list []store.Object, err error) {
	err = db.read(ctx, func(q dbfile.Querier) error {
		list, err = readObjects(ctx, q, "SELECT "+objectColumns+" FROM directory ORDER BY kind, id")
		return err
	})
	return list, err
}

// isBare says of a user that nothing is known of it that a sign-in or a report could not have told too.
func isBare(o *store.Object) bool {
	return o.Kind == store.ObjectUser && o.Name == "" && o.Enabled == store.Unset && o.LastSuccess.IsZero() && len(o.Facts) == 0
}

// ForgetObjects takes objects out of the directory, and says how many there were.
func (db *DB) ForgetObjects(ctx context.Context, objects []store.DoubtfulObject) (n int64, err error) {
	err = db.write(ctx, func(tx *sql.Tx) error {
		for _, o := range objects {
			result, err := tx.ExecContext(ctx, "DELETE FROM directory WHERE kind = ? AND id = ?", o.Kind, o.ID)
			if err != nil {
				return fmt.Errorf("take an object out of the directory: %w", err)
			}
			gone, err := result.RowsAffected()
			if err != nil {
				return err
			}
			n += gone
			if _, err := tx.ExecContext(ctx, "DELETE FROM app_details WHERE kind = ? AND id = ?", o.Kind, o.ID); err != nil {
				return err
			}
		}
		return newRevision(ctx, tx)
	})
	return n, err
}
