package web

import (
	"encoding/hex"
	"errors"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/views"
)

const sessionsPerPage = 50

// settings leads to the first page of the settings that its reader may open.
func (s *Server) settings(c echo.Context) error {
	if viewer(c).Rights.MayOpen(auth.PageSettings) {
		return c.Redirect(http.StatusSeeOther, views.PeopleURL())
	}
	return c.Redirect(http.StatusSeeOther, views.OwnAccountURL())
}

// listSessions gives a page of sessions: of one account or, with zero, of all. last is the place of the page's last
// session, after which the next page begins.
func (s *Server) listSessions(c echo.Context, accountID int64, after *auth.SessionPlace) (list []views.Session, more bool, last auth.SessionPlace, err error) {
	page, more, err := s.Sessions.List(c.Request().Context(), accountID, after, sessionsPerPage)
	if err != nil {
		return nil, false, last, err
	}
	for _, kept := range page {
		list = append(list, views.Session{
			Ref: kept.Ref(), AccountID: kept.AccountID, Account: kept.Account, Created: kept.Created, Seen: kept.Seen,
			Address: kept.Client.Address, UserAgent: kept.Client.Browser, This: kept.Hash == viewer(c).session.Hash,
			MayEnd: kept.AccountID == viewer(c).Account.ID || viewer(c).Rights.MayChange(auth.Account{Roles: kept.Roles}),
		})
		last = auth.SessionPlace{Seen: kept.Seen, Hash: kept.Hash}
	}
	return list, more, last, nil
}

// ownAccount is the viewer's own account.
func (s *Server) ownAccount(c echo.Context) error {
	said, err := doneOf(c)
	if err != nil {
		return err
	}
	return s.renderOwnAccount(c, http.StatusOK, said, nil)
}

func (s *Server) renderOwnAccount(c echo.Context, status int, said string, problems map[string]string) (err error) {
	v := viewer(c)
	page := views.OwnAccountPage{
		Shell: s.shell(c, "Your account", views.NavSettings), Person: personOf(v, v.Account), PasswordErrors: problems,
		MinPassword: auth.MinPasswordLength, Mail: s.ownMail(v), Done: said, Now: s.Now(),
	}
	page.Shell.Here = views.OwnAccountURL()
	if page.Sessions, page.MoreSessions, _, err = s.listSessions(c, v.Account.ID, nil); err != nil {
		return err
	}
	return render(c, status, views.OwnAccount(page))
}

// changeOwnPassword gives the viewer a new password. That ends all sessions, so it also begins a new one.
func (s *Server) changeOwnPassword(c echo.Context) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	v, problems := viewer(c), repeatProblem(form)
	if problems == nil {
		err = s.Accounts.ChangeOwnPassword(c.Request().Context(), c.RealIP(), v.Account, form.Get("present"), form.Get("password"))
		var tooMany auth.TooManyAttempts
		switch {
		case errors.As(err, &tooMany):
			problems = map[string]string{"present": tooManyAttempts(c, tooMany)}
			return s.renderOwnAccount(c, http.StatusTooManyRequests, "", problems)
		case errors.Is(err, auth.ErrWrongPassword):
			problems = map[string]string{"present": "This is not the current password. Type it again."}
		default:
			if problems, err = formProblems(err); err != nil {
				return err
			}
		}
	}
	if problems != nil {
		return s.renderOwnAccount(c, http.StatusUnprocessableEntity, "", problems)
	}
	account, err := s.Accounts.ByID(c.Request().Context(), v.Account.ID) // with the new password
	if err == nil {
		err = s.beginSession(c, account)
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, views.OwnAccountURL()+"?done=password")
}

// tooManyAttempts says how long passwords are not checked.
func tooManyAttempts(c echo.Context, refused auth.TooManyAttempts) string {
	return "Too many sign-ins failed. Wait " + waitFor(c, refused) + ", then try again: until then no password is looked at."
}

