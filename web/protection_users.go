package web

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
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

// riskyRoutes registers the lists, files and pages of risky users, service principals and agents.
func (s *Server) riskyRoutes() {
	for path, kind := range map[string]store.StateKind{views.RiskyUsersPath: store.StateRiskyUser, views.RiskyPrincipalsPath: store.StateRiskyPrincipal} {
		s.get(path, auth.PageProtection, s.riskyObjects(kind))
		for _, format := range views.RiskyFormats() {
			s.get(path+"."+format.Name, auth.PageProtection, s.riskyFile(kind, format))
		}
		s.get(path+"/:id", auth.PageProtection, s.riskyObject(kind))
	}
}

// riskyObjects is the list of risky users, or of risky service principals and agents.
func (s *Server) riskyObjects(kind store.StateKind) echo.HandlerFunc {
	return func(c echo.Context) error {
		query, bad := s.parseRisky(c.QueryParams(), kind, s.now(c))
		page := views.RiskyListPage{Query: query, Bad: bad, Typed: c.QueryParams(), Now: s.Now()}
		page.Shell = s.shell(c, views.RiskyTitle(query.Of), views.NavProtection)
		if len(bad) > 0 {
			return render(c, http.StatusBadRequest, views.RiskyObjects(page))
		}
		ctx, reader, release, err := s.openSnapshot(c)
		if err != nil {
			return err
		}
		defer release()
		asked, err := s.openHere(ctx, reader.Reader, query)
		if err != nil {
			return err
		}
		found, err := ask.RiskyStates{Query: asked, Edges: dayEdges(s.now(c), query.Days)}.Ask(ctx, reader.Reader)
		if err != nil {
			return err
		}
		page.RiskyList = *found
		if page.Slots, err = s.riskySlots(c, page.Shell, page.Page.Rows); err != nil {
			return err
		}
		if err := s.recordRisky(c, access.List, page.Page.Rows, query); err != nil {
			return err
		}
		return render(c, http.StatusOK, views.RiskyObjects(page))
	}
}

// dayEdges are the edges of the last days in the zone of now, today among them.
func dayEdges(now time.Time, days int) []time.Time {
	year, month, day := now.Date()
	edges := make([]time.Time, days+1)
	for i := range edges {
		edges[i] = time.Date(year, month, day-days+1+i, 0, 0, 0, 0, now.Location())
	}
	return edges
}

// recordRisky records risky objects that are about to be shown.
func (s *Server) recordRisky(c echo.Context, action access.Action, rows []store.Risky, query views.RiskyListQuery) error {
	listed := seenBy(viewer(c))
	for i := range rows {
		listed.risky(&rows[i])
	}
	address, err := url.Parse(query.URL())
	if err != nil {
		return err
	}
	return s.record(c, listed.into(access.Record{Action: action, Query: strings.TrimSpace("risky " + address.RawQuery)}))
}

// risky adds a risky object. The viewer's own does not count as one of others.
func (n *seen) risky(r *store.Risky) {
	if r.Of == store.StateRiskyUser {
		if n.isOwn(r.ID) {
			return
		}
		n.person(r.ID, r.Names.Username, r.Names.Name)
	}
	n.rows++
}

// parseRisky reads the address of a list. It reports bad parameters and keeps their defaults.
func (s *Server) parseRisky(params url.Values, kind store.StateKind, now time.Time) (views.RiskyListQuery, store.BadParams) {
	q := views.RiskyListQuery{RiskyQuery: store.RiskyQuery{Of: kind, Sort: store.RiskyByUpdated, Limit: store.DefaultLimit}, Days: views.RiskyDays()[0]}
	var bad store.BadParams
	wrong := func(param, value, problem string) {
		bad = append(bad, store.BadParam{Param: param, Value: value, Problem: problem})
	}
	lists := map[string]*[]string{risk.LevelField.Name: &q.Levels, risk.StateField.Name: &q.States, risk.DetailField.Name: &q.Details}
	dates := url.Values{}
	for param, values := range params {
		switch {
		case lists[param] != nil:
			*lists[param] = parseWords(param, values, wrong)
		case !slices.Contains(views.RiskyParams(), param) || param == "limit" && params.Get(param) != "":
			dates[param] = values
		case len(values) > 1:
			wrong(param, strings.Join(values, ", "), "is given more than once. Keep one.")
		}
	}
	parsed, more := s.parseSome(dates, append([]string{"limit"}, rangeParams...), now)
	bad = append(bad, more...)
	if q.Limit = parsed.Limit; namesRange(dates) {
		q.Updated = parsed.Range
	}
	if q.Text = strings.TrimSpace(params.Get("q")); utf8.RuneCountInString(q.Text) > store.MaxValueLength || !utf8.ValidString(q.Text) {
		wrong("q", "", "is too long, or no text: look for at most 1,000 characters.")
		q.Text = ""
	}
	switch value := params.Get("kind"); {
	case value == "":
	case value == views.KindAgents && kind == store.StateRiskyPrincipal:
		q.Of = store.StateRiskyAgent
	default:
		wrong("kind", value, "is none that this list knows. Take it out of the address.")
	}
	switch value := params.Get(views.ParamOpen); {
	case value == "":
	case value != "yes":
		wrong(views.ParamOpen, value, "knows one value: yes.")
	case len(q.States) > 0 && !slices.ContainsFunc(q.States, isOpenState):
		wrong(views.ParamOpen, value, "asks for the states at risk and confirmed compromised. Choose one of them, or no state.")
	default:
		q.Open = true
	}
	parseRiskyOrder(params, &q, wrong)
	q.After, q.Before = parsePlace(params.Get("after"), "after", wrong), parsePlace(params.Get("before"), "before", wrong)
	if q.After != nil && q.Before != nil {
		wrong("before", "", "contradicts after. Keep one of them.")
		q.Before = nil
	}
	if value := params.Get(views.ParamDays); value != "" {
		if n, err := strconv.Atoi(value); err != nil || !slices.Contains(views.RiskyDays(), n) {
			wrong(views.ParamDays, value, "is no number of days that the picture can have. Choose 7, 30 or 90.")
		} else {
			q.Days = n
		}
	}
	return q, bad
}

