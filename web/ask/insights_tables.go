package ask

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"signpost/store"
)

// orders gives the orders of a table by the columns of a list.
type orders map[*Number]store.TableSort

// apply sets the order of a table.
func (o orders) apply(q *InsightQuery, t *store.TableQuery) error {
	sort, ok := o[q.Sort]
	if !ok {
		return fmt.Errorf("no order by %s", q.Sort.Name)
	}
	t.Sort, t.Reverse, t.After, t.Limit = sort, q.Reverse, q.After, q.Limit
	return nil
}

// valuesOf are the values of the rows of a table.
func valuesOf(rows []store.TableRow) []string {
	values := make([]string, len(rows))
	for i := range rows {
		values[i] = rows[i].Value
	}
	return values
}

// byValue finds the rows of a table by their values.
func byValue(rows []store.TableRow) map[string]*store.TableRow {
	found := map[string]*store.TableRow{}
	for i := range rows {
		found[store.FoldCase(rows[i].Value)] = &rows[i]
	}
	return found
}

// tableRows asks for the page of a table that has all that a list shows.
func tableRows(ctx context.Context, r Reader, q *InsightQuery, asked store.TableQuery, order orders, cells func(row *store.TableRow) []Cell) (*InsightRows, error) {
	if err := order.apply(q, &asked); err != nil {
		return nil, err
	}
	table, err := r.Table(ctx, asked)
	if err != nil {
		return nil, err
	}
	page := &InsightRows{Total: table.Values, Next: table.Next, Complete: table.Complete}
	page.rowsOf(q, len(table.Rows), func(i int) InsightRow {
		row := &table.Rows[i]
		return InsightRow{ID: row.Value, Name: row.Label, Username: row.Username, Cells: cells(row)}
	})
	return page, nil
}

// allRows gives every row of a table.
func allRows(ctx context.Context, r Reader, t store.TableQuery) (rows []store.TableRow, complete bool, err error) {
	t.Sort, t.Limit, t.After, complete = store.ByValue, store.MaxTop, nil, true
	for {
		table, err := r.Table(ctx, t)
		if err != nil {
			return nil, false, err
		}
		rows, complete = append(rows, table.Rows...), complete && table.Complete
		if table.Next == nil {
			return rows, complete, nil
		}
		t.After = table.Next
	}
}

// topRows gives the rows of a table with the most records: equal ones by name, then by value. The table's own order has values
// for equal ones, so every row as frequent as the last one counts.
func topRows(ctx context.Context, r Reader, q store.TableQuery, top int) (rows []store.TableRow, complete bool, err error) {
	const page = 50
	q.Sort, q.Limit = store.ByTotal, page
	for complete = true; ; {
		table, err := r.Table(ctx, q)
		if err != nil {
			return nil, false, err
		}
		rows, complete = append(rows, table.Rows...), complete && table.Complete
		if table.Next == nil || rows[len(rows)-1].Total() < rows[min(top, len(rows))-1].Total() {
			break
		}
		q.After = table.Next
	}
	slices.SortFunc(rows, func(a, b store.TableRow) int {
		return cmp.Or(cmp.Compare(b.Total(), a.Total()), cmp.Compare(store.FoldCase(cmp.Or(a.Label, a.Value)), store.FoldCase(cmp.Or(b.Label, b.Value))), cmp.Compare(a.Value, b.Value))
	})
	return rows[:min(top, len(rows))], complete, nil
}

// percentText is a share of 100 as JSON has it.
func percentText(n, of int64) string {
	return strconv.FormatFloat(100*float64(n)/float64(of), 'f', -1, 64)
}
