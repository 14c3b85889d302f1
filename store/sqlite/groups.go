package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// groupKey is the values that a group's rows share; the unused tail is zero.
type groupKey [5]int64

// span is the part of one window that lies in the range: keys in [from, to).
type span struct{ from, to rowKey }

// group is a group of one window as columns know it.
type group struct {
	key         groupKey
	n           int64
	first, last rowKey
	span        span
}

// Groups gives one page of groups, newest first by their newest member; see store.Store. Windows do not
// overlap, so the order by newest member is the order of the windows too.
func (db *DB) Groups(ctx context.Context, q store.GroupsQuery) (store.GroupPage, error) {
	asked, err := db.question(q.ListQuery)
	if err != nil {
		return store.GroupPage{}, err
	}
	if len(asked.table.key) == 0 {
		return store.GroupPage{}, fmt.Errorf("log %s has no groups: %w", q.Log, store.ErrNotFound)
	}
	var page store.GroupPage
	err = db.read(ctx, func(v *view) error {
		page.Complete = v.complete(asked)
		p, err := v.plan(ctx, &asked)
		if err != nil {
			return err
		}
		p.keepFew(asked)
		g := &grouping{view: v, question: asked, plan: p, query: q}
		found, err := g.find(ctx)
		if err != nil {
			return fmt.Errorf("find groups: %w", err)
		}
		found, page.Next, page.Prev = cutPage(found, q.After, q.Before, q.Limit, func(g group) *store.Cursor { return g.last.cursor() })
		page.Groups, err = g.groups(ctx, found)
		return err
	})
	return page, err
}

// grouping answers one question about groups.
type grouping struct {
	*view
	question
	plan  *plan
	query store.GroupsQuery
	// at is the part that keyOf was asked about last, and columns are its columns of the key.
	at      *part
	columns []*segment.Column
}

// spanOf gives the part of k's window that lies in the range.
func (g *grouping) spanOf(k rowKey) span {
	from, to := g.query.Window.Around(k.Time())
	return span{from: max(clampedKeyAt(from), g.from), to: min(clampedKeyAt(to), g.to)}
}

// find gives the groups of the page and one more, from the cursor outwards.
func (g *grouping) find(ctx context.Context) ([]group, error) {
	n := g.query.Limit + 1
	switch {
	case g.query.After != nil:
		return g.onward(ctx, min(endAt(g.query.After.Key), g.to), n)
	case g.query.Before != nil:
		return g.above(ctx, max(startBehind(g.query.Before.Key), g.from), n)
	}
	return g.down(ctx, g.to, n)
}

// onward gives the n groups with newest members older than k. Those of the window that k cuts come from what an earlier
// page kept of it, if there was one.
func (g *grouping) onward(ctx context.Context, k rowKey, n int) ([]group, error) {
	in := g.spanOf(k)
	if k <= in.from || k >= in.to || !g.knows(in) {
		return g.down(ctx, k, n)
	}
	found, err := g.nextGroups(ctx, in, k, false, n)
	if err != nil || len(found) == n {
		return found, err
	}
	more, err := g.down(ctx, in.from, n-len(found))
	return append(found, more...), err
}

