package web

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"signpost/store"
	"signpost/store/access"
	"signpost/views"
	"signpost/web/ask"
)

// reportFile is a list of a report as a file: all its rows, in the order of the page.
func (s *Server) reportFile(first *ask.Insight, format views.InsightFormat) echo.HandlerFunc {
	return func(c echo.Context) error {
		report := first.AtTab(c.QueryParam(views.ParamTab))
		if done, err := s.asked(c); done {
			return err
		}
		v := viewer(c)
		q, bad := s.parseReport(report, subjectOf(c, report), withoutReason(c.QueryParams()), s.now(c))
		if len(bad) > 0 {
			return bad
		}
		zone, _ := zoneOf(c)
		q.Location, q.After, q.Limit = zone.Location(), nil, store.MaxTop
		if err := s.setReport(c, &q); err != nil {
			return err
		}
		end, err := s.downloads.begin(v.Account.ID)
		if err != nil {
			return err
		}
		defer end()
		rows, err := s.fileRows(c, &q)
		if err != nil {
			return err
		}
		out := &download{c: c, name: views.InsightFileName(report, &q, format), contentType: format.ContentType, stillReading: !rows.Complete}
		if c.Request().Method == http.MethodHead {
			out.begin()
			return nil
		}
		listed := seenBy(v)
		listed.report(q.List, rows.Rows)
		if err := s.record(c, listed.into(access.Record{Action: access.Export, Query: recordedReport(report, &q)})); err != nil {
			return err
		}
		return s.download(c, out, func(context.Context) error { return format.Write(out, &q, rows.Rows) })
	}
}

// fileRows asks for all rows of a file, of one state of the store. The file is written when it is released.
func (s *Server) fileRows(c echo.Context, q *ask.InsightQuery) (*ask.InsightRows, error) {
	ctx, reader, release, err := s.openSnapshot(c)
	if err != nil {
		return nil, err
	}
	defer release()
	_, _, bad, err := s.reportGroups(ctx, reader, q.Filter)
	switch {
	case err != nil:
		return nil, err
	case len(bad) > 0:
		return nil, bad
	}
	return allReportRows(ctx, reader.Reader, q)
}

// allReportRows asks for the rows page by page. Each page has a deadline of its own.
func allReportRows(ctx context.Context, r ask.Reader, q *ask.InsightQuery) (*ask.InsightRows, error) {
	all := &ask.InsightRows{Complete: true}
	for {
		var page *ask.InsightRows
		err := ask.Together(ctx, func(ctx context.Context) (err error) {
			page, err = q.List.Ask(ctx, r, q)
			return err
		})
		if err != nil {
			return nil, err
		}
		all.Rows = append(all.Rows, page.Rows...)
		all.Total, all.Complete = page.Total, all.Complete && page.Complete
		if page.Next == nil {
			return all, nil
		}
		q.After = page.Next
	}
}

// isReportFile says that the answer is a file of a report.
func isReportFile(c echo.Context) bool {
	return strings.HasPrefix(c.Path(), views.InsightsPath+"/") && slices.ContainsFunc(views.InsightFormats(), func(f views.InsightFormat) bool {
		return strings.HasSuffix(c.Path(), "."+f.Name)
	})
}
