package ask

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"signpost/store"
	"signpost/store/risk"
)

// RiskyUsers asks for the risky sign-ins of users, or for those whose risk is hidden.
type RiskyUsers struct {
	Range  store.Range
	Filter store.Filter
	// Log narrows to one log of users; empty for all. Why narrows to one reason. RiskyHidden lists all whose level or state is hidden;
	// those that are not risky otherwise are listed by it alone. All are counted in any case.
	Log store.Log
	Why RiskyWhy
	// Open narrows to sign-ins that are open here; nil for all.
	Open *OpenSignIns
	// After are the places in the logs that the page before has shown; nil for the first page.
	After []store.Cursor
	Limit int
}

// RiskyUserSignIns is one page of risky sign-ins, the newest first.
type RiskyUserSignIns struct {
	Rows []RiskyRow
	Next []store.Cursor
	// Parts are the numbers of all parts, those of RiskyHidden too.
	Parts []RiskyCount
	// Trouble says that the detections of the rows, or the types that the sign-ins themselves name, could not be looked up. Then no row has any.
	Trouble Trouble
}

// RiskyCount is the number of sign-ins of a part.
type RiskyCount struct {
	RiskyPart
	Total   store.Total
	Trouble Trouble
}

// Lists says that the list has the sign-ins of a part.
func (q RiskyUsers) Lists(p RiskyPart) bool {
	return (q.Log == "" || p.Query.Log == q.Log) && (q.Why == p.Why || q.Why == "" && p.Why != RiskyHidden || q.Why == RiskyHidden && p.Masked)
}

// riskyTimeout bounds the question to one part.
const riskyTimeout = 5 * time.Second

// Ask asks for all parts at once, and then for the detections of the sign-ins of the page.
func (q RiskyUsers) Ask(ctx context.Context, r Reader) (*RiskyUserSignIns, error) {
	a := &RiskyUserSignIns{}
	for _, part := range q.parts() {
		a.Parts = append(a.Parts, RiskyCount{RiskyPart: part})
	}
	rows := make([][]store.Row, len(a.Parts))
	var questions []func(context.Context) error
	for i := range a.Parts {
		part := &a.Parts[i]
		questions = append(questions, func(ctx context.Context) (err error) {
			rows[i], err = q.ask(ctx, r, part)
			return err
		})
	}
	if err := Together(ctx, questions...); err != nil {
		return nil, err
	}
	for i, part := range a.Parts {
		for _, row := range rows[i] {
			a.Rows = append(a.Rows, RiskyRow{Row: row, Log: part.Query.Log, Why: part.Why})
		}
	}
	slices.SortStableFunc(a.Rows, func(a, b RiskyRow) int { return a.place().Compare(b.place()) })
	if len(a.Rows) > q.Limit {
		a.Rows = a.Rows[:q.Limit]
		a.Next = q.next(a.Rows)
	}
	return a, q.detections(ctx, r, a, rows)
}

func (q RiskyUsers) parts() []RiskyPart {
	if q.Open != nil {
		return q.Open.parts(q.Range, q.Filter)
	}
	return append(RiskyParts(q.Range, q.Filter), HiddenRiskParts(q.Range, q.Filter)...)
}

func (r RiskyRow) place() store.Cursor { return store.Cursor{Key: r.Key, Log: r.Log} }

// next gives the places after the last row of each log.
func (q RiskyUsers) next(rows []RiskyRow) []store.Cursor {
	next := slices.Clone(q.After)
	for _, row := range rows {
		at := slices.IndexFunc(next, func(c store.Cursor) bool { return c.Log == row.Log })
		if at < 0 {
			next = append(next, row.place())
		} else {
			next[at] = row.place()
		}
	}
	return next
}

// ask asks for the number of a part, and for the rows that the page may need.
func (q RiskyUsers) ask(ctx context.Context, r Reader, part *RiskyCount) (rows []store.Row, err error) {
	ctx, cancel := context.WithTimeout(ctx, riskyTimeout)
	defer cancel()
	part.Total, err = r.Total(ctx, part.Query)
	if err == nil && part.Total.N > 0 && q.Lists(part.RiskyPart) {
		var page store.Page
		page, err = r.Page(ctx, q.listOf(part.RiskyPart, q.Limit+1))
		rows = page.Rows
	}
	if errors.As(err, new(store.WithheldError)) {
		return nil, err
	}
	return rows, r.Part(ctx, "risky sign-ins", err, &part.Trouble)
}

