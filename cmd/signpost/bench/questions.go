package bench

import (
	"context"
	"errors"
	"time"

	"signpost/store"
	"signpost/store/access"
	"signpost/store/activity"
	"signpost/store/audit"
	"signpost/store/risk"
)

// questions asks the store itself.
type questions struct {
	store   store.Store
	filters *filterSet
	until   time.Time
}

const (
	pageRows = 50 // rows of a page
	facetTop = 20 // values of a facet
)

// The name of the log in questions about several logs.
const (
	allLogs  = "all"
	userLogs = "interactive+noninteractive"
)

// asks gives every question: those about each log, and those about several.
func (b *questions) asks(ctx context.Context, span span, filter string) ([]askable, error) {
	var asks []askable
	for _, info := range store.SignIns.Logs {
		some, err := b.ofLog(ctx, info, span, b.filters.of(info.Log, filter))
		if err != nil {
			return nil, err
		}
		asks = append(asks, some...)
	}
	some, err := b.ofLogs(ctx, span, filter)
	return append(asks, some...), err
}

// asked is the part that the questions about one log share.
type asked struct {
	store   store.Store
	info    store.LogInfo
	query   store.ListQuery
	span    span
	filter  Filter
	matched int64
	asks    []askable
}

func (a *asked) add(question string, ask func(context.Context, store.ListQuery) error) {
	a.asks = append(a.asks, askable{question, string(a.info.Log), a.span, a.filter, func(ctx context.Context, earlier time.Duration) (int64, error) {
		q := a.query
		q.Range = slid(q.Range, earlier)
		return a.matched, ask(ctx, q)
	}})
}

func slid(r store.Range, earlier time.Duration) store.Range {
	return store.Range{From: r.From.Add(-earlier), To: r.To.Add(-earlier)}
}

// middle is the place in the middle of the range, where deep pages begin.
func middle(r store.Range) *store.Cursor {
	return &store.Cursor{Key: store.KeyAt(r.From.Add(r.To.Sub(r.From) / 2))}
}

func (b *questions) ofLog(ctx context.Context, info store.LogInfo, span span, filter Filter) ([]askable, error) {
	q := store.ListQuery{Log: info.Log, Range: rangeOf(b.until, span.length), Filter: filter.filter, Limit: pageRows}
	total, err := b.store.Total(ctx, q)
	if err != nil {
		return nil, err
	}
	a := &asked{store: b.store, info: info, query: q, span: span, filter: filter, matched: total.N}
	a.counts()
	if err := a.lists(ctx); err != nil {
		return nil, err
	}
	if info.Grouped {
		err = a.groups(ctx)
	}
	return a.asks, err
}

// counted names the fields of a log whose values are counted: many at once, one alone, and one whose values are looked for.
type counted struct {
	many        []string
	one, values string
}

func countedFields(info store.LogInfo) counted {
	switch {
	case info.Log == audit.Directory:
		return counted{[]string{"service", "category", "activity", "status", "actor", "target", "targettype", "property", "ip"}, "target", "actor"}
	case info.Log == activity.Log:
		return counted{[]string{"operation", "workload", "recordtype", "status", "user", "usertype", "app", "mailbox", "ip"}, "user", "user"}
	case info.Log == access.Log:
		return counted{[]string{"account", "action", "status", "subjectname", "log", "role", "ip"}, "subject", "subject"}
	case info.Kind() == risk.Kind:
		return counted{[]string{"riskevent", "status", "riskstate", "riskdetail", "timing", "activity", "country", "reason", "technique", "ip"}, info.Actor.Name, info.Actor.Name}
	case info.User:
		return counted{[]string{"user", "app", "resource", "status", "error", "client", "os", "browser", "country", "ca"}, "ip", who(info)}
	}
	return counted{[]string{"sp", "app", "resource", "status", "error", "ip", "country", "asn", "credential", "key"}, "sp", who(info)}
}

// counts are the questions that answer with numbers.
func (a *asked) counts() {
	s := a.store
	a.add("total", func(ctx context.Context, q store.ListQuery) error {
		_, err := s.Total(ctx, q)
		return err
	})
	a.add("histogram", func(ctx context.Context, q store.ListQuery) error {
		_, err := s.Histogram(ctx, store.HistogramQuery{ListQuery: q, Edges: store.BucketEdges(q.Range, a.span.bar, time.UTC)})
		return err
	})
	names := countedFields(a.info)
	many, one, values := fieldsOf(a.info.Kind(), names.many...), fieldsOf(a.info.Kind(), names.one), fieldOf(a.info.Kind(), names.values)
	a.add("facets", func(ctx context.Context, q store.ListQuery) error {
		_, err := s.Facets(ctx, store.FacetsQuery{ListQuery: q, Fields: many, Top: facetTop, IgnoreOwn: true})
		return err
	})
	a.add("facets one", func(ctx context.Context, q store.ListQuery) error {
		_, err := s.Facets(ctx, store.FacetsQuery{ListQuery: q, Fields: one, Top: facetTop})
		return err
	})
	a.add("values", func(ctx context.Context, q store.ListQuery) error {
		_, err := s.Values(ctx, store.ValuesQuery{ListQuery: q, Field: values, Text: "er", Top: facetTop})
		return err
	})
}

