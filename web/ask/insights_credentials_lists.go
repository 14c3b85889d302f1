package ask

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"signpost/store"
)

// listEndDays gives the days on which credentials end.
func listEndDays(ctx context.Context, r Reader, q *InsightQuery) (*InsightRows, error) {
	held, err := heldCredentials(ctx, r, q)
	if err != nil {
		return nil, err
	}
	all := slices.Clone(held.list) // others read it too
	slices.SortFunc(all, func(a, b heldCredential) int { return a.Expires.Compare(b.Expires) })
	var rows []InsightRow
	for i := range all {
		c := &all[i]
		if !c.endsBetween(q.Now, q.horizon()) {
			continue
		}
		day, name := c.Expires.In(q.Location).Format(time.DateOnly), cmp.Or(c.Name, c.AppID)+": "+cmp.Or(c.Credential.Name, c.id())
		if len(rows) == 0 || rows[len(rows)-1].ID != day {
			rows = append(rows, InsightRow{ID: day, Name: day, Cells: []Cell{{}, {}}})
		}
		cells := rows[len(rows)-1].Cells
		if cells[0].N++; cells[1].Text != "" {
			name = cells[1].Text + "; " + name
		}
		cells[1].Text = name
	}
	page := heldRows(q, rows)
	page.Complete = held.complete
	return page, nil
}

// refusedList is a list of refused sign-ins by application and resource.
func refusedList(name, title, definition, code string) *InsightList {
	return &InsightList{
		Name: name, Title: title, Definition: definition, One: "application and resource", Many: "applications with such sign-ins",
		Columns: []*Number{NumberApplication, NumberResource, NumberRefusals, NumberNamedKeys, NumberFirst, NumberLast}, Sort: NumberRefusals,
		Ask: func(ctx context.Context, r Reader, q *InsightQuery) (*InsightRows, error) {
			return listRefused(ctx, r, q, code)
		},
	}
}

// listRefused counts the sign-ins with an error code by application and resource: the applications of each resource.
func listRefused(ctx context.Context, r Reader, q *InsightQuery, code string) (*InsightRows, error) {
	list := *narrowed(principalSignIns(q, q.Range), store.ErrorField, code)
	var resources []store.TableRow
	var known map[string]string
	var whole bool
	err := Together(ctx,
		func(ctx context.Context) (err error) {
			resources, whole, err = allRows(ctx, r, tableOf(list, store.ResourceField))
			return err
		},
		func(ctx context.Context) (err error) {
			known, err = appNames(ctx, r, q)
			return err
		},
	)
	if err != nil {
		return nil, err
	}
	without := list
	without.Filter = list.Filter.With(store.ResourceField, store.OpEmpty, "")
	lists, names := []store.ListQuery{without}, []string{""}
	for i := range resources {
		lists = append(lists, *narrowed(list, store.ResourceField, resources[i].Value))
		names = append(names, cmp.Or(resources[i].Label, resources[i].Value))
	}
	apps, completes := make([][]store.TableRow, len(lists)), make([]bool, len(lists))
	var questions []func(context.Context) error
	for i := range lists {
		questions = append(questions, func(ctx context.Context) (err error) {
			apps[i], completes[i], err = allRows(ctx, r, tableOf(lists[i], store.AppField))
			return err
		})
	}
	if err := Together(ctx, questions...); err != nil {
		return nil, err
	}
	var rows []InsightRow
	for i := range lists {
		for n := range apps[i] {
			app := &apps[i][n]
			of := narrowed(lists[i], store.AppField, app.Value)
			rows = append(rows, InsightRow{
				// Two resources of one application are two rows, so the place of a row needs both.
				ID: app.Value + "\x00" + names[i], Source: i, Name: cmp.Or(app.Label, known[store.FoldCase(app.Value)]), Records: of,
				Cells: []Cell{textCell(names[i]), CountCell(app.Total(), of), {Unknown: true}, timeCell(app.First), timeCell(app.Last)},
			})
		}
	}
	page := heldRows(q, rows)
	page.Complete = whole && !slices.Contains(completes, false)
	return page, nameKeys(ctx, r, lists, page.Rows)
}

// appNames gives the names of the directory's applications. Records of service principals do not name the application.
func appNames(ctx context.Context, r Reader, q *InsightQuery) (map[string]string, error) {
	told, err := appsTold(ctx, r, q)
	names := make(map[string]string, len(told))
	for i := range told {
		names[told[i].AppID] = told[i].Name()
	}
	return names, err
}

