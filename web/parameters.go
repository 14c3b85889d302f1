package web

import (
	"cmp"
	"net/url"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"signpost/store"
	"signpost/views"
)

// now is the time of a request, in the zone of its viewer: this zone decides which days today and yesterday
// are. An answer that this process itself makes has the time that it is as of.
func (s *Server) now(c echo.Context) time.Time {
	if d, ok := deliveredOf(c.Request().Context()); ok {
		return d.at
	}
	zone, _ := zoneOf(c)
	return s.Now().In(zone.Location())
}

// parseSome reads the address of a page that takes only some of a log's parameters, with the same rules.
// Without a named range it is a month.
func (s *Server) parseSome(params url.Values, some []string, now time.Time) (store.Query, store.BadParams) {
	known := url.Values{}
	var unknown store.BadParams
	for param, values := range params {
		if slices.Contains(some, param) {
			known[param] = values
			continue
		}
		unknown = append(unknown, store.BadParam{Param: param, Problem: "is not a parameter of this page. Take it out of the address."})
	}
	slices.SortFunc(unknown, func(a, b store.BadParam) int { return cmp.Compare(a.Param, b.Param) })
	if !namesRange(known) {
		known.Set("range", views.MonthRange)
	}
	query, bad := store.SignIns.ParseQuery(known, now)
	return query, append(bad, unknown...)
}

// rangeParams are the parameters of the date filter.
var rangeParams = []string{"range", "from", "to"}

// namesRange says whether the parameters name a range of their own.
func namesRange(params url.Values) bool {
	return slices.ContainsFunc(rangeParams, params.Has)
}
