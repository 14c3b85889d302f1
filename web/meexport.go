package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"signpost/store"
	"signpost/views"
)

// meChunk is how many rows of a download are read at a time.
const meChunk = 500

// meExport is the download of everything that the query of the own sign-ins finds, written as it is read.
func (s *Server) meExport(f views.MeFormat) echo.HandlerFunc {
	return func(c echo.Context) error {
		params := c.QueryParams()
		query, bad := s.parseMe(params)
		for _, param := range []string{"after", "before", "limit"} {
			if params.Has(param) {
				bad = append(bad, store.BadParam{Param: param, Problem: "is not for a download, which holds every page. Take it out of the address."})
			}
		}
		if len(bad) > 0 {
			return bad
		}
		own, found, err := s.meFound(c, query)
		if err != nil {
			return err
		}
		out := &download{c: c, name: f.FileName(query.Range), contentType: f.ContentType(), client: http.NewResponseController(c.Response())}
		if c.Request().Method == http.MethodHead {
			out.begin()
			return nil
		}
		return s.download(c, out, func(ctx context.Context) error {
			file, err := f.Begin(out)
			for chunk := range slices.Chunk(found, meChunk) {
				if err != nil {
					break
				}
				var signIns []views.MeSignIn
				if signIns, err = s.meSignIns(ctx, own, chunk); err == nil {
					err = file.Add(signIns)
				}
			}
			return errors.Join(err, file.End())
		})
	}
}

// meFound gives which of the viewer's own sign-ins the query finds. More than are looked at cannot be given whole, and a part
// would pass for everything.
func (s *Server) meFound(c echo.Context, query views.MeQuery) (*ownSignIns, []int, error) {
	v := viewer(c)
	if v.Person().IsEmpty() {
		return &ownSignIns{}, nil, nil
	}
	own, err := s.ownSignIns(c.Request().Context(), v, query.Range)
	if err != nil {
		return nil, nil, err
	}
	if !own.cut.IsZero() {
		return nil, nil, store.BadParam{Param: "range", Value: query.Range.String(), Problem: fmt.Sprintf(
			"has more than %s sign-ins of yours, which is more than a download holds. Choose a shorter one with from and to.", views.Number(maxOwnSignIns))}
	}
	zone, _ := zoneOf(c)
	return own, own.find(query, zone), nil
}
