package sqlite

import (
	"context"
	"fmt"
)

// Requests says which of some IDs are request IDs of sign-ins; see store.Engine. It reads the whole table of request IDs once,
// so its time grows with the sign-ins and not with the IDs.
func (db *DB) Requests(ctx context.Context, ids []string) (map[string]bool, error) {
	found := map[string]bool{}
	err := db.read(ctx, func(v *view) error {
		clear(found)
		asked := make(map[id16]bool, len(ids))
		for _, text := range ids {
			id, _ := encodeGUID(text)
			asked[id] = false
		}
		if err := v.findRequests(ctx, asked); err != nil {
			return fmt.Errorf("read the request IDs: %w", err)
		}
		for _, text := range ids {
			if id, _ := encodeGUID(text); asked[id] {
				found[text] = true
			}
		}
		return nil
	})
	return found, err
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
