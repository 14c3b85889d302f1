package ask

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"signpost/store"
)

// topRows gives the rows of a table with the most records: equal ones by name, then by value. The table's own order has values
// for equal ones, so every row as frequent as the last one counts.
func topRows(ctx context.Context, r Reader, q store.TableQuery, top int) ([]store.TableRow, error) {
	const page = 50
	q.Sort, q.Limit = store.ByTotal, page
	var rows []store.TableRow
	for {
		table, err := r.Table(ctx, q)
		if err != nil {
			return nil, err
		}
		rows = append(rows, table.Rows...)
		if table.Next == nil || rows[len(rows)-1].Total() < rows[min(top, len(rows))-1].Total() {
			break
		}
		q.After = table.Next
	}
	slices.SortFunc(rows, func(a, b store.TableRow) int {
		return cmp.Or(cmp.Compare(b.Total(), a.Total()), cmp.Compare(store.FoldCase(cmp.Or(a.Label, a.Value)), store.FoldCase(cmp.Or(b.Label, b.Value))), cmp.Compare(a.Value, b.Value))
	})
	return rows[:min(top, len(rows))], nil
}

// percentText is a share of 100 as JSON has it.
func percentText(n, of int64) string {
	return strconv.FormatFloat(100*float64(n)/float64(of), 'f', -1, 64)
}
