package ask

import (
	"cmp"
	"context"
	"encoding/base64"
	"slices"
	"time"

	"signpost/store"
)

// Principals is the report about the last use of each application, as client and as resource, by users and by itself.
var Principals = &Insight{
	Name: "principals", Title: "Service principal activity",
	Question: "When each application was last used: by people or by itself, as the client that signs in or as the resource that is signed in to.",
	Needs:    "Sign-ins of all four logs. Graph's report of service principal sign-in activity adds uses from before them.",
	Logs:     []store.Log{store.Interactive, store.NonInteractive, store.ServicePrincipal, store.ManagedIdentity},
	Numbers:  []*Number{NumberPrincipals, NumberUsedNow, NumberUnusedNow},
	Telling:  NumberUnusedNow, Tell: tellPrincipals,
	Summary: summarisePrincipals,
	Lists: []*InsightList{
		principalList("", "All", "Applications with a record in any of the four logs, as client or as resource, up to the end of the range, and those of Graph's report.", false),
		principalList("unused", "Unused", "Applications whose last sign-in, whatever became of it, is older than the range, by the records and by Graph's report, and those without one.", true),
		gonePrincipals,
	},
}

// These are the numbers of the report.
var (
	NumberPrincipals = &Number{Name: "principals", Label: "Applications", Unit: InCount, Definition: "Different application IDs, as client or as resource, in all stored records up to the end of the range, and those of Graph's imported report. Names without an ID and relying parties of AD FS do not count."}
	NumberUsedNow    = &Number{Name: "used", Label: "Used in the range", Unit: InCount, Definition: "Those with a sign-in in the range, whatever became of it, by a record or by the report."}
	NumberUnusedNow  = &Number{Name: "unused", Label: "Unused in the range", Unit: InCount, Definition: "Those whose last sign-in is older than the range, by the records and by the report, and those without one."}
	NumberLastUse    = &Number{
		Name: "lastuse", Label: "Last use", Unit: InTime, Reported: true, Successes: true,
		Definition: "The newest of the four: the last sign-in, whatever became of it, as Graph's lastSignInActivity. The last successful one stands beside it where it is another. It reaches back to the oldest stored record. The time of Graph's imported report stands below, with the reason where it is another.",
	}
	contextNumbers = []*Number{
		{Name: "delegatedclient", Label: "People, as client", Unit: InTime, Reported: true, Successes: true, Definition: "The last sign-in of a user through the application (delegatedClientSignInActivity)."},
		{Name: "delegatedresource", Label: "People, as resource", Unit: InTime, Reported: true, Successes: true, Definition: "The last sign-in of a user to the application as the resource (delegatedResourceSignInActivity)."},
		{Name: "appclient", Label: "By itself, as client", Unit: InTime, Reported: true, Successes: true, Definition: "The last sign-in of the application as a service principal or a managed identity (applicationAuthenticationClientSignInActivity)."},
		{Name: "appresource", Label: "By itself, as resource", Unit: InTime, Reported: true, Successes: true, Definition: "The last sign-in of a service principal or a managed identity to the application as the resource (applicationAuthenticationResourceSignInActivity)."},
	}
)

func principalList(name, title, definition string, unused bool) *InsightList {
	return &InsightList{
		Name: name, Title: title, Definition: definition, One: "application", Many: "applications",
		Columns: append([]*Number{NumberApplication, NumberLastUse}, contextNumbers...),
		Sort:    NumberLastUse, Object: store.ObjectApplication,
		Ask: func(ctx context.Context, r Reader, q *InsightQuery) (*InsightRows, error) {
			return listPrincipals(ctx, r, q, unused)
		},
		Graph: graphPrincipal, Resource: "servicePrincipalSignInActivity",
	}
}

// useContext is one of the four ways in which an application is used.
type useContext struct {
	logs  []store.Log
	by    *store.Field
	users bool // of users, not of the application itself
}

