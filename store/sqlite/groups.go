package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"signpost/store"
)

// groupKey is the codes that a group's rows share; the unused tail is zero.
type groupKey [5]int64

// noCode stands for NULL in a groupKey: no error code is another status than error code 0.
const noCode = -1

// span is the part of one window that lies in the range: keys in [from, to).
type span struct{ from, to store.Key }

// Groups gives one page of groups, newest first by their newest member; see store.Store.
//
// Windows do not overlap, so the order by newest member is the order of the windows too, and one walk
// along the rows from the cursor meets the groups of the page in order: the first row of a key in its
// window is its newest member. Walking upwards, a row is one if no newer row of its window has its key.
// What is left is counted by the entity index.
func (db *DB) Groups(ctx context.Context, q store.GroupsQuery) (store.GroupPage, error) {
	t, err := db.table(q.Log)
	if err != nil {
		return store.GroupPage{}, err
	}
	if len(t.key) == 0 {
		return store.GroupPage{}, fmt.Errorf("log %s has no groups: %w", q.Log, store.ErrNotFound)
	}
	page := store.GroupPage{Complete: true}
	err = db.read(ctx, func(tx querier) error {
		g := &grouping{db: db, tx: tx, table: t, query: q}
		if err := db.filter(ctx, tx, &g.where, t, q.Filter, q.Range); err != nil {
			return err
		}
		heads, err := g.heads(ctx)
		if err != nil {
			return fmt.Errorf("find groups: %w", err)
		}
		heads, page.Next, page.Prev = cutPage(heads, q.After, q.Before, q.Limit, head.cursor)
		if page.Groups, err = g.groups(ctx, heads); err != nil {
			return fmt.Errorf("count groups: %w", err)
		}
		return nil
	})
	return page, err
}

// grouping answers one question about groups.
type grouping struct {
	db    *DB
	tx    querier
	table *table
	query store.GroupsQuery
	where where // the filter's conditions, without the keys
}

// head is a group's newest member.
type head struct {
	k    store.Key
	key  groupKey
	span span
}

func (h head) cursor() *store.Cursor { return &store.Cursor{Key: h.k} }

// span gives the part of k's window that lies in the range.
func (g *grouping) span(k store.Key) span {
	from, to := g.query.Window.Around(k.Time())
	rangeFrom, rangeTo := g.query.Range.Keys()
	return span{from: max(store.ClampedKeyAt(from), rangeFrom), to: min(store.ClampedKeyAt(to), rangeTo)}
}

// keyColumns lists the columns of the group's key.
func (t *table) keyColumns() string {
	names := make([]string, len(t.key))
	for i, c := range t.key {
		names[i] = c.name
	}
	return strings.Join(names, ", ")
}

