package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/store/access"
	"signpost/views"
	"signpost/web/ask"
)

// fillKept gives the page the stored choices of its viewer: columns, views, and the views that lists begin with.
func (s *Server) fillKept(ctx context.Context, v Viewer, page *views.LogPage) error {
	saved, err := s.Views.SavedViews(ctx, v.Account.ID)
	if err != nil {
		return fmt.Errorf("read the saved views: %w", err)
	}
	page.Kept = s.keptColumns(v)
	page.Kept.Defaults = map[string]string{}
	page.Saved.MayRemoveShared = v.MayRemoveSharedViews()
	offer := func(view views.SavedView) {
		if view.List.Kind() != page.List.Kind() {
			return
		}
		if isWithheld(v, view) {
			if !view.Own {
				return
			}
			view = view.Withhold()
		}
		page.Saved.Offered = append(page.Saved.Offered, view)
		if v.Preferences.DefaultViews[view.List.Name()] != view.ID || view.Broken != "" {
			return
		}
		page.Kept.Defaults[view.List.Name()] = view.URL(page.Kept)
		if view.List.Is(page.List) {
			page.Saved.Default = view.ID
		}
	}
	for _, kept := range saved {
		if view, err := s.viewOf(v, kept); err == nil {
			offer(view)
		}
	}
	for _, view := range s.looks.ProductViews(s.HomeCountry) {
		offer(view)
	}
	return nil
}

// viewOf is a stored view as pages show it; an error where its list no longer exists.
func (s *Server) viewOf(v Viewer, kept auth.SavedView) (views.SavedView, error) {
	list, err := listOf(s.looks, kept.List)
	return views.SavedView{
		ID: strconv.FormatInt(kept.ID, 10), Name: kept.Name, List: list, Query: kept.Query,
		Own: kept.OwnerID == v.Account.ID, Owner: kept.Owner, Shared: kept.Shared, Pinned: slices.Contains(v.Preferences.Pinned, strconv.FormatInt(kept.ID, 10)),
	}.Check(s.Now()), err
}

// offeredView gives one view of the list that the viewer may open. ErrNotFound is the same for a view that is missing, is not
// shared, belongs to another list or names data that they may not see.
func (s *Server) offeredView(ctx context.Context, v Viewer, list views.List, id string) (views.SavedView, error) {
	view, err := s.viewByID(ctx, v, list, id)
	if err != nil {
		return view, err
	}
	if !view.List.Is(list) || isWithheld(v, view) {
		return views.SavedView{}, store.ErrNotFound
	}
	return view, nil
}

// isWithheld says that the view is of a log that the viewer may not read, or names data that they may not see.
func isWithheld(v Viewer, view views.SavedView) bool {
	return !v.MaySee(view.List.Info().Read) || slices.ContainsFunc(v.hiddenOf(view.List.Kind()), view.Names)
}

// removableView is offeredView for deleting. A viewer who has lost a right can still delete an own view that needs it.
func (s *Server) removableView(ctx context.Context, v Viewer, list views.List, id string) (views.SavedView, error) {
	view, err := s.viewByID(ctx, v, list, id)
	if err == nil && view.List.Is(list) && view.Own {
		return view, nil
	}
	return s.offeredView(ctx, v, list, id)
}

func (s *Server) viewByID(ctx context.Context, v Viewer, list views.List, id string) (views.SavedView, error) {
	for _, view := range s.looks.ProductViews(s.HomeCountry) {
		if view.List.Is(list) && view.ID == id {
			return view, nil
		}
	}
	number, err := strconv.ParseInt(id, 10, 64)
	if err != nil || strconv.FormatInt(number, 10) != id {
		return views.SavedView{}, store.ErrNotFound
	}
	kept, err := s.Views.SavedView(ctx, v.Account.ID, number)
	if errors.Is(err, auth.ErrNoView) {
		return views.SavedView{}, store.ErrNotFound
	}
	if err != nil {
		return views.SavedView{}, fmt.Errorf("read the saved view: %w", err)
	}
	return s.viewOf(v, kept)
}

// viewsPanel is the list with its saved views open, for the forms about them.
func (s *Server) viewsPanel(c echo.Context) error {
	list, err := s.listFor(c)
	if err != nil {
		return err
	}
	params, _ := splitPanel(c.QueryParams())
	address := list.Path() + "?" + panelParam + "=" + views.PanelViews
	if len(params) > 0 {
		address += "&" + params.Encode()
	}
	return c.Redirect(http.StatusSeeOther, address)
}

