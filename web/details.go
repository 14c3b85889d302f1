package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/views"
)

// signInDetails is the page of one sign-in.
func (s *Server) signInDetails(c echo.Context) error {
	v := viewer(c)
	tab := c.QueryParam("tab")
	if views.NeedsConditionalAccess(tab) && !v.MaySeeConditionalAccess() {
		return forbiddenClass(auth.ConditionalAccessData)
	}
	list, err := listOf(c.Param("log"))
	if err != nil {
		return err
	}
	ctx, release, err := s.Store.Snapshot(c.Request().Context())
	if err != nil {
		return err
	}
	defer release()
	var record store.Record
	err = ask(ctx, func(ctx context.Context) (err error) {
		record, err = s.Store.SignIn(ctx, list.Log, idParam(c))
		return err
	})
	if err != nil {
		return err
	}
	if tab != "" && !views.IsDetailsTab(tab) {
		return echo.NewHTTPError(http.StatusBadRequest, "A sign-in has no section "+tab+".")
	}
	if !v.MaySeeConditionalAccess() {
		withholdConditionalAccess(&record)
	}
	page := views.DetailsPage{
		Shell: s.shell(c, "Sign-in", views.NavLogs), Record: record, Tab: tab, Now: s.Now(),
		ConditionalAccess: v.MaySeeConditionalAccess(),
	}
	for _, version := range record.Versions {
		page.Raw = append(page.Raw, views.JSON(version.Doc))
	}
	page.Envelope, page.Unknown = s.unread(record)
	if views.ShowsRelated(tab) {
		if err := s.fillRelated(ctx, &page); err != nil {
			return err
		}
	}
	return render(c, http.StatusOK, views.Details(page))
}

// unread gives what the versions hold that no field is read from: of a key that several of them have, the newest. What
// the viewer may not see has been taken out of the documents before.
func (s *Server) unread(record store.Record) (envelope, unknown []store.KeyValue) {
	if s.Unread == nil {
		return nil, nil
	}
	for _, version := range slices.Backward(record.Versions) {
		around, inside := s.Unread(version.Doc)
		envelope, unknown = addMissing(envelope, around), addMissing(unknown, inside)
	}
	return envelope, unknown
}

func addMissing(list, more []store.KeyValue) []store.KeyValue {
	for _, kv := range more {
		if !slices.ContainsFunc(list, func(there store.KeyValue) bool { return strings.EqualFold(there.Key, kv.Key) }) {
			list = append(list, kv)
		}
	}
	return list
}

// idParam gives the id in the address. The router matches the address as it was sent where that has
// escapes of its own (an id with a slash), and then leaves them in.
func idParam(c echo.Context) string {
	id := c.Param("id")
	if c.Request().URL.RawPath == "" {
		return id
	}
	if plain, err := url.PathUnescape(id); err == nil {
		return plain
	}
	return id
}
