package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"signpost/store"
	"signpost/views"
	"signpost/web/ask"
)

// meParams are the parameters of the own sign-ins. There is no field of a log among them: nobody learns by asking yes/no
// questions what the page does not show.
var (
	mePlaceParams = []string{"range", "from", "to", "after", "before", "limit"}
	meWordParams  = []string{"q", "status", "app", "place", "device", "kind", "show"}
)

// me is the list of the viewer's own sign-ins.
func (s *Server) me(c echo.Context) error {
	query, bad := s.parseMe(c.QueryParams(), s.now(c))
	v, err := s.self(c)
	if err != nil {
		return err
	}
	page := views.MePage{
		Shell: s.shell(c, "My sign-ins", views.NavMe), Query: query, Bad: bad,
		NoIdentity: v.Person().IsEmpty(), TellsLooks: s.tellsLooks(c), NeedsUserID: v.Account.NeedsUserID(), Now: s.Now(),
	}
	if len(bad) > 0 {
		return render(c, http.StatusBadRequest, views.Me(page))
	}
	if page.NoIdentity {
		return render(c, http.StatusOK, views.Me(page))
	}
	ctx, reader, release, err := s.openOwnSnapshot(c)
	if err != nil {
		return err
	}
	defer release()
	own, err := s.own(v).SignIns(ctx, reader.Reader, query.Range)
	if err == nil {
		err = fillMe(ctx, reader.Reader, own, &page)
	}
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.Me(page))
}

// own is the question about the viewer's own sign-ins.
func (s *Server) own(v Viewer) ask.Own {
	return ask.Own{Person: v.Person(), Account: v.Account.ID, Answers: s.Answers, Atlas: &s.atlas}
}

// fillMe puts one page of what the query finds on the page, with what stands around it.
func fillMe(ctx context.Context, reader ask.Reader, own *ask.OwnSignIns, page *views.MePage) error {
	q := page.Query
	found := own.Find(views.MeFilter(q, page.Shell.Zone))
	page.Found, page.Whole, page.Unusual = int64(len(found)), int64(own.InRange), own.Unusual()
	page.Looked, page.Cut, page.Judged, page.StillReading = ask.MaxOwn, own.Cut, own.Judged, own.StillReading
	apps, places, devices := own.Values(views.MeValues)
	page.Apps, page.Places, page.Devices = views.MeChoices(apps), views.MeChoices(places), views.MeChoices(devices)
	if page.HasLast = q.Range.Preset != "" && q.After == nil && q.Before == nil; page.HasLast {
		page.LastSuccess, page.LastFailure = own.Last(store.StatusSuccess), own.Last(store.StatusFailure)
	}
	var shown []int
	shown, page.Next, page.Prev = own.Page(found, q.After, q.Before, q.Limit)
	signIns, err := own.Read(ctx, reader, shown)
	page.Days = views.MeDays(signIns, page.Shell.Zone, own.Where)
	return err
}

// parseMe reads the address of the own sign-ins. What is bad is told and left out.
func (s *Server) parseMe(params url.Values, now time.Time) (views.MeQuery, store.BadParams) {
	rest := url.Values{}
	for param, values := range params {
		if !slices.Contains(meWordParams, param) {
			rest[param] = values
		}
	}
	place, bad := s.parseSome(rest, mePlaceParams, now)
	q := views.MeQuery{Range: place.Range, After: place.After, Before: place.Before, Limit: place.Limit}
	word := func(param string, known ...string) string {
		value, problem := meWord(params[param], known)
		if problem != "" {
			bad = append(bad, store.BadParam{Param: param, Value: strings.ToValidUTF8(strings.Join(params[param], ", "), "\uFFFD"), Problem: problem})
		}
		return value
	}
	q.Text, q.App, q.Place, q.Device = word("q"), word("app"), word("place"), word("device")
	q.Status = word("status", store.StatusField.Options...)
	q.Kind = word("kind", views.MeKindPerson, views.MeKindBackground)
	q.Unusual = word("show", views.MeShowUnusual) != ""
	return q, bad
}

// meWord reads one word parameter: a text, or one of the known values.
func meWord(values, known []string) (value, problem string) {
	if len(values) == 0 {
		return "", ""
	}
	value = strings.TrimSpace(values[0])
	switch {
	case len(values) > 1:
		return "", "is given more than once. Keep one."
	case !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl):
		return "", "has characters that cannot be looked for. Take them out."
	case utf8.RuneCountInString(value) > views.MaxMeText:
		return "", "is too long: at most 200 characters are looked for. Shorten it."
	case value != "" && len(known) > 0 && !slices.Contains(known, value):
		return "", "is not one of the choices. Choose " + strings.Join(known, " or ") + "."
	}
	return value, ""
}