// openView leads to the list in the view's state.
func (s *Server) openView(c echo.Context) error {
	list, err := s.listFor(c)
	if err != nil {
		return err
	}
	v, ctx := viewer(c), c.Request().Context()
	view, err := s.offeredView(ctx, v, list, c.Param("view"))
	if err != nil {
		return err
	}
	if view.Product && view.ID == views.HomeCountryView && view.Query == "" {
		home, err := s.homeCountry(ctx, s.present(c))
		if err != nil {
			return err
		}
		if home == "" {
			return s.writeProblem(c, noHomeCountry())
		}
		view.Query = views.HomeCountryQuery(home)
	}
	return c.Redirect(http.StatusSeeOther, view.URL(s.keptColumns(v)))
}

// homeCountry is the most frequent country of the interactive log's last 30 days; empty where none is known.
func (s *Server) homeCountry(ctx context.Context, reader snapshot) (home string, err error) {
	month, _ := store.PresetRange("30d", s.Now())
	err = ask.Together(ctx, func(ctx context.Context) error {
		facets, err := reader.Facets(ctx, store.FacetsQuery{
			ListQuery: store.ListQuery{Log: store.Interactive, Range: month}, Fields: []*store.Field{views.HomeField()}, Top: 1,
		})
		if err == nil && len(facets) > 0 && len(facets[0].Values) > 0 {
			home = facets[0].Values[0].Value
		}
		return err
	})
	return home, err
}

func noHomeCountry() views.Problem {
	return views.Problem{
		Status: http.StatusNotFound, Title: "No home country is known",
		Message: "The home country is the commonest one of the interactive log, and none of its sign-ins of the last 30 days has one.",
		Advice:  "Import newer logs, or start Signpost with --home-country and the two letters of the country.",
		Link:    "/logs/interactive", LinkText: "Go to the log",
	}
}

// keepView answers the two forms about the list's views as a whole. One saves the list's state as a new view. The other chooses the
// view that the list begins with.
func (s *Server) keepView(c echo.Context) error {
	f, err := s.panelForm(c)
	if err != nil {
		return err
	}
	if err := s.record(c, access.Record{Action: access.View, Log: f.list.Log, Query: strings.TrimSpace(f.Get("do") + " " + f.Get("name"))}); err != nil {
		return err
	}
	switch f.Get("do") {
	case "save":
		refused := views.Refused{Panel: views.PanelViews, Name: f.Get("name"), Shared: f.Get("shared") == "yes"}
		err = s.addView(c, f, &refused)
		if refused.Problem != "" {
			return s.listPage(c, &refused)
		}
	case "default":
		err = s.setDefaultView(c, f)
	default:
		err = echo.NewHTTPError(http.StatusBadRequest, "The form does not say what to do.")
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, f.list.PanelURL(f.query, views.PanelViews))
}

func (s *Server) addView(c echo.Context, f panelForm, form *views.Refused) error {
	name, err := auth.ViewName(form.Name)
	if err == nil {
		_, err = s.Views.AddSavedView(c.Request().Context(), auth.SavedView{
			OwnerID: viewer(c).Account.ID, Name: name, Shared: form.Shared,
			List: f.list.Name(), Query: views.ViewQuery(f.list, f.query), Created: s.Now().UTC(),
		})
	}
	form.Problem, _ = problemWith(err)
	return err
}

func (s *Server) setDefaultView(c echo.Context, f panelForm) error {
	v, ctx, id := viewer(c), c.Request().Context(), f.Get("view")
	if id != "" {
		if _, err := s.offeredView(ctx, v, f.list, id); err != nil {
			return err
		}
	}
	return s.Preferences.SetPreference(ctx, v.Account.ID, auth.DefaultViewOf(f.list.Name()), id)
}

