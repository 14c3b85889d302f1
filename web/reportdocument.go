package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/store/access"
	"signpost/views"
	"signpost/web/ask"
)

// documentFormat ends the address of a report as a document: one page with all that the report's page says, for reading and printing.
const (
	documentFormat = "html"
	documentType   = "text/html; charset=utf-8"
)

// documentRoutes registers the documents of lists and reports.
func (s *Server) documentRoutes() {
	s.get("/logs/:log/export."+documentFormat, auth.PageLogs, s.listDocument)
	for _, report := range ask.Insights() {
		s.get(views.InsightsPath+"/"+report.Name+"."+documentFormat, auth.PageInsights, s.reportDocument(report))
		for _, inner := range report.Inner() {
			s.get(views.InsightsPath+"/"+inner.Name+"/:subject/list."+documentFormat, auth.PageInsights, s.reportDocument(inner))
		}
	}
}

// isDocument says that the answer is the document of a report.
func isDocument(c echo.Context) bool {
	return strings.HasPrefix(c.Path(), views.InsightsPath+"/") && strings.HasSuffix(c.Path(), "."+documentFormat)
}

// errDocument refuses a document that lacks a part.
var errDocument = echo.NewHTTPError(http.StatusGatewayTimeout, "The numbers of the report took too long to count. Choose a shorter range.")

// reportDocument is a report as a document. It has the numbers and the definitions of the report's page, and up to
// documentRows rows of its list.
func (s *Server) reportDocument(first *ask.Insight) echo.HandlerFunc {
	return func(c echo.Context) error {
		report := first.AtTab(c.QueryParam(views.ParamTab))
		if done, err := s.asked(c); done {
			return err
		}
		v, now := viewer(c), s.now(c)
		page := views.InsightPage{Report: report, Tabs: first.AllTabs(), Now: now, Things: thingsFor(v, report)}
		page.Shell.Zone, _ = zoneOf(c)
		page.Shell.Scope = s.scopeText(c)
		var bad store.BadParams
		if page.Query, bad = s.parseReport(report, subjectOf(c, report), withoutReason(c.QueryParams()), now); len(bad) > 0 {
			return bad
		}
		if len(report.Things) > 0 && page.Query.Thing == nil {
			return store.BadParams{{Param: views.ParamValue, Problem: "is missing. Say what you would remove."}}
		}
		page.Query.Location, page.Query.After = page.Shell.Zone.Location(), nil
		end, err := s.beginDownload(c)
		if err != nil {
			return err
		}
		defer end()
		if err := s.fillDocument(c, &page); err != nil {
			return err
		}
		document := views.InsightDocument{InsightPage: page}
		if s.MailServer != nil {
			document.Portal = s.MailServer.Portal
		}
		out := &download{
			c: c, name: views.InsightFileName(report, &page.Query, views.InsightFormat{Name: documentFormat}), contentType: documentType,
			stillReading: !page.Rows.Complete || !page.Summary.Complete,
		}
		if c.Request().Method == http.MethodHead {
			out.begin()
			return nil
		}
		listed := seenBy(v)
		for i := range page.Rows.Rows {
			listed.report(page.Query.List, &page.Rows.Rows[i])
		}
		if err := s.record(c, listed.into(access.Record{Action: access.Export, Query: recordedReport(report, &page.Query)})); err != nil {
			return err
		}
		return s.download(c, out, func(ctx context.Context) error { return views.ReportDocument(document).Render(ctx, out) })
	}
}

// fillDocument asks for all that a document shows. A document with a part missing would pass for a whole one.
func (s *Server) fillDocument(c echo.Context, page *views.InsightPage) error {
	if err := s.setReport(c, &page.Query); err != nil {
		return err
	}
	ctx, reader, release, err := s.openSnapshot(c)
	if err != nil {
		return err
	}
	defer release()
	if page.Query.Tenants, err = tenantsOf(ctx, reader); err != nil {
		return err
	}
	bad, err := s.fillReport(ctx, c, reader, page)
	switch {
	case err != nil:
		return err
	case len(bad) > 0:
		return bad
	case page.SummaryTrouble == ask.Failed || page.RowsTrouble == ask.Failed:
		return errors.New("a part of the report could not be counted")
	case page.SummaryTrouble != ask.NoTrouble || page.RowsTrouble != ask.NoTrouble || page.Summary == nil || page.Rows == nil:
		return errDocument // a summary that is late may hold a part of its numbers
	}
	return moreRows(ctx, reader.Reader, page)
}

// moreRows gives a document the rows that the page leads on to, up to documentRows. It asks for all from the first: some lists give
// a file all their rows at once, whatever the place.
func moreRows(ctx context.Context, r ask.Reader, page *views.InsightPage) error {
	if page.Rows.Next == nil {
		return nil
	}
	q := page.Query
	q.After, q.Limit = nil, documentRows
	rows := &ask.InsightRows{Complete: true, Notes: page.Rows.Notes}
	for {
		part, err := q.List.Part(ctx, r, &q)
		if err != nil {
			return err
		}
		err = part.Each(func(row *ask.InsightRow) error {
			if len(rows.Rows) < documentRows {
				rows.Rows = append(rows.Rows, *row)
			}
			return nil
		})
		if err != nil {
			return err
		}
		rows.Total, rows.Next, rows.Complete = part.Total, part.Next, rows.Complete && part.Complete
		if q.After = part.Next; q.After == nil || len(rows.Rows) >= documentRows {
			break
		}
	}
	page.Rows = rows
	if n := int64(len(page.Rows.Rows)); n < page.Rows.Total {
		page.Rows.Notes = append(page.Rows.Notes, ask.Note{
			Text: "These are the first " + views.Number(n) + " of " + views.Count(page.Rows.Total, q.List.One, q.List.Many) + ". The CSV and JSON files have all.",
		})
	}
	return nil
}
