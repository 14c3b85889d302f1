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
	all, complete, err := heldCredentials(ctx, r, q)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b heldCredential) int { return a.Expires.Compare(b.Expires) })
	var rows []InsightRow
	for i := range all {
		c := &all[i]
		if !c.endsBetween(q.Now, q.horizon()) {
			continue
		}
		day, name := c.Expires.In(q.Location).Format(time.DateOnly), cmp.Or(c.Name, c.AppID)+": "+cmp.Or(c.Credential.Name, c.KeyID)
		if len(rows) == 0 || rows[len(rows)-1].ID != day {
			rows = append(rows, InsightRow{ID: day, Cells: []Cell{{}, {}}})
		}
		cells := rows[len(rows)-1].Cells
		if cells[0].N++; cells[1].Text != "" {
			name = cells[1].Text + "; " + name
		}
		cells[1].Text = name
	}
	page := heldRows(q, rows)
	page.Complete = complete
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

// listRefused counts the sign-ins with an error code by application and resource: the applications of each resource in turn.
func listRefused(ctx context.Context, r Reader, q *InsightQuery, code string) (*InsightRows, error) {
	list := *narrowed(principalSignIns(q, q.Range), store.ErrorField, code)
	resources, complete, err := allRows(ctx, r, tableOf(list, store.ResourceField))
	if err != nil {
		return nil, err
	}
	without := list
	without.Filter = list.Filter.With(store.ResourceField, store.OpEmpty, "")
	var rows []InsightRow
	add := func(of store.ListQuery, resource string) error {
		apps, whole, err := allRows(ctx, r, tableOf(of, store.AppField))
		complete = complete && whole
		for i := range apps {
			of := narrowed(of, store.AppField, apps[i].Value)
			rows = append(rows, InsightRow{
				ID: apps[i].Value, Name: apps[i].Label, Records: of,
				Cells: []Cell{textCell(resource), CountCell(apps[i].Total(), of), {Unknown: true}, timeCell(apps[i].First), timeCell(apps[i].Last)},
			})
		}
		return err
	}
	for i := range resources {
		if err := add(*narrowed(list, store.ResourceField, resources[i].Value), cmp.Or(resources[i].Label, resources[i].Value)); err != nil {
			return nil, err
		}
	}
	if err := add(without, ""); err != nil {
		return nil, err
	}
	known, err := appNames(ctx, r)
	if err != nil {
		return nil, err
	}
	// Two resources of one application are two rows, so the place of a row needs both.
	for i := range rows {
		rows[i].Name = cmp.Or(rows[i].Name, known[store.FoldCase(rows[i].ID)])
		rows[i].ID += "\x00" + rows[i].Cells[0].Text
	}
	page := heldRows(q, rows)
	page.Complete = complete
	for i := range page.Rows {
		row := &page.Rows[i]
		row.ID, _, _ = strings.Cut(row.ID, "\x00")
		keys, err := r.Table(ctx, store.TableQuery{Logs: []store.Log{row.Records.Log}, Range: row.Records.Range, Filter: row.Records.Filter, By: store.KeyField, Limit: 3})
		if err != nil {
			return nil, err
		}
		var names []string
		for k := range keys.Rows {
			names = append(names, keys.Rows[k].Value)
		}
		slices.Sort(names)
		if row.Cells[2] = textCell(strings.Join(names, ", ")); keys.Values > int64(len(names)) {
			row.Cells[2].Note = "and more"
		}
	}
	return page, nil
}

// appNames gives the names of the directory's applications. Records of service principals do not name the application.
func appNames(ctx context.Context, r Reader) (map[string]string, error) {
	told, err := r.AppsTold(ctx, nil, nil)
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
	all, complete, err := heldCredentials(ctx, r, q)
	if err != nil {
		return nil, err
	}
	before := store.Range{From: q.Range.From.AddDate(0, 0, -networkDays), To: q.Range.From}
	now, was := *ofStatus(principalSignIns(q, q.Range), store.StatusSuccess), *ofStatus(principalSignIns(q, before), store.StatusSuccess)
	known, whole, err := networksByKey(ctx, r, was)
	if err != nil {
		return nil, err
	}
	present, wholeNow, err := networksByKey(ctx, r, now)
	if err != nil {
		return nil, err
	}
	var rows []InsightRow
	for i := range all {
		c := &all[i]
		var fresh []string
		for _, network := range present[c.KeyID] {
			if !slices.Contains(known[c.KeyID], network) {
				fresh = append(fresh, store.ASNField.Prefix+network)
			}
		}
		if len(fresh) == 0 || len(known[c.KeyID]) == 0 {
			continue
		}
		row := c.row(q)
		row.Cells = []Cell{c.app(), textCell(strings.Join(fresh, ", ")), CountCell(int64(len(known[c.KeyID])), nil), row.Cells[3], row.Cells[4], textCell(ownerNames(c.Owners))}
		rows = append(rows, row)
	}
	page := heldRows(q, rows)
	page.Complete = complete && whole && wholeNow
	return page, nil
}

// networksByKey gives the networks of each key's sign-ins: the keys of each network in turn. There are fewer networks than keys.
func networksByKey(ctx context.Context, r Reader, list store.ListQuery) (networks map[string][]string, complete bool, err error) {
	networks = map[string][]string{}
	all, complete, err := allRows(ctx, r, tableOf(list, store.ASNField))
	for i := range all {
		keys, whole, err := allRows(ctx, r, tableOf(*narrowed(list, store.ASNField, all[i].Value), store.KeyField))
		if err != nil {
			return nil, false, err
		}
		complete = complete && whole
		for k := range keys {
			id := store.FoldCase(keys[k].Value)
			networks[id] = append(networks[id], all[i].Value)
		}
	}
	return networks, complete, err
}