// networkDays is how long a network is remembered before the range.
const networkDays = 90

// listNewNetworks gives the credentials that were used from a network that is new to them.
func listNewNetworks(ctx context.Context, r Reader, q *InsightQuery) (*InsightRows, error) {
	before := store.Range{From: q.Range.From.AddDate(0, 0, -networkDays), To: q.Range.From}
	var held credentials
	var known, present [2]map[string][]string // by key ID, and by thumbprint where there is no key ID
	var completes [4]bool
	networks := func(into *map[string][]string, complete *bool, in store.Range, byPrint bool) func(context.Context) error {
		list, by := *ofStatus(principalSignIns(q, in), store.StatusSuccess), store.KeyField
		if byPrint {
			list, by = *byPrintAlone(&list), store.ThumbprintField
		}
		return func(ctx context.Context) (err error) {
			*into, *complete, err = networksBy(ctx, r, list, by)
			return err
		}
	}
	err := Together(ctx,
		func(ctx context.Context) (err error) {
			held, err = heldCredentials(ctx, r, q)
			return err
		},
		networks(&known[0], &completes[0], before, false), networks(&known[1], &completes[1], before, true),
		networks(&present[0], &completes[2], q.Range, false), networks(&present[1], &completes[3], q.Range, true),
	)
	if err != nil {
		return nil, err
	}
	of := func(c *heldCredential, networks [2]map[string][]string) []string {
		all := slices.Clone(networks[0][store.FoldCase(c.KeyID)])
		if c.Thumbprint != "" {
			all = append(all, networks[1][store.FoldCase(c.Thumbprint)]...)
		}
		slices.Sort(all)
		return slices.Compact(all)
	}
	var rows []InsightRow
	for i := range held.list {
		c := &held.list[i]
		was := of(c, known)
		var fresh []string
		for _, network := range of(c, present) {
			if !slices.Contains(was, network) {
				fresh = append(fresh, store.ASNField.Prefix+network)
			}
		}
		if len(fresh) == 0 || len(was) == 0 {
			continue
		}
		row := c.row(q)
		row.Cells = []Cell{c.app(), textCell(strings.Join(fresh, ", ")), CountCell(int64(len(was)), nil), row.Cells[3], row.Cells[4], textCell(ownerNames(c.Owners))}
		rows = append(rows, row)
	}
	page := heldRows(q, rows)
	page.Complete = held.complete && !slices.Contains(completes[:], false)
	return page, nil
}

// networksBy gives the networks of sign-ins by the values of a field. One table has the networks with the most sign-ins. Each
// other network takes a table of its own.
func networksBy(ctx context.Context, r Reader, list store.ListQuery, by *store.Field) (networks map[string][]string, complete bool, err error) {
	networks, complete = map[string][]string{}, true
	asked := tableOf(list, by)
	asked.Across, asked.Columns, asked.Sort, asked.Limit = store.ASNField, store.MaxColumns, store.ByValue, store.MaxTop
	inColumns := map[string]bool{}
	var all int64
	for {
		table, err := r.Table(ctx, asked)
		if err != nil {
			return nil, false, err
		}
		all, complete = table.ColumnValues, complete && table.Complete
		for _, column := range table.Columns {
			inColumns[column.Value] = true
		}
		for i := range table.Rows {
			id := store.FoldCase(table.Rows[i].Value)
			for n, column := range table.Columns {
				if table.Rows[i].Cells[n] > 0 {
					networks[id] = append(networks[id], column.Value)
				}
			}
		}
		if asked.After = table.Next; table.Next == nil {
			break
		}
	}
	if all <= int64(len(inColumns)) {
		return networks, complete, nil
	}
	others, whole, err := allRows(ctx, r, tableOf(list, store.ASNField))
	if err != nil {
		return nil, false, err
	}
	complete = complete && whole
	for i := range others {
		if inColumns[others[i].Value] {
			continue
		}
		keys, whole, err := allRows(ctx, r, tableOf(*narrowed(list, store.ASNField, others[i].Value), by))
		if err != nil {
			return nil, false, err
		}
		complete = complete && whole
		for k := range keys {
			id := store.FoldCase(keys[k].Value)
			networks[id] = append(networks[id], others[i].Value)
		}
	}
	return networks, complete, nil
}
