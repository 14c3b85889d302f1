package web

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"signpost/store"
	"signpost/store/access"
	"signpost/views"
	"signpost/web/ask"
)

// flaggedRows is the number of flagged sign-ins on a page.
const flaggedRows = 10

// flagged shows the sign-ins that people flagged for review, with what else they met then.
func (s *Server) flagged(c echo.Context) error {
	question := ask.Flagged{Limit: flaggedRows}
	if bad := s.parseFlagged(c.QueryParams(), &question, s.now(c)); len(bad) > 0 {
		return bad
	}
	ctx, reader, release, err := s.openSnapshot(c)
	if err != nil {
		return err
	}
	defer release()
	answer, err := question.Ask(ctx, reader.Reader)
	if err != nil {
		return err
	}
	page := views.FlaggedPage{Shell: s.shell(c, "Flagged sign-ins", views.NavFlagged), Asked: question, FlaggedSignIns: *answer, Now: s.Now()}
	shown := seenBy(viewer(c))
	for _, story := range answer.Stories {
		for _, row := range story.Rows {
			shown.entry(row.Entry)
		}
	}
	if err := s.record(c, shown.into(access.Record{Action: access.List, Query: "flagged " + recordedRange(question.Range)})); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.Flagged(page))
}

// parseFlagged reads the range and the places of a page.
func (s *Server) parseFlagged(params url.Values, q *ask.Flagged, now time.Time) (bad store.BadParams) {
	rest := maps.Clone(params)
	delete(rest, "after")
	logs := ask.LogsOf(store.ObjectUser)
	for _, text := range params["after"] {
		at, err := store.ParseCursor(text)
		if err != nil || !slices.Contains(logs, at.Log) || len(params["after"]) > len(logs) {
			return append(bad, store.BadParam{Param: "after", Value: text, Problem: "is no place in this list. Begin with its newest sign-ins."})
		}
		q.After = append(q.After, at)
	}
	query, badRange := s.parseSome(rest, rangeParams, now)
	q.Range = query.Range
	return append(bad, badRange...)
}
