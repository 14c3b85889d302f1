package ask

import (
	"context"
	"encoding/json"

	"signpost/store"
)

// Applications is the report about the applications that people sign in to.
var Applications = &Insight{
	Name: "applications", Title: "Application activity",
	Question: "Who uses which applications, which of them fail, and how the newest one is doing.",
	Needs:    "Interactive sign-ins. An imported directory adds applications that nobody uses.",
	Logs:     []store.Log{store.Interactive},
	Switches: []*Switch{SwitchMicrosoft},
	Numbers:  []*Number{NumberSignIns, NumberSucceeded, NumberFailed, NumberStopped, NumberFailureRate, NumberApplications, NumberUsers},
	Telling:  NumberApplications, Tell: tellApplications,
	Summary: summariseApplications,
	Lists: []*InsightList{{
		Title: "Applications", One: "application", Many: "applications",
		Definition: "Applications with an interactive sign-in in the range. One that the directory lacks stays in the list.",
		Columns: []*Number{
			NumberApplication, NumberSignIns, NumberSucceeded, NumberFailed, NumberStopped, NumberFailureRate, NumberUsers, NumberTrend, NumberTopError, NumberLast,
		},
		Sort: NumberSignIns, Compares: true, Ask: listApplications,
		Graph: graphApplication, Resource: "applicationSignInSummary", Inner: Application,
	}, {
		Name: "quiet", Title: "Unused since", One: "application", Many: "applications",
		Definition: "Applications with sign-ins in the stored logs, of any of the four kinds, and none in the range. One without an ID stands there by its name. Relying parties of AD FS do not count.",
		Columns:    []*Number{NumberApplication, NumberEver, NumberLastEver},
		Sort:       NumberLastEver, Inner: Application, Ask: listQuiet,
	}, {
		Name: "never", Title: "Never used", One: "application", Many: "applications",
		Definition: "Applications of the imported directory without a sign-in in the stored logs, of any of the four kinds, whatever the groups and departments. Without Microsoft's, those are left out that the directory says Microsoft owns.",
		Columns:    []*Number{NumberApplication, NumberCreated},
		Sort:       NumberApplication, Unsorted: true, Inner: Application, Ask: listNever,
	}},
}

// These are the numbers of applications that nobody uses.
var (
	NumberEver     = &Number{Name: "ever", Label: "Sign-ins before", Unit: InCount, Definition: "Sign-ins of all four logs, of users and of programs, in all stored records up to the end of the range."}
	NumberLastEver = &Number{Name: "lastever", Label: "Last sign-in", Unit: InTime, Definition: "The last sign-in of any of the four logs, whatever became of it."}
)

// tellApplications counts the applications of the range.
func tellApplications(ctx context.Context, r Reader, q *InsightQuery) (Cell, error) {
	facets, err := r.Facets(ctx, store.FacetsQuery{ListQuery: applicationSignIns(q, q.Range), Fields: []*store.Field{store.AppField}, Top: 1})
	if err != nil {
		return Cell{}, err
	}
	return CountCell(facets[0].Distinct, nil), nil
}

// NumberApplications counts the rows of the report.
var NumberApplications = &Number{
	Name: "applications", Label: "Applications", Unit: InCount,
	Definition: "Different applications of the sign-ins, by their IDs.",
}

// SwitchMicrosoft leaves out the applications that Microsoft owns.
var SwitchMicrosoft = &Switch{Param: "microsoft", Label: "Microsoft's applications", Options: []SwitchOption{{"yes", "With Microsoft's"}, {"no", "Without Microsoft's"}}}

// microsoftTenants own Microsoft's applications: "Microsoft Services" and Microsoft itself.
var microsoftTenants = []string{"f8cdef31-a31e-4b4a-93e4-5f571e91255a", "72f988bf-86f1-41af-91ab-2d7cd011db47"}

// federationIssuers are the token issuers of AD FS sign-ins.
var federationIssuers = []string{"ADFederationServices", "ADFederationServicesMFAAdapter"}

// withoutMicrosoft narrows a filter to applications that Microsoft does not own. An application stays where the records do not
// name its owner.
func withoutMicrosoft(f store.Filter) store.Filter {
	for _, tenant := range microsoftTenants {
		f = f.With(store.AppOwnerField, store.OpIsNot, tenant)
	}
	return f
}

