package web

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"signpost/store"
	"signpost/store/access"
	"signpost/views"
	"signpost/web/ask"
)

// searchParam is the text of the search box.
const searchParam = "q"

// search leads to the meaning of a text: a sign-in, a filtered log, or the choice where it may mean several things.
func (s *Server) search(c echo.Context) error {
	params := c.QueryParams()
	text, within, bad := s.parseSearch(params, s.now(c))
	page := views.SearchPage{Shell: s.shell(c, "Search", views.NavSearch), Typed: text, Range: within, Bad: bad, Now: s.Now()}
	if len(bad) > 0 {
		return render(c, http.StatusBadRequest, views.Search(page))
	}
	question := ask.Search{Text: store.ParseSearch(text), Within: within, Chosen: namesRange(params)}
	if question.Text.IsEmpty() {
		page.Search = question.Text
		return render(c, http.StatusOK, views.Search(page))
	}
	ctx, reader, release, err := s.openSnapshot(c)
	if err != nil {
		return err
	}
	defer release()
	if page.Found, err = question.Ask(ctx, reader.Reader); err != nil {
		return err
	}
	if err := s.record(c, access.Record{Action: access.Search, Query: text}); err != nil {
		return err
	}
	if found, ok := page.Only(); ok {
		return c.Redirect(http.StatusSeeOther, views.FindingURL(found))
	}
	return render(c, http.StatusOK, views.Search(page))
}

// parseSearch reads the address of the search. It looks for the text within the range; without a named range,
// within a month.
func (s *Server) parseSearch(params url.Values, now time.Time) (text string, within store.Range, bad store.BadParams) {
	rest := maps.Clone(params)
	delete(rest, searchParam)
	query, bad := s.parseSome(rest, rangeParams, now)
	text = strings.TrimSpace(params.Get(searchParam))
	switch {
	case len(params[searchParam]) > 1:
		bad = append(bad, store.BadParam{Param: searchParam, Problem: "is given more than once. Keep one."})
	case utf8.RuneCountInString(text) > store.MaxValueLength:
		bad = append(bad, store.BadParam{Param: searchParam, Problem: "is too long: at most 1,000 characters are searched for. Shorten it."})
	}
	return text, query.Range, bad
}