// waitFor words the wait and states it for programs.
func waitFor(c echo.Context, refused auth.TooManyAttempts) string {
	seconds := int(math.Ceil(refused.Wait.Seconds()))
	c.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(seconds))
	wait := views.Count(int64(seconds), "second", "seconds")
	if seconds >= 120 {
		wait = views.Count(int64((seconds+59)/60), "minute", "minutes")
	}
	return wait
}

// endOwnSession ends one of the viewer's own sessions, or all others.
func (s *Server) endOwnSession(c echo.Context) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	v, ctx, said := viewer(c), c.Request().Context(), "ended"
	if ref := form.Get("session"); ref == "others" {
		n, err := s.Sessions.EndOthers(ctx, v.Account.ID, v.session)
		if err != nil {
			return err
		}
		if n == 0 {
			said = "none"
		}
	} else if said, err = endedOr(s.Sessions.End(ctx, v.Account.ID, ref)); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, views.OwnAccountURL()+"?done="+said)
}

// endedOr tells whether a session was ended now, or had ended already or never existed.
func endedOr(err error) (said string, _ error) {
	if errors.Is(err, auth.ErrSessionEnded) {
		return "none", nil
	}
	return "ended", err
}

// sessions is the page of everybody's sessions.
func (s *Server) sessions(c echo.Context) error {
	said, err := doneOf(c, "after")
	if err != nil {
		return err
	}
	after, err := parseSessionPlace(c.QueryParam("after"))
	if err != nil {
		return err
	}
	page := views.SessionsPage{Shell: s.shell(c, "Sessions", views.NavSettings), IsFirst: after == nil, Done: said, Now: s.Now()}
	list, more, last, err := s.listSessions(c, 0, after)
	if err != nil {
		return err
	}
	page.Sessions = list
	if more {
		page.Next = views.SessionsURL() + "?" + url.Values{"after": {formatSessionPlace(last)}}.Encode()
	}
	return render(c, http.StatusOK, views.Sessions(page))
}

// endSession ends one session of an account, or all of them, and leads back to the page of the form.
func (s *Server) endSession(c echo.Context) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	ctx, said, back := c.Request().Context(), "ended", views.SessionsURL()
	id, err := strconv.ParseInt(form.Get("account"), 10, 64)
	if err != nil {
		return echo.NewHTTPError(http.StatusBadRequest, "The form does not say whose session is to end.")
	}
	sessions := s.Sessions.By(viewer(c).Rights)
	if ref := form.Get("session"); ref == "all" {
		back = views.PersonURL(id)
		n, err := sessions.EndOthers(ctx, id, auth.SessionRecord{})
		if err != nil {
			return err
		}
		if n == 0 {
			said = "none"
		}
	} else if said, err = endedOr(sessions.End(ctx, id, ref)); err != nil {
		return err
	}
	s.Log.InfoContext(ctx, "sessions ended", "id", requestIDOf(c), "of", id, "by", viewer(c).Account.Name)
	if from, _, _ := strings.Cut(localReferer(c.Request()), "?"); from == views.PersonURL(id) {
		back = views.PersonURL(id)
	}
	return c.Redirect(http.StatusSeeOther, back+"?done="+said)
}

// A session's place in an address is the time of its last use (microseconds) and its hash. Only these two order the
// sessions.
func formatSessionPlace(p auth.SessionPlace) string {
	return strconv.FormatInt(p.Seen.UnixMicro(), 10) + "-" + hex.EncodeToString(p.Hash[:])
}

func parseSessionPlace(text string) (*auth.SessionPlace, error) {
	if text == "" {
		return nil, nil
	}
	seen, hash, _ := strings.Cut(text, "-")
	micro, err := strconv.ParseInt(seen, 10, 64)
	start, hexErr := hex.DecodeString(hash)
	if err != nil || hexErr != nil || len(start) != len(auth.TokenHash{}) {
		return nil, store.BadParam{Param: "after", Problem: "does not lead to a page of this list. Start again from the first page."}
	}
	return &auth.SessionPlace{Seen: time.UnixMicro(micro), Hash: auth.TokenHash(start)}, nil
}
