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

// detections finds the detections that name the sign-ins of the page, and the types that the sign-ins themselves name. A detection may name
// any event of a line. rows are those of the parts, which the page is made of.
func (q RiskyUsers) detections(ctx context.Context, r Reader, a *RiskyUserSignIns, rows [][]store.Row) error {
	if len(a.Rows) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, riskyTimeout)
	defer cancel()
	err := q.addDetections(ctx, r, a, rows)
	return r.Part(ctx, "the detections of risky sign-ins", err, &a.Trouble)
}

func (q RiskyUsers) addDetections(ctx context.Context, r Reader, a *RiskyUserSignIns, rows [][]store.Row) error {
	at := map[store.Ref]int{} // of the rows of the page
	for i := range a.Rows {
		at[store.Ref{Log: a.Rows[i].Log, ID: a.Rows[i].SignIn().ID}] = i
	}
	names := make([]namesOfRow, len(a.Rows))
	var questions []func(context.Context) error
	for i, part := range a.Parts {
		n := 0
		for _, row := range rows[i] {
			if _, listed := at[store.Ref{Log: part.Query.Log, ID: row.SignIn().ID}]; listed {
				n++
			}
		}
		if n > 0 {
			questions = append(questions, func(ctx context.Context) error { return q.names(ctx, r, part.RiskyPart, n, at, names) })
		}
	}
	if err := Together(ctx, questions...); err != nil {
		return err
	}
	var requests []string
	for i := range names {
		if len(names[i].events) == 0 {
			names[i].events = []string{a.Rows[i].SignIn().ID}
		}
		requests = append(requests, names[i].events...)
	}
	var named map[string][]*risk.Record
	err := Together(ctx, func(ctx context.Context) (err error) {
		named, err = detectionsOf(ctx, r, risk.Users, requests)
		return err
	})
	if err != nil {
		return err
	}
	for i := range a.Rows {
		row := &a.Rows[i]
		row.Events = names[i].events
		for _, id := range row.Events {
			row.Detections = append(row.Detections, named[store.FoldCase(id)]...)
		}
		slices.SortStableFunc(row.Detections, func(a, b *risk.Record) int { return a.Head().Time.Compare(b.Head().Time) })
		if len(names[i].types) > 0 {
			signIn := *row.SignIn()
			signIn.RiskEventTypes, row.Entry = names[i].types, &signIn
		}
	}
	return nil
}

// namesOfRow are the request IDs of the events of a row, and the types that its sign-in names.
type namesOfRow struct{ events, types []string }

// names adds those of the first n sign-ins of a part, to the places of the rows. Rows of a list have neither: the sign-ins are read whole.
// In a log that does not fold, those without types have nothing to tell.
func (q RiskyUsers) names(ctx context.Context, r Reader, part RiskyPart, n int, at map[store.Ref]int, names []namesOfRow) error {
	list := q.listOf(part, n)
	info, _ := store.SignIns.Log(list.Log)
	if !info.Folds {
		list.Filter = list.Filter.With(store.RiskEventField, store.OpNotEmpty, "")
	}
	page, err := r.Records(ctx, store.RecordsQuery{ListQuery: list, Folded: info.Folds, WithoutDocuments: true})
	if err != nil {
		return err
	}
	var events []string // of the line that comes after them
	for i := range page.Records {
		s := page.Records[i].SignIn()
		events = append(events, s.ID)
		if place, isListed := at[store.Ref{Log: list.Log, ID: s.ID}]; isListed {
			names[place] = namesOfRow{events, s.RiskEventTypes}
			events = nil
		} else if !info.Folds {
			events = nil
		}
	}
	return nil
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
