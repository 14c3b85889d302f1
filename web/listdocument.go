package web

import (
	"context"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"signpost/store"
	"signpost/store/export"
	"signpost/views"
	"signpost/web/ask"
)

const (
	// documentRows is how many rows the document of a list or a report has; the other files have all.
	documentRows = 10_000
	// documentRowsAtOnce is how many of them one question asks for.
	documentRowsAtOnce = 2_000
)

// listDocument is a list as a document: its first rows under the columns of its page, for reading and printing.
func (s *Server) listDocument(c echo.Context) error {
	list, err := s.listFor(c)
	if err != nil {
		return err
	}
	if done, err := s.asked(c); done {
		return err
	}
	v, reader := viewer(c), s.storeOf(c)
	query, bad := list.Kind().ParseQuery(withoutReason(c.QueryParams()), s.now(c))
	if len(bad) > 0 {
		return bad
	}
	request := export.Request{Format: export.CSV, Part: export.Rows, Query: store.ListQuery{Log: list.Log, Range: query.Range, AllEvents: query.AllEvents}}
	request.Query.Filter, request.Aside = query.Filter.For(list.Info())
	document := views.ListDocument{LogPage: views.LogPage{List: list, Query: query, Now: s.now(c), ConditionalAccess: !v.hidden().Has(store.ConditionalAccess)}}
	document.Shell.Zone, _ = zoneOf(c)
	document.Shell.Scope = s.scopeText(c)
	if s.MailServer != nil {
		document.Portal = s.MailServer.Portal
	}
	end, err := s.beginDownload(c)
	if err != nil {
		return err
	}
	defer end()
	if err := s.fillListDocument(c, request.Query, &document); err != nil {
		return err
	}
	out := &download{
		c: c, name: strings.TrimSuffix(request.Name(reader.Catalog()), ".csv") + "." + documentFormat, contentType: documentType,
		aside: export.SetAsideHeader(request.SetAside(reader.Catalog())), stillReading: !document.All.Complete,
	}
	if c.Request().Method == http.MethodHead {
		out.begin()
		return nil
	}
	if err := s.recordExport(c, reader, list, request); err != nil {
		return err
	}
	return s.download(c, out, func(ctx context.Context) error { return views.LogDocument(document).Render(ctx, out) })
}

// fillListDocument asks for the rows, and counts all, of one state of the store.
func (s *Server) fillListDocument(c echo.Context, q store.ListQuery, document *views.ListDocument) error {
	ctx, reader, release, err := s.openSnapshot(c)
	if err != nil {
		return err
	}
	defer release()
	err = ask.Together(ctx,
		func(ctx context.Context) (err error) {
			document.All, err = reader.Total(ctx, q)
			return err
		},
		func(ctx context.Context) error { return s.fillTenants(ctx, reader, &document.LogPage) },
		func(ctx context.Context) (err error) {
			document.Covered, err = s.coverageOfLogs(ctx, reader, viewer(c), []store.Log{q.Log}, q.Range, document.Now)
			return err
		},
	)
	for q.Limit = documentRowsAtOnce; err == nil && len(document.Records) < documentRows; {
		var page store.Page
		err = ask.Together(ctx, func(ctx context.Context) (err error) {
			page, err = reader.Page(ctx, q)
			return err
		})
		document.Records = append(document.Records, page.Rows...)
		if page.Next == nil {
			break
		}
		q.After = page.Next
	}
	return err
}
