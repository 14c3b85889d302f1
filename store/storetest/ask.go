package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"signpost/store"
)

// Ask asks the question and writes the answer as lines of text, so that a difference between two stores shows its
// place. It follows cursors without comparing them: a store may make its own.
func Ask(ctx context.Context, s store.Store, c Case) []string {
	a := &answer{ctx: ctx, store: s, c: c}
	if scope := c.scope(); !scope.IsZero() {
		a.store = limited(s, scope)
	}
	if err := a.ask(); err != nil {
		if errors.Is(err, store.ErrNotFound) {
			a.say("not found")
		} else {
			a.say("error: %v", err)
		}
	}
	return a.lines
}

// limited gives a store as whoever is limited to a scope may ask it. The oracle's has no other records.
func limited(s store.Store, scope store.Scope) store.Store {
	if plain, ok := s.(*Plain); ok {
		return plain.limited(scope)
	}
	return store.Scoped(s, scope)
}

// answer is the answer of a store to one question.
type answer struct {
	ctx   context.Context
	store store.Store
	c     Case
	lines []string
}

func (a *answer) say(format string, args ...any) {
	a.lines = append(a.lines, fmt.Sprintf(format, args...))
}

func (a *answer) ask() error {
	switch a.c.Kind {
	case KindPage:
		return a.walk(func(after, before *store.Cursor) (next, prev *store.Cursor, err error) {
			q := a.c.list()
			q.After, q.Before = after, before
			return a.page(a.store.Page(a.ctx, q))
		})
	case KindRecords:
		return a.records()
	case KindMembers:
		return a.walk(func(after, before *store.Cursor) (next, prev *store.Cursor, err error) {
			q := a.c.members()
			q.After, q.Before = after, before
			return a.page(a.store.GroupRows(a.ctx, q))
		})
	case KindTraces:
		return a.traces()
	case KindGroups:
		return a.walk(a.groups)
	case KindSignIn:
		return a.record(a.store.Get(a.ctx, store.GetQuery{Ref: a.c.ref()}))
	case KindPersonSignIn:
		return a.record(a.store.Get(a.ctx, store.GetQuery{Ref: a.c.ref(), Owner: a.c.owner()}))
	}
	return a.count()
}

// walk asks for the first page and the pages below it, and then back up.
func (a *answer) walk(page func(after, before *store.Cursor) (next, prev *store.Cursor, err error)) error {
	next, prev, err := page(nil, nil)
	depth := a.c.number(paramDepth)
	down := 0
	for ; err == nil && next != nil && down < depth; down++ {
		a.say("-- page %d", down+2)
		next, prev, err = page(next, nil)
	}
	for ; err == nil && prev != nil && down > 0; down-- {
		a.say("-- back to page %d", down)
		_, prev, err = page(nil, prev)
	}
	return err
}

func (a *answer) page(page store.Page, err error) (next, prev *store.Cursor, _ error) {
	if err != nil {
		return nil, nil, err
	}
	for _, row := range page.Rows {
		a.say("%s", wordRow(row))
	}
	a.say("older: %t, newer: %t, complete: %t", page.Next != nil, page.Prev != nil, page.Complete)
	return page.Next, page.Prev, nil
}

// traces asks for pieces of a person's history, one below the other, and for the rows at their places.
func (a *answer) traces() error {
	q := a.c.personSignIns()
	for piece := range a.c.number(paramDepth) + 1 {
		traces, err := a.store.PersonTraces(a.ctx, q)
		if err != nil {
			return err
		}
		a.say("-- piece %d, more: %t", piece+1, traces.More)
		nowhere := store.NewKey(Noon.AddDate(-9, 0, 0), 1)
		places := []store.Cursor{{Key: nowhere, Log: store.Interactive}, {Key: nowhere, Log: store.ServicePrincipal}} // a place without a row
		for _, t := range traces.Traces {
			a.say("%+v", t)
			places = append(places, t.Cursor())
		}
		rows, err := a.store.PersonRows(a.ctx, q.Person, places)
		if err != nil {
			return err
		}
		for _, row := range rows {
			a.say("%s", wordRow(row))
		}
		if !traces.More {
			break
		}
		last := traces.Traces[len(traces.Traces)-1].Cursor()
		q.After = &last
	}
	return nil
}

func (a *answer) groups(after, before *store.Cursor) (next, prev *store.Cursor, err error) {
	q := a.c.groups()
	q.After, q.Before = after, before
	page, err := a.store.Groups(a.ctx, q)
	if err != nil {
		return nil, nil, err
	}
	for _, g := range page.Groups {
		a.say("%d from %s to %s, window %s to %s, cut %t, newest %s", g.Count, wordTime(g.First), wordTime(g.Last),
			wordTime(g.From), wordTime(g.To), g.Cut, wordRow(g.Newest))
	}
	a.say("older: %t, newer: %t, complete: %t", page.Next != nil, page.Prev != nil, page.Complete)
	return page.Next, page.Prev, nil
}