// withoutFederation narrows a filter to sign-ins that AD FS did not make.
func withoutFederation(f store.Filter) store.Filter {
	for _, issuer := range federationIssuers {
		f = f.With(store.IssuerField, store.OpIsNot, issuer)
	}
	return f
}

// applicationSignIns are the sign-ins that the report counts.
func applicationSignIns(q *InsightQuery, r store.Range) store.ListQuery {
	filter := withoutFederation(q.Filter)
	if q.Chosen[SwitchMicrosoft.Param] == "no" {
		filter = withoutMicrosoft(filter)
	}
	return store.ListQuery{Log: store.Interactive, Range: r, Filter: filter}
}

// narrowed gives a list with a further condition.
func narrowed(q store.ListQuery, f *store.Field, value string) *store.ListQuery {
	q.Filter = q.Filter.With(f, store.OpIs, value)
	return &q
}

// ofStatus gives the records of a list with a status.
func ofStatus(q store.ListQuery, s store.Status) *store.ListQuery {
	return narrowed(q, store.StatusField, store.SignIns.StatusInfo(s).Name)
}

// tableOf asks for the table of a list by a field.
func tableOf(q store.ListQuery, by *store.Field) store.TableQuery {
	return store.TableQuery{Logs: []store.Log{q.Log}, Range: q.Range, Filter: q.Filter, By: by, Limit: 1}
}

var applicationOrders = orders{
	NumberApplication: store.ByLabel, NumberSignIns: store.ByTotal, NumberSucceeded: store.ByStatus + store.TableSort(store.StatusSuccess),
	NumberFailed: store.ByStatus + store.TableSort(store.StatusFailure), NumberStopped: store.ByStatus + store.TableSort(store.StatusInterrupted),
	NumberFailureRate: store.ByFailureRate, NumberUsers: store.ByDistinct, NumberLast: store.ByLast,
}

// listApplications asks for the applications of the range, and then what else their rows show.
func listApplications(ctx context.Context, r Reader, q *InsightQuery) (*InsightRows, error) {
	list := applicationSignIns(q, q.Range)
	asked := tableOf(list, store.AppField)
	asked.Distinct = []*store.Field{store.UserField}
	if !q.inFile { // it has no pictures
		asked.Edges = trendEdges(q.Range, q.Location)
	}
	if err := applicationOrders.apply(q, &asked); err != nil {
		return nil, err
	}
	table, err := r.Table(ctx, asked)
	if err != nil {
		return nil, err
	}
	page := &InsightRows{Total: table.Values, Next: table.Next, Complete: table.Complete}
	if len(table.Rows) == 0 {
		return page, nil
	}
	var errors, before store.Table
	shown := valuesOf(table.Rows)
	err = Together(ctx,
		func(ctx context.Context) (err error) {
			byCode := tableOf(*ofStatus(list, store.StatusFailure), store.AppField)
			byCode.Across, byCode.Columns, byCode.Only, byCode.Limit = store.ErrorField, 1, shown, len(shown)
			errors, err = r.Table(ctx, byCode)
			return err
		},
		func(ctx context.Context) (err error) {
			if !q.Compare {
				return nil
			}
			of := tableOf(applicationSignIns(q, q.Before()), store.AppField)
			of.Distinct, of.Only, of.Limit = asked.Distinct, shown, len(shown)
			before, err = r.Table(ctx, of)
			return err
		},
	)
	if err != nil {
		return nil, err
	}
	page.Complete = page.Complete && errors.Complete && (before.Complete || !q.Compare)
	codes, earlier := byValue(errors.Rows), byValue(before.Rows)
	page.rowsOf(q, len(table.Rows), func(i int) InsightRow {
		row := &table.Rows[i]
		shown := InsightRow{ID: row.Value, Name: row.Label}
		shown.Cells = applicationCells(*narrowed(list, store.AppField, row.Value), row, codes[store.FoldCase(row.Value)])
		if q.Compare {
			was := earlier[store.FoldCase(row.Value)]
			if was == nil {
				was = &store.TableRow{Distinct: []int64{0}}
			}
			shown.Before = applicationCells(*narrowed(applicationSignIns(q, q.Before()), store.AppField, row.Value), was, nil)
		}
		return shown
	})
	return page, nil
}

