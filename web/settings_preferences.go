package web

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"signpost/auth"
)

// settable are the preferences that have a form of their own. Each function gives the value to be stored ("" for the default), or says why
// it is wrong.
var settable = map[auth.PreferenceName]func(*Server, Viewer, string) (string, error){
	auth.PreferenceZone:         zonePreference,
	auth.PreferenceFacets:       oneOfTwo("open", auth.PreferenceHidden),
	auth.PreferenceClosedFacets: closedFacetsPreference,
	auth.PreferenceDensity:      oneOfTwo("comfortable", auth.PreferenceCompact),
	auth.PreferenceChart:        oneOfTwo("open", auth.PreferenceFolded),
}

// preferences stores one choice of the viewer: a form field with the name of the preference, and next. It leads to next, a page of this
// portal, else to the page of the form. It answers 204 to a script, which sends HX-Request.
func (s *Server) preferences(c echo.Context) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	next := form.Get("next")
	form.Del("next")
	if len(form) != 1 {
		return echo.NewHTTPError(http.StatusBadRequest, "The form does not name one preference.")
	}
	v, name := viewer(c), auth.PreferenceName(slices.Collect(maps.Keys(form))[0])
	canonical, ok := settable[name]
	if list, isWidths := name.WidthsList(); isWidths {
		canonical, ok = func(s *Server, v Viewer, value string) (string, error) { return s.widthsPreference(v, list, value) }, true
	}
	if !ok {
		return echo.NewHTTPError(http.StatusBadRequest, "There is no such preference.")
	}
	value, err := canonical(s, v, form.Get(string(name)))
	if err != nil {
		return err
	}
	if err := s.Preferences.SetPreference(c.Request().Context(), v.Account.ID, name, value); err != nil {
		return invalidForm(err)
	}
	if isFragment(c.Request()) {
		return c.NoContent(http.StatusNoContent)
	}
	return c.Redirect(http.StatusSeeOther, backTo(c.Request(), next))
}

// zonePreference takes UTC, the browser's zone, or an IANA name. Local is Go's name for the server's own zone. UTC is stored as a choice
// too: without one My sign-ins is in the browser's zone.
func zonePreference(_ *Server, _ Viewer, value string) (string, error) {
	switch value {
	case "UTC", auth.ZoneOfBrowser:
		return value, nil
	}
	if _, err := time.LoadLocation(value); err != nil || value == "" || value == "Local" {
		return "", echo.NewHTTPError(http.StatusBadRequest, fmt.Sprintf("%q is not a time zone. Give UTC, browser, or a name such as Europe/Oslo.", value))
	}
	return value, nil
}

// oneOfTwo takes the word for the default, and the word for the other value.
func oneOfTwo(usual, other string) func(*Server, Viewer, string) (string, error) {
	return func(_ *Server, _ Viewer, value string) (string, error) {
		switch value {
		case usual:
			return "", nil
		case other:
			return value, nil
		}
		return "", echo.NewHTTPError(http.StatusBadRequest, fmt.Sprintf("%q is not a choice: it is %s or %s.", value, usual, other))
	}
}

// closedFacetsPreference takes names of fields with commas. A plus sign stands before a field with an open facet. It refuses a name of
// Conditional Access data, as everything does.
func closedFacetsPreference(s *Server, v Viewer, value string) (string, error) {
	if value == "" {
		return "", nil
	}
	names := strings.Split(value, ",")
	for _, name := range names {
		fields := s.Store.Catalog().FieldsNamed(strings.TrimPrefix(name, "+"))
		if len(fields) == 0 {
			return "", echo.NewHTTPError(http.StatusBadRequest, fmt.Sprintf("%q is not a field of any log.", name))
		}
		for _, field := range fields {
			if !v.MaySee(field.Class) {
				return "", refusedClass(field.Class)
			}
		}
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ","), nil
}

// invalidForm turns a broken rule of package auth into a page.
func invalidForm(err error) error {
	if problem, ok := problemWith(err); ok {
		return echo.NewHTTPError(http.StatusBadRequest, problem)
	}
	return err
}