// down gives the n groups with newest members older than k. The first row of each key on the way down is the newest member
// of its group. Only those groups are then counted. In the window that k cuts they must have no newer member above it.
// Sometimes most of them have one, or the page is not full after many rows. Phones refresh their tokens often, and few
// groups may pass a filter. Then all groups of its windows are counted instead, and the counts are kept.
func (g *grouping) down(ctx context.Context, k rowKey, n int) ([]group, error) {
	asked := g.question
	asked.to = k
	var heads, unsure []group
	var cut span // the window that k cuts, if rows of it lie above
	if in := g.spanOf(k); k < in.to {
		cut = in
	}
	seen := map[groupKey]bool{}
	var present span
	w := g.walkAlong(ctx, asked, g.plan, false)
	for walked := 0; len(heads) < n; {
		s, row, k, ok, err := w.step()
		if err != nil {
			return nil, err
		}
		inCut := ok && k >= cut.from && k < cut.to
		if len(unsure) > 2*n || len(unsure) > 0 && !inCut {
			sure, err := g.withoutNewer(ctx, unsure, span{from: asked.to, to: cut.to})
			if err != nil {
				return nil, err
			}
			heads, unsure = append(heads, sure...), unsure[:0]
			missing := n - len(heads)
			if missing <= 0 {
				break
			}
			if inCut && missing > looksAhead*len(sure) {
				return g.below(ctx, asked.to, n)
			}
		}
		if !ok {
			break
		}
		if k < present.from || k >= present.to {
			present = g.spanOf(k)
			clear(seen)
		}
		key, err := g.keyOf(s, row)
		if err != nil {
			return nil, err
		}
		if walked++; walked > g.db.sizes.walkedRows {
			return g.below(ctx, asked.to, n)
		}
		switch one := (group{key: key, last: k, span: present}); {
		case seen[key]:
		case inCut:
			unsure = append(unsure, one)
		default:
			heads = append(heads, one)
		}
		seen[key] = true
	}
	heads = heads[:min(len(heads), n)]
	return heads, g.count(ctx, heads)
}

// looksAhead is how many more times a page may look for newer members of its groups, judged by the last time. Each look
// takes about a quarter of the time of counting the window's groups.
const looksAhead = 3

// keyOf gives the key of a row's group.
func (g *grouping) keyOf(s source, row int) (key groupKey, err error) {
	if g.at != s.part {
		g.at, g.columns = s.part, make([]*segment.Column, len(g.table.key))
		for i, c := range g.table.key {
			if g.columns[i], err = s.Column(c.index); err != nil {
				return key, err
			}
		}
	}
	for i, column := range g.columns {
		key[i] = column.Value(row)
	}
	return key, nil
}

// withoutNewer leaves those of some groups that have no member in a span.
func (g *grouping) withoutNewer(ctx context.Context, groups []group, in span) ([]group, error) {
	newer, err := g.members(ctx, groups, in)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(groups), func(one group) bool { return newer.of(one.key).n > 0 }), nil
}

// count fills in how many members groups have and the first of them, window by window. Of a window between the first and
// the last all groups are on the page: what was counted of it is kept.
func (g *grouping) count(ctx context.Context, heads []group) error {
	for first := true; len(heads) > 0; first = false {
		n := 1
		for n < len(heads) && heads[n].span == heads[0].span {
			n++
		}
		if first || n == len(heads) {
			if err := g.countIn(ctx, heads[:n], heads[0].span); err != nil {
				return err
			}
		} else {
			in := heads[0].span
			all, err := g.nextGroups(ctx, in, in.to, false, n)
			if err != nil {
				return err
			}
			copy(heads[:n], all)
		}
		heads = heads[n:]
	}
	return nil
}

// countIn fills in how many members some groups of a span have in it, and the first of them.
func (g *grouping) countIn(ctx context.Context, groups []group, in span) error {
	counted, err := g.members(ctx, groups, in)
	for i := range groups {
		one := counted.of(groups[i].key)
		groups[i].n, groups[i].first = one.n, one.first
	}
	return err
}

// members counts the members that some groups have in a span.
func (g *grouping) members(ctx context.Context, groups []group, in span) (*groupSum, error) {
	wanted := make(map[groupKey]bool, len(groups))
	values := make([][]int64, len(g.table.key))
	for _, one := range groups {
		wanted[one.key] = true
		for c := range values {
			values[c] = append(values[c], one.key[c])
		}
	}
	// Rows that share no value with any of the groups are passed over column by column.
	p := &plan{any: slices.Clone(g.plan.any), exclude: g.plan.exclude, few: g.plan.few, texts: g.plan.texts, spans: g.plan.spans}
	for c, column := range g.table.key {
		p.require(segment.Clause{Terms: []segment.Term{{Column: column.index, Set: segment.NewSet(values[c]...)}}})
	}
	return g.tally(ctx, p, in, func(key groupKey) bool { return wanted[key] })
}

