package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/store/access"
	"signpost/views"
	"signpost/web/ask"
)

// paneTarget is the element for a sign-in's details next to the list.
const paneTarget = "pane"

// signInDetails is the page of one sign-in, or only its details for the pane next to a list.
func (s *Server) signInDetails(c echo.Context) error {
	c.Response().Header().Add("Vary", "HX-Request, HX-Target")
	v := viewer(c)
	tab := c.QueryParam("tab")
	if views.NeedsConditionalAccess(tab) && !v.MaySeeConditionalAccess() {
		return forbiddenClass(auth.ConditionalAccessData)
	}
	if tab == views.TabNext && !v.MaySee(store.Activity) {
		return refusedClass(store.Activity)
	}
	if tab == views.TabRisk && !v.MaySee(store.Risk) {
		return refusedClass(store.Risk)
	}
	whole, ok := views.AsksWhole(c.QueryParam("whole"))
	if !ok {
		return store.BadParam{Param: "whole", Value: c.QueryParam("whole"), Problem: "knows one value: yes."}
	}
	reveal, ok := views.AsksToReveal(c.QueryParam(views.RevealParam))
	switch {
	case !ok:
		return store.BadParam{Param: views.RevealParam, Value: c.QueryParam(views.RevealParam), Problem: "knows one value: yes."}
	case reveal && !v.MaySee(store.Secret):
		return refusedClass(store.Secret)
	}
	near, ok := views.ParseNear(c.QueryParam(views.NearParam))
	if !ok {
		return store.BadParam{Param: views.NearParam, Value: c.QueryParam(views.NearParam), Problem: "is not a time in seconds. Take it out of the address."}
	}
	places, wrong := views.ParseNextPlaces(c.QueryParams()[views.NextPlaceParam])
	if wrong != "" && tab == views.TabNext { // who may not read activity is told nothing of it
		return store.BadParam{Param: views.NextPlaceParam, Value: wrong, Problem: "is no place in what happened next. Take it out of the address."}
	}
	list, err := s.listFor(c)
	if err != nil {
		return err
	}
	from, err := s.listPlace(v, list.Log, c.QueryParam(listParam), s.now(c))
	if err != nil {
		return err
	}
	open := s.openSnapshot
	if reveal {
		open = s.openRevealed
	}
	ctx, reader, release, err := open(c)
	if err != nil {
		return err
	}
	defer release()
	page := views.DetailsPage{
		MayReveal: v.MaySee(store.Secret), Revealed: reveal,
		Look: list.Look, Shell: s.shell(c, views.Capital(list.Kind().One), list.NavLink().Name), Tab: tab, Now: s.Now(), From: from,
		ConditionalAccess: v.MaySeeConditionalAccess(), Pane: fragmentTarget(c.Request()) == paneTarget, Whole: whole,
		RelatedOnly: tab == views.TabRelated && fragmentTarget(c.Request()) == views.RelatedTarget,
		Activity:    v.MaySee(store.Activity), NextPlaces: places, Risk: v.MaySee(store.Risk),
		NextOnly:    tab == views.TabNext && fragmentTarget(c.Request()) == views.NextTarget,
		SummaryOnly: tab == views.TabSummary && fragmentTarget(c.Request()) == views.SummaryTarget,
	}
	ref := store.Ref{Log: list.Log, ID: idParam(c), Near: near}
	err = s.fillDetails(ctx, reader, ref, &page)
	if errors.Is(err, store.ErrNotFound) {
		return leadToMoved(c, ctx, reader, ref)
	}
	if err != nil {
		return err
	}
	if record := page.Record; page.ShowsRisk() && list.Kind() == store.SignIns {
		if page.Triage, err = s.signInPanel(ctx, c, reader.Reader, page.Shell, &record); err != nil {
			return err
		}
	}
	action := access.Open
	if reveal {
		action = access.Reveal
	}
	if err := s.recordDetails(c, &page, action); err != nil {
		return err
	}
	switch {
	case page.SummaryOnly:
		return render(c, http.StatusOK, views.SummaryAround(page))
	case page.Pane:
		return render(c, http.StatusOK, views.DetailsPane(page))
	case page.RelatedOnly:
		return render(c, http.StatusOK, views.Related(page))
	case page.NextOnly:
		return render(c, http.StatusOK, views.Next(page))
	}
	return render(c, http.StatusOK, views.Details(page))
}

// leadToMoved leads to a sign-in that has gone to another log. Where there is no such one, or the viewer may not see it, it is
// store.ErrNotFound.
func leadToMoved(c echo.Context, ctx context.Context, reader snapshot, ref store.Ref) error {
	to, err := ask.MovedTo(ctx, reader.Reader, ref)
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, views.MovedURL(to, ref.ID, c.QueryParam("tab")))
}

// detailsFor is a page of details as the viewer may see it, without its record.
func (s *Server) detailsFor(v Viewer, list views.List, shell views.Shell) views.DetailsPage {
	return views.DetailsPage{Look: list.Look, Shell: shell, Now: s.Now(), ConditionalAccess: v.MaySeeConditionalAccess(), Activity: v.MaySee(store.Activity)}
}

// fillDetails asks for a sign-in and for the data that its page shows around it.
func (s *Server) fillDetails(ctx context.Context, reader snapshot, ref store.Ref, page *views.DetailsPage) error {
	page.SummaryLater = page.Pane
	question := ask.Details{
		Ref: ref, Related: page.ShowsRelated(), Counted: page.Tab == views.TabRelated, Summary: page.ShowsSummary() && !page.SummaryLater,
		Next: page.ShowsNext(), NextLater: page.Tab != views.TabNext, NextPlaces: page.NextPlaces,
		Risk: page.ShowsRisk(),
	}
	part := page.RelatedOnly || page.SummaryOnly || page.NextOnly
	if page.From != nil && !part {
		list := wholeList(page.From)
		question.List = &list
	}
	known := page.Tab == "" || views.IsDetailsTab(page.Tab)
	if !known {
		question = ask.Details{Ref: ref}
	}
	answer, err := question.Ask(ctx, reader.Reader)
	if err != nil {
		return err
	}
	if !known {
		return echo.NewHTTPError(http.StatusBadRequest, views.Capital(store.WithArticle(reader.Catalog().Kind(ref.Log).One))+" has no section "+page.Tab+".")
	}
	page.Record, page.Summary, page.RiskTold = answer.Record, answer.Summary, answer.Risk
	page.RelatedOnly = page.RelatedOnly && answer.Trail != nil
	page.Trail, page.RelatedLater = answer.Trail, answer.Trail != nil && !question.Counted
	page.NextOnly = page.NextOnly && answer.Next != nil
	page.Next, page.NextLater = answer.Next, answer.Next != nil && question.NextLater
	if answer.Related != nil {
		page.Relations = answer.Related.Relations
	}
	if answer.Neighbours != nil {
		page.From.Take(answer.Neighbours)
	}
	if part {
		return nil
	}
	for _, version := range page.Record.Versions {
		text := views.JSON(version.Doc)
		if version.Doc == nil {
			text = views.WithheldWhole
		}
		page.Raw = append(page.Raw, text)
	}
	page.Envelope, page.Unknown = ask.Unread(page.Record, s.Unread)
	if _, isSignIn := page.Record.Entry.(*store.SignIn); isSignIn {
		page.Lacks = ask.Lacks(page.Record, s.Lacks)
	}
	page.Misread = ask.Misread(page.Record, s.Misread)
	return nil
}

// idParam gives the id in the address. Where the sent address has escapes of its own (an id with a slash), the router matches
// it as it was sent and keeps them.
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
