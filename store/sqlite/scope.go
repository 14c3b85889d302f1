package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"signpost/store"
	"signpost/store/dbfile"
	"signpost/store/sqlite/segment"
)

// planScope adds that a row is in a scope: store.Scope.Has as a clause. It is one by itself, so no condition on the same
// fields widens it.
func (v *view) planScope(ctx context.Context, p *plan, q *question, scope store.Scope) {
	q.known += " scope " + scope.Print()
	p.require(v.scopeClause(ctx, q.table, scope))
}

// scopeClause gives the clause that rows of a scope pass; without terms none does.
func (v *view) scopeClause(ctx context.Context, t *table, scope store.Scope) (clause segment.Clause) {
	for i, way := range scope.Ways(t.info) {
		c := t.kind.byProp[way.Property]
		if way.Property.PartOf != nil {
			c = t.kind.byList[way.Property.PartOf]
		}
		clause.Terms = append(clause.Terms, segment.Term{Column: c.index, Set: v.db.inScope(ctx, c, way, fmt.Sprintf("way %d of the scope %s in %s", i, scope.Print(), t.log)), List: c.list != nil})
	}
	return clause
}

// inScope gives the values of a column of which one is an ID of the scope. A group may have a million members, so they are
// looked up once for each state of the dictionary. The name tells the way from all others.
func (db *DB) inScope(ctx context.Context, c *column, way store.ScopeWay, name string) *segment.Set {
	return db.keptCodes(ctx, codesAsked{column: c, asked: name}, func() []int64 {
		if c.list == nil {
			return c.words.anyOf(way.IDs)
		}
		return c.words.matching(ctx, func(word string) bool { return slices.ContainsFunc(c.list.Item(word)[way.Property.Part], way.Has) })
	})
}

// placeInScope is placeOf for who is limited to a scope. It takes the same statements for a record that is out of the scope
// as for an ID that nobody has, so the time of the answer does not tell them apart. No look-up ends early.
func (v *view) placeInScope(ctx context.Context, q dbfile.Querier, t *table, get store.GetQuery) (rowKey, error) {
	id, _ := encodeGUID(get.ID)
	keys, err := requestKeys(ctx, q, t, id)
	if err != nil {
		return 0, err
	}
	if len(keys) == 0 {
		keys = append(keys, v.anyKey(t, id)) // a row is read either way
	}
	clauses := make([]segment.Clause, len(get.Scopes))
	for i, scope := range get.Scopes {
		clauses[i] = v.scopeClause(ctx, t, scope)
	}
	for _, k := range keys {
		in, err := v.isInScope(ctx, q, t, k, id, clauses)
		if err != nil {
			return 0, err
		}
		if !in {
			continue
		}
		if t.info.Folds {
			if k, err = v.lineOf(ctx, k); err != nil {
				return 0, fmt.Errorf("find the line of an event: %w", err)
			}
		}
		return k, nil
	}
	return 0, store.ErrNotFound
}

// isInScope tells whether the row at a key has an ID and passes the clauses of scopes. It reads the row, or the next one
// behind it where there is none.
func (v *view) isInScope(ctx context.Context, q dbfile.Querier, t *table, k rowKey, id id16, clauses []segment.Clause) (bool, error) {
	var at rowKey
	var found, fields []byte
	row := q.QueryRowContext(ctx, "SELECT k, id, fields FROM "+t.name+" WHERE k >= ? ORDER BY k LIMIT 1", int64(k))
	err := row.Scan(&at, &found, &fields)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil // the log is empty
	}
	if err != nil {
		return false, fmt.Errorf("read whose a record is: %w", err)
	}
	values, lists := make([]int64, len(t.kind.columns)), make([][]byte, t.kind.lengths())
	if err := t.kind.readFields(fields, values, lists); err != nil {
		return false, err
	}
	same, ok := blobID(found)
	in := ok && at == k && same == id
	for _, clause := range clauses {
		passes := false
		for _, term := range clause.Terms {
			codes := []int64{values[term.Column]}
			if term.List {
				if codes, err = segment.ReadListText(lists[t.kind.columns[term.Column].listed]); err != nil {
					return false, err
				}
			}
			passes = passes || slices.ContainsFunc(codes, term.Set.Has)
		}
		in = in && passes
	}
	return in, nil
}