// below gives the n groups with a newest member older than k, the newest first.
func (g *grouping) below(ctx context.Context, k rowKey, n int) ([]group, error) {
	var found []group
	for len(found) < n {
		_, _, next, ok, err := g.nearest(ctx, question{table: g.table, from: g.from, to: k}, false)
		if err != nil || !ok {
			return found, err
		}
		in := g.spanOf(next)
		groups, err := g.nextGroups(ctx, in, k, false, n-len(found))
		if err != nil {
			return nil, err
		}
		found = append(found, groups...)
		k = in.from
	}
	return found, nil
}

// above gives the n groups with a newest member at k or newer, the oldest first.
func (g *grouping) above(ctx context.Context, k rowKey, n int) ([]group, error) {
	var found []group
	for len(found) < n {
		_, _, next, ok, err := g.nearest(ctx, question{table: g.table, from: k, to: g.to}, true)
		if err != nil || !ok {
			return found, err
		}
		in := g.spanOf(next)
		groups, err := g.nextGroups(ctx, in, k, true, n-len(found))
		if err != nil {
			return nil, err
		}
		found = append(found, groups...)
		k = in.to
	}
	return found, nil
}

// nearest gives the first row of a walk.
func (g *grouping) nearest(ctx context.Context, q question, up bool) (source, int, rowKey, bool, error) {
	if q.from >= q.to {
		return source{}, 0, 0, false, nil
	}
	return g.walkAlong(ctx, q, g.plan, up).step()
}

// groups reads the groups' newest members.
func (g *grouping) groups(ctx context.Context, found []group) ([]store.Group, error) {
	keys := make([]rowKey, len(found))
	for i, one := range found {
		keys[i] = one.last
	}
	rows, err := g.rows(ctx, g.table, keys, false)
	if err != nil {
		return nil, err
	}
	groups := make([]store.Group, len(rows))
	for i, row := range rows {
		from, to := g.query.Window.Around(row.Entry.Head().Time)
		groups[i] = store.Group{
			Newest: row, Count: found[i].n, First: found[i].first.Time(), Last: row.Entry.Head().Time,
			From: from, To: to, Cut: from.Before(g.query.Range.From) || to.After(g.query.Range.To),
		}
	}
	return groups, nil
}

// GroupRows gives one page of the members of the group that the row q.Of belongs to; see store.Store.
func (db *DB) GroupRows(ctx context.Context, q store.GroupRowsQuery) (store.Page, error) {
	asked, err := db.question(q.ListQuery)
	if err != nil {
		return store.Page{}, err
	}
	if len(asked.table.key) == 0 {
		return store.Page{}, fmt.Errorf("log %s has no groups: %w", q.Log, store.ErrNotFound)
	}
	of, ok := keyOf(q.Of)
	if !ok {
		return store.Page{}, store.ErrNotFound
	}
	var page store.Page
	err = db.read(ctx, func(v *view) error {
		var fields []byte
		err := v.tx.QueryRowContext(ctx, "SELECT fields FROM "+asked.table.name+" WHERE k = ?", int64(of)).Scan(&fields)
		if errors.Is(err, sql.ErrNoRows) {
			return store.ErrNotFound
		}
		values := make([]int64, len(asked.table.kind.columns))
		if err == nil {
			err = asked.table.kind.readFields(fields, values, nil)
		}
		if err != nil {
			return fmt.Errorf("read a member: %w", err)
		}
		p, err := v.plan(ctx, &asked)
		if err != nil {
			return err
		}
		p.keepFew(asked)
		for _, c := range asked.table.key {
			p.require(segment.Clause{Terms: []segment.Term{{Column: c.index, Set: segment.NewSet(values[c.index])}}})
		}
		g := &grouping{view: v, question: asked, plan: p, query: q.GroupsQuery}
		in := g.spanOf(of)
		asked := asked
		asked.from, asked.to = in.from, in.to
		page, err = v.page(ctx, asked, p, q.ListQuery)
		return err
	})
	return page, err
}
