package web

import (
	"net/http"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/store/access"
	"signpost/views"
)

// These parameters carry the reason for reading data of others. They do not change the question.
const (
	whyParam    = views.WhyParam
	ticketParam = views.WhyTicketParam
)

// maxReason bounds the characters of a reason, and of a ticket's number.
const maxReason = 500

// reasonFor is how long a reason holds for the same person or log: their other pages do not ask again.
const reasonFor = time.Hour

// reasons are the reasons that people gave, for as long as they hold.
type reasons struct {
	mu   sync.Mutex
	held map[reasonKey]reason
}

type reasonKey struct {
	account int64
	path    string
}

type reason struct {
	why, ticket string
	until       time.Time
}

func (r *reasons) keep(key reasonKey, one reason, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.held == nil {
		r.held = map[reasonKey]reason{}
	}
	for key, old := range r.held {
		if !now.Before(old.until) {
			delete(r.held, key)
		}
	}
	r.held[key] = one
}

func (r *reasons) of(key reasonKey, now time.Time) (one reason, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if one, ok = r.held[key]; !ok || !now.Before(one.until) {
		return reason{}, false
	}
	return one, true
}

const reasonKeyOfContext = "reason"

// reasonOf gives the reason of the request's sender, as far as they gave one.
func reasonOf(c echo.Context) reason {
	one, _ := c.Get(reasonKeyOfContext).(reason)
	return one
}

// asked takes the reason of a request for a person's page or a download. If a reason is needed and missing, it answers with
// the page that asks for it, and done is true.
func (s *Server) asked(c echo.Context) (done bool, err error) {
	if who, ok := readersOf(c.Request().Context()); ok { // nobody is there to be asked
		c.Set(reasonKeyOfContext, reason{why: who.Why})
		return false, nil
	}
	given := reason{why: strings.TrimSpace(c.QueryParam(whyParam)), ticket: strings.TrimSpace(c.QueryParam(ticketParam))}
	for param, text := range map[string]string{whyParam: given.why, ticketParam: given.ticket} {
		if utf8.RuneCountInString(text) > maxReason || !utf8.ValidString(text) {
			return true, store.BadParam{Param: param, Problem: "is longer than 500 characters, or no text. Shorten it."}
		}
	}
	settings, err := s.settingsNow(c)
	if err != nil {
		return true, err
	}
	key := reasonKey{viewer(c).Account.ID, c.Request().URL.Path}
	if given.why == "" && given.ticket == "" {
		given, _ = s.reasons.of(key, s.Now())
	}
	if settings.AskReason && given.why == "" {
		page := views.ReasonPage{Shell: s.shell(c, "Say why", ""), Path: c.Request().URL.Path, Params: withoutReason(c.QueryParams()), Ticket: given.ticket, Told: !settings.HideLooks}
		return true, render(c, http.StatusPreconditionRequired, views.AskReason(page))
	}
	if given.why != "" || given.ticket != "" {
		given.until = s.Now().Add(reasonFor)
		s.reasons.keep(key, given, s.Now())
	}
	c.Set(reasonKeyOfContext, given)
	return false, nil
}

// settingsNow gives the settings of the portal; the default ones where no store has any.
func (s *Server) settingsNow(c echo.Context) (auth.Settings, error) {
	if s.Settings == nil {
		return auth.Settings{}, nil
	}
	return s.Settings.Settings(c.Request().Context())
}

// tellsLooks says that people can see who looked at their data. A page must not fail because of it.
func (s *Server) tellsLooks(c echo.Context) bool {
	settings, err := s.settingsNow(c)
	if err != nil {
		s.Log.WarnContext(c.Request().Context(), "read the settings", "id", requestIDOf(c), "error", err)
	}
	return s.Access != nil && err == nil && !settings.HideLooks
}

// accessSettings is the page of the settings about the access log.
func (s *Server) accessSettings(c echo.Context) error {
	said, err := doneOf(c)
	if err != nil {
		return err
	}
	settings, err := s.settingsNow(c)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.AccessSettings(views.AccessSettingsPage{
		Shell: s.shell(c, "Access log", views.NavSettings), AskReason: settings.AskReason, TellLooks: !settings.HideLooks, Done: said,
	}))
}

// setAccessSettings keeps the settings about the access log.
func (s *Server) setAccessSettings(c echo.Context) error {
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
	settings.AskReason, settings.HideLooks = form.Get("ask") == "yes", form.Get("tell") != "yes"
	said := "ask=" + form.Get("ask") + " tell=" + form.Get("tell")
	if err := s.record(c, access.Record{Action: access.Settings, Query: said}); err != nil {
		return err
	}
	if err := s.Settings.SetSettings(c.Request().Context(), settings); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, views.AccessSettingsPath+"?done=saved")
}
