package ask

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"signpost/store"
)

// namedKeys is how many keys a row of refused sign-ins names.
const namedKeys = 3

// usedKey is a key with its sign-ins.
type usedKey struct {
	id string
	n  int64
}

// nameKeys tells the rows of refused sign-ins which keys these name. The rows of one resource are asked about together: its number
// is their source. lists are the sign-ins to each resource.
func nameKeys(ctx context.Context, r Reader, lists []store.ListQuery, rows []InsightRow) error {
	of := make([][]*InsightRow, len(lists))
	for i := range rows {
		row := &rows[i]
		row.ID, _, _ = strings.Cut(row.ID, "\x00")
		resource := row.Source.(int)
		of[resource], row.Source = append(of[resource], row), nil
	}
	var questions []func(context.Context) error
	for i := range lists {
		if len(of[i]) > 0 {
			questions = append(questions, func(ctx context.Context) error { return nameKeysOf(ctx, r, lists[i], of[i]) })
		}
	}
	return Together(ctx, questions...)
}

// nameKeysOf names the keys of the rows of one list, which are applications. The keys with the most sign-ins are columns of one table.
// Each other key takes a table of its own; where there are fewer rows than such keys, each row does.
func nameKeysOf(ctx context.Context, r Reader, list store.ListQuery, rows []*InsightRow) error {
	apps := make([]string, len(rows))
	for i, row := range rows {
		apps[i] = row.ID
	}
	keys := map[string][]usedKey{} // by application
	asked := tableOf(list, store.AppField)
	asked.Only, asked.Across, asked.Columns, asked.Sort, asked.Limit = apps, store.KeyField, store.MaxColumns, store.ByValue, store.MaxTop
	inColumns := map[string]bool{}
	var all int64
	for {
		table, err := r.Table(ctx, asked)
		if err != nil {
			return err
		}
		all = table.ColumnValues
		for i := range table.Rows {
			for n, column := range table.Columns {
				inColumns[column.Value] = true
				if count := table.Rows[i].Cells[n]; count > 0 {
					app := store.FoldCase(table.Rows[i].Value)
					keys[app] = append(keys[app], usedKey{column.Value, count})
				}
			}
		}
		if asked.After = table.Next; table.Next == nil {
			break
		}
	}
	switch others := all - int64(len(inColumns)); {
	case others >= int64(len(rows)):
		return nameKeysOfEach(ctx, r, rows)
	case others > 0:
		if err := otherKeys(ctx, r, list, apps, inColumns, keys); err != nil {
			return err
		}
	}
	for _, row := range rows {
		row.Cells[2] = keysCell(keys[store.FoldCase(row.ID)])
	}
	return nil
}

// nameKeysOfEach names the keys of each row by a table of its sign-ins.
func nameKeysOfEach(ctx context.Context, r Reader, rows []*InsightRow) error {
	var questions []func(context.Context) error
	for _, row := range rows {
		questions = append(questions, func(ctx context.Context) error {
			asked := tableOf(*row.Records, store.KeyField)
			asked.Sort, asked.Limit = store.ByTotal, namedKeys+1
			table, err := r.Table(ctx, asked)
			var keys []usedKey
			for i := range table.Rows {
				keys = append(keys, usedKey{table.Rows[i].Value, table.Rows[i].Total()})
			}
			row.Cells[2] = keysCell(keys)
			return err
		})
	}
	return Together(ctx, questions...)
}

// otherKeys adds the keys that are no columns.
func otherKeys(ctx context.Context, r Reader, list store.ListQuery, apps []string, inColumns map[string]bool, keys map[string][]usedKey) error {
	others, _, err := allRows(ctx, r, tableOf(list, store.KeyField))
	if err != nil {
		return err
	}
	for i := range others {
		key := others[i].Value
		if inColumns[key] {
			continue
		}
		asked := tableOf(*narrowed(list, store.KeyField, key), store.AppField)
		asked.Only = apps
		of, _, err := allRows(ctx, r, asked)
		if err != nil {
			return err
		}
		for n := range of {
			app := store.FoldCase(of[n].Value)
			keys[app] = append(keys[app], usedKey{key, of[n].Total()})
		}
	}
	return nil
}

// keysCell names the keys with the most sign-ins, in the order of their IDs.
func keysCell(keys []usedKey) Cell {
	slices.SortFunc(keys, func(a, b usedKey) int {
		return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(store.FoldCase(a.id), store.FoldCase(b.id)))
	})
	var names []string
	for _, key := range keys[:min(len(keys), namedKeys)] {
		names = append(names, key.id)
	}
	slices.Sort(names)
	cell := textCell(strings.Join(names, ", "))
	if len(keys) > namedKeys {
		cell.Note = "and more"
	}
	return cell
}
