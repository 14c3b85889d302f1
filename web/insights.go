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

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/store/access"
	"signpost/views"
	"signpost/web/ask"
)

// insightsRoutes registers the pages and files of every report.
func (s *Server) insightsRoutes() {
	s.get(views.InsightsPath, auth.PageInsights, s.insights)
	for _, report := range ask.Insights() {
		s.reportRoutes(views.InsightsPath+"/"+report.Name, "", report)
		for _, inner := range report.Inner() {
			s.reportRoutes(views.InsightsPath+"/"+inner.Name+"/:subject", "/list", inner)
		}
	}
}

func (s *Server) reportRoutes(path, file string, report *ask.Insight) {
	s.get(path, auth.PageInsights, s.report(report))
	for _, format := range views.InsightFormats() {
		s.get(path+file+"."+format.Name, auth.PageInsights, s.reportFile(report, format))
	}
}

// insights is the first page: it leads to each report, with its most telling number.
func (s *Server) insights(c echo.Context) error {
	page := views.InsightsPage{Shell: s.shell(c, "Usage & insights", views.NavInsights), Now: s.Now()}
	query, bad := s.parseSome(c.QueryParams(), rangeParams, s.now(c))
	if page.Range = query.Range; len(bad) > 0 {
		return bad
	}
	ctx, reader, release, err := s.openSnapshot(c)
	if err != nil {
		return err
	}
	defer release()
	reports := ask.Insights()
	page.Reports = make([]views.InsightsEntry, len(reports))
	var questions []func(context.Context) error
	for i, report := range reports {
		entry := &page.Reports[i]
		entry.Report = report
		questions = append(questions, func(ctx context.Context) error {
			q := ask.InsightQuery{Range: page.Range, List: report.Lists[0], Location: page.Shell.Zone.Location(), Now: page.Now}
			if report.Tell == nil {
				return nil
			}
			told, err := report.Tell(ctx, reader.Reader, &q)
			entry.Told = &told
			return reader.Part(ctx, "report "+report.Name, err, &entry.Trouble)
		})
	}
	questions = append(questions, func(ctx context.Context) (err error) {
		page.Covered, err = s.coverageOfLogs(ctx, reader, viewer(c), ask.LogsOf(store.ObjectApplication), page.Range, page.Now)
		return err
	})
	if err := ask.Together(ctx, questions...); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.Insights(page))
}

// report is the page of a report, or of one of its tabs.
func (s *Server) report(first *ask.Insight) echo.HandlerFunc {
	return func(c echo.Context) error {
		report := first.AtTab(c.QueryParam(views.ParamTab))
		page := views.InsightPage{Report: report, Tabs: first.AllTabs(), Now: s.Now(), Shell: s.shell(c, report.Title, views.NavInsights)}
		page.Things = thingsFor(viewer(c), report)
		page.Query, page.Bad = s.parseReport(report, subjectOf(c, report), c.QueryParams(), s.now(c))
		page.Query.Location = page.Shell.Zone.Location()
		if len(page.Bad) > 0 {
			return render(c, http.StatusBadRequest, views.Insight(page))
		}
		if err := s.setReport(c, &page.Query); err != nil {
			return err
		}
		ctx, reader, release, err := s.openSnapshot(c)
		if err != nil {
			return err
		}
		defer release()
		if page.Bad, err = s.fillReport(ctx, c, reader, &page); err != nil {
			return err
		}
		if len(page.Bad) > 0 {
			return render(c, http.StatusBadRequest, views.Insight(page))
		}
		if err := s.recordReport(c, &page); err != nil {
			return err
		}
		return render(c, http.StatusOK, views.Insight(page))
	}
}

// setReport tells a report what administrators set.
func (s *Server) setReport(c echo.Context, q *ask.InsightQuery) error {
	settings, err := s.settingsNow(c)
	q.Sensitive, q.Moves = settings.Sensitive, settings.Moves
	return err
}

// fillReport asks for all parts of the page at once. A part that is late or fails says so in its place. A filter that the
// directory refuses is a fault of the address.
func (s *Server) fillReport(ctx context.Context, c echo.Context, reader snapshot, page *views.InsightPage) (bad store.BadParams, err error) {
	if page.Groups, page.Departments, bad, err = s.reportGroups(ctx, reader, page.Query.Filter); err != nil || len(bad) > 0 {
		return bad, err
	}
	q := &page.Query
	q.Share()
	return nil, ask.Together(ctx,
		func(ctx context.Context) (err error) {
			page.Summary, err = page.Report.Summary(ctx, reader.Reader, q)
			if err == nil {
				err = s.coverCards(ctx, c, reader, page)
			}
			return partOfReport(ctx, reader, "numbers of a report", err, &page.SummaryTrouble)
		},
		func(ctx context.Context) (err error) {
			page.Rows, err = q.List.Ask(ctx, reader.Reader, q)
			return partOfReport(ctx, reader, "list of a report", err, &page.RowsTrouble)
		},
		func(ctx context.Context) (err error) {
			if len(page.Report.Logs) > 0 { // else it counts no records
				page.Covered, err = s.coverageOfLogs(ctx, reader, viewer(c), page.Report.Logs, q.Range, page.Now)
			}
			return err
		},
		func(ctx context.Context) (err error) {
			if len(page.Report.Logs) > 0 {
				page.CoveredBefore, err = s.coverageOfLogs(ctx, reader, viewer(c), page.Report.Logs, q.Before(), page.Now)
			}
			return err
		},
		func(ctx context.Context) (err error) {
			if len(page.Report.Logs) == 0 {
				return nil
			}
			page.Oldest, page.AllSince, err = reader.Begins(ctx, page.Report.Logs, page.Now)
			var unsaid ask.Trouble // without it numbers are compared as they are
			return reader.Part(ctx, "oldest record of a report", err, &unsaid)
		},
		func(ctx context.Context) (err error) {
			// Their sign-ins do not matter here, so the range has none.
			few := store.Range{From: q.Now.Add(-time.Minute), To: q.Now}
			page.Choices, err = reader.Entities(ctx, store.EntitiesQuery{Kind: store.ObjectGroup, Range: few, Sort: store.SortName, Limit: store.MaxLimit})
			var unsaid ask.Trouble // the form has an input for the ID then
			return reader.Part(ctx, "groups to choose from", err, &unsaid)
		},
		func(ctx context.Context) (err error) {
			page.Known, err = reader.Departments(ctx)
			var unsaid ask.Trouble
			return reader.Part(ctx, "departments to choose from", err, &unsaid)
		},
	)
}

