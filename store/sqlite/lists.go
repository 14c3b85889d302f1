package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// Page gives one page of a log's sign-ins, newest first; see store.Store.
func (db *DB) Page(ctx context.Context, q store.ListQuery) (store.Page, error) {
	var page store.Page
	asked, err := db.question(q)
	if err != nil {
		return page, err
	}
	err = db.read(ctx, func(v *view) error {
		p, err := v.plan(ctx, &asked)
		if err == nil {
			p.keepFew(asked)
			page, err = v.page(ctx, asked, p, q)
		}
		return err
	})
	return page, err
}

// page reads one page of the rows that pass a plan: one row more than asked for tells of a next page.
func (v *view) page(ctx context.Context, asked question, p *plan, q store.ListQuery) (store.Page, error) {
	keys, next, prev, err := v.pageKeys(ctx, asked, p, q)
	if err != nil {
		return store.Page{}, err
	}
	rows, err := v.rows(ctx, asked.table, keys, asked.lines)
	return store.Page{Rows: rows, Next: next, Prev: prev, Complete: v.complete(asked)}, err
}

// pageKeys gives the keys of one page's rows, newest first, and the cursors around them.
func (v *view) pageKeys(ctx context.Context, asked question, p *plan, q store.ListQuery) (keys []rowKey, next, prev *store.Cursor, err error) {
	switch {
	case q.After != nil:
		asked.to = min(asked.to, endAt(q.After.Key))
	case q.Before != nil:
		asked.from = max(asked.from, startBehind(q.Before.Key))
	}
	keys = make([]rowKey, 0, q.Limit+1)
	w := v.walkAlong(ctx, asked, p, q.Before != nil)
	for len(keys) <= q.Limit {
		_, _, k, ok, err := w.step()
		if err != nil {
			return nil, nil, nil, fmt.Errorf("list %s sign-ins: %w", asked.table.log, err)
		}
		if !ok {
			break
		}
		keys = append(keys, k)
	}
	keys, next, prev = cutPage(keys, q.After, q.Before, q.Limit, rowKey.cursor)
	return keys, next, prev, nil
}

// cutPage takes up to limit+1 rows read from a cursor outwards. It gives up to limit of them, newest first, with cursors
// where there is more. A page reached by a cursor has the side it came from.
func cutPage[R any](rows []R, after, before *store.Cursor, limit int, cursor func(R) *store.Cursor) (page []R, next, prev *store.Cursor) {
	more := len(rows) > limit
	if more {
		rows = rows[:limit]
	}
	if before != nil {
		slices.Reverse(rows)
	}
	if len(rows) == 0 {
		return nil, nil, nil
	}
	if before != nil || more {
		next = cursor(rows[len(rows)-1])
	}
	if after != nil || before != nil && more {
		prev = cursor(rows[0])
	}
	return rows, next, prev
}

// Total counts a log's sign-ins; see store.Store.
func (db *DB) Total(ctx context.Context, q store.ListQuery) (store.Total, error) {
	asked, err := db.question(q)
	if err != nil {
		return store.Total{}, err
	}
	var total store.Total
	err = db.read(ctx, func(v *view) error {
		p, err := v.plan(ctx, &asked)
		if err != nil {
			return err
		}
		total = store.Total{Complete: v.complete(asked)}
		err = v.each(ctx, asked, p, func() worker {
			var n int64
			return worker{
				inPieces: true,
				answer: func(s source, selected func() (*segment.Selection, error), _ *segment.Counter) error {
					found, err := kept(s, asked, "total", func() (int, error) {
						rows, err := selected()
						return rows.Len(), err
					}, func(int) int { return 8 })
					n += int64(found)
					return err
				},
				done: func() { total.N += n },
			}
		})
		if err != nil {
			return fmt.Errorf("count %s sign-ins: %w", asked.table.log, err)
		}
		return nil
	})
	return total, err
}

// Newest gives the time of the log's newest sign-in; see store.Store.
func (db *DB) Newest(ctx context.Context, log store.Log) (time.Time, bool, error) {
	t, err := db.table(log)
	if err != nil {
		return time.Time{}, false, err
	}
	var k sql.NullInt64
	err = db.read(ctx, func(v *view) error {
		return v.tx.QueryRowContext(ctx, "SELECT max(k) FROM "+t.name).Scan(&k)
	})
	return rowKey(k.Int64).Time(), k.Valid, err
}

func floorDiv(a, b int64) int64 {
	d := a / b
	if a%b < 0 {
		d--
	}
	return d
}
