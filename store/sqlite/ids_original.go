package sqlite

import (
	"context"
	"slices"

	"signpost/store"
)

// originalKeys finds rows by their original request ID. No column and no look-up table has it, so the whole rows of the
// range are looked through. For most rows it is the row's own ID, see sameAsID.
func (v *view) originalKeys(ctx context.Context, q question, column idColumn, c store.Condition) ([]rowKey, error) {
	if !c.Op.TakesValue() {
		is := map[store.Operator]string{store.OpEmpty: " IS NULL", store.OpNotEmpty: " IS NOT NULL"}[c.Op]
		return v.inStretches(ctx, q, func(in span) ([]rowKey, error) {
			return v.keys(ctx, "SELECT k FROM "+q.table.name+" WHERE k >= ? AND k < ? AND "+column.name+is+" ORDER BY k", int64(in.from), int64(in.to))
		})
	}
	wanted, err := v.wantedIDs(ctx, q, column, c)
	if err != nil {
		return nil, err
	}
	return v.readIDs(ctx, q, column, wanted)
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
