package web

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"signpost/store"
	"signpost/views"
	"signpost/web/ask"
)

func (s *Server) user(c echo.Context) error  { return s.entity(c, store.ObjectUser) }
func (s *Server) group(c echo.Context) error { return s.entity(c, store.ObjectGroup) }
func (s *Server) app(c echo.Context) error   { return s.entity(c, store.ObjectApplication) }

// How much of what a page of one object shows.
const (
	newestSignIns  = 10
	listedGroups   = 20
	membersPerPage = 50
)

// entity is the page of one user, group, application or service principal: what the directory knows, and what the logs do.
func (s *Server) entity(c echo.Context, kind store.ObjectKind) error {
	page := views.EntityPage{Kind: kind, ID: store.FoldCase(idParam(c)), Now: s.Now()}
	if bad := s.parseEntity(c.QueryParams(), &page); len(bad) > 0 {
		return bad
	}
	ctx, reader, release, err := s.openSnapshot(c)
	if err != nil {
		return err
	}
	defer release()
	if err := s.fillEntity(ctx, reader, &page); err != nil {
		return err
	}
	page.Shell = s.shell(c, page.Title(), views.NavOf(page.Kind))
	if err := s.fillActivity(ctx, reader, &page); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.Entity(page))
}

// maxMemberText is how many characters are looked for among a group's members.
const maxMemberText = 200

// parseEntity reads the range of a page, and of a group's which members it lists.
func (s *Server) parseEntity(params url.Values, page *views.EntityPage) store.BadParams {
	rest := maps.Clone(params)
	var bad store.BadParams
	wrong := func(param, value, problem string) {
		bad = append(bad, store.BadParam{Param: param, Value: value, Problem: problem})
	}
	if page.Kind == store.ObjectGroup {
		for _, param := range []string{"member", "after"} {
			if len(params[param]) > 1 {
				wrong(param, strings.Join(params[param], ", "), "is given more than once. Keep one.")
			}
			delete(rest, param)
		}
		if page.MemberText = params.Get("member"); utf8.RuneCountInString(page.MemberText) > maxMemberText || !utf8.ValidString(page.MemberText) {
			wrong("member", "", "is too long, or no text: at most 200 characters are looked for. Shorten it.")
		}
		page.MembersAfter = parsePlace(params.Get("after"), "after", wrong)
	}
	query, badRange := s.parseSome(rest, rangeParams)
	page.Range = query.Range
	return append(bad, badRange...)
}

// fillEntity finds what the address names: ErrNotFound where neither the directory nor the logs of the range know it.
func (s *Server) fillEntity(ctx context.Context, reader snapshot, page *views.EntityPage) error {
	return ask.Together(ctx, func(ctx context.Context) error {
		if page.Kind == store.ObjectGroup {
			return s.fillGroup(ctx, reader, page)
		}
		if page.Kind == store.ObjectApplication {
			if err := s.settleApp(ctx, reader, page); err != nil {
				return err
			}
		}
		object, err := reader.Object(ctx, page.Kind, page.ID)
		switch {
		case err == nil:
			page.Object = &object
		case !errors.Is(err, store.ErrNotFound):
			return err
		}
		page.Groups, page.GroupsTotal, err = reader.GroupsOf(ctx, page.ID, listedGroups)
		if err != nil {
			return err
		}
		seen, err := s.seenName(ctx, reader, page)
		if err == nil && !seen && page.Object == nil && len(page.Objects) == 0 {
			err = store.ErrNotFound
		}
		return err
	})
}

// settleApp finds out what an address under /apps names: an application ID, or the object ID of a registration or of a service
// principal.
func (s *Server) settleApp(ctx context.Context, reader snapshot, page *views.EntityPage) error {
	registration, err := reader.Object(ctx, store.ObjectApplication, page.ID)
	switch {
	case err == nil && registration.AppID != "":
		page.ID = registration.AppID
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return err
	}
	page.Objects, err = reader.ObjectsOfApp(ctx, page.ID)
	if err != nil || len(page.Objects) > 0 {
		return err
	}
	principal, err := reader.Object(ctx, store.ObjectServicePrincipal, page.ID)
	switch {
	case err == nil:
		page.Kind = store.ObjectServicePrincipal
		page.Objects, err = reader.ObjectsOfApp(ctx, principal.AppID)
		return err
	case !errors.Is(err, store.ErrNotFound):
		return err
	}
	// Not in the directory: the logs know it as the one or the other.
	seen, err := s.seenName(ctx, reader, page)
	if err == nil && !seen {
		page.Kind = store.ObjectServicePrincipal
	}
	return err
}

// seenName takes the names of the newest sign-in that has the object's ID, whenever it was; false where none has.
func (s *Server) seenName(ctx context.Context, reader snapshot, page *views.EntityPage) (seen bool, err error) {
	for _, log := range views.LogsOf(page.Kind) {
		q := store.ListQuery{Log: log, Range: store.AllTime(), Filter: views.EntityFilter(page.Kind, page.ID), Limit: 1}
		newest, err := reader.SignIns(ctx, q)
		if err != nil {
			return false, err
		}
		if len(newest.Rows) > 0 && page.TakeName(newest.Rows[0].SignIn()) {
			return true, nil
		}
	}
	return false, nil
}

