package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/views"
)

// columns answers the columns panel. Save stores the choice and shows it, and Apply once only shows it. Back to default
// deletes the choice, and Default widths deletes the widths. The buttons that move a column show the panel open again and
// store nothing.
func (s *Server) columns(c echo.Context) error {
	f, err := s.panelForm(c)
	if err != nil {
		return err
	}
	if f.Get("do") == "widths" {
		if err := s.Preferences.SetPreference(c.Request().Context(), viewer(c).Account.ID, auth.WidthsOf(f.list.Name()), ""); err != nil {
			return err
		}
		return c.Redirect(http.StatusSeeOther, f.list.URL(f.query.Values()))
	}
	v := viewer(c)
	var tenants []string
	if v.MayReadLogs() {
		if tenants, err = s.storeOf(c).Tenants(c.Request().Context()); err != nil {
			return err
		}
	}
	defaults := f.list.DefaultColumns(v.MaySeeConditionalAccess(), len(tenants) > 1)
	if len(defaults) == 0 {
		return echo.NewHTTPError(http.StatusBadRequest, "The columns of this log are fixed.")
	}
	chosen, problem, err := s.chosenColumns(v, f)
	if err != nil {
		return err
	}
	moved, isMove := moveColumn(chosen, f.Values)
	if isMove {
		chosen = moved
	}
	if f.Get("do") == "default" {
		chosen, problem = defaults, ""
	} else if len(chosen) == 0 && problem == "" {
		problem = "A list needs at least one column besides the date. Choose one."
	}
	if problem != "" {
		return s.listPage(c, &views.Refused{Panel: views.PanelColumns, Problem: problem, Columns: chosen})
	}
	f.query.Columns = chosen
	if slices.Equal(chosen, defaults) {
		f.query.Columns = nil
	}
	switch do := f.Get("do"); {
	case isMove:
		return c.Redirect(http.StatusSeeOther, f.list.PanelURL(f.query, views.PanelColumns)+columnAnchor(f.Values, chosen))
	case do == "save", do == "default":
		if err := s.keepColumns(c, f); err != nil {
			return err
		}
	case do != "once":
		return echo.NewHTTPError(http.StatusBadRequest, "The form does not say what to do.")
	}
	return c.Redirect(http.StatusSeeOther, f.list.URL(f.query.Values()))
}

func (s *Server) keepColumns(c echo.Context, f panelForm) error {
	names := make([]string, len(f.query.Columns))
	for i, p := range f.query.Columns {
		names[i] = p.Name
	}
	return s.Preferences.SetPreference(c.Request().Context(), viewer(c).Account.ID, auth.ColumnsOf(f.list.Name()), strings.Join(names, ","))
}

// chosenColumns reads the columns of the form, each once, in order; problem names those that do not exist.
func (s *Server) chosenColumns(v Viewer, f panelForm) (chosen []*store.Property, problem string, err error) {
	form := f.Values
	named := slices.Concat(form["column"], form["up"], form["down"], form["remove"])
	if err := s.refuseWithheld(v, f.list, url.Values{"cols": {strings.Join(named, ",")}}); err != nil {
		return nil, "", err
	}
	for _, name := range form["column"] {
		p, ok := f.list.Kind().Column(name)
		switch {
		case !ok:
			problem = "There is no column " + name + ". The others are kept."
		case !slices.Contains(chosen, p):
			chosen = append(chosen, p)
		}
	}
	return chosen, problem, nil
}

// moveColumn moves a column up or down, or removes it, as a button of the form says; ok is false for any other button.
func moveColumn(columns []*store.Property, form url.Values) (moved []*store.Property, ok bool) {
	for _, button := range []string{"up", "down", "remove"} {
		if !form.Has(button) {
			continue
		}
		moved = slices.Clone(columns)
		i := slices.IndexFunc(moved, func(p *store.Property) bool { return p.Name == form.Get(button) })
		switch {
		case i < 0:
		case button == "up" && i > 0:
			moved[i-1], moved[i] = moved[i], moved[i-1]
		case button == "down" && i < len(moved)-1:
			moved[i], moved[i+1] = moved[i+1], moved[i]
		case button == "remove":
			moved = slices.Delete(moved, i, i+1)
		}
		return moved, true
	}
	return nil, false
}

// columnAnchor gives the fragment of the address after a column was moved. The keyboard then stands on that column.
func columnAnchor(form url.Values, columns []*store.Property) string {
	name := form.Get("up") + form.Get("down")
	if !slices.ContainsFunc(columns, func(p *store.Property) bool { return p.Name == name }) {
		return ""
	}
	return "#column-" + url.PathEscape(name)
}
