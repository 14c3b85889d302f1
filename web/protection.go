package web

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/store/access"
	"signpost/store/risk"
	"signpost/views"
	"signpost/web/ask"
)

// protectionRows is the number of rows on a page of a list behind the overview.
const protectionRows = 50

// protectionOverview registers the overview of Identity Protection.
func (s *Server) protectionOverview() {
	s.get(views.ProtectionPath, auth.PageProtection, s.protection)
}

// protection is the overview, or the list behind one of its numbers.
func (s *Server) protection(c echo.Context) error {
	page := views.ProtectionPage{Shell: s.shell(c, "Identity Protection", views.NavProtection), Now: s.Now()}
	page.Query, page.Bad = s.parseProtection(c.QueryParams(), s.now(c))
	page.Query.Location = page.Shell.Zone.Location()
	if len(page.Bad) > 0 {
		return render(c, http.StatusBadRequest, views.Protection(page))
	}
	ctx, reader, release, err := s.openSnapshot(c)
	if err != nil {
		return err
	}
	defer release()
	page.Query.InScope = !reader.scope.IsZero()
	if page.Query.List != nil {
		err = s.protectionList(ctx, reader, &page)
	} else {
		err = s.protectionNumbers(ctx, c, reader, &page)
	}
	if err != nil {
		return err
	}
	shown := seenBy(viewer(c))
	shown.protection(&page)
	if err := s.record(c, shown.into(access.Record{Action: access.List, Query: recordedProtection(&page.Query)})); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.Protection(page))
}

func (s *Server) protectionList(ctx context.Context, reader snapshot, page *views.ProtectionPage) error {
	page.Shell.Title = page.ListTitle()
	return ask.Together(ctx, func(ctx context.Context) (err error) {
		page.Rows, err = page.Query.AskList(ctx, reader.Reader)
		return reader.Part(ctx, "list of Identity Protection", err, &page.RowsTrouble)
	})
}

func (s *Server) protectionNumbers(ctx context.Context, c echo.Context, reader snapshot, page *views.ProtectionPage) error {
	logs := ask.LogsOf(store.ObjectUser)
	return ask.Together(ctx,
		func(ctx context.Context) (err error) {
			page.Answer, err = page.Query.Ask(ctx, reader.Reader)
			return err
		},
		func(ctx context.Context) (err error) {
			page.Covered, err = s.coverageOfLogs(ctx, reader, viewer(c), logs, page.Query.Range, page.Now)
			return err
		},
		func(ctx context.Context) (err error) {
			_, page.AllSince, err = reader.Begins(ctx, logs, page.Now)
			var unsaid ask.Trouble // without it numbers are compared as they are
			return reader.Part(ctx, "oldest sign-in", err, &unsaid)
		},
	)
}

// parseProtection reads the address of the overview.
func (s *Server) parseProtection(params url.Values, now time.Time) (q ask.ProtectionQuery, bad store.BadParams) {
	q = ask.ProtectionQuery{Now: now, Limit: protectionRows, Atlas: &s.riskPlaces}
	rest := maps.Clone(params)
	take := func(param string) string {
		if len(params[param]) > 1 {
			bad = append(bad, store.BadParam{Param: param, Value: strings.Join(params[param], ", "), Problem: "is given more than once. Keep one."})
		}
		delete(rest, param)
		value := strings.TrimSpace(params.Get(param))
		if utf8.RuneCountInString(value) > store.MaxValueLength || !utf8.ValidString(value) {
			bad = append(bad, store.BadParam{Param: param, Problem: "is too long, or no text. Open the page from the overview."})
			return ""
		}
		return value
	}
	if q.Level = take(views.ProtectionLevel); q.Level != "" && !slices.Contains(ask.RiskyLevels(), q.Level) {
		bad = append(bad, store.BadParam{Param: views.ProtectionLevel, Value: q.Level, Problem: "is not a level. Choose low, medium or high."})
	}
	if name := take(views.ParamList); name != "" {
		list, ok := ask.ProtectionListNamed(name)
		if !ok {
			bad = append(bad, store.BadParam{Param: views.ParamList, Value: name, Problem: "is not a list of this page. Open one from the overview."})
		}
		q.List = list
	}
	bad = append(bad, parseProtectionSubject(params, take, &q)...)
	delete(rest, views.ParamAfter)
	bad = append(bad, parseProtectionPlace(params[views.ParamAfter], &q)...)
	query, badRange := s.parseSome(rest, rangeParams, now)
	q.Range = query.Range
	return q, append(bad, badRange...)
}

