package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/store/access"
	"signpost/views"
	"signpost/web/ask"
)

// foundUsers is how many users the search for emergency accounts shows.
const foundUsers = 20

// alertSettings is the page of the settings about emergency accounts and webhooks.
func (s *Server) alertSettings(c echo.Context) error {
	said, err := doneOf(c, "q")
	if err != nil {
		return err
	}
	find := strings.TrimSpace(c.QueryParam("q"))
	if utf8.RuneCountInString(find) > maxSearch || !utf8.ValidString(find) {
		return store.BadParam{Param: "q", Problem: "is longer than 200 characters, or no text."}
	}
	return s.alertPage(c, http.StatusOK, views.AlertSettingsPage{Done: said, Find: find})
}

func (s *Server) alertPage(c echo.Context, status int, page views.AlertSettingsPage) error {
	settings, err := s.settingsNow(c)
	if err != nil {
		return err
	}
	page.Shell = s.shell(c, "Alerts", views.NavSettings).OnWatches()
	page.HasWebhooks, page.HasFolder, page.HasMail = s.Sends.Webhooks, s.Sends.Folder, s.MailServer != nil
	if page.Field != "hosts" {
		page.Hosts = strings.Join(settings.WebhookHosts, "\n")
	}
	for _, a := range settings.Emergency {
		page.Emergency = append(page.Emergency, views.Link{Label: a.Name, Address: a.ID})
	}
	if page.Find != "" {
		month, _ := store.PresetRange("30d", s.Now())
		err := ask.Together(c.Request().Context(), func(ctx context.Context) error {
			found, err := s.present(c).Entities(ctx, store.EntitiesQuery{Kind: store.ObjectUser, Range: month, Text: page.Find, Sort: store.SortName, Limit: foundUsers})
			page.FoundMore = found.Next != nil
			for _, r := range found.Rows {
				page.Found = append(page.Found, views.Link{Label: firstNonEmpty(r.Name, r.Username, r.ID), Address: r.ID})
			}
			return err
		})
		if err != nil {
			return err
		}
		people := seenBy(viewer(c))
		for _, one := range page.Found {
			people.person(one.Address, "", one.Label)
		}
		if err := s.record(c, people.into(access.Record{Action: access.Search, Query: "users: " + page.Find})); err != nil {
			return err
		}
	}
	return render(c, status, views.AlertSettings(page))
}

// setAlertSettings keeps the allowed hosts, and picks emergency accounts or takes them out.
func (s *Server) setAlertSettings(c echo.Context) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	if s.Settings == nil || s.Subscriptions == nil {
		return store.ErrNotFound
	}
	settings, err := s.settingsNow(c)
	if err != nil {
		return err
	}
	id := store.FoldCase(strings.TrimSpace(form.Get("id")))
	without := slices.DeleteFunc(slices.Clone(settings.Emergency), func(a auth.EmergencyAccount) bool { return a.ID == id })
	switch form.Get("do") {
	case "hosts":
		hosts, err := auth.WebhookHosts(form.Get("hosts"))
		if problem, ok := problemWith(err); ok {
			return s.alertPage(c, http.StatusUnprocessableEntity, views.AlertSettingsPage{Field: "hosts", Problem: problem, Hosts: form.Get("hosts")})
		}
		settings.WebhookHosts = hosts
	case "pick":
		name := strings.TrimSpace(form.Get("name"))
		switch {
		case id == "" || len(id) > maxSearch || len(name) > maxSearch*4:
			return echo.NewHTTPError(http.StatusBadRequest, "The form does not say which user to pick.")
		case len(without) >= auth.MaxEmergency:
			return s.alertPage(c, http.StatusUnprocessableEntity, views.AlertSettingsPage{Field: "emergency", Problem: "At most 20 emergency accounts can be picked. Take one out first."})
		}
		settings.Emergency = append(without, auth.EmergencyAccount{ID: id, Name: firstNonEmpty(name, id)})
	case "unpick":
		settings.Emergency = without
	default:
		return echo.NewHTTPError(http.StatusBadRequest, "The form does not say what to do.")
	}
	said := strings.TrimSpace(form.Get("do") + " " + id + " " + strings.Join(strings.Fields(form.Get("hosts")), " "))
	if err := s.record(c, access.Record{Action: access.Settings, Query: said}); err != nil {
		return err
	}
	if form.Get("do") == "pick" {
		if err := s.ensureEmergency(c.Request().Context()); err != nil {
			return err
		}
	}
	if err := s.Settings.SetSettings(c.Request().Context(), settings); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, views.AlertSettingsPath+"?done=saved")
}

// emergencyWatches are the watches that come with the portal: successful sign-ins apart from all others.
var emergencyWatches = []auth.Terms{
	{Name: "Emergency account signed in", Address: "status=success", Zone: "UTC", Minutes: 60},
	{Name: "Emergency account: sign-in without success", Address: "status.not=success", Zone: "UTC", Minutes: 60},
}

// ensureEmergency adds the watches of the emergency accounts that are missing.
func (s *Server) ensureEmergency(ctx context.Context) error {
	list, err := s.Subscriptions.Subscriptions(ctx, 0)
	if err != nil {
		return err
	}
	for _, t := range emergencyWatches {
		if slices.ContainsFunc(list, func(sub auth.Subscription) bool { return sub.Kind == auth.KindEmergency && sub.Terms.Name == t.Name }) {
			continue
		}
		if _, err := s.Subscriptions.AddSubscription(ctx, auth.Subscription{Kind: auth.KindEmergency, Terms: t, Created: s.Now().UTC()}); err != nil {
			return err
		}
	}
	return nil
}
