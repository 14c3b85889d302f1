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

// meParams are the parameters of the own sign-ins. No field of a log is among them. So nobody can learn hidden data by asking
// yes/no questions.
var (
	mePlaceParams = []string{"range", "from", "to", "after", "before", "limit"}
	meWordParams  = []string{"q", "status", "app", "place", "device", "kind", "show", "fold", "expand"}
)

// meShell is the shell of the pages of one's own sign-ins. Without a chosen time zone, their times are in the browser's zone.
// A person recognises a sign-in by the clock on the wall.
func (s *Server) meShell(c echo.Context, title string) views.Shell {
	shell := s.shell(c, title, views.NavMe)
	shell.Zone, shell.BrowserZone = meZone(c)
	return shell
}

// meZone is zoneOf for the pages of one's own sign-ins.
func meZone(c echo.Context) (zone views.Zone, ofBrowser bool) {
	if viewer(c).Preferences.Zone == "" {
		return browserZone(c), true
	}
	return zoneOf(c)
}

// me is the list of the viewer's own sign-ins.
func (s *Server) me(c echo.Context) error {
	shell := s.meShell(c, "My sign-ins")
	query, bad := s.parseMe(c.QueryParams(), s.Now().In(shell.Zone.Location()))
	v, err := s.self(c)
	if err != nil {
		return err
	}
	page := views.MePage{
		Shell: shell, Query: query, Bad: bad,
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
	question := s.own(v)
	if query.Range.Preset != "" {
		question.Since = query.Range.To.Add(-askedFor)
	}
	own, err := question.SignIns(ctx, reader.Reader, query.Range)
	if err == nil {
		err = fillMe(ctx, reader.Reader, own, question.Since, &page)
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

// askedFor is the time after an unusual sign-in in which the page begins with a question about it, whatever range is listed. A
// page begins with askedAtOnce questions at most.
const (
	askedFor    = 30 * 24 * time.Hour
	askedAtOnce = 3
)

// membersShown is the number of background refreshes that an open fold shows.
const membersShown = 50

// fillMe puts one page of the sign-ins found on the page, and the parts around them.
func fillMe(ctx context.Context, reader ask.Reader, own *ask.OwnSignIns, since time.Time, page *views.MePage) (err error) {
	q := page.Query
	found := own.Find(views.MeFilter(q, page.Shell.Zone))
	page.Found, page.Whole, page.Unusual, page.Refreshes = int64(len(found)), int64(own.InRange), own.Unusual(found), own.Refreshes(found)
	page.Looked, page.Cut, page.Judged, page.StillReading = ask.MaxOwn, own.Cut, own.Judged, own.StillReading
	apps, places, devices := own.Values(views.MeValues)
	page.Apps, page.Places, page.Devices = views.MeChoices(apps), views.MeChoices(places), views.MeChoices(devices)
	if page.HasLast = page.IsEntry(); page.HasLast {
		page.LastSuccess, page.LastFailure = own.Last(store.StatusSuccess), own.Last(store.StatusFailure)
		page.Reports = own.Reports()
		if page.Questions, page.AllQuestions, err = own.Questions(ctx, reader, since, askedAtOnce); err != nil {
			return err
		}
	}
	lines, folds := found, map[int]*ask.OwnFold(nil)
	if !q.Unfolded {
		lines, folds = own.Fold(found, page.Shell.Zone.Location(), views.DeviceOf)
	}
	var shown []int
	shown, page.Next, page.Prev = own.Page(lines, q.After, q.Before, q.Limit)
	page.Days, err = meDays(ctx, reader, own, shown, folds, page)
	return err
}

// meDays reads the lines of a page, and the members of the open fold.
func meDays(ctx context.Context, reader ask.Reader, own *ask.OwnSignIns, shown []int, folds map[int]*ask.OwnFold, page *views.MePage) ([]views.MeDay, error) {
	var signIns []int
	for _, i := range shown {
		if folds[i] == nil {
			signIns = append(signIns, i)
		}
	}
	if at := page.Query.Expand; at != nil {
		if fold, members := own.Opened(shown, folds, *at, membersShown); fold != nil {
			var err error
			if fold.Members, err = own.Read(ctx, reader, members); err != nil {
				return nil, err
			}
		}
	}
	read, err := own.Read(ctx, reader, signIns)
	if err != nil {
		return nil, err
	}
	lines := make([]views.MeLine, 0, len(shown))
	rows := make(map[store.Cursor]*ask.OwnSignIn, len(read))
	for i := range read {
		rows[read[i].Cursor()] = &read[i]
	}
	for _, i := range shown {
		if fold := folds[i]; fold != nil {
			own.Describe(fold, views.AppOf)
			lines = append(lines, views.MeLine{Fold: fold})
		} else if row := rows[own.At(i)]; row != nil {
			lines = append(lines, views.MeLine{SignIn: row})
		}
	}
	return views.MeDays(lines, page.Shell.Zone, own.Where), nil
}

// parseMe reads the address of the own sign-ins. It reports bad parameters and leaves them out.
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
	q.Unfolded = word("fold", views.MeFoldNo) != ""
	if text := word("expand"); text != "" {
		at, err := store.ParseCursor(text)
		if err != nil {
			bad = append(bad, store.BadParam{Param: "expand", Value: text, Problem: "does not lead to a page of this list. Start again from the newest page."})
		}
		q.Expand = &at
	}
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
