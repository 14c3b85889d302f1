package web

import (
	"errors"
	"maps"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/views"
)

// panelParam opens a panel of the command bar. It is no part of the list's state.
const panelParam = "panel"

// splitPanel takes the panel out of an address's parameters. Two panels are reported as an unknown one.
func splitPanel(params url.Values) (rest url.Values, panel string) {
	if !params.Has(panelParam) {
		return params, ""
	}
	rest = maps.Clone(params)
	delete(rest, panelParam)
	return rest, strings.Join(params[panelParam], ", ")
}

func badPanel(panel string) store.BadParams {
	if panel == "" || views.IsPanel(panel) {
		return nil
	}
	return store.BadParams{{Param: panelParam, Value: panel, Problem: "is not a panel. Choose columns or views, or take it out of the address."}}
}

// panelForm is a form of a panel. Its target address carries the list's state.
type panelForm struct {
	url.Values
	list  views.List
	query store.Query
}

// panelForm reads a form of a panel and its list.
func (s *Server) panelForm(c echo.Context) (panelForm, error) {
	var f panelForm
	var err error
	if f.list, err = s.listFor(c); err != nil {
		return f, err
	}
	params, _ := splitPanel(c.QueryParams())
	params, _ = splitOpen(params)
	var bad store.BadParams
	if f.query, bad = f.list.Kind().ParseQuery(params, s.now(c)); len(bad) > 0 {
		return f, bad
	}
	f.Values, err = postForm(c)
	return f, err
}

// problemWith is the sentence for people about a form that breaks a rule; ok is false for any other error.
func problemWith(err error) (problem string, ok bool) {
	var invalid auth.Invalid
	switch {
	case errors.As(err, &invalid):
		return invalid.Problem, true
	case errors.Is(err, auth.ErrViewNameTaken):
		return "You have a view of that name already. Choose another name.", true
	case errors.Is(err, auth.ErrTooManyViews):
		return "You have 100 saved views, which is as many as are kept. Delete one first.", true
	}
	return "", false
}