// applicationCells are the numbers of one application: those of its sign-ins, by list, and its failures by error code.
func applicationCells(list store.ListQuery, row, failures *store.TableRow) []Cell {
	cells := append(countCells(list, &row.Counts), CountCell(row.Distinct[0], nil), Cell{Buckets: row.Buckets, Unknown: row.Buckets == nil})
	top := Cell{Unknown: true}
	if failures != nil && failures.Top.N > 0 {
		top = Cell{Code: failures.Top.Value, N: failures.Top.N, Records: narrowed(*ofStatus(list, store.StatusFailure), store.ErrorField, failures.Top.Value)}
	}
	return append(cells, top, Cell{Time: row.Last, Unknown: row.Last.IsZero()})
}

// countCells are some sign-ins by their outcome: all, successful, failed, interrupted, and the failure rate.
func countCells(list store.ListQuery, c *store.Counts) []Cell {
	cells := []Cell{CountCell(c.Total(), &list)}
	for _, s := range []store.Status{store.StatusSuccess, store.StatusFailure, store.StatusInterrupted} {
		cells = append(cells, CountCell(c.ByStatus[s], ofStatus(list, s)))
	}
	return append(cells, RateCell(c.FailureRate()))
}

// summariseApplications asks for the numbers of all applications together, the picture, and the cards.
func summariseApplications(ctx context.Context, r Reader, q *InsightQuery) (*InsightSummary, error) {
	s := &InsightSummary{Cards: make([]InsightCard, 2)}
	list, before := applicationSignIns(q, q.Range), applicationSignIns(q, q.Before())
	err := Together(ctx,
		func(ctx context.Context) (err error) {
			s.Metrics, s.Days, err = signInNumbers(ctx, r, q, list, store.AppField, store.UserField)
			return err
		},
		func(ctx context.Context) (err error) {
			s.Before, _, err = signInNumbers(ctx, r, q, before, store.AppField, store.UserField)
			return err
		},
		func(ctx context.Context) (err error) {
			s.Cards[0], err = topApplications(ctx, r, list)
			return err
		},
		func(ctx context.Context) (err error) {
			s.Cards[1], err = newestApplication(ctx, r, q)
			return err
		},
	)
	if err != nil {
		return nil, err
	}
	s.Width, s.Records, s.Complete = errorBarWidth(q.Range), &list, s.Days.Complete
	return s, nil
}

// topShown is how many applications the card names.
const topShown = 3

// topApplications are the most used ones: by their sign-ins, then by name, then by ID.
func topApplications(ctx context.Context, r Reader, list store.ListQuery) (InsightCard, error) {
	card := InsightCard{
		Name: "top", Title: "Top three applications",
		Definition: "By interactive sign-ins of the range, whatever became of them. Of equal ones the first by name. The share is of all sign-ins that the report counts.",
		None:       "Nobody signed in to an application in this range.",
	}
	var total store.Total
	var rows []store.TableRow
	var complete bool
	card.Logs, card.Range = []store.Log{list.Log}, list.Range
	err := Together(ctx,
		func(ctx context.Context) (err error) {
			total, err = r.Total(ctx, list)
			return err
		},
		func(ctx context.Context) (err error) {
			rows, complete, err = topRows(ctx, r, tableOf(list, store.AppField), topShown)
			return err
		},
	)
	card.StillReading = !complete || !total.Complete
	for i := range rows {
		share := Cell{N: rows[i].Total(), Of: total.N, Records: narrowed(list, store.AppField, rows[i].Value)}
		card.Lines = append(card.Lines, CardLine{ID: rows[i].Value, Label: rows[i].Label, Share: &share})
	}
	return card, err
}

// graphApplication is a row as Graph's applicationSignInSummary.
func graphApplication(list *InsightList, row *InsightRow) any {
	ok, failed := list.Cell(row.Cells, NumberSucceeded).N, list.Cell(row.Cells, NumberFailed).N
	type summary struct {
		ID         string `json:"id"`
		AppID      string `json:"appId"`
		Name       string `json:"appDisplayName"`
		Successful int64  `json:"successfulSignInCount"`
		Failed     int64  `json:"failedSignInCount"`
		Percentage any    `json:"successPercentage"`
	}
	s := summary{ID: row.ID, AppID: row.ID, Name: row.Name, Successful: ok, Failed: failed}
	if ok+failed > 0 {
		s.Percentage = json.Number(percentText(ok, ok+failed))
	}
	return s
}