// parseRiskyOrder reads the order of the rows and its direction.
func parseRiskyOrder(params url.Values, q *views.RiskyListQuery, wrong func(param, value, problem string)) {
	if value := params.Get("sort"); value != "" {
		if !slices.Contains(store.RiskySorts(), store.RiskySort(value)) {
			wrong("sort", value, "is not an order. Choose updated, level or name.")
		} else {
			q.Sort = store.RiskySort(value)
		}
	}
	switch value := params.Get("dir"); value {
	case "":
	case "asc":
		q.Reverse = q.Sort != store.RiskyByName
	case "desc":
		q.Reverse = q.Sort == store.RiskyByName
	default:
		wrong("dir", value, "is no direction. Choose asc or desc.")
	}
}

// maxWord bounds the characters of a value of an enumeration, maxWords how many a filter names.
const (
	maxWord  = 100
	maxWords = 50
)

// parseWords reads the values of an enumeration. Any word may be one that is newer than this program.
func parseWords(param string, values []string, wrong func(param, value, problem string)) (words []string) {
	for _, value := range values {
		value = strings.TrimSpace(value)
		switch {
		case value == "":
		case utf8.RuneCountInString(value) > maxWord || !utf8.ValidString(value):
			wrong(param, "", "has a value that is too long, or no text. Take it out of the address.")
		case len(words) == maxWords:
			wrong(param, "", "has more than "+strconv.Itoa(maxWords)+" values. Choose fewer.")
			return words
		case !slices.Contains(words, value):
			words = append(words, value)
		}
	}
	slices.Sort(words)
	return words
}

// riskyFile is such a list as a file: all its rows, in the order of the page. Each part of it is recorded before it is written.
func (s *Server) riskyFile(kind store.StateKind, format views.RiskyFormat) echo.HandlerFunc {
	return func(c echo.Context) error {
		if done, err := s.asked(c); done {
			return err
		}
		query, bad := s.parseRisky(withoutReason(c.QueryParams()), kind, s.now(c))
		if len(bad) > 0 {
			return bad
		}
		end, err := s.beginDownload(c)
		if err != nil {
			return err
		}
		defer end()
		out := &download{c: c, name: views.RiskyFileName(query.Of, format, s.Now()), contentType: format.ContentType}
		if c.Request().Method == http.MethodHead {
			out.begin()
			return nil
		}
		spool, err := os.CreateTemp("", "signpost-risky-*")
		if err != nil {
			return err
		}
		defer os.Remove(spool.Name()) //nolint:errcheck // nobody reads it again
		defer spool.Close()           //nolint:errcheck // it was read, or is of no use
		if err := s.spoolRisky(c, query, format.New(spool, query.Of)); err != nil {
			return err
		}
		if _, err := spool.Seek(0, io.SeekStart); err != nil {
			return err
		}
		return s.download(c, out, func(context.Context) error {
			_, err := io.Copy(out, spool)
			return err
		})
	}
}

// spoolRisky writes the rows on disk: a client may take long, and nothing of the store is held by then.
func (s *Server) spoolRisky(c echo.Context, query views.RiskyListQuery, file views.RiskyFile) error {
	ctx, reader, release, err := s.openSnapshot(c)
	if err != nil {
		return err
	}
	defer release()
	asked, err := s.openHere(ctx, reader.Reader, query)
	if err != nil {
		return err
	}
	err = ask.RiskyStates{Query: asked}.Each(ctx, reader.Reader, func(rows []store.Risky) error {
		if err := s.recordRisky(c, access.Export, rows, query); err != nil {
			return err
		}
		for i := range rows {
			if err := file.Row(&rows[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return file.End()
}