// listOf asks for so many sign-ins of a part, after those that the page before has shown.
func (q RiskyUsers) listOf(part RiskyPart, limit int) store.ListQuery {
	list := part.Query
	list.Limit = limit
	if at := slices.IndexFunc(q.After, func(c store.Cursor) bool { return c.Log == list.Log }); at >= 0 {
		list.After = &store.Cursor{Key: q.After[at].Key}
	}
	return list
}

// detections finds the detections that name the sign-ins of the page, and the types that the sign-ins themselves name. rows are those of
// the parts, which the page is made of.
func (q RiskyUsers) detections(ctx context.Context, r Reader, a *RiskyUserSignIns, rows [][]store.Row) error {
	if len(a.Rows) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, riskyTimeout)
	defer cancel()
	ids := make([]string, len(a.Rows))
	for i, row := range a.Rows {
		ids[i] = row.SignIn().ID
	}
	var named map[string][]*risk.Record
	types := make([]map[string][]string, len(a.Parts))
	questions := []func(context.Context) error{func(ctx context.Context) (err error) {
		named, err = detectionsOf(ctx, r, risk.Users, ids)
		return err
	}}
	for i := range a.Parts {
		n := 0
		for _, row := range rows[i] {
			if slices.Contains(ids, row.SignIn().ID) {
				n++
			}
		}
		if n > 0 {
			questions = append(questions, func(ctx context.Context) (err error) {
				types[i], err = q.types(ctx, r, a.Parts[i].RiskyPart, n)
				return err
			})
		}
	}
	err := Together(ctx, questions...)
	for i := range a.Rows {
		if err != nil {
			break
		}
		row := &a.Rows[i]
		row.Detections = named[store.FoldCase(ids[i])]
		for part, of := range types {
			if list := of[ids[i]]; len(list) > 0 && a.Parts[part].Query.Log == row.Log {
				signIn := *row.SignIn()
				signIn.RiskEventTypes, row.Entry = list, &signIn
			}
		}
	}
	return r.Part(ctx, "the detections of risky sign-ins", err, &a.Trouble)
}

// types gives the types that the first n sign-ins of a part name, by their request IDs, and perhaps those of some more. Rows of a list have
// no types: the sign-ins that have any are read whole.
func (q RiskyUsers) types(ctx context.Context, r Reader, part RiskyPart, n int) (map[string][]string, error) {
	list := q.listOf(part, n)
	list.Filter = list.Filter.With(store.RiskEventField, store.OpNotEmpty, "")
	page, err := r.Records(ctx, store.RecordsQuery{ListQuery: list, WithoutDocuments: true})
	types := map[string][]string{}
	for i := range page.Records {
		s := page.Records[i].SignIn()
		types[s.ID] = s.RiskEventTypes
	}
	return types, err
}

// detectionsOf gives the detections of a log that name some requests, by the request in lower case. Those of one are in the order of
// their times.
func detectionsOf(ctx context.Context, r Reader, log store.Log, requests []string) (map[string][]*risk.Record, error) {
	rows, _, err := everyRow(ctx, r, store.ListQuery{Log: log, Range: store.AllTime(), Filter: store.Filter{}.WithAny(risk.SignInField, requests)})
	if err != nil {
		return nil, err
	}
	named := map[string][]*risk.Record{}
	for _, row := range slices.Backward(rows) {
		record := row.Entry.(*risk.Record)
		id := store.FoldCase(record.RequestID)
		named[id] = append(named[id], record)
	}
	return named, nil
}

// Count adds up the numbers of the parts for which of says so. It is not complete where one is missing.
func (a *RiskyUserSignIns) Count(of func(RiskyPart) bool) (total store.Total, trouble Trouble) {
	total.Complete = true
	for _, part := range a.Parts {
		if of(part.RiskyPart) {
			total.N, total.Complete, trouble = total.N+part.Total.N, total.Complete && part.Total.Complete && part.Trouble == NoTrouble, cmp.Or(trouble, part.Trouble)
		}
	}
	return total, trouble
}
