package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"signpost/store"
	"signpost/store/access"
	"signpost/views"
	"signpost/web/ask"
)

// riskyObject is the page of a risky user, or of a risky service principal or agent.
func (s *Server) riskyObject(kind store.StateKind) echo.HandlerFunc {
	return func(c echo.Context) error {
		if done, err := s.asked(c); done {
			return err
		}
		query, bad := s.parseRiskyObject(withoutReason(c.QueryParams()), kind, s.now(c))
		if len(bad) > 0 {
			return bad
		}
		query.ID = store.FoldCase(idParam(c))
		ctx, reader, release, err := s.openSnapshot(c)
		if err != nil {
			return err
		}
		defer release()
		found, err := ask.RiskyObject{
			Of: ask.RiskyKinds(kind), ID: query.ID, Range: query.Range, Moment: query.Moment, Within: time.Duration(query.Hours) * time.Hour,
			Each: query.Each, SignalsAfter: query.After, HistoryAfter: query.HistoryAfter, Kept: s.keptFor(reader),
		}.Ask(ctx, reader.Reader)
		if err != nil {
			return err
		}
		page := views.RiskyObjectPage{Query: query, KnownRisk: *found, Now: s.Now()}
		page.Shell = s.shell(c, page.Title(), views.NavProtection)
		if page.State != nil {
			if page.Slots.Panel, err = s.triagePanel(c, page.Shell, ask.TargetOfRisky(page.State)); err != nil {
				return err
			}
		}
		if err := s.recordRiskyObject(c, &page); err != nil {
			return err
		}
		return render(c, http.StatusOK, views.RiskyObject(page))
	}
}

// recordRiskyObject records the page of a risky object with the records on it.
func (s *Server) recordRiskyObject(c echo.Context, page *views.RiskyObjectPage) error {
	shown := seenBy(viewer(c))
	switch {
	case page.State != nil:
		shown.risky(page.State)
	case page.Of == store.StateRiskyUser:
		shown.person(page.Known.ID, page.Known.Username(), page.Title())
	}
	listed := map[store.Ref]bool{} // the timeline has records of the other lists too
	add := func(e store.Entry) {
		head := e.Head()
		if ref := (store.Ref{Log: head.Log, ID: head.ID}); !listed[ref] {
			listed[ref] = true
			shown.entry(e)
		}
	}
	for i := range page.ListedSignIns() {
		add(page.SignIns[i].Entry)
	}
	for _, row := range page.Loose {
		add(row.Entry)
	}
	for i := range page.Signals {
		if s := page.Signals[i].SignIn; s != nil {
			add(s.Entry)
		}
		for _, row := range page.Signals[i].Detections {
			add(row.Entry)
		}
	}
	for _, trail := range []*ask.Trail{page.Next, page.Changes} {
		if trail == nil {
			continue
		}
		for _, part := range trail.Parts {
			shown.all(part.Rows)
		}
	}
	return s.record(c, shown.into(access.Record{Action: access.Open, RecordID: page.Known.ID, Query: "risk " + recordedRange(page.Query.Range)}))
}

// parseRiskyObject reads the address of the page of a kind. It reports bad parameters and keeps their defaults.
func (s *Server) parseRiskyObject(params url.Values, kind store.StateKind, now time.Time) (views.RiskyObjectQuery, store.BadParams) {
	q := views.RiskyObjectQuery{List: kind, Hours: views.RiskyHours()[0]}
	var bad store.BadParams
	wrong := func(param, value, problem string) {
		bad = append(bad, store.BadParam{Param: param, Value: value, Problem: problem})
	}
	dates := url.Values{}
	for param, values := range params {
		switch {
		case !slices.Contains([]string{views.ParamSignals, views.ParamHours, views.ParamSince, views.ParamAfter, views.ParamChanges}, param):
			dates[param] = values
		case len(values) > 1:
			wrong(param, strings.Join(values, ", "), "is given more than once. Keep one.")
		}
	}
	if value := params.Get(views.ParamSignals); value != "" {
		if q.Each = value == views.SignalsEach; !q.Each {
			wrong(views.ParamSignals, value, "is no way to list the signals. Take it out of the address.")
		}
	}
	if value := params.Get(views.ParamHours); value != "" {
		if n, err := strconv.Atoi(value); err != nil || !slices.Contains(views.RiskyHours(), n) {
			wrong(views.ParamHours, value, "is no number of hours that the page knows. Choose 6, 24 or 72.")
		} else {
			q.Hours = n
		}
	}
	if value := params.Get(views.ParamSince); value != "" {
		at, err := time.Parse(time.RFC3339Nano, value)
		if err != nil || !store.InReach(at) {
			wrong(views.ParamSince, value, "is no time. Write it like 2026-10-31T14:05:00Z.")
		} else {
			q.Moment = at.UTC()
		}
	}
	var badPlace store.BadParams
	q.After, badPlace = placeAmong(params, views.ParamAfter, ask.RiskSignalLogs(kind), "is no place in the timeline. Begin with the newest signals.")
	bad = append(bad, badPlace...)
	q.HistoryAfter, badPlace = placeAmong(params, views.ParamChanges, []store.Log{""}, "is no place in the history. Begin with the newest changes.")
	bad = append(bad, badPlace...)
	parsed, more := s.parseSome(dates, rangeParams, now)
	q.Range = parsed.Range
	return q, append(bad, more...)
}

// placeAmong reads a place in a list of some logs; nil for none.
func placeAmong(params url.Values, param string, logs []store.Log, problem string) (*store.Cursor, store.BadParams) {
	value := params.Get(param)
	if value == "" {
		return nil, nil
	}
	at, err := store.ParseCursor(value)
	if err != nil || !slices.Contains(logs, at.Log) {
		return nil, store.BadParams{{Param: param, Value: value, Problem: problem}}
	}
	return &at, nil
}
