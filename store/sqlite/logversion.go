package sqlite

import (
	"context"
	"strconv"

	"signpost/store"
)

// versionOf names the content of a log in one state: its parts, and how many of their rows do not count. A part never changes but by
// that number. What is still to be made again is told too.
func (db *DB) versionOf(ctx context.Context, log store.Log) (version string, err error) {
	t, err := db.table(log)
	if err != nil {
		return "", err
	}
	err = db.read(ctx, func(v *view) error {
		u := v.state.unfilled[t.place]
		b := strconv.AppendInt(nil, int64(u.rows), 36)
		b = strconv.AppendInt(append(b, ' '), int64(u.lines), 36)
		for _, p := range v.state.of(t) {
			b = strconv.AppendInt(append(b, ' '), p.id, 36)
			b = strconv.AppendInt(append(b, '.'), int64(p.rows), 36)
			b = strconv.AppendInt(append(b, '.'), int64(p.dead.len()), 36)
		}
		version = string(b)
		return nil
	})
	return version, err
}
