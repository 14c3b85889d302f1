package ask

import (
	"context"
	"slices"

	"signpost/store"
)

// The columns of the lists of methods and claims.
var (
	NumberMethod        = &Number{Name: "name", Label: "Method", Unit: InText}
	NumberMethodSignIns = &Number{
		Name: "signins", Label: "Sign-ins", Unit: InCount,
		Definition: "Interactive sign-ins with a step by the method that no claim satisfied, whatever became of them. One with several such steps counts once. One with two methods counts for each.",
	}
	NumberMethodSucceeded = &Number{Name: "succeeded", Label: "Step succeeded", Unit: InCount, Definition: "Those in which a step by the method succeeded."}
	NumberMethodFailed    = &Number{Name: "failed", Label: "No step succeeded", Unit: InCount, Definition: "Those in which no step by the method succeeded."}
	NumberMethodRate      = &Number{Name: "rate", Label: "Success rate", Unit: InPercent, Definition: "Sign-ins in which a step by the method succeeded, divided by all sign-ins with such a step."}

	NumberRequirement           = &Number{Name: "name", Label: "Requirement", Unit: InText}
	NumberStepsInteractive      = &Number{Name: "steps", Label: "Interactive steps", Unit: InCount, Definition: "Succeeded steps of interactive sign-ins with the requirement. A sign-in may have several."}
	NumberClaimsInteractive     = &Number{Name: "claims", Label: "By claim", Unit: InCount, Definition: "Those that a claim of a token satisfied."}
	NumberClaimShareInteractive = &Number{Name: "claimshare", Label: "Share by claim", Unit: InPercent, Definition: "Interactive steps by claim, divided by the succeeded interactive steps."}
	NumberStepsOther            = &Number{Name: "othersteps", Label: "Non-interactive steps", Unit: InCount, Definition: "Succeeded steps of non-interactive sign-ins with the requirement."}
	NumberClaimsOther           = &Number{Name: "otherclaims", Label: "Non-interactive by claim", Unit: InCount, Definition: "Those that a claim of a token satisfied."}
	NumberStepSignIns           = &Number{Name: "stepsignins", Label: "Interactive sign-ins", Unit: InCount, Definition: "Interactive sign-ins with such a step, each once."}
	NumberStepSignInsOther      = &Number{Name: "othersignins", Label: "Non-interactive sign-ins", Unit: InCount, Definition: "Non-interactive sign-ins with such a step, each once."}
	NumberClaimShareOther       = &Number{Name: "otherclaimshare", Label: "Non-interactive share", Unit: InPercent, Definition: "Non-interactive steps by claim, divided by the succeeded non-interactive steps."}
)

// methodRow is a method with its sign-ins.
type methodRow struct {
	store.TableRow
	all, succeeded int64
}

func (m *methodRow) words() string { return store.AuthenticationMethods.Words(m.Value) }

// records are the sign-ins with a step by the method.
func (m *methodRow) records(q *InsightQuery, in store.Range) *store.ListQuery {
	return narrowed(proven(usageSignIns(q, store.Interactive, in)), store.MethodField, m.Value)
}

// methodRows are the methods of a range.
type methodRows struct {
	list     []methodRow
	complete bool
}

// methodsOf gives the methods of a range with their sign-ins.
func methodsOf(ctx context.Context, r Reader, q *InsightQuery, in store.Range) (rows []methodRow, complete bool, err error) {
	found, err := once(ctx, q, "methods from "+in.From.String(), func() (found methodRows, err error) {
		found.list, found.complete, err = findMethods(ctx, r, q, in)
		return found, err
	})
	return slices.Clone(found.list), found.complete, err
}

func findMethods(ctx context.Context, r Reader, q *InsightQuery, in store.Range) (rows []methodRow, complete bool, err error) {
	var all, succeeded []store.TableRow
	var completes [2]bool
	table := func(into *[]store.TableRow, complete *bool, list store.ListQuery) func(context.Context) error {
		return func(ctx context.Context) (err error) {
			asked := tableOf(list, store.MethodField)
			asked.Distinct = []*store.Field{store.UserField}
			*into, *complete, err = allRows(ctx, r, asked)
			return err
		}
	}
	list := proven(usageSignIns(q, store.Interactive, in))
	err = Together(ctx, table(&all, &completes[0], list), table(&succeeded, &completes[1], succeededStep(list)))
	done := byValue(succeeded)
	for i := range all {
		m := methodRow{TableRow: all[i], all: all[i].Total()}
		if of := done[store.FoldCase(m.Value)]; of != nil {
			m.succeeded = of.Total()
		}
		rows = append(rows, m)
	}
	return rows, completes[0] && completes[1], err
}

// cells are the numbers of a method.
func (m *methodRow) cells(q *InsightQuery, in store.Range) []Cell {
	records := m.records(q, in)
	done := succeededStep(*records)
	return []Cell{
		CountCell(m.all, records), CountCell(m.succeeded, &done), CountCell(m.all-m.succeeded, nil), RateCell(store.Rate{N: m.succeeded, Of: m.all}),
		CountCell(m.Distinct[0], nil),
		{Time: m.Last, Unknown: m.Last.IsZero()},
	}
}

