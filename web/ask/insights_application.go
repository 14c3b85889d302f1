package ask

import (
	"cmp"
	"context"
	"slices"

	"signpost/store"
)

// Application is the report about one application.
var Application = &Insight{
	Name: "applications", Title: "Application", Subject: true,
	Question: "How often people sign in to this application, what fails, who uses it and who stopped.",
	Logs:     []store.Log{store.Interactive},
	Numbers:  []*Number{NumberSignIns, NumberSucceeded, NumberFailed, NumberStopped, NumberFailureRate, NumberUsers},
	Summary:  summariseApplication,
	Lists: []*InsightList{
		{
			Title: "Failures", One: "error code", Many: "error codes",
			Definition: "Failed sign-ins to the application in the range, by error code.",
			Columns:    []*Number{NumberCode, NumberFailed, NumberUsers, NumberFirst, NumberLast},
			Sort:       NumberFailed, Codes: true, Ask: listFailures,
		},
		{
			Name: "users", Title: "Who uses it", One: "user", Many: "users", Object: store.ObjectUser,
			Definition: "Users with an interactive sign-in to the application in the range.",
			Columns:    []*Number{NumberUser, NumberSignIns, NumberSucceeded, NumberFailed, NumberFailureRate, NumberFirst, NumberLast},
			Sort:       NumberSignIns, Ask: listUsersOf,
		},
		{
			Name: "stopped", Title: "Who stopped", One: "user", Many: "users", Object: store.ObjectUser,
			Definition: "Users with a successful interactive sign-in to the application before the range, and none in it.",
			Columns:    []*Number{NumberUser, NumberEarlierSuccesses, NumberLastSuccess},
			Sort:       NumberLastSuccess, Ask: listStopped,
		},
	},
}

// These are the numbers of the lists of one application.
var (
	NumberCode             = &Number{Name: "code", Label: "Error code", Unit: InText}
	NumberUser             = &Number{Name: "user", Label: "User", Unit: InText}
	NumberEarlierSuccesses = &Number{Name: "earlier", Label: "Successes before", Unit: InCount, Definition: "Successful sign-ins in all stored records from before the range."}
	NumberLastSuccess      = &Number{Name: "lastsuccess", Label: "Last success", Unit: InTime, Definition: "The last successful sign-in in all stored records up to the end of the range."}
)

// upTo is all time until the end of a range.
func upTo(r store.Range) store.Range { return store.Range{From: store.AllTime().From, To: r.To} }

// subjectSignIns are the interactive sign-ins to the application in a range.
func subjectSignIns(q *InsightQuery, r store.Range) store.ListQuery {
	return *narrowed(store.ListQuery{Log: store.Interactive, Range: r, Filter: withoutFederation(q.Filter)}, store.AppField, q.Subject)
}

// summariseApplication asks for the numbers, the days and the name; ErrNotFound where neither logs nor directory know the ID.
func summariseApplication(ctx context.Context, r Reader, q *InsightQuery) (*InsightSummary, error) {
	s := &InsightSummary{}
	list := subjectSignIns(q, q.Range)
	var objects []store.Object
	var told []store.AppTold
	var named store.Table
	var reported InsightCard
	numbers := func(of store.ListQuery, cells *[]Cell, days **store.Histogram) func(context.Context) error {
		return func(ctx context.Context) error {
			found, h, err := signInNumbers(ctx, r, q, of, store.UserField)
			*cells = found
			if days != nil {
				*days = h
			}
			return err
		}
	}
	err := Together(ctx,
		numbers(list, &s.Metrics, &s.Days), numbers(subjectSignIns(q, q.Before()), &s.Before, nil),
		func(ctx context.Context) (err error) {
			objects, err = r.ObjectsOfApp(ctx, q.Subject)
			return err
		},
		func(ctx context.Context) (err error) {
			told, err = r.AppsTold(ctx, []string{q.Subject}, nil)
			return err
		},
		func(ctx context.Context) (err error) {
			filter := store.Filter{}.With(store.AppField, store.OpIs, q.Subject)
			named, err = r.Table(ctx, store.TableQuery{Range: store.AllTime(), Filter: filter, By: store.AppField, Limit: 1})
			return err
		},
		func(ctx context.Context) (err error) {
			reported, err = reportedCard(ctx, r, q.Subject)
			return err
		},
	)
	if err != nil {
		return nil, err
	}
	switch {
	case len(named.Rows) > 0:
		s.Title = named.Rows[0].Label
	case len(objects) > 0:
		s.Title = objects[0].Name
	default:
		return nil, store.ErrNotFound
	}
	s.Cards = append(s.Cards, directoryCard(objects, told), reported)
	s.Width, s.Records, s.Complete = errorBarWidth(q.Range), &list, s.Days.Complete
	return s, nil
}

