package ask

import (
	"context"
	"slices"
	"time"

	"signpost/store"
)

// Removal is the report about the use of one thing: an application, a credential, a client, a country, or a resource.
var Removal = &Insight{
	Name: "removal", Title: "What breaks if I remove this?",
	Question: "Who and what used a thing lately, and since when nobody has.",
	Needs:    "Sign-ins of all four logs.",
	Logs:     []store.Log{store.Interactive, store.NonInteractive, store.ServicePrincipal, store.ManagedIdentity},
	Days:     30,
	Things:   removalThings,
	Numbers:  []*Number{NumberUses, NumberUserUses, NumberUsers, NumberWorkloads, NumberFailureRate, NumberLastUseEver},
	Summary:  summariseRemoval,
	Lists: []*InsightList{
		{
			Title: "Users", One: "user", Many: "users", Object: store.ObjectUser,
			Definition: "Users who used it in the range, interactively or not.",
			Columns:    []*Number{NumberUser, NumberUses, NumberSucceeded, NumberFailed, NumberFailureRate, NumberFirst, NumberLast},
			Sort:       NumberUses,
			Ask: func(ctx context.Context, r Reader, q *InsightQuery) (*InsightRows, error) {
				return listRemoval(ctx, r, q, store.UserField, userLogs)
			},
		},
		{
			Name: "principals", Title: "Service principals", One: "service principal", Many: "service principals", Object: store.ObjectServicePrincipal,
			Definition: "Service principals and managed identities that used it in the range.",
			Columns:    []*Number{NumberPrincipal, NumberUses, NumberSucceeded, NumberFailed, NumberFailureRate, NumberFirst, NumberLast},
			Sort:       NumberUses,
			Ask: func(ctx context.Context, r Reader, q *InsightQuery) (*InsightRows, error) {
				return listRemoval(ctx, r, q, store.ServicePrincipalField, workloadLogs)
			},
		},
		{
			Name: "applications", Title: "Applications", One: "application", Many: "applications", Object: store.ObjectApplication,
			Definition: "Applications through which it was used in the range, by users and by themselves.",
			Columns:    []*Number{NumberApplication, NumberUses, NumberSucceeded, NumberFailed, NumberFailureRate, NumberFirst, NumberLast},
			Sort:       NumberUses,
			Ask: func(ctx context.Context, r Reader, q *InsightQuery) (*InsightRows, error) {
				return listRemoval(ctx, r, q, store.AppField, nil)
			},
		},
		excludedUsers,
	},
}

// These are the numbers of the report.
var (
	NumberUses        = &Number{Name: "uses", Label: "Sign-ins", Unit: InCount, Definition: "Sign-ins of all four logs that used it, whatever became of them. An interactive one with multifactor authentication counts once."}
	NumberUserUses    = &Number{Name: "useruses", Label: "Of users", Unit: InCount, Definition: "Those of users, interactive or not."}
	NumberWorkloads   = &Number{Name: "workloads", Label: "Service principals", Unit: InCount, Definition: "Different service principals and managed identities of the sign-ins, by their IDs."}
	NumberPrincipal   = &Number{Name: "principal", Label: "Service principal", Unit: InText}
	NumberLastUseEver = &Number{Name: "lastuseever", Label: "Last use", Unit: InTime, Definition: "The last sign-in that used it, in all stored records up to the end of the range."}
)

// Thing is a kind of things that a removal is asked about.
type Thing struct {
	Kind, Label string
	// Field holds its value. Hint says what a value looks like.
	Field *store.Field
	Hint  string
	// Note says what is counted, where that needs words.
	Note string
	// narrow adds what else the sign-ins must meet; nil for nothing.
	narrow func(store.Filter) store.Filter
	// fieldOf gives the field by the shape of a value, where it is not always the same.
	fieldOf func(value string) *store.Field
}