// listMethods gives the methods. They are few: all are held.
func listMethods(ctx context.Context, r Reader, q *InsightQuery) (*InsightRows, error) {
	return heldCompared(ctx, q, func(ctx context.Context, in store.Range) (rows []InsightRow, complete bool, err error) {
		methods, complete, err := methodsOf(ctx, r, q, in)
		for i := range methods {
			rows = append(rows, InsightRow{ID: methods[i].Value, Name: methods[i].words(), Cells: methods[i].cells(q, in)})
		}
		return rows, complete, err
	}, (&methodRow{TableRow: store.TableRow{Distinct: []int64{0}}}).cells(q, q.Before()))
}

// heldCompared gives a page of rows that are all in memory, with those of the time before where the query asks for it. A row that is
// not there before has the cells of nothing.
func heldCompared(ctx context.Context, q *InsightQuery, ask func(context.Context, store.Range) ([]InsightRow, bool, error), nothing []Cell) (*InsightRows, error) {
	var rows, before []InsightRow
	complete := [2]bool{true, true}
	err := Together(ctx,
		func(ctx context.Context) (err error) {
			rows, complete[0], err = ask(ctx, q.Range)
			return err
		},
		func(ctx context.Context) (err error) {
			if q.Compare {
				before, complete[1], err = ask(ctx, q.Before())
			}
			return err
		},
	)
	if err != nil {
		return nil, err
	}
	if q.Compare {
		putBefore(rows, before, nothing)
	}
	page := heldRows(q, rows)
	page.Complete = complete[0] && complete[1]
	return page, nil
}

// putBefore gives each row the cells of the same row in the time before: that with its ID, or with another spelling of a URI. Where
// that time has several other spellings, their numbers are not known together.
func putBefore(rows, before []InsightRow, nothing []Cell) {
	byID, spelled := map[string]*InsightRow{}, map[string][]*InsightRow{}
	present := map[string]bool{}
	for i := range rows {
		present[store.FoldCase(rows[i].ID)] = true
	}
	for i := range before {
		id := store.FoldCase(before[i].ID)
		byID[id] = &before[i]
		if !present[id] { // no row has it by its ID
			key := store.PlainURI(id)
			spelled[key] = append(spelled[key], &before[i])
		}
	}
	for i := range rows {
		id := store.FoldCase(rows[i].ID)
		if same := byID[id]; same != nil {
			rows[i].Before = same.Cells
			continue
		}
		others := spelled[store.PlainURI(id)]
		switch len(others) {
		case 0:
			rows[i].Before = nothing
		case 1:
			rows[i].Before = others[0].Cells
			delete(spelled, store.PlainURI(id)) // it counts once
		default:
			rows[i].Before = slices.Repeat([]Cell{{Unknown: true}}, len(nothing))
		}
	}
}

// claimCounts are the succeeded steps with one requirement, in the two logs of users.
type claimCounts struct {
	value                  string
	steps, claims, signIns [2]int64
}

// claimLogs are the logs that are counted apart.
var claimLogs = [2]store.Log{store.Interactive, store.NonInteractive}

// claimsOf gives the requirements of a range with their steps. Steps are counted, and not sign-ins.
func claimsOf(ctx context.Context, r Reader, q *InsightQuery, in store.Range) (rows []claimCounts, complete bool, err error) {
	var tables [6][]store.TableRow // of each log: steps, those by claim, and sign-ins
	var completes [6]bool
	var questions []func(context.Context) error
	for i := range tables {
		list := succeededStep(usageSignIns(q, claimLogs[i/3], in))
		if i%3 == 1 {
			list = *narrowed(list, store.MethodSourceField, store.StepByClaim)
		}
		questions = append(questions, func(ctx context.Context) (err error) {
			asked := tableOf(list, store.MethodStepField)
			asked.Items = i%3 < 2
			tables[i], completes[i], err = allRows(ctx, r, asked)
			return err
		})
	}
	if err := Together(ctx, questions...); err != nil {
		return nil, false, err
	}
	places := map[string]int{}
	for i, table := range tables {
		for n := range table {
			key := store.FoldCase(table[n].Value)
			at, ok := places[key]
			if !ok {
				at = len(rows)
				places[key] = at
				rows = append(rows, claimCounts{value: table[n].Value})
			}
			row := &rows[at]
			[]*[2]int64{&row.steps, &row.claims, &row.signIns}[i%3][i/3] = table[n].Total()
		}
	}
	return rows, !slices.Contains(completes[:], false), nil
}

func (c *claimCounts) cells(q *InsightQuery, in store.Range) (cells []Cell) {
	for i := range claimLogs {
		cells = append(cells, CountCell(c.steps[i], nil), CountCell(c.claims[i], nil), RateCell(store.Rate{N: c.claims[i], Of: c.steps[i]}))
	}
	for i, log := range claimLogs {
		list := narrowed(succeededStep(usageSignIns(q, log, in)), store.MethodStepField, c.value)
		cells = append(cells, CountCell(c.signIns[i], list))
	}
	return cells
}

// listClaims gives the requirements.
func listClaims(ctx context.Context, r Reader, q *InsightQuery) (*InsightRows, error) {
	return heldCompared(ctx, q, func(ctx context.Context, in store.Range) (rows []InsightRow, complete bool, err error) {
		counts, complete, err := claimsOf(ctx, r, q, in)
		for i := range counts {
			rows = append(rows, InsightRow{ID: counts[i].value, Name: store.StepRequirements.Words(counts[i].value), Cells: counts[i].cells(q, in)})
		}
		return rows, complete, err
	}, make([]Cell, 8))
}
