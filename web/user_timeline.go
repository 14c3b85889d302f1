package web

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"signpost/store"
	"signpost/store/access"
	"signpost/views"
	"signpost/web/ask"
)

// timelineRows is the number of records on a page of a timeline.
const timelineRows = 50

// userTimeline shows what a user did and what was done to the user, over all logs.
func (s *Server) userTimeline(c echo.Context) error {
	if done, err := s.asked(c); done {
		return err
	}
	v := viewer(c)
	question := ask.Timeline{UserID: store.FoldCase(idParam(c)), Limit: timelineRows}
	if err := s.refuseTimeline(v, c.QueryParams()); err != nil {
		return err
	}
	logs := slices.DeleteFunc(ask.TimelineLogs(s.storeFor(v).Catalog()), s.hiddenLogs(v))
	if bad := s.parseTimeline(withoutReason(c.QueryParams()), logs, &question, s.now(c)); len(bad) > 0 {
		return bad
	}
	ctx, reader, release, err := s.openSnapshot(c)
	if err != nil {
		return err
	}
	defer release()
	known, err := ask.Object{Kind: store.ObjectUser, ID: question.UserID}.Ask(ctx, reader.Reader)
	if err != nil {
		return err
	}
	question.Username = known.Username()
	answer, err := question.Ask(ctx, reader.Reader)
	if err != nil {
		return err
	}
	page := views.TimelinePage{Looks: s.looksFor(v), User: views.EntityPage{KnownObject: *known}, Asked: question, UserTimeline: *answer, Now: s.Now()}
	page.Shell = s.shell(c, "Timeline of "+page.User.Title(), views.NavOf(store.ObjectUser))
	shown := seenBy(v)
	shown.person(known.ID, known.Username(), page.User.Title())
	for _, row := range answer.Rows {
		shown.entry(row.Entry)
	}
	if err := s.record(c, shown.into(access.Record{Action: access.Open, RecordID: known.ID, Query: recordedRange(question.Range)})); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.Timeline(page))
}

// refuseTimeline refuses an address that names a log that the viewer may not read, by its name or by a place in it.
func (s *Server) refuseTimeline(v Viewer, params url.Values) error {
	for _, name := range params[views.TimelineLogParam] {
		if err := s.refuseLog(v, store.Log(name)); err != nil {
			return err
		}
	}
	for _, text := range params["after"] {
		if at, err := store.ParseCursor(text); err == nil {
			if err := s.refuseLog(v, at.Log); err != nil {
				return err
			}
		}
	}
	return nil
}

// parseTimeline reads the range, the logs and the places of a timeline. logs are those that the viewer may read.
func (s *Server) parseTimeline(params url.Values, logs []store.Log, q *ask.Timeline, now time.Time) (bad store.BadParams) {
	rest := maps.Clone(params)
	delete(rest, views.TimelineLogParam)
	delete(rest, "after")
	for _, name := range params[views.TimelineLogParam] {
		if !slices.Contains(logs, store.Log(name)) {
			names := make([]string, len(logs))
			for i, log := range logs {
				names[i] = string(log)
			}
			bad = append(bad, store.BadParam{Param: views.TimelineLogParam, Value: name, Problem: "is no log of this timeline. It has " + strings.Join(names, ", ") + "."})
			continue
		}
		q.Logs = append(q.Logs, store.Log(name))
	}
	for _, text := range params["after"] {
		at, err := store.ParseCursor(text)
		if err != nil || !slices.Contains(logs, at.Log) || len(params["after"]) > len(logs) {
			return append(bad, store.BadParam{Param: "after", Value: text, Problem: "is no place in this timeline. Begin with its newest records."})
		}
		q.After = append(q.After, at)
	}
	query, badRange := s.parseSome(rest, rangeParams, now)
	q.Range = query.Range
	return append(bad, badRange...)
}