var removalThings = []*Thing{
	{Kind: "app", Label: "Application", Field: store.AppField, Hint: "its name or application ID"},
	{
		Kind: "credential", Label: "Credential", Field: store.KeyField, Hint: "its key ID or thumbprint",
		fieldOf: func(value string) *store.Field {
			if store.IsGUID(value) {
				return store.KeyField
			}
			return store.ThumbprintField
		},
	},
	{Kind: "client", Label: "Client app", Field: store.ClientField, Hint: "such as IMAP4, or legacy for all legacy clients"},
	{Kind: "country", Label: "Country", Field: store.CountryField, Hint: "a name or two letters, such as NO"},
	{
		Kind: "policy", Label: "Policy", Field: store.PolicyField, Hint: "the name or ID of a Conditional Access policy",
		Note: "These are the sign-ins to which the policy applied, also report-only. The logs do not tell who would have been blocked. Who relied on an exclusion stands in a list of its own.",
		narrow: func(f store.Filter) store.Filter {
			for _, result := range []string{"notApplied", "reportOnlyNotApplied", "notEnabled"} {
				f = f.With(store.PolicyResultField, store.OpIsNot, result)
			}
			return f
		},
	},
	{Kind: "resource", Label: "Resource", Field: store.ResourceField, Hint: "its name or resource ID"},
}

// FieldOf gives the field that holds a value.
func (t *Thing) FieldOf(value string) *store.Field {
	if t.fieldOf != nil {
		return t.fieldOf(value)
	}
	return t.Field
}

// Filter narrows to the sign-ins that used a thing.
func (t *Thing) Filter(f store.Filter, value string) store.Filter {
	f = f.With(t.FieldOf(value), store.OpIs, value)
	if t.narrow != nil {
		f = t.narrow(f)
	}
	return f
}

// removalUses are the sign-ins of some logs that used the thing.
func removalUses(q *InsightQuery, logs []store.Log, r store.Range) store.TableQuery {
	filter := q.Thing.Filter(q.Filter, q.Value)
	for _, id := range q.named {
		filter = filter.With(q.Thing.Field, store.OpIs, id)
	}
	return store.TableQuery{Logs: logs, Range: r, Filter: filter, Limit: 1}
}

// listRemoval lists the values of a field among the sign-ins that used the thing.
func listRemoval(ctx context.Context, r Reader, q *InsightQuery, by *store.Field, logs []store.Log) (*InsightRows, error) {
	if q.Thing == nil {
		return &InsightRows{Complete: true}, nil
	}
	q, err := withNamed(ctx, r, q)
	if err != nil {
		return nil, err
	}
	asked := removalUses(q, logs, q.Range)
	asked.By, asked.NamesNewest = by, true
	order := orders{
		q.List.Columns[0]: store.ByLabel, NumberUses: store.ByTotal, NumberSucceeded: store.ByStatus + store.TableSort(store.StatusSuccess),
		NumberFailed: store.ByStatus + store.TableSort(store.StatusFailure), NumberFailureRate: store.ByFailureRate, NumberFirst: store.ByFirst, NumberLast: store.ByLast,
	}
	page, err := tableRows(ctx, r, q, asked, order, func(row *store.TableRow) []Cell {
		records := &store.ListQuery{Log: row.Newest.Log, Range: q.Range, Filter: asked.Filter.With(by, store.OpIs, row.Value)}
		counts := countCells(*records, &row.Counts)
		for i := range counts { // a log shows a part of them, where there are several
			if len(asked.Logs) != 1 {
				counts[i].Records = nil
			}
		}
		last := Cell{Time: row.Last, Record: row.Newest}
		return []Cell{counts[0], counts[1], counts[2], counts[4], {Time: row.First}, last}
	})
	return page, err
}

// removalLast is the newest sign-in of all stored ones that used the thing.
func removalLast(ctx context.Context, r Reader, q *InsightQuery) (Cell, error) {
	asked := removalUses(q, nil, upTo(q.Range))
	pages := make([]store.Page, len(signInLogs))
	var questions []func(context.Context) error
	for i, log := range signInLogs {
		questions = append(questions, func(ctx context.Context) (err error) {
			pages[i], err = r.Page(ctx, store.ListQuery{Log: log, Range: asked.Range, Filter: asked.Filter, Limit: 1})
			return err
		})
	}
	err := Together(ctx, questions...)
	last := Cell{Unknown: true}
	for i := range pages {
		if len(pages[i].Rows) > 0 {
			if head := pages[i].Rows[0].Entry.Head(); last.Unknown || head.Time.After(last.Time) {
				last = Cell{Time: head.Time, Record: store.Ref{Log: head.Log, ID: head.ID, Near: head.Time}}
			}
		}
	}
	return last, err
}

// signInLogs are the four logs, those of users first.
var signInLogs = slices.Concat(userLogs, workloadLogs)

