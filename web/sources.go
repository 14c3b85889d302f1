package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/store/coverage"
	"signpost/views"
	"signpost/web/ask"
)

// sourcesRange is the range of the page where its address names none.
const sourcesRange = "7d"

// sources is the page of what the imported files cover: of all logs, or of one of them with its hours.
func (s *Server) sources(c echo.Context) error {
	v := viewer(c)
	page := views.SourcesPage{Shell: s.shell(c, "Sources", views.NavSources), Now: s.Now(), MayImport: v.MayImport(), Typed: c.QueryParams()}
	for _, name := range c.QueryParams()["log"] {
		if info, ok := s.Store.Catalog().Log(store.Log(name)); ok && !info.Own {
			if err := s.refuseLog(v, info.Log); err != nil {
				return err
			}
		}
	}
	logs := s.coveredLogs(v)
	page.Range, page.Log, page.Day, page.Bad = s.parseSources(c.QueryParams(), logs, s.now(c))
	if len(page.Bad) > 0 {
		return render(c, http.StatusBadRequest, views.Sources(page))
	}
	ledger := s.coverageFor(v)
	if ledger == nil {
		return render(c, http.StatusOK, views.Sources(page))
	}
	ctx, reader, release, err := s.openSnapshot(c)
	if err != nil {
		return err
	}
	defer release()
	var questions []func(context.Context) error
	for _, info := range logs {
		if page.Log == "" || page.Log == info.Log {
			page.Logs = append(page.Logs, views.SourceLog{Info: info})
		}
	}
	for i := range page.Logs {
		of := &page.Logs[i]
		questions = append(questions, func(ctx context.Context) error {
			got, err := reader.Coverage(ctx, ask.CoverageQuery{Log: of.Info.Log, Range: page.Range, Now: page.Now, Ledger: ledger, Arrivals: true})
			of.Coverage = got
			return reader.Part(ctx, "coverage of "+string(of.Info.Log), err, &of.Trouble)
		})
	}
	if err := ask.Together(ctx, questions...); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.Sources(page))
}

// parseSources reads the address of the page.
func (s *Server) parseSources(params url.Values, logs []store.LogInfo, now time.Time) (r store.Range, log store.Log, day time.Time, bad store.BadParams) {
	dates := url.Values{}
	for param, values := range params {
		switch {
		case param != "log" && param != "day":
			dates[param] = values
		case len(values) > 1:
			bad = append(bad, store.BadParam{Param: param, Value: strings.Join(values, ", "), Problem: "is given more than once. Keep one."})
		}
	}
	if !namesRange(dates) {
		dates.Set("range", sourcesRange)
	}
	query, badDates := s.parseSome(dates, rangeParams, now)
	bad = append(bad, badDates...)
	r = query.Range
	if len(badDates) == 0 && r.To.Sub(r.From) > ask.MaxCoverage {
		bad = append(bad, store.BadParam{Param: "to", Problem: "is more than 31 days after from. Choose a shorter range: the page shows 31 days at a time."})
	}
	if value := params.Get("log"); value != "" {
		log = store.Log(value)
		if !slices.ContainsFunc(logs, func(info store.LogInfo) bool { return info.Log == log }) {
			bad = append(bad, store.BadParam{Param: "log", Value: value, Problem: "is no log of this page. Choose one of its list."})
		}
	}
	if value := params.Get("day"); value != "" {
		var err error
		if day, err = time.Parse(time.DateOnly, value); err != nil {
			bad = append(bad, store.BadParam{Param: "day", Value: value, Problem: "is no day. Write it like 2026-11-23."})
		}
		if log == "" {
			bad = append(bad, store.BadParam{Param: "day", Value: value, Problem: "needs a log. Choose one."})
		}
	}
	return r, log, day, bad
}

// coveredLogs are the logs that files bring, as far as the viewer may read them.
func (s *Server) coveredLogs(v Viewer) (logs []store.LogInfo) {
	for _, info := range s.Store.Catalog().Logs() {
		if !info.Own && v.MaySee(info.Read) {
			logs = append(logs, info)
		}
	}
	return logs
}

// coverageFor is the ledger of coverage as the viewer may see it; nil where there is none for them. It counts the files of the whole
// tenant, so whoever is limited to a scope sees none.
func (s *Server) coverageFor(v Viewer) coverage.Ledger {
	if s.Coverage == nil || !v.Scope().IsZero() {
		return nil
	}
	return coveredFor{s.Coverage, s.coveredLogs(v), v.Rights.MaySee(auth.ImportData)}
}

// coveredFor is a ledger of coverage without the logs that its viewer may not read. It names no files where the viewer may not
// import.
type coveredFor struct {
	ledger coverage.Ledger
	logs   []store.LogInfo
	names  bool
}

func (l coveredFor) Statements(ctx context.Context, q coverage.Query) (coverage.Stated, error) {
	if !slices.ContainsFunc(l.logs, func(info store.LogInfo) bool { return info.Log == q.Log }) {
		return coverage.Stated{}, store.ErrNotFound
	}
	stated, err := l.ledger.Statements(ctx, q)
	if !l.names {
		for i := range stated.Statements {
			stated.Statements[i].Import, stated.Statements[i].File = 0, ""
		}
	}
	return stated, err
}

// coverageWithin bounds the time that a list waits for its line about coverage.
const coverageWithin = 2 * time.Second

// fillCoverage asks what files cover of the list's range. The list stands without it.
func (s *Server) fillCoverage(ctx context.Context, reader snapshot, v Viewer, page *views.LogPage) error {
	if page.List.Info().Own {
		return nil
	}
	covered, err := s.coverageOfLogs(ctx, reader, v, []store.Log{page.List.Log}, page.Query.Range, page.Now)
	if len(covered) > 0 {
		page.Covered = &covered[0]
	}
	return err
}

// coverageOfLogs asks what files cover of logs in a range, for a page that stands without it. It is empty for a viewer who is not told.
func (s *Server) coverageOfLogs(ctx context.Context, reader snapshot, v Viewer, logs []store.Log, r store.Range, now time.Time) ([]views.Covered, error) {
	ledger := s.coverageFor(v)
	if ledger == nil {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, coverageWithin)
	defer cancel()
	covered := make([]views.Covered, len(logs))
	var questions []func(context.Context) error
	for i, log := range logs {
		questions = append(questions, func(ctx context.Context) error {
			one := &covered[i]
			one.Log, one.MayOpen = log, v.Rights.MayOpen(auth.PageSources)
			got, err := reader.Coverage(ctx, ask.CoverageQuery{Log: log, Range: r, Now: now, Ledger: ledger})
			one.Coverage = got
			return reader.Part(ctx, "coverage", err, &one.Trouble)
		})
	}
	return covered, ask.Together(ctx, questions...)
}
