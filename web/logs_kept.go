package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/views"
)

// maxLogsAddress bounds the address of the list that a session comes back to, in bytes: every page holds it.
const maxLogsAddress = 8 << 10

// logsAddress is the address of the navigation's link to the logs: the list that this session opened last. Without one it
// is the view that the viewer's list begins with, else that list with the columns stored for it.
func (s *Server) logsAddress(c echo.Context, list views.List) string {
	v := viewer(c)
	if path, _, _ := strings.Cut(v.LogsAddress, "?"); path != "" {
		if last, err := listOf(s.looksFor(v), strings.TrimPrefix(path, "/logs/")); err == nil && last.Kind() == list.Kind() {
			return v.LogsAddress
		}
	}
	list.Legacy = v.Preferences.Legacy && list.Log == store.Interactive
	kept := s.keptColumns(v)
	view, err := s.defaultView(c.Request().Context(), v, list)
	switch {
	case err == nil:
		return view.URL(kept)
	case !errors.Is(err, store.ErrNotFound):
		// A page must not fail because of a link.
		s.Log.WarnContext(c.Request().Context(), "default view", "id", requestIDOf(c), "error", err)
	}
	return list.StartURL(kept)
}

// defaultView is the view that the viewer's list begins with; ErrNotFound where there is none, or where it cannot be
// opened.
func (s *Server) defaultView(ctx context.Context, v Viewer, list views.List) (views.SavedView, error) {
	id := v.Preferences.DefaultViews[list.Name()]
	if id == "" {
		return views.SavedView{}, store.ErrNotFound
	}
	view, err := s.offeredView(ctx, v, list, id)
	if err == nil && view.Broken != "" {
		err = store.ErrNotFound
	}
	return view, err
}

// keptColumns gives the viewer's stored columns. It omits those that no longer exist or that the viewer may no longer see.
func (s *Server) keptColumns(v Viewer) views.Kept {
	kept := views.Kept{Columns: map[string][]*store.Property{}}
	for name, columns := range v.Preferences.Columns {
		list, err := listOf(s.looks, name)
		if err != nil {
			continue // of a log that no longer exists
		}
		for _, column := range columns {
			if p, ok := list.Kind().Column(column); ok && v.MaySee(p.Class) {
				kept.Columns[name] = append(kept.Columns[name], p)
			}
		}
	}
	return kept
}

// answerList writes a list's page with the stored choices of its viewer, and remembers the list.
func (s *Server) answerList(c echo.Context, page views.LogPage) error {
	if err := s.fillKept(c.Request().Context(), viewer(c), &page); err != nil {
		return err
	}
	switch {
	case page.Refused != nil:
		page.Shell.Here = page.List.URL(page.Query.Values()) // a GET of the form's own address is not answered
		return render(c, http.StatusBadRequest, views.Logs(page))
	case len(page.Bad) > 0:
		return render(c, http.StatusBadRequest, views.Logs(page))
	}
	if err := s.recordList(c, &page); err != nil {
		return err
	}
	address := page.List.KeptURL(page.Query)
	for i, link := range page.Shell.Viewer.Logs {
		if link.Name == page.Shell.Active {
			page.Shell.Viewer.Logs[i].Address = address
		}
	}
	if err := render(c, http.StatusOK, views.Logs(page)); err != nil {
		return err
	}
	s.remember(c, &page, address)
	return nil
}

// logLinks lead to the logs that the viewer may read: one link for each kind of records.
func (s *Server) logLinks(c echo.Context) (links []views.LogsLink) {
	for _, list := range s.looksFor(viewer(c)).Lists() {
		link := list.NavLink()
		if !slices.ContainsFunc(links, func(other views.LogsLink) bool { return other.Name == link.Name }) {
			link.Address = s.logsAddress(c, list)
			links = append(links, link)
		}
	}
	return links
}

// remember notes the list as the one that this session opened last, and whether it was the legacy view. If that cannot be
// noted (a full disk), people can still read.
func (s *Server) remember(c echo.Context, page *views.LogPage, address string) {
	v, ctx := viewer(c), c.Request().Context()
	if c.Request().Method != http.MethodGet || isFragment(c.Request()) {
		return
	}
	var errs []error
	if address != v.LogsAddress && len(address) <= maxLogsAddress {
		errs = append(errs, s.Sessions.KeepLogsAddress(ctx, v.session, address))
	}
	if page.List.Log == store.Interactive && page.List.Legacy != v.Preferences.Legacy {
		value := ""
		if page.List.Legacy {
			value = auth.PreferenceOn
		}
		errs = append(errs, s.Preferences.SetPreference(ctx, v.Account.ID, auth.PreferenceLegacy, value))
	}
	if err := errors.Join(errs...); err != nil {
		s.Log.WarnContext(ctx, "remember the list", "id", requestIDOf(c), "error", err)
	}
}