// summariseRemoval asks for the headline numbers, now and before, and for the sign-ins of each log.
func summariseRemoval(ctx context.Context, r Reader, q *InsightQuery) (*InsightSummary, error) {
	s := &InsightSummary{Complete: true}
	if q.Thing == nil {
		return s, nil
	}
	q, err := withNamed(ctx, r, q)
	if err != nil {
		return nil, err
	}
	s.Notes = append(s.Notes, namedNote(q)...)
	if q.Thing.Note != "" {
		s.Notes = append(s.Notes, Note{Text: q.Thing.Note})
	}
	now, before := removalNumbers{}, removalNumbers{last: Cell{Unknown: true}}
	err = Together(ctx,
		func(ctx context.Context) error { return now.ask(ctx, r, q, q.Range) },
		func(ctx context.Context) error { return before.ask(ctx, r, q, q.Before()) },
		func(ctx context.Context) (err error) {
			now.last, err = removalLast(ctx, r, q)
			return err
		},
	)
	if err != nil {
		return s, err
	}
	s.Metrics, s.Before, s.Complete = now.cells(), before.cells(), now.complete && before.complete
	for i, log := range signInLogs {
		info, _ := store.SignIns.Log(log)
		records := store.ListQuery{Log: log, Range: q.Range, Filter: removalUses(q, nil, q.Range).Filter}
		s.Bars = append(s.Bars, InsightBar{Label: info.Title, N: now.byLog[i].Total(), Records: &records})
	}
	if s.Metrics[0].N > 0 {
		return s, nil
	}
	if !now.last.Unknown {
		s.Notes = append(s.Notes, Note{Text: "Nobody used it in the range. It is unused since", Time: now.last.Time})
		return s, nil
	}
	oldest, err := sinceNote(ctx, r, q)
	s.Notes = append(append(s.Notes, Note{Text: "Nobody used it in the range, and no stored record from before has it."}), oldest...)
	return s, err
}

// removalNumbers are the sign-ins of a range that used the thing.
type removalNumbers struct {
	byLog            []store.Counts // of signInLogs
	users, workloads int64
	last             Cell
	complete         bool
}

// ask counts the sign-ins of each log, and the different users and service principals, all at once.
func (n *removalNumbers) ask(ctx context.Context, r Reader, q *InsightQuery, in store.Range) error {
	n.byLog = make([]store.Counts, len(signInLogs))
	completes := make([]bool, len(signInLogs))
	filter := removalUses(q, nil, in).Filter
	questions := []func(context.Context) error{
		func(ctx context.Context) (err error) {
			n.users, err = distinctOf(ctx, r, q, store.UserField, userLogs, in)
			return err
		},
		func(ctx context.Context) (err error) {
			n.workloads, err = distinctOf(ctx, r, q, store.ServicePrincipalField, workloadLogs, in)
			return err
		},
	}
	for i, log := range signInLogs {
		questions = append(questions, func(ctx context.Context) error {
			h, err := r.Histogram(ctx, store.HistogramQuery{
				ListQuery: store.ListQuery{Log: log, Range: in, Filter: filter}, Edges: []time.Time{in.From, in.To},
			})
			if err != nil {
				return err
			}
			n.byLog[i].ByStatus, completes[i] = h.Buckets[0].ByStatus, h.Complete
			return nil
		})
	}
	err := Together(ctx, questions...)
	n.complete = !slices.Contains(completes, false)
	return err
}

// cells are the headline numbers.
func (n *removalNumbers) cells() []Cell {
	var all, ofUsers store.Counts
	for i := range n.byLog {
		for status, count := range n.byLog[i].ByStatus {
			all.ByStatus[status] += count
			if i < len(userLogs) {
				ofUsers.ByStatus[status] += count
			}
		}
	}
	return []Cell{CountCell(all.Total(), nil), CountCell(ofUsers.Total(), nil), CountCell(n.users, nil), CountCell(n.workloads, nil), RateCell(all.FailureRate()), n.last}
}

// distinctOf counts the values of a field among the sign-ins that used the thing.
func distinctOf(ctx context.Context, r Reader, q *InsightQuery, by *store.Field, logs []store.Log, in store.Range) (int64, error) {
	asked := removalUses(q, logs, in)
	asked.By = by
	table, err := r.Table(ctx, asked)
	return table.Values, err
}
