package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
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
	query, bad := s.parseMe(c.QueryParams())
	v, err := s.self(c)
	if err != nil {
		return err
	}
	page := views.MePage{
		Shell: s.shell(c, "My sign-ins", views.NavMe), Query: query, Bad: bad,
		NoIdentity: v.Person().IsEmpty(), NeedsUserID: v.Account.NeedsUserID(), Now: s.Now(),
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
	own, err := s.ownSignIns(ctx, reader, v, query.Range)
	if err == nil {
		err = s.fillMe(ctx, reader, own, &page)
	}
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.Me(page))
}

// fillMe puts one page of what the query finds on the page, with what stands around it.
func (s *Server) fillMe(ctx context.Context, reader snapshot, own *ownSignIns, page *views.MePage) error {
	found := own.find(page.Query, page.Shell.Zone)
	page.Found, page.Whole, page.Unusual = int64(len(found)), int64(own.inRange), own.unusual()
	page.Looked, page.Cut, page.Judged, page.StillReading = maxOwnSignIns, own.cut, own.judged, own.stillReading
	page.Apps, page.Places, page.Devices = own.choices()
	if page.HasLast = page.Query.Range.Preset != "" && page.Query.After == nil && page.Query.Before == nil; page.HasLast {
		page.LastSuccess, page.LastFailure = own.last(store.StatusSuccess), own.last(store.StatusFailure)
	}
	var shown []int
	shown, page.Next, page.Prev = own.cutPage(found, page.Query)
	signIns, err := s.meSignIns(ctx, reader, own, shown)
	page.Days = views.MeDays(signIns, page.Shell.Zone, own.where)
	return err
}

// meSignIns reads what the traces do not hold of some of a person's own sign-ins.
func (s *Server) meSignIns(ctx context.Context, reader snapshot, own *ownSignIns, which []int) ([]views.MeSignIn, error) {
	places := make([]store.Cursor, len(which))
	for i, at := range which {
		places[i] = own.history[at].Cursor()
	}
	rows := map[store.Cursor]store.Row{}
	err := ask.Together(ctx, func(ctx context.Context) error {
		read, err := reader.PersonRows(ctx, own.person, places)
		for _, row := range read {
			rows[store.Cursor{Key: row.Key, Log: row.SignIn().Log}] = row
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	signIns := make([]views.MeSignIn, 0, len(which))
	for i, at := range which {
		if row, ok := rows[places[i]]; ok {
			signIns = append(signIns, own.signIn(at, row))
		}
	}
	return signIns, nil
}

// parseMe reads the address of the own sign-ins. What is bad is told and left out.
func (s *Server) parseMe(params url.Values) (views.MeQuery, store.BadParams) {
	rest := url.Values{}
	for param, values := range params {
		if !slices.Contains(meWordParams, param) {
			rest[param] = values
		}
	}
	place, bad := s.parseSome(rest, mePlaceParams)
	q := views.MeQuery{Range: place.Range, After: place.After, Before: place.Before, Limit: place.Limit}
	word := func(param string, known ...string) string {
		value, problem := meWord(params[param], known)
		if problem != "" {
			bad = append(bad, store.BadParam{Param: param, Value: strings.ToValidUTF8(strings.Join(params[param], ", "), "\uFFFD"), Problem: problem})
		}
		return value
	}
	q.Text, q.App, q.Place, q.Device = word("q"), word("app"), word("place"), word("device")
	q.Status = word("status", store.StatusSuccess.String(), store.StatusFailure.String(), store.StatusInterrupted.String())
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