// lists are the newest page, one in the middle of the range, and a sign-in of that one by its ID.
func (a *asked) lists(ctx context.Context) error {
	s := a.store
	a.add("page", func(ctx context.Context, q store.ListQuery) error {
		_, err := s.Page(ctx, q)
		return err
	})
	deep := func(ctx context.Context, q store.ListQuery) (store.Page, error) {
		q.After = middle(q.Range)
		return s.Page(ctx, q)
	}
	a.add("page deep", func(ctx context.Context, q store.ListQuery) error {
		_, err := deep(ctx, q)
		return err
	})
	page, err := deep(ctx, a.query)
	if err != nil {
		return err
	}
	// Where nothing matches, the question is for an ID that does not exist.
	id, wanted := "00000000-0000-0000-0000-000000000000", store.ErrNotFound
	if len(page.Rows) > 0 {
		id, wanted = page.Rows[0].Entry.Head().ID, nil
	}
	a.add("detail", func(ctx context.Context, q store.ListQuery) error {
		_, err := s.Get(ctx, store.GetQuery{Ref: store.Ref{Log: q.Log, ID: id}})
		return unless(err, wanted)
	})
	return nil
}

// groups are the newest page of groups, one in the middle of the range, and the members of the newest page's
// largest group.
func (a *asked) groups(ctx context.Context) error {
	s := a.store
	groups := func(ctx context.Context, q store.ListQuery) (store.GroupPage, error) {
		return s.Groups(ctx, store.GroupsQuery{ListQuery: q, Window: store.Window24h})
	}
	a.add("groups", func(ctx context.Context, q store.ListQuery) error {
		_, err := groups(ctx, q)
		return err
	})
	a.add("groups deep", func(ctx context.Context, q store.ListQuery) error {
		q.After = middle(q.Range)
		_, err := groups(ctx, q)
		return err
	})
	page, err := groups(ctx, a.query)
	if err != nil {
		return err
	}
	var of store.Key
	most, wanted := int64(0), store.ErrNotFound
	for _, g := range page.Groups {
		if g.Count > most {
			of, most, wanted = g.Newest.Key, g.Count, nil
		}
	}
	a.add("members", func(ctx context.Context, q store.ListQuery) error {
		_, err := s.GroupRows(ctx, store.GroupRowsQuery{GroupsQuery: store.GroupsQuery{ListQuery: q, Window: store.Window24h}, Of: of})
		return unless(err, wanted)
	})
	return nil
}

// unless returns the error unless it is the expected one.
func unless(err, wanted error) error {
	if wanted != nil && errors.Is(err, wanted) {
		return nil
	}
	return err
}

// ofLogs are the questions about several logs: tables, and a person's history.
func (b *questions) ofLogs(ctx context.Context, span span, name string) ([]askable, error) {
	r := rangeOf(b.until, span.length)
	users, workloads := b.filters.of(store.NonInteractive, name), b.filters.of(store.ServicePrincipal, name)
	var asks []askable
	for _, table := range []struct {
		question string
		q        store.TableQuery
		filter   Filter
	}{
		{"report", store.TableQuery{By: store.AppField}, users},
		{"report user", store.TableQuery{By: store.UserField}, users},
		{"report service principal", store.TableQuery{By: store.ServicePrincipalField}, workloads},
		{"table user app", store.TableQuery{By: store.UserField, Across: store.AppField, Columns: 10, Distinct: []*store.Field{store.IPField}}, users},
	} {
		q := table.q
		q.Range, q.Filter, q.Limit = r, table.filter.filter, pageRows
		matched, err := b.tabled(ctx, q)
		if err != nil {
			return nil, err
		}
		asks = append(asks, askable{table.question, allLogs, span, table.filter, func(ctx context.Context, earlier time.Duration) (int64, error) {
			q := q
			q.Range = slid(r, earlier)
			_, err := b.store.Table(ctx, q)
			return matched, err
		}})
	}
	own, err := b.own(ctx, r, users.filter)
	q := store.PersonQuery{Person: b.filters.person, Range: r, Filter: users.filter, Limit: pageRows}
	return append(asks, askable{"history", userLogs, span, users, func(ctx context.Context, earlier time.Duration) (int64, error) {
		q := q
		q.Range = slid(r, earlier)
		traces, err := b.store.PersonTraces(ctx, q)
		if err != nil {
			return own, err
		}
		places := make([]store.Cursor, len(traces.Traces))
		for i := range traces.Traces {
			places[i] = traces.Traces[i].Cursor()
		}
		_, err = b.store.PersonRows(ctx, q.Person, places)
		return own, err
	}}), err
}

// tabled adds up the sign-ins of a whole table, which each have one value.
func (b *questions) tabled(ctx context.Context, q store.TableQuery) (int64, error) {
	var sum int64
	for q.Limit, q.Across, q.Distinct = store.MaxTop, nil, nil; ; {
		table, err := b.store.Table(ctx, q)
		if err != nil {
			return 0, err
		}
		for i := range table.Rows {
			sum += table.Rows[i].Total()
		}
		if q.After = table.Next; q.After == nil {
			return sum, nil
		}
	}
}

// own counts the person's sign-ins that pass the filter.
func (b *questions) own(ctx context.Context, r store.Range, filter store.Filter) (int64, error) {
	filter = filter.With(field("user"), store.OpIs, b.filters.person.UserID)
	var sum int64
	for _, log := range []store.Log{store.Interactive, store.NonInteractive} {
		total, err := b.store.Total(ctx, store.ListQuery{Log: log, Range: r, Filter: filter})
		if err != nil {
			return 0, err
		}
		sum += total.N
	}
	return sum, nil
}
