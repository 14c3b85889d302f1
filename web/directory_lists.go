package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"signpost/store"
	"signpost/store/access"
	"signpost/views"
	"signpost/web/ask"
)

func (s *Server) users(c echo.Context) error  { return s.entities(c, store.ObjectUser) }
func (s *Server) groups(c echo.Context) error { return s.entities(c, store.ObjectGroup) }
func (s *Server) apps(c echo.Context) error   { return s.entities(c, store.ObjectApplication) }

// entities is the list of users, groups or applications.
func (s *Server) entities(c echo.Context, kind store.ObjectKind) error {
	query, bad := s.parseEntities(c.QueryParams(), kind, s.now(c))
	page := views.EntitiesPage{
		Shell: s.shell(c, views.EntitiesTitle(query.Kind), views.NavOf(query.Kind)), Query: query, Bad: bad, Typed: c.QueryParams(), Now: s.Now(),
	}
	if len(bad) > 0 {
		return render(c, http.StatusBadRequest, views.Entities(page))
	}
	ctx, reader, release, err := s.openSnapshot(c)
	if err != nil {
		return err
	}
	defer release()
	page.ObjectList, err = ask.Objects(ctx, reader.Reader, store.EntitiesQuery{
		Kind: query.Kind, Range: query.Range, Text: query.Text, Inactive: query.Inactive != "", Type: query.Type, Enabled: query.Enabled,
		Sort: query.Sort, Reverse: query.Reverse, After: query.After, Before: query.Before, Limit: query.Limit,
	}, page.Shell.Zone.Location())
	if err != nil {
		return err
	}
	if page.Covered, err = s.coverageOfLogs(ctx, reader, viewer(c), ask.LogsOf(query.Kind), query.Range, page.Now); err != nil {
		return err
	}
	listed := seenBy(viewer(c))
	for _, row := range page.Page.Rows {
		listed.rows++
		if query.Kind == store.ObjectUser {
			listed.person(row.ID, row.Username, row.Name)
		}
	}
	if err := s.record(c, listed.into(access.Record{Action: access.List, Query: query.Text})); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.Entities(page))
}

// entityParams are the parameters of the lists.
var entityParams = []string{"kind", "q", "sort", "dir", "inactive", "type", "state", "after", "before", "limit"}

// parseEntities reads the address of a list. It reports bad parameters and keeps their defaults.
func (s *Server) parseEntities(params url.Values, kind store.ObjectKind, now time.Time) (views.EntityListQuery, store.BadParams) {
	dates := url.Values{}
	var bad store.BadParams
	one := func(param string) string {
		if len(params[param]) > 1 {
			bad = append(bad, store.BadParam{Param: param, Value: strings.Join(params[param], ", "), Problem: "is given more than once. Keep one."})
		}
		return params.Get(param)
	}
	for param, values := range params {
		// An empty input of the form means nothing.
		if !slices.Contains(entityParams, param) || param == "limit" && params.Get(param) != "" {
			dates[param] = values
		}
	}
	parsed, more := s.parseSome(dates, []string{"range", "from", "to", "limit"}, now)
	q := views.EntityListQuery{Kind: kind, Range: parsed.Range, Limit: parsed.Limit, Text: strings.TrimSpace(one("q")), Type: one("type")}
	bad = append(bad, more...)
	wrong := func(param, value, problem string) {
		bad = append(bad, store.BadParam{Param: param, Value: value, Problem: problem})
	}
	if utf8.RuneCountInString(q.Text) > store.MaxValueLength {
		wrong("q", "", "is too long: look for at most 1,000 characters.")
		q.Text = ""
	}
	if value := one("kind"); value != "" {
		if kind != store.ObjectApplication || value != views.KindPrincipals {
			wrong("kind", value, "is none that this list knows. Take it out of the address, or choose principals on the page of applications.")
		} else {
			q.Kind = store.ObjectServicePrincipal
		}
	}
	switch value := one("state"); value {
	case "":
	case "enabled":
		q.Enabled = store.True
	case "disabled":
		q.Enabled = store.False
	default:
		wrong("state", value, "is neither enabled nor disabled.")
	}
	s.parseInactive(one("inactive"), dates, &q, wrong)
	parseOrder(one("sort"), one("dir"), &q, wrong)
	q.After, q.Before = parsePlace(one("after"), "after", wrong), parsePlace(one("before"), "before", wrong)
	if q.After != nil && q.Before != nil {
		wrong("before", "", "contradicts after. Keep one of them.")
		q.Before = nil
	}
	return q, bad
}

// parseInactive reads the day since which nobody of the list signed in: the range begins there.
func (s *Server) parseInactive(value string, dates url.Values, q *views.EntityListQuery, wrong func(param, value, problem string)) {
	if value == "" {
		return
	}
	day, err := time.Parse(time.DateOnly, value)
	to := s.Now().UTC().Truncate(time.Minute)
	switch {
	case err != nil:
		wrong("inactive", value, "is not a day. Write it like 2026-10-31.")
	case !day.Before(to):
		wrong("inactive", value, "is not in the past.")
	case namesRange(dates):
		wrong("inactive", value, "contradicts the range: those are listed who have not signed in from that day until now. Keep one of them.")
	default:
		q.Inactive, q.Range = value, store.Range{From: day, To: to}
	}
}

// parseOrder reads the order of the rows and its direction; see views.EntityListQuery.
func parseOrder(sort, dir string, q *views.EntityListQuery, wrong func(param, value, problem string)) {
	q.Sort, q.Reverse = q.UsualOrder()
	switch {
	case sort == "":
	case !slices.Contains(store.EntitySorts(), store.EntitySort(sort)):
		wrong("sort", sort, "is not an order. Choose name, success, failure, signins or failures.")
	default:
		q.Sort, q.Reverse = store.EntitySort(sort), false
	}
	switch dir {
	case "":
	case "asc":
		q.Reverse = q.Sort != store.SortName
	case "desc":
		q.Reverse = q.Sort == store.SortName
	default:
		wrong("dir", dir, "is no direction. Choose asc or desc.")
	}
}

func parsePlace(value, param string, wrong func(param, value, problem string)) *store.EntityPlace {
	if value == "" {
		return nil
	}
	place, err := store.ParseEntityPlace(value)
	if err != nil {
		wrong(param, value, "does not lead to a page of this list. Start again from its first page.")
		return nil
	}
	return &place
}
