package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"signpost/store"
	"signpost/views"
	"signpost/web/ask"
)

// meChunk is the number of rows of a download that one question reads, each with its deadline.
const meChunk = 500

// meExport is the download of all own sign-ins that the query finds. It reads them in one state of the store and makes the
// whole file before the first byte goes out. They are ask.MaxOwn at most. Rows that moved meanwhile would be missing from a
// file made in pieces. The file takes a fraction of the memory of the sign-ins.
func (s *Server) meExport(f views.MeFormat) echo.HandlerFunc {
	return func(c echo.Context) error {
		params := c.QueryParams()
		zone, _ := meZone(c)
		query, bad := s.parseMe(params, s.Now().In(zone.Location()))
		for _, param := range []string{"after", "before", "limit", "fold", "expand"} {
			if params.Has(param) {
				bad = append(bad, store.BadParam{Param: param, Problem: "is not for a download, which holds every page. Take it out of the address."})
			}
		}
		if len(bad) > 0 {
			return bad
		}
		end, err := s.beginDownload(c)
		if err != nil {
			return err
		}
		defer end()
		file, stillReading, err := s.meFile(c, f, query)
		if err != nil {
			return err
		}
		out := &download{c: c, name: f.FileName(query.Range), contentType: f.ContentType(), stillReading: stillReading}
		if c.Request().Method == http.MethodHead {
			out.begin()
			return nil
		}
		return s.download(c, out, func(context.Context) error {
			for piece := range slices.Chunk(file, pacedPiece) {
				if _, err := out.Write(piece); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

// meFile makes the file.
func (s *Server) meFile(c echo.Context, f views.MeFormat, query views.MeQuery) (text []byte, stillReading bool, err error) {
	signIns, stillReading, err := s.meFound(c, query)
	if err != nil {
		return nil, false, err
	}
	var out bytes.Buffer
	file, err := f.Begin(&out)
	if err == nil {
		err = file.Add(signIns)
	}
	if err == nil {
		err = file.End()
	}
	return out.Bytes(), stillReading, err
}

// meFound gives the viewer's own sign-ins that the query finds. It refuses a range with more than ask.MaxOwn, because a part
// would pass for everything. stillReading says that the values of some may still change.
func (s *Server) meFound(c echo.Context, query views.MeQuery) (signIns []ask.OwnSignIn, stillReading bool, err error) {
	v, err := s.self(c)
	if err != nil || v.Person().IsEmpty() {
		return nil, false, err
	}
	ctx, reader, release, err := s.openOwnSnapshot(c)
	if err != nil {
		return nil, false, err
	}
	defer release()
	own, err := s.own(v).SignIns(ctx, reader.Reader, query.Range)
	if err != nil {
		return nil, false, err
	}
	if !own.Cut.IsZero() {
		return nil, false, store.BadParam{Param: "range", Value: query.Range.String(), Problem: fmt.Sprintf(
			"has more than %s sign-ins of yours, which is more than a download holds. Choose a shorter one with from and to.", views.Number(ask.MaxOwn))}
	}
	zone, _ := meZone(c)
	found := own.Find(views.MeFilter(query, zone))
	signIns = make([]ask.OwnSignIn, 0, len(found))
	for chunk := range slices.Chunk(found, meChunk) {
		read, err := own.Read(ctx, reader.Reader, chunk)
		if err != nil {
			return nil, false, err
		}
		signIns = append(signIns, read...)
	}
	return signIns, own.StillReading, nil
}
