package sqlite

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"signpost/store"
)

// originalSpans bounds how many spans of ids one statement asks for: SQLite limits how deep an expression may be.
const originalSpans = 200

// originalKeys finds rows by their original request ID. No column and no look-up table has it, so the whole rows of the
// range are looked through. For most rows it is the row's own ID, see sameAsID.
func (v *view) originalKeys(ctx context.Context, q question, column idColumn, c store.Condition) ([]rowKey, error) {
	if !c.Op.TakesValue() {
		is := map[store.Operator]string{store.OpEmpty: " IS NULL", store.OpNotEmpty: " IS NOT NULL"}[c.Op]
		return v.inStretches(ctx, q, func(in span) ([]rowKey, error) {
			return v.keys(ctx, "SELECT k FROM "+q.table.name+" WHERE k >= ? AND k < ? AND "+column.name+is+" ORDER BY k", int64(in.from), int64(in.to))
		})
	}
	spans, _, err := v.idSpans(ctx, column, c)
	if err != nil {
		return nil, err
	}
	var keys []rowKey
	for some := range slices.Chunk(spans, originalSpans) {
		found, err := v.inStretches(ctx, q, func(in span) ([]rowKey, error) {
			part := q
			part.from, part.to = in.from, in.to
			return v.originalsIn(ctx, part, column, some)
		})
		if err != nil {
			return nil, fmt.Errorf("look through original request IDs: %w", err)
		}
		keys = append(keys, found...)
	}
	slices.Sort(keys)
	return slices.Compact(keys), nil
}

// inStretches looks through the rows of a question piece by piece, in the order of their keys: a piece begins where a part does.
// The driver ends a query that was given up before its first row, and between rows, but not while it looks for the next one.
func (v *view) inStretches(ctx context.Context, q question, look func(span) ([]rowKey, error)) ([]rowKey, error) {
	if q.from >= q.to {
		return nil, nil
	}
	edges := []rowKey{q.from, q.to}
	for _, p := range v.state.of(q.table) {
		if p.lo > q.from && p.lo < q.to {
			edges = append(edges, p.lo)
		}
	}
	slices.Sort(edges)
	edges = slices.Compact(edges)
	var keys []rowKey
	for i := range edges[1:] {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		found, err := look(span{from: edges[i], to: edges[i+1]})
		if err != nil {
			return nil, err
		}
		keys = append(keys, found...)
	}
	return keys, nil
}

func (v *view) originalsIn(ctx context.Context, q question, column idColumn, spans []idSpan) ([]rowKey, error) {
	var where []string
	args := []any{int64(q.from), int64(q.to)}
	for _, span := range spans {
		where = append(where, column.name+" BETWEEN ? AND ?", "("+column.name+" = ? AND id BETWEEN ? AND ?)")
		args = append(args, span.first[:], span.last[:], sameAsID, span.first[:], span.last[:])
	}
	if len(where) == 0 {
		return nil, nil
	}
	rows, err := v.tx.QueryContext(ctx, "SELECT k, id, "+column.name+" FROM "+q.table.name+" WHERE k >= ? AND k < ? AND ("+strings.Join(where, " OR ")+")", args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var keys []rowKey
	for rows.Next() {
		var k rowKey
		var own, original []byte
		if err := rows.Scan(&k, &own, &original); err != nil {
			return nil, err
		}
		if len(original) == len(sameAsID) {
			original = own
		}
		if id, ok := blobID(original); ok && hasID(spans, id) {
			keys = append(keys, k)
		}
	}
	return keys, rows.Err()
}