// count asks the questions that answer with counts.
func (a *answer) count() error {
	switch a.c.Kind {
	case KindTotal:
		total, err := a.store.Total(a.ctx, a.c.list())
		a.say("%d, complete: %t", total.N, total.Complete)
		return err
	case KindNewest:
		t, ok, err := a.store.Newest(a.ctx, a.c.log())
		if !ok {
			t = time.Time{}
		}
		a.say("newest %s", wordTime(t))
		return err
	case KindTenants:
		tenants, err := a.store.Tenants(a.ctx)
		a.say("tenants %q", tenants)
		return err
	case KindFindUser:
		upn := a.c.Params.Get(paramUPN)
		found, err := a.store.FindUser(a.ctx, upn, a.c.Params.Get(paramTenant))
		if a.say("nobody"); found.ID != "" {
			a.say("the user of %q is %s, by the %s", upn, found.ID, found.From)
		}
		return err
	case KindHistogram:
		h, err := a.store.Histogram(a.ctx, a.c.histogram())
		for _, b := range h.Buckets {
			a.say("%s to %s: %d by status", wordTime(b.From), wordTime(b.To), b.ByStatus)
		}
		a.say("complete: %t", h.Complete)
		return err
	case KindFacets:
		facets, err := a.store.Facets(a.ctx, a.c.facets())
		for _, f := range facets {
			a.facet(f)
		}
		return err
	case KindValues:
		facet, err := a.store.Values(a.ctx, a.c.values())
		if err == nil {
			a.facet(facet)
		}
		return err
	case KindTable:
		return a.table()
	}
	return fmt.Errorf("no question is called %q", a.c.Kind)
}

func (a *answer) facet(f store.Facet) {
	name := "no field"
	if f.Field != nil {
		name = f.Field.Name
	}
	a.say("field %s: %d values, %d empty, complete: %t", name, f.Distinct, f.Empty, f.Complete)
	for _, v := range f.Values {
		a.say("  %d %q %q", v.N, v.Value, v.Label)
	}
}

func (a *answer) table() error {
	q := a.c.table()
	for page := range a.c.number(paramDepth) + 1 {
		table, err := a.store.Table(a.ctx, q)
		if err != nil {
			return err
		}
		a.say("-- page %d of %d values, complete: %t, more: %t", page+1, table.Values, table.Complete, table.Next != nil)
		if q.Across != nil {
			a.say("%d columns: %+v", table.ColumnValues, table.Columns)
		}
		for i := range table.Rows {
			r := &table.Rows[i]
			a.say("%q %q %q, a name: %t: %d by status, %s to %s, success %s, failure %s, distinct %d, across %d, rest %d, none %d, top %+v, buckets %d, newest %s %s",
				r.Value, r.Label, r.Username, r.IsName, r.ByStatus,
				wordTime(r.First), wordTime(r.Last), wordTime(r.LastSuccess), wordTime(r.LastFailure), r.Distinct, r.Cells, r.Rest, r.None, r.Top, r.Buckets, r.Newest.Log, r.Newest.ID)
		}
		if table.Next == nil {
			break
		}
		q.After = table.Next
	}
	return nil
}

// records asks for pages of whole sign-ins, one below the other.
func (a *answer) records() error {
	q := store.RecordsQuery{ListQuery: a.c.list(), Folded: a.c.Params.Has(paramFolded), Bytes: int64(a.c.number(paramBytes))}
	for page := range a.c.number(paramDepth) + 1 {
		records, err := a.store.Records(a.ctx, q)
		if err != nil {
			return err
		}
		a.say("-- page %d, older: %t, complete: %t", page+1, records.Next != nil, records.Complete)
		for _, r := range records.Records {
			if err := a.record(r, nil); err != nil {
				return err
			}
		}
		if records.Next == nil {
			break
		}
		q.After = records.Next
	}
	return nil
}

func (a *answer) record(r store.Record, err error) error {
	if err != nil {
		return err
	}
	a.say("key %s", r.Key)
	a.lines = append(a.lines, WordEntry(a.store.Catalog().Kind(r.Entry.Head().Log), r.Entry, true)...)
	for _, v := range r.Versions {
		sum := fnv.New64a()
		sum.Write(v.Doc) //nolint:errcheck // a hash takes everything
		a.say("version ingested %s, record %x", wordTime(v.Entry.Head().Ingested), sum.Sum64())
	}
	for _, event := range r.Events {
		a.say("event %s", wordRow(event))
	}
	return nil
}

func wordRow(r store.Row) string {
	head := r.Entry.Head()
	return fmt.Sprintf("%s %s %s, line of %d, %d denied, since %s", r.Key, head.Log, NormalID(head.ID), r.Line.Events, r.Line.Denied, wordTime(r.Line.Started))
}

func wordTime(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return floor(t).Format(time.RFC3339Nano)
}

// WordEntry writes a record property by property: single values always, lists only if asked. It writes IDs in one
// casing and times to the microsecond.
func WordEntry(kind *store.Kind, e store.Entry, lists bool) []string {
	head := e.Head()
	lines := []string{fmt.Sprintf("%s, time %s (ingestion: %t), ingested %s", head.Log, wordTime(head.Time), head.TimeIsIngestion, wordTime(head.Ingested))}
	for _, p := range kind.Properties {
		var value any
		switch {
		case p.Text != nil:
			text := *p.Text(e)
			if p.Fallback != nil {
				text = strings.ToLower(text)
			}
			value = NormalID(text)
		case p.Int != nil:
			value = *p.Int(e)
		case p.Bool != nil:
			value = *p.Bool(e)
		case !lists:
			continue
		default:
			value = strings.Join(p.Set(e), "|")
		}
		if line := fmt.Sprintf("%s: %v", p.Name, value); !strings.HasSuffix(line, ": ") && value != (store.Int{}) && value != store.Unset {
			lines = append(lines, line)
		}
	}
	if s, ok := e.(*store.SignIn); ok && lists {
		rest, err := json.Marshal([]any{
			s.AppliedConditionalAccessPolicies, s.ConditionalAccessAudiences, s.AuthenticationContextClassReferences,
			s.AuthenticationRequirementPolicies, s.SessionLifetimePolicies, s.AuthenticationDetails, s.AuthenticationMethodsUsed,
			s.AuthenticationProcessingDetails, s.NetworkLocationDetails, s.SignInEventTypes, s.RiskEventTypes, s.Coordinates,
		})
		lines = append(lines, fmt.Sprintf("lists: %s %v", rest, err))
	}
	return lines
}