// coverCards asks what files cover of the records that each card counts.
func (s *Server) coverCards(ctx context.Context, c echo.Context, reader snapshot, page *views.InsightPage) error {
	page.CardsCovered = map[string][]views.Covered{}
	for _, card := range page.Summary.Cards {
		if len(card.Logs) == 0 {
			continue
		}
		covered, err := s.coverageOfLogs(ctx, reader, viewer(c), card.Logs, card.Range, page.Now)
		if err != nil {
			return err
		}
		page.CardsCovered[card.Name] = covered
	}
	return nil
}

// partOfReport lets the rest of a page stand where a part is late or fails. What the address must not ask, or what nobody knows,
// is an answer of the whole page.
func partOfReport(ctx context.Context, reader snapshot, part string, err error, trouble *ask.Trouble) error {
	var withheld store.WithheldError
	var bad store.BadParam
	if errors.Is(err, store.ErrNotFound) || errors.As(err, &withheld) || errors.As(err, &bad) {
		return err
	}
	return reader.Part(ctx, part, err, trouble)
}

// thingsFor are the things that the viewer may ask a report about.
func thingsFor(v Viewer, report *ask.Insight) []*ask.Thing {
	return slices.DeleteFunc(slices.Clone(report.Things), func(t *ask.Thing) bool { return !v.MaySee(t.Field.Class) })
}

// reportGroups finds the groups and departments that the filter names. One that was not imported, or without members, is a fault of the address.
func (s *Server) reportGroups(ctx context.Context, reader snapshot, filter store.Filter) ([]store.MembershipInfo, []store.Department, store.BadParams, error) {
	page := views.LogPage{Query: store.Query{Filter: filter}}
	err := s.fillGroupFilter(ctx, reader, &page)
	return page.Groups, page.Departments, page.Bad, err
}

// recordReport records a report that is about to be shown, with the people in its rows.
func (s *Server) recordReport(c echo.Context, page *views.InsightPage) error {
	shown := seenBy(viewer(c))
	if page.Rows != nil {
		for i := range page.Rows.Rows {
			shown.report(page.Query.List, &page.Rows.Rows[i])
		}
	}
	return s.record(c, shown.into(access.Record{Action: access.List, Query: recordedReport(page.Report, &page.Query)}))
}

// report adds a row of a report.
func (n *seen) report(list *ask.InsightList, row *ask.InsightRow) {
	switch {
	case row.Entry != nil: // whoever acted, and whom it was done to
		n.entry(row.Entry)
		return
	case list.Object == store.ObjectUser:
		if n.isOwn(row.ID) {
			return
		}
		n.person(row.ID, row.Username, row.Name)
	case row.Username != "": // a row about what somebody did
		n.person("", row.Username, row.Name)
	}
	n.rows++
}

// recordedReport is the query of a report as the access log stores it.
func recordedReport(report *ask.Insight, q *ask.InsightQuery) string {
	text := recordedQuery(store.Query{Range: q.Range, Filter: q.Filter, Limit: store.DefaultLimit, Window: store.Window24h})
	if q.Thing != nil {
		text += "&" + views.ParamKind + "=" + q.Thing.Kind + "&" + views.ParamValue + "=" + url.QueryEscape(q.Value)
	}
	if q.Subject != "" {
		text += "&" + store.AppField.Name + "=" + url.QueryEscape(q.Subject)
	}
	if q.List.Name != "" {
		text += "&" + views.ParamList + "=" + url.QueryEscape(q.List.Name)
	}
	if report.Tab != "" {
		text += "&" + views.ParamTab + "=" + report.Tab
	}
	for _, param := range slices.Sorted(maps.Keys(q.Chosen)) {
		text += "&" + param + "=" + url.QueryEscape(q.Chosen[param])
	}
	return text
}

// subjectOf gives the thing that an inner report is about.
func subjectOf(c echo.Context, report *ask.Insight) string {
	if !report.Subject {
		return ""
	}
	subject, err := url.PathUnescape(c.Param("subject"))
	if err != nil {
		return c.Param("subject")
	}
	return store.FoldCase(strings.TrimSpace(subject))
}
