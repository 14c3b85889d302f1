package sqlite

import (
	"context"
	"slices"
	"time"
)

// Cleaning takes out of cols.db what main.db no longer knows, or never did.

// grave is a segment that was replaced.
type grave struct {
	id  int64
	dug time.Time
}

// beginAnew replaces a cols.db that can no longer be written.
func (s *sealer) beginAnew(ctx context.Context) error {
	if err := s.db.cols.reopen(ctx, true); err != nil {
		return err
	}
	return s.db.giveUpSegments(ctx, nil)
}

// clean removes the segments of cols.db that main.db does not know.
func (s *sealer) clean(ctx context.Context) error {
	if err := s.db.cols.reopen(ctx, false); err != nil {
		return err
	}
	ids, err := s.db.cols.all(ctx)
	if err != nil {
		return err
	}
	return s.removeUnknown(ctx, ids)
}

// bury removes the segments that were replaced long enough ago.
func (s *sealer) bury(ctx context.Context) error {
	var due []int64
	later := slices.DeleteFunc(slices.Clone(s.graves), func(g grave) bool {
		isDue := time.Since(g.dug) >= s.db.sizes.graveTime
		if isDue {
			due = append(due, g.id)
		}
		return isDue
	})
	if len(due) == 0 {
		return nil
	}
	if err := s.removeUnknown(ctx, due); err != nil {
		return err
	}
	s.graves = later
	return nil
}

// removeUnknown removes those of some segments that main.db does not know.
func (s *sealer) removeUnknown(ctx context.Context, ids []int64) error {
	rows, err := s.db.reader.QueryContext(ctx, "SELECT id FROM segments")
	if err != nil {
		return err
	}
	defer rows.Close()
	known := map[int64]bool{}
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return err
		}
		known[id] = true
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return s.db.cols.remove(ctx, slices.DeleteFunc(ids, func(id int64) bool { return known[id] }))
}