// parseProtectionSubject reads what a list is of. A parameter of another list is a mistake.
func parseProtectionSubject(params url.Values, take func(string) string, q *ask.ProtectionQuery) (bad store.BadParams) {
	refuse := func(param, list string) {
		bad = append(bad, store.BadParam{Param: param, Value: params.Get(param), Problem: "belongs to the list " + list + ". Take it out of the address."})
	}
	for _, param := range []string{views.ProtectionTechnique, views.ProtectionState} {
		if params.Has(param) && q.List != ask.TechniqueList {
			refuse(param, ask.TechniqueList.Name)
		}
	}
	for _, param := range []string{views.ProtectionCountry, views.ProtectionCity} {
		if params.Has(param) && q.List != ask.PlaceList {
			refuse(param, ask.PlaceList.Name)
		}
	}
	if q.Technique = take(views.ProtectionTechnique); q.Technique == "" && q.List == ask.TechniqueList {
		bad = append(bad, store.BadParam{Param: views.ProtectionTechnique, Problem: "is missing. Open the list from the overview."})
	}
	switch state := take(views.ProtectionState); state {
	case "":
	case views.ProtectionOpen:
		q.Open = true
	default:
		bad = append(bad, store.BadParam{Param: views.ProtectionState, Value: state, Problem: "knows one value: " + views.ProtectionOpen + "."})
	}
	q.Place.Country, q.Place.City = take(views.ProtectionCountry), take(views.ProtectionCity)
	if !params.Has(views.ProtectionCity) {
		q.Place.City = ask.AnyCity
	}
	return bad
}

// parseProtectionPlace reads the places that a page of a list goes on after.
func parseProtectionPlace(after []string, q *ask.ProtectionQuery) (bad store.BadParams) {
	wrong := func(text string) store.BadParams {
		return store.BadParams{{Param: views.ParamAfter, Value: text, Problem: "is no place in this list. Begin with its newest rows."}}
	}
	for _, text := range after {
		switch {
		case q.List == nil:
			return wrong(text)
		case q.List.OfTurns():
			at, err := store.ParseTablePlace(text)
			if err != nil || len(after) > 1 {
				return wrong(text)
			}
			q.AfterTurn = &at
		default:
			at, err := store.ParseCursor(text)
			logs := append(ask.LogsOf(store.ObjectUser), risk.Users)
			if err != nil || !slices.Contains(logs, at.Log) || len(after) > len(logs) {
				return wrong(text)
			}
			q.After = append(q.After, at)
		}
	}
	return nil
}

// protection adds the people whom the page names.
func (n *seen) protection(page *views.ProtectionPage) {
	turn := func(t *ask.TurnRow) {
		if !n.isOwn(t.ID) {
			n.rows++
			n.person(t.ID, t.Names.Username, t.Names.Name)
		}
	}
	if page.Rows != nil {
		for _, row := range page.Rows.Rows {
			n.entry(row.Entry)
		}
		for i := range page.Rows.Turns {
			turn(&page.Rows.Turns[i])
		}
	}
	if page.Answer == nil {
		return
	}
	for _, a := range page.Answer.Activities {
		switch {
		case a.Detection != nil:
			n.entry(a.Detection)
		case a.SignIn != nil:
			n.entry(a.SignIn)
		case a.Turn != nil:
			turn(a.Turn)
		}
	}
}

// recordedProtection is the query of the page as the access log stores it.
func recordedProtection(q *ask.ProtectionQuery) string {
	text := recordedRange(q.Range)
	v := views.ProtectionValues(q)
	for _, param := range rangeParams {
		v.Del(param)
	}
	v.Del(views.ParamAfter)
	if len(v) > 0 {
		text += "&" + v.Encode()
	}
	return text
}
