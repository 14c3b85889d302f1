package web

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/store/access"
	"signpost/views"
)

// guardsNames says that names of files, folders and mails are withheld from a person with these rights by the settings. Where
// the settings cannot be read, they are withheld.
func (s *Server) guardsNames(ctx context.Context, rights auth.Rights) bool {
	if !rights.MaySee(auth.ActivityData) || rights.MaySee(auth.ContentData) {
		return false
	}
	if s.Settings == nil {
		return false
	}
	settings, err := s.Settings.Settings(ctx)
	if err != nil {
		s.Log.WarnContext(ctx, "read the settings", "error", err)
	}
	return err != nil || settings.GuardNames
}

// activitySettings is the page of the settings about Microsoft 365 activity.
func (s *Server) activitySettings(c echo.Context) error {
	said, err := doneOf(c)
	if err != nil {
		return err
	}
	settings, err := s.settingsNow(c)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.ActivitySettings(views.ActivitySettingsPage{
		Shell: s.shell(c, "Microsoft 365 activity", views.NavSettings), GuardNames: settings.GuardNames, Done: said,
	}))
}

// setActivitySettings keeps the settings about Microsoft 365 activity.
func (s *Server) setActivitySettings(c echo.Context) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	if s.Settings == nil {
		return store.ErrNotFound
	}
	if form.Get("do") != "save" {
		return echo.NewHTTPError(http.StatusBadRequest, "The form does not say what to do.")
	}
	settings, err := s.settingsNow(c)
	if err != nil {
		return err
	}
	settings.GuardNames = form.Get("guard") == "yes"
	if err := s.record(c, access.Record{Action: access.Settings, Query: "guard=" + form.Get("guard")}); err != nil {
		return err
	}
	if err := s.Settings.SetSettings(c.Request().Context(), settings); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, views.ActivitySettingsPath+"?done=saved")
}
