package ask

import (
	"context"
	"slices"

	"signpost/store"
)

// listQuiet are the applications that the logs know and the range does not.
func listQuiet(ctx context.Context, r Reader, q *InsightQuery) (*InsightRows, error) {
	filter := withoutFederation(q.Filter)
	if q.Chosen[SwitchMicrosoft.Param] == "no" {
		filter = withoutMicrosoft(filter)
	}
	asked := store.TableQuery{Range: upTo(q.Range), Filter: filter, By: store.AppField, OlderThan: q.Range.From}
	order := orders{NumberApplication: store.ByLabel, NumberEver: store.ByTotal, NumberLastEver: store.ByLast}
	var page *InsightRows
	var notes []Note
	err := Together(ctx,
		func(ctx context.Context) (err error) {
			page, err = tableRows(ctx, r, q, asked, order, func(row *store.TableRow) []Cell {
				return []Cell{CountCell(row.Total(), nil), {Time: row.Last}}
			})
			return err
		},
		func(ctx context.Context) (err error) {
			notes, err = sinceNote(ctx, r, q)
			return err
		},
	)
	if err != nil {
		return nil, err
	}
	page.Notes = notes
	return page, nil
}

// sinceNote says how far back all stored logs tell.
func sinceNote(ctx context.Context, r Reader, q *InsightQuery) ([]Note, error) {
	_, since, err := r.Begins(ctx, signInLogs, q.Now)
	if err != nil || !since.Before(q.Now) {
		return nil, err
	}
	return []Note{{Text: "All logs of sign-ins that are stored reach back to", Time: since}}, nil
}

// listNever are the applications of the directory that the logs do not know. They have no sign-ins. So they stand first in the order
// by sign-ins, by name.
func listNever(ctx context.Context, r Reader, q *InsightQuery) (*InsightRows, error) {
	asked := store.EntitiesQuery{Kind: store.ObjectApplication, Range: store.AllTime(), Sort: store.SortSignIns, Reverse: true, Limit: q.Limit}
	ofMicrosoft := q.Chosen[SwitchMicrosoft.Param] != "no" // the other list has places of another kind
	if q.After != nil && ofMicrosoft {
		place, err := store.ParseEntityPlace(q.After.Value)
		if err != nil {
			return nil, store.BadParam{Param: "after", Problem: "does not lead to a page of this list. Start again from its first page."}
		}
		asked.After = &place
	}
	state, err := r.DirectoryState(ctx)
	if err != nil {
		return nil, err
	}
	page := &InsightRows{Complete: true}
	if state.N[store.ObjectApplication]+state.N[store.ObjectServicePrincipal] == 0 {
		page.Notes = []Note{{Text: "No applications were imported: the logs do not tell of those that nobody uses. Import exports of Graph's /applications and /servicePrincipals."}}
		return page, nil
	}
	if !ofMicrosoft {
		return neverWithoutMicrosoft(ctx, r, q)
	}
	var list store.EntityPage
	var used int64
	var complete bool
	err = Together(ctx,
		func(ctx context.Context) (err error) {
			list, err = r.Entities(ctx, asked)
			return err
		},
		func(ctx context.Context) (err error) {
			used, complete, err = usedApps(ctx, r)
			return err
		},
		func(ctx context.Context) (err error) {
			page.Notes, err = sinceNote(ctx, r, q)
			return err
		},
	)
	if err != nil {
		return nil, err
	}
	page.Complete, page.Total = list.Complete && complete, list.Total-used
	if list.Next != nil { // the row behind the page tells whether there are more
		beyond := asked
		beyond.After, beyond.Limit = list.Next, 1
		next, err := r.Entities(ctx, beyond)
		if err != nil {
			return nil, err
		}
		if len(next.Rows) > 0 && next.Rows[0].Seen.Total() == 0 {
			page.Next = &store.TablePlace{Value: list.Next.String()}
		}
	}
	for i := range list.Rows {
		row := &list.Rows[i]
		if row.Seen.Total() > 0 {
			break
		}
		page.Rows = append(page.Rows, neverRow(row))
	}
	return page, nil
}

func neverRow(row *store.EntityRow) InsightRow {
	return InsightRow{ID: row.ID, Name: row.Name, Cells: []Cell{timeCell(row.Created)}}
}

// neverWithoutMicrosoft is listNever without the applications that Microsoft owns, by the directory. It reads all rows, since no
// question of the directory leaves these out.
func neverWithoutMicrosoft(ctx context.Context, r Reader, q *InsightQuery) (*InsightRows, error) {
	told, err := appsTold(ctx, r, q)
	if err != nil {
		return nil, err
	}
	owner := make(map[string]string, len(told))
	for i := range told {
		owner[told[i].AppID] = told[i].OwnerTenant
	}
	asked := store.EntitiesQuery{Kind: store.ObjectApplication, Range: store.AllTime(), Sort: store.SortSignIns, Reverse: true, Limit: store.MaxTop}
	var rows []InsightRow
	for complete := true; ; {
		list, err := r.Entities(ctx, asked)
		if err != nil {
			return nil, err
		}
		complete = complete && list.Complete
		isUsed := false
		for i := range list.Rows {
			row := &list.Rows[i]
			if isUsed = row.Seen.Total() > 0; isUsed {
				break
			}
			if !slices.Contains(microsoftTenants, owner[store.FoldCase(row.ID)]) {
				rows = append(rows, neverRow(row))
			}
		}
		if asked.After = list.Next; isUsed || list.Next == nil {
			page := heldRows(q, rows)
			page.Complete = complete
			page.Notes, err = sinceNote(ctx, r, q)
			return page, err
		}
	}
}

// usedApps counts the applications of the list that have a sign-in. Whoever is limited to a scope has a list of its applications, while
// their sign-ins may be to others.
func usedApps(ctx context.Context, r Reader) (n int64, complete bool, err error) {
	asked := store.EntitiesQuery{Kind: store.ObjectApplication, Range: store.AllTime(), Sort: store.SortSignIns, Limit: store.MaxTop}
	for {
		page, err := r.Entities(ctx, asked)
		if err != nil {
			return 0, false, err
		}
		for i := range page.Rows {
			if page.Rows[i].Seen.Total() == 0 {
				return n, page.Complete, nil
			}
			n++
		}
		if asked.After = page.Next; page.Next == nil {
			return n, page.Complete, nil
		}
	}
}
