package web

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/store/access"
	"signpost/views"
	"signpost/web/ask"
)

// insightSettings is the page of the settings about reports.
func (s *Server) insightSettings(c echo.Context) error {
	said, err := doneOf(c)
	if err != nil {
		return err
	}
	return s.renderInsightSettings(c, http.StatusOK, views.InsightSettingsPage{Done: said})
}

func (s *Server) renderInsightSettings(c echo.Context, status int, page views.InsightSettingsPage) error {
	settings, err := s.settingsNow(c)
	if err != nil {
		return err
	}
	page.Shell = s.shell(c, "Usage & insights", views.NavSettings)
	page.IsPreset, page.Moves = settings.Sensitive == nil, settings.Moves
	ctx, reader, release, err := s.openSnapshot(c)
	if err != nil {
		return err
	}
	defer release()
	err = ask.Together(ctx,
		func(ctx context.Context) (err error) {
			page.Sensitive, err = ask.SensitiveApps(ctx, reader.Reader, settings.Sensitive)
			return err
		},
		func(ctx context.Context) (err error) {
			page.Names, err = ask.NamesOfApps(ctx, reader.Reader, slices.Sorted(maps.Values(settings.Moves)))
			return err
		},
	)
	if err != nil {
		return err
	}
	return render(c, status, views.InsightSettings(page))
}

// maxSensitive and maxMoves bound what administrators can set.
const (
	maxSensitive = 100
	maxMoves     = 1000
)

// setInsightSettings changes one application or one mapping.
func (s *Server) setInsightSettings(c echo.Context) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	if s.Settings == nil {
		return store.ErrNotFound
	}
	settings, err := s.settingsNow(c)
	if err != nil {
		return err
	}
	do, app, party := form.Get("do"), store.FoldCase(strings.TrimSpace(form.Get("app"))), store.PlainURI(form.Get("party"))
	said, err := changeInsightSettings(&settings, do, app, party)
	var refused refusedSetting
	switch {
	case errors.As(err, &refused):
		return s.renderInsightSettings(c, http.StatusUnprocessableEntity, views.InsightSettingsPage{
			Problem: string(refused), Form: do, App: strings.TrimSpace(form.Get("app")), Party: strings.TrimSpace(form.Get("party")),
		})
	case err != nil:
		return err
	}
	if err := s.record(c, access.Record{Action: access.Settings, Query: strings.TrimSpace("do=" + do + " " + strings.TrimSpace(party+" "+app))}); err != nil {
		return err
	}
	if err := s.Settings.SetSettings(c.Request().Context(), settings); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, views.InsightSettingsPath+"?done="+said)
}

// refusedSetting says what is wrong with what was typed.
type refusedSetting string

func (r refusedSetting) Error() string { return string(r) }

// changeInsightSettings changes the settings as a form asks, and gives what to say.
func changeInsightSettings(settings *auth.Settings, do, app, party string) (said string, err error) {
	marked := func() []string {
		if settings.Sensitive != nil {
			return settings.Sensitive
		}
		ids := []string{}
		for _, of := range ask.SensitivePreset() {
			ids = append(ids, of.ID)
		}
		return ids
	}
	switch do {
	case views.DoPreset:
		settings.Sensitive = nil
	case views.DoUnmark:
		settings.Sensitive = slices.DeleteFunc(slices.Clone(marked()), func(id string) bool { return id == app })
	case views.DoMark:
		list := marked()
		switch {
		case !store.IsGUID(app):
			return "", refusedSetting("Give the application ID: 32 digits with hyphens, as on the page of the application.")
		case slices.Contains(list, app):
			return "", refusedSetting("This application is marked already.")
		case len(list) >= maxSensitive:
			return "", refusedSetting("At most 100 applications can be marked. Remove one first.")
		}
		settings.Sensitive = append(slices.Clone(list), app)
	case views.DoUnmove:
		settings.Moves = maps.Clone(settings.Moves)
		delete(settings.Moves, party)
	case views.DoMove:
		switch {
		case party == "" || len(party) > store.MaxValueLength:
			return "", refusedSetting("Give the ID of the relying party, such as urn:contoso:travel, with at most 1,000 characters.")
		case !store.IsGUID(app):
			return "", refusedSetting("Give the application ID: 32 digits with hyphens, as on the page of the application.")
		case len(settings.Moves) >= maxMoves && settings.Moves[party] == "":
			return "", refusedSetting("At most 1,000 relying parties can have a mapping. Remove one first.")
		}
		moves := maps.Clone(settings.Moves)
		if moves == nil {
			moves = map[string]string{}
		}
		moves[party] = app
		settings.Moves = moves
	default:
		return "", echo.NewHTTPError(http.StatusBadRequest, "The form does not say what to do.")
	}
	return "saved", nil
}