// heads walks from the cursor until it has met one group more than the page holds.
func (g *grouping) heads(ctx context.Context) ([]head, error) {
	from, to := g.query.Range.Keys()
	order := "DESC"
	switch {
	case g.query.After != nil:
		to = min(to, g.query.After.Key)
	case g.query.Before != nil:
		from, order = max(from, g.query.Before.Key+1), "ASC"
	}
	w := where{args: slices.Clone(g.where.args)}
	w.sql.WriteString(g.where.sql.String())
	w.keys(from, to)
	rows, err := g.tx.QueryContext(ctx, "SELECT k, "+g.table.keyColumns()+" FROM "+g.table.name+" WHERE 1"+w.sql.String()+" ORDER BY k "+order, w.args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	walk := headWalk{grouping: g, seen: map[groupKey]bool{}}
	for len(walk.heads) <= g.query.Limit && rows.Next() {
		k, key, err := scanKey(rows, len(g.table.key))
		if err != nil {
			return nil, err
		}
		if err := walk.meet(ctx, k, key); err != nil {
			return nil, err
		}
	}
	return walk.heads, rows.Err()
}

// headWalk is the state of a walk along the rows.
type headWalk struct {
	*grouping
	heads []head
	span  span
	seen  map[groupKey]bool // keys of the present window that need no further look
}

// meet takes the next row of the walk.
func (w *headWalk) meet(ctx context.Context, k store.Key, key groupKey) error {
	if k < w.span.from || k >= w.span.to {
		w.span = w.grouping.span(k)
		clear(w.seen)
	}
	up := w.query.Before != nil
	if !up && w.seen[key] {
		return nil
	}
	// Upwards every row may have a newer one; downwards only the cursor's own window has rows above.
	if up || w.query.After != nil && w.query.After.Key < w.span.to {
		above := k + 1
		if !up {
			above = w.query.After.Key
		}
		newer, err := w.hasRow(ctx, key, span{from: above, to: w.span.to})
		if err != nil {
			return err
		}
		if newer {
			w.seen[key] = true
			return nil
		}
	}
	w.seen[key] = true
	w.heads = append(w.heads, head{k: k, key: key, span: w.span})
	return nil
}

// hasRow says whether a row of that key passes the filter in the span.
func (g *grouping) hasRow(ctx context.Context, key groupKey, s span) (bool, error) {
	w := g.keyed(key, s)
	var one int
	err := g.tx.QueryRowContext(ctx, "SELECT 1 FROM "+g.byEntity()+" WHERE 1"+w.sql.String()+" LIMIT 1", w.args...).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// byEntity names the table with the index that finds one user's or service principal's rows.
func (g *grouping) byEntity() string {
	return g.table.name + " INDEXED BY " + g.table.entityIndex()
}

// keyed gives the conditions for the rows of one key in a span that pass the filter.
func (g *grouping) keyed(key groupKey, s span) *where {
	w := &where{args: slices.Clone(g.where.args)}
	w.sql.WriteString(g.where.sql.String())
	for i, c := range g.table.key {
		switch {
		case key[i] != noCode:
			w.and(c.name+" = ?", key[i])
		default:
			w.and(c.name + " IS NULL")
		}
	}
	w.keys(s.from, s.to)
	return w
}

// groups counts the groups of the page and reads their newest members.
func (g *grouping) groups(ctx context.Context, heads []head) ([]store.Group, error) {
	tallies, err := g.tally(ctx, heads)
	if err != nil {
		return nil, err
	}
	keys := make([]int64, len(heads))
	for i, h := range heads {
		keys[i] = int64(h.k)
	}
	var w where
	w.in("k", keys)
	rows, err := g.db.rows(ctx, g.tx, g.table.log, g.db.selectRows(g.table)+w.sql.String()+" ORDER BY k DESC", w.args...)
	if err != nil {
		return nil, err
	}
	groups := make([]store.Group, len(rows))
	for i, row := range rows {
		from, to := g.query.Window.Around(row.SignIn.Time)
		t := tallies[tallyKey{heads[i].key, heads[i].span}]
		groups[i] = store.Group{
			Newest: row, Count: t.count, First: t.first.Time(), Last: row.SignIn.Time,
			From: from, To: to, Cut: from.Before(g.query.Range.From) || to.After(g.query.Range.To),
		}
	}
	return groups, nil
}

type tallyKey struct {
	key  groupKey
	span span
}

type tally struct {
	count int64
	first store.Key
}

// tally counts the groups' members, window by window, over the entities of the page only.
func (g *grouping) tally(ctx context.Context, heads []head) (map[tallyKey]tally, error) {
	entities := map[span][]int64{}
	place := slices.Index(g.table.key, g.table.entity)
	for _, h := range heads {
		if !slices.Contains(entities[h.span], h.key[place]) {
			entities[h.span] = append(entities[h.span], h.key[place])
		}
	}
	tallies := map[tallyKey]tally{}
	columns := g.table.keyColumns()
	for s, codes := range entities {
		w := where{args: slices.Clone(g.where.args)}
		w.sql.WriteString(g.where.sql.String())
		w.in(g.table.entity.name, codes)
		w.keys(s.from, s.to)
		rows, err := g.tx.QueryContext(ctx, "SELECT count(*), min(k), "+columns+" FROM "+g.byEntity()+" WHERE 1"+w.sql.String()+" GROUP BY "+columns, w.args...)
		if err != nil {
			return nil, err
		}
		if err := readTallies(rows, s, len(g.table.key), tallies); err != nil {
			return nil, err
		}
	}
	return tallies, nil
}

func readTallies(rows *sql.Rows, s span, columns int, tallies map[tallyKey]tally) error {
	defer rows.Close()
	for rows.Next() {
		var t tally
		key, err := scanKeyAfter(rows, columns, &t.count, &t.first)
		if err != nil {
			return err
		}
		tallies[tallyKey{key, s}] = t
	}
	return rows.Err()
}

func scanKey(row interface{ Scan(...any) error }, columns int) (store.Key, groupKey, error) {
	var k store.Key
	key, err := scanKeyAfter(row, columns, &k)
	return k, key, err
}

// scanKeyAfter reads the columns of a group's key that follow some others.
func scanKeyAfter(row interface{ Scan(...any) error }, columns int, before ...any) (groupKey, error) {
	var values [len(groupKey{})]sql.NullInt64
	for i := range columns {
		before = append(before, &values[i])
	}
	if err := row.Scan(before...); err != nil {
		return groupKey{}, err
	}
	var key groupKey
	for i := range columns {
		if key[i] = values[i].Int64; !values[i].Valid {
			key[i] = noCode
		}
	}
	return key, nil
}

// Members gives one page of the members of the group that the row q.Of belongs to; see store.Store.
func (db *DB) Members(ctx context.Context, q store.MembersQuery) (store.Page, error) {
	t, err := db.table(q.Log)
	if err != nil {
		return store.Page{}, err
	}
	if len(t.key) == 0 {
		return store.Page{}, fmt.Errorf("log %s has no groups: %w", q.Log, store.ErrNotFound)
	}
	var page store.Page
	err = db.read(ctx, func(tx querier) error {
		_, key, err := scanKey(tx.QueryRowContext(ctx, "SELECT k, "+t.keyColumns()+" FROM "+t.name+" WHERE k = ?", int64(q.Of)), len(t.key))
		if errors.Is(err, sql.ErrNoRows) {
			return store.ErrNotFound
		}
		if err != nil {
			return fmt.Errorf("read a member: %w", err)
		}
		g := &grouping{db: db, tx: tx, table: t, query: q.GroupsQuery}
		if err := db.filter(ctx, tx, &g.where, t, q.Filter, q.Range); err != nil {
			return err
		}
		from, to := q.Window.Around(q.Of.Time())
		inWindow := q.ListQuery
		inWindow.Range = q.Range.Intersect(from, to)
		page, err = db.page(ctx, tx, t, g.keyed(key, g.span(q.Of)), inWindow)
		return err
	})
	return page, err
}
