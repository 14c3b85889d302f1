package web

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/store/access"
	"signpost/views"
	"signpost/web/ask"
)

// looksPerPage is the number of looks on a page.
const looksPerPage = 50

// meLooked is the page that shows who looked at the viewer's own sign-ins.
func (s *Server) meLooked(c echo.Context) error {
	if s.Access == nil {
		return store.ErrNotFound
	}
	if settings, err := s.settingsNow(c); err != nil || settings.HideLooks {
		if err == nil {
			err = store.ErrNotFound
		}
		return err
	}
	query, bad := s.parseSome(c.QueryParams(), []string{"range", "from", "to", "after"}, s.now(c))
	if len(bad) > 0 {
		return bad
	}
	if c.QueryParam("range")+c.QueryParam("from") == "" {
		query.Range, _ = store.PresetRange("30d", s.Now())
	}
	if query.Range.Preset != "" {
		query.Range.To = s.Now().Add(time.Second) // so that the look of this minute is included
	}
	v, err := s.self(c)
	if err != nil {
		return err
	}
	page := views.LookedPage{Shell: s.meShell(c, "Who looked"), Range: query.Range, NoIdentity: v.Person().UserID == "", IsFirst: query.After == nil, Now: s.Now(), Label: func(role string) string { return auth.Role(role).Label() }}
	if !page.NoIdentity {
		question := ask.Looked{Person: v.Person().UserID, Range: query.Range, After: query.After, Limit: looksPerPage, Mine: s.recordsOf(v)}
		ctx, release, err := s.accessRecords().Snapshot(store.Fresh(c.Request().Context(), access.Log))
		if err != nil {
			return err
		}
		defer release()
		looks, err := question.Ask(ctx, s.accessRecords())
		if err != nil {
			return err
		}
		page.Looks = *looks
	}
	return render(c, http.StatusOK, views.Looked(page))
}
