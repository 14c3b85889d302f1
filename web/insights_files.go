package web

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"

	"signpost/store/access"
	"signpost/views"
	"signpost/web/ask"
)

// reportFile is a list of a report as a file: all its rows, in the order of the page. Each part of it is recorded before it is written.
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
		q.Location, q.After, q.Limit = zone.Location(), nil, ask.PartRows
		if err := s.setReport(c, &q); err != nil {
			return err
		}
		end, err := s.beginDownload(c)
		if err != nil {
			return err
		}
		defer end()
		rows, err := s.openReportRows(c, &q)
		if err != nil {
			return err
		}
		defer rows.release()
		out := &download{c: c, name: views.InsightFileName(report, &q, format), contentType: format.ContentType, stillReading: !rows.part.Complete}
		if c.Request().Method == http.MethodHead {
			rows.release()
			out.begin()
			return nil
		}
		record := func() error { // each part before it is written
			listed := seenBy(v)
			if err := rows.part.Each(func(row *ask.InsightRow) error { listed.report(q.List, row); return nil }); err != nil {
				return err
			}
			return s.record(c, listed.into(access.Record{Action: access.Export, Query: recordedReport(report, &q)}))
		}
		if err := record(); err != nil {
			return err
		}
		return rows.spooled(func(w io.Writer) views.InsightFile { return format.New(w, &q) }, record, func(file io.Reader) error {
			return s.download(c, out, func(context.Context) error {
				_, err := io.Copy(out, file)
				return err
			})
		})
	}
}

// reportRows are the rows of a file, of one state of the store. They come in parts, and no more than one of them is held.
type reportRows struct {
	ctx     context.Context
	reader  ask.Reader
	q       *ask.InsightQuery
	part    *ask.InsightRows
	release func()
}

// openReportRows asks for the first part of a file's rows.
func (s *Server) openReportRows(c echo.Context, q *ask.InsightQuery) (rows *reportRows, err error) {
	ctx, reader, release, err := s.openSnapshot(c)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			release()
		}
	}()
	_, _, bad, err := s.reportGroups(ctx, reader, q.Filter)
	switch {
	case err != nil:
		return nil, err
	case len(bad) > 0:
		return nil, bad
	}
	if q.Tenants, err = tenantsOf(ctx, reader); err != nil {
		return nil, err
	}
	q.Share()
	rows = &reportRows{ctx: ctx, reader: reader.Reader, q: q, release: sync.OnceFunc(release)}
	rows.part, err = q.List.Part(ctx, reader.Reader, q)
	return rows, err
}

// spooled writes the file on disk, and sends it when it is whole: a client may take long, and nothing of the store is held by then.
func (r *reportRows) spooled(file func(io.Writer) views.InsightFile, record func() error, send func(io.Reader) error) error {
	spool, err := os.CreateTemp("", "signpost-report-*")
	if err != nil {
		return fmt.Errorf("make room for a file: %w", err)
	}
	defer os.Remove(spool.Name()) //nolint:errcheck // nobody reads it again
	defer spool.Close()           //nolint:errcheck // it was read, or is of no use
	if err := r.write(file(spool), record); err != nil {
		return err
	}
	r.release()
	if _, err := spool.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read a file again: %w", err)
	}
	return send(spool)
}

// write writes the file, part by part.
func (r *reportRows) write(file views.InsightFile, record func() error) error {
	for {
		if err := r.part.Each(file.Row); err != nil {
			return err
		}
		if r.part.Next == nil {
			return file.End()
		}
		r.q.After = r.part.Next
		var err error
		if r.part, err = r.q.List.Part(r.ctx, r.reader, r.q); err != nil {
			return err
		}
		if err := record(); err != nil {
			return err
		}
	}
}

// isReportFile says that the answer is a file of a report.
func isReportFile(c echo.Context) bool {
	return strings.HasPrefix(c.Path(), views.InsightsPath+"/") && slices.ContainsFunc(views.InsightFormats(), func(f views.InsightFormat) bool {
		return strings.HasSuffix(c.Path(), "."+f.Name)
	})
}