// directoryCard is what the imported directory tells of an application: who owns it, and its credentials.
func directoryCard(objects []store.Object, told []store.AppTold) InsightCard {
	card := InsightCard{
		Name: "directory", Title: "In the directory", Object: store.ObjectApplication,
		Definition: "From the imported directory. The page of the application has all of it.",
		None:       "The imported directory does not have this application.",
	}
	if len(objects) > 0 {
		card.None = "The imported directory has this application. It tells neither its day of creation, nor owners, nor credentials."
	}
	for i := range objects {
		o := &objects[i]
		if !o.Created.IsZero() {
			card.Lines = append(card.Lines, CardLine{Label: objectWord(o.Kind) + " created", Number: NumberCreated, Cell: &Cell{Time: o.Created}})
		}
		for _, fact := range []struct{ name, label string }{{"passwordCredentials", "Client secrets"}, {"keyCredentials", "Certificates"}} {
			if value := o.Fact(fact.name); value != "" {
				card.Lines = append(card.Lines, CardLine{Label: fact.label, Text: value})
			}
		}
	}
	for i := range told {
		if !told[i].OwnersTold {
			continue
		}
		names := cmp.Or(ownerNames(told[i].Owners), "None")
		if !told[i].OwnersWhole {
			names += " (maybe more)"
		}
		card.Lines = append(card.Lines, CardLine{Label: "Owners", Text: names})
	}
	return card
}

func objectWord(kind store.ObjectKind) string {
	if kind == store.ObjectApplication {
		return "Registration"
	}
	return "Service principal"
}

// listFailures are the failed sign-ins by error code.
func listFailures(ctx context.Context, r Reader, q *InsightQuery) (*InsightRows, error) {
	list := *ofStatus(subjectSignIns(q, q.Range), store.StatusFailure)
	asked := tableOf(list, store.ErrorField)
	asked.Distinct = []*store.Field{store.UserField}
	order := orders{NumberCode: store.ByValue, NumberFailed: store.ByTotal, NumberUsers: store.ByDistinct, NumberFirst: store.ByFirst, NumberLast: store.ByLast}
	return tableRows(ctx, r, q, asked, order, func(row *store.TableRow) []Cell {
		records := narrowed(list, store.ErrorField, row.Value)
		return []Cell{CountCell(row.Total(), records), CountCell(row.Distinct[0], nil), {Time: row.First}, {Time: row.Last}}
	})
}

// listUsersOf are the users of the range.
func listUsersOf(ctx context.Context, r Reader, q *InsightQuery) (*InsightRows, error) {
	list := subjectSignIns(q, q.Range)
	order := orders{
		NumberUser: store.ByLabel, NumberSignIns: store.ByTotal, NumberSucceeded: store.ByStatus + store.TableSort(store.StatusSuccess),
		NumberFailed: store.ByStatus + store.TableSort(store.StatusFailure), NumberFailureRate: store.ByFailureRate, NumberFirst: store.ByFirst, NumberLast: store.ByLast,
	}
	return tableRows(ctx, r, q, tableOf(list, store.UserField), order, func(row *store.TableRow) []Cell {
		counts := countCells(*narrowed(list, store.UserField, row.Value), &row.Counts)
		return []Cell{counts[0], counts[1], counts[2], counts[4], {Time: row.First}, {Time: row.Last}}
	})
}

// listStopped are the users whose last success is older than the range.
func listStopped(ctx context.Context, r Reader, q *InsightQuery) (*InsightRows, error) {
	list := *ofStatus(subjectSignIns(q, upTo(q.Range)), store.StatusSuccess)
	asked := tableOf(list, store.UserField)
	asked.OlderThan = q.Range.From
	order := orders{NumberUser: store.ByLabel, NumberEarlierSuccesses: store.ByTotal, NumberLastSuccess: store.ByLast}
	return tableRows(ctx, r, q, asked, order, func(row *store.TableRow) []Cell {
		return []Cell{CountCell(row.Total(), narrowed(list, store.UserField, row.Value)), {Time: row.Last}}
	})
}

// signInNumbers counts the sign-ins of a list by outcome, day by day, and the distinct values of some fields.
func signInNumbers(ctx context.Context, r Reader, q *InsightQuery, list store.ListQuery, distinct ...*store.Field) ([]Cell, *store.Histogram, error) {
	days := store.HistogramQuery{ListQuery: list}
	days.Edges = store.BucketEdges(list.Range, errorBarWidth(list.Range), q.Location)
	var h store.Histogram
	var facets []store.Facet
	err := Together(ctx,
		func(ctx context.Context) (err error) {
			h, err = r.Histogram(ctx, days)
			return err
		},
		func(ctx context.Context) (err error) {
			facets, err = r.Facets(ctx, store.FacetsQuery{ListQuery: list, Fields: slices.Clone(distinct), Top: 1})
			return err
		},
	)
	if err != nil {
		return nil, nil, err
	}
	var sum store.Counts
	for _, b := range h.Buckets {
		for status, n := range b.ByStatus {
			sum.ByStatus[status] += n
		}
	}
	cells := countCells(list, &sum)
	for _, f := range facets {
		cells = append(cells, CountCell(f.Distinct, nil))
	}
	return cells, &h, nil
}