func (s *Server) fillGroup(ctx context.Context, reader snapshot, page *views.EntityPage) error {
	info, err := reader.Membership(ctx, page.ID)
	if err != nil {
		return err
	}
	page.Membership = &info
	object, err := reader.Object(ctx, store.ObjectGroup, page.ID)
	switch {
	case err == nil:
		page.Object = &object
	case !errors.Is(err, store.ErrNotFound):
		return err
	}
	members, err := reader.GroupMembers(ctx, store.GroupMembersQuery{Group: page.ID, Text: page.MemberText, After: page.MembersAfter, Limit: membersPerPage})
	if err != nil {
		return err
	}
	page.Members, page.MembersNext = members.Members, members.Next
	page.Groups, page.GroupsTotal, err = reader.GroupsOf(ctx, page.ID, listedGroups)
	return err
}

// fillActivity asks the logs about the object, all questions at once. What goes wrong with a part of them is said in its
// place.
func (s *Server) fillActivity(ctx context.Context, reader snapshot, page *views.EntityPage) error {
	if page.Membership != nil && page.Membership.AsOf.IsZero() {
		return nil // nobody knows who is in it
	}
	logs := views.LogsOf(page.Kind)
	parts := make([]activityPart, len(logs))
	var questions []func(context.Context) error
	width := store.BucketWidth(page.Range)
	page.Chart = &views.Chart{Width: width}
	for i, log := range logs {
		q := store.ListQuery{Log: log, Range: page.Range, Filter: views.EntityFilter(page.Kind, page.ID)}
		questions = append(questions, s.activityQuestions(reader, page, q, &parts[i])...)
	}
	for _, entity := range views.ReportsOf(page.Kind) {
		report := page.AddReport(entity)
		questions = append(questions, func(ctx context.Context) error {
			found, err := reader.Report(ctx, store.ReportQuery{
				Entity: entity, Logs: logs, Range: page.Range, Filter: views.EntityFilter(page.Kind, page.ID), Limit: views.TopShown,
			})
			report.Report = found
			return s.inPlace(ctx, "list", err, &report.Trouble)
		})
	}
	questions = append(questions, func(ctx context.Context) error { return s.fillLastSuccess(ctx, reader, page) })
	if err := ask.Together(ctx, questions...); err != nil {
		return err
	}
	for i, log := range logs {
		page.AddLog(log, parts[i].histogram, parts[i].facets, parts[i].newest, parts[i].failure)
		page.Trouble = append(page.Trouble, parts[i].troubles()...)
	}
	page.Settle()
	return nil
}

// fillLastSuccess finds the last success of all time: its time, and where it was the sign-in itself.
func (s *Server) fillLastSuccess(ctx context.Context, reader snapshot, page *views.EntityPage) (err error) {
	page.Last, err = reader.LastSuccess(ctx, page.Kind, page.ID)
	if err != nil || page.Last.Time.IsZero() {
		return err
	}
	at := store.Range{From: page.Last.Time, To: page.Last.Time.Add(time.Microsecond)}
	filter := views.EntityFilter(page.Kind, page.ID).With(store.StatusField, store.OpIs, "success")
	for _, log := range views.LogsOf(page.Kind) {
		found, err := reader.SignIns(ctx, store.ListQuery{Log: log, Range: at, Filter: filter, Limit: 1})
		if err != nil {
			return err
		}
		if len(found.Rows) > 0 {
			page.LastSuccess = &found.Rows[0]
			return nil
		}
	}
	return nil
}

// activityPart is what one log says of an object.
type activityPart struct {
	histogram                              store.Histogram
	facets                                 []store.Facet
	newest                                 []store.Row
	failure                                []store.Row // the newest one, if there is one
	chartTrouble, facetTrouble, rowTrouble string
}

func (p *activityPart) troubles() (list []string) {
	for _, text := range []string{p.chartTrouble, p.facetTrouble, p.rowTrouble} {
		if text != "" && !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return list
}

func (s *Server) activityQuestions(reader snapshot, page *views.EntityPage, q store.ListQuery, part *activityPart) []func(context.Context) error {
	newest := func(filter store.Filter, limit int, into *[]store.Row) func(context.Context) error {
		q := q
		q.Filter, q.Limit = filter, limit
		return func(ctx context.Context) error {
			found, err := reader.SignIns(ctx, q)
			*into = found.Rows
			return s.inPlace(ctx, "newest sign-ins", err, &part.rowTrouble)
		}
	}
	info, _ := q.Log.Info()
	return []func(context.Context) error{
		func(ctx context.Context) (err error) {
			edges := store.BucketEdges(page.Range, page.Chart.Width, page.Shell.Zone.Location())
			part.histogram, err = reader.Histogram(ctx, store.HistogramQuery{ListQuery: q, Edges: edges})
			return s.inPlace(ctx, "chart", err, &part.chartTrouble)
		},
		func(ctx context.Context) (err error) {
			part.facets, err = reader.Facets(ctx, store.FacetsQuery{ListQuery: q, Fields: views.TopFields(info), Top: views.TopAsked})
			return s.inPlace(ctx, "lists", err, &part.facetTrouble)
		},
		newest(q.Filter, newestSignIns, &part.newest),
		newest(q.Filter.With(store.StatusField, store.OpIs, "failure"), 1, &part.failure),
	}
}
