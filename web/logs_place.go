package web

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"signpost/store"
	"signpost/views"
)

// listParam carries the list that a sign-in was opened from. openParam carries the sign-in that is open next to a list.
const (
	listParam = "list"
	openParam = "open"
)

// splitOpen takes the sign-in that is open next to the list out of an address's parameters.
func splitOpen(params url.Values) (rest url.Values, id string) {
	if !params.Has(openParam) {
		return params, ""
	}
	rest = maps.Clone(params)
	delete(rest, openParam)
	return rest, params.Get(openParam)
}

var errNoListPlace = echo.NewHTTPError(http.StatusBadRequest, "The list that this address comes from is no list of this log. Take list= out of the address.")

// listPlace reads the address of the list that a sign-in of the log was opened from; nil where there is none. It refuses a
// list that names data its viewer may not see, as the list itself does.
func (s *Server) listPlace(v Viewer, log store.Log, address string, now time.Time) (*views.ListPlace, error) {
	if address == "" {
		return nil, nil
	}
	u, err := url.Parse(localPath(address))
	if err != nil {
		return nil, errNoListPlace
	}
	name, found := strings.CutPrefix(u.Path, "/logs/")
	list, err := listOf(s.looksFor(v), name)
	if !found || err != nil || list.Log != log {
		return nil, errNoListPlace
	}
	params, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, errNoListPlace
	}
	params, _ = splitPanel(params)
	params, _ = splitOpen(params)
	if err := s.refuseWithheld(v, list, params); err != nil {
		return nil, err
	}
	params, _ = splitPicker(params)
	params, _ = splitFacets(params)
	query, bad := list.Kind().ParseQuery(params, now)
	if len(bad) > 0 {
		return nil, errNoListPlace
	}
	query.Expanded, query.Members = nil, nil
	return &views.ListPlace{List: list, Query: query}, nil
}

// wholeList is the query of the list that a sign-in was opened from, over all its pages.
func wholeList(l *views.ListPlace) store.ListQuery {
	applied, _ := l.Query.Filter.For(l.List.Info())
	return store.ListQuery{Log: l.List.Log, Range: l.Query.Range, Filter: applied, AllEvents: l.Query.AllEvents}
}

// fillOpen fills in the sign-in that the address opens next to a list. If it does not exist, its place says so.
func (s *Server) fillOpen(ctx context.Context, reader snapshot, page *views.LogPage, id string) error {
	if id == "" {
		return nil
	}
	page.Open = &views.OpenSignIn{}
	details := views.DetailsPage{
		Look: page.List.Look, Shell: page.Shell, Now: page.Now, ConditionalAccess: page.ConditionalAccess, Pane: true, MayReveal: page.MayReveal,
		From: &views.ListPlace{List: page.List, Query: page.Query},
	}
	switch err := s.fillDetails(ctx, reader, store.Ref{Log: page.List.Log, ID: id}, &details); {
	case errors.Is(err, store.ErrNotFound):
		page.Open.Trouble = "The " + page.List.Kind().One + " that this address has open is not in this log."
		return nil
	case err != nil:
		return err
	}
	page.Open.Details = &details
	return nil
}
