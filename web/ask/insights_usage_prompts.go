package ask

import (
	"context"

	"signpost/store"
)

// The columns of the lists of prompts.
var (
	NumberPromptReason = &Number{Name: "name", Label: "Session lifetime policy", Unit: InText, Definition: "What ended the session, so that proof was needed again, by the sign-in's session lifetime policies."}
	NumberPromptShare  = &Number{Name: "share", Label: "Share of prompts", Unit: InPercent, Definition: "The row's prompts, divided by all prompts. Shares may add up to more than 100 %: a sign-in with several policies counts for each."}
	NumberTopReason    = &Number{Name: "reason", Label: "Main reason", Unit: InText, Unsorted: true, Definition: "The session lifetime policy with the most of the user's prompts. It is - where no sign-in names one."}
)

// noPolicy is the ID of the row of prompts without a policy.
const noPolicy = "none"

// promptsOf gives the prompts of a range by reason.
func promptsOf(ctx context.Context, r Reader, q *InsightQuery, in store.Range) (rows []InsightRow, complete bool, err error) {
	list := proven(usageSignIns(q, store.Interactive, in))
	without := list
	without.Filter = list.Filter.With(store.SessionPolicyField, store.OpEmpty, "yes")
	var named []store.TableRow
	var all, other store.Total
	var users int64
	var page store.Page
	err = Together(ctx,
		func(ctx context.Context) (err error) {
			asked := tableOf(list, store.SessionPolicyField)
			asked.Distinct = []*store.Field{store.UserField}
			named, complete, err = allRows(ctx, r, asked)
			return err
		},
		func(ctx context.Context) (err error) {
			all, err = r.Total(ctx, list)
			return err
		},
		func(ctx context.Context) (err error) {
			other, err = r.Total(ctx, without)
			return err
		},
		func(ctx context.Context) (err error) {
			users, err = distinctUsers(ctx, r, without)
			return err
		},
		func(ctx context.Context) (err error) {
			newest := without
			newest.Limit = 1
			page, err = r.Page(ctx, newest)
			return err
		},
	)
	if err != nil {
		return nil, false, err
	}
	cells := func(n, users int64, last Cell, records store.ListQuery) []Cell {
		return []Cell{CountCell(n, &records), {N: n, Of: all.N}, CountCell(users, nil), {N: n, Of: users}, last}
	}
	for i := range named {
		row := &named[i]
		records := *narrowed(list, store.SessionPolicyField, row.Value)
		rows = append(rows, InsightRow{ID: row.Value, Name: store.LifetimePolicies.Words(row.Value), Cells: cells(row.Total(), row.Distinct[0], Cell{Time: row.Last}, records)})
	}
	if other.N > 0 {
		last := Cell{Unknown: true}
		if len(page.Rows) > 0 {
			last = Cell{Time: page.Rows[0].Entry.Head().Time}
		}
		rows = append(rows, InsightRow{ID: noPolicy, Name: "No session lifetime policy", Cells: cells(other.N, users, last, without)})
	}
	return rows, complete && all.Complete && other.Complete, nil
}

// listPrompts gives the reasons of prompts.
func listPrompts(ctx context.Context, r Reader, q *InsightQuery) (*InsightRows, error) {
	return heldCompared(ctx, q, func(ctx context.Context, in store.Range) ([]InsightRow, bool, error) { return promptsOf(ctx, r, q, in) }, append(make([]Cell, 4), Cell{Unknown: true}))
}

// listPrompted gives the users who had to prove something.
func listPrompted(ctx context.Context, r Reader, q *InsightQuery) (*InsightRows, error) {
	list := proven(usageSignIns(q, store.Interactive, q.Range))
	asked := tableOf(list, store.UserField)
	asked.Across, asked.Columns = store.SessionPolicyField, 1
	order := orders{
		NumberUser: store.ByLabel, NumberPrompts: store.ByTotal, NumberSucceeded: store.ByStatus + store.TableSort(store.StatusSuccess),
		NumberFailed: store.ByStatus + store.TableSort(store.StatusFailure), NumberStopped: store.ByStatus + store.TableSort(store.StatusInterrupted),
		NumberFirst: store.ByFirst, NumberLast: store.ByLast,
	}
	return tableRows(ctx, r, q, asked, order, func(row *store.TableRow) []Cell {
		of := *narrowed(list, store.UserField, row.Value)
		reason := Cell{Unknown: true}
		if row.Top.N > 0 {
			reason = Cell{Text: store.LifetimePolicies.Words(row.Top.Value), N: row.Top.N, Records: narrowed(of, store.SessionPolicyField, row.Top.Value)}
		}
		counts := countCells(of, &row.Counts)
		return []Cell{counts[0], counts[1], counts[2], counts[3], reason, {Time: row.First}, {Time: row.Last}}
	})
}
