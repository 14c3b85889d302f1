package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/views"
)

// maxWidths bounds the columns of one style sheet of widths: a list has fewer.
const maxWidths = 250

// widthsSheet answers with the style sheet that its address describes. It tells nothing about anybody.
func (s *Server) widthsSheet(c echo.Context) error {
	text, found := strings.CutSuffix(c.Param("widths"), ".css")
	parts := strings.Split(text, "-")
	if !found || len(parts) > maxWidths {
		return echo.ErrNotFound
	}
	widths := make([]int, len(parts))
	for i, part := range parts {
		width, err := strconv.Atoi(part)
		if err != nil || strconv.Itoa(width) != part || width != 0 && (width < auth.MinWidth || width > auth.MaxWidth) {
			return echo.ErrNotFound
		}
		widths[i] = width
	}
	c.Response().Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	return c.Blob(http.StatusOK, "text/css; charset=utf-8", []byte(views.WidthsSheet(widths)))
}

// widthsPreference takes the widths of some columns of a list. The stored widths of its other columns stay. Without a
// value it deletes all.
func (s *Server) widthsPreference(v Viewer, name string, value string) (string, error) {
	list, err := listOf(s.looksFor(v), name)
	if err != nil {
		return "", echo.NewHTTPError(http.StatusBadRequest, "There is no such preference.")
	}
	if value == "" {
		return "", nil
	}
	widths, ok := auth.ParseWidths(value)
	if !ok {
		return "", echo.NewHTTPError(http.StatusBadRequest, "The value is no list of widths. Give names of columns with pixels, such as user:240, from 48 to 1000.")
	}
	for column := range widths {
		known, ok := list.WidthColumn(column)
		switch {
		case !ok:
			return "", echo.NewHTTPError(http.StatusBadRequest, "This log has no column "+column+".")
		case known.ConditionalAccess && !v.MaySee(store.ConditionalAccess):
			return "", refusedClass(store.ConditionalAccess)
		}
	}
	for column, width := range v.Preferences.Widths[name] {
		if _, changed := widths[column]; !changed {
			widths[column] = width
		}
	}
	return auth.FormatWidths(widths), nil
}