// changeView renames, shares or deletes a view of the viewer's own; administrators also delete shared views of others. For
// everybody else a view that others share gets the same answer as a missing one.
func (s *Server) changeView(c echo.Context) error {
	f, err := s.panelForm(c)
	if err != nil {
		return err
	}
	if err := s.record(c, access.Record{Action: access.View, Log: f.list.Log, RecordID: c.Param("view"), Query: strings.TrimSpace(f.Get("do") + " " + f.Get("name"))}); err != nil {
		return err
	}
	v := viewer(c)
	do, find := f.Get("do"), s.offeredView
	if do == "delete" {
		find = s.removableView
	}
	view, err := find(c.Request().Context(), v, f.list, c.Param("view"))
	if err != nil {
		return err
	}
	if view.Product || !view.Own && (do != "delete" || !v.MayRemoveSharedViews()) {
		return store.ErrNotFound
	}
	refused := views.Refused{Panel: views.PanelViews, View: view.ID, Name: f.Get("name")}
	err = s.applyToView(c.Request().Context(), v, view, do, refused.Name)
	if problem, ok := problemWith(err); ok {
		refused.Problem = problem
		return s.listPage(c, &refused)
	}
	if errors.Is(err, auth.ErrNoView) {
		return store.ErrNotFound // deleted or no longer shared since it was looked up
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, f.list.PanelURL(f.query, views.PanelViews))
}

// pin puts an own view before or after the other pinned ones, or unpins it. It also unpins views that no longer exist. A view that
// cannot be opened now stays pinned: the viewer's role or the list may come back.
func (s *Server) pin(ctx context.Context, v Viewer, id, do string) error {
	var pinned []string
	for _, other := range v.Preferences.Pinned {
		if other == id {
			continue
		}
		_, err := s.pinnedView(ctx, v, other)
		if err != nil && !errors.Is(err, auth.ErrNoView) {
			return err
		}
		if err == nil {
			pinned = append(pinned, other)
		}
	}
	switch do {
	case "pin":
		pinned = append(pinned, id)
	case "first":
		pinned = slices.Insert(pinned, 0, id)
	}
	if len(pinned) > auth.MaxPinned {
		return auth.Invalid{Field: "view", Problem: fmt.Sprintf("%d views can be pinned. Unpin one first.", auth.MaxPinned)}
	}
	return s.Preferences.SetPreference(ctx, v.Account.ID, auth.PreferencePinned, strings.Join(pinned, ","))
}

// pinnedViews are the views in the viewer's navigation: the pinned ones that still exist and can be opened.
func (s *Server) pinnedViews(ctx context.Context, v Viewer) (pinned []views.SavedView) {
	for _, id := range v.Preferences.Pinned {
		kept, err := s.pinnedView(ctx, v, id)
		if err != nil { // the page must not fail for its navigation
			if !errors.Is(err, auth.ErrNoView) {
				s.Log.WarnContext(ctx, "read a pinned view", "view", id, "error", err)
			}
			continue
		}
		if view, err := s.viewOf(v, kept); err == nil && view.Own && view.Broken == "" && !isWithheld(v, view) {
			pinned = append(pinned, view)
		}
	}
	return pinned
}

// pinnedView gives a view by its name in the preference; auth.ErrNoView where there is none.
func (s *Server) pinnedView(ctx context.Context, v Viewer, id string) (auth.SavedView, error) {
	number, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return auth.SavedView{}, auth.ErrNoView
	}
	return s.Views.SavedView(ctx, v.Account.ID, number)
}

// pinnedLinks lead to the pinned views.
func (s *Server) pinnedLinks(c echo.Context) (links []views.LogsLink) {
	for _, view := range s.pinnedViews(c.Request().Context(), viewer(c)) {
		links = append(links, views.LogsLink{Name: "view " + view.ID, Label: view.Name, Icon: "views", Address: view.List.Path() + "/views/" + view.ID})
	}
	return links
}

func (s *Server) applyToView(ctx context.Context, v Viewer, view views.SavedView, do, typed string) error {
	id, err := strconv.ParseInt(view.ID, 10, 64)
	if err != nil {
		return fmt.Errorf("id of a saved view: %w", err)
	}
	change := func(set func(*auth.SavedView)) error { return s.Views.ChangeSavedView(ctx, v.Account.ID, id, set) }
	switch do {
	case "rename":
		name, err := auth.ViewName(typed)
		if err != nil {
			return err
		}
		return change(func(kept *auth.SavedView) { kept.Name = name })
	case "share", "unshare":
		return change(func(kept *auth.SavedView) { kept.Shared = do == "share" })
	case "pin", "unpin", "first":
		return s.pin(ctx, v, view.ID, do)
	case "delete":
		return s.Views.RemoveSavedView(ctx, v.Account.ID, id, v.MayRemoveSharedViews())
	}
	return echo.NewHTTPError(http.StatusBadRequest, "The form does not say what to do.")
}
