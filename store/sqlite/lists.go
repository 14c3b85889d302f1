package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"signpost/store"
)

// SignIns gives one page of a log's sign-ins, newest first; see store.Store.
func (db *DB) SignIns(ctx context.Context, q store.ListQuery) (store.Page, error) {
	t, err := db.table(q.Log)
	if err != nil {
		return store.Page{}, err
	}
	var page store.Page
	err = db.read(ctx, func(tx querier) error {
		var w where
		if err := db.filter(ctx, tx, &w, t, q.Filter, q.Range); err != nil {
			return err
		}
		page, err = db.page(ctx, tx, t, &w, q)
		return err
	})
	return page, err
}

// page reads one page of the rows that pass w, by key: one row more than asked for tells of a next page.
func (db *DB) page(ctx context.Context, tx querier, t *table, w *where, q store.ListQuery) (store.Page, error) {
	from, to := q.Range.Keys()
	order := "DESC"
	switch {
	case q.After != nil:
		to = min(to, q.After.Key)
	case q.Before != nil:
		from, order = max(from, q.Before.Key+1), "ASC"
	}
	w.keys(from, to)
	rows, err := db.rows(ctx, tx, t.log, db.selectRows(t)+w.sql.String()+" ORDER BY k "+order+" LIMIT ?", append(w.args, q.Limit+1)...)
	if err != nil {
		return store.Page{}, fmt.Errorf("list %s sign-ins: %w", t.log, err)
	}
	return rowPage(rows, q.After, q.Before, q.Limit, store.Row.Cursor), nil
}

// selectRows starts a query for whole rows; conditions follow with AND.
func (db *DB) selectRows(t *table) string {
	return "SELECT " + db.schema.insert + " FROM " + t.name + " WHERE 1"
}

// cutPage takes up to limit+1 rows read from a cursor outwards and gives up to limit of them, newest
// first, with cursors where there is more. A page reached by a cursor has the side it came from.
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

func rowPage(rows []store.Row, after, before *store.Cursor, limit int, cursor func(store.Row) *store.Cursor) store.Page {
	page := store.Page{Complete: true}
	page.Rows, page.Next, page.Prev = cutPage(rows, after, before, limit, cursor)
	return page
}

// Total counts a log's sign-ins; see store.Store.
func (db *DB) Total(ctx context.Context, q store.ListQuery) (store.Total, error) {
	t, err := db.table(q.Log)
	if err != nil {
		return store.Total{}, err
	}
	total := store.Total{Complete: true}
	err = db.read(ctx, func(tx querier) error {
		var w where
		if err := db.filter(ctx, tx, &w, t, q.Filter, q.Range); err != nil {
			return err
		}
		w.keys(q.Range.Keys())
		err := tx.QueryRowContext(ctx, "SELECT count(*) FROM "+t.name+" WHERE 1"+w.sql.String(), w.args...).Scan(&total.N)
		if err != nil {
			return fmt.Errorf("count %s sign-ins: %w", t.log, err)
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
	err = db.read(ctx, func(tx querier) error {
		return tx.QueryRowContext(ctx, "SELECT max(k) FROM "+t.name).Scan(&k)
	})
	return store.Key(k.Int64).Time(), k.Valid, err
}

func (db *DB) table(log store.Log) (*table, error) {
	t, ok := db.schema.tables[log]
	if !ok {
		return nil, fmt.Errorf("log %q: %w", log, store.ErrNotFound)
	}
	return t, nil
}

// personLogs are the logs a person's own history is made of; their order breaks ties.
var personLogs = []store.Log{store.Interactive, store.NonInteractive}

// PersonSignIns gives one page of a person's own sign-ins; see store.Store. The two logs are read
// beside each other and merged by key, then by the order of personLogs.
func (db *DB) PersonSignIns(ctx context.Context, q store.PersonQuery) (store.Page, error) {
	if q.Person.IsEmpty() {
		return store.Page{Complete: true}, nil
	}
	var merged []store.Row
	err := db.read(ctx, func(tx querier) error {
		for i, log := range personLogs {
			rows, err := db.personRows(ctx, tx, db.schema.tables[log], q, i)
			if err != nil {
				return fmt.Errorf("list a person's %s sign-ins: %w", log, err)
			}
			merged = append(merged, rows...)
		}
		return nil
	})
	if err != nil {
		return store.Page{}, err
	}
	direction := 1
	if q.Before != nil {
		direction = -1
	}
	slices.SortFunc(merged, func(a, b store.Row) int {
		order := cmp.Compare(b.Key, a.Key)
		if order == 0 {
			order = slices.Index(personLogs, a.SignIn.Log) - slices.Index(personLogs, b.SignIn.Log)
		}
		return order * direction
	})
	return rowPage(merged, q.After, q.Before, q.Limit, func(r store.Row) *store.Cursor {
		return &store.Cursor{Key: r.Key, Log: r.SignIn.Log}
	}), nil
}

// personRows reads up to one page and a row of one log, from the cursor outwards. index is the log's
// place in personLogs: at the cursor's own key the logs before it are shown already.
func (db *DB) personRows(ctx context.Context, tx querier, t *table, q store.PersonQuery, index int) ([]store.Row, error) {
	var w where
	db.ownRows(&w, q.Person)
	if err := db.filter(ctx, tx, &w, t, q.Filter, q.Range); err != nil {
		return nil, err
	}
	from, to := q.Range.Keys()
	order := "DESC"
	switch {
	case q.After != nil:
		edge := q.After.Key
		if index > slices.Index(personLogs, q.After.Log) {
			edge++
		}
		to = min(to, edge)
	case q.Before != nil:
		edge := q.Before.Key + 1
		if index < slices.Index(personLogs, q.Before.Log) {
			edge--
		}
		from, order = max(from, edge), "ASC"
	}
	w.keys(from, to)
	return db.rows(ctx, tx, t.log, db.selectRows(t)+w.sql.String()+" ORDER BY k "+order+" LIMIT ?", append(w.args, q.Limit+1)...)
}

// ownRows adds that a row is the person's own: store.Person.Owns as SQL.
func (db *DB) ownRows(w *where, person store.Person) {
	user := db.schema.byProp[store.UserID]
	upn := db.schema.byProp[store.UserPrincipalName]
	switch {
	case person.UserID == "":
		w.in(upn.name, upn.words.equal(person.UserPrincipalName))
	case person.UserPrincipalName == "":
		w.in(user.name, user.words.equal(person.UserID))
	default:
		own := user.words.equal(person.UserID)
		nameless := user.words.equal(nameMark + person.UserPrincipalName)
		w.in(user.name, append(own, nameless...))
		if len(nameless) > 0 { // the name that stands in may be a display name that looks like the UPN
			w.and("("+user.name+" IN (SELECT value FROM json_each(?)) OR "+upn.name+" IN (SELECT value FROM json_each(?)))",
				jsonList(own), jsonList(upn.words.equal(person.UserPrincipalName)))
		}
	}
}

// PersonSignIn gives one sign-in if it is that person's own; see store.Store.
func (db *DB) PersonSignIn(ctx context.Context, person store.Person, id string) (store.Record, error) {
	if person.IsEmpty() {
		return store.Record{}, store.ErrNotFound
	}
	for _, log := range personLogs {
		record, err := db.SignIn(ctx, log, id)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return store.Record{}, err
		}
		if person.Owns(&record.SignIn) {
			return record, nil
		}
	}
	return store.Record{}, store.ErrNotFound
}