var useContexts = []useContext{
	{userLogs, store.AppField, true}, {userLogs, store.ResourceField, true}, {workloadLogs, store.AppField, false}, {workloadLogs, store.ResourceField, false},
}

// use is the last use of an application in one context; ok is false where there is none.
type use struct {
	last, success time.Time
	newest        store.Ref
	ok            bool
}

// principal is an application with its last uses.
type principal struct {
	id, name string
	named    time.Time // of the sign-in that has the name
	uses     [4]use
	last     use // the newest of them
	newestIn int // its place among them
	reported *store.PrincipalActivity
	strange  bool // only the report has it
}

// principals are all applications with their last uses.
type principals struct {
	list     []*principal
	complete bool
}

// table is the question about the uses in a context.
func (in *useContext) table(q *InsightQuery) store.TableQuery {
	filter := q.Filter
	if in.users {
		filter = withoutFederation(filter)
	}
	return store.TableQuery{Logs: in.logs, Range: upTo(q.Range), Filter: filter, By: in.by}
}

// principalsOf finds the last uses of all applications up to a time. It reads tables to their ends: they have a row for each
// application, not for each sign-in. The sign-ins behind them are looked for later: see nameNewest.
func principalsOf(ctx context.Context, r Reader, q *InsightQuery) (principals, error) {
	return once(ctx, q, "principals", func() (principals, error) { return findPrincipals(ctx, r, q) })
}

func findPrincipals(ctx context.Context, r Reader, q *InsightQuery) (found principals, err error) {
	tables := make([][]store.TableRow, len(useContexts))
	completes := make([]bool, len(useContexts))
	var questions []func(context.Context) error
	for i := range useContexts {
		questions = append(questions, func(ctx context.Context) (err error) {
			tables[i], completes[i], err = allRows(ctx, r, useContexts[i].table(q))
			return err
		})
	}
	if err := Together(ctx, questions...); err != nil {
		return found, err
	}
	byID := map[string]*principal{}
	found.complete = !slices.Contains(completes, false)
	for i, table := range tables {
		for n := range table {
			row := &table[n]
			if row.IsName { // no ID tells which application it is
				continue
			}
			id := store.FoldCase(row.Value)
			p := byID[id]
			if p == nil {
				p = &principal{id: row.Value}
				byID[id] = p
				found.list = append(found.list, p)
			}
			p.uses[i] = use{last: row.Last, success: row.LastSuccess, ok: true}
			if row.Label != "" && row.Last.After(p.named) {
				p.name, p.named = row.Label, row.Last
			}
			if !p.last.ok || row.Last.After(p.last.last) {
				p.last.last, p.newestIn = row.Last, i
			}
			if p.last.ok = true; row.LastSuccess.After(p.last.success) {
				p.last.success = row.LastSuccess
			}
		}
	}
	added, err := addReported(ctx, r, q, byID)
	found.list = append(found.list, added...)
	return found, err
}

