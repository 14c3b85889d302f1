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

// paneTarget is the element that takes a sign-in's details next to the list.
const paneTarget = "pane"

// signInDetails is the page of one sign-in, or its details alone for the pane next to a list.
func (s *Server) signInDetails(c echo.Context) error {
	c.Response().Header().Add("Vary", "HX-Request, HX-Target")
	v := viewer(c)
	tab := c.QueryParam("tab")
	if views.NeedsConditionalAccess(tab) && !v.MaySeeConditionalAccess() {
		return forbiddenClass(auth.ConditionalAccessData)
	}
	whole, ok := views.AsksWhole(c.QueryParam("whole"))
	if !ok {
		return store.BadParam{Param: "whole", Value: c.QueryParam("whole"), Problem: "knows one value: yes."}
	}
	list, err := listOf(c.Param("log"))
	if err != nil {
		return err
	}
	from, err := s.listPlace(v, list.Log, c.QueryParam(listParam))
	if err != nil {
		return err
	}
	ctx, reader, release, err := s.openSnapshot(c)
	if err != nil {
		return err
	}
	defer release()
	page := views.DetailsPage{
		Shell: s.shell(c, "Sign-in", views.NavLogs), Tab: tab, Now: s.Now(), From: from,
		ConditionalAccess: v.MaySeeConditionalAccess(), Pane: fragmentTarget(c.Request()) == paneTarget, Whole: whole,
		RelatedOnly: tab == views.TabRelated && fragmentTarget(c.Request()) == views.RelatedTarget,
	}
	if err := s.fillDetails(ctx, reader, list.Log, idParam(c), &page); err != nil {
		return err
	}
	switch {
	case views.IsOnlyMeTarget(fragmentTarget(c.Request())) && page.OnlyMe != nil:
		return render(c, http.StatusOK, views.OnlyMeAnswer(page))
	case page.Pane:
		return render(c, http.StatusOK, views.DetailsPane(page))
	case page.RelatedOnly:
		return render(c, http.StatusOK, views.Related(page))
	}
	return render(c, http.StatusOK, views.Details(page))
}

// fillDetails asks for a sign-in and for what its page shows around it.
func (s *Server) fillDetails(ctx context.Context, reader snapshot, log store.Log, id string, page *views.DetailsPage) error {
	err := ask(ctx, func(ctx context.Context) (err error) {
		page.Record, err = reader.SignIn(ctx, log, id)
		return err
	})
	if err != nil {
		return err
	}
	if page.Tab != "" && !views.IsDetailsTab(page.Tab) {
		return echo.NewHTTPError(http.StatusBadRequest, "A sign-in has no section "+page.Tab+".")
	}
	if page.RelatedOnly {
		return s.fillRelated(ctx, reader, page)
	}
	for _, version := range page.Record.Versions {
		page.Raw = append(page.Raw, views.JSON(version.Doc))
	}
	page.Envelope, page.Unknown = s.unread(page.Record)
	page.Export, page.Lacks = s.lacks(page.Record)
	page.Misread = s.misread(page.Record)
	if page.Tab == views.TabOnlyMe && views.AsksOnlyMe(page.Record.SignIn()) {
		if err := s.fillOnlyMe(ctx, reader, page); err != nil {
			return err
		}
	}
	if err := s.fillNeighbours(ctx, reader, page); err != nil {
		return err
	}
	if !views.ShowsRelated(page.Tab) {
		return nil
	}
	return s.fillRelated(ctx, reader, page)
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

// misread gives the properties that a version holds in a shape that is not read.
func (s *Server) misread(record store.Record) (list []*store.Property) {
	if s.Misread == nil {
		return nil
	}
	for _, version := range record.Versions {
		for _, p := range s.Misread(version.Doc) {
			if !slices.Contains(list, p) {
				list = append(list, p)
			}
		}
	}
	return list
}

// lacks gives the properties that no version can have, where all of them come from one kind of export.
func (s *Server) lacks(record store.Record) (export string, properties []*store.Property) {
	if s.Lacks == nil {
		return "", nil
	}
	for i, version := range record.Versions {
		name, lacking := s.Lacks(version.Doc)
		if i > 0 && name != export {
			return "", nil
		}
		export, properties = name, lacking
	}
	return export, properties
}

func addMissing(list, more []store.KeyValue) []store.KeyValue {
	for _, kv := range more {
		if !slices.ContainsFunc(list, func(there store.KeyValue) bool { return strings.EqualFold(there.Key, kv.Key) }) {
			list = append(list, kv)
		}
	}
	return list
}

// idParam gives the id in the address. Where an address has escapes of its own (an id with a slash), the router matches it as
// it was sent and leaves them in.
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