// nameNewest finds the sign-ins behind the last uses of some applications. They get copies, for others read them too.
func nameNewest(ctx context.Context, r Reader, q *InsightQuery, list []*principal) ([]*principal, error) {
	named := make([]*principal, len(list))
	byID := map[string]*principal{}
	var ids []string
	for i, p := range list {
		own := *p
		named[i], byID[store.FoldCase(p.id)], ids = &own, &own, append(ids, p.id)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	tables := make([]store.Table, len(useContexts))
	var questions []func(context.Context) error
	for i := range useContexts {
		questions = append(questions, func(ctx context.Context) (err error) {
			asked := useContexts[i].table(q)
			asked.Only, asked.Limit, asked.NamesNewest = ids, len(ids), true
			tables[i], err = r.Table(ctx, asked)
			return err
		})
	}
	if err := Together(ctx, questions...); err != nil {
		return nil, err
	}
	for i := range tables {
		for n := range tables[i].Rows {
			row := &tables[i].Rows[n]
			if p := byID[store.FoldCase(row.Value)]; p != nil {
				if p.uses[i].newest = row.Newest; p.newestIn == i {
					p.last.newest = row.Newest
				}
			}
		}
	}
	return named, nil
}

// listPrincipals sorts the applications by a column, and gives a page of them.
func listPrincipals(ctx context.Context, r Reader, q *InsightQuery, unused bool) (*InsightRows, error) {
	found, err := principalsOf(ctx, r, q)
	if err != nil {
		return nil, err
	}
	list, complete := slices.Clone(found.list), found.complete
	if unused {
		list = slices.DeleteFunc(list, func(p *principal) bool { return !p.lastKnown(q.Range.To).Before(q.Range.From) })
	}
	place := func(p *principal) store.TablePlace {
		if q.Sort == NumberApplication {
			return store.LabelPlace(p.name, p.id)
		}
		of := p.last
		if i := slices.Index(contextNumbers, q.Sort); i >= 0 {
			of = p.uses[i]
		}
		at := store.TablePlace{Value: store.FoldCase(p.id)}
		if of.ok {
			at.N = of.last.UnixMicro()
		}
		return at
	}
	order := store.TableQuery{Sort: store.ByLast, Reverse: q.Reverse}
	if q.Sort == NumberApplication {
		order.Sort = store.ByLabel
	}
	slices.SortFunc(list, func(a, b *principal) int { return order.Compare(place(a), place(b)) })
	page := &InsightRows{Total: int64(len(list)), Complete: complete}
	if q.After != nil {
		first, _ := slices.BinarySearchFunc(list, *q.After, func(p *principal, after store.TablePlace) int {
			return cmp.Or(order.Compare(place(p), after), -1) // behind the row itself
		})
		list = list[first:]
	}
	limit := q.Limit
	if q.inFile {
		limit = min(limit, principalsOfFile)
	}
	if len(list) > limit {
		list = list[:limit]
		next := place(list[limit-1])
		page.Next = &next
	}
	var told []Note
	var since [4]logEdges
	questions := []func(context.Context) error{
		func(ctx context.Context) (err error) {
			list, err = nameNewest(ctx, r, q, list)
			return err
		},
		func(ctx context.Context) (err error) {
			page.Notes, err = sinceNote(ctx, r, q)
			return err
		},
		func(ctx context.Context) (err error) {
			told, err = principalNotes(ctx, r, q)
			return err
		},
	}
	for i, in := range useContexts {
		questions = append(questions, func(ctx context.Context) (err error) {
			since[i], err = edgesOf(ctx, r, in.logs, q.Now)
			return err
		})
	}
	if err := Together(ctx, questions...); err != nil {
		return nil, err
	}
	page.Notes = append(page.Notes, told...)
	for _, p := range list {
		page.Rows = append(page.Rows, principalRow(p, q, &since))
	}
	return page, nil
}

// logEdges are where some logs begin: the first of those with records, and the last of all; zero where one has none.
type logEdges struct{ first, all time.Time }

func edgesOf(ctx context.Context, r Reader, logs []store.Log, now time.Time) (e logEdges, err error) {
	begins, err := r.beginnings(ctx, logs, now)
	if err != nil {
		return e, err
	}
	if all := slices.MaxFunc(begins, time.Time.Compare); all.Before(now) {
		e.all = all
	}
	if first := slices.MinFunc(begins, time.Time.Compare); first.Before(now) {
		e.first = first
	}
	return e, nil
}

// principalRow is a row of the list. Where there was no use in a context, it says since when none is known.
func principalRow(p *principal, q *InsightQuery, since *[4]logEdges) InsightRow {
	row := InsightRow{ID: p.id, Name: p.name, Unknown: p.strange, Source: p}
	told, ever := reportedUses(p.reported), since[0]
	for _, of := range since[1:] {
		if of.all.IsZero() || ever.all.IsZero() {
			ever.all = time.Time{} // a log without records may have had the use
		} else {
			ever.all = later(ever.all, of.all)
		}
		if ever.first.IsZero() || !of.first.IsZero() && of.first.Before(ever.first) {
			ever.first = of.first
		}
	}
	row.Cells = append(row.Cells, withReported(useCell(p.last, ever.all), told[0], ever.first, q.Range.To))
	for i := range p.uses {
		row.Cells = append(row.Cells, withReported(useCell(p.uses[i], since[i].all), told[i+1], since[i].first, q.Range.To))
	}
	return row
}

// useCell is the time of the last use, with the sign-in behind it, and the last success where that is another one.
func useCell(u use, since time.Time) Cell {
	if !u.ok {
		return Cell{Unknown: true, Since: since}
	}
	cell := Cell{Time: u.last, Record: u.newest, Second: u.success, NoSecond: u.success.IsZero()}
	if u.success.Equal(u.last) {
		cell.Second = time.Time{}
	}
	return cell
}

// principalNumbers counts the applications, and those that are used in the range.
func principalNumbers(ctx context.Context, r Reader, q *InsightQuery) (all, used int64, complete bool, err error) {
	found, err := principalsOf(ctx, r, q)
	for _, p := range found.list {
		if !p.lastKnown(q.Range.To).Before(q.Range.From) {
			used++
		}
	}
	return int64(len(found.list)), used, found.complete, err
}

func tellPrincipals(ctx context.Context, r Reader, q *InsightQuery) (Cell, error) {
	all, used, _, err := principalNumbers(ctx, r, q)
	return CountCell(all-used, nil), err
}

func summarisePrincipals(ctx context.Context, r Reader, q *InsightQuery) (*InsightSummary, error) {
	all, used, complete, err := principalNumbers(ctx, r, q)
	if err != nil {
		return nil, err
	}
	return &InsightSummary{
		Metrics:  []Cell{CountCell(all, nil), CountCell(used, nil), CountCell(all-used, nil)},
		Bars:     []InsightBar{{Label: NumberUsedNow.Label, N: used}, {Label: NumberUnusedNow.Label, N: all - used}},
		Complete: complete,
	}, nil
}

// graphPrincipal is a row as Graph's servicePrincipalSignInActivity. Its ID is the application ID in base64. The member reported
// holds what the imported report tells.
func graphPrincipal(_ *InsightList, row *InsightRow) any {
	type activity struct {
		Time    *string `json:"lastSignInDateTime"`
		Request *string `json:"lastSignInRequestId"`
		Success *string `json:"lastSuccessfulSignInDateTime,omitempty"` // as users have it in Graph
	}
	type activities struct {
		Last              *activity `json:"lastSignInActivity"`
		DelegatedClient   *activity `json:"delegatedClientSignInActivity"`
		DelegatedResource *activity `json:"delegatedResourceSignInActivity"`
		AppClient         *activity `json:"applicationAuthenticationClientSignInActivity"`
		AppResource       *activity `json:"applicationAuthenticationResourceSignInActivity"`
	}
	text := func(t time.Time) *string {
		if t.IsZero() {
			return nil
		}
		at := t.UTC().Format("2006-01-02T15:04:05.9999999Z")
		return &at
	}
	of := func(t time.Time, id string) *activity {
		if t.IsZero() {
			return nil
		}
		return &activity{Time: text(t), Request: &id}
	}
	seen := func(i int) *activity {
		a := of(row.Cells[i].Time, row.Cells[i].Record.ID)
		if a != nil {
			a.Success = text(row.Cells[i].LastSuccess())
		}
		return a
	}
	object := struct {
		ID    string `json:"id"`
		AppID string `json:"appId"`
		activities
		Reported *activities `json:"reported,omitempty"`
	}{base64.StdEncoding.EncodeToString([]byte(row.ID)), row.ID, activities{seen(0), seen(1), seen(2), seen(3), seen(4)}, nil}
	if p, ok := row.Source.(*principal); ok && p.reported != nil {
		told := reportedUses(p.reported)
		use := func(i int) *activity { return of(told[i].Time, told[i].Request) }
		object.Reported = &activities{use(0), use(1), use(2), use(3), use(4)}
	}
	return object
}
